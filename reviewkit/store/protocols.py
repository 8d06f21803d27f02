"""The protocol versions that runs and decisions followed, stored whole."""

from collections.abc import Iterable
from typing import NamedTuple

from reviewkit.model.errors import StoreError
from reviewkit.store.database import Store


class ProtocolVersion(NamedTuple):
    """A protocol as it was when it was stored: the review's id and the TOML text."""

    review: str
    toml: str


def add_protocol(store: Store, sha256: str, *, review: str, toml: str) -> None:
    """Store a version of the protocol, unless it is there already."""
    store.write(
        "INSERT OR IGNORE INTO protocols (protocol_sha256, review, toml) VALUES (?, ?, ?)",
        [(sha256, review, toml)],
    )


def protocol_text(store: Store, sha256: str) -> str:
    """Return the TOML text of the version with that hash. Raises StoreError where there is none."""
    text = store.value("SELECT toml FROM protocols WHERE protocol_sha256 = ?", [sha256])
    if text is None:
        raise StoreError(f"holds no protocol {sha256}", where=str(store.path))
    return str(text)


def latest_protocol_text(store: Store) -> str:
    """Return the TOML text of the version under which the database was last written.

    Raises StoreError where the database holds no protocol.
    """
    text = store.value("SELECT toml FROM protocols ORDER BY rowid DESC LIMIT 1")
    if text is None:
        raise StoreError(
            "holds no protocol", where=str(store.path), hint="name the protocol file instead"
        )

    return str(text)


def protocol_versions(store: Store, hashes: Iterable[str]) -> dict[str, ProtocolVersion]:
    """Return the named versions by their hashes."""
    wanted = set(hashes)
    rows = store.rows(
        "SELECT protocol_sha256, review, toml FROM protocols ORDER BY protocol_sha256"
    )

    return {
        sha256: ProtocolVersion(review, toml) for sha256, review, toml in rows if sha256 in wanted
    }
