"""MeSH through Entrez (db=mesh): headings by words or identifier. No I/O happens here.

ESearch is documented by NCBI. The fields of ESummary for mesh (ds_meshui, ds_meshterms,
ds_idxlinks) are read in public code that uses them, and were not run live.
"""

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reviewkit.http import Flaw, Request, Response
from reviewkit.model.foreign import read_json
from reviewkit.sources import eutils
from reviewkit.sources.headings import Heading

_MOST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A heading in the tree; `narrower` are the ids right below it, `None` where none are stated.

    A leaf states an empty list. An entry that states nothing is no leaf: it is not known.
    """

    uid: str
    heading: Heading
    narrower: tuple[str, ...] | None


def ask_ids(words: str) -> Request:
    """ESearch in MeSH; the words go as they are."""
    return _request("esearch.fcgi", ("term", words), ("retmax", str(_MOST)), ("retmode", "xml"))


def ask_headings(ids: Sequence[str]) -> Request:
    """ESummary of MeSH entries."""
    return _request("esummary.fcgi", ("id", ",".join(ids)), ("retmode", "json"))


def _request(path: str, *parameters: tuple[str, str]) -> Request:
    return Request(
        service=eutils.SERVICE.name,
        path=path,
        method="POST",
        parameters=(("db", "mesh"), *parameters),
    )


def judge_ids(response: Response) -> Flaw | None:
    """What is wrong with an ESearch answer.

    Words that MeSH does not know are an answer: nothing found.
    """
    if response.status >= 400 and b"<ERROR>" not in response.body:
        return None
    root = eutils.root_of(response, "eSearchResult")
    if isinstance(root, Flaw):
        return root

    if not (root.findtext("Count") or "").strip().isdecimal():
        return Flaw(what="answered without a count", transient=True, hint="try again later")
    return None


def read_ids(body: bytes) -> tuple[str, ...]:
    """The ids in a judged ESearch answer."""
    root = ET.fromstring(body)  # noqa: S314  judged: no document type of its own, no entities
    return tuple((item.text or "").strip() for item in root.findall("IdList/Id"))


def judge_headings(response: Response) -> Flaw | None:
    """What is wrong with an ESummary answer."""
    if response.status >= 400:
        return None
    try:
        content = read_json(response.body, strict=False)
    except ValueError:
        return _passing("answered with something else than JSON")
    result = content.get("result") if isinstance(content, dict) else None
    if not isinstance(result, dict) or not isinstance(result.get("uids"), list):
        return _passing("answered without a result")
    if not all(isinstance(result.get(str(uid)), dict) for uid in result["uids"]):
        return _passing("answered without a heading that it lists")
    return None


def _passing(what: str) -> Flaw:
    return Flaw(what=what, transient=True, tries=3, hint="try again later")


def read_headings(body: bytes) -> tuple[Heading, ...]:
    """The headings in a judged ESummary answer, descriptors only, in its order."""
    return tuple(_heading(entry) for entry in _descriptors(body).values())


def _descriptors(body: bytes) -> dict[str, dict[str, Any]]:
    """The descriptors of a judged answer by their id, in its order."""
    result = read_json(body, strict=False)["result"]
    entries = {str(uid): result[str(uid)] for uid in result["uids"]}
    return {uid: entry for uid, entry in entries.items() if _is_descriptor(entry)}


def _is_descriptor(entry: dict[str, Any]) -> bool:
    return str(entry.get("ds_meshui", "")).startswith("D")


def _heading(entry: dict[str, Any]) -> Heading:
    terms = [str(term) for term in _list(entry, "ds_meshterms") if term]
    return Heading(
        mesh=str(entry["ds_meshui"]),
        terms={"en": terms[0]} if terms else {},
        synonyms={"en": tuple(terms[1:])} if terms[1:] else {},
        trees=_trees(entry),
        note=str(entry.get("ds_scopenote") or "") or None,
    )


def _trees(entry: dict[str, Any]) -> tuple[str, ...]:
    links = [link for link in _list(entry, "ds_idxlinks") if isinstance(link, dict)]
    return tuple(dict.fromkeys(str(link["treenum"]) for link in links if link.get("treenum")))


def read_nodes(body: bytes) -> tuple[Node, ...]:
    """The descriptors of a judged ESummary answer with the ids below them, in its order."""
    return tuple(
        Node(uid=uid, heading=_heading(entry), narrower=_narrower(entry))
        for uid, entry in _descriptors(body).items()
    )


def _narrower(entry: dict[str, Any]) -> tuple[str, ...] | None:
    links = _list(entry, "ds_idxlinks")
    if not links:
        return None

    found: dict[str, None] = {}
    for link in links:
        below = link.get("children") if isinstance(link, dict) else None
        if not isinstance(below, list):
            return None
        found |= dict.fromkeys(str(uid) for uid in below)
    return tuple(found)


def _list(entry: dict[str, Any], name: str) -> list[Any]:
    value = entry.get(name)
    return value if isinstance(value, list) else []
