"""`reviewkit assign`: split what is open between reviewers."""

import dataclasses
import os
from typing import Annotated

import typer

from reviewkit.cli.console import data, data_json
from reviewkit.cli.options import (
    DatabaseOption,
    JsonOption,
    ProtocolOption,
    StageOption,
    chosen_project,
    reviewer_or_login,
)
from reviewkit.cli.reviewers import YesOption, known_names
from reviewkit.model.records import STAGE_WORDS, Stage
from reviewkit.model.text import plural


def assign(
    reviewers: Annotated[
        list[str], typer.Argument(help="Among whom the open records are split.", metavar="NAME")
    ],
    stage: StageOption = Stage.TITLE_ABSTRACT,
    overlap: Annotated[
        str,
        typer.Option(
            "--overlap", help="How many records all of them get: a number, or a share such as 10%."
        ),
    ] = "0",
    seed: Annotated[int, typer.Option("--seed", help="Of the random split.")] = 1,
    by: Annotated[
        str | None,
        typer.Option(
            "--by", envvar="REVIEWKIT_REVIEWER", help="Who assigns.", show_default="login name"
        ),
    ] = None,
    yes: YesOption = False,
    json: JsonOption = False,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Split the open records of a stage between reviewers. A new round replaces the last one.

    Leave a reviewer out to pass on what that reviewer has not decided.

    Example: reviewkit assign clinician methodologist --overlap 10%
    """
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.screening.assign import AssignOptions
    from reviewkit.workflow.screening.assign import assign as run
    from reviewkit.workflow.session.open_screening import prepare_queue

    project = chosen_project(protocol, database=db)
    *names, by_name = known_names(project, [*reviewers, reviewer_or_login(by)], yes=yes)
    options = AssignOptions(by=by_name, stage=stage, overlap=overlap, seed=seed)
    result = run(project, names, options, now=read_clock(os.environ))
    prepare_queue(project, now=read_clock(os.environ))
    if json:
        data_json(dataclasses.asdict(result))
        return
    data(
        f"{plural(result.records, 'open record')} at {STAGE_WORDS[result.stage]}, "
        f"{result.overlap} of them for everybody:"
    )
    for name, records in result.per_reviewer.items():
        data(f"  {name}: {records}")
    if result.pilot:
        data(
            f"The pilot ({plural(result.pilot, 'record')}) is screened by all reviewers "
            "and is not split."
        )
