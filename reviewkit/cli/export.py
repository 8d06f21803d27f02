"""`reviewkit export`: the review's records for other tools."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reviewkit.cli.console import talk
from reviewkit.cli.options import DatabaseOption, ProtocolOption
from reviewkit.model.errors import UsageError
from reviewkit.model.records import Stage
from reviewkit.model.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterable

_FORMATS = "ris, bibtex, nbib, csv, xlsx, csl-json, jsonl, asreview, covidence or rayyan"
_STATUSES = "included, excluded, conflict, undecided, all or duplicates"


def export(
    format_: Annotated[str, typer.Option("--format", "-f", help=f"{_FORMATS}.")],
    status: Annotated[str, typer.Option("--status", help=f"{_STATUSES}.")] = "all",
    copies: Annotated[
        str, typer.Option("--duplicates", help="fold them into the record they copy, or list them.")
    ] = "fold",
    stage: Annotated[
        Stage | None,
        typer.Option(
            "--stage", help="The verdict of this stage.", show_default="the whole review's"
        ),
    ] = None,
    selection: Annotated[
        str | None,
        typer.Option(
            "--selection", help="team, or published.", show_default="the one that makes the flow"
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="A file to write.", show_default="standard output"),
    ] = None,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Write the review's records, with decisions and reasons in the columns that each tool expects.

    Example: reviewkit export --status included --format ris --out included.ris
    """
    # Half a second of imports (sqlite-utils, pydantic, the writers), paid for only when the command runs.
    from reviewkit.prisma.partition import Selection
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.files import write_output
    from reviewkit.workflow.project import find_protocol, open_project
    from reviewkit.workflow.reporting import export as work

    project = open_project(find_protocol(protocol, folder=Path.cwd()), database=db)
    choice = work.Choice(
        wanted=work.Wanted(_one_of(status, work.Wanted, "--status")),
        copies=work.Copies(_one_of(copies, work.Copies, "--duplicates")),
        stage=stage,
        selection=Selection(_one_of(selection, Selection, "--selection")) if selection else None,
    )
    told = work.export(project, choice, now=read_clock(os.environ))
    pieces = told.written(format_)
    if out is None:
        if format_ == "xlsx" and sys.stdout.isatty():
            raise UsageError(
                "a spreadsheet is not for a terminal",
                where="--format",
                hint="name a file with --out",
            )
        _to_stdout(pieces)
    else:
        write_output(out, b"".join(pieces))
    count = plural(len(told.records), "record")
    statuses = work.counted(told.outcomes[record.key] for record in told.records)
    talk(f"{count}{f' ({statuses})' if statuses else ''}{f' to {out}' if out else ''}.")


def _one_of(told: str, known: "Iterable[str]", where: str) -> str:
    names = [str(name) for name in known]
    if told not in names:
        raise UsageError(f"cannot be {told}", where=where, hint=f"one of {', '.join(names)}")
    return told


def _to_stdout(pieces: "Iterable[bytes]") -> None:
    for piece in pieces:
        sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()
