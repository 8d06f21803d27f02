"""Two runs of a review side by side; runs are named by number, day or "last"."""

import dataclasses
import datetime
import re
from collections.abc import Mapping, Sequence
from typing import Any

from reviewkit.model.errors import UsageError
from reviewkit.model.records import Record, RunKind
from reviewkit.protocol.model import ProtocolSource
from reviewkit.sources.registry import answers_pmids, apart_from_bounds, created_bounds
from reviewkit.store import Store, run_log, update_log
from reviewkit.store.record_monitor import missing_from_monitor, present_in_monitor
from reviewkit.store.record_versions import changed_since, contents_at
from reviewkit.store.records import created_after, records_by_key
from reviewkit.store.searches import imported_files
from reviewkit.store.withdrawals import Withdrawal, withdrawn_runs
from reviewkit.updates.changes import (
    Difference,
    RecordEvidence,
    Side,
    compare_lists,
    reach_of,
    through_of,
)
from reviewkit.workflow.open_database import read_database
from reviewkit.workflow.open_review import need_database, read_store
from reviewkit.workflow.project import ReviewProject

Listed = Mapping[str, str | None]
"""A run's list: by identifier the record's key, `None` for an identifier without a record."""

# What the store alone needs to know of a run: no part of the log that is printed.
_NOT_LOGGED = ("kind", "count_unit")


def difference_between(
    store: Store,
    source: ProtocolSource,
    before: run_log.RunRow | None,
    after: run_log.RunRow,
    *,
    version: int | None = None,
    until: datetime.date | None = None,
) -> Difference:
    """Compare two runs of a source: what each lists, and what changed between them.

    With `version`, the changed records are those that changed after that version of the database;
    else those that changed between the two runs. With `until`, records created after that day are
    left out of the first list.
    """
    listed_before = _listed_before(store, before, until)
    listed_after = run_log.listed_by_search(store, after)
    known = _known(
        store,
        source,
        contents=_contents(store, before, after, version),
        lists=(listed_before, listed_after),
    )
    changes = compare_lists(
        source.id,
        listed_before,
        listed_after,
        reach=_reach(before, until),
        known=dataclasses.replace(known, same_query=_have_one_query(before, after)),
    )

    return Difference(
        source=source.id,
        name=source.name,
        before=_side(before) if before else None,
        after=_side(after),
        changes=changes,
    )


def _have_one_query(before: run_log.RunRow | None, after: run_log.RunRow) -> bool:
    """Whether two runs are known to have one query, whatever the days that bound them.

    A window's bound begins with a day; its query is the protocol's own.
    """
    if before is None or not (before.query and after.query):
        return False
    if RunKind.WINDOW in {before.kind, after.kind}:
        return True
    return apart_from_bounds(before.query) == apart_from_bounds(after.query)


def _side(run: run_log.RunRow) -> Side:
    return Side(
        run=run.run,
        searched_at=run.searched_at,
        reach=reach_of(created_bounds(run.query), run.searched_at),
        count=run.count,
    )


def _reach(run: run_log.RunRow | None, until: datetime.date | None) -> str | None:
    """The first day whose records the earlier run may have missed.

    `None` without an earlier run.
    """
    if run is None:
        return None
    reach = reach_of(created_bounds(run.query), run.searched_at)
    if until is None:
        return reach
    return min(reach, (until + datetime.timedelta(1)).isoformat())


def _listed_before(store: Store, run: run_log.RunRow | None, until: datetime.date | None) -> Listed:
    """What the earlier run listed, without records that were created after `until`."""
    if run is None:
        return {}
    listed = run_log.listed_by_search(store, run)
    if until is None or through_of(created_bounds(run.query), run.searched_at) <= until.isoformat():
        return listed

    late = created_after(store, until.isoformat())
    return {name: key for name, key in listed.items() if key not in late}


Contents = tuple[Mapping[str, Record], Mapping[str, Record]]
"""By key, what changed records were before, and what they were at the later run where that is not
what they are now.
"""


def _contents(
    store: Store, before: run_log.RunRow | None, after: run_log.RunRow, version: int | None
) -> Contents:
    if before is None:
        return {}, {}
    if version is not None:
        return changed_since(store, version=version), {}
    return contents_at(store, before.run), contents_at(store, after.run)


def _known(
    store: Store, source: ProtocolSource, *, contents: Contents, lists: tuple[Listed, Listed]
) -> RecordEvidence:
    """What is known of the records on one list only, and of those on the later one that changed."""
    earlier, then = contents
    before, after = lists
    wanted = {key for name, key in before.items() if key and name not in after}
    wanted |= {key for name, key in after.items() if key and name not in before}
    wanted |= earlier.keys() & set(after.values())
    now = records_by_key(store, sorted(wanted))
    now |= {key: then[key] for key in wanted & then.keys()}
    if not answers_pmids(source.id):
        return RecordEvidence(now=now, earlier=earlier)

    return RecordEvidence(
        now=now,
        earlier=earlier,
        present=present_in_monitor(store),
        missing=missing_from_monitor(store),
    )


_RUN = re.compile(r"\d{4}-\d{2}-\d{2}|\d+|last|latest|previous|first")
_PLACES = {"last": -1, "latest": -1, "previous": -2, "first": 0}


def _find(runs: Sequence[run_log.RunRow], name: str) -> run_log.RunRow | None:
    """The run of that name among a source's complete ones, oldest first.

    A name is a number, a day (its last run, or the last one before it), "last", "previous" or
    "first".
    """
    if name in _PLACES:
        place = _PLACES[name]
        return runs[place] if len(runs) >= abs(place) and runs else None
    if name.isdecimal():
        return next((run for run in runs if int(name) in run.datasets), None)

    until = [run for run in runs if run.searched_at[:10] <= name]
    return until[-1] if until else None


def find_differences(
    project: ReviewProject, first: str, second: str, *, now: datetime.datetime
) -> tuple[Difference, ...]:
    """Compare two runs in every source that has both. A number is a run of one source.

    Raises UsageError for a run that is not there, a name that is none, and numbers of different
    sources.
    """
    for name in (first, second):
        if not _RUN.fullmatch(name):
            raise UsageError(
                f"{name!r} names no run",
                hint="a number from reviewkit log, a day as 2026-04-10, or last",
            )

    differences = []
    family = project.protocol.primary.id if project.protocol.primary else ""
    with read_store(project, now=now) as store:
        for source in project.protocol.sources:
            runs = run_log.family_runs(store, source.id, family)
            one, other = _find(runs, first), _find(runs, second)
            if one and other:
                before, after = sorted((one, other), key=lambda run: run.search)
                differences.append(difference_between(store, source, before, after))

    if not differences:
        raise UsageError(
            f"no source has both {first} and {second}",
            hint="reviewkit log lists the runs; "
            "two runs of one source can be compared, complete ones only",
        )
    return tuple(differences)


def read_log(project: ReviewProject, *, now: datetime.datetime) -> list[dict[str, Any]]:
    """Every run, oldest first, ready for JSON.

    `update` is the number of the update that made it; `search` and `datasets` are the search that
    it belongs to and that search's runs; `files` are the files that were imported as it.
    `search_count` is what the search's datasets count together.
    `withdrawn` says why and by whom it was taken out of the flow.
    Raises UsageError where nothing was ever stored.
    """
    need_database(project)

    with read_database(project, now=now) as store:
        updates = update_log.updates_by_run(store)
        log = run_log.run_log(store)
        counts = {run.search: _search_count(store, log, run) for run in log}
        runs = [dataclasses.asdict(run) for run in log]
        withdrawn = withdrawn_runs(store)
        files = imported_files(store)

    for run in runs:
        for name in _NOT_LOGGED:
            del run[name]
        number = run["run"]
        run["update"] = updates.get(number)
        run["datasets"] = list(run["datasets"])
        run["search_count"] = counts[run["search"]]
        run["files"] = files.get(number, [])
        run["withdrawn"] = _withdrawal(withdrawn.get(number))
    return runs


def _search_count(store: Store, log: Sequence[run_log.RunRow], run: run_log.RunRow) -> int | None:
    """What the datasets of a run's search count together; `None` where none is in the flow."""
    if len(run.datasets) > 1:
        return len(run_log.listed_by_search(store, run))
    return next((other.count for other in log if other.run in run.datasets), None)


def _withdrawal(withdrawal: Withdrawal | None) -> dict[str, Any] | None:
    if withdrawal is None:
        return None
    return {
        "reviewer": withdrawal.reviewer,
        "why": withdrawal.why,
        "at": withdrawal.withdrawn_at,
    }
