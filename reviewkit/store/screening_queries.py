"""What a screening session reads: its candidates and the decisions on them, with their history."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from reviewkit.model.records import Decision, Stage, Verdict
from reviewkit.prisma.partition import Selection, State
from reviewkit.screening.queue import Candidate
from reviewkit.store.aliases import names_of
from reviewkit.store.database import Store, marks
from reviewkit.store.decisions import DECISION_COLUMNS, decision_of, of_work
from reviewkit.store.duplicates import stored_leads

# A decision, and whether it is the published review's.
DecisionAndOrigin = tuple[Decision, bool]

_DATE = "coalesce(published, CAST(year AS TEXT), created, '')"
# The same records as `selection_states` has at this stage, as a test holds: that view takes a
# second for 100,000 of them.
_TO_SCREEN = """
SELECT record, source FROM flow_records
WHERE role IN ('database', 'register', 'stand_in', 'citations')
  AND record NOT IN (SELECT record FROM duplicates)
  AND (record NOT IN (SELECT record FROM first_removals)
    OR record IN (SELECT coalesce(lead, decided.record) FROM current_decisions AS decided
      LEFT JOIN duplicates ON duplicates.record = decided.record WHERE selection = 'team'))
"""
_ASSESSED = (State.AWAITING_ASSESSMENT, State.NOT_RETRIEVED, State.REPORT_EXCLUDED, State.INCLUDED)
_TO_ASSESS = f"""
SELECT record, source FROM selection_states
WHERE selection = 'team' AND state IN ({marks(len(_ASSESSED))})
"""
_CANDIDATES: dict[Stage, tuple[str, tuple[str, ...]]] = {
    Stage.TITLE_ABSTRACT: (_TO_SCREEN, ()),
    Stage.FULL_TEXT: (_TO_ASSESS, _ASSESSED),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StageDecisions:
    """The current decisions on one record at one stage, by reviewer, and whether a conflict was
    settled.
    """

    record: str
    decided: Mapping[str, Verdict]
    settled: bool


def candidates(store: Store, stage: Stage, *, dated: bool) -> tuple[Candidate, ...]:
    """Return the records that a stage is about, in the team's selection; `dated` where their order
    needs it.

    What websites and organisations gave has no screening of title and abstract, as in PRISMA 2020.
    What citation searching found has one (TARCiS).
    """
    rows = store.rows(*_CANDIDATES[stage])

    dates: dict[str, str] = {}
    if dated:
        # The dates are beside the abstracts: reading those of 100,000 records takes as long as all
        # the rest.
        dates = dict(store.rows(f"SELECT record, {_DATE} FROM records"))
    return tuple(
        Candidate(record=record, source=source, date=dates.get(record, ""))
        for record, source in rows
    )


def records_after_screening_began(store: Store) -> frozenset[str]:
    """Return the records that an update brought, or a search after the team's first decision."""
    late = (
        "SELECT run FROM flow_runs WHERE searched_at > coalesce(("
        "SELECT min(decided_at) FROM decisions WHERE stage = 'title_abstract' "
        "AND reviewer NOT IN (SELECT reviewer FROM published_reviewers)), '9999')"
    )
    rows = store.rows(
        "SELECT record FROM later_records UNION "
        f"SELECT record FROM run_records WHERE run IN ({late}) "
        "AND record NOT IN (SELECT record FROM run_records JOIN flow_runs USING (run) "
        f"WHERE run NOT IN ({late}) AND record IS NOT NULL)"
    )
    return frozenset(record for (record,) in rows)


def stopped_records(store: Store) -> frozenset[str]:
    """Return the records that the current stop leaves unscreened."""
    rows = store.rows(
        "SELECT record FROM stopped_records WHERE stop_sha256 = (SELECT sha256 FROM current_stop)"
    )
    return frozenset(record for (record,) in rows)


def not_retrieved_records(store: Store) -> frozenset[str]:
    """Return the records whose reports were sought and not retrieved."""
    rows = store.rows("SELECT record FROM current_retrievals WHERE outcome = 'not_retrieved'")
    return frozenset(record for (record,) in rows)


def assigned_reviewers(store: Store, stage: Stage) -> dict[str, frozenset[str]]:
    """Return by assigned record who is to screen it."""
    reviewers: dict[str, set[str]] = {}
    rows = store.rows("SELECT record, reviewer FROM current_assignments WHERE stage = ?", [stage])
    for record, reviewer in rows:
        reviewers.setdefault(record, set()).add(reviewer)
    return {record: frozenset(names) for record, names in reviewers.items()}


def verdicts_by_record(store: Store, stage: Stage) -> dict[str, dict[str, Verdict]]:
    """Return by record and reviewer the team's current verdicts at a stage.

    A record whose verdicts were all taken back has an empty entry.
    """
    # The order in which later decisions replace earlier ones, as in the view `current_decisions`.
    rows = store.rows(
        "SELECT record, coalesce(reviewer_aliases.new, reviewer), CASE WHEN decision_sha256 IN "
        "(SELECT decision_sha256 FROM sent_back) THEN 'withdrawn' ELSE verdict END "
        "FROM decisions LEFT JOIN reviewer_aliases ON reviewer_aliases.old = reviewer "
        "WHERE stage = ? "
        "AND reviewer NOT IN (SELECT reviewer FROM published_reviewers) "
        "ORDER BY step, decided_at, decision_sha256",
        [stage],
    )
    verdicts = {str(verdict): verdict for verdict in Verdict}
    by_record: dict[str, dict[str, Verdict]] = {}

    for record, reviewer, verdict in rows:
        current = by_record.setdefault(record, {})
        if verdict == Verdict.WITHDRAWN:
            current.pop(reviewer, None)
        else:
            current[reviewer] = verdicts[verdict]

    # Who has decided only on a copy, has decided on its lead record.
    for copy, lead in stored_leads(store).items():
        for reviewer, verdict in by_record.get(copy, {}).items():
            by_record.setdefault(lead, {}).setdefault(reviewer, verdict)
    return by_record


def records_with_verdicts(
    store: Store, stage: Stage
) -> Iterator[tuple[str, str | None, dict[str, Verdict]]]:
    """Yield each record of a stage, the team's joint verdict on it, and the verdict of each.

    The joint one is `None` where nobody has decided. No more than one record is held: see
    `Store.hold_states`.
    """
    here, values = _CANDIDATES[stage]
    rows = store.each(
        "SELECT here.record, joint.verdict, own.reviewer, own.verdict "
        f"FROM ({here}) AS here "
        "LEFT JOIN verdicts AS joint ON joint.selection = 'team' "
        "AND joint.record = here.record AND joint.stage = ? "
        "LEFT JOIN pooled_decisions AS own ON own.selection = 'team' "
        "AND own.record = here.record AND own.stage = ? ORDER BY here.record",
        [*values, stage, stage],
    )
    verdicts = {str(verdict): verdict for verdict in Verdict}

    for (record, joint), of_record in groupby(rows, key=itemgetter(0, 1)):
        decided = {reviewer: verdicts[own] for _, _, reviewer, own in of_record if reviewer}
        yield record, joint, decided


def settled_records(store: Store, stage: Stage) -> frozenset[str]:
    """Return the records of a stage on which somebody has settled a conflict."""
    rows = store.rows("SELECT record FROM current_resolutions WHERE stage = ?", [stage])
    return frozenset(record for (record,) in rows)


def stage_decisions(store: Store, stage: Stage, record: str) -> StageDecisions:
    """Return the team's current decisions on one record."""
    is_of_work, keys = of_work(store, record)
    rows = store.rows(
        "SELECT reviewer, verdict FROM current_decisions "
        f"WHERE {is_of_work} AND stage = ? AND selection = 'team' ORDER BY record = ?, step",
        [*keys, stage, record],
    )
    settled = store.first(
        "SELECT 1 FROM current_resolutions WHERE record = ? AND stage = ?", [record, stage]
    )
    decided = {reviewer: Verdict(verdict) for reviewer, verdict in rows}

    return StageDecisions(record=record, decided=decided, settled=settled is not None)


def decisions_on(store: Store, record: str) -> list[DecisionAndOrigin]:
    """Return every reviewer's current decisions on a record, both stages, by name.

    Who has decided only on a copy of it, has decided on it.
    """
    is_of_work, keys = of_work(store, record)
    rows = store.rows(
        f"SELECT selection, {DECISION_COLUMNS} FROM current_decisions "
        f"WHERE {is_of_work} ORDER BY reviewer, record <> ?, step DESC",
        [*keys, record],
    )
    by_reviewer: dict[tuple[str, Stage], DecisionAndOrigin] = {}
    for selection, *row in rows:
        decision = decision_of(tuple(row))
        known = decision, selection == Selection.PUBLISHED
        by_reviewer.setdefault((decision.reviewer, decision.stage), known)
    return list(by_reviewer.values())


def _by_reviewer(store: Store, reviewer: str) -> tuple[str, tuple[str, ...]]:
    """Return the condition for a reviewer's decisions, under every name, and its values."""
    names = names_of(store, reviewer)
    return f"reviewer IN ({marks(len(names))})", names


def decision_history(
    store: Store, reviewer: str, stage: Stage, *, record: str | None = None, limit: int = -1
) -> list[Decision]:
    """Return a reviewer's decisions at a stage, the newest first, with those taken back.

    The newest is the one that was stored last, whatever a clock said. With `record` only the
    decisions on it, in the order of their steps.
    """
    by_reviewer, names = _by_reviewer(store, reviewer)
    where, order = f"{by_reviewer} AND stage = ?", "decision DESC"
    values = [*names, stage]
    if record:
        where, order = f"{where} AND record = ?", "step DESC"
        values.append(record)

    rows = store.rows(
        f"SELECT {DECISION_COLUMNS} FROM decisions WHERE {where} ORDER BY {order} LIMIT ?",
        [*values, limit],
    )
    return [decision_of(row) for row in rows]


def recent_times(store: Store, reviewer: str, stage: Stage, limit: int) -> list[datetime.datetime]:
    """Return when a reviewer's latest decisions were made, the oldest first."""
    by_reviewer, names = _by_reviewer(store, reviewer)
    rows = store.rows(
        f"SELECT decided_at FROM decisions WHERE {by_reviewer} AND stage = ? "
        "ORDER BY decision DESC LIMIT ?",
        [*names, stage, limit],
    )
    return [datetime.datetime.fromisoformat(decided_at) for (decided_at,) in reversed(rows)]


def last_to_undo(store: Store, reviewer: str, stage: Stage) -> tuple[str, Decision] | None:
    """Return a reviewer's latest decision that neither undoes one nor was undone, after its
    SHA-256. The latest is the one that was stored last, whatever a clock said.
    """
    by_reviewer, names = _by_reviewer(store, reviewer)
    row = store.first(
        f"SELECT decision_sha256, {DECISION_COLUMNS} FROM decisions "
        f"WHERE {by_reviewer} AND stage = ? AND undoes IS NULL "
        "AND NOT EXISTS (SELECT 1 FROM decisions AS later "
        "WHERE later.undoes = decisions.decision_sha256) "
        "AND decision_sha256 NOT IN (SELECT decision_sha256 FROM sent_back) "
        "ORDER BY decision DESC LIMIT 1",
        [*names, stage],
    )
    return row and (row[0], decision_of(row[1:]))


def decision_before(store: Store, sha256: str) -> Decision | None:
    """Return the decision that this one replaced: the same reviewer's, on the same record and
    stage; `None` where there was none, or an amendment had sent it back.
    """
    reviewer = store.value("SELECT reviewer FROM decisions WHERE decision_sha256 = ?", [sha256])
    if reviewer is None:
        return None

    by_reviewer, names = _by_reviewer(store, reviewer)
    columns = ", ".join(f"earlier.{name}" for name in DECISION_COLUMNS.split(", "))
    row = store.first(
        "SELECT earlier.decision_sha256 IN (SELECT decision_sha256 FROM sent_back), "
        f"{columns} FROM decisions "
        "JOIN decisions AS earlier USING (record, stage) "
        "WHERE decisions.decision_sha256 = ? AND earlier.step < decisions.step "
        f"AND earlier.{by_reviewer} "
        "ORDER BY earlier.step DESC, earlier.decided_at DESC, earlier.decision_sha256 DESC LIMIT 1",
        [sha256, *names],
    )
    if row is None or row[0]:
        return None
    return decision_of(row[1:])
