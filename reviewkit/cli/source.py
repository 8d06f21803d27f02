"""`reviewkit source`: the sources of the database; remove one, or give it another id."""

import dataclasses
import os
from typing import Annotated

import typer

from reviewkit.cli.completion import source_ids
from reviewkit.cli.console import data, data_json, talk
from reviewkit.cli.options import (
    DatabaseOption,
    JsonOption,
    ProtocolOption,
    ReviewerOption,
    chosen_project,
)
from reviewkit.cli.reviewers import YesOption, known_reviewer
from reviewkit.cli.undo import WhyOption, WithDecisionsOption, agreed
from reviewkit.model.text import plural

app = typer.Typer(
    help="List the sources of the database; take one out of the flow, or give it another id.\n\n"
    "Example: reviewkit source list",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("list", short_help="List every source, with its searches and records.")
def list_sources(
    json: JsonOption = False, protocol: ProtocolOption = None, db: DatabaseOption = None
) -> None:
    """List every source of the database and of the protocol, with its records in the flow.

    Example: reviewkit source list
    """
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.updates.undo import list_sources as work

    project = chosen_project(protocol, database=db)
    rows = work(project, now=read_clock(os.environ))
    names = {source.id for source in project.protocol.sources}
    if json:
        listed = [{**dataclasses.asdict(row), "in_protocol": row.source in names} for row in rows]
        data_json({"sources": listed})
        return

    for row in rows:
        line = f"{row.source:<16} {row.role:<12} {plural(row.in_flow, 'record')} in the flow"
        line += f", {plural(row.datasets, 'dataset')}"
        if row.withdrawn:
            line += f" ({row.withdrawn} taken out)"
        if row.source not in names:
            line += "; the protocol does not name it"
        data(line)


@app.command("remove")
def remove(
    source: Annotated[
        str, typer.Argument(help="The source's id.", metavar="SOURCE", autocompletion=source_ids)
    ],
    why: WhyOption = None,
    reviewer: ReviewerOption = None,
    with_decisions: WithDecisionsOption = False,
    yes: YesOption = False,
    json: JsonOption = False,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Take every dataset of a source out of the flow. Each can be brought back: undo back RUN.

    Example: reviewkit source remove embase --why "no access to it"
    """
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.updates.undo import UndoOptions, remove_source

    project = chosen_project(protocol, database=db)
    name = known_reviewer(project, reviewer, yes=yes)
    options = UndoOptions(reviewer=name, why=why, with_decisions=with_decisions)
    if not agreed(f"Take every dataset of {source} out of the flow?", yes=yes):
        talk("Nothing was changed.")
        return

    result = remove_source(project, source, options, now=read_clock(os.environ))
    if json:
        data_json(result.as_json())
        return
    for sentence in result.sentences():
        data(sentence)


@app.command("rename")
def rename(
    old: Annotated[str, typer.Argument(help="The id in the database.", metavar="OLD")],
    new: Annotated[
        str,
        typer.Argument(help="The id in the protocol.", metavar="NEW", autocompletion=source_ids),
    ],
    reviewer: ReviewerOption = None,
    yes: YesOption = False,
    json: JsonOption = False,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Give a source another id, which the protocol names already. Records keep their keys.

    Example: reviewkit source rename web_of_science wos
    """
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.updates.undo import give_source_name

    project = chosen_project(protocol, database=db)
    name = known_reviewer(project, reviewer, yes=yes)
    sentence = give_source_name(project, old, new, name, now=read_clock(os.environ))
    if json:
        data_json({"old": old, "new": new})
    else:
        data(sentence)
