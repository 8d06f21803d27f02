"""Text from records made fit for a terminal: the one function through which everything shown goes. Pure.

No control or steering character comes out of it, and markup that journals print becomes the characters it stands for.
"""

import html
import re
import unicodedata
from dataclasses import dataclass

from reviewkit.model.text import MOST_MARKS, is_printable, printable_character

# Inline markup of titles and abstracts: HTML's, MathML's with and without prefix, JATS's.
_TAG = re.compile(
    r"</?(?:(?:mml|m|jats):)?(?:i|b|u|em|strong|italic|bold|underline|sub|sup|inf|sc|span|font|br|p|sec|title|tt|small|"
    r"math|semantics|annotation|m[a-z]{1,15})(?:\s[^<>]{0,300})?/?>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,31}\d{0,2});", re.IGNORECASE)
_MARKUP = re.compile(f"{_TAG.pattern}|{_ENTITY.pattern}", re.IGNORECASE)
_RAISED = {
    "sub": str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎"),
    "sup": str.maketrans("0123456789+-=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾"),
}
_LEVEL = re.compile(
    r"<(?:(?:mml|m|jats):)?(sub|sup)>([0-9+\-=()]{1,12})</(?:(?:mml|m|jats):)?\1>", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Readable:
    """A text as shown, and for each character of the source where it stands in it."""

    text: str
    places: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of the source stands in the text as shown."""
        last = len(self.places) - 1
        return self.places[min(start, last)], self.places[min(end, last)]


def readable(text: str | None, *, lines: bool = False) -> str:
    """`text` as it may be shown; line breaks become spaces unless `lines` keeps them."""
    return make_readable(text or "", lines=lines).text


def make_readable(text: str, *, lines: bool = False) -> Readable:
    """`text` as it may be shown, with the way back to its own characters."""
    if text.isascii() and text.isprintable() and "<" not in text and "&" not in text:
        return Readable(text, tuple(range(len(text) + 1)))
    shown: list[str] = []
    places: list[int] = []
    length = 0
    at = 0
    for start, end, instead in _markup(text):
        length = _take(text, at, start, shown, places, length, lines=lines)
        places.extend([length] * (end - start))
        clean = "".join(printable_character(character, lines=lines) for character in instead)
        if clean == " " and next((piece[-1] for piece in reversed(shown) if piece), " ") == " ":
            clean = ""
        shown.append(clean)
        length += len(clean)
        at = end
    length = _take(text, at, len(text), shown, places, length, lines=lines)
    places.append(length)
    return Readable("".join(shown), tuple(places))


def _markup(text: str) -> list[tuple[int, int, str]]:
    if "<" not in text and "&" not in text:
        return []
    found = []
    covered = 0
    levels = {match.start(): match for match in _LEVEL.finditer(text)}
    for match in _MARKUP.finditer(text):
        if match.start() < covered:
            continue
        if level := levels.get(match.start()):
            found.append((*level.span(), level[2].translate(_RAISED[level[1].lower()])))
            covered = level.end()
        else:
            found.append(
                (*match.span(), html.unescape(match[0]) if match[0][0] == "&" else _gap(match[0]))
            )
            covered = match.end()
    return found


def _gap(tag: str) -> str:
    """Tags of blocks stand between words."""
    return (
        " "
        if re.fullmatch(r"<(?:/?(?:jats:)?(?:p|sec|title)|br)\b[^>]*>", tag, re.IGNORECASE)
        else ""
    )


def _take(
    text: str,
    start: int,
    end: int,
    shown: list[str],
    places: list[int],
    length: int,
    *,
    lines: bool,
) -> int:
    piece = text[start:end]
    if is_printable(piece):
        shown.append(piece)
        places.extend(range(length, length + len(piece)))
        return length + len(piece)
    marks = 0
    for character in piece:
        marks = marks + 1 if unicodedata.combining(character) else 0
        clean = "" if marks > MOST_MARKS else printable_character(character, lines=lines)
        places.append(length)
        shown.append(clean)
        length += len(clean)
    return length
