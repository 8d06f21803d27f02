"""`reviewkit record show`, `edit` and `add`: one record, and what people put right in it."""

import dataclasses
import os
from typing import Annotated

import typer

from reviewkit.cli.completion import record_keys, source_ids
from reviewkit.cli.console import AFTER_RECORDS_CAME, data, data_json, talk
from reviewkit.cli.options import (
    DatabaseOption,
    JsonOption,
    ProtocolOption,
    ReviewerOption,
    chosen_project,
)
from reviewkit.cli.record_options import (
    AbstractOption,
    AuthorsOption,
    DoiOption,
    IssueOption,
    JournalOption,
    KeywordsOption,
    LanguagesOption,
    OriginalTitleOption,
    PagesOption,
    PmcidOption,
    PmidOption,
    TitleOption,
    VolumeOption,
    YearOption,
    changes_of,
    texts_of,
    typed_values,
)
from reviewkit.cli.reviewers import YesOption, known_reviewer

app = typer.Typer(
    help="One record: what it holds, and what people correct in it by hand.\n\n"
    "Example: reviewkit record show pubmed:36674517",
    no_args_is_help=True,
)
KeyArgument = Annotated[
    str,
    typer.Argument(
        help="The record's key, such as pubmed:36674517.", metavar="KEY", autocompletion=record_keys
    ),
]
WhyOption = Annotated[
    str | None, typer.Option("--why", help="The reason, for the history.", show_default=False)
]


@app.command("show", short_help="Show what is known of a record, and what was decided on it.")
def show(
    key: KeyArgument,
    open_: Annotated[
        bool,
        typer.Option("--open", help="Show decisions before enough reviewers have decided."),
    ] = False,
    json: JsonOption = False,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """What a record holds, where each field comes from, its duplicates, and its history.

    Example: reviewkit record show pubmed:36674517
    """
    from reviewkit.cli.record_lines import story_lines
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.correcting.story import record_story

    project = chosen_project(protocol, database=db)
    story = record_story(project, key, open_decisions=open_, now=read_clock(os.environ))
    if json:
        data_json(dataclasses.asdict(story))
        return
    for line in story_lines(story):
        data(line)


@app.command("edit")
def edit(
    key: KeyArgument,
    title: TitleOption = None,
    original_title: OriginalTitleOption = None,
    authors: AuthorsOption = None,
    abstract: AbstractOption = None,
    year: YearOption = None,
    journal: JournalOption = None,
    volume: VolumeOption = None,
    issue: IssueOption = None,
    pages: PagesOption = None,
    doi: DoiOption = None,
    pmid: PmidOption = None,
    pmcid: PmcidOption = None,
    languages: LanguagesOption = None,
    keywords: KeywordsOption = None,
    clear: Annotated[
        list[str] | None,
        typer.Option("--clear", help="Empty a field.", metavar="FIELD"),
    ] = None,
    restore: Annotated[
        list[str] | None,
        typer.Option("--restore", help="What the source gives counts again.", metavar="FIELD"),
    ] = None,
    why: WhyOption = None,
    reviewer: ReviewerOption = None,
    yes: YesOption = False,
    json: JsonOption = False,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Correct a record by hand. The source's value is kept, and an update does not undo it.

    Example: reviewkit record edit pubmed:36674517 --year 2023 --why "as in the PDF" -r clinician
    """
    typed = locals()
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.correcting.edit import edit_record

    texts = texts_of(typed)
    changes = changes_of(texts, clear or (), restore or ())
    project = chosen_project(protocol, database=db)
    name = known_reviewer(project, reviewer, yes=yes)
    results = edit_record(project, key, changes, reviewer=name, why=why, now=read_clock(os.environ))
    if json:
        data_json({"record": key, "changed": [dataclasses.asdict(one) for one in results]})
        return
    for result in results:
        data(result.sentence())
    if not results:
        data("Nothing was changed: the record holds this already.")


@app.command("add", short_help="Add a record by hand, to a source of the protocol.")
def add(
    source: Annotated[
        str,
        typer.Option(
            "--source",
            "-s",
            help="A source of the protocol: it gives the role.",
            autocompletion=source_ids,
        ),
    ],
    title: TitleOption = None,
    original_title: OriginalTitleOption = None,
    authors: AuthorsOption = None,
    abstract: AbstractOption = None,
    year: YearOption = None,
    journal: JournalOption = None,
    volume: VolumeOption = None,
    issue: IssueOption = None,
    pages: PagesOption = None,
    doi: DoiOption = None,
    pmid: PmidOption = None,
    pmcid: PmcidOption = None,
    languages: LanguagesOption = None,
    keywords: KeywordsOption = None,
    why: WhyOption = None,
    reviewer: ReviewerOption = None,
    yes: YesOption = False,
    json: JsonOption = False,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Add a record by hand, to a source that the protocol names; it counts in the flow there.

    Example: reviewkit record add --source cites --title "A work that an author sent" -r clinician
    """
    typed = locals()
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.correcting.add_record import add_record

    texts = texts_of(typed)
    values = {str(field): value for field, value in typed_values(texts).items()}
    project = chosen_project(protocol, database=db)
    name = known_reviewer(project, reviewer, yes=yes)
    added = add_record(project, source, values, reviewer=name, why=why, now=read_clock(os.environ))
    if json:
        data_json(dataclasses.asdict(added))
        return
    data(f"{added.record} is added, in run {added.run}; {source} is a {added.role}.")
    talk(AFTER_RECORDS_CAME)
