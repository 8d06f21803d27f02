"""What an update says of one source: today's run beside an earlier one."""

import datetime
from dataclasses import replace

from reviewkit.model.records import RunKind
from reviewkit.protocol.model import ProtocolSource
from reviewkit.store import run_log
from reviewkit.updates.changes import Change, ChangeKind, Difference
from reviewkit.workflow.reporting.differences import difference_between
from reviewkit.workflow.updates.source_search import SourceOutcome, UpdateRun
from reviewkit.workflow.updates.update_models import SourceUpdate


def describe_source(
    update: UpdateRun, source: ProtocolSource, outcome: SourceOutcome
) -> SourceUpdate:
    """The source's part of the result: its difference, or why there is none."""
    if outcome.run is None:
        return SourceUpdate(
            source=source.id, name=source.name, failed=outcome.failed, cannot=outcome.cannot
        )
    difference = _difference(update, source, outcome.run)
    return SourceUpdate(
        source=source.id, name=source.name, difference=difference, left_out=outcome.left_out
    )


def _difference(update: UpdateRun, source: ProtocolSource, number: int) -> Difference:
    """Today's run beside the newest one before this update; with a day, beside the review's own
    one.

    A record that any earlier run has listed is not new. A window lists nothing that is gone.
    """
    options = update.options
    after = {run.run: run for run in run_log.run_log(update.store)}[number]
    before = _run_before(update, source, after)
    # The record monitor may have changed records while this source failed: these are not reported
    # yet.
    # As of a day, only what is new to this update counts as changed.
    version = update.row.after_version if options.as_of else None
    difference = difference_between(
        update.store, source, before, after, version=version, until=options.as_of
    )
    if before is None:
        return difference

    seen = _listed_before(update, source, difference, (before, after))
    lists_all = after.is_whole and after.lists_all
    changes = [
        change for change in difference.changes if _counts(change, seen=seen, lists_all=lists_all)
    ]
    return _reaching_to(replace(difference, changes=tuple(changes)), options.as_of)


def _run_before(
    update: UpdateRun, source: ProtocolSource, after: run_log.RunRow
) -> run_log.RunRow | None:
    """The run to compare with: the newest one that named all its records, else the newest one."""
    # The same run stored again, as when the clock did not move: it is its own past.
    if after.run <= update.row.after_run and not update.options.as_of:
        return after

    earlier = _earlier_runs(update, source, after)
    complete = [run for run in earlier if run.lists_all] or earlier
    return complete[-1] if complete else None


def _earlier_runs(
    update: UpdateRun, source: ProtocolSource, after: run_log.RunRow
) -> list[run_log.RunRow]:
    """The runs to choose from: those before this update if any; with a day, the review's own."""
    family = run_log.family_runs(update.store, source.id, update.strategy.id)
    earlier = [run for run in family if run.run < after.run]

    if update.options.as_of:
        return [run for run in earlier if run.kind is RunKind.OWN]
    return [run for run in earlier if run.run <= update.row.after_run] or earlier


def _listed_before(
    update: UpdateRun,
    source: ProtocolSource,
    difference: Difference,
    sides: tuple[run_log.RunRow, run_log.RunRow],
) -> frozenset[str]:
    """Of the new identifiers, those that an earlier run has listed.

    With a day, none is looked for.
    """
    if update.options.as_of:
        return frozenset()

    before, after = sides
    # What an interrupted update has listed was never reported, so it does not count as seen.
    until = after.run
    if before.run <= update.row.after_run:
        until = min(after.run, update.row.after_run + 1)

    new = [change.identifier for change in difference.of(ChangeKind.NEW)]
    return run_log.ever_listed(update.store, source.id, update.strategy.id, new, before=until)


def _counts(change: Change, *, seen: frozenset[str], lists_all: bool) -> bool:
    if change.kind is ChangeKind.NEW:
        return change.identifier not in seen
    return change.kind is not ChangeKind.GONE or lists_all


def _reaching_to(difference: Difference, as_of: datetime.date | None) -> Difference:
    """The difference whose earlier side reaches to the end of the day `as_of`, if there is one."""
    if as_of is None or difference.before is None:
        return difference
    reach = (as_of + datetime.timedelta(1)).isoformat()
    return replace(difference, before=replace(difference.before, reach=reach))
