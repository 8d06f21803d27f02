"""The way in: a file or stream of any format to a ParsedFile. It picks the reader."""

import codecs
import weakref
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, NamedTuple

from reviewkit.importers.detect import Detected, Format, detect, header_of
from reviewkit.importers.endnote_xml import parse_endnote_xml
from reviewkit.importers.gzip_stream import ByteStream, head_and_stream, open_bytes
from reviewkit.importers.json_records import parse_csl_json, parse_jsonl
from reviewkit.importers.lines import Line, numbered_lines
from reviewkit.importers.ovid import parse_ovid
from reviewkit.importers.parsed_file import ParsedFile, ParsedItems, Problem, with_source_ids
from reviewkit.importers.pubmed_xml import parse_pubmed_xml
from reviewkit.importers.ris import parse_ris
from reviewkit.importers.ris_dialects import FIELD_MAPS
from reviewkit.importers.table import Row, csv_rows, open_table, parse_table
from reviewkit.importers.workbook import workbook_rows
from reviewkit.importers.wos import parse_wos
from reviewkit.importers.xml_records import Tokens, refuse_entities
from reviewkit.model.errors import DamagedFile, UsageError
from reviewkit.model.records import Record


def read_file(
    path_or_stream: str | Path | ByteStream,
    *,
    source: str,
    format: str | None = None,  # noqa: A002  the word that users and the command line have for it
    encoding: str | None = None,
    mapping: Mapping[str, str] | None = None,
    name: str = "",
) -> ParsedFile:
    """Return the records of an export file, whatever wrote it, as a stream; see ParsedFile.

    `format` and `encoding` overrule what the content shows. `mapping` ({field: column}) reads a
    table of no known layout. `name` is what messages call a stream.
    Raises UsageError where the file is missing or of no known format, and DamagedFile where it is
    no export at all. While records are drawn, DamagedFile where it proves to be none later on.
    """
    wanted = _Wanted(source=source, format=format, encoding=encoding, mapping=mapping, name=name)
    return _read(path_or_stream, wanted, labels=True)


def read_unlabelled(
    path_or_stream: str | Path | ByteStream,
    *,
    source: str,
    format: str | None = None,  # noqa: A002  as for `read_file`
    encoding: str | None = None,
    mapping: Mapping[str, str] | None = None,
    name: str = "",
) -> ParsedFile:
    """Return what `read_file` returns, with no label of the file as a record's `source_id`.

    These identifiers hold across files; several records of the file may have the same.
    """
    wanted = _Wanted(source=source, format=format, encoding=encoding, mapping=mapping, name=name)
    return _read(path_or_stream, wanted, labels=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """How a person wants a file read."""

    source: str
    format: str | None
    encoding: str | None
    mapping: Mapping[str, str] | None
    name: str


def _read(path_or_stream: str | Path | ByteStream, wanted: _Wanted, *, labels: bool) -> ParsedFile:
    name = wanted.name
    opened_here: BinaryIO | None = None
    stream: ByteStream
    if isinstance(path_or_stream, str | Path):
        where = name or str(path_or_stream)
        stream = opened_here = open_bytes(path_or_stream)
    else:
        where, stream = name or "standard input", path_or_stream

    try:
        head, content = head_and_stream(stream, where)
        detected = _detected(head, wanted.format, wanted.encoding, where)
        file = OpenFile(
            content=content,
            detected=detected,
            source=wanted.source,
            where=where,
            mapping=wanted.mapping,
            problems=[],
        )
        result = _READERS[detected.format](file)
        named = with_source_ids(result.items, file.problems, source=wanted.source, labels=labels)
        records = _guarded(named, opened_here, where)
    except BaseException:
        if opened_here is not None:
            opened_here.close()
        raise

    if opened_here is not None:
        # A generator that was never started runs no `finally`.
        weakref.finalize(records, opened_here.close)
    return ParsedFile(
        format=detected.format.value,
        dialect=result.dialect or detected.dialect,
        encoding=detected.encoding,
        records=records,
        problems=file.problems,
        mapping=result.mapping,
    )


def identify_file(
    stream: ByteStream,
    *,
    name: str,
    format: str | None = None,  # noqa: A002  as for `read_file`
    encoding: str | None = None,
) -> Detected:
    """Return what a file is by its first bytes, which this takes from the stream.

    Raises UsageError or DamagedFile where it is no export.
    """
    head, _ = head_and_stream(stream, name)
    return _detected(head, format, encoding, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFile:
    """What a reader gets: the bytes, what they are, and the list for the problems."""

    content: BinaryIO
    detected: Detected
    source: str
    where: str
    mapping: Mapping[str, str] | None
    problems: list[Problem]

    def lines(self) -> Iterator[Line]:
        return numbered_lines(self.content, self.detected.encoding, self.problems, where=self.where)

    def tokens(self) -> Tokens:
        """Return the XML's bytes. Raises DamagedFile where the XML declares entities."""
        refuse_entities(self.detected.head, where=self.where)
        return Tokens(self.content, self.where)


class ReadResult(NamedTuple):
    """What a reader gives; the dialect and the mapping where only the reader can name them."""

    items: ParsedItems
    dialect: str = ""
    mapping: Mapping[str, str] = MappingProxyType({})


def _detected(head: bytes, wanted: str | None, encoding: str | None, where: str) -> Detected:
    """Return what the first bytes show, overruled by what a person says."""
    detected = detect(head, where=where)
    _refuse_unknown(wanted, encoding, where)
    if detected.format is Format.XLSX and wanted not in {None, Format.XLSX}:
        raise UsageError(
            f"a spreadsheet or zip archive, not {wanted}", where=where, hint="leave --format out"
        )

    if encoding is not None:
        detected = replace(detected, encoding=encoding)
    if wanted not in {None, detected.format}:
        detected = replace(detected, format=Format(wanted), dialect=Format(wanted).value)
    return detected


def _refuse_unknown(wanted: str | None, encoding: str | None, where: str) -> None:
    if encoding is not None:
        try:
            codecs.lookup(encoding)
        except LookupError as error:
            raise UsageError(
                f"no such encoding: {encoding}", where=where, hint="for example cp1252"
            ) from error
    if wanted is not None and wanted not in set(Format):
        raise UsageError(
            f"no such format: {wanted}", where=where, hint="one of " + ", ".join(Format)
        )


def _guarded(records: Iterator[Record], opened: BinaryIO | None, where: str) -> Iterator[Record]:
    """Yield the records; name read errors as DamagedFile; close the file that was opened here."""
    try:
        yield from records
    except OSError as error:
        raise DamagedFile(
            f"cannot be read: {error}", where=where, hint="check the disk or copy the file"
        ) from error
    finally:
        if opened is not None:
            opened.close()


def _ris(file: OpenFile) -> ReadResult:
    fields = FIELD_MAPS.get(file.detected.dialect, FIELD_MAPS["ris"])
    return ReadResult(
        parse_ris(file.lines(), fields, source=file.source, loose=file.detected.loose)
    )


def _pubmed_xml(file: OpenFile) -> ReadResult:
    return ReadResult(parse_pubmed_xml(file.tokens(), source=file.source, problems=file.problems))


def _endnote_xml(file: OpenFile) -> ReadResult:
    return ReadResult(parse_endnote_xml(file.tokens(), source=file.source, problems=file.problems))


def _wos(file: OpenFile) -> ReadResult:
    return ReadResult(parse_wos(file.lines(), source=file.source))


def _ovid(file: OpenFile) -> ReadResult:
    return ReadResult(parse_ovid(file.lines(), source=file.source))


def _bibtex(file: OpenFile) -> ReadResult:
    from reviewkit.importers.bibtex import parse_bibtex  # noqa: PLC0415  takes 0.1 s to load

    return ReadResult(parse_bibtex(file.lines(), source=file.source))


def _csv(file: OpenFile) -> ReadResult:
    return _table(file, csv_rows(file.lines(), header_of(file.detected.head)[1], file.problems))


def _tsv(file: OpenFile) -> ReadResult:
    return _table(file, csv_rows(file.lines(), "\t", file.problems))


def _workbook(file: OpenFile) -> ReadResult:
    return _table(file, workbook_rows(file.content, where=file.where))


def _table(file: OpenFile, rows: Iterator[Row]) -> ReadResult:
    table = open_table(rows, file.mapping, where=file.where)
    return ReadResult(parse_table(table, source=file.source), table.fields.name, table.mapping)


def _csl_json(file: OpenFile) -> ReadResult:
    return ReadResult(parse_csl_json(file.content, file.detected.encoding, source=file.source))


def _jsonl(file: OpenFile) -> ReadResult:
    return ReadResult(parse_jsonl(file.lines(), source=file.source))


def _nbib(file: OpenFile) -> ReadResult:
    from reviewkit.importers.nbib import parse_nbib  # noqa: PLC0415  Biopython brings numpy

    return ReadResult(parse_nbib(file.lines(), source=file.source))


_READERS: dict[Format, Callable[[OpenFile], ReadResult]] = {
    Format.RIS: _ris,
    Format.PUBMED_XML: _pubmed_xml,
    Format.BIBTEX: _bibtex,
    Format.ENDNOTE_XML: _endnote_xml,
    Format.CSV: _csv,
    Format.TSV: _tsv,
    Format.WOS: _wos,
    Format.OVID: _ovid,
    Format.NBIB: _nbib,
    Format.XLSX: _workbook,
    Format.CSL_JSON: _csl_json,
    Format.JSONL: _jsonl,
}
