"""`reviewkit decisions export` and `import`: carry decisions between machines."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from reviewkit.cli.console import data, data_json
from reviewkit.cli.options import DatabaseOption, JsonOption, ProtocolOption, chosen_project

app = typer.Typer(
    help="Carry decisions between machines, in any order, as often as one likes.\n\n"
    "Example: reviewkit decisions export > clinician.jsonl",
    no_args_is_help=True,
)


@app.command("export")
def export(
    reviewer: Annotated[
        str | None,
        typer.Option(
            "--reviewer", "-r", help="Only this reviewer's.", show_default="the whole team"
        ),
    ] = None,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Print decisions, notes, tags and settlements as JSON lines.

    Example: reviewkit decisions export --reviewer clinician > clinician.jsonl
    """
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.screening.exchange import export_decisions

    project = chosen_project(protocol, database=db)
    for line in export_decisions(project, reviewer, now=read_clock(os.environ)):
        data(line)


@app.command("import", short_help="Import what `export` printed elsewhere.")
def import_(
    files: Annotated[
        list[Path],
        typer.Argument(help="Files that `export` made; - is standard input.", metavar="FILE"),
    ],
    json: JsonOption = False,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Import what `export` printed elsewhere: each file whole or not at all.

    Example: reviewkit decisions import clinician.jsonl methodologist.jsonl
    """
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.screening.exchange import import_decisions
    from reviewkit.workflow.session.open_screening import prepare_queue
    from reviewkit.workflow.session.script import read_text

    project = chosen_project(protocol, database=db)
    done = []
    for path in files:
        where, text = str(path), ""
        if where == "-":
            where, text = "standard input", sys.stdin.read()
        else:
            text = read_text(path)
        imported = import_decisions(project, text, where=where, now=read_clock(os.environ))
        done.append({"file": where, "events": imported.events, "new": imported.new})
        if not json:
            data(f"{where}: {imported.new} of {imported.events} were new.")
    prepare_queue(project, now=read_clock(os.environ))
    if json:
        data_json({"files": done})
