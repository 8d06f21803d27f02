"""The protocol versions that runs and decisions followed, stored whole."""

from collections.abc import Iterable

from reviewkit.store.database import Store


def add_protocol(store: Store, sha256: str, *, review: str, toml: str) -> None:
    store.write("INSERT OR IGNORE INTO protocols VALUES (?, ?, ?)", [(sha256, review, toml)])


def protocol_text(store: Store, sha256: str) -> str:
    """The protocol of that hash as it was when it was stored."""
    text: str = store.rows("SELECT toml FROM protocols WHERE protocol_sha256 = ?", [sha256])[0][
        "toml"
    ]
    return text


def protocols_of(store: Store, hashes: Iterable[str]) -> dict[str, dict[str, str]]:
    """Review and text of each protocol version named."""
    wanted = set(hashes)
    rows = store.rows(
        "SELECT protocol_sha256, review, toml FROM protocols ORDER BY protocol_sha256"
    )
    return {
        row["protocol_sha256"]: {"review": row["review"], "toml": row["toml"]}
        for row in rows
        if row["protocol_sha256"] in wanted
    }
