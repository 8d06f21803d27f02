"""The judgement of the rules on each compared pair, so that a later run compares new pairs only.

A judgement depends on its two records, the settings and the rules. Whoever stores it must drop it
when one of them changes.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from reviewkit.model.records import RelationKind

if TYPE_CHECKING:
    # A screening session reads this module, and opens faster without NumPy.
    from reviewkit.dedupe.prepare import Ints

_Number = TypeVar("_Number", int, "Ints")


@dataclass(frozen=True, slots=True)
class JudgedPair:
    """One judged pair, small because there may be millions.

    `code` is one of `decide.OUTCOMES`, `rule` a place in `decide.RULES`. `likeness` follows
    SIMILARITIES. With `turned`, the second record relates to the first.
    """

    code: int
    score: float
    rule: int
    likeness: tuple[float | None, ...]
    relation: RelationKind | None = None
    turned: bool = False


# Two keys in order, and whether the pair was compared closely: to the end, even if nothing suggests
# a duplicate, because a chain joins the two.
ComparedPair = tuple[str, str, bool]


class ComparedPairs(Mapping[ComparedPair, JudgedPair | None]):
    """What was found on each compared pair; None if nothing suggests that it is a duplicate.

    There are millions of pairs, so each is one number, made of the places of the two among the
    sorted keys of `records`. `numbers` are sorted too. `found` has what was found, by number.
    """

    def __init__(
        self,
        records: Sequence[str] = (),
        numbers: "array[int] | None" = None,
        found: Mapping[int, JudgedPair] | None = None,
    ) -> None:
        self.records = records
        self.numbers = array("q") if numbers is None else numbers
        self.found = {} if found is None else found

    def __len__(self) -> int:
        return len(self.numbers)

    def __iter__(self) -> Iterator[ComparedPair]:
        return (pair for pair, _ in self.each())

    def __getitem__(self, pair: ComparedPair) -> JudgedPair | None:
        one, two, closely = pair
        number = pair_number(self._places[one], self._places[two], len(self.records)) + closely
        place = bisect_left(self.numbers, number)
        if self.numbers[place : place + 1] != array("q", [number]):
            raise KeyError(pair)
        return self.found.get(number)

    def each(self) -> Iterator[tuple[ComparedPair, JudgedPair | None]]:
        """Yield every pair in order, with what was found on it."""
        records, size = self.records, len(self.records)
        for number in self.numbers:
            one, two = divmod(number // 2, size)
            yield (records[one], records[two], bool(number % 2)), self.found.get(number)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {key: place for place, key in enumerate(self.records)}


def pair_number(one: _Number, two: _Number, size: int) -> _Number:
    """Return the number of the pair of two places among `size` records, or that of each of many.

    It is even; a pair that was compared closely has one more.
    """
    return (one * size + two) * 2
