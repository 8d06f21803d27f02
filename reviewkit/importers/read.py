"""The way in: a file or stream of any format to Parsed. It picks the reader; it reads no format itself."""

import codecs
import weakref
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
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
from reviewkit.importers.table import csv_rows, open_table, parse_table
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
    """The records of an export file, whatever wrote it, streamed; see Parsed.

    `format` and `encoding` overrule what the content shows; `mapping` ({field: column}) reads a table of no known
    layout. `name` stands in messages about a stream. Raises UsageError when the file is missing or of no known format,
    DamagedFile when it is no export at all; while records are drawn, DamagedFile when it proves to be none later on.
    """
    if isinstance(path_or_stream, str | Path):
        where, mine = name or str(path_or_stream), open_bytes(path_or_stream)
        stream: ByteStream = mine
    else:
        where, mine, stream = name or "standard input", None, path_or_stream
    try:
        head, content = head_and_stream(stream, where)
        found = _as_told(detect(head, where=where), format, encoding, where)
        opened = Opened(
            content=content, found=found, source=source, where=where, mapping=mapping, problems=[]
        )
        answer = _READERS[found.format](opened)
        records = _guarded(
            with_source_ids(answer.items, opened.problems, source=source), mine, where
        )
    except BaseException:
        if mine is not None:
            mine.close()
        raise
    if mine is not None:
        # A generator that was never started runs no `finally`.
        weakref.finalize(records, mine.close)
    return ParsedFile(
        format=found.format.value,
        dialect=answer.dialect or found.dialect,
        encoding=found.encoding,
        records=records,
        problems=opened.problems,
        mapping=answer.mapping,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a reader gets: the bytes, what they are, and where the answer goes."""

    content: BinaryIO
    found: Detected
    source: str
    where: str
    mapping: Mapping[str, str] | None
    problems: list[Problem]

    def lines(self) -> Iterator[Line]:
        return numbered_lines(self.content, self.found.encoding, self.problems, where=self.where)


def _as_told(found: Detected, wanted: str | None, encoding: str | None, where: str) -> Detected:
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
    if found.format is Format.XLSX and wanted not in {None, Format.XLSX}:
        raise UsageError(
            f"a spreadsheet or zip archive, not {wanted}", where=where, hint="leave --format out"
        )
    chosen = Format(wanted) if wanted is not None else found.format
    dialect = found.dialect if chosen is found.format else chosen.value
    return Detected(
        format=chosen,
        dialect=dialect,
        encoding=encoding or found.encoding,
        head=found.head,
        loose=found.loose,
    )


def _guarded(records: Iterator[Record], mine: BinaryIO | None, where: str) -> Iterator[Record]:
    """The records; a read error of the disk told as one; the file closed at the end when it was opened here."""
    try:
        yield from records
    except OSError as error:
        raise DamagedFile(
            f"cannot be read: {error}", where=where, hint="check the disk or copy the file"
        ) from error
    finally:
        if mine is not None:
            mine.close()


class ReadResult(NamedTuple):
    """What a reader gives back; the dialect and the mapping where only the reader could tell them."""

    items: ParsedItems
    dialect: str = ""
    mapping: Mapping[str, str] = MappingProxyType({})


def _ris(opened: Opened) -> ReadResult:
    reading = FIELD_MAPS.get(opened.found.dialect, FIELD_MAPS["ris"])
    return ReadResult(
        parse_ris(opened.lines(), reading, source=opened.source, loose=opened.found.loose)
    )


def _pubmed_xml(opened: Opened) -> ReadResult:
    refuse_entities(opened.found.head, where=opened.where)
    return ReadResult(
        parse_pubmed_xml(
            Tokens(opened.content, opened.where), source=opened.source, problems=opened.problems
        )
    )


def _endnote_xml(opened: Opened) -> ReadResult:
    refuse_entities(opened.found.head, where=opened.where)
    return ReadResult(
        parse_endnote_xml(
            Tokens(opened.content, opened.where), source=opened.source, problems=opened.problems
        )
    )


def _wos(opened: Opened) -> ReadResult:
    return ReadResult(parse_wos(opened.lines(), source=opened.source))


def _ovid(opened: Opened) -> ReadResult:
    return ReadResult(parse_ovid(opened.lines(), source=opened.source))


def _bibtex(opened: Opened) -> ReadResult:
    from reviewkit.importers.bibtex import parse_bibtex  # noqa: PLC0415  bibtexparser takes 0.1 s to load

    return ReadResult(parse_bibtex(opened.lines(), source=opened.source))


def _table(opened: Opened) -> ReadResult:
    delimiter = "\t" if opened.found.format is Format.TSV else header_of(opened.found.head)[1]
    table = open_table(
        csv_rows(opened.lines(), delimiter, opened.problems), opened.mapping, where=opened.where
    )
    return ReadResult(parse_table(table, source=opened.source), table.reading.name, table.mapping)


def _workbook(opened: Opened) -> ReadResult:
    table = open_table(
        workbook_rows(opened.content, where=opened.where), opened.mapping, where=opened.where
    )
    return ReadResult(parse_table(table, source=opened.source), table.reading.name, table.mapping)


def _csl_json(opened: Opened) -> ReadResult:
    return ReadResult(parse_csl_json(opened.content, opened.found.encoding, source=opened.source))


def _jsonl(opened: Opened) -> ReadResult:
    return ReadResult(parse_jsonl(opened.lines(), source=opened.source))


def _nbib(opened: Opened) -> ReadResult:
    from reviewkit.importers.nbib import parse_nbib  # noqa: PLC0415  Biopython brings numpy, which is slow to load

    return ReadResult(parse_nbib(opened.lines(), source=opened.source))


_READERS: dict[Format, Callable[[Opened], ReadResult]] = {
    Format.RIS: _ris,
    Format.PUBMED_XML: _pubmed_xml,
    Format.BIBTEX: _bibtex,
    Format.ENDNOTE_XML: _endnote_xml,
    Format.CSV: _table,
    Format.TSV: _table,
    Format.WOS: _wos,
    Format.OVID: _ovid,
    Format.NBIB: _nbib,
    Format.XLSX: _workbook,
    Format.CSL_JSON: _csl_json,
    Format.JSONL: _jsonl,
}
