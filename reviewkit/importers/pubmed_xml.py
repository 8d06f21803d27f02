"""PubMed XML (articles and book articles) to records, streamed.

Every element goes to a field or stays in `other`. Traps: only PubmedData's own ArticleIdList is the
work's; dates may be in words; authors may be groups; a work may have several languages.
"""

import itertools
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from reviewkit.importers.mapping import Field, FieldMap
from reviewkit.importers.medline_values import relation_kind, relation_target
from reviewkit.importers.parsed_file import (
    ParsedItem,
    ParsedItems,
    ParsedRecord,
    Problem,
    ProblemKind,
)
from reviewkit.importers.record_builder import build_record
from reviewkit.importers.xml_records import Tokens, elements, text_of
from reviewkit.model.records import Relation, RelationKind

_FIELDS = FieldMap(
    name="pubmed",
    tags={
        Field.OWN_ID: ("PMID",),
        Field.TITLE: ("ArticleTitle", "BookTitle"),
        Field.ORIGINAL_TITLE: ("VernacularTitle",),
        Field.AUTHORS: ("Author",),
        Field.COLLECTIVE: ("CollectiveName",),
        Field.JOURNAL: ("Title",),
        Field.ABBREVIATION: ("MedlineTA", "ISOAbbreviation"),
        Field.ISSN: ("ISSN", "ISSNLinking"),
        Field.YEAR: ("PubDate",),
        Field.ONLINE: ("ArticleDate",),
        Field.CREATED: ("History entrez",),
        Field.VOLUME: ("Volume",),
        Field.ISSUE: ("Issue",),
        Field.PAGES: ("MedlinePgn",),
        Field.FIRST_PAGE: ("StartPage",),
        Field.LAST_PAGE: ("EndPage",),
        Field.DOI: ("ArticleId doi", "ELocationID doi"),
        Field.PMID: ("own PMID",),
        Field.PMCID: ("ArticleId pmc",),
        Field.LANGUAGE: ("Language",),
        Field.ABSTRACT: ("Abstract",),
        Field.HEADINGS: ("MeshHeading",),
        Field.KEYWORDS: ("Keyword",),
        Field.TYPES: ("PublicationType",),
    },
    marks_groups=True,
)
_ARTICLES = frozenset({"PubmedArticle", "PubmedBookArticle", "DeleteCitation"})
# Read by hand below; all other leaves go to `other` under their element's name.
_BY_HAND = frozenset(
    {
        "AuthorList", "MeshHeadingList", "PubDate", "ArticleDate", "ArticleTitle", "BookTitle",
        "VernacularTitle", "Abstract", "OtherAbstract", "CommentsCorrectionsList", "ArticleIdList",
        "History", "PMID", "ReferenceList", "ELocationID", "InvestigatorList",
    }
)  # fmt: skip
_ANYWHERE = frozenset(
    {
        "AuthorList", "ArticleTitle", "BookTitle", "VernacularTitle", "Abstract", "OtherAbstract",
        "MeshHeading", "PubDate", "ArticleDate", "ELocationID", "PublicationType",
    }
)  # fmt: skip
_MARKUP = frozenset({"b", "i", "u", "sub", "sup", "mml:math"})
_DATES = frozenset(
    {
        "DateCompleted",
        "DateRevised",
        "DateCreated",
        "ContributionDate",
        "BeginningDate",
        "EndingDate",
    }
)
_RELATIONS = {
    "CommentOn": RelationKind.COMMENT_ON,
    "CommentIn": RelationKind.HAS_COMMENT,
    "ErratumFor": RelationKind.ERRATUM_OF,
    "ErratumIn": RelationKind.HAS_ERRATUM,
    "RetractionOf": RelationKind.RETRACTION_OF,
    "RetractionIn": RelationKind.RETRACTED_BY,
    "ExpressionOfConcernFor": RelationKind.CONCERN_ABOUT,
    "ExpressionOfConcernIn": RelationKind.HAS_CONCERN,
    "UpdateOf": RelationKind.UPDATE_OF,
    "UpdateIn": RelationKind.HAS_UPDATE,
    # Retracted and republished: the older work is as retracted as any other.
    "RetractedandRepublishedIn": RelationKind.RETRACTED_BY,
    "RetractedandRepublishedFrom": RelationKind.UPDATE_OF,
    "CorrectedandRepublishedIn": RelationKind.HAS_UPDATE,
    "CorrectedandRepublishedFrom": RelationKind.UPDATE_OF,
}
_CLOCK = frozenset({"Hour", "Minute", "Second"})
_RawLists = defaultdict[str, list[str]]
_Parts = defaultdict[str, list[ET.Element]]


def parse_pubmed_xml(stream: Tokens, *, source: str, problems: list[Problem]) -> ParsedItems:
    """Yield every article and book article. A line is named only where the XML itself breaks."""
    for element in elements(stream, _ARTICLES, problems):
        if element.tag == "DeleteCitation":
            count = len(element.findall("PMID"))
            what = (
                f"{count} PMIDs are listed as deleted from PubMed (DeleteCitation); "
                "they bring no record"
            )
            yield Problem(kind=ProblemKind.VALUE, line=None, what=what)
        else:
            yield from _read(element, source)


def _read(article: ET.Element, source: str) -> Iterator[ParsedItem]:
    citation = article.find("MedlineCitation")
    if citation is None:
        citation = article.find("BookDocument")
    if citation is None:
        what = f"a {article.tag} without a citation in it"
        yield Problem(kind=ProblemKind.REFUSED, line=None, what=what)
        return

    pmid = text_of(citation.find("PMID")).strip()
    parts = _parts_of(citation)
    raw = _raw_values(article, citation, parts, pmid)
    for item in build_record(raw, _FIELDS, source=source, line=None, filled=True):
        if isinstance(item, ParsedRecord):
            # Nobody has seen the record without them, so it need not be copied.
            object.__setattr__(item.record, "relations", _relations(citation, parts))
            yield item
        else:
            yield replace(item, what=f"PMID {pmid}: {item.what}")


def _raw_values(
    article: ET.Element, citation: ET.Element, parts: _Parts, pmid: str
) -> dict[str, list[str]]:
    """Return what the article says, by tag; no value is blank."""
    raw: _RawLists = defaultdict(list)
    for tag in ("PMID", "own PMID"):
        raw[tag] += _filled(pmid)
    _add_leaves(article, raw)
    _add_people(parts, raw)
    for investigator in _children_of(citation, "InvestigatorList", "Investigator"):
        raw["Investigator"] += _filled(_name(_person(investigator)[0]))
    _add_texts(parts, raw)
    _add_history(article, raw)

    for name in ("Status", "Owner", "IndexingMethod"):
        raw[f"MedlineCitation {name}"] += _filled(citation.get(name, ""))

    return {tag: values for tag, values in raw.items() if values}


def _parts_of(citation: ET.Element) -> _Parts:
    """Return the parts that may stand anywhere in the citation, in their order, by tag."""
    parts: _Parts = defaultdict(list)
    for element in citation.iter():
        if element.tag in _ANYWHERE:
            parts[element.tag].append(element)
    return parts


def _children_of(element: ET.Element, group: str, tag: str) -> Iterator[ET.Element]:
    """Return the elements of a tag in each child that groups them; faster than by a path."""
    return itertools.chain.from_iterable(child.findall(tag) for child in element.findall(group))


def _add_leaves(element: ET.Element, raw: _RawLists) -> None:
    """Add every leaf's text under its element's name, but for the parts that are read by hand."""
    for child in element:
        tag = child.tag
        if tag in _BY_HAND:
            continue

        if tag in _DATES:
            raw[tag] += _filled(_date(child))
        elif not len(child) or child[0].tag in _MARKUP:
            text = text_of(child).strip()
            if text:
                raw[tag].append(text)
        else:
            _add_leaves(child, raw)


def _filled(*texts: str) -> list[str]:
    """Return the texts that are not blank."""
    return [text for text in texts if text and not text.isspace()]


def _add_people(parts: _Parts, raw: _RawLists) -> None:
    for people in parts["AuthorList"]:
        editors = people.get("Type") == "editors"
        for author in people:
            texts, places, identifiers = _person(author)
            group = texts.get("CollectiveName", "")
            name = group or _name(texts)
            tag = _author_tag(editors=editors, group=bool(group))
            raw[tag] += _filled(name)
            raw["Affiliation"] += [f"{name}: {place}" for place in places]
            raw["Identifier"] += [f"{name}: {identifier}" for identifier in identifiers]


def _person(element: ET.Element) -> tuple[dict[str, str], list[str], list[str]]:
    """Return the first text of each tag, the affiliations, and the identifiers."""
    texts: dict[str, str] = {}
    places: list[str] = []
    identifiers: list[str] = []
    for part in element:
        tag = part.tag
        if tag == "AffiliationInfo":
            places += map(text_of, part.iter("Affiliation"))
        elif tag == "Identifier":
            identifiers.append(text_of(part))
        elif tag not in texts:
            texts[tag] = text_of(part).strip()

    return texts, places, identifiers


def _author_tag(*, editors: bool, group: bool) -> str:
    if editors:
        return "Editor"
    if group:
        return "CollectiveName"
    return "Author"


def _name(person: dict[str, str]) -> str:
    """Return "Family, Given Suffix", as PubMed's own MEDLINE text has it in FAU."""
    family = person.get("LastName", "")
    given = person.get("ForeName") or person.get("Initials", "")
    suffix = person.get("Suffix")
    if suffix:
        given = f"{given} {suffix}".strip()
    return f"{family}, {given}" if given else family


def _add_texts(parts: _Parts, raw: _RawLists) -> None:
    """Add titles, abstracts, headings, dates of publication and electronic locations."""
    for tag in ("ArticleTitle", "BookTitle", "VernacularTitle"):
        titles = _filled(*map(text_of, parts[tag]))
        raw[tag] += [title for title in titles if not _says_not_available(title)]

    for tag in ("Abstract", "OtherAbstract"):
        raw[tag] += _filled(*map(_abstract, parts[tag]))
    raw["MeshHeading"] += _filled(*map(_heading, parts["MeshHeading"]))
    for tag in ("PubDate", "ArticleDate"):
        raw[tag] += _filled(*map(_date, parts[tag]))

    for location in parts["ELocationID"]:
        tag = f"ELocationID {location.get('EIdType')}"
        if location.get("ValidYN") == "N":
            tag += " invalid"
        raw[tag] += _filled(text_of(location).strip())


def _says_not_available(title: str) -> bool:
    """Return whether it is "[Not Available].", PubMed's way of writing that there is no title."""
    return title.strip("[]. ").casefold() == "not available"


def _abstract(abstract: ET.Element) -> str:
    parts = []
    for part in abstract.iterfind("AbstractText"):
        text = " ".join(text_of(part).split())
        label = (part.get("Label") or "").strip()
        if label and label != "UNLABELLED":
            text = f"{label}: {text}"
        parts.append(text)

    return "\n".join(part for part in parts if part)


def _heading(heading: ET.Element) -> str:
    return "/".join(map(_starred, heading))


def _starred(name: ET.Element) -> str:
    """Return the heading's part, with the star of MEDLINE text for a major topic."""
    text = text_of(name).strip()
    if name.get("MajorTopicYN") == "Y":
        return f"*{text}"
    return text


def _add_history(article: ET.Element, raw: _RawLists) -> None:
    """Add identifiers, dates and references from PubMed's own data on the article."""
    for data in ("PubmedData", "PubmedBookData"):
        for part in article.findall(data):
            _add_data(part, raw)


def _add_data(data: ET.Element, raw: _RawLists) -> None:
    for identifier in _children_of(data, "ArticleIdList", "ArticleId"):
        kind = identifier.get("IdType") or ""
        text = text_of(identifier).strip()
        if kind != "pubmed" and text:
            raw[f"ArticleId {kind}"].append(text)

    for date in _children_of(data, "History", "PubMedPubDate"):
        raw[f"History {date.get('PubStatus')}"] += _filled(_date(date))
    for references in data.findall("ReferenceList"):
        for reference in references.iter("Reference"):
            printed = map(text_of, reference.findall("Citation"))
            raw["Reference"] += _filled(*(" ".join(text.split()) for text in printed))


def _date(element: ET.Element) -> str:
    """Return the date as text: "2024-01-05", "2024 Jan 5", or a MedlineDate as printed."""
    parts = {part.tag: text_of(part).strip() for part in element if part.tag not in _CLOCK}
    printed = [parts[name] for name in ("Year", "Month", "Day") if parts.get(name)]
    if not printed or parts.get("MedlineDate"):
        return parts.get("MedlineDate", "")
    if parts.get("Season"):
        return f"{printed[0]} {parts['Season']}"
    if "".join(printed).isdecimal():
        return "-".join([part.zfill(2) for part in printed])

    return " ".join(printed)


def _relations(citation: ET.Element, parts: _Parts) -> tuple[Relation, ...]:
    kinds = (text_of(kind).strip().casefold() for kind in parts["PublicationType"])
    is_preprint = "preprint" in kinds
    relations: list[Relation] = []

    for link in _children_of(citation, "CommentsCorrectionsList", "CommentsCorrections"):
        name = link.get("RefType") or ""
        if name == "Cites":  # what the work cites is no statement about the work
            continue

        printed = " ".join(text_of(link.find("RefSource")).split())
        pmid = text_of(link.find("PMID")).strip()
        target = f"pmid:{pmid}" if pmid else relation_target(printed)
        if target:
            kind = _RELATIONS.get(name, RelationKind.RELATED_TO)
            kind = relation_kind(kind, printed, is_preprint=is_preprint)
            relations.append(Relation(kind=kind, target=target))

    return tuple(dict.fromkeys(relations))
