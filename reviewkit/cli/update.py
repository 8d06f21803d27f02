"""`reviewkit update`: search again, take in what is new, say what has happened and what to do."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reviewkit.cli.console import data_json, data_text, talk
from reviewkit.cli.options import (
    CacheOption,
    DatabaseOption,
    JsonOption,
    ProtocolArgument,
    ProtocolOption,
)
from reviewkit.model.text import printable

if TYPE_CHECKING:  # costs half a second of imports, which `--help` must not pay
    from collections.abc import Callable

    from reviewkit.workflow.project import ReviewProject
    from reviewkit.workflow.updates.update_models import UpdateResult


def update(
    protocol: ProtocolArgument = None,
    option: ProtocolOption = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            metavar="DATE",
            help="List what has appeared since the review's own search, bounded by this day.",
            show_default=False,
        ),
    ] = None,
    window: Annotated[
        int | None,
        typer.Option(
            "--window",
            metavar="DAYS",
            help="Search only by create date, this many days (30 or more) before the last run.",
            show_default="a full search",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what an update would bring; write nothing.")
    ] = False,
    every: Annotated[
        str | None,
        typer.Option(
            "--every",
            metavar="INTERVAL",
            help="Do nothing before so long has passed since the last update: day, week, fortnight, month...",
            show_default="update at once",
        ),
    ] = None,
    exit_code: Annotated[
        bool,
        typer.Option("--exit-code", help="Exit with 10 where there is something new, 0 where not."),
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Say nothing where nothing is new.")
    ] = False,
    json: JsonOption = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print a page in Markdown.")] = False,
    log: Annotated[
        Path | None,
        typer.Option(
            "--log", help="Append one line of JSON about this update.", show_default=False
        ),
    ] = None,
    summary: Annotated[
        Path | None,
        typer.Option(
            "--summary", help="Write the page in Markdown to this file.", show_default=False
        ),
    ] = None,
    webhook: Annotated[
        bool,
        typer.Option(
            "--webhook", help="Send the summary of news to REVIEWKIT_WEBHOOK_URL, as JSON."
        ),
    ] = False,
    allow_portal: Annotated[
        bool,
        typer.Option(
            "--allow-portal", help="Search LILACS through the BVS portal, made for people."
        ),
    ] = False,
    db: DatabaseOption = None,
    cache: CacheOption = None,
) -> None:
    """Search again in full; take in what is new; watch what is included or undecided.

    Exit codes: 0 done, 4 a source failed (the others are kept), with --exit-code 10 where something is new.

    Example: reviewkit update --exit-code --quiet
    """
    from reviewkit.cli.asking import open_searcher, read_day
    from reviewkit.workflow.project import find_protocol, open_project
    from reviewkit.workflow.searching.search import Asking
    from reviewkit.workflow.updates.update import update as run
    from reviewkit.workflow.updates.update_models import UpdateOptions

    project = open_project(
        find_protocol(protocol or option, folder=Path.cwd()), database=db, cache=cache
    )
    how = _Telling(
        title=project.protocol.review.title,
        json=json,
        markdown=markdown,
        quiet=quiet,
        log=None if dry_run else log,
        summary=None if dry_run else summary,
        send=_sender(project) if webhook else None,
    )
    asked = UpdateOptions(as_of=read_day(as_of, where="--as-of"), window=window)
    if every and _is_early(project, every, quiet=quiet, json=json):
        return
    _tell_if_retired(project)
    with open_searcher(Asking.ALWAYS, portal=allow_portal, quiet=quiet) as searcher:
        found = run(project, searcher, asked, dry_run=dry_run, tell=lambda found: _tell(found, how))
    if found is None:
        talk(f"{project.database}: another update of this review is running; this one did nothing.")
        if json:
            data_json({"running": True})
        return
    _leave(found, exit_code=exit_code)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Telling:
    """Where, and in which words, the outcome is told."""

    title: str
    json: bool
    markdown: bool
    quiet: bool
    log: Path | None
    summary: Path | None
    send: "Callable[[str], None] | None"


def _tell(found: "UpdateResult", how: _Telling) -> None:
    from reviewkit.workflow.files import write_output
    from reviewkit.workflow.updates.notify import note_update
    from reviewkit.workflow.updates.update_text import update_lines, update_markdown

    page = update_markdown(found, title=how.title)
    if how.json:
        data_json(found.as_json())
    else:
        lines = (f"{printable(line)}\n" for line in update_lines(found, quiet=how.quiet))
        data_text(page if how.markdown else "".join(lines))
    # Out before the update ends: one that is killed here is told of again.
    sys.stdout.flush()
    if how.log:
        note_update(how.log, found)
    if how.summary:
        write_output(how.summary, page.encode())
    if how.send and not found.dry_run and (found.is_news or found.outcome != "complete"):
        how.send(page)


def _sender(project: "ReviewProject") -> "Callable[[str], None]":
    """What sends a page. Raises UsageError where there is no address, before anything is searched."""
    from reviewkit.workflow.updates.notify import send_summary, webhook_address

    webhook_address(os.environ)
    return lambda page: send_summary(os.environ, page, title=project.protocol.review.title)


def _tell_if_retired(project: "ReviewProject") -> None:
    from reviewkit.workflow.clock import read_clock

    day = project.protocol.living.retired if project.protocol.living else None
    if day and day <= read_clock(os.environ).date():
        talk(
            f"This review was retired on {day}. It is updated all the same; if a scheduler asked, remove its job."
        )


def _is_early(project: "ReviewProject", every: str, *, quiet: bool, json: bool) -> bool:
    """Whether the next update is not due yet, which is then told."""
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.reporting.update_status import wait_until

    due = wait_until(project, every, now=read_clock(os.environ))
    if due and not quiet:
        talk(f"{project.database}: nothing was done; the next update is due on {due}.")
    if due and json:
        data_json({"due": due.isoformat()})
    return due is not None


def _leave(found: "UpdateResult", *, exit_code: bool) -> None:
    if found.failures or found.watch_failed:
        raise typer.Exit(4)
    if exit_code and found.is_news:
        raise typer.Exit(10)
