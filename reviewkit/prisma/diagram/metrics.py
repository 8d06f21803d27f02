"""The width of text: advance widths of Liberation Sans, equal to those of Arial and Helvetica.

Kerning is left out: it only makes text narrower. Scripts that the font lacks get a generous width.
"""

import json
import unicodedata
from functools import cache
from importlib.resources import files
from itertools import pairwise

ASCENT = 0.905
DESCENT = 0.212


@cache
def _advances(bold: bool) -> dict[str, float]:
    table = json.loads(files(__package__).joinpath("widths.json").read_text(encoding="utf-8"))
    em = table["units_per_em"]
    weight = "bold" if bold else "regular"

    widths: dict[str, float] = {}
    for first, advances in table[weight]:
        for code, advance in enumerate(advances, first):
            widths[chr(code)] = advance / em

    return widths


@cache
def _fallback(character: str) -> float:
    """Return a width in em for a character that Liberation Sans lacks,
    not less than common fonts take.
    """
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0.0
    if ord(character) >= 0x1F000:
        return 1.4
    if unicodedata.east_asian_width(character) in {"W", "F"}:
        return 1.0
    return 0.85


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of one line in px at the font size `size` px."""
    advances = _advances(bold)
    return size * sum(advances[c] if c in advances else _fallback(c) for c in text)


def is_drawable(text: str) -> bool:
    """Return whether the shipped fonts have every character of the text."""
    return not missing_letters(text)


def missing_letters(text: str) -> set[str]:
    """Return the characters that the shipped fonts lack; marks of direction need no glyph."""
    advances = _advances(False)
    return {c for c in text if c not in advances and unicodedata.category(c) != "Cf"}


def script_runs(text: str) -> list[str]:
    """Return the text in pieces that the shipped fonts have whole, or lack whole.

    Text from right to left stays in one piece: its parts change places when they are drawn.
    """
    missing = missing_letters(text)
    if not missing or any(unicodedata.bidirectional(c) in {"R", "AL"} for c in text):
        return [text]

    runs = [text[0]]
    for before, sign in pairwise(text):
        if (before in missing) == (sign in missing) or unicodedata.combining(sign):
            runs[-1] += sign
        else:
            runs.append(sign)
    return runs
