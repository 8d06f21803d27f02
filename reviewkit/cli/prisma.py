"""`reviewkit prisma`: draw a flow; `reviewkit prisma check`: does a published flow add up?"""

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reviewkit.cli.console import data, data_bytes, data_text, talk
from reviewkit.cli.options import DatabaseOption, LanguageOption, ProtocolOption
from reviewkit.model.errors import CheckNotMet, UsageError

if TYPE_CHECKING:  # costs half a second of imports, which `--help` must not pay
    from reviewkit.workflow.project import ReviewProject

app = typer.Typer(invoke_without_command=True)


@app.callback()
def prisma(
    context: typer.Context,
    protocol: ProtocolOption = None,
    format_name: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-f",
            help="svg, pdf, png, html, pptx, csv, json, mermaid or text; by default as the file is named.",
            show_default="text",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The file.", show_default="stdout")
    ] = None,
    template: Annotated[
        str | None,
        typer.Option(help="auto, new, new-other, updated or updated-other.", show_default="auto"),
    ] = None,
    lang: LanguageOption = None,
    theme: Annotated[
        str | None, typer.Option(help="official, quiet or mono.", show_default="official")
    ] = None,
    compare: Annotated[
        str | None,
        typer.Option(help="“reported” draws each box as reported | rerun.", show_default=False),
    ] = None,
    dpi: Annotated[int, typer.Option(help="Resolution of a PNG.", min=36, max=1200)] = 300,
    detail: Annotated[bool, typer.Option(help="Count each database and register.")] = True,
    from_csv: Annotated[
        Path | None,
        typer.Option("--from-csv", help="Draw a PRISMA2020 template CSV instead of a review."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Draw a flow that does not add up, with a footnote.")
    ] = False,
    ascii_only: Annotated[
        bool, typer.Option("--ascii", help="Text without box-drawing characters.")
    ] = False,
    release: Annotated[
        str | None,
        typer.Option(
            "--release", "--version", help="Draw this version as it was frozen.", show_default=False
        ),
    ] = None,
    per_version: Annotated[
        bool,
        typer.Option(
            "--per-version",
            help="The counts of every version as a table: text, csv, markdown, json.",
        ),
    ] = False,
    db: DatabaseOption = None,
) -> None:
    """Draw the PRISMA 2020 flow, or check one.

    The flow is that of a review, or one in the template CSV of the PRISMA2020 package.

    Example: reviewkit prisma --format pdf --lang pt --out flow.pdf
    """
    if context.invoked_subcommand:
        return
    from reviewkit.workflow.clock import (
        read_clock,  # the rest is paid for only when the command runs
    )
    from reviewkit.workflow.files import write_output
    from reviewkit.workflow.project import find_protocol, open_project
    from reviewkit.workflow.reporting.prisma import (
        BINARY,
        DrawingStyle,
        draw_review,
        draw_template,
        write_drawing,
    )

    if compare not in {None, "reported"}:
        raise UsageError(f"cannot compare with {compare!r}", hint="--compare reported")
    chosen = format_name or (out.suffix.lstrip(".").lower() if out and out.suffix else "text")
    style = DrawingStyle(
        template=template,
        language=lang,
        theme=theme,
        detail=detail,
        dpi=dpi,
        width=max(shutil.get_terminal_size((80, 24)).columns, 40),
        ascii_only=ascii_only,
        now=read_clock(os.environ),
    )
    if per_version:
        _show_versions(
            open_project(find_protocol(protocol, folder=Path.cwd()), database=db), chosen, out
        )
        return
    if from_csv:
        drawing = draw_template(from_csv, style, force=force)
    else:
        project = open_project(find_protocol(protocol, folder=Path.cwd()), database=db)
        drawing = draw_review(
            project, style, compare_reported=compare is not None, force=force, release=release
        )
    if out is None and chosen in BINARY and sys.stdout.isatty():
        raise UsageError(f"a {chosen} file is not for a terminal", hint=f"--out flow.{chosen}")
    written = write_drawing(drawing, style, format_name=chosen)
    if out is None:
        data_bytes(written)
    else:
        write_output(out, written)
        talk(f"{out} written")


def _show_versions(project: "ReviewProject", chosen: str, out: Path | None) -> None:
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.files import write_output
    from reviewkit.workflow.reporting.version_table import version_table, write_version_table

    text = write_version_table(
        version_table(project, now=read_clock(os.environ)), {"md": "markdown"}.get(chosen, chosen)
    )
    if out is None:
        data_text(text)
    else:
        write_output(out, text.encode())
        talk(f"{out} written")


@app.command("check")
def check(file: Annotated[Path, typer.Argument(help="A PRISMA2020 template CSV.")]) -> None:
    """Name every identity that a published flow breaks. Exit code 3 where one is broken.

    Example: reviewkit prisma check flow.csv
    """
    from reviewkit.workflow.reporting.prisma import check_template

    found = check_template(file)
    for sentence in found:
        data(sentence)
    if any(", error:" in sentence for sentence in found):
        raise CheckNotMet(
            "the flow does not add up", where=str(file), hint="correct the counts named above"
        )
    if not found:
        data(f"{file}: every identity that can be checked holds.")
