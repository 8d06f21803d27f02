"""Reads a flow from the template CSV of the PRISMA2020 R package. Pure: takes the file's text.

Blank, "NA", "xxx" and "not reported" are `None`. What cannot be read is told with its line, never guessed.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from reviewkit.model.diagram_keys import LANGUAGES
from reviewkit.model.errors import DamagedFile, Mistake
from reviewkit.model.flow import Count, Flow, Tally
from reviewkit.prisma.diagram.safe import safe_href
from reviewkit.prisma.diagram.template_rows import (
    OWN_COUNTS,
    OWN_NOTE,
    OWN_TALLIES,
    OWN_UPDATED,
    PACKAGE_TEXTS,
    ROWS,
    SOURCE_LABELS,
    Row,
    RowKind,
)
from reviewkit.prisma.diagram.wording import words
from reviewkit.prisma.diagram.wrap import clean
from reviewkit.prisma.diagram.writers.template_csv import NOT_RUN, SMALL_COMMA, SMALL_SEMICOLON

_SILENT = frozenset({"", "na", "n/a", "nr", "xxx", "not reported", "não relatado", "no informado"})
_PLAIN = re.compile(r"-?\d+(\.0+)?")
_GROUPED = re.compile(r"-?\d{1,3}([,.  \u00a0\u202f']\d{3})+")
_TALLY = re.compile(r"(?P<label>.*?),\s*(?P<n>-?\d{1,3}(?:[,.]\d{3})+|[^,]*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateFile:
    """A flow as a template CSV gives it, with the file's own labels and links.

    `language` is the one most of its labels are in; `mistakes` says what could not be read and where.
    """

    flow: Flow
    language: str
    labels: Mapping[str, str]
    links: Mapping[str, str]
    mistakes: tuple[Mistake, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cells:
    """One row of the file: its line and its cells by column."""

    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def mistake(self, found: str, wanted: str) -> Mistake:
        shown = found if len(found) <= 60 else f"{found[:57]}..."
        return Mistake(
            path=f"line {self.line}, {self['data'] or 'data'}", found=repr(shown), wanted=wanted
        )


@dataclass(slots=True)
class _Reading:
    """What has been read so far."""

    values: dict[str, Any] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)


def _rows(text: str) -> Iterator[_Cells]:
    """The rows below the heading. Raises DamagedFile when the text is no template CSV."""
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
                yield _Cells(
                    line=reader.line_num,
                    cells=dict(zip(columns, map(_unquoted, cells), strict=False)),
                )
    except csv.Error as error:
        raise DamagedFile(
            f"not a CSV file: {error}", where=f"line {reader.line_num}", hint=hint
        ) from error


def _unquoted(cell: str) -> str:
    """The cell without the apostrophe that keeps spreadsheets from running it."""
    cell = cell.strip()
    return cell[1:] if cell[:1] == "'" and cell[1:2] in {"=", "+", "-", "@", "'"} else cell


def _number(text: str) -> Count:
    """The count in the text; None where it is silent. Raises ValueError for anything else."""
    text = text.strip()
    if text.casefold() in _SILENT:
        return None
    if _PLAIN.fullmatch(text):
        return int(text.split(".")[0])
    if _GROUPED.fullmatch(text):
        return int(re.sub(r"[^\d-]", "", text))
    raise ValueError(text)


def _count(row: _Cells, mistakes: list[Mistake]) -> Count:
    try:
        return _number(row["n"])
    except ValueError:
        mistakes.append(
            row.mistake(row["n"], "a whole number, or nothing where it is not reported")
        )
        return None


def _tally(part: str, row: _Cells, mistakes: list[Mistake]) -> Tally:
    found = (
        _TALLY.fullmatch(part)
        if part.count(",") == 1 or not part.rpartition(",")[2].strip()
        else None
    )
    label, n = (found["label"], found["n"]) if found else _split_last(part)
    label = clean(label).replace(SMALL_COMMA, ",").replace(SMALL_SEMICOLON, ";")
    if n.strip() == NOT_RUN:
        return Tally(label=label, n=None, not_run=True)
    try:
        return Tally(label=label, n=_number(n))
    except ValueError:
        mistakes.append(
            row.mistake(part, 'a label, a comma and a whole number, as in "Wrong population, 12"')
        )
        return Tally(label=label or clean(part), n=None)


def _split_last(part: str) -> tuple[str, str]:
    """Label and count of an item with several commas: those of a grouped count belong to it."""
    grouped = re.fullmatch(r"(.*?),\s+(-?\d{1,3}(?:,\d{3})+)", part)
    if grouped:
        return grouped[1], grouped[2]
    label, comma, n = part.rpartition(",")
    return (label, n) if comma else (part, "")


def _tallies(row: _Cells, mistakes: list[Mistake]) -> tuple[Tally, ...] | None:
    """The list in a cell: "Reason, 3; Reason, 2", or one number without a reason."""
    text = row["n"]
    if text.casefold() in _SILENT:
        return None
    try:
        n = _number(text)
    except ValueError:
        return tuple(
            _tally(part.strip(), row, mistakes) for part in text.split(";") if part.strip()
        )
    return () if n == 0 else (Tally(label="", n=n),)


def _read_row(row: _Cells, known: Mapping[str, Row], reading: _Reading) -> None:
    key, mistakes, values = row["data"], reading.mistakes, reading.values
    if key in known and known[key].kind is RowKind.COUNT:
        values[known[key].field] = _count(row, mistakes)
    elif key in known and known[key].kind is RowKind.TALLIES:
        values[known[key].field] = _tallies(row, mistakes)
    elif key in known and known[key].kind is RowKind.SOURCE:
        n = _count(row, mistakes)
        if n is not None or row["n"].strip():
            values.setdefault("other_sources", []).append(Tally(label=SOURCE_LABELS[key], n=n))
    else:
        _read_own_row(row, reading)


def _read_own_row(row: _Cells, reading: _Reading) -> None:
    """A row that the official templates do not have, or that nobody knows."""
    key, mistakes, values = row["data"], reading.mistakes, reading.values
    if key in OWN_COUNTS:
        values[OWN_COUNTS[key]] = _count(row, mistakes)
    elif key in OWN_TALLIES:
        values.setdefault(OWN_TALLIES[key], []).extend(_tallies(row, mistakes) or ())
    elif key == OWN_NOTE:
        values.setdefault("footnotes", []).append(clean(row["n"]))
    elif key == OWN_UPDATED:
        values["updated"] = row["n"] == "1"
    elif key in {"total_studies_ma", "total_reports_ma"}:
        if row["n"].casefold() not in _SILENT | {"0"}:
            mistakes.append(
                row.mistake(
                    row["n"], "no official template has a box for the meta-analysis; not drawn"
                )
            )
    elif key and key != "NA" and key not in {item.data for item in ROWS}:
        mistakes.append(
            row.mistake(key, "a key of the PRISMA2020 template; the row is passed over")
        )


def _is_used(values: Mapping[str, Any], names: tuple[str, ...]) -> bool:
    """Whether any of the counts is reported and not 0: the template's unused rows hold 0."""
    for name in names:
        value = values.get(name)
        tallies = value if isinstance(value, (list, tuple)) else (Tally(label="", n=value),)
        if any(tally.n for tally in tallies):
            return True
    return False


def _flow(values: dict[str, Any]) -> Flow:
    """The flow; an arm or a previous version whose every count is 0 or blank is not there."""
    other = (
        "other_sources",
        "other_sought_reports",
        "other_notretrieved_reports",
        "other_assessed",
        "other_excluded",
    )
    versions = ("previous_studies", "previous_reports", "total_studies", "total_reports")
    if not _is_used(values, other):
        values = {name: value for name, value in values.items() if name not in other}
    updated = values.pop("updated", False) or _is_used(values, versions[:2])
    if not updated:
        values = {name: value for name, value in values.items() if name not in versions}
    for name in ("databases", "registers"):
        listed = values.get(name) or ()
        # The package's example lists "Database 1, xxx": names without any count say nothing.
        values[name] = (
            ()
            if all(
                tally.n is None and tally.label.startswith(("Database ", "Register "))
                for tally in listed
            )
            else tuple(listed)
        )
    settled: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in values.items()
    }
    return Flow(updated=updated, **settled)


def _same(text: str, label: str) -> bool:
    return text.rstrip(":").casefold() == label.replace("{mark}", "").rstrip(":").casefold()


def _texts(rows: list[_Cells]) -> dict[str, str]:
    """The box texts of the file by the row's key (its box where it has none)."""
    found: dict[str, str] = {}
    for row in rows:
        key = row["data"] if row["data"] not in {"", "NA"} else row["box"]
        text = clean(row["boxtext"])
        if text and text != "NA":
            found[key] = text
    return found


def _labels(texts: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """The language that most of the texts are in, and the texts that are none of its labels."""

    def own(language: str) -> dict[str, str]:
        labels = words(language).labels
        changed: dict[str, str] = {}
        for row in ROWS:
            text = texts.get(row.data if row.data != "NA" else row.box, "")
            keys = [key for key in (row.label, row.updated_label) if key]
            standard = any(_same(text, labels[key]) for key in keys) or text == PACKAGE_TEXTS.get(
                row.data
            )
            if (
                text
                and not standard
                and row.data not in {"database_specific_results", "register_specific_results"}
            ):
                changed |= dict.fromkeys(keys, text)
        return changed

    best = min(LANGUAGES, key=lambda language: len(own(language)))
    return best, own(best)


def read_csv(text: str) -> TemplateFile:
    """The flow in the text of a template CSV. Raises DamagedFile when it is none."""
    rows = list(_rows(text))
    known = {row.data: row for row in ROWS if row.data != "NA"}
    reading = _Reading()
    for row in rows:
        _read_row(row, known, reading)
    missing = sorted(
        set(known) - {row["data"] for row in rows} - {"identification", "screening", "included"}
    )
    if len(missing) == len(known) - 3:
        raise DamagedFile(
            "no row of the PRISMA2020 template in it",
            where="the data column",
            hint="keys: " + ", ".join(known),
        )
    language, labels = _labels(_texts(rows))
    links = {row["box"]: row["url"] for row in rows if row["box"] and _is_link(row["url"])}
    return TemplateFile(
        flow=_flow(reading.values),
        language=language,
        labels=labels,
        links=links,
        mistakes=tuple(reading.mistakes),
    )


def _is_link(url: str) -> bool:
    """Whether a url is more than the package's placeholder "records_screened.html"."""
    return bool(url) and url != "NA" and ("/" in url or "#" in url) and bool(safe_href(url))
