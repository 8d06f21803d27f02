"""`access`: find out whether the reports are free in full. Each answer is stored as it arrives.

The next run asks for the rest. Offline, the answers are those in the cache. One that it lacks is
unknown, and not stored. Access decides nothing about a record: it is shown, with service, evidence
and day.
"""

import datetime
import re
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
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
from reviewkit.workflow.merged_record import read_merged_record
from reviewkit.workflow.open_review import open_store
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.updates.access_pages import AnswerSource, AskedPages, StoredPages

_SOUGHT = frozenset({State.INCLUDED, State.AWAITING_ASSESSMENT, State.NOT_RETRIEVED})
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportAccess:
    """One report: the answer that counts, all answers, and its PDF where it is on this disk."""

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

    `email`: whether there is the address that Unpaywall wants.
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
) -> tuple[ReportAccess, ...]:
    """Access to the reports that are sought or included; with `everything`, of all but duplicates.

    An answer is asked for again after so many days, a failure at once. Raises UsageError where
    there are no records, and for a download without a network.
    """
    if download and asker.transport is None:
        raise UsageError(
            "nothing can be downloaded offline", where="--download", hint="leave --offline out"
        )

    now = asker.clock.now()
    with open_store(project, now=now) as store:
        records = _records(store, everything=everything)
        cache = Cache(project.cache)
        lacking: dict[str, list[AccessAnswer]] = {}
        if asker.transport is None:
            lacking = _replay(store, StoredPages(cache), records)
        else:
            started_at = now.strftime("%Y-%m-%dT%H:%M:%SZ")
            since = now - datetime.timedelta(again_after_days)
            with AskedPages(cache, asker.transport, started_at=started_at) as pages:
                _ask_all(store, asker, pages, records, since=since)
        stored = answers(store)

    reports = []
    for record in records:
        known = (*stored.get(record.key, ()), *lacking.get(record.key, ()))
        report = ReportAccess(
            record=record.key,
            title=record.title or "no title",
            standing=decide(known, oa.LOOKS_EVERYWHERE, oa.NAMES),
            answers=known,
        )
        reports.append(_with_pdf(report, project, asker, download=download))
    return tuple(reports)


def _records(store: Store, *, everything: bool) -> list[Record]:
    """The records to ask for, each filled from its copies: a copy may have the DOI it lacks."""
    wanted = frozenset(State) - {State.DUPLICATE} if everything else _SOUGHT
    keys = [state.record for state in states(store) if state.state in wanted]
    filled = [read_merged_record(store, key) for key in keys]
    return [whole.record for whole in filled if whole]


def _held(store: Store, since: str) -> set[tuple[str, str]]:
    """Record and service of every answer that is no failure and is newer than a time."""
    return {
        (key, answer.service)
        for key, stored in answers(store).items()
        for answer in stored
        if not answer.failed and answer.checked_at > since
    }


def _ask_all(
    store: Store,
    asker: Asker,
    pages: AnswerSource,
    records: Sequence[Record],
    *,
    since: datetime.datetime,
) -> None:
    """Ask each service for each record whose answer is older than `since`; store the answers."""
    held = _held(store, timestamp(since))
    with_pmid = [record for record in records if record.pmid]

    _ask_pmc(store, asker, pages, [r for r in with_pmid if (r.key, oa.IDCONV.name) not in held])
    for record in records:
        for answer in _answers(asker, pages, record, held):
            with store.transaction():
                add_answer(store, record.key, answer)


def _answers(
    asker: Asker, pages: AnswerSource, record: Record, held: Container[tuple[str, str]]
) -> Iterator[AccessAnswer]:
    if record.doi and (record.key, oa.UNPAYWALL.name) not in held:
        yield _ask_unpaywall(asker, pages, record.doi)
    if (record.pmid or record.doi) and (record.key, oa.EUROPEPMC.name) not in held:
        yield _ask_europepmc(asker, pages, record)


def _retrieved_at(page: RawPage) -> tuple[str, str]:
    """When an answer was retrieved, and its day, stored or new alike."""
    at = timestamp(datetime.datetime.fromisoformat(page.ref.retrieved_at))
    return at, at[:10]


def _failed(service: str, at: str, what: str) -> AccessAnswer:
    return AccessAnswer(
        service=service, status=Access.UNKNOWN, evidence=what, checked_at=at, failed=True
    )


def _fail(service: str, asker: Asker, error: ReviewkitError) -> AccessAnswer:
    asker.say(f"{oa.NAMES[service]}: {error.what}")
    return _failed(service, timestamp(asker.clock.now()), error.what)


def _ask_pmc(store: Store, asker: Asker, pages: AnswerSource, records: Sequence[Record]) -> None:
    """Ask the ID converter in batches; a record that its answer leaves out is a failure."""
    for start in range(0, len(records), oa.IDS):
        batch = records[start : start + oa.IDS]
        by_pmid: dict[str, AccessAnswer] = {}
        try:
            page = pages.ask(oa.ask_pmc([r.pmid or "" for r in batch]), oa.judge_pmc)
            at, today = _retrieved_at(page)
            by_pmid = oa.read_pmc(page.body, at=at, today=today)
            silent = _failed(oa.IDCONV.name, at, "gave no answer on it")
        except RemoteError as error:
            silent = _fail(oa.IDCONV.name, asker, error)

        with store.transaction():
            for record in batch:
                add_answer(store, record.key, by_pmid.get(record.pmid or "", silent))


def _ask_unpaywall(asker: Asker, pages: AnswerSource, doi: str) -> AccessAnswer:
    if not asker.email:
        reason = "not asked: UNPAYWALL_EMAIL (or NCBI_EMAIL) is not set"
        return _failed(oa.UNPAYWALL.name, timestamp(asker.clock.now()), reason)
    try:
        return _read_unpaywall(pages.ask(oa.ask_unpaywall(doi), oa.judge_unpaywall))
    except RemoteError as error:
        return _fail(oa.UNPAYWALL.name, asker, error)


def _read_unpaywall(page: RawPage) -> AccessAnswer:
    at, today = _retrieved_at(page)
    return oa.read_unpaywall(page.body, at=at, today=today)


def _ask_europepmc(asker: Asker, pages: AnswerSource, record: Record) -> AccessAnswer:
    try:
        return _read_europepmc(pages, record)
    except RemoteError as error:
        return _fail(oa.EUROPEPMC.name, asker, error)


def _read_europepmc(pages: AnswerSource, record: Record) -> AccessAnswer:
    page = pages.ask(oa.ask_europepmc(pmid=record.pmid, doi=record.doi), oa.judge_europepmc)
    return oa.read_europepmc(page.body, at=_retrieved_at(page)[0], pmid=record.pmid, doi=record.doi)


def _replay(
    store: Store, pages: StoredPages, records: Sequence[Record]
) -> dict[str, list[AccessAnswer]]:
    """Store the answers that the cache holds and the database does not.

    Returns, by record, failures for the answers that neither has: they are shown, not stored.
    """
    held = _held(store, since="")
    lacking: dict[str, list[AccessAnswer]] = {}
    for key, service, read in _cached_answers(pages, records):
        if (key, service) in held:
            continue
        answer = read()
        if answer is None:
            missing = _failed(service, "", "its answer is not in the cache")
            lacking.setdefault(key, []).append(missing)
        else:
            with store.transaction():
                add_answer(store, key, answer)

    return lacking


CachedAnswer = tuple[str, str, Callable[[], AccessAnswer | None]]


def _cached_answers(pages: StoredPages, records: Sequence[Record]) -> Iterator[CachedAnswer]:
    """Record, service, and how its answer is read from the cache."""
    # The converter is asked for many records at once. Which ones depended on what was known then.
    by_pmid: dict[str, AccessAnswer] = {}
    for page in pages.of_service(oa.IDCONV.name):
        at, today = _retrieved_at(page)
        by_pmid.update(oa.read_pmc(page.body, at=at, today=today))

    for record in records:
        if record.pmid:
            yield record.key, oa.IDCONV.name, partial(by_pmid.get, record.pmid)
    for record in records:
        if record.doi:
            yield record.key, oa.UNPAYWALL.name, partial(_stored, _unpaywall_of, pages, record)
        if record.pmid or record.doi:
            yield record.key, oa.EUROPEPMC.name, partial(_stored, _read_europepmc, pages, record)


def _unpaywall_of(pages: AnswerSource, record: Record) -> AccessAnswer:
    return _read_unpaywall(pages.ask(oa.ask_unpaywall(record.doi or ""), oa.judge_unpaywall))


def _stored(
    read: Callable[[AnswerSource, Record], AccessAnswer], pages: AnswerSource, record: Record
) -> AccessAnswer | None:
    try:
        return read(pages, record)
    except NotCached:
        return None


def _with_pdf(
    report: ReportAccess, project: ReviewProject, asker: Asker, *, download: bool
) -> ReportAccess:
    """The report with its PDF's path, or with why it was not fetched.

    Only openly licensed ones are.
    """
    name = re.sub(r"[^A-Za-z0-9._-]", "_", report.record)
    path = project.output / "fulltext" / f"{name}.pdf"
    if path.is_file():
        return replace(report, pdf=str(path))
    if not download:
        return report

    url = report.standing.pdf
    if report.standing.status is not Access.FREE_LICENSED:
        return replace(report, not_downloaded="not openly licensed, as far as is known")
    if url is None:
        return replace(report, not_downloaded="no service names a PDF")

    asker.say(f"{report.record}: fetching {url}")
    try:
        download_pdf(url, path, clock=asker.clock)
    except ReviewkitError as error:
        return replace(report, not_downloaded=error.what)
    return replace(report, pdf=str(path))


def access_lines(reports: Sequence[ReportAccess]) -> Iterator[str]:
    """The lines of the answer: how many of each status, then each report."""
    statuses = [report.standing.status for report in reports]
    counts = [
        f"{statuses.count(status)} {status.replace('_', ' ')}"
        for status in Access
        if status in statuses
    ]
    yield ", ".join(counts) or "No report is sought."

    for report in reports:
        yield _access_line(report)
        if report.pdf:
            yield f"  {report.pdf}"
        elif report.not_downloaded:
            yield f"  not downloaded: {report.not_downloaded}"


def _access_line(report: ReportAccess) -> str:
    answer = report.standing
    line = f"{report.record}  {answer.status.replace('_', ' ')}"
    if answer.until:
        line += f" until {answer.until}"

    line += f": {answer.evidence}"
    if answer.service:
        line += f" ({oa.NAMES[answer.service]}, {answer.checked_at[:10]})"
    return line
