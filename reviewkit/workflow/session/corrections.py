"""What a reviewer puts right while screening: fields of the record in view, and its duplicates."""

from collections.abc import Callable, Sequence

from reviewkit.dedupe.pairs import Settled
from reviewkit.model.errors import UsageError
from reviewkit.model.messages import tr
from reviewkit.model.record_fields import RecordField
from reviewkit.model.records import RelationKind
from reviewkit.screening.models import RecordSummary
from reviewkit.store import record_search
from reviewkit.store.corrections import current_corrections
from reviewkit.store.records import is_in_flow, record_by_key
from reviewkit.workflow.clock import timestamp
from reviewkit.workflow.correcting.author import Author
from reviewkit.workflow.correcting.edit import (
    FieldChange,
    changes_back,
    correct_fields,
    link_after_edit,
)
from reviewkit.workflow.correcting.pairs_by_hand import (
    PairResult,
    answer_that_counts,
    check_pair,
    store_answer,
)
from reviewkit.workflow.session.current_record import CurrentRecord, RecordStep
from reviewkit.workflow.session.session_store import SessionStore

RememberUndo = Callable[[Callable[[], RecordStep]], None]


class Corrections:
    """Corrections of the record in view, in the reviewer's name. All can be undone."""

    def __init__(
        self, session_store: SessionStore, current: CurrentRecord, remember: RememberUndo
    ) -> None:
        self._session_store = session_store
        self._current = current
        self._remember = remember

    def value_of(self, field: RecordField) -> object:
        """Return what a field of the record in view holds, without what its copies add."""
        record = record_by_key(self._session_store.store, self._key())
        return getattr(record, field)

    def is_stored(self, change: FieldChange) -> bool:
        """Return whether a field of the record in view is already as a change would have it."""
        if change.restore:
            corrected = current_corrections(self._session_store.store, self._key())
            return change.field not in corrected
        return bool(self.value_of(change.field) == change.value)

    def current_answer(self, other: str) -> Settled | None:
        """Return what people say of the record in view and another one."""
        decision = answer_that_counts(self._session_store.store, (self._key(), other))
        return decision.answer if decision else None

    def edit(self, change: FieldChange, why: str | None = None) -> RecordStep:
        """Correct a field of the record in view, or let what the source gives count again."""
        key, store = self._key(), self._session_store.store
        before = current_corrections(store, key)
        if not self._correct(key, [change], why):
            return self._current.show_again(
                tr("The {words} is the same already.", words=tr(change.field.words))
            )

        def restore() -> RecordStep:
            self._correct(key, changes_back(before, [change.field]), None)
            return self._current.show(
                key, tr("The {words} is as it was.", words=tr(change.field.words))
            )

        self._remember(restore)
        return self._show_or_go_on(key, tr("Corrected: {words}.", words=tr(change.field.words)))

    def duplicate_of(self, other: str) -> RecordStep:
        """State that the record in view and another one are duplicates."""
        return self._answer(other, Settled.SAME)

    def not_duplicate_of(self, other: str) -> RecordStep:
        """State that the record in view and another one are two records."""
        return self._answer(other, Settled.DIFFERENT)

    def find_other(self, text: str, limit: int = 50) -> tuple[RecordSummary, ...]:
        """Return the review's other records with this key, identifier or DOI, then by words.

        Also those that are not of this stage. Of duplicates, the one that leads.
        """
        store, key = self._session_store.store, self._key()
        if text.strip() != key and record_by_key(store, text.strip()):
            return self._session_store.summarise([text.strip()])

        matches = dict.fromkeys(
            [*record_search.find_named(store, text), *record_search.search_words(store, text)]
        )
        others = [match for match in matches if match != key and is_in_flow(store, match)]
        return self._session_store.summarise(others[:limit])

    def _answer(self, other: str, answer: Settled) -> RecordStep:
        key, store = self._key(), self._session_store.store
        check_pair(store, key, other)
        pair = (key, other)
        before = answer_that_counts(store, pair)
        if before and before.answer is answer:
            hint = tr("reviewkit dedupe explain {key} {other}", key=key, other=other)
            raise UsageError(
                tr("{reviewer} has said so already", reviewer=before.reviewer), hint=hint
            )
        result = self._store_answer(pair, answer)

        def restore() -> RecordStep:
            if before is None:
                self._store_answer(pair, None)
            else:
                self._store_answer(pair, before.answer, before.relation)
            return self._show_or_go_on(key, tr("The answer to the pair is as it was."))

        self._remember(restore)
        return self._show_or_go_on(key, result.sentence())

    def _key(self) -> str:
        return self._current.require().record.key

    def _author(self, why: str | None = None) -> Author:
        config = self._session_store.config
        return Author(
            reviewer=config.reviewer,
            at=timestamp(config.clock()),
            protocol_sha256=config.protocol_sha256,
            why=why,
        )

    def _correct(self, key: str, changes: Sequence[FieldChange], why: str | None) -> bool:
        """Store corrections and link again; return whether anything is different now."""
        store = self._session_store.store
        with store.transaction():
            self._session_store.refresh()
            results = correct_fields(store, key, changes, self._author(why))
            linked = link_after_edit(store, self._session_store.config.protocol, results)
        if linked:
            self._session_store.reload()

        return bool(results)

    def _store_answer(
        self, pair: tuple[str, str], answer: Settled | None, relation: RelationKind | None = None
    ) -> PairResult:
        store, protocol = self._session_store.store, self._session_store.config.protocol
        with store.transaction():
            self._session_store.refresh()
            result = store_answer(store, protocol, pair, self._author(), answer, relation)
        self._session_store.reload()

        return result

    def _show_or_go_on(self, key: str, message: str) -> RecordStep:
        """Show the record, or the next one where it is no longer one of this stage."""
        if key in self._session_store:
            return self._current.show(key, message)
        return self._current.show_next(message)
