"""The report's sections on what differs between review and rerun, and what is still open. Pure."""

from collections.abc import Iterator

from reviewkit.model.messages import day, recognise, tr, tr_n
from reviewkit.model.records import Answer
from reviewkit.protocol.model import Protocol
from reviewkit.report.model import Block, Cell, Section
from reviewkit.report.words import (
    bullets,
    count,
    difference,
    identifiers,
    lower_first,
    records,
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
    return Section(id="differences", title=tr("The differences, record by record"), parts=parts)


def _difference(item: SourceDifference) -> Iterator[Block]:
    yield from bullets((*_counts(item), *_dates(item), *_unexplained(item)))
    rows = [
        (
            Cell(text=record.title, links=identifiers(record.doi, record.pmid)),
            tr(record.why),
            recognise(record.evidence),
        )
        for record in item.records
    ]
    name = tr("Records of {source} that explain its difference", source=item.name)
    yield from table(name, [tr("Record"), tr("Why"), tr("Evidence")], rows)


def _counts(item: SourceDifference) -> Iterator[str]:
    if item.difference is None:
        yield tr(
            "{records} in the rerun; the review does not report how many it found here.",
            records=records(item.rerun),
        )
    else:
        yield tr(
            "{reported} reported, {rerun} in the rerun: {change}.",
            reported=count(item.reported),
            rerun=count(item.rerun),
            change=difference(item.reported, item.rerun),
        )


def _dates(item: SourceDifference) -> Iterator[str]:
    if item.date is None:
        yield tr(
            "The date of the search is not known, "
            "so it is not known which records were added later."
        )
        return

    basis = recognise(item.date_basis)
    yield tr("Taken as the day of the search: {day} ({basis}).", day=day(item.date), basis=basis)
    yield tr(
        "Of the rerun's records, added or given their headings after that day: {n}.",
        n=len(item.records),
    )
    if item.undated:
        yield tr_n(
            item.undated,
            "{n} record has no create date and cannot be placed.",
            "{n} records have no create date and cannot be placed.",
        )


def _unexplained(item: SourceDifference) -> Iterator[str]:
    if item.unexplained:
        yield tr_n(
            item.unexplained,
            "Unexplained: {n} record. The review does not publish the "
            "list of records that it found, so it cannot be named.",
            "Unexplained: {n} records. The review does not publish the "
            "list of records that it found, so these cannot be named.",
        )
    elif item.difference:
        yield tr("Unexplained: none.")


def open_questions_section(
    protocol: Protocol, reproduction: Reproduction, *, reported: bool
) -> Section:
    """Return what could not be reproduced, or is still open, and why."""
    items = [*_searches(reproduction, reported=reported)]
    if not reported:
        return Section(id="open", title=tr("What is still open"), blocks=bullets(items))

    items += _stand_in(reproduction)
    items += _silent_boxes(reproduction)
    items += _selection(protocol, reproduction)
    items += _remaining_differences(reproduction)
    title = tr("What could not be reproduced, and why")

    return Section(id="open", title=title, blocks=bullets(items))


def _searches(reproduction: Reproduction, *, reported: bool) -> Iterator[str]:
    for source in reproduction.sources:
        if source.run is None and not reported:
            yield _search(source.name, tr(source.verdict))
        elif source.run is None:
            yield _search(source.name, recognise(source.why_not or ""))
        elif reported and source.verdict is SourceVerdict.NOT_COMPARABLE:
            yield tr(
                "The count of {source}: run, but the review does not report its own.",
                source=source.name,
            )


def _search(source: str, why: str) -> str:
    return tr("The search of {source}: {why}.", source=source, why=why)


def _stand_in(reproduction: Reproduction) -> Iterator[str]:
    stand_in = reproduction.stand_in
    if stand_in:
        yield tr(
            "What the searches would return: {list} ({n}) stand in for them, and do not show it.",
            list=lower_first(stand_in.label),
            n=stand_in.n or 0,
        )


def _silent_boxes(reproduction: Reproduction) -> Iterator[str]:
    silent = [recognise(box.label) for box in reproduction.boxes if box.reported is None]
    if silent:
        yield tr(
            "Boxes that the review does not report, so that nothing can be compared: {boxes}.",
            boxes="; ".join(silent),
        )


def _selection(protocol: Protocol, reproduction: Reproduction) -> Iterator[str]:
    judged = [c for c in protocol.criteria if c.check.by == "person"]
    if judged and reproduction.works:
        listed = "; ".join(f"“{criterion.wording}”" for criterion in judged)
        who = tr("who judged is not noted in the protocol")
        if protocol.reported and protocol.reported.methods.reviewers:
            who = tr("the review says: {text}", text=protocol.reported.methods.reviewers)
        yield tr(
            "The judgement of people on {criteria}: not repeated; {who}.", criteria=listed, who=who
        )
    yield tr(
        "The selection: not repeated. The protocol has the review's included works, "
        "and no list of the records that it found."
    )


def _remaining_differences(reproduction: Reproduction) -> Iterator[str]:
    for item in reproduction.differences:
        if item.unexplained:
            yield tr_n(
                item.unexplained,
                "{source}: {n} record of the difference.",
                "{source}: {n} records of the difference.",
                source=item.name,
            )

    missed = sum(work.retrieved is Answer.NO for work in reproduction.works)
    if missed:
        yield tr(
            "{n} of {all} included studies are not returned by the searches that could be run.",
            n=missed,
            all=len(reproduction.works),
        )
