"""`reviewkit diff`: what differs between two runs."""

import dataclasses
import os
from typing import Annotated

import typer

from reviewkit.cli.console import data, data_json, data_text
from reviewkit.cli.file_output import list_format
from reviewkit.cli.options import DatabaseOption, JsonOption, ProtocolOption, chosen_project


def diff(
    run1: Annotated[
        str,
        typer.Argument(help="A run: its number, a day, first, previous or last.", metavar="RUN1"),
    ],
    run2: Annotated[str, typer.Argument(help="The other run.", metavar="RUN2")] = "last",
    format_name: Annotated[
        str | None,
        typer.Option("--format", "-f", help="table, markdown or json.", show_default="table"),
    ] = None,
    protocol: ProtocolOption = None,
    json: JsonOption = False,
    db: DatabaseOption = None,
) -> None:
    """List the records that are new, gone or changed between two runs, and why where known.

    A day means the last run until then, in every source. "last" alone means the last two runs.

    Example: reviewkit diff 2026-04-10 last --format markdown
    """
    from reviewkit.exports.changes import difference_text, differences_markdown
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.reporting.differences import find_differences

    chosen = list_format(format_name, ("table", "markdown", "json"), json=json)
    if run1 in {"last", "latest"} and run2 == "last":
        run1 = "previous"  # `diff last` shows what the last run changed
    project = chosen_project(protocol, database=db)
    differences = find_differences(project, run1, run2, now=read_clock(os.environ))
    if chosen == "json":
        data_json({"sources": [dataclasses.asdict(difference) for difference in differences]})
    elif chosen == "markdown":
        data_text(differences_markdown(differences, title=project.protocol.review.title))
    else:
        for difference in differences:
            for line in difference_text(difference, most=10**9):
                data(line)
