"""A span of days cut into slices that hold no more than a service hands out, or one day each.

Pure: counting is an argument.
"""

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass

CountBetween = Callable[[datetime.date, datetime.date], int]


class CountsMoved(Exception):
    """Two counts of the same records differ: the database changed in between."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__(f"{before:,} records, then {after:,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """The days from `first` to `last`, both within, and how many records were created on them."""

    first: datetime.date
    last: datetime.date
    count: int


def tile(
    first: datetime.date, last: datetime.date, count: int, *, cap: int, count_between: CountBetween
) -> Iterator[Slice]:
    """Slices that tile the days from first to last, none empty, none above `cap` but single days.

    `count` is what the whole span holds; each cut asks for the count of its left half, the right
    half holds the rest. Raises CountsMoved when these cannot both be true.
    """
    if count <= cap or first == last:
        if count:
            yield Slice(first=first, last=last, count=count)
        return

    middle = first + (last - first) // 2
    left = count_between(first, middle)
    if left > count:
        raise CountsMoved(count, left)
    yield from tile(first, middle, left, cap=cap, count_between=count_between)
    yield from tile(
        middle + datetime.timedelta(1), last, count - left, cap=cap, count_between=count_between
    )
