"""`reviewkit drift`: how the answer to a search moves, and what a rerun adds and loses."""

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reviewkit.cli.console import data, data_json, talk
from reviewkit.cli.options import (
    CacheOption,
    DatabaseOption,
    JsonOption,
    OfflineOption,
    ProtocolArgument,
    ProtocolOption,
    chosen_project,
    in_a_folder,
)
from reviewkit.model.text import plural

if TYPE_CHECKING:
    from reviewkit.reproduction.drift import Drift, Moved
    from reviewkit.workflow.project import ReviewProject

_SHOWN = 10


def drift(
    protocol: ProtocolArgument = None,
    option: ProtocolOption = None,
    day: Annotated[
        list[str] | None,
        typer.Option(
            "--day",
            metavar="DATE",
            help="As of this day; give several.",
            show_default="each half-year of the last five, and the days of the protocol",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Ask nobody: say how many requests, and how long.")
    ] = False,
    csv: Annotated[
        Path | None,
        typer.Option(
            "--csv", help="Write the counts here.", show_default=False, callback=in_a_folder
        ),
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(
            "--plot", help="Draw it here: .svg or .png.", show_default=False, callback=in_a_folder
        ),
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Ask again for what the cache holds.")
    ] = False,
    offline: OfflineOption = False,
    json: JsonOption = False,
    db: DatabaseOption = None,
    cache: CacheOption = None,
) -> None:
    """Count the primary strategy's records as of several days; compare a rerun with the search.

    A day counts what was in the database by then, as it is indexed now. A rerun says what was added
    since the recorded search, what matches only since, and what is lost.

    Example: reviewkit drift --day 2024-01-01 --day 2025-01-01 --plot drift.svg
    """
    from reviewkit.cli.audit import open_asker
    from reviewkit.cli.progress import show_progress
    from reviewkit.workflow.auditing.drift import read_drift

    project = chosen_project(protocol or option, database=db, cache=cache)
    days = _days(project, day or [])
    if dry_run:
        _show_plan(project, len(days), json=json)
        return

    with open_asker(project, offline=offline, again=again) as asker, show_progress() as progress:
        found = read_drift(
            project, asker, days, progress=lambda done, total: progress("days", done, total)
        )
    _write_files(found, csv, plot)
    if json:
        data_json(found.as_json())
    else:
        _show(found)


def _days(project: "ReviewProject", named: list[str]) -> tuple[datetime.date, ...]:
    """The days that were named, or the usual ones. Raises UsageError for all that are no days."""
    import os

    from reviewkit.cli.asking import read_days
    from reviewkit.reproduction.drift import usual_days
    from reviewkit.workflow.clock import read_clock

    if not named:
        reported = project.protocol.reported
        search_date = reported.search_date if reported else None
        today = read_clock(os.environ).date()
        return usual_days(today, project.protocol.limits.as_of, search_date)

    return tuple(sorted(set(read_days(named, where="--day"))))


def _show_plan(project: "ReviewProject", days: int, *, json: bool) -> None:
    from reviewkit.workflow.auditing.audit import audited_source
    from reviewkit.workflow.auditing.drift import REQUESTS_FOR_RERUN, refuse_without_days

    source = audited_source(project.protocol)
    refuse_without_days(source)
    pace = source.network.service.per_second if source.network else 1.0
    requests = days + 1 + REQUESTS_FOR_RERUN
    if json:
        data_json({"days": days, "requests_at_most": requests, "per_second": pace})
        return
    data(
        f"{plural(days, 'day')}; at most {requests} requests to {source.label}, "
        f"about {max(1, round(requests / pace))} s at {pace:g} a second. Nothing was asked."
    )


def _write_files(found: "Drift", csv: Path | None, plot: Path | None) -> None:
    from reviewkit.reproduction.drift_plot import plot_drift
    from reviewkit.workflow.auditing.files import drift_csv, write_csv, write_plot

    if csv:
        write_csv(drift_csv(found), csv)
        talk(f"{csv} written.")
    if plot:
        write_plot(plot_drift(found), plot)
        talk(f"{plot} written.")


def _show(found: "Drift") -> None:
    from reviewkit.model.text import plural

    talk(f"{plural(found.requests, 'request')} this time. Earlier answers come from the cache.")
    data(f"Query, without an as-of day: {found.query}")
    if found.asked_on:
        data(f"Asked of {found.source}: {' to '.join(found.asked_on)}.")
    if found.reported is not None:
        data(f"Reported: {found.reported:,}.")
    for point in found.points:
        day = f"as of {point.day}" if point.day else "all there is now"
        count = "not known" if point.count is None else f"{point.count:,}"
        data(f"  {day:<18} {count:>10}")
    for why in found.why_not:
        data(f"Not known: {why}.")
    if found.moved:
        _show_moved(found.moved)


def _show_moved(moved: "Moved") -> None:
    data(
        f"The search recorded on {moved.recorded_on[:10]} has {moved.recorded:,} records, "
        f"the rerun {moved.rerun:,}; in both {moved.kept:,}."
    )
    for words, numbers in moved.lists:
        shown = ", ".join(numbers[:_SHOWN])
        rest = f" and {len(numbers) - _SHOWN:,} more" if len(numbers) > _SHOWN else ""
        data(f"  {len(numbers):>6,} {words}{': ' if shown else ''}{shown}{rest}")
