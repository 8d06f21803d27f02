"""Find duplicates: records of one report, pairs that may be, and how other records relate.

Duplicates are linked, never deleted. Pure: no files, no network, no clock. One module per step:
normalise, prepare, block, compare, decide, judging, cluster, result. `merge.py` makes one record
of the copies of a report.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from reviewkit.dedupe.cluster import path_between
    from reviewkit.dedupe.find import find_duplicates, judge_pair

# The modules that compare records need NumPy and RapidFuzz. They are imported on first use:
# a screening session needs `merge` alone, and opens faster without them.
_MODULES = {
    "find_duplicates": "find",
    "judge_pair": "find",
    "path_between": "cluster",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


__all__ = [
    "Cluster",
    "DedupeSettings",
    "Duplicates",
    "Pair",
    "PairOutcome",
    "RecordRelation",
    "Settled",
    "SettledPair",
    "find_duplicates",
    "judge_pair",
    "path_between",
]
