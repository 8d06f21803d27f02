"""What a database holds, in a few numbers: enough to tell two copies apart."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from reviewkit.model.errors import StoreLocked
from reviewkit.store.chain import ChainHead, chain_head
from reviewkit.store.database import Store
from reviewkit.store.errors import store_errors
from reviewkit.store.events import ALL_KINDS, BATCH, DECISION
from reviewkit.store.protocols import review_names

# A batch says which decisions were made together; it is no word of its own.
_OTHER = [kind for kind in ALL_KINDS if kind.name not in {DECISION.name, BATCH.name}]
# An error's last byte says what it is, the others say more.
_IN_USE = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """The review's id (`None`: not said), how many rows of each kind, the end of the chain."""

    review: str | None
    records: int
    runs: int
    decisions: int
    other_events: int
    chain: ChainHead


def contents_of(store: Store) -> Contents:
    """Count what people said and what was found. Raises StoreError for what cannot be read."""
    names = review_names(store)
    return Contents(
        review=names[-1] if names else None,
        records=_count(store, "records"),
        runs=_count(store, "runs"),
        decisions=_count(store, DECISION.table),
        other_events=sum(_count(store, kind.table) for kind in _OTHER),
        chain=chain_head(store),
    )


def _count(store: Store, table: str) -> int:
    return int(store.value(f"SELECT count(*) FROM {table}"))


def refuse_if_open(path: Path) -> None:
    """Raise StoreLocked while another process has the database open; a damaged one is not asked."""
    with store_errors(path):
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=0, isolation_level=None
        )
        with closing(connection):
            try:
                connection.execute("PRAGMA locking_mode = EXCLUSIVE")
                connection.execute("BEGIN EXCLUSIVE")
                connection.execute("ROLLBACK")
            except sqlite3.DatabaseError as error:
                if error.sqlite_errorcode & 0xFF not in _IN_USE:
                    return  # nobody can work with it
                raise StoreLocked(
                    "is open in another process",
                    where=str(path),
                    hint="end every session and command on it, then try again",
                ) from error
