"""`update`: every search again in full, what is new, gone and changed, and what that means for the review.

Each source is one transaction, after its pages are in the cache. An update ends once it was told of; one that was
interrupted before is gone on with.
"""

import datetime
import json
from collections.abc import Callable, Sequence
from dataclasses import replace

from reviewkit.model.errors import NotCached, RemoteError, ReviewkitError, UsageError
from reviewkit.model.records import Role, RunStatus, SearchRun
from reviewkit.protocol.model import Limits, ProtocolSource, Strategy
from reviewkit.query.compile import compile_query
from reviewkit.store import Store, run_log, update_log, write_lock
from reviewkit.store.locks import update_lock
from reviewkit.store.protocols import add_protocol
from reviewkit.store.runs import add_run
from reviewkit.updates.changes import Difference, Kind, reach_of
from reviewkit.workflow.clock import timestamp
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.reporting.differences import difference_between, names_all
from reviewkit.workflow.searching.ingest import take_in_search
from reviewkit.workflow.searching.search import Asking, Search, Searcher
from reviewkit.workflow.updates.dry_run import copy_of
from reviewkit.workflow.updates.record_monitor import fetch_watched, look_after
from reviewkit.workflow.updates.update_models import (
    SHORTEST_WINDOW,
    SourceUpdate,
    UpdateOptions,
    UpdateResult,
)

_FAILED = "failed: "
_GOES_ON_WITHIN = datetime.timedelta(days=1)

Tell = Callable[[UpdateResult], None]


def update(
    project: ReviewProject,
    searcher: Searcher,
    asked: UpdateOptions,
    *,
    dry_run: bool = False,
    tell: Tell = lambda found: None,
) -> UpdateResult | None:
    """Search again and take in what there is; `None` where another process is updating this review.

    `tell` prints, logs and sends what was found. The update has ended when it returns, or raises a ReviewkitError: a
    process that is killed before leaves an update that the next one goes on with and tells of.
    With `dry_run` all of it happens to a copy of the review, and nothing is written. Raises UsageError for a protocol
    without a strategy or a window that is too short, and what the cache and the store raise; a source that fails is
    told of.
    """
    strategy = project.protocol.primary
    if strategy is None:
        raise UsageError(
            "the protocol has no strategy",
            where=str(project.protocol_path),
            hint="add [[strategies]]",
        )
    if asked.as_of and asked.as_of > searcher.started_at.date():
        raise UsageError(
            f"{asked.as_of} is yet to come",
            where="--as-of",
            hint="name the day of the review's search",
        )
    if asked.window is not None and asked.window < SHORTEST_WINDOW:
        what = f"a window must overlap the run before by {SHORTEST_WINDOW} days or more, not {asked.window}"
        raise UsageError(
            what, where="--window", hint="records are indexed weeks after they are added"
        )
    if dry_run:
        with copy_of(project) as copy:
            found = update(copy, searcher, asked)
        found = found and replace(found, number=None, dry_run=True)
        if found:
            tell(found)
        return found
    with update_lock(project.database) as mine:
        if not mine:
            return None
        with Store(project.database, now=searcher.started_at) as store:
            return _update(store, project, searcher, asked, strategy, tell)


def _update(
    store: Store,
    project: ReviewProject,
    searcher: Searcher,
    asked: UpdateOptions,
    strategy: Strategy,
    tell: Tell,
) -> UpdateResult:
    row, goes_on = _begin(store, project, searcher, asked)
    begun = datetime.datetime.fromisoformat(row.begun_at)
    searcher = replace(searcher, asking=Asking.ALWAYS, started_at=begun, goes_on=goes_on)
    steps = update_log.steps_of(store, row.number)
    told = []
    for source in project.protocol.sources:
        done = steps.get(source.id)
        if done is None:
            done = _source(store, project, searcher, row, strategy, source, asked)
        told.append((source, done))
    sources = tuple(_tell(store, source, strategy, done, row, asked) for source, done in told)
    watched, watch_failed = fetch_watched(store, project, searcher, row, sources)
    sources = (
        tuple(_tell(store, source, strategy, done, row, asked) for source, done in told)
        if watched
        else sources
    )
    found = UpdateResult(
        number=row.number,
        begun_at=row.begun_at,
        asked=asked,
        sources=sources,
        watched=watched,
        watch_failed=watch_failed,
        went_on=goes_on,
    )
    with write_lock(project.database), store.transaction():
        if goes_on or _is_to_be_judged(store, project, row):
            from reviewkit.workflow.reproducing.reproduce import (
                judge,  # a fifth of a second that an update without news saves
            )

            judge(store, project)
        found = look_after(store, found, row)
        judged = run_log.newest_run_number(store)
    _end(store, project, found, row, judged, tell)
    return found


def _end(
    store: Store,
    project: ReviewProject,
    found: UpdateResult,
    row: update_log.UpdateRow,
    judged: int,
    tell: Tell,
) -> None:
    """Tell of the update, then note that it has ended, and with which run as the last one that it judged."""
    failure = None
    try:
        tell(found)
    except ReviewkitError as error:
        # What the user can see, and what a wrong address would bring again with every update.
        failure = error
    with write_lock(project.database), store.transaction():
        update_log.end_update(
            store,
            row.number,
            at=row.begun_at,
            outcome=found.outcome,
            last_run=judged,
            summary=_summary(found),
        )
    if failure:
        raise failure


def _summary(found: UpdateResult) -> dict[str, object]:
    told = found.as_json()
    names = (
        "outcome",
        "news",
        "new",
        "gone",
        "changed",
        "queued",
        "ineligible",
        "questions",
        "waiting",
        "watched",
    )
    failed = {source.source: source.failed for source in found.failures}
    return {
        **{name: told[name] for name in names},
        "failed": failed,
        "watch_failed": found.watch_failed,
    }


def _begin(
    store: Store, project: ReviewProject, searcher: Searcher, asked: UpdateOptions
) -> tuple[update_log.UpdateRow, bool]:
    """The update to work on, and whether it was begun before and interrupted."""
    with write_lock(project.database), store.transaction():
        left = update_log.unfinished_update(store)
        if left is not None:
            recent = (
                searcher.started_at - datetime.datetime.fromisoformat(left.begun_at)
                < _GOES_ON_WITHIN
            )
            if recent and json.loads(left.asked) == asked.as_json():
                searcher.say(
                    f"Going on with the update that was begun {left.begun_at} and interrupted."
                )
                return left, True
            last = run_log.newest_run_number(store)
            at = timestamp(searcher.started_at)
            update_log.end_update(
                store, left.number, at=at, outcome="cut off", last_run=last, summary={}
            )
        add_protocol(
            store,
            project.protocol_sha256,
            review=project.protocol.review.id,
            toml=project.protocol_text,
        )
        # What was cut off long ago may have been taken in without having been judged or told of.
        row = update_log.begin_update(
            store,
            at=timestamp(searcher.started_at),
            protocol=project.protocol_sha256,
            asked=asked.as_json(),
            left=left,
        )
        return row, left is not None


def _source(
    store: Store,
    project: ReviewProject,
    searcher: Searcher,
    row: update_log.UpdateRow,
    strategy: Strategy,
    source: ProtocolSource,
    asked: UpdateOptions,
) -> tuple[int | None, str | None]:
    """The run that a source's update made; or why there is none, "failed: " before a service's failure."""
    try:
        searches = _searches(store, project, searcher, strategy, source, asked)
    except (RemoteError, NotCached) as error:
        searcher.say(f"{source.name}: {error}")
        _note_failure(store, project, searcher, strategy, source, asked, str(error))
        return None, f"{_FAILED}{error.what}"
    with write_lock(project.database), store.transaction():
        if searches[-1].run is None:
            update_log.add_step(store, row.number, source.id, failed=searches[-1].why_not)
            return None, searches[-1].why_not
        for search in searches:
            number = take_in_search(store, project, search, counts_in_flow=True)
        update_log.add_step(store, row.number, source.id, run=number)
    return number, None


def _searches(
    store: Store,
    project: ReviewProject,
    searcher: Searcher,
    strategy: Strategy,
    source: ProtocolSource,
    asked: UpdateOptions,
) -> list[Search]:
    """The review's own search where it was never made, and today's."""
    own = _bounded(project, asked.as_of)
    runs = run_log.family_runs(store, source.id, strategy.id)
    today, again = todays_search(project, strategy, source, asked, runs)
    if runs:
        return [searcher.search(today, again, source)]
    first = searcher.search(own, strategy, source)
    one, two = (
        compile_query(own.protocol, strategy, source.id),
        compile_query(today.protocol, again, source.id),
    )
    if first.run is None or (one and two and one.written == two.written):
        return [first]
    return [first, searcher.search(today, again, source)]


def _bounded(project: ReviewProject, as_of: datetime.date | None) -> ReviewProject:
    """The place with its review's searches bounded by a day, where one is given."""
    return (
        _with_limits(project, project.protocol.limits.model_copy(update={"as_of": as_of}))
        if as_of
        else project
    )


def _with_limits(project: ReviewProject, limits: Limits) -> ReviewProject:
    return replace(project, protocol=project.protocol.model_copy(update={"limits": limits}))


def todays_search(
    project: ReviewProject,
    strategy: Strategy,
    source: ProtocolSource,
    asked: UpdateOptions,
    runs: Sequence[run_log.RunRow],
) -> tuple[ReviewProject, Strategy]:
    """The strategy as an update runs it: without the day that bounds the review's own search; or in a window."""
    today = _with_limits(project, project.protocol.limits.model_copy(update={"as_of": None}))
    name = f"{strategy.id}.update"
    if asked.window is None or not runs:
        return today, strategy.model_copy(update={"id": name})
    compiled = compile_query(today.protocol, strategy, source.id)
    reach = datetime.date.fromisoformat(reach_of(runs[-1].query, runs[-1].searched_at))
    first = reach - datetime.timedelta(asked.window)
    clauses = {
        "pubmed": f"{first:%Y/%m/%d}:3000/12/31[crdt]",
        "europepmc": f"FIRST_IDATE:[{first:%Y-%m-%d} TO 3000-12-31]",
    }
    # A source that cannot be asked by create date is searched in full.
    if compiled is None or compiled.parameters or source.id not in clauses:
        return today, strategy.model_copy(update={"id": name})
    query = f"({compiled.text}) AND {clauses[source.id]}"
    values = {
        "id": f"{strategy.id}.window",
        "queries": {source.id: query},
        "blocks": (),
        "limits": False,
    }
    return today, strategy.model_copy(update=values)


def _note_failure(
    store: Store,
    project: ReviewProject,
    searcher: Searcher,
    strategy: Strategy,
    source: ProtocolSource,
    asked: UpdateOptions,
    error: str,
) -> None:
    today, again = todays_search(
        project, strategy, source, asked, run_log.family_runs(store, source.id, strategy.id)
    )
    compiled = compile_query(today.protocol, again, source.id)
    run = SearchRun(
        source=source.id,
        role=Role(source.role),
        strategy=again.id,
        query=compiled.text if compiled else "",
        searched_at=timestamp(searcher.started_at),
        status=RunStatus.FAILED,
        error=error,
    )
    with write_lock(project.database), store.transaction():
        add_run(store, run, (), protocol=project.protocol_sha256, counts_in_flow=True)


def _is_to_be_judged(store: Store, project: ReviewProject, row: update_log.UpdateRow) -> bool:
    """Whether any row that duplicates, checks and replay stand on may differ from the last update's."""
    last = update_log.last_update(store)
    if (
        last is None
        or last["last_run"] != row.after_run
        or last["protocol_sha256"] != project.protocol_sha256
    ):
        return True
    return update_log.changed_after(store, row)


def _tell(
    store: Store,
    source: ProtocolSource,
    strategy: Strategy,
    done: tuple[int | None, str | None],
    row: update_log.UpdateRow,
    asked: UpdateOptions,
) -> SourceUpdate:
    run, why = done
    if run is None:
        told = why or ""
        if told.startswith(_FAILED):
            return SourceUpdate(
                source=source.id, name=source.name, failed=told.removeprefix(_FAILED)
            )
        return SourceUpdate(source=source.id, name=source.name, cannot=told)
    found = _difference(store, source, strategy, run, row, asked)
    return SourceUpdate(source=source.id, name=source.name, difference=found)


def _difference(
    store: Store,
    source: ProtocolSource,
    strategy: Strategy,
    run: int,
    row: update_log.UpdateRow,
    asked: UpdateOptions,
) -> Difference:
    """Today's run beside the newest one before this update; beside the review's own ones where a day is given.

    A record that any earlier run has listed is not new, and a window says nothing of what is gone.
    """
    log = {one.run: one for one in run_log.run_log(store)}
    after = log[run]
    earlier = [one for one in run_log.family_runs(store, source.id, strategy.id) if one.run < run]
    if asked.as_of:
        earlier = [one for one in earlier if one.strategy == strategy.id]
    else:
        earlier = [one for one in earlier if one.run <= row.after_run] or earlier
    sound = [one for one in earlier if names_all(one)] or earlier
    # The very run of before, taken in again, as where the clock stands still: it is its own past.
    before = after if run <= row.after_run and not asked.as_of else sound[-1] if sound else None
    # What a watch changed while this source failed has not been told of; as of a day only what is new to this update.
    version = row.after_version if asked.as_of else None
    found = difference_between(store, source, before, after, version=version, until=asked.as_of)
    if before is None:
        return found
    # What an update that was cut off has listed was never told of.
    until = min(run, row.after_run + 1) if before.run <= row.after_run else run
    new = [] if asked.as_of else [change.identifier for change in found.of(Kind.NEW)]
    seen = run_log.ever_listed(store, source.id, strategy.id, new, before=until)
    lists_all = not after.strategy.endswith(".window") and names_all(after)
    left = (
        change
        for change in found.changes
        if not (change.kind is Kind.NEW and change.identifier in seen)
        and (change.kind is not Kind.GONE or lists_all)
    )
    reach = (
        (asked.as_of + datetime.timedelta(1)).isoformat() if asked.as_of and found.before else None
    )
    side = replace(found.before, reach=reach) if reach and found.before else found.before
    return replace(found, before=side, changes=tuple(left))
