"""`dedupe choose`: which copy a work's fields are taken from, said by a person.

The choice is a correction of the lead record: nothing is overwritten, and `record edit --restore`
takes it back.
"""

import datetime
from collections.abc import Sequence

from reviewkit.model.errors import UsageError
from reviewkit.model.record_fields import RecordField, field_named
from reviewkit.store import Store
from reviewkit.store.corrections import source_content
from reviewkit.store.duplicates import copies_of, stored_leads
from reviewkit.workflow.correcting.edit import FieldChange, FieldResult, edit_record
from reviewkit.workflow.open_review import open_store
from reviewkit.workflow.project import ReviewProject

# Year, volume, issue and pages are one statement.
_PLACE = (RecordField.YEAR, RecordField.VOLUME, RecordField.ISSUE, RecordField.PAGES)
PLACE_NAME = "place"


def choose_copy(
    project: ReviewProject,
    copy: str,
    names: Sequence[str],
    *,
    reviewer: str,
    now: datetime.datetime,
) -> list[FieldResult]:
    """Let the lead record show these fields as the copy has them; return what is different now.

    Raises UsageError for a record that is no copy of another, and for fields that nobody may
    correct.
    """
    fields = _fields(names)
    with open_store(project, now=now) as store:
        lead = _lead_of(store, copy)
        values = source_content(store, copy)
    changes = [FieldChange(field=field, value=getattr(values, field)) for field in fields]
    why = f"as {copy} has it"
    return edit_record(project, lead, changes, reviewer=reviewer, why=why, now=now)


def _fields(names: Sequence[str]) -> list[RecordField]:
    fields: list[RecordField] = []
    for name in names:
        if name == PLACE_NAME:
            fields += _PLACE
            continue
        field = field_named(name)
        if field in _PLACE:
            raise UsageError(
                f"the {field.words} is a part of the place",
                hint=f"--field {PLACE_NAME} takes year, volume, issue and pages together",
            )
        fields.append(field)
    return list(dict.fromkeys(fields))


def _lead_of(store: Store, copy: str) -> str:
    lead = stored_leads(store).get(copy)
    if lead is not None:
        return lead

    copies = copies_of(store, copy)
    if copies:
        raise UsageError(
            f"{copy} is the lead record: its own fields are shown where no copy has them better",
            hint=f"name a copy: {', '.join(copies)}",
        )
    raise UsageError(
        f"{copy} is no duplicate of another record", hint="see `reviewkit dedupe list`"
    )
