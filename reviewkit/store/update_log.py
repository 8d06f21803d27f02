"""Updates of a review: their beginnings, steps and ends. Everything is appended."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from reviewkit.store.database import Store, insert_into, to_json


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateRow:
    """An update that was begun.

    `begun_at` is ISO 8601, UTC. `options` is JSON. `after_run` and `after_version`
    are the last run and the last record version before it.
    """

    number: int
    begun_at: str
    options: str
    after_run: int
    after_version: int


class StepRow(NamedTuple):
    """A source that an update has dealt with: the number of its run, or why it has none."""

    run: int | None
    why_not: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedUpdate:
    """An update that ended. Times are ISO 8601, UTC; `last_run` is the last run it knew."""

    number: int
    begun_at: str
    ended_at: str
    outcome: str
    last_run: int
    summary: Mapping[str, Any]
    protocol_sha256: str


def begin_update(
    store: Store,
    *,
    at: str,
    protocol: str,
    options: Mapping[str, Any],
    interrupted: UpdateRow | None = None,
) -> UpdateRow:
    """Append the beginning of an update, inside the open transaction.

    `interrupted` is one that was cut off before. Nobody was notified of what it brought, so that is
    new to this one.
    """
    after_run, after_version = _newest(store)
    if interrupted:
        after_run, after_version = interrupted.after_run, interrupted.after_version

    text = to_json(options)
    columns = ("begun_at", "protocol_sha256", "asked", "after_run", "after_version")
    number = store.insert(
        insert_into("updates", columns), [at, protocol, text, after_run, after_version]
    )
    return UpdateRow(
        number=number,
        begun_at=at,
        options=text,
        after_run=after_run,
        after_version=after_version,
    )


def _newest(store: Store) -> tuple[int, int]:
    """The numbers of the last run and of the last record version."""
    run = store.value("SELECT coalesce(max(run), 0) FROM runs")
    version = store.value("SELECT coalesce(max(version), 0) FROM record_versions")
    return run, version


def unfinished_update(store: Store) -> UpdateRow | None:
    """Return the newest update where it was interrupted, else `None`."""
    row = store.first(
        "SELECT update_number, begun_at, asked, after_run, after_version FROM updates "
        "WHERE update_number = (SELECT max(update_number) FROM updates) "
        "AND update_number NOT IN (SELECT update_number FROM update_ends)"
    )
    if row is None:
        return None

    number, begun_at, options, after_run, after_version = row
    return UpdateRow(
        number=number,
        begun_at=begun_at,
        options=options,
        after_run=after_run,
        after_version=after_version,
    )


def add_step(
    store: Store, update: int, step: str, *, run: int | None = None, why_not: str | None = None
) -> None:
    """Append a step of an update, inside the open transaction: its run, or why it needs none."""
    columns = ("update_number", "step", "run", "why_not")
    store.write(insert_into("update_steps", columns), [(update, step, run, why_not)])


def steps_of(store: Store, update: int) -> dict[str, StepRow]:
    """Return the steps of an update by name."""
    rows = store.rows(
        "SELECT step, run, why_not FROM update_steps WHERE update_number = ?", [update]
    )
    return {step: StepRow(run, why_not) for step, run, why_not in rows}


def end_update(
    store: Store, update: int, *, at: str, outcome: str, last_run: int, summary: Mapping[str, Any]
) -> None:
    """Append the end of an update; `last_run` is the last run it knew."""
    columns = ("update_number", "ended_at", "outcome", "last_run", "summary")
    store.write(
        insert_into("update_ends", columns), [(update, at, outcome, last_run, to_json(summary))]
    )


def last_update(store: Store) -> EndedUpdate | None:
    """Return the newest update that ended and was not cut off, `None` where there is none."""
    row = store.first(
        "SELECT update_number, begun_at, ended_at, outcome, last_run, summary, protocol_sha256 "
        "FROM update_ends JOIN updates USING (update_number) "
        "WHERE outcome <> 'cut off' ORDER BY update_number DESC LIMIT 1"
    )
    if row is None:
        return None

    number, begun_at, ended_at, outcome, last_run, summary, protocol_sha256 = row
    return EndedUpdate(
        number=number,
        begun_at=begun_at,
        ended_at=ended_at,
        outcome=outcome,
        last_run=last_run,
        summary=json.loads(summary),
        protocol_sha256=protocol_sha256,
    )


def last_whole_update(store: Store) -> str | None:
    """Return when the newest update began in which no source failed (ISO 8601, UTC)."""
    at: str | None = store.value(
        "SELECT max(begun_at) FROM updates JOIN update_ends USING (update_number) "
        "WHERE outcome = 'complete'"
    )
    return at


def changed_after(store: Store, row: UpdateRow) -> bool:
    """Whether any record was changed or brought since an update began."""
    version = store.first(
        "SELECT 1 FROM record_versions WHERE version > ? LIMIT 1", [row.after_version]
    )
    record = store.first("SELECT 1 FROM flow_records WHERE first_run > ? LIMIT 1", [row.after_run])
    return bool(version or record)


def updates_by_run(store: Store) -> dict[int, int]:
    """Return by run the number of the update that made it."""
    return dict(store.rows("SELECT run, update_number FROM update_steps WHERE run IS NOT NULL"))
