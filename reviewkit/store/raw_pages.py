"""Rows of an SQLite file read page by page, without SQLite, where its own structure is damaged.

Only leaf pages of tables are read: which table a row is of has to be told from its values. The file
format is that of https://www.sqlite.org/fileformat2.html, sections 1.5, 1.6 and 2.1.
"""

import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

Value = str | bytes | int | float | None

_PAGE_SIZES = {1 << power for power in range(9, 17)}
_USUAL_SIZE = 4096
_LEAF = 0x0D
_HEADER = 100  # bytes of the file's header, on the first page
_INTEGERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
_MOST_COLUMNS = 200
# A text of 64 bytes, as the header of a row says it; and what is read of a row without its length.
_KIND_OF_HASH = b"\x81\x0d"
_HASH = re.compile(rb"[0-9a-f]{64}")
_LONGEST = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRow:
    """A row of some table: its number and its values; the table's own key column is `None`."""

    rowid: int
    values: tuple[Value, ...]


def raw_rows(path: Path) -> Iterator[RawRow]:
    """Yield every row that a leaf page of the file holds whole. Raises OSError."""
    data = path.read_bytes()
    # The size that the file says may itself be damaged.
    for size in {_page_size(data), _USUAL_SIZE}:
        for start in range(0, len(data), size):
            yield from _rows_of_page(data, start, size)


def _page_size(data: bytes) -> int:
    size = int.from_bytes(data[16:18])
    size = 65536 if size == 1 else size
    return size if size in _PAGE_SIZES else _USUAL_SIZE


def _rows_of_page(data: bytes, start: int, size: int) -> Iterator[RawRow]:
    page = data[start : start + size]
    at = _HEADER if start == 0 else 0
    if len(page) < at + 8 or page[at] != _LEAF:
        return

    (cells,) = struct.unpack_from(">H", page, at + 3)
    for number in range(cells):
        pointer = at + 8 + 2 * number
        if pointer + 2 > size:
            return
        (cell,) = struct.unpack_from(">H", page, pointer)
        try:
            yield _row(data, page, cell, size)
        except (IndexError, ValueError, struct.error):
            continue  # this cell is damaged; the others of its page may be whole


def _row(data: bytes, page: bytes, cell: int, size: int) -> RawRow:
    length, cell = _varint(page, cell)
    rowid, cell = _varint(page, cell)
    if length > len(data):
        raise ValueError("a row longer than the file")
    payload = _payload(data, page[cell:], length, size)
    return RawRow(rowid=_signed(rowid), values=tuple(_values(payload)))


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """Return a number of one to nine bytes, and where it ends."""
    value = 0
    for number in range(9):
        byte = data[at + number]
        if number == 8:
            return (value << 8) | byte, at + 9
        value = (value << 7) | (byte & 0x7F)
        if byte < 0x80:
            return value, at + number + 1
    raise ValueError("no number")


def _signed(value: int) -> int:
    return value - (1 << 64) if value >= 1 << 63 else value


def _payload(data: bytes, rest: bytes, length: int, size: int) -> bytes:
    """Return the whole of a row, with what stands on overflow pages."""
    most = size - 35
    if length <= most:
        return _exactly(rest, length)

    least = (size - 12) * 32 // 255 - 23
    local = least + (length - least) % (size - 4)
    if local > most:
        local = least
    payload = bytearray(_exactly(rest, local))
    page_number = int.from_bytes(_exactly(rest[local:], 4))
    for _ in range(length // (size - 4) + 1):
        if len(payload) == length:
            break
        start = (page_number - 1) * size
        page_number = int.from_bytes(_exactly(data[start : start + 4], 4)) if start >= 0 else 0
        payload += data[start + 4 : start + 4 + min(size - 4, length - len(payload))]
    return _exactly(bytes(payload), length)


def _exactly(data: bytes, length: int) -> bytes:
    if len(data) < length:
        raise ValueError("cut off")
    return data[:length]


def _values(payload: bytes) -> Iterator[Value]:
    header, at = _varint(payload, 0)
    kinds = _kinds(payload, at, header)
    if len(kinds) > _MOST_COLUMNS:
        raise ValueError("too many columns")
    yield from _values_of(payload[header:], kinds)


def _values_of(content: bytes, kinds: Sequence[int]) -> Iterator[Value]:
    at = 0
    for kind in kinds:
        value, at = _value(content, at, kind)
        yield value


def _value(payload: bytes, at: int, kind: int) -> tuple[Value, int]:
    if kind == 0:
        return None, at
    if kind in _INTEGERS:
        end = at + _INTEGERS[kind]
        return int.from_bytes(_exactly(payload[at:end], end - at), signed=True), end
    if kind == 7:
        return struct.unpack_from(">d", payload, at)[0], at + 8
    if kind in {8, 9}:
        return kind - 8, at
    if kind < 12:
        raise ValueError("no such kind of value")

    length = (kind - 12) // 2
    content = _exactly(payload[at : at + length], length)
    if kind % 2:
        return content.decode("utf-8"), at + length
    return content, at + length


def hashed_rows(data: bytes, columns: int) -> Iterator[tuple[Value, ...]]:
    """Yield what is left of rows whose second value is a hash; the first one is `None`.

    A row that was deleted has lost its first bytes, and its page may be free or have lost its
    pointers. What says how long each value is stands right before the hash, which is the first
    value that takes any room.
    """
    begin = -1
    while (begin := data.find(_KIND_OF_HASH, begin + 1)) >= 0:
        try:
            at = begin
            kinds: list[int] = []
            while len(kinds) < columns - 1:
                kind, at = _varint(data, at)
                kinds.append(kind)
            if _HASH.match(data, at):
                yield (None, *_values_of(data[at : at + _LONGEST], kinds))
        except (IndexError, ValueError, struct.error):
            continue  # no row begins here


def _kinds(data: bytes, at: int, end: int) -> list[int]:
    kinds = []
    while at < end:
        kind, at = _varint(data, at)
        kinds.append(kind)
    return kinds
