"""Whether a font of this machine has a letter, read from the fonts' own tables.

A font's table "cmap" says which letters it has (OpenType specification, formats 4 and 12). What
cannot be read as a font is passed over.
"""

import struct
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

_ENDINGS = {".ttf", ".otf", ".ttc", ".otc"}
_FOLDERS = {
    "darwin": ("/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts"),
    "win32": ("C:/Windows/Fonts", "~/AppData/Local/Microsoft/Windows/Fonts"),
}
_UNIX = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")

Range = tuple[int, int]


def without_glyph(letters: set[str]) -> set[str]:
    """Return those of the letters that no font of this machine has."""
    missing = set(letters)
    for path in _font_files():
        if not missing:
            break
        ranges = _ranges(path)
        missing = {letter for letter in missing if not _is_in(ord(letter), ranges)}
    return missing


def _font_files() -> Iterator[Path]:
    for name in _FOLDERS.get(sys.platform, _UNIX):
        folder = Path(name).expanduser()
        if folder.is_dir():
            found = (path for path in folder.rglob("*") if path.suffix.lower() in _ENDINGS)
            yield from sorted(found)


def _is_in(code: int, ranges: tuple[Range, ...]) -> bool:
    return any(first <= code <= last for first, last in ranges)


@cache
def _ranges(path: Path) -> tuple[Range, ...]:
    """Return the codes that a font file has a glyph for; none where it cannot be read."""
    try:
        return tuple(_read_ranges(path.read_bytes()))
    except (OSError, struct.error):
        return ()


def _read_ranges(font: bytes) -> Iterator[Range]:
    start = 0
    if font[:4] == b"ttcf":  # a collection: the first font stands for all
        start = struct.unpack_from(">I", font, 12)[0]
    (tables,) = struct.unpack_from(">H", font, start + 4)
    for number in range(tables):
        tag, _, offset, _ = struct.unpack_from(">4sIII", font, start + 12 + 16 * number)
        if tag == b"cmap":
            yield from _cmap(font, offset)


def _cmap(font: bytes, start: int) -> Iterator[Range]:
    (count,) = struct.unpack_from(">H", font, start + 2)
    for number in range(count):
        (offset,) = struct.unpack_from(">I", font, start + 8 + 8 * number)
        (kind,) = struct.unpack_from(">H", font, start + offset)
        if kind == 4:
            yield from _segments(font, start + offset)
        elif kind == 12:
            yield from _groups(font, start + offset)


def _segments(font: bytes, start: int) -> Iterator[Range]:
    """Yield the ranges of format 4: last codes, two bytes of padding, first codes."""
    (doubled,) = struct.unpack_from(">H", font, start + 6)
    count = doubled // 2
    lasts = struct.unpack_from(f">{count}H", font, start + 14)
    firsts = struct.unpack_from(f">{count}H", font, start + 16 + doubled)
    yield from (pair for pair in zip(firsts, lasts, strict=True) if pair[0] != 0xFFFF)


def _groups(font: bytes, start: int) -> Iterator[Range]:
    """Yield the ranges of format 12."""
    (count,) = struct.unpack_from(">I", font, start + 12)
    for number in range(count):
        first, last, _ = struct.unpack_from(">III", font, start + 16 + 12 * number)
        yield first, last
