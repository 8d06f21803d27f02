"""The flow as JSON: its counts by key, the identities that do not hold, and the boxes as drawn."""

from dataclasses import asdict
from typing import Any

from reviewkit.model.flow import Flow
from reviewkit.model.text import to_json
from reviewkit.prisma.check import check, undecided
from reviewkit.prisma.diagram.credit import CREDIT
from reviewkit.prisma.diagram.shapes import Box, BoxEntry, DiagramLayout
from reviewkit.prisma.diagram.wrap import NBSP


def write_json(flow: Flow, layout: DiagramLayout, *, own: bool = False) -> str:
    """Return one JSON object; counts that are not reported are null.

    `own` as in `prisma.check.check`.
    """
    document = {
        "standard": "PRISMA 2020",
        "source": CREDIT,
        "template": layout.template,
        "language": layout.words.language,
        "counts": asdict(flow),
        "broken": [asdict(broken) for broken in check(flow, own=own)],
        "undecided": [asdict(item) for item in undecided(flow, own=own)],
        "boxes": [_box(box) for box in layout.boxes],
        "footnotes": list(layout.note_texts),
    }
    return to_json(document, indent=2) + "\n"


def _box(box: Box) -> dict[str, Any]:
    return {
        "key": box.key,
        "lines": [_line(entry) for entry in box.content.entries],
        "definition": box.tooltip,
        "href": box.href,
    }


def _line(entry: BoxEntry) -> dict[str, Any]:
    return {"key": entry.key, "level": entry.level, "text": entry.text.replace(NBSP, " ")}
