"""What the store and the protocol say of a rerun, put side by side: the rerun's side of `reproduce`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reviewkit.flow import Flow
from reviewkit.flow_check import check as check_flow
from reviewkit.protocol import Protocol, Source
from reviewkit.query import can_return, compile_query, seen_at_all, seen_in_headings, seen_in_text, seen_in_title
from reviewkit.records import Answer, Check, Record, Role
from reviewkit.reproduction import (
    Candidate,
    Reproduction,
    SourceOutcome,
    VariantOutcome,
    WorkOutcome,
    compare_flows,
    find_findings,
    judge_reporting,
    reported_flow,
)
from reviewkit.store import Store
from reviewkit.store.runs import latest_run, records_in_flow
from reviewkit.workflow.review_flow import REPORTED_LABEL, review_flow, stand_in_tally
from reviewkit.workflow.search import Search


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What a rerun found, and both flows."""

    reproduction: Reproduction
    reported: Flow
    rerun: Flow


def compare(store: Store, protocol: Protocol, searches: Sequence[Search]) -> Comparison:
    """The rerun as it stands in the store, beside what the protocol says was reported."""
    records = {record.key: record for record in records_in_flow(store)}
    sources = tuple(_source_outcome(store, protocol, source, searches) for source in protocol.sources)
    reported = reported_flow(protocol)
    rerun = review_flow(store, protocol)
    works = _work_outcomes(store, protocol, records)
    broken = [f"The reported flow does not add up: {item.sentence}" for item in check_flow(reported)]
    reproduction = Reproduction(
        sources=sources,
        stand_in=stand_in_tally(store, protocol),
        variants=_variants(store, protocol, searches),
        boxes=compare_flows(reported, rerun),
        works=works,
        reporting=judge_reporting(protocol),
        candidates=_candidates(store, protocol, records),
        open_pairs=_open_pairs(store, records),
        findings=find_findings(protocol, works, broken),
    )
    return Comparison(reproduction=reproduction, reported=reported, rerun=rerun)


def _source_outcome(store: Store, protocol: Protocol, source: Source, searches: Sequence[Search]) -> SourceOutcome:
    primary = protocol.primary
    query = compile_query(protocol, primary, source.id) if primary else None
    search = next((s for s in searches if primary and (s.source, s.strategy) == (source.id, primary.id)), None)
    return SourceOutcome(
        source=source.id,
        name=source.name,
        role=Role(source.role),
        query=query.text if query else None,
        reported=protocol.reported.sources.get(source.id) if protocol.reported else None,
        run=latest_run(store, source.id, primary.id) if primary else None,
        why_not=search.why_not if search else "the protocol has no strategy",
    )


def _work_outcomes(store: Store, protocol: Protocol, records: Mapping[str, Record]) -> tuple[WorkOutcome, ...]:
    rows = {row["work"]: row for row in store.rows("SELECT work, record, matched_by FROM works")}
    checks = [
        Check(record=row["record"], criterion=row["criterion"], answer=Answer(row["answer"]), evidence=row["evidence"])
        for row in store.rows("SELECT checks.* FROM checks JOIN criteria USING (criterion) ORDER BY position")
    ]
    labels = {source.id: source.name for source in protocol.sources}
    if protocol.stand_in:
        labels[protocol.stand_in.id] = protocol.stand_in.label
    outcomes = []
    for work in protocol.reported.works if protocol.reported else ():
        record, by = records[rows[work.id]["record"]], rows[work.id]["matched_by"]
        outcomes.append(
            WorkOutcome(
                work=work.id,
                reference=work.reference,
                title=work.title,
                record=record.key,
                source=labels.get(record.source, REPORTED_LABEL),
                found=by is not None,
                matched_by=by,
                returnable=_returnable(protocol, record),
                concepts=_concepts(protocol, record),
                checks=tuple(check for check in checks if check.record == record.key),
            )
        )
    return tuple(outcomes)


def _returnable(protocol: Protocol, record: Record) -> dict[str, tuple[Answer, str]]:
    judged = {strategy.id: can_return(protocol, strategy, record) for strategy in protocol.strategies}
    return {name: (told.answer, told.evidence) for name, told in judged.items() if told}


def _concepts(protocol: Protocol, record: Record) -> dict[str, dict[str, Answer]]:
    return {
        descriptor.id: {
            "title": seen_in_title(descriptor, record),
            "text": seen_in_text(descriptor, record, with_keywords=True),
            "headings": seen_in_headings(descriptor, record),
        }
        for descriptor in protocol.descriptors
    }


def _variants(store: Store, protocol: Protocol, searches: Sequence[Search]) -> tuple[VariantOutcome, ...]:
    pmids = {work.pmid: work.id for work in protocol.reported.works if work.pmid} if protocol.reported else {}
    labels = {strategy.id: strategy.label for strategy in protocol.variants}
    outcomes = []
    for search in searches:
        if search.strategy in labels:
            run = latest_run(store, search.source, search.strategy)
            returned = run.identifiers if run else ()
            outcomes.append(
                VariantOutcome(
                    strategy=search.strategy,
                    label=labels[search.strategy],
                    source=search.source,
                    query=search.query,
                    count=run.count if run else None,
                    works=tuple(pmids[identifier] for identifier in returned if identifier in pmids),
                    why_not=None if run else search.why_not,
                )
            )
    return tuple(outcomes)


def _candidates(store: Store, protocol: Protocol, records: Mapping[str, Record]) -> tuple[Candidate, ...]:
    """PRISMA 2020 item 16b: what looks eligible and was not included. Every check is yes, every concept was seen."""
    rows = store.rows(
        "SELECT record, group_concat(evidence, '; ') AS evidence FROM "
        "(SELECT checks.* FROM checks JOIN criteria USING (criterion) ORDER BY position) "
        "WHERE record IN (SELECT record FROM record_states WHERE state = 'record_excluded') "
        "GROUP BY record HAVING min(answer) = 'yes' AND max(answer) = 'yes'"
    )
    found = []
    for row in rows:
        record = records[row["record"]]
        if all(seen_at_all(descriptor, record) is Answer.YES for descriptor in protocol.descriptors):
            evidence = "; ".join(dict.fromkeys(row["evidence"].split("; ")))
            found.append(Candidate(record=record.key, title=record.title or "", evidence=evidence))
    return tuple(found)


def _open_pairs(store: Store, records: Mapping[str, Record]) -> tuple[tuple[str, str, str], ...]:
    rows = store.rows("SELECT record_a, record_b, words FROM pairs WHERE outcome = 'ask' ORDER BY record_a, record_b")
    return tuple((_named(records, row["record_a"]), _named(records, row["record_b"]), row["words"]) for row in rows)


def _named(records: Mapping[str, Record], key: str) -> str:
    return f"{records[key].title or 'no title'} ({key})"
