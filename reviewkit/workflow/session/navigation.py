"""Going from record to record in a screening session. Nothing here stores anything."""

from reviewkit.model.errors import UsageError
from reviewkit.model.messages import tr
from reviewkit.screening.models import Filter, RecordSummary
from reviewkit.store import record_search
from reviewkit.workflow.session.current_record import CurrentRecord, RecordStep
from reviewkit.workflow.session.session_store import SessionStore


class Navigation:
    """Back and forward, to a record by its key, by search, by list and by filter."""

    def __init__(self, session_store: SessionStore, current: CurrentRecord) -> None:
        self._session_store = session_store
        self._current = current

    @property
    def filter(self) -> Filter:
        """The filter in force."""
        return self._current.filter

    def back(self) -> RecordStep:
        """Show the record that was in view before this one, with its decision."""
        self._session_store.refresh()
        step = self._current.show_visited(-1, tr("Back one record; nothing was changed."))
        if step is None:
            raise UsageError(
                tr("no record came before this one"),
                hint=tr("find an earlier one by search or filter"),
            )

        return step

    def forward(self) -> RecordStep:
        """After `back`, show the record after this one again; else show the next one."""
        self._session_store.refresh()
        step = self._current.show_visited(1, tr("Forward one record."))
        return step or self._current.show_next(tr("Next record."))

    def jump(self, record: str) -> RecordStep:
        """Show a record by its key, decided or not, under any filter."""
        if record not in self._session_store:
            raise UsageError(
                tr("{record} is not a record of this stage", record=record),
                hint=tr("duplicates and machine-excluded records are not"),
            )
        self._session_store.refresh()

        return self._current.show(record, tr("Showing {record}.", record=record))

    def find(self, text: str, limit: int = 50) -> tuple[RecordSummary, ...]:
        """Return this stage's records with this key, identifier or DOI, then by words.

        The best match comes first.
        """
        store = self._session_store.store
        matches = dict.fromkeys(
            [*record_search.find_named(store, text), *record_search.search_words(store, text)]
        )
        records = [record for record in matches if record in self._session_store][:limit]
        return self._session_store.summarise(records)

    def list_records(self, limit: int = 1000) -> tuple[RecordSummary, ...]:
        """Return the records under the filter, in the order in which they come."""
        only, matching = self._current.filter.only, self._current.matching
        records = self._session_store.list_records(only, matching, limit=limit)
        return self._session_store.summarise(records)

    def set_filter(self, wanted: Filter) -> RecordStep:
        """Show only the records that match.

        Raises UsageError where none does; the filter before it is kept.
        """
        self._session_store.refresh()
        return self._current.set_filter(wanted)
