"""The appendix on the searches, as journals ask for it (PRISMA 2020 item 7, PRISMA-S). Pure.

Every strategy is given letter by letter. A source that was not run here is "as reported".
"""

from collections.abc import Iterator, Mapping, Sequence

from reviewkit.model.messages import (
    ENGLISH,
    current_language,
    day,
    in_language,
    mark,
    number,
    recognise,
    tr,
)
from reviewkit.model.records import Role, RunKind, SearchRun
from reviewkit.protocol.model import Limits, Origin, Protocol, ProtocolSource
from reviewkit.report.checklist_evidence import ChecklistFacts
from reviewkit.report.model import Block, Code, Document, FactList, Paragraph, Section
from reviewkit.report.sections_citations import citation_section
from reviewkit.report.sections_searches import other_searches
from reviewkit.report.words import bullets, count, sections_with_content, table
from reviewkit.reproduction.line_hits import CountedLine, LineAnswer
from reviewkit.reproduction.outcomes import SourceOutcome, WorkOutcome

TO_BE_WRITTEN = mark("[to be written by the authors]")
NOT_YET = mark("not searched yet")
_NOT_STATED = mark("not stated")
_ROLES = {
    Role.DATABASE: mark("database"),
    Role.REGISTER: mark("register"),
    Role.WEBSITE: mark("website"),
    Role.ORGANISATION: mark("organisation"),
    Role.CITATIONS: mark("citations"),
}


def appendix_document(facts: ChecklistFacts, *, language: str = ENGLISH) -> Document:
    """Return the appendix: searches, totals, deduplication, excluded reports, included studies."""
    with in_language(language):
        return _document(facts)


def _document(facts: ChecklistFacts) -> Document:
    protocol = facts.protocol
    linked = facts.deduplication or (tr("Duplicates were not looked for."),)
    deduplication = bullets(map(recognise, linked))
    sections = (
        Section(id="searches", title=tr("Searches"), parts=tuple(_searches(facts))),
        citation_section(facts.citations, with_picture=False),
        Section(id="totals", title=tr("Records per source"), blocks=_totals(facts)),
        Section(id="duplicates", title=tr("Deduplication"), blocks=deduplication),
        Section(
            id="excluded",
            title=tr("Reports excluded at full text, with reasons"),
            blocks=_excluded(facts),
        ),
        Section(
            id="included",
            title=tr("Included studies and their reports"),
            blocks=_included(facts.works, facts.cited),
        ),
    )

    return Document(
        kind=tr("Appendix: searches and selection"),
        title=protocol.review.title,
        notes=tuple(_notes(protocol)),
        sections=sections_with_content(sections),
        footer=tr(
            "{software}, protocol SHA-256 {sha256}.",
            software=facts.software,
            sha256=facts.protocol_sha256,
        ),
        facts={},
        language=current_language(),
    )


def _notes(protocol: Protocol) -> Iterator[str]:
    if protocol.is_published:
        yield tr("The searches of a rerun, beside what the published review reports of its own.")


def _searches(facts: ChecklistFacts) -> Iterator[Section]:
    places = {source.id: source for source in facts.protocol.sources}
    for position, outcome in enumerate(facts.sources, 1):
        place = places[outcome.source]
        if outcome.role is Role.CITATIONS and facts.citations:
            continue  # it has a section of its own
        yield Section(
            id=f"search-{position}",
            title=outcome.name,
            blocks=tuple(_search(facts, place, outcome)),
        )


def _search(
    facts: ChecklistFacts, source: ProtocolSource, outcome: SourceOutcome
) -> Iterator[Block]:
    protocol, run = facts.protocol, outcome.run
    pairs = [
        (tr("Kind of source"), tr(_ROLES[source.role])),
        (tr("Platform"), source.platform or tr(_NOT_STATED)),
        (tr("Coverage"), tr(TO_BE_WRITTEN)),
    ]
    if run is None:
        yield FactList(pairs=tuple(pairs))
        why = recognise(outcome.why_not or NOT_YET)
        yield Paragraph(text=tr("Not run here: {why}.", why=why))
    else:
        pairs += [
            (tr("Searched"), day(run.searched_at)),
            (tr("Records"), _counts(run)),
            (tr("Limits"), _limits(protocol, outcome)),
        ]
        yield FactList(pairs=tuple(pairs))
        yield from other_searches(outcome)
        if run.query:
            yield Code(label=tr("Strategy exactly as run"), text=run.query)
            yield from _lines(facts.lines.get(source.id, ()))
        else:
            yield Paragraph(text=_without_strategy(run))
        if run.translation:
            yield Code(label=tr("As the database translated it"), text=run.translation)

    printed = _printed(protocol, source)
    if printed:
        yield Code(label=tr("As reported by the authors"), text=printed)


def _without_strategy(run: SearchRun) -> str:
    if run.is_stated_empty:
        return tr("The search was recorded by hand; its strategy was not stated.")
    return tr("Records were imported from a file; its strategy is not stored.")


def _lines(lines: Sequence[CountedLine]) -> Iterator[Block]:
    """Yield the search line by line with the hits of each, and the days on which they came."""
    rows = [(f"#{one.line.number}", one.line.text, _hits(one.answer)) for one in lines]
    head = [tr("Line"), tr("Search"), tr("Hits")]
    yield from table(tr("Line by line, with hits"), head, rows, 2)
    days = {one.answer.asked_on for one in lines if one.answer and one.answer.count is not None}
    if days:
        first, last = day(min(days)), day(max(days))
        asked = first if first == last else tr("{first} to {last}", first=first, last=last)
        yield Paragraph(text=tr("The hits of the lines were asked: {days}.", days=asked))


def _hits(answer: LineAnswer | None) -> str:
    if answer is None:
        return tr("not asked")
    return "; ".join([count(answer.count, mark("asked, no answer")), *answer.warnings])


def _counts(run: SearchRun) -> str:
    if run.is_stated_empty:
        return tr("0 found, as a person recorded; there is no file")
    if not run.endpoint:
        return tr("{n} in the imported files", n=count(run.count, _NOT_STATED))
    return tr(
        "{n}; {received} received", n=count(run.count, _NOT_STATED), received=count(run.received)
    )


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


def _limits(protocol: Protocol, outcome: SourceOutcome) -> str:
    """Return the limits as far as they are known: of a search of somebody else little is."""
    if not outcome.has_limits_of_protocol:
        is_told = outcome.run is not None and outcome.run.query
        return tr("as in the strategy; others are not known") if is_told else tr("not known")
    primary = protocol.primary
    if primary is not None and not primary.limits:
        return tr("No limits were used.")
    limits = protocol.limits
    if outcome.run and outcome.run.kind is RunKind.UPDATE:
        limits = limits.model_copy(update={"as_of": None})  # an update asks without that day
    return _limit_words(limits) or tr("No limits were used.")


def _limit_words(limits: Limits) -> str:
    parts = []
    if limits.published_from or limits.published_to:
        first, last = limits.published_from or "…", limits.published_to or "…"
        parts.append(tr("published {first} to {last}", first=day(str(first)), last=day(str(last))))
    if limits.languages:
        parts.append(tr("languages: {codes}", codes=", ".join(limits.languages)))
    if limits.as_of:
        parts.append(tr("in the database by {day}", day=day(limits.as_of.isoformat())))

    return "; ".join(parts)


def _totals(facts: ChecklistFacts) -> tuple[Block, ...]:
    reported = facts.protocol.reported
    if reported is None:
        rows = [(source.name, count(source.rerun, NOT_YET)) for source in facts.sources]
        known = [source.rerun for source in facts.sources]
        if rows and all(n is not None for n in known):
            rows.append((tr("Total"), number(sum(n or 0 for n in known))))
        return table(tr("Records per source"), [tr("Source"), tr("Records")], rows, 1)

    compared = [
        (source.name, count(source.reported), count(source.rerun, mark("not run")))
        for source in facts.sources
    ]
    head = [tr("Source"), tr("Reported"), tr("Rerun")]
    return table(tr("Records per source"), head, compared, 1, 2)


def _excluded(facts: ChecklistFacts) -> tuple[Block, ...]:
    rows = [(report.citation, recognise(report.reason)) for report in facts.excluded]
    return table(tr("Excluded reports"), [tr("Report"), tr("Reason")], rows)


def _included(works: tuple[WorkOutcome, ...], cited: Mapping[str, str]) -> tuple[Block, ...]:
    rows = [
        (", ".join(w.studies) or "–", cited.get(w.work, w.title), _identifiers(w)) for w in works
    ]
    head = [tr("Study"), tr("Report"), tr("Identifiers")]
    return table(tr("Included reports"), head, sorted(rows))


def _identifiers(work: WorkOutcome) -> str:
    named = (("PMID", work.pmid), ("DOI", work.doi))
    return ", ".join(f"{name} {value}" for name, value in named if value)
