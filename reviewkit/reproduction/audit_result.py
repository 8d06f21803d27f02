"""The result of the search audit, and the words that screen and report share. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reviewkit.model.messages import ENGLISH, in_language, recognise, tr, tr_n
from reviewkit.query.readings import Concepts
from reviewkit.reproduction.audit import Row, Standing, Target, ties


@dataclass(frozen=True, slots=True, kw_only=True)
class AtHand:
    """What the records that are known without asking say of the readings: of that list alone.

    `intervals` are, by query, how many of the records it returns at least and at most. `cannot`
    are, by query, the included works whose records it surely does not return. `trees` names the
    headings of which every narrower heading is known.
    """

    label: str
    size: int
    intervals: Mapping[str, tuple[int, int]]
    cannot: Mapping[str, tuple[str, ...]]
    trees: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditResult:
    """The audit: its rows by fit, and why it is not whole.

    `requests` were sent this time; the other answers came from the cache. `asked_on` are the first
    and the last day of the answers.
    """

    source: str
    concepts: Concepts
    target: Target
    rows: tuple[Row, ...]
    works: Mapping[str, str]
    works_without_number: tuple[str, ...]
    requests: int
    asked_on: tuple[str, ...]
    why_not: str | None
    at_hand: AtHand

    @property
    def best(self) -> tuple[Row, ...]:
        return ties(self.rows)

    @property
    def asked(self) -> int:
        """How many readings have an answer of their own."""
        return sum(row.asked is not None for row in self.rows)

    def label(self, row: Row) -> str:
        """The reading in words, in the language of the block."""
        day = tr("no as-of date")
        if row.reading.as_of:
            day = tr("as of {day}", day=row.reading.as_of.isoformat())
        pieces = (self.concepts.label(row.reading), tr(row.reading.field), row.reading.limits.label)
        return "; ".join((*pieces, day))

    def verdict(self, row: Row) -> str:
        """Whether the reading fits, and why; for shared numbers also as one database's own."""
        together = f"{tr(row.standing)}: {recognise(row.why)}"
        if row.alone is None or row.alone is row.standing:
            return together

        return tr(
            "with the other databases {together}; {source} alone {alone}",
            together=together,
            source=self.source,
            alone=tr(row.alone),
        )

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "source": self.source,
            "reported": self.target.count,
            "reported_is_shared": self.target.is_shared,
            "requests": self.requests,
            **self.facts(),
        }

    def facts(self, rows: Sequence[Row] | None = None) -> dict[str, Any]:
        """What does not depend on this command: the same for the same answers and records.

        `rows` are the readings to list, by default all.
        """
        return {
            "asked": self.asked,
            "asked_on": list(self.asked_on),
            "why_not": self.why_not,
            "works": dict(self.works),
            "works_without_number": list(self.works_without_number),
            "at_hand": {"list": self.at_hand.label, "records": self.at_hand.size},
            "trees": list(self.at_hand.trees),
            "readings": [_row_json(self, row) for row in self.rows if rows is None or row in rows],
        }


def _row_json(result: AuditResult, row: Row) -> dict[str, Any]:
    """A reading for programs, in English."""
    with in_language(ENGLISH):
        label = result.label(row)
    interval = result.at_hand.intervals.get(row.query)

    return {
        "reading": label,
        "query": row.query,
        "asked": row.asked is not None,
        "count": row.count,
        "at_least": row.least,
        "at_most": row.most,
        "difference": _difference(result, row),
        "returns": sorted(row.works),
        "does_not_return": sorted(row.missed),
        "standing": row.standing,
        "standing_alone": row.alone,
        "why": row.why,
        "warnings": list(row.asked.warnings) if row.asked else [],
        "of_records_at_hand": list(interval) if interval else None,
        "cannot_return_by_record": list(result.at_hand.cannot.get(row.query, ())),
    }


def _difference(result: AuditResult, row: Row) -> int | None:
    if row.count is None or result.target.count is None:
        return None
    return row.count - result.target.count


def shown_rows(result: AuditResult) -> list[Row]:
    """Of each operator and field the reading that fits best, of those whose count is known."""
    best: dict[object, Row] = {}
    for row in result.rows:
        reading = row.reading
        if row.count is not None:
            best.setdefault((reading.concepts, reading.is_any, reading.field), row)
    return list(best.values())


def difference_words(result: AuditResult, row: Row) -> str:
    """The difference of a count from the reported number, signed; empty without one."""
    if row.count is None or result.target.count is None:
        return ""
    return f"{row.count - result.target.count:+,}"


def works_words(result: AuditResult, row: Row) -> str:
    """How many of the included works it returns, of those that can be looked for."""
    return tr("{n} of {all} works", n=len(row.works), all=len(result.works))


def typical_rows(result: AuditResult) -> list[Row]:
    """The readings with the protocol's own limits and date: what differs is operator and field."""
    first = result.rows[0].reading
    return [
        row
        for row in result.rows
        if (row.reading.limits, row.reading.as_of) == (first.limits, first.as_of)
    ]


def audit_summary(result: AuditResult) -> list[str]:
    """What was asked, and what was not, in sentences."""
    lines = [_reported(result), _asked(result)]
    if result.why_not:
        lines.append(tr("Not all could be asked: {reason}.", reason=recognise(result.why_not)))
    if result.works_without_number:
        missing = ", ".join(result.works_without_number)
        lines.append(tr("Not looked for, no PMID is known: {works}.", works=missing))

    return lines


def _reported(result: AuditResult) -> str:
    count = result.target.count
    if count is None:
        return tr("The review reports no number to compare with.")
    if result.target.is_shared:
        return tr("Reported: {count}, all databases together.", count=count)
    return tr("Reported: {count}.", count=count)


def _asked(result: AuditResult) -> str:
    asked, readings, days = result.asked, len(result.rows), result.asked_on
    text = tr(
        "{readings} readings of the method; {asked} asked of {source}",
        readings=readings,
        asked=asked,
        source=result.source,
    )
    if len(days) == 2:
        return tr("{text} from {first} to {last}.", text=text, first=days[0], last=days[1])
    if days:
        return tr("{text} on {day}.", text=text, day=days[0])

    return f"{text}."


def audit_limits(result: AuditResult) -> list[str]:
    """What the table does not say: ties, readings that follow or stay open, and what fits means."""
    lines = [*_best(result), *_rest(result)]
    if len(shown_rows(result)) < len(result.rows):
        lines.append(
            tr(
                "Shown is the reading that fits best of each operator and field; "
                "reviewkit audit --csv lists all."
            )
        )
    return lines


def _best(result: AuditResult) -> Iterator[str]:
    best = result.best
    if not best:
        return
    if best[0].standing is Standing.RULED_OUT:
        yield tr("No reading that was asked fits: each is ruled out by its count or a work.")
    elif len(best) > 1:
        yield tr("{n} readings fit equally well; nothing here tells them apart.", n=len(best))
    if best[0].standing is Standing.CONSISTENT:
        yield tr("A reading that fits is consistent with the report; it need not be what was done.")


def _rest(result: AuditResult) -> Iterator[str]:
    """How many readings follow from others, and how many stay open."""
    rest = [row for row in result.rows if row.count is None]
    excluded = sum(row.standing is Standing.RULED_OUT for row in rest)
    if excluded:
        yield tr_n(
            excluded,
            "Ruled out without asking, as it follows from others: {n} reading.",
            "Ruled out without asking, as it follows from others: {n} readings.",
        )
    if len(rest) > excluded:
        yield tr_n(
            len(rest) - excluded,
            "Not asked, and open: {n} reading.",
            "Not asked, and open: {n} readings.",
        )


def at_hand_words(result: AuditResult) -> list[str]:
    """How to read the intervals over the records at hand."""
    at_hand = result.at_hand
    if not at_hand.intervals:
        return [tr("No records are at hand to judge the readings by.")]
    lines = [
        tr(
            "Of {n} records at hand ({list}; not the database), each reading returns at least and "
            "at most:",
            n=at_hand.size,
            list=recognise(at_hand.label),
        )
    ]
    if at_hand.trees:
        names = "; ".join(at_hand.trees)
        lines.append(tr("Narrower headings are known of: {names}.", names=names))

    return lines
