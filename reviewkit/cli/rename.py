"""`reviewkit rename`: the review has a new id."""

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
    reviewer_or_login,
)


def rename(
    old: Annotated[str, typer.Argument(help="The id that the review had.", metavar="OLD")],
    why: Annotated[
        str | None, typer.Option("--why", help="Why, for the history.", show_default=False)
    ] = None,
    reviewer: ReviewerOption = None,
    json: JsonOption = False,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Give the review the id that its protocol has now.

    Change the id in the protocol file first. The database keeps the old id in its history; the
    folders reviews/OLD and cache/OLD get the new name. With --db no folder moves.

    Example: reviewkit rename gut-2025 -p protocols/gut.toml
    """
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.setup.rename import RenameOptions, rename_review

    project = chosen_project(protocol, database=db)
    options = RenameOptions(reviewer=reviewer_or_login(reviewer), why=why, folders=db is None)
    renamed = rename_review(project, old, options, now=read_clock(os.environ))
    moved = [{"from": str(before), "to": str(after)} for before, after in renamed.moved]
    if json:
        database = str(renamed.database)
        data_json({"old": old, "new": renamed.new, "database": database, "moved": moved})
        return

    data(f"The review {old} is called {renamed.new} now: {renamed.database}")
    for move in moved:
        data(f"{move['from']} is {move['to']} now.")
