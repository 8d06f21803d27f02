"""Deduplication settings: thresholds, relations that count as one report, preferred sources."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewkit.model.records import RelationKind

if TYPE_CHECKING:  # it brings NumPy, which a screening session does without
    from reviewkit.dedupe.weights import Weights


@dataclass(frozen=True, slots=True, kw_only=True)
class DedupeSettings:
    """Thresholds are scores from 0 to 1.

    Relations named in `merge` count as duplicates; others are linked only. Copies from the sources
    in `prefer` become the lead records. `weights` replace the learned ones when these are tested.
    """

    same_at: float = 0.95
    ask_at: float = 0.3
    merge: frozenset[RelationKind] = frozenset()
    prefer: tuple[str, ...] = ()
    weights: "Weights | None" = None
