"""Duplicates: records that are one, records that may be, and how the others relate. Linked, never deleted.

Pure: no files, no network, no clock. One module per step: normalise, prepare, block, compare, decide, cluster.
What becomes of the copies of one work is in `copies.py`.
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
