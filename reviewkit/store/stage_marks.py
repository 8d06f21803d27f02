"""What tells whether a stage has changed: for an open session, and for a queue that was kept."""

import uuid
from contextlib import nullcontext
from dataclasses import dataclass

from reviewkit.model.records import Stage
from reviewkit.store.chain import ChainHead, continues
from reviewkit.store.database import Store

_UPDATING = (
    "SELECT 1 FROM updates WHERE update_number NOT IN (SELECT update_number FROM update_ends)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueMark:
    """Of which moment a queue is: the stage's token, the end of the chain of events, and the
    numbers of the last decision and the last settlement.
    """

    token: str
    chain: ChainHead
    seen: tuple[int, int]


def data_version(store: Store) -> int:
    """Return a number that changes when another connection has written."""
    return int(store.value("PRAGMA data_version"))


def stage_mark(store: Store) -> tuple[object, ...] | None:
    """Return what changes when records come to a stage or leave it, or are assigned to others.

    A decision does not change it. It is the stage's token, where there is one. `None` while an
    update is under way: what that brings is not linked and checked yet.
    """
    if store.value(_UPDATING):
        return None
    if token := stage_token(store):
        return (token,)

    return store.first(
        "SELECT (SELECT coalesce(max(run), 0) FROM runs), "
        "(SELECT group_concat(record || ' ' || lead) FROM duplicates), "
        "(SELECT coalesce(max(rowid), 0) FROM checks), "
        "(SELECT coalesce(max(pair_decision), 0) FROM pair_decisions), "
        "(SELECT coalesce(max(round), 0) FROM assignment_rounds), "
        "(SELECT coalesce(max(stop), 0) FROM stops), "
        "(SELECT coalesce(max(retrieval), 0) FROM retrievals), "
        "(SELECT coalesce(max(amendment), 0) FROM amendments), "
        "(SELECT coalesce(max(renaming), 0) FROM reviewer_renamings)"
    )


def stage_token(store: Store) -> str | None:
    """Return the stage's token; `None` where nobody put one since the stage last changed."""
    token: str | None = store.value("SELECT token FROM stage_token")
    return token


def put_stage_token(store: Store) -> None:
    """Put a token, unless there is one: inside the open transaction, or in one of its own."""
    if stage_token(store) is not None:
        return
    with nullcontext() if store.in_transaction else store.transaction():
        if stage_token(store) is None:
            store.insert("INSERT INTO stage_token (token) VALUES (?)", [uuid.uuid4().hex])


def most_records(store: Store) -> int:
    """Return how many records there are at most: without counting them."""
    return int(store.value("SELECT coalesce(max(rowid), 0) FROM records"))


def latest_event(store: Store) -> tuple[int, int]:
    """Return the numbers of the last decision and the last resolution."""
    # One statement: both numbers are of the same moment.
    (decision, resolution), *_ = store.rows(
        "SELECT (SELECT coalesce(max(decision), 0) FROM decisions), "
        "(SELECT coalesce(max(resolution), 0) FROM resolutions)"
    )
    return decision, resolution


def queue_mark(store: Store) -> QueueMark | None:
    """Return the mark of this moment; `None` without a token, or while an update is under way."""
    # One statement: all of it is of the same moment.
    (token, events, head, decision, resolution), *_ = store.rows(
        "SELECT (SELECT token FROM stage_token), "
        "coalesce((SELECT events FROM event_chain_head), 0), "
        "coalesce((SELECT link_sha256 FROM event_chain_head), ''), "
        "(SELECT coalesce(max(decision), 0) FROM decisions), "
        "(SELECT coalesce(max(resolution), 0) FROM resolutions)"
    )
    if token is None or store.value(_UPDATING):
        return None
    chain = ChainHead(events=events, head=head)
    return QueueMark(token=token, chain=chain, seen=(decision, resolution))


def is_before(store: Store, mark: QueueMark) -> bool:
    """Return whether the stage is as it was at a mark, but for the decisions since then."""
    if stage_token(store) != mark.token or store.value(_UPDATING):
        return False
    return continues(store, mark.chain)


def records_touched_since(
    store: Store, stage: Stage, seen: tuple[int, int], *, limit: int = -1
) -> list[str]:
    """Return the records that got a decision or resolution at this stage after `latest_event` gave
    `seen`; at most `limit` of them.
    """
    rows = store.rows(
        "SELECT record FROM decisions WHERE decision > ? AND stage = ? "
        "UNION SELECT record FROM resolutions WHERE resolution > ? AND stage = ? LIMIT ?",
        [seen[0], stage, seen[1], stage, limit],
    )
    return [record for (record,) in rows]


def removed_by_machine(store: Store, records: list[str]) -> bool:
    """Return whether a check speaks against any of the records: a decision can bring it back."""
    sql = (
        "SELECT 1 FROM checks JOIN criteria USING (criterion) "
        "WHERE record = ? AND answer = 'no' AND removes = 1"
    )
    return any(store.first(sql, [record]) for record in records)


def first_decision_at(store: Store, after: int = 0) -> str | None:
    """Return when the team first decided on title and abstract; only decisions after a number."""
    at: str | None = store.value(
        "SELECT min(decided_at) FROM decisions WHERE decision > ? AND stage = 'title_abstract' "
        "AND reviewer NOT IN (SELECT reviewer FROM published_reviewers)",
        [after],
    )
    return at
