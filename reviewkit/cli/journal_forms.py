"""`reviewkit checklist` and `reviewkit appendix`: the forms that journals ask for."""

import os
from pathlib import Path
from typing import Annotated

import typer

from reviewkit.cli.console import talk
from reviewkit.cli.file_output import deliver, format_of, refuse_terminal
from reviewkit.cli.options import (
    CacheOption,
    DatabaseOption,
    ProtocolOption,
    ReportLanguageOption,
    chosen_project,
    in_a_folder,
)
from reviewkit.model.choices import not_among
from reviewkit.model.errors import UsageError

_FormatOption = Annotated[
    str | None,
    typer.Option(
        "--format",
        "-f",
        help="md, html, json, pdf or docx; by default as the file is named.",
        show_default="md",
    ),
]
_OutOption = Annotated[
    Path | None,
    typer.Option("--out", "-o", help="The file.", show_default="stdout", callback=in_a_folder),
]


def checklist(
    standard: Annotated[
        str,
        typer.Option(
            "--standard", "-s", help="prisma-2020, prisma-s, prisma-lsr or prisma-abstracts."
        ),
    ] = "prisma-2020",
    format_name: _FormatOption = None,
    out: _OutOption = None,
    answer: Annotated[
        list[str] | None,
        typer.Option("--answer", metavar="ITEM=TEXT", help="What the authors write; it is kept."),
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option("--where", metavar="ITEM=PLACE", help="Where the article states it; kept."),
    ] = None,
    lang: ReportLanguageOption = None,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Fill a PRISMA checklist with what the review's database shows.

    What only the authors can write is marked so. --answer and --where keep it for the next time.
    The official wording of the items is not translated.

    Example: reviewkit checklist --standard prisma-s --out checklist.docx
    """
    from reviewkit.report.checklist import standard_named
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.reporting.documents import (
        answers_path,
        build_checklist,
        read_answers,
        read_facts,
        with_answers,
        write_answers,
        write_document,
    )

    chosen = _chosen_format(format_name, out, stem="checklist")
    wanted = standard_named(standard)
    project, now = chosen_project(protocol, database=db), read_clock(os.environ)
    path = answers_path(project, wanted)
    answers = read_answers(path, wanted)
    facts = read_facts(project, now=now)
    if answer or where:
        answers = with_answers(answers, wanted, answer or [], where or [])
        write_answers(path, wanted, answers)
        talk(f"{path} written")
    document = build_checklist(facts, wanted, answers, language=lang, format_name=chosen)
    deliver(write_document(document, format_name=chosen, now=now), out)


def appendix(
    hits: Annotated[
        bool, typer.Option("--hits", help="Ask the databases for the hits of each line; kept.")
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="With --hits: ask nobody, say how many requests."),
    ] = False,
    most: Annotated[
        int | None,
        typer.Option(
            "--most",
            min=1,
            help="With --hits: at most so many requests.",
            show_default="100",
        ),
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="With --hits: ask again for the hits that are kept.")
    ] = False,
    format_name: _FormatOption = None,
    out: _OutOption = None,
    lang: ReportLanguageOption = None,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
    cache: CacheOption = None,
) -> None:
    """Write the appendix on searches: every strategy as run, limits, counts, exclusions, studies.

    A search is given line by line. --hits asks its database for the hits of each line, once.
    Ask on the day of the search: later the counts are others.

    Example: reviewkit appendix --hits --out appendix.docx
    """
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.reporting.documents import build_appendix, read_facts, write_document

    chosen = _chosen_format(format_name, out, stem="appendix")
    if chosen == "json":
        raise UsageError("no format 'json'", hint="formats: md, html, pdf, docx")
    wishes = {"--dry-run": dry_run, "--most": most is not None, "--again": again}
    unused = [name for name, is_set in wishes.items() if is_set]
    if unused and not hits:
        raise UsageError(f"{' and '.join(unused)}: of --hits only", hint="add --hits")

    project = chosen_project(protocol, database=db, cache=cache)
    now = read_clock(os.environ)
    facts = read_facts(project, now=now)
    if hits:
        from reviewkit.cli.line_hits import ask_for_hits, show_plan

        if dry_run:
            show_plan(project, facts, most=most, again=again)
            return
        facts = ask_for_hits(project, facts, most=most, again=again)
    document = build_appendix(facts, language=lang)
    deliver(write_document(document, format_name=chosen, now=now), out)


def _chosen_format(option: str | None, out: Path | None, *, stem: str) -> str:
    from reviewkit.workflow.reporting.documents import BINARY, WRITERS

    chosen = format_of(option, out, default="md", usual="docx")
    if chosen not in WRITERS:
        raise not_among(f"no format {chosen!r}", chosen, WRITERS)
    refuse_terminal(out, chosen, BINARY, stem=stem)
    return chosen
