"""PubMed XML (articles and book articles) to records, streamed. Every element lands in a field or in `other`.

Traps read as they are: PubmedData's own ArticleIdList only, dates in words, collective authors, several languages.
"""

import re
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from reviewkit.importers.mapping import Field, FieldMap
from reviewkit.importers.medline_values import relation_target
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
        "AuthorList",
        "MeshHeadingList",
        "PubDate",
        "ArticleDate",
        "ArticleTitle",
        "BookTitle",
        "VernacularTitle",
    }
    | {
        "Abstract",
        "OtherAbstract",
        "CommentsCorrectionsList",
        "ArticleIdList",
        "History",
        "PMID",
        "ReferenceList",
    }
    | {"ELocationID", "InvestigatorList"}
)
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
PREPRINT_SERVERS = re.compile(
    r"(?i)(?:res(?:earch)? sq|\w*rxiv|ssrn|preprints|authorea|f1000res|osf)\b"
)
_Raw = defaultdict[str, list[str]]


def parse_pubmed_xml(stream: Tokens, *, source: str, problems: list[Problem]) -> ParsedItems:
    """Every article and book article of the stream as an Entry. A line is named only where the XML itself breaks."""
    for element in elements(stream, _ARTICLES, problems):
        if element.tag == "DeleteCitation":
            count = len(element.findall("PMID"))
            what = f"{count} PMIDs are listed as deleted from PubMed (DeleteCitation); they bring no record"
            yield Problem(kind=ProblemKind.VALUE, line=None, what=what)
        else:
            yield from _read(element, source)


def _read(article: ET.Element, source: str) -> Iterator[ParsedItem]:
    citation = article.find("MedlineCitation")
    citation = citation if citation is not None else article.find("BookDocument")
    raw: _Raw = defaultdict(list)
    if citation is None:
        yield Problem(
            kind=ProblemKind.DAMAGE, line=None, what=f"a {article.tag} without a citation in it"
        )
        return
    pmid = text_of(citation.find("PMID")).strip()
    raw["PMID"].append(pmid)
    raw["own PMID"].append(pmid)
    _flatten(article, raw)
    _people(citation, raw)
    _words(citation, raw)
    _history(article, raw)
    for name in ("Status", "Owner", "IndexingMethod"):
        if value := citation.get(name):
            raw[f"MedlineCitation {name}"].append(value)
    for item in build_record(raw, _FIELDS, source=source, line=None):
        if isinstance(item, ParsedRecord):
            yield replace(item, record=replace(item.record, relations=_relations(citation)))
        else:
            yield replace(item, what=f"PMID {pmid}: {item.what}")


def _flatten(element: ET.Element, raw: _Raw) -> None:
    """Every leaf's text under its element's name, but for the parts that are read by hand."""
    for child in element:
        if child.tag in _BY_HAND:
            continue
        if child.tag in _DATES:
            raw[child.tag].append(_date(child))
        elif not len(child) or child[0].tag in _MARKUP:
            if text := text_of(child).strip():
                raw[child.tag].append(text)
        else:
            _flatten(child, raw)


def _people(citation: ET.Element, raw: _Raw) -> None:
    for people in citation.iter("AuthorList"):
        editors = people.get("Type") == "editors"
        for author in people:
            group = text_of(author.find("CollectiveName")).strip()
            name = group or _name(author)
            tag = "CollectiveName" if group else "Author"
            raw["Editor" if editors else tag].append(name)
            for part in ("AffiliationInfo/Affiliation", "Identifier"):
                raw[part.rsplit("/", maxsplit=1)[-1]].extend(
                    f"{name}: {text_of(said)}" for said in author.iterfind(part)
                )
    for investigator in citation.iterfind("InvestigatorList/Investigator"):
        raw["Investigator"].append(_name(investigator))


def _name(person: ET.Element) -> str:
    """ "Family, Given Suffix", as PubMed's own MEDLINE text has it in FAU."""
    family = text_of(person.find("LastName")).strip()
    given = text_of(person.find("ForeName")).strip() or text_of(person.find("Initials")).strip()
    given = f"{given} {text_of(person.find('Suffix')).strip()}".strip()
    return f"{family}, {given}" if given else family


def _words(citation: ET.Element, raw: _Raw) -> None:
    for tag in ("ArticleTitle", "BookTitle", "VernacularTitle"):
        titles = (text_of(title) for title in citation.iter(tag))
        raw[tag].extend(
            title for title in titles if title.strip("[]. ").casefold() != "not available"
        )
    for abstract in citation.iter("Abstract"):
        raw["Abstract"].append(_abstract(abstract))
    for abstract in citation.iter("OtherAbstract"):
        raw["OtherAbstract"].append(_abstract(abstract))
    for heading in citation.iter("MeshHeading"):
        raw["MeshHeading"].append("/".join(_starred(part) for part in heading))
    for tag in ("PubDate", "ArticleDate"):
        raw[tag].extend(_date(date) for date in citation.iter(tag))
    for place in citation.iter("ELocationID"):
        valid = "" if place.get("ValidYN") != "N" else " invalid"
        raw[f"ELocationID {place.get('EIdType')}{valid}"].append(text_of(place).strip())


def _abstract(abstract: ET.Element) -> str:
    parts = []
    for part in abstract.iterfind("AbstractText"):
        text = " ".join(text_of(part).split())
        label = (part.get("Label") or "").strip()
        parts.append(f"{label}: {text}" if label and label != "UNLABELLED" else text)
    return "\n".join(part for part in parts if part)


def _starred(name: ET.Element) -> str:
    """The heading's part with the star of MEDLINE text when it is a major topic."""
    return ("*" if name.get("MajorTopicYN") == "Y" else "") + text_of(name).strip()


def _history(article: ET.Element, raw: _Raw) -> None:
    for data in ("PubmedData", "PubmedBookData"):
        for identifier in article.iterfind(f"{data}/ArticleIdList/ArticleId"):
            kind = identifier.get("IdType") or ""
            if kind != "pubmed" and (text := text_of(identifier).strip()):
                raw[f"ArticleId {kind}"].append(text)
        for date in article.iterfind(f"{data}/History/PubMedPubDate"):
            raw[f"History {date.get('PubStatus')}"].append(_date(date))
        for reference in article.iterfind(f"{data}/ReferenceList//Reference/Citation"):
            raw["Reference"].append(" ".join(text_of(reference).split()))


def _date(element: ET.Element) -> str:
    """The date's parts as text: "2024-01-05", "2024 Jan 5", or a MedlineDate as printed."""
    said_as = {part.tag: text_of(part).strip() for part in element}
    said = [said_as[part] for part in ("Year", "Month", "Day") if said_as.get(part)]
    if not said or said_as.get("MedlineDate"):
        return said_as.get("MedlineDate", "")
    if season := said_as.get("Season"):
        return f"{said[0]} {season}"
    numeric = all(part.isdigit() for part in said)
    return "-".join(part.zfill(2) for part in said) if numeric else " ".join(said)


def _relations(citation: ET.Element) -> tuple[Relation, ...]:
    preprint = any(
        text_of(kind).strip().casefold() == "preprint" for kind in citation.iter("PublicationType")
    )
    relations = []
    for link in citation.iterfind("CommentsCorrectionsList/CommentsCorrections"):
        printed = " ".join(text_of(link.find("RefSource")).split())
        pmid = text_of(link.find("PMID")).strip()
        kind = _RELATIONS.get(link.get("RefType") or "", RelationKind.RELATED_TO)
        if kind is RelationKind.HAS_UPDATE and preprint:
            kind = RelationKind.PREPRINT_OF
        elif kind is RelationKind.UPDATE_OF and not preprint and PREPRINT_SERVERS.match(printed):
            kind = RelationKind.HAS_PREPRINT
        target = f"pmid:{pmid}" if pmid else relation_target(printed)
        if (
            target and link.get("RefType") != "Cites"
        ):  # what the work cites is no statement about the work
            relations.append(Relation(kind=kind, target=target))
    return tuple(dict.fromkeys(relations))
