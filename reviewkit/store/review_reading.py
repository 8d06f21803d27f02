"""What a program reads from a review's database: its protocol and the current decisions."""

from reviewkit.model.errors import StoreError
from reviewkit.model.records import Decision, Stage, Verdict
from reviewkit.store.database import Store


def latest_protocol_text(store: Store) -> str:
    """The TOML text of the protocol under which the database was last written.

    Raises StoreError where the database holds no protocol.
    """
    rows = store.tuples("SELECT toml FROM protocols ORDER BY rowid DESC LIMIT 1")
    if not rows:
        raise StoreError(
            "holds no protocol", where=str(store.path), hint="name the protocol file instead"
        )
    return str(rows[0][0])


def current_decisions(store: Store) -> tuple[Decision, ...]:
    """The current decision of each reviewer on each record at each stage, by record, stage and reviewer."""
    rows = store.tuples(
        "SELECT record, stage, reviewer, verdict, reason, note, decided_at FROM current_decisions "
        "ORDER BY record, stage DESC, reviewer"
    )
    return tuple(
        Decision(
            record=record,
            stage=Stage(stage),
            reviewer=reviewer,
            verdict=Verdict(verdict),
            reason=reason,
            note=note,
            decided_at=decided_at,
        )
        for record, stage, reviewer, verdict, reason, note, decided_at in rows
    )
