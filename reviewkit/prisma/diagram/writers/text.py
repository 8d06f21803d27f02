"""The layout as a terminal drawing that fits a width, in box-drawing characters or plain ASCII.

Side by side where the columns fit; else one arm under the other; else one box under the other.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reviewkit.model.errors import UsageError
from reviewkit.prisma.diagram.canvas import Canvas, cell_width, to_ascii
from reviewkit.prisma.diagram.shapes import Box, BoxEntry, DiagramLayout
from reviewkit.prisma.diagram.wrap import NBSP, wrap_measured

# All sizes are in cells.
NARROWEST_COLUMN = 24
WIDEST_COLUMN = 46
GAP = 5
LEAST_WIDTH = 30
SIDE_INDENT = 6
STACKED_STEM = 2

PHASES = {
    1: "identification",
    2: "screening",
    3: "screening",
    4: "screening",
    5: "included",
    6: "included",
    7: "included",
}
ARMS = (("previous",), ("main", "side"), ("other", "other_side"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """A box of the drawing, in cells."""

    box: Box
    x: int
    y: int
    width: int
    lines: tuple[str, ...]

    @property
    def bottom(self) -> int:
        return self.y + len(self.lines) + 1

    @property
    def right(self) -> int:
        return self.x + self.width - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """The columns that are drawn together: where each begins, and their common width.

    `stem` is how far from a box's left edge an arrow goes down.
    With `stacked`, side boxes are under their neighbours instead of beside them.
    """

    layout: DiagramLayout
    places: dict[str, int]
    column: int
    stem: int
    width: int
    ascii_only: bool
    stacked: bool = False

    def boxes_in(self, row: int) -> list[Box]:
        return [box for box in self.boxes if box.content.row == row]

    @property
    def boxes(self) -> list[Box]:
        return [box for box in self.layout.boxes if box.content.column in self.places]


def write_text(layout: DiagramLayout, *, width: int = 80, ascii_only: bool = False) -> str:
    """Return the drawing, no line wider than `width` cells. Raise UsageError below 30 cells."""
    if width < LEAST_WIDTH:
        raise UsageError(
            f"a drawing needs at least {LEAST_WIDTH} columns, not {width}",
            hint="widen the terminal",
        )

    groups = _column_groups(layout.columns, width)
    drawings = [_draw(_part(layout, names, width, ascii_only)) for names in groups]
    notes = [_note(text, width, ascii_only) for text in layout.note_texts]
    if notes:
        drawings.append("\n".join(notes) + "\n")

    return "\n".join(drawings)


def _column_groups(columns: tuple[str, ...], width: int) -> list[tuple[str, ...]]:
    """Return the columns that are drawn together: all where they fit, else each arm by itself."""
    if _column_width(columns, width) >= NARROWEST_COLUMN:
        return [columns]

    arms = (tuple(name for name in columns if name in arm) for arm in ARMS)
    return [arm for arm in arms if arm]


def _column_width(columns: tuple[str, ...], width: int) -> int:
    return (width - GAP * (len(columns) - 1)) // len(columns)


def _part(layout: DiagramLayout, columns: tuple[str, ...], width: int, ascii_only: bool) -> _Part:
    """Return the columns side by side where they fit,
    else the side boxes indented under the first column.
    """
    column = min(_column_width(columns, width), WIDEST_COLUMN)
    if column >= NARROWEST_COLUMN or len(columns) == 1:
        return _Part(
            layout=layout,
            places={name: number * (column + GAP) for number, name in enumerate(columns)},
            column=column,
            stem=column // 2,
            width=len(columns) * (column + GAP) - GAP,
            ascii_only=ascii_only,
        )

    column = min(width, WIDEST_COLUMN)

    return _Part(
        layout=layout,
        places={columns[0]: 0, columns[1]: SIDE_INDENT},
        column=column,
        stem=STACKED_STEM,
        width=column,
        ascii_only=ascii_only,
        stacked=True,
    )


def _note(text: str, width: int, ascii_only: bool) -> str:
    return "\n".join(_fold(_encodable(text, ascii_only), width)).replace(NBSP, " ")


def _draw(part: _Part) -> str:
    canvas = Canvas()
    rules: dict[str, int] = {"identification": 0}
    frames = _frames(part, _draw_headers(canvas, part), rules)
    _draw_rules(canvas, part, rules)
    for frame in frames.values():
        _draw_frame(canvas, frame)
    _draw_arrows(canvas, part, frames)

    if part.ascii_only:
        canvas.cells = {place: to_ascii(text) for place, text in canvas.cells.items()}

    return canvas.render(ascii_only=part.ascii_only)


def _frames(part: _Part, top: int, rules: dict[str, int]) -> dict[str, _Frame]:
    """Return the boxes in rows from `top` on, each row as high as its tallest box.

    Add the line above each phase to `rules`.
    """
    frames: dict[str, _Frame] = {}
    y = top

    for row in sorted({box.content.row for box in part.boxes}):
        if PHASES[row] not in rules:
            rules[PHASES[row]] = y
            y += 1
        if row != 1:
            y += 1
        in_row = list(_frames_in_row(part, row, y))
        frames |= {frame.box.key: frame for frame in in_row}
        y = max(frame.bottom for frame in in_row) + 1

    return frames


def _frames_in_row(part: _Part, row: int, top: int) -> Iterator[_Frame]:
    """Yield the boxes of a row, side by side or one under the other."""
    bottom = top
    for box in part.boxes_in(row):
        x = part.places[box.content.column]
        if part.stacked:
            y, width = bottom, part.column - x
        else:
            y, width = top, part.column
        lines = tuple(_box_lines(box, width - 4, part.ascii_only))
        frame = _Frame(box=box, x=x, y=y, width=width, lines=lines)
        yield frame
        bottom = max(bottom, frame.bottom + 1)


def _box_lines(box: Box, width: int, ascii_only: bool) -> Iterator[str]:
    for entry in box.content.entries:
        hang = 2 if box.content.hangs(entry) else 0
        yield from _entry_lines(entry, width, hang, ascii_only)


def _entry_lines(entry: BoxEntry, width: int, hang: int, ascii_only: bool) -> Iterator[str]:
    """Yield the lines of one paragraph; a count that differs between two flows is marked."""
    indent = 2 * entry.level
    mark = f"≠{NBSP}" if entry.bold else ""
    text = _encodable(mark + entry.text, ascii_only)
    for piece in _fold(text, width - indent, hang):
        yield " " * indent + piece.replace(NBSP, " ")


def _encodable(text: str, ascii_only: bool) -> str:
    if ascii_only:
        return to_ascii(text)
    return text


def _fold(text: str, width: int, hang: int = 0) -> tuple[str, ...]:
    """Return the text in lines of at most `width` cells;
    lines after the first are indented by `hang`.
    """
    first, *others = wrap_measured(text, lambda n: width - (hang if n else 0), cell_width)
    return (first, *(" " * hang + piece for piece in others))


def _draw_headers(canvas: Canvas, part: _Part) -> int:
    """Draw the headings over their columns, below the first rule.

    Return the first line under them.
    """
    bottom = 1
    for header in part.layout.headers:
        columns = _present_columns(part, header.content.column)
        if not columns:
            continue

        left = part.places[columns[0]]
        span = part.width
        if not part.stacked:
            span = part.places[columns[-1]] + part.column - left
        lines = _fold(_encodable(header.text, part.ascii_only), span)

        for number, line in enumerate(lines, 1):
            indent = 0 if part.stacked else (span - cell_width(line)) // 2
            canvas.write(left + indent, number, line)

        bottom = max(bottom, len(lines) + 1)

    return bottom


def _present_columns(part: _Part, first: str) -> list[str]:
    """Return the columns of the arm that begins with `first`, as far as they are drawn here."""
    arm = next((arm for arm in ARMS if first in arm), ())
    return [name for name in arm if name in part.places]


def _draw_rules(canvas: Canvas, part: _Part, rules: dict[str, int]) -> None:
    """Draw a line across for each phase, its name at the right, where no arrow passes."""
    for phase, y in rules.items():
        canvas.line(0, y, part.width - 1, y)
        label = _encodable(part.layout.words.label(phase), part.ascii_only)
        if label and cell_width(label) < part.width - 12:
            canvas.write(part.width - cell_width(label) - 3, y, f" {label} ")


def _draw_frame(canvas: Canvas, frame: _Frame) -> None:
    canvas.frame(frame.x, frame.y, frame.width, len(frame.lines) + 2)
    for number, line in enumerate(frame.lines, 1):
        canvas.write(frame.x + 2, frame.y + number, line)


def _draw_arrows(canvas: Canvas, part: _Part, frames: dict[str, _Frame]) -> None:
    for arrow in part.layout.arrows:
        source, target = frames.get(arrow.source), frames.get(arrow.target)
        if source and target:
            _draw_arrow(canvas, part, source, target)
        elif source:
            bottom = source.bottom
            if part.stacked:
                bottom = _row_bottom(frames.values(), source.box.content.row)
            _draw_exit(canvas, part, source, bottom, part.layout.box(arrow.target))


def _row_bottom(frames: Iterable[_Frame], row: int) -> int:
    return max(frame.bottom for frame in frames if frame.box.content.row == row)


def _draw_arrow(canvas: Canvas, part: _Part, source: _Frame, target: _Frame) -> None:
    stem = source.x + part.stem
    y = target.y + 1
    if source.box.content.column == target.box.content.column:
        canvas.line(stem, source.bottom, stem, target.y - 1)
        canvas.cells[stem, target.y - 1] = "▼"
    elif source.box.content.row == target.box.content.row and not part.stacked:
        canvas.line(source.right, y, target.x - 1, y)
        canvas.cells[target.x - 1, y] = "▶"
    else:
        canvas.line(stem, source.bottom, stem, y)
        _draw_sideways(canvas, stem, y, target)


def _draw_sideways(canvas: Canvas, stem: int, y: int, target: _Frame) -> None:
    """Draw the second half of an arrow that goes down first."""
    if target.x > stem:
        edge, head = target.x - 1, "▶"
    else:
        edge, head = target.right + 1, "◀"
    canvas.line(stem, y, edge, y)
    canvas.cells[edge, y] = head


def _draw_exit(canvas: Canvas, part: _Part, source: _Frame, bottom: int, target: Box) -> None:
    """Draw an arrow that leaves the drawing; its target is named under the line `bottom`."""
    label = part.layout.words.label("continues").replace("{label}", _first_label(target))
    stem = source.x + part.stem
    canvas.line(stem, source.bottom, stem, bottom + 1)
    canvas.cells[stem, bottom + 1] = "▼"

    lines = _fold(_encodable(label, part.ascii_only), part.column)
    for number, line in enumerate(lines, 2):
        canvas.write(source.x, bottom + number, line)


def _first_label(box: Box) -> str:
    """Return the name of a box: its first line without the count."""
    return box.content.entries[0].text.split(f"{NBSP}(", maxsplit=1)[0].rstrip(":")
