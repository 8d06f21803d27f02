"""The rows and the counts of a PRISMA2020 template CSV. What cannot be read is a mistake with its
line.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reviewkit.model.errors import DamagedFile, Mistake
from reviewkit.model.flow import Count, Tally
from reviewkit.prisma.diagram.wrap import clean
from reviewkit.prisma.diagram.writers.template_csv import NOT_RUN, SMALL_COMMA, SMALL_SEMICOLON

_SILENT = frozenset({"", "na", "n/a", "nr", "xxx", "not reported", "não relatado", "no informado"})
_PLAIN = re.compile(r"-?\d+(\.0+)?")
_WITH_N = re.compile(r"\(?\s*+n\s*+[=:]\s*+(-?[\d.,\s\u00a0\u202f']*\d)\s*+\)?", re.IGNORECASE)
_GROUPED = re.compile(r"-?\d{1,3}([,.  \u00a0\u202f']\d{3})+")
_TALLY = re.compile(r"(?P<label>.*?),\s*(?P<n>-?\d{1,3}(?:[,.]\d{3}){1,5}|[^,]*)")
_GROUPED_TALLY = re.compile(r"(.*?),\s+(-?\d{1,3}(?:,\d{3})+)")
_LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvRow:
    """One row of the file: its line and its cells by column."""

    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def mistake(self, found: str, wanted: str) -> Mistake:
        """Return the mistake at this row's key; `found` is shortened."""
        shown = found
        if len(found) > _LONGEST_SHOWN:
            shown = f"{found[: _LONGEST_SHOWN - 3]}..."
        path = f"line {self.line}, {self['data'] or 'data'}"
        return Mistake(path=path, found=repr(shown), wanted=wanted)


def csv_rows(text: str) -> Iterator[CsvRow]:
    """Yield the rows below the heading. Raise DamagedFile when the text is no template CSV."""
    text = text.removeprefix("\ufeff").replace("\x00", "")
    heading = text.split("\n", 1)[0]
    delimiter = max((",", ";", "\t"), key=heading.count)
    hint = 'the first line names the columns; "data" and "n" are needed'

    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        columns = [name.strip().lower() for name in next(reader, [])]
        if not {"data", "n"} <= set(columns):
            raise DamagedFile("not a PRISMA2020 template CSV", where="line 1", hint=hint)
        for cells in reader:
            if any(cell.strip() for cell in cells):
                named = dict(zip(columns, map(_unquoted, cells), strict=False))
                yield CsvRow(line=reader.line_num, cells=named)
    except csv.Error as error:
        raise DamagedFile(
            f"not a CSV file: {error}", where=f"line {reader.line_num}", hint=hint
        ) from error


def is_silent(text: str) -> bool:
    """Return whether a cell says that its count is not reported."""
    return text.casefold() in _SILENT


def read_count(row: CsvRow, mistakes: list[Mistake]) -> Count:
    """Return the count of a row. Append a mistake and return `None` where it cannot be read."""
    try:
        return _number(row["n"])
    except ValueError:
        wanted = "a whole number, or nothing where it is not reported"
        mistakes.append(row.mistake(row["n"], wanted))
        return None


def read_tallies(row: CsvRow, mistakes: list[Mistake]) -> tuple[Tally, ...] | None:
    """Return the list in a row: "Reason, 3; Reason, 2", or one number without a reason."""
    text = row["n"]
    if is_silent(text):
        return None

    try:
        n = _number(text)
    except ValueError:
        parts = (part.strip() for part in text.split(";"))
        return tuple(_tally(part, row, mistakes) for part in parts if part)
    if n == 0:
        return ()
    return (Tally(label="", n=n),)


def _unquoted(cell: str) -> str:
    """Return the cell without the apostrophe that keeps spreadsheets from running it as a
    formula.
    """
    cell = cell.strip()
    if cell[:1] == "'" and cell[1:2] in {"=", "+", "-", "@", "'"}:
        return cell[1:]
    return cell


def _number(text: str) -> Count:
    """Return the count in the text, also of "n = 12", or `None` where it is silent.

    Raise ValueError for anything else.
    """
    text = text.strip()
    written = _WITH_N.fullmatch(text)
    if written:
        text = written[1]
    if is_silent(text):
        return None
    # First: "1.000" is a thousand, as "1.234" is.
    if _GROUPED.fullmatch(text):
        return int(re.sub(r"[^\d-]", "", text))
    if _PLAIN.fullmatch(text):
        return int(text.split(".")[0])
    raise ValueError(text)


def _tally(part: str, row: CsvRow, mistakes: list[Mistake]) -> Tally:
    label, n = _label_and_count(part)
    label = clean(label).replace(SMALL_COMMA, ",").replace(SMALL_SEMICOLON, ";")
    if n.strip() == NOT_RUN:
        return Tally(label=label, n=None, not_run=True)

    try:
        return Tally(label=label, n=_number(n))
    except ValueError:
        wanted = 'a label, a comma and a whole number, as in "Wrong population, 12"'
        mistakes.append(row.mistake(part, wanted))
        return Tally(label=label or clean(part), n=None)


def _label_and_count(part: str) -> tuple[str, str]:
    """Return label and count of an item;
    of several commas, those of a grouped count belong to it.
    """
    if part.count(",") == 1 or not part.rpartition(",")[2].strip():
        match = _TALLY.fullmatch(part)
        if match:
            return match["label"], match["n"]

    grouped = _GROUPED_TALLY.fullmatch(part)
    if grouped:
        return grouped[1], grouped[2]

    label, comma, n = part.rpartition(",")
    if not comma:
        return part, ""
    return label, n
