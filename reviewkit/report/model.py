"""What a report consists of. Plain text everywhere: a writer escapes it for its format, and knows nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from reviewkit.prisma.diagram.listing import Listing
from reviewkit.prisma.diagram.shapes import Layout


class Kind(StrEnum):
    """A published review that is rerun, or one that is under way or done in reviewkit itself."""

    REPRODUCTION = "reproduction report"
    REVIEW = "review report"


class Tone(StrEnum):
    """How a figure is meant; the words beside it say the same, so that colour is never needed."""

    PLAIN = "plain"
    GOOD = "good"
    CLOSE = "close"
    BAD = "bad"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A web address behind a few words."""

    text: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell of a table; one that is not plain is shown as a badge."""

    text: str
    tone: Tone = Tone.PLAIN
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A figure of the first page with what it counts."""

    value: str
    label: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiles:
    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bullets:
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under a head. `numbers` are the columns of figures, from 0."""

    name: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Names and what they hold."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """Text to be kept letter by letter, such as a query."""

    label: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """The diagram. Each box that a listing of the report is named after leads to it."""

    layout: Layout
    caption: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """The records behind a box. On paper at most `most` are listed."""

    listing: Listing
    heading: str
    most: int = 100


Block = Tiles | Paragraph | Bullets | Table | Facts | Code | Records


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    id: str
    title: str
    blocks: tuple[Block, ...] = ()
    parts: tuple["Section", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The whole report: the first page (`headline` to `figure`), then the evidence.

    `facts` is the same for programs, with stable keys; it goes into the JSON alone.
    """

    kind: Kind
    title: str
    subtitle: str
    headline: Cell
    summary: tuple[Block, ...]
    figure: Figure
    sections: tuple[Section, ...]
    footer: str
    facts: Mapping[str, Any] = field(repr=False)

    @property
    def listings(self) -> tuple[Listing, ...]:
        """Every list of records in the report."""
        parts = [part for section in self.sections for part in (section, *section.parts)]
        return tuple(
            block.listing for part in parts for block in part.blocks if isinstance(block, Records)
        )
