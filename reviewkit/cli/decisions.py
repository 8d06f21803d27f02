"""`reviewkit decisions export` and `import`: what reviewers said, carried between machines."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from reviewkit.cli.console import data, data_json
from reviewkit.cli.options import DatabaseOption, JsonOption, ProtocolOption

app = typer.Typer(
    help="Carry decisions between machines, in any order, as often as one likes. Example: "
    "reviewkit decisions export > ana.jsonl",
    no_args_is_help=True,
)


@app.command("export")
def export(
    reviewer: Annotated[
        str | None,
        typer.Option(
            "--reviewer", "-r", help="Only what this reviewer said.", show_default="the whole team"
        ),
    ] = None,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Print decisions, notes, tags and settlements as JSON lines.

    Example: reviewkit decisions export --reviewer ana > ana.jsonl
    """
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.project import find_protocol, open_project
    from reviewkit.workflow.screening.exchange import export_decisions

    project = open_project(find_protocol(protocol, folder=Path.cwd()), database=db)
    for line in export_decisions(project, reviewer, now=read_clock(os.environ)):
        data(line)


@app.command("import")
def import_(
    files: Annotated[
        list[Path],
        typer.Argument(help="Files that `export` made; - is standard input.", metavar="FILE"),
    ],
    json: JsonOption = False,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Take in what `export` printed elsewhere: each file whole or not at all.

    Example: reviewkit decisions import ana.jsonl rui.jsonl
    """
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.project import find_protocol, open_project
    from reviewkit.workflow.screening.exchange import import_decisions
    from reviewkit.workflow.session.script import read_text

    project = open_project(find_protocol(protocol, folder=Path.cwd()), database=db)
    done = []
    for path in files:
        given = str(path) == "-"
        where = "standard input" if given else str(path)
        text = sys.stdin.read() if given else read_text(path)
        told = import_decisions(project, text, where=where, now=read_clock(os.environ))
        done.append({"file": where, "events": told.events, "new": told.new})
        if not json:
            data(f"{where}: {told.new} of {told.events} were new.")
    if json:
        data_json({"files": done})
