"""A record on which reviewers differ, what each of them said side by side: pure texts."""

from rich.text import Text

from reviewkit.model.records import Decision
from reviewkit.tui.readable import readable
from reviewkit.tui.record_page import DID, record_lines, verdict_style
from reviewkit.tui.text_pane import clip, wrap
from reviewkit.tui.text_parts import said
from reviewkit.tui.theme import Theme
from reviewkit.workflow.session.conflicts import ConflictView

_LEAST = 24


def conflict_lines(view: ConflictView, theme: Theme, width: int) -> list[Text]:
    """What each reviewer said, side by side, and the record below."""
    return [
        *_side_by_side(view, theme, width),
        Text("─" * width, style=theme.rule),
        *record_lines(view.record, view.links, {}, theme, width),
    ]


def _side_by_side(view: ConflictView, theme: Theme, width: int) -> list[Text]:
    notes: dict[str, list[str]] = {}
    for name, note in view.notes:
        notes.setdefault(name, []).append(note)
    across = max(1, min(len(view.decisions), width // _LEAST))
    room = width // across - 2
    lines: list[Text] = []
    for start in range(0, len(view.decisions), across):
        cells = [
            _said(d, notes.get(d.reviewer, []), theme, room)
            for d in view.decisions[start : start + across]
        ]
        for row in range(max(len(cell) for cell in cells)):
            line = Text("")
            for cell in cells:
                part = clip(cell[row], room) if row < len(cell) else Text("")
                line = Text.assemble(line, part, " " * (room + 2 - part.cell_len))
            line.rstrip()
            lines.append(line)
        lines.append(Text(""))
    return lines[:-1]


def _said(decision: Decision, notes: list[str], theme: Theme, width: int) -> list[Text]:
    head = Text.assemble(
        (readable(decision.reviewer), theme.label), (f"  {decision.decided_at[:10]}", theme.quiet)
    )
    words = DID[decision.verdict] + (f": {readable(decision.reason)}" if decision.reason else "")
    lines = [head, *wrap(Text(words, style=verdict_style(decision.verdict, theme)), width)]
    for note in dict.fromkeys([*([decision.note] if decision.note else []), *notes]):
        lines += wrap(Text.assemble("“", said(note, theme.quiet), "”"), width)
    return lines
