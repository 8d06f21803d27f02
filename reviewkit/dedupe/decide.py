"""Same, ask or different: a learned score, then the contradictions, then what a person has settled.

The score alone never joins records: a veto keeps them apart, a doubt leaves the question open.
"""

from dataclasses import dataclass

import numpy as np

from reviewkit.dedupe.certainties import CERTAINTIES, certainties
from reviewkit.dedupe.compare import Likeness
from reviewkit.dedupe.compare.fields import Flags, Floats
from reviewkit.dedupe.evidence import at_least, below, evidence
from reviewkit.dedupe.merge_rules import DOUBTS, VETOES, circumstances, doubts, vetoes
from reviewkit.dedupe.pairs import PairOutcome
from reviewkit.dedupe.prepare import Ints, Prepared
from reviewkit.dedupe.settings import DedupeSettings
from reviewkit.dedupe.weights import Weights, learned_weights

SAME, ASK, DIFFERENT, VETOED = 3, 2, 1, 0
OUTCOMES = {
    SAME: PairOutcome.SAME,
    ASK: PairOutcome.ASK,
    DIFFERENT: PairOutcome.DIFFERENT,
    VETOED: PairOutcome.DIFFERENT,
}

WORDS = {
    "same_place": "the same title at the same place",
    "alike": "title, authors and venue agree, and nothing speaks against it",
    "likely": "much agrees, but not enough to be sure",
    "unlike": "too little agrees",
    **CERTAINTIES,
    **VETOES,
    **DOUBTS,
}
RULES = tuple(WORDS)
_INDEX = {name: place for place, name in enumerate(RULES)}


# A certainty lifts the score to this, so that a stricter threshold still asks.
CERTAIN = 0.99


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgements:
    """Per pair: a code of OUTCOMES, the score, and the place in RULES of the rule that fired."""

    codes: Ints
    scores: Floats
    rules: Ints


def decide(
    prepared: Prepared, pairs: Likeness, settings: DedupeSettings, weights: Weights | None = None
) -> Judgements:
    """The verdict on every pair; `weights` stands in for the learned ones when they are being learned."""
    scores = (weights or learned_weights()).score(evidence(pairs.values))
    at = circumstances(prepared, pairs)
    settled = certainties(prepared, pairs, at)
    scores = np.where(
        np.logical_or.reduce(list(settled.values())), np.maximum(scores, CERTAIN), scores
    )
    codes = np.where(
        scores >= settings.same_at, SAME, np.where(scores >= settings.ask_at, ASK, DIFFERENT)
    )
    rules = np.select(
        [codes == DIFFERENT, codes == ASK, at.same_id, at.same_place],
        [_INDEX["unlike"], _INDEX["likely"], _INDEX["same_identifier"], _INDEX["same_place"]],
        _INDEX["alike"],
    )
    worth_asking = at.renamed | _same_words(pairs)
    rules = np.where(worth_asking & (codes < ASK), _INDEX["likely"], rules)
    codes = np.where(worth_asking & (codes < ASK), ASK, codes)
    _apply(doubts(prepared, pairs, at), codes, rules, reach=codes == SAME, code=ASK)
    _apply(settled, codes, rules, reach=scores >= settings.same_at, code=SAME)
    _apply(vetoes(prepared, pairs, at), codes, rules, reach=codes >= DIFFERENT, code=VETOED)
    return Judgements(codes=codes, scores=scores, rules=rules)


def _same_words(pairs: Likeness) -> Flags:
    """The same authors gave the same title of some length, not plainly elsewhere: a person should see what differs."""
    v = pairs.values
    elsewhere = below(v["journal"], 0.6) & (v["volume"] == 0)
    people = at_least(v["authors_all"], 0.8) & (v["telling"] >= 4)
    nobody = np.isnan(v["authors"]) & (v["telling"] >= 6) & ~(v["year_gap"] > 1)
    return np.asarray(at_least(v["title"], 0.97) & (people | nobody) & ~elsewhere, dtype=np.bool_)


def _apply(found: dict[str, Flags], codes: Ints, rules: Ints, *, reach: Flags, code: int) -> None:
    """Let the first rule that holds decide each pair within reach."""
    left = reach.copy()
    for name, holds in found.items():
        hit = left & holds
        codes[hit] = code
        rules[hit] = _INDEX[name]
        left &= ~hit
