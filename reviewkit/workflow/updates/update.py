"""`update`: run every search again in full; say what is new, gone and changed, and what follows for
the review.

The steps: begin (or resume), search each source, fetch monitored records, judge, notify, end.
An update ends once its result was reported. The next one resumes an update that was interrupted
before that.
"""

import datetime
import json
from collections.abc import Callable
from dataclasses import replace

from reviewkit.model.errors import ReviewkitError, UsageError
from reviewkit.protocol.model import Strategy
from reviewkit.store import Store, run_log, update_log, write_lock
from reviewkit.store.locks import update_lock
from reviewkit.store.protocols import add_protocol
from reviewkit.workflow.clock import timestamp
from reviewkit.workflow.open_database import open_database
from reviewkit.workflow.project import ReviewProject, primary_strategy
from reviewkit.workflow.searching.search import NetworkUse, Searcher
from reviewkit.workflow.updates.citation_news import (
    is_asked_apart,
    options_of,
    search_around_included,
    with_new_works,
)
from reviewkit.workflow.updates.citation_seeds import citation_source
from reviewkit.workflow.updates.dry_run import dry_run_copy
from reviewkit.workflow.updates.monitor_notices import add_findings
from reviewkit.workflow.updates.record_monitor import fetch_monitored
from reviewkit.workflow.updates.source_difference import describe_source
from reviewkit.workflow.updates.source_search import SourceOutcome, UpdateRun, search_source
from reviewkit.workflow.updates.update_models import (
    SHORTEST_WINDOW,
    SourceUpdate,
    UpdateOptions,
    UpdateResult,
)

_RESUMED_WITHIN = datetime.timedelta(days=1)

Notify = Callable[[UpdateResult], None]


def update(
    project: ReviewProject,
    searcher: Searcher,
    options: UpdateOptions,
    *,
    dry_run: bool = False,
    notify: Notify = lambda result: None,
) -> UpdateResult | None:
    """Search again and store what is found; `None` where another process is updating this review.

    `notify` prints, logs and sends the result. The update has ended when it returns or raises a
    ReviewkitError. A process that is killed before that leaves an update that the next one resumes
    and reports.
    With `dry_run`, all of it happens to a copy of the review and nothing is written.

    Raises UsageError for a protocol without a strategy, a day in the future or a window that is too
    short, and what the cache and the store raise. A source that fails is part of the result.
    """
    strategy = primary_strategy(project)
    _check_options(options, searcher.started_at.date())
    if options_of(project):
        citation_source(project)
    if dry_run:
        return _dry_run(project, searcher, options, notify)

    with update_lock(project.database) as locked:
        if not locked:
            return None
        with open_database(project, now=searcher.started_at) as store:
            return _update(store, project, searcher, options, strategy, notify)


def _check_options(options: UpdateOptions, today: datetime.date) -> None:
    if options.as_of and options.as_of > today:
        raise UsageError(
            f"{options.as_of} is yet to come",
            where="--as-of",
            hint="name the day of the review's search",
        )
    if options.window is not None and options.window < SHORTEST_WINDOW:
        raise UsageError(
            f"a window must overlap the run before by {SHORTEST_WINDOW} days or more, "
            f"not {options.window}",
            where="--window",
            hint="records are indexed weeks after they are added",
        )


def _dry_run(
    project: ReviewProject, searcher: Searcher, options: UpdateOptions, notify: Notify
) -> UpdateResult | None:
    with dry_run_copy(project) as copy:
        result = update(copy, searcher, options)
    if result is None:
        return None

    result = replace(result, number=None, dry_run=True)
    notify(result)
    return result


def _update(
    store: Store,
    project: ReviewProject,
    searcher: Searcher,
    options: UpdateOptions,
    strategy: Strategy,
    notify: Notify,
) -> UpdateResult:
    row, resumed = _begin(store, project, searcher, options)
    begun_at = datetime.datetime.fromisoformat(row.begun_at)
    searcher = replace(
        searcher.beside(store, strategy),
        network_use=NetworkUse.ALWAYS,
        started_at=begun_at,
        is_resumed=resumed,
    )
    running = UpdateRun(
        store=store,
        project=project,
        searcher=searcher,
        strategy=strategy,
        options=options,
        row=row,
    )

    result = replace(_search_all(running), resumed=resumed)
    result, last_run = _judge(running, result)
    _notify_and_end(running, result, last_run, notify)
    return result


def _begin(
    store: Store, project: ReviewProject, searcher: Searcher, options: UpdateOptions
) -> tuple[update_log.UpdateRow, bool]:
    """The update to work on, and whether it was begun before and interrupted."""
    with write_lock(project.database), store.transaction():
        interrupted = update_log.unfinished_update(store)
        if interrupted and _can_be_resumed(interrupted, searcher, options):
            searcher.say(f"Resuming the update that began {interrupted.begun_at}.")
            return interrupted, True

        now = timestamp(searcher.started_at)
        if interrupted:
            last_run = run_log.newest_run_number(store)
            update_log.end_update(
                store,
                interrupted.number,
                at=now,
                outcome="cut off",
                last_run=last_run,
                summary={},
            )
        add_protocol(
            store,
            project.protocol_sha256,
            review=project.protocol.review.id,
            toml=project.protocol_text,
        )
        # What an update stored long ago may have been cut off before it was judged or reported.
        row = update_log.begin_update(
            store,
            at=now,
            protocol=project.protocol_sha256,
            options=options.as_json(),
            interrupted=interrupted,
        )
        return row, interrupted is not None


def _can_be_resumed(
    interrupted: update_log.UpdateRow, searcher: Searcher, options: UpdateOptions
) -> bool:
    """Whether an interrupted update is recent and has the same options."""
    begun_at = datetime.datetime.fromisoformat(interrupted.begun_at)
    is_recent = searcher.started_at - begun_at < _RESUMED_WITHIN
    return is_recent and json.loads(interrupted.options) == options.as_json()


def _search_all(running: UpdateRun) -> UpdateResult:
    """Search each source that this update has not searched yet; fetch the monitored records."""
    steps = update_log.steps_of(running.store, running.row.number)
    outcomes = []
    for source in running.project.protocol.sources:
        if is_asked_apart(running.project, source):
            continue
        if source.id in steps:
            step = steps[source.id]
            outcome = SourceOutcome(run=step.run, cannot=step.why_not)
        else:
            outcome = search_source(running, source)
        outcomes.append((source, outcome))

    def describe() -> tuple[SourceUpdate, ...]:
        return tuple(describe_source(running, source, outcome) for source, outcome in outcomes)

    sources = describe()
    citations = search_around_included(running)
    monitored, monitor_failed = fetch_monitored(running, sources)
    if monitored:
        # The service may now have said why a record is gone.
        sources = describe()
    return UpdateResult(
        number=running.row.number,
        begun_at=running.row.begun_at,
        options=running.options,
        sources=sources,
        monitored=monitored,
        monitor_failed=monitor_failed,
        citations=citations,
    )


def _judge(running: UpdateRun, result: UpdateResult) -> tuple[UpdateResult, int]:
    """Judge the new records.

    The result with its findings, and the number of the last run that was judged.
    """
    store, project = running.store, running.project
    with write_lock(project.database), store.transaction():
        if result.resumed or _must_be_judged(running):
            # A fifth of a second of imports that an update without news saves.
            from reviewkit.workflow.reproducing.reproduce import judge

            judge(store, project)
        result = add_findings(store, result, running.row)
        news = with_new_works(store, result.citations, after_run=running.row.after_run)
        result = replace(result, citations=news)
        return result, run_log.newest_run_number(store)


def _must_be_judged(running: UpdateRun) -> bool:
    """Whether any row that duplicates, checks and replay depend on may differ from the last
    update's.
    """
    store, row = running.store, running.row
    last = update_log.last_update(store)

    if (
        last is None
        or last.last_run != row.after_run
        or last.protocol_sha256 != running.project.protocol_sha256
    ):
        return True
    return update_log.changed_after(store, row)


def _notify_and_end(
    running: UpdateRun, result: UpdateResult, last_run: int, notify: Notify
) -> None:
    """Report the update, then store that it has ended and the last run that it judged."""
    failure = None
    try:
        notify(result)
    except ReviewkitError as error:
        # The user sees it. A wrong address would fail again with every update, so the update still
        # ends.
        failure = error

    with write_lock(running.project.database), running.store.transaction():
        update_log.end_update(
            running.store,
            running.row.number,
            at=running.row.begun_at,
            outcome=result.outcome,
            last_run=last_run,
            summary=_summary(result),
        )

    if failure:
        raise failure


_SUMMARISED = (
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


def _summary(result: UpdateResult) -> dict[str, object]:
    values = result.as_json()
    return {
        **{name: values[name] for name in _SUMMARISED},
        "failed": {source.source: source.failed for source in result.failures},
        "watch_failed": result.monitor_failed,
    }
