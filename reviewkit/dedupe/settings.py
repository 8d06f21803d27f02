"""What a review may set: how sure is sure, which relations count as one record, whose copy leads."""

from dataclasses import dataclass

from reviewkit.model.records import RelationKind


@dataclass(frozen=True, slots=True, kw_only=True)
class DedupeSettings:
    """Thresholds are scores from 0 to 1. Relations are linked unless named in `merge`; sources in `prefer` lead."""

    same_at: float = 0.95
    ask_at: float = 0.3
    merge: frozenset[RelationKind] = frozenset()
    prefer: tuple[str, ...] = ()
