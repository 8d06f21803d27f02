"""The parts of a report.

All text is plain: each writer escapes it for its format, and adds nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

from reviewkit.model.messages import ENGLISH, mark, tr
from reviewkit.prisma.diagram.listing import RecordList
from reviewkit.prisma.diagram.shapes import DiagramLayout


class ReportKind(StrEnum):
    """A published review that is rerun, or one that is under way or done in reviewkit itself."""

    REPRODUCTION = mark("reproduction report")
    REVIEW = mark("review report")

    @property
    def first_heading(self) -> str:
        """Return the heading of the first page."""
        if self is ReportKind.REVIEW:
            return tr("Overview")
        return tr("Verdict")


class Tone(StrEnum):
    """How good or bad a figure is; the words beside it say the same,
    so that colour is never needed.
    """

    PLAIN = "plain"
    GOOD = "good"
    CLOSE = "close"
    BAD = "bad"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebLink:
    """A web address behind a few words."""

    text: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell of a table; one that is not plain is shown as a badge."""

    text: str
    tone: Tone = Tone.PLAIN
    links: tuple[WebLink, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A figure of the first page with what it counts."""

    value: str
    label: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiles:
    kind: ClassVar[str] = "tiles"
    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    kind: ClassVar[str] = "paragraph"
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bullets:
    kind: ClassVar[str] = "bullets"
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DataTable:
    """Rows under a head. `numbers` are the columns of figures, from 0."""

    kind: ClassVar[str] = "table"
    name: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A drawing beside the diagram; a format that draws none shows its table."""

    kind: ClassVar[str] = "picture"
    svg: str = field(repr=False)
    width: float
    height: float
    caption: str
    table: DataTable


@dataclass(frozen=True, slots=True, kw_only=True)
class FactList:
    """Names and what they hold."""

    kind: ClassVar[str] = "facts"
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """Text that is kept letter by letter, such as a query."""

    kind: ClassVar[str] = "code"
    label: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """The diagram. A box with a list of records in the report leads to it."""

    layout: DiagramLayout
    caption: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """The records behind a box. On paper at most `most` are listed."""

    kind: ClassVar[str] = "records"
    listing: RecordList
    heading: str
    most: int = 100


Block = Tiles | Paragraph | Bullets | DataTable | FactList | Code | Records | Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    id: str
    title: str
    blocks: tuple[Block, ...] = ()
    parts: tuple["Section", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The whole report: the first page (`headline` to `figure`), then the evidence.

    `facts` is the same for programs, with stable keys; only the JSON has it, always in English.
    `language` is that of its sentences.
    """

    kind: ReportKind
    title: str
    subtitle: str
    headline: Cell
    summary: tuple[Block, ...]
    figure: Figure
    sections: tuple[Section, ...]
    footer: str
    facts: Mapping[str, Any] = field(repr=False)
    language: str = ENGLISH

    @property
    def listings(self) -> tuple[RecordList, ...]:
        """Return every list of records in the report."""
        listings: list[RecordList] = []
        for section in self.sections:
            for part in (section, *section.parts):
                listings += (block.listing for block in part.blocks if isinstance(block, Records))
        return tuple(listings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text without a diagram: a checklist, or the appendix on the searches."""

    kind: str
    title: str
    notes: tuple[str, ...]
    sections: tuple[Section, ...]
    footer: str
    facts: Mapping[str, Any] = field(repr=False)
    language: str = ENGLISH
