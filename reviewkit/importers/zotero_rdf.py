"""Zotero RDF: works, and the journals and books that they name. A journal holds the work's DOI.

Facts are from Zotero's own translator for this format.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

from reviewkit.importers.mapping import Field, FieldMap, Hint
from reviewkit.importers.xml_formats import Raw, leaves, local_name
from reviewkit.importers.xml_records import text_of

ZOTERO = FieldMap(
    name="zotero",
    tags={
        Field.TITLE: ("title",), Field.AUTHORS: ("own author",),
        Field.JOURNAL: ("own journal",), Field.ABBREVIATION: ("own abbreviation",),
        Field.ISSN: ("own issn",), Field.YEAR: ("date",),
        Field.VOLUME: ("own volume", "volume"), Field.ISSUE: ("own number", "number"),
        Field.PAGES: ("pages",), Field.DOI: ("own doi",), Field.LANGUAGE: ("language",),
        Field.ABSTRACT: ("abstract",),
        Field.KEYWORDS: ("subject", "subject/AutomaticTag/value"),
        Field.TYPES: ("itemType",), Field.LINKS: ("identifier/URI/value",),
        Field.DOI_LINK: ("identifier/URI/value",),
    },
    hints=(
        Hint("description", re.compile(r"\bPMID: *(\d{1,8})\b"), Field.PMID),
        Hint("description", re.compile(r"\bPMCID: *(PMC\d+)\b"), Field.PMCID),
        Hint("description", re.compile(r"\bDOI: *(10\.\S+)"), Field.DOI),
    ),
)  # fmt: skip
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_NO_WORKS = frozenset({"Journal", "Attachment", "Memo", "Collection", "Data"})
_OF_THE_JOURNAL = {
    "title": "own journal", "volume": "own volume", "number": "own number",
    "alternative": "own abbreviation", "isPartOf/Series/title": "series",
}  # fmt: skip
_OF_THE_WORK = {
    "publisher/Organization/name": "publisher",
    "publisher/Organization/adr/Address/locality": "place",
    "isPartOf/Series/title": "series",
}
_READ_ELSEWHERE = ("authors/", "editors/", "isPartOf/")


def zotero_works(root: ET.Element) -> Iterator[Raw]:
    """Yield the values of every work, in file order."""
    named = {element.get(f"{_RDF}about", ""): element for element in root}
    works = [element for element in root if local_name(element.tag) not in _NO_WORKS]
    # A book that only contains works has no type of its own, where works have one.
    typed = [work for work in works if _part(work, "itemType") is not None]
    for element in typed or works:
        if _part(element, "title") is not None:
            yield _work(element, named)


def _part(element: ET.Element, name: str) -> ET.Element | None:
    return next((child for child in element if local_name(child.tag) == name), None)


def _work(element: ET.Element, named: dict[str, ET.Element]) -> Raw:
    raw: Raw = {}
    for path, text in leaves(element):
        name = _OF_THE_WORK.get(path, path)
        if not name.startswith(_READ_ELSEWHERE):
            raw.setdefault(name, []).append(text)

    raw["own author"] = list(_people(_part(element, "authors")))
    raw["editor"] = list(_people(_part(element, "editors")))

    for journal in _journals(element, named):
        for path, text in leaves(journal):
            raw.setdefault(_OF_THE_JOURNAL.get(path, f"journal {path}"), []).append(text)

    for value in (*raw.pop("identifier", ()), *raw.pop("journal identifier", ())):
        kind, _, number = value.partition(" ")
        raw.setdefault(f"own {kind.casefold()}", []).append(number)
    return raw


def _journals(element: ET.Element, named: dict[str, ET.Element]) -> Iterator[ET.Element]:
    """Yield what a work is part of, inside it or named by it; a series is none."""
    for part in element:
        if local_name(part.tag) == "isPartOf":
            yield from (one for one in part if local_name(one.tag) != "Series")
            journal = named.get(part.get(f"{_RDF}resource", "none"))
            if journal is not None:
                yield journal


def _people(people: ET.Element | None) -> Iterator[str]:
    for person in people.iter() if people is not None else ():
        if local_name(person.tag) == "Person":
            names = {local_name(part.tag): text_of(part).strip() for part in person}
            given = names.get("givenName", names.get("givenname", ""))
            name = ", ".join(filter(None, (names.get("surname", ""), given)))
            if name:
                yield name
