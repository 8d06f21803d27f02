"""`reviewkit dedupe link` and `dedupe split`: what a person says of any two records."""

import dataclasses
import os
from typing import TYPE_CHECKING, Annotated

import typer

from reviewkit.cli.completion import record_keys
from reviewkit.cli.console import data, data_json
from reviewkit.cli.options import (
    DatabaseOption,
    JsonOption,
    ProtocolOption,
    ReviewerOption,
    chosen_project,
)
from reviewkit.cli.reviewers import YesOption, known_reviewer

if TYPE_CHECKING:
    from reviewkit.dedupe.pairs import Settled
    from reviewkit.workflow.project import ReviewProject

RecordArgument = Annotated[
    str, typer.Argument(help="A record, such as pubmed:36674517.", autocompletion=record_keys)
]


def link(
    one: RecordArgument,
    two: RecordArgument,
    reviewer: ReviewerOption = None,
    yes: YesOption = False,
    json: JsonOption = False,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Two records are duplicates: say so, whatever the rules found, and link again.

    Example: reviewkit dedupe link pubmed:36674517 lilacs:biblio-1375373 --reviewer clinician
    """
    from reviewkit.dedupe.pairs import Settled

    project = chosen_project(protocol, database=db)
    name = known_reviewer(project, reviewer, yes=yes)
    _answer(project, (one, two), Settled.SAME, name, json=json)


def split(
    one: RecordArgument,
    two: RecordArgument,
    reviewer: ReviewerOption = None,
    yes: YesOption = False,
    json: JsonOption = False,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Two records are not duplicates: say so, whatever the rules found, and link again.

    Example: reviewkit dedupe split pubmed:36674517 lilacs:biblio-1375373 --reviewer clinician
    """
    from reviewkit.dedupe.pairs import Settled

    project = chosen_project(protocol, database=db)
    name = known_reviewer(project, reviewer, yes=yes)
    _answer(project, (one, two), Settled.DIFFERENT, name, json=json)


def _answer(
    project: "ReviewProject", pair: tuple[str, str], answer: "Settled", name: str, *, json: bool
) -> None:
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.correcting.pairs_by_hand import answer_pair

    result = answer_pair(project, pair, answer=answer, reviewer=name, now=read_clock(os.environ))
    if json:
        data_json({**dataclasses.asdict(result), "joined": result.joined})
    else:
        data(result.sentence())
