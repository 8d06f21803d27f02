"""`reviewkit prisma`: draw a flow; `reviewkit prisma check`: does a published flow add up?"""

import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reviewkit.cli.console import data, data_json, talk
from reviewkit.cli.file_output import deliver, format_of, refuse_terminal
from reviewkit.cli.options import (
    DatabaseOption,
    JsonOption,
    LanguageOption,
    ProtocolOption,
    chosen_project,
    in_a_folder,
)
from reviewkit.model.choices import not_among
from reviewkit.model.errors import CheckNotMet, UsageError
from reviewkit.model.text import plural

if TYPE_CHECKING:  # costs half a second of imports, which `--help` must not pay
    from reviewkit.workflow.project import ReviewProject
    from reviewkit.workflow.reporting.flow_files import CheckedFlow
    from reviewkit.workflow.reporting.prisma import Drawing, DrawingStyle

app = typer.Typer(invoke_without_command=True)
_LEAST_WIDTH = 40
_MARKDOWN = {"md": "markdown"}


@app.callback()
def prisma(
    context: typer.Context,
    protocol: ProtocolOption = None,
    format_name: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-f",
            help="svg, pdf, png, tiff, eps, emf, html, docx, pptx, drawio, tikz, csv, json, "
            "mermaid or text; by default as the file is named.",
            show_default="text",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="The file.", show_default="stdout", callback=in_a_folder),
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
    dpi: Annotated[int, typer.Option(help="Resolution of a PNG or TIFF.", min=36, max=1200)] = 300,
    detail: Annotated[bool, typer.Option(help="Count each database and register.")] = True,
    horizontal: Annotated[
        bool | None,
        typer.Option(
            "--horizontal/--vertical", help="Phases from left to right.", show_default="vertical"
        ),
    ] = None,
    standard: Annotated[
        str | None, typer.Option(help="Wording: prisma-2020 or prisma-scr.", show_default=False)
    ] = None,
    hide: Annotated[
        list[str] | None,
        typer.Option(help="Leave out a line, such as new_reports. Repeatable.", show_default=False),
    ] = None,
    show_zero: Annotated[
        bool | None,
        typer.Option(
            "--show-zero/--hide-zero", help="Draw optional lines with 0.", show_default="show"
        ),
    ] = None,
    credit: Annotated[
        bool, typer.Option("--credit", help="Write source and licence under the picture.")
    ] = False,
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
    if compare not in {None, "reported"}:
        raise not_among(
            f"cannot compare with {compare!r}", compare or "", ("reported",), where="--compare"
        )
    _refuse_two(
        {
            "--from-csv": from_csv is not None,
            "--release": release is not None,
            "--compare": compare is not None,
            "--per-version": per_version,
        }
    )

    # The rest is imported only when the command runs.
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.reporting.page_files import folder_beside, write_beside
    from reviewkit.workflow.reporting.prisma import (
        BINARY,
        ONE_ARRANGEMENT,
        DrawingStyle,
        write_drawing,
    )

    chosen = format_of(format_name, out, default="text", usual="svg")
    if per_version:
        _show_versions(chosen_project(protocol, database=db), chosen, out)
        return

    style = DrawingStyle(
        template=template,
        language=lang,
        theme=theme,
        detail=detail,
        horizontal=False if chosen in ONE_ARRANGEMENT else horizontal,
        standard=standard,
        hide=tuple(hide or ()),
        show_zero=show_zero,
        credit=credit,
        dpi=dpi,
        width=max(shutil.get_terminal_size((80, 24)).columns, _LEAST_WIDTH),
        ascii_only=ascii_only,
        now=read_clock(os.environ),
        lists=chosen == "html",
    )
    drawing = _draw(
        protocol, db, style, from_csv=from_csv, compare=compare, force=force, release=release
    )
    for notice in drawing.notices:
        talk(f"{from_csv}, {notice}")
    refuse_terminal(out, chosen, BINARY, stem="flow")
    page = out if chosen == "html" else None
    beside = folder_beside(page, drawing.listings)
    content = write_drawing(drawing, style, format_name=chosen, beside=beside)
    write_beside(page, drawing.listings)
    deliver(content, out)


def _refuse_two(wanted: Mapping[str, bool]) -> None:
    """Raise UsageError where more than one of these options says what to draw."""
    given = [name for name, is_given in wanted.items() if is_given]
    if len(given) > 1:
        raise UsageError(f"{' and '.join(given)} do not go together", hint="give one of them")


def _draw(
    protocol: Path | None,
    db: Path | None,
    style: "DrawingStyle",
    *,
    from_csv: Path | None,
    compare: str | None,
    force: bool,
    release: str | None,
) -> "Drawing":
    """Draw the flow of a template CSV, or that of a review."""
    from reviewkit.workflow.reporting.prisma import draw_review, draw_template

    if from_csv:
        return draw_template(from_csv, style, force=force)
    return draw_review(
        chosen_project(protocol, database=db),
        style,
        compare_reported=compare is not None,
        force=force,
        release=release,
    )


def _show_versions(project: "ReviewProject", chosen: str, out: Path | None) -> None:
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.reporting.version_table import version_table, write_version_table

    table = version_table(project, now=read_clock(os.environ))
    deliver(write_version_table(table, _MARKDOWN.get(chosen, chosen)).encode(), out)


@app.command("check")
def check(
    file: Annotated[
        Path, typer.Argument(help="A PRISMA2020 template CSV, or a published review's protocol.")
    ],
    as_json: JsonOption = False,
) -> None:
    """Check whether a published flow's numbers add up. Exit code 3 where they do not.

    Every identity that does not hold is named, and every one that lacks a count.

    Example: reviewkit prisma check flow.csv
    """
    from reviewkit.workflow.reporting.flow_files import check_flow_file

    checked = check_flow_file(file)
    for notice in checked.notices:
        talk(f"{file}, {notice}")
    if as_json:
        data_json({"file": str(file), "adds_up": checked.adds_up, **asdict(checked)})
    else:
        _print_check(file, checked)
    if not checked.adds_up:
        raise CheckNotMet(
            "the flow does not add up", where=str(file), hint="correct the counts named above"
        )


def _print_check(file: Path, checked: "CheckedFlow") -> None:
    for broken in checked.broken:
        data(f"{broken.identity}, {broken.severity}: {broken.sentence}")
    for open_identity in checked.undecided:
        data(f"{open_identity.identity}, not decided; {open_identity.sentence}")
    if not checked.broken:
        count = len(checked.undecided)
        left = f"; {plural(count, 'identity', 'identities')} could not be decided" if count else ""
        data(f"{file}: every identity that can be checked holds{left}.")
