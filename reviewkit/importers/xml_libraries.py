"""XML whose records name each other, read whole: Zotero RDF and Citavi's exchange XML.

A journal, a person or a keyword stands in an element of its own and is looked up by its name.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterator

from reviewkit.importers.mapping import Field, FieldMap
from reviewkit.importers.parsed_file import ParsedItems, Problem, ProblemKind
from reviewkit.importers.record_builder import build_record
from reviewkit.importers.xml_formats import Raw, leaves, local_name
from reviewkit.importers.xml_records import Tokens, text_of

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_NO_WORKS = frozenset({"Journal", "Attachment", "Memo", "Collection", "Data"})
LIBRARIES = {
    "zotero": FieldMap(
        name="zotero",
        tags={
            Field.TITLE: ("title",), Field.AUTHORS: ("own author",),
            Field.JOURNAL: ("own journal",), Field.ISSN: ("own issn",), Field.YEAR: ("date",),
            Field.VOLUME: ("own volume", "volume"), Field.ISSUE: ("own number", "number"),
            Field.PAGES: ("pages",), Field.DOI: ("own doi",), Field.LANGUAGE: ("language",),
            Field.ABSTRACT: ("abstract", "description"),
            Field.KEYWORDS: ("subject", "subject/AutomaticTag/value"),
            Field.TYPES: ("itemType",), Field.LINKS: ("identifier/URI/value",),
            Field.DOI_LINK: ("identifier/URI/value",),
        },
    ),
    "citavi": FieldMap(
        name="citavi",
        tags={
            Field.TITLE: ("Title",), Field.AUTHORS: ("own author",),
            Field.JOURNAL: ("own journal",), Field.YEAR: ("Year", "Date"),
            Field.VOLUME: ("Volume",), Field.ISSUE: ("Number",), Field.PAGES: ("PageRange",),
            Field.DOI: ("DOI", "Doi"), Field.PMID: ("PubMedID",), Field.ABSTRACT: ("Abstract",),
            Field.KEYWORDS: ("own keyword",), Field.TYPES: ("ReferenceType",),
            Field.LINKS: ("OnlineAddress",), Field.LANGUAGE: ("Language",),
        },
    ),
}  # fmt: skip


def parse_xml_tree(
    stream: Tokens, dialect: str, *, source: str, problems: list[Problem]
) -> ParsedItems:
    """Yield every work of the library, in file order."""
    root = ET.Element("empty")
    try:
        # Entities are refused in the prolog. The last element to end is the root.
        for _, root in ET.iterparse(stream, events=("end",)):  # noqa: B007, S314
            pass
    except ET.ParseError as error:
        what = f"the XML breaks here ({error.msg.split(':')[0]}); nothing after it could be read"
        problems.append(Problem(kind=ProblemKind.DAMAGE, line=error.position[0], what=what))
    except (LookupError, ValueError) as error:  # an encoding that does not exist
        what = f"the XML could not be read: {error}"
        problems.append(Problem(kind=ProblemKind.DAMAGE, line=1, what=what))

    works = _zotero_works(root)
    if dialect == "citavi":
        works = _citavi_works(root)
    for raw in works:
        yield from build_record(raw, LIBRARIES[dialect], source=source, line=None)


def _raw(element: ET.Element) -> Raw:
    raw: Raw = {}
    for path, text in leaves(element):
        raw.setdefault(path, []).append(text)
    return raw


def _zotero_works(root: ET.Element) -> Iterator[Raw]:
    named = {element.get(f"{_RDF}about", ""): element for element in root}
    for element in root:
        names = {local_name(child.tag): child for child in element}
        if local_name(element.tag) in _NO_WORKS or "title" not in names:
            continue

        raw = _raw(element)
        raw = {path: texts for path, texts in raw.items() if not path.startswith("authors/")}
        raw["own author"] = list(_people(names.get("authors")))
        for value in raw.get("identifier", []):
            kind, _, number = value.partition(" ")
            raw.setdefault(f"own {kind.casefold()}", []).append(number)
        for journal in _journals(element, named):
            _add_journal(journal, raw)
        yield raw


_OF_THE_JOURNAL = {"title": "own journal", "volume": "own volume", "number": "own number"}


def _add_journal(journal: ET.Element, raw: Raw) -> None:
    for path, text in leaves(journal):
        raw.setdefault(_OF_THE_JOURNAL.get(path, f"journal {path}"), []).append(text)
    issns = [value for value in raw.get("journal identifier", []) if "ISSN" in value]
    raw["own issn"] = [value.removeprefix("ISSN ") for value in issns]


def _journals(element: ET.Element, named: dict[str, ET.Element]) -> Iterator[ET.Element]:
    """Yield what a work is part of, inside it or named by it."""
    for part in element:
        if local_name(part.tag) == "isPartOf":
            yield from part
            journal = named.get(part.get(f"{_RDF}resource", "none"))
            if journal is not None:
                yield journal


def _people(authors: ET.Element | None) -> Iterator[str]:
    for person in authors.iter() if authors is not None else ():
        if local_name(person.tag) == "Person":
            names = {local_name(part.tag): text_of(part).strip() for part in person}
            given = names.get("givenName", names.get("givenname", ""))
            name = ", ".join(filter(None, (names.get("surname", ""), given)))
            if name:
                yield name


def _citavi_works(root: ET.Element) -> Iterator[Raw]:
    people = {
        person.get("id", ""): ", ".join(
            filter(None, (_part(person, "LastName"), _part(person, "FirstName")))
        )
        for person in root.iter("Person")
    }
    keywords = {one.get("id", ""): _part(one, "Name") for one in root.iter("Keyword")}
    journals = {one.get("id", ""): _part(one, "Name") for one in root.iter("Periodical")}
    authors = _links(root, "ReferenceAuthors")
    terms = _links(root, "ReferenceKeywords")
    for reference in root.iter("Reference"):
        raw = _raw(reference)
        own = reference.get("id", "")
        raw["own author"] = [people[key] for key in authors.get(own, ()) if people.get(key)]
        raw["own keyword"] = [keywords[key] for key in terms.get(own, ()) if keywords.get(key)]
        journal = journals.get(_part(reference, "PeriodicalID"))
        if journal:
            raw["own journal"] = [journal]
        yield raw


def _part(element: ET.Element, name: str) -> str:
    return text_of(element.find(name)).strip()


def _links(root: ET.Element, name: str) -> dict[str, list[str]]:
    """Return which persons or keywords each reference has: "reference;one;two"."""
    found: dict[str, list[str]] = {}
    for group in root.iter(name):
        for link in group:
            key, *others = text_of(link).strip().split(";")
            found.setdefault(key, []).extend(others)
    return found
