"""What the team has agreed on and what is open: stages, conflicts, assignments, where each reviewer stands."""

from collections.abc import Mapping, Sequence
from typing import Any

from reviewkit.model.records import Decision, Stage, Verdict
from reviewkit.store.database import Store
from reviewkit.store.events import ASSIGNMENT, RESOLUTION, STOP, Value, append
from reviewkit.store.screening_queries import decision_of


def set_stages(store: Store, needed: dict[Stage, int]) -> None:
    """Store how many reviewers each stage needs, as the protocol says."""
    store.replace("stages", ("stage",), ("reviewers_needed",), [*needed.items()])


def data_version(store: Store) -> int:
    """A number that changes when another connection has written."""
    version: Any = store.rows("PRAGMA data_version")[0]["data_version"]
    return int(version)


def stage_mark(store: Store) -> tuple[object, ...] | None:
    """What changes when records come to a stage or leave it, or are asked of others than before; not when somebody
    decides. `None` while an update is under way: what it brings is not linked and checked yet.
    """
    (busy, *mark), *_ = store.tuples(
        "SELECT EXISTS (SELECT 1 FROM updates WHERE update_number NOT IN (SELECT update_number FROM update_ends)), "
        "(SELECT coalesce(max(run), 0) FROM runs), "
        "(SELECT group_concat(record || ' ' || lead) FROM duplicates), "
        "(SELECT coalesce(max(rowid), 0) FROM checks), "
        "(SELECT coalesce(max(pair_decision), 0) FROM pair_decisions), "
        "(SELECT coalesce(max(round), 0) FROM assignment_rounds), "
        "(SELECT coalesce(max(stop), 0) FROM stops)"
    )
    return None if busy else tuple(mark)


def conflicts(store: Store) -> list[tuple[str, Stage]]:
    """What waits for somebody to settle it, by stage and record."""
    rows = store.rows("SELECT record, stage FROM conflicts ORDER BY stage DESC, record")
    return [(row["record"], Stage(row["stage"])) for row in rows]


def team_decisions(store: Store, record: str, stage: Stage) -> list[Decision]:
    """What stands on a record at a stage, one decision a reviewer, by name."""
    rows = store.rows(
        "SELECT record, stage, reviewer, verdict, reason, note, decided_at FROM current_decisions "
        "WHERE record = ? AND stage = ? AND selection = 'team' ORDER BY reviewer",
        [record, stage],
    )
    return [decision_of(row) for row in rows]


def last_settled(store: Store, settled_by: str) -> tuple[str, Stage] | None:
    """What somebody settled last and still stands, as record and stage."""
    rows = store.tuples(
        "SELECT record, stage FROM current_resolutions WHERE settled_by = ? "
        "ORDER BY settled_at DESC, resolution DESC LIMIT 1",
        [settled_by],
    )
    return (rows[0][0], Stage(rows[0][1])) if rows else None


def add_resolution(store: Store, values: Mapping[str, Value], *, protocol: str) -> None:
    append(store, RESOLUTION, values, protocol=protocol)


def add_assignment(
    store: Store,
    values: Mapping[str, Value],
    reviewers_of: Mapping[str, Sequence[str]],
    *,
    protocol: str,
) -> None:
    """A new round of its stage: it stands alone from now on."""
    listed = [(record, name) for record, names in reviewers_of.items() for name in names]
    append(store, ASSIGNMENT, values, protocol=protocol, listed=listed)


def add_stop(
    store: Store, values: Mapping[str, Value], records: Sequence[str], *, protocol: str
) -> None:
    append(store, STOP, values, protocol=protocol, listed=[(record,) for record in records])


def count_uncounted(store: Store) -> tuple[int, int]:
    """How many records the team has decided on that do not count: copies that another one leads, and those that no
    run of the flow brings (a list that stood in, say, before a search could be run).
    """
    (copies, gone), *_ = store.tuples(
        "SELECT count(*) FILTER (WHERE linked), count(*) FILTER (WHERE NOT linked AND NOT flows) FROM ("
        "SELECT record IN (SELECT record FROM duplicates) AS linked, "
        "record IN (SELECT record FROM flow_records) AS flows "
        "FROM (SELECT DISTINCT record FROM current_decisions WHERE selection = 'team'))"
    )
    return copies, gone


def verdict_counts(store: Store) -> list[dict[str, Any]]:
    """How many records of each stage have which team verdict, by stage and verdict."""
    return store.rows(
        "SELECT stage, verdict, count(*) AS n FROM verdicts WHERE selection = 'team' GROUP BY stage, verdict"
    )


def state_counts(store: Store) -> dict[str, int]:
    """How many records the team's selection has in each state."""
    rows = store.rows(
        "SELECT state, count(*) AS n FROM selection_states WHERE selection = 'team' GROUP BY state"
    )
    return {row["state"]: row["n"] for row in rows}


def reviewer_counts(store: Store) -> list[dict[str, Any]]:
    """Per stage and reviewer: verdicts, first and latest decision; the published review is marked."""
    return store.rows(
        "SELECT stage, reviewer, selection, sum(verdict = 'include') AS include, sum(verdict = 'exclude') AS exclude, "
        "sum(verdict = 'maybe') AS maybe, count(*) AS done, min(decided_at) AS first, max(decided_at) AS latest "
        "FROM current_decisions GROUP BY stage, reviewer ORDER BY stage DESC, reviewer"
    )


def assignment_counts(store: Store) -> dict[tuple[str, str], int]:
    """How many records each reviewer is assigned at each stage."""
    rows = store.rows(
        "SELECT stage, reviewer, count(*) AS n FROM current_assignments GROUP BY stage, reviewer"
    )
    return {(row["stage"], row["reviewer"]): row["n"] for row in rows}


def current_stop(store: Store) -> dict[str, Any] | None:
    """The stop that stands: who, when, by which rule, and how many records it leaves."""
    rows = store.rows(
        "SELECT stopped_by, rule, evidence, stopped_at, (SELECT count(*) FROM stopped_records "
        "WHERE stop_sha256 = current_stop.sha256) AS records FROM current_stop"
    )
    return rows[0] if rows else None


def reviewers_at(store: Store, stage: Stage) -> dict[str, dict[str, tuple[str, str | None]]]:
    """Per reviewer, the published review among them: verdict and reason of every record decided on at a stage."""
    found: dict[str, dict[str, tuple[str, str | None]]] = {}
    rows = store.rows(
        "SELECT reviewer, record, verdict, reason FROM current_decisions WHERE stage = ? ORDER BY reviewer, record",
        [stage],
    )
    for row in rows:
        found.setdefault(row["reviewer"], {})[row["record"]] = (row["verdict"], row["reason"])
    return found


def screening_labels(store: Store, stage: Stage) -> list[tuple[str, bool]]:
    """The records decided on at a stage in the order in which each was first decided, with whether it stays in.

    A record on which the team differs, or is undecided, counts as one that stays in: the cautious reading.
    """
    rows = store.rows(
        "SELECT verdicts.record, verdicts.verdict FROM verdicts JOIN (SELECT record, min(decided_at) AS first, "
        "min(decision) AS place FROM current_decisions WHERE stage = ? AND selection = 'team' GROUP BY record) "
        "AS times USING (record) WHERE verdicts.selection = 'team' AND verdicts.stage = ? ORDER BY first, place",
        [stage, stage],
    )
    return [(row["record"], row["verdict"] != Verdict.EXCLUDE) for row in rows]
