"""`reviewkit study`: reports linked to studies; PRISMA 2020 counts both."""

import dataclasses
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from reviewkit.cli.completion import record_keys
from reviewkit.cli.console import data, data_json, talk
from reviewkit.cli.options import (
    DatabaseOption,
    JsonOption,
    ProtocolOption,
    ReviewerOption,
    chosen_project,
)
from reviewkit.cli.reviewers import YesOption, known_reviewer
from reviewkit.model.text import plural

if TYPE_CHECKING:
    from reviewkit.screening.studies import Suggestion
    from reviewkit.workflow.screening.studies import Study

app = typer.Typer(
    help="Link the reports of one study; list studies, and reports that may be of one.\n\n"
    'Example: reviewkit study link pubmed:1 pubmed:2 --name "ALS-FMT trial"',
    no_args_is_help=True,
    rich_markup_mode=None,
)
_KeysArgument = Annotated[
    list[str],
    typer.Argument(
        help="Records, by key, such as pubmed:36674517.", metavar="KEY…", autocompletion=record_keys
    ),
]
_OptionalKeys = Annotated[
    list[str] | None,
    typer.Argument(help="Records, by key.", metavar="[KEY…]", autocompletion=record_keys),
]
_NameOption = Annotated[
    str | None, typer.Option("--name", help="The study's name.", show_default=False)
]
_WhyOption = Annotated[
    str | None, typer.Option("--why", help="Why they are of one study.", show_default=False)
]


@app.command("link")
def link(
    keys: _KeysArgument,
    name: _NameOption = None,
    why: _WhyOption = None,
    reviewer: ReviewerOption = None,
    yes: YesOption = False,
    json: JsonOption = False,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Link reports to a study. Without --name it is called after its first report: "Alpha 2020".

    Every report keeps its own decision. A report may belong to several studies.

    Example: reviewkit study link pubmed:1 pubmed:2 --name "ALS-FMT trial"
    """
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.screening.studies import link_reports

    project = chosen_project(protocol, database=db)
    result = link_reports(
        project,
        keys,
        name=name,
        reviewer=known_reviewer(project, reviewer, yes=yes),
        why=why,
        now=read_clock(os.environ),
    )
    if json:
        data_json(dataclasses.asdict(result))
    else:
        data(result.sentence())


@app.command("unlink")
def unlink(
    keys: _OptionalKeys = None,
    name: _NameOption = None,
    why: _WhyOption = None,
    reviewer: ReviewerOption = None,
    yes: YesOption = False,
    json: JsonOption = False,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Take links back: of reports, or of a whole study with --name. The history keeps them.

    Example: reviewkit study unlink pubmed:2 --name "ALS-FMT trial"
    """
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.screening.studies import unlink_reports

    project = chosen_project(protocol, database=db)
    results = unlink_reports(
        project,
        keys or [],
        name=name,
        reviewer=known_reviewer(project, reviewer, yes=yes),
        why=why,
        now=read_clock(os.environ),
    )
    if json:
        data_json({"unlinked": [dataclasses.asdict(result) for result in results]})
        return
    for result in results:
        data(result.sentence())
    if not results:
        talk("Nothing was linked.")


@app.command("list", short_help="List every study with its reports.")
def list_all(
    suggested: Annotated[
        bool, typer.Option("--suggested", help="Reports that may be of one study, and why.")
    ] = False,
    json: JsonOption = False,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """List every study with its reports; with --suggested, which reports may be of one study.

    Suggestions come from numbers of trial registers, from relations such as "erratum of", and from
    titles with the same authors. Nothing is linked by itself.

    Example: reviewkit study list --suggested
    """
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.screening.studies import list_studies, suggested_studies

    project, now = chosen_project(protocol, database=db), read_clock(os.environ)
    if suggested:
        _show_suggestions(suggested_studies(project, now=now), json=json)
    else:
        _show_studies(list_studies(project, now=now), json=json)


def _show_suggestions(suggestions: "Sequence[Suggestion]", *, json: bool) -> None:
    if json:
        data_json({"suggestions": [dataclasses.asdict(each) for each in suggestions]})
        return
    for each in suggestions:
        data(f"{' '.join(each.records)}: {each.evidence}")
    talk(f"{plural(len(suggestions), 'suggestion')}. To link one: reviewkit study link KEY KEY…")


def _show_studies(studies: "Sequence[Study]", *, json: bool) -> None:
    if json:
        data_json({"studies": [dataclasses.asdict(study) for study in studies]})
        return
    for study in studies:
        numbers = f" ({', '.join(study.numbers)})" if study.numbers else ""
        included = "included" if study.included else "not included"
        data(f"{study.name}{numbers}: {included}, {plural(len(study.reports), 'report')}")
        for report in study.reports:
            data(f"  {report.record}  {report.year or 'no year'}  {report.state}  {report.title}")
    if not studies:
        talk("No report is linked to a study yet: reviewkit study list --suggested")
