"""`reviewkit report`: the report of a rerun, or of a review under way."""

import os
from pathlib import Path
from typing import Annotated

import typer

from reviewkit.cli.file_output import deliver, format_of, refuse_terminal
from reviewkit.cli.options import (
    DatabaseOption,
    ProtocolOption,
    ReportLanguageOption,
    chosen_project,
    in_a_folder,
)
from reviewkit.model.choices import not_among


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
        Path | None,
        typer.Option("--out", "-o", help="The file.", show_default="stdout", callback=in_a_folder),
    ] = None,
    lang: ReportLanguageOption = None,
    on: Annotated[
        str | None,
        typer.Option(
            "--on",
            metavar="DATE",
            help="Say what is overdue or retired as of this day.",
            show_default="today",
        ),
    ] = None,
    force: Annotated[
        bool,
        typer.Option(
            "--force",
            help="Report also records of a source that the protocol does not name.",
        ),
    ] = False,
    db: DatabaseOption = None,
) -> None:
    """Write the report of a rerun or of a review.

    The verdict on one page, then the evidence, from the review's database. Nothing is searched.

    Example: reviewkit report --format html --out report.html
    """
    # The rest is imported only when the command runs.
    from reviewkit.cli.asking import read_day
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.reporting.page_files import folder_beside, write_beside
    from reviewkit.workflow.reporting.report import WRITERS, read_report, report_pieces

    chosen = format_of(format_name, out, default="md", usual="html")
    if chosen not in WRITERS:
        raise not_among(f"no format {chosen!r}", chosen, WRITERS)
    refuse_terminal(out, chosen, {"pdf"}, stem="report")

    now = read_clock(os.environ)
    project = chosen_project(protocol, database=db)
    document = read_report(
        project, now=now, language=lang, on=read_day(on, where="--on"), force=force
    )
    page = out if chosen == "html" else None
    beside = folder_beside(page, document.listings)
    content = report_pieces(document, format_name=chosen, now=now, beside=beside)
    write_beside(page, document.listings)
    deliver(content, out)
