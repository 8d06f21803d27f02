"""The fields of a record as options, and what they change."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reviewkit.model.errors import UsageError
from reviewkit.model.record_fields import (
    RecordField,
    empty_value,
    field_named,
    fields_named,
    read_value,
)

if TYPE_CHECKING:
    from reviewkit.workflow.correcting.edit import FieldChange


def _text(name: str, words: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(name, help=words, show_default=False)
    return option


TitleOption = Annotated[str | None, _text("--title", "The title.")]
OriginalTitleOption = Annotated[
    str | None, _text("--original-title", "The title in the work's own language.")
]
AuthorsOption = Annotated[str | None, _text("--authors", 'As in "Alpha, A; Beta, B".')]
AbstractOption = Annotated[str | None, _text("--abstract", "The abstract.")]
YearOption = Annotated[str | None, _text("--year", "The year of publication.")]
JournalOption = Annotated[str | None, _text("--journal", "The journal.")]
VolumeOption = Annotated[str | None, _text("--volume", "The volume.")]
IssueOption = Annotated[str | None, _text("--issue", "The issue.")]
PagesOption = Annotated[str | None, _text("--pages", "The pages, such as 10-19.")]
DoiOption = Annotated[str | None, _text("--doi", "The DOI.")]
PmidOption = Annotated[str | None, _text("--pmid", "The PMID.")]
PmcidOption = Annotated[str | None, _text("--pmcid", "The PMCID.")]
LanguagesOption = Annotated[
    str | None, _text("--languages", "Codes of three letters, as in eng; por.")
]
KeywordsOption = Annotated[str | None, _text("--keywords", "As in gut; nerve.")]


def texts_of(arguments: Mapping[str, Any]) -> dict[str, str | None]:
    """Return what was typed for each field, of all arguments of a command."""
    return {field.value: arguments[field.value] for field in RecordField}


def typed_values(texts: Mapping[str, str | None]) -> dict[RecordField, object]:
    """Return the fields that were typed with their values.

    Raises UsageError with every text that cannot be used.
    """
    values: dict[RecordField, object] = {}
    mistakes: list[UsageError] = []
    for name, text in texts.items():
        if text is None:
            continue
        field = RecordField(name)
        try:
            values[field] = read_value(field, text)
        except UsageError as error:
            error.where = f"--{name.replace('_', '-')}"
            mistakes.append(error)

    if len(mistakes) == 1:
        raise mistakes[0]
    if mistakes:
        hints = [f"{error.where}: {error.hint}" for error in mistakes]
        raise UsageError("; ".join(map(str, mistakes)), hint="; ".join(hints))
    return values


def changes_of(
    texts: Mapping[str, str | None], clear: Iterable[str], restore: Iterable[str]
) -> "list[FieldChange]":
    """Return what the options change. Raises UsageError for a field that is named twice."""
    from reviewkit.workflow.correcting.edit import FieldChange

    changes = [
        FieldChange(field=field, value=value) for field, value in typed_values(texts).items()
    ]
    for name in clear:
        field = field_named(name)
        changes.append(FieldChange(field=field, value=empty_value(field)))
    for name in restore:
        changes += [FieldChange(field=field, restore=True) for field in fields_named(name)]

    fields = [change.field for change in changes]
    if twice := {field for field in fields if fields.count(field) > 1}:
        raise UsageError(
            f"{', '.join(sorted(twice))}: named more than once",
            hint="say one thing of a field: a text, --clear or --restore",
        )
    return changes
