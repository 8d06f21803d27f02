"""The report's sections on the searches: what was run, why counts differ, what could not be done. Pure."""

import hashlib
from collections.abc import Iterator, Sequence

from reviewkit.model.records import Answer, RunKind, SearchRun
from reviewkit.model.text import plural
from reviewkit.protocol.model import Origin, Protocol, SearchField, Strategy
from reviewkit.report.model import Block, Cell, Code, FactList, Paragraph, ReportKind, Section, Tone
from reviewkit.report.words import bullets, count, difference, identifiers, number, table
from reviewkit.reproduction.differences import SourceDifference
from reviewkit.reproduction.outcomes import (
    ReportingItem,
    Reproduction,
    SourceOutcome,
    SourceVerdict,
)

_ANSWERS = {"yes": Tone.GOOD, "partly": Tone.CLOSE, "no": Tone.BAD}


def runs(protocol: Protocol, made: Reproduction) -> Section:
    """Per source: the query as published, as compiled, as sent and as translated; when, where, how many, the hashes."""
    parts = tuple(
        Section(id=f"run-{position}", title=source.name, blocks=tuple(_run(protocol, source)))
        for position, source in enumerate(made.sources, 1)
    )
    return Section(id="runs", title="What was run", parts=parts)


def _run(protocol: Protocol, source: SourceOutcome) -> Iterator[Block]:
    strategy = protocol.primary
    yield from _published(strategy, source)
    if source.query:
        yield Code(label="Query as compiled", text=source.query)
    else:
        yield Paragraph(
            text="No query: reviewkit does not know this source's language, and the protocol prints none."
        )
    if source.run is None:
        yield Paragraph(text=f"Not run: {source.why_not}.")
        return
    if source.run.query != source.query:
        # An update leaves out the day that bounds the review's own search.
        why = (
            "by the update"
            if source.run.kind is RunKind.UPDATE
            else "the protocol has changed since"
        )
        yield Code(label=f"Query as sent; {why}", text=source.run.query)
    if source.run.translation:
        yield Code(label="As translated by the database", text=source.run.translation)
    yield FactList(pairs=_facts(source.run))
    yield from bullets(f"Warning of the database: {warning}" for warning in source.run.warnings)


def _published(strategy: Strategy | None, source: SourceOutcome) -> Iterator[Block]:
    if strategy is None:
        return
    where = f" ({strategy.where})" if strategy.where else ""
    printed = strategy.queries.get(source.source)
    if printed and strategy.origin is Origin.PUBLISHED:
        yield Code(label=f"Query as published{where}", text=printed)
    elif strategy.origin is Origin.PUBLISHED:
        yield Paragraph(text=f"As published{where}: {_in_words(strategy)}.")
    else:
        yield Paragraph(
            text=f"No query is published; this is a reading of the method{where}: {strategy.label}."
        )


def _in_words(strategy: Strategy) -> str:
    fields = {
        SearchField.HEADING: "as headings",
        SearchField.TITLE_ABSTRACT: "in title or abstract",
    }
    return (
        f"{strategy.label}, {fields[strategy.field]}"
        if strategy.field in fields
        else strategy.label
    )


def _facts(run: SearchRun) -> tuple[tuple[str, str], ...]:
    listed = hashlib.sha256("\n".join(run.identifiers).encode()).hexdigest()
    build = run.build or "not stated"
    if run.build_updated:
        build += f", updated {run.build_updated}"
    return (
        ("Searched", run.searched_at),
        ("Service", run.endpoint or "not stated"),
        ("Database build", build),
        ("Translation", "as above" if run.translation else "not stated by the database"),
        (
            "Count",
            f"{count(run.count, 'not stated')} by the source; {count(run.received, 'none')} records received",
        ),
        ("Without a record", ", ".join(run.missing) or "none"),
        ("SHA-256 of the query", hashlib.sha256(run.query.encode()).hexdigest()),
        (
            "SHA-256 of the list",
            f"{listed} ({plural(len(run.identifiers), 'identifier')}, one a line)",
        ),
        ("Raw answers kept", f"{number(len(run.pages))} pages, each under its own SHA-256"),
    )


def differences(made: Reproduction) -> Section:
    """Per source that was run: its difference, the records that explain it, and what stays unexplained."""
    parts = tuple(
        Section(id=f"difference-{position}", title=item.name, blocks=tuple(_difference(item)))
        for position, item in enumerate(made.differences, 1)
    )
    return Section(id="differences", title="The differences, record by record", parts=parts)


def _difference(item: SourceDifference) -> Iterator[Block]:
    yield from bullets(_difference_told(item))
    rows = [
        (
            Cell(text=record.title, links=identifiers(record.doi, record.pmid)),
            record.why,
            record.evidence,
        )
        for record in item.records
    ]
    yield from table(
        f"Records of {item.name} that explain its difference", ["Record", "Why", "Evidence"], rows
    )


def _difference_told(item: SourceDifference) -> Iterator[str]:
    if item.difference is None:
        yield f"{count(item.rerun)} records in the rerun; the review does not report how many it found here."
    else:
        by = difference(item.reported, item.rerun)
        yield f"{count(item.reported)} reported, {count(item.rerun)} in the rerun: {by}."
    if item.date is None:
        yield "The date of the search is not known, so which records came later cannot be told."
    else:
        yield f"Date of the search: {item.date} ({item.date_basis})."
        yield (
            f"{plural(len(item.records), 'record')} of the rerun could not have been found on that day as now: "
            "they were added, or given their headings, after it."
        )
        if item.undated:
            yield f"{plural(item.undated, 'record')} came without a create date and cannot be placed."
    if item.unexplained:
        yield (
            f"Unexplained: {plural(item.unexplained, 'record')}. The list of records that the review found is not "
            "published, so which ones these are cannot be said."
        )
    elif item.difference:
        yield "Unexplained: none."


def answer(item: ReportingItem) -> Cell:
    """Whether an item is reported, as a badge."""
    return Cell(text=item.answer, tone=_ANSWERS.get(item.answer, Tone.OPEN))


def reporting(made: Reproduction, kind: ReportKind) -> Section:
    """The six PRISMA-S items: reported or not, on what evidence, and where the article states them."""
    rows = [
        (
            str(item.number),
            item.item,
            answer(item),
            item.evidence,
            item.where
            or ("–" if item.answer in {"no", "not applicable"} else "not noted in the protocol"),
        )
        for item in made.reporting
    ]
    who = "the article" if kind is ReportKind.REPRODUCTION else "this report"
    head = ["Item", "What", "Reported", "Evidence", f"Where {who} states it"]
    return Section(
        id="reporting",
        title="Reporting of the search: six PRISMA-S items",
        blocks=table("Six PRISMA-S items", head, rows, 0),
    )


def open_questions(protocol: Protocol, made: Reproduction, reported: bool) -> Section:
    """What could not be reproduced, or is still open, and why."""
    return Section(
        id="open",
        title="What could not be reproduced, and why" if reported else "What is still open",
        blocks=bullets(_open(protocol, made, reported)),
    )


def _open(protocol: Protocol, made: Reproduction, reported: bool) -> Iterator[str]:
    for source in made.sources:
        if source.run is None:
            yield f"The search of {source.name}: {source.why_not}."
        elif reported and source.verdict is SourceVerdict.NOT_COMPARABLE:
            yield f"The count of {source.name}: run, but the review does not report its own."
    if not reported:
        return
    if made.stand_in:
        yield (
            f"What the searches would return: {made.stand_in.label[:1].lower()}{made.stand_in.label[1:]} "
            f"({number(made.stand_in.n or 0)}) stand in for them, and say nothing of it."
        )
    yield from _silent_boxes(made)
    judged = [c for c in protocol.criteria if c.check.by == "person"]
    if judged and made.works:
        listed = "; ".join(f"“{criterion.wording}”" for criterion in judged)
        yield f"The judgement of people on {listed}: the review does not say who judged, or how."
    yield "The selection: the review's list of records is not published, so only its included studies can be replayed."
    waiting = [item for item in made.differences if item.unexplained]
    yield from (
        f"{item.name}: {plural(item.unexplained or 0, 'record')} of the difference."
        for item in waiting
    )
    missed = sum(work.retrieved is Answer.NO for work in made.works)
    if missed:
        yield f"{missed} of {len(made.works)} included studies are not returned by the searches that could be run."


def _silent_boxes(made: Reproduction) -> Sequence[str]:
    silent = [box.label for box in made.boxes if box.reported is None]
    if not silent:
        return ()
    return [
        f"Boxes that the review does not report, so that nothing can be compared: {'; '.join(silent)}."
    ]
