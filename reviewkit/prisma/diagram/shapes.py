"""The parts of a laid-out diagram: boxes, bars, arrows and lines of text at places in px."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from reviewkit.model.flow import Count
from reviewkit.prisma.diagram.theme import Fill, Theme
from reviewkit.prisma.diagram.wording import Words

Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxEntry:
    """One paragraph of a box before wrapping.

    Level 0 is a heading or a plain line, 1 an item, 2 an item of an item.
    """

    key: str
    text: str
    level: int = 0
    bold: bool = False
    # The counts of the line, one per flow; a heading has none.
    counts: tuple[Count, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The text of one box and its place on the grid.

    `optional` boxes are the template's grey ones; `pale` ones stand for a step that is not taken;
    in `silent` ones at least one line does.
    """

    key: str
    column: str
    row: int
    entries: tuple[BoxEntry, ...]
    optional: bool = False
    pale: bool = False
    silent: bool = False

    def hangs(self, entry: BoxEntry) -> bool:
        """Return whether the further lines of a paragraph are indented.

        They are for items, and where the box is a list of plain lines.
        """
        if entry.level > 0:
            return True
        return len(self.entries) > 1 and all(other.level == 0 for other in self.entries)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLine:
    """One line of text: `x` is its left edge, `y` its baseline,
    `entry` the number of its paragraph.
    """

    text: str
    x: float
    y: float
    size: float
    bold: bool = False
    entry: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle and its lines. `key` is the PRISMA2020 R package's name of the box."""

    key: str
    x: float
    y: float
    width: float
    height: float
    fill: Fill
    lines: tuple[TextLine, ...]
    content: Content
    href: str = ""
    tooltip: str = ""

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def text(self) -> str:
        return " ".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A side bar; its lines are written upwards, from bottom to top, centred on `x` of each.

    A horizontal picture has its headings as bars.
    """

    key: str
    x: float
    y: float
    width: float
    height: float
    lines: tuple[str, ...]
    fill: Fill = Fill.BAR


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """A line with one or two bends at right angles,
    from an edge of `source` to an edge of `target`.
    """

    source: str
    target: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagramLayout:
    """The whole picture in px at 96 per inch: `width` by `height`."""

    template: str
    width: float
    height: float
    headers: tuple[Box, ...]
    boxes: tuple[Box, ...]
    bars: tuple[Bar, ...]
    arrows: tuple[Arrow, ...]
    notes: tuple[TextLine, ...]
    note_texts: tuple[str, ...]
    columns: tuple[str, ...]
    theme: Theme
    words: Words
    title: str
    links: Mapping[str, str] = field(default_factory=dict)
    descriptions: Mapping[str, str] = field(default_factory=dict)

    def box(self, key: str) -> Box:
        """Return the box called `key`. Raise KeyError when this template has none."""
        for box in self.boxes:
            if box.key == key:
                return box

        raise KeyError(key)
