"""`reviewkit update`: search again, store what is new, say what to do next."""

import functools
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reviewkit.cli.console import data, data_json, data_text, talk
from reviewkit.cli.options import (
    AcceptFallOption,
    CacheOption,
    DatabaseOption,
    JsonOption,
    ProtocolArgument,
    ProtocolOption,
    chosen_project,
    in_a_folder,
)

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
            max=36500,
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
            help="Do nothing until so long has passed since the last update: "
            "day, week, fortnight, month, quarter or year.",
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
    accept_fall: AcceptFallOption = False,
    db: DatabaseOption = None,
    cache: CacheOption = None,
) -> None:
    """Search again in full, store what is new, and check the included and undecided records.

    Exit codes: 0 done, 4 a source failed or left out records, or none can be searched (the rest is
    kept). With --exit-code, 10 means that something is new.

    Example: reviewkit update --exit-code --quiet
    """
    from reviewkit.cli.asking import open_searcher, read_day
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.searching.search import NetworkUse
    from reviewkit.workflow.session.open_screening import prepare_queue
    from reviewkit.workflow.updates.update import update as run
    from reviewkit.workflow.updates.update_models import UpdateOptions

    project = chosen_project(protocol or option, database=db, cache=cache)
    outlets = _Outlets(
        title=project.protocol.review.title,
        json=json,
        markdown=markdown,
        quiet=quiet,
        log=None if dry_run else _placed(log, project),
        summary=None if dry_run else _placed(summary, project),
        send=_sender(project) if webhook else None,
    )
    options = UpdateOptions(as_of=read_day(as_of, where="--as-of"), window=window)
    if every and _is_early(project, every, quiet=quiet, json=json):
        return

    _warn_if_retired(project)
    notify = functools.partial(_notify, outlets)
    with open_searcher(
        NetworkUse.ALWAYS, by_portal=allow_portal, quiet=quiet, accepts_fall=accept_fall
    ) as searcher:
        result = run(project, searcher, options, dry_run=dry_run, notify=notify)

    if result is None:
        talk(f"{project.database}: another update of this review is running; this one did nothing.")
        if json:
            data_json({"running": True})
        return
    if not dry_run:
        prepare_queue(project, now=read_clock(os.environ))
    _exit(result, exit_code=exit_code)


def _placed(file: Path | None, project: "ReviewProject") -> Path | None:
    """Return a file to be written. The folder of the database is made by the first update."""
    if file is None or file.resolve().parent == project.database.resolve().parent:
        return file
    return in_a_folder(file)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outlets:
    """Where the result of an update goes, and in which form."""

    title: str
    json: bool
    markdown: bool
    quiet: bool
    log: Path | None
    summary: Path | None
    send: "Callable[[str], None] | None"


def _notify(outlets: _Outlets, result: "UpdateResult") -> None:
    """Print the result, then log it, write its page and send it, as far as each is wanted."""
    from reviewkit.workflow.files import write_output
    from reviewkit.workflow.updates.notify import log_update
    from reviewkit.workflow.updates.update_text import update_markdown

    page = update_markdown(result, title=outlets.title)
    _print(outlets, result, page)
    if outlets.log:
        log_update(outlets.log, result)
    if outlets.summary:
        write_output(outlets.summary, page.encode())
    is_worth_sending = result.is_news or result.outcome != "complete"
    if outlets.send and is_worth_sending and not result.dry_run:
        outlets.send(page)


def _print(outlets: _Outlets, result: "UpdateResult", page: str) -> None:
    from reviewkit.workflow.updates.update_text import update_lines

    if outlets.json:
        data_json(result.as_json())
    elif outlets.markdown:
        data_text(page)
    else:
        for line in update_lines(result, quiet=outlets.quiet):
            data(line)
    # Printed before the update ends: one that is killed here is reported again.
    sys.stdout.flush()


def _sender(project: "ReviewProject") -> "Callable[[str], None]":
    """A function that sends a page.

    Raises UsageError where there is no address, before anything is searched.
    """
    from reviewkit.workflow.updates.notify import send_summary, webhook_address

    webhook_address(os.environ)
    return functools.partial(send_summary, os.environ, title=project.protocol.review.title)


def _warn_if_retired(project: "ReviewProject") -> None:
    from reviewkit.workflow.clock import read_clock

    living = project.protocol.living
    if living and living.retired and living.retired <= read_clock(os.environ).date():
        talk(
            f"This review was retired on {living.retired}. It is updated all the same; "
            "if a scheduler runs this, remove its job."
        )


def _is_early(project: "ReviewProject", every: str, *, quiet: bool, json: bool) -> bool:
    """Whether the next update is not due yet; say so."""
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.reporting.update_status import next_due_later

    due = next_due_later(project, every, now=read_clock(os.environ))
    if due is None:
        return False

    if not quiet:
        talk(f"{project.database}: nothing was done; the next update is due on {due}.")
    if json:
        data_json({"due": due.isoformat()})
    return True


def _exit(result: "UpdateResult", *, exit_code: bool) -> None:
    if result.is_incomplete:
        raise typer.Exit(4)
    if exit_code and result.is_news:
        raise typer.Exit(10)
