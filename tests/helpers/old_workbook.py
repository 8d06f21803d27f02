"""An old Excel file (.xls) of one sheet, as [MS-XLS] and [MS-CFB] describe it: text cells and numbers."""

import struct
from collections.abc import Sequence

SECTOR = 512
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
SMALLEST_STREAM = 4096  # a shorter stream would stand among the small ones
LARGEST_STREAM = 126 * SECTOR  # what one sector of the allocation table can hold


def old_workbook(rows: Sequence[Sequence[str | int]]) -> bytes:
    """The bytes of the file; raises ValueError where the rows take more than 64 KB."""
    stream = _workbook(rows).ljust(SMALLEST_STREAM, b"\0")
    stream += b"\0" * (-len(stream) % SECTOR)
    if len(stream) > LARGEST_STREAM:
        raise ValueError("more rows than this small writer can hold")

    chain = [*range(3, len(stream) // SECTOR + 2), END]
    table = [FAT, END, *chain]
    table += [FREE] * (SECTOR // 4 - len(table))
    folder = _entry("Root Entry", 5, child=1) + _entry("Workbook", 2, start=2, size=len(stream))
    return b"".join(
        (
            _header(),
            struct.pack("<128I", *table),
            folder.ljust(SECTOR, b"\0"),
            stream,
        )
    )


def _header() -> bytes:
    """The allocation table is sector 0, the folder sector 1."""
    counts = (0, 1, 1, 0, SMALLEST_STREAM, END, 0, END, 0)
    start = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    start += struct.pack("<5H6x9I", 0x3E, 3, 0xFFFE, 9, 6, *counts)
    return start + struct.pack("<109I", 0, *[FREE] * 108)


def _entry(name: str, kind: int, *, child: int = FREE, start: int = END, size: int = 0) -> bytes:
    written = (name + "\0").encode("utf-16-le")
    links = struct.pack("<HBB3I", len(written), kind, 1, FREE, FREE, child)
    return written.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", start, size)


def _workbook(rows: Sequence[Sequence[str | int]]) -> bytes:
    sheet = _part(0x0809, struct.pack("<4H2I", 0x0600, 0x0010, 0, 1997, 0, 0))
    for at, row in enumerate(rows):
        sheet += b"".join(_cell(at, column, value) for column, value in enumerate(row))
    sheet += _part(0x000A, b"")

    begin = _part(0x0809, struct.pack("<4H2I", 0x0600, 0x0005, 0, 1997, 0, 0))
    begin += _part(0x0042, struct.pack("<H", 1200))
    name = b"savedrecs"
    length = len(begin) + 4 + 8 + len(name) + 4  # where the sheet begins
    begin += _part(0x0085, struct.pack("<IBBBB", length, 0, 0, len(name), 0) + name)
    return begin + _part(0x000A, b"") + sheet


def _cell(row: int, column: int, value: str | int) -> bytes:
    place = struct.pack("<3H", row, column, 0)
    if isinstance(value, int):
        return _part(0x0203, place + struct.pack("<d", value))

    letters = value.encode("utf-16-le")
    return _part(0x0204, place + struct.pack("<HB", len(letters) // 2, 1) + letters)


def _part(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content
