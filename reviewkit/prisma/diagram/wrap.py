"""Break text into lines that fit a width, and make it safe to draw. Pure.

Lines break at spaces, never at a no-break space. A word wider than the line breaks after / - . _ or
between wide characters, else anywhere but before a combining mark.
A count stays with its last word while it can.
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
    """Return the text on one line, without control, direction and invisible characters; spaces
    collapsed.

    Joiners stay, because Persian and Indic words need them.
    No letter keeps more than four combining marks.
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
    """Return whether any letter of the text runs from right to left."""
    return any(unicodedata.bidirectional(c) in {"R", "AL", "AN"} for c in text if c > "\u0589")


def isolated(line: str) -> str:
    """Return the line with its label isolated,
    so that right-to-left letters cannot reorder "(n = 3)".
    """
    if not is_right_to_left(line):
        return line

    cut = _count_start(line)
    return f"{_FIRST_ISOLATE}{line[:cut]}{_POP_ISOLATE}{line[cut:]}"


def _may_break(word: str, position: int) -> bool:
    """Return whether a long word may break before `position`:
    after / - . _ , or beside a wide character.
    """
    before, after = word[position - 1], word[position]
    if unicodedata.combining(after) or _is_attached(after):
        return False
    return before in "/-._,;&=?" or unicodedata.east_asian_width(before) in {"W", "F"}


def _is_attached(character: str) -> bool:
    """Return whether a character belongs to the one before it:
    a combining mark or a format character.
    """
    return unicodedata.category(character) in {"Mn", "Me", "Cf"}


def _count_start(text: str) -> int:
    """Return where the count at the end of the text begins, or its length where it has none."""
    match = _COUNT.search(text)
    if match:
        return match.start()
    return len(text)


def _break_position(word: str, width: float, measure: Measure) -> int:
    """Return where to break a word that does not fit: at least 1.

    It is the last good place that fits, or else the last place that fits.
    """
    count_start = _count_start(word)
    if measure(word[count_start + 1 :]) > width:
        count_start = len(word)
    longest = _longest_fitting(word, width, measure)
    if count_start > 0:
        longest = min(longest, count_start)

    for position in range(longest, 0, -1):
        if position == count_start or _may_break(word, position):
            return position

    while longest > 1 and _is_attached(word[longest]):
        longest -= 1

    return longest


def _longest_fitting(word: str, width: float, measure: Measure) -> int:
    """Return how many characters of the word fit, at least 1 and never all of them."""
    low, high = 1, len(word) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if measure(word[:middle]) <= width:
            low = middle
        else:
            high = middle - 1

    return low


def wrap_measured(text: str, widths: Callable[[int], float], measure: Measure) -> tuple[str, ...]:
    """Return the text in lines; line number i (from 0) is at most `widths(i)` wide by `measure`."""
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
    """Return the text in lines at most `width` px wide at `size` px;
    those after the first are `hang` px narrower.
    """

    def line_width(number: int) -> float:
        if number:
            return width - hang
        return width

    return wrap_measured(text, line_width, lambda piece: text_width(piece, size, bold=bold))
