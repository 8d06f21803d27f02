"""The readings that a search method leaves open: operators, field, limits, as-of date. Pure.

Most reviews name descriptors and say neither how they were joined nor where they were looked for.
"""

import datetime
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from reviewkit.model.messages import mark, tr
from reviewkit.protocol.model import Descriptor, Limits, Protocol

LimitWriter = Callable[[Limits], tuple[str, ...]]


class ReadingField(StrEnum):
    """Where a concept is looked for; one field for all concepts at a time."""

    HEADING = mark("heading, exploded")
    HEADING_ONLY = mark("heading, not exploded")
    MAJOR = mark("heading as major topic")
    TITLE_ABSTRACT = mark("title or abstract")
    MAPPED = mark("as the database maps it")


TermWriter = Callable[[Descriptor], str]

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


NO_LIMITS = LimitSet()


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodForm:
    """Descriptors joined in one way, in one field. `concepts` are places in their list."""

    concepts: frozenset[int]
    is_any: bool
    field: ReadingField

    def is_within(self, other: "Form") -> bool:
        """Whether it can only return what the other form returns."""
        if not isinstance(other, MethodForm):
            return False
        return self._operator_within(other) and other.field in {
            self.field,
            _WITHIN.get(self.field),
        }

    def _operator_within(self, other: "MethodForm") -> bool:
        if other.is_any:
            return self.concepts <= other.concepts or not self.is_any
        if self.is_any:
            return False
        return other.concepts <= self.concepts


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedForm:
    """A printed query, as it stands or read in another way. `name` says in English what differs."""

    name: str

    def is_within(self, other: "Form") -> bool:
        """Whether it is the same form: of another one nothing follows."""
        return self == other


Form = MethodForm | PrintedForm


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One reading of the method: what is searched for, within which limits, as of which day."""

    form: Form
    limits: LimitSet
    as_of: datetime.date | None

    def is_within(self, other: "Reading") -> bool:
        """Whether it can only return what the other reading returns."""
        return (
            self.form.is_within(other.form)
            and other.limits.names <= self.limits.names
            and (other.as_of is None or (self.as_of is not None and self.as_of <= other.as_of))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Concepts:
    """What the review searched for: each concept is one descriptor or several joined by OR."""

    blocks: tuple[tuple[Descriptor, ...], ...] = ()

    def label(self, form: MethodForm) -> str:
        """ "A AND B" in the concepts' own words."""
        word = " OR " if form.is_any else " AND "
        return word.join(self._name(place) for place in sorted(form.concepts))

    def _name(self, place: int) -> str:
        return " | ".join(descriptor.term for descriptor in self.blocks[place])


def concepts_of(protocol: Protocol) -> Concepts:
    """The blocks of the primary strategy, or each descriptor for itself."""
    primary = protocol.primary
    if primary and primary.blocks:
        descriptors = {descriptor.id: descriptor for descriptor in protocol.descriptors}
        blocks = [map(descriptors.__getitem__, block) for block in primary.blocks]
        return Concepts(blocks=tuple(map(tuple, blocks)))

    return Concepts(blocks=tuple((descriptor,) for descriptor in protocol.descriptors))


def method_forms(concepts: Concepts) -> tuple[MethodForm, ...]:
    """Every way to join the concepts, in every field, the most usual first; none without any."""
    if not concepts.blocks:
        return ()
    operators = _operators(len(concepts.blocks))
    return tuple(
        MethodForm(concepts=chosen, is_any=is_any, field=field)
        for (chosen, is_any), field in itertools.product(operators, ReadingField)
    )


def readings_of(
    forms: Sequence[Form], limits: Limits, *, free_full_text: bool, is_limited: bool = True
) -> tuple[Reading, ...]:
    """Every reading of these forms, the most usual first.

    `is_limited`: the query is stated with the limits; else without.
    """
    limit_sets = _limit_sets(limits, free_full_text=free_full_text)
    if not is_limited:
        limit_sets.sort(key=lambda one: bool(one.names))
    choices = itertools.product(_days(limits.as_of), limit_sets, forms)
    return tuple(Reading(form=form, limits=chosen, as_of=day) for day, chosen, form in choices)


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
    """How a reading is written in a language. A field that it does not have is not in `terms`.

    `words` is the tag that makes an untagged term one of words in title or abstract.
    """

    terms: Mapping[ReadingField, TermWriter]
    limits: LimitWriter
    free_full_text: str = ""
    words: str = ""

    def clauses(self, form: MethodForm, concepts: Concepts) -> tuple[str, ...]:
        """The clause of each concept."""
        write = self.terms[form.field]
        return tuple(_any_of(concepts.blocks[p], write) for p in sorted(form.concepts))

    def body(self, form: MethodForm, concepts: Concepts) -> str:
        """The form without limits."""
        word = " OR " if form.is_any else " AND "
        clauses = self.clauses(form, concepts)
        body = word.join(clauses)
        if form.is_any and len(clauses) > 1:
            return f"({body})"

        return body

    def query(self, body: str, reading: Reading, limits: Limits) -> str:
        """The whole query: a body with the limits of the reading."""
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


def _any_of(terms: Sequence[Descriptor], write: TermWriter) -> str:
    written = [write(term) for term in terms]
    if len(written) == 1:
        return written[0]
    return f"({' OR '.join(written)})"
