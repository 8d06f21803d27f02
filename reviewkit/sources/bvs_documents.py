"""Documents of BVS to Records: every value is in a field or, under its own name, in `other`.

The names of the fields are those of the portal's own templates and exports. No official list of
them is public.
"""

import dataclasses
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from reviewkit.importers.mapping import Field, FieldMap
from reviewkit.importers.parsed_file import ParsedRecord, Problem
from reviewkit.importers.record_builder import build_record
from reviewkit.model.records import Record

RawValues = dict[str, list[str]]

_FIELDS = FieldMap(
    name="bvs",
    tags={
        Field.OWN_ID: ("id",),
        Field.TITLE: ("ti", "ti_en", "ti_pt", "ti_es", "ti_fr"),
        Field.AUTHORS: ("au",),
        Field.COLLECTIVE: ("au_corporate", "auc"),
        Field.JOURNAL: ("ta",),
        Field.ISSN: ("is",),
        Field.PUBLISHED: ("da",),
        Field.CREATED: ("entry_date",),
        Field.VOLUME: ("vi",),
        Field.ISSUE: ("ip",),
        Field.PAGES: ("pg",),
        Field.DOI: ("aid", "doi"),
        Field.PMID: ("mdl",),
        Field.PMCID: ("pmcid",),
        Field.ACCESSION: ("accession_number",),
        Field.LANGUAGE: ("la",),
        Field.ABSTRACT: ("ab", "ab_en", "ab_pt", "ab_es", "ab_fr"),
        Field.HEADINGS: ("mh", "mj"),
        Field.KEYWORDS: ("kw",),
        Field.TYPES: ("type",),
        Field.LINKS: ("ur",),
    },
)
_MEDLINE = re.compile(r"mdl-(\d{1,8})")


def read_document(doc: Mapping[str, Any], *, source: str) -> tuple[Record, tuple[Problem, ...]]:
    """The record in a document, and the values that do not fit their fields."""
    raw, name = flat(doc), document_name(doc)
    if medline := _MEDLINE.fullmatch(name):  # MEDLINE's records are there under their PMID
        raw["mdl"] = [medline[1]]
    items = build_record(raw, _FIELDS, source=source, line=None)
    (record,) = (item.record for item in items if isinstance(item, ParsedRecord))
    problems = tuple(item for item in items if isinstance(item, Problem))

    return dataclasses.replace(record, source_id=name), problems


def document_name(doc: Mapping[str, Any]) -> str:
    """The identifier of a document; "" where it has none that can be printed."""
    names = flat(doc).get("id", [""])
    name = names[0].strip()
    return name if name.isprintable() else ""


def merge_documents(docs: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """The documents by identifier, in order of arrival; copies of one are merged, nothing is lost.

    BVS lists a record once for every collection that holds it.
    """
    merged: dict[str, Mapping[str, Any]] = {}
    for doc in docs:
        name = document_name(doc)
        earlier = merged.get(name)
        merged[name] = _union(flat(earlier), flat(doc)) if earlier else doc

    return merged


def _union(first: RawValues, second: RawValues) -> RawValues:
    return {
        name: list(dict.fromkeys(first.get(name, []) + second.get(name, [])))
        for name in {**first, **second}
    }


def flat(doc: Mapping[str, Any]) -> RawValues:
    """Every value as text, in a list; fields without a value are left out."""
    raw = {}
    for name, value in doc.items():
        texts = [_text(item) for item in _as_list(value) if item is not None]
        if texts:
            raw[name] = texts

    return raw


def _as_list(value: object) -> list[Any]:
    if isinstance(value, list):
        return value
    return [value]


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
