"""The searches of an update: which ones a source needs, and how their results are stored.

Each source is one transaction, made after its pages are in the cache.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace

from reviewkit.model.errors import NotCached, RemoteError
from reviewkit.model.records import Role, RunKind, RunStatus, SearchRun
from reviewkit.protocol.model import Limits, ProtocolSource, Strategy
from reviewkit.sources.registry import SOURCES, created_bounds, source_query
from reviewkit.store import Store, run_log, update_log, write_lock
from reviewkit.store.runs import add_run
from reviewkit.updates.changes import reach_of
from reviewkit.workflow.clock import timestamp
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.searching.ingest import store_search
from reviewkit.workflow.searching.search import Search, Searcher
from reviewkit.workflow.updates.update_models import UpdateOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateRun:
    """An update under way: the open database, what to search, and the row that the update has in
    the log.
    """

    store: Store
    project: ReviewProject
    searcher: Searcher
    strategy: Strategy
    options: UpdateOptions
    row: update_log.UpdateRow


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOutcome:
    """How the search of a source ended: with a run.

    With a failed service; or it `cannot` be searched, and why. `left_out`: see SourceUpdate.
    """

    run: int | None = None
    failed: str | None = None
    cannot: str | None = None
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TodaysSearch:
    """What an update runs in a source: a project, its strategy under a name of its own, and the
    kind of run that it makes.
    """

    project: ReviewProject
    strategy: Strategy
    kind: RunKind


def search_source(update: UpdateRun, source: ProtocolSource) -> SourceOutcome:
    """Search a source and store its records and the step.

    A failed service is stored as a failed run.
    """
    try:
        searches = _search(update, source)
    except (RemoteError, NotCached) as error:
        update.searcher.say(f"{source.name}: {error.what_and_hint}")
        _store_failure(update, source, str(error))
        return SourceOutcome(failed=error.what_and_hint)

    store, project, number = update.store, update.project, update.row.number
    with write_lock(project.database), store.transaction():
        if searches[-1].run is None:
            update_log.add_step(store, number, source.id, why_not=searches[-1].why_not)
            return SourceOutcome(cannot=searches[-1].why_not or "")

        for search in searches:
            run = store_search(store, project, search, counts_in_flow=True)
        update_log.add_step(store, number, source.id, run=run)
    return SourceOutcome(run=run, left_out=searches[-1].run.missing)


def _search(update: UpdateRun, source: ProtocolSource) -> list[Search]:
    """Run the review's own search where it was never run, and today's."""
    searcher, strategy = update.searcher, update.strategy
    runs = run_log.family_runs(update.store, source.id, strategy.id)
    todays = _todays_search(update, source, runs)
    if runs:
        return [_run_todays(update, source, todays)]

    own = _bounded(update.project, update.options.as_of)
    first = searcher.search(own, strategy, source)
    own_query = source_query(own.protocol, strategy, source.id)
    todays_query = source_query(todays.project.protocol, todays.strategy, source.id)
    same = own_query and todays_query and own_query.written == todays_query.written
    if first.run is None or same:
        return [first]
    return [first, _run_todays(update, source, todays)]


def _run_todays(update: UpdateRun, source: ProtocolSource, todays: TodaysSearch) -> Search:
    search = update.searcher.search(todays.project, todays.strategy, source)
    if search.run is None:
        return search

    run = replace(search.run, kind=todays.kind, family=update.strategy.id)
    return replace(search, run=run)


def _bounded(project: ReviewProject, as_of: datetime.date | None) -> ReviewProject:
    """The project with its review's searches bounded by a day, where there is one."""
    if as_of is None:
        return project
    return _with_limits(project, project.protocol.limits.model_copy(update={"as_of": as_of}))


def _with_limits(project: ReviewProject, limits: Limits) -> ReviewProject:
    return replace(project, protocol=project.protocol.model_copy(update={"limits": limits}))


def _todays_search(
    update: UpdateRun, source: ProtocolSource, runs: Sequence[run_log.RunRow]
) -> TodaysSearch:
    """The search without the day that bounds the review's own search, in full or in a window.

    The strategy's name ("primary.update") is part of a run's hash and of the cache's keys.
    """
    project, strategy = update.project, update.strategy
    today = _with_limits(project, project.protocol.limits.model_copy(update={"as_of": None}))
    in_full = TodaysSearch(
        project=today,
        strategy=strategy.model_copy(update={"id": f"{strategy.id}.update"}),
        kind=RunKind.UPDATE,
    )
    if update.options.window is None or not runs:
        return in_full

    compiled = source_query(today.protocol, strategy, source.id)
    clause = _window_clause(source, runs[-1], update.options.window)
    # A source that cannot be asked by create date is searched in full.
    if compiled is None or compiled.parameters or clause is None:
        return in_full

    values = {
        "id": f"{strategy.id}.window",
        "queries": {source.id: f"({compiled.text}) AND {clause}"},
        "blocks": (),
        "limits": False,
    }
    return TodaysSearch(
        project=today, strategy=strategy.model_copy(update=values), kind=RunKind.WINDOW
    )


def _window_clause(source: ProtocolSource, last: run_log.RunRow, days: int) -> str | None:
    """The query's clause for create dates from so many days before the last run.

    `None` where there is none.
    """
    reach = datetime.date.fromisoformat(reach_of(created_bounds(last.query), last.searched_at))
    first = reach - datetime.timedelta(days)

    definition = SOURCES.get(source.id)
    if definition is None or definition.dialect is None or definition.dialect.created_since is None:
        return None
    return definition.dialect.created_since(first)


def _store_failure(update: UpdateRun, source: ProtocolSource, error: str) -> None:
    """Store a failed run: the log then shows the attempt and its error."""
    store, project = update.store, update.project
    runs = run_log.family_runs(store, source.id, update.strategy.id)
    todays = _todays_search(update, source, runs)
    compiled = source_query(todays.project.protocol, todays.strategy, source.id)

    run = SearchRun(
        source=source.id,
        role=Role(source.role),
        strategy=todays.strategy.id,
        kind=todays.kind,
        family=update.strategy.id,
        query=compiled.text if compiled else "",
        searched_at=timestamp(update.searcher.started_at),
        status=RunStatus.FAILED,
        error=error,
    )

    with write_lock(project.database), store.transaction():
        add_run(store, run, (), protocol=project.protocol_sha256, counts_in_flow=True)
