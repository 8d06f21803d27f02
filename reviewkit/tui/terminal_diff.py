"""Paints only what differs from what the terminal shows: fewer bytes, for slow links. Pure.

It knows what Textual paints with: styles, absolute moves, text. Anything else is passed on.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_STYLE = re.compile(r"\x1b\[([0-9;]*)m")
# A line break before an absolute move changes nothing.
_MOVE = re.compile(r"(?:\r?\n)?\x1b\[([0-9]+);([0-9]+)H")
_TOKEN = re.compile(
    rf"(?P<style>{_STYLE.pattern})|(?P<move>{_MOVE.pattern})|(?P<other>[\x00-\x1f\x7f-\x9f])"
)
# Modes, queries and what goes to the terminal's title or clipboard: nothing of it is painted.
_UNSEEN = re.compile(r"(?:\x1b\[[?>=<]?[0-9;]*(?:\$?[a-zA-Z])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\))*")
_CLEARS = re.compile(r"1049|\x1b\[[0-9;]*[JKLMPSTX]")
# A jump over cells that are right already costs about as much as painting so many again.
_JUMP = 8
_FORE = re.compile(r"3[0-7]|9[0-7]")
_GROUND = re.compile(r"4[0-7]|10[0-7]")
_COLOR_LENGTHS = {"5": 2, "2": 4}


@dataclass(frozen=True, slots=True)
class _Ink:
    """How a terminal paints: bold and the like by number, and the numbers of its two colours."""

    ways: frozenset[str] = frozenset()
    fore: str = ""
    ground: str = ""

    def after(self, numbers: str) -> "_Ink | None":
        """Return the ink after a style; `None` where the style is not understood."""
        ink = self
        parts = (numbers or "0").split(";")
        while parts:
            part = parts.pop(0)
            if part in {"38", "48"}:
                color, parts = _color(part, parts)
                if not color:
                    return None
                ink = ink.with_color(part, color)
                continue

            changed = ink.with_number(part)
            if changed is None:
                return None
            ink = changed
        return ink

    def with_color(self, kind: str, color: str) -> "_Ink":
        """Return the ink with another colour: 38 is the foreground, 48 the background."""
        if kind == "38":
            return _Ink(self.ways, color, self.ground)
        return _Ink(self.ways, self.fore, color)

    def with_number(self, number: str) -> "_Ink | None":
        """Return the ink after one number of a style; `None` for an unknown one."""
        if number in {"", "0"}:
            return _PLAIN
        if number.isdecimal() and 1 <= int(number) <= 9:
            return _Ink(self.ways | {number}, self.fore, self.ground)

        if number in {"39", "49"}:
            return self.with_color(f"{number[0]}8", "")
        if _FORE.fullmatch(number):
            return self.with_color("38", number)
        if _GROUND.fullmatch(number):
            return self.with_color("48", number)
        return None

    def style_from(self, before: "_Ink") -> str:
        """Return the shortest style that leads here from `before`; empty where they are equal."""
        if self == before:
            return ""

        whole = [*sorted(self.ways), *filter(None, (self.fore, self.ground))]
        whole_style = "\x1b[m"
        if whole:
            whole_style = f"\x1b[{';'.join(['0', *whole])}m"
        if not self.ways >= before.ways:
            return whole_style

        changed = sorted(self.ways - before.ways)
        if self.fore != before.fore:
            changed.append(self.fore or "39")
        if self.ground != before.ground:
            changed.append(self.ground or "49")
        return min(f"\x1b[{';'.join(changed)}m", whole_style, key=len)


_PLAIN = _Ink()


def _color(kind: str, parts: list[str]) -> tuple[str, list[str]]:
    """Return a colour by number (5;n) or by light (2;r;g;b), and the parts behind it.

    The colour is empty where it is neither.
    """
    length = _COLOR_LENGTHS.get("".join(parts[:1]), 0)
    if len(parts) < length or not length:
        return "", parts
    return ";".join([kind, *parts[:length]]), parts[length:]


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Text painted from one place on: row and column from 1, pieces with their inks."""

    row: int
    column: int
    pieces: list[tuple[str, _Ink]]

    @property
    def plain(self) -> bool:
        """Whether every character is surely one column wide on any terminal."""
        return all(_is_plain(text) for text, _ in self.pieces)


def _is_plain(text: str) -> bool:
    return text.isascii() or all(
        c < "\u0300" or "\u2010" <= c < "\u2700" for c in text if not c.isascii()
    )


class TerminalState:
    """What a terminal shows, as far as it is known."""

    def __init__(self) -> None:
        self._cells: dict[int, dict[int, tuple[str, _Ink]]] = {}
        self._cursor = (0, 0)
        self._ink = _Ink()

    def forget(self) -> None:
        """Know nothing any more: something else was written, or the size has changed."""
        self._cells.clear()
        self._cursor = (0, 0)

    def shorten(self, output: str) -> str:
        """Return less output with the same effect; `output` begins and ends without a style."""
        stretches = _stretches(output)
        if stretches is None:
            if _CLEARS.search(output) or not _UNSEEN.fullmatch(output):
                self.forget()
            self._cursor = (0, 0)
            return output

        out: list[str] = []
        for stretch in stretches:
            self._paint(stretch, out)
        last = stretches[-1]
        if last.plain:
            self._move(last.row, last.column + sum(len(text) for text, _ in last.pieces), out)
        out.append(_Ink().style_from(self._ink))
        self._ink = _Ink()
        return "".join(out)

    def _paint(self, stretch: _Stretch, out: list[str]) -> None:
        if not stretch.plain:
            # Terminals differ in how wide such characters are: paint all, and forget the line.
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
            out.append(ink.style_from(self._ink))
            self._ink = ink
        out.append(text)

    def _move(self, row: int, column: int, out: list[str]) -> None:
        if self._cursor != (row, column):
            out.append(f"\x1b[{row};{column}H")
            self._cursor = (row, column)


def _runs(places: list[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and last of each run of places; runs with a short gap are one."""
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


def _stretches(output: str) -> list[_Stretch] | None:
    """Return what is painted where; `None` for output that has more than moves, styles and text."""
    stretches: list[_Stretch] = []
    ink: _Ink | None = _PLAIN
    end = 0
    for token in _TOKEN.finditer(output):
        if not _add_text(stretches, output[end : token.start()], ink):
            return None
        end = token.end()

        if token["style"] is not None:
            ink = ink and ink.after(token[2])
        elif token["move"] is not None:
            stretches.append(_Stretch(int(token[4]), int(token[5]), []))
        else:
            return None

    if not _add_text(stretches, output[end:], ink):
        return None
    return stretches or None


def _add_text(stretches: list[_Stretch], text: str, ink: _Ink | None) -> bool:
    """Add a piece of text; return whether its place and its ink are known."""
    if ink is None:
        return False
    if not text:
        return True
    if not stretches:
        return False
    stretches[-1].pieces.append((text, ink))

    return True
