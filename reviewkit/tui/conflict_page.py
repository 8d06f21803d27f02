"""A record on which reviewers differ, with everybody's decision side by side. Pure."""

from collections.abc import Sequence

from rich.text import Text

from reviewkit.model.records import Decision
from reviewkit.tui.readable import readable
from reviewkit.tui.record_page import record_lines, verdict_style, verdict_words
from reviewkit.tui.text_pane import wrap
from reviewkit.tui.text_parts import beside, data_text
from reviewkit.tui.theme import Theme
from reviewkit.workflow.session.conflicts import ConflictView

# The least columns for one reviewer, and the columns between two.
_LEAST, _GAP = 24, 2


def conflict_lines(view: ConflictView, theme: Theme, width: int) -> list[Text]:
    """Return what each reviewer decided, side by side, and the record below."""
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
    room = width // across - _GAP
    cells = [
        _decision_lines(decision, notes.get(decision.reviewer, []), theme, room)
        for decision in view.decisions
    ]
    lines: list[Text] = []
    for start in range(0, len(cells), across):
        if lines:
            lines.append(Text(""))
        lines += beside(cells[start : start + across], room, _GAP)
    return lines


def _decision_lines(
    decision: Decision, notes: Sequence[str], theme: Theme, width: int
) -> list[Text]:
    head = Text.assemble(
        (readable(decision.reviewer), theme.label), (f"  {decision.decided_at[:10]}", theme.quiet)
    )
    words = Text(verdict_words(decision), style=verdict_style(decision.verdict, theme))
    lines = [head, *wrap(words, width)]

    # The decision's own note is often the reviewer's note as well.
    for note in dict.fromkeys([decision.note, *notes]):
        if note:
            lines += wrap(Text.assemble("“", data_text(note, theme.quiet), "”"), width)
    return lines
