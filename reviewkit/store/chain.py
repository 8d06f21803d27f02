"""The chain of a database's events: each link names the one before it.

An event that is taken away, or put in by other means, shows. Whoever computes every link anew is
found by a head that was kept elsewhere: in a backup, or in a file of decisions.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from reviewkit.model.text import plural
from reviewkit.store.database import Store
from reviewkit.store.hashes import next_link

_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainHead:
    """How many events the chain has, and its last link; an empty text where there is none."""

    events: int
    head: str


def chain_head(store: Store) -> ChainHead:
    """Return the end of the chain."""
    row = store.first("SELECT events, link_sha256 FROM event_chain_head")
    events, head = row or (0, "")
    return ChainHead(events=events, head=head)


def adopted_events(store: Store) -> int:
    """Return how many events were there when the chain began."""
    return int(store.value("SELECT adopted FROM event_chain_head") or 0)


def add_link(store: Store, kind: str, event_sha256: str) -> None:
    """Append an event to the chain, inside the open transaction."""
    before = chain_head(store)
    position, link = before.events + 1, next_link(before.head, kind, event_sha256)

    store.insert(
        "INSERT INTO event_chain (position, kind, event_sha256, link_sha256) VALUES (?, ?, ?, ?)",
        [position, kind, event_sha256, link],
    )
    store.insert(
        "INSERT INTO event_chain_head (one, events, link_sha256) VALUES (1, ?, ?) "
        "ON CONFLICT (one) DO UPDATE SET events = excluded.events, "
        "link_sha256 = excluded.link_sha256",
        [position, link],
    )


def continues(store: Store, earlier: ChainHead) -> bool:
    """Return whether the chain goes on from an earlier head of it."""
    if not earlier.events:
        return True
    sql = "SELECT link_sha256 FROM event_chain WHERE position = ?"
    return bool(store.value(sql, [earlier.events]) == earlier.head)


def link_faults(store: Store) -> Iterator[str]:
    """Compute every link anew. Yield where the chain breaks, and whether its end is the head."""
    link, expected = "", 1

    rows = store.each(
        "SELECT position, kind, event_sha256, link_sha256 FROM event_chain ORDER BY position"
    )
    for position, kind, event, stored in rows:
        if position != expected:
            lost = plural(position - expected, "link is", "links are")
            yield f"event_chain: {lost} gone before link {position}"
        elif next_link(link, kind, event) != stored:
            yield f"event_chain: link {position} does not follow from the one before it"
        link, expected = stored, position + 1

    if chain_head(store) != ChainHead(events=expected - 1, head=link):
        yield "event_chain: its end is not the stored head, so the newest events are not complete"


def member_faults(store: Store, kind: str, table: str, key: str) -> Iterator[str]:
    """Compare the chain with the events of a kind: those that are gone, those that came aside."""
    gone = store.rows(
        f"SELECT event_sha256 FROM event_chain WHERE kind = ? "
        f"AND event_sha256 NOT IN (SELECT {key} FROM {table}) ORDER BY position",
        [kind],
    )
    if gone:
        yield f"{table}: the chain names {plural(len(gone), 'event')} not there ({_shown(gone)})"

    strange = store.rows(
        f"SELECT {key} FROM {table} "
        f"WHERE {key} NOT IN (SELECT event_sha256 FROM event_chain WHERE kind = ?) ORDER BY rowid",
        [kind],
    )
    if strange:
        count = plural(len(strange), "event was", "events were")
        yield f"{table}: {count} put in outside of reviewkit ({_shown(strange)})"


def _shown(rows: list[tuple[str, ...]]) -> str:
    names = ", ".join(str(name)[:12] for (name,) in rows[:_SHOWN])
    return names + (" …" if len(rows) > _SHOWN else "")
