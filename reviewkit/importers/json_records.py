"""CSL-JSON and reviewkit's own JSON lines to records.

CSL-JSON of any size streams: one item is in memory at a time.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any, BinaryIO

from reviewkit.importers.lines import Line, text_chunks
from reviewkit.importers.mapping import DATABASE_NUMBER, Field, FieldMap, Hint
from reviewkit.importers.parsed_file import ParsedItems, ParsedRecord, Problem, ProblemKind
from reviewkit.importers.record_builder import build_record
from reviewkit.model.records import Record, Relation, RelationKind


def _at_marks(value: str) -> list[str]:
    return re.split(r"\s*[;,]\s*", value)


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
# Characters of one item; a record with 10,000 references has some 2,000,000.
LARGEST_ITEM = 8_000_000


def parse_csl_json(stream: BinaryIO, encoding: str, *, source: str) -> ParsedItems:
    """Yield every item of a CSL-JSON array, or of the "items" or "references" of an object."""
    number = 0
    for item in _items(stream, encoding):
        if isinstance(item, Problem):
            yield item
            continue

        number += 1
        if isinstance(item, dict):
            yield from build_record(_raw_values(item), _FIELDS, source=source, line=None)
        else:
            yield _refused(None, f"item {number} is not an object, so it is no record")


def parse_jsonl(lines: Iterable[Line], *, source: str) -> ParsedItems:
    """Yield every line of reviewkit's own JSON lines as the record that was written.

    A line that holds no object is a problem.
    """
    for number, line in lines:
        if not line.strip():
            continue

        try:
            item = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield _refused(number, f"not JSON: {str(error)[:80]}")
            continue

        if not isinstance(item, dict):
            yield _refused(number, "not a JSON object")
        elif "reviewkit_key" in item:
            yield ParsedRecord(
                record=_own_record(item, source), line=number, own_id=str(item["reviewkit_key"])
            )
        else:
            yield from build_record(_raw_values(item), _FIELDS, source=source, line=number)


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
        if isinstance(item, dict) and item.get("kind") in kinds and "target" in item:
            yield Relation(kind=RelationKind(item["kind"]), target=str(item["target"]))


def _items(stream: BinaryIO, encoding: str) -> Iterator[Any]:
    """Yield the values of the outermost array one by one; a Problem where the JSON breaks."""
    decoder = json.JSONDecoder()
    chunks = text_chunks(stream, encoding)
    text = "".join(_until_array(chunks))
    at = text.find("[")
    if at < 0:
        yield from _single(text)
        return

    text = text[at + 1 :]
    while True:
        text = text.lstrip(" \t\r\n,")
        if text.startswith("]"):
            return

        try:
            value, end = decoder.raw_decode(text)
        except (ValueError, RecursionError) as error:
            chunk = next(chunks, None) if len(text) < LARGEST_ITEM else None
            if chunk is None:
                yield _damage(None, f"the JSON breaks off ({str(error)[:60]}) at {text[:60]!r}")
                return

            text += chunk
            continue

        yield value
        text = text[end:]


def _until_array(chunks: Iterator[str]) -> Iterator[str]:
    for chunk in chunks:
        yield chunk
        if "[" in chunk:
            return


def _single(text: str) -> Iterator[Any]:
    try:
        yield json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        yield _damage(None, f"not JSON: {str(error)[:80]}")


def _raw_values(item: dict[str, Any]) -> dict[str, list[str]]:
    """Return an item's values as texts, by name."""
    raw: dict[str, list[str]] = {}
    for name, value in item.items():
        if name == "custom" and isinstance(value, dict):
            raw |= {f"custom {own}": _texts(values) for own, values in value.items()}
        elif name == "author" and isinstance(value, list):
            _add_authors(value, raw)
        elif value is not None:
            raw[name] = _field_texts(name, value)

    if "custom reviewkit" in raw:  # these repeat the custom values, shorter, for other programs
        raw.pop("keyword", None)
        raw.pop("URL", None)
    else:
        _add_genre(raw, str(item.get("type") or ""))

    return raw


def _add_genre(raw: dict[str, list[str]], kind: str) -> None:
    """Put the type of item into words, where no other value does."""
    if "genre" not in raw and kind in _KINDS:
        raw["genre"] = [_KINDS[kind]]


def _field_texts(name: str, value: Any) -> list[str]:
    """Return a value as texts: a date in one text, a structure as JSON."""
    if name in _DATE_NAMES and isinstance(value, dict):
        return [_date(value)]
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return [str(value)]
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return list(value)

    return [json.dumps(value, ensure_ascii=False, sort_keys=True)]


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
            name = _name(author)
            if name:
                raw.setdefault("author", []).append(name)


def _name(author: dict[str, Any]) -> str:
    """Return "Family, Given, Suffix" of a name in CSL's parts."""
    parts = {part: str(author.get(part) or "").strip() for part in _NAME_PARTS}
    family = f"{parts['non-dropping-particle']} {parts['family']}".strip()
    given = f"{parts['given']} {parts['dropping-particle']}".strip()
    return ", ".join(part for part in (family, given, parts["suffix"]) if part)


_DATE_NAMES = frozenset({"issued", "available-date", "submitted"})
_NAME_PARTS = ("non-dropping-particle", "family", "given", "dropping-particle", "suffix")


def _date(value: dict[str, Any]) -> str:
    parts = value.get("date-parts")
    if isinstance(parts, list) and parts and isinstance(parts[0], list) and parts[0]:
        return "-".join(str(part).zfill(2) for part in parts[0])
    return str(value.get("raw") or value.get("literal") or "")


def _refused(line: int | None, what: str) -> Problem:
    return Problem(kind=ProblemKind.REFUSED, line=line, what=what)


def _damage(line: int | None, what: str) -> Problem:
    return Problem(kind=ProblemKind.DAMAGE, line=line, what=what)
