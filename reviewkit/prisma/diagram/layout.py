"""Places a flow once: boxes, bars, arrows and lines in px, from font metrics. Every writer draws these. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from reviewkit.model.flow import Flow
from reviewkit.prisma.diagram.content import (
    Subject,
    Template,
    arrows,
    choose_template,
    contents,
    headers,
)
from reviewkit.prisma.diagram.metrics import ASCENT, DESCENT, text_width
from reviewkit.prisma.diagram.notes import notes
from reviewkit.prisma.diagram.safe import safe_href
from reviewkit.prisma.diagram.shapes import Arrow, Bar, Box, Content, DiagramLayout, Point, TextLine
from reviewkit.prisma.diagram.theme import Fill, Theme, theme_named
from reviewkit.prisma.diagram.wording import words
from reviewkit.prisma.diagram.wrap import isolated, wrap

SIZE = 12.0  # px: Arial 9 pt at 100 %
NOTE_SIZE = 10.5
LEADING = 16.0
NOTE_LEADING = 14.0
MARGIN = 14.0
PADDING_X = 12.0
PADDING_Y = 10.0
INDENT = 12.0
HANG = 10.0
GAP = 44.0
ROW_GAP = 30.0
PHASE_GAP = 40.0
HEADER_GAP = 18.0
BAR = 28.0
BAR_GAP = 18.0
LONGEST_BAR_WORD = 160.0
# A short box grows with its row up to this factor; beyond it, it keeps its height and stays at the top.
MOST_GROWTH = 1.7
COLUMN_WIDTHS = {
    Template.NEW: 292.0,
    Template.NEW_OTHER: 246.0,
    Template.UPDATED: 264.0,
    Template.UPDATED_OTHER: 246.0,
}
PHASES = (("identification", 0, 1), ("screening", 2, 4), ("included", 5, 6))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    tops: Mapping[int, float]
    heights: Mapping[int, float]

    def bottom(self, row: int) -> float:
        return self.tops[row] + self.heights[row]


def _baseline(top: float, leading: float, size: float) -> float:
    return top + (leading + (ASCENT - DESCENT) * size) / 2


def _wrapped(content: Content, width: float) -> list[tuple[str, float, bool, int]]:
    """The lines of a box: text, distance from the text's left edge, bold, number of the paragraph."""
    found = []
    for number, entry in enumerate(content.entries):
        indent = INDENT * entry.level
        hang = HANG if content.hangs(entry) else 0.0
        pieces = wrap(entry.text, width - indent, SIZE, bold=entry.bold, hang=hang)
        for index, piece in enumerate(pieces):
            found.append((isolated(piece), indent + (hang if index else 0.0), entry.bold, number))
    return found


def _natural_height(lines: int) -> float:
    return 2 * PADDING_Y + LEADING * lines


def _column_places(template: Template, bars_width: float) -> dict[str, float]:
    """The left edge of each column, from left to right."""
    columns = ["previous"] if template.updated else []
    columns += ["main", "side"]
    columns += ["other", "other_side"] if template.other else []
    step = COLUMN_WIDTHS[template] + GAP
    return {
        column: MARGIN + bars_width + BAR_GAP + number * step
        for number, column in enumerate(columns)
    }


def _longest_word(label: str) -> float:
    return min(
        max(text_width(word, SIZE, bold=True) for word in label.split(" ")), LONGEST_BAR_WORD
    )


def _row_heights(
    lines: Mapping[str, int], boxes: tuple[Content, ...], header: float, bars: Mapping[str, str]
) -> _Rows:
    """Each row as high as its tallest box, each phase long enough for the longest word on its side bar."""
    heights = {0: header}
    for box in boxes:
        heights[box.row] = max(heights.get(box.row, 0.0), _natural_height(lines[box.key]))
    tops: dict[int, float] = {}
    top = MARGIN
    for key, first, last in PHASES:
        rows = [row for row in range(first, last + 1) if row in heights]
        gaps = sum(HEADER_GAP if row == 0 else ROW_GAP for row in rows[:-1])
        length = sum(heights[row] for row in rows) + gaps
        heights[rows[-1]] += max(0.0, _longest_word(bars[key]) + 20.0 - length)
        for row in rows:
            tops[row] = top
            top += heights[row] + (
                HEADER_GAP if row == 0 else ROW_GAP if row != rows[-1] else PHASE_GAP
            )
    return _Rows(tops=tops, heights=heights)


def _lines(
    wrapped: list[tuple[str, float, bool, int]], left: float, top: float, height: float
) -> tuple[TextLine, ...]:
    """The lines of a box, centred between its top and bottom, left-aligned."""
    first = top + (height - LEADING * len(wrapped)) / 2
    return tuple(
        TextLine(
            text=text,
            x=left + indent,
            y=_baseline(first + LEADING * n, LEADING, SIZE),
            size=SIZE,
            bold=bold,
            entry=e,
        )
        for n, (text, indent, bold, e) in enumerate(wrapped)
    )


def _placed(
    content: Content,
    wrapped: list[tuple[str, float, bool, int]],
    x: float,
    width: float,
    rows: _Rows,
) -> Box:
    row = rows.heights[content.row]
    natural = _natural_height(len(wrapped))
    height = row if row <= MOST_GROWTH * natural else natural
    top = rows.tops[content.row]
    return Box(
        key=content.key,
        x=x,
        y=top,
        width=width,
        height=height,
        fill=Fill.OPTIONAL if content.optional else Fill.MAIN,
        lines=_lines(wrapped, x + PADDING_X, top, height),
        content=content,
    )


def _headers(subject: Subject, places: Mapping[str, float], width: float) -> tuple[Box, ...]:
    """The headings at the top, equally high; their lines are centred."""
    texts = []
    for key, text, columns in headers(subject):
        span = places[columns[-1]] + width - places[columns[0]]
        texts.append((key, columns, span, wrap(text, span - 2 * PADDING_X, SIZE, bold=True)))
    height = 2 * PADDING_Y + LEADING * max(len(lines) for *_, lines in texts)
    found = []
    for key, columns, span, pieces in texts:
        left = places[columns[0]]
        top = MARGIN + (height - LEADING * len(pieces)) / 2
        lines = tuple(
            TextLine(
                text=isolated(piece),
                x=left + (span - text_width(piece, SIZE, bold=True)) / 2,
                y=_baseline(top + LEADING * number, LEADING, SIZE),
                size=SIZE,
                bold=True,
            )
            for number, piece in enumerate(pieces)
        )
        content = Content(key=key, column=columns[0], row=0, entries=(), optional=key != "newstud")
        fill = Fill.HEADER_OPTIONAL if content.optional else Fill.HEADER
        box = Box(
            key=key,
            x=left,
            y=MARGIN,
            width=span,
            height=height,
            fill=fill,
            lines=lines,
            content=content,
        )
        found.append(box)
    return tuple(found)


def _bars(labels: Mapping[str, str], rows: _Rows, width: float) -> tuple[Bar, ...]:
    found = []
    for key, first, last in PHASES:
        present = [row for row in range(first, last + 1) if row in rows.tops]
        top, bottom = rows.tops[present[0]], rows.bottom(present[-1])
        lines = wrap(labels[key], bottom - top - 12.0, SIZE, bold=True)
        found.append(Bar(key=key, x=MARGIN, y=top, width=width, height=bottom - top, lines=lines))
    return tuple(found)


def _arrow(source: Box, target: Box) -> Arrow:
    """Straight right, straight down, or down and then sideways; from edge to edge."""
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


def _note_lines(texts: tuple[str, ...], top: float, width: float) -> tuple[TextLine, ...]:
    found: list[TextLine] = []
    for number, text in enumerate(texts):
        for piece in wrap(text, width, NOTE_SIZE):
            y = _baseline(top + NOTE_LEADING * len(found), NOTE_LEADING, NOTE_SIZE)
            found.append(
                TextLine(text=isolated(piece), x=MARGIN, y=y, size=NOTE_SIZE, entry=number)
            )
    return tuple(found)


def _linked(box: Box, links: Mapping[str, str], definitions: Mapping[str, str]) -> Box:
    """The box with its definition and its address, looked up by its own key or by that of one of its lines."""
    keys = (box.key, *(entry.key for entry in box.content.entries))
    href = next((links[key] for key in keys if key in links), "")
    return replace(box, href=safe_href(href), tooltip=definitions.get(box.key, ""))


def _bar_width(labels: Mapping[str, str], rows: _Rows) -> float:
    """Wide enough for the bar whose label needs most lines."""
    return BAR + LEADING * (max(len(bar.lines) for bar in _bars(labels, rows, BAR)) - 1)


def _place(subject: Subject, theme: Theme, links: Mapping[str, str]) -> DiagramLayout:
    width = COLUMN_WIDTHS[subject.template]
    wording = subject.words
    found = contents(subject)
    wrapped = {content.key: _wrapped(content, width - 2 * PADDING_X) for content in found}
    labels = {key: wording.label(key) for key, *_ in PHASES}
    header = _headers(subject, _column_places(subject.template, BAR), width)[0].height
    rows = _row_heights({key: len(lines) for key, lines in wrapped.items()}, found, header, labels)
    bars = _bars(labels, rows, _bar_width(labels, rows))
    places = _column_places(subject.template, bars[0].width)
    boxes = {
        box.key: _placed(box, wrapped[box.key], places[box.column], width, rows) for box in found
    }
    right = max(places.values()) + width
    bottom = rows.bottom(max(rows.tops))
    note_texts = notes(subject)
    note_lines = _note_lines(note_texts, bottom + HEADER_GAP, right - MARGIN)
    return DiagramLayout(
        template=subject.template,
        width=right + MARGIN,
        height=(bottom + HEADER_GAP + NOTE_LEADING * len(note_lines) if note_lines else bottom)
        + MARGIN,
        headers=_headers(subject, places, width),
        boxes=tuple(_linked(box, links, wording.definitions) for box in boxes.values()),
        bars=bars,
        arrows=tuple(
            _arrow(boxes[source], boxes[target]) for source, target in arrows(subject.template)
        ),
        notes=note_lines,
        note_texts=note_texts,
        columns=tuple(places),
        theme=theme,
        words=wording,
        title=wording.label("title"),
    )


def lay_out(
    flow: Flow,
    *,
    compared: Flow | None = None,
    template: str = "auto",
    language: str = "en",
    theme: str = "official",
    detail: bool = True,
    labels: Mapping[str, str] | None = None,
    links: Mapping[str, str] | None = None,
) -> DiagramLayout:
    """The picture of the flow in px; with `compared`, each count as "flow | compared", bold where the two differ.

    `detail` lists each database and register. `labels` overrides any key of `wording.toml`, its definitions
    ("box4") among them; `links` gives addresses by box ("box4") or by data key ("records_screened").
    Raises UsageError for an unknown template, language, theme or label.
    Boxes, wording and arrows: the official templates (Page MJ et al. BMJ 2021;372:n71).
    """
    flows = (flow,) if compared is None else (flow, compared)
    subject = Subject(
        flows=flows,
        words=words(language, labels),
        template=choose_template(template, flows),
        detail=detail,
    )
    return _place(subject, theme_named(theme), links or {})
