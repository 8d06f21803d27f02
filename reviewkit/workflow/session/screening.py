"""A screening session: one reviewer, one stage, one record after another."""

from collections.abc import Iterable, Sequence
from types import TracebackType

from reviewkit.model.errors import ReviewkitError, UsageError
from reviewkit.model.messages import mark, tr
from reviewkit.model.records import Decision, Stage, Verdict
from reviewkit.screening.models import Filter, Order, RecordView, ScreeningProgress
from reviewkit.store import Store, screening_queries
from reviewkit.store.duplicates import stored_leads
from reviewkit.workflow.open_review import reviewers_needed
from reviewkit.workflow.session.annotations import NotesAndTags, Retrieval
from reviewkit.workflow.session.base import Session
from reviewkit.workflow.session.corrections import Corrections
from reviewkit.workflow.session.current_record import NO_RECORD_IN_VIEW, CurrentRecord, RecordStep
from reviewkit.workflow.session.highlight_terms import HighlightTerms
from reviewkit.workflow.session.many import ManyDecisions
from reviewkit.workflow.session.navigation import Navigation
from reviewkit.workflow.session.session_config import Ranker, SessionConfig
from reviewkit.workflow.session.session_store import RecordLeftStage, SessionStore
from reviewkit.workflow.session.studies import Studies

_VERDICT_WORDS = {
    Verdict.INCLUDE: mark("Included"),
    Verdict.EXCLUDE: mark("Excluded"),
    Verdict.MAYBE: mark("Maybe"),
    Verdict.WITHDRAWN: mark("Withdrawn"),
}
_TWO_REVIEWERS = "reviewers = { title_abstract = 2, full_text = 2 }"


class ScreeningSession(Session[RecordView]):
    """Decisions on records. `open_session` makes one.

    Its other subjects are parts of it: `navigation`, `notes`, `retrieval`, `corrections`, `studies`
    and `terms`.
    """

    NOTHING_IN_VIEW = NO_RECORD_IN_VIEW

    def __init__(self, store: Store, config: SessionConfig, ranker: Ranker | None = None) -> None:
        super().__init__(store, review=config.review, reviewer=config.reviewer)
        self.config = config
        self.stage: Stage = config.stage
        self.order: Order = config.order
        self.blind = config.blind
        # In the order in which digits choose them: the first is 1.
        self.reasons = config.protocol.exclusion_reasons
        # One counted reason per report (PRISMA 2020): at full text every exclusion names one.
        self.reason_needed = config.stage is Stage.FULL_TEXT and bool(self.reasons)

        if config.order is not Order.RANKED:
            ranker = None
        self._session_store = SessionStore(store, config, ranker)
        self._current = CurrentRecord(self._session_store)
        remember = self._undo_actions.append
        self.navigation = Navigation(self._session_store, self._current)
        self.notes = NotesAndTags(self._session_store, self._current, remember)
        self.retrieval = Retrieval(self._session_store, self._current, remember)
        self.corrections = Corrections(self._session_store, self._current, remember)
        self.studies = Studies(self._session_store, self._current, remember)
        self.terms = HighlightTerms(self._session_store, self._current)
        self.many = ManyDecisions(self._session_store, self._current, remember, self.reason_of)
        self._current.show_first()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # After an error of the database the queue may not be what is stored.
        if not isinstance(error, ReviewkitError):
            self._session_store.keep_queue()
        super().__exit__(kind, error, trace)

    def close(self) -> None:
        self._session_store.close_ranker()
        super().close()

    @property
    def view(self) -> RecordView | None:
        """The record in view; `None` when no record is left under the filter."""
        return self._current.view

    @property
    def progress(self) -> ScreeningProgress:
        """How far this reviewer is, also when no record is in view."""
        return self._session_store.progress

    @property
    def order_words(self) -> str:
        """The order in which records come, in words.

        A ranked session begins in random order while words are counted.
        """
        return self._current.order_words

    @property
    def nothing_left(self) -> str:
        """Why no record is in view, in one or two sentences."""
        if self._current.filter != Filter():
            return tr("Nothing is left under this filter.")

        nothing = tr("Nothing is left for you to screen here.")
        closed = self._session_store.closed
        if not closed:
            return nothing
        why = tr("others have decided or are to decide on them, or a stop leaves them out")
        closed_ones = tr(
            "{nothing} {closed} more are assigned to others or closed: {why}.",
            nothing=nothing,
            closed=closed,
            why=why,
        )
        if reviewers_needed(self.config.protocol)[self.stage] > 1:
            return closed_ones
        one_decides = tr("In this review one reviewer decides on each record.")
        for_two = tr(
            "For two, write under [screening] in the protocol: {line}", line=_TWO_REVIEWERS
        )
        return f"{closed_ones} {one_decides} {for_two}"

    @property
    def has_decided(self) -> bool:
        """Whether this reviewer has decided on anything in this review, at either stage."""
        return any(
            screening_queries.decision_history(self._store, self.reviewer, stage, limit=1)
            for stage in Stage
        )

    def titles_of(self, decisions: Iterable[Decision]) -> dict[str, str]:
        """Return the title of each record decided on, by its key."""
        summaries = self._session_store.summarise(decision.record for decision in decisions)
        return {summary.record: summary.title for summary in summaries}

    def include(self, note: str | None = None) -> RecordStep:
        return self._decide(Verdict.INCLUDE, None, note)

    def exclude(self, reason: str | int | None = None, note: str | None = None) -> RecordStep:
        """`reason` is a reason's wording or its number, from 1."""
        return self._decide(Verdict.EXCLUDE, self.reason_of(reason), note)

    def maybe(self, note: str | None = None) -> RecordStep:
        """Decide later: it is stored, and the record comes back under the filter `maybe`."""
        return self._decide(Verdict.MAYBE, None, note)

    def skip(self) -> RecordStep:
        """Show the next record; this one comes again at the end of this session."""
        record = self.require_view().record.key
        self._session_store.refresh()
        self._session_store.skip(record)

        def unskip() -> RecordStep:
            self._session_store.refresh()
            self._session_store.unskip(record)
            return self._current.show(record, tr("Back to the record that was skipped."))

        self._undo_actions.append(unskip)
        return self._current.show_next(tr("Skipped: it comes again when the others are done."))

    def history(self, limit: int = 200) -> Sequence[Decision]:
        """This reviewer's decisions at this stage, the newest first, withdrawn ones too."""
        return screening_queries.decision_history(
            self._store, self.reviewer, self.stage, limit=limit
        )

    def has(self, record: str) -> bool:
        """Return whether a key names a record of this stage."""
        return record in self._session_store

    def lead_of(self, record: str) -> str | None:
        """Return the lead record of a duplicate; `None` for every other record."""
        return stored_leads(self._store).get(record)

    def reason_of(self, reason: str | int | None) -> str | None:
        """Return a reason's wording, from its number (1 is the first) or from the wording itself.

        Raises UsageError for one that cannot be used.
        """
        if isinstance(reason, int):
            if not 1 <= reason <= len(self.reasons):
                raise UsageError(
                    tr("there is no reason {reason}", reason=reason), hint=_number(self.reasons)
                )
            return self.reasons[reason - 1]

        wording = (reason or "").strip()
        if not wording:
            if self.reason_needed:
                raise UsageError(
                    tr("at full text an exclusion needs its reason"), hint=_number(self.reasons)
                )
            return None

        by_wording = {known.casefold(): known for known in self.reasons}
        if self.reasons and wording.casefold() not in by_wording:
            raise UsageError(
                tr("{reason} is no exclusion reason of the protocol", reason=repr(reason)),
                hint=_number(self.reasons),
            )
        return by_wording.get(wording.casefold(), wording)

    def _decide(self, verdict: Verdict, reason: str | None, note: str | None) -> RecordStep:
        record = self.require_view().record.key
        try:
            sha256, decision = self._session_store.decide(record, verdict, reason, note)
        except RecordLeftStage:
            return self._current.show_next(
                tr(
                    "{record} is no longer a record of this stage: nothing was stored.",
                    record=record,
                )
            )

        self._undo_actions.append(lambda: self._take_back(sha256, decision))
        words = tr(_VERDICT_WORDS[verdict])
        if reason:
            words += f": {reason}"
        return self._current.show_next(f"{words}.")

    def _undo_earlier(self) -> RecordStep:
        earlier = screening_queries.last_to_undo(self._store, self.reviewer, self.stage)
        if earlier is None:
            raise UsageError(tr(self.NOTHING_TO_UNDO))
        return self._take_back(*earlier)

    def _take_back(self, sha256: str, decision: Decision) -> RecordStep:
        self._session_store.take_back(sha256, decision)
        words = tr(_VERDICT_WORDS[decision.verdict]).lower()
        return self._current.show(decision.record, tr("Taken back: {words}.", words=words))


def _number(reasons: Sequence[str]) -> str:
    return "; ".join(f"{number} {reason}" for number, reason in enumerate(reasons, 1))
