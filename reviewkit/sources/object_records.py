"""Objects of a service's JSON to records, as the same service's files are read."""

import dataclasses
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from reviewkit.importers.json_shapes import JsonShape
from reviewkit.importers.json_values import shape_field_map, shape_values
from reviewkit.importers.mapping import FieldMap, RawValues
from reviewkit.importers.parsed_file import ParsedRecord, Problem
from reviewkit.importers.record_builder import build_record
from reviewkit.model.records import PageRef, Record
from reviewkit.sources.base import OnProblem
from reviewkit.sources.page_source import PageSource


def read_shaped(
    item: Mapping[str, Any],
    shape: JsonShape,
    *,
    source: str,
    source_id: str,
    on_problem: OnProblem | None = None,
) -> Record:
    """The record in an object of this shape; problems as in `read_values`."""
    values = shape_values(item, shape)
    return read_values(
        values, shape_field_map(shape), source=source, source_id=source_id, on_problem=on_problem
    )


def read_values(
    values: RawValues,
    fields: FieldMap,
    *,
    source: str,
    source_id: str,
    on_problem: OnProblem | None,
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


def flat_values(
    item: Mapping[str, Any], *, left_out: frozenset[str], path: str = ""
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


def each_once(
    pages: PageSource, refs: Iterable[PageRef], read_page: Callable[[bytes], Iterable[Record]]
) -> Iterator[Record]:
    """The records on these pages in their order, each once. Raises DamagedCache."""
    seen: set[str] = set()
    for ref in refs:
        for record in read_page(pages.read(ref)):
            if record.source_id not in seen:
                seen.add(record.source_id)
                yield record
