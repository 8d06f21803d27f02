"""CSL-JSON and reviewkit's own JSON lines to records. CSL-JSON of any size streams: one item is held at a time."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any, BinaryIO

from reviewkit.importers.lines import Line, text_chunks
from reviewkit.importers.mapping import Field, FieldMap, Hint
from reviewkit.importers.parsed_file import ParsedItems, ParsedRecord, Problem, ProblemKind
from reviewkit.importers.record_builder import build_record
from reviewkit.model.records import Record, Relation, RelationKind

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
        "keyword": lambda value: re.split(r"\s*[;,]\s*", value),
        "ISSN": lambda value: re.split(r"\s*[;,]\s*", value),
        "language": lambda value: re.split(r"\s*[;,]\s*", value),
    },
    hints=(
        Hint("id", re.compile(r"^(?!\d{1,6}$)(\S.*)$"), Field.OWN_ID),
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
LARGEST_ITEM = (
    8_000_000  # characters of one item; a record with 10,000 references has some 2,000,000
)


def parse_csl_json(stream: BinaryIO, encoding: str, *, source: str) -> ParsedItems:
    """Every item of a CSL-JSON array (or of the "items" or "references" of an object), streamed."""
    number = 0
    for item in _items(stream, encoding):
        if isinstance(item, Problem):
            yield item
            continue
        number += 1
        if isinstance(item, dict):
            yield from build_record(_flat(item), _FIELDS, source=source, line=None)
        else:
            yield _damage(None, f"item {number} is not an object, so it is no record")


def parse_jsonl(lines: Iterable[Line], *, source: str) -> ParsedItems:
    """Every line of reviewkit's own JSON lines as the record that was written; another line is a problem."""
    for number, line in lines:
        if not line.strip():
            continue
        try:
            held = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield _damage(number, f"not JSON: {str(error)[:80]}")
            continue
        if not isinstance(held, dict):
            yield _damage(number, "not a JSON object")
        elif "reviewkit_key" in held:
            yield ParsedRecord(
                record=_own(held, source), line=number, own_id=str(held["reviewkit_key"])
            )
        else:
            yield from build_record(_flat(held), _FIELDS, source=source, line=number)


def _own(held: dict[str, Any], source: str) -> Record:
    values: dict[str, Any] = {}
    for part in fields(Record):
        if part.name in {"source", "source_id"} or held.get(part.name) is None:
            continue
        values[part.name] = _as_held(part.name, held[part.name])
    return Record(source=source, source_id="", **values)


def _as_held(name: str, value: Any) -> Any:
    if name == "relations":
        kinds = set(RelationKind)
        return tuple(
            Relation(kind=RelationKind(item["kind"]), target=str(item["target"]))
            for item in value
            if isinstance(item, dict) and item.get("kind") in kinds and "target" in item
        )
    if name == "other":
        return {str(key): tuple(map(str, held)) for key, held in dict(value).items()}
    if name == "year":
        return int(value)
    return tuple(map(str, value)) if isinstance(value, list) else str(value)


def _items(stream: BinaryIO, encoding: str) -> Iterator[Any]:
    """The values of the outermost array, one by one; a Problem where the JSON breaks."""
    decoder = json.JSONDecoder()
    chunks = text_chunks(stream, encoding)
    held = "".join(_until_array(chunks))
    at = held.find("[")
    if at < 0:
        yield from _single(held)
        return
    held = held[at + 1 :]
    while True:
        held = held.lstrip(" \t\r\n,")
        if held.startswith("]"):
            return
        try:
            value, end = decoder.raw_decode(held)
        except (ValueError, RecursionError) as error:
            more = next(chunks, None) if len(held) < LARGEST_ITEM else None
            if more is None:
                yield _damage(None, f"the JSON breaks off ({str(error)[:60]}) at {held[:60]!r}")
                return
            held += more
            continue
        yield value
        held = held[end:]


def _until_array(chunks: Iterator[str]) -> Iterator[str]:
    for chunk in chunks:
        yield chunk
        if "[" in chunk:
            return


def _single(held: str) -> Iterator[Any]:
    try:
        yield json.loads(held.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        yield _damage(None, f"not JSON: {str(error)[:80]}")


def _flat(item: dict[str, Any]) -> dict[str, list[str]]:
    raw = _values(item)
    if "custom reviewkit" in raw:  # these say it again, shorter, for others
        raw.pop("keyword", None)
        raw.pop("URL", None)
    kind = _KINDS.get(str(item.get("type") or ""))
    if kind and "genre" not in raw and "custom reviewkit" not in raw:
        raw["genre"] = [kind]
    return raw


def _values(item: dict[str, Any]) -> dict[str, list[str]]:
    raw: dict[str, list[str]] = {}
    for name, value in item.items():
        if name == "custom" and isinstance(value, dict):
            for own, held in value.items():
                raw[f"custom {own}"] = (
                    [str(one) for one in held] if isinstance(held, list) else [str(held)]
                )
        elif name == "author" and isinstance(value, list):
            _add_authors(value, raw)
        elif name in {"issued", "available-date", "submitted"} and isinstance(value, dict):
            raw[name] = [_date(value)]
        elif isinstance(value, str | int | float) and not isinstance(value, bool):
            raw[name] = [str(value)]
        elif isinstance(value, list) and all(isinstance(one, str) for one in value):
            raw[name] = list(value)
        elif value is not None:
            raw[name] = [json.dumps(value, ensure_ascii=False, sort_keys=True)]
    return raw


def _add_authors(authors: list[Any], raw: dict[str, list[str]]) -> None:
    for author in authors:
        if not isinstance(author, dict):
            raw.setdefault("author", []).append(str(author))
        elif author.get("literal"):
            raw.setdefault("author literal", []).append(str(author["literal"]))
        else:
            said = {part: str(author.get(part) or "").strip() for part in _NAME_PARTS}
            family = f"{said['non-dropping-particle']} {said['family']}".strip()
            given = f"{said['given']} {said['dropping-particle']}".strip()
            name = ", ".join(part for part in (family, given, said["suffix"]) if part)
            if name:
                raw.setdefault("author", []).append(name)


_NAME_PARTS = ("non-dropping-particle", "family", "given", "dropping-particle", "suffix")


def _date(value: dict[str, Any]) -> str:
    parts = value.get("date-parts")
    if isinstance(parts, list) and parts and isinstance(parts[0], list) and parts[0]:
        return "-".join(str(part).zfill(2) for part in parts[0])
    return str(value.get("raw") or value.get("literal") or "")


def _damage(line: int | None, what: str) -> Problem:
    return Problem(kind=ProblemKind.DAMAGE, line=line, what=what)
