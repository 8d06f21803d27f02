"""The report as Markdown, for repositories and editors. Nothing in it can become markup or HTML."""

from collections.abc import Iterable, Iterator, Sequence

from reviewkit.prisma.diagram.listing import address_of
from reviewkit.prisma.diagram.wrap import clean
from reviewkit.prisma.diagram.writers.text import write_text
from reviewkit.report.model import (
    Block,
    Bullets,
    Cell,
    Code,
    DataTable,
    FactList,
    Paragraph,
    Records,
    Report,
    Section,
    Tiles,
)
from reviewkit.report.words import verbatim

_WIDTH = 100  # columns of the drawing
_MARKS = str.maketrans(
    {mark: f"\\{mark}" for mark in "\\`*_[]|#~$"} | {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
)


def write_report_markdown(report: Report) -> str:
    """The verdict first, then the evidence."""
    return "\n".join(_lines(report)).rstrip("\n") + "\n"


def _lines(report: Report) -> Iterator[str]:
    kind = report.kind.capitalize()
    yield from [f"# {kind}: {_text(report.title)}", ""]
    if report.subtitle:
        yield from [_text(report.subtitle), ""]
    yield from [f"**{_text(report.headline.text)}**", ""]
    yield from ["## Verdict", ""]
    for block in report.summary:
        yield from _block(block)
    yield from _fenced(write_text(report.figure.layout, width=_WIDTH).rstrip("\n"))
    yield from [_text(report.figure.caption), ""]
    for section in report.sections:
        yield from _section(section, level=2)
    yield _text(report.footer)


def _section(section: Section, *, level: int) -> Iterator[str]:
    yield from [f"{'#' * level} {_text(section.title)}", ""]
    for block in section.blocks:
        yield from _block(block)
    for part in section.parts:
        yield from _section(part, level=level + 1)


def _text(text: str) -> str:
    """`text` on one line, with what Markdown or HTML would take for markup written out."""
    flat = clean(text).translate(_MARKS)
    head, dot, rest = flat.partition(".")
    starts_a_list = flat[:1] in {"-", "+", "="} or (
        dot and head.isdecimal() and rest[:1] in {" ", ""}
    )
    return (
        f"\\{flat}"
        if starts_a_list and not head.isdecimal()
        else f"{head}\\.{rest}"
        if starts_a_list
        else flat
    )


def _block(block: Block) -> Iterator[str]:
    match block:
        case Tiles():
            yield from [f"- {_text(tile.value)} {_text(tile.label)}" for tile in block.tiles]
        case Paragraph():
            yield _text(block.text)
        case Bullets():
            yield from [f"- {_text(item)}" for item in block.items]
        case DataTable():
            rows = ([_cell(cell) for cell in row] for row in block.rows)
            yield from _table([_text(head) for head in block.head], rows, block.numbers)
        case FactList():
            yield from [f"- {_text(name)}: {_text(value)}" for name, value in block.pairs]
        case Code():
            yield from [f"{_text(block.label)}:", ""]
            yield from _fenced(block.text)
            return
        case Records():
            yield from _records(block)
    yield ""


def _table(
    head: Sequence[str], rows: Iterable[Sequence[str]], numbers: frozenset[int]
) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield (
        "|"
        + "|".join(" ---: " if column in numbers else " --- " for column in range(len(head)))
        + "|"
    )
    yield from ("| " + " | ".join(row) + " |" for row in rows)


def _cell(cell: Cell) -> str:
    return " ".join([_text(cell.text), *(_link(item.text, item.href) for item in cell.links)])


def _link(text: str, href: str) -> str:
    return f"[{_text(text)}](<{href}>)"


def _records(block: Records) -> Iterator[str]:
    """The records of a box as a list of references; of a long one only the number."""
    yield from [f"### {_text(block.heading)}", ""]
    rows = block.listing.rows
    if len(rows) > block.most:
        yield f"{len(rows):,} records; `reviewkit report --format html` lists them."
        return
    for number, row in enumerate(rows, 1):
        parts = []
        for column, value in zip(block.listing.columns, row, strict=True):
            if value:
                address = address_of(column, clean(value))
                parts.append(_link(f"{column} {value}", address) if address else _text(value))
        yield f"{number}. {' · '.join(parts)}"


def _fenced(text: str) -> Iterator[str]:
    """A block of code whose fence no line in it can close."""
    lines = verbatim(text).split("\n")
    longest = max((len(line) - len(line.lstrip("`")) for line in map(str.strip, lines)), default=0)
    fence = "`" * max(3, longest + 1)
    yield from [f"{fence}text", *lines, fence, ""]
