"""What a reviewer adds to the record in view: note, tags, the report's retrieval."""

from collections.abc import Callable

from reviewkit.model.errors import UsageError
from reviewkit.model.messages import tr
from reviewkit.model.records import Stage
from reviewkit.screening.models import RetrievalOutcome
from reviewkit.store.annotations import used_tags
from reviewkit.workflow.session.current_record import CurrentRecord, RecordStep
from reviewkit.workflow.session.session_store import SessionStore

RememberUndo = Callable[[Callable[[], RecordStep]], None]


class NotesAndTags:
    """The reviewer's own note and tags on the record in view. Both can be undone."""

    def __init__(
        self, session_store: SessionStore, current: CurrentRecord, remember: RememberUndo
    ) -> None:
        self._session_store = session_store
        self._current = current
        self._remember = remember

    @property
    def all_tags(self) -> tuple[str, ...]:
        """The tags this reviewer has used in this review, for completion."""
        return used_tags(self._session_store.store, self._session_store.config.reviewer)

    def write_note(self, text: str) -> RecordStep:
        """Set the note; an empty text removes it. The history keeps what was removed."""
        view = self._current.require()
        key, before = view.record.key, view.note or ""
        if not text.strip() and not before:
            return self._current.show_again(tr("There is no note."))
        self._session_store.write_note(key, text.strip())

        def restore() -> RecordStep:
            self._session_store.write_note(key, before)
            return self._current.show(key, tr("The note is as it was."))

        self._remember(restore)
        if text.strip():
            return self._current.show_again(tr("Note kept."))
        return self._current.show_again(tr("Note removed."))

    def toggle_tag(self, tag: str) -> RecordStep:
        """Put a tag on the record, or take it off."""
        name = " ".join(tag.split())
        if not name:
            raise UsageError(tr("a tag must not be empty"))

        view = self._current.require()
        key, present = view.record.key, name not in view.tags
        self._session_store.write_tag(key, name, present=present)

        def restore() -> RecordStep:
            self._session_store.write_tag(key, name, present=not present)
            return self._current.show(key, tr("Tag {name} as it was.", name=repr(name)))

        self._remember(restore)
        state = tr("on") if present else tr("off")
        return self._current.show_again(tr("Tag {name} {state}.", name=repr(name), state=state))


class Retrieval:
    """Whether the full-text report in view was sought, retrieved, or could not be retrieved."""

    def __init__(
        self, session_store: SessionStore, current: CurrentRecord, remember: RememberUndo
    ) -> None:
        self._session_store = session_store
        self._current = current
        self._remember = remember

    def check_stage(self) -> None:
        """Raises UsageError at any stage but full text."""
        if self._session_store.config.stage is not Stage.FULL_TEXT:
            raise UsageError(
                tr("reports are sought at full text"),
                hint=tr("open the session with --stage full_text"),
            )

    def set_outcome(self, outcome: RetrievalOutcome, detail: str | None = None) -> RecordStep:
        """Store the outcome; `detail` says where the report was sought or found."""
        self.check_stage()
        view = self._current.require()
        key, before = view.record.key, view.retrieval
        self._session_store.write_retrieval(key, outcome, detail)

        def restore() -> RecordStep:
            if before is None:
                self._session_store.write_retrieval(key, None, None)
            else:
                self._session_store.write_retrieval(key, before.outcome, before.detail)
            return self._current.show(key, tr("The report's retrieval is as it was."))

        self._remember(restore)
        return self._current.show_again(tr("Report {text}.", text=tr(outcome.replace("_", " "))))
