"""Records to RIS that any reference manager opens: Zotero's and EndNote's choice of tags, one value a line, no dates
of writing, so the same records give the same bytes. What a record does not say is left out.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import rispy

from reviewkit.exports.outcome import NO_OUTCOMES, Outcome, Outcomes
from reviewkit.exports.values import with_comma
from reviewkit.importers.normalise import first_and_last_page
from reviewkit.model.records import Record
from reviewkit.model.text import escape

# Types as sources print them, in lower case, to the RIS reference type.
_CODES = {
    "journal article": "JOUR",
    "article": "JOUR",
    "review": "JOUR",
    "book": "BOOK",
    "book chapter": "CHAP",
    "chapter": "CHAP",
    "conference paper": "CPAPER",
    "proceedings paper": "CPAPER",
    "thesis": "THES",
    "dissertation": "THES",
    "report": "RPRT",
    "preprint": "UNPB",
    "web page": "ELEC",
    "dataset": "DATA",
    "generic": "GEN",
}
_TAGS = (
    "TY TI TT AU T2 J2 PY DA VL IS SP EP SN DO AN C2 LA AB MH KW M3 UR N1 DB ID ER".split()  # noqa: SIM905  a tag list
)
CONTINUED = "\n   "


class _Writer(rispy.RisWriter):  # type: ignore[misc]  # rispy ships no types
    """rispy's writer for any tag, every one a list, without the running number before each record."""

    DEFAULT_MAPPING = {tag: tag.lower() for tag in _TAGS}  # noqa: RUF012  rispy declares it as a plain attribute
    DEFAULT_LIST_TAGS = _TAGS
    DEFAULT_DELIMITER_MAPPING: dict[str, str] = {}  # noqa: RUF012  as above
    REFERENCE_TYPE_KEY = "ty"

    def set_header(self, count: int) -> str:
        return ""


def write_ris(records: Iterable[Record], outcomes: Outcomes = NO_OUTCOMES) -> Iterator[str]:
    """The RIS text of the records, one piece per record; UTF-8 and LF line ends when written as they come.

    Headings go out twice, as MH and among the keywords, because reference managers read only KW.
    """
    writer = _Writer()
    for record in records:
        text: str = writer.formats([_reference(record, outcomes.get(record.key))])
        yield text + "\n"


def reference_type(record: Record) -> str:
    """The RIS type code of a record: its own when RIS brought it, else by its types, else JOUR or GEN."""
    code = next(iter(record.other.get("TY", ())), "").strip().upper()
    if code in rispy.config.TYPE_OF_REFERENCE_MAPPING:
        return code
    for kind in record.types:
        if found := _CODES.get(kind.casefold()):
            return found
    return "JOUR" if record.journal or record.journal_abbreviation else "GEN"


def _reference(record: Record, outcome: Outcome | None) -> dict[str, Any]:
    first, last = first_and_last_page(record.pages) if record.pages else (None, None)
    values: dict[str, tuple[str | None, ...]] = {
        "ti": (record.title,),
        "tt": (record.original_title,),
        "au": (
            *(with_comma(name) for name in record.authors),
            *(f"{group}," for group in record.collective_authors),
        ),
        "t2": (record.journal,),
        "j2": (record.journal_abbreviation,),
        "py": (str(record.year) if record.year is not None else None,),
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
        "n1": tuple(_notes(record, outcome)),
        "db": (record.source,),
        "id": (record.source_id,),
    }
    lines = {
        tag: [_line(tag, value) for value in held if value and value.strip()]
        for tag, held in values.items()
    }
    return {"ty": reference_type(record), **{tag: held for tag, held in lines.items() if held}}


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
        for name, said in (
            ("reason", outcome.reason),
            ("note", outcome.note),
            ("reviewer", outcome.reviewer),
        ):
            if said:
                yield f"reviewkit {name}: {said}"
        if outcome.duplicate_of:
            yield f"duplicate of: {outcome.duplicate_of}"


def _line(tag: str, value: str) -> str:
    """The value safe on its line: one line, or an abstract with its further lines indented, so that none is a tag."""
    if tag != "ab":
        return escape(" ".join(value.split()))
    return escape(CONTINUED.join(line.strip() for line in value.splitlines() if line.strip()))


def _ris_date(published: str | None) -> str | None:
    if not published or len(published) <= 4:
        return None
    year, month, day = f"{published}-".split("-")[:3]
    return f"{year}/{month}/{day}/"
