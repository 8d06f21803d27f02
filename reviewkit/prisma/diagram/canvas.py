"""A sheet of terminal cells on which lines join by themselves and text lies on top. Pure."""

import unicodedata
from dataclasses import dataclass, field

from reviewkit.prisma.diagram.wrap import NBSP

NORTH, SOUTH, EAST, WEST = 1, 2, 4, 8
_JOINTS = " ╵╷│╶└┌├╴┘┐┤─┴┬┼"
_PLAIN = " |||-+++-+++-+++"
_ASCII = {
    "▶": ">",
    "◀": "<",
    "▼": "v",
    "≠": "!=",
    "–": "-",
    "—": "-",
    "→": "->",
    "’": "'",
    "“": '"',
    "”": '"',
}


def cell_width(text: str) -> int:
    """How many terminal cells the text takes: two for wide characters, none for combining ones."""
    return sum(_character_width(character) for character in text)


def _character_width(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def to_ascii(text: str) -> str:
    """The text in ASCII: accents dropped, signs spelled, "?" for what has no like."""
    spelled = "".join(_ASCII.get(character, character) for character in text)
    letters = "".join(
        c for c in unicodedata.normalize("NFD", spelled) if not unicodedata.combining(c)
    )
    # No-break spaces stay until the text is folded.
    return NBSP.join(
        part.encode("ascii", "replace").decode("ascii") for part in letters.split(NBSP)
    )


@dataclass(slots=True)
class Canvas:
    """Lines as the directions each cell joins, and text by cell; `""` marks the second half of a wide character."""

    joints: dict[tuple[int, int], int] = field(default_factory=dict)
    cells: dict[tuple[int, int], str] = field(default_factory=dict)

    def join(self, x: int, y: int, directions: int) -> None:
        self.joints[x, y] = self.joints.get((x, y), 0) | directions

    def line(self, x0: int, y0: int, x1: int, y1: int) -> None:
        """A straight line; both ends join whatever they meet."""
        if y0 == y1:
            for x in range(min(x0, x1), max(x0, x1)):
                self.join(x, y0, EAST)
                self.join(x + 1, y0, WEST)
        else:
            for y in range(min(y0, y1), max(y0, y1)):
                self.join(x0, y, SOUTH)
                self.join(x0, y + 1, NORTH)

    def frame(self, x: int, y: int, width: int, height: int) -> None:
        right, bottom = x + width - 1, y + height - 1
        self.line(x, y, right, y)
        self.line(x, bottom, right, bottom)
        self.line(x, y, x, bottom)
        self.line(right, y, right, bottom)

    def write(self, x: int, y: int, text: str) -> None:
        """The text from cell (x, y) on; combining characters stay with the letter before them."""
        at = x
        for character in text:
            size = _character_width(character)
            if size == 0:
                last = at - 1 if self.cells.get((at - 1, y)) != "" else at - 2
                if (last, y) in self.cells:
                    self.cells[last, y] += character
                continue
            self.cells[at, y] = character
            if size == 2:
                self.cells[at + 1, y] = ""
            at += size

    def render(self, *, ascii_only: bool) -> str:
        """The sheet as lines without trailing spaces, each ended by a newline."""
        places = self.cells.keys() | self.joints.keys()
        glyphs = _PLAIN if ascii_only else _JOINTS
        lines = []
        for y in range(max(y for _, y in places) + 1):
            last = max((x for x, row in places if row == y), default=-1)
            row = (
                self.cells.get((x, y), glyphs[self.joints.get((x, y), 0)]) for x in range(last + 1)
            )
            lines.append("".join(row).rstrip())
        return "\n".join(lines) + "\n"
