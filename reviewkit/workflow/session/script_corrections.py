"""The steps of a script that put something right: fields of records, and duplicates."""

from reviewkit.dedupe.pairs import Settled
from reviewkit.model.errors import UsageError
from reviewkit.model.record_fields import RecordField, empty_value, field_named, read_value
from reviewkit.workflow.correcting.edit import FieldChange
from reviewkit.workflow.session.screening import ScreeningSession
from reviewkit.workflow.session.script import ScriptStep
from reviewkit.workflow.session.step_result import UNCHANGED, StepResult

_PAIR_STEPS = {"duplicate": Settled.SAME, "not_duplicate": Settled.DIFFERENT}


def check_correction(step: ScriptStep) -> None:
    """Raises UsageError for a field or a value that cannot be used, or a record that is missing."""
    if step.step in _PAIR_STEPS:
        if not step.text:
            raise UsageError(f"{step.step} needs another record", hint="its key in `text`")
        return
    _change(step)


def correct(session: ScreeningSession, step: ScriptStep) -> StepResult:
    """Carry out a correction of the record in view."""
    corrections = session.corrections
    if answer := _PAIR_STEPS.get(step.step):
        if corrections.current_answer(step.text) is answer:
            return UNCHANGED
        if answer is Settled.SAME:
            message = corrections.duplicate_of(step.text).message
        else:
            message = corrections.not_duplicate_of(step.text).message
        return StepResult(message=message, stored=True)

    change = _change(step)
    if corrections.is_stored(change):
        return UNCHANGED
    return StepResult(message=corrections.edit(change, step.note).message, stored=True)


def _change(step: ScriptStep) -> FieldChange:
    """Return the change that a step names: `title=The right title`, or the field alone."""
    name, equals, text = step.text.partition("=")
    field: RecordField = field_named(name)
    match step.step:
        case "clear":
            return FieldChange(field=field, value=empty_value(field))
        case "restore":
            return FieldChange(field=field, restore=True)
    if not equals:
        raise UsageError(f"no value for {field.words}", hint=f"{field}=VALUE in `text`")

    return FieldChange(field=field, value=read_value(field, text))
