"""An object of JSON to the texts that a field map takes: paths, names of people, dates, abstracts.

What no field takes stays under the object's own key, a structure as JSON.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from reviewkit.importers.json_shapes import Item, JsonShape
from reviewkit.importers.mapping import Field, FieldMap, Hint
from reviewkit.importers.names import family_first, split_names, tidy
from reviewkit.importers.trials import trial_values

RawLists = dict[str, list[str]]

_TAG = re.compile(r"</?[A-Za-z][\w:.-]*(?:\s[^<>]*)?/?>")
_PARAGRAPH_END = re.compile(r"</(?:jats:)?(?:p|title)>", re.IGNORECASE)
_NAME_PARTS = ("non-dropping-particle", "family", "given", "dropping-particle", "suffix")
_OF_A_PERSON = ("sequence", "affiliation", "ORCID", "authenticated-orcid", "role")
_FAMILY = ("family", "lastName", "familyName", "last_name", "family_name")
_GIVEN = ("given", "firstName", "givenName", "first_name", "given_name")
_WHOLE = ("literal", "name", "display_name", "displayName", "collective_name", "raw_author_name")
_GROUP_TAG = "own groups"
# Services that write the given name first.
_AUTHOR_ORDER = dict.fromkeys(("openalex", "semantic-scholar"), family_first)
_PEOPLE = (Field.AUTHORS,)
# Whom Zotero names first, by the kind of work: a patent has inventors, a film a director.
_MAKER_ROLES = (
    "author inventor presenter programmer artist cartographer director podcaster performer"
)
_MAKERS = frozenset(_MAKER_ROLES.split())


def shape_field_map(shape: JsonShape) -> FieldMap:
    """Return the field map for the raw values that `shape_values` gives."""
    tags = {**shape.paths, Field.COLLECTIVE: (_GROUP_TAG,)}
    return FieldMap(
        name=shape.name,
        tags=tags,
        author=_AUTHOR_ORDER.get(shape.name, tidy),
        hints=(
            Hint("extra", re.compile(r"\bDOI: *(10\.\d{4,9}/\S+)"), Field.DOI),
            Hint("extra", re.compile(r"\bPMID: *(\d{1,8})\b"), Field.PMID),
            Hint("extra", re.compile(r"\b(PMC\d+)\b"), Field.PMCID),
        ),
    )


def shape_values(item: Item, shape: JsonShape) -> RawLists:
    """Return the texts of an object by path, and what no path takes by its own key."""
    item = _PREPARED.get(shape.name, dict)(item)
    raw: RawLists = {}
    taken = set[str]()

    for field, paths in shape.paths.items():
        for path in paths:
            found = list(_at(item, path.split(".")))
            if not found:
                continue

            _add_values(found, field, path, raw)
            if field in _PEOPLE or _is_simple(item.get(path)):
                taken.add(path)

    for key, value in item.items():
        if key not in taken and not key.startswith("own ") and value not in (None, "", [], {}):
            raw.setdefault(key, field_texts(value))
    return raw


def _add_values(found: list[Any], field: Field, path: str, raw: RawLists) -> None:
    if field in _PEOPLE:
        _add_people(found, path, raw)
    else:
        texts = (_text(value, field) for value in found)
        raw[path] = [text for text in texts if text.strip()]


def _at(value: Any, path: list[str]) -> Iterator[Any]:
    """Yield what stands at the path; a list on the way stands for each of its items."""
    if isinstance(value, list):
        for one in value:
            yield from _at(one, path)
    elif not path:
        if value not in (None, "", {}):
            yield value
    elif isinstance(value, Mapping):
        key = ".".join(path)
        if key in value:
            yield from _at(value[key], [])
        else:
            yield from _at(value.get(path[0]), path[1:])


def _is_simple(value: Any) -> bool:
    """Return whether a field holds the whole value: a text, a number, or a list of texts."""
    if isinstance(value, list):
        return all(isinstance(one, str) for one in value)
    return isinstance(value, str | int | float)


def _text(value: Any, field: Field) -> str:
    if isinstance(value, Mapping):
        return date_text(value) or json.dumps(value, ensure_ascii=False, sort_keys=True)
    text = str(value)
    if field is Field.ABSTRACT and "<" in text:
        return _TAG.sub("", _PARAGRAPH_END.sub("\n", text)).strip()
    return text


def _add_people(found: list[Any], path: str, raw: RawLists) -> None:
    for value in found:
        if isinstance(value, Mapping):
            name, is_group = _person(value)
            role = str(value.get("creatorType") or "author")
            if name and role not in _MAKERS:
                raw.setdefault(role, []).append(name)
            elif name:
                raw.setdefault(_GROUP_TAG if is_group else path, []).append(name)
        else:
            raw.setdefault(path, []).extend(split_names(str(value)))


def _person(value: Item) -> tuple[str, bool]:
    """Return a person's or group's name, and whether it is a group."""
    family = _first(value, _FAMILY)
    if family:
        return person_name({**value, "family": family, "given": _first(value, _GIVEN)}), False

    name = _first(value, _WHOLE)
    # Crossref gives every author's place in the sequence, and a person's family name.
    organisation = value.get("nameType") == "Organizational" or "collective_name" in value
    organisation = organisation or "sequence" in value
    # So does Zotero, but for a name that somebody typed into one field.
    one_field = not {"literal", "creatorType"}.isdisjoint(value)
    return name, organisation or (one_field and "," not in name)


def _first(value: Item, keys: tuple[str, ...]) -> str:
    return next((str(value[key]).strip() for key in keys if value.get(key)), "")


def person_name(author: Item) -> str:
    """Return "Family, Given, Suffix" of a name in CSL's parts."""
    parts = {part: str(author.get(part) or "").strip() for part in _NAME_PARTS}
    family = f"{parts['non-dropping-particle']} {parts['family']}".strip()
    given = f"{parts['given']} {parts['dropping-particle']}".strip()
    return ", ".join(part for part in (family, given, parts["suffix"]) if part)


def date_text(value: Item) -> str:
    """Return a date of CSL or Crossref as text; "" where the object is no date."""
    parts = value.get("date-parts")
    if isinstance(parts, list) and parts and isinstance(parts[0], list) and any(parts[0]):
        return "-".join(str(part).zfill(2) for part in parts[0] if part)
    return str(value.get("raw") or value.get("literal") or value.get("date-time") or "")


def field_texts(value: Any) -> list[str]:
    """Return a value as texts: a structure as JSON."""
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return [str(value)]
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return list(value)
    if isinstance(value, list) and value and all(map(_is_person, value)):
        return [person_name(one) for one in value]

    return [json.dumps(value, ensure_ascii=False, sort_keys=True)]


def _is_person(value: Any) -> bool:
    """Return whether the object is a name in CSL's parts, with what Crossref says beside it."""
    known = {*_NAME_PARTS, *_OF_A_PERSON}
    return isinstance(value, Mapping) and "family" in value and set(value) <= known


def _openalex(item: Item) -> dict[str, Any]:
    """OpenAlex gives an abstract as an index: each word with its places."""
    values = dict(item)
    index = values.get("abstract_inverted_index")
    if isinstance(index, Mapping):
        places: dict[int, str] = {}
        for word, at in index.items():
            if isinstance(at, list):
                places |= {one: str(word) for one in at if isinstance(one, int)}
        values["own abstract"] = " ".join(places[at] for at in sorted(places))
    match = re.search(r"openalex\.org/(W\d+)", str(values.get("id") or ""))
    if match:
        values["own openalex"] = match[1]
    return values


def _datacite(item: Item) -> dict[str, Any]:
    values = dict(item)
    attributes = item.get("attributes")
    described = attributes.get("descriptions") if isinstance(attributes, Mapping) else None
    for one in described if isinstance(described, list) else ():
        if isinstance(one, Mapping) and one.get("descriptionType") == "Abstract":
            values["own abstract"] = one.get("description")
    if isinstance(attributes, Mapping):
        values |= _datacite_book(attributes)
    return values


def _datacite_book(attributes: Item) -> dict[str, Any]:
    """Return the title and pages of what the work is published in, and its title's two parts."""
    titles = _objects(attributes.get("titles"))
    said = [str(one.get("title")) for one in titles if one.get("titleType") in {None, "Subtitle"}]
    said = said or [str(one.get("title")) for one in titles]
    found: dict[str, Any] = {"own title": ": ".join(said[:2])}
    for one in _objects(attributes.get("relatedItems")):
        if one.get("relationType") == "IsPublishedIn":
            found |= {f"own {name}": one.get(name) for name in ("titles", "firstPage", "lastPage")}

    return found


def _semantic_scholar(item: Item) -> dict[str, Any]:
    values = dict(item)
    identifiers = item.get("externalIds")
    number = isinstance(identifiers, Mapping) and identifiers.get("PubMedCentral")
    if number:
        values["own pmcid"] = f"PMC{str(number).removeprefix('PMC')}"
    return values


def _eppi(item: Item) -> dict[str, Any]:
    """EPPI-Reviewer separates authors by semicolons and keywords by line ends."""
    values = dict(item)
    values["own authors"] = split_names(str(item.get("Authors") or ""))
    values["own keywords"] = re.split(r"[\r\n;]+", str(item.get("Keywords") or ""))
    return values


def _lens(item: Item) -> dict[str, Any]:
    values = dict(item)
    for one in _objects(item.get("external_ids")):
        key = {"doi": "own doi", "pmid": "own pmid", "pmcid": "own pmcid"}.get(str(one.get("type")))
        if key:
            values.setdefault(key, one.get("value"))
    source = item.get("source")
    if isinstance(source, Mapping):
        values["own issn"] = [one.get("value") for one in _objects(source.get("issn"))]
    return values


def _objects(value: Any) -> list[Item]:
    if not isinstance(value, list):
        return []
    return [one for one in value if isinstance(one, Mapping)]


_PREPARED: dict[str, Callable[[Item], dict[str, Any]]] = {
    "openalex": _openalex,
    "datacite": _datacite,
    "semantic-scholar": _semantic_scholar,
    "eppi": _eppi,
    "lens": _lens,
    "ctgov": trial_values,
}
