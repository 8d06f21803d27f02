"""The report as JSON: its facts under stable keys,
and under "report" the sections as a person reads them, in the report's language.
"""

import json
from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

from reviewkit.model.text import in_json
from reviewkit.report.facts import plain
from reviewkit.report.model import Block, Picture, Records, Report, Section

_PARTS = 4_096


class _Rows(list[Any]):
    """Rows that the encoder takes one by one: as plain lists, all of them would fill the memory."""

    def __init__(self, rows: Collection[Any]) -> None:
        super().__init__()
        self._rows = rows

    def __iter__(self) -> Iterator[Any]:
        return map(plain, self._rows)

    def __len__(self) -> int:
        return len(self._rows)


def write_report_json(report: Report) -> str:
    """Return one JSON object; `null` is "not reported" or "not known"."""
    return "".join(report_json_pieces(report))


def report_json_pieces(report: Report) -> Iterator[str]:
    """Yield the text of `write_report_json` in pieces of some thousand letters."""
    shown = {
        "language": report.language,
        "title": report.title,
        "subtitle": report.subtitle,
        "headline": plain(report.headline),
        "summary": [_block(block) for block in report.summary],
        "figure": report.figure.caption,
        "sections": [_section(section) for section in report.sections],
        "footer": report.footer,
    }
    encoder = json.JSONEncoder(ensure_ascii=False, indent=2)
    parts = encoder.iterencode({**report.facts, "report": shown})
    while piece := "".join(islice(parts, _PARTS)):
        yield in_json(piece)
    yield "\n"


def _section(section: Section) -> dict[str, Any]:
    content: dict[str, Any] = {
        "id": section.id,
        "title": section.title,
        "blocks": [_block(block) for block in section.blocks],
    }
    if section.parts:
        content["parts"] = [_section(part) for part in section.parts]

    return content


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Picture):
        return _block(block.table)
    if not isinstance(block, Records):
        return {"kind": block.kind, **plain(block)}

    content: dict[str, Any] = plain(replace(block, listing=replace(block.listing, rows=())))
    content["listing"]["rows"] = _Rows(block.listing.rows)
    return {"kind": block.kind, **content}
