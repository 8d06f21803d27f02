"""Find duplicates: records of one report, pairs that may be, and how other records relate.

Duplicates are linked, never deleted. Pure: no files, no network, no clock. One module per step:
normalise, prepare, block, compare, decide, judging, cluster, result. `merge.py` makes one record
of the copies of a report.
"""

from reviewkit.dedupe.cluster import path_between
from reviewkit.dedupe.explain import Explanation, explain
from reviewkit.dedupe.find import find_duplicates, judge_pair
from reviewkit.dedupe.pairs import (
    Cluster,
    Duplicates,
    Pair,
    PairOutcome,
    RecordRelation,
    Settled,
    SettledPair,
)
from reviewkit.dedupe.settings import DedupeSettings

__all__ = [
    "Cluster",
    "DedupeSettings",
    "Duplicates",
    "Explanation",
    "Pair",
    "PairOutcome",
    "RecordRelation",
    "Settled",
    "SettledPair",
    "explain",
    "find_duplicates",
    "judge_pair",
    "path_between",
]
