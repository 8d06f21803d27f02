"""Abstracts: their first words, after the label that only some databases print."""

from reviewkit.model.words import unmark, words

_READ = 450
_KEPT = 30
_LABEL_WORDS = (
    "abstract background backgrounds objective objectives aim aims purpose introduction context "
    "rationale importance summary question hypothesis and the of study statement problem"
)
_LABELS = frozenset(_LABEL_WORDS.split())


def abstract_head(raw: str | None) -> str:
    """Return the first thirty words after any heading; "" without an abstract."""
    if not raw:
        return ""
    beginning = words(unmark(raw[:_READ]))
    start = 0
    while start < min(6, len(beginning)) and beginning[start] in _LABELS:
        start += 1

    kept = beginning[start : start + _KEPT]
    if len(kept) < 8:
        return ""
    return " ".join(kept)
