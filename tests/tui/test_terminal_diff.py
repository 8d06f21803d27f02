"""Fewer bytes, the same picture: a terminal shows what it would show without `TerminalState`."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import get_character_cell_size

from reviewkit.tui.terminal_diff import TerminalState
from tests.helpers.effort import examples

WIDTH, HEIGHT = 12, 3
Cell = tuple[str, frozenset[str], str, str]


class Emulator:
    """A terminal of a few lines: moves, styles, text of one or two columns, combining marks."""

    def __init__(self) -> None:
        self.cells: dict[tuple[int, int], Cell] = {}
        self.row = self.column = 1
        self.style: tuple[frozenset[str], str, str] = (frozenset(), "", "")

    def take(self, message: str) -> None:
        for style, row, column, text in re.findall(
            r"\x1b\[([0-9;]*)m|\x1b\[(\d+);(\d+)H|([^\x1b])", message
        ):
            if text == "\n":
                self.row, self.column = self.row + 1, 1
            elif text:
                self._put(text)
            elif row:
                self.row, self.column = int(row), int(column)
            else:
                self._style(style)

    def _put(self, character: str) -> None:
        size = get_character_cell_size(character)
        if size == 0:
            at = (self.row, self.column - 1)
            before = self.cells.get(at, (" ", *self.style))
            self.cells[at] = (before[0] + character, *before[1:])
            return
        self.cells[self.row, self.column] = (character, *self.style)
        if size == 2:
            self.cells[self.row, self.column + 1] = ("", *self.style)
        self.column += size

    def _style(self, numbers: str) -> None:
        ways, fore, ground = self.style
        parts = (numbers or "0").split(";")
        while parts:
            part = parts.pop(0)
            if part == "0":
                ways, fore, ground = frozenset(), "", ""
            elif part in {"38", "48"}:
                length = 4 if parts[0] == "2" else 2
                color, parts = ";".join(parts[:length]), parts[length:]
                fore, ground = (color, ground) if part == "38" else (fore, color)
            elif part in {"39", "49"}:
                fore, ground = ("", ground) if part == "39" else (fore, "")
            elif len(part) == 2:
                fore, ground = (part, ground) if part[0] == "3" else (fore, part)
            else:
                ways |= {part}
        self.style = (ways, fore, ground)


STYLES = st.sampled_from(
    ["", "1", "1;4", "31", "38;2;1;2;3;48;2;9;9;9", "1;38;5;7;49", "39;48;5;3", "0", "7;32"]
)
WORDS = st.text(st.sampled_from("ab  ·━é肠e\u0301م\u200d"), max_size=6)
PIECE = st.tuples(STYLES, WORDS).map(lambda drawn: f"\x1b[{drawn[0] or '0'}m{drawn[1]}\x1b[0m")


@st.composite
def paintings(draw: st.DrawFn) -> str:
    """What Textual may write at once: styled stretches at places, none beyond the edge."""
    lines = []
    for _ in range(draw(st.integers(1, 4))):
        row, column = draw(st.integers(1, HEIGHT)), draw(st.integers(1, WIDTH // 2))
        pieces = draw(st.lists(PIECE, max_size=3))
        lines.append(f"\x1b[{row};{column}H{''.join(pieces)}")
    return "\n".join(lines) + draw(st.sampled_from(["", "\x1b[1;1H"]))


@pytest.mark.slow
@settings(max_examples=examples(300), deadline=None)
@given(st.lists(paintings(), max_size=6))
def test_the_picture_is_the_same_after_each_painting(told: list[str]) -> None:
    painted, plainly, thriftily = TerminalState(), Emulator(), Emulator()
    for each in told:
        plainly.take(each)
        shorten = painted.shorten(each)
        thriftily.take(shorten)
        assert thriftily.cells == plainly.cells
        assert thriftily.style == (frozenset(), "", "")
        # The cursor stands where input methods show what is being composed.
        assert (thriftily.row, thriftily.column) == (plainly.row, plainly.column)


def test_what_stands_there_is_not_painted_again_until_it_is_forgotten() -> None:
    painted = TerminalState()
    picture = "\x1b[1;1H\x1b[1;31mtitle\x1b[0m\x1b[31m text\x1b[0m\n\x1b[2;1Hmore"
    first = painted.shorten(picture)
    assert len(first) < len(picture)
    assert painted.shorten(picture) == ""
    assert painted.shorten(picture.replace("text", "tent")).count("t") == 0
    painted.forget()
    assert painted.shorten(picture) == first


def test_what_is_not_painting_goes_through_as_it_came() -> None:
    painted = TerminalState()
    line = "\x1b[1;1Hx"
    painted.shorten(line)
    for one in (
        "\x1b[?2026h",
        "\x1b[?25l\x1b[?2004h",
        "\x1b]52;c;YQ==\x07",
        "\x1b]22;default\x1b\\",
    ):
        assert painted.shorten(one) == one
    assert "x" not in painted.shorten(line)
    for one in (
        "\x1b[2J",
        "\x1b[?1049h",
        "text of another program",
        "\x1b[1;1H\x1b[58;5;1mx\x1b[0m",
        "\x1b[1;1H\x1b[²mx\x1b[0m",  # a digit that is no number
        "\x1b[٣;1Hx",  # a number, but no terminal's
    ):
        painted.shorten(line)
        assert painted.shorten(one) == one
        assert "x" in painted.shorten(line)
