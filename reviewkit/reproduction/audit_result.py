"""The result of the search audit, and the words that screen and report share. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reviewkit.model.messages import ENGLISH, in_language, number, recognise, tr, tr_n
from reviewkit.query.readings import Concepts, Form, MethodForm, PrintedForm, Reading
from reviewkit.reproduction.audit import Choice, Part, Row, Standing, ties


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

    `databases` are the names of the audited databases by their ids. `requests` were sent this time;
    the other answers came from the cache. `asked` says how many questions each database answered,
    `asked_on` are the first and the last day of the answers. `first` is the reading that the
    protocol itself states.
    """

    databases: Mapping[str, str]
    concepts: Concepts
    choices: tuple[Choice, ...]
    first: Reading
    rows: tuple[Row, ...]
    works: Collection[str]
    works_without_number: tuple[str, ...]
    asked: Mapping[str, int]
    requests: int
    asked_on: tuple[str, ...]
    why_not: tuple[str, ...]
    at_hand: AtHand

    @property
    def best(self) -> tuple[Row, ...]:
        return ties(self.rows)

    @property
    def readings(self) -> int:
        """How many readings there are; each may be one of several choices of databases."""
        return len({row.reading for row in self.rows})

    def label(self, row: Row) -> str:
        """The reading in words, in the language of the block."""
        reading, day = row.reading, tr("no as-of date")
        if reading.as_of:
            day = tr("as of {day}", day=reading.as_of.isoformat())
        pieces = [*self._form(reading.form), self._limits(reading), day]
        if len(self.databases) > 1:
            pieces.append(self.names(row.choice.databases))

        return "; ".join(pieces)

    def _form(self, form: Form) -> tuple[str, ...]:
        if isinstance(form, MethodForm):
            return self.concepts.label(form), tr(form.field)
        return (recognise(form.name),)

    def _limits(self, reading: Reading) -> str:
        is_printed = isinstance(reading.form, PrintedForm)
        if is_printed and not reading.limits.names:
            return tr("no limits added")
        return reading.limits.label

    def names(self, databases: Iterable[str]) -> str:
        """The names of databases, joined."""
        return " + ".join(self.databases[one] for one in databases)

    def verdict(self, row: Row) -> str:
        """Whether the reading fits, and why; beside several databases also each one alone."""
        together = f"{tr(row.standing)}: {recognise(row.why)}"
        alone = self._alone.get(row.reading, ()) if len(row.choice.databases) > 1 else ()
        others = [
            tr("{source} alone {alone}", source=self.names(one.choice.databases), alone=tr(word))
            for one in alone
            if (word := one.standing) is not row.standing
        ]

        return "; ".join([together, *others])

    @property
    def _alone(self) -> Mapping[Reading, list[Row]]:
        """The rows of one database alone."""
        found: dict[Reading, list[Row]] = {}
        for row in self.rows:
            if len(row.choice.databases) == 1:
                found.setdefault(row.reading, []).append(row)
        return found

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "databases": dict(self.databases),
            "reported": [
                {"databases": list(one.databases), "count": one.count} for one in self.choices
            ],
            "requests": self.requests,
            **self.facts(),
        }

    def facts(self, rows: Sequence[Row] | None = None) -> dict[str, Any]:
        """What does not depend on this command: the same for the same answers and records.

        `rows` are the readings to list, by default all.
        """
        return {
            "asked": dict(self.asked),
            "asked_on": list(self.asked_on),
            "why_not": list(self.why_not),
            "works": sorted(self.works),
            "works_without_number": list(self.works_without_number),
            "at_hand": {"list": self.at_hand.label, "records": self.at_hand.size},
            "trees": list(self.at_hand.trees),
            "readings": [_row_json(self, row) for row in self.rows if rows is None or row in rows],
        }


def _row_json(result: AuditResult, row: Row) -> dict[str, Any]:
    """A reading for programs, in English."""
    with in_language(ENGLISH):
        label = result.label(row)
    interval = result.at_hand.intervals.get(row.parts[0].query)

    return {
        "reading": label,
        "databases": list(row.choice.databases),
        "parts": [_part_json(part) for part in row.parts],
        "asked": row.is_asked,
        "count": row.count,
        "at_least": row.least,
        "at_most": row.most,
        "reported": row.choice.count,
        "difference": _difference(row),
        "returns": sorted(row.works),
        "does_not_return": sorted(row.missed),
        "standing": row.standing,
        "why": row.why,
        "warnings": list(row.warnings),
        "of_records_at_hand": list(interval) if interval else None,
        "cannot_return_by_record": list(result.at_hand.cannot.get(row.parts[0].query, ())),
    }


def _part_json(part: Part) -> dict[str, Any]:
    return {"database": part.database, "query": part.query, "count": part.known.count}


def _difference(row: Row) -> int | None:
    if row.count is None or row.choice.count is None:
        return None
    return row.count - row.choice.count


def shown_rows(result: AuditResult) -> list[Row]:
    """Of each form the reading that fits best, of those whose count is known."""
    best: dict[object, Row] = {}
    for row in result.rows:
        if row.count is not None:
            best.setdefault(row.reading.form, row)
    return list(best.values())


def count_words(row: Row) -> str:
    """The count; with a sign where some database's part in it is not known."""
    if row.count is None:
        return tr("not known")
    if any(part.known.printed is not None for part in row.parts):
        return tr("{n} printed", n=row.count)
    return number(row.count) if row.is_whole else f"≥ {number(row.count)}"


def difference_words(row: Row) -> str:
    """The difference of a count from the reported number, signed; empty without one."""
    difference = _difference(row)
    if difference is None:
        return ""
    return f"{'-' if difference < 0 else '+'}{number(abs(difference))}"


def works_words(result: AuditResult, row: Row) -> str:
    """How many of the included works it returns, of those looked for; empty where none is known."""
    if not result.works:
        return ""
    return tr("{n} of {all} works", n=len(row.works), all=len(result.works))


def typical_rows(result: AuditResult) -> list[Row]:
    """The readings with the protocol's own limits and date, in the first database alone."""
    first, database = result.first, next(iter(result.databases))
    found: dict[Reading, Row] = {}
    for row in result.rows:
        is_own = (row.reading.limits, row.reading.as_of) == (first.limits, first.as_of)
        if is_own and row.parts[0].database == database:
            found.setdefault(row.reading, row)

    return list(found.values())


def audit_summary(result: AuditResult) -> list[str]:
    """What was asked, and what was not, in sentences."""
    lines = [*_reported(result), _asked(result)]
    lines += [tr("Not all could be asked: {reason}.", reason=_said(why)) for why in result.why_not]
    if result.works_without_number:
        missing = ", ".join(result.works_without_number)
        lines.append(tr("Not looked for, no PMID is known: {works}.", works=missing))

    return lines


def _said(why: str) -> str:
    return recognise(why).rstrip(".")


def _reported(result: AuditResult) -> Iterator[str]:
    counts = dict.fromkeys(choice.count for choice in result.choices)
    if list(counts) == [None]:
        yield tr("The review reports no number to compare with.")
        return
    if len(result.choices) > 1 and len(counts) == 1:
        (count,), names = counts, result.names(result.choices[-1].databases)
        yield tr("Reported: {count}, {databases} together.", count=count, databases=names)
        return
    for choice in result.choices:
        names = result.names(choice.databases)
        yield tr("Reported: {count} in {databases}.", count=choice.count, databases=names)


def _asked(result: AuditResult) -> str:
    if not result.asked:
        return tr("{n} readings of the method; none can be asked.", n=result.readings)
    counts = "; ".join(
        tr("{n} of {source}", n=n, source=result.databases[one]) for one, n in result.asked.items()
    )
    text = tr("{n} readings of the method; asked: {counts}", n=result.readings, counts=counts)
    days = result.asked_on
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
            tr("Shown is the reading that fits best of each kind; reviewkit audit --csv lists all.")
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
    known = {row.reading for row in result.rows if row.count is not None}
    rest: dict[Reading, set[Standing]] = {}
    for row in result.rows:
        if row.reading not in known:
            rest.setdefault(row.reading, set()).add(row.standing)
    excluded = sum(standings == {Standing.RULED_OUT} for standings in rest.values())
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
