"""Why a rerun's count differs from the reported one, and why it misses an included work. Pure.

Only what records show is a reason; the rest is "unexplained". A published review rarely prints its
list of records, so records that it saw and the rerun does not can never be listed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from reviewkit.model.flow import Count
from reviewkit.model.messages import in_english, mark
from reviewkit.model.records import Answer, Check, Record
from reviewkit.protocol.model import ByDate, ByLanguage, Protocol, SearchField, Strategy
from reviewkit.protocol.reported import Work
from reviewkit.query.evaluate import can_return

_MEDLINE_DAY = re.compile(r"(\d{4})/(\d{2})/(\d{2})")
_HEADING_TAG = re.compile(r"\[(?:mh|mesh|majr|mj)\b", re.IGNORECASE)


class UnseenReason(StrEnum):
    """Why a record of the rerun may be one that the review could not have seen."""

    ADDED_LATER = mark("added after the search date")
    INDEXED_LATER = mark("indexed after the search date")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDifference:
    """A record that the rerun returns and a search on the day of the review could not."""

    record: str
    title: str
    doi: str | None
    pmid: str | None
    why: UnseenReason
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDifference:
    """A source's difference with its reasons; `unexplained` counts the records without evidence."""

    source: str
    name: str
    reported: Count
    rerun: Count
    date: str | None
    date_basis: str
    undated: int
    records: tuple[RecordDifference, ...]
    unexplained: Count

    @property
    def difference(self) -> Count:
        if self.reported is None or self.rerun is None:
            return None
        return self.rerun - self.reported


def search_date(protocol: Protocol) -> tuple[str | None, str]:
    """Return the day of the search (ISO 8601), or `None`, and its basis: the report or `as_of`."""
    reported = protocol.reported
    if reported and reported.search_date:
        basis = reported.where.get("search_date", in_english("reported by the review"))
        return reported.search_date.isoformat(), basis

    limits = protocol.limits
    if limits.as_of:
        return limits.as_of.isoformat(), limits.as_of_basis or in_english("as the protocol assumes")
    return None, in_english("the date of the search is not reported")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCounts:
    """A source that was run: its name, its counts, and the query that was sent."""

    source: str
    name: str
    reported: Count
    rerun: Count
    query: str


def explain_source(
    protocol: Protocol, counts: SourceCounts, records: Sequence[Record]
) -> SourceDifference:
    """Return a source's difference, explained record by record as far as the dates allow.

    A record indexed after the search may have been found by its words all the same. So each such
    record explains one of the difference or none, and the rest is counted from the nearer end.
    """
    date, basis = search_date(protocol)
    later: list[RecordDifference] = []
    if date:
        headings = _uses_headings(protocol.primary, counts.query)
        later = list(_later(records, date, headings=headings))

    return SourceDifference(
        source=counts.source,
        name=counts.name,
        reported=counts.reported,
        rerun=counts.rerun,
        date=date,
        date_basis=basis,
        undated=sum(record.created is None for record in records),
        records=tuple(later),
        unexplained=_unexplained_count(counts, later),
    )


def _unexplained_count(counts: SourceCounts, later: Sequence[RecordDifference]) -> Count:
    if counts.reported is None or counts.rerun is None:
        return None

    added = sum(item.why is UnseenReason.ADDED_LATER for item in later)
    most, least = counts.rerun - added, counts.rerun - len(later)
    return max(counts.reported - most, least - counts.reported, 0)


def _later(records: Sequence[Record], date: str, *, headings: bool) -> Iterator[RecordDifference]:
    """Yield the records that were added after the date,
    or indexed where the search uses headings.
    """
    for record in records:
        indexed = _indexed_on(record) if headings else None
        if record.created and _after(record.created, date):
            evidence = in_english("created {day}", day=record.created)
            yield _difference(record, UnseenReason.ADDED_LATER, evidence)
        elif indexed and _after(indexed, date):
            evidence = in_english("MeSH headings added {day}", day=indexed)
            yield _difference(record, UnseenReason.INDEXED_LATER, evidence)


def _after(day: str, date: str) -> bool:
    """Return whether a day, which may be a month or a year only, is certainly after the date."""
    return day > date[: len(day)]


def _indexed_on(record: Record) -> str | None:
    """Return the day on which MEDLINE added the record's headings (MHDA), in ISO 8601."""
    match = _MEDLINE_DAY.match(next(iter(record.other.get("MHDA", ())), ""))
    if match is None or not record.headings:
        return None
    return "-".join(match.groups())


def _uses_headings(strategy: Strategy | None, query: str) -> bool:
    """Return whether the search looks for headings, by its strategy or by a tag in its query."""
    if strategy is not None and strategy.field in {SearchField.HEADING, SearchField.ANY}:
        return True
    return _HEADING_TAG.search(query) is not None


def _difference(record: Record, why: UnseenReason, evidence: str) -> RecordDifference:
    return RecordDifference(
        record=record.key,
        title=record.title or "no title",
        doi=record.doi,
        pmid=record.pmid,
        why=why,
        evidence=evidence,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """An included work that no search of the rerun returned, and what is known of it.

    `known` are records of the work from anywhere. `other_readings` are labels of the strategies
    that return it. `ran` and `not_run` name the sources, the latter with the reason.
    `complete_sources` as in `query.evaluate`.
    """

    work: Work
    known: Sequence[Record]
    checks: Sequence[Check]
    other_readings: Sequence[str]
    ran: Sequence[str]
    not_run: Mapping[str, str]
    complete_sources: frozenset[str]


def why_not_returned(protocol: Protocol, missed: Missed) -> str:
    """Return why the searches missed an included work, as a clause;
    "unexplained" without evidence.
    """
    if not missed.ran:
        return in_english("no search could be run")

    reasons = [
        *_too_late(protocol, missed),
        *_not_matched(protocol, missed),
        *_outside_limits(protocol, missed),
    ]
    if not reasons and missed.other_readings:
        others = "; ".join(missed.other_readings)
        reasons.append(in_english("not matched by the query, but by: {readings}", readings=others))
    if not reasons:
        reasons.append(_unexplained(missed))
    if missed.not_run:
        reasons.append(in_english("{sources} could not be run", sources=", ".join(missed.not_run)))

    return "; ".join(reasons)


def _too_late(protocol: Protocol, missed: Missed) -> Iterator[str]:
    date, _ = search_date(protocol)
    if date is None:
        return

    days = [r.created for r in missed.known if r.created and _after(r.created, date)]
    if days:
        yield in_english("added after the search date ({day})", day=min(days))


def _not_matched(protocol: Protocol, missed: Missed) -> Iterator[str]:
    if protocol.primary is None:
        return

    judged = [
        can_return(protocol, protocol.primary, record, missed.complete_sources)
        for record in missed.known
    ]
    verdicts = [verdict for verdict in judged if verdict]
    against = [verdict.evidence for verdict in verdicts if verdict.answer is Answer.NO]
    is_matched = any(verdict.answer is Answer.YES for verdict in verdicts)
    if against and not is_matched:
        yield in_english("not matched by the query ({evidence})", evidence=against[0])


def _outside_limits(protocol: Protocol, missed: Missed) -> Iterator[str]:
    """Yield the first criterion of date or language that the work does not meet."""
    limits = {
        c.id: c.wording for c in protocol.criteria if isinstance(c.check, ByDate | ByLanguage)
    }
    for check in missed.checks:
        if check.answer is Answer.NO and check.criterion in limits:
            yield in_english(
                "outside “{criterion}” ({evidence})",
                criterion=limits[check.criterion],
                evidence=check.evidence,
            )
            return


def _unexplained(missed: Missed) -> str:
    work = missed.work
    if work.pmid:
        return in_english(
            "unexplained: it is in PubMed (PMID {pmid}), and why the query misses it is not known",
            pmid=work.pmid,
        )
    if work.doi:
        return in_english(
            "unexplained: whether the databases hold it is not known; "
            "no record with its DOI or title was returned"
        )

    return in_english(
        "unexplained: the protocol gives no identifier, and no record with its title was returned"
    )
