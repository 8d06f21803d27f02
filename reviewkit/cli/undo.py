"""`reviewkit undo`: take datasets out of the flow, and bring them back."""

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from reviewkit.cli.console import data, data_json, talk
from reviewkit.cli.options import (
    DatabaseOption,
    JsonOption,
    ProtocolOption,
    ReviewerOption,
    chosen_project,
)
from reviewkit.cli.reviewers import YesOption, known_reviewer

if TYPE_CHECKING:  # costs half a second of imports, which `--help` must not pay
    from reviewkit.workflow.project import ReviewProject
    from reviewkit.workflow.updates.undo import UndoOptions, UndoResult

app = typer.Typer(
    help="Take what was imported or searched out of the flow; bring it back. "
    "Nothing is deleted.\n\n"
    'Example: reviewkit undo import 3 --why "the wrong file"',
    no_args_is_help=True,
    rich_markup_mode=None,
)

RunArgument = Annotated[
    int, typer.Argument(help="The number of the run, as in reviewkit log.", metavar="RUN")
]
WhyOption = Annotated[
    str | None, typer.Option("--why", help="Why, for the history.", show_default=False)
]
WithDecisionsOption = Annotated[
    bool,
    typer.Option(
        "--with-decisions",
        help="Also where people have decided on records that only it brought. Decisions are kept.",
    ),
]


@app.command("import", short_help="Take one import, or one part of a search, out of the flow.")
def undo_import(
    run: RunArgument,
    why: WhyOption = None,
    reviewer: ReviewerOption = None,
    with_decisions: WithDecisionsOption = False,
    yes: YesOption = False,
    json: JsonOption = False,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Take one dataset out of the flow: what one import, or one fetch, brought.

    Example: reviewkit undo import 3 --why "the wrong file"
    """
    from reviewkit.workflow.updates.undo import UndoOptions

    project = chosen_project(protocol, database=db)
    name = known_reviewer(project, reviewer, yes=yes)
    options = UndoOptions(reviewer=name, why=why, with_decisions=with_decisions)
    _take_out(project, run, options, whole_search=False, yes=yes, json=json)


@app.command("search", short_help="Take a whole search out of the flow.")
def undo_search(
    run: RunArgument,
    why: WhyOption = None,
    reviewer: ReviewerOption = None,
    with_decisions: WithDecisionsOption = False,
    yes: YesOption = False,
    json: JsonOption = False,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Take a whole search out of the flow: every dataset of the search that the run belongs to.

    Example: reviewkit undo search 3 --why "the query had a mistake"
    """
    from reviewkit.workflow.updates.undo import UndoOptions

    project = chosen_project(protocol, database=db)
    name = known_reviewer(project, reviewer, yes=yes)
    options = UndoOptions(reviewer=name, why=why, with_decisions=with_decisions)
    _take_out(project, run, options, whole_search=True, yes=yes, json=json)


@app.command("back")
def bring_back(
    run: RunArgument,
    whole_search: Annotated[
        bool, typer.Option("--search", help="Every dataset of its search.")
    ] = False,
    why: WhyOption = None,
    reviewer: ReviewerOption = None,
    yes: YesOption = False,
    json: JsonOption = False,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Bring a dataset back into the flow. What was said of its records counts again.

    Example: reviewkit undo back 3
    """
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.updates.undo import UndoOptions
    from reviewkit.workflow.updates.undo import bring_back as work

    project = chosen_project(protocol, database=db)
    name = known_reviewer(project, reviewer, yes=yes)
    options = UndoOptions(reviewer=name, why=why)
    now = read_clock(os.environ)
    _show(work(project, run, options, whole_search=whole_search, now=now), json=json)


def _take_out(
    project: "ReviewProject",
    run: int,
    options: "UndoOptions",
    *,
    whole_search: bool,
    yes: bool,
    json: bool,
) -> None:
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.updates.undo import find_run, undo_runs

    now = read_clock(os.environ)
    named = find_run(project, run, now=now)
    what = f"the whole search of {named}" if whole_search else named
    if agreed(f"Take {what} out of the flow?", yes=yes):
        _show(undo_runs(project, run, options, whole_search=whole_search, now=now), json=json)
    else:
        talk("Nothing was changed.")


def agreed(question: str, *, yes: bool) -> bool:
    """Whether a person at a terminal says yes. Elsewhere nobody is asked: it can be taken back."""
    if yes or not sys.stdin.isatty():
        return True
    return typer.confirm(question, err=True)


def _show(result: "UndoResult", *, json: bool) -> None:
    if json:
        data_json(result.as_json())
        return
    for sentence in result.sentences():
        data(sentence)
