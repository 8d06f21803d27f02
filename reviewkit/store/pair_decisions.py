"""What people said of pairs of records: appended, and read back for the next linking."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reviewkit.dedupe.pairs import Settled, SettledPair
from reviewkit.model.records import RelationKind
from reviewkit.store.database import Store
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


def standing_pair_decisions(store: Store) -> list[PairDecision]:
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
        for said in standing_pair_decisions(store)
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
