"""`drift`: the primary strategy as of several days, and a rerun beside the recorded run."""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import replace

from reviewkit.model.errors import NotCached, RemoteError, UsageError
from reviewkit.model.records import SearchRun
from reviewkit.protocol.model import Limits, Protocol
from reviewkit.reproduction.drift import Drift, Moved, Point, RerunLists, compare_rerun
from reviewkit.sources.base import Source
from reviewkit.sources.registry import created_bounds, source_query
from reviewkit.store.runs import latest_run
from reviewkit.updates.changes import reach_of
from reviewkit.workflow.auditing.asker import LONGEST_LIST, Asker
from reviewkit.workflow.open_database import read_database
from reviewkit.workflow.project import ReviewProject

REQUESTS_FOR_RERUN = 3


def read_drift(
    project: ReviewProject,
    asker: Asker,
    days: Sequence[datetime.date],
    *,
    progress: Callable[[int, int], None] | None = None,
) -> Drift:
    """Ask for the counts as of these days and for all, and compare a rerun with the recorded run.

    What cannot be asked is said. Raises UsageError without a query for the source.
    """
    query = unbounded_query(project.protocol, asker)
    points, why_not = _points(asker, query, days, progress)
    moved, why_no_rerun = _rerun(project, asker, query)
    return Drift(
        source=asker.source.label,
        query=query,
        points=points,
        moved=moved,
        why_not=tuple(dict.fromkeys(why for why in (why_not, why_no_rerun) if why)),
        asked_on=asker.asked_on,
        requests=asker.sent,
        reported=_reported(project.protocol, asker.source.id),
    )


def _reported(protocol: Protocol, source: str) -> int | None:
    """The number reported for the source; `None` for one that is shared with other sources."""
    if protocol.reported is None:
        return None
    if source in protocol.reported.sources or len(protocol.sources) > 1:
        return protocol.reported.sources.get(source)
    return protocol.reported.flow.database_results


def refuse_without_days(source: Source) -> None:
    """Raise UsageError for a source that is not asked, or whose language knows no day of entry."""
    if source.network is None or source.dialect is None or source.dialect.created_since is None:
        raise UsageError(
            f"{source.label} cannot be asked as of a day",
            hint="drift asks PubMed and Europe PMC; add one to [[sources]]",
        )


def unbounded_query(protocol: Protocol, asker: Asker) -> str:
    """The primary strategy's query without an as-of day.

    Raises UsageError where there is none, and for a source that knows no day of entry.
    """
    refuse_without_days(asker.source)
    limits = protocol.limits.model_copy(update={"as_of": None})
    unbounded = protocol.model_copy(update={"limits": limits})
    primary = protocol.primary
    query = source_query(unbounded, primary, asker.source.id) if primary else None
    if query is None:
        raise UsageError(
            f"the primary strategy has no query for {asker.source.label}",
            hint="add one to its queries",
        )
    return query.text


def _as_of(asker: Asker, query: str, day: datetime.date) -> str:
    """The query, limited to records that were created by this day."""
    dialect = asker.source.dialect
    clauses = dialect.limit_clauses(Limits(as_of=day)) if dialect else ()
    return " AND ".join([f"({query})", *clauses])


def _points(
    asker: Asker,
    query: str,
    days: Sequence[datetime.date],
    progress: Callable[[int, int], None] | None,
) -> tuple[tuple[Point, ...], str | None]:
    points: list[Point] = []
    why_not = None
    for place, day in enumerate([*days, None], start=1):
        text = query if day is None else _as_of(asker, query, day)
        try:
            points.append(Point(day=day, count=asker.ask(text, most=0).count))
        except (NotCached, RemoteError) as error:
            points.append(Point(day=day, count=None))
            why_not = why_not or error.what
        if progress:
            progress(place, len(days) + 1)
    return tuple(points), why_not


def _rerun(project: ReviewProject, asker: Asker, query: str) -> tuple[Moved | None, str | None]:
    """A rerun beside the recorded run, or why there is none."""
    run = _recorded_run(project, asker)
    if run is None:
        return None, f"no search of {asker.source.label} is recorded; reviewkit search makes one"
    try:
        return _compared(asker, query, run)
    except (NotCached, RemoteError) as error:
        return None, error.what


def _recorded_run(project: ReviewProject, asker: Asker) -> SearchRun | None:
    """The review's own newest search of the source that lists its numbers."""
    primary = project.protocol.primary
    if primary is None or not project.database.exists():
        return None
    with read_database(project, now=datetime.datetime.now(datetime.UTC)) as store:
        run = latest_run(store, asker.source.id, primary.id)
    if run is None or not all(one.isdecimal() for one in run.identifiers):
        return None
    return run


def _compared(asker: Asker, query: str, run: SearchRun) -> tuple[Moved | None, str | None]:
    day = run.searched_at[:10]
    now = asker.ask_after(query, day)
    if len(now.ids) != now.count:
        return (
            None,
            f"the rerun returns {now.count:,} records, more than {LONGEST_LIST:,} to compare",
        )

    reach = reach_of(created_bounds(run.query), run.searched_at)
    last_day = datetime.date.fromisoformat(reach) - datetime.timedelta(1)
    then = asker.ask_after(_as_of(asker, query, last_day), day)
    lists = RerunLists(recorded=run.identifiers, now=now.ids, there_then=then.ids)
    lists = replace(lists, present=_still_there(asker, lists.lost, day))
    return compare_rerun(lists, recorded_on=run.searched_at), None


def _still_there(asker: Asker, lost: Sequence[str], day: str) -> tuple[str, ...]:
    """Those of these numbers that the source still has."""
    way = asker.source.network
    if not lost or way is None or way.uid_clause is None:
        return ()
    return asker.ask_after(way.uid_clause(lost), day).ids
