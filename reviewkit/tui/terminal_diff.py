"""The same picture in fewer bytes, for slow links: what stands on the terminal already is not painted again. Pure.

It knows what Textual paints with (styles, absolute moves, text); anything else goes through as it came.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_STYLE = re.compile(r"\x1b\[([0-9;]*)m")
# A line break before an absolute move changes nothing.
_MOVE = re.compile(r"(?:\r?\n)?\x1b\[(\d+);(\d+)H")
_TOKEN = re.compile(
    rf"(?P<style>{_STYLE.pattern})|(?P<move>{_MOVE.pattern})|(?P<other>[\x00-\x1f\x7f-\x9f])"
)
# Modes, questions and what goes to the terminal's title or clipboard: nothing of it is painted.
_UNSEEN = re.compile(r"(?:\x1b\[[?>=<]?[0-9;]*(?:\$?[a-zA-Z])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\))*")
_CLEARS = re.compile(r"1049|\x1b\[[0-9;]*[JKLMPSTX]")
# To jump over cells that are right already costs about as much as to paint so many anew.
_JUMP = 8


@dataclass(frozen=True, slots=True)
class _Ink:
    """How a terminal paints: bold and the like by number, and its two colours as the numbers that ask for them."""

    ways: frozenset[str] = frozenset()
    fore: str = ""
    ground: str = ""

    def after(self, numbers: str) -> "_Ink | None":
        """What it is after a style is asked for; `None` where the style is not understood."""
        ways, fore, ground = self.ways, self.fore, self.ground
        parts = (numbers or "0").split(";")
        while parts:
            part = parts.pop(0)
            if part in {"", "0"}:
                ways, fore, ground = frozenset(), "", ""
            elif part in {"38", "48"}:
                color, parts = _color(part, parts)
                if not color:
                    return None
                fore, ground = (color, ground) if part == "38" else (fore, color)
            elif part.isdigit() and 1 <= int(part) <= 9:
                ways |= {part}
            elif re.fullmatch(r"3[0-7]|9[0-7]|39", part):
                fore = "" if part == "39" else part
            elif re.fullmatch(r"4[0-7]|10[0-7]|49", part):
                ground = "" if part == "49" else part
            else:
                return None
        return _Ink(ways, fore, ground)

    def asked_from(self, before: "_Ink") -> str:
        """The shortest style that leads here from `before`; empty where nothing has to be said."""
        if self == before:
            return ""
        whole = [*sorted(self.ways), *(color for color in (self.fore, self.ground) if color)]
        if not self.ways >= before.ways:
            return f"\x1b[{';'.join(['0', *whole]) if whole else ''}m"
        changed = sorted(self.ways - before.ways)
        changed += [self.fore or "39"] if self.fore != before.fore else []
        changed += [self.ground or "49"] if self.ground != before.ground else []
        told = f"\x1b[{';'.join(changed)}m"
        return min(told, f"\x1b[{';'.join(['0', *whole]) if whole else ''}m", key=len)


def _color(kind: str, parts: list[str]) -> tuple[str, list[str]]:
    """A colour by number (5;n) or by light (2;r;g;b), and what stands behind it."""
    length = {"5": 2, "2": 4}.get(parts[0] if parts else "", 0)
    if len(parts) < length or not length:
        return "", parts
    return ";".join([kind, *parts[:length]]), parts[length:]


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Text that is painted from one place on: row and column from 1, pieces with their inks."""

    row: int
    column: int
    pieces: list[tuple[str, _Ink]]

    @property
    def plain(self) -> bool:
        """Whether every character is certain to be one column on any terminal, wherever it is painted."""
        return all(_is_plain(text) for text, _ in self.pieces)


def _is_plain(text: str) -> bool:
    return text.isascii() or all(
        c < "\u0300" or "\u2010" <= c < "\u2700" for c in text if not c.isascii()
    )


class TerminalState:
    """What stands on a terminal, as far as it is known: `thin` paints only what differs, `forget` starts anew."""

    def __init__(self) -> None:
        self._cells: dict[int, dict[int, tuple[str, _Ink]]] = {}
        self._cursor = (0, 0)
        self._ink = _Ink()

    def forget(self) -> None:
        """Somebody else may have written onto the terminal, or its size has changed."""
        self._cells.clear()
        self._cursor = (0, 0)

    def shorten(self, told: str) -> str:
        """What leaves the terminal as `told` would; `told` begins and ends without a style."""
        stretches = _stretches(told)
        if stretches is None:
            if _CLEARS.search(told) or not _UNSEEN.fullmatch(told):
                self.forget()
            self._cursor = (0, 0)
            return told
        out: list[str] = []
        for stretch in stretches:
            self._paint(stretch, out)
        last = stretches[-1]
        if last.plain:
            self._move(last.row, last.column + sum(len(text) for text, _ in last.pieces), out)
        out.append(_Ink().asked_from(self._ink))
        self._ink = _Ink()
        return "".join(out)

    def _paint(self, stretch: _Stretch, out: list[str]) -> None:
        if not stretch.plain:
            # Terminals differ in how wide they take such characters: all of it, and nothing is known of the line then.
            self._move(stretch.row, stretch.column, out)
            for text, ink in stretch.pieces:
                self._write(text, ink, out)
            self._cells[stretch.row] = {}
            self._cursor = (0, 0)
            return
        row = self._cells.setdefault(stretch.row, {})
        cells = [(character, ink) for text, ink in stretch.pieces for character in text]
        differ = [
            place for place, cell in enumerate(cells) if row.get(stretch.column + place) != cell
        ]
        row.update(enumerate(cells, stretch.column))
        for first, last in _runs(differ):
            self._move(stretch.row, stretch.column + first, out)
            for character, ink in cells[first : last + 1]:
                self._write(character, ink, out)
            self._cursor = (stretch.row, stretch.column + last + 1)

    def _write(self, text: str, ink: _Ink, out: list[str]) -> None:
        if ink != self._ink:
            out.append(ink.asked_from(self._ink))
            self._ink = ink
        out.append(text)

    def _move(self, row: int, column: int, out: list[str]) -> None:
        if self._cursor != (row, column):
            out.append(f"\x1b[{row};{column}H")
            self._cursor = (row, column)


def _runs(places: list[int]) -> Iterator[tuple[int, int]]:
    """The first and last of each run of places, those with a short way between them taken together."""
    start = before = -1
    for place in places:
        if start < 0:
            start = place
        elif place - before > _JUMP:
            yield start, before
            start = place
        before = place
    if start >= 0:
        yield start, before


def _stretches(told: str) -> list[_Stretch] | None:
    """What is painted where; `None` for what is told otherwise than by moves, styles and text."""
    found: list[_Stretch] = []
    ink, at = _Ink(), 0
    for token in [*_TOKEN.finditer(told), None]:
        text = told[at : token.start() if token else len(told)]
        if text and not found:
            return None
        if text:
            found[-1].pieces.append((text, ink))
        if token is None:
            break
        at = token.end()
        if token["style"] is not None:
            after = ink.after(token[2])
            if after is None:
                return None
            ink = after
        elif token["move"] is not None:
            found.append(_Stretch(int(token[4]), int(token[5]), []))
        else:
            return None
    return found or None
