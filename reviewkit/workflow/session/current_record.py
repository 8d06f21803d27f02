"""The record in view in a screening session, chosen under the filter."""

from reviewkit.model.errors import UsageError
from reviewkit.model.messages import mark, tr, tr_n
from reviewkit.screening.models import Filter, RecordView
from reviewkit.store import record_search
from reviewkit.workflow.session.base import Step
from reviewkit.workflow.session.session_store import SessionStore
from reviewkit.workflow.session.view import CompiledTerms, build_view

RecordStep = Step[RecordView]
NO_RECORD_IN_VIEW = (
    mark("no record is in view"),
    mark("undo, or look for one by find, list or filter"),
)


class CurrentRecord:
    """The record in view, the filter it was chosen under, and the records shown before it."""

    def __init__(self, session_store: SessionStore) -> None:
        self._session_store = session_store
        self.view: RecordView | None = None
        self.filter = Filter()
        self.terms: CompiledTerms = ()
        self.order_words = ""
        self._matching: frozenset[str] | None = None
        self._visited: list[str] = []
        self._position = -1

    @property
    def matching(self) -> frozenset[str] | None:
        """The records that match the filter's words, tag, source and years; `None` means all."""
        return self._matching

    @property
    def _key(self) -> str | None:
        if self.view is None:
            return None
        return self.view.record.key

    def require(self) -> RecordView:
        """Return the view. Raises UsageError when no record is in view."""
        if self.view is None:
            what, hint = NO_RECORD_IN_VIEW
            raise UsageError(tr(what), hint=tr(hint))
        return self.view

    def show(self, record: str | None, message: str) -> RecordStep:
        """Show a record; where another one was in view, `back` goes through it."""
        if record is None:
            self.view = None
            return Step(message=message, view=None)

        if not self._visited or self._visited[self._position] != record:
            self._visited.append(record)
            self._position = len(self._visited) - 1
        self.view = build_view(self._session_store, record, terms=self.terms)
        return Step(message=message, view=self.view)

    def show_again(self, message: str) -> RecordStep:
        """Read the record in view again and show it."""
        return self.show(self._key, message)

    def show_next(self, message: str) -> RecordStep:
        """Show the next record under the filter, and say how many records have come meanwhile."""
        current = self._key
        new_records = self._session_store.count_new_records()
        record = self._choose(current, reread=new_records > 0)

        if record is None:
            self._session_store.reload()
            new_records += self._session_store.count_new_records()
            record = self._choose(current, reread=True)

        if new_records:
            came = tr_n(new_records, "{n} more record has come.", "{n} more records have come.")
            message = f"{message} {came}"
        return self.show(record, message)

    def show_first(self) -> None:
        """Show the first record of a session."""
        self.show(self._choose(None), "")

    def show_visited(self, distance: int, message: str) -> RecordStep | None:
        """Move through the records shown before; `None` where the list ends."""
        position = self._position + distance
        if not 0 <= position < len(self._visited):
            return None

        self._position = position
        return self.show(self._visited[position], message)

    def set_filter(self, wanted: Filter) -> RecordStep:
        """Show the first record of a filter.

        Raises UsageError where the filter matches no record; the filter before it is kept.
        """
        matching = self._find_matching(wanted)
        first = self._session_store.next_after(None, wanted.only, matching)
        if first is None and wanted != Filter():
            raise UsageError(
                tr("no record matches this filter"), hint=tr("try other words, or fewer")
            )

        self.filter, self._matching = wanted, matching
        if wanted == Filter():
            return self.show(first, tr("All open records."))
        return self.show(first, tr("Filtered."))

    def _choose(self, current: str | None, *, reread: bool = False) -> str | None:
        if reread:
            self._matching = self._find_matching(self.filter)
        record = self._session_store.next_after(current, self.filter.only, self._matching)
        self.order_words = self._session_store.order_words
        return record

    def _find_matching(self, wanted: Filter) -> frozenset[str] | None:
        store = self._session_store.store
        by_words = by_fields = None
        if wanted.text.strip():
            by_words = record_search.matching(store, wanted.text)
        if wanted.tag or wanted.source or wanted.year_from or wanted.year_to:
            by_fields = record_search.select_records(
                store,
                reviewer=self._session_store.config.reviewer,
                tag=wanted.tag,
                source=wanted.source,
                year_from=wanted.year_from,
                year_to=wanted.year_to,
            )

        if by_words is None or by_fields is None:
            return by_fields if by_words is None else by_words
        return by_words & by_fields
