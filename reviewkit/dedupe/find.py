"""Find the duplicates among records: prepare, block, compare, decide, cluster."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from reviewkit.dedupe.block import candidate_pairs
from reviewkit.dedupe.judging import PairJudge
from reviewkit.dedupe.pair_cache import ComparedPairs
from reviewkit.dedupe.pairs import Duplicates, Pair, SettledPair
from reviewkit.dedupe.prepare import prepare
from reviewkit.dedupe.result import pair_of, result_of
from reviewkit.dedupe.settings import DedupeSettings
from reviewkit.model.progress import Progress, silent
from reviewkit.model.records import Record


def find_duplicates(
    records: Iterable[Record],
    *,
    settings: DedupeSettings | None = None,
    known: Sequence[SettledPair] = (),
    arrival: Mapping[str, int] | None = None,
    earlier: ComparedPairs | None = None,
    progress: Progress = silent,
) -> Duplicates:
    """Return the duplicates, open questions and relations, the same for any order of the records.

    `known` are people's answers; they overrule every rule. `arrival` says which copy came first
    (lower is earlier). `earlier` holds the pairs that need not be compared again: the `compared` of
    a run with the same settings over all or some of these records. `Duplicates.compared` is filled
    only if `earlier` is not None.
    """
    prepared = prepare(records, progress=progress)
    judge = PairJudge(prepared, settings or DedupeSettings(), earlier=earlier)
    first, second = candidate_pairs(judge.prepared)
    judge.judge(first, second, progress=progress)
    judge.check_chains()
    return result_of(judge, known, arrival)


def judge_pair(one: Record, two: Record, *, settings: DedupeSettings | None = None) -> Pair:
    """Return the judgement on any two records by the rules alone, without people's answers."""
    judge = PairJudge(prepare((one, two)), settings or DedupeSettings())
    judge.judge(np.array([0]), np.array([1]), closely=True)
    return pair_of(*next(iter(judge.judged.items())))
