"""What the store and the protocol say of a rerun, put side by side: the rerun's side of `reproduce`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reviewkit.model.flow import Flow
from reviewkit.model.records import Answer, Check, Record, RelationKind, Role, RunKind, SearchRun
from reviewkit.prisma.check import check as check_flow
from reviewkit.prisma.partition import State
from reviewkit.protocol.model import Protocol, ProtocolSource, Work
from reviewkit.query.evaluate import (
    can_return,
    seen_at_all,
    seen_in_headings,
    seen_in_text,
    seen_in_title,
)
from reviewkit.reproduction.differences import (
    Missed,
    SourceCounts,
    SourceDifference,
    explain_source,
    why_not_returned,
)
from reviewkit.reproduction.findings import find_findings
from reviewkit.reproduction.flows import compare_flows, reported_flow
from reviewkit.reproduction.outcomes import (
    NOT_SEARCHED,
    EligibleRecord,
    Reproduction,
    SourceOutcome,
    VariantOutcome,
    WorkOutcome,
)
from reviewkit.reproduction.reporting_items import judge_reporting, own_reporting
from reviewkit.sources.registry import complete_sources, notice_sources, source_query
from reviewkit.store import Store
from reviewkit.store.checks import checks_by_record
from reviewkit.store.decisions import states
from reviewkit.store.duplicates import copies_by_lead, links_to
from reviewkit.store.pairs import pairs_to_review
from reviewkit.store.records import records_in_flow, records_known_as
from reviewkit.store.runs import latest_run, records_of_latest_run, searches_by_record
from reviewkit.store.works import stored_works
from reviewkit.updates.notices import read_notices
from reviewkit.workflow.reporting.review_flow import (
    REPORTED_LABEL,
    fallback_list_tally,
    review_flow,
)
from reviewkit.workflow.searching.search import Search


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What a rerun found, and both flows."""

    reproduction: Reproduction
    reported: Flow
    rerun: Flow


def compare(store: Store, protocol: Protocol, searches: Sequence[Search]) -> Comparison:
    """The rerun as it stands in the store, beside what the protocol says was reported."""
    records = {record.key: record for record in records_in_flow(store)}
    sources = tuple(
        _source_outcome(store, protocol, source, searches) for source in protocol.sources
    )
    reported = reported_flow(protocol)
    rerun = review_flow(store, protocol, later=protocol.reported is None)
    works = _work_outcomes(store, protocol, records, sources)
    broken = [
        f"The reported flow does not add up: {item.sentence}" for item in check_flow(reported)
    ]
    reproduction = Reproduction(
        sources=sources,
        stand_in=fallback_list_tally(store, protocol),
        variants=_variants(store, protocol, searches),
        boxes=compare_flows(reported, rerun),
        differences=_differences(store, protocol, sources),
        works=works,
        reporting=judge_reporting(protocol)
        if protocol.reported
        else own_reporting(protocol, sources),
        candidates=_candidates(store, protocol, records),
        open_pairs=_open_pairs(store, records),
        findings=find_findings(protocol, works if protocol.reported else (), broken),
    )
    return Comparison(reproduction=reproduction, reported=reported, rerun=rerun)


def _source_outcome(
    store: Store, protocol: Protocol, source: ProtocolSource, searches: Sequence[Search]
) -> SourceOutcome:
    primary = protocol.primary
    query = source_query(protocol, primary, source.id) if primary else None
    search = next(
        (s for s in searches if primary and (s.source, s.strategy) == (source.id, primary.id)), None
    )
    return SourceOutcome(
        source=source.id,
        name=source.name,
        role=Role(source.role),
        query=query.text if query else None,
        reported=protocol.reported.sources.get(source.id) if protocol.reported else None,
        run=_newest_run(store, protocol, source),
        why_not=search.why_not
        if search
        else NOT_SEARCHED
        if primary
        else "the protocol has no strategy",
    )


def _newest_run(store: Store, protocol: Protocol, source: ProtocolSource) -> SearchRun | None:
    """The review's own search of a source; of a review without a report, the newest of that and its updates."""
    primary = protocol.primary.id if protocol.primary else None
    runs = [latest_run(store, source.id, primary)]
    if primary and protocol.reported is None:
        runs.insert(0, latest_run(store, source.id, primary, kind=RunKind.UPDATE))
    return max((run for run in runs if run), key=lambda run: run.searched_at, default=None)


def _differences(
    store: Store, protocol: Protocol, sources: Sequence[SourceOutcome]
) -> tuple[SourceDifference, ...]:
    primary = protocol.primary
    return tuple(
        explain_source(
            protocol,
            SourceCounts(
                source=source.source,
                name=source.name,
                reported=source.reported,
                rerun=source.rerun,
                query=source.run.query,
            ),
            records_of_latest_run(store, source.source, primary.id),
        )
        for source in sources
        if primary and source.run and protocol.reported
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """What is read once for all works: the flow's records, copies, checks, searches, and other readings' lists."""

    records: Mapping[str, Record]
    copies: Mapping[str, Sequence[Record]]
    checks: Mapping[str, Sequence[Check]]
    searches: Mapping[str, Sequence[str]]
    links: Mapping[str, Sequence[tuple[RelationKind, str]]]
    readings: Mapping[str, frozenset[str]]
    sources: Sequence[SourceOutcome]


def _read_desk(
    store: Store,
    protocol: Protocol,
    records: Mapping[str, Record],
    sources: Sequence[SourceOutcome],
) -> _Desk:
    readings = {}
    for strategy in protocol.variants:
        runs = [latest_run(store, source.id, strategy.id) for source in protocol.sources]
        readings[strategy.label] = frozenset(
            name for run in runs if run for name in run.identifiers
        )
    return _Desk(
        records=records,
        copies=copies_by_lead(store),
        checks=checks_by_record(store),
        searches=searches_by_record(store),
        links=links_to(store),
        readings=readings,
        sources=sources,
    )


def _work_outcomes(
    store: Store,
    protocol: Protocol,
    records: Mapping[str, Record],
    sources: Sequence[SourceOutcome],
) -> tuple[WorkOutcome, ...]:
    """The works that the review reports as included; of a review without a report, those that it includes so far."""
    desk = _read_desk(store, protocol, records, sources)
    if protocol.reported is None:
        included = [state.record for state in states(store) if state.state is State.INCLUDED]
        return tuple(
            _work_outcome(protocol, desk, _work_of(records[key]), key, None, ()) for key in included
        )
    stored = stored_works(store)
    return tuple(
        _work_outcome(
            protocol,
            desk,
            work,
            *stored[work.id],
            records_known_as(store, pmid=work.pmid, doi=work.doi),
        )
        for work in protocol.reported.works
        if work.id in stored
    )


def _work_of(record: Record) -> Work:
    """An included record as a work; what a protocol would refuse (an odd DOI, say) is left as the record has it."""
    return Work.model_construct(
        id=record.key,
        title=record.title or "no title",
        year=record.year,
        doi=record.doi,
        pmid=record.pmid,
    )


def _work_outcome(
    protocol: Protocol, desk: _Desk, work: Work, key: str, by: str | None, known: Sequence[Record]
) -> WorkOutcome:
    record = desk.records[key]
    copies = (record, *desk.copies.get(key, ()))
    names = {source.source: source.name for source in desk.sources}
    labels = {
        **names,
        **({protocol.stand_in.id: protocol.stand_in.label} if protocol.stand_in else {}),
    }
    found_in = dict.fromkeys(
        source for copy in copies for source in desk.searches.get(copy.key, ())
    )
    checks = tuple(desk.checks.get(key, ()))
    retrieved = _retrieved(bool(found_in), desk.sources)
    missed = Missed(
        work=work,
        known=(*copies, *known),
        checks=checks,
        other_readings=[label for label, listed in desk.readings.items() if work.pmid in listed],
        ran=[source.name for source in desk.sources if source.run],
        not_run={source.name: source.why_not or "" for source in desk.sources if not source.run},
        complete_sources=complete_sources(),
    )
    return WorkOutcome(
        work=work.id,
        reference=work.reference,
        title=work.title,
        record=key,
        source=labels.get(record.source, REPORTED_LABEL),
        found=by is not None or protocol.reported is None,
        matched_by=by,
        returnable=_returnable(protocol, record),
        concepts=_concepts(protocol, record),
        checks=checks,
        retrieved=retrieved,
        returned_by=tuple(names.get(source, source) for source in found_in),
        why_not=None if retrieved is Answer.YES else why_not_returned(protocol, missed),
        notices=read_notices(
            (*copies, *known), desk.links.get(key, ()), stated_by=notice_sources()
        ),
        year=work.year or record.year,
        doi=work.doi or record.doi,
        pmid=work.pmid or record.pmid,
    )


def _retrieved(found: bool, sources: Sequence[SourceOutcome]) -> Answer:
    if found:
        return Answer.YES
    return Answer.NO if any(source.run for source in sources) else Answer.UNKNOWN


def _returnable(protocol: Protocol, record: Record) -> dict[str, tuple[Answer, str]]:
    judged = {
        strategy.id: can_return(protocol, strategy, record, complete_sources())
        for strategy in protocol.strategies
    }
    return {name: (told.answer, told.evidence) for name, told in judged.items() if told}


def _concepts(protocol: Protocol, record: Record) -> dict[str, dict[str, Answer]]:
    return {
        descriptor.id: {
            "title": seen_in_title(descriptor, record),
            "text": seen_in_text(descriptor, record, complete_sources(), with_keywords=True),
            "headings": seen_in_headings(descriptor, record, complete_sources()),
        }
        for descriptor in protocol.descriptors
    }


def _variants(
    store: Store, protocol: Protocol, searches: Sequence[Search]
) -> tuple[VariantOutcome, ...]:
    pmids = (
        {work.pmid: work.id for work in protocol.reported.works if work.pmid}
        if protocol.reported
        else {}
    )
    tried = {(search.strategy, search.source): search for search in searches}
    outcomes = []
    for strategy in protocol.variants:
        for source in protocol.sources:
            query = source_query(protocol, strategy, source.id)
            run = latest_run(store, source.id, strategy.id)
            search = tried.get((strategy.id, source.id))
            returned = run.identifiers if run else ()
            outcomes.append(
                VariantOutcome(
                    strategy=strategy.id,
                    label=strategy.label,
                    source=source.id,
                    query=query.text if query else None,
                    count=run.count if run else None,
                    works=tuple(
                        pmids[identifier] for identifier in returned if identifier in pmids
                    ),
                    why_not=None if run else search.why_not if search else NOT_SEARCHED,
                )
            )
    return tuple(outcomes)


def _candidates(
    store: Store, protocol: Protocol, records: Mapping[str, Record]
) -> tuple[EligibleRecord, ...]:
    """PRISMA 2020 item 16b: what looks eligible and was not included. Every check is yes, every concept was seen."""
    excluded = [state.record for state in states(store) if state.state is State.RECORD_EXCLUDED]
    checks = checks_by_record(store)
    found = []
    for record in (records[key] for key in excluded):
        checked = checks.get(record.key, [])
        fits = checked and all(check.answer is Answer.YES for check in checked)
        if fits and all(
            seen_at_all(descriptor, record, complete_sources()) is Answer.YES
            for descriptor in protocol.descriptors
        ):
            evidence = "; ".join(dict.fromkeys(check.evidence for check in checked))
            found.append(
                EligibleRecord(record=record.key, title=record.title or "", evidence=evidence)
            )
    return tuple(found)


def _open_pairs(store: Store, records: Mapping[str, Record]) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (_named(records, one), _named(records, two), words)
        for one, two, words in pairs_to_review(store)
    )


def _named(records: Mapping[str, Record], key: str) -> str:
    return f"{records[key].title or 'no title'} ({key})"
