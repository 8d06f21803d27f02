"""How each exporter of RIS names things, and how to tell them apart; an unknown one is "ris".

Facts come from real exports. The tags are those of the RIS specification (Research Information
Systems, 2001 and 2011).
"""

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from reviewkit.importers.mapping import DATABASE_NUMBER, Field, FieldMap, Hint

# A label, the pattern that shows it somewhere near the top of the file. First match wins.
_SIGNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern, re.MULTILINE))
    for name, pattern in (
        ("reviewkit", r"^N1  - reviewkit key: "),
        ("rayyan", r"^AN  - rayyan-|^N1  - RAYYAN-"),
        ("asreview", r"^(?:N1|KW)  - ASReview_"),
        ("covidence", r"^NS  - ?$"),
        ("lilacs", r"^DP  - https?://(?:www\.)?bvsalud\.org|^DB  - LILACS"),
        ("scielo", r"^DP  - https?://(?:www\.)?scielo\.org|^DB  - SciELO"),
        (
            "ovid",
            r"^DB  - .*<[\w ]*\d{4}[^>]*>|^\d+\. *\nTY  - \w+ *\nDB  - ",
        ),
        ("embase", r"^U2  - L\d+"),
        ("cochrane", r"^Record #\d+ of \d+|^AN  -  ?CN-\d+"),
        ("ebsco", r"^DP  - EBSCOhost"),
        ("scopus", r"^DB  - Scopus"),
        ("wos", r"^AN  - WOS:|^WE  - "),
        ("endnote", r"^ID  - \d+ *\n+ER  - "),
        ("zotero", r"^DA  - \d{4}/\d*/\d*/"),
    )
)

_BASE = FieldMap(
    name="ris",
    tags={
        Field.TITLE: ("TI", "T1", "CT", "BT", "ST"),
        Field.ORIGINAL_TITLE: ("OT",),
        Field.AUTHORS: ("AU", "A1"),
        Field.JOURNAL: ("JF", "T2", "JO", "JA", "J2", "JI", "J1", "J9", "BT"),
        Field.ABBREVIATION: ("J2", "JA", "JI", "J1", "JO", "J9"),
        Field.ISSN: ("SN",),
        Field.YEAR: ("PY", "Y1", "YR"),
        Field.PUBLISHED: ("DA",),
        Field.VOLUME: ("VL", "VO"),
        Field.ISSUE: ("IS", "CP", "IP", "NO"),
        Field.PAGES: ("PG", "C7"),
        Field.FIRST_PAGE: ("SP",),
        Field.LAST_PAGE: ("EP",),
        Field.DOI: ("DO", "DI"),
        Field.DOI_LINK: ("L3", "M3", "L2", "L1", "LK", "UR"),
        Field.PMID: ("PM", "PMID"),
        Field.PMCID: ("PMCID",),
        Field.ACCESSION: ("AN",),
        Field.LANGUAGE: ("LA", "LG"),
        Field.ABSTRACT: ("AB", "N2"),
        Field.HEADINGS: ("MH",),
        Field.KEYWORDS: ("KW",),
        Field.TYPES: ("M3",),
        Field.LINKS: ("UR", "L1", "L2", "LK"),
    },
    hints=(
        # Unless it looks like a database's own number, it is a name in somebody's library.
        Hint("ID", DATABASE_NUMBER, Field.OWN_ID),
        Hint("ID", re.compile(r"^(?!\d{1,6}$)(\S.*)$"), Field.LABEL),
        Hint("N1", re.compile(r"\bPMID:? *(\d{1,8})\b"), Field.PMID, "PMID"),
        Hint("N1", re.compile(r"\b(PMC\d+)\b"), Field.PMCID, "PMC"),
        Hint("C2", re.compile(r"\b(PMC\d+)\b"), Field.PMCID, "PMC"),
    ),
)


def _with(name: str, hints: tuple[Hint, ...] = (), **tags: tuple[str, ...]) -> FieldMap:
    changed = {**_BASE.tags, **{Field[key]: value for key, value in tags.items()}}
    return replace(_BASE, name=name, tags=changed, hints=hints + _BASE.hints)


_OWN_NOTES = (
    Hint("N1", re.compile(r"^reviewkit key: *(\S.*)$"), Field.OWN_ID),
    Hint("N1", re.compile(r"^published online: *(\d[\d-]*)$"), Field.ONLINE),
    Hint("N1", re.compile(r"^entered the database: *(\d[\d-]*)$"), Field.CREATED),
)
_EBSCO_NOTE = (
    Hint("N1", re.compile(r"Accession Number: *([\w-]+)"), Field.ACCESSION, "Accession"),
    Hint("N1", re.compile(r"\bLanguage: *([A-Z][a-z]+)"), Field.LANGUAGE, "Language"),
    Hint("N1", re.compile(r"\bPMID: *(?:NLM)?(\d+)"), Field.PMID, "PMID"),
)
_SCOPUS_LINK = (Hint("UR", re.compile(r"[?&]eid=(2-s2\.0-\d+)"), Field.ACCESSION),)

FIELD_MAPS: dict[str, FieldMap] = {
    reading.name: reading
    for reading in (
        _BASE,
        replace(
            _with(
                "reviewkit",
                _OWN_NOTES,
                ORIGINAL_TITLE=("TT",),
                JOURNAL=("T2",),
                ABBREVIATION=("J2",),
                RELATIONS=("N1",),
            ),
            marks_groups=True,
        ),
        _with("rayyan"),
        _with("asreview"),
        _with("covidence"),
        _with("lilacs", OWN_ID=("ID", "C8"), CREATED=("C1",), PMCID=("C2",)),
        _with("scielo", OWN_ID=("ID",), CREATED=("C1",)),
        _with(
            "ovid",
            OWN_ID=("ID",),
            PUBLISHED=("Y2", "DA"),
            TYPES=("PT", "M3"),
            ABBREVIATION=("NL", "J2", "JA", "JO"),
        ),
        _with("embase", ACCESSION=("U2", "AN"), PMID=("C5", "PM")),
        _with("cochrane", (Hint("C3", re.compile(r"PUBMED (\d+)"), Field.PMID),)),
        _with("ebsco", _EBSCO_NOTE, OWN_ID=("ID",)),
        _with("scopus", _SCOPUS_LINK, PMID=("C2", "PM"), ACCESSION=("AN",)),
        # An early-access record has no year of its own.
        _with(  # its CP is a conference
            "wos",
            ONLINE=("C6",),
            YEAR=("PY", "Y1", "EY", "C6"),
            FIRST_PAGE=("SP", "PS"),
            ISSUE=("IS", "IP", "NO"),
        ),
        _with("endnote", DOI_LINK=("UR", "L3", "L2", "L1")),
        _with("zotero"),
    )
}


def dialect_of(head: str) -> str:
    """Return which exporter wrote the RIS text that begins so; "ris" for none of the known ones."""
    return next((name for name, sign in _SIGNS if sign.search(head)), "ris")


# What one record shows of its exporter: a tag and the pattern of its value. First match wins.
_RECORD_SIGNS: tuple[tuple[str, str, re.Pattern[str]], ...] = tuple(
    (name, tag, re.compile(pattern))
    for name, tag, pattern in (
        ("reviewkit", "N1", r"reviewkit key: "),
        ("rayyan", "AN", r"rayyan-"),
        ("rayyan", "N1", r"RAYYAN-"),
        ("lilacs", "DP", r"https?://(?:www\.)?bvsalud\.org"),
        ("lilacs", "DB", r"LILACS"),
        ("scielo", "DP", r"https?://(?:www\.)?scielo\.org"),
        ("scielo", "DB", r"SciELO"),
        ("ovid", "L2", r"https?://(?:[\w.]{0,80}ovid)"),
        ("ovid", "DB", r"[^<]*<[\w ]*\d{4}[^>]*>"),
        ("embase", "U2", r"L\d+"),
        ("cochrane", "AN", r"CN-\d+"),
        ("ebsco", "DP", r"EBSCOhost"),
        ("scopus", "DB", r"Scopus"),
        ("wos", "AN", r"WOS:"),
        ("wos", "WE", r""),
    )
)
_SIGN_TAGS = tuple(dict.fromkeys(tag for _, tag, _ in _RECORD_SIGNS))


@functools.lru_cache(maxsize=64)
def _signs_of(tags: tuple[str, ...]) -> tuple[tuple[str, str, Callable[[str], object]], ...]:
    """Return what may show the exporter of a record that has these of the tags with signs."""
    return tuple((name, tag, sign.match) for name, tag, sign in _RECORD_SIGNS if tag in tags)


def record_dialect(raw: Mapping[str, Sequence[str]]) -> str:
    """Return which exporter wrote the record that has these values; "" where it does not show."""
    for name, tag, fits in _signs_of(tuple(filter(raw.__contains__, _SIGN_TAGS))):
        for value in raw[tag]:
            if fits(value):
                return name
    return ""
