"""Records to RIS that any reference manager opens: Zotero's and EndNote's choice of tags.

One value a line, no date of writing, so the same records give the same bytes. What a record does
not say is left out.
"""

import itertools
import re
import string
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

import rispy

from reviewkit.exports.extras import extras_of
from reviewkit.exports.outcome import ExportEntry, Outcome
from reviewkit.exports.values import with_comma, year_text
from reviewkit.importers.normalise import first_and_last_page
from reviewkit.model.records import Record
from reviewkit.model.text import escape

# Types as sources print them, in lower case without signs, to the RIS reference type.
_WORDS = {
    "JOUR": "journal article|article|review|review article",
    "BOOK": "book|monograph|edited book|book edited|reference book|book whole",
    "CHAP": "book chapter|book section|chapter|contribution|book part",
    "CPAPER": "conference paper|proceedings paper|proceedings article|paper conference"
    "|conference proceedings article",
    "CONF": "conference proceedings|proceedings",
    "THES": "thesis|dissertation|dissertation thesis|phd thesis|phdthesis|mastersthesis",
    "RPRT": "report|techreport",
    "UNPB": "preprint|posted content|unpublished work|manuscript",
    "ELEC": "web page|webpage|internet document",
    "DATA": "dataset",
    "NEWS": "newspaper article",
    "GEN": "generic",
}
_CODES: dict[str, str] = {}
for _code, _words in _WORDS.items():
    _CODES |= dict.fromkeys(_words.split("|"), _code)
_SIGNS = re.compile(r"[\s,_-]+|(?<=[a-z])(?=[A-Z])")
_TAG = re.compile(r"[A-Z][A-Z0-9]")
_SECOND = string.ascii_uppercase + string.digits
_TAGS = ["".join(pair) for pair in itertools.product(string.ascii_uppercase, _SECOND)]
# What another tag of ours says already, in the words of the source.
_NEVER = frozenset(
    ["TY", "ER", "T1", "ST", "A1", "AU", "JO", "JF", "JA", "N2", "Y1", "DI", "L1", "L2", "LK"]
)
CONTINUED = "\n   "


class _Writer(rispy.RisWriter):  # type: ignore[misc]  # rispy ships no types
    """rispy's writer for any tag, every one a list, without the running number of a record."""

    DEFAULT_MAPPING: ClassVar[dict[str, str]] = {tag: tag.lower() for tag in _TAGS}
    DEFAULT_LIST_TAGS = _TAGS
    DEFAULT_DELIMITER_MAPPING: ClassVar[dict[str, str]] = {}
    REFERENCE_TYPE_KEY = "ty"

    def set_header(self, count: int) -> str:
        return ""


def write_ris(entries: Iterable[ExportEntry]) -> Iterator[str]:
    """Yield the RIS text of the records, one piece per record, with LF line ends.

    Headings go out twice, as MH and among the keywords, because reference managers read only KW.
    """
    writer = _Writer()
    for record, outcome in entries:
        text: str = writer.formats([_reference(record, outcome)])
        yield text + "\n"


def reference_type(record: Record) -> str:
    """Return the RIS type code: the record's own from RIS, else by its types, else JOUR or GEN."""
    code = next(iter(record.other.get("TY", ())), "").strip().upper()
    if code in rispy.config.TYPE_OF_REFERENCE_MAPPING:
        return code

    for kind in record.types:
        words = _SIGNS.sub(" ", kind).casefold().strip()
        if words in _CODES:
            return _CODES[words]

    if record.journal or record.journal_abbreviation:
        return "JOUR"

    return "GEN"


def _reference(record: Record, outcome: Outcome | None) -> dict[str, Any]:
    first, last = first_and_last_page(record.pages or "")
    values: dict[str, Sequence[str | None]] = {
        "ti": (record.title,),
        "tt": (record.original_title,),
        "au": _people(record),
        "t2": (record.journal,),
        "j2": (record.journal_abbreviation,),
        "py": (year_text(record),),
        "da": (_ris_date(record.published),),
        "vl": (record.volume,),
        "is": (record.issue,),
        "sp": (first,),
        "ep": (last,),
        "sn": record.issns,
        "do": (record.doi,),
        "an": (record.accession,),
        "c2": (record.pmcid,),
        "la": record.languages,
        "ab": (record.abstract,),
        "mh": record.headings,
        "kw": tuple(dict.fromkeys(record.headings + record.keywords)),
        "m3": record.types,
        "ur": record.links,
        "n1": tuple(_notes(record, outcome)) + _source_notes(record),
        "db": (record.source,),
        "id": (record.source_id,),
    }
    reference: dict[str, Any] = {"ty": reference_type(record)}

    for tag, printed in (values | _extra_values(record, values)).items():
        lines = [_line(tag, value) for value in printed if value and value.strip()]
        if lines:
            reference[tag] = lines

    return reference


_EXTRAS = {
    "pb": "publisher",
    "cy": "place",
    "a2": "editors",
    "et": "edition",
    "t3": "series",
    "ad": "affiliations",
}


def _extra_values(
    record: Record, written: Mapping[str, Sequence[str | None]]
) -> dict[str, Sequence[str | None]]:
    """Return what the source gave beyond the record's fields: its own RIS tags, and publisher,
    place, editors and the like from any other format.
    """
    extras = extras_of(record)
    values: dict[str, Sequence[str | None]] = {
        tag: extras[name] for tag, name in _EXTRAS.items() if name in extras
    }
    if "TY" in record.other:  # the record comes from RIS
        for tag, texts in record.other.items():
            if _TAG.fullmatch(tag) and tag.lower() not in written and tag not in _NEVER:
                values[tag.lower()] = texts
    return values


def _people(record: Record) -> list[str]:
    """Return the authors; a comma at the end marks a group, as EndNote wants it."""
    persons = [with_comma(name) for name in record.authors]
    return persons + [f"{group}," for group in record.collective_authors]


def _notes(record: Record, outcome: Outcome | None) -> Iterator[str]:
    yield f"reviewkit key: {record.key}"
    if record.pmid:
        yield f"PMID: {record.pmid}"
    if record.published_online:
        yield f"published online: {record.published_online}"
    if record.created:
        yield f"entered the database: {record.created}"
    for relation in record.relations:
        yield f"{relation.kind.value}: {relation.target}"
    if outcome is not None:
        yield f"reviewkit status: {outcome.status.value}"
        for name in ("reason", "note", "tags", "reviewer", "study"):
            text = getattr(outcome, name)
            if text:
                yield f"reviewkit {name}: {text}"
        if outcome.duplicate_of:
            yield f"duplicate of: {outcome.duplicate_of}"


def _source_notes(record: Record) -> tuple[str, ...]:
    """Return the notes that the source gave; not reviewkit's own of an earlier export."""
    notes = record.other.get("N1", ())
    is_own = any(note.startswith("reviewkit key: ") for note in notes)  # read by an earlier version
    return () if is_own else tuple(note for note in notes if not note.startswith("reviewkit "))


def _line(tag: str, value: str) -> str:
    """Return the value such that no line of it looks like a tag: on one line, or indented."""
    if tag != "ab":
        return escape(" ".join(value.split()))
    return escape(CONTINUED.join(line.strip() for line in value.splitlines() if line.strip()))


def _ris_date(published: str | None) -> str | None:
    if not published or len(published) <= 4:
        return None
    year, month, day = f"{published}-".split("-")[:3]
    return f"{year}/{month}/{day}/"
