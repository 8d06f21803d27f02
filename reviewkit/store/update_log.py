"""Updates of a review: their beginnings, steps and ends. Everything is appended."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reviewkit.store.database import Store, to_json


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateRow:
    """An update that was begun: when (ISO 8601, UTC), as what it was asked for, and what the store held before it."""

    number: int
    begun_at: str
    asked: str
    after_run: int
    after_version: int


def begin_update(
    store: Store, *, at: str, protocol: str, asked: Mapping[str, Any], left: UpdateRow | None = None
) -> UpdateRow:
    """Append the beginning of an update, inside the transaction that is open.

    `left` is one that was cut off: what it brought is new to this one, as nobody was told of it.
    """
    row = store.rows(
        "SELECT (SELECT coalesce(max(run), 0) FROM runs) AS run, "
        "(SELECT coalesce(max(version), 0) FROM record_versions) AS version"
    )[0]
    after_run, after_version = (
        (left.after_run, left.after_version) if left else (row["run"], row["version"])
    )
    told = to_json(asked)
    number = store.insert(
        "INSERT INTO updates (begun_at, protocol_sha256, asked, after_run, after_version) VALUES (?, ?, ?, ?, ?)",
        [at, protocol, told, after_run, after_version],
    )
    return UpdateRow(
        number=number or 0,
        begun_at=at,
        asked=told,
        after_run=after_run,
        after_version=after_version,
    )


def unfinished_update(store: Store) -> UpdateRow | None:
    """The newest update, where it was interrupted."""
    rows = store.rows(
        "SELECT update_number AS number, begun_at, asked, after_run, after_version FROM updates "
        "WHERE update_number = (SELECT max(update_number) FROM updates) "
        "AND update_number NOT IN (SELECT update_number FROM update_ends)"
    )
    return UpdateRow(**rows[0]) if rows else None


def add_step(
    store: Store, update: int, step: str, *, run: int | None = None, failed: str | None = None
) -> None:
    store.write("INSERT INTO update_steps VALUES (?, ?, ?, ?)", [(update, step, run, failed)])


def steps_of(store: Store, update: int) -> dict[str, tuple[int | None, str | None]]:
    """By step, its run and why it failed."""
    rows = store.rows(
        "SELECT step, run, failed FROM update_steps WHERE update_number = ?", [update]
    )
    return {row["step"]: (row["run"], row["failed"]) for row in rows}


def end_update(
    store: Store, update: int, *, at: str, outcome: str, last_run: int, summary: Mapping[str, Any]
) -> None:
    """Append the end of an update; `last_run` is the last run that it knew."""
    store.write(
        "INSERT INTO update_ends VALUES (?, ?, ?, ?, ?)",
        [(update, at, outcome, last_run, to_json(summary))],
    )


def last_update(store: Store) -> dict[str, Any] | None:
    """The newest update that ended: when it began and ended, its outcome, the last run it knew, its protocol."""
    rows = store.rows(
        "SELECT update_number, begun_at, ended_at, outcome, last_run, summary, protocol_sha256 FROM update_ends "
        "JOIN updates USING (update_number) WHERE outcome <> 'cut off' ORDER BY update_number DESC LIMIT 1"
    )
    return {**rows[0], "summary": json.loads(rows[0]["summary"])} if rows else None


def last_whole_update(store: Store) -> str | None:
    """When the newest update began in which no source failed."""
    rows = store.rows(
        "SELECT max(begun_at) AS at FROM updates JOIN update_ends USING (update_number) WHERE outcome = 'complete'"
    )
    at: str | None = rows[0]["at"]
    return at


def changed_after(store: Store, row: UpdateRow) -> bool:
    """Whether any record was changed or brought since an update began."""
    return bool(
        store.rows("SELECT 1 FROM record_versions WHERE version > ? LIMIT 1", [row.after_version])
        or store.rows("SELECT 1 FROM flow_records WHERE first_run > ? LIMIT 1", [row.after_run])
    )


def updates_by_run(store: Store) -> dict[int, int]:
    """The number of the update that made a run, by run."""
    return dict(store.tuples("SELECT run, update_number FROM update_steps WHERE run IS NOT NULL"))
