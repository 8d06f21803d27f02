"""The published selection, replayed as the decisions of a reviewer named after the review."""

from collections.abc import Iterable, Iterator, Sequence

from reviewkit.partition import RecordState, State
from reviewkit.protocol import Protocol
from reviewkit.records import Decision, Record, Role, RunStatus, SearchRun, Stage, Verdict
from reviewkit.store import Store
from reviewkit.works import Match, match_works, work_as_record

NOT_AMONG_THE_WORKS = "not among the works that the review included"
REPLAY_FOOTNOTE = (
    "Excluded here: not among the works that the review included. Whether the review saw these records, and why it "
    "left them out, is not reported."
)


def replay_selection(store: Store, protocol: Protocol, *, protocol_sha256: str, at: str) -> dict[str, Match]:
    """Match the reported works with the flow's records, and decide in the review's name; the matches by work id.

    A work that no record stands for enters through the list of works that the review reports. `at` dates the
    decisions: the time of the latest run, so that a replay from the cache gives the same rows.
    """
    if protocol.reported is None:
        return {}
    works = protocol.reported.works
    leads = {row["record"]: row["lead"] for row in store.rows("SELECT record, lead FROM duplicates")}
    records = [record for record in store.records_in_flow() if record.source != "reported"]
    matches = {
        name: Match(work=name, record=leads.get(match.record, match.record), by=match.by)
        for name, match in match_works(works, records).items()
    }
    unmatched = [work for work in works if work.id not in matches]
    if unmatched:
        _add_reported(store, protocol_sha256, [work_as_record(work) for work in unmatched], at)
    matched = {**{work.id: f"reported:{work.id}" for work in unmatched}, **{n: m.record for n, m in matches.items()}}
    store.set_works(
        (work.id, position, work.title, matched[work.id], matches[work.id].by if work.id in matches else None)
        for position, work in enumerate(works)
    )
    included = frozenset(matched.values())
    reviewer = protocol.review.reviewer
    store.add_decisions(_decisions(store.states(), included, reviewer, at), protocol=protocol_sha256)
    return matches


def _add_reported(store: Store, protocol_sha256: str, records: Sequence[Record], at: str) -> None:
    run = SearchRun(
        source="reported",
        role=Role.REPORTED,
        strategy="reported",
        query="",
        searched_at=at,
        status=RunStatus.COMPLETE,
        count=len(records),
        received=len(records),
        identifiers=tuple(record.source_id for record in records),
    )
    store.add_run(run, records, protocol=protocol_sha256, counts_in_flow=True)


def _decisions(states: Iterable[RecordState], included: frozenset[str], reviewer: str, at: str) -> Iterator[Decision]:
    for state in states:
        if state.record in included and state.state is not State.INCLUDED:
            for stage in Stage:
                yield _decision(state.record, stage, Verdict.INCLUDE, None, reviewer, at)
        elif state.record not in included and state.state is State.AWAITING_SCREENING:
            yield _decision(state.record, Stage.TITLE_ABSTRACT, Verdict.EXCLUDE, NOT_AMONG_THE_WORKS, reviewer, at)


def _decision(record: str, stage: Stage, verdict: Verdict, reason: str | None, reviewer: str, at: str) -> Decision:
    return Decision(
        record=record, stage=stage, reviewer=reviewer, verdict=verdict, reason=reason, note=None, decided_at=at
    )
