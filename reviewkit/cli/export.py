"""`reviewkit export`: the review's records for other tools."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reviewkit.cli.console import talk
from reviewkit.cli.options import DatabaseOption, ProtocolOption, chosen_project, in_a_folder
from reviewkit.model.choices import not_among
from reviewkit.model.errors import UsageError
from reviewkit.model.records import Stage
from reviewkit.model.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterable

_FORMATS = (
    "ris, bibtex, nbib, endnote-xml, csv, xlsx, csl-json, jsonl, asreview, covidence or rayyan"
)
_WHOLE_REVIEW = (
    "These are {status} by the review as a whole; --stage title_abstract or full_text gives the "
    "records {status} at one stage."
)
_STATUSES = "included, excluded, conflict, undecided, not_retrieved, all or duplicates"


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
    order: Annotated[
        str, typer.Option("--order", help="file: as the records came; key: by their keys.")
    ] = "file",
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="A file to write.",
            show_default="standard output",
            callback=in_a_folder,
        ),
    ] = None,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Write the review's records, with decisions and reasons in the columns that each tool expects.

    Example: reviewkit export --status included --format ris --out included.ris
    """
    # Half a second of imports (sqlite-utils, pydantic, the writers): only when the command runs.
    from reviewkit.prisma.partition import Selection
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.files import write_output
    from reviewkit.workflow.reporting import export as work

    project = chosen_project(protocol, database=db)
    chosen = None
    if selection:
        chosen = Selection(_one_of(selection, Selection, "--selection"))
    choice = work.Choice(
        wanted=work.Wanted(_one_of(status, work.Wanted, "--status")),
        copies=work.Copies(_one_of(copies, work.Copies, "--duplicates")),
        stage=stage,
        selection=chosen,
        order=work.Order(_one_of(order, work.Order, "--order")),
    )
    if out is None and format_ == "xlsx" and sys.stdout.isatty():
        raise UsageError(
            "a spreadsheet is not for a terminal", where="--format", hint="name a file with --out"
        )
    with work.export(project, choice, now=read_clock(os.environ)) as exported:
        pieces = exported.written(format_)
        if out is not None:
            write_output(out, pieces)
        else:
            _to_stdout(pieces)

    summary = plural(exported.counts.total(), "record")
    statuses = work.counted(exported.counts)
    if statuses:
        summary += f" ({statuses})"
    if out:
        summary += f" to {out}"
    talk(f"{summary}.")
    if status in {"included", "excluded"} and stage is None:
        talk(_WHOLE_REVIEW.format(status=status))


def _one_of(value: str, known: "Iterable[str]", where: str) -> str:
    names = [str(name) for name in known]
    if value not in names:
        raise not_among(f"cannot be {value!r}", value, names, where=where)
    return value


def _to_stdout(pieces: "Iterable[bytes]") -> None:
    for piece in pieces:
        sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()
