"""Tables with a field on each row: its name, then its values; a record after the other."""

import csv
from collections.abc import Iterator

from reviewkit.importers.layout_table import Layout
from reviewkit.importers.layouts import exporter_layout_of, field_map_of
from reviewkit.importers.parsed_file import ParsedItems
from reviewkit.importers.record_builder import build_record
from reviewkit.importers.table import Row

_MOST_ROWS = 80  # of one record


def layout_by_rows(text: str, separator: str) -> Layout | None:
    """Return the layout that the first cells of the rows fit, as far as an empty line."""
    record = text.lstrip().split("\n\n", 1)[0].split("\n", _MOST_ROWS)[:_MOST_ROWS]
    try:
        rows = list(csv.reader(record, delimiter=separator))
    except csv.Error:  # a cell longer than any column's name
        return None
    return exporter_layout_of([row[0] for row in rows if row])


def parse_by_rows(rows: Iterator[Row], layout: Layout, *, source: str) -> ParsedItems:
    """Yield every record; one begins where the name of the file's first row comes again."""
    raw: dict[str, list[str]] = {}
    first, start = "", 0

    for line, (name, *values) in rows:
        first = first or name
        if name == first:
            yield from _record(raw, layout, source, start)
            raw, start = {}, line
        raw.setdefault(name.strip(), []).extend(filter(str.strip, values))
    yield from _record(raw, layout, source, start)


def _record(raw: dict[str, list[str]], layout: Layout, source: str, line: int) -> ParsedItems:
    if raw:
        yield from build_record(raw, field_map_of(layout, [*raw]), source=source, line=line)
