"""`dedupe review`: pairs that no rule could settle, one after another, for a person to answer.

At the next linking each answer counts over every rule.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from reviewkit.dedupe import Settled
from reviewkit.dedupe.explain import Explanation, explain
from reviewkit.model.errors import UsageError
from reviewkit.model.records import Record, RelationKind
from reviewkit.screening.models import SessionProgress
from reviewkit.store import Store
from reviewkit.store.duplicates import stored_leads
from reviewkit.store.pairs import (
    OpenPair,
    PairDecision,
    add_pair_decision,
    current_pair_decisions,
    open_pairs,
    pair_history,
)
from reviewkit.store.records import record_by_key
from reviewkit.workflow.clock import timestamp
from reviewkit.workflow.duplicates.link import settings_of
from reviewkit.workflow.open_review import open_as
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.session.base import Session, Step

RELATIONS = (
    RelationKind.PREPRINT_OF,
    RelationKind.HAS_PREPRINT,
    RelationKind.ABSTRACT_OF,
    RelationKind.HAS_ABSTRACT,
    RelationKind.UPDATE_OF,
    RelationKind.HAS_UPDATE,
    RelationKind.ERRATUM_OF,
    RelationKind.HAS_ERRATUM,
    RelationKind.COMMENT_ON,
    RelationKind.HAS_COMMENT,
    RelationKind.RELATED_TO,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairView:
    """Two records side by side, with the rule that left them open, its score (0 to 1), and why."""

    first: Record
    second: Record
    score: float
    words: str
    explanation: Explanation


Pair = tuple[str, str]
PairStep = Step[PairView]


class PairSession(Session[PairView]):
    """Answers to uncertain pairs. `open_pairs_session` makes one."""

    NOTHING_TO_UNDO = "there is nothing to undo in this session"
    NOTHING_IN_VIEW = ("no pair waits", "undo takes back the latest answer")

    def __init__(
        self,
        store: Store,
        project: ReviewProject,
        reviewer: str,
        clock: Callable[[], datetime.datetime],
    ) -> None:
        super().__init__(store, review=project.protocol.review.title, reviewer=reviewer)
        self._project = project
        self._clock = clock
        self._answered = 0
        self._skipped: list[Pair] = []
        self._open: list[OpenPair] = []
        self._view: PairView | None = None
        self._read()

    @property
    def view(self) -> PairView | None:
        """The pair in view; `None` when none is open."""
        return self._view

    @property
    def progress(self) -> SessionProgress:
        """How many pairs were answered in this session, and how many are open."""
        return SessionProgress(done=self._answered, left=len(self._open))

    def same(self) -> PairStep:
        return self._answer(Settled.SAME, None, "One record")

    def different(self) -> PairStep:
        return self._answer(Settled.DIFFERENT, None, "Two works")

    def related(self, kind: RelationKind) -> PairStep:
        """`kind` is what the first of the two is to the second."""
        if kind not in RELATIONS:
            raise UsageError(
                f"{kind} is not for two records of a review", hint=", ".join(RELATIONS)
            )
        return self._answer(Settled.RELATED, kind, f"Related, {kind.replace('_', ' ')}")

    def skip(self) -> PairStep:
        pair, before = self._pair_in_view(), self._skipped
        self._skipped = [*(p for p in before if p != pair), pair]
        self._read()

        def unskip() -> PairStep:
            self._skipped = before
            self._read(first=pair)
            return self._step("Back to the pair that was skipped.")

        self._undo_actions.append(unskip)
        return self._step("Skipped: it comes again after the others.")

    def history(self) -> list[PairDecision]:
        """Every answer to the pair in view, the oldest first."""
        return pair_history(self._store, *self._pair_in_view())

    def _answer(self, answer: Settled, relation: RelationKind | None, words: str) -> PairStep:
        pair = self._pair_in_view()
        before = self._current_decision(pair)
        self._store_answer(pair, answer, relation)
        self._answered += 1

        def take_back() -> PairStep:
            if before is None:
                self._store_answer(pair, None, None)
            else:
                self._store_answer(pair, before.answer, before.relation)
            self._answered -= 1
            self._read(first=pair)
            return self._step(f"Taken back: {words.lower()}.")

        self._undo_actions.append(take_back)
        self._read()
        return self._step(f"{words}.")

    def _current_decision(self, pair: Pair) -> PairDecision | None:
        for decision in current_pair_decisions(self._store):
            if (decision.record_a, decision.record_b) == pair:
                return decision
        return None

    def _store_answer(
        self, pair: Pair, answer: Settled | None, relation: RelationKind | None
    ) -> None:
        decision = PairDecision(
            record_a=pair[0],
            record_b=pair[1],
            answer=answer,
            relation=relation,
            reviewer=self.reviewer,
            decided_at=timestamp(self._clock()),
        )

        with self._store.transaction():
            add_pair_decision(self._store, decision, protocol=self._project.protocol_sha256)

    def _pair_in_view(self) -> Pair:
        view = self.require_view()
        return view.first.key, view.second.key

    def _read(self, *, first: Pair | None = None) -> None:
        """Read the open pairs again, since others may answer too, and show `first` or the first.

        What was skipped comes last.
        """
        self._open = self._open_pairs()
        skipped = set(self._skipped)

        def place(pair: OpenPair) -> tuple[bool, bool]:
            records = (pair.record_a, pair.record_b)
            return records != first, records in skipped

        self._view = None
        if self._open:
            self._view = self._build_view(min(self._open, key=place))

    def _open_pairs(self) -> list[OpenPair]:
        """Return the open pairs, without those that other answers have joined meanwhile."""
        leads = stored_leads(self._store)

        def lead(record: str) -> str:
            while record in leads:
                record = leads[record]
            return record

        for decision in current_pair_decisions(self._store):
            lead_a, lead_b = lead(decision.record_a), lead(decision.record_b)
            if decision.answer is Settled.SAME and lead_a != lead_b:
                leads[lead_b] = lead_a
        return [p for p in open_pairs(self._store) if lead(p.record_a) != lead(p.record_b)]

    def _build_view(self, pair: OpenPair) -> PairView | None:
        first = record_by_key(self._store, pair.record_a)
        second = record_by_key(self._store, pair.record_b)
        if first is None or second is None:
            return None

        settings = settings_of(self._project.protocol)
        return PairView(
            first=first,
            second=second,
            score=pair.score,
            words=pair.words,
            explanation=explain(first, second, settings=settings),
        )


def open_pairs_session(
    project: ReviewProject, reviewer: str, *, clock: Callable[[], datetime.datetime]
) -> PairSession:
    """Open the uncertain pairs of a review, to be answered in a reviewer's name.

    Raises UsageError for a name that cannot be used or a database without records.
    """
    name, store = open_as(project, reviewer, now=clock())
    try:
        return PairSession(store, project, name, clock)
    except BaseException:
        store.close()
        raise
