"""Which readings of a search method fit what was reported, and which cannot be it. Pure.

A reading that lies within another returns no more than that one; so many need not be asked. A
reported number may be that of one database, or of several together. No answer says that a reading
*is* what the authors did.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain
from operator import attrgetter

from reviewkit.model.messages import in_english, mark
from reviewkit.query.readings import Reading

MOST_REQUESTS = 60
TOLERANCE = 0.1
"""Within 10 % of the reported number, as Rethlefsen 2024 counts a search as rerun."""


class Standing(StrEnum):
    CONSISTENT = mark("consistent")
    RULED_OUT = mark("ruled out")
    OPEN = mark("open")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The answer of one database: its count, and which included works it surely returns, or not."""

    count: int
    works: frozenset[str] = frozenset()
    missed: frozenset[str] = frozenset()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Databases that are taken together, and the number that was reported for them."""

    databases: tuple[str, ...]
    count: int | None

    def distance(self, least: int, most: int | None) -> float:
        """How far these counts are from the reported one, as a share of it; 0 where one is it."""
        if self.count is None:
            return 0.0
        nearest = max(least, self.count if most is None else min(most, self.count))
        return abs(nearest - self.count) / max(self.count, 1)

    def fits(self, least: int, most: int | None) -> bool:
        """Whether a count of this span is within the tolerance."""
        return self.distance(least, most) <= TOLERANCE


Question = tuple[str, str]
"""A database and the query for it."""


@dataclass(slots=True, kw_only=True)
class Answered:
    """What is known of a question: its answer, or what follows from those of other questions."""

    reading: Reading
    asked: Asked | None = None
    printed: int | None = None
    least: int = 0
    most: int | None = None
    works: frozenset[str] = frozenset()
    missed: frozenset[str] = frozenset()

    @property
    def count(self) -> int | None:
        """The count, asked, printed or following from others; `None` where it is not known."""
        return self.least if self.least == self.most else None

    def take_narrower(self, answer: Asked) -> None:
        """A query within this one was answered."""
        self.least = max(self.least, answer.count)
        self.works |= answer.works

    def take_wider(self, answer: Asked) -> None:
        """A query around this one was answered."""
        self.most = answer.count if self.most is None else min(self.most, answer.count)
        self.missed |= answer.missed


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One database's part in a row."""

    database: str
    query: str
    known: Answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One reading in one choice of databases, with what is known of it.

    `count` is the sum, before duplicates are removed; `least` and `most` bound what is left of it
    after that. `is_whole` is false where a database has a part that is not known. `works` are the
    included works that it returns, `missed` those it does not; others are not known.
    """

    reading: Reading
    choice: Choice
    parts: tuple[Part, ...]
    count: int | None
    least: int
    most: int | None
    is_whole: bool
    works: frozenset[str]
    missed: frozenset[str]
    standing: Standing
    why: str
    score: float

    @property
    def is_asked(self) -> bool:
        """Whether each part has an answer of its own."""
        return all(part.known.asked for part in self.parts)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the databases answered to these queries."""
        answers = [part.known.asked.warnings for part in self.parts if part.known.asked]
        return tuple(dict.fromkeys(chain.from_iterable(answers)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a row stands in the grid. `is_covered`: each database of the choice has a query."""

    reading: Reading
    choice: Choice
    questions: tuple[Question, ...]
    is_covered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """What a row may count: the least and most, and whether some part of it is not known."""

    least: int
    most: int | None
    missed: frozenset[str]


@dataclass(slots=True, kw_only=True)
class Audit:
    """The audit of all readings. `queries` are by database and reading; some may have none.

    `can_be_asked` are databases; one that fails is taken out by `give_up`.
    """

    readings: Sequence[Reading]
    queries: Mapping[tuple[str, Reading], str]
    choices: Sequence[Choice]
    can_be_asked: Collection[str]
    answered: dict[Question, Answered] = field(init=False)
    findable: frozenset[str] = field(default=frozenset(), init=False)
    _places: tuple[_Place, ...] = field(init=False)
    _given_up: set[str] = field(init=False)

    def __post_init__(self) -> None:
        self.answered = {}
        for (database, reading), query in self.queries.items():
            self.answered.setdefault((database, query), Answered(reading=reading))
        self._places = tuple(self._placed())
        self._given_up = set()

    def _placed(self) -> Iterator[_Place]:
        """The places; where a day changes no query, as no database knows it, one without a day."""
        for choice in self.choices:
            places: dict[object, _Place] = {}
            for reading in self.readings:
                found = ((one, self.queries.get((one, reading))) for one in choice.databases)
                questions = tuple((one, query) for one, query in found if query is not None)
                same = (reading.form, reading.limits, questions)
                if questions and (same not in places or reading.as_of is None):
                    is_covered = len(questions) == len(choice.databases)
                    places[same] = _Place(
                        reading=reading, choice=choice, questions=questions, is_covered=is_covered
                    )
            yield from places.values()

    @property
    def asked(self) -> dict[str, int]:
        """How many questions each database answered, of those that can be asked at all."""
        counts = dict.fromkeys(self.can_be_asked, 0)
        for (database, _), known in self.answered.items():
            if known.asked is not None:
                counts[database] += 1
        return counts

    def note_printed(self, question: Question, count: int) -> None:
        """Note a count that is printed with the query, for a database that is not asked."""
        known = self.answered[question]
        known.printed = known.least = known.most = count

    def give_up(self, database: str) -> None:
        """Ask the database for nothing more."""
        self._given_up.add(database)

    def next_question(self) -> Question | None:
        """What to ask next; `None` where all the rest follows.

        The databases take turns. The widest readings come first, then the middle of those that are
        open, so that each answer decides as many others as it can.
        """
        still_open = self._open_questions()
        asked = self.asked
        turn = min(still_open, key=lambda one: asked[one[0]], default=None)
        if turn is None:
            return None
        mine = {one: self.answered[one].reading for one in still_open if one[0] == turn[0]}
        widest = (one for one, reading in mine.items() if _is_widest(reading))
        readings = list(mine.values())
        return next(widest, None) or max(mine, key=lambda one: _decides(mine[one], readings))

    def _open_questions(self) -> list[Question]:
        """The questions that can be asked, and whose answer may decide a row."""
        found: dict[Question, None] = {}
        for place in self._places:
            mine = [one for one in place.questions if self._may_ask(one)]
            if mine and self._is_open(place):
                found.update(dict.fromkeys(mine))

        return [one for one in self.answered if one in found]

    def _may_ask(self, question: Question) -> bool:
        known = self.answered[question]
        is_settled = known.asked is not None or known.count is not None
        may_ask = question[0] in self.can_be_asked and question[0] not in self._given_up
        return may_ask and not is_settled

    def _is_open(self, place: _Place) -> bool:
        """Whether the answers so far leave open that it fits."""
        span = self._span(place)
        return place.choice.fits(span.least, span.most) and not span.missed & self.findable

    def take(self, question: Question, answer: Asked) -> None:
        """Note an answer, and what follows from it for the other readings."""
        mine = self.answered[question]
        mine.asked = answer
        self.findable |= answer.works
        for (database, _), other in self.answered.items():
            if database != question[0]:
                continue
            if mine.reading.is_within(other.reading):
                other.take_narrower(answer)
            if other.reading.is_within(mine.reading):
                other.take_wider(answer)
        # Its own answer stands, also where the database contradicts itself.
        mine.least = mine.most = answer.count

    def _span(self, place: _Place) -> _Span:
        known = [self.answered[one] for one in place.questions]
        most = [one.most for one in known if one.most is not None]
        is_bounded = place.is_covered and len(most) == len(known)

        return _Span(
            least=max(one.least for one in known),
            most=sum(most) if is_bounded else None,
            missed=_all_miss(known) if place.is_covered else frozenset(),
        )

    def rows(self) -> tuple[Row, ...]:
        """Every reading in every choice, the best fit first; those not asked and open come last."""
        return tuple(sorted(map(self._row, self._places), key=_place_of))

    def _row(self, place: _Place) -> Row:
        parts = [
            Part(database=one[0], query=one[1], known=self.answered[one]) for one in place.questions
        ]
        counts = [part.known.count for part in parts if part.known.count is not None]
        is_known = bool(counts) and not any(map(self._may_ask, place.questions))
        is_whole = place.is_covered and len(counts) == len(parts)
        span = self._span(place)
        lost = span.missed & self.findable
        standing, why = _standing(place.choice, span, lost, (is_known, is_whole))

        return Row(
            reading=place.reading,
            choice=place.choice,
            parts=tuple(parts),
            count=sum(counts) if is_known else None,
            least=span.least,
            most=span.most,
            is_whole=is_whole,
            works=frozenset[str]().union(*(part.known.works for part in parts)),
            missed=span.missed,
            standing=standing,
            why=why,
            score=place.choice.distance(span.least, span.most) + self._share(lost),
        )

    def _share(self, lost: frozenset[str]) -> float:
        """How many of the works that can be found are lost."""
        return len(lost) / max(len(self.findable), 1)


def _all_miss(known: Iterable[Answered]) -> frozenset[str]:
    return frozenset.intersection(*map(attrgetter("missed"), known))


def _is_widest(reading: Reading) -> bool:
    return not reading.limits.names and reading.as_of is None


def _place_of(row: Row) -> tuple[bool, float, float]:
    """Where a row stands: of equal ones first what needs no other database to fit."""
    return row.count is None, row.score, row.choice.distance(row.count or 0, row.count or 0)


def _decides(reading: Reading, others: Sequence[Reading]) -> int:
    """How many open readings of its form its answer decides at least, whatever the answer is."""
    like = [one for one in others if one.form == reading.form]
    narrower = sum(one.is_within(reading) for one in like)
    wider = sum(reading.is_within(one) for one in like)

    return min(narrower, wider)


def _standing(
    choice: Choice, span: _Span, lost: frozenset[str], known: tuple[bool, bool]
) -> tuple[Standing, str]:
    """Whether a count within these bounds fits, and why.

    `known`: whether all that can be asked is known, and whether all is known.
    """
    is_known, is_whole = known
    if lost:
        why = in_english("does not return {works}", works=", ".join(sorted(lost)))
        return Standing.RULED_OUT, why
    if not choice.fits(span.least, span.most):
        return Standing.RULED_OUT, _count_reason(choice, span)
    if not is_known:
        return Standing.OPEN, in_english("not asked")
    if choice.count is None:
        return Standing.OPEN, in_english("no number was reported")
    return Standing.CONSISTENT, _fits_because(span, is_whole=is_whole)


def _fits_because(span: _Span, *, is_whole: bool) -> str:
    if not is_whole:
        return in_english("other databases may hold the rest of the reported number")
    if span.least != span.most:
        return in_english(
            "between {least} and {most}, by how many are in both; the reported number fits",
            least=span.least,
            most=span.most,
        )
    return in_english("within 10 % of the reported number")


def _count_reason(choice: Choice, span: _Span) -> str:
    least, most = span.least, span.most
    if least == most:
        return in_english("returns {n}, not {reported}", n=least, reported=choice.count)
    if most is not None and choice.count is not None and most < choice.count:
        return in_english("returns at most {n}, less than reported", n=most)
    return in_english("returns at least {n}, more than reported", n=least)


def ties(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows that fit as well as the best one."""
    best = [row for row in rows if row.count is not None]
    return tuple(row for row in best if row.score == best[0].score) if best else ()
