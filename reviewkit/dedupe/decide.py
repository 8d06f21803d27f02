"""Decide for each pair: same, ask or different, by a learned score and by rules.

The score alone never joins records: a veto keeps them apart, a doubt asks a person.
"""

from dataclasses import dataclass

import numpy as np

from reviewkit.dedupe.certainties import CERTAINTIES, certainties
from reviewkit.dedupe.circumstances import circumstances, either, has
from reviewkit.dedupe.compare import Likeness
from reviewkit.dedupe.compare.fields import Flags, Floats
from reviewkit.dedupe.evidence import at_least, below, evidence
from reviewkit.dedupe.merge_rules import DOUBTS, NOT_ASKED, VETOES, doubts, not_worth_asking, vetoes
from reviewkit.dedupe.normalise.kind import PublicationKind
from reviewkit.dedupe.pairs import LESS_SURE, PairOutcome
from reviewkit.dedupe.prepare import Ints, Prepared
from reviewkit.dedupe.settings import DedupeSettings
from reviewkit.dedupe.weights import learned_weights
from reviewkit.model.messages import mark

SAME, ASK, DIFFERENT, VETOED = 3, 2, 1, 0
OUTCOMES = {
    SAME: PairOutcome.SAME,
    ASK: PairOutcome.ASK,
    DIFFERENT: PairOutcome.DIFFERENT,
    VETOED: PairOutcome.DIFFERENT,
}

WORDS = {
    "same_place": mark("the same title at the same place"),
    "alike": mark("title, authors and venue agree, and nothing contradicts"),
    "likely": mark("much agrees, but not enough to be sure"),
    "unlike": mark("too little agrees"),
    **CERTAINTIES,
    **VETOES,
    **DOUBTS,
    **NOT_ASKED,
    LESS_SURE: mark("in doubt, but less sure than the pairs that are asked"),
}
RULES = tuple(WORDS)
_INDEX = {name: place for place, name in enumerate(RULES)}


# A certainty raises the score to this, so that a stricter threshold still asks, and a little more
# the more agrees: what is best known is joined first.
CERTAIN = 0.99


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgements:
    """For each pair: a code of OUTCOMES, the score, and the place in RULES of the deciding rule."""

    codes: Ints
    scores: Floats
    rules: Ints


def decide(prepared: Prepared, pairs: Likeness, settings: DedupeSettings) -> Judgements:
    """Return the judgement on every pair."""
    weights = settings.weights or learned_weights()
    scores = weights.score(evidence(pairs.values))
    at = circumstances(prepared, pairs)
    settled = certainties(prepared, pairs, at)
    certain = np.logical_or.reduce(list(settled.values()))
    lifted = CERTAIN + (1 - CERTAIN) * scores
    scores = np.where(certain, np.maximum(scores, lifted), scores)

    sure, likely = scores >= settings.same_at, scores >= settings.ask_at
    codes = np.where(sure, SAME, np.where(likely, ASK, DIFFERENT))

    rules = np.select(
        [codes == DIFFERENT, codes == ASK, at.same_id, at.same_place],
        [_INDEX["unlike"], _INDEX["likely"], _INDEX["same_identifier"], _INDEX["same_place"]],
        _INDEX["alike"],
    )

    worth_asking = at.renamed | at.identical | _same_words(prepared, pairs)
    rules = np.where(worth_asking & (codes < ASK), _INDEX["likely"], rules)
    codes = np.where(worth_asking & (codes < ASK), ASK, codes)

    _apply(doubts(prepared, pairs, at), codes, rules, reach=codes == SAME, code=ASK)
    _apply(settled, codes, rules, reach=scores >= settings.same_at, code=SAME)
    spared = not_worth_asking(prepared, pairs, at)
    _apply(spared, codes, rules, reach=codes == ASK, code=DIFFERENT)
    _apply(vetoes(prepared, pairs, at), codes, rules, reach=codes >= DIFFERENT, code=VETOED)
    return Judgements(codes=codes, scores=scores, rules=rules)


def _same_words(prepared: Prepared, pairs: Likeness) -> Flags:
    """Return where the same authors use the same longer title, not clearly in another place.

    A person should see what differs.
    """
    v = pairs.values
    other_text = ~at_least(v["abstract"], 0.9)
    elsewhere = (v["volume"] == 0) & (
        below(v["journal"], 0.6) | ((v["first_page"] == 0) & other_text)
    )
    # A talk at a meeting is printed again in another journal, or in another year.
    meeting = has(either(prepared, pairs), PublicationKind.ABSTRACT)
    again = below(v["journal"], 0.5) & ((v["year_gap"] > 0) | meeting)
    elsewhere |= again & (other_text | (v["doi"] == 0)) & (v["doi"] != 1)
    people = at_least(v["authors_all"], 0.8) & (v["telling"] >= 4)
    nobody = np.isnan(v["authors"]) & (v["telling"] >= 6) & ~(v["year_gap"] > 0)
    return np.asarray(at_least(v["title"], 0.97) & (people | nobody) & ~elsewhere, dtype=np.bool_)


def _apply(
    rules_by_name: dict[str, Flags], codes: Ints, rules: Ints, *, reach: Flags, code: int
) -> None:
    """Let the first rule that holds decide each pair within reach."""
    undecided = reach.copy()

    for name, holds in rules_by_name.items():
        hit = undecided & holds
        codes[hit] = code
        rules[hit] = _INDEX[name]
        undecided &= ~hit
