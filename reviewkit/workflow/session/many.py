"""One decision for all records of a filter: listed first, stored and undone as one step."""

from collections.abc import Callable, Sequence

from reviewkit.model.errors import UsageError
from reviewkit.model.messages import ENGLISH, in_language, mark, tr, tr_n
from reviewkit.model.records import Verdict
from reviewkit.screening.filters import describe_filter
from reviewkit.screening.models import Filter, Only, RecordSummary
from reviewkit.store.batches import last_batch
from reviewkit.workflow.session.current_record import CurrentRecord, RecordStep
from reviewkit.workflow.session.session_store import SessionStore

RememberUndo = Callable[[Callable[[], RecordStep]], None]
ReasonOf = Callable[[str | int | None], str | None]

NOTHING_TO_UNDO = mark("no decision of many at once can be taken back")


class ManyDecisions:
    """Decides on the records of the filter that are open for this reviewer, never on others."""

    def __init__(
        self,
        session_store: SessionStore,
        current: CurrentRecord,
        remember: RememberUndo,
        reason_of: ReasonOf,
    ) -> None:
        self._session_store = session_store
        self._current = current
        self._remember = remember
        self._reason_of = reason_of

    def matching(self) -> tuple[RecordSummary, ...]:
        """Return the records that `decide` would decide on, in the order in which they come.

        Raises UsageError without a filter, under one of decided records, and where none is open.
        """
        wanted = self._current.filter
        if wanted == Filter():
            raise UsageError(
                tr("a filter chooses the records to decide on at once"),
                hint=tr(
                    'words of title or abstract, or a part such as "year:-1999" or "tag:animals"'
                ),
            )
        if wanted.only is not Only.TODO:
            raise UsageError(
                tr("only:{only} has records that are decided on", only=wanted.only),
                hint=tr("many at once are decided only where you have not decided yet"),
            )

        self._session_store.refresh()
        records = self._session_store.open_records(self._current.matching)
        if not records:
            raise UsageError(tr("no record that is open for you matches this filter"))
        return self._session_store.summarise(records)

    def decide(
        self, records: Sequence[str], verdict: Verdict, reason: str | int | None = None
    ) -> RecordStep:
        """Decide alike on those of the records that are still open for this reviewer."""
        wording = self._reason_of(reason) if verdict is Verdict.EXCLUDE else None
        with in_language(ENGLISH):  # it is stored
            chosen_by = describe_filter(self._current.filter)
        batch, count = self._session_store.decide_many(records, verdict, wording, chosen_by)
        if batch is None:
            return self._current.show_next(tr("Others decided meanwhile: nothing was stored."))

        self._remember(lambda: self._take_back(batch))
        words = _decided(verdict, count)
        if wording:
            words += f": {wording}"
        return self._current.show_next(tr("{words}. Undo takes all back at once.", words=words))

    def undo_last(self) -> RecordStep:
        """Take this reviewer's newest batch at this stage back. Raises UsageError without one."""
        config = self._session_store.config
        batch = last_batch(self._session_store.store, config.reviewer, config.stage)
        if batch is None:
            raise UsageError(
                tr(NOTHING_TO_UNDO), hint=tr("reviewkit screen: u takes single ones back")
            )

        return self._take_back(batch)

    def _take_back(self, batch: str) -> RecordStep:
        taken_back, kept = self._session_store.take_back_many(batch)
        words = tr(
            "Taken back: {taken_back}.",
            taken_back=tr_n(taken_back, "{n} decision", "{n} decisions"),
        )
        if kept:
            words += tr_n(
                kept,
                " {n} was decided on again since, and stays.",
                " {n} were decided on again since, and stay.",
            )

        return self._current.show_next(words)


def _decided(verdict: Verdict, count: int) -> str:
    match verdict:
        case Verdict.INCLUDE:
            return tr_n(count, "{n} record included", "{n} records included")
        case Verdict.EXCLUDE:
            return tr_n(count, "{n} record excluded", "{n} records excluded")
        case _:
            return tr_n(count, "{n} record marked maybe", "{n} records marked maybe")
