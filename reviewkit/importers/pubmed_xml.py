"""PubMed XML (articles and book articles) to records, streamed.

Every element goes to a field or stays in `other`. Traps: only PubmedData's own ArticleIdList is the
work's; dates may be in words; authors may be groups; a work may have several languages.
"""

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
_RawLists = defaultdict[str, list[str]]


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

    raw: _RawLists = defaultdict(list)
    pmid = text_of(citation.find("PMID")).strip()
    raw["PMID"].append(pmid)
    raw["own PMID"].append(pmid)
    _add_leaves(article, raw)
    _add_people(citation, raw)
    _add_texts(citation, raw)
    _add_history(article, raw)

    for name in ("Status", "Owner", "IndexingMethod"):
        value = citation.get(name)
        if value:
            raw[f"MedlineCitation {name}"].append(value)

    for item in build_record(raw, _FIELDS, source=source, line=None):
        if isinstance(item, ParsedRecord):
            record = replace(item.record, relations=_relations(citation))
            yield item._replace(record=record)
        else:
            yield replace(item, what=f"PMID {pmid}: {item.what}")


def _add_leaves(element: ET.Element, raw: _RawLists) -> None:
    """Add every leaf's text under its element's name, but for the parts that are read by hand."""
    for child in element:
        if child.tag in _BY_HAND:
            continue

        if child.tag in _DATES:
            raw[child.tag].append(_date(child))
        elif not len(child) or child[0].tag in _MARKUP:
            text = text_of(child).strip()
            if text:
                raw[child.tag].append(text)
        else:
            _add_leaves(child, raw)


def _add_people(citation: ET.Element, raw: _RawLists) -> None:
    for people in citation.iter("AuthorList"):
        editors = people.get("Type") == "editors"
        for author in people:
            parts = _first_parts(author)
            group = text_of(parts.get("CollectiveName")).strip()
            name = group or _name(parts)
            tag = _author_tag(editors=editors, group=bool(group))
            raw[tag].append(name)

            affiliations, identifiers = raw["Affiliation"], raw["Identifier"]
            for part in author:
                if part.tag == "AffiliationInfo":
                    affiliations += [
                        f"{name}: {text_of(place)}" for place in part.iter("Affiliation")
                    ]
                elif part.tag == "Identifier":
                    identifiers.append(f"{name}: {text_of(part)}")

    for investigator in citation.iterfind("InvestigatorList/Investigator"):
        raw["Investigator"].append(_name(_first_parts(investigator)))


def _first_parts(element: ET.Element) -> dict[str, ET.Element]:
    """Return the first child of each tag."""
    return {child.tag: child for child in reversed(element)}


def _author_tag(*, editors: bool, group: bool) -> str:
    if editors:
        return "Editor"
    if group:
        return "CollectiveName"
    return "Author"


def _name(person: dict[str, ET.Element]) -> str:
    """Return "Family, Given Suffix", as PubMed's own MEDLINE text has it in FAU."""
    family = text_of(person.get("LastName")).strip()
    given = text_of(person.get("ForeName")).strip() or text_of(person.get("Initials")).strip()
    given = f"{given} {text_of(person.get('Suffix')).strip()}".strip()
    return f"{family}, {given}" if given else family


def _add_texts(citation: ET.Element, raw: _RawLists) -> None:
    """Add titles, abstracts, headings, dates of publication and electronic locations."""
    for tag in ("ArticleTitle", "BookTitle", "VernacularTitle"):
        titles = map(text_of, citation.iter(tag))
        raw[tag].extend(title for title in titles if not _says_not_available(title))

    for tag in ("Abstract", "OtherAbstract"):
        raw[tag].extend(map(_abstract, citation.iter(tag)))
    for heading in citation.iter("MeshHeading"):
        raw["MeshHeading"].append("/".join(map(_starred, heading)))
    for tag in ("PubDate", "ArticleDate"):
        raw[tag].extend(map(_date, citation.iter(tag)))

    for location in citation.iter("ELocationID"):
        tag = f"ELocationID {location.get('EIdType')}"
        if location.get("ValidYN") == "N":
            tag += " invalid"
        raw[tag].append(text_of(location).strip())


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


def _starred(name: ET.Element) -> str:
    """Return the heading's part, with the star of MEDLINE text for a major topic."""
    text = text_of(name).strip()
    if name.get("MajorTopicYN") == "Y":
        return f"*{text}"
    return text


def _add_history(article: ET.Element, raw: _RawLists) -> None:
    """Add identifiers, dates and references from PubMed's own data on the article."""
    for data in ("PubmedData", "PubmedBookData"):
        for identifier in article.iterfind(f"{data}/ArticleIdList/ArticleId"):
            kind = identifier.get("IdType") or ""
            text = text_of(identifier).strip()
            if kind != "pubmed" and text:
                raw[f"ArticleId {kind}"].append(text)

        for date in article.iterfind(f"{data}/History/PubMedPubDate"):
            raw[f"History {date.get('PubStatus')}"].append(_date(date))
        for reference in article.iterfind(f"{data}/ReferenceList//Reference/Citation"):
            raw["Reference"].append(" ".join(text_of(reference).split()))


def _date(element: ET.Element) -> str:
    """Return the date as text: "2024-01-05", "2024 Jan 5", or a MedlineDate as printed."""
    parts = {part.tag: text_of(part).strip() for part in element}
    printed = [parts[name] for name in ("Year", "Month", "Day") if parts.get(name)]
    if not printed or parts.get("MedlineDate"):
        return parts.get("MedlineDate", "")
    if parts.get("Season"):
        return f"{printed[0]} {parts['Season']}"
    if all(part.isdecimal() for part in printed):
        return "-".join(part.zfill(2) for part in printed)

    return " ".join(printed)


def _relations(citation: ET.Element) -> tuple[Relation, ...]:
    kinds = (text_of(kind).strip().casefold() for kind in citation.iter("PublicationType"))
    is_preprint = "preprint" in kinds
    relations = []

    for link in citation.iterfind("CommentsCorrectionsList/CommentsCorrections"):
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
