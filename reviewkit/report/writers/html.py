"""The report as one HTML file: works offline, without JavaScript, in light and dark, on a phone and
in print.

It shares the page, the diagram and the lists of records with the diagram's HTML and loads nothing.
"""

from collections.abc import Iterator
from functools import cache
from html import escape
from importlib.resources import files

from reviewkit.model.messages import in_language, tr
from reviewkit.prisma.diagram.shapes import DiagramLayout
from reviewkit.prisma.diagram.wrap import clean
from reviewkit.prisma.diagram.writers.html import (
    breaking,
    document,
    figure,
    link,
    list_section,
    picture_fonts,
    scrolling,
)
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
    Tile,
    Tiles,
    Tone,
)
from reviewkit.report.words import verbatim

_HALF_WIDTH = 800.0
_WIDE_COLUMNS = 6


def write_report_html(report: Report, *, beside: str = "") -> str:
    """Return one self-contained page; `beside` is the folder with the files of its long lists."""
    with in_language(report.language):
        title = f"{report.title}: {tr(report.kind)}"
        return document(
            title,
            _body(report, beside),
            language=report.language,
            style=f"{report_style()}\n{picture_fonts()}",
            loads=bool(beside),
        )


@cache
def report_style() -> str:
    """Return the style of the report's page."""
    return files(__package__).joinpath("report.css").read_text(encoding="utf-8").strip()


def _body(report: Report, beside: str) -> Iterator[str]:
    layout = report.figure.layout
    yield from _header(report)
    # The templates of more than three columns are too small to read in half the width.
    stacked = " stacked" if layout.width > _HALF_WIDTH else ""
    yield f'<div class="first{stacked}">\n<section aria-label="{report.kind.first_heading}">'
    for block in report.summary:
        yield _block(block, layout, beside)

    yield f'</section>\n<section aria-label="{escape(tr("The flow"))}">'
    linked = [listing.box for listing in report.listings]
    yield figure(layout, linked, layout.words, caption=report.figure.caption)
    yield "</section>\n</div>"

    yield from _contents(report)
    yield '<div class="evidence">'
    for section in report.sections:
        yield from _section(section, layout, beside, level=2)
    yield f"</div>\n<footer><p>{shown(report.footer)}</p></footer>"


def _header(report: Report) -> Iterator[str]:
    yield f'<header><p class="kind">{shown(tr(report.kind))}</p>'
    yield f'<h1 dir="auto">{shown(report.title)}</h1>'
    if report.subtitle:
        yield f'<p class="subtitle" dir="auto">{shown(report.subtitle)}</p>'
    headline = report.headline
    yield f'</header>\n<p class="headline {headline.tone}">{shown(headline.text)}</p>'


def _contents(report: Report) -> Iterator[str]:
    entries = "\n".join(
        f'<li><a href="#{section.id}">{shown(section.title)}</a></li>'
        for section in report.sections
    )
    name = escape(tr("The evidence"))
    yield f'<nav aria-label="{name}"><strong>{name}</strong>'
    yield f"<ol>\n{entries}\n</ol></nav>"


def _section(section: Section, layout: DiagramLayout, beside: str, *, level: int) -> Iterator[str]:
    title = shown(section.title)
    yield f'<section>\n<h{level} id="{section.id}" tabindex="-1">{title}</h{level}>'
    for block in section.blocks:
        yield _block(block, layout, beside)
    for part in section.parts:
        yield from _section(part, layout, beside, level=level + 1)
    yield "</section>"


def section_lines(section: Section, *, level: int) -> Iterator[str]:
    """Yield a section of a document that has no diagram and no lists of records."""
    yield f'<section>\n<h{level} id="{section.id}">{shown(section.title)}</h{level}>'
    for block in section.blocks:
        if not isinstance(block, Records):
            yield _plain_block(block)
    for part in section.parts:
        yield from section_lines(part, level=level + 1)
    yield "</section>"


def _block(block: Block, layout: DiagramLayout, beside: str) -> str:
    if isinstance(block, Records):
        return list_section(block.listing, layout, layout.words, beside)
    return _plain_block(block)


def _plain_block(block: Tiles | Paragraph | Bullets | FactList | Code | DataTable | Picture) -> str:
    if isinstance(block, DataTable):
        return _table(block)
    if isinstance(block, Picture):
        return _picture(block)
    return _text_block(block)


def _picture(block: Picture) -> str:
    """The drawing, and what it shows as a table that opens."""
    caption = shown(block.caption)
    opened = f"<details><summary>{shown(tr('As a table'))}</summary>{_table(block.table)}</details>"
    inner = scrolling(block.svg, clean(block.caption))
    return f"<figure>{inner}<figcaption>{caption}</figcaption></figure>{opened}"


def _text_block(block: Tiles | Paragraph | Bullets | FactList | Code) -> str:
    match block:
        case Tiles():
            return f'<ul class="tiles">{"".join(map(_tile, block.tiles))}</ul>'
        case Paragraph():
            return f'<p dir="auto">{shown(block.text)}</p>'
        case Bullets():
            items = "\n".join(f'<li dir="auto">{shown(item)}</li>' for item in block.items)
            return f"<ul>\n{items}\n</ul>"
        case FactList():
            pairs = "\n".join(_fact(name, value) for name, value in block.pairs)
            return f"<dl>\n{pairs}\n</dl>"
        case Code():
            code = f"<pre>{escape(verbatim(block.text))}</pre>"
            return f'<div class="code"><span>{shown(block.label)}</span>{code}</div>'


def _tile(tile: Tile) -> str:
    return f'<li class="{tile.tone}"><b>{shown(tile.value)}</b>{shown(tile.label)}</li>'


def _fact(name: str, value: str) -> str:
    return f"<dt>{shown(name)}</dt><dd>{shown(value)}</dd>"


def _table(table: DataTable) -> str:
    heads = "".join(
        f'<th scope="col"{_number_class(table, column)}>{shown(head)}</th>'
        for column, head in enumerate(table.head)
    )
    rows = "\n".join(_row(table, row) for row in table.rows)
    kind = "wide" if len(table.head) > _WIDE_COLUMNS else "plain"
    inner = (
        f'<table class="{kind}">\n<thead><tr>{heads}</tr></thead>\n'
        f"<tbody>\n{rows}\n</tbody></table>"
    )

    return scrolling(inner, clean(table.name))


def _row(table: DataTable, row: tuple[Cell, ...]) -> str:
    cells = (
        f'<td dir="auto"{_number_class(table, column)}>{_cell(cell)}</td>'
        for column, cell in enumerate(row)
    )
    return f"<tr>{''.join(cells)}</tr>"


def _number_class(table: DataTable, column: int) -> str:
    if column in table.numbers:
        return ' class="number"'
    return ""


def _cell(cell: Cell) -> str:
    words = "<br>".join(shown(line) for line in cell.text.split("\n"))
    if cell.tone is not Tone.PLAIN:
        words = f'<span class="badge {cell.tone}">{words}</span>'
    if not cell.links:
        return words

    links = ", ".join(link(item.href, clean(item.text)) for item in cell.links)

    return f'{words}<span class="ids">{links}</span>'


def shown(text: str) -> str:
    """Return a text for HTML, with places to break."""
    return breaking(clean(text))
