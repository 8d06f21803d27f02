"""How alike two records are, field by field, each likeness under its own name; no verdict is passed here."""

from reviewkit.dedupe.compare.fields import Likeness, compare

__all__ = ["Likeness", "compare"]
