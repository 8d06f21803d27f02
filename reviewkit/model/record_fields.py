"""The fields of a record that people may correct, as they type them. Pure."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from reviewkit.model.errors import UsageError
from reviewkit.model.foreign import whole_number
from reviewkit.model.identifiers import doi_in, pmcid_in, pmid_in
from reviewkit.model.messages import mark, tr
from reviewkit.model.records import Record


class RecordField(StrEnum):
    """A field of a record that a person may correct. Its value is the name in `Record`."""

    TITLE = "title"
    ORIGINAL_TITLE = "original_title"
    AUTHORS = "authors"
    ABSTRACT = "abstract"
    YEAR = "year"
    JOURNAL = "journal"
    VOLUME = "volume"
    ISSUE = "issue"
    PAGES = "pages"
    DOI = "doi"
    PMID = "pmid"
    PMCID = "pmcid"
    LANGUAGES = "languages"
    KEYWORDS = "keywords"

    @property
    def words(self) -> str:
        """The field's name for people."""
        return _WORDS[self]


_WORDS = {
    RecordField.TITLE: mark("title"),
    RecordField.ORIGINAL_TITLE: mark("original title"),
    RecordField.AUTHORS: mark("authors"),
    RecordField.ABSTRACT: mark("abstract"),
    RecordField.YEAR: mark("year"),
    RecordField.JOURNAL: mark("journal"),
    RecordField.VOLUME: mark("volume"),
    RecordField.ISSUE: mark("issue"),
    RecordField.PAGES: mark("pages"),
    RecordField.DOI: "DOI",
    RecordField.PMID: "PMID",
    RecordField.PMCID: "PMCID",
    RecordField.LANGUAGES: mark("languages"),
    RecordField.KEYWORDS: mark("keywords"),
}
LIST_FIELDS = frozenset({RecordField.AUTHORS, RecordField.LANGUAGES, RecordField.KEYWORDS})
_YEARS = range(1500, 2201)
_LANGUAGE = re.compile(r"[a-z]{3}")


def field_named(name: str) -> RecordField:
    """Return the field with this name. Raises UsageError where people may correct none of it."""
    try:
        return RecordField(name.strip().lower().replace(" ", "_").replace("-", "_"))
    except ValueError:
        names = ", ".join(RecordField)
        what = tr("{name} is no field to correct", name=repr(name))
        raise UsageError(what, hint=tr("one of {names}", names=names)) from None


# Year, volume, issue and pages are one statement: two places are never mixed.
PLACE_NAME = "place"
PLACE = (RecordField.YEAR, RecordField.VOLUME, RecordField.ISSUE, RecordField.PAGES)


def fields_named(name: str) -> tuple[RecordField, ...]:
    """Return the field with this name, or the four of the "place".

    Raises UsageError where people may correct none of it.
    """
    if name.strip().lower() == PLACE_NAME:
        return PLACE
    return (field_named(name),)


def read_value(field: RecordField, text: str) -> Any:
    """Return a field's value from typed text. Raises UsageError with what would be right.

    Several authors, keywords or languages are separated by semicolons.
    """
    typed = text.strip() if field is RecordField.ABSTRACT else " ".join(text.split())
    if not typed:
        raise UsageError(f"the {field.words} is empty", hint=f"to empty it: --clear {field}")

    if field in LIST_FIELDS:
        return _read_list(field, typed)
    match field:
        case RecordField.YEAR:
            return _read_year(typed)
        case RecordField.DOI:
            return _needed(doi_in(typed), field, typed, "10.1000/example")
        case RecordField.PMID:
            return _needed(pmid_in(typed), field, typed, "36674517")
        case RecordField.PMCID:
            return _needed(pmcid_in(typed), field, typed, "PMC9864694")
    return typed


def _read_list(field: RecordField, typed: str) -> tuple[str, ...]:
    items = tuple(filter(None, (item.strip() for item in typed.split(";"))))
    if field is RecordField.LANGUAGES:
        wrong = [item for item in items if not _LANGUAGE.fullmatch(item)]
        if wrong:
            hint = tr("write it as three small letters (ISO 639-2): eng; por; spa")
            raise UsageError(
                tr("{typed} is no code of a language", typed=repr(wrong[0])), hint=hint
            )
    return items


def _read_year(typed: str) -> int:
    year = whole_number(typed)
    if year is None or year not in _YEARS:
        raise _is_none(RecordField.YEAR, typed, "2024")
    return year


def _needed(found: str | None, field: RecordField, typed: str, example: str) -> str:
    if found is None:
        raise _is_none(field, typed, example)
    return found


def _is_none(field: RecordField, typed: str, example: str) -> UsageError:
    return UsageError(
        tr("{typed} is no {words}", typed=repr(typed), words=tr(field.words)),
        hint=tr("write it as {example}", example=example),
    )


def empty_value(field: RecordField) -> Any:
    """Return what a record without this field holds."""
    return () if field in LIST_FIELDS else None


def value_words(value: Any) -> str:
    """Return a field's value as a person reads and types it; "" for none."""
    if value is None:
        return ""
    if isinstance(value, tuple | list):
        return "; ".join(map(str, value))
    return str(value)


def shown_fields(record: Record) -> Mapping[RecordField, str]:
    """Return every field that people may correct, as they would type it."""
    return {field: value_words(getattr(record, field)) for field in RecordField}


def is_value_of(name: str, value: Any) -> bool:
    """Return whether a value may stand in a field: what a file says is not believed."""
    if name not in set(RecordField):
        return False
    if RecordField(name) in LIST_FIELDS:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if value is None:
        return True
    if name == RecordField.YEAR:
        return isinstance(value, int) and not isinstance(value, bool) and value in _YEARS
    return isinstance(value, str) and value != ""
