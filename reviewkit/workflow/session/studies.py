"""The study that the report in view belongs to: linked while it is read, and undone."""

from collections.abc import Callable

from reviewkit.model.errors import UsageError
from reviewkit.model.messages import tr
from reviewkit.model.records import Stage
from reviewkit.store.studies import current_study_links
from reviewkit.workflow.clock import timestamp
from reviewkit.workflow.correcting.author import Author
from reviewkit.workflow.correcting.study_links import checked_name, set_links
from reviewkit.workflow.session.current_record import CurrentRecord, RecordStep
from reviewkit.workflow.session.session_store import SessionStore

RememberUndo = Callable[[Callable[[], RecordStep]], None]


class Studies:
    """Links of the record in view to studies, in the reviewer's name. Both can be undone."""

    def __init__(
        self, session_store: SessionStore, current: CurrentRecord, remember: RememberUndo
    ) -> None:
        self._session_store = session_store
        self._current = current
        self._remember = remember

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all studies of this review, for completion."""
        links = current_study_links(self._session_store.store)
        return tuple(dict.fromkeys(link.study for link in links))

    def check_stage(self) -> None:
        """Raises UsageError at title and abstract: what belongs to a study is a report."""
        if self._session_store.config.stage is not Stage.FULL_TEXT:
            raise UsageError(
                tr("a study is named at full text"), hint=tr("reviewkit screen --stage full_text")
            )

    def toggle(self, name: str) -> RecordStep:
        """Link the record to a study, or take the link back. Raises UsageError for no name.

        Also raises it as `check_stage` does.
        """
        self.check_stage()
        study = checked_name(name)
        view = self._current.require()
        key, linked = view.record.key, study not in view.studies
        self._write(key, study, linked=linked)

        def restore() -> RecordStep:
            self._write(key, study, linked=not linked)
            return self._current.show(key, tr("Study {study} as it was.", study=repr(study)))

        self._remember(restore)
        words = (
            tr("Linked to the study {study}.", study=repr(study))
            if linked
            else tr("No longer in {study}.", study=repr(study))
        )
        return self._current.show_again(words)

    def _write(self, key: str, study: str, *, linked: bool) -> None:
        config, store = self._session_store.config, self._session_store.store
        author = Author(
            reviewer=config.reviewer,
            at=timestamp(config.clock()),
            protocol_sha256=config.protocol_sha256,
        )
        with store.transaction():
            set_links(store, study, [key], author, linked=linked)
