"""`reviewkit report`: the report of a rerun, or of a review under way."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from reviewkit.cli.console import data_bytes, talk
from reviewkit.cli.options import DatabaseOption, LanguageOption, ProtocolOption
from reviewkit.model.errors import UsageError


def report(
    protocol: ProtocolOption = None,
    format_name: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-f",
            help="html, pdf, md or json; by default as the file is named.",
            show_default="md",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The file.", show_default="stdout")
    ] = None,
    lang: LanguageOption = None,
    on: Annotated[
        str | None,
        typer.Option(
            "--on",
            metavar="DATE",
            help="Say what is overdue or retired as of this day.",
            show_default="today",
        ),
    ] = None,
    db: DatabaseOption = None,
) -> None:
    """Write the report of a rerun or of a review.

    The verdict on one page, then the evidence, from the review's database. Nothing is searched.

    Example: reviewkit report --format html --out report.html
    """
    from reviewkit.cli.asking import read_day
    from reviewkit.workflow.clock import (
        read_clock,  # the rest is paid for only when the command runs
    )
    from reviewkit.workflow.files import write_output
    from reviewkit.workflow.project import find_protocol, open_project
    from reviewkit.workflow.reporting.report import WRITERS, read_report, write_report

    chosen = format_name or (out.suffix.lstrip(".").lower() if out and out.suffix else "md")
    if chosen not in WRITERS:
        raise UsageError(f"no format {chosen!r}", hint=f"formats: {', '.join(WRITERS)}")
    if out is None and chosen == "pdf" and sys.stdout.isatty():
        raise UsageError("a pdf file is not for a terminal", hint="--out report.pdf")
    now = read_clock(os.environ)
    project = open_project(find_protocol(protocol, folder=Path.cwd()), database=db)
    told = read_report(project, now=now, language=lang, on=read_day(on, where="--on"))
    written = write_report(told, format_name=chosen, now=now)
    if out is None:
        data_bytes(written)
    else:
        write_output(out, written)
        talk(f"{out} written")
