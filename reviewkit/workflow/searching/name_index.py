"""Which records have which names, for millions of names: a hash of each is kept, not its text."""

from array import array
from collections.abc import Iterator

# A slot holds a name's hash and, in its last bits, the record's number; 0 is an empty slot.
_NUMBER_BITS = 28
_NUMBER = (1 << _NUMBER_BITS) - 1
_HASH = (1 << (64 - _NUMBER_BITS)) - 1
_FIRST_SIZE = 1 << 10
# A number that thousands share would fill the slots beside it.
_MOST_IN_SLOTS = 8


class NameIndex:
    """The numbers of records under their names, at about 12 bytes a name.

    Two names may have one hash: what is found has to be compared. Numbers begin at 1.
    """

    def __init__(self) -> None:
        self._slots = _empty(_FIRST_SIZE)
        self._used = 0
        self._shared: dict[int, dict[int, None]] = {}

    def add(self, name: str, number: int) -> None:
        """Put a record under a name; nothing happens where it stands there already."""
        hashed = hash(name) & _HASH
        if hashed in self._shared:
            self._shared[hashed][number] = None
            return

        numbers = list(self._numbers(hashed))
        if number in numbers:
            return
        if len(numbers) == _MOST_IN_SLOTS:
            self._shared[hashed] = dict.fromkeys([*numbers, number])
            return

        self._put(hashed << _NUMBER_BITS | number)
        self._used += 1
        if self._used * 3 > len(self._slots) * 2:
            self._grow()

    def find(self, name: str) -> list[int]:
        """Return the numbers of the records under a name, as they were put there."""
        hashed = hash(name) & _HASH
        shared = self._shared.get(hashed)
        return list(shared if shared is not None else self._numbers(hashed))

    def _numbers(self, hashed: int) -> Iterator[int]:
        slots, last = self._slots, len(self._slots) - 1
        place = hashed & last
        while slot := slots[place]:
            if slot >> _NUMBER_BITS == hashed:
                yield slot & _NUMBER
            place = (place + 1) & last

    def _put(self, slot: int) -> None:
        slots, last = self._slots, len(self._slots) - 1
        place = (slot >> _NUMBER_BITS) & last
        while slots[place]:
            place = (place + 1) & last
        slots[place] = slot

    def _grow(self) -> None:
        earlier = self._slots
        self._slots = _empty(2 * len(earlier))
        # Those of one name come in their order: only the run that is cut in two by the table's end
        # has to begin where it begins.
        start = earlier.index(0)
        for place in range(start, start + len(earlier)):
            if slot := earlier[place % len(earlier)]:
                self._put(slot)


def _empty(size: int) -> "array[int]":
    return array("Q", bytes(8 * size))


class NumberSet:
    """A set of the numbers of records, at one byte for each number up to the highest."""

    def __init__(self) -> None:
        self._marks = bytearray()

    def __contains__(self, number: int) -> bool:
        return number < len(self._marks) and self._marks[number] == 1

    def add(self, number: int) -> None:
        """Add a number."""
        if number >= len(self._marks):
            self._marks.extend(bytes(number + 1 - len(self._marks)))
        self._marks[number] = 1
