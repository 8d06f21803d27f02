"""`dedupe choose`: from which of its records a work's fields are taken, said by a person.

The choice is a correction of the lead record: nothing is overwritten, and `record edit --restore`
takes it back.
"""

import datetime
from collections.abc import Sequence
from dataclasses import replace

from reviewkit.model.errors import UsageError
from reviewkit.model.record_fields import PLACE, PLACE_NAME, RecordField, fields_named, value_words
from reviewkit.store import Store
from reviewkit.store.corrections import source_content
from reviewkit.store.duplicates import copies_of, stored_leads
from reviewkit.workflow.correcting.edit import FieldChange, FieldResult, edit_record
from reviewkit.workflow.merged_record import read_merged_record
from reviewkit.workflow.open_review import open_store
from reviewkit.workflow.project import ReviewProject


def choose_copy(
    project: ReviewProject,
    copy: str,
    names: Sequence[str],
    *,
    reviewer: str,
    now: datetime.datetime,
) -> list[FieldResult]:
    """Let a work show these fields as this record of it has them; return what is different now.

    The lead record's own fields can be chosen too: then no copy's are shown in their place. Raises
    UsageError for a record without copies, and for fields that nobody may correct.
    """
    fields = _fields(names)
    with open_store(project, now=now) as store:
        lead = _lead_of(store, copy)
        values = source_content(store, copy)
        shown = read_merged_record(store, lead)
    changes = [
        FieldChange(field=field, value=getattr(values, field), keep=True) for field in fields
    ]
    why = f"as {copy} has it"
    results = edit_record(project, lead, changes, reviewer=reviewer, why=why, now=now)
    if shown is not None and copy == lead:
        # What is taken back is not the lead's own, but what a copy gave.
        results = [
            replace(result, before=value_words(getattr(shown.record, result.field)))
            for result in results
        ]
    return [result for result in results if result.before != result.now]


def _fields(names: Sequence[str]) -> list[RecordField]:
    fields: list[RecordField] = []
    for name in names:
        named = fields_named(name)
        if len(named) == 1 and named[0] in PLACE:
            raise UsageError(
                f"the {named[0].words} is a part of the place",
                hint=f"--field {PLACE_NAME} takes year, volume, issue and pages together",
            )
        fields += named
    return list(dict.fromkeys(fields))


def _lead_of(store: Store, copy: str) -> str:
    lead = stored_leads(store).get(copy)
    if lead is not None:
        return lead

    if copies_of(store, copy):
        return copy
    raise UsageError(
        f"{copy} is no duplicate of another record", hint="see `reviewkit dedupe list`"
    )
