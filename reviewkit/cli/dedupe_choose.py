"""`reviewkit dedupe choose`: which copy the fields of a work are taken from."""

import dataclasses
import os
from typing import Annotated

import typer

from reviewkit.cli.console import data, data_json
from reviewkit.cli.options import (
    DatabaseOption,
    JsonOption,
    ProtocolOption,
    ReviewerOption,
    chosen_project,
)
from reviewkit.cli.reviewers import YesOption, known_reviewer


def choose(
    copy: Annotated[
        str, typer.Argument(help="The copy or lead record whose fields count.", metavar="COPY")
    ],
    field: Annotated[
        list[str],
        typer.Option(
            "--field",
            help="title, authors, abstract ... or place (year, volume, issue, pages); repeatable.",
        ),
    ],
    reviewer: ReviewerOption = None,
    yes: YesOption = False,
    json: JsonOption = False,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Show fields of a work as this copy or lead has them. `record edit --restore` takes it back.

    Example: reviewkit dedupe choose lilacs:biblio-1375373 --field abstract -r clinician
    """
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.correcting.choose import choose_copy

    project = chosen_project(protocol, database=db)
    name = known_reviewer(project, reviewer, yes=yes)
    results = choose_copy(project, copy, field, reviewer=name, now=read_clock(os.environ))
    if json:
        data_json({"copy": copy, "changed": [dataclasses.asdict(one) for one in results]})
        return

    for result in results:
        data(result.sentence())
    if not results:
        data("Nothing is different: the fields are as this copy has them already.")
