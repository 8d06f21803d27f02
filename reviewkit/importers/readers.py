"""One reader for each format: from an open file to its records and problems."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import BinaryIO, NamedTuple

from reviewkit.importers.detect import Detected, Format, header_of
from reviewkit.importers.endnote_xml import parse_endnote_xml
from reviewkit.importers.json_records import parse_json, parse_jsonl
from reviewkit.importers.layouts import layout_of
from reviewkit.importers.lines import TextLines
from reviewkit.importers.nbib import parse_nbib
from reviewkit.importers.ovid import parse_ovid
from reviewkit.importers.parsed_file import ParsedItems, Problem
from reviewkit.importers.pubmed_summary import parse_pubmed_summary
from reviewkit.importers.pubmed_xml import parse_pubmed_xml
from reviewkit.importers.ris import parse_ris
from reviewkit.importers.ris_dialects import FIELD_MAPS
from reviewkit.importers.table import Row, csv_rows, open_table, parse_table
from reviewkit.importers.table_by_rows import layout_by_rows, parse_by_rows
from reviewkit.importers.tag_styles import (
    CNKI,
    COCHRANE_TEXT,
    NOTEEXPRESS,
    OVID_TAGGED,
    PROQUEST_TEXT,
    REFER,
    REFWORKS,
)
from reviewkit.importers.tagged import TagStyle, parse_tagged
from reviewkit.importers.workbook import old_workbook_rows, workbook_rows
from reviewkit.importers.wos import parse_wos
from reviewkit.importers.xml_formats import SHAPES, parse_xml
from reviewkit.importers.xml_libraries import LIBRARIES, parse_xml_tree
from reviewkit.importers.xml_records import Tokens, is_utf8, refuse_entities
from reviewkit.model.errors import DamagedFile


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFile:
    """What a reader gets: the bytes, what they are, and the list for the problems."""

    content: BinaryIO
    detected: Detected
    source: str
    where: str
    mapping: Mapping[str, str] | None
    problems: list[Problem]

    def lines(self) -> TextLines:
        return TextLines(self.content, self.detected.encoding, self.problems, where=self.where)

    def tokens(self) -> Tokens:
        """Return the XML's bytes. Raises DamagedFile where the XML declares entities."""
        refuse_entities(self.detected.head, where=self.where)
        detected = self.detected
        return Tokens(
            self.content,
            self.where,
            self.problems,
            is_utf8=is_utf8(detected.head, detected.encoding.name),
        )


class ReadResult(NamedTuple):
    """What a reader gives; the dialect and the mapping where only the reader can name them."""

    items: ParsedItems
    dialect: str = ""
    mapping: Mapping[str, str] = MappingProxyType({})


def _ris(file: OpenFile) -> ReadResult:
    dialect = file.detected.dialect
    if dialect not in FIELD_MAPS:
        dialect = "ris"
    return ReadResult(
        parse_ris(file.lines(), dialect, source=file.source, loose=file.detected.loose)
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
    header, separator = header_of(file.detected.head)
    rows = csv_rows(file.lines(), separator, file.problems)
    layout = layout_by_rows(file.detected.head, separator)
    if layout is None or file.mapping is not None or layout_of(header):
        return _table(file, rows)
    return ReadResult(parse_by_rows(rows, layout, source=file.source), layout.name)


def _tsv(file: OpenFile) -> ReadResult:
    return _table(file, csv_rows(file.lines(), "\t", file.problems))


def _workbook(file: OpenFile) -> ReadResult:
    return _table(file, workbook_rows(file.content, where=file.where))


def _old_workbook(file: OpenFile) -> ReadResult:
    return _table(file, old_workbook_rows(file.content, where=file.where))


def _table(file: OpenFile, rows: Iterator[Row]) -> ReadResult:
    table = open_table(rows, file.mapping, where=file.where)
    return ReadResult(parse_table(table, source=file.source), table.fields.name, table.mapping)


def _json(file: OpenFile) -> ReadResult:
    encoding = file.detected.encoding
    return ReadResult(parse_json(file.content, encoding, source=file.source, where=file.where))


def _jsonl(file: OpenFile) -> ReadResult:
    return ReadResult(parse_jsonl(file.lines(), source=file.source, where=file.where))


def _nbib(file: OpenFile) -> ReadResult:
    return ReadResult(parse_nbib(file.lines(), source=file.source))


def _pubmed_summary(file: OpenFile) -> ReadResult:
    return ReadResult(parse_pubmed_summary(file.lines(), source=file.source))


def _tagged(style: TagStyle) -> Callable[[OpenFile], ReadResult]:
    return lambda file: ReadResult(parse_tagged(file.lines(), style, source=file.source))


def _refuse_other_xml(file: OpenFile, dialects: Collection[str]) -> None:
    """Raise DamagedFile where the root element is not one of the format that was named."""
    if file.detected.dialect not in dialects:
        raise DamagedFile(
            f"is no {file.detected.format.value}: its root element is of another format",
            where=file.where,
            hint="leave --format out, or name the format that the file has",
        )


def _xml_records(file: OpenFile) -> ReadResult:
    _refuse_other_xml(file, SHAPES)
    return ReadResult(
        parse_xml(file.tokens(), file.detected.dialect, source=file.source, problems=file.problems)
    )


def _xml_tree(file: OpenFile) -> ReadResult:
    _refuse_other_xml(file, LIBRARIES)
    return ReadResult(
        parse_xml_tree(
            file.tokens(), file.detected.dialect, source=file.source, problems=file.problems
        )
    )


READERS: dict[Format, Callable[[OpenFile], ReadResult]] = {
    Format.RIS: _ris,
    Format.PUBMED_XML: _pubmed_xml,
    Format.BIBTEX: _bibtex,
    Format.ENDNOTE_XML: _endnote_xml,
    Format.CSV: _csv,
    Format.TSV: _tsv,
    Format.WOS: _wos,
    Format.OVID: _ovid,
    Format.OVID_TAGGED: _tagged(OVID_TAGGED),
    Format.REFER: _tagged(REFER),
    Format.REFWORKS: _tagged(REFWORKS),
    Format.NOTEEXPRESS: _tagged(NOTEEXPRESS),
    Format.CNKI: _tagged(CNKI),
    Format.COCHRANE_TEXT: _tagged(COCHRANE_TEXT),
    Format.PROQUEST_TEXT: _tagged(PROQUEST_TEXT),
    Format.PUBMED_SUMMARY: _pubmed_summary,
    Format.MODS: _xml_records,
    Format.TRIALS_XML: _xml_records,
    Format.ZOTERO_RDF: _xml_tree,
    Format.CITAVI_XML: _xml_tree,
    Format.NBIB: _nbib,
    Format.XLSX: _workbook,
    Format.XLS: _old_workbook,
    Format.CSL_JSON: _json,
    Format.JSON: _json,
    Format.JSONL: _jsonl,
}
