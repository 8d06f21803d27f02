"""`reviewkit reviewer list`, `rename` and `merge`: who is known, and what each is called."""

import dataclasses
import os
from typing import TYPE_CHECKING, Annotated

import typer

from reviewkit.cli.completion import reviewer_names
from reviewkit.cli.console import data, data_json
from reviewkit.cli.options import (
    DatabaseOption,
    JsonOption,
    ProtocolOption,
    chosen_project,
)
from reviewkit.cli.reviewers import YesOption, known_reviewer
from reviewkit.model.text import plural

if TYPE_CHECKING:
    from reviewkit.workflow.correcting.reviewers_by_hand import Renamed, ReviewerLine
    from reviewkit.workflow.project import ReviewProject

app = typer.Typer(
    help="Reviewers: who is known, and what each is called.\n\nExample: reviewkit reviewer list",
    no_args_is_help=True,
)
NameArgument = Annotated[
    str,
    typer.Argument(help="A reviewer, as `reviewer list` has it.", autocompletion=reviewer_names),
]
ByOption = Annotated[
    str | None,
    typer.Option(
        "--by",
        envvar="REVIEWKIT_REVIEWER",
        help="Who says so.",
        show_default="the name that counts",
    ),
]


@app.command("list", short_help="List everybody, with how many decisions they made.")
def list_(
    json: JsonOption = False, protocol: ProtocolOption = None, db: DatabaseOption = None
) -> None:
    """Everybody who is known in the review, with how many decisions count.

    Example: reviewkit reviewer list
    """
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.correcting.reviewers_by_hand import list_reviewers

    project = chosen_project(protocol, database=db)
    lines = list_reviewers(project, now=read_clock(os.environ))
    if json:
        data_json({"reviewers": [dataclasses.asdict(line) for line in lines]})
        return
    if not lines:
        data("Nobody is known in this review yet.")
    for line in lines:
        data(_sentence(line))


def _sentence(line: "ReviewerLine") -> str:
    parts = [line.reviewer]
    if line.name:
        parts.append(line.name)
    if line.orcid:
        parts.append(line.orcid)
    parts.append(plural(line.decisions, "decision"))
    if line.former:
        parts.append(f"formerly {', '.join(line.former)}")

    return ", ".join(parts)


@app.command("rename", short_help="Give a reviewer another name, in earlier decisions too.")
def rename(
    old: NameArgument,
    new: Annotated[
        str, typer.Argument(help="What the reviewer is called from now on.", metavar="NEW")
    ],
    by: ByOption = None,
    yes: YesOption = False,
    json: JsonOption = False,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Call a reviewer otherwise, in all that was said before as well. The history keeps both.

    Example: reviewkit reviewer rename physician clinician
    """
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.correcting.reviewers_by_hand import rename_reviewer

    project = chosen_project(protocol, database=db)
    author = _author(project, by, yes=yes)
    renamed = rename_reviewer(project, old, new, by=author, now=read_clock(os.environ))
    _show(renamed, f"{renamed.old} is called {renamed.new} from now on.", json=json)


@app.command("merge", short_help="Make two names one person.")
def merge(
    old: NameArgument,
    into: Annotated[str, typer.Argument(help="The name that counts from now on.", metavar="INTO")],
    prefer: Annotated[
        str | None,
        typer.Option("--prefer", help="Of the two: whose decisions count where they differ."),
    ] = None,
    by: ByOption = None,
    yes: YesOption = False,
    json: JsonOption = False,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Two names are one person: count what was said under both as one reviewer's.

    Example: reviewkit reviewer merge clinician-2 clinician
    """
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.correcting.reviewers_by_hand import merge_reviewers

    project = chosen_project(protocol, database=db)
    author = _author(project, by, yes=yes)
    renamed = merge_reviewers(
        project, old, into, prefer=prefer, by=author, now=read_clock(os.environ)
    )
    sentence = (
        f"{renamed.old} and {renamed.new} are one reviewer, {renamed.new}. "
        f"Both had decided on {plural(renamed.both, 'record')}; "
        f"on {renamed.differed} they differed."
    )
    _show(renamed, sentence, json=json)


def _author(project: "ReviewProject", by: str | None, *, yes: bool) -> str | None:
    if by is None:
        return None
    return known_reviewer(project, by, yes=yes)


def _show(renamed: "Renamed", sentence: str, *, json: bool) -> None:
    if json:
        data_json(dataclasses.asdict(renamed))
    else:
        data(sentence)
