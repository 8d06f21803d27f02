"""How wide text is: advance widths of Liberation Sans, equal to Arial's and Helvetica's. Pure.

Kerning is left out: it only makes text narrower. Scripts the font lacks get a generous width by their kind.
"""

import json
import unicodedata
from functools import cache
from importlib.resources import files

ASCENT = 0.905
DESCENT = 0.212


@cache
def _advances(bold: bool) -> dict[str, float]:
    table = json.loads(files(__package__).joinpath("widths.json").read_text(encoding="utf-8"))
    em = table["units_per_em"]
    return {
        chr(first + offset): advance / em
        for first, advances in table["bold" if bold else "regular"]
        for offset, advance in enumerate(advances)
    }


@cache
def _fallback(character: str) -> float:
    """A width in em for a character that Liberation Sans lacks: never less than common fonts take."""
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0.0
    if ord(character) >= 0x1F000:
        return 1.4
    if unicodedata.east_asian_width(character) in {"W", "F"}:
        return 1.0
    return 0.85


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """The width of one line in px at the font size `size` px."""
    advances = _advances(bold)
    return size * sum(advances[c] if c in advances else _fallback(c) for c in text)


def is_drawable(text: str) -> bool:
    """Whether the shipped fonts have every character of the text."""
    advances = _advances(False)
    return all(c in advances or unicodedata.category(c) == "Cf" for c in text)
