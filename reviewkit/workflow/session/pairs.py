"""`dedupe review`: pairs that no rule could settle, one after another, for a person to say. It knows no face.

Each answer is committed before the next pair is shown, and stands over every rule at the next linking.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from reviewkit.dedupe import Explanation, Settled, explain
from reviewkit.model.errors import UsageError
from reviewkit.model.records import Record, RelationKind
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What an action came to: a sentence for the person, and the pair now in view (`None`: none waits)."""

    message: str
    view: PairView | None


class PairSession:
    """What a face works with; `open_pairs_session` makes one. Use it as a context manager.

    An action that cannot be done raises UsageError with the reason and changes nothing.
    """

    def __init__(
        self,
        store: Store,
        project: ReviewProject,
        reviewer: str,
        clock: Callable[[], datetime.datetime],
    ) -> None:
        self._store = store
        self._place = project
        self._clock = clock
        self.reviewer = reviewer
        self.review = project.protocol.review.title
        self.answered = 0
        self._skipped: list[tuple[str, str]] = []
        self._undo: list[Callable[[], str]] = []
        self._turn()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._store.close()

    @property
    def view(self) -> PairView | None:
        """The pair in view; `None` when none waits."""
        return self._view

    @property
    def left(self) -> int:
        """How many pairs wait, skipped ones among them."""
        return len(self._waiting)

    def same(self) -> Step:
        return self._answer(Settled.SAME, None, "One record")

    def different(self) -> Step:
        return self._answer(Settled.DIFFERENT, None, "Two works")

    def related(self, kind: RelationKind) -> Step:
        """`kind` is what the first of the two is to the second."""
        if kind not in RELATIONS:
            raise UsageError(
                f"{kind} is not for two records of a review", hint=", ".join(RELATIONS)
            )
        return self._answer(Settled.RELATED, kind, f"Related, {kind.replace('_', ' ')}")

    def skip(self) -> Step:
        """Show the next pair; this one comes again after the others. Nothing is stored."""
        pair = self._in_view()
        before = [*self._skipped]
        self._skipped = [*(p for p in self._skipped if p != pair), pair]

        def unskip() -> str:
            self._skipped = before
            self._turn(first=pair)
            return "Back to the pair that was skipped."

        self._undo.append(unskip)
        self._turn()
        return Step(message="Skipped: it comes again after the others.", view=self._view)

    def undo(self) -> Step:
        """Take back the latest step of this session: what stood before stands again, and the history keeps both."""
        if not self._undo:
            raise UsageError("there is nothing to undo in this session")
        message = self._undo[-1]()
        self._undo.pop()
        return Step(message=message, view=self._view)

    def _answer(self, answer: Settled, relation: RelationKind | None, words: str) -> Step:
        pair = self._in_view()
        before = next(
            (p for p in current_pair_decisions(self._store) if (p.record_a, p.record_b) == pair),
            None,
        )
        self._store_answer(pair, answer, relation)
        self.answered += 1

        def take_back() -> str:
            self._store_answer(
                pair, before.answer if before else None, before.relation if before else None
            )
            self.answered -= 1
            self._turn(first=pair)
            return f"Taken back: {words.lower()}."

        self._undo.append(take_back)
        self._turn()
        return Step(message=f"{words}.", view=self._view)

    def _store_answer(
        self, pair: tuple[str, str], answer: Settled | None, relation: RelationKind | None
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
            add_pair_decision(self._store, decision, protocol=self._place.protocol_sha256)

    def history(self) -> list[PairDecision]:
        """Everything that was said of the pair in view, the oldest first."""
        return pair_history(self._store, *self._in_view())

    def _in_view(self) -> tuple[str, str]:
        if self._view is None:
            raise UsageError("no pair waits", hint="undo takes back the latest answer")
        return self._view.first.key, self._view.second.key

    def _turn(self, *, first: tuple[str, str] | None = None) -> None:
        """Read what waits anew, since others may answer too, and look at the first of it, or at the one named."""
        self._waiting = self._open()
        later = set(self._skipped)
        order = sorted(
            self._waiting,
            key=lambda p: ((p.record_a, p.record_b) != first, (p.record_a, p.record_b) in later),
        )
        self._view = self._look(order[0]) if order else None

    def _open(self) -> list[OpenPair]:
        """The pairs that wait, without those that other answers have made one record meanwhile."""
        leads = stored_leads(self._store)

        def lead(record: str) -> str:
            while record in leads:
                record = leads[record]
            return record

        for decision in current_pair_decisions(self._store):
            one, two = lead(decision.record_a), lead(decision.record_b)
            if decision.answer is Settled.SAME and one != two:
                leads[two] = one
        return [p for p in open_pairs(self._store) if lead(p.record_a) != lead(p.record_b)]

    def _look(self, pair: OpenPair) -> PairView | None:
        first, second = (
            record_by_key(self._store, pair.record_a),
            record_by_key(self._store, pair.record_b),
        )
        if first is None or second is None:
            return None
        return PairView(
            first=first,
            second=second,
            score=pair.score,
            words=pair.words,
            explanation=explain(first, second, settings=settings_of(self._place.protocol)),
        )


def open_pairs_session(
    project: ReviewProject, reviewer: str, *, clock: Callable[[], datetime.datetime]
) -> PairSession:
    """The uncertain pairs of a review, to be answered in a reviewer's name.

    Raises UsageError for a name that cannot be used or a database without records.
    """
    name, store = open_as(project, reviewer, now=clock())
    try:
        return PairSession(store, project, name, clock)
    except BaseException:
        store.close()
        raise
