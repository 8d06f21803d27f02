"""EndNote XML to records, streamed. Text is in nested runs of style.

Every leaf goes to a field or stays in `other`.
"""

import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from reviewkit.importers.mapping import Field, FieldMap
from reviewkit.importers.normalise import items_of_cell
from reviewkit.importers.parsed_file import ParsedItems, Problem
from reviewkit.importers.record_builder import build_record
from reviewkit.importers.xml_records import Tokens, elements, text_of
from reviewkit.model.records import RelationKind
from reviewkit.model.text import unescape

_FIELDS = FieldMap(
    name="endnote",
    tags={
        Field.TITLE: ("title",),
        Field.ORIGINAL_TITLE: ("translated-title",),
        Field.AUTHORS: ("authors/author",),
        Field.JOURNAL: ("periodical/full-title", "secondary-title", "alt-periodical/full-title"),
        Field.ABBREVIATION: ("periodical/abbr-1", "alt-title", "short-title", "periodical/abbr-2"),
        Field.ISSN: ("isbn", "issn"),
        Field.YEAR: ("year",),
        Field.PUBLISHED: ("pub-dates/date",),
        Field.VOLUME: ("volume",),
        Field.ISSUE: ("number", "issue"),
        Field.PAGES: ("pages",),
        Field.DOI: ("electronic-resource-num",),
        Field.DOI_LINK: ("related-urls/url", "urls/url"),
        Field.PMID: ("PMID",),
        Field.PMCID: ("custom2",),
        Field.ACCESSION: ("accession-num",),
        Field.LANGUAGE: ("language",),
        Field.ABSTRACT: ("abstract",),
        Field.KEYWORDS: ("keyword",),
        Field.TYPES: ("ref-type",),
        Field.LINKS: ("related-urls/url", "urls/url", "web-urls/url", "pdf-urls/url"),
    },
)
_OWN_FIELDS = replace(
    _FIELDS,
    name="reviewkit",
    tags={
        **_FIELDS.tags,
        Field.OWN_ID: ("own reviewkit key",),
        Field.PMID: ("own PMID",),
        Field.ONLINE: ("own published online",),
        Field.CREATED: ("own entered the database",),
        Field.TYPES: ("own types",),
        Field.HEADINGS: ("own headings",),
        Field.RELATIONS: ("own relation",),
        Field.LINKS: ("related-urls/url",),
        Field.JOURNAL: ("periodical/full-title",),
        Field.ABBREVIATION: ("periodical/abbr-1",),
    },
    splits={
        "own types": items_of_cell,
        "own headings": items_of_cell,
        "isbn": lambda value: value.split("\n"),
        "language": lambda value: value.split(";"),
    },
    marks_groups=True,
)
_OWN_NOTES = frozenset(
    ["reviewkit key", "PMID", "published online", "entered the database", "types", "headings"]
)
_RELATIONS = frozenset(kind.value for kind in RelationKind)
# Names that say too little alone.
_IN_PARENT = frozenset({"author", "date", "full-title", "abbr-1", "abbr-2", "url", "key"})


def parse_endnote_xml(stream: Tokens, *, source: str, problems: list[Problem]) -> ParsedItems:
    """Yield every record of an EndNote XML library.

    EndNote writes one long line, so no line can be named.
    """
    for element in elements(stream, frozenset({"record"}), problems):
        raw: dict[str, list[str]] = defaultdict(list)
        for name, text in _leaves(element, element.tag):
            if text.strip():
                raw[name].append(text)

        kind = element.find("ref-type")
        if kind is not None and kind.get("name"):
            raw["ref-type number"] = raw.pop("ref-type", [])
            raw["ref-type"] = [kind.get("name") or ""]
        fields = _FIELDS
        if any("reviewkit key: " in note for note in raw.get("notes", ())):
            fields = _OWN_FIELDS
            _prepare_own(raw)
        if raw.get("remote-database-provider") == [
            "NLM"
        ]:  # a record of PubMed: its accession number is the PMID
            raw["PMID"] = raw.get("accession-num", [])[:1]
        yield from build_record(raw, fields, source=source, line=None)


def _prepare_own(raw: dict[str, list[str]]) -> None:
    """Take apart the notes that reviewkit's own export wrote; drop headings among the keywords."""
    kept = []
    for line in "\n".join(raw.pop("notes", [])).split("\n"):
        name, _, value = line.partition(": ")
        if name in _OWN_NOTES:
            raw.setdefault(f"own {name}", []).append(value)
        elif name in _RELATIONS:
            raw.setdefault("own relation", []).append(line)
        else:
            kept.append(line)

    # Headings were written before the keywords.
    headings = items_of_cell(unescape("; ".join(raw.get("own headings", ()))))
    terms = raw.get("keyword", [])
    if list(map(unescape, terms[: len(headings)])) == headings:
        raw["keyword"] = terms[len(headings) :]
    raw.pop("secondary-title", None)
    raw.pop("rec-number", None)
    if raw.pop("remote-database-provider", None) == ["NLM"]:
        raw["own PMID"] = raw.pop("accession-num", [])
    if kept:
        raw["notes"] = ["\n".join(kept)]


def _leaves(element: ET.Element, parent: str) -> Iterator[tuple[str, str]]:
    for child in element:
        if not len(child) or child[0].tag == "style":
            name = f"{parent}/{child.tag}" if child.tag in _IN_PARENT else child.tag
            yield name, text_of(child).replace("\r", "\n")
        else:
            yield from _leaves(child, child.tag)
