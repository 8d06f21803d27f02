"""Citavi's exchange XML, also inside a backup (.ctv6bak): lists of works, people, journals, and
lists that say which belong together. Facts are from real projects of Citavi 6.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping

from reviewkit.importers.mapping import Field, FieldMap
from reviewkit.importers.xml_records import text_of

Raw = dict[str, list[str]]
CITAVI = FieldMap(
    name="citavi",
    tags={
        Field.TITLE: ("Title",), Field.AUTHORS: ("own author",),
        Field.COLLECTIVE: ("own organisation",), Field.JOURNAL: ("own journal",),
        Field.ABBREVIATION: ("own abbreviation",), Field.ISSN: ("own issn",),
        Field.YEAR: ("Year", "Date", "own year"), Field.VOLUME: ("Volume",),
        Field.ISSUE: ("Number",), Field.PAGES: ("PageRange",), Field.DOI: ("DOI", "Doi"),
        Field.PMID: ("PubMedID",), Field.PMCID: ("PMCID",), Field.ABSTRACT: ("Abstract",),
        Field.KEYWORDS: ("own keyword",), Field.TYPES: ("ReferenceType",),
        Field.LINKS: ("OnlineAddress",), Field.LANGUAGE: ("Language",),
    },
)  # fmt: skip
# What Citavi writes for itself: who clicked, texts a second time as RTF, settings of a field.
_OF_CITAVI = re.compile(
    r"(?:Created|Modified)(?:By|On)|\w+(?:Formatted|Complexity|IsComplex|TextFormat|UpdateType)"
    r"|HasLabel\d|StaticIDs|PageRange(?:Number|NumeralSystem)|PeriodicalID|SeriesTitleID|CoverPath"
)
_PAGES = frozenset({"PageRange", "PageCount"})
_PRINTED = re.compile(r"<os>([^<]*)</os>")


def citavi_works(root: ET.Element) -> Iterator[Raw]:
    """Yield the values of every work, in file order."""
    project = _Project(root)
    for reference in root.iter("Reference"):
        yield project.values_of(reference)


class _Project:
    """The lists of a project, by the identifiers of what stands in them."""

    def __init__(self, root: ET.Element) -> None:
        self._people = {one.get("id", ""): _name(one) for one in root.iter("Person")}
        self._named = {kind: _named(root, kind) for kind in ("Keyword", "Publisher", "SeriesTitle")}
        self._journals = {one.get("id", ""): one for one in root.iter("Periodical")}
        self._titles = {one.get("id", ""): _title(one) for one in root.iter("Reference")}
        self._links = {
            what: _links(root, f"Reference{what}")
            for what in ("Authors", "Organizations", "Editors", "Publishers", "Keywords")
        }
        # "The book; its chapter; its next chapter".
        self._books: dict[str, str] = {}
        for book, parts in _links(root, "ReferenceReferences").items():
            self._books |= dict.fromkeys(parts, book)

    def values_of(self, reference: ET.Element) -> Raw:
        """Return a work's own values, and those that the lists give it."""
        raw: Raw = {}
        for child in reference:
            text = text_of(child).strip()
            if text and not _OF_CITAVI.fullmatch(child.tag):
                raw[child.tag] = [_printed(text) if child.tag in _PAGES else text]

        own = reference.get("id", "")
        if "Subtitle" in raw and "Title" in raw:
            raw["Title"] = [_title(reference)]
        if "Year" not in raw and "Date" not in raw:
            raw["own year"] = [text[:4] for text in raw.get("DateForSorting", ())]

        raw["own author"] = self._linked("Authors", own, self._people)
        raw["own organisation"] = self._linked("Organizations", own, self._people)
        raw["editor"] = self._linked("Editors", own, self._people)
        raw["own keyword"] = self._linked("Keywords", own, self._named["Keyword"])
        raw["publisher"] = self._linked("Publishers", own, self._named["Publisher"])
        raw["place"] = raw.pop("PlaceOfPublication", [])
        raw["series"] = _known(self._named["SeriesTitle"], _part(reference, "SeriesTitleID"))
        return raw | self._journal_of(reference)

    def _journal_of(self, reference: ET.Element) -> Raw:
        """Return the journal that a work is in; for a chapter, its book."""
        journal = self._journals.get(_part(reference, "PeriodicalID"))
        if journal is None:
            book = self._books.get(reference.get("id", ""), "")
            return {"own journal": _known(self._titles, book)}

        return {
            "own journal": [_part(journal, "Name")],
            "own abbreviation": [_part(journal, "StandardAbbreviation")],
            "own issn": [_part(journal, "ISSN")],
        }

    def _linked(self, what: str, own: str, names: Mapping[str, str]) -> list[str]:
        keys = self._links[what].get(own, ())
        return [names[key] for key in keys if names.get(key)]


def _named(root: ET.Element, kind: str) -> dict[str, str]:
    return {one.get("id", ""): _part(one, "Name") for one in root.iter(kind)}


def _known(names: Mapping[str, str], key: str) -> list[str]:
    name = names.get(key)
    return [name] if name else []


def _name(person: ET.Element) -> str:
    """Return "Family, First Middle"; an organisation has only the family's part."""
    given = " ".join(filter(None, (_part(person, "FirstName"), _part(person, "MiddleName"))))
    return ", ".join(filter(None, (_part(person, "LastName"), given)))


def _title(reference: ET.Element) -> str:
    return ": ".join(filter(None, (_part(reference, "Title"), _part(reference, "Subtitle"))))


def _printed(text: str) -> str:
    """Return the pages as they are printed: Citavi stores them as XML in a text."""
    found = _PRINTED.findall(text)

    return found[-1] if found else text


def _part(element: ET.Element, name: str) -> str:
    return text_of(element.find(name)).strip()


def _links(root: ET.Element, name: str) -> dict[str, list[str]]:
    """Return which persons or keywords each work has: "work;one;two"."""
    found: dict[str, list[str]] = {}
    for group in root.iter(name):
        for link in group:
            key, *others = text_of(link).strip().split(";")
            found.setdefault(key, []).extend(others)
    return found
