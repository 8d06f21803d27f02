"""`reviewkit amend`: record a change of the protocol, and send records back."""

import dataclasses
import os
from typing import TYPE_CHECKING, Annotated

import typer

from reviewkit.cli.confirm import confirm
from reviewkit.cli.console import data, data_json, talk
from reviewkit.cli.options import (
    DatabaseOption,
    JsonOption,
    ProtocolOption,
    ReviewerOption,
    chosen_project,
)
from reviewkit.cli.reviewers import YesOption, author
from reviewkit.model.errors import UsageError
from reviewkit.model.records import STAGE_WORDS
from reviewkit.model.text import plural

if TYPE_CHECKING:  # costs half a second of imports, which `--help` must not pay
    from reviewkit.workflow.project import ReviewProject
    from reviewkit.workflow.screening.amend import AmendResult


def amend(
    why: Annotated[
        str, typer.Argument(help="Why the protocol was changed.", show_default=False)
    ] = "",
    requeue: Annotated[
        str | None,
        typer.Option(
            "--requeue",
            help="Decide again on: reason=WORDING, all-excluded or included.",
            show_default="no record",
        ),
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take the newest amendment back.")] = False,
    list_: Annotated[
        bool, typer.Option("--list", help="List the amendments, and store nothing.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what it would do, and store nothing.")
    ] = False,
    yes: YesOption = False,
    reviewer: ReviewerOption = None,
    json: JsonOption = False,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Record an amendment of the protocol (PRISMA 2020, item 24c).

    Change the protocol file first. Decisions that are sent back stay in the history.

    \b
    Examples: reviewkit amend "conference abstracts are included now"
    reviewkit amend "Spanish counts" --requeue reason="not in English" --dry-run
    """
    project = chosen_project(protocol, database=db)
    if list_:
        _list(project, json=json)
        return

    who = author(project, reviewer, dry_run=dry_run, yes=yes)
    if undo:
        _undo(project, who, why=why, requeue=requeue, json=json)
        return

    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.screening.amend import amend as run

    now = read_clock(os.environ)
    planned = run(project, why, reviewer=who, requeue=requeue, now=now, dry_run=True)
    if not json:
        _show(planned)
    if not dry_run and planned.records and not confirm(_question(planned), yes=yes):
        talk("Nothing was stored.")
        return
    if not dry_run:
        run(project, why, reviewer=who, requeue=requeue, now=now)

    if json:
        data_json({**dataclasses.asdict(planned), "stored": not dry_run})
    elif dry_run:
        talk("Nothing was stored: --dry-run.")
    else:
        talk("Recorded. reviewkit amend --undo takes it back.")


def _undo(project: "ReviewProject", who: str, *, why: str, requeue: str | None, json: bool) -> None:
    if why or requeue:
        raise UsageError(
            "--undo takes the newest amendment back, and does nothing else",
            hint="reviewkit amend --undo",
        )

    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.screening.amend import undo_amendment

    undone = undo_amendment(project, reviewer=who, now=read_clock(os.environ))
    if json:
        data_json({"taken_back": dataclasses.asdict(undone)})
    else:
        data(f"Taken back: {undone.why} ({undone.amended_at[:10]}).")


def _list(project: "ReviewProject", *, json: bool) -> None:
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.screening.amend import list_amendments

    amendments = list_amendments(project, now=read_clock(os.environ))
    if json:
        data_json({"amendments": [dataclasses.asdict(item) for item in amendments]})
        return
    for item in amendments:
        data(f"{item.day}  {item.reviewer}  {item.why}")
        if item.requeue:
            data(f"    sent back ({item.requeue}): {plural(item.records, 'record')}")
        for change in item.changes:
            data(f"    {change}")
    if not amendments:
        data("No amendment is recorded.")


def _question(planned: "AmendResult") -> str:
    return f"Send {plural(len(planned.records), 'record')} back?"


def _show(planned: "AmendResult") -> None:
    data(f"Amendment of {planned.day} by {planned.reviewer}: {planned.why}")
    for change in planned.changes:
        data(f"  {change}")
    if not planned.changes:
        data("  no criterion, reason or stage is changed since the decisions before")
    if planned.requeue is None:
        return

    decisions = plural(planned.decisions, "decision is", "decisions are")
    records = plural(len(planned.records), "record")
    data(f"{records} sent back ({planned.requeue}); {decisions} kept and not counted:")
    for item in planned.records:
        title = item.title or "no title"
        data(f"  {item.record}  {item.year or '–'}  {title}  ({STAGE_WORDS[item.stage]})")
