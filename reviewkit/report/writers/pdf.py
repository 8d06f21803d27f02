"""The report as a tagged PDF: Typst sets it with the fonts that reviewkit ships. Text reaches Typst as data only."""

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from reviewkit.prisma.diagram.listing import address_of, list_anchor
from reviewkit.prisma.diagram.metrics import is_drawable, text_width
from reviewkit.prisma.diagram.sentence import describe
from reviewkit.prisma.diagram.shapes import DiagramLayout
from reviewkit.prisma.diagram.wrap import clean
from reviewkit.prisma.diagram.writers.svg import write_svg
from reviewkit.prisma.diagram.writers.typesetting import compile_typst
from reviewkit.report.facts import plain
from reviewkit.report.model import Block, Code, DataTable, Records, Report, Section
from reviewkit.report.words import verbatim

_LONGEST_WORD = 40  # a longer run of letters may break anywhere
_ANYWHERE = "\u200b"


def write_report_pdf(report: Report, *, timestamp: int = 0) -> bytes:
    """A4 pages: selectable text, working links, headings and tables tagged; PDF/UA-1 where the fonts allow.

    `timestamp`, in Unix seconds, is the file's creation date; equal reports and timestamps give equal bytes.
    """
    given = _report(report)
    covered = is_drawable("".join(_texts(given)))
    source = files(__package__).joinpath("report.typ").read_text(encoding="utf-8")
    inputs = {"report": json.dumps(given, ensure_ascii=False)}
    return compile_typst(source, inputs, "pdf", covered=covered, timestamp=timestamp)


def _report(report: Report) -> dict[str, Any]:
    layout = report.figure.layout
    listed = {listing.box for listing in report.listings}
    return {
        "kind": _text(report.kind.capitalize()),
        "title": _text(report.title),
        "subtitle": _text(report.subtitle),
        "headline": _cell(plain(report.headline)),
        "summary": [_block(block) for block in report.summary],
        "figure": {
            "svg": write_svg(layout),
            "width": layout.width,
            "height": layout.height,
            "description": describe(layout),
            "caption": _text(report.figure.caption),
            "links": _links(layout, listed),
        },
        "sections": [_section(section) for section in report.sections],
        "footer": _text(report.footer),
    }


def _links(layout: DiagramLayout, listed: set[str]) -> list[dict[str, Any]]:
    """The boxes that have a list, as rectangles in px of the picture."""
    return [
        {"href": f"#{list_anchor(b.key)}", "x": b.x, "y": b.y, "width": b.width, "height": b.height}
        for b in layout.boxes
        if b.key in listed
    ]


def _section(section: Section) -> dict[str, Any]:
    return {
        "id": section.id,
        "title": _text(section.title),
        "blocks": [_block(block) for block in section.blocks],
        "parts": [_section(part) for part in section.parts],
    }


def _block(block: Block) -> dict[str, Any]:
    kind = block.kind
    match block:
        case Records():
            return {"kind": kind, **_records(block)}
        case Code():
            lines = [_breakable(line) for line in verbatim(block.text).split("\n")]
            return {"kind": kind, "label": _text(block.label), "lines": lines}
        case DataTable():
            told = _cleaned(plain(block))
            return {"kind": kind, **told, "widths": _widths(block)}
        case _:
            return {"kind": kind, **_cleaned(plain(block))}


def _widths(table: DataTable) -> list[float]:
    """Shares of the width: a short text whole, a long one by its longest word and part of the rest."""
    shares = []
    for column, head in enumerate(table.head):
        texts = [head, *(row[column].text for row in table.rows)]
        longest = max(
            (text_width(word, 10.0, bold=False) for text in texts for word in text.split()),
            default=1.0,
        )
        whole = max(min(text_width(text, 10.0, bold=False), 300.0) for text in texts)
        shares.append(
            8.0
            + (whole if whole <= 85.0 else max(min(longest, 110.0), 85.0) + 0.4 * (whole - 85.0))
        )
    return [round(share / sum(shares) * len(shares), 3) for share in shares]


def _records(block: Records) -> dict[str, Any]:
    rows = block.listing.rows
    told = {
        "heading": _text(block.heading),
        "anchor": list_anchor(block.listing.box),
        "rows": [],
        "more": "",
    }
    if len(rows) > block.most:
        return {**told, "more": f"{len(rows):,} records; the HTML report lists them."}
    return {**told, "rows": [list(_parts(block.listing.columns, row)) for row in rows]}


def _parts(columns: tuple[str, ...], row: tuple[str, ...]) -> Iterator[dict[str, str]]:
    for column, value in zip(columns, row, strict=True):
        if value:
            address = address_of(column, clean(value))
            yield {"text": _text(f"{column} {value}" if address else value), "href": address}


def _cell(told: dict[str, Any]) -> dict[str, Any]:
    cleaned: dict[str, Any] = _cleaned(told)
    return cleaned


def _cleaned(value: Any) -> Any:
    """Every text of a block made safe to set; addresses stay as they are."""
    if isinstance(value, dict):
        return {key: item if key == "href" else _cleaned(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    return _text(value) if isinstance(value, str) else value


def _text(text: str) -> str:
    return _breakable(clean(text))


def _breakable(text: str) -> str:
    """The text with places to break in runs of letters that no line could hold."""
    return " ".join(
        _ANYWHERE.join(word[at : at + 8] for at in range(0, len(word), 8))
        if len(word) > _LONGEST_WORD
        else word
        for word in text.split(" ")
    )


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value.replace(_ANYWHERE, "")
    elif isinstance(value, dict):
        for key, item in value.items():
            if key not in {"svg", "href"}:
                yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
