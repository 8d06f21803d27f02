"""`record edit`: fields of a record corrected by hand, and taken back. Nothing is overwritten."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reviewkit.model.errors import UsageError
from reviewkit.model.messages import tr
from reviewkit.model.record_fields import RecordField, value_words
from reviewkit.protocol.model import Protocol
from reviewkit.store import Store
from reviewkit.store.corrections import (
    Correction,
    add_correction,
    current_corrections,
    source_content,
)
from reviewkit.store.database import to_json
from reviewkit.store.pairs import is_linked
from reviewkit.store.records import record_by_key
from reviewkit.workflow.clock import timestamp
from reviewkit.workflow.correcting.author import Author
from reviewkit.workflow.open_review import open_as
from reviewkit.workflow.project import ReviewProject

# Fields by which duplicates are found: after a change, they are linked again.
_LINKING = frozenset(RecordField) - {RecordField.KEYWORDS, RecordField.LANGUAGES}


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """A field and its new value; with `restore`, what the source gives counts again.

    With `keep` the value is a person's choice, also where the source gives the same: no copy's
    value is shown in its place.
    """

    field: RecordField
    value: Any = None
    restore: bool = False
    keep: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldResult:
    """A field that was changed: its value before and now, as a person reads it."""

    field: RecordField
    before: str
    now: str

    def sentence(self) -> str:
        """Return what became of the field."""
        before, now = self.before or "empty", self.now or "empty"
        return f"{self.field.words}: {now} (was: {before})"


def edit_record(
    project: ReviewProject,
    record: str,
    changes: Sequence[FieldChange],
    *,
    reviewer: str,
    why: str | None,
    now: datetime.datetime,
) -> list[FieldResult]:
    """Correct a record in a reviewer's name; return the fields that are different now.

    Raises UsageError for a record or name that cannot be used, or where nothing is to be changed.
    """
    if not changes:
        raise UsageError("nothing is to be changed", hint='name a field: --title "The right title"')

    name, store = open_as(project, reviewer, now=now)
    with store, store.transaction():
        author = Author(
            reviewer=name, at=timestamp(now), protocol_sha256=project.protocol_sha256, why=why
        )
        results = correct_fields(store, record, changes, author)
        link_after_edit(store, project.protocol, results)
    return results


def correct_fields(
    store: Store, record: str, changes: Sequence[FieldChange], author: Author
) -> list[FieldResult]:
    """Append corrections inside the open transaction; return the fields that are different now.

    A field that has its new value already is left alone. Raises UsageError for an unknown record.
    """
    given = source_content(store, record)
    if given is None:
        raise no_record(record)

    results = []
    for change in changes:
        before = getattr(record_by_key(store, record), change.field)
        source_value = getattr(given, change.field)
        value = source_value if change.restore else change.value
        has_correction = change.field in current_corrections(store, record)
        is_choice = change.keep if not has_correction else change.restore
        if value == before and not is_choice:
            continue

        is_sources = value == source_value and not change.keep
        stored = None if is_sources else to_json(value)
        add_correction(
            store,
            Correction(
                record=record,
                field=change.field,
                value=stored,
                source_value=to_json(source_value),
                why=author.why,
                reviewer=author.reviewer,
                corrected_at=author.at,
            ),
            protocol=author.protocol_sha256,
        )
        results.append(
            FieldResult(field=change.field, before=value_words(before), now=value_words(value))
        )
    return results


def changes_back(before: Mapping[str, Correction], fields: Sequence[str]) -> list[FieldChange]:
    """Return what undoes corrections of these fields; `before` counted before them."""
    changes = []
    for name in fields:
        field = RecordField(name)
        if name in before:
            changes.append(FieldChange(field=field, value=before[name].new_value, keep=True))
        else:
            changes.append(FieldChange(field=field, restore=True))
    return changes


def link_after_edit(store: Store, protocol: Protocol, results: Sequence[FieldResult]) -> bool:
    """Link duplicates again after a correction, where they were linked before; return whether."""
    if not any(result.field in _LINKING for result in results) or not is_linked(store):
        return False
    # numpy and rapidfuzz, rarely needed here
    from reviewkit.workflow.duplicates.link import link_duplicates

    link_duplicates(store, protocol)
    return True


def no_record(record: str) -> UsageError:
    """Return the error for a key that no record has."""
    return UsageError(
        tr("no record is called {record}", record=record),
        hint=tr("records are called as on the screen, for example pubmed:36674517"),
    )
