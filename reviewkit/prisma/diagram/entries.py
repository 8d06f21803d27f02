"""The lines of a box: a label with the count of one flow,
or with the counts of two side by side.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from reviewkit.model.flow import Count, Flow, Tally
from reviewkit.prisma.diagram.shapes import BoxEntry
from reviewkit.prisma.diagram.template import Template
from reviewkit.prisma.diagram.wording import ABSENT, Words
from reviewkit.prisma.diagram.wrap import NBSP, clean

Tallies = tuple[Tally, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is drawn: one flow, or two side by side, in the words of a language.

    `detail` lists each source.
    """

    flows: tuple[Flow, ...]
    words: Words
    template: Template
    detail: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One flow's part of a line: its count, or why there is none.

    `absent`: the flow has no such line. `not_yet`: a search of one's own review that is still to
    be run; `not_run`: one of a published review that could not be run. `not_repeated`: a step of a
    published review that its rerun does not take. `not_comparable`: a sum of which a part is not
    there.
    """

    n: Count = None
    not_yet: bool = False
    not_run: bool = False
    not_known: bool = False
    not_repeated: bool = False
    not_comparable: bool = False
    absent: bool = False

    def figure(self, words: Words) -> str:
        """Return the count, or the word for a missing one, as it appears beside another flow's."""
        if self.absent:
            return ABSENT
        if self.not_comparable:
            return words.label("not_comparable")
        if self.n is not None or not self._silence:
            return words.figure(self.n)
        return words.label(self._silence)

    @property
    def _silence(self) -> str:
        """Return the key of the word for a missing count; none where it is not reported."""
        silences = {
            "not_repeated": self.not_repeated,
            "not_yet": self.not_yet,
            "not_run": self.not_run,
            "not_known": self.not_known,
        }
        return next((key for key, applies in silences.items() if applies), "")

    @property
    def label_of_missing(self) -> str:
        """Return the key of the label that takes the place of a single count."""
        return f"{self._silence or 'not_reported'}_count"


def entry(
    subject: Subject, key: str, cells: tuple[Cell, ...], *, label: str, level: int
) -> BoxEntry:
    """Return the line of these cells under its label, which may be empty."""
    count = _count(subject.words, cells).replace(" ", NBSP)
    text = f"{clean(label)}{NBSP}{count}"
    counts = tuple(cell.n for cell in cells)
    return BoxEntry(key=key, text=text, level=level, bold=_differ(cells), counts=counts)


def count_entry(
    subject: Subject,
    key: str,
    *,
    count: Callable[[Flow], Count] | None = None,
    label: str = "",
    level: int = 0,
) -> BoxEntry:
    """Return the line of one count: the flow's field `key`, unless `count` reads another.

    Its label is that of `key`, unless another is passed.
    """

    def cell(flow: Flow) -> Cell:
        n: Count = count(flow) if count else getattr(flow, key)
        return Cell(
            n=n,
            not_known=_is_nothing_run(flow),
            not_repeated=key in flow.not_repeated,
            absent=key in flow.not_used,
            not_comparable=is_apart(subject, flow, key),
        )

    cells = tuple(cell(flow) for flow in subject.flows)
    return entry(subject, key, cells, label=label or subject.words.label(key), level=level)


def is_apart(subject: Subject, flow: Flow, key: str) -> bool:
    """Return whether a sum of the flow, drawn beside another flow, is not to be compared."""
    return len(subject.flows) > 1 and key in flow.not_comparable


def tally_entries(
    subject: Subject, key: str, read: Callable[[Flow], Tallies | None], level: int
) -> tuple[BoxEntry, ...]:
    """Return a line for each tally.

    Of two flows, tallies of the same label share a line, in the first flow's order.
    Two lines of one label in one flow are drawn apart, so that nothing is hidden.
    """
    lists = [read(flow) or () for flow in subject.flows]
    entries = []
    for label in _labels(lists):
        same_label = [_labelled(tallies, label) for tallies in lists]
        for number in range(max(map(len, same_label))):
            cells = tuple(
                _tally_cell(flow, tallies, number)
                for flow, tallies in zip(subject.flows, same_label, strict=True)
            )
            entries.append(entry(subject, key, cells, label=label, level=level))

    return tuple(entries)


def _labels(lists: Iterable[Tallies]) -> list[str]:
    """Return every label once, in the order of the lists."""
    labels: dict[str, None] = {}
    for tallies in lists:
        labels |= dict.fromkeys(tally.label.strip() for tally in tallies)
    return list(labels)


def _labelled(tallies: Tallies, label: str) -> Tallies:
    return tuple(tally for tally in tallies if tally.label.strip() == label)


def _tally_cell(flow: Flow, tallies: Tallies, number: int) -> Cell:
    if number >= len(tallies):
        return Cell(absent=True)

    tally = tallies[number]
    return Cell(n=tally.n, not_run=tally.not_run, not_yet=tally.not_run and flow.own_review)


def _count(words: Words, cells: tuple[Cell, ...]) -> str:
    """Return "(n = 3)", "(n = 3 | 4)" or why there is no count."""
    if len(cells) == 1 and cells[0].n is None:
        return words.label(cells[0].label_of_missing)

    figures = " | ".join(cell.figure(words) for cell in cells)
    return words.label("count").replace("{n}", figures)


def _differ(cells: tuple[Cell, ...]) -> bool:
    """Return whether two flows have different counts; one that reports nothing does not differ."""
    counts = [
        (cell.n, cell.absent)
        for cell in cells
        if (cell.n is not None or cell.absent) and not cell.not_comparable
    ]
    return len(counts) > 1 and counts[0] != counts[1]


def _is_nothing_run(flow: Flow) -> bool:
    """Return whether no search of the flow could be run: its missing counts are then not known."""
    searches = (*flow.databases, *flow.registers)
    return bool(searches) and all(tally.not_run for tally in searches)
