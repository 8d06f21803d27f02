"""`reviewkit undo`: take datasets out of the flow, and bring them back."""

import os
import sys
from pathlib import Path
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
    from reviewkit.workflow.updates.undo import UndoResult

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
    _undo(run, False, (why, reviewer, with_decisions), yes=yes, json=json, place=(protocol, db))


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
    _undo(run, True, (why, reviewer, with_decisions), yes=yes, json=json, place=(protocol, db))


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


def _undo(
    run: int,
    whole_search: bool,
    given: tuple[str | None, str | None, bool],
    *,
    yes: bool,
    json: bool,
    place: tuple[Path | None, Path | None],
) -> None:
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.updates.undo import UndoOptions, find_run, undo_runs

    why, reviewer, with_decisions = given
    protocol, db = place
    project, now = chosen_project(protocol, database=db), read_clock(os.environ)
    named = find_run(project, run, now=now)
    what = f"the whole search of {named}" if whole_search else named
    name = known_reviewer(project, reviewer, yes=yes)
    options = UndoOptions(reviewer=name, why=why, with_decisions=with_decisions)
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
