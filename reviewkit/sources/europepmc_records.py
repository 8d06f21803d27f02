"""Results of Europe PMC to Records."""

import dataclasses
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from reviewkit.importers.mapping import Field, FieldMap
from reviewkit.importers.parsed_file import ParsedRecord, Problem
from reviewkit.importers.record_builder import build_record
from reviewkit.model.records import Record, Relation, RelationKind

_TITLES = ("title", "bookOrReportDetails.title")
_FIELDS = FieldMap(
    name="europepmc",
    tags={
        Field.TITLE: _TITLES,
        Field.AUTHORS: ("authors",),
        Field.COLLECTIVE: ("authorList.author.collectiveName",),
        Field.JOURNAL: ("journalInfo.journal.title", "bookOrReportDetails.publisher"),
        Field.ABBREVIATION: (
            "journalInfo.journal.medlineAbbreviation",
            "journalInfo.journal.isoabbreviation",
        ),
        Field.ISSN: ("journalInfo.journal.issn", "journalInfo.journal.essn"),
        Field.YEAR: ("pubYear", "journalInfo.yearOfPublication"),
        # Not the print date in full: its day is 1 where only the month is known.
        Field.PUBLISHED: ("published",),
        Field.ONLINE: ("electronicPublicationDate",),
        Field.CREATED: ("dateOfCreation", "firstIndexDate"),
        Field.VOLUME: ("journalInfo.volume",),
        Field.ISSUE: ("journalInfo.issue",),
        Field.PAGES: ("pageInfo",),
        Field.DOI: ("doi",),
        Field.PMID: ("pmid",),
        Field.PMCID: ("pmcid",),
        Field.LANGUAGE: ("language",),
        Field.ABSTRACT: ("abstract",),
        Field.HEADINGS: ("headings",),
        Field.KEYWORDS: ("keywordList.keyword",),
        Field.TYPES: ("pubTypeList.pubType",),
        Field.LINKS: ("fullTextUrlList.fullTextUrl.url",),
    },
    marks_groups=True,
)


def read_result(result: Mapping[str, Any], *, source: str) -> tuple[Record, tuple[Problem, ...]]:
    """The record in a result (resultType=core), and the values that do not fit their fields.

    Every value is in a field or, under its path ("journalInfo.journal.nlmid"), in `other`.
    """
    items = build_record(_raw_values(result), _FIELDS, source=source, line=None)
    (record,) = (item.record for item in items if isinstance(item, ParsedRecord))
    record = dataclasses.replace(
        record, source_id=name_of(result), relations=tuple(_relations(result))
    )

    return record, tuple(item for item in items if isinstance(item, Problem))


def name_of(result: Mapping[str, Any]) -> str:
    """Europe PMC's own name for a record.

    Numbers repeat between its sources (MED, PMC, PPR, AGR, PAT...).
    """
    return f"{result['source']}:{result['id']}"


def _raw_values(result: Mapping[str, Any]) -> dict[str, list[str]]:
    """Every value by its path, and the composed ones under names of their own."""
    raw: dict[str, list[str]] = {}
    _flatten(result, "", raw)

    people = map(_person, _listed(result, "authorList", "author"))
    raw["authors"] = [name for name in people if name]
    headings = map(_heading, _listed(result, "meshHeadingList", "meshHeading"))
    raw["headings"] = [heading for heading in headings if heading]
    raw["published"] = list(
        raw.get("journalInfo.dateOfPublication") or raw.get("firstPublicationDate", [])
    )
    raw["abstract"] = [_plain(text) for text in raw.get("abstractText", ())]
    if raw["abstract"] == raw.get("abstractText"):
        del raw["abstractText"]

    return raw


def _flatten(value: object, path: str, raw: dict[str, list[str]]) -> None:
    if isinstance(value, Mapping):
        for name, inside in value.items():
            _flatten(inside, ".".join(filter(None, (path, str(name)))), raw)
    elif isinstance(value, list):
        for inside in value:
            _flatten(inside, path, raw)
    elif isinstance(value, str):
        raw.setdefault(path, []).append(value)
    elif value is not None:
        raw.setdefault(path, []).append(json.dumps(value))


def _listed(result: Mapping[str, Any], outer: str, inner: str) -> list[Mapping[str, Any]]:
    """The objects of a list inside an object; none where the shape is another one."""
    container = result.get(outer)
    if not isinstance(container, dict):
        return []
    items = container.get(inner)
    if not isinstance(items, list):
        return []

    return [item for item in items if isinstance(item, dict)]


def _person(author: Mapping[str, Any]) -> str:
    """The author as "Family, Given"; empty for a group."""
    if author.get("lastName"):
        parts = (author["lastName"], author.get("firstName") or author.get("initials"))
        return ", ".join(str(part) for part in parts if part)
    if author.get("collectiveName"):
        return ""
    return str(author.get("fullName") or "")


def _heading(heading: Mapping[str, Any]) -> str:
    """As PubMed prints it: "Dysbiosis/*complications/genetics", a star before a major topic."""
    qualifiers = _listed(heading, "meshQualifierList", "meshQualifier")
    parts = [(heading.get("descriptorName"), heading)]
    parts += [(qualifier.get("qualifierName"), qualifier) for qualifier in qualifiers]

    return "/".join(f"{_star(part)}{name}" for name, part in parts if name)


def _star(part: Mapping[str, Any]) -> str:
    if part.get("majorTopic_YN") == "Y":
        return "*"
    return ""


_BREAKS = re.compile(r"(?i)</?(?:h[1-6]|p|br|div|ul|ol|li)(?:\s[^<>]*)?/?>")
_INLINE = re.compile(r"(?i)</?(?:i|b|u|em|strong|sub|sup|span|a)(?:\s[^<>]*)?>")


def _plain(text: str) -> str:
    """An abstract without web tags; each section's heading is on a line of its own."""
    return _INLINE.sub("", _BREAKS.sub("\n", text))


_RELATIONS = {
    "retraction in": RelationKind.RETRACTED_BY,
    "retraction of": RelationKind.RETRACTION_OF,
    "erratum in": RelationKind.HAS_ERRATUM,
    "erratum for": RelationKind.ERRATUM_OF,
    "expression of concern in": RelationKind.HAS_CONCERN,
    "expression of concern for": RelationKind.CONCERN_ABOUT,
    "comment in": RelationKind.HAS_COMMENT,
    "comment on": RelationKind.COMMENT_ON,
    "preprint in": RelationKind.HAS_PREPRINT,
    "preprint of": RelationKind.PREPRINT_OF,
    "update in": RelationKind.HAS_UPDATE,
    "update of": RelationKind.UPDATE_OF,
}


def _relations(result: Mapping[str, Any]) -> Iterator[Relation]:
    for link in _listed(result, "commentCorrectionList", "commentCorrection"):
        kind = _RELATIONS.get(str(link.get("type", "")).strip().casefold())
        if kind and link.get("id"):
            yield Relation(kind=kind, target=_target(link))


def _target(link: Mapping[str, Any]) -> str:
    if link.get("source") == "MED":
        return f"pmid:{link['id']}"
    return f"europepmc:{link.get('source')}:{link['id']}"
