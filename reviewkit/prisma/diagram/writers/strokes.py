"""The layout as plain strokes, for formats that know rectangles, lines and text only. Pure.

Places are px from the top left, as in the layout.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from reviewkit.prisma.diagram.metrics import text_width
from reviewkit.prisma.diagram.shapes import Arrow, Bar, Box, DiagramLayout, Point, TextLine
from reviewkit.prisma.diagram.sizes import LEADING, SIZE
from reviewkit.prisma.diagram.theme import Fill, Theme
from reviewkit.prisma.diagram.writers.svg import WITHOUT_OUTLINE, arrow_head

_BAR_BASELINE = 4.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Rectangle:
    """A filled rectangle; no outline where `stroke` is empty."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    stroke: str = ""
    dashed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line with bends, without its head."""

    points: tuple[Point, ...]
    color: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Polygon:
    """A filled shape: an arrow's head."""

    points: tuple[Point, ...]
    color: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One line of text from its baseline's start; `upwards` it is turned by 90 degrees."""

    text: str
    x: float
    y: float
    size: float
    color: str
    bold: bool = False
    upwards: bool = False


Stroke = Rectangle | Line | Polygon | Text


def strokes(layout: DiagramLayout) -> Iterator[Stroke]:
    """Yield everything that is drawn, the undermost first."""
    theme = layout.theme
    for bar in layout.bars:
        yield from _bar(bar, theme)
    for box in (*layout.headers, *layout.boxes):
        yield _rectangle(box, box.fill, theme)
        yield from (_text(line, theme.ink) for line in box.lines)
    for arrow in layout.arrows:
        yield from _arrow(arrow, theme)
    yield from (_text(line, theme.note) for line in layout.notes)


def plain(text: str) -> str:
    """Return the text without its invisible marks of direction."""
    return "".join(sign for sign in text if unicodedata.category(sign) != "Cf")


def _rectangle(box: Box | Bar, fill: Fill, theme: Theme) -> Rectangle:
    stroke = theme.stroke
    if fill in WITHOUT_OUTLINE:
        stroke = theme.header_stroke or ""
    return Rectangle(
        x=box.x,
        y=box.y,
        width=box.width,
        height=box.height,
        fill=theme.fills[fill],
        stroke=stroke,
        dashed=fill is Fill.PALE,
    )


def _text(line: TextLine, color: str) -> Text:
    return Text(
        text=plain(line.text), x=line.x, y=line.y, size=line.size, color=color, bold=line.bold
    )


def _bar(bar: Bar, theme: Theme) -> Iterator[Stroke]:
    yield _rectangle(bar, bar.fill, theme)
    first = bar.x + bar.width / 2 - LEADING * (len(bar.lines) - 1) / 2 + _BAR_BASELINE
    for position, line in enumerate(bar.lines):
        yield Text(
            text=plain(line),
            x=first + LEADING * position,
            y=bar.y + bar.height / 2 + text_width(line, SIZE, bold=True) / 2,
            size=SIZE,
            color=theme.ink,
            bold=True,
            upwards=True,
        )


def _arrow(arrow: Arrow, theme: Theme) -> Iterator[Stroke]:
    tip, left, right = arrow_head(arrow)
    end = ((left[0] + right[0]) / 2, (left[1] + right[1]) / 2)
    yield Line(points=(*arrow.points[:-1], end), color=theme.stroke)
    yield Polygon(points=(tip, left, right), color=theme.stroke)
