"""What the team has agreed on and what is open: stages, conflicts, assignments, progress."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reviewkit.model.records import Decision, Stage, Verdict
from reviewkit.store.database import Store
from reviewkit.store.decisions import DECISION_COLUMNS, decision_of, of_work
from reviewkit.store.events import ASSIGNMENT, RESOLUTION, STOP, Value, append
from reviewkit.store.given_tables import GivenTable


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewerCounts:
    """One reviewer's verdicts at one stage; `first` and `latest` are ISO 8601, UTC."""

    reviewer: str
    include: int = 0
    exclude: int = 0
    maybe: int = 0
    done: int = 0
    first: str = ""
    latest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentStop:
    """A stop of screening; `evidence` is JSON, `records` is how many it leaves."""

    stopped_by: str
    rule: str
    evidence: str
    stopped_at: str
    records: int


def use_stages(store: Store, needed: dict[Stage, int]) -> None:
    """Let this connection count with so many reviewers at each stage. Nothing is stored."""
    columns = ("stage", "reviewers_needed")
    store.use_tables(GivenTable(name="stages", columns=columns, rows=needed.items()))


def set_stages(store: Store, needed: dict[Stage, int]) -> None:
    """Store how many reviewers each stage needs, for other tools that read the file.

    This program counts with what `use_stages` was given.
    """
    store.replace("main.stages", ("stage",), ("reviewers_needed",), [*needed.items()])


def conflicts(store: Store) -> list[tuple[str, Stage]]:
    """Return what waits for somebody to settle it, by stage and record."""
    rows = store.rows("SELECT record, stage FROM conflicts ORDER BY stage DESC, record")
    return [(record, Stage(stage)) for record, stage in rows]


def team_decisions(store: Store, record: str, stage: Stage) -> list[Decision]:
    """Return the team's current decisions on a record at a stage, by reviewer.

    Who has decided only on a copy of it, has decided on it.
    """
    is_of_work, keys = of_work(store, record)
    rows = store.rows(
        f"SELECT {DECISION_COLUMNS} FROM current_decisions "
        f"WHERE {is_of_work} AND stage = ? AND selection = 'team' ORDER BY record <> ?, step DESC",
        [*keys, stage, record],
    )
    by_reviewer: dict[str, Decision] = {}
    for decision in map(decision_of, rows):
        by_reviewer.setdefault(decision.reviewer, decision)
    return [by_reviewer[reviewer] for reviewer in sorted(by_reviewer)]


def last_settled(store: Store, settled_by: str) -> tuple[str, Stage] | None:
    """Return record and stage of the last resolution of somebody that is still current."""
    row = store.first(
        "SELECT record, stage FROM current_resolutions WHERE settled_by = ? "
        "ORDER BY resolution DESC LIMIT 1",
        [settled_by],
    )
    return row and (row[0], Stage(row[1]))


def add_resolution(store: Store, values: Mapping[str, Value], *, protocol: str) -> None:
    """Append a resolution of a conflict, inside the open transaction."""
    append(store, RESOLUTION, values, protocol=protocol)


def add_assignment(
    store: Store,
    values: Mapping[str, Value],
    reviewers_of: Mapping[str, Sequence[str]],
    *,
    protocol: str,
) -> None:
    """Append a round of assignments. It replaces the stage's earlier rounds."""
    listed: list[tuple[str, str]] = []
    for record, names in reviewers_of.items():
        listed += [(record, name) for name in names]
    append(store, ASSIGNMENT, values, protocol=protocol, listed=listed)


def add_stop(
    store: Store, values: Mapping[str, Value], records: Sequence[str], *, protocol: str
) -> None:
    """Append a stop of screening that leaves these records, or one that is lifted."""
    append(store, STOP, values, protocol=protocol, listed=[(record,) for record in records])


def count_uncounted(store: Store) -> tuple[int, int]:
    """Return how many records the team has decided on that do not count in the flow.

    First the duplicates of another record. Then those that no run of the flow brings: from a list
    that stood in before a search could be run, say.
    """
    (copies, gone), *_ = store.rows(
        "SELECT count(*) FILTER (WHERE linked), count(*) FILTER (WHERE NOT linked AND NOT flows) "
        "FROM (SELECT record IN (SELECT record FROM duplicates) AS linked, "
        "record IN (SELECT record FROM flow_records) AS flows "
        "FROM (SELECT DISTINCT record FROM current_decisions WHERE selection = 'team'))"
    )
    return copies, gone


def verdicts_at(store: Store, stage: Stage) -> dict[str, str]:
    """Return the team's joint verdict on each record that anybody has decided on at a stage."""
    rows = store.rows(
        "SELECT record, verdict FROM verdicts WHERE selection = 'team' AND stage = ?", [stage]
    )
    return dict(rows)


def state_counts(store: Store) -> dict[str, int]:
    """Return how many records the team's selection has in each state."""
    rows = store.rows(
        "SELECT state, count(*) FROM selection_states WHERE selection = 'team' GROUP BY state"
    )
    return dict(rows)


def reviewer_counts(store: Store, stage: Stage) -> dict[str, ReviewerCounts]:
    """Return each reviewer's counts at a stage, the published review among them, by name."""
    rows = store.rows(
        "SELECT reviewer, sum(verdict = 'include'), sum(verdict = 'exclude'), "
        "sum(verdict = 'maybe'), count(*), min(decided_at), max(decided_at) "
        "FROM current_decisions WHERE stage = ? GROUP BY reviewer ORDER BY reviewer",
        [stage],
    )
    return {
        reviewer: ReviewerCounts(
            reviewer=reviewer,
            include=include,
            exclude=exclude,
            maybe=maybe,
            done=done,
            first=first,
            latest=latest,
        )
        for reviewer, include, exclude, maybe, done, first, latest in rows
    }


def assignment_counts(store: Store) -> dict[tuple[str, str], int]:
    """Return by stage and reviewer how many records are assigned."""
    rows = store.rows(
        "SELECT stage, reviewer, count(*) FROM current_assignments GROUP BY stage, reviewer"
    )
    return {(stage, reviewer): number for stage, reviewer, number in rows}


def current_stop(store: Store) -> CurrentStop | None:
    """Return the current stop of screening, `None` where there is none."""
    row = store.first(
        "SELECT stopped_by, rule, evidence, stopped_at, (SELECT count(*) FROM stopped_records "
        "WHERE stop_sha256 = current_stop.sha256) FROM current_stop"
    )
    if row is None:
        return None

    stopped_by, rule, evidence, stopped_at, records = row
    return CurrentStop(
        stopped_by=stopped_by,
        rule=rule,
        evidence=evidence,
        stopped_at=stopped_at,
        records=records,
    )


def reviewers_at(store: Store, stage: Stage) -> dict[str, dict[str, tuple[str, str | None]]]:
    """Return by reviewer and record the current verdict and reason at a stage.

    The published review is among the reviewers.
    """
    decisions: dict[str, dict[str, tuple[str, str | None]]] = {}
    rows = store.rows(
        "SELECT reviewer, record, verdict, reason FROM pooled_decisions "
        "WHERE stage = ? ORDER BY reviewer, record",
        [stage],
    )

    for reviewer, record, verdict, reason in rows:
        decisions.setdefault(reviewer, {})[record] = (verdict, reason)
    return decisions


def screening_labels(store: Store, stage: Stage) -> list[tuple[str, bool]]:
    """Return the records decided on at a stage, each with whether it stays in.

    They are in the order in which each was first decided. A record on which the team differs, or is
    undecided, counts as one that stays in: the cautious reading.
    """
    rows = store.rows(
        "SELECT verdicts.record, verdicts.verdict FROM verdicts JOIN ("
        "SELECT record, min(decided_at) AS first, min(decision) AS place FROM pooled_decisions "
        "WHERE stage = ? AND selection = 'team' GROUP BY record) AS times USING (record) "
        "WHERE verdicts.selection = 'team' AND verdicts.stage = ? ORDER BY first, place",
        [stage, stage],
    )
    return [(record, verdict != Verdict.EXCLUDE) for record, verdict in rows]
