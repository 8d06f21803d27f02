"""DeCS through its API: headings by words or place in the tree. No I/O happens here.

Paths and the header apikey are documented by BIREME; the shape of the answer is read in the
service's own code (bireme/decs-api). It was not run live.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from reviewkit.http import Flaw, Request, Response
from reviewkit.model.errors import RemoteError
from reviewkit.model.foreign import read_json
from reviewkit.sources import bvs
from reviewkit.sources.headings import Heading

SERVICE = bvs.API.service.name


def ask_words(words: str, language: str) -> Request:
    """Headings whose names in the language hold all the words."""
    return _request("search-by-words", ("words", words), language)


def ask_tree(place: str, language: str) -> Request:
    """The heading at a place in the tree, with its entry terms in the language."""
    return _request("get-tree", ("tree_id", place), language)


def _request(path: str, what: tuple[str, str], language: str) -> Request:
    return Request(
        service=SERVICE,
        path=f"decs/v2/{path}",
        parameters=(what, ("lang", language), ("format", "json")),
    )


def judge(response: Response) -> Flaw | None:
    """What is wrong with an answer; an empty list of objects is an answer without headings."""
    if response.status in {401, 403}:
        what = f"refused the key for DeCS (HTTP {response.status})"
        return Flaw(
            what=what,
            error=RemoteError,
            hint=f"check {bvs.KEY}; DeCS needs a licence of its own, free of charge",
        )
    if response.status >= 300:
        return None
    if response.body.lstrip()[:1] == b"<":
        return Flaw(
            what="answered with a page where JSON was asked for",
            hint="look at the service in a browser",
        )

    try:
        content = read_json(response.body, strict=False)
    except ValueError:
        return _passing("answered with JSON that is cut off or broken")
    if not isinstance(content, dict) or not isinstance(content.get("objects"), list | dict):
        return _passing("answered without a result")
    return None


def _passing(what: str) -> Flaw:
    return Flaw(what=what, transient=True, tries=3, hint="try again later")


def read_headings(body: bytes, language: str) -> tuple[Heading, ...]:
    """The headings in a judged answer.

    Names come in every language, entry terms in the one asked for.
    """
    headings = (_heading(record, language) for record in _records(body))
    return tuple(
        heading for heading in headings if heading.terms and not heading.name.startswith("/")
    )


def _records(body: bytes) -> Iterator[Mapping[str, Any]]:
    for item in _objects(read_json(body, strict=False)["objects"]):
        for answer in _objects(item.get("decsws_response")):
            for listed in _objects(answer.get("record_list")):
                yield from _objects(listed.get("record", listed))


def _heading(record: Mapping[str, Any], language: str) -> Heading:
    synonyms = _each_once(record.get("synonym_list"), "synonym")
    return Heading(
        mesh=str(record.get("unique_identifier_nlm") or "").strip() or None,
        decs=str(_attributes(record).get("mfn") or "").strip() or None,
        terms=_terms(record, language),
        synonyms={language: synonyms} if synonyms else {},
        trees=_each_once(record.get("tree_id_list"), "tree_id"),
        note=_note(record.get("definition")),
    )


def _terms(record: Mapping[str, Any], language: str) -> dict[str, str]:
    """The names by language (ISO 639-1).

    "pt-br" is DeCS's Portuguese. Of "es" and "es-es" the first is Latin America's, and is taken.
    """
    terms: dict[str, str] = {}
    for text, attributes in _texts(record.get("descriptor_list"), "descriptor"):
        code = str(attributes.get("lang", language))
        if code[:2] not in terms or code in {"es", "pt-br"}:
            terms[code[:2]] = text

    return terms


def _each_once(container: object, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text, _ in _texts(container, name)))


def _texts(container: object, name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The texts of a list, each with its attributes; a list of one may come as that one."""
    for item in _many(container):
        if isinstance(item, str):
            yield item, {}
        elif isinstance(item, dict):
            for text in _many(item.get(name)):
                if isinstance(text, str) and text.strip():
                    yield text.strip(), _attributes(item)


def _note(definition: object) -> str | None:
    for part in _objects(definition):
        for occurrence in _objects(part.get("occ")):
            note = _attributes(occurrence).get("n")
            if note:
                return str(note)

    return None


def _attributes(item: Mapping[str, Any]) -> Mapping[str, Any]:
    attributes = item.get("attr") or item.get("@attributes")
    if not isinstance(attributes, dict):
        return {}
    return attributes


def _objects(value: object) -> list[Mapping[str, Any]]:
    """The objects in a value that may be a list, one object or nothing."""
    return [item for item in _many(value) if isinstance(item, dict)]


def _many(value: object) -> list[Any]:
    if value is None:
        return []
    if isinstance(value, list):
        return value
    return [value]
