"""The picture turned: phases from left to right, what is left out under each step. Pure.

Boxes are moved and keep their texts. The phases stand over their columns, the headings at the left
of their rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from reviewkit.prisma.diagram.metrics import text_width
from reviewkit.prisma.diagram.rows import PHASES, Phase, natural_height
from reviewkit.prisma.diagram.shapes import Arrow, Bar, Box, Content, DiagramLayout, Point, TextLine
from reviewkit.prisma.diagram.sizes import (
    BAR,
    BAR_GAP,
    HEADER_GAP,
    LEADING,
    MARGIN,
    NOTE_LEADING,
    PADDING_X,
    ROW_GAP,
    SIZE,
)
from reviewkit.prisma.diagram.text_lines import baseline, note_lines
from reviewkit.prisma.diagram.theme import Fill
from reviewkit.prisma.diagram.wrap import isolated, wrap

HORIZONTAL_WIDTH = 190.0
_COLUMN_GAP = 34.0
_BAR_MARGIN = 12.0
_SPANS = {
    "prevstud": ("previous",),
    "newstud": ("main", "side"),
    "othstud": ("other", "other_side"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grid:
    """The left edge of each step and the top and height of each row of boxes, by their names."""

    lefts: Mapping[int, float]
    tops: Mapping[str, float]
    heights: Mapping[str, float]

    def bottom(self, row: str) -> float:
        return self.tops[row] + self.heights[row]


def turned(layout: DiagramLayout) -> DiagramLayout:
    """Return the layout with its phases from left to right."""
    first = _phases(layout, _lefts(layout, 0.0))
    top = MARGIN + first[0].height + HEADER_GAP
    bars = _bar_texts(layout, _grid(layout, 0.0, top))
    left = MARGIN + BAR + LEADING * (max(map(len, bars.values())) - 1) + BAR_GAP
    grid = _grid(layout, left, top)
    boxes = tuple(_moved(box, grid) for box in layout.boxes)
    by_key = {box.key: box for box in boxes}
    right = max(box.right for box in boxes)
    bottom = max(map(grid.bottom, grid.tops))

    notes = note_lines(layout.note_texts, bottom + HEADER_GAP, right - MARGIN)
    if notes:
        bottom += HEADER_GAP + NOTE_LEADING * len(notes)

    return replace(
        layout,
        width=right + MARGIN,
        height=bottom + MARGIN,
        headers=tuple(_phases(layout, grid.lefts)),
        bars=tuple(_headings(layout, grid, bars, left - BAR_GAP - MARGIN)),
        boxes=boxes,
        arrows=tuple(_arrow(arrow, by_key) for arrow in layout.arrows),
        notes=notes,
    )


def _lefts(layout: DiagramLayout, left: float) -> dict[int, float]:
    """Return the left edge of each step."""
    steps = sorted({box.content.row for box in layout.boxes})
    return {
        step: left + number * (HORIZONTAL_WIDTH + _COLUMN_GAP) for number, step in enumerate(steps)
    }


def _bar_texts(layout: DiagramLayout, grid: _Grid) -> dict[str, tuple[str, ...]]:
    """Return the lines of each heading, wrapped to the height of its rows."""
    texts = {}
    for box in layout.headers:
        rows = [row for row in _SPANS[box.key] if row in grid.tops]
        length = grid.bottom(rows[-1]) - grid.tops[rows[0]] - _BAR_MARGIN
        texts[box.key] = wrap(box.text, length, SIZE, bold=True)
    return texts


def _grid(layout: DiagramLayout, left: float, top: float) -> _Grid:
    heights = dict.fromkeys(layout.columns, 0.0)
    for box in layout.boxes:
        row = box.content.column
        heights[row] = max(heights[row], natural_height(len(box.lines)))

    tops: dict[str, float] = {}
    for row, height in heights.items():
        if height:
            tops[row] = top
            top += height + ROW_GAP
    kept = {row: heights[row] for row in tops}

    return _Grid(lefts=_lefts(layout, left), tops=tops, heights=kept)


def _moved(box: Box, grid: _Grid) -> Box:
    """Return the box at its step and row, as high as the row, with its lines in the middle."""
    row = box.content.column
    x, y, height = grid.lefts[box.content.row], grid.tops[row], grid.heights[row]
    dx, dy = x - box.x, y + height / 2 - box.y - box.height / 2
    lines = tuple(replace(line, x=line.x + dx, y=line.y + dy) for line in box.lines)
    return replace(box, x=x, y=y, height=height, lines=lines)


def _phases(layout: DiagramLayout, steps: Mapping[int, float]) -> list[Box]:
    """Return the phases as headings over their steps, equally high."""
    spans = {phase.key: _span(phase, steps) for phase in PHASES}
    texts = {
        key: wrap(layout.words.label(key), width - 2 * PADDING_X, SIZE, bold=True)
        for key, (_, width) in spans.items()
    }
    height = natural_height(max(map(len, texts.values())))

    return [_phase(key, texts[key], span, height) for key, span in spans.items()]


def _span(phase: Phase, steps: Mapping[int, float]) -> tuple[float, float]:
    """Return the left edge and the width of a phase."""
    lefts = [left for step, left in steps.items() if phase.first <= step <= phase.last]
    return lefts[0], lefts[-1] + HORIZONTAL_WIDTH - lefts[0]


def _phase(key: str, texts: tuple[str, ...], span: tuple[float, float], height: float) -> Box:
    left, width = span
    top = MARGIN + (height - LEADING * len(texts)) / 2
    lines = tuple(
        TextLine(
            text=isolated(text),
            x=left + (width - text_width(text, SIZE, bold=True)) / 2,
            y=baseline(top + LEADING * number, LEADING, SIZE),
            size=SIZE,
            bold=True,
        )
        for number, text in enumerate(texts)
    )
    content = Content(key=key, column=key, row=0, entries=())

    return Box(
        key=key,
        x=left,
        y=MARGIN,
        width=width,
        height=height,
        fill=Fill.BAR,
        lines=lines,
        content=content,
    )


def _headings(
    layout: DiagramLayout, grid: _Grid, texts: Mapping[str, tuple[str, ...]], width: float
) -> list[Bar]:
    """Return the headings as bars at the left of their rows."""
    bars = []
    for box in layout.headers:
        rows = [row for row in _SPANS[box.key] if row in grid.tops]
        top, bottom = grid.tops[rows[0]], grid.bottom(rows[-1])
        bar = Bar(
            key=box.key,
            x=MARGIN,
            y=top,
            width=width,
            height=bottom - top,
            lines=texts[box.key],
            fill=box.fill,
        )
        bars.append(bar)
    return bars


def _arrow(arrow: Arrow, boxes: Mapping[str, Box]) -> Arrow:
    """Return the arrow straight down, straight right, or right and then up or down."""
    source, target = boxes[arrow.source], boxes[arrow.target]
    middle = source.y + source.height / 2
    points: tuple[Point, ...]
    if source.content.row == target.content.row:
        x = source.x + source.width / 2
        points = ((x, source.bottom), (x, target.y))
    elif source.content.column == target.content.column:
        points = ((source.right, middle), (target.x, middle))
    else:
        x = target.x + target.width / 2
        edge = target.y if source.y < target.y else target.bottom
        points = ((source.right, middle), (x, middle), (x, edge))
    return replace(arrow, points=points)
