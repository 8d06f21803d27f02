"""Under which settings of a protocol something was derived and stored."""

from typing import Literal

from reviewkit.store.database import Store, insert_into, update_if_changed

Derived = Literal["checks", "duplicates"]


def settings_of_stored(store: Store, derived: Derived) -> str | None:
    """Return the hash of the settings; `None` where an earlier version stored it, or nobody did."""
    sql = "SELECT settings_sha256 FROM derived_under WHERE derived = ?"
    value: str | None = store.value(sql, [derived])
    return value


def note_settings(store: Store, derived: Derived, settings_sha256: str) -> None:
    """Remember the settings, inside the open transaction."""
    insert = insert_into("derived_under", ("derived", "settings_sha256"))
    insert += update_if_changed("derived", ("settings_sha256",))
    store.insert(insert, [derived, settings_sha256])
