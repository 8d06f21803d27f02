"""`reviewkit status`: where the review stands and what to do next."""

import dataclasses
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reviewkit.cli.console import data, data_json
from reviewkit.cli.options import DatabaseOption, JsonOption, ProtocolOption
from reviewkit.cli.plain_record import STAGES
from reviewkit.model.text import plural, printable

if TYPE_CHECKING:  # costs half a second of imports, which `--help` must not pay
    from reviewkit.workflow.reporting.status import StageStatus


def status(
    open_: Annotated[
        bool,
        typer.Option("--open", help="Count each reviewer's verdicts even while some screen blind."),
    ] = False,
    json: JsonOption = False,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Show where the review stands, per stage and reviewer, and what to do next.

    Example: reviewkit status --json
    """
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.project import find_protocol, open_project
    from reviewkit.workflow.reporting.status import read_status

    project = open_project(find_protocol(protocol, folder=Path.cwd()), database=db)
    told = read_status(project, now=read_clock(os.environ), with_verdicts=open_)
    if json:
        data_json(dataclasses.asdict(told))
        return
    data(printable(project.protocol.review.title))
    data(printable(told.updates.sentence()))
    for stage in told.stages:
        _show(stage)
    if told.stop:
        stop = told.stop
        data(
            printable(f"\n{stop.records} records left unscreened: {stop.rule} ({stop.stopped_by})")
        )
    if told.copies_decided or told.gone_decided:
        data("\nScreened, and not counted (what was said is kept)")
    if told.copies_decided:
        data(
            f"  {plural(told.copies_decided, 'record')} led by another copy: reviewkit dedupe names them"
        )
    if told.gone_decided:
        data(f"  {plural(told.gone_decided, 'record')} that no search of the flow brings any more")
    if told.next:
        data("\nNext")
    for sentence in told.next:
        data(printable(f"  {sentence}"))


def _show(stage: "StageStatus") -> None:
    needs = plural(stage.reviewers_needed, "reviewer")
    data(f"\n{STAGES[stage.stage].capitalize()}: {plural(stage.records, 'record')}, {needs} each")
    data(f"  included {stage.included}, excluded {stage.excluded}, undecided {stage.undecided}")
    if stage.begun or stage.conflicts:
        data(f"  of the undecided: begun {stage.begun}, conflicts {stage.conflicts}")
    for person in stage.reviewers:
        left = "the published selection" if person.left is None else f"{person.left} left"
        counts = f" (include {person.include}, exclude {person.exclude}, maybe {person.maybe})"
        told = "" if person.include is None else counts
        data(printable(f"  {person.reviewer}: {person.done} done{told}, {left}"))
