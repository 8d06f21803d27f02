"""Chain the events that are there already, and hash the records and runs."""

from reviewkit.store.hashes import RECORD_HASHED, next_link, row_sha256, run_content_sha256
from reviewkit.store.migrations.scripts import run_step
from reviewkit.store.sqlite import Database

# The events of that time: kind, table, and the columns with name and time.
_EVENTS = (
    ("decision", "decisions", "decision_sha256", "decided_at"),
    ("resolution", "resolutions", "sha256", "settled_at"),
    ("retrieval", "retrievals", "sha256", "told_at"),
    ("note", "notes", "sha256", "written_at"),
    ("tag", "tags", "sha256", "tagged_at"),
    ("assignment", "assignment_rounds", "sha256", "assigned_at"),
    ("stop", "stops", "sha256", "stopped_at"),
    ("pair", "pair_decisions", "sha256", "decided_at"),
    ("correction", "corrections", "sha256", "corrected_at"),
    ("renaming", "reviewer_renamings", "sha256", "renamed_at"),
    ("amendment", "amendments", "sha256", "amended_at"),
    ("batch", "batches", "sha256", "decided_at"),
    ("study_link", "study_links", "sha256", "linked_at"),
    ("withdrawal", "withdrawals", "sha256", "withdrawn_at"),
    ("source_renaming", "source_renamings", "sha256", "renamed_at"),
)


def migrate(db: Database) -> None:
    """Make the tables and fill them. What was lost before cannot be seen afterwards."""
    run_step(db, "m013_hashes.sql")
    _chain_events(db)
    _hash_records(db)
    _hash_runs(db)


def _chain_events(db: Database) -> None:
    parts = [
        f"SELECT '{kind}' AS kind, {name} AS event, {at} AS at, step FROM {table}"
        for kind, table, name, at in _EVENTS
    ]
    link, position = "", 0
    found = db.execute(f"{' UNION ALL '.join(parts)} ORDER BY at, step, event").fetchall()

    for position, (kind, event, _, _) in enumerate(found, 1):
        link = next_link(link, kind, event)
        db.execute("INSERT INTO event_chain VALUES (?, ?, ?, ?)", [position, kind, event, link])
    if found:
        insert = "INSERT INTO event_chain_head VALUES (1, ?, ?, ?)"
        db.execute(insert, [position, link, position])


def _hash_records(db: Database) -> None:
    for row in db.execute(f"SELECT {', '.join(RECORD_HASHED)} FROM records"):
        db.execute("INSERT INTO record_hashes VALUES (?, ?)", [row[0], row_sha256(row)])


def _hash_runs(db: Database) -> None:
    for (run,) in db.execute("SELECT run FROM runs").fetchall():
        sha256 = run_content_sha256(db.execute, run)
        db.execute("INSERT INTO run_hashes VALUES (?, ?)", [run, sha256])
