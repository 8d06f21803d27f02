"""What a file is, by its first 256 KB: format, dialect, encoding. Its name does not matter.

What is no export at all (a web page, a PDF, a program, nothing) is refused with one clear error.
"""

import csv
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from reviewkit.importers import ris_dialects
from reviewkit.importers.encodings import TextEncoding, encoding_of
from reviewkit.importers.json_shapes import json_name
from reviewkit.importers.json_stream import json_items
from reviewkit.importers.layouts import layout_of
from reviewkit.importers.table_by_rows import layout_by_rows
from reviewkit.model.errors import DamagedFile, NoRecordInFile, UsageError


class Format(StrEnum):
    RIS = "ris"
    NBIB = "nbib"
    PUBMED_XML = "pubmed-xml"
    BIBTEX = "bibtex"
    ENDNOTE_XML = "endnote-xml"
    CSV = "csv"
    TSV = "tsv"
    XLSX = "xlsx"
    XLS = "xls"
    ZIP = "zip"
    WOS = "wos"
    OVID = "ovid"
    OVID_TAGGED = "ovid-tagged"
    REFER = "refer"
    REFWORKS = "refworks"
    NOTEEXPRESS = "noteexpress"
    CNKI = "cnki"
    COCHRANE_TEXT = "cochrane-text"
    PROQUEST_TEXT = "proquest-text"
    PUBMED_SUMMARY = "pubmed-summary"
    MODS = "mods"
    TRIALS_XML = "trials-xml"
    ZOTERO_RDF = "zotero-rdf"
    CITAVI_XML = "citavi-xml"
    CSL_JSON = "csl-json"
    JSON = "json"
    JSONL = "jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Detected:
    """What a file is.

    `head` is the beginning as text, without a byte order mark, with LF line ends.
    `loose` marks RIS that breaks its own rule for tags.
    """

    format: Format
    dialect: str
    encoding: TextEncoding
    head: str = ""
    loose: bool = False


_HINT = "export the records again as RIS, or name the format with --format"
_BINARY = (
    (b"%PDF", "a PDF"),
    (b"SQLite format 3", "a database"),
)
_HTML = re.compile(
    r"\s*+(?:<\?xml[^>]*+>\s*+)?(?:<!--(?>.*?-->|.*)\s*+)*+"
    r"<(?:!doctype\s+html|html|head|body|script)\b",
    re.IGNORECASE | re.DOTALL,
)
_STRICT = re.compile(r"^TY  -", re.MULTILINE)
_LOOSE = re.compile(r"^(?: {0,4}TY|ty  -)", re.MULTILINE)
_ROOT = re.compile(r"<([A-Za-z_][\w.:-]*)")
_PUBMED_ROOTS = {
    "PubmedArticleSet",
    "PubmedArticle",
    "PubmedBookArticleSet",
    "PubmedBookArticle",
    "MedlineCitationSet",
}
_ROOTS = {
    **dict.fromkeys(("xml", "records", "record"), (Format.ENDNOTE_XML, "endnote")),
    **dict.fromkeys(("mods", "modsCollection"), (Format.MODS, "mods")),
    "Trials_downloaded_from_ICTRP": (Format.TRIALS_XML, "ictrp"),
    **dict.fromkeys(("allTrials", "fullTrial"), (Format.TRIALS_XML, "isrctn")),
    **dict.fromkeys(("clinical_study", "search_results"), (Format.TRIALS_XML, "ctgov")),
    "RDF": (Format.ZOTERO_RDF, "zotero"),
    "CitaviExchangeData": (Format.CITAVI_XML, "citavi"),
}
_SHAPES: tuple[tuple[Format, re.Pattern[str]], ...] = (
    (Format.RIS, re.compile(r"^(?: {0,4}TY {0,3}|ty  )- *+[A-Z0-9]*+\s*$", re.MULTILINE)),
    (
        Format.NBIB,
        re.compile(r"^(?:PMID- *\d+|OWN - \S|STAT- \S|FAU - \S|JT  - \S|AID - .*\])", re.MULTILINE),
    ),
    (Format.WOS, re.compile(r"^(?:FN (?:Clarivate|Thomson|ISI)|PT [A-Z]\s*$)", re.MULTILINE)),
    (Format.OVID_TAGGED, re.compile(r"^<\d+\. ?>[ \t]*\n[A-Z][A-Z0-9]  ?- ", re.MULTILINE)),
    (Format.OVID, re.compile(r"^<\d{1,9}(?:\. ?)?>\s*$", re.MULTILINE)),
    (Format.REFER, re.compile(r"^(?:%0 [A-Z]|%T .*\n%A |%A .*\n%T )", re.MULTILINE)),
    (Format.REFWORKS, re.compile(r"^RT [A-Z][\w /(),]*\n", re.MULTILINE)),
    (Format.NOTEEXPRESS, re.compile(r"^\{Reference Type\} ?:", re.MULTILINE)),
    (Format.CNKI, re.compile(r"^(?:SrcDatabase|Title)-[^:\s]{1,20}[:：]", re.MULTILINE)),
    (Format.COCHRANE_TEXT, re.compile(r"^Record #\d+ of \d+\s*\nID: ", re.MULTILINE)),
    (Format.PROQUEST_TEXT, re.compile(r"^Document \d+ of \d+\s*$", re.MULTILINE)),
    (Format.PUBMED_SUMMARY, re.compile(r"^\d{1,7}: \S.*(?:\n.+){0,12}\bPMID: \d", re.MULTILINE)),
    (Format.BIBTEX, re.compile(r"^[ \t]*@\s*[A-Za-z][\w-]*\s*[{(]", re.MULTILINE)),
    (Format.RIS, re.compile(r"^ER  ?-", re.MULTILINE)),
)

# Texts for reading by people, which are no exports: what shows them, and what to choose.
_FOR_PEOPLE = (
    (
        re.compile(r"^Reference Type: {1,4}\S.*\n(?:[A-Z][A-Za-z ]+: .*\n)", re.MULTILINE),
        "EndNote's list of all fields, for people to read",
        "in EndNote choose the output style RefMan (RIS), or the file type XML",
    ),
    (
        re.compile(r"^\d{1,7}\. \S.*\n(?:.*\n){1,200}?(?:PMID|DOI): \S", re.MULTILINE),
        "a list of citations for people to read",
        "in PubMed choose Save and the format PubMed; elsewhere export the records as RIS",
    ),
    (
        re.compile(r"^\(https?://\S+\)\n(?:Abstract|Keywords): ", re.MULTILINE),
        "a list of citations for people to read",
        "export the records as RIS",
    ),
)
_LOOKED_AT = 20_000
_TABLES = {"\t": Format.TSV}


def text_of(head: bytes, encoding: TextEncoding) -> str:
    """Return the beginning of a file as text, without a byte order mark, with LF line ends."""
    text = head.decode(encoding.name, errors="replace").removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def detect(head: bytes, *, where: str, encoding: TextEncoding | None = None) -> Detected:
    """Return what the bytes are; `encoding` is how to read them, where that is known.

    Raises DamagedFile for what is no text export, UsageError for an unknown one.
    """
    _refuse_binary(head, where)
    packed = _packed(head)
    if packed is not None:
        return Detected(format=packed, dialect="", encoding=TextEncoding(name="none"))

    encoding = encoding or encoding_of([head], head=head)
    text = text_of(head, encoding)
    if not text.strip():
        raise NoRecordInFile("the file is empty", where=where, hint="export the records again")
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise DamagedFile(
            f"a NUL byte on line {line}: this is not a text file", where=where, hint=_HINT
        )
    if _HTML.match(text):
        hint = (
            "the site answered with a page (a login or an error?); "
            "export again and look at the file first"
        )
        raise DamagedFile("this is an HTML page, not an export", where=where, hint=hint)

    format_, dialect = _shape(text, where)
    if format_ is Format.RIS:
        dialect = ris_dialects.dialect_of(text)
    loose = format_ is Format.RIS and not _STRICT.search(text) and bool(_LOOSE.search(text))
    return Detected(format=format_, dialect=dialect, encoding=encoding, head=text, loose=loose)


def _packed(head: bytes) -> Format | None:
    """Return which format without text it is: a workbook or an archive; None for a text."""
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return Format.XLS
    if not head.startswith(_ZIP_FILE):
        return None

    of_a_workbook = (b"[Content_Types].xml", b"xl/")
    is_workbook = any(name.startswith(of_a_workbook) for name in _packed_names(head))
    return Format.XLSX if is_workbook else Format.ZIP


_ZIP_FILE = b"PK\x03\x04"
_ZIP_HEADER = struct.Struct("<6xH10xI4xHH")
_SIZE_FOLLOWS = 8


def _packed_names(head: bytes) -> Iterator[bytes]:
    """Yield the names of a zip archive's own files: a workbook among them has names inside, too."""
    at = 0
    while head.startswith(_ZIP_FILE, at) and at + _ZIP_HEADER.size <= len(head):
        flags, size, name, extra = _ZIP_HEADER.unpack_from(head, at)
        at += _ZIP_HEADER.size
        yield head[at : at + name]
        at += name + extra + size
        if flags & _SIZE_FOLLOWS:
            at = head.find(_ZIP_FILE, at)


def _refuse_binary(head: bytes, where: str) -> None:
    for magic, name in _BINARY:
        if head.startswith(magic):
            raise DamagedFile(f"this is {name}, not an export", where=where, hint=_HINT)


def _shape(text: str, where: str) -> tuple[Format, str]:
    start = text.lstrip()
    if start.startswith("<") and not re.match(r"<\d+(?:\. ?)?>\s*$", start.split("\n", 1)[0]):
        return _xml_shape(start, where)
    if start.startswith(("[", "{")) and not start.startswith("{Reference Type}"):
        return _json_shape(start)

    return _text_shape(text, start, where)


def _text_shape(text: str, start: str, where: str) -> tuple[Format, str]:
    """Return what a text is that is neither XML nor JSON: a table, a known shape, or refused."""
    header, separator = header_of(start)
    table = _TABLES.get(separator, Format.CSV)
    layout = layout_of(header)
    if header and layout is not None:
        return table, layout.name

    for format_, pattern in _SHAPES:
        if pattern.search(text):
            return format_, format_.value

    by_rows = layout_by_rows(start, separator)
    if header and by_rows is not None:
        return Format.CSV, by_rows.name
    _refuse_for_people(text, where)
    if not header:
        raise UsageError("no format that reviewkit reads", where=where, hint=_HINT)

    return table, ""


def _refuse_for_people(text: str, where: str) -> None:
    for pattern, what, hint in _FOR_PEOPLE:
        if pattern.search(text[:_LOOKED_AT]):
            raise UsageError(f"this is {what}", where=where, hint=hint)


def header_of(text: str) -> tuple[list[str], str]:
    """Return the cells of a table's header and the sign between them.

    The header is a line of the first ten that a known layout fits, else the first with such a sign.
    Returns no cells and a comma where the text is no table.
    """
    likely: tuple[list[str], str] = ([], ",")
    for line in text.split("\n", 10)[:10]:
        plain = re.sub(r'"[^"]*"', "", line)
        separator = max(",\t;|", key=plain.count)
        if not plain.count(separator) or re.match(r"sep=.\s*$", line):
            continue

        try:
            cells = next(csv.reader([line], delimiter=separator), [])
        except csv.Error:  # a cell longer than any column's name
            continue
        if layout_of(cells) is not None:
            return cells, separator

        if not likely[0]:
            likely = (cells, separator)

    return likely


def _xml_shape(text: str, where: str) -> tuple[Format, str]:
    body = re.sub(r"<!--(?:.*?-->|.*)", "", text, flags=re.DOTALL)
    root = _ROOT.search(
        re.sub(r"<!DOCTYPE[^>\[]*+(?:\[(?:[^\]]*+\]\s*+|.*))?>?", "", body, flags=re.DOTALL)
    )
    name = root[1] if root else ""
    if name in _PUBMED_ROOTS:
        return Format.PUBMED_XML, "pubmed"
    local = name.rpartition(":")[2]
    if local == "records" and "<rec " in body:
        raise UsageError(
            "EBSCO's XML is not read", where=where, hint="export the records as RIS or CSV"
        )
    if local in _ROOTS:
        return _ROOTS[local]

    raise UsageError(
        f"XML with the root element <{name}>, which reviewkit does not read",
        where=where,
        hint="the XML of PubMed, EndNote, MODS, ICTRP, ISRCTN, ClinicalTrials.gov and Citavi and "
        "Zotero RDF are read; export RIS from anything else",
    )


def _json_shape(text: str) -> tuple[Format, str]:
    """Return the format by the keys of the first object; CSL-JSON where it shows none."""
    items = (one for one in json_items(iter([text])) if isinstance(one, dict))
    item = next(items, None)
    if not item:  # the first object is longer than what was read
        item = dict.fromkeys(re.findall(r'"([\w-]+)"\s*:', text[:100_000]))

    name = json_name(item)
    if _has_an_object_a_line(text, name):
        return Format.JSONL, _JSONL_NAMES.get(name, name)
    if name == "csl-json":
        return Format.CSL_JSON, name
    return Format.JSON, name


_JSONL_NAMES = {"reviewkit": "jsonl", "csl-json": "jsonl"}


def _has_an_object_a_line(text: str, name: str) -> bool:
    first, *others = (line.strip() for line in text.split("\n", 2)[:2])
    if not (first.startswith("{") and first.endswith("}") and others):
        return False
    return name == "reviewkit" or others[0].startswith("{")
