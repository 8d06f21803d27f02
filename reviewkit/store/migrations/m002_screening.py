"""The schema's second step: everything of screening.

Two selections are kept apart. The published one replays a published review, in the name of a
reviewer listed in `published_reviewers`; the team's is everybody else's. A verdict belongs to one
selection, so that a new reviewer of the same records neither disturbs the published flow nor is
disturbed by it.

What is said of a record is an event: appended, never changed. `step` counts a chain (the same
reviewer on the same record, say). Which event is current depends on the events alone, not on the
order in which two machines took them in: the highest step, then the later time, then the greater
hash.
"""

import hashlib
import json

from reviewkit.store.migrations.scripts import run_step
from reviewkit.store.sqlite import Database

_COLUMNS = (
    "record",
    "stage",
    "reviewer",
    "verdict",
    "reason",
    "note",
    "decided_at",
    "protocol_sha256",
)


def migrate(db: Database) -> None:
    """Make the tables, carry the decisions over, make the views."""
    run_step(db, "m002_screening_tables.sql")
    _carry_decisions(db)
    run_step(db, "m002_screening_views.sql")


def _carry_decisions(db: Database) -> None:
    """Carry the old decisions over, each with its step and the hash of its content.

    Before this step only `reproduce` decided, so every reviewer there is the published review's.
    """
    db.execute("INSERT INTO published_reviewers SELECT DISTINCT reviewer FROM decisions_m001")
    columns = ", ".join(_COLUMNS)
    rows = db.execute(
        f"SELECT decision, {columns}, "
        "row_number() OVER (PARTITION BY record, stage, reviewer ORDER BY decision) "
        "FROM decisions_m001 ORDER BY decision"
    ).fetchall()

    for decision, *values, step in rows:
        content = dict(zip(_COLUMNS, values, strict=True))
        content |= {"kind": "decision", "step": step, "undoes": None}
        sha256 = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
        db.execute(
            f"INSERT INTO decisions (decision, decision_sha256, {columns}, step) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [decision, sha256, *values, step],
        )
