"""What the team has agreed on and what is open: stages, conflicts, assignments, where each reviewer stands."""

from typing import Any

from reviewkit.records import Stage
from reviewkit.store.database import Store


def set_stages(store: Store, needed: dict[Stage, int]) -> None:
    """Store how many reviewers each stage needs, as the protocol says."""
    store.replace("stages", ("stage",), ("reviewers_needed",), [*needed.items()])


def has_records(store: Store) -> bool:
    return bool(store.rows("SELECT 1 FROM flow_records LIMIT 1"))


def data_version(store: Store) -> int:
    """A number that changes when another connection has written."""
    version: Any = store.rows("PRAGMA data_version")[0]["data_version"]
    return int(version)
