"""Two runs of a review's database set side by side; runs named by number, date or "last"."""

import dataclasses
import datetime
import re
from collections.abc import Sequence
from typing import Any

from reviewkit.model.errors import UsageError
from reviewkit.model.records import Record
from reviewkit.protocol.model import ProtocolSource
from reviewkit.store import Store, run_log, update_log
from reviewkit.store.record_monitor import missing_from_monitor, present_in_monitor
from reviewkit.store.record_versions import changed_since, contents_at
from reviewkit.store.records import created_after, records_by_key
from reviewkit.updates.changes import (
    Difference,
    RecordEvidence,
    Side,
    compare_lists,
    reach_of,
    through_of,
)
from reviewkit.workflow.open_review import open_store
from reviewkit.workflow.project import ReviewProject


def side_of(run: run_log.RunRow) -> Side:
    """A run as one side of a difference."""
    return Side(
        run=run.run,
        searched_at=run.searched_at,
        reach=reach_of(run.query, run.searched_at),
        count=run.count,
    )


# BVS counts a record once for each of its collections, so its count says nothing of how many records it lists.
_COUNTS_ENTRIES = frozenset({"lilacs"})


def names_all(run: run_log.RunRow) -> bool:
    """Whether a run named as many records as were counted; one that did not says nothing of what is gone.

    The view `latest_runs` says the same, for whoever asks the database itself.
    """
    return run.source in _COUNTS_ENTRIES or run.count is None or run.listed >= run.count


def difference_between(
    store: Store,
    source: ProtocolSource,
    before: run_log.RunRow | None,
    after: run_log.RunRow,
    *,
    version: int | None = None,
    until: datetime.date | None = None,
) -> Difference:
    """What two runs of a source list and what changed between them.

    With `version`, a record has changed where it has after that version; else where it has between the two runs.
    `until`: of what the first run listed, records that were created after that day are left out.
    """
    one = run_log.listed_by(store, before.run) if before else {}
    if until and before and through_of(before.query, before.searched_at) > until.isoformat():
        late = created_after(store, until.isoformat())
        one = {name: key for name, key in one.items() if key not in late}
    two = run_log.listed_by(store, after.run)
    if before is None:
        earlier: dict[str, Record] = {}
        then: dict[str, Record] = {}
    elif version is not None:
        earlier, then = changed_since(store, version=version), {}
    else:
        earlier, then = (
            contents_at(store, before.run),
            contents_at(store, after.run),
        )
    wanted = {key for name, key in one.items() if key and name not in two}
    wanted |= {key for name, key in two.items() if key and name not in one}
    wanted |= earlier.keys() & set(two.values())
    now = {
        **records_by_key(store, sorted(wanted)),
        **{key: then[key] for key in wanted & then.keys()},
    }
    missing = missing_from_monitor(store) if source.id == "pubmed" else frozenset()
    present = present_in_monitor(store) if source.id == "pubmed" else frozenset()
    changes = compare_lists(
        source.id,
        one,
        two,
        reach=_reach(before, until) if before else None,
        telling=RecordEvidence(now=now, earlier=earlier, present=present, missing=missing),
    )
    return Difference(
        source=source.id,
        name=source.name,
        before=side_of(before) if before else None,
        after=side_of(after),
        changes=changes,
    )


def _reach(run: run_log.RunRow, until: datetime.date | None) -> str:
    reach = side_of(run).reach
    return min(reach, (until + datetime.timedelta(1)).isoformat()) if until else reach


_RUN = re.compile(r"\d{4}-\d{2}-\d{2}|\d+|last|latest|previous|first")


def _find(runs: Sequence[run_log.RunRow], told: str) -> run_log.RunRow | None:
    """The run that is meant, among the whole ones of a source: by number, by date (the last of that day or before it),
    "last", "previous" or "first".
    """
    words = {"last": -1, "latest": -1, "previous": -2, "first": 0}
    if told in words:
        project = words[told]
        return runs[project] if len(runs) >= abs(project) else None
    if told.isdecimal():
        return next((run for run in runs if run.run == int(told)), None)
    until = [run for run in runs if run.searched_at[:10] <= told]
    return until[-1] if until else None


def find_differences(
    project: ReviewProject, one: str, two: str, *, now: datetime.datetime
) -> tuple[Difference, ...]:
    """Two runs side by side, in every source that has both; runs by number are of one source.

    Raises UsageError for a run that is not there, a date that is none, and numbers of different sources.
    """
    for told in (one, two):
        if not _RUN.fullmatch(told):
            raise UsageError(
                f"{told!r} names no run",
                hint="a number from reviewkit log, a day as 2026-04-10, or last",
            )
    found = []
    with open_store(project, now=now) as store:
        family = project.protocol.primary.id if project.protocol.primary else ""
        for source in project.protocol.sources:
            runs = run_log.family_runs(store, source.id, family)
            before, after = _find(runs, one), _find(runs, two)
            if before and after:
                found.append(
                    difference_between(
                        store, source, *sorted((before, after), key=lambda run: run.run)
                    )
                )
    if not found:
        hint = "reviewkit log lists the runs; two runs of one source can be compared, complete ones only"
        raise UsageError(f"no source has both {one} and {two}", hint=hint)
    return tuple(found)


def read_log(project: ReviewProject, *, now: datetime.datetime) -> list[dict[str, Any]]:
    """Every run, oldest first, as programs take it; `update` is the number of the update that made it."""
    with open_store(project, now=now) as store:
        updates = update_log.updates_by_run(store)
        return [
            {**dataclasses.asdict(run), "update": updates.get(run.run)}
            for run in run_log.run_log(store)
        ]
