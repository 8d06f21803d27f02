"""Lines that fit a width, and text made safe to draw. Pure.

Breaks at spaces, never at a no-break space; a word wider than the line breaks after / - . _ or between
wide characters, else anywhere but before a combining mark. A count stays with its last word while it can.
"""

import re
import unicodedata
from collections.abc import Callable

from reviewkit.prisma.diagram.metrics import text_width

NBSP = "\u00a0"
Measure = Callable[[str], float]

_MARKS_KEPT = 4
_BIDI_CONTROLS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_FIRST_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"
_COUNT = re.compile(rf"{NBSP}\([^()]*\)$")


def clean(text: str) -> str:
    """The text on one line without control, direction and invisible format characters; spaces collapsed.

    Joiners stay, because Persian and Indic words need them; no letter keeps more than four combining marks.
    """
    kept: list[str] = []
    marks = 0
    for character in unicodedata.normalize("NFC", text):
        category = unicodedata.category(character)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if category in {"Cc", "Zl", "Zp"}:
            kept.append(" ")
        elif category in {"Cs", "Cn", "Co"}:
            kept.append("\ufffd")
        elif category == "Cf" and character not in "\u200c\u200d":
            continue
        elif marks <= _MARKS_KEPT and character not in _BIDI_CONTROLS:
            kept.append(character)
    return re.sub(r"[^\S\u00a0\u202f]+", " ", "".join(kept)).strip()


def is_right_to_left(text: str) -> bool:
    """Whether any letter of the text runs from right to left."""
    return any(unicodedata.bidirectional(c) in {"R", "AL", "AN"} for c in text if c > "\u0589")


def isolated(line: str) -> str:
    """The line with its label kept apart from its count, so that right-to-left letters cannot reorder "(n = 3)"."""
    if not is_right_to_left(line):
        return line
    count = _COUNT.search(line)
    cut = count.start() if count else len(line)
    return f"{_FIRST_ISOLATE}{line[:cut]}{_POP_ISOLATE}{line[cut:]}"


def _may_break(word: str, position: int) -> bool:
    """Whether a long word may break before `position`: after / - . _ , or beside a wide character."""
    before, after = word[position - 1], word[position]
    if unicodedata.combining(after) or unicodedata.category(after) in {"Mn", "Me", "Cf"}:
        return False
    return before in "/-._,;&=?" or unicodedata.east_asian_width(before) in {"W", "F"}


def _break_position(word: str, width: float, measure: Measure) -> int:
    """Where to break a word that does not fit: the last good place, else the last that fits, at least 1."""
    low, high = 1, len(word) - 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if measure(word[:middle]) <= width else (low, middle - 1)
    count = _COUNT.search(word)
    tail = count.start() if count and measure(word[count.start() + 1 :]) <= width else len(word)
    longest = min(low, tail) if tail > 0 else low
    for position in range(longest, 0, -1):
        if position == tail or _may_break(word, position):
            return position
    while longest > 1 and unicodedata.category(word[longest]) in {"Mn", "Me", "Cf"}:
        longest -= 1
    return longest


def wrap_measured(text: str, widths: Callable[[int], float], measure: Measure) -> tuple[str, ...]:
    """The text in lines; line number i (from 0) is at most `widths(i)` wide by `measure`."""
    lines: list[str] = []
    current = ""
    for word in text.split(" "):
        joined = f"{current} {word}" if current else word
        if measure(joined) <= widths(len(lines)):
            current = joined
            continue
        if current:
            lines.append(current)
        rest = word
        while len(rest) > 1 and measure(rest) > widths(len(lines)):
            position = _break_position(rest, widths(len(lines)), measure)
            lines.append(rest[:position])
            rest = rest[position:].lstrip(NBSP)
        current = rest
    lines.append(current)
    return tuple(lines)


def wrap(
    text: str, width: float, size: float, *, bold: bool = False, hang: float = 0.0
) -> tuple[str, ...]:
    """The text in lines at most `width` px wide at `size` px; lines after the first are `hang` px narrower."""
    return wrap_measured(
        text,
        lambda number: width - (hang if number else 0.0),
        lambda piece: text_width(piece, size, bold=bold),
    )
