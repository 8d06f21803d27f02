"""Measure how alike two records are, field by field. Nothing is decided here."""

from reviewkit.dedupe.compare.fields import Likeness, compare

__all__ = ["Likeness", "compare"]
