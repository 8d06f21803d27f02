"""The report as one HTML file: works offline, without JavaScript, in light and dark, on a phone and in print.

It shares the page, the diagram and the lists of records with `diagram.page` and loads nothing.
"""

from collections.abc import Iterator
from functools import cache
from html import escape
from importlib.resources import files

from reviewkit.prisma.diagram.shapes import DiagramLayout
from reviewkit.prisma.diagram.wording import words
from reviewkit.prisma.diagram.wrap import clean
from reviewkit.prisma.diagram.writers.html import (
    breaking,
    document,
    figure,
    link,
    list_section,
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
    Records,
    Report,
    Section,
    Tiles,
    Tone,
)
from reviewkit.report.words import verbatim

# The report itself is written in English; only the diagram has a language of its own.
_WORDS = words("en")
_HALF_WIDTH = 800.0


@cache
def _style() -> str:
    return files(__package__).joinpath("report.css").read_text(encoding="utf-8").strip()


def write_report_html(report: Report) -> str:
    """One self-contained page."""
    return document(f"{report.title}: {report.kind}", _body(report), language="en", style=_style())


def _text(text: str) -> str:
    return breaking(clean(text))


def _body(report: Report) -> Iterator[str]:
    layout = report.figure.layout
    yield f'<header><p class="kind">{_text(report.kind)}</p>\n<h1 dir="auto">{_text(report.title)}</h1>'
    if report.subtitle:
        yield f'<p class="subtitle" dir="auto">{_text(report.subtitle)}</p>'
    yield f'</header>\n<p class="headline {report.headline.tone}">{_text(report.headline.text)}</p>'
    # The templates of more than three columns are too small to read in half the width.
    yield f'<div class="first{" stacked" if layout.width > _HALF_WIDTH else ""}">\n<section aria-label="The verdict">'
    for block in report.summary:
        yield _block(block, layout)
    yield '</section>\n<section aria-label="The flow">'
    yield figure(
        layout, [item.box for item in report.listings], _WORDS, caption=report.figure.caption
    )
    yield "</section>\n</div>"
    yield from _contents(report)
    yield '<div class="evidence">'
    for section in report.sections:
        yield from _section(section, layout, level=2)
    yield f"</div>\n<footer><p>{_text(report.footer)}</p></footer>"


def _contents(report: Report) -> Iterator[str]:
    entries = "\n".join(
        f'<li><a href="#{section.id}">{_text(section.title)}</a></li>'
        for section in report.sections
    )
    yield f'<nav aria-label="The evidence"><strong>The evidence</strong>\n<ol>\n{entries}\n</ol></nav>'


def _section(section: Section, layout: DiagramLayout, *, level: int) -> Iterator[str]:
    yield f'<section>\n<h{level} id="{section.id}" tabindex="-1">{_text(section.title)}</h{level}>'
    for block in section.blocks:
        yield _block(block, layout)
    for part in section.parts:
        yield from _section(part, layout, level=level + 1)
    yield "</section>"


def _block(block: Block, layout: DiagramLayout) -> str:  # noqa: PLR0911  # one line a kind of block
    match block:
        case Tiles():
            tiles = (
                f'<li class="{t.tone}"><b>{_text(t.value)}</b>{_text(t.label)}</li>'
                for t in block.tiles
            )
            return f'<ul class="tiles">{"".join(tiles)}</ul>'
        case Paragraph():
            return f'<p dir="auto">{_text(block.text)}</p>'
        case Bullets():
            return (
                "<ul>\n"
                + "\n".join(f'<li dir="auto">{_text(item)}</li>' for item in block.items)
                + "\n</ul>"
            )
        case DataTable():
            return _table(block)
        case FactList():
            pairs = "\n".join(
                f"<dt>{_text(name)}</dt><dd>{_text(value)}</dd>" for name, value in block.pairs
            )
            return f"<dl>\n{pairs}\n</dl>"
        case Code():
            return f'<div class="code"><span>{_text(block.label)}</span><pre>{escape(verbatim(block.text))}</pre></div>'
        case Records():
            return list_section(block.listing, layout, _WORDS)


def _table(table: DataTable) -> str:
    heads = "".join(
        f'<th scope="col"{_number(table, column)}>{_text(head)}</th>'
        for column, head in enumerate(table.head)
    )
    rows = "\n".join(
        "<tr>"
        + "".join(
            f'<td dir="auto"{_number(table, column)}>{_cell(cell)}</td>'
            for column, cell in enumerate(row)
        )
        + "</tr>"
        for row in table.rows
    )
    kind = "wide" if len(table.head) > 6 else "plain"
    inner = f'<table class="{kind}">\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody></table>'
    return scrolling(inner, clean(table.name))


def _number(table: DataTable, column: int) -> str:
    return ' class="number"' if column in table.numbers else ""


def _cell(cell: Cell) -> str:
    text = _text(cell.text)
    shown = text if cell.tone is Tone.PLAIN else f'<span class="badge {cell.tone}">{text}</span>'
    links = ", ".join(link(item.href, clean(item.text)) for item in cell.links)
    return f'{shown}<span class="ids">{links}</span>' if links else shown
