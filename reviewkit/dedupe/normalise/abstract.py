"""Abstracts: their first words, past the label that one database prints and the next does not."""

from reviewkit.model.words import unmark, words

_READ = 450
_KEPT = 30
_LABEL_WORDS = (
    "abstract background backgrounds objective objectives aim aims purpose introduction context rationale importance "
    "summary question hypothesis and the of study statement problem"
)
_LABELS = frozenset(_LABEL_WORDS.split())


def abstract_head(raw: str | None) -> str:
    """The first thirty words after any heading; "" when there is no abstract."""
    if not raw:
        return ""
    found = words(unmark(raw[:_READ]))
    start = 0
    while start < min(6, len(found)) and found[start] in _LABELS:
        start += 1
    kept = found[start : start + _KEPT]
    return " ".join(kept) if len(kept) >= 8 else ""
