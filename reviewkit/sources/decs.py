"""DeCS through its API: headings by words or place in the tree. No I/O happens here: the caller
sends and judges.

Paths and the header apikey are documented by BIREME; the shape of the answer is read in the
service's own code (bireme/decs-api). It was not run live.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from reviewkit.http import Flaw, Request, Response
from reviewkit.model.errors import RemoteError
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
    """What is wrong with an answer; an empty list of objects is an answer: nothing found."""
    if response.status in {401, 403}:
        what = f"refused the key for DeCS (HTTP {response.status})"
        return Flaw(
            what=what,
            error=RemoteError,
            hint="check BVS_API_KEY; DeCS needs a licence of its own, free of charge",
        )
    if response.status >= 300:
        return None
    if response.body.lstrip()[:1] == b"<":
        return Flaw(
            what="answered with a page where JSON was asked for",
            hint="look at the service in a browser",
        )
    try:
        told = json.loads(response.body, strict=False)
    except ValueError:
        return Flaw(
            what="answered with JSON that is cut off or broken",
            transient=True,
            tries=3,
            hint="try again later",
        )
    if not isinstance(told, dict) or not isinstance(told.get("objects"), list | dict):
        return Flaw(
            what="answered without a result", transient=True, tries=3, hint="try again later"
        )
    return None


def read_headings(body: bytes, language: str) -> tuple[Heading, ...]:
    """The headings in a judged answer, with their names in every language and entry terms in the
    one asked for.
    """
    found = []
    for item in _many(json.loads(body, strict=False)["objects"]):
        answer = item.get("decsws_response") if isinstance(item, dict) else None
        for part in _many(answer):
            records = part.get("record_list") if isinstance(part, dict) else None
            for listed in _many(records):
                record = listed.get("record", listed) if isinstance(listed, dict) else None
                found += [_heading(one, language) for one in _many(record) if isinstance(one, dict)]
    return tuple(heading for heading in found if heading.terms and not heading.name.startswith("/"))


def _heading(record: Mapping[str, Any], language: str) -> Heading:
    terms: dict[str, str] = {}
    for text, attributes in _texts(record.get("descriptor_list"), "descriptor"):
        told = str(attributes.get("lang", language))
        # "pt-br" is DeCS's Portuguese; of "es" and "es-es" the first is Latin America's, and
        # stands.
        if told[:2] not in terms or told in {"es", "pt-br"}:
            terms[told[:2]] = text
    synonyms = tuple(
        dict.fromkeys(text for text, _ in _texts(record.get("synonym_list"), "synonym"))
    )
    code = str(_attributes(record).get("mfn") or "").strip()
    return Heading(
        mesh=str(record.get("unique_identifier_nlm") or "").strip() or None,
        decs=code or None,
        terms=terms,
        synonyms={language: synonyms} if synonyms else {},
        trees=tuple(
            dict.fromkeys(text for text, _ in _texts(record.get("tree_id_list"), "tree_id"))
        ),
        note=_note(record.get("definition")),
    )


def _texts(inside: object, name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The texts of a list, each with its attributes; a list of one may come as that one."""
    for item in _many(inside):
        if isinstance(item, str):
            yield item, {}
        elif isinstance(item, dict) and name in item:
            for text in _many(item[name]):
                if isinstance(text, str) and text.strip():
                    yield text.strip(), _attributes(item)


def _note(definition: object) -> str | None:
    for part in _many(definition):
        for occurrence in _many(part.get("occ") if isinstance(part, dict) else None):
            told = _attributes(occurrence).get("n") if isinstance(occurrence, dict) else None
            if told:
                return str(told)
    return None


def _attributes(item: Mapping[str, Any]) -> Mapping[str, Any]:
    inside = item.get("attr") or item.get("@attributes")
    return inside if isinstance(inside, dict) else {}


def _many(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
