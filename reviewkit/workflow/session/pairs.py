"""`dedupe review`: pairs that no rule could settle, one after another, for a person to answer.

At the next linking each answer counts over every rule.
"""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from reviewkit.dedupe import Settled
from reviewkit.dedupe.explain import Explanation, explain
from reviewkit.dedupe.questions import (
    StillToFind,
    group_of,
    in_groups,
    kind_of_question,
    still_to_find,
)
from reviewkit.model.errors import UsageError
from reviewkit.model.messages import mark, tr, tr_n
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

_KINDS = {
    RelationKind.PREPRINT_OF: mark("preprint of"),
    RelationKind.HAS_PREPRINT: mark("has preprint"),
    RelationKind.ABSTRACT_OF: mark("abstract of"),
    RelationKind.HAS_ABSTRACT: mark("has abstract"),
    RelationKind.UPDATE_OF: mark("update of"),
    RelationKind.HAS_UPDATE: mark("has update"),
    RelationKind.ERRATUM_OF: mark("erratum of"),
    RelationKind.HAS_ERRATUM: mark("has erratum"),
    RelationKind.COMMENT_ON: mark("comment on"),
    RelationKind.HAS_COMMENT: mark("has comment"),
    RelationKind.RELATED_TO: mark("related to"),
}
RELATIONS = tuple(_KINDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairView:
    """Two records side by side, with the rule that left them open, its score (0 to 1), and why.

    `group` is how many records hang together by open pairs, and `group_pairs` by how many;
    `alike` is how many open pairs have the same titles, journals and rule. `to_find` says how many
    of all open pairs are probably one record.
    """

    first: Record
    second: Record
    score: float
    words: str
    explanation: Explanation
    group: int = field(compare=False)
    group_pairs: int = field(compare=False)
    alike: int = field(compare=False)
    to_find: StillToFind = field(compare=False)

    def group_sentences(self) -> list[str]:
        """Return what one answer could settle besides this pair, in words."""
        lines = []
        if self.group_pairs > 1:
            lines.append(
                tr(
                    "{group} records hang together by {group_pairs} open pairs.",
                    group=self.group,
                    group_pairs=self.group_pairs,
                )
            )
        if self.alike > 1:
            lines.append(
                tr("{alike} open pairs have these titles and this journal.", alike=self.alike)
            )

        return lines


Pair = tuple[str, str]
Answer = tuple[Settled | None, RelationKind | None]
PairStep = Step[PairView]


class PairSession(Session[PairView]):
    """Answers to uncertain pairs, with `doubts` also to less sure ones.

    `open_pairs_session` makes one.
    """

    NOTHING_TO_UNDO = mark("there is nothing to undo in this session")
    NOTHING_IN_VIEW = (mark("no pair waits"), mark("undo takes back the latest answer"))

    def __init__(
        self,
        store: Store,
        project: ReviewProject,
        reviewer: str,
        clock: Callable[[], datetime.datetime],
        *,
        doubts: bool = False,
    ) -> None:
        super().__init__(store, review=project.protocol.review.title, reviewer=reviewer)
        self._project = project
        self._clock = clock
        self._with_doubts = doubts
        self._answered = 0
        self._skipped: list[Pair] = []
        self._open: list[OpenPair] = []
        self._known_kinds: dict[Pair, tuple[str, ...]] = {}
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
        return self._answer(Settled.SAME, None, tr("One record"))

    def different(self) -> PairStep:
        return self._answer(Settled.DIFFERENT, None, tr("Two works"))

    def related(self, kind: RelationKind) -> PairStep:
        """`kind` is what the first of the two is to the second."""
        if kind not in RELATIONS:
            raise UsageError(
                tr("{kind} is not for two records of a review", kind=kind),
                hint=", ".join(RELATIONS),
            )
        return self._answer(
            Settled.RELATED, kind, tr("Related, {text}", text=tr(_KINDS[RelationKind(kind)]))
        )

    def same_group(self) -> PairStep:
        """Answer that all records of the group in view are one."""
        pairs = self._group()
        return self._answer_all(pairs, Settled.SAME, tr("One record, {pairs}", pairs=_pairs(pairs)))

    def different_group(self) -> PairStep:
        """Answer that every open pair of the group in view is two works."""
        pairs = self._group()
        return self._answer_all(
            pairs, Settled.DIFFERENT, tr("Different works, {pairs}", pairs=_pairs(pairs))
        )

    def different_kind(self) -> PairStep:
        """Answer that every open pair of the kind in view is two works, as columns are."""
        pairs = self._alike(self._pair_in_view())
        return self._answer_all(
            pairs, Settled.DIFFERENT, tr("Different works, {pairs}", pairs=_pairs(pairs))
        )

    def skip(self) -> PairStep:
        pair, before = self._pair_in_view(), self._skipped
        self._skipped = [*(p for p in before if p != pair), pair]
        self._read()

        def unskip() -> PairStep:
            self._skipped = before
            self._read(first=pair)
            return self._step(tr("Back to the pair that was skipped."))

        self._undo_actions.append(unskip)
        return self._step(tr("Skipped: it comes again after the others."))

    def history(self) -> list[PairDecision]:
        """Every answer to the pair in view, the oldest first."""
        return pair_history(self._store, *self._pair_in_view())

    def _answer(self, answer: Settled, relation: RelationKind | None, words: str) -> PairStep:
        return self._answer_all([self._pair_in_view()], answer, words, relation)

    def _answer_all(
        self,
        pairs: list[Pair],
        answer: Settled,
        words: str,
        relation: RelationKind | None = None,
    ) -> PairStep:
        """Answer the pairs in one transaction; one step of undo takes all of them back."""
        in_view = self._pair_in_view()
        before = {
            (decision.record_a, decision.record_b): decision
            for decision in current_pair_decisions(self._store)
        }
        self._store_answers(dict.fromkeys(pairs, (answer, relation)))
        self._answered += len(pairs)

        def take_back() -> PairStep:
            earlier: dict[Pair, Answer] = dict.fromkeys(pairs, (None, None))
            for pair in before.keys() & earlier.keys():
                earlier[pair] = before[pair].answer, before[pair].relation
            self._store_answers(earlier)
            self._answered -= len(pairs)
            self._read(first=in_view)
            return self._step(tr("Taken back: {text}.", text=words.lower()))

        self._undo_actions.append(take_back)
        self._read()
        return self._step(f"{words}.")

    def _store_answers(self, answers: Mapping[Pair, Answer]) -> None:
        with self._store.transaction():
            for (record_a, record_b), (answer, relation) in answers.items():
                decision = PairDecision(
                    record_a=record_a,
                    record_b=record_b,
                    answer=answer,
                    relation=relation,
                    reviewer=self.reviewer,
                    decided_at=timestamp(self._clock()),
                )
                add_pair_decision(self._store, decision, protocol=self._project.protocol_sha256)

    def _group(self) -> list[Pair]:
        pairs = [(pair.record_a, pair.record_b) for pair in self._open]
        return group_of(self._pair_in_view(), pairs)

    def _alike(self, pair: Pair) -> list[Pair]:
        """Return the open pairs of the same kind as this open pair, itself included."""
        kinds = self._kinds()
        return [other for other, kind in kinds.items() if kind == kinds.get(pair)]

    def _kinds(self) -> dict[Pair, tuple[str, ...]]:
        kinds = {}
        for pair in self._open:
            key = pair.record_a, pair.record_b
            if key not in self._known_kinds:
                one, two = (record_by_key(self._store, record) for record in key)
                if one is None or two is None:
                    continue
                self._known_kinds[key] = kind_of_question(pair.rule, one, two)
            kinds[key] = self._known_kinds[key]
        return kinds

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
        found = open_pairs(self._store, doubts=self._with_doubts)
        unjoined = [pair for pair in found if lead(pair.record_a) != lead(pair.record_b)]
        by_key = {(pair.record_a, pair.record_b): pair for pair in unjoined}
        ordered = in_groups((key, pair.score) for key, pair in by_key.items())
        return [by_key[key] for key in ordered]

    def _build_view(self, pair: OpenPair) -> PairView | None:
        first = record_by_key(self._store, pair.record_a)
        second = record_by_key(self._store, pair.record_b)
        if first is None or second is None:
            return None

        settings = settings_of(self._project.protocol)
        key = pair.record_a, pair.record_b
        group = group_of(key, [(each.record_a, each.record_b) for each in self._open])
        answers = [decision.answer for decision in current_pair_decisions(self._store)]
        return PairView(
            first=first,
            second=second,
            score=pair.score,
            words=pair.words,
            explanation=explain(first, second, settings=settings),
            group=len({record for edge in group for record in edge}),
            group_pairs=len(group),
            alike=len(self._alike(key)),
            to_find=still_to_find(len(self._open), answers.count(Settled.SAME), len(answers)),
        )


def _pairs(pairs: list[Pair]) -> str:
    return tr_n(len(pairs), "{n} pair", "{n} pairs")


def open_pairs_session(
    project: ReviewProject,
    reviewer: str,
    *,
    clock: Callable[[], datetime.datetime],
    doubts: bool = False,
) -> PairSession:
    """Open the uncertain pairs of a review, to be answered in a reviewer's name.

    With `doubts` also those that are too unsure to be asked otherwise.

    Raises UsageError for a name that cannot be used or a database without records.
    """
    name, store = open_as(project, reviewer, now=clock())
    try:
        return PairSession(store, project, name, clock, doubts=doubts)
    except BaseException:
        store.close()
        raise
