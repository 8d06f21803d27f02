"""The protocol's criteria beside a record: in full, in a few lines, or to choose a reason. Pure."""

from collections.abc import Sequence

from rich.text import Text

from reviewkit.model.messages import recognise, tr
from reviewkit.model.records import Answer
from reviewkit.screening.models import CriterionView
from reviewkit.tui.readable import readable
from reviewkit.tui.text_pane import press
from reviewkit.tui.text_parts import choices, columns, data_text, heading, indented
from reviewkit.tui.theme import Theme


def criteria_panel(
    criteria: Sequence[CriterionView], reasons: Sequence[str], theme: Theme, width: int
) -> list[Text]:
    """Return the criteria in full, with the machine's answers, and the reasons with their keys."""
    lines: list[Text] = []
    if including := _including(criteria):
        lines.append(heading(tr("Include if"), theme))
    for criterion in including:
        lines += _criterion_lines(criterion, theme, width)

    if reasons:
        lines += [*_gap(lines), heading(tr("Exclude for"), theme)]
    by_wording = {criterion.wording: criterion for criterion in criteria}
    for number, reason in enumerate(reasons, 1):
        lines += _reason_lines(number, reason, by_wording.get(reason), theme, width)

    if others := _other_exclusions(criteria, reasons):
        lines += [*_gap(lines), heading(tr("Exclude if"), theme)]
    for criterion in others:
        lines += _criterion_lines(criterion, theme, width)
    return lines


def _gap(lines: Sequence[Text]) -> list[Text]:
    """Return an empty line, unless nothing stands above."""
    return [Text("")] if lines else []


def criteria_strip(
    criteria: Sequence[CriterionView], reasons: Sequence[str], theme: Theme, width: int
) -> list[Text]:
    """Return the same in a few lines, for small screens: a sign and the wording of each."""
    entries = [_entry(criterion, " ", theme) for criterion in _including(criteria)]

    by_wording = {criterion.wording: criterion for criterion in criteria}
    for number, reason in enumerate(reasons, 1):
        mark = Text("")
        criterion = by_wording.get(reason)
        if criterion and criterion.answer:
            mark = Text.assemble(_mark(criterion, theme), " ")
        entry = Text.assemble((f"{number} ", theme.key), mark, data_text(reason, theme.text))
        entry.stylize(press(f"reason_{number}"))
        entries.append(entry)

    others = _other_exclusions(criteria, reasons)
    entries += [_entry(criterion, tr(" not if: "), theme) for criterion in others]
    return columns(entries, width)


def reason_choices(
    criteria: Sequence[CriterionView], reasons: Sequence[str], theme: Theme, width: int
) -> list[Text]:
    """Return the reasons to choose one from, with the machine's answer where it has one."""
    by_wording = {criterion.wording: criterion for criterion in criteria}
    marks = {}
    for place, reason in enumerate(reasons):
        criterion = by_wording.get(reason)
        if criterion and criterion.answer:
            marks[place] = _mark(criterion, theme)

    return choices(reasons, theme, width, marks=marks)


def _including(criteria: Sequence[CriterionView]) -> list[CriterionView]:
    return [criterion for criterion in criteria if criterion.kind == "inclusion"]


def _other_exclusions(
    criteria: Sequence[CriterionView], reasons: Sequence[str]
) -> list[CriterionView]:
    """Return the exclusion criteria that are no reason to choose."""
    return [c for c in criteria if c.kind != "inclusion" and c.wording not in reasons]


def _entry(criterion: CriterionView, gap: str, theme: Theme) -> Text:
    return Text.assemble(_mark(criterion, theme), gap, data_text(criterion.wording, theme.text))


def _criterion_lines(criterion: CriterionView, theme: Theme, width: int) -> list[Text]:
    first = Text.assemble(_mark(criterion, theme), " ")
    lines = indented(data_text(criterion.wording, theme.text), width, first=first, rest=2)
    return [*lines, *_evidence(criterion, theme, width)]


def _reason_lines(
    number: int, reason: str, criterion: CriterionView | None, theme: Theme, width: int
) -> list[Text]:
    first = Text.assemble((f"{number} ", theme.key))
    lines = indented(data_text(reason, theme.text), width, first=first, rest=2)
    if criterion:
        lines += _evidence(criterion, theme, width)
    for line in lines:
        line.stylize(press(f"reason_{number}"))

    return lines


def _evidence(criterion: CriterionView, theme: Theme, width: int) -> list[Text]:
    if criterion.answer is None:
        return []

    words = tr(criterion.answer_words)
    if criterion.evidence:
        words += f": {readable(recognise(criterion.evidence))}"
    return indented(Text(words, style=theme.quiet), width, first=Text("  "), rest=2)


def _mark(criterion: CriterionView, theme: Theme) -> Text:
    """A sign: whether an inclusion criterion is met, or whether an exclusion criterion applies."""
    match criterion.answer, criterion.kind:
        case None, _:
            return Text("·", style=theme.quiet)
        case Answer.UNKNOWN, _:
            return Text("?", style=theme.doubt)
        case Answer.YES, "inclusion":
            return Text("✓", style=theme.good)
        case Answer.NO, "inclusion":
            return Text("✗", style=theme.bad)
        case Answer.YES, _:
            return Text("–", style=theme.quiet)
    return Text("!", style=theme.bad)
