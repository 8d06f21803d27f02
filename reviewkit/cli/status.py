"""`reviewkit status`: how far the review is and what to do next."""

import dataclasses
import os
from typing import TYPE_CHECKING, Annotated

import typer

from reviewkit.cli.console import data, data_json, show_changes
from reviewkit.cli.options import DatabaseOption, JsonOption, ProtocolOption, chosen_project
from reviewkit.model.records import STAGE_WORDS
from reviewkit.model.text import plural

if TYPE_CHECKING:  # costs half a second of imports, which `--help` must not pay
    from reviewkit.workflow.reporting.status import ReviewerStatus, StageStatus, Status


def status(
    open_: Annotated[
        bool,
        typer.Option(
            "--open", help="Count each reviewer's decisions even while some screen blind."
        ),
    ] = False,
    json: JsonOption = False,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Show how far the review is, per stage and reviewer, and what to do next.

    Example: reviewkit status --json
    """
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.reporting.status import read_status

    project = chosen_project(protocol, database=db)
    current = read_status(project, now=read_clock(os.environ), with_verdicts=open_)
    if json:
        changes = [change.as_json() for change in current.protocol_changes]
        data_json({**dataclasses.asdict(current), "protocol_changes": changes})
        return

    data(project.protocol.review.title)
    data(current.updates.sentence())
    for notice in current.notices:
        data(f"warning: {notice}")
    for stage in current.stages:
        _show_stage(stage)
    if current.stop:
        stop = current.stop
        data(f"\n{plural(stop.records, 'record')} left unscreened: {stop.rule} ({stop.stopped_by})")
    _show_uncounted(current)
    show_changes(change.sentence for change in current.protocol_changes)
    if current.next:
        data("\nNext")
    for sentence in current.next:
        data(f"  {sentence}")


def _show_uncounted(current: "Status") -> None:
    """The decisions that are kept and do not count."""
    if current.copies_decided or current.gone_decided:
        data("\nScreened, and not counted (the decisions are kept)")
    if current.copies_decided:
        records = plural(
            current.copies_decided, "record duplicates another", "records duplicate others"
        )
        data(f"  {records}: reviewkit dedupe names them")
    if current.gone_decided:
        records = plural(current.gone_decided, "record")
        data(f"  {records} that no search of the flow brings any more")


def _show_stage(stage: "StageStatus") -> None:
    needs = plural(stage.reviewers_needed, "reviewer")
    records = plural(stage.records, "record")
    data(f"\n{STAGE_WORDS[stage.stage].capitalize()}: {records}, {needs} each")
    data(f"  included {stage.included}, excluded {stage.excluded}, undecided {stage.undecided}")
    if stage.not_retrieved:
        data(f"  reports not retrieved {stage.not_retrieved}")
    if stage.begun or stage.conflicts:
        data(f"  of the undecided: begun {stage.begun}, conflicts {stage.conflicts}")
    for person in stage.reviewers:
        data(f"  {person.reviewer}: {_done(person)}")


def _done(person: "ReviewerStatus") -> str:
    """What a person has decided; what follows from a published result, which nobody saw decided."""
    if person.left is None:
        records = plural(person.done, "record")
        return f"{records} by its list of included works; which of them it saw is not known"
    counts = ""
    if person.include is not None:
        counts = f" (include {person.include}, exclude {person.exclude}, maybe {person.maybe})"
    return f"{person.done} done{counts}, {person.left} left"
