"""The rows of the diagram: where each begins, and how high it is. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reviewkit.prisma.diagram.metrics import text_width
from reviewkit.prisma.diagram.sizes import (
    BAR_PADDING,
    HEADER_GAP,
    LEADING,
    LONGEST_BAR_WORD,
    MARGIN,
    PADDING_Y,
    PHASE_GAP,
    ROW_GAP,
    SIZE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A side bar and its rows, from `first` to `last`. Row 0 holds the headings."""

    key: str
    first: int
    last: int

    def rows_in(self, rows: Mapping[int, float]) -> list[int]:
        """Return the phase's rows that the diagram has, from the top."""
        return [row for row in range(self.first, self.last + 1) if row in rows]


PHASES = (
    Phase(key="identification", first=0, last=1),
    Phase(key="screening", first=2, last=4),
    Phase(key="included", first=5, last=7),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The top and the height of each row, in px."""

    tops: Mapping[int, float]
    heights: Mapping[int, float]

    def bottom(self, row: int) -> float:
        return self.tops[row] + self.heights[row]


def natural_height(lines: int) -> float:
    """Return the height of a box with so many lines."""
    return 2 * PADDING_Y + LEADING * lines


def place_rows(heights: Mapping[int, float], bar_labels: Mapping[str, str]) -> Rows:
    """Return the rows from the top; each phase is long enough for the longest word on its side
    bar.
    """
    placed = dict(heights)
    tops: dict[int, float] = {}
    top = MARGIN

    for phase in PHASES:
        rows = phase.rows_in(placed)
        length = sum(placed[row] for row in rows) + sum(_gap(row) for row in rows[:-1])
        needed = _longest_word(bar_labels[phase.key]) + BAR_PADDING
        placed[rows[-1]] += max(0.0, needed - length)

        for row, gap in _with_gaps(rows):
            tops[row] = top
            top += placed[row] + gap

    return Rows(tops=tops, heights=placed)


def _with_gaps(rows: list[int]) -> Iterator[tuple[int, float]]:
    """Yield the rows of a phase, each with the gap below it."""
    for row in rows[:-1]:
        yield row, _gap(row)
    # Below the headings the gap is always the same, also where they are a phase's only row.
    last = rows[-1]
    yield last, (HEADER_GAP if last == 0 else PHASE_GAP)


def _gap(row: int) -> float:
    """Return the gap below a row within its phase."""
    if row == 0:
        return HEADER_GAP
    return ROW_GAP


def _longest_word(label: str) -> float:
    widest = max(text_width(word, SIZE, bold=True) for word in label.split(" "))
    return min(widest, LONGEST_BAR_WORD)
