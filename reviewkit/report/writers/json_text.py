"""The report as JSON: its facts under stable keys,
and under "report" the sections as a person reads them, in the report's language.
"""

import json
from typing import Any

from reviewkit.report.facts import plain
from reviewkit.report.model import Block, Report, Section


def write_report_json(report: Report) -> str:
    """Return one JSON object; `null` is "not reported" or "not known"."""
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
    return json.dumps({**report.facts, "report": shown}, ensure_ascii=False, indent=2) + "\n"


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
    return {"kind": block.kind, **plain(block)}
