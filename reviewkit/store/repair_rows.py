"""A row of a damaged database as it can be stored: without the values that make no sense. Pure."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from reviewkit.model.records import RelationKind
from reviewkit.store.database import Row
from reviewkit.store.record_rows import LIST_FIELDS, record_of_content


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_relations(value: Any) -> bool:
    return isinstance(value, list) and all(
        _is_texts(item) and len(item) == 2 and item[0] in set(RelationKind) for item in value
    )


def _is_texts_by_name(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_texts, value.values()))


_Rule = tuple[str, Callable[[Any], bool]]
_OF_RECORD: Mapping[str, _Rule] = {
    **dict.fromkeys(LIST_FIELDS, ("[]", _is_texts)),
    "relations": ("[]", _is_relations),
    "other": ("{}", _is_texts_by_name),
}
_RULES: Mapping[str, Mapping[str, _Rule]] = {
    "records": _OF_RECORD,
    "runs": {"warnings": ("[]", _is_texts)},
}
# A row that holds a whole record: without it there is nothing to keep.
_CONTENTS = frozenset({"record_versions", "source_contents"})


def readable_row(
    table: str, columns: Sequence[str], row: Row
) -> tuple[Row | None, tuple[str, ...]]:
    """Return the row and the columns that had to be emptied, or taken from the row's key.

    `None` where nothing of it can be kept.
    """
    if table in _CONTENTS and not is_content(row[columns.index("content")]):
        return None, ()

    values, emptied = list(row), []
    for column, (empty, fits) in _RULES.get(table, {}).items():
        place = columns.index(column)
        if not _fits(values[place], fits):
            values[place] = empty
            emptied.append(column)
    if table == "records":
        emptied += _keyed(columns, values)
    return tuple(values), tuple(emptied)


def _keyed(columns: Sequence[str], values: list[Any]) -> list[str]:
    """Make the record's source and identifier those of its key; return which were others."""
    source, _, source_id = str(values[columns.index("record")]).partition(":")
    changed = []
    for column, value in (("source", source), ("source_id", source_id)):
        place = columns.index(column)
        if values[place] != value:
            values[place] = value
            changed.append(column)
    return changed


def _fits(text: Any, fits: Callable[[Any], bool]) -> bool:
    try:
        return fits(json.loads(text))
    except (TypeError, ValueError, RecursionError):
        return False


def is_content(text: Any) -> bool:
    """Whether a text is a record; `record_of_content` raises whatever a wrong value leads to."""
    try:
        record_of_content(text)
    except (TypeError, ValueError, KeyError, AttributeError, RecursionError):
        return False
    return True
