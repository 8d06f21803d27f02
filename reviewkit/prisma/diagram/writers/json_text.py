"""The flow as JSON: its counts by key, what does not add up, and the boxes as drawn. Pure."""

import json
from dataclasses import asdict

from reviewkit.model.flow import Flow
from reviewkit.prisma.check import check
from reviewkit.prisma.diagram.shapes import DiagramLayout


def write_json(flow: Flow, layout: DiagramLayout, *, own: bool = False) -> str:
    """One JSON object; counts that are not reported are null. `own` as in `flow_check.check`."""
    document = {
        "standard": "PRISMA 2020",
        "template": layout.template,
        "language": layout.words.language,
        "counts": asdict(flow),
        "broken": [asdict(broken) for broken in check(flow, own=own)],
        "boxes": [
            {
                "key": box.key,
                "lines": [
                    {
                        "key": entry.key,
                        "level": entry.level,
                        "text": entry.text.replace("\u00a0", " "),
                    }
                    for entry in box.content.entries
                ],
                "definition": box.tooltip,
                "href": box.href,
            }
            for box in layout.boxes
        ],
        "footnotes": list(layout.note_texts),
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
