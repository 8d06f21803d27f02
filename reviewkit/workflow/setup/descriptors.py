"""`descriptors`: headings of DeCS and MeSH for words, in one list, and why a vocabulary could not
be asked.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reviewkit.http import Transport
from reviewkit.model.errors import RemoteError
from reviewkit.sources import bvs, decs, mesh
from reviewkit.sources.headings import LANGUAGES, Heading, joined, plain

NO_KEY = f"{bvs.KEY} is not set"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The headings for the words, those that are called so first; `why_not` names the vocabularies
    not asked.
    """

    words: str
    headings: tuple[Heading, ...]
    why_not: Mapping[str, str]

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "words": self.words,
            "headings": [
                {
                    "mesh": one.mesh,
                    "decs": one.decs,
                    "terms": dict(one.terms),
                    "synonyms": {language: list(names) for language, names in one.synonyms.items()},
                    "tree": list(one.trees),
                    "scope_note": one.note,
                    "exact": one.is_called(self.words),
                }
                for one in self.headings
            ],
            "why_not": dict(self.why_not),
        }


def look_up(words: str, transport: Transport, *, keyed: frozenset[str]) -> Found:
    """The headings for the words in any of Portuguese, Spanish and English.

    A vocabulary that cannot be asked is in the answer; raises the RemoteError of MeSH when neither
    can be.
    """
    why_not: dict[str, str] = {}
    headings = (
        _tried("DeCS", why_not, lambda: _from_decs(words, transport))
        if decs.SERVICE in keyed
        else []
    )
    if decs.SERVICE not in keyed:
        why_not["DeCS"] = NO_KEY
    known = [heading.mesh for heading in headings if heading.mesh and heading.is_called(words)]
    failures: list[RemoteError] = []
    try:
        headings += _from_mesh([words, *known], transport)
    except RemoteError as error:
        why_not["MeSH"] = str(error)
        failures.append(error)
    if failures and "DeCS" in why_not:
        raise failures[0]
    found = sorted(joined(headings), key=lambda one: not one.is_called(words))
    return Found(words=words, headings=tuple(found), why_not=why_not)


def _tried(name: str, why_not: dict[str, str], ask: Callable[[], list[Heading]]) -> list[Heading]:
    try:
        return ask()
    except RemoteError as error:
        why_not[name] = str(error)
        return []


def _from_decs(words: str, transport: Transport) -> list[Heading]:
    found: list[Heading] = []
    for language in LANGUAGES:
        answer = transport.send(decs.ask_words(words, language), judge=decs.judge)
        found += decs.read_headings(answer.body, language)
    headings = joined(found)
    completed: list[Heading] = []
    for heading in headings:
        # Entry terms come in the language asked for only; they are worth asking for where this is
        # the heading meant.
        lacking = [language for language in LANGUAGES if language not in heading.synonyms]
        if heading.is_called(words) and heading.trees and lacking:
            for language in lacking:
                answer = transport.send(decs.ask_tree(heading.trees[0], language), judge=decs.judge)
                completed += decs.read_headings(answer.body, language)
    return joined(
        [
            *headings,
            *(one for one in completed if one.decs in {heading.decs for heading in headings}),
        ]
    )


def _from_mesh(terms: Sequence[str], transport: Transport) -> list[Heading]:
    ids: dict[str, None] = {}
    for term in dict.fromkeys(terms):
        answer = transport.send(mesh.ask_ids(term), judge=mesh.judge_ids)
        ids.update(dict.fromkeys(mesh.read_ids(answer.body)))
    if not ids:
        return []
    answer = transport.send(mesh.ask_headings(list(ids)), judge=mesh.judge_headings)
    return list(mesh.read_headings(answer.body))


def descriptor_toml(heading: Heading, *, name: str | None = None) -> str:
    """The heading as a [[descriptors]] entry of a protocol."""
    lines = [
        "[[descriptors]]",
        f"id = {text(name or short_name(heading.name))}",
        f"term = {text(heading.name)}",
    ]
    if heading.mesh and heading.mesh.startswith("D"):
        lines.append(f"mesh = {text(heading.mesh)}")
    if heading.decs and heading.decs.isdecimal():
        lines.append(f"decs = {text(heading.decs)}")
    others = [
        f"{code} = [{text(heading.terms[code])}]"
        for code in ("pt", "es")
        if heading.terms.get(code)
    ]
    if others:
        lines.append(f"translations = {{ {', '.join(others)} }}")
    return "\n".join(lines)


def short_name(words: str) -> str:
    """An id for a protocol out of any words: small letters, digits and _."""
    letters = "".join(
        letter if letter.isalnum() and letter.isascii() else "_" for letter in plain(words).lower()
    )
    name = "_".join(part for part in letters.split("_") if part)[:40].strip("_")
    return name if name[:1].isalpha() else f"x_{name}".strip("_")


def text(value: str) -> str:
    """A TOML string."""
    # JSON's strings are TOML's, but for one sign.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
