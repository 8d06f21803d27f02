"""Amendments of the protocol, the decisions that they send back, and what decisions were made
under which version of the protocol.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reviewkit.model.records import Stage, Verdict
from reviewkit.store.database import Row, Store
from reviewkit.store.events import AMENDMENT, Value, append

RecordAtStage = tuple[str, Stage]

_COLUMNS = "sha256, why, requeue, before_sha256, protocol_sha256, reviewer, amended_at"
_NAMED = """
SELECT decision_sha256 AS name, record, stage FROM decisions
UNION ALL SELECT sha256, record, stage FROM resolutions
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """A change of the protocol that somebody recorded.

    `requeue` says in words which records it sends back, `records` how many. `before_sha256` is the
    version that it amends: `None` where the protocol did not change.
    """

    sha256: str
    why: str
    requeue: str | None
    before_sha256: str | None
    protocol_sha256: str
    reviewer: str
    amended_at: str
    records: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionsUnder:
    """How many of the team's current decisions were made under a version, by stage and reason."""

    protocol_sha256: str
    by_stage: Mapping[Stage, int]
    by_reason: Mapping[str, int]

    def total(self, stage: Stage | None) -> int:
        """Return how many at a stage; at both for `None`."""
        return sum(self.by_stage.values()) if stage is None else self.by_stage.get(stage, 0)


def add_amendment(
    store: Store, values: Mapping[str, Value], sent_back: Iterable[str], *, protocol: str
) -> str:
    """Append an amendment that sends these decisions back, inside the open transaction.

    Return its name.
    """
    listed = [(name,) for name in sent_back]
    return append(store, AMENDMENT, values, protocol=protocol, listed=listed)


def current_amendments(store: Store) -> tuple[Amendment, ...]:
    """Return the amendments that were not taken back, the oldest first."""
    rows = store.rows(
        f"SELECT {_COLUMNS} FROM current_amendments ORDER BY step, amended_at, sha256"
    )
    return tuple(_amendment(store, row) for row in rows)


def _amendment(store: Store, row: Row) -> Amendment:
    sha256, why, requeue, before, protocol, reviewer, amended_at = row
    records = store.value(
        f"SELECT count(DISTINCT record) FROM ({_NAMED}) WHERE name IN "
        "(SELECT decision_sha256 FROM requeued_decisions WHERE amendment_sha256 = ?)",
        [sha256],
    )
    return Amendment(
        sha256=sha256,
        why=why,
        requeue=requeue,
        before_sha256=before,
        protocol_sha256=protocol,
        reviewer=reviewer,
        amended_at=amended_at,
        records=records,
    )


def amended_version(store: Store, protocol_sha256: str) -> str | None:
    """Return the version that the protocol replaces: that of the team's latest other event.

    `None` where the newest amendment is already one to this version, and where nothing was said
    under another one.
    """
    newest = store.value(
        "SELECT protocol_sha256 FROM current_amendments ORDER BY step DESC, amended_at DESC LIMIT 1"
    )
    if newest == protocol_sha256:
        return None

    before: str | None = store.value(
        "SELECT protocol_sha256 FROM ("
        "SELECT protocol_sha256, decided_at AS at FROM decisions "
        "WHERE reviewer NOT IN (SELECT reviewer FROM published_reviewers) "
        "UNION ALL SELECT protocol_sha256, amended_at FROM current_amendments) "
        "WHERE protocol_sha256 <> ? ORDER BY at DESC LIMIT 1",
        [protocol_sha256],
    )
    return before


def excluded_records(store: Store) -> list[RecordAtStage]:
    """Return the records that the team excludes, each with the stage at which it does."""
    return _with_verdict(store, Verdict.EXCLUDE, tuple(Stage))


def included_records(store: Store) -> list[RecordAtStage]:
    """Return the records that the team includes at full text."""
    return _with_verdict(store, Verdict.INCLUDE, (Stage.FULL_TEXT,))


def _with_verdict(store: Store, verdict: Verdict, stages: Sequence[Stage]) -> list[RecordAtStage]:
    rows = store.rows(
        "SELECT record, stage FROM verdicts WHERE selection = 'team' AND verdict = ? "
        "AND stage IN (SELECT value FROM json_each(?)) ORDER BY record, stage",
        [verdict, json.dumps(stages)],
    )
    return [(record, Stage(stage)) for record, stage in rows]


def reasons_given(store: Store) -> dict[str, list[RecordAtStage]]:
    """Return by reason the records that the team excludes for it, each with the stage.

    A record for which reviewers gave several reasons is under each of them. What was said of a
    copy is said of its lead record.
    """
    rows = store.rows(
        "SELECT DISTINCT given.reason, given.record, given.stage FROM ("
        "SELECT reason, record, stage FROM pooled_decisions "
        "WHERE selection = 'team' AND verdict = 'exclude' "
        "UNION SELECT reason, record, stage FROM current_resolutions WHERE verdict = 'exclude'"
        ") AS given JOIN verdicts ON verdicts.record = given.record "
        "AND verdicts.stage = given.stage AND verdicts.selection = 'team' "
        "WHERE verdicts.verdict = 'exclude' AND given.reason IS NOT NULL ORDER BY 1, 2, 3"
    )
    given: dict[str, list[RecordAtStage]] = {}
    for reason, record, stage in rows:
        given.setdefault(reason, []).append((record, Stage(stage)))
    return given


def names_of_decisions(store: Store, places: Iterable[RecordAtStage]) -> list[str]:
    """Return the names of the team's current decisions and settlements on these records.

    Those on copies of them are among these.
    """
    rows = store.rows(
        "SELECT name FROM ("
        "SELECT decision_sha256 AS name, record, stage FROM current_decisions "
        "WHERE selection = 'team' "
        "UNION ALL SELECT sha256, record, stage FROM current_resolutions) AS said "
        "LEFT JOIN duplicates ON duplicates.record = said.record "
        "JOIN json_each(?) AS place ON coalesce(duplicates.lead, said.record) = place.value ->> 0 "
        "AND stage = place.value ->> 1",
        [json.dumps([list(place) for place in places])],
    )
    return sorted(name for (name,) in rows)


def decisions_by_version(store: Store) -> list[DecisionsUnder]:
    """Return how many current decisions of the team were made under each protocol version."""
    rows = store.rows(
        "SELECT protocol_sha256, stage, reason, count(*) FROM current_decisions "
        "WHERE selection = 'team' GROUP BY protocol_sha256, stage, reason ORDER BY min(decision)"
    )
    stages: dict[str, Counter[Stage]] = {}
    reasons: dict[str, Counter[str]] = {}
    for sha256, stage, reason, number in rows:
        stages.setdefault(sha256, Counter())[Stage(stage)] += number
        given = reasons.setdefault(sha256, Counter())
        if reason is not None:
            given[reason] += number

    return [
        DecisionsUnder(protocol_sha256=sha256, by_stage=by_stage, by_reason=reasons[sha256])
        for sha256, by_stage in stages.items()
    ]


def earlier_versions(store: Store) -> list[str]:
    """Return the text of every protocol version that a decision or amendment names."""
    rows = store.rows(
        "SELECT toml FROM protocols WHERE protocol_sha256 IN ("
        "SELECT protocol_sha256 FROM decisions "
        "UNION SELECT protocol_sha256 FROM amendments UNION SELECT before_sha256 FROM amendments) "
        "ORDER BY rowid"
    )
    return [toml for (toml,) in rows]
