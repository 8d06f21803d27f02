"""Objects of a service's JSON to records, as the same service's files are read."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from reviewkit.importers.json_shapes import JsonShape
from reviewkit.importers.json_values import shape_field_map, shape_values
from reviewkit.importers.parsed_file import ParsedRecord, Problem
from reviewkit.importers.record_builder import build_record
from reviewkit.model.records import Record


def read_shaped(
    item: Mapping[str, Any],
    shape: JsonShape,
    *,
    source: str,
    source_id: str,
    on_problem: Callable[[Problem], None] | None = None,
) -> Record:
    """The record in an object. A value that does not fit its field is a problem, and stays in
    `other`.
    """
    raw = shape_values(item, shape)
    items = build_record(raw, shape_field_map(shape), source=source, line=None)
    for one in items:
        if on_problem and isinstance(one, Problem):
            on_problem(one)

    (record,) = (one.record for one in items if isinstance(one, ParsedRecord))
    return dataclasses.replace(record, source=source, source_id=source_id)
