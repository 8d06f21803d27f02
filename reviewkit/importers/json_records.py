"""JSON and JSON lines to records: CSL-JSON, reviewkit's own, and what services and tools write."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any, BinaryIO

from reviewkit.importers.encodings import TextEncoding
from reviewkit.importers.json_shapes import is_csl, shape_of, unwrapped
from reviewkit.importers.json_stream import json_items
from reviewkit.importers.json_values import (
    date_text,
    field_texts,
    person_name,
    shape_field_map,
    shape_values,
)
from reviewkit.importers.lines import Line, text_chunks
from reviewkit.importers.mapping import DATABASE_NUMBER, Field, FieldMap, Hint
from reviewkit.importers.parsed_file import (
    ParsedItem,
    ParsedItems,
    ParsedRecord,
    Problem,
    ProblemKind,
)
from reviewkit.importers.record_builder import build_record
from reviewkit.model.errors import UsageError
from reviewkit.model.foreign import read_json
from reviewkit.model.records import Record, Relation, RelationKind


def _at_marks(value: str) -> list[str]:
    return re.split(r"(?:(?<!\s)\s++)?[;,]\s*", value)


_FIELDS = FieldMap(
    name="csl-json",
    tags={
        Field.TITLE: ("title",),
        Field.ORIGINAL_TITLE: ("original-title",),
        Field.AUTHORS: ("author",),
        Field.COLLECTIVE: ("author literal",),
        Field.JOURNAL: ("container-title",),
        Field.ABBREVIATION: ("container-title-short", "journalAbbreviation"),
        Field.ISSN: ("ISSN",),
        Field.YEAR: ("issued",),
        Field.ONLINE: ("available-date",),
        Field.CREATED: ("custom created", "submitted"),
        Field.VOLUME: ("volume",),
        Field.ISSUE: ("issue",),
        Field.PAGES: ("page", "number"),
        Field.DOI: ("DOI",),
        Field.DOI_LINK: ("URL",),
        Field.PMID: ("PMID",),
        Field.PMCID: ("PMCID",),
        Field.ACCESSION: ("archive_location", "call-number"),
        Field.LANGUAGE: ("language",),
        Field.ABSTRACT: ("abstract",),
        Field.HEADINGS: ("custom headings",),
        Field.KEYWORDS: ("custom keywords", "keyword"),
        Field.TYPES: ("custom types", "genre"),
        Field.LINKS: ("custom links", "URL"),
        Field.RELATIONS: ("custom relations",),
    },
    splits={
        "keyword": _at_marks,
        "ISSN": _at_marks,
        "language": _at_marks,
    },
    hints=(
        Hint("id", DATABASE_NUMBER, Field.OWN_ID),
        Hint("id", re.compile(r"^(?!\d{1,6}$)(\S.*)$"), Field.LABEL),
        Hint("note", re.compile(r"\bPMID: *(\d{1,8})\b"), Field.PMID),
        Hint("note", re.compile(r"\b(PMC\d+)\b"), Field.PMCID),
    ),
    marks_groups=True,
)
_KINDS = {
    "article-journal": "Journal Article",
    "book": "Book",
    "chapter": "Book Chapter",
    "paper-conference": "Conference Paper",
    "thesis": "Thesis",
    "report": "Report",
}


def parse_json(stream: BinaryIO, encoding: TextEncoding, *, source: str, where: str) -> ParsedItems:
    """Yield every record of a JSON text: CSL-JSON, or what a service or tool writes.

    Raises UsageError where the keys of its first object are of no known shape.
    """
    problems: list[Problem] = []
    count = 0
    for item in json_items(text_chunks(stream, encoding, problems)):
        if isinstance(item, Problem):
            yield item
            continue

        count += 1
        yield from _parse_item(item, source=source, line=None, where=where, number=count)
    yield from problems


def parse_jsonl(lines: Iterable[Line], *, source: str, where: str) -> ParsedItems:
    """Yield the record of each line: reviewkit's own, as it was written, or of another shape.

    A line that holds no object is a problem. Raises UsageError as `parse_json` does.
    """
    count = 0
    for number, line in lines:
        if not line.strip():
            continue

        try:
            item = read_json(line)
        except (ValueError, RecursionError) as error:
            yield _refused(number, f"not JSON: {str(error)[:80]}")
            continue

        count += 1
        yield from _parse_item(item, source=source, line=number, where=where, number=count)


def _parse_item(
    item: Any, *, source: str, line: int | None, where: str, number: int
) -> Iterator[ParsedItem]:
    if not isinstance(item, dict):
        yield _refused(line, f"item {number} is not an object, so it is no record")
        return

    item = unwrapped(item)
    shape = shape_of(item)
    if shape is not None and shape.name == "reviewkit":
        yield _own_item(item, source=source, line=line, number=number)
    elif str(item.get("itemType")) in _NO_WORKS:
        what = f"item {number} is a {item['itemType']}, not a work; it brings no record"
        yield Problem(kind=ProblemKind.REFUSED, line=line, what=what)
    elif shape is not None and not (shape.name == "plain" and is_csl(item)):
        raw = shape_values(item, shape)
        yield from build_record(raw, shape_field_map(shape), source=source, line=line)
    elif is_csl(item):
        yield from build_record(_raw_values(item), _FIELDS, source=source, line=line)
    elif number == 1:
        raise _unknown_shape(item, where)
    else:
        yield _refused(line, f"item {number} is of no known shape; its keys are {_keys(item)}")


_NO_WORKS = frozenset({"attachment", "note", "annotation"})  # of Zotero


def _unknown_shape(item: dict[str, Any], where: str) -> UsageError:
    return UsageError(
        f"JSON of no known shape; the keys of its first object are {_keys(item)}",
        where=where,
        hint="CSL-JSON and the JSON of OpenAlex, Crossref, DataCite, Semantic Scholar, Zotero, "
        "EPPI-Reviewer, Lens and ClinicalTrials.gov are read; export RIS from anything else",
    )


def _keys(item: dict[str, Any]) -> str:
    names = ", ".join(str(name)[:40] for name in list(item)[:12])
    if len(item) > 12:
        names += ", …"
    return names or "none"


def _own_item(item: dict[str, Any], *, source: str, line: int | None, number: int) -> ParsedItem:
    """Return an object that reviewkit wrote as its record; a problem where it was changed since."""
    try:
        record = _own_record(item, source)
    except (TypeError, ValueError, OverflowError):
        return _refused(line, f"item {number} has a value that reviewkit does not write")
    return ParsedRecord(record=record, line=line, own_id=str(item["reviewkit_key"]))


def _own_record(item: dict[str, Any], source: str) -> Record:
    values: dict[str, Any] = {}
    for field in fields(Record):
        if field.name not in {"source", "source_id"} and item.get(field.name) is not None:
            values[field.name] = _own_value(field.name, item[field.name])
    return Record(source=source, source_id="", **values)


def _own_value(name: str, value: Any) -> Any:
    match name:
        case "relations":
            return tuple(_relations(value))
        case "other":
            return {str(tag): tuple(map(str, texts)) for tag, texts in dict(value).items()}
        case "year":
            return int(value)

    if isinstance(value, list):
        return tuple(map(str, value))

    return str(value)


def _relations(items: Iterable[Any]) -> Iterator[Relation]:
    kinds = set(RelationKind)
    for item in items:
        if isinstance(item, dict) and str(item.get("kind")) in kinds and "target" in item:
            yield Relation(kind=RelationKind(item["kind"]), target=str(item["target"]))


def _raw_values(item: dict[str, Any]) -> dict[str, list[str]]:
    """Return an item's values as texts, by name."""
    raw: dict[str, list[str]] = {}
    for name, value in item.items():
        if name == "custom" and isinstance(value, dict):
            raw |= {f"custom {own}": _texts(values) for own, values in value.items()}
        elif name == "author" and isinstance(value, list):
            _add_authors(value, raw)
        elif value is not None:
            raw[name] = _date_texts(name, value) or field_texts(value)

    _drop_repeats(raw, str(item.get("type") or ""))
    return raw


def _drop_repeats(raw: dict[str, list[str]], kind: str) -> None:
    """Drop what repeats other values; add the type in words where no value says it."""
    if "custom reviewkit" in raw:  # these repeat the custom values, shorter, for other programs
        raw.pop("keyword", None)
        raw.pop("URL", None)
    else:
        _add_genre(raw, kind)


def _add_genre(raw: dict[str, list[str]], kind: str) -> None:
    """Put the type of item into words, where no other value does."""
    if "genre" not in raw and kind in _KINDS:
        raw["genre"] = [_KINDS[kind]]


def _date_texts(name: str, value: Any) -> list[str]:
    """Return a date in one text; nothing where the value is none."""
    if name in _DATE_NAMES and isinstance(value, dict):
        return [date_text(value)]
    return []


def _texts(value: Any) -> list[str]:
    if isinstance(value, list):
        return [str(item) for item in value]
    return [str(value)]


def _add_authors(authors: list[Any], raw: dict[str, list[str]]) -> None:
    for author in authors:
        if not isinstance(author, dict):
            raw.setdefault("author", []).append(str(author))
        elif author.get("literal"):
            raw.setdefault("author literal", []).append(str(author["literal"]))
        else:
            name = person_name(author)
            if name:
                raw.setdefault("author", []).append(name)


_DATE_NAMES = frozenset({"issued", "available-date", "submitted"})


def _refused(line: int | None, what: str) -> Problem:
    return Problem(kind=ProblemKind.REFUSED, line=line, what=what)
