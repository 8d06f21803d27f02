"""Pairs of records: what a linking found on each, and what people decided on it."""

from dataclasses import dataclass

from reviewkit.dedupe.pairs import LESS_SURE, Duplicates, Settled, SettledPair
from reviewkit.model.records import RelationKind
from reviewkit.store.database import Row, Store, to_json
from reviewkit.store.events import PAIR, append

_WITHDRAWN = "withdrawn"
_DECISION = "record_a, record_b, answer, relation, reviewer, decided_at"

_SAID = (
    "CASE answered.answer "
    "WHEN 'same' THEN 'joined: ' || answered.reviewer || ' says that they are one record' "
    "WHEN 'different' THEN 'kept apart: ' || answered.reviewer || ' says that they are two works' "
    "WHEN 'related' THEN 'kept apart: ' || answered.reviewer || ' says that they are related' END"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairDecision:
    """One person's answer to a pair, `record_a` < `record_b`; `None` takes an earlier answer back.

    `relation` is what `record_a` is to `record_b`, where the two are related.
    """

    record_a: str
    record_b: str
    answer: Settled | None
    relation: RelationKind | None
    reviewer: str
    decided_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPair:
    """A pair that a linking left for a person to decide on."""

    record_a: str
    record_b: str
    score: float
    rule: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPair:
    """A stored pair with its titles; `outcome` is "ask", "same" or "different"."""

    outcome: str
    record_a: str
    record_b: str
    score: float
    rule: str
    words: str
    relation: str | None
    title_a: str | None
    title_b: str | None


def set_duplicates(store: Store, duplicates: Duplicates) -> None:
    """Store the pairs, the lead record of each duplicate, and the relations between works.

    No record is deleted.
    """
    pairs = (
        (
            p.record_a,
            p.record_b,
            p.outcome,
            p.score,
            p.rule,
            p.words,
            p.relation,
            to_json(p.similarities),
        )
        for p in duplicates.pairs
    )
    values = ("outcome", "score", "rule", "words", "relation", "similarities")
    wanted = {(pair.record_a, pair.record_b) for pair in duplicates.pairs}
    store.replace("pairs", ("record_a", "record_b"), values, pairs, wanted=wanted)

    leads: list[tuple[str, str]] = []
    for cluster in duplicates.clusters:
        leads += [(copy, cluster.lead) for copy in cluster.members if copy != cluster.lead]
    store.replace("duplicates", ("record",), ("lead",), leads)

    relations = [(each.record, each.kind, each.target) for each in duplicates.relations]
    store.replace("relations", ("record", "kind", "target"), (), relations)


def listed_pairs(store: Store) -> list[ListedPair]:
    """Return every stored pair: to review, then duplicates, then pairs that are kept apart.

    A person's answer goes before what a rule says: the outcome and the words are the person's.
    """
    rows = store.rows(
        "SELECT CASE answered.answer WHEN 'same' THEN 'same' WHEN 'different' THEN 'different' "
        "WHEN 'related' THEN 'different' ELSE pairs.outcome END AS outcome, "
        "pairs.record_a, pairs.record_b, round(pairs.score, 4) AS score, pairs.rule, "
        f"coalesce({_SAID}, pairs.words), coalesce(answered.relation, pairs.relation), "
        "a.title, b.title "
        "FROM pairs JOIN records AS a ON a.record = pairs.record_a "
        "JOIN records AS b ON b.record = pairs.record_b "
        "LEFT JOIN current_pair_decisions AS answered "
        "ON answered.record_a = pairs.record_a AND answered.record_b = pairs.record_b "
        "ORDER BY CASE outcome WHEN 'ask' THEN 0 WHEN 'same' THEN 1 ELSE 2 END, "
        "score DESC, pairs.record_a, pairs.record_b"
    )
    return [
        ListedPair(
            outcome=outcome,
            record_a=record_a,
            record_b=record_b,
            score=score,
            rule=rule,
            words=words,
            relation=relation,
            title_a=title_a,
            title_b=title_b,
        )
        for outcome, record_a, record_b, score, rule, words, relation, title_a, title_b in rows
    ]


def pairs_to_review(store: Store) -> list[tuple[str, str, str]]:
    """Return the pairs that no rule could decide: the two keys, and why in words."""
    rows = store.rows(
        "SELECT record_a, record_b, words FROM pairs WHERE outcome = 'ask' "
        "ORDER BY record_a, record_b"
    )
    return [(record_a, record_b, words) for record_a, record_b, words in rows]


def open_pairs(store: Store, *, doubts: bool = False) -> list[OpenPair]:
    """Return the pairs to review that nobody has answered, the surest first.

    With `doubts` also those in doubt that are not asked.
    """
    rows = store.rows(
        "SELECT record_a, record_b, score, rule, words FROM pairs "
        "WHERE (outcome = 'ask' OR (? AND rule = ?)) "
        "AND NOT EXISTS (SELECT 1 FROM current_pair_decisions AS answered "
        "WHERE answered.record_a = pairs.record_a AND answered.record_b = pairs.record_b) "
        "ORDER BY score DESC, record_a, record_b",
        [doubts, LESS_SURE],
    )
    return [
        OpenPair(record_a=record_a, record_b=record_b, score=score, rule=rule, words=words)
        for record_a, record_b, score, rule, words in rows
    ]


def add_pair_decision(store: Store, decision: PairDecision, *, protocol: str) -> str:
    """Append an answer inside the open transaction; return its SHA-256."""
    values = {
        "record_a": decision.record_a,
        "record_b": decision.record_b,
        "answer": decision.answer or _WITHDRAWN,
        "relation": decision.relation,
        "reviewer": decision.reviewer,
        "decided_at": decision.decided_at,
    }
    return append(store, PAIR, values, protocol=protocol)


def current_pair_decisions(store: Store) -> list[PairDecision]:
    """Return the current answers, by pair. Answers that were taken back are left out."""
    rows = store.rows(f"SELECT {_DECISION} FROM current_pair_decisions ORDER BY record_a, record_b")
    return [_pair_decision(row) for row in rows]


def current_pair_decision(store: Store, record_a: str, record_b: str) -> PairDecision | None:
    """Return the current answer to a pair; `None` where there is none, or it was taken back."""
    row = store.first(
        f"SELECT {_DECISION} FROM current_pair_decisions WHERE record_a = ? AND record_b = ?",
        [record_a, record_b],
    )
    return _pair_decision(row) if row else None


def answers_on(store: Store, record: str) -> list[PairDecision]:
    """Return every answer to a pair that a record is in, the oldest first."""
    rows = store.rows(
        f"SELECT {_DECISION} FROM pair_decisions WHERE record_a = ? OR record_b = ? "
        "ORDER BY pair_decision",
        [record, record],
    )
    return [_pair_decision(row) for row in rows]


def is_linked(store: Store) -> bool:
    """Return whether the duplicates of this review were linked before."""
    row = store.first(
        "SELECT 1 WHERE EXISTS (SELECT 1 FROM pairs) OR EXISTS (SELECT 1 FROM compared_under)"
    )
    return row is not None


def pair_history(store: Store, record_a: str, record_b: str) -> list[PairDecision]:
    """Return every answer to a pair, the oldest first."""
    rows = store.rows(
        f"SELECT {_DECISION} FROM pair_decisions WHERE record_a = ? AND record_b = ? "
        "ORDER BY step, decided_at, sha256",
        [record_a, record_b],
    )
    return [_pair_decision(row) for row in rows]


def settled_pairs(store: Store) -> list[SettledPair]:
    """Return the current answers as the search for duplicates takes them."""
    return [
        SettledPair(record_a=each.record_a, record_b=each.record_b, answer=each.answer)
        for each in current_pair_decisions(store)
        if each.answer is not None
    ]


def _pair_decision(row: Row) -> PairDecision:
    record_a, record_b, answer, relation, reviewer, decided_at = row
    return PairDecision(
        record_a=record_a,
        record_b=record_b,
        answer=None if answer == _WITHDRAWN else Settled(answer),
        relation=RelationKind(relation) if relation else None,
        reviewer=reviewer,
        decided_at=decided_at,
    )


def count_answered_pairs(store: Store) -> int:
    """Return how many pairs of records have an answer of a person that counts."""
    return int(store.value("SELECT count(*) FROM current_pair_decisions"))
