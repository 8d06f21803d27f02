"""Line by line: corrections of the record in view, and which records are its duplicates."""

from collections.abc import Callable, Iterator

from reviewkit.cli.plain_session import PlainKey
from reviewkit.model.errors import UsageError
from reviewkit.model.messages import tr
from reviewkit.model.record_fields import RecordField, empty_value, field_named, read_value
from reviewkit.screening.models import RecordView
from reviewkit.workflow.correcting.edit import FieldChange
from reviewkit.workflow.session.base import Step
from reviewkit.workflow.session.screening import ScreeningSession

# Stands between a field's new text and the reason for it.
_WHY = " // "


class PlainCorrections:
    """The keys of corrections. `named` makes a key of what was typed; `show` shows a step."""

    def __init__(
        self,
        session: ScreeningSession,
        named: Callable[[str], str],
        show: Callable[[Step[RecordView]], None],
    ) -> None:
        self._session = session
        self._named = named
        self._show = show

    def keys(self) -> Iterator[PlainKey]:
        yield PlainKey(
            key="ed",
            arguments=tr("FIELD text // why"),
            words=tr("correct a field: {fields}", fields=", ".join(RecordField)),
            run=self._edit,
        )
        yield PlainKey(
            key="clear", arguments=tr("FIELD // why"), words=tr("empty it"), run=self._clear
        )
        words = tr("let what the source gives count again")
        yield PlainKey(key="restore", arguments=tr("FIELD"), words=words, run=self._restore)
        words = tr("the record is a duplicate of that one (a key, or a number of the last list)")
        yield PlainKey(key="dup", arguments=tr("KEY or NUMBER"), words=words, run=self._duplicate)
        words = tr("the record is not a duplicate of that one")
        yield PlainKey(key="nodup", arguments=tr("KEY or NUMBER"), words=words, run=self._split)

    def _edit(self, argument: str) -> None:
        name, _, rest = argument.partition(" ")
        text, _, why = rest.partition(_WHY)
        field = field_named(name)
        if not text.strip():
            raise UsageError(
                tr("no text for {words}", words=field.words),
                hint=tr("ed {field} TEXT; to empty it: clear {field}", field=field),
            )
        self._store(FieldChange(field=field, value=read_value(field, text)), why)

    def _clear(self, argument: str) -> None:
        name, _, why = argument.partition(_WHY)
        field = field_named(name)
        self._store(FieldChange(field=field, value=empty_value(field)), why)

    def _restore(self, argument: str) -> None:
        self._store(FieldChange(field=field_named(argument), restore=True), "")

    def _store(self, change: FieldChange, why: str) -> None:
        self._show(self._session.corrections.edit(change, why.strip() or None))

    def _duplicate(self, text: str) -> None:
        self._show(self._session.corrections.duplicate_of(self._named(text)))

    def _split(self, text: str) -> None:
        self._show(self._session.corrections.not_duplicate_of(self._named(text)))
