"""Place a flow once: boxes, bars, arrows and lines in px, from font metrics. Pure.

Every writer draws these.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from reviewkit.model.flow import Flow
from reviewkit.prisma.diagram.content import contents
from reviewkit.prisma.diagram.credit import CREDIT
from reviewkit.prisma.diagram.entries import Subject
from reviewkit.prisma.diagram.hidden_lines import without_hidden
from reviewkit.prisma.diagram.horizontal import HORIZONTAL_WIDTH, turned
from reviewkit.prisma.diagram.metrics import text_width
from reviewkit.prisma.diagram.notes import notes
from reviewkit.prisma.diagram.options import DiagramOptions
from reviewkit.prisma.diagram.rows import PHASES, Rows, natural_height, place_rows
from reviewkit.prisma.diagram.safe import safe_href
from reviewkit.prisma.diagram.shapes import (
    Arrow,
    Bar,
    Box,
    Content,
    DiagramLayout,
    Point,
    TextLine,
)
from reviewkit.prisma.diagram.sizes import (
    BAR,
    BAR_GAP,
    COLUMN_WIDTHS,
    GAP,
    HANG,
    HEADER_GAP,
    INDENT,
    LEADING,
    MARGIN,
    MOST_GROWTH,
    NOTE_LEADING,
    PADDING_X,
    SIZE,
)
from reviewkit.prisma.diagram.template import (
    Heading,
    Template,
    arrows,
    choose_template,
    columns,
    headings,
)
from reviewkit.prisma.diagram.text_lines import baseline, note_lines
from reviewkit.prisma.diagram.theme import Fill, Theme, theme_named
from reviewkit.prisma.diagram.wording import Words, words
from reviewkit.prisma.diagram.wrap import isolated, wrap


def lay_out(
    flow: Flow, options: DiagramOptions | None = None, *, compared: Flow | None = None
) -> DiagramLayout:
    """Return the picture of the flow in px.

    With `compared`, each count is "flow | compared", bold where they differ.
    Raise UsageError for an unknown template, language, theme or label.
    Boxes, wording and arrows: the official templates (Page MJ et al. BMJ 2021;372:n71).
    """
    options = options or DiagramOptions()
    flows = (flow,) if compared is None else (flow, compared)
    subject = Subject(
        flows=flows,
        words=words(options.language, options.labels, standard=options.standard),
        template=choose_template(options.template, flows),
        detail=options.detail,
    )

    layout = _place(subject, theme_named(options.theme), options)
    if options.horizontal:
        return turned(layout)
    return layout


def _headline(subject: Subject) -> Words:
    """Return the words of title and headings. A list that stands in for searches says so there."""
    wording = subject.words
    if len(subject.flows) > 1 or not subject.flows[0].stand_ins:
        return wording

    heading = wording.label("header_stand_in")
    title = f"{wording.label('title')}: {heading}"
    changed = {"header_new": heading, "header_updated": heading, "title": title}
    return replace(wording, labels={**wording.labels, **changed})


@dataclass(frozen=True, slots=True, kw_only=True)
class _WrappedLine:
    """A line of a box: `offset` is its distance from the text's left edge,
    `entry` its paragraph's number.
    """

    text: str
    offset: float
    bold: bool
    entry: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Columns:
    """The left edge of each column, from left to right, and their common width."""

    lefts: Mapping[str, float]
    width: float

    def span(self, names: tuple[str, ...]) -> float:
        """Return the width from the first of these columns to the last."""
        return self.lefts[names[-1]] + self.width - self.lefts[names[0]]

    @property
    def right(self) -> float:
        return max(self.lefts.values()) + self.width


def _place(subject: Subject, theme: Theme, options: DiagramOptions) -> DiagramLayout:
    template, wording, headline = subject.template, subject.words, _headline(subject)
    texts = without_hidden(contents(subject), options, wording.labels)
    column_width = HORIZONTAL_WIDTH if options.horizontal else COLUMN_WIDTHS[template]
    text_size = column_width - 2 * PADDING_X
    wrapped = {content.key: _wrapped(content, text_size) for content in texts}

    bar_labels = {phase.key: wording.label(phase.key) for phase in PHASES}
    rows = _rows(texts, wrapped, _header_height(template, headline, column_width), bar_labels)
    bars = _bars(bar_labels, rows, _bar_width(bar_labels, rows))
    grid = _columns(template, bars[0].width, column_width)
    boxes = {box.key: _box(box, wrapped[box.key], grid, rows) for box in texts}

    note_texts = notes(subject)
    if options.credit:
        note_texts += (CREDIT,)
    bottom = rows.bottom(max(rows.tops))
    lines_of_notes = note_lines(note_texts, bottom + HEADER_GAP, grid.right - MARGIN)
    if lines_of_notes:
        bottom += HEADER_GAP + NOTE_LEADING * len(lines_of_notes)

    return DiagramLayout(
        template=template,
        width=grid.right + MARGIN,
        height=bottom + MARGIN,
        headers=_headers(template, headline, grid),
        boxes=tuple(_linked(box, options, wording) for box in boxes.values()),
        bars=bars,
        arrows=tuple(
            _arrow(boxes[source], boxes[target]) for source, target in arrows(template, boxes)
        ),
        notes=lines_of_notes,
        note_texts=note_texts,
        columns=tuple(grid.lefts),
        theme=theme,
        words=wording,
        title=headline.label("title"),
        links=options.links,
        descriptions=options.descriptions,
    )


def _columns(template: Template, bars_width: float, width: float) -> _Columns:
    left = MARGIN + bars_width + BAR_GAP
    lefts = {name: left + number * (width + GAP) for number, name in enumerate(columns(template))}
    return _Columns(lefts=lefts, width=width)


def _wrapped(content: Content, width: float) -> list[_WrappedLine]:
    """Return the lines of a box that is `width` px wide inside."""
    lines = []
    for number, entry in enumerate(content.entries):
        indent = INDENT * entry.level
        hang = HANG if content.hangs(entry) else 0.0
        pieces = wrap(entry.text, width - indent, SIZE, bold=entry.bold, hang=hang)

        for index, piece in enumerate(pieces):
            offset = indent + (hang if index else 0.0)
            line = _WrappedLine(text=isolated(piece), offset=offset, bold=entry.bold, entry=number)
            lines.append(line)

    return lines


def _rows(
    texts: tuple[Content, ...],
    wrapped: Mapping[str, list[_WrappedLine]],
    header_height: float,
    bar_labels: Mapping[str, str],
) -> Rows:
    """Return the rows, each as high as its tallest box."""
    heights = {0: header_height}
    for content in texts:
        height = natural_height(len(wrapped[content.key]))
        heights[content.row] = max(heights.get(content.row, 0.0), height)
    return place_rows(heights, bar_labels)


def _box(content: Content, wrapped: list[_WrappedLine], grid: _Columns, rows: Rows) -> Box:
    left, top = grid.lefts[content.column], rows.tops[content.row]
    height = _box_height(natural_height(len(wrapped)), rows.heights[content.row])

    return Box(
        key=content.key,
        x=left,
        y=top,
        width=grid.width,
        height=height,
        fill=_fill(content),
        lines=_lines(wrapped, left + PADDING_X, top, height),
        content=content,
    )


def _fill(content: Content) -> Fill:
    if content.pale:
        return Fill.PALE
    return Fill.OPTIONAL if content.optional else Fill.MAIN


def _box_height(natural: float, row: float) -> float:
    if row <= MOST_GROWTH * natural:
        return row
    return natural


def _lines(
    wrapped: list[_WrappedLine], left: float, top: float, height: float
) -> tuple[TextLine, ...]:
    """Return the lines of a box, left-aligned, centred between its top and bottom."""
    first = top + (height - LEADING * len(wrapped)) / 2
    return tuple(
        TextLine(
            text=line.text,
            x=left + line.offset,
            y=baseline(first + LEADING * number, LEADING, SIZE),
            size=SIZE,
            bold=line.bold,
            entry=line.entry,
        )
        for number, line in enumerate(wrapped)
    )


def _header_height(template: Template, wording: Words, width: float) -> float:
    """Return the height of the headings: that of the one with most lines."""
    grid = _columns(template, BAR, width)
    counts = (len(_heading_lines(heading, grid)) for heading in headings(template, wording))
    return natural_height(max(counts))


def _heading_lines(heading: Heading, grid: _Columns) -> tuple[str, ...]:
    return wrap(heading.text, grid.span(heading.columns) - 2 * PADDING_X, SIZE, bold=True)


def _headers(template: Template, wording: Words, grid: _Columns) -> tuple[Box, ...]:
    """Return the headings at the top, equally high."""
    height = _header_height(template, wording, grid.width)
    return tuple(_header(heading, height, grid) for heading in headings(template, wording))


def _header(heading: Heading, height: float, grid: _Columns) -> Box:
    """Return a heading with its lines centred."""
    left, span = grid.lefts[heading.columns[0]], grid.span(heading.columns)
    pieces = _heading_lines(heading, grid)
    top = MARGIN + (height - LEADING * len(pieces)) / 2
    lines = tuple(
        TextLine(
            text=isolated(piece),
            x=left + (span - text_width(piece, SIZE, bold=True)) / 2,
            y=baseline(top + LEADING * number, LEADING, SIZE),
            size=SIZE,
            bold=True,
        )
        for number, piece in enumerate(pieces)
    )
    content = Content(
        key=heading.key,
        column=heading.columns[0],
        row=0,
        entries=(),
        optional=heading.key != "newstud",
    )

    return Box(
        key=heading.key,
        x=left,
        y=MARGIN,
        width=span,
        height=height,
        fill=Fill.HEADER_OPTIONAL if content.optional else Fill.HEADER,
        lines=lines,
        content=content,
    )


def _bars(labels: Mapping[str, str], rows: Rows, width: float) -> tuple[Bar, ...]:
    """Return the side bars, each as long as the rows of its phase."""
    bars = []
    for phase in PHASES:
        present = phase.rows_in(rows.tops)
        top, bottom = rows.tops[present[0]], rows.bottom(present[-1])
        lines = wrap(labels[phase.key], bottom - top - 12.0, SIZE, bold=True)
        bar = Bar(key=phase.key, x=MARGIN, y=top, width=width, height=bottom - top, lines=lines)
        bars.append(bar)

    return tuple(bars)


def _bar_width(labels: Mapping[str, str], rows: Rows) -> float:
    """Return a width for the bar whose label needs most lines."""
    most_lines = max(len(bar.lines) for bar in _bars(labels, rows, BAR))
    return BAR + LEADING * (most_lines - 1)


def _arrow(source: Box, target: Box) -> Arrow:
    """Return an arrow from edge to edge:
    straight right, straight down, or down and then sideways.
    """
    points: tuple[Point, ...]
    middle = source.x + source.width / 2
    if source.content.row == target.content.row:
        y = (max(source.y, target.y) + min(source.bottom, target.bottom)) / 2
        points = ((source.right, y), (target.x, y))
    elif source.content.column == target.content.column:
        points = ((middle, source.bottom), (middle, target.y))
    else:
        y = target.y + target.height / 2
        edge = target.x if source.x < target.x else target.right
        points = ((middle, source.bottom), (middle, y), (edge, y))

    return Arrow(source=source.key, target=target.key, points=points)


def _linked(box: Box, options: DiagramOptions, wording: Words) -> Box:
    """Return the box with its definition, the descriptions of its lines, and its address.

    They are found by its own key or by those of its lines.
    """
    keys = tuple(dict.fromkeys((box.key, *(entry.key for entry in box.content.entries))))
    href = next((options.links[key] for key in keys if key in options.links), "")
    definition = wording.definitions.get(box.key, "")
    if box.content.silent:
        definition = wording.label("definition_not_repeated")
    described = [options.descriptions[key] for key in keys if key in options.descriptions]
    tooltip = " ".join(text for text in (definition, *described) if text)
    return replace(box, href=safe_href(href), tooltip=tooltip)
