"""The layout as a terminal drawing that fits a width, in box-drawing characters or plain ASCII. Pure.

Side by side where the columns fit; else one arm under the other; else one box under the other.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from reviewkit.model.errors import UsageError
from reviewkit.prisma.diagram.canvas import Canvas, cell_width, to_ascii
from reviewkit.prisma.diagram.shapes import Box, BoxEntry, DiagramLayout
from reviewkit.prisma.diagram.wrap import NBSP, wrap_measured

NARROWEST = 24
GAP = 5
WIDEST = 46
LEAST_WIDTH = 30
PHASES = {
    1: "identification",
    2: "screening",
    3: "screening",
    4: "screening",
    5: "included",
    6: "included",
}
ARMS = (("previous",), ("main", "side"), ("other", "other_side"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Framed:
    """A box on the sheet, in cells."""

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
class _Sheet:
    """What is drawn together: some columns at their cells, and how wide each is; `stem` is where arrows go down."""

    layout: DiagramLayout
    places: dict[str, int]
    column: int
    stem: int
    width: int
    ascii_only: bool
    # Whether side boxes stand under their neighbours instead of beside them.
    stacked: bool = False

    @property
    def boxes(self) -> list[Box]:
        return [box for box in self.layout.boxes if box.content.column in self.places]


def _plain(text: str, ascii_only: bool) -> str:
    return to_ascii(text) if ascii_only else text


def _fold(text: str, width: int, hang: int) -> tuple[str, ...]:
    pieces = wrap_measured(text, lambda n: width - (hang if n else 0), cell_width)
    return tuple((" " * hang if n else "") + piece for n, piece in enumerate(pieces))


def _entry_lines(entry: BoxEntry, width: int, hang: int, ascii_only: bool) -> Iterable[str]:
    """The lines of one paragraph; a count that differs between two flows is marked."""
    indent = 2 * entry.level
    text = _plain((f"≠{NBSP}" if entry.bold else "") + entry.text, ascii_only)
    for piece in _fold(text, width - indent, hang):
        yield " " * indent + piece.replace(NBSP, " ")


def _frames(sheet: _Sheet, top: int) -> tuple[dict[str, _Framed], dict[str, int]]:
    """The boxes in rows from `top` on, and the line above each phase. Rows are as high as their tallest box."""
    found: dict[str, _Framed] = {}
    rules: dict[str, int] = {"identification": 0}
    y = top
    for row in sorted({box.content.row for box in sheet.boxes}):
        if PHASES[row] not in rules:
            rules[PHASES[row]] = y
            y += 1
        y += 1 if row != 1 else 0
        bottom = y
        for box in (box for box in sheet.boxes if box.content.row == row):
            x = sheet.places[box.content.column]
            width = sheet.column - (x if sheet.stacked else 0)
            lines = tuple(
                line
                for entry in box.content.entries
                for line in _entry_lines(
                    entry, width - 4, 2 if box.content.hangs(entry) else 0, sheet.ascii_only
                )
            )
            found[box.key] = _Framed(
                box=box, x=x, y=bottom if sheet.stacked else y, width=width, lines=lines
            )
            bottom = max(bottom, found[box.key].bottom + 1)
        y = bottom
    return found, rules


def _draw_arrow(canvas: Canvas, sheet: _Sheet, source: _Framed, target: _Framed) -> None:
    stem = source.x + sheet.stem
    y = target.y + 1
    if source.box.content.column == target.box.content.column:
        canvas.line(stem, source.bottom, stem, target.y - 1)
        canvas.cells[stem, target.y - 1] = "▼"
    elif source.box.content.row == target.box.content.row and not sheet.stacked:
        canvas.line(source.right, y, target.x - 1, y)
        canvas.cells[target.x - 1, y] = "▶"
    else:
        canvas.line(stem, source.bottom, stem, y)
        leftwards = target.x > stem
        edge = target.x - 1 if leftwards else target.right + 1
        canvas.line(stem, y, edge, y)
        canvas.cells[edge, y] = "▶" if leftwards else "◀"


def _first_label(box: Box) -> str:
    """What a box is called: its first line without the count."""
    return box.content.entries[0].text.split(f"{NBSP}(", maxsplit=1)[0].rstrip(":")


def _draw_headers(canvas: Canvas, sheet: _Sheet) -> int:
    """The headings over their columns, below the first rule; gives back the first line under them."""
    top = 1
    for header in sheet.layout.headers:
        columns = [
            c for arm in ARMS if header.content.column in arm for c in arm if c in sheet.places
        ]
        if not columns:
            continue
        left = sheet.places[columns[0]]
        span = sheet.width if sheet.stacked else sheet.places[columns[-1]] + sheet.column - left
        lines = _fold(_plain(header.text, sheet.ascii_only), span, 0)
        for number, line in enumerate(lines, 1):
            canvas.write(
                left + (0 if sheet.stacked else (span - cell_width(line)) // 2), number, line
            )
        top = max(top, len(lines) + 1)
    return top


def _draw_rules(canvas: Canvas, sheet: _Sheet, rules: dict[str, int]) -> None:
    """A line across for each phase, its name at the right, where no arrow passes."""
    for phase, y in rules.items():
        label = _plain(sheet.layout.words.label(phase), sheet.ascii_only)
        label = label if cell_width(label) < sheet.width - 12 else ""
        canvas.line(0, y, sheet.width - 1, y)
        canvas.write(sheet.width - cell_width(label) - 3, y, f" {label} " if label else "")


def _draw_exit(canvas: Canvas, sheet: _Sheet, source: _Framed, bottom: int, target: Box) -> None:
    """An arrow that leaves the sheet, told in words under the line `bottom`."""
    label = sheet.layout.words.label("continues").replace("{label}", _first_label(target))
    stem = source.x + sheet.stem
    canvas.line(stem, source.bottom, stem, bottom + 1)
    canvas.cells[stem, bottom + 1] = "▼"
    for number, line in enumerate(_fold(_plain(label, sheet.ascii_only), sheet.column, 0), 2):
        canvas.write(source.x, bottom + number, line)


def _draw(sheet: _Sheet) -> str:
    canvas = Canvas()
    frames, rules = _frames(sheet, _draw_headers(canvas, sheet))
    _draw_rules(canvas, sheet, rules)
    for frame in frames.values():
        canvas.frame(frame.x, frame.y, frame.width, len(frame.lines) + 2)
        for number, line in enumerate(frame.lines, 1):
            canvas.write(frame.x + 2, frame.y + number, line)
    for arrow in sheet.layout.arrows:
        source, target = frames.get(arrow.source), frames.get(arrow.target)
        if source and target:
            _draw_arrow(canvas, sheet, source, target)
        elif source:
            beside = (
                frame.bottom
                for frame in frames.values()
                if frame.box.content.row == source.box.content.row
            )
            bottom = max(beside) if sheet.stacked else source.bottom
            _draw_exit(canvas, sheet, source, bottom, sheet.layout.box(arrow.target))
    if sheet.ascii_only:
        canvas.cells = {
            place: to_ascii(text) if text else text for place, text in canvas.cells.items()
        }
    return canvas.render(ascii_only=sheet.ascii_only)


def _sheet(layout: DiagramLayout, columns: tuple[str, ...], width: int, ascii_only: bool) -> _Sheet:
    """The columns side by side where they fit; else the second, the side boxes, indented under the first."""
    column = min((width - GAP * (len(columns) - 1)) // len(columns), WIDEST)
    if column >= NARROWEST or len(columns) == 1:
        places = {name: number * (column + GAP) for number, name in enumerate(columns)}
        whole = len(columns) * (column + GAP) - GAP
        return _Sheet(
            layout=layout,
            places=places,
            column=column,
            stem=column // 2,
            width=whole,
            ascii_only=ascii_only,
        )
    column = min(width, WIDEST)
    places = {columns[0]: 0, columns[1]: 6}
    return _Sheet(
        layout=layout,
        places=places,
        column=column,
        stem=2,
        width=column,
        ascii_only=ascii_only,
        stacked=True,
    )


def write_text(layout: DiagramLayout, *, width: int = 80, ascii_only: bool = False) -> str:
    """The drawing, no line wider than `width` cells. Raises UsageError below 30 cells."""
    if width < LEAST_WIDTH:
        raise UsageError(
            f"a drawing needs at least {LEAST_WIDTH} columns, not {width}",
            hint="widen the terminal",
        )
    columns = layout.columns
    if (width - GAP * (len(columns) - 1)) // len(columns) >= NARROWEST:
        sheets = [_sheet(layout, columns, width, ascii_only)]
    else:
        arms = (tuple(column for column in arm if column in columns) for arm in ARMS)
        sheets = [_sheet(layout, arm, width, ascii_only) for arm in arms if arm]
    parts = [_draw(sheet) for sheet in sheets]
    notes = [
        "\n".join(_fold(_plain(note, ascii_only), width, 0)).replace(NBSP, " ")
        for note in layout.note_texts
    ]
    if notes:
        parts.append("\n".join(notes) + "\n")
    return "\n".join(parts)
