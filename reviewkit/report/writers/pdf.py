"""The report as a tagged PDF, set by Typst with the shipped fonts.

Text reaches Typst as data only.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib.resources import files
from typing import Any

from reviewkit.model.messages import in_language, tr, tr_n
from reviewkit.prisma.diagram.listing import address_of, list_anchor
from reviewkit.prisma.diagram.metrics import is_drawable, text_width
from reviewkit.prisma.diagram.sentence import describe
from reviewkit.prisma.diagram.shapes import Box
from reviewkit.prisma.diagram.wrap import clean
from reviewkit.prisma.diagram.writers.svg import write_svg
from reviewkit.prisma.diagram.writers.typesetting import compile_typst
from reviewkit.report.facts import plain
from reviewkit.report.model import (
    Block,
    Cell,
    Code,
    DataTable,
    Paragraph,
    Picture,
    Records,
    Report,
    Section,
)
from reviewkit.report.words import verbatim

# A longer run of letters may break after every few.
_LONGEST_WORD = 40
_BREAK_EVERY = 8
# Shares of a column's width, in px of text at 10 px.
_TEXT_SIZE = 10.0
_PADDING = 8.0
_NARROW, _WIDEST_WORD, _WIDEST_TEXT = 85.0, 110.0, 300.0
_REST_SHARE = 0.4
_ANYWHERE = "\u200b"
# Of a longer table paper has the beginning: each cell takes Typst 60 kB of memory.
_MOST_ROWS = 100


def write_report_pdf(report: Report, *, timestamp: int = 0) -> bytes:
    """Return A4 pages with headings and tables tagged, PDF/UA-1 where the fonts allow.

    The text can be selected, the links work. `timestamp`, in Unix seconds, is the creation date;
    equal reports and timestamps give equal bytes.
    """
    with in_language(report.language):
        content = _report(report)
    covered = is_drawable("".join(texts_of(content)))
    source = files(__package__).joinpath("report.typ").read_text(encoding="utf-8")
    inputs = {"report": json.dumps(content, ensure_ascii=False)}
    del content
    return compile_typst(source, inputs, "pdf", covered=covered, timestamp=timestamp)


def _report(report: Report) -> dict[str, Any]:
    """Return what `report.typ` reads."""
    return {
        "lang": report.language,
        "kind": breakable(tr(report.kind).capitalize()),
        "title": breakable(report.title),
        "subtitle": breakable(report.subtitle),
        "headline": _cleaned(plain(report.headline)),
        "summary": [_block(block) for block in report.summary],
        "figure": _figure(report),
        "sections": [section_values(_shortened(section)) for section in report.sections],
        "footer": breakable(report.footer),
    }


def _shortened(section: Section) -> Section:
    """Return a section with no table of more than `_MOST_ROWS` rows; it says how many are left."""
    blocks: list[Block] = []
    for block in section.blocks:
        if not isinstance(block, DataTable) or len(block.rows) <= _MOST_ROWS:
            blocks.append(block)
            continue
        more = len(block.rows) - _MOST_ROWS
        blocks.append(replace(block, rows=block.rows[:_MOST_ROWS]))
        blocks.append(
            Paragraph(
                text=tr_n(
                    more,
                    "{n} more row: the HTML report has it.",
                    "{n} more rows: the HTML report has them.",
                )
            )
        )
    parts = tuple(map(_shortened, section.parts))
    return replace(section, blocks=tuple(blocks), parts=parts)


def _figure(report: Report) -> dict[str, Any]:
    layout = report.figure.layout
    listed = {listing.box for listing in report.listings}

    return {
        "svg": write_svg(layout),
        "width": layout.width,
        "height": layout.height,
        "description": describe(layout),
        "caption": breakable(report.figure.caption),
        "links": [_list_link(box) for box in layout.boxes if box.key in listed],
    }


def _list_link(box: Box) -> dict[str, Any]:
    """Return a box that has a list, as a rectangle in px of the picture."""
    return {
        "href": f"#{list_anchor(box.key)}",
        "x": box.x,
        "y": box.y,
        "width": box.width,
        "height": box.height,
    }


def section_values(section: Section) -> dict[str, Any]:
    """Return what the Typst file reads of a section."""
    return {
        "id": section.id,
        "title": breakable(section.title),
        "blocks": [_block(block) for block in section.blocks],
        "parts": [section_values(part) for part in section.parts],
    }


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Records():
            content = _records(block)
        case Code():
            lines = [_breakable(line) for line in verbatim(block.text).split("\n")]
            content = {"label": breakable(block.label), "lines": lines}
        case DataTable():
            content = {**_cleaned(plain(block)), "widths": column_shares(block)}
        case Picture():
            content = {
                "svg": block.svg,
                "width": block.width,
                "height": block.height,
                "description": breakable(block.caption),
                "links": [],
            }
        case _:
            content = _cleaned(plain(block))
    return {"kind": block.kind, **content}


def column_shares(table: DataTable) -> list[float]:
    """Return each column's share of the width; 1.0 is the mean."""
    columns = zip(table.head, *(map(_cell_text, row) for row in table.rows), strict=True)
    shares = [_share(texts) for texts in columns]
    return [round(share / sum(shares) * len(shares), 3) for share in shares]


def _cell_text(cell: Cell) -> str:
    return cell.text


def _share(texts: Sequence[str]) -> float:
    """Return a short text's whole width, or a long one's longest word and part of the rest."""
    widest = max(min(_width(text), _WIDEST_TEXT) for text in texts)
    if widest <= _NARROW:
        return _PADDING + widest

    words = " ".join(texts).split()
    longest_word = max(map(_width, words), default=1.0)
    needed = max(min(longest_word, _WIDEST_WORD), _NARROW)

    return _PADDING + (needed + _REST_SHARE * (widest - _NARROW))


def _width(text: str) -> float:
    return text_width(text, _TEXT_SIZE, bold=False)


def _records(block: Records) -> dict[str, Any]:
    """Return the records of a box; of a long list only the number."""
    rows = block.listing.rows
    content: dict[str, Any] = {
        "heading": breakable(block.heading),
        "anchor": list_anchor(block.listing.box),
        "rows": [],
        "more": "",
    }
    if len(rows) > block.most:
        content["more"] = tr_n(
            len(rows),
            "{n} record; the HTML report lists it.",
            "{n} records; the HTML report lists them.",
        )
    else:
        content["rows"] = [list(_parts(block.listing.columns, row)) for row in rows]

    return content


def _parts(columns: tuple[str, ...], row: tuple[str, ...]) -> Iterator[dict[str, str]]:
    for column, value in zip(columns, row, strict=True):
        if value:
            address = address_of(column, clean(value))
            text = f"{column} {value}" if address else value
            yield {"text": breakable(text), "href": address}


def _cleaned(value: Any) -> Any:
    """Return every text of a block made safe to set; addresses stay as they are."""
    if isinstance(value, dict):
        return {key: item if key == "href" else _cleaned(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    if isinstance(value, str):
        return breakable(value)
    return value


def breakable(text: str) -> str:
    """Return a text as it can be set, line by line."""
    return "\n".join(_breakable(clean(line)) for line in text.split("\n"))


def _breakable(text: str) -> str:
    """Return the text with places to break in runs of letters that no line could hold."""
    return " ".join(_breakable_word(word) for word in text.split(" "))


def _breakable_word(word: str) -> str:
    if len(word) <= _LONGEST_WORD:
        return word

    starts = range(0, len(word), _BREAK_EVERY)
    return _ANYWHERE.join(word[start : start + _BREAK_EVERY] for start in starts)


def texts_of(value: Any) -> Iterator[str]:
    """Yield every text that is set with the fonts; a picture and an address are none."""
    if isinstance(value, str):
        yield value.replace(_ANYWHERE, "")
    elif isinstance(value, dict):
        for key, item in value.items():
            if key not in {"svg", "href"}:
                yield from texts_of(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts_of(item)
