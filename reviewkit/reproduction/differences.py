"""Why a rerun's count differs from the reported one, and why it does not return an included work. Pure.

Only what records show is given as a reason; the rest is "unexplained". A published review rarely prints its list of
records, so records that it saw and the rerun does not can never be listed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from reviewkit.model.flow import Count
from reviewkit.model.records import Answer, Check, Record
from reviewkit.protocol.model import ByDate, ByLanguage, Protocol, SearchField, Strategy, Work
from reviewkit.query.evaluate import can_return


class UnseenReason(StrEnum):
    """Why a record of the rerun may be one that the review could not have seen."""

    ADDED_LATER = "added after the search date"
    INDEXED_LATER = "indexed after the search date"


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
    """A source's difference taken apart. `unexplained` is how many records no evidence accounts for."""

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
        return None if self.reported is None or self.rerun is None else self.rerun - self.reported


def search_date(protocol: Protocol) -> tuple[str | None, str]:
    """The day of the search (ISO 8601) and on what it stands: reported, or the protocol's `as_of`; `None`: unknown."""
    reported = protocol.reported
    if reported and reported.search_date:
        return reported.search_date.isoformat(), reported.where.get(
            "search_date", "reported by the review"
        )
    if protocol.limits.as_of:
        return (
            protocol.limits.as_of.isoformat(),
            protocol.limits.as_of_basis or "as the protocol assumes",
        )
    return None, "the date of the search is not reported"


def explain_source(
    protocol: Protocol,
    *,
    source: str,
    name: str,
    reported: Count,
    rerun: Count,
    query: str,
    records: Sequence[Record],
) -> SourceDifference:
    """Take a source's difference apart, record by record, as far as create and indexing dates allow.

    A record indexed after the search may have been found by its words all the same, so each such record explains
    one of the difference or none: what then remains is counted from the nearer end.
    """
    date, basis = search_date(protocol)
    found = _later(records, date, headings=_uses_headings(protocol.primary, query)) if date else []
    added = sum(item.why is UnseenReason.ADDED_LATER for item in found)
    unexplained = None
    if reported is not None and rerun is not None:
        most, least = rerun - added, rerun - len(found)
        unexplained = max(reported - most, least - reported, 0)
    return SourceDifference(
        source=source,
        name=name,
        reported=reported,
        rerun=rerun,
        date=date,
        date_basis=basis,
        undated=sum(record.created is None for record in records),
        records=tuple(found),
        unexplained=unexplained,
    )


def _later(records: Sequence[Record], date: str, *, headings: bool) -> list[RecordDifference]:
    found = []
    for record in records:
        indexed = _indexed_on(record) if headings else None
        if record.created and _after(record.created, date):
            found.append(_difference(record, UnseenReason.ADDED_LATER, f"created {record.created}"))
        elif indexed and _after(indexed, date):
            found.append(
                _difference(record, UnseenReason.INDEXED_LATER, f"MeSH headings added {indexed}")
            )
    return found


def _after(day: str, date: str) -> bool:
    """Whether a day, known perhaps to the month or year only, is certainly after the date."""
    return day > date[: len(day)]


def _indexed_on(record: Record) -> str | None:
    """The day on which MEDLINE gave the record its headings (MHDA), in ISO 8601."""
    found = re.match(r"(\d{4})/(\d{2})/(\d{2})", next(iter(record.other.get("MHDA", ())), ""))
    return "-".join(found.groups()) if found and record.headings else None


def _uses_headings(strategy: Strategy | None, query: str) -> bool:
    by_field = strategy is not None and strategy.field in {SearchField.HEADING, SearchField.ANY}
    return by_field or bool(re.search(r"\[(?:mh|mesh|majr|mj)\b", query, re.IGNORECASE))


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
    """What is known of an included work that no search of the rerun returned.

    `known` are records of the work from anywhere, `other_readings` the strategies that do return it, by label;
    `ran` and `not_run` name the sources. `complete_sources` as in `query.evaluate`.
    """

    work: Work
    known: Sequence[Record]
    checks: Sequence[Check]
    other_readings: Sequence[str]
    ran: Sequence[str]
    not_run: Mapping[str, str]
    complete_sources: frozenset[str]


def why_not_returned(protocol: Protocol, missed: Missed) -> str:
    """Why the searches did not return an included work, in one sentence; "unexplained" where nothing shows why."""
    if not missed.ran:
        return "no search could be run"
    reasons = [
        *_too_late(protocol, missed),
        *_not_matched(protocol, missed),
        *_outside_limits(protocol, missed),
    ]
    if not reasons and missed.other_readings:
        reasons.append(f"not matched by the query, but by: {'; '.join(missed.other_readings)}")
    if not reasons:
        reasons.append(_unexplained(missed))
    if missed.not_run:
        reasons.append(f"{', '.join(missed.not_run)} could not be run")
    return "; ".join(reasons)


def _too_late(protocol: Protocol, missed: Missed) -> list[str]:
    date, _ = search_date(protocol)
    days = [r.created for r in missed.known if date and r.created and _after(r.created, date)]
    return [f"added after the search date ({min(days)})"] if days else []


def _not_matched(protocol: Protocol, missed: Missed) -> list[str]:
    strategy = protocol.primary
    told = (
        [can_return(protocol, strategy, record, missed.complete_sources) for record in missed.known]
        if strategy
        else []
    )
    against = [item.evidence for item in told if item and item.answer is Answer.NO]
    seen = any(item and item.answer is Answer.YES for item in told)
    return [f"not matched by the query ({against[0]})"] if against and not seen else []


def _outside_limits(protocol: Protocol, missed: Missed) -> list[str]:
    limiting = {
        c.id: c.wording for c in protocol.criteria if isinstance(c.check, ByDate | ByLanguage)
    }
    failed = [c for c in missed.checks if c.answer is Answer.NO and c.criterion in limiting]
    return [f"outside “{limiting[c.criterion]}” ({c.evidence})" for c in failed[:1]]


def _unexplained(missed: Missed) -> str:
    if missed.work.pmid:
        return f"unexplained: it is in PubMed (PMID {missed.work.pmid}), and why the query misses it is not known"
    if missed.work.doi:
        return "unexplained: whether the databases hold it is not known; no record with its DOI or title came"
    return "unexplained: the protocol gives no identifier, and no record with its title came"
