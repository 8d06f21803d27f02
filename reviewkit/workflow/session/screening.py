"""A screening session: one reviewer, one stage, one record after another, without any idea of its face.

Every action that decides is stored, and committed, before the next record is shown. Faces ask and show; nothing else.
"""

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from reviewkit.model.errors import UsageError
from reviewkit.model.records import Decision, Stage, Verdict
from reviewkit.model.text import plural
from reviewkit.screening.highlights import compile_term, compile_terms, protocol_terms
from reviewkit.screening.models import (
    Filter,
    Only,
    Order,
    Progress,
    RecordSummary,
    RecordView,
    RetrievalOutcome,
    Step,
    Term,
    TermKind,
)
from reviewkit.store import Store, annotations, record_search, screening_queries
from reviewkit.workflow.session.session_config import Ranker, SessionConfig
from reviewkit.workflow.session.session_store import RecordLeftStage, SessionStore
from reviewkit.workflow.session.view import build_view

_SAID = {
    Verdict.INCLUDE: "Included",
    Verdict.EXCLUDE: "Excluded",
    Verdict.MAYBE: "Maybe",
    Verdict.WITHDRAWN: "Withdrawn",
}


class ScreeningSession:
    """What a face works with. `open_session` makes one; use it as a context manager.

    Every action returns a Step: a sentence to show, and the record now in view (`None` when nothing is left). An
    action that cannot be done raises UsageError with the reason and changes nothing: show it and go on.
    """

    def __init__(self, store: Store, config: SessionConfig, ranker: Ranker | None = None) -> None:
        self._store = store
        self._config = config
        self._ranker = ranker if config.order is Order.RANKED else None
        self.review = config.review
        self.reviewer = config.reviewer
        self.stage: Stage = config.stage
        self.order: Order = config.order
        self.seed = config.seed
        self.blind = config.blind
        # In the order in which digits choose them: the first is 1.
        self.reasons = config.protocol.exclusion_reasons
        # One counted reason per report (PRISMA 2020): at full text every exclusion names one.
        self.reason_needed = config.stage is Stage.FULL_TEXT and bool(self.reasons)
        self.filter = Filter()
        self._allowed: frozenset[str] | None = None
        self._own_terms = annotations.terms_of(store, config.reviewer)
        self._terms = compile_terms(self.terms)
        self._trail: list[str] = []
        self._here = -1
        self._undo: list[Callable[[], Step]] = []
        self._session_store = SessionStore(store, config, self._ranker)
        self._view: RecordView | None = None
        self._order_said = ""
        self._show(self._choose())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database. Nothing is lost by not calling it: every decision was committed."""
        if self._ranker:
            self._ranker.close()
        self._store.close()

    @property
    def view(self) -> RecordView | None:
        """The record in view; `None` when nothing is left under this filter."""
        return self._view

    @property
    def order_words(self) -> str:
        """In which order records come, in words: a ranked session begins at random while words are counted."""
        return self._order_said

    @property
    def terms(self) -> tuple[Term, ...]:
        """Every highlighted term: the protocol's, then the reviewer's own."""
        return (*protocol_terms(self._config.protocol), *self._own_terms)

    @property
    def own_terms(self) -> tuple[Term, ...]:
        """The reviewer's own highlighted terms."""
        return self._own_terms

    @property
    def all_tags(self) -> tuple[str, ...]:
        """The tags this reviewer has used in this review, for completion."""
        return annotations.used_tags(self._store, self.reviewer)

    @property
    def progress(self) -> Progress:
        """How far this reviewer is, also when no record is in view."""
        return self._session_store.progress

    @property
    def nothing_left(self) -> str:
        """Why no record is in view, as one or two sentences."""
        if self.filter != Filter():
            return "Nothing is left under this filter."
        closed = self._session_store.queue.closed
        why = "others have decided or are to decide on them, or a stop leaves them out"
        others = f" {closed} more are not asked of you: {why}." if closed else ""
        return f"Nothing is left for you to screen here.{others}"

    def include(self, note: str | None = None) -> Step:
        return self._decide(Verdict.INCLUDE, None, note)

    def exclude(self, reason: str | int | None = None, note: str | None = None) -> Step:
        """`reason` is a reason's wording or its number, from 1."""
        return self._decide(Verdict.EXCLUDE, self.reason_of(reason), note)

    def maybe(self, note: str | None = None) -> Step:
        """Decide later: it is stored, and the record comes back under the filter `maybe`."""
        return self._decide(Verdict.MAYBE, None, note)

    def skip(self) -> Step:
        """Show the next one; this one comes again at the end of this session. Nothing is stored."""
        record = self._in_view().record.key
        self._session_store.queue.skip(record)

        def unskip() -> Step:
            self._session_store.queue.unskip(record)
            return self._show_step(record, "Back to the record that was skipped.")

        self._undo.append(unskip)
        return self._next("Skipped: it comes again when the others are done.")

    def undo(self) -> Step:
        """Take back the latest step of this session, or else the latest decision of an earlier one.

        The record comes into view again, with what stood before. The history keeps both.
        """
        if self._undo:
            step = self._undo[-1]()
            self._undo.pop()
            return step
        earlier = screening_queries.last_to_undo(self._store, self.reviewer, self.stage)
        if earlier is None:
            raise UsageError("there is nothing to undo")
        return self._take_back(*earlier)

    def back(self) -> Step:
        """Show the record that was in view before this one, with its decision. Nothing is changed."""
        if self._here <= 0:
            raise UsageError(
                "no record came before this one", hint="find an earlier one by search or filter"
            )
        self._here -= 1
        return self._show_step(
            self._trail[self._here], "Back one record; nothing was changed.", track=False
        )

    def forward(self) -> Step:
        """After `back`: towards the record that was in view last; then the next one under the filter."""
        if self._here + 1 < len(self._trail):
            self._here += 1
            return self._show_step(self._trail[self._here], "Forward one record.", track=False)
        return self._next("Next record.")

    def jump(self, record: str) -> Step:
        """Show a record by its key, decided or not, in whatever filter."""
        if record not in self._session_store.queue:
            raise UsageError(
                f"{record} is not a record of this stage",
                hint="duplicates and machine-excluded records are not",
            )
        return self._show_step(record, f"Showing {record}.")

    def find(self, text: str, limit: int = 50) -> tuple[RecordSummary, ...]:
        """Records of this stage by key, identifier or DOI, then those with these words, the best match first."""
        matches = dict.fromkeys(
            [
                *record_search.find_named(self._store, text),
                *record_search.search_words(self._store, text),
            ]
        )
        found = [record for record in matches if record in self._session_store.queue][:limit]
        return record_search.list_hits(self._store, found, self._session_store.queue.own)

    def list_records(self, limit: int = 1000) -> tuple[RecordSummary, ...]:
        """What the present filter leaves in view, in the order in which it comes."""
        found = []
        ahead = self._session_store.ahead() if self.filter.only is Only.TODO else ()
        for record in dict.fromkeys([*ahead, *self._session_store.queue.order]):
            if self._session_store.queue.belongs(record, self.filter.only) and (
                self._allowed is None or record in self._allowed
            ):
                found.append(record)
                if len(found) == limit:
                    break
        return record_search.list_hits(self._store, found, self._session_store.queue.own)

    def set_filter(self, wanted: Filter) -> Step:
        """Show only what the filter leaves. Raises UsageError where it leaves nothing, and keeps the old one."""
        allowed = self._matching(wanted)
        first = self._session_store.next_after(None, wanted.only, allowed)
        if first is None and wanted != Filter():
            raise UsageError("no record matches this filter", hint="the filter before it is kept")
        self.filter, self._allowed = wanted, allowed
        self._show(first)
        return Step(
            message="All open records." if wanted == Filter() else "Filtered.", view=self._view
        )

    def write_note(self, text: str) -> Step:
        """Set the reviewer's note on the record in view; an empty text removes it (the history keeps it)."""
        view = self._in_view()
        key, before = view.record.key, view.note or ""
        self._session_store.write_note(key, text.strip())

        def restore() -> Step:
            self._session_store.write_note(key, before)
            return self._show_step(key, "The note is as it was.")

        self._undo.append(restore)
        return self._show_step(key, "Note kept." if text.strip() else "Note removed.", track=False)

    def toggle_tag(self, tag: str) -> Step:
        """Put a tag of one's own on the record in view, or take it off."""
        name = " ".join(tag.split())
        if not name:
            raise UsageError("a tag must not be empty")
        view = self._in_view()
        key, present = view.record.key, name not in view.tags
        self._session_store.put_tag(key, name, present=present)

        def restore() -> Step:
            self._session_store.put_tag(key, name, present=not present)
            return self._show_step(key, f"Tag {name!r} as it was.")

        self._undo.append(restore)
        return self._show_step(key, f"Tag {name!r} {'on' if present else 'off'}.", track=False)

    def set_retrieval(self, outcome: RetrievalOutcome, detail: str | None = None) -> Step:
        """Full text only: the report in view was sought, retrieved, or could not be retrieved."""
        if self.stage is not Stage.FULL_TEXT:
            raise UsageError(
                "reports are sought at full text", hint="open the session with --stage full_text"
            )
        view = self._in_view()
        key, before = view.record.key, view.retrieval

        def restore() -> Step:
            self._session_store.tell_retrieval(
                key, before.outcome if before else None, before.detail if before else None
            )
            return self._show_step(key, "The report's retrieval is as it was.")

        self._session_store.tell_retrieval(key, outcome, detail)
        self._undo.append(restore)
        return self._show_step(key, f"Report {outcome.replace('_', ' ')}.", track=False)

    def add_term(self, text: str, *, kind: TermKind = TermKind.OWN, pattern: bool = False) -> Step:
        """Highlight a term of the reviewer's own, in this and later sessions."""
        term = Term(text=text.strip(), kind=kind, pattern=pattern)
        compile_term(term)
        with self._store.transaction():
            annotations.add_term(self._store, self.reviewer, term)
        return self._with_terms(f"Highlighting {term.text!r}.")

    def remove_term(self, text: str) -> Step:
        if text not in {term.text for term in self._own_terms}:
            raise UsageError(
                f"{text!r} is no term of your own",
                hint="the protocol's terms stand in the protocol",
            )
        with self._store.transaction():
            annotations.remove_term(self._store, self.reviewer, text)
        return self._with_terms(f"No longer highlighting {text!r}.")

    def history(self, limit: int = 200) -> Sequence[Decision]:
        """This reviewer's decisions at this stage, the newest first, taken back ones too."""
        return screening_queries.decision_history(
            self._store, self.reviewer, self.stage, limit=limit
        )

    def _decide(self, verdict: Verdict, reason: str | None, note: str | None) -> Step:
        record = self._in_view().record.key
        try:
            sha256, decision = self._session_store.decide(record, verdict, reason, note)
        except RecordLeftStage:
            return self._next(f"{record} is no longer a record of this stage: nothing was stored.")
        self._undo.append(lambda: self._take_back(sha256, decision))
        return self._next(f"{_SAID[verdict]}{f': {reason}' if reason else ''}.")

    def _take_back(self, sha256: str, decision: Decision) -> Step:
        self._session_store.take_back(sha256, decision)
        return self._show_step(decision.record, f"Taken back: {_SAID[decision.verdict].lower()}.")

    def has(self, record: str) -> bool:
        """Whether a key names a record of this stage."""
        return record in self._session_store.queue

    def reason_of(self, reason: str | int | None) -> str | None:
        """A reason's wording, by its number from 1 or by itself. Raises UsageError for one that cannot be used."""
        if isinstance(reason, int):
            if not 1 <= reason <= len(self.reasons):
                raise UsageError(f"there is no reason {reason}", hint=_numbered(self.reasons))
            return self.reasons[reason - 1]
        if reason is None or not reason.strip():
            if self.reason_needed:
                raise UsageError(
                    "at full text an exclusion needs its reason", hint=_numbered(self.reasons)
                )
            return None
        by_wording = {wording.casefold(): wording for wording in self.reasons}
        wording = by_wording.get(reason.strip().casefold())
        if wording is None and self.reasons:
            raise UsageError(
                f"{reason!r} is no exclusion reason of the protocol", hint=_numbered(self.reasons)
            )
        return wording or reason.strip()

    def _in_view(self) -> RecordView:
        if self._view is None:
            raise UsageError(
                "no record is in view", hint="undo, or look for one by search or filter"
            )
        return self._view

    def _next(self, message: str) -> Step:
        self._session_store.refresh()
        came = self._session_store.newcomers()
        current = self._view.record.key if self._view else None
        record = self._choose(current, anew=came > 0)
        if record is None:
            self._session_store.reload()
            came += self._session_store.newcomers()
            record = self._choose(current, anew=True)
        more = f" {plural(came, 'more record has come', 'more records have come')}." if came else ""
        return self._show_step(record, f"{message}{more}")

    def _choose(self, current: str | None = None, *, anew: bool = False) -> str | None:
        if anew:
            self._allowed = self._matching(self.filter)
        found = self._session_store.next_after(current, self.filter.only, self._allowed)
        self._order_said = self._session_store.order_words
        return found

    def _show_step(self, record: str | None, message: str, *, track: bool = True) -> Step:
        self._show(record, track=track)
        return Step(message=message, view=self._view)

    def _show(self, record: str | None, *, track: bool = True) -> None:
        if record is None:
            self._view = None
            return
        self._session_store.refresh()
        if track and (not self._trail or self._trail[self._here] != record):
            self._trail.append(record)
            self._here = len(self._trail) - 1
        self._view = build_view(
            self._store,
            self._config,
            self._session_store.queue,
            record,
            terms=self._terms,
            ranker=self._ranker,
            progress=self.progress,
        )

    def _with_terms(self, message: str) -> Step:
        self._own_terms = annotations.terms_of(self._store, self.reviewer)
        self._terms = compile_terms(self.terms)
        return self._show_step(self._view.record.key if self._view else None, message, track=False)

    def _matching(self, wanted: Filter) -> frozenset[str] | None:
        found = None
        if wanted.tag or wanted.source or wanted.year_from or wanted.year_to:
            found = record_search.select_records(
                self._store,
                reviewer=self.reviewer,
                tag=wanted.tag,
                source=wanted.source,
                year_from=wanted.year_from,
                year_to=wanted.year_to,
            )
        if wanted.text.strip():
            texts = record_search.matching(self._store, wanted.text)
            found = texts if found is None else found & texts
        return found


def _numbered(reasons: Sequence[str]) -> str:
    return "; ".join(f"{number} {reason}" for number, reason in enumerate(reasons, 1))
