"""A drawing of terminal cells on which lines join by themselves and text lies on top. Pure."""

import unicodedata
from dataclasses import dataclass, field

from reviewkit.prisma.diagram.wrap import NBSP

NORTH, SOUTH, EAST, WEST = 1, 2, 4, 8
# The character for each sum of directions, in box-drawing characters and in ASCII.
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
    """Return how many terminal cells the text takes: two a wide character, none a combining one."""
    return sum(_character_width(character) for character in text)


def to_ascii(text: str) -> str:
    """Return the text in ASCII: accents dropped, signs spelled out, "?" for the rest.

    No-break spaces stay until the text is folded.
    """
    spelled = "".join(_ASCII.get(character, character) for character in text)
    letters = "".join(
        c for c in unicodedata.normalize("NFD", spelled) if not unicodedata.combining(c)
    )

    return NBSP.join(
        part.encode("ascii", "replace").decode("ascii") for part in letters.split(NBSP)
    )


def _character_width(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    if unicodedata.east_asian_width(character) in {"W", "F"}:
        return 2
    return 1


@dataclass(slots=True)
class Canvas:
    """Lines as the directions that each cell joins, and text by cell; both keys are (x, y).

    `""` marks the second half of a wide character.
    """

    joints: dict[tuple[int, int], int] = field(default_factory=dict)
    cells: dict[tuple[int, int], str] = field(default_factory=dict)

    def join(self, x: int, y: int, directions: int) -> None:
        """Let the lines of a cell also join these directions."""
        self.joints[x, y] = self.joints.get((x, y), 0) | directions

    def line(self, x0: int, y0: int, x1: int, y1: int) -> None:
        """Draw a straight line whose ends join whatever they meet."""
        if y0 == y1:
            for x in range(min(x0, x1), max(x0, x1)):
                self.join(x, y0, EAST)
                self.join(x + 1, y0, WEST)
        else:
            for y in range(min(y0, y1), max(y0, y1)):
                self.join(x0, y, SOUTH)
                self.join(x0, y + 1, NORTH)

    def frame(self, x: int, y: int, width: int, height: int) -> None:
        """Draw a rectangle."""
        right, bottom = x + width - 1, y + height - 1
        self.line(x, y, right, y)
        self.line(x, bottom, right, bottom)
        self.line(x, y, x, bottom)
        self.line(right, y, right, bottom)

    def write(self, x: int, y: int, text: str) -> None:
        """Write the text from cell (x, y) on;
        combining characters stay with the letter before them.
        """
        column = x
        for character in text:
            width = _character_width(character)
            if width == 0:
                self._combine(column, y, character)
                continue

            self.cells[column, y] = character
            if width == 2:
                self.cells[column + 1, y] = ""
            column += width

    def _combine(self, column: int, y: int, mark: str) -> None:
        """Add a combining mark to the character that ends before `column`."""
        previous = column - 1
        if self.cells.get((previous, y)) == "":
            previous -= 1
        if (previous, y) in self.cells:
            self.cells[previous, y] += mark

    def render(self, *, ascii_only: bool) -> str:
        """Return the drawing as lines without trailing spaces, each ended by a newline."""
        glyphs = _PLAIN if ascii_only else _JOINTS
        places = self.cells.keys() | self.joints.keys()
        last_columns: dict[int, int] = {}
        for x, y in places:
            last_columns[y] = max(x, last_columns.get(y, -1))

        lines = []
        for y in range(max(last_columns) + 1):
            row = (self._glyph(x, y, glyphs) for x in range(last_columns.get(y, -1) + 1))
            lines.append("".join(row).rstrip())

        return "\n".join(lines) + "\n"

    def _glyph(self, x: int, y: int, glyphs: str) -> str:
        return self.cells.get((x, y), glyphs[self.joints.get((x, y), 0)])
