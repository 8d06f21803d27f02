"""Text from records made fit for a terminal: everything that is shown goes through `readable`.

No control or steering character comes out of it. Markup that journals print becomes the characters
it means.
"""

import html
import re
import unicodedata
from dataclasses import dataclass

from reviewkit.model.text import MOST_MARKS, is_printable, printable_character

# Inline markup of titles and abstracts: HTML's, MathML's with and without prefix, JATS's.
_TAG = re.compile(
    r"</?(?:(?:mml|m|jats):)?"
    r"(?:i|b|u|em|strong|italic|bold|underline|sub|sup|inf|sc|span|font|br|p|sec|title|tt|small|"
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

# Tags of blocks are between words.
_BLOCK = re.compile(r"<(?:/?(?:jats:)?(?:p|sec|title)|br)\b[^>]*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Readable:
    """A text as shown, and the place in it of each character of the source."""

    text: str
    places: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the place of a stretch of the source in the text as shown."""
        last = len(self.places) - 1
        return self.places[min(start, last)], self.places[min(end, last)]


def readable(text: str | None, *, lines: bool = False) -> str:
    """Return a text as it may be shown; line breaks become spaces unless `lines` keeps them."""
    return make_readable(text or "", lines=lines).text


def make_readable(text: str, *, lines: bool = False) -> Readable:
    """Return a text as it may be shown, with the way back to its own characters."""
    if text.isascii() and text.isprintable() and "<" not in text and "&" not in text:
        return Readable(text, tuple(range(len(text) + 1)))

    maker = _Maker(lines=lines)
    end = 0
    for start, next_end, replacement in _markup(text):
        maker.add(text[end:start])
        maker.replace(next_end - start, replacement)
        end = next_end
    maker.add(text[end:])
    return maker.made()


class _Maker:
    """Puts the shown text together, and keeps where each character of the source comes to be."""

    def __init__(self, *, lines: bool) -> None:
        self._lines = lines
        self._shown: list[str] = []
        self._places: list[int] = []
        self._length = 0

    def add(self, piece: str) -> None:
        """Add a piece of the source, without what could steer a terminal."""
        if is_printable(piece):
            self._places.extend(range(self._length, self._length + len(piece)))
            self._show(piece)
            return

        marks = 0
        for character in piece:
            marks = (marks + 1) * bool(unicodedata.combining(character))
            self._places.append(self._length)
            if marks <= MOST_MARKS:
                self._show(printable_character(character, lines=self._lines))

    def replace(self, length: int, replacement: str) -> None:
        """Show `replacement` for so many characters of the source; no two spaces in a row."""
        self._places.extend([self._length] * length)
        clean = "".join(printable_character(char, lines=self._lines) for char in replacement)
        if clean != " " or self._last() != " ":
            self._show(clean)

    def made(self) -> Readable:
        return Readable("".join(self._shown), (*self._places, self._length))

    def _show(self, text: str) -> None:
        if text:
            self._shown.append(text)
            self._length += len(text)

    def _last(self) -> str:
        """The last character shown; a space where there is none yet."""
        if not self._shown:
            return " "
        return self._shown[-1][-1]


def _markup(text: str) -> list[tuple[int, int, str]]:
    """Return the markup of a text: start, end, and the characters it means."""
    if "<" not in text and "&" not in text:
        return []

    markup = []
    covered = 0
    levels = {match.start(): match for match in _LEVEL.finditer(text)}
    for match in _MARKUP.finditer(text):
        if match.start() < covered:
            continue
        if level := levels.get(match.start()):
            characters = level[2].translate(_RAISED[level[1].lower()])
            covered = level.end()
        else:
            characters = _meaning(match[0])
            covered = match.end()
        markup.append((match.start(), covered, characters))
    return markup


def _meaning(markup: str) -> str:
    """Return the character of an entity, a space for a tag of a block, nothing for other tags."""
    if markup.startswith("&"):
        return html.unescape(markup)
    if _BLOCK.fullmatch(markup):
        return " "
    return ""
