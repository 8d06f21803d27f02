"""Two records side by side, field by field, what differs marked word by word: pure texts."""

import re

from rapidfuzz.distance import LCSseq
from rich.text import Text

from reviewkit.dedupe import Explanation
from reviewkit.tui.readable import readable
from reviewkit.tui.text_pane import clip, wrap
from reviewkit.tui.text_parts import heading, marked, said
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


def differing(one: str, two: str) -> tuple[list[Stretch], list[Stretch]]:
    """The stretches of each text whose words the other has not at that place; case and end punctuation are equal."""
    first, second = list(_WORD.finditer(one)), list(_WORD.finditer(two))
    words = [[match[0].strip(".,;:()[]").casefold() for match in side] for side in (first, second)]
    only_first: list[Stretch] = []
    only_second: list[Stretch] = []
    for step in LCSseq.opcodes(words[0], words[1]):
        if step.tag == "equal":
            continue
        if step.src_end > step.src_start:
            only_first.append((first[step.src_start].start(), first[step.src_end - 1].end()))
        if step.dest_end > step.dest_start:
            only_second.append((second[step.dest_start].start(), second[step.dest_end - 1].end()))
    return only_first, only_second


def pair_lines(view: PairView, theme: Theme, width: int, *, tight: bool) -> list[Text]:
    """The two records, each field as both print it, its name between them.

    "=" where they agree, "≠" where not, "·" where one is silent. `tight` leaves no blank lines.
    """
    column = (width - _MIDDLE) // 2
    lines = _beside(
        said(view.first.key, theme.quiet), said(view.second.key, theme.quiet), column, Text("")
    )
    lines.append(Text("─" * width, style=theme.rule))
    for field in view.explanation.fields:
        one, two = differing(field.value_a, field.value_b)
        silent = not field.value_a or not field.value_b
        sign, style = (
            ("·", theme.quiet)
            if silent
            else ("≠", theme.doubt)
            if one or two
            else ("=", theme.good)
        )
        name = Text.assemble((f"{sign} ", style), (field.name.replace("_", " "), theme.label))
        left = _value(field.value_a, [] if silent else one, theme)
        right = _value(field.value_b, [] if silent else two, theme)
        lines += _beside(left, right, column, name)
        lines += [] if tight else [Text("")]
    return lines


def _value(text: str, spans: list[Stretch], theme: Theme) -> Text:
    if not text:
        return Text("not given", style=theme.quiet)
    return marked(text, [(start, end, theme.changed) for start, end in spans], theme.text)


def _beside(left: Text, right: Text, column: int, name: Text) -> list[Text]:
    one, two = wrap(left, column) or [Text("")], wrap(right, column) or [Text("")]
    lines = []
    for place in range(max(len(one), len(two))):
        first = clip(one[place], column) if place < len(one) else Text("")
        second = clip(two[place], column) if place < len(two) else Text("")
        middle = clip(name, _MIDDLE - 3) if place == 0 else Text("")
        gap = " " * (_MIDDLE - 2 - middle.cell_len)
        lines.append(
            Text.assemble(first, " " * (column - first.cell_len), "  ", middle, gap, second)
        )
    return lines


def reason_lines(view: PairView, theme: Theme, width: int) -> list[Text]:
    """Why the pair waits for a person: the rule in words, the score, and what counted for and against."""
    lines = [*wrap(verdict_line(view, theme), width), Text("")]
    lines.append(heading("What counted", theme))
    for reason in view.explanation.reasons[:_MOST_REASONS]:
        style, words = (
            (theme.good, "for one record") if reason.worth > 0 else (theme.bad, "for two")
        )
        text = Text.assemble(
            (f"{reason.worth:+.1f} ", style),
            (f"{reason.field}: {reason.words}", theme.text),
            (f", {words}", theme.quiet),
        )
        lines += wrap(text, width)
    return lines


def reason_strip(view: PairView, theme: Theme, width: int) -> list[Text]:
    """The same in few lines."""
    parts = [f"{r.worth:+.1f} {r.field}: {r.words}" for r in view.explanation.reasons]
    return [
        *wrap(verdict_line(view, theme), width),
        *wrap(Text(" · ".join(parts), style=theme.quiet), width),
    ]


def verdict_line(view: PairView, theme: Theme) -> Text:
    how = f"score {view.score:.2f} of 1"
    return Text.assemble(
        ("Left to you: ", theme.label),
        (readable(view.words), theme.text),
        (f"  {how}", theme.quiet),
    )


def relation_words(explanation: Explanation, kind: str) -> str:
    """A relation as a sentence about the two sides: "left is a preprint of right"."""
    name = kind.replace("_", " ")
    told = {
        "of": f"left is a {name} right",
        "on": f"left is a {name} right",
        "to": "left and right belong together",
    }
    words = told.get(name.rpartition(" ")[2]) or f"right is a {name.removeprefix('has ')} of left"
    if name == "has comment":
        words = "right is a comment on left"
    words = words.replace(" a abstract", " a meeting abstract").replace(" a update", " an update")
    words = words.replace(" a erratum", " an erratum")
    return f"{words} (found by rule)" if explanation.pair.relation == kind else words


__all__ = [
    "differing",
    "pair_lines",
    "reason_lines",
    "reason_strip",
    "relation_words",
    "verdict_line",
]
