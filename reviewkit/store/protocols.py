"""The protocol versions that runs and decisions followed, stored whole; the review they are of."""

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from reviewkit.model.errors import StoreError, UsageError
from reviewkit.store.database import Store

_BOM = "\ufeff"


class ProtocolVersion(NamedTuple):
    """A protocol as it was when it was stored: the review's id and the TOML text."""

    review: str
    toml: str


def add_protocol(store: Store, sha256: str, *, review: str, toml: str) -> None:
    """Store a version of the protocol, unless it is there already.

    The first one names the review that the database belongs to. Raises UsageError for a version of
    another review.
    """
    names = review_names(store)
    if not names:
        store.write("INSERT INTO review_names (review) VALUES (?)", [(review,)])
    elif review not in names:
        raise _other_review(store, review, names[-1])

    store.write(
        "INSERT OR IGNORE INTO protocols (protocol_sha256, review, toml) VALUES (?, ?, ?)",
        [(sha256, review, toml)],
    )


def review_names(store: Store) -> tuple[str, ...]:
    """Return the ids that the database's review has had; the last one is its id now."""
    rows = store.rows("SELECT review FROM review_names ORDER BY position")
    return tuple(name for (name,) in rows)


def refuse_other_review(store: Store, review: str) -> None:
    """Raise UsageError where the database belongs to a review with another id."""
    names = review_names(store)
    if names and review != names[-1]:
        raise _other_review(store, review, names[-1])


def _other_review(store: Store, review: str, owner: str) -> UsageError:
    return UsageError(
        f"is the database of the review {owner!r}, and the protocol is of {review!r}",
        where=str(store.path),
        hint="name the database with --db or REVIEWKIT_DB, or the protocol with -p; "
        f"if the review has a new id: reviewkit rename {owner}",
    )


def add_review_name(store: Store, review: str, *, why: str | None, by: str, at: str) -> None:
    """Give the review of the database another id, inside the open transaction."""
    store.write(
        "INSERT INTO review_names (review, why, named_by, named_at) VALUES (?, ?, ?, ?)",
        [(review, why, by, at)],
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


def is_text_of(sha256: str, toml: str) -> bool:
    """Return whether a protocol's hash is the one of its text.

    The hash is of the file's bytes, and a file may begin with a mark that its text lacks.
    """
    texts = (toml, _BOM + toml)
    return sha256 in {
        hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() for text in texts
    }
