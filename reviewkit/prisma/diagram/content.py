"""What each box of the four official PRISMA 2020 templates says for a flow, or for two side by side. Pure.

Knows the templates and the wording, nothing of sizes. Source: Page MJ et al. BMJ 2021;372:n71.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from reviewkit.model.errors import UsageError
from reviewkit.model.flow import Count, Flow, Tally, total
from reviewkit.prisma.diagram.shapes import BoxEntry, Content
from reviewkit.prisma.diagram.wording import ABSENT, Words
from reviewkit.prisma.diagram.wrap import NBSP, clean

# The lines of the other arm that the template names; flows carry them under their English names.
OTHER_SOURCES = {
    "websites": "website_results",
    "organisations": "organisation_results",
    "organizations": "organisation_results",
    "citation searching": "citations_results",
}


class Template(StrEnum):
    NEW = "new"
    NEW_OTHER = "new-other"
    UPDATED = "updated"
    UPDATED_OTHER = "updated-other"

    @property
    def updated(self) -> bool:
        return self in {Template.UPDATED, Template.UPDATED_OTHER}

    @property
    def other(self) -> bool:
        return self in {Template.NEW_OTHER, Template.UPDATED_OTHER}


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is drawn: one flow, or two that are set side by side, and in which words."""

    flows: tuple[Flow, ...]
    words: Words
    template: Template
    detail: bool


def choose_template(name: str, flows: tuple[Flow, ...]) -> Template:
    """The template called `name`; "auto" takes the smallest that has a box for every count of the flows.

    Raises UsageError for another name.
    """
    if name == "auto":
        updated = any(flow.updated for flow in flows)
        other = any(flow.has_other_arm for flow in flows)
        return Template(("updated" if updated else "new") + ("-other" if other else ""))
    if name not in set(Template):
        raise UsageError(
            f"no template called {name!r}", hint=f"templates: auto, {', '.join(Template)}"
        )
    return Template(name)


def databases_total(flow: Flow) -> Count:
    """The records from databases: as stated, else the sum of the databases where each is known."""
    return (
        flow.database_results
        if flow.database_results is not None or not flow.databases
        else total(flow.databases)
    )


def registers_total(flow: Flow) -> Count:
    """The records from registers: as stated, else the sum of the registers where each is known."""
    return (
        flow.register_results
        if flow.register_results is not None or not flow.registers
        else total(flow.registers)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cell:
    """One flow's side of a line: its count, or why there is none. `absent`: the flow has no such line."""

    n: Count = None
    not_run: bool = False
    not_known: bool = False
    absent: bool = False

    def figure(self, words: Words) -> str:
        if self.absent:
            return ABSENT
        if self.n is None and (self.not_run or self.not_known):
            return words.label("not_run" if self.not_run else "not_known")
        return words.figure(self.n)

    @property
    def why_unknown(self) -> str:
        """The label that stands in the place of a single count."""
        return (
            "not_run_count"
            if self.not_run
            else "not_known_count"
            if self.not_known
            else "not_reported_count"
        )


def _differ(cells: tuple[_Cell, ...]) -> bool:
    """Whether two flows say different things; one that says nothing does not differ."""
    said = [(cell.n, cell.absent) for cell in cells if cell.n is not None or cell.absent]
    return len(said) > 1 and said[0] != said[1]


def _entry(
    subject: Subject, key: str, label: str, cells: tuple[_Cell, ...], level: int
) -> BoxEntry:
    words = subject.words
    unknown = len(cells) == 1 and cells[0].n is None
    if unknown:
        count = words.label(cells[0].why_unknown)
    else:
        count = words.label("count").replace(
            "{n}", " | ".join(cell.figure(words) for cell in cells)
        )
    text = f"{clean(label)}{NBSP}{count.replace(' ', NBSP)}"
    return BoxEntry(key=key, text=text, level=level, bold=_differ(cells))


def _line(
    subject: Subject,
    key: str,
    *,
    count: Callable[[Flow], Count] | None = None,
    level: int = 0,
    label: str = "",
) -> BoxEntry:
    """The line of one count, under its own label unless another is given."""
    read = count or (lambda flow: getattr(flow, key))
    cells = tuple(_Cell(n=read(flow), not_known=_nothing_run(flow)) for flow in subject.flows)
    return _entry(subject, key, label or subject.words.label(key), cells, level)


def _nothing_run(flow: Flow) -> bool:
    """Whether no search of the flow could be run, so that a count it lacks is not one that was not reported."""
    searches = (*flow.databases, *flow.registers)
    return bool(searches) and all(tally.not_run for tally in searches)


def _tallies(
    subject: Subject, key: str, read: Callable[[Flow], tuple[Tally, ...] | None], level: int
) -> tuple[BoxEntry, ...]:
    """A line for each tally. Of two flows, tallies of the same label share a line, in the first flow's order."""
    lists = [read(flow) or () for flow in subject.flows]
    entries = []
    for label in dict.fromkeys(tally.label.strip() for tallies in lists for tally in tallies):
        found = [[tally for tally in tallies if tally.label.strip() == label] for tallies in lists]
        # Two lines of one label in one flow: drawn apart, so that nothing is hidden.
        for number in range(max(map(len, found))):
            cells = tuple(
                _Cell(n=same[number].n, not_run=same[number].not_run)
                if number < len(same)
                else _Cell(absent=True)
                for same in found
            )
            entries.append(_entry(subject, key, label, cells, level))
    return tuple(entries)


def _searches(
    subject: Subject,
    key: str,
    count: Callable[[Flow], Count],
    read: Callable[[Flow], tuple[Tally, ...]],
) -> tuple[BoxEntry, ...]:
    """The line of all databases (or registers) and, in detail, one for each.

    Where a list stands in for the searches, an unknown total is one that could not be run, and a kind of source
    that was not to be searched has no line.
    """

    def cell(flow: Flow) -> _Cell:
        absent = bool(flow.stand_ins) and count(flow) is None and not read(flow)
        not_run = bool(flow.stand_ins) or any(tally.not_run for tally in read(flow))
        return _Cell(n=count(flow), not_run=not_run, absent=absent)

    cells = tuple(map(cell, subject.flows))
    if all(one.absent for one in cells):
        return ()
    whole = _entry(subject, key, subject.words.label(key), cells, 1)
    return (whole, *(_tallies(subject, f"{key}_specific", read, 2) if subject.detail else ()))


def _identified(subject: Subject) -> tuple[BoxEntry, ...]:
    def runs(flow: Flow, tallies: tuple[Tally, ...]) -> tuple[Tally, ...]:
        return tuple(
            replace(tally, not_run=tally.not_run or bool(flow.stand_ins)) for tally in tallies
        )

    mark = "*" if wants_star(subject) else ""
    return (
        BoxEntry(key="identified", text=subject.words.label("identified", mark=mark)),
        *_searches(
            subject, "database_results", databases_total, lambda flow: runs(flow, flow.databases)
        ),
        *_searches(
            subject, "register_results", registers_total, lambda flow: runs(flow, flow.registers)
        ),
        *_tallies(subject, "stand_ins", lambda flow: flow.stand_ins, 1),
    )


def wants_star(subject: Subject) -> bool:
    """Whether the template's * applies: some flow's records are not broken down by database."""
    return any(
        not (subject.detail and (flow.databases or flow.stand_ins)) and databases_total(flow) != 0
        for flow in subject.flows
    )


def used_automation(flow: Flow) -> bool:
    """Whether the flow reports records that automation tools excluded, before or during screening."""
    return bool(flow.excluded_automatic) or bool(flow.records_excluded_automatic)


def _removed(subject: Subject) -> tuple[BoxEntry, ...]:
    entries = [
        BoxEntry(key="removed", text=subject.words.label("removed")),
        _line(subject, "duplicates", level=1),
    ]
    # PRISMA's line on automation applies where automation was used; an unreported count may hide its use.
    if any(used_automation(flow) or flow.excluded_automatic is None for flow in subject.flows):
        entries.append(_line(subject, "excluded_automatic", level=1))
    entries.append(_line(subject, "excluded_other", level=1))
    if any(flow.already_screened for flow in subject.flows):
        entries.append(_line(subject, "already_screened", level=1))
    return tuple(entries)


def _waiting(subject: Subject, key: str) -> tuple[BoxEntry, ...]:
    shown = any(getattr(flow, key) for flow in subject.flows)
    return (_line(subject, key),) if shown else ()


def _not_screened(subject: Subject) -> tuple[BoxEntry, ...]:
    return (*_waiting(subject, "awaiting_screening"), *_waiting(subject, "unscreened_by_rule"))


def _excluded(subject: Subject, key: str) -> tuple[BoxEntry, ...]:
    """The reasons under their heading; without any reason, the heading with the count."""

    def read(flow: Flow) -> tuple[Tally, ...] | None:
        reasons: tuple[Tally, ...] | None = getattr(flow, key)
        return reasons

    # No reasons, or one number without any.
    if not any(tally.label.strip() for flow in subject.flows for tally in read(flow) or ()):
        return (_line(subject, key, count=lambda flow: total(read(flow))),)
    reasons = _tallies(subject, key, read, 1)
    if any(read(flow) is None for flow in subject.flows):
        return (_line(subject, key, count=lambda flow: total(read(flow))), *reasons)
    return (BoxEntry(key=key, text=f"{subject.words.label(key)}:"), *reasons)


def _screened_out(subject: Subject) -> tuple[BoxEntry, ...]:
    mark = "**" if any(used_automation(flow) for flow in subject.flows) else ""
    return (
        _line(
            subject, "records_excluded", label=subject.words.label("records_excluded", mark=mark)
        ),
    )


def _other_identified(subject: Subject) -> tuple[BoxEntry, ...]:
    words = subject.words

    def in_words(flow: Flow) -> tuple[Tally, ...]:
        return tuple(
            Tally(label=words.label(OTHER_SOURCES.get(t.label.strip().casefold(), "")), n=t.n)
            if t.label.strip().casefold() in OTHER_SOURCES
            else t
            for t in flow.other_sources
        )

    if not any(flow.other_sources for flow in subject.flows):
        label = words.label("other_identified").rstrip(":")
        return (
            _line(
                subject,
                "other_identified",
                label=label,
                count=lambda flow: total(flow.other_sources or None),
            ),
        )
    heading = BoxEntry(key="other_identified", text=words.label("other_identified"))
    return (heading, *_tallies(subject, "other_sources", in_words, 1))


def _included(subject: Subject) -> tuple[BoxEntry, ...]:
    suffix = "_updated" if subject.template.updated else ""
    return tuple(
        _line(subject, key, label=subject.words.label(key + suffix))
        for key in ("new_studies", "new_reports")
    )


def _main_arm(subject: Subject) -> tuple[Content, ...]:
    def content(key: str, column: str, row: int, *entries: BoxEntry) -> Content:
        return Content(key=key, column=column, row=row, entries=entries)

    return (
        content("box2", "main", 1, *_identified(subject)),
        content("box3", "side", 1, *_removed(subject)),
        content("box4", "main", 2, _line(subject, "records_screened"), *_not_screened(subject)),
        content("box5", "side", 2, *_screened_out(subject)),
        content("box6", "main", 3, _line(subject, "dbr_sought_reports")),
        content("box7", "side", 3, _line(subject, "dbr_notretrieved_reports")),
        content(
            "box8",
            "main",
            4,
            _line(subject, "dbr_assessed"),
            *_waiting(subject, "awaiting_assessment"),
        ),
        content("box9", "side", 4, *_excluded(subject, "dbr_excluded")),
        content("box10", "main", 5, *_included(subject)),
    )


def _other_arm(subject: Subject) -> tuple[Content, ...]:
    def content(key: str, column: str, row: int, *entries: BoxEntry) -> Content:
        return Content(key=key, column=column, row=row, entries=entries, optional=True)

    return (
        content("box11", "other", 1, *_other_identified(subject)),
        content("box12", "other", 3, _line(subject, "other_sought_reports")),
        content("box13", "other_side", 3, _line(subject, "other_notretrieved_reports")),
        content(
            "box14",
            "other",
            4,
            _line(subject, "other_assessed"),
            *_waiting(subject, "other_awaiting_assessment"),
        ),
        content("box15", "other_side", 4, *_excluded(subject, "other_excluded")),
    )


def _versions(subject: Subject) -> tuple[Content, ...]:
    previous = tuple(_line(subject, key) for key in ("previous_studies", "previous_reports"))
    whole = tuple(_line(subject, key) for key in ("total_studies", "total_reports"))
    return (
        Content(key="box1", column="previous", row=1, entries=previous, optional=True),
        Content(key="box16", column="main", row=6, entries=whole, optional=True),
    )


def contents(subject: Subject) -> tuple[Content, ...]:
    """The boxes of the subject's template, in reading order."""
    boxes = list(_main_arm(subject))
    if subject.template.other:
        boxes.extend(_other_arm(subject))
    if subject.template.updated:
        previous, whole = _versions(subject)
        boxes = [previous, *boxes, whole]
    return tuple(boxes)


def headers(subject: Subject) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """The headings over the columns: key, text, the columns each spans. Keys as in the PRISMA2020 R package."""
    label = subject.words.label
    version = "updated" if subject.template.updated else "new"
    found: list[tuple[str, str, tuple[str, ...]]] = [
        ("newstud", label(f"header_{version}"), ("main", "side"))
    ]
    if subject.template.updated:
        found.insert(0, ("prevstud", label("header_previous"), ("previous",)))
    if subject.template.other:
        found.append(("othstud", label(f"header_other_{version}"), ("other", "other_side")))
    return tuple(found)


def arrows(template: Template) -> tuple[tuple[str, str], ...]:
    """The template's arrows as pairs of box keys. None leaves a header."""
    found = [
        ("box2", "box3"),
        ("box2", "box4"),
        ("box4", "box5"),
        ("box4", "box6"),
        ("box6", "box7"),
    ]
    found += [("box6", "box8"), ("box8", "box9"), ("box8", "box10")]
    if template.other:
        found += [
            ("box11", "box12"),
            ("box12", "box13"),
            ("box12", "box14"),
            ("box14", "box15"),
            ("box14", "box10"),
        ]
    if template.updated:
        found += [("box1", "box16"), ("box10", "box16")]
    return tuple(found)
