"""Compare the rerun in the store with what the protocol says was reported."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reviewkit.model.flow import Flow
from reviewkit.model.messages import in_english
from reviewkit.model.records import Answer, Check, Record, Role, RunKind, SearchRun
from reviewkit.prisma.check import check as check_flow
from reviewkit.prisma.partition import State
from reviewkit.protocol.model import Protocol, ProtocolSource, Strategy
from reviewkit.query.compile import CompiledQuery
from reviewkit.query.evaluate import (
    seen_at_all,
)
from reviewkit.reproduction.differences import (
    SourceCounts,
    SourceDifference,
    explain_source,
)
from reviewkit.reproduction.findings import find_findings
from reviewkit.reproduction.flows import compare_flows, reported_flow
from reviewkit.reproduction.outcomes import (
    NOT_SEARCHED,
    EligibleRecord,
    ReportingItem,
    Reproduction,
    SourceOutcome,
    VariantOutcome,
    WorkOutcome,
)
from reviewkit.reproduction.reporting_items import judge_reporting, own_reporting
from reviewkit.sources.registry import complete_sources, source_query
from reviewkit.store import Store
from reviewkit.store.checks import checks_by_record
from reviewkit.store.decisions import states
from reviewkit.store.pairs import pairs_to_review
from reviewkit.store.records import StoredRecords
from reviewkit.store.run_log import family_runs
from reviewkit.store.runs import latest_run, records_of_latest_run
from reviewkit.store.source_names import source_rows
from reviewkit.store.works import searches_not_run
from reviewkit.workflow.reporting.review_flow import (
    fallback_list_tally,
    review_flow,
)
from reviewkit.workflow.reporting.work_outcomes import find_work_outcomes
from reviewkit.workflow.searching.search import Search

_Reasons = Mapping[tuple[str, str], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The result of a rerun, and both flows."""

    reproduction: Reproduction
    reported: Flow
    rerun: Flow


def compare(store: Store, protocol: Protocol, searches: Sequence[Search]) -> Comparison:
    """Return the rerun in the store beside what the protocol says was reported.

    `searches` are those of this command, with the reasons of the ones that were not run. Without
    them the reasons are those of the newest rerun.
    """
    reasons = _reasons(store, searches)
    records = StoredRecords(store)
    outcomes = [_source_outcome(store, protocol, source, reasons) for source in protocol.sources]
    sources = _with_own_counts(store, protocol, outcomes)
    reported = reported_flow(protocol)
    rerun = review_flow(store, protocol, later=not protocol.is_published)
    works = find_work_outcomes(store, protocol, records, sources)
    reproduction = Reproduction(
        sources=sources,
        stand_in=fallback_list_tally(store, protocol),
        variants=tuple(_variants(store, protocol, reasons, works)),
        boxes=compare_flows(reported, rerun),
        differences=tuple(_differences(store, protocol, sources)),
        works=works,
        reporting=_reporting(protocol, sources),
        candidates=tuple(_candidates(store, protocol, records)),
        open_pairs=_open_pairs(store, records),
        findings=_findings(protocol, works, reported),
    )

    return Comparison(reproduction=reproduction, reported=reported, rerun=rerun)


def _source_outcome(
    store: Store, protocol: Protocol, source: ProtocolSource, reasons: _Reasons
) -> SourceOutcome:
    primary = protocol.primary
    query = source_query(protocol, primary, source.id) if primary else None
    reported = protocol.reported.sources.get(source.id) if protocol.reported else None
    run = _newest_run(store, protocol, source)

    return SourceOutcome(
        source=source.id,
        name=source.name,
        role=Role(source.role),
        query=query.text if query else None,
        reported=reported,
        run=run,
        why_not=None if run else _why_not_run(primary, source.id, reasons),
        is_as_compiled=_is_as_compiled(run, query),
    )


def _is_as_compiled(run: SearchRun | None, query: CompiledQuery | None) -> bool:
    """Return whether a run's query is this one; some services get its limits beside it."""
    return bool(run and query and run.query in {query.text, query.written})


def _with_own_counts(
    store: Store, protocol: Protocol, outcomes: Sequence[SourceOutcome]
) -> tuple[SourceOutcome, ...]:
    """Return the sources of one's own review with what the flow has of each, and its searches."""
    if protocol.is_published or protocol.primary is None:
        return tuple(outcomes)

    identified = {row.source: row.in_flow for row in source_rows(store) if row.in_flow}
    return tuple(
        replace(
            outcome,
            identified=identified.get(outcome.source),
            earlier=_earlier_searches(store, protocol.primary, outcome.source),
        )
        for outcome in outcomes
    )


def _earlier_searches(
    store: Store, strategy: Strategy, source: str
) -> tuple[tuple[str, int | None], ...]:
    """Return day and count of each search of a source before the newest one."""
    searches = family_runs(store, source, strategy.id)
    return tuple((search.searched_at[:10], search.count) for search in searches[:-1])


def _why_not_run(strategy: Strategy | None, source: str, reasons: _Reasons) -> str | None:
    if strategy is None:
        return in_english("the protocol has no strategy")
    return reasons.get((source, strategy.id), NOT_SEARCHED)


def _reasons(store: Store, searches: Sequence[Search]) -> _Reasons:
    """Return why searches were not run, by source and strategy; `None` for one that was."""
    told = {(search.source, search.strategy): search.why_not for search in searches}
    return {**searches_not_run(store), **told}


def _newest_run(store: Store, protocol: Protocol, source: ProtocolSource) -> SearchRun | None:
    """Return the review's own search of a source.

    Of a review without a report, it is the newest of that and its updates.
    """
    primary = protocol.searches_of
    if source.role == Role.CITATIONS:
        primary = None  # what citations led to belongs to no strategy
    runs = [latest_run(store, source.id, primary)]
    if not protocol.is_published:
        runs.insert(0, latest_run(store, source.id, primary, kind=RunKind.UPDATE))
    return max((run for run in runs if run), key=lambda run: run.searched_at, default=None)


def _differences(
    store: Store, protocol: Protocol, sources: Sequence[SourceOutcome]
) -> Iterator[SourceDifference]:
    primary = protocol.primary
    if primary is None or protocol.reported is None:
        return

    for source in sources:
        if source.run:
            counts = SourceCounts(
                source=source.source,
                name=source.name,
                reported=source.reported,
                rerun=source.rerun,
                query=source.run.query,
            )
            records = records_of_latest_run(store, source.source, primary.id)
            yield explain_source(protocol, counts, records)


def _variants(
    store: Store, protocol: Protocol, reasons: _Reasons, outcomes: Sequence[WorkOutcome]
) -> Iterator[VariantOutcome]:
    """Yield each other reading of the method in each source."""
    works = _works_by_pmid(protocol, outcomes)

    for strategy in protocol.variants:
        for source in protocol.sources:
            query = source_query(protocol, strategy, source.id)
            run = latest_run(store, source.id, strategy.id)
            identifiers = run.identifiers if run else ()
            reason = reasons.get((source.id, strategy.id), NOT_SEARCHED)
            yield VariantOutcome(
                strategy=strategy.id,
                label=strategy.label,
                source=source.id,
                query=query.text if query else None,
                count=run.count if run else None,
                works=tuple(works[pmid] for pmid in identifiers if pmid in works),
                why_not=None if run else reason,
            )


def _works_by_pmid(protocol: Protocol, outcomes: Sequence[WorkOutcome]) -> dict[str, str]:
    """Return the included works by every PMID that is known of them."""
    if protocol.reported is None:
        return {}
    known = {outcome.pmid: outcome.work for outcome in outcomes if outcome.pmid}
    return known | {work.pmid: work.id for work in protocol.reported.works if work.pmid}


def _reporting(protocol: Protocol, sources: Sequence[SourceOutcome]) -> tuple[ReportingItem, ...]:
    if protocol.reported:
        return judge_reporting(protocol)
    return own_reporting(protocol, sources)


def _findings(protocol: Protocol, works: Sequence[WorkOutcome], reported: Flow) -> tuple[str, ...]:
    broken = [
        in_english("The reported flow does not add up: {sentence}", sentence=item.sentence)
        for item in check_flow(reported)
    ]
    if not protocol.is_published:
        works = ()
    return find_findings(protocol, works, broken)


def _candidates(
    store: Store, protocol: Protocol, records: Mapping[str, Record]
) -> Iterator[EligibleRecord]:
    """Yield the records that look eligible and were not included (PRISMA 2020 item 16b).

    Every check is "yes", and every concept was seen.
    """
    checks = checks_by_record(store)
    if not checks:
        return

    for state in states(store, only=State.RECORD_EXCLUDED):
        record = records[state.record]
        record_checks = checks.get(record.key, [])
        if _meets_all(record_checks) and _names_all(protocol, record):
            evidence = "; ".join(dict.fromkeys(check.evidence for check in record_checks))
            yield EligibleRecord(record=record.key, title=record.title or "", evidence=evidence)


def _meets_all(checks: Sequence[Check]) -> bool:
    return bool(checks) and all(check.answer is Answer.YES for check in checks)


def _names_all(protocol: Protocol, record: Record) -> bool:
    return all(
        seen_at_all(descriptor, record, complete_sources()) is Answer.YES
        for descriptor in protocol.descriptors
    )


def _open_pairs(store: Store, records: Mapping[str, Record]) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (_titled(records, first), _titled(records, second), reason)
        for first, second, reason in pairs_to_review(store)
    )


def _titled(records: Mapping[str, Record], key: str) -> str:
    return f"{records[key].title or 'no title'} ({key})"
