"""The readings that a search method leaves open: operators, field, limits, as-of date. Pure.

Most reviews name descriptors and say neither how they were joined nor where they were looked for.
"""

import datetime
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from reviewkit.model.messages import mark, tr
from reviewkit.protocol.model import Limits, Protocol

LimitWriter = Callable[[Limits], tuple[str, ...]]


class ReadingField(StrEnum):
    """Where a concept is looked for; one field for all concepts at a time."""

    HEADING = mark("heading, exploded")
    HEADING_ONLY = mark("heading, not exploded")
    MAJOR = mark("heading as major topic")
    TITLE_ABSTRACT = mark("title or abstract")
    MAPPED = mark("as the database maps it")


TermWriter = Callable[[str], str]

_WITHIN = {
    ReadingField.HEADING_ONLY: ReadingField.HEADING,
    ReadingField.MAJOR: ReadingField.HEADING,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitSet:
    """Which limits are in the query."""

    dates: bool = False
    languages: bool = False
    free_full_text: bool = False

    @property
    def names(self) -> frozenset[str]:
        chosen = {
            mark("dates"): self.dates,
            mark("languages"): self.languages,
            mark("free full text"): self.free_full_text,
        }
        return frozenset(name for name, is_on in chosen.items() if is_on)

    @property
    def label(self) -> str:
        """The limits in the language of the block."""
        order = ("dates", "languages", "free full text")
        return ", ".join(tr(name) for name in order if name in self.names) or tr("no limits")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One reading of the method. `concepts` are places in the list of concepts."""

    concepts: frozenset[int]
    is_any: bool
    field: ReadingField
    limits: LimitSet
    as_of: datetime.date | None

    def is_within(self, other: "Reading") -> bool:
        """Whether it can only return what the other reading returns."""
        return (
            self._operator_within(other)
            and other.field in {self.field, _WITHIN.get(self.field)}
            and other.limits.names <= self.limits.names
            and (other.as_of is None or (self.as_of is not None and self.as_of <= other.as_of))
        )

    def _operator_within(self, other: "Reading") -> bool:
        if other.is_any:
            return self.concepts <= other.concepts or not self.is_any
        if self.is_any:
            return False
        return other.concepts <= self.concepts


@dataclass(frozen=True, slots=True, kw_only=True)
class Concepts:
    """What the review searched for: each concept is one descriptor or several joined by OR."""

    terms: tuple[tuple[str, ...], ...]

    def label(self, reading: Reading) -> str:
        """ "A AND B" in the concepts' own words."""
        word = " OR " if reading.is_any else " AND "
        return word.join(" | ".join(self.terms[place]) for place in sorted(reading.concepts))


def concepts_of(protocol: Protocol) -> Concepts:
    """The blocks of the primary strategy, or each descriptor for itself."""
    terms = {descriptor.id: descriptor.term for descriptor in protocol.descriptors}
    primary = protocol.primary
    if primary and primary.blocks:
        blocks = [map(terms.__getitem__, block) for block in primary.blocks]
        return Concepts(terms=tuple(map(tuple, blocks)))

    return Concepts(terms=tuple((term,) for term in terms.values()))


def readings_of(protocol: Protocol, *, free_full_text: bool) -> tuple[Reading, ...]:
    """Every reading of the method, the most usual first."""
    concepts = concepts_of(protocol)
    days = _days(protocol.limits.as_of)
    limit_sets = _limit_sets(protocol.limits, free_full_text=free_full_text)
    choices = itertools.product(
        _operators(len(concepts.terms)), days, limit_sets, tuple(ReadingField)
    )
    return tuple(
        Reading(concepts=chosen, is_any=is_any, field=field, limits=limits, as_of=day)
        for (chosen, is_any), day, limits, field in choices
    )


def _days(day: datetime.date | None) -> list[datetime.date | None]:
    """The as-of date, none, and half a year before and after: a date of search is often assumed."""
    if day is None:
        return [None]
    half_a_year = datetime.timedelta(182)
    return [day, None, day - half_a_year, day + half_a_year]


def _operators(count: int) -> list[tuple[frozenset[int], bool]]:
    """AND of all, each pair, OR of all."""
    everything = frozenset(range(count))
    operators = [(everything, False)]
    if count > 2:
        pairs = itertools.combinations(range(count), 2)
        operators += [(frozenset(pair), False) for pair in pairs]
    if count > 1:
        operators.append((everything, True))
    return operators


def _limit_sets(limits: Limits, *, free_full_text: bool) -> list[LimitSet]:
    dates = bool(limits.published_from or limits.published_to)
    languages = bool(limits.languages)
    sets = [LimitSet(dates=dates, languages=languages), LimitSet(dates=dates), LimitSet()]
    if free_full_text:
        sets.insert(1, LimitSet(dates=dates, languages=languages, free_full_text=True))
    return list(dict.fromkeys(sets))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingWriter:
    """How a reading is written in a language."""

    terms: Mapping[ReadingField, TermWriter]
    limits: LimitWriter
    free_full_text: str = ""

    def clauses(self, reading: Reading, concepts: Concepts) -> tuple[str, ...]:
        """The clause of each concept."""
        write = self.terms[reading.field]
        return tuple(_any_of(concepts.terms[p], write) for p in sorted(reading.concepts))

    def query(self, reading: Reading, concepts: Concepts, limits: Limits) -> str:
        """The whole query."""
        word = " OR " if reading.is_any else " AND "
        clauses = self.clauses(reading, concepts)
        body = word.join(clauses)
        if reading.is_any and len(clauses) > 1:
            body = f"({body})"
        chosen = Limits(
            published_from=limits.published_from if reading.limits.dates else None,
            published_to=limits.published_to if reading.limits.dates else None,
            languages=limits.languages if reading.limits.languages else (),
            as_of=reading.as_of,
        )
        pieces = [body, *self.limits(chosen)]
        if reading.limits.free_full_text:
            pieces.append(self.free_full_text)
        return " AND ".join(pieces)


def _any_of(terms: Sequence[str], write: TermWriter) -> str:
    written = [write(term) for term in terms]
    if len(written) == 1:
        return written[0]
    return f"({' OR '.join(written)})"
