"""The report's sections on what differs between review and rerun, and what is still open. Pure."""

from collections.abc import Iterator

from reviewkit.model.records import Answer
from reviewkit.model.text import plural
from reviewkit.protocol.model import Protocol
from reviewkit.report.model import Block, Cell, Section
from reviewkit.report.words import (
    bullets,
    count,
    difference,
    identifiers,
    lower_first,
    number,
    table,
)
from reviewkit.reproduction.differences import SourceDifference
from reviewkit.reproduction.outcomes import Reproduction, SourceVerdict


def differences_section(reproduction: Reproduction) -> Section:
    """Return per source that was run: its difference, the records that explain it, and the rest."""
    parts = tuple(
        Section(id=f"difference-{position}", title=item.name, blocks=tuple(_difference(item)))
        for position, item in enumerate(reproduction.differences, 1)
    )
    return Section(id="differences", title="The differences, record by record", parts=parts)


def _difference(item: SourceDifference) -> Iterator[Block]:
    yield from bullets((*_counts(item), *_dates(item), *_unexplained(item)))
    rows = [
        (
            Cell(text=record.title, links=identifiers(record.doi, record.pmid)),
            record.why,
            record.evidence,
        )
        for record in item.records
    ]
    name = f"Records of {item.name} that explain its difference"
    yield from table(name, ["Record", "Why", "Evidence"], rows)


def _counts(item: SourceDifference) -> Iterator[str]:
    if item.difference is None:
        yield (
            f"{count(item.rerun)} records in the rerun; "
            "the review does not report how many it found here."
        )
    else:
        change = difference(item.reported, item.rerun)
        yield f"{count(item.reported)} reported, {count(item.rerun)} in the rerun: {change}."


def _dates(item: SourceDifference) -> Iterator[str]:
    if item.date is None:
        yield (
            "The date of the search is not known, "
            "so it is not known which records were added later."
        )
        return

    yield f"Taken as the day of the search: {item.date} ({item.date_basis})."
    yield (
        "Of the rerun's records, added or given their headings after that day: "
        f"{number(len(item.records))}."
    )
    if item.undated:
        yield f"{plural(item.undated, 'record')} have no create date and cannot be placed."


def _unexplained(item: SourceDifference) -> Iterator[str]:
    if item.unexplained:
        yield (
            f"Unexplained: {plural(item.unexplained, 'record')}. The review does not publish the "
            "list of records that it found, so these cannot be named."
        )
    elif item.difference:
        yield "Unexplained: none."


def open_questions_section(
    protocol: Protocol, reproduction: Reproduction, *, reported: bool
) -> Section:
    """Return what could not be reproduced, or is still open, and why."""
    items = [*_searches(reproduction, reported=reported)]
    if not reported:
        return Section(id="open", title="What is still open", blocks=bullets(items))

    items += _stand_in(reproduction)
    items += _silent_boxes(reproduction)
    items += _selection(protocol, reproduction)
    items += _remaining_differences(reproduction)
    title = "What could not be reproduced, and why"

    return Section(id="open", title=title, blocks=bullets(items))


def _searches(reproduction: Reproduction, *, reported: bool) -> Iterator[str]:
    for source in reproduction.sources:
        if source.run is None and not reported:
            yield f"The search of {source.name}: {source.verdict}."
        elif source.run is None:
            yield f"The search of {source.name}: {source.why_not}."
        elif reported and source.verdict is SourceVerdict.NOT_COMPARABLE:
            yield f"The count of {source.name}: run, but the review does not report its own."


def _stand_in(reproduction: Reproduction) -> Iterator[str]:
    stand_in = reproduction.stand_in
    if stand_in:
        yield (
            f"What the searches would return: {lower_first(stand_in.label)} "
            f"({number(stand_in.n or 0)}) stand in for them, and do not show it."
        )


def _silent_boxes(reproduction: Reproduction) -> Iterator[str]:
    silent = [box.label for box in reproduction.boxes if box.reported is None]
    if silent:
        yield (
            "Boxes that the review does not report, so that nothing can be compared: "
            f"{'; '.join(silent)}."
        )


def _selection(protocol: Protocol, reproduction: Reproduction) -> Iterator[str]:
    judged = [c for c in protocol.criteria if c.check.by == "person"]
    if judged and reproduction.works:
        listed = "; ".join(f"“{criterion.wording}”" for criterion in judged)
        who = "who judged is not noted in the protocol"
        if protocol.reported and protocol.reported.methods.reviewers:
            who = f"the review says: {protocol.reported.methods.reviewers}"
        yield f"The judgement of people on {listed}: not repeated; {who}."
    yield (
        "The selection: not repeated. The protocol has the review's included works, "
        "and no list of the records that it found."
    )


def _remaining_differences(reproduction: Reproduction) -> Iterator[str]:
    for item in reproduction.differences:
        if item.unexplained:
            yield f"{item.name}: {plural(item.unexplained, 'record')} of the difference."

    missed = sum(work.retrieved is Answer.NO for work in reproduction.works)
    if missed:
        yield (
            f"{missed} of {len(reproduction.works)} included studies are not returned "
            "by the searches that could be run."
        )
