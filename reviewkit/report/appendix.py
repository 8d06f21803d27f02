"""The appendix on the searches, as journals ask for it (PRISMA 2020 item 7, PRISMA-S). Pure.

Every strategy is given letter by letter. A source that was not run here is "as reported".
"""

from collections.abc import Iterator

from reviewkit.protocol.model import Limits, Origin, Protocol, ProtocolSource
from reviewkit.report.checklist_evidence import ChecklistFacts
from reviewkit.report.model import Block, Code, Document, FactList, Paragraph, Section
from reviewkit.report.words import bullets, count, number, sections_with_content, table
from reviewkit.reproduction.outcomes import SourceOutcome, WorkOutcome

_TO_BE_WRITTEN = "[to be written by the authors]"


def appendix_document(facts: ChecklistFacts) -> Document:
    """Return the appendix: searches, totals, deduplication, excluded reports, included studies."""
    protocol = facts.protocol
    sections = (
        Section(id="searches", title="Searches", parts=tuple(_searches(facts))),
        Section(id="totals", title="Records per source", blocks=_totals(facts)),
        Section(id="duplicates", title="Deduplication", blocks=bullets(facts.deduplication)),
        Section(
            id="excluded",
            title="Reports excluded at full text, with reasons",
            blocks=_excluded(facts),
        ),
        Section(
            id="included",
            title="Included studies and their reports",
            blocks=_included(facts.works),
        ),
    )
    return Document(
        kind="Appendix: searches and selection",
        title=protocol.review.title,
        notes=tuple(_notes(protocol)),
        sections=sections_with_content(sections),
        footer=f"{facts.software}, protocol SHA-256 {facts.protocol_sha256}.",
        facts={},
    )


def _notes(protocol: Protocol) -> Iterator[str]:
    if protocol.is_published:
        yield "The searches of a rerun, beside what the published review reports of its own."


def _searches(facts: ChecklistFacts) -> Iterator[Section]:
    places = {source.id: source for source in facts.protocol.sources}
    for position, outcome in enumerate(facts.sources, 1):
        place = places[outcome.source]
        yield Section(
            id=f"search-{position}",
            title=outcome.name,
            blocks=tuple(_search(facts.protocol, place, outcome)),
        )


def _search(protocol: Protocol, source: ProtocolSource, outcome: SourceOutcome) -> Iterator[Block]:
    run = outcome.run
    pairs = [
        ("Kind of source", source.role),
        ("Platform", source.platform or "not stated"),
        ("Coverage", _TO_BE_WRITTEN),
    ]
    if run is None:
        yield FactList(pairs=tuple(pairs))
        yield Paragraph(text=f"Not run here: {outcome.why_not or 'not searched yet'}.")
    else:
        pairs += [
            ("Searched", run.searched_at),
            ("Records", f"{count(run.count, 'not stated')}; {count(run.received)} received"),
            ("Limits", _limits(protocol) if run.query else "not known"),
        ]
        yield FactList(pairs=tuple(pairs))
        if run.query:
            yield Code(label="Strategy exactly as run", text=run.query)
        else:
            yield Paragraph(text="Records were imported from a file; its strategy is not stored.")
        if run.translation:
            yield Code(label="As the database translated it", text=run.translation)

    printed = _printed(protocol, source)
    if printed:
        yield Code(label="As reported by the authors", text=printed)


def _printed(protocol: Protocol, source: ProtocolSource) -> str:
    """Return the strategy that a published review prints for a source; empty where it does not."""
    if not protocol.is_published:
        return ""
    printed = (
        strategy.queries[source.id]
        for strategy in protocol.strategies
        if strategy.origin is Origin.PUBLISHED and source.id in strategy.queries
    )
    return next(printed, "")


def _limits(protocol: Protocol) -> str:
    primary = protocol.primary
    if primary is not None and not primary.limits:
        return "No limits were used."
    return _limit_words(protocol.limits) or "No limits were used."


def _limit_words(limits: Limits) -> str:
    parts = []
    if limits.published_from or limits.published_to:
        parts.append(f"published {limits.published_from or '…'} to {limits.published_to or '…'}")
    if limits.languages:
        parts.append(f"languages: {', '.join(limits.languages)}")
    if limits.as_of:
        parts.append(f"in the database by {limits.as_of:%Y-%m-%d}")
    return "; ".join(parts)


def _totals(facts: ChecklistFacts) -> tuple[Block, ...]:
    reported = facts.protocol.reported
    if reported is None:
        rows = [(source.name, count(source.rerun, "not searched yet")) for source in facts.sources]
        known = [source.rerun for source in facts.sources]
        if rows and all(n is not None for n in known):
            rows.append(("Total", number(sum(n or 0 for n in known))))
        return table("Records per source", ["Source", "Records"], rows, 1)

    compared = [
        (source.name, count(source.reported), count(source.rerun, "not run"))
        for source in facts.sources
    ]
    return table("Records per source", ["Source", "Reported", "Rerun"], compared, 1, 2)


def _excluded(facts: ChecklistFacts) -> tuple[Block, ...]:
    rows = [(report.citation, report.reason) for report in facts.excluded]
    return table("Excluded reports", ["Report", "Reason"], rows)


def _included(works: tuple[WorkOutcome, ...]) -> tuple[Block, ...]:
    rows = [(", ".join(work.studies) or "–", work.title, _identifiers(work)) for work in works]
    return table("Included reports", ["Study", "Report", "Identifiers"], sorted(rows))


def _identifiers(work: WorkOutcome) -> str:
    named = (("PMID", work.pmid), ("DOI", work.doi))
    return ", ".join(f"{name} {value}" for name, value in named if value)
