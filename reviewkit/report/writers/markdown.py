"""The report as Markdown, for repositories and editors. Nothing in it can become markup or HTML."""

from collections.abc import Iterable, Iterator

from reviewkit.model.messages import in_language, tr, tr_n
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
    Picture,
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
    """Return the verdict first, then the evidence."""
    with in_language(report.language):
        return "\n".join(_lines(report)).rstrip("\n") + "\n"


def _lines(report: Report) -> Iterator[str]:
    kind = tr(report.kind).capitalize()
    yield from [f"# {kind}: {escaped(report.title)}", ""]
    if report.subtitle:
        yield from [escaped(report.subtitle), ""]
    yield from [f"**{escaped(report.headline.text)}**", ""]

    yield from [f"## {report.kind.first_heading}", ""]
    for block in report.summary:
        yield from _block(block)
    yield from _fenced(write_text(report.figure.layout, width=_WIDTH).rstrip("\n"))
    yield from [escaped(report.figure.caption), ""]

    for section in report.sections:
        yield from section_lines(section, level=2)
    yield escaped(report.footer)


def section_lines(section: Section, *, level: int) -> Iterator[str]:
    """Yield the lines of a section and its parts."""
    yield from [f"{'#' * level} {escaped(section.title)}", ""]
    for block in section.blocks:
        yield from _block(block)
    for part in section.parts:
        yield from section_lines(part, level=level + 1)


def escaped(text: str) -> str:
    """Return the text on one line, with what Markdown or HTML would take for markup escaped."""
    flat = clean(text).translate(_MARKS)
    if flat[:1] in {"-", "+", "="}:
        return f"\\{flat}"

    # "1. " at the start of a line would begin a numbered list.
    head, dot, rest = flat.partition(".")
    if dot and head.isdecimal() and rest[:1] in {" ", ""}:
        return f"{head}\\.{rest}"
    return flat


def _block(block: Block) -> Iterator[str]:
    """Yield a block and the empty line after it."""
    if isinstance(block, Records):
        yield from _records(block)
    elif isinstance(block, Picture):
        yield from _table(block.table)
    elif isinstance(block, DataTable):
        yield from _table(block)
    elif isinstance(block, Code):
        yield from [f"{escaped(block.label)}:", "", *_fence(block.text)]
    else:
        yield from _text_block(block)
    yield ""


def _text_block(block: Tiles | Paragraph | Bullets | FactList) -> list[str]:
    match block:
        case Tiles():
            return [f"- {escaped(tile.value)} {escaped(tile.label)}" for tile in block.tiles]
        case Paragraph():
            return [escaped(block.text)]
        case Bullets():
            return [f"- {escaped(item)}" for item in block.items]
        case FactList():
            return [f"- {escaped(name)}: {escaped(value)}" for name, value in block.pairs]


def _table(table: DataTable) -> Iterator[str]:
    rules = [" ---: " if column in table.numbers else " --- " for column in range(len(table.head))]
    yield _row(escaped(head) for head in table.head)
    yield f"|{'|'.join(rules)}|"
    for row in table.rows:
        yield _row(_cell(cell) for cell in row)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(cell: Cell) -> str:
    shown = "<br>".join(escaped(line) for line in cell.text.split("\n"))
    return " ".join([shown, *(_link(item.text, item.href) for item in cell.links)])


def _link(text: str, href: str) -> str:
    return f"[{escaped(text)}](<{href}>)"


def _records(block: Records) -> Iterator[str]:
    """Yield the records of a box as a list of references; of a long one only the number."""
    yield from [f"### {escaped(block.heading)}", ""]
    rows = block.listing.rows
    if len(rows) > block.most:
        yield tr_n(
            len(rows),
            "{n} record; `reviewkit report --format html` lists it.",
            "{n} records; `reviewkit report --format html` lists them.",
        )
        return

    for number, row in enumerate(rows, 1):
        values = zip(block.listing.columns, row, strict=True)
        parts = [_value(column, value) for column, value in values if value]
        yield f"{number}. {' · '.join(parts)}"


def _value(column: str, value: str) -> str:
    address = address_of(column, clean(value))
    if not address:
        return escaped(value)
    return _link(f"{column} {value}", address)


def _fenced(text: str) -> list[str]:
    """Return a block of code and the empty line after it."""
    return [*_fence(text), ""]


def _fence(text: str) -> list[str]:
    """Return a block of code whose fence no line in it can close."""
    lines = verbatim(text).split("\n")
    longest = max(_leading_backticks(line.strip()) for line in lines)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}text", *lines, fence]


def _leading_backticks(line: str) -> int:
    return len(line) - len(line.lstrip("`"))
