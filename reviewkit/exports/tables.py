"""Records to CSV and spreadsheets: reviewkit's own columns, and ASReview's, Covidence's, Rayyan's.

Every cell is text and inert: no spreadsheet runs it, and `importers.table` reads it back as it was.
"""

import csv
import datetime
import io
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from typing import IO, Any

from reviewkit.exports.extras import EXTRA_NAMES, extras_of
from reviewkit.exports.outcome import ExportEntry, Outcome, Status
from reviewkit.exports.values import in_one_cell, inert, with_comma, year_text
from reviewkit.model.errors import UsageError
from reviewkit.model.extras import install_hint
from reviewkit.model.records import Record
from reviewkit.model.text import escape, in_file

Row = Callable[[Record, Outcome | None], Sequence[str]]

OWN_COLUMNS = (
    "reviewkit_key", "source", "title", "original_title", "authors", "collective_authors",
    "journal",
    "journal_abbreviation", "year", "published", "published_online", "created", "volume", "issue",
    "pages", "doi",
    "pmid", "pmcid", "accession", "issns", "languages", "types", "headings", "keywords", "links",
    "relations",
    "abstract", "status", "stage", "reason", "note", "tags", "reviewer", "duplicate_of_record",
    "corrected_fields", "corrected_by", "study", *EXTRA_NAMES, "other",
)  # fmt: skip
ASREVIEW_COLUMNS = (
    "reviewkit_key", "title", "authors", "abstract", "keywords", "year", "journal", "doi", "url",
    "included",
    "exclusion_reason", "asreview_note",
)  # fmt: skip
COVIDENCE_COLUMNS = (
    "Title", "Authors", "Abstract", "Published Year", "Published Month", "Journal", "Volume",
    "Issue", "Pages",
    "Accession Number", "DOI", "Ref", "Covidence #", "Study", "Notes", "Tags",
)  # fmt: skip
RAYYAN_COLUMNS = (
    "key", "title", "year", "month", "day", "journal", "issn", "volume", "issue", "pages",
    "authors", "url",
    "language", "publisher", "location", "abstract", "notes", "doi", "keywords", "pubmed_id",
    "pmc_id",
)  # fmt: skip


def write_csv(entries: Iterable[ExportEntry]) -> Iterator[str]:
    """Yield CSV with every field and the outcome, one piece per row.

    It begins with a byte order mark, for Excel.
    """
    yield "\ufeff"
    yield from _csv(OWN_COLUMNS, _own_row, entries)


def write_asreview(entries: Iterable[ExportEntry]) -> Iterator[str]:
    """Yield CSV for ASReview: `included` is 1, 0 or empty, so that it starts from the decisions."""
    return _csv(ASREVIEW_COLUMNS, _asreview_row, entries)


def write_covidence(entries: Iterable[ExportEntry]) -> Iterator[str]:
    """Yield CSV in the columns of Covidence's own export: status as a tag, reason in Notes.

    Covidence itself imports RIS. This is for comparing with its exports, or going on from them.
    """
    return _csv(COVIDENCE_COLUMNS, _covidence_row, entries)


def write_rayyan(entries: Iterable[ExportEntry]) -> Iterator[str]:
    """Yield CSV for Rayyan: decisions and reasons in `notes`, worded as in Rayyan's own export."""
    return _csv(RAYYAN_COLUMNS, _rayyan_row, entries)


def write_xlsx(entries: Iterable[ExportEntry]) -> Iterator[bytes]:
    """Return a workbook piece by piece: one sheet with the columns of `write_csv`, all cells text.

    Raises UsageError without XlsxWriter, or for a text of more than 32,767 characters.
    """
    try:
        import xlsxwriter  # noqa: PLC0415  an extra: only who exports spreadsheets needs it
    except ImportError as error:
        hint = f"{install_hint('xlsx')}, or export csv"
        raise UsageError(
            "writing .xlsx needs XlsxWriter, which is not installed", hint=hint
        ) from error

    # The workbook and its parts are on disk while they grow: memory would hold them three times.
    with ExitStack() as open_until_read:
        target = open_until_read.enter_context(tempfile.TemporaryFile())
        _fill(xlsxwriter.Workbook(target, _XLSX_OPTIONS), entries)
        target.seek(0)
        open_until_read.pop_all()
    return _pieces(target)


def _fill(book: Any, entries: Iterable[ExportEntry]) -> None:
    """Write the workbook, and close it in any case: its own temporary files go with that."""
    try:
        # A fixed date, because the same records give the same bytes.
        created = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC).replace(tzinfo=None)
        book.set_properties({"created": created})
        sheet = book.add_worksheet("records")
        sheet.freeze_panes(1, 1)
        sheet.write_row(0, 0, OWN_COLUMNS)
        for number, (record, outcome) in enumerate(entries, start=1):
            _write_row(sheet, number, record, outcome)
    finally:
        book.close()


def _write_row(sheet: Any, number: int, record: Record, outcome: Outcome | None) -> None:
    *cells, other = map(in_file, _own_row(record, outcome))

    for column, cell in enumerate(cells):
        if len(cell) >= LONGEST_CELL:
            raise UsageError(
                f"{OWN_COLUMNS[column]} of {record.key} is longer than a cell of a spreadsheet "
                "holds",
                hint="export csv or jsonl",
            )
        sheet.write_string(number, column, inert(cell))

    # The last column goes on in the cells after it: references may be longer than a cell.
    for start in range(0, len(other), LONGEST_CELL - 1):
        column = len(cells) + start // (LONGEST_CELL - 1)
        sheet.write_string(number, column, inert(other[start : start + LONGEST_CELL - 1]))


_XLSX_OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
LONGEST_CELL = 32_767  # what a cell of a spreadsheet holds
_PIECE = 1 << 18


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the rest of a file, which is closed after the last piece."""
    with file:
        while piece := file.read(_PIECE):
            yield piece


def _csv(columns: Sequence[str], row: Row, entries: Iterable[ExportEntry]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(columns)

    for record, outcome in entries:
        writer.writerow([inert(cell) for cell in row(record, outcome)])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()

    yield buffer.getvalue()


def _own_row(record: Record, outcome: Outcome | None) -> Sequence[str]:
    relations = (f"{relation.kind.value}: {relation.target}" for relation in record.relations)
    shown = outcome or _SILENT
    cells = (
        record.key, record.source, record.title, record.original_title, in_one_cell(record.authors),
        in_one_cell(record.collective_authors), record.journal, record.journal_abbreviation,
        year_text(record),
        record.published, record.published_online, record.created, record.volume, record.issue,
        record.pages,
        record.doi, record.pmid, record.pmcid, record.accession, in_one_cell(record.issns),
        in_one_cell(record.languages), in_one_cell(record.types), in_one_cell(record.headings),
        in_one_cell(record.keywords), in_one_cell(record.links), in_one_cell(relations),
        record.abstract,
        _status(outcome), shown.stage, shown.reason, shown.note, shown.tags, shown.reviewer,
        shown.duplicate_of,
        shown.corrected_fields,
        shown.corrected_by,
        shown.study,
    )  # fmt: skip
    extras = extras_of(record)
    more = [in_one_cell(extras.get(name, ())) for name in EXTRA_NAMES]
    return [*(escape(cell or "") for cell in (*cells, *more)), _other(record)]


def _other(record: Record) -> str:
    """Return what the source gave beyond the record's fields, as JSON, so that nothing is lost."""
    if not record.other:
        return ""
    values = {tag: list(texts) for tag, texts in record.other.items()}
    return json.dumps(values, ensure_ascii=False, sort_keys=True)


def _asreview_row(record: Record, outcome: Outcome | None) -> Sequence[str]:
    shown = outcome or _SILENT
    cells = (
        record.key, record.title, in_one_cell(_people(record)), record.abstract,
        in_one_cell(record.keywords or record.headings), year_text(record),
        record.journal or record.journal_abbreviation,
        record.doi, _link(record), _LABELS.get(shown.status), shown.reason,
        shown.note,
    )  # fmt: skip
    return [cell or "" for cell in cells]


def _covidence_row(record: Record, outcome: Outcome | None) -> Sequence[str]:
    first, year = (_people(record)[:1] or [""])[0].split(",")[0], year_text(record)
    shown = outcome or _SILENT
    notes = shown.note or ""
    if shown.reason:
        notes = f"Exclusion reason: {shown.reason}; {notes}"
    cells = (
        record.title, in_one_cell(_people(record)), record.abstract, year, _part(record.published,
        1), record.journal,
        record.volume, record.issue, record.pages, record.accession or record.pmid, record.doi,
        record.key, "",
        shown.study or f"{first} {year}".strip(), notes,
        "; ".join(filter(None, (_status(outcome), shown.tags))),
    )  # fmt: skip
    return [cell or "" for cell in cells]


def _rayyan_row(record: Record, outcome: Outcome | None) -> Sequence[str]:
    cells = (
        record.key, record.title, year_text(record), _part(record.published, 1),
        _part(record.published, 2),
        record.journal, ", ".join(record.issns), record.volume, record.issue, record.pages,
        " and ".join(_people(record)), _link(record), ", ".join(record.languages), "", "",
        record.abstract,
        _rayyan_notes(outcome or _SILENT), record.doi,
        in_one_cell(dict.fromkeys(record.headings + record.keywords)), record.pmid, record.pmcid,
    )  # fmt: skip
    return [cell or "" for cell in cells]


def _rayyan_notes(outcome: Outcome) -> str:
    word = _RAYYAN_WORDS.get(outcome.status)
    parts = []
    if word:
        reviewer = outcome.reviewer or "reviewkit"
        parts.append(f'RAYYAN-INCLUSION: {{"{reviewer}"=>"{word}"}}')
    if outcome.reason:
        parts.append(f"RAYYAN-EXCLUSION-REASONS: {outcome.reason}")
    if outcome.tags:
        parts.append(f"RAYYAN-LABELS: {outcome.tags.replace('; ', ',')}")
    if outcome.note:
        parts.append(f"USER-NOTES: {outcome.note}")
    return " | ".join(parts)


_SILENT = Outcome(status=Status.UNDECIDED)
_LABELS = {Status.INCLUDED: "1", Status.EXCLUDED: "0"}
_RAYYAN_WORDS = {Status.INCLUDED: "Included", Status.EXCLUDED: "Excluded", Status.MAYBE: "Maybe"}


def _people(record: Record) -> list[str]:
    return [*(with_comma(name) for name in record.authors), *record.collective_authors]


def _status(outcome: Outcome | None) -> str:
    if outcome is None:
        return ""
    return outcome.status.value


def _part(date: str | None, index: int) -> str:
    """Return a part of an ISO date by its position; "" where the date is not so precise."""
    parts = (date or "").split("-")
    if index >= len(parts):
        return ""
    return parts[index]


def _link(record: Record) -> str:
    if record.links:
        return record.links[0]
    if record.doi:
        return f"https://doi.org/{record.doi}"
    return ""
