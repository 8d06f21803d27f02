"""What a rerun found of each included work: which searches return it, and why others do not."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from reviewkit.model.records import Answer, Check, Record, RelationKind, Stage
from reviewkit.prisma.partition import State
from reviewkit.protocol.model import Descriptor, Protocol
from reviewkit.protocol.reported import Reported, Work
from reviewkit.query.evaluate import (
    any_known,
    can_return,
    seen_in_headings,
    seen_in_text,
    seen_in_title,
)
from reviewkit.reproduction.differences import Missed, why_not_returned
from reviewkit.reproduction.outcomes import SourceOutcome, WorkOutcome
from reviewkit.reproduction.works import checks_of_work, records_of_work
from reviewkit.sources.registry import complete_sources, notice_sources
from reviewkit.store import Store
from reviewkit.store.checks import checks_by_record
from reviewkit.store.decisions import counted_states, includers, inclusions_settled
from reviewkit.store.duplicates import CopiesByLead, links_to
from reviewkit.store.records import records_known_as, records_outside_flow
from reviewkit.store.runs import SearchesByRecord, latest_run
from reviewkit.store.studies import studies_by_report
from reviewkit.store.works import stored_works
from reviewkit.updates.notices import read_notices
from reviewkit.workflow.merged_record import read_merged_record
from reviewkit.workflow.reporting.review_flow import REPORTED_LABEL


@dataclass(frozen=True, slots=True, kw_only=True)
class _Evidence:
    """What is read once for all works.

    `copies`, `checks`, `searches` and `links` are by the key of a record, `readings` are the lists
    of other readings of the method, by label.
    """

    records: Mapping[str, Record]
    copies: Mapping[str, Sequence[Record]]
    checks: Mapping[str, Sequence[Check]]
    searches: Mapping[str, Sequence[str]]
    links: Mapping[str, Sequence[tuple[RelationKind, str]]]
    readings: Mapping[str, frozenset[str]]
    sources: Sequence[SourceOutcome]
    studies: Mapping[str, Sequence[str]]
    included_by: Mapping[str, tuple[str, ...]]
    settled_by: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _MatchedWork:
    """A work, the key of its record, what it was recognised by, and its records from anywhere."""

    work: Work
    key: str
    matched_by: str | None = None
    known: Sequence[Record] = ()


def find_work_outcomes(
    store: Store,
    protocol: Protocol,
    records: Mapping[str, Record],
    sources: Sequence[SourceOutcome],
) -> tuple[WorkOutcome, ...]:
    """Return the outcomes of the works that the review reports as included.

    Of a review without a report, they are those of the works that it includes so far.
    """
    evidence = _read_evidence(store, protocol, records, sources)
    works = _matched_works(store, protocol, records)
    return tuple(_outcome(protocol, evidence, matched) for matched in works)


def _matched_works(
    store: Store, protocol: Protocol, records: Mapping[str, Record]
) -> Iterator[_MatchedWork]:
    if protocol.reported:
        return _reported_works(store, protocol.reported)
    return _included_works(store)


def _read_evidence(
    store: Store,
    protocol: Protocol,
    records: Mapping[str, Record],
    sources: Sequence[SourceOutcome],
) -> _Evidence:
    readings = {
        strategy.label: _identifiers(store, protocol, strategy.id) for strategy in protocol.variants
    }
    return _Evidence(
        records=records,
        copies=CopiesByLead(store),
        checks=checks_by_record(store),
        searches=SearchesByRecord(store),
        links=links_to(store),
        readings=readings,
        sources=sources,
        studies=studies_by_report(store),
        included_by=includers(store, Stage.FULL_TEXT),
        settled_by=inclusions_settled(store, Stage.FULL_TEXT),
    )


def _identifiers(store: Store, protocol: Protocol, strategy: str) -> frozenset[str]:
    """Return the identifiers that a strategy's newest runs list, of all sources."""
    identifiers: set[str] = set()
    for source in protocol.sources:
        run = latest_run(store, source.id, strategy)
        if run:
            identifiers.update(run.identifiers)
    return frozenset(identifiers)


def _reported_works(store: Store, reported: Reported) -> Iterator[_MatchedWork]:
    stored = stored_works(store)
    for work in reported.works:
        if work.id in stored:
            key, matched_by = stored[work.id]
            yield _MatchedWork(
                work=work, key=key, matched_by=matched_by, known=_known_records(store, work)
            )


def _known_records(store: Store, work: Work) -> list[Record]:
    """Return every record of a work, in the flow or not, by identifier and by title.

    A work without an identifier has none but by its title, authors and year.
    """
    known = records_known_as(store, pmid=work.pmid, doi=work.doi)
    keys = {record.key for record in known}
    others = (r for r in records_outside_flow(store) if r.key not in keys)
    return [*known, *records_of_work(work, others)]


def _included_works(store: Store) -> Iterator[_MatchedWork]:
    """Yield the included works, each field from the copy that has it best."""
    for state in counted_states(store):
        merged = None
        if state.state is State.INCLUDED:
            merged = read_merged_record(store, state.record)
        if merged:
            yield _MatchedWork(work=_work_of(merged.record), key=state.record)


def _work_of(record: Record) -> Work:
    """Return an included record as a work.

    A value that a protocol would refuse (an odd DOI, say) stays as the record has it.
    """
    return Work.model_construct(
        id=record.key,
        title=record.title or "no title",
        year=record.year,
        doi=record.doi,
        pmid=record.pmid,
    )


def _outcome(protocol: Protocol, evidence: _Evidence, matched: _MatchedWork) -> WorkOutcome:
    work, record = matched.work, evidence.records[matched.key]
    copies = (record, *evidence.copies.get(matched.key, ()))
    records = _once((*copies, *matched.known))
    searches = _searches(copies, evidence)
    retrieved = _retrieved(searches, evidence.sources)

    why_not = None
    if retrieved is not Answer.YES:
        why_not = why_not_returned(protocol, _missed(protocol, evidence, matched, records))
    links = evidence.links.get(matched.key, ())
    notices = read_notices(records, links, stated_by=notice_sources())

    return WorkOutcome(
        work=work.id,
        reference=work.reference,
        title=work.title,
        record=matched.key,
        source=_source_label(protocol, evidence, record),
        found=matched.matched_by is not None or protocol.reported is None,
        matched_by=matched.matched_by,
        returnable=_returnable(protocol, records),
        concepts=_concepts(protocol, records),
        checks=checks_of_work(protocol, matched.key, records),
        retrieved=retrieved,
        returned_by=tuple(_source_names(evidence).get(source, source) for source in searches),
        why_not=why_not,
        notices=notices,
        studies=_studies(protocol, evidence, matched),
        included_by=evidence.included_by.get(matched.key, ()),
        settled_by=evidence.settled_by.get(matched.key),
        year=work.year or record.year,
        doi=work.doi or _first_known(known.doi for known in records),
        pmid=work.pmid or _first_known(known.pmid for known in records),
    )


def _studies(protocol: Protocol, evidence: _Evidence, matched: _MatchedWork) -> tuple[str, ...]:
    """Return the studies of a work: as the published review groups them, or as people linked."""
    if protocol.reported is None:
        return tuple(evidence.studies.get(matched.key, ()))
    grouped = protocol.reported.studies
    return tuple(study for study, works in grouped.items() if matched.work.id in works)


def _once(records: Iterable[Record]) -> tuple[Record, ...]:
    return tuple({record.key: record for record in records}.values())


def _first_known(values: Iterable[str | None]) -> str | None:
    return next((value for value in values if value), None)


def _searches(copies: Sequence[Record], evidence: _Evidence) -> list[str]:
    """Return the sources whose searches returned a copy of the work."""
    sources: dict[str, None] = {}
    for copy in copies:
        sources |= dict.fromkeys(evidence.searches.get(copy.key, ()))
    return list(sources)


def _retrieved(searches: Sequence[str], sources: Sequence[SourceOutcome]) -> Answer:
    if searches:
        return Answer.YES
    if any(source.run for source in sources):
        return Answer.NO
    return Answer.UNKNOWN


def _missed(
    protocol: Protocol, evidence: _Evidence, matched: _MatchedWork, records: Sequence[Record]
) -> Missed:
    pmids = _pmids(matched.work, records)
    return Missed(
        work=matched.work,
        known=records,
        checks=checks_of_work(protocol, matched.key, records),
        other_readings=[label for label, listed in evidence.readings.items() if listed & pmids],
        ran=[source.name for source in evidence.sources if source.run],
        not_run={s.name: s.why_not or "" for s in evidence.sources if not s.run},
        complete_sources=complete_sources(),
    )


def _pmids(work: Work, records: Sequence[Record]) -> set[str]:
    return {pmid for pmid in (work.pmid, *(record.pmid for record in records)) if pmid}


def _source_names(evidence: _Evidence) -> dict[str, str]:
    return {source.source: source.name for source in evidence.sources}


def _source_label(protocol: Protocol, evidence: _Evidence, record: Record) -> str:
    """Return the name of the record's source in the report."""
    labels = _source_names(evidence)
    if protocol.stand_in:
        labels[protocol.stand_in.id] = protocol.stand_in.label
    unnamed = REPORTED_LABEL if protocol.is_published else record.source
    return labels.get(record.source, unnamed)


def _returnable(protocol: Protocol, records: Sequence[Record]) -> dict[str, tuple[Answer, str]]:
    """Return by strategy whether it can return the work, with the evidence of one of its records.

    A record in which the terms were seen counts more than one in which they were not.
    """
    found: dict[str, tuple[Answer, str]] = {}
    for strategy in protocol.strategies:
        judged = [can_return(protocol, strategy, r, complete_sources()) for r in records]
        verdicts = {verdict.answer: verdict.evidence for verdict in judged if verdict}
        if verdicts:
            answer = any_known(verdicts)
            found[strategy.id] = (answer, verdicts[answer])
    return found


def _concepts(protocol: Protocol, records: Sequence[Record]) -> dict[str, dict[str, Answer]]:
    """Return by descriptor whether a record of the work names it in title, text and headings."""
    return {descriptor.id: _concept(descriptor, records) for descriptor in protocol.descriptors}


def _concept(descriptor: Descriptor, records: Sequence[Record]) -> dict[str, Answer]:
    complete = complete_sources()
    return {
        "title": any_known(seen_in_title(descriptor, r) for r in records),
        "text": any_known(seen_in_text(descriptor, r, complete) for r in records),
        "headings": any_known(seen_in_headings(descriptor, r, complete) for r in records),
    }
