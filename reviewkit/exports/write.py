"""The way out: records in a named format, as bytes. It picks the writer."""

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum

from reviewkit.exports.bibtex import write_bibtex
from reviewkit.exports.endnote_xml import write_endnote_xml
from reviewkit.exports.json_text import write_csl_json, write_jsonl
from reviewkit.exports.nbib import write_nbib
from reviewkit.exports.outcome import NO_OUTCOMES, ExportEntry, Outcomes
from reviewkit.exports.ris import write_ris
from reviewkit.exports.tables import (
    write_asreview,
    write_covidence,
    write_csv,
    write_rayyan,
    write_xlsx,
)
from reviewkit.model.choices import not_among
from reviewkit.model.records import Record
from reviewkit.model.text import in_file, in_json


class ExportFormat(StrEnum):
    RIS = "ris"
    BIBTEX = "bibtex"
    NBIB = "nbib"
    ENDNOTE_XML = "endnote-xml"
    CSV = "csv"
    XLSX = "xlsx"
    CSL_JSON = "csl-json"
    JSONL = "jsonl"
    ASREVIEW = "asreview"
    COVIDENCE = "covidence"
    RAYYAN = "rayyan"


_TEXT: dict[ExportFormat, Callable[[Iterable[ExportEntry]], Iterator[str]]] = {
    ExportFormat.RIS: write_ris,
    ExportFormat.BIBTEX: write_bibtex,
    ExportFormat.NBIB: write_nbib,
    ExportFormat.ENDNOTE_XML: write_endnote_xml,
    ExportFormat.CSV: write_csv,
    ExportFormat.CSL_JSON: write_csl_json,
    ExportFormat.JSONL: write_jsonl,
    ExportFormat.ASREVIEW: write_asreview,
    ExportFormat.COVIDENCE: write_covidence,
    ExportFormat.RAYYAN: write_rayyan,
}
_JSON = frozenset({ExportFormat.CSL_JSON, ExportFormat.JSONL})


def write_records(
    format: str,  # noqa: A002  the word that users and the command line have for it
    records: Iterable[Record],
    outcomes: Outcomes = NO_OUTCOMES,
) -> Iterator[bytes]:
    """Yield the records in the format, as `write_entries`, each with its outcome."""
    return write_entries(format, ((record, outcomes.get(record.key)) for record in records))


def write_entries(
    format: str,  # noqa: A002  as above
    entries: Iterable[ExportEntry],
) -> Iterator[bytes]:
    """Yield records with what the review says of them in the format, UTF-8, piece by piece.

    The same records and outcomes give the same bytes. No more than one record is held at a time.
    Raises UsageError for an unknown format, and for xlsx where XlsxWriter is not installed.
    """
    if format not in set(ExportFormat):
        raise not_among(f"no such format: {format}", format, ExportFormat)
    if format == ExportFormat.XLSX:
        return write_xlsx(entries)
    safe = in_json if format in _JSON else in_file
    return (safe(piece).encode() for piece in _TEXT[ExportFormat(format)](entries))
