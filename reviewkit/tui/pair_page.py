"""Two records side by side, field by field, with the words that differ marked. Pure."""

import itertools
import re
from collections.abc import Sequence

from rapidfuzz.distance import LCSseq
from rich.text import Text

from reviewkit.dedupe.explain import ComparedField, Explanation
from reviewkit.model.messages import mark, recognise, tr
from reviewkit.model.records import RelationKind
from reviewkit.tui.readable import readable
from reviewkit.tui.text_pane import clip, wrap
from reviewkit.tui.text_parts import data_text, heading, marked
from reviewkit.tui.theme import Theme
from reviewkit.workflow.session.pairs import PairView

# Chinese and Japanese put no space between words: each character is compared by itself.
_WORD = re.compile(
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]|[^\s\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+"
)
# Between the two columns: a sign and the name of a field.
_MIDDLE = 14
_MOST_REASONS = 12
Stretch = tuple[int, int]
_RELATION_WORDS = {
    RelationKind.PREPRINT_OF: mark("left is a preprint of right"),
    RelationKind.HAS_PREPRINT: mark("right is a preprint of left"),
    RelationKind.ABSTRACT_OF: mark("left is a meeting abstract of right"),
    RelationKind.HAS_ABSTRACT: mark("right is a meeting abstract of left"),
    RelationKind.UPDATE_OF: mark("left is an update of right"),
    RelationKind.HAS_UPDATE: mark("right is an update of left"),
    RelationKind.ERRATUM_OF: mark("left is an erratum of right"),
    RelationKind.HAS_ERRATUM: mark("right is an erratum of left"),
    RelationKind.COMMENT_ON: mark("left is a comment on right"),
    RelationKind.HAS_COMMENT: mark("right is a comment on left"),
    RelationKind.RELATED_TO: mark("left and right belong together"),
}


def differing(first: str, second: str) -> tuple[list[Stretch], list[Stretch]]:
    """Return the stretches of each text whose words the other lacks at that place.

    Case and end punctuation do not count.
    """
    matches_a, matches_b = list(_WORD.finditer(first)), list(_WORD.finditer(second))
    only_a: list[Stretch] = []
    only_b: list[Stretch] = []
    for step in LCSseq.opcodes(_compared(matches_a), _compared(matches_b)):
        if step.tag == "equal":
            continue
        if step.src_end > step.src_start:
            only_a.append(_stretch(matches_a, step.src_start, step.src_end))
        if step.dest_end > step.dest_start:
            only_b.append(_stretch(matches_b, step.dest_start, step.dest_end))
    return only_a, only_b


def _compared(matches: Sequence[re.Match[str]]) -> list[str]:
    return [match[0].strip(".,;:()[]").casefold() for match in matches]


def _stretch(matches: Sequence[re.Match[str]], start: int, end: int) -> Stretch:
    return matches[start].start(), matches[end - 1].end()


def pair_lines(view: PairView, theme: Theme, width: int, *, tight: bool) -> list[Text]:
    """Return the two records, field by field, each field's name between them.

    "=" where they agree, "≠" where not, "·" where one lacks it. `tight` leaves no blank lines.
    """
    column = (width - _MIDDLE) // 2
    lines = _beside(
        data_text(view.first.key, theme.quiet),
        data_text(view.second.key, theme.quiet),
        column,
        Text(""),
    )
    lines.append(Text("─" * width, style=theme.rule))

    for field in view.explanation.fields:
        lines += _field_lines(field, theme, column)
        if not tight:
            lines.append(Text(""))
    return lines


def _field_lines(field: ComparedField, theme: Theme, column: int) -> list[Text]:
    only_a, only_b = differing(field.value_a, field.value_b)
    sign = Text("= ", style=theme.good)
    if not field.value_a or not field.value_b:
        only_a = only_b = []
        sign = Text("· ", style=theme.quiet)
    elif only_a or only_b:
        sign = Text("≠ ", style=theme.doubt)

    name = Text.assemble(sign, (tr(field.name.replace("_", " ")), theme.label))
    left = _value(field.value_a, only_a, theme)
    right = _value(field.value_b, only_b, theme)
    return _beside(left, right, column, name)


def _value(text: str, spans: list[Stretch], theme: Theme) -> Text:
    if not text:
        return Text(tr("not given"), style=theme.quiet)
    return marked(text, [(start, end, theme.changed) for start, end in spans], theme.text)


def _beside(left: Text, right: Text, column: int, name: Text) -> list[Text]:
    left_lines = wrap(left, column) or [Text("")]
    right_lines = wrap(right, column) or [Text("")]
    names = [clip(name, _MIDDLE - 3)]

    lines = []
    for left_line, middle, right_line in itertools.zip_longest(
        left_lines, names, right_lines, fillvalue=Text("")
    ):
        first, second = clip(left_line, column), clip(right_line, column)
        before = " " * (column - first.cell_len) + "  "
        after = " " * (_MIDDLE - 2 - middle.cell_len)
        lines.append(Text.assemble(first, before, middle, after, second))
    return lines


def reason_lines(view: PairView, theme: Theme, width: int) -> list[Text]:
    """Return why the pair needs a person: the rule, the score, and what counted for and against."""
    lines = [*wrap(verdict_line(view, theme), width), *_group_lines(view, theme, width)]
    lines += [Text(""), heading(tr("What counted"), theme)]
    for reason in view.explanation.reasons[:_MOST_REASONS]:
        style, side = theme.bad, tr("for two")
        if reason.worth > 0:
            style, side = theme.good, tr("for one record")

        text = Text.assemble(
            (f"{reason.worth:+.1f} ", style),
            (f"{tr(reason.field)}: {tr(reason.words)}", theme.text),
            (f", {side}", theme.quiet),
        )
        lines += wrap(text, width)
    return lines


def reason_strip(view: PairView, theme: Theme, width: int) -> list[Text]:
    """Return the same in few lines."""
    parts = [f"{r.worth:+.1f} {tr(r.field)}: {tr(r.words)}" for r in view.explanation.reasons]
    return [
        *wrap(verdict_line(view, theme), width),
        *_group_lines(view, theme, width),
        *wrap(Text(" · ".join(parts), style=theme.quiet), width),
    ]


def _group_lines(view: PairView, theme: Theme, width: int) -> list[Text]:
    """Return what one answer could settle besides this pair, and what is still to be found."""
    words = " ".join([*view.group_sentences(), view.to_find.sentence()])
    return wrap(Text(words, style=theme.quiet), width)


def verdict_line(view: PairView, theme: Theme) -> Text:
    how = tr("score {score} of 1", score=f"{view.score:.2f}")
    return Text.assemble(
        (tr("Left to you: "), theme.label),
        (readable(recognise(view.words)), theme.text),
        (f"  {how}", theme.quiet),
    )


def relation_words(explanation: Explanation, kind: str) -> str:
    """Return a relation as a sentence about the two sides: "left is a preprint of right"."""
    words = tr(_RELATION_WORDS[RelationKind(kind)])
    if explanation.pair.relation == kind:
        words += tr(" (found by rule)")
    return words


__all__ = [
    "differing",
    "pair_lines",
    "reason_lines",
    "reason_strip",
    "relation_words",
    "verdict_line",
]
