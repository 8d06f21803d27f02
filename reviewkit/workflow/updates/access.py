"""`access`: can the reports be had in full and free? Each answer is stored as it comes; the next run asks the rest.

Offline the answers are those that the cache holds; one that it lacks is unknown, and not stored.
Access decides nothing about a record: it is shown, with service, evidence and day.
"""

import datetime
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from reviewkit.cache import Cache, RawPage
from reviewkit.http import Clock, Transport
from reviewkit.http.download import download_pdf
from reviewkit.model.errors import NotCached, RemoteError, ReviewkitError, UsageError
from reviewkit.model.records import Record
from reviewkit.prisma.partition import State
from reviewkit.sources import open_access as oa
from reviewkit.store import Store
from reviewkit.store.access import add_answer, answers
from reviewkit.store.decisions import states
from reviewkit.updates.access import Access, AccessAnswer, decide
from reviewkit.workflow.clock import timestamp
from reviewkit.workflow.merged_record import filled_record
from reviewkit.workflow.open_review import open_store
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.updates.access_pages import AnswerSource, AskedPages, StoredPages

_SOUGHT = frozenset({State.INCLUDED, State.AWAITING_ASSESSMENT, State.NOT_RETRIEVED})
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """One report: the answer that stands, all answers behind it, and its PDF where there is one on this disk."""

    record: str
    title: str
    standing: AccessAnswer
    answers: tuple[AccessAnswer, ...]
    pdf: str | None = None
    not_downloaded: str | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """How access is asked for: through which transport (`None` for the cache only), at what time.

    `email` is whether there is the address that Unpaywall wants.
    """

    transport: Transport | None
    clock: Clock
    say: Say
    email: bool


def find_access(
    project: ReviewProject,
    asker: Asker,
    *,
    everything: bool = False,
    again_after_days: int = 30,
    download: bool = False,
) -> tuple[Reported, ...]:
    """Access to the reports that are sought or included (with `everything`, of all records but duplicates).

    An answer is asked for anew after so many days, a failure at once. Raises UsageError where there are no records,
    and for a download without a network.
    """
    if download and asker.transport is None:
        raise UsageError(
            "nothing can be downloaded offline", where="--download", hint="leave --offline out"
        )
    now = asker.clock.now()
    lacking: dict[str, list[AccessAnswer]] = {}
    with open_store(project, now=now) as store:
        wide = frozenset(State) - {State.DUPLICATE} if everything else _SOUGHT
        wanted = [state.record for state in states(store) if state.state in wide]
        # A copy may have the DOI that the record lacks.
        records = [whole.record for key in wanted if (whole := filled_record(store, key))]
        cache = Cache(project.cache)
        if asker.transport is None:
            lacking = _replay(store, StoredPages(cache), records)
        else:
            with AskedPages(
                cache, asker.transport, started_at=now.strftime("%Y-%m-%dT%H:%M:%SZ")
            ) as pages:
                _ask_all(store, asker, pages, records, now, again_after_days)
        told = answers(store)
    found = []
    for record in records:
        given = (*told.get(record.key, ()), *lacking.get(record.key, ()))
        standing = decide(given)
        path, why_not = _pdf_of(project, asker, record.key, standing, download=download)
        found.append(
            Reported(
                record=record.key,
                title=record.title or "no title",
                standing=standing,
                answers=given,
                pdf=str(path) if path else None,
                not_downloaded=why_not,
            )
        )
    return tuple(found)


def _held(store: Store, since: str) -> set[tuple[str, str]]:
    """Record and service of every answer that was none of a failure and came after a time."""
    return {
        (key, answer.service)
        for key, given in answers(store).items()
        for answer in given
        if not answer.failed and answer.checked_at > since
    }


def _ask_all(
    store: Store,
    asker: Asker,
    pages: AnswerSource,
    records: Sequence[Record],
    now: datetime.datetime,
    days: int,
) -> None:
    held = _held(store, timestamp(now - datetime.timedelta(days)))
    _ask_pmc(store, asker, pages, [r for r in records if r.pmid and (r.key, "idconv") not in held])
    for record in records:
        if record.doi and (record.key, "unpaywall") not in held:
            _store(store, record.key, _ask_unpaywall(asker, pages, record.doi))
        if (record.pmid or record.doi) and (record.key, "europepmc") not in held:
            _store(store, record.key, _ask_europepmc(asker, pages, record))


def _store(store: Store, record: str, answer: AccessAnswer) -> None:
    with store.transaction():
        add_answer(store, record, answer)


def _came(page: RawPage) -> tuple[str, str]:
    """When an answer came, and its day: told of a stored one as of a new one."""
    at = timestamp(datetime.datetime.fromisoformat(page.ref.retrieved_at))
    return at, at[:10]


def _failed(service: str, at: str, what: str) -> AccessAnswer:
    return AccessAnswer(
        service=service, status=Access.UNKNOWN, evidence=what, checked_at=at, failed=True
    )


def _fail(service: str, asker: Asker, error: ReviewkitError) -> AccessAnswer:
    asker.say(f"{service}: {error.what}")
    return _failed(service, timestamp(asker.clock.now()), error.what)


def _ask_pmc(store: Store, asker: Asker, pages: AnswerSource, records: Sequence[Record]) -> None:
    for start in range(0, len(records), oa.IDS):
        batch = records[start : start + oa.IDS]
        try:
            page = pages.ask(oa.ask_pmc([r.pmid or "" for r in batch]), oa.judge_pmc)
            at, today = _came(page)
            told = oa.read_pmc(page.body, at=at, today=today)
            silent = _failed("idconv", at, "gave no answer on it")
        except RemoteError as error:
            told, silent = {}, _fail("idconv", asker, error)
        with store.transaction():
            for record in batch:
                add_answer(store, record.key, told.get(record.pmid or "", silent))


def _ask_unpaywall(asker: Asker, pages: AnswerSource, doi: str) -> AccessAnswer:
    if not asker.email:
        told = "not asked: UNPAYWALL_EMAIL (or NCBI_EMAIL) is not set"
        return _failed("unpaywall", timestamp(asker.clock.now()), told)
    try:
        return _read_unpaywall(pages.ask(oa.ask_unpaywall(doi), oa.judge_unpaywall))
    except RemoteError as error:
        return _fail("unpaywall", asker, error)


def _read_unpaywall(page: RawPage) -> AccessAnswer:
    at, today = _came(page)
    return oa.read_unpaywall(page.body, at=at, today=today)


def _ask_europepmc(asker: Asker, pages: AnswerSource, record: Record) -> AccessAnswer:
    try:
        return _read_europepmc(pages, record)
    except RemoteError as error:
        return _fail("europepmc", asker, error)


def _read_europepmc(pages: AnswerSource, record: Record) -> AccessAnswer:
    page = pages.ask(oa.ask_europepmc(pmid=record.pmid, doi=record.doi), oa.judge_europepmc)
    return oa.read_europepmc(page.body, at=_came(page)[0], pmid=record.pmid, doi=record.doi)


def _replay(
    store: Store, pages: StoredPages, records: Sequence[Record]
) -> dict[str, list[AccessAnswer]]:
    """Store what the cache holds and the database does not; by record, what neither has, as failures to be shown."""
    held = _held(store, since="")
    # The converter is asked for many at once; which ones stood together depends on what was known at the time.
    pmc = {}
    for page in pages.of_service("idconv"):
        at, today = _came(page)
        pmc.update(oa.read_pmc(page.body, at=at, today=today))
    ways: list[tuple[str, str, Callable[[], AccessAnswer | None]]] = []
    ways += [(r.key, "idconv", partial(pmc.get, r.pmid)) for r in records if r.pmid]
    for record in records:
        if record.doi:
            ways.append((record.key, "unpaywall", partial(_stored, _unpaywall_of, pages, record)))
        if record.pmid or record.doi:
            ways.append((record.key, "europepmc", partial(_stored, _read_europepmc, pages, record)))
    lacking: dict[str, list[AccessAnswer]] = {}
    for key, service, read in ways:
        if (key, service) in held:
            continue
        if (answer := read()) is not None:
            _store(store, key, answer)
        else:
            lacking.setdefault(key, []).append(
                _failed(service, "", "its answer is not in the cache")
            )
    return lacking


def _unpaywall_of(pages: AnswerSource, record: Record) -> AccessAnswer:
    return _read_unpaywall(pages.ask(oa.ask_unpaywall(record.doi or ""), oa.judge_unpaywall))


def _stored(
    read: Callable[[AnswerSource, Record], AccessAnswer], pages: AnswerSource, record: Record
) -> AccessAnswer | None:
    try:
        return read(pages, record)
    except NotCached:
        return None


def _pdf_of(
    project: ReviewProject, asker: Asker, record: str, standing: AccessAnswer, *, download: bool
) -> tuple[Path | None, str | None]:
    """Where the PDF is; or why it was not fetched. Only openly licensed ones are."""
    path = project.output / "fulltext" / f"{re.sub(r'[^A-Za-z0-9._-]', '_', record)}.pdf"
    if path.is_file():
        return path, None
    if not download:
        return None, None
    if standing.status is not Access.FREE_LICENSED:
        return None, "not openly licensed, as far as is known"
    if standing.pdf is None:
        return None, "no service names a PDF"
    asker.say(f"{record}: fetching {standing.pdf}")
    try:
        download_pdf(standing.pdf, path, clock=asker.clock)
    except ReviewkitError as error:
        return None, error.what
    return path, None


def access_lines(found: Sequence[Reported]) -> Iterator[str]:
    """The lines of the answer: how many of each, then each report."""
    counts = {status: sum(one.standing.status is status for one in found) for status in Access}
    yield (
        ", ".join(f"{n} {status.replace('_', ' ')}" for status, n in counts.items() if n)
        or "No report is sought."
    )
    for one in found:
        until = f" until {one.standing.until}" if one.standing.until else ""
        where = (
            f" ({one.standing.service}, {one.standing.checked_at[:10]})"
            if one.standing.service
            else ""
        )
        yield f"{one.record}  {one.standing.status.replace('_', ' ')}{until}: {one.standing.evidence}{where}"
        if one.pdf:
            yield f"  {one.pdf}"
        elif one.not_downloaded:
            yield f"  not downloaded: {one.not_downloaded}"
