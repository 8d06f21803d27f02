"""What an answer has less than was known before: fields of a record, records of a search. Pure."""

from dataclasses import fields

from reviewkit.model.records import Record

# `other` holds marks of processing, which come and go.
_FIELDS = tuple(
    field.name for field in fields(Record) if field.name not in {"source", "source_id", "other"}
)
_READ_TO_THE_END = ("title", "abstract", "authors")
_FEWEST = 5  # records: a smaller fall is left to the reader


def lost_fields(before: Record, after: Record) -> tuple[str, ...]:
    """The fields that a record had and has no more, or of which only the beginning is there."""
    return tuple(name for name in _FIELDS if _is_lost(before, after, name))


def _is_lost(before: Record, after: Record, name: str) -> bool:
    old, new = getattr(before, name), getattr(after, name)
    if not old:
        return False
    if not new:
        return True
    return name in _READ_TO_THE_END and len(new) < len(old) and old[: len(new)] == new


def falls_steeply(before: int, after: int) -> bool:
    """Whether a search counts so few records beside the one before that the answer may be wrong.

    That is none at all, or less than half.
    """
    return before - after >= _FEWEST and after * 2 < before
