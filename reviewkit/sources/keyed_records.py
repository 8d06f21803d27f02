"""Objects of services that are asked with a key, to records by a field map."""

import dataclasses
import json
from collections.abc import Callable, Mapping
from typing import Any

from reviewkit.importers.mapping import FieldMap
from reviewkit.importers.parsed_file import ParsedRecord, Problem
from reviewkit.importers.record_builder import build_record
from reviewkit.model.records import Record


def flat_values(
    item: Mapping[str, Any], *, left_out: frozenset[str] = frozenset(), path: str = ""
) -> dict[str, list[str]]:
    """Every value by its path, as "names.authors.displayName"; a list adds its values in order."""
    values: dict[str, list[str]] = {}
    for name, value in item.items():
        if name not in left_out:
            _add(value, f"{path}.{name}".lstrip("."), left_out, values)

    return values


def _add(value: Any, path: str, left_out: frozenset[str], values: dict[str, list[str]]) -> None:
    if isinstance(value, Mapping):
        for name, texts in flat_values(value, left_out=left_out, path=path).items():
            values.setdefault(name, []).extend(texts)
    elif isinstance(value, list):
        for one in value:
            _add(one, path, left_out, values)
    elif isinstance(value, str):
        values.setdefault(path, []).append(value)
    elif value is not None:
        values.setdefault(path, []).append(json.dumps(value))


def read_flat(
    values: Mapping[str, list[str]],
    fields: FieldMap,
    source: str,
    source_id: str,
    on_problem: Callable[[Problem], None] | None,
) -> Record:
    """The record of these values. One that does not fit its field is a problem, and stays in
    `other`.
    """
    items = build_record(values, fields, source=source, line=None)
    for one in items:
        if on_problem and isinstance(one, Problem):
            on_problem(one)

    (record,) = (one.record for one in items if isinstance(one, ParsedRecord))
    return dataclasses.replace(record, source_id=source_id)
