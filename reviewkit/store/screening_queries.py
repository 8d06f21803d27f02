"""What a screening session reads: its candidates, the decisions on them, and the history of each."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reviewkit.model.records import Decision, Stage, Verdict
from reviewkit.prisma.partition import Selection, State
from reviewkit.screening.queue import Candidate
from reviewkit.store.database import Store, marks

DecisionAndOrigin = tuple[Decision, bool]


_DECISION = "record, stage, reviewer, verdict, reason, note, decided_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class StageDecisions:
    """What stands on one record at one stage: each reviewer's verdict, and whether a conflict on it was settled."""

    record: str
    decided: Mapping[str, Verdict]
    settled: bool


def candidates(store: Store, stage: Stage, *, dated: bool) -> tuple[Candidate, ...]:
    """The records that a stage is about, by the team's own selection; `dated` where their order asks for it.

    Records of other methods (citations, websites) have no screening of title and abstract, as in PRISMA 2020.
    """
    rows = (
        store.tuples(_TO_SCREEN)
        if stage is Stage.TITLE_ABSTRACT
        else store.tuples(_TO_ASSESS, _ASSESSED)
    )
    # The dates stand beside the abstracts, and reading those of 100,000 records takes as long as all the rest.
    dates = dict(store.tuples(f"SELECT record, {_DATE} FROM records")) if dated else {}
    return tuple(
        Candidate(record=record, source=source, date=dates.get(record, ""))
        for record, source in rows
    )


_DATE = "coalesce(published, CAST(year AS TEXT), created, '')"


# The same records as `selection_states` has at this stage; the view takes a second for 100,000 of them.
_TO_SCREEN = """
SELECT record, source FROM flow_records
WHERE role IN ('database', 'register', 'stand_in')
  AND record NOT IN (SELECT record FROM duplicates)
  AND (record NOT IN (SELECT record FROM first_removals)
    OR record IN (SELECT record FROM current_decisions WHERE selection = 'team'))
"""


_ASSESSED = (State.AWAITING_ASSESSMENT, State.NOT_RETRIEVED, State.REPORT_EXCLUDED, State.INCLUDED)


_TO_ASSESS = f"""
SELECT record, source FROM selection_states WHERE selection = 'team' AND state IN ({marks(len(_ASSESSED))})
"""


def records_after_screening_began(store: Store) -> frozenset[str]:
    """The records that came after screening began: by an update, or by a search after the team's first decision."""
    late = (
        "SELECT run FROM flow_runs WHERE searched_at > coalesce((SELECT min(decided_at) FROM decisions WHERE "
        "stage = 'title_abstract' AND reviewer NOT IN (SELECT reviewer FROM published_reviewers)), '9999')"
    )
    rows = store.tuples(
        f"SELECT record FROM later_records UNION SELECT record FROM run_records WHERE run IN ({late}) "
        f"AND record NOT IN (SELECT record FROM run_records JOIN flow_runs USING (run) "
        f"WHERE run NOT IN ({late}) AND record IS NOT NULL)"
    )
    return frozenset(record for (record,) in rows)


def stopped_records(store: Store) -> frozenset[str]:
    """The records that the standing stop leaves unscreened."""
    rows = store.rows(
        "SELECT record FROM stopped_records WHERE stop_sha256 = (SELECT sha256 FROM current_stop)"
    )
    return frozenset(row["record"] for row in rows)


def assigned_reviewers(store: Store, stage: Stage) -> dict[str, frozenset[str]]:
    """Who is to screen each assigned record."""
    found: dict[str, set[str]] = {}
    for row in store.rows(
        "SELECT record, reviewer FROM current_assignments WHERE stage = ?", [stage]
    ):
        found.setdefault(row["record"], set()).add(row["reviewer"])
    return {record: frozenset(names) for record, names in found.items()}


def verdicts_by_record(store: Store, stage: Stage) -> dict[str, dict[str, Verdict]]:
    """What the team's reviewers say, of every record that any of them has decided on at a stage."""
    found: dict[str, dict[str, Verdict]] = {}
    # In the order in which they stand in each other's place: the last one stands, as in `current_decisions`.
    rows = store.tuples(
        "SELECT record, reviewer, verdict FROM decisions WHERE stage = ? "
        "AND reviewer NOT IN (SELECT reviewer FROM published_reviewers) ORDER BY step, decided_at, decision_sha256",
        [stage],
    )
    verdicts = {str(verdict): verdict for verdict in Verdict}
    for record, reviewer, verdict in rows:
        said = found.setdefault(record, {})
        if verdict == Verdict.WITHDRAWN:
            said.pop(reviewer, None)
        else:
            said[reviewer] = verdicts[verdict]
    return found


def settled_records(store: Store, stage: Stage) -> frozenset[str]:
    """The records of a stage on which somebody has settled a conflict."""
    rows = store.tuples("SELECT record FROM current_resolutions WHERE stage = ?", [stage])
    return frozenset(record for (record,) in rows)


def stage_decisions(store: Store, stage: Stage, record: str) -> StageDecisions:
    """What stands on one record."""
    rows = store.tuples(
        "SELECT reviewer, verdict FROM current_decisions WHERE record = ? AND stage = ? AND selection = 'team'",
        [record, stage],
    )
    said = {reviewer: Verdict(verdict) for reviewer, verdict in rows}
    is_settled = store.tuples(
        "SELECT 1 FROM current_resolutions WHERE record = ? AND stage = ?", [record, stage]
    )
    return StageDecisions(record=record, decided=said, settled=bool(is_settled))


def latest_event(store: Store) -> tuple[int, int]:
    """The last decision and the last resolution by row: what came after can be asked for."""
    row = store.rows(
        "SELECT (SELECT coalesce(max(decision), 0) FROM decisions) AS decision, "
        "(SELECT coalesce(max(resolution), 0) FROM resolutions) AS resolution"
    )[0]
    return row["decision"], row["resolution"]


def records_touched_since(store: Store, stage: Stage, seen: tuple[int, int]) -> list[str]:
    """The records that got a decision or a resolution at this stage after `latest_event` gave `seen`."""
    rows = store.rows(
        "SELECT record FROM decisions WHERE decision > ? AND stage = ? "
        "UNION SELECT record FROM resolutions WHERE resolution > ? AND stage = ?",
        [seen[0], stage, seen[1], stage],
    )
    return [row["record"] for row in rows]


def decisions_on(store: Store, record: str) -> list[DecisionAndOrigin]:
    """Every reviewer's standing decisions on a record, both stages; with each whether it is the published review's."""
    rows = store.rows(
        f"SELECT {_DECISION}, selection FROM current_decisions WHERE record = ? ORDER BY reviewer",
        [record],
    )
    return [(decision_of(row), row["selection"] == Selection.PUBLISHED) for row in rows]


def decision_history(
    store: Store, reviewer: str, stage: Stage, *, record: str | None = None, limit: int = -1
) -> list[Decision]:
    """A reviewer's decisions at a stage, the newest first, taken back ones too; of one record where it is named."""
    where, values = (" AND record = ?", [record]) if record else ("", [])
    order = "step DESC" if record else "decided_at DESC, decision DESC"
    rows = store.rows(
        f"SELECT {_DECISION} FROM decisions WHERE reviewer = ? AND stage = ?{where} ORDER BY {order} LIMIT ?",
        [reviewer, stage, *values, limit],
    )
    return [decision_of(row) for row in rows]


def recent_times(store: Store, reviewer: str, stage: Stage, limit: int) -> list[datetime.datetime]:
    """When a reviewer's latest decisions were made, the oldest first."""
    rows = store.rows(
        "SELECT decided_at FROM decisions WHERE reviewer = ? AND stage = ? ORDER BY decided_at DESC LIMIT ?",
        [reviewer, stage, limit],
    )
    return [datetime.datetime.fromisoformat(row["decided_at"]) for row in reversed(rows)]


def last_to_undo(store: Store, reviewer: str, stage: Stage) -> tuple[str, Decision] | None:
    """A reviewer's latest decision that neither takes one back nor was taken back, with its SHA-256."""
    rows = store.rows(
        f"SELECT decision_sha256 AS sha256, {_DECISION} FROM decisions WHERE reviewer = ? AND stage = ? "
        "AND undoes IS NULL AND NOT EXISTS (SELECT 1 FROM decisions AS later "
        "WHERE later.undoes = decisions.decision_sha256) ORDER BY decided_at DESC, decision DESC LIMIT 1",
        [reviewer, stage],
    )
    return (rows[0]["sha256"], decision_of(rows[0])) if rows else None


def decision_before(store: Store, sha256: str) -> Decision | None:
    """What stood in a decision's place before it: the same reviewer's, on the same record and stage."""
    names = ", ".join(f"earlier.{name.strip()}" for name in _DECISION.split(","))
    rows = store.rows(
        f"SELECT {names} FROM decisions JOIN decisions AS earlier USING (record, stage, reviewer) "
        "WHERE decisions.decision_sha256 = ? AND earlier.step < decisions.step "
        "ORDER BY earlier.step DESC, earlier.decided_at DESC, earlier.decision_sha256 DESC LIMIT 1",
        [sha256],
    )
    return decision_of(rows[0]) if rows else None


def decision_of(row: Mapping[str, Any]) -> Decision:
    return Decision(
        record=row["record"],
        stage=Stage(row["stage"]),
        reviewer=row["reviewer"],
        verdict=Verdict(row["verdict"]),
        reason=row["reason"],
        note=row["note"],
        decided_at=row["decided_at"],
    )
