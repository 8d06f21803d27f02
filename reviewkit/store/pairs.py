"""Pairs of records: what a linking found on each, and what people decided on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reviewkit.dedupe.pairs import Duplicates, Settled, SettledPair
from reviewkit.model.records import (
    RelationKind,
)
from reviewkit.store.database import Store, to_json
from reviewkit.store.events import PAIR, append


@dataclass(frozen=True, slots=True, kw_only=True)
class PairDecision:
    """One person's answer to a pair, `record_a` < `record_b`; `answer` is `None` where it takes an earlier one back.

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
    """A pair that a linking left for a person, as it was stored."""

    record_a: str
    record_b: str
    score: float
    rule: str
    words: str


def set_duplicates(store: Store, found: Duplicates) -> None:
    """Store the pairs, the copy that leads for each duplicate, and the relations between works. Nothing is deleted."""
    pairs = [
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
        for p in found.pairs
    ]
    values = ("outcome", "score", "rule", "words", "relation", "similarities")
    store.replace("pairs", ("record_a", "record_b"), values, pairs)
    leads = [(member, cluster.lead) for cluster in found.clusters for member in cluster.members]
    store.replace(
        "duplicates", ("record",), ("lead",), [pair for pair in leads if pair[0] != pair[1]]
    )
    relations = [(each.record, each.kind, each.target) for each in found.relations]
    store.replace("relations", ("record", "kind", "target"), (), relations)


def pairs_to_review(store: Store) -> list[tuple[str, str, str]]:
    """The pairs of records that wait for a person, by their keys, and why in words."""
    sql = "SELECT record_a, record_b, words FROM pairs WHERE outcome = 'ask' ORDER BY record_a, record_b"
    return [(one, two, words) for one, two, words in store.tuples(sql)]


def listed_pairs(store: Store) -> list[dict[str, Any]]:
    """Every stored pair with its titles: open questions, joined ones, and those that a rule keeps apart."""
    return store.rows(
        "SELECT pairs.outcome, pairs.record_a, pairs.record_b, round(pairs.score, 4) AS score, pairs.rule, "
        "pairs.words, pairs.relation, a.title AS title_a, b.title AS title_b FROM pairs "
        "JOIN records AS a ON a.record = record_a JOIN records AS b ON b.record = record_b "
        "ORDER BY CASE outcome WHEN 'ask' THEN 0 WHEN 'same' THEN 1 ELSE 2 END, score DESC, record_a, record_b"
    )


def add_pair_decision(store: Store, decision: PairDecision, *, protocol: str) -> str:
    """Append an answer inside the transaction that is open; its SHA-256 comes back."""
    values = {
        "record_a": decision.record_a,
        "record_b": decision.record_b,
        "answer": decision.answer or "withdrawn",
        "relation": decision.relation,
        "reviewer": decision.reviewer,
        "decided_at": decision.decided_at,
    }
    return append(store, PAIR, values, protocol=protocol)


def current_pair_decisions(store: Store) -> list[PairDecision]:
    """The answers that stand, by pair."""
    return [
        _decision(row)
        for row in store.rows("SELECT * FROM current_pair_decisions ORDER BY record_a, record_b")
    ]


def pair_history(store: Store, record_a: str, record_b: str) -> list[PairDecision]:
    """Everything that was said of a pair, the oldest first."""
    rows = store.rows(
        "SELECT * FROM pair_decisions WHERE record_a = ? AND record_b = ? ORDER BY step, decided_at, sha256",
        [record_a, record_b],
    )
    return [_decision(row) for row in rows]


def settled_pairs(store: Store) -> list[SettledPair]:
    """The answers that stand, as the search for duplicates takes them."""
    return [
        SettledPair(record_a=said.record_a, record_b=said.record_b, answer=said.answer)
        for said in current_pair_decisions(store)
        if said.answer is not None
    ]


def open_pairs(store: Store) -> list[OpenPair]:
    """The pairs that the last linking left for a person and nobody has answered, the most useful question first."""
    rows = store.rows(
        "SELECT record_a, record_b, score, rule, words FROM pairs WHERE outcome = 'ask' "
        "AND NOT EXISTS (SELECT 1 FROM current_pair_decisions AS said "
        "WHERE said.record_a = pairs.record_a AND said.record_b = pairs.record_b) "
        "ORDER BY score DESC, record_a, record_b"
    )
    return [OpenPair(**row) for row in rows]


def _decision(row: Mapping[str, Any]) -> PairDecision:
    return PairDecision(
        record_a=row["record_a"],
        record_b=row["record_b"],
        answer=None if row["answer"] == "withdrawn" else Settled(row["answer"]),
        relation=RelationKind(row["relation"]) if row["relation"] else None,
        reviewer=row["reviewer"],
        decided_at=row["decided_at"],
    )
