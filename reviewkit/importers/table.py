"""CSV, TSV and spreadsheet rows to records, by a known layout or by a person's mapping.

Every cell goes to a field or stays in `other` under its column. A row of another length than the
header is a problem.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice

from reviewkit.importers.layouts import (
    field_map_from_columns,
    field_map_of,
    guess_mapping,
    layout_of,
)
from reviewkit.importers.lines import LONGEST_LINE, Line
from reviewkit.importers.mapping import FieldMap
from reviewkit.importers.parsed_file import ParsedItem, ParsedItems, Problem, ProblemKind
from reviewkit.importers.record_builder import build_record
from reviewkit.model.errors import DamagedFile, UsageError
from reviewkit.model.foreign import read_json

Row = tuple[int, list[str]]
_NEUTRALISED = re.compile(r"'+[=+\-@\t\r]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table whose columns are understood: its header, its field map, and the rows below."""

    header: tuple[str, ...]
    fields: FieldMap
    rows: Iterator[Row]

    @property
    def mapping(self) -> dict[str, str]:
        """The first column of each field, for a person to check."""
        return {what.value: columns[0] for what, columns in self.fields.tags.items()}


def csv_rows(lines: Iterable[Line], delimiter: str, problems: list[Problem]) -> Iterator[Row]:
    """Yield the rows with the line where each begins.

    A cell without an end is a problem, and the end of the table.
    """
    csv.field_size_limit(LONGEST_LINE)
    reader = csv.reader((text + "\n" for _, text in lines), delimiter=delimiter)
    start = 1

    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            what = f"nothing from here on could be read ({error}); does a quote never close?"
            problems.append(Problem(kind=ProblemKind.DAMAGE, line=start, what=what))
            return

        if any(cell.strip() for cell in row):
            yield start, row
        start = reader.line_num + 1


def open_table(rows: Iterator[Row], mapping: Mapping[str, str] | None, *, where: str) -> Table:
    """Return the table with its header found in the first ten rows.

    Raises UsageError where nothing says what the columns are. Its hint shows what they may be, for
    a person to confirm by a mapping.
    """
    first = [
        (line, row)
        for line, row in islice(rows, 10)
        if not (row[0].startswith("sep=") and not any(row[1:]))
    ]
    if not first:
        raise DamagedFile("the table has no rows", where=where, hint="export the records again")

    if mapping is not None:
        at = _row_with(first, mapping, where)
        header = _clean_header(first[at][1])
        fields = field_map_from_columns(mapping)
    else:
        known = [
            (at, layout)
            for at, (_, row) in enumerate(first)
            if (layout := layout_of(_clean_header(row)))
        ]
        if not known:
            raise _unknown(_clean_header(first[0][1]), where)
        at, layout = known[0]
        header = _clean_header(_own_header(first[at][1]))
        fields = field_map_of(layout, header)

    return Table(header=header, fields=fields, rows=chain(first[at + 1 :], rows))


def _own_header(row: Sequence[str]) -> Sequence[str]:
    """Return the header as far as `other`, our last column, where nothing follows.

    A workbook's rows are all as long as its longest one.
    """
    if "other" not in row or any(row[row.index("other") + 1 :]):
        return row
    return row[: row.index("other") + 1]


def parse_table(table: Table, *, source: str) -> ParsedItems:
    """Yield every row as a record; a row of another length than the header is a problem too."""
    width = len(table.header)
    own = table.fields.name == "reviewkit"
    for line, printed in table.rows:
        row = _own_cells(printed, table.header) if own else printed
        if len(row) >= width and _clean_header(row)[:width] == table.header:
            what = "the header stands here again, as in a file joined from several; it was left out"
            yield Problem(kind=ProblemKind.VALUE, line=line, what=what)
            continue

        if len(row) < width or any(map(str.strip, row[width:])):
            what = f"{len(row)} cells where the header has {width} columns"
            yield Problem(kind=ProblemKind.DAMAGE, line=line, what=what)

        raw = _raw_values(row, table)
        kept = _kept_values(raw) if own else {}
        for item in build_record(raw, table.fields, source=source, line=line):
            yield _with_kept(item, kept) if kept else item


def _own_cells(row: Sequence[str], header: Sequence[str]) -> list[str]:
    """Return the cells of reviewkit's own row as they were before export.

    What its source gave beyond the fields may be longer than a cell: it goes on in those after it.
    """
    cells = [cell[1:] if _NEUTRALISED.match(cell) else cell for cell in row]
    last = len(header) - 1
    if header[last] == "other" and len(cells) > last:
        cells[last:] = ["".join(cells[last:])]

    return cells


def _raw_values(row: Sequence[str], table: Table) -> dict[str, list[str]]:
    """Return the row's filled cells by column."""
    width = len(table.header)
    raw: dict[str, list[str]] = {}
    for index, cell in enumerate(row):
        if cell.strip():
            name = table.header[index] if index < width else f"column {index + 1}"
            raw.setdefault(name, []).append(cell)

    return raw


# Columns that reviewkit's export makes of `other`.
_REPEATED = frozenset(
    ["publisher", "place", "editors", "edition", "series", "affiliations", "notes", "country"]
)


def _kept_values(raw: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    """Take from reviewkit's own row what its source gave beyond the fields; return it as it was."""
    if "other" not in raw:
        return {}
    try:
        other = read_json(raw["other"][0])
        kept = {str(tag): tuple(map(str, texts)) for tag, texts in other.items()}
    except (ValueError, AttributeError, TypeError, RecursionError):
        return {}

    for name in ("other", *_REPEATED):
        raw.pop(name, None)
    return kept


def _with_kept(item: ParsedItem, kept: Mapping[str, tuple[str, ...]]) -> ParsedItem:
    """Return the record with what its source gave, also under the name of a column."""
    if isinstance(item, Problem):
        return item
    record = item.record
    return item._replace(record=replace(record, other={**record.other, **kept}))


def _clean_header(row: Sequence[str]) -> tuple[str, ...]:
    return tuple(
        cell.strip().strip("\ufeff") or f"column {index + 1}" for index, cell in enumerate(row)
    )


def _row_with(first: list[Row], mapping: Mapping[str, str], where: str) -> int:
    wanted = {column.strip() for column in mapping.values()}
    for at, (_, row) in enumerate(first):
        if wanted.issubset(_clean_header(row)):
            return at

    header = _clean_header(first[0][1])
    missing = ", ".join(sorted(wanted - set(header)))
    raise UsageError(
        f"no column named {missing}", where=where, hint="the columns are " + ", ".join(header)
    )


def _unknown(header: tuple[str, ...], where: str) -> UsageError:
    guessed = guess_mapping(header)
    columns = ", ".join(header[:30])
    if len(header) > 30:
        columns += ", …"
    options = ",".join(f"{name}={column}" for name, column in guessed.items())
    hint = "name the columns with --map title=…"
    if guessed:
        hint = f"if this guess is right, add it to the command: --map {options!r}"
    return UsageError(
        f"a table of no known layout; its columns are {columns}", where=where, hint=hint
    )
