"""Everything that was said of one record, by everybody, in the order of time."""

from dataclasses import dataclass

from reviewkit.model.records import Stage
from reviewkit.store.database import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class StageEvent:
    """A decision or a settlement of a conflict on a record; `settled` tells them apart."""

    stage: Stage
    reviewer: str
    verdict: str
    reason: str | None
    note: str | None
    at: str
    settled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalEvent:
    """What a person said of a report's retrieval."""

    reviewer: str
    outcome: str
    detail: str | None
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A run that lists a record."""

    run: int
    source: str
    searched_at: str
    query: str
    counts: bool


def stage_events(store: Store, record: str) -> list[StageEvent]:
    """Return every decision and settlement on a record, the oldest first."""
    rows = store.rows(
        "SELECT stage, coalesce(reviewer_aliases.new, reviewer), verdict, reason, note, "
        "decided_at AS at, 0, step FROM decisions "
        "LEFT JOIN reviewer_aliases ON reviewer_aliases.old = reviewer WHERE record = ? "
        "UNION ALL SELECT stage, coalesce(reviewer_aliases.new, settled_by), verdict, reason, why, "
        "settled_at, 1, step FROM resolutions "
        "LEFT JOIN reviewer_aliases ON reviewer_aliases.old = settled_by WHERE record = ? "
        "ORDER BY at, step",
        [record, record],
    )
    return [
        StageEvent(
            stage=Stage(stage),
            reviewer=reviewer,
            verdict=verdict,
            reason=reason,
            note=note,
            at=at,
            settled=bool(settled),
        )
        for stage, reviewer, verdict, reason, note, at, settled, _ in rows
    ]


def retrieval_events(store: Store, record: str) -> list[RetrievalEvent]:
    """Return everything that was said of a report's retrieval, the oldest first."""
    rows = store.rows(
        "SELECT reviewer, outcome, detail, told_at FROM retrievals WHERE record = ? "
        "ORDER BY step, told_at, sha256",
        [record],
    )
    return [
        RetrievalEvent(reviewer=reviewer, outcome=outcome, detail=detail, at=at)
        for reviewer, outcome, detail, at in rows
    ]


def datasets_with(store: Store, record: str) -> list[Dataset]:
    """Return every run that lists a record, the oldest first; `counts` where the flow has it."""
    rows = store.rows(
        "SELECT DISTINCT run, source, searched_at, query, run IN (SELECT run FROM flow_runs) "
        "FROM run_records JOIN runs USING (run) WHERE record = ? ORDER BY run",
        [record],
    )
    return [
        Dataset(run=run, source=source, searched_at=at, query=query, counts=bool(counts))
        for run, source, at, query, counts in rows
    ]
