"""The text of each box of the four official PRISMA 2020 templates: of one flow, or of two.

It knows the templates and the wording, nothing of sizes. Source: Page MJ et al. BMJ 2021;372:n71.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from reviewkit.model.flow import Count, Flow, Tally, total
from reviewkit.prisma.diagram.entries import (
    Cell,
    Subject,
    Tallies,
    count_entry,
    entry,
    is_apart,
    tally_entries,
)
from reviewkit.prisma.diagram.shapes import BoxEntry, Content

# The lines of the other arm that the template names; flows carry them under their English names.
OTHER_SOURCES = {
    "websites": "website_results",
    "organisations": "organisation_results",
    "organizations": "organisation_results",
    "citation searching": "citations_results",
}


def contents(subject: Subject) -> tuple[Content, ...]:
    """Return the boxes of the subject's template, in reading order."""
    boxes = list(_main_arm(subject))
    if subject.template.other:
        boxes.extend(_other_arm(subject))
    if subject.template.updated:
        boxes = [_previous_version(subject), *boxes, _all_versions(subject)]
    boxes.extend(_meta_analysis(subject))
    return tuple(boxes)


def uses_automation(flow: Flow) -> bool:
    """Return whether automation tools excluded records of the flow, before or during screening."""
    return bool(flow.excluded_automatic) or bool(flow.records_excluded_automatic)


def is_split(subject: Subject) -> bool:
    """Return whether the template's ** applies: tools excluded records, and how many is known.

    It does not apply to a rerun in which nobody excludes.
    """
    used = any(
        uses_automation(flow) and "records_excluded" not in flow.not_repeated
        for flow in subject.flows
    )
    return used and any(flow.records_excluded_automatic is not None for flow in subject.flows)


def databases_total(flow: Flow) -> Count:
    """Return the records from databases: as stated, or the sum of the list where each is known."""
    if flow.database_results is not None or not flow.databases:
        return flow.database_results
    return total(flow.databases)


def registers_total(flow: Flow) -> Count:
    """Return the records from registers: as stated, or the sum of the list where each is known."""
    if flow.register_results is not None or not flow.registers:
        return flow.register_results
    return total(flow.registers)


def _main_arm(subject: Subject) -> tuple[Content, ...]:
    def content(key: str, column: str, row: int, *entries: BoxEntry) -> Content:
        plain = Content(key=key, column=column, row=row, entries=entries)
        return _marked(subject, plain)

    screened = (
        count_entry(subject, "records_screened"),
        *_left_to_screen(subject),
        *_waiting(subject, "unscreened_by_rule"),
    )
    assessed = (count_entry(subject, "dbr_assessed"), *_waiting(subject, "awaiting_assessment"))

    return (
        content("box2", "main", 1, *_identified(subject)),
        content("box3", "side", 1, *_removed(subject)),
        content("box4", "main", 2, *screened),
        content("box5", "side", 2, *_screened_out(subject)),
        content("box6", "main", 3, count_entry(subject, "dbr_sought_reports")),
        content("box7", "side", 3, count_entry(subject, "dbr_notretrieved_reports")),
        content("box8", "main", 4, *assessed),
        content("box9", "side", 4, *_excluded(subject, "dbr_excluded")),
        content("box10", "main", 5, *_included(subject)),
    )


def _other_arm(subject: Subject) -> tuple[Content, ...]:
    def content(key: str, column: str, row: int, *entries: BoxEntry) -> Content:
        plain = Content(key=key, column=column, row=row, entries=entries, optional=True)
        return _marked(subject, plain)

    assessed = (
        count_entry(subject, "other_assessed"),
        *_waiting(subject, "other_awaiting_assessment"),
    )

    return (
        content("box11", "other", 1, *_other_identified(subject), *_other_not_sought(subject)),
        content("box12", "other", 3, count_entry(subject, "other_sought_reports")),
        content("box13", "other_side", 3, count_entry(subject, "other_notretrieved_reports")),
        content("box14", "other", 4, *assessed),
        content("box15", "other_side", 4, *_excluded(subject, "other_excluded")),
    )


def _previous_version(subject: Subject) -> Content:
    entries = (
        count_entry(subject, "previous_studies"),
        count_entry(subject, "previous_reports"),
    )
    return Content(key="box1", column="previous", row=1, entries=entries, optional=True)


def _all_versions(subject: Subject) -> Content:
    entries = (count_entry(subject, "total_studies"), count_entry(subject, "total_reports"))
    return Content(key="box16", column="main", row=6, entries=entries, optional=True)


def _meta_analysis(subject: Subject) -> tuple[Content, ...]:
    """Return the box of the PRISMA2020 R package for what was pooled, where a flow has one."""
    keys = [
        key
        for key in ("total_studies_ma", "total_reports_ma")
        if any(getattr(flow, key) is not None for flow in subject.flows)
    ]
    if not keys:
        return ()
    entries = tuple(count_entry(subject, key) for key in keys)
    return (Content(key="box17", column="main", row=7, entries=entries, optional=True),)


def _identified(subject: Subject) -> tuple[BoxEntry, ...]:
    return (
        BoxEntry(key="identified", text=subject.words.label("identified")),
        *_searches(subject, "database_results", databases_total, _databases),
        *_searches(subject, "register_results", registers_total, _registers),
        *tally_entries(subject, "stand_ins", lambda flow: flow.stand_ins, 1),
    )


def _databases(flow: Flow) -> Tallies:
    return _not_run_beside_stand_ins(flow, flow.databases)


def _registers(flow: Flow) -> Tallies:
    return _not_run_beside_stand_ins(flow, flow.registers)


def _not_run_beside_stand_ins(flow: Flow, tallies: Tallies) -> Tallies:
    """Return the tallies; where a list stands in for the searches, none of them could be run."""
    if not flow.stand_ins:
        return tallies
    return tuple(replace(tally, not_run=True) for tally in tallies)


def _searches(
    subject: Subject,
    key: str,
    count: Callable[[Flow], Count],
    read: Callable[[Flow], Tallies],
) -> tuple[BoxEntry, ...]:
    """Return the line of all databases (or registers) and, in detail, one for each.

    Where a list stands in for the searches, an unknown total could not be run,
    and a kind of source that was not to be searched has no line. Nor has one that is not in the
    protocol of one's own review.
    """

    def cell(flow: Flow) -> Cell:
        unknown = bool(flow.stand_ins) and count(flow) is None
        is_counted = flow.own_review or bool(flow.not_repeated)
        absent = (unknown or is_counted) and not read(flow)
        absent = absent or key in flow.not_used
        not_run = bool(flow.stand_ins) or any(tally.not_run for tally in read(flow))
        return Cell(
            n=count(flow),
            not_run=not_run,
            not_yet=not_run and flow.own_review,
            absent=absent,
            not_comparable=is_apart(subject, flow, key),
        )

    cells = tuple(cell(flow) for flow in subject.flows)
    if all(cell.absent for cell in cells):
        return ()

    whole = entry(subject, key, cells, label=subject.words.label(key), level=1)
    if not subject.detail:
        return (whole,)
    return (whole, *tally_entries(subject, f"{key}_specific", read, 2))


def _removed(subject: Subject) -> tuple[BoxEntry, ...]:
    entries = [
        BoxEntry(key="removed", text=subject.words.label("removed")),
        count_entry(subject, "duplicates", level=1),
    ]
    # PRISMA's line on automation applies where it was used; an unreported count may hide its use.
    unused = _is_unused(subject, "excluded_automatic")
    silent = any(flow.excluded_automatic is None for flow in subject.flows)
    if any(uses_automation(flow) for flow in subject.flows) or (silent and not unused):
        entries.append(count_entry(subject, "excluded_automatic", level=1))
    if not _is_unused(subject, "excluded_other"):
        entries.append(count_entry(subject, "excluded_other", level=1))
    if any(flow.already_screened for flow in subject.flows):
        entries.append(count_entry(subject, "already_screened", level=1))

    return tuple(entries)


def _marked(subject: Subject, content: Content) -> Content:
    """Return the box, marked where a rerun does not take its step; not beside another flow."""
    if len(subject.flows) > 1:
        return content

    silences = set(subject.flows[0].not_repeated)
    silent = [entry.key in silences for entry in content.entries]
    return replace(content, pale=all(silent), silent=any(silent))


def _left_to_screen(subject: Subject) -> tuple[BoxEntry, ...]:
    """Return the line of records that nobody has screened; in a rerun nobody is to screen them."""
    if not any(flow.not_repeated or flow.included_works for flow in subject.flows):
        return _waiting(subject, "awaiting_screening")

    label = subject.words.label("left_to_screen")
    return (count_entry(subject, "awaiting_screening", label=label),)


def _is_unused(subject: Subject, key: str) -> bool:
    """Return whether no flow used this optional line."""
    return all(key in flow.not_used for flow in subject.flows)


def _waiting(subject: Subject, key: str) -> tuple[BoxEntry, ...]:
    """Return the line of records that wait, where there are any."""
    if not any(getattr(flow, key) for flow in subject.flows):
        return ()
    return (count_entry(subject, key),)


def _screened_out(subject: Subject) -> tuple[BoxEntry, ...]:
    """Return the records excluded, and their reasons where they are reported."""
    mark = "**" if is_split(subject) else ""
    label = subject.words.label("records_excluded", mark=mark)
    reasons = tally_entries(
        subject, "records_excluded_reasons", lambda flow: flow.records_excluded_reasons, 1
    )
    return (count_entry(subject, "records_excluded", label=label), *reasons)


def _excluded(subject: Subject, key: str) -> tuple[BoxEntry, ...]:
    """Return the reasons under their heading,
    or the heading with the count where none has a name.
    """

    def read(flow: Flow) -> Tallies | None:
        reasons: Tallies | None = getattr(flow, key)
        return reasons

    lists = [read(flow) for flow in subject.flows]
    counted = count_entry(subject, key, count=lambda flow: total(read(flow)))
    if not any(_is_any_named(tallies) for tallies in lists):
        return (counted,)

    reasons = tally_entries(subject, key, read, 1)
    if any(tallies is None for tallies in lists):
        return (counted, *reasons)
    return (BoxEntry(key=key, text=f"{subject.words.label(key)}:"), *reasons)


def _is_any_named(tallies: Tallies | None) -> bool:
    return any(tally.label.strip() for tally in tallies or ())


def _other_identified(subject: Subject) -> tuple[BoxEntry, ...]:
    words = subject.words
    if not any(flow.other_sources for flow in subject.flows):
        label = words.label("other_identified").rstrip(":")
        return (count_entry(subject, "other_identified", label=label, count=_other_total),)

    def in_words(flow: Flow) -> Tallies:
        return tuple(_translated(tally, words.labels) for tally in flow.other_sources)

    heading = BoxEntry(key="other_identified", text=words.label("other_identified"))

    return (heading, *tally_entries(subject, "other_sources", in_words, 1))


def _other_not_sought(subject: Subject) -> tuple[BoxEntry, ...]:
    """Return the lines of what was screened and led to no report that is sought."""
    lines: list[BoxEntry] = []
    for key in ("other_screened_out", "other_awaiting_screening", "other_unscreened_by_rule"):
        lines.extend(_waiting(subject, key))
    return tuple(lines)


def _other_total(flow: Flow) -> Count:
    return total(flow.other_sources or None)


def _translated(tally: Tally, labels: Mapping[str, str]) -> Tally:
    """Return the tally under the label of the language, where the template names its source."""
    key = OTHER_SOURCES.get(tally.label.strip().casefold())
    if key is None:
        return tally
    return Tally(label=labels[key], n=tally.n)


def _included(subject: Subject) -> tuple[BoxEntry, ...]:
    suffix = "_updated" if subject.template.updated else ""
    counted = tuple(
        count_entry(subject, key, label=subject.words.label(key + suffix))
        for key in ("new_studies", "new_reports")
    )
    kinds = tally_entries(subject, "study_kinds", lambda flow: flow.study_kinds, 1)
    counted = (counted[0], *kinds, *counted[1:])
    if any(flow.new_participants is not None for flow in subject.flows):
        counted = (*counted, count_entry(subject, "new_participants"))
    works = tuple(
        # Only a rerun has these lines: there is nothing that they differ from.
        replace(line, bold=False)
        for line in tally_entries(subject, "included_works", _works_in_words(subject), 1)
    )
    if not works:
        return counted
    heading = BoxEntry(key="included_works", text=subject.words.label("included_works"))
    return (*counted, heading, *works)


def _works_in_words(subject: Subject) -> Callable[[Flow], Tallies]:
    def read(flow: Flow) -> Tallies:
        return tuple(
            replace(tally, label=subject.words.label(tally.label)) for tally in flow.included_works
        )

    return read
