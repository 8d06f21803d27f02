"""`access`: can the reports be had in full and free? Each answer is stored as it comes; the next run asks the rest.

Access decides nothing about a record: it is shown, with service, evidence and day.
"""

import datetime
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from reviewkit.access import Access, AccessAnswer, decide
from reviewkit.errors import ReviewkitError
from reviewkit.http import Clock, Transport
from reviewkit.http.download import download_pdf
from reviewkit.partition import State
from reviewkit.records import Record
from reviewkit.sources import open_access as oa
from reviewkit.store import Store
from reviewkit.store.access import add_answer, answers
from reviewkit.store.decisions import states
from reviewkit.workflow.clock import timestamp
from reviewkit.workflow.link import filled_record
from reviewkit.workflow.place import Place
from reviewkit.workflow.screen import open_store

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
    """How access is asked for: through which transport, at what time; `email` is what Unpaywall wants (it may lack)."""

    transport: Transport
    clock: Clock
    say: Say
    email: bool


def find_access(
    place: Place, asker: Asker, *, everything: bool = False, again_after_days: int = 30, download: bool = False
) -> tuple[Reported, ...]:
    """Access to the reports that are sought or included (with `everything`, of all records but duplicates).

    An answer is asked for anew after so many days, a failure at once. Raises UsageError where there are no records.
    """
    now = asker.clock.now()
    with open_store(place, now=now) as store:
        wide = frozenset(State) - {State.DUPLICATE} if everything else _SOUGHT
        wanted = [state.record for state in states(store) if state.state in wide]
        # A copy may have the DOI that the record lacks.
        records = [whole.record for key in wanted if (whole := filled_record(store, key))]
        _ask_all(store, asker, records, now, again_after_days)
        told = answers(store)
    found = []
    for record in records:
        given = tuple(told.get(record.key, ()))
        standing = decide(given)
        path, why_not = _pdf_of(place, asker, record.key, standing, download=download)
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


def _ask_all(store: Store, asker: Asker, records: Sequence[Record], now: datetime.datetime, days: int) -> None:
    since = timestamp(now - datetime.timedelta(days))
    held = {
        (key, answer.service)
        for key, given in answers(store).items()
        for answer in given
        if not answer.failed and answer.checked_at > since
    }
    _ask_pmc(store, asker, [r for r in records if r.pmid and (r.key, "idconv") not in held])
    for record in records:
        if record.doi and (record.key, "unpaywall") not in held:
            _store(store, record.key, _ask_unpaywall(asker, record.doi))
        if (record.pmid or record.doi) and (record.key, "europepmc") not in held:
            _store(store, record.key, _ask_europepmc(asker, record))


def _store(store: Store, record: str, answer: AccessAnswer) -> None:
    with store.transaction():
        add_answer(store, record, answer)


def _at(asker: Asker) -> tuple[str, str]:
    now = asker.clock.now()
    return timestamp(now), now.date().isoformat()


def _failed(service: str, asker: Asker, error: ReviewkitError) -> AccessAnswer:
    asker.say(f"{service}: {error.what}")
    at, _ = _at(asker)
    return AccessAnswer(service=service, status=Access.UNKNOWN, evidence=error.what, checked_at=at, failed=True)


def _ask_pmc(store: Store, asker: Asker, records: Sequence[Record]) -> None:
    for start in range(0, len(records), oa.IDS):
        batch = records[start : start + oa.IDS]
        at, today = _at(asker)
        try:
            body = asker.transport.send(oa.ask_pmc([r.pmid or "" for r in batch]), judge=oa.judge_pmc).body
            told = oa.read_pmc(body, at=at, today=today)
        except ReviewkitError as error:
            failed = _failed("idconv", asker, error)
            told = {record.pmid or "": failed for record in batch}
        silent = AccessAnswer(
            service="idconv", status=Access.UNKNOWN, evidence="gave no answer on it", checked_at=at, failed=True
        )
        with store.transaction():
            for record in batch:
                add_answer(store, record.key, told.get(record.pmid or "", silent))


def _ask_unpaywall(asker: Asker, doi: str) -> AccessAnswer:
    at, today = _at(asker)
    if not asker.email:
        told = "not asked: UNPAYWALL_EMAIL (or NCBI_EMAIL) is not set"
        return AccessAnswer(service="unpaywall", status=Access.UNKNOWN, evidence=told, checked_at=at, failed=True)
    try:
        body = asker.transport.send(oa.ask_unpaywall(doi), judge=oa.judge_unpaywall).body
    except oa.NotKnownThere as error:
        return AccessAnswer(service="unpaywall", status=Access.UNKNOWN, evidence=error.what, checked_at=at)
    except ReviewkitError as error:
        return _failed("unpaywall", asker, error)
    return oa.read_unpaywall(body, at=at, today=today)


def _ask_europepmc(asker: Asker, record: Record) -> AccessAnswer:
    at, _ = _at(asker)
    try:
        request = oa.ask_europepmc(pmid=record.pmid, doi=record.doi)
        body = asker.transport.send(request, judge=oa.judge_europepmc).body
    except ReviewkitError as error:
        return _failed("europepmc", asker, error)
    return oa.read_europepmc(body, at=at)


def _pdf_of(
    place: Place, asker: Asker, record: str, standing: AccessAnswer, *, download: bool
) -> tuple[Path | None, str | None]:
    """Where the PDF is; or why it was not fetched. Only openly licensed ones are."""
    path = place.output / "fulltext" / f"{re.sub(r'[^A-Za-z0-9._-]', '_', record)}.pdf"
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
    yield ", ".join(f"{n} {status.replace('_', ' ')}" for status, n in counts.items() if n) or "No report is sought."
    for one in found:
        until = f" until {one.standing.until}" if one.standing.until else ""
        where = f" ({one.standing.service}, {one.standing.checked_at[:10]})" if one.standing.service else ""
        yield f"{one.record}  {one.standing.status.replace('_', ' ')}{until}: {one.standing.evidence}{where}"
        if one.pdf:
            yield f"  {one.pdf}"
        elif one.not_downloaded:
            yield f"  not downloaded: {one.not_downloaded}"
