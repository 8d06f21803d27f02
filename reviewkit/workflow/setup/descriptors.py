"""`descriptors`: headings of DeCS and MeSH for some words, in one list."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reviewkit.http import Transport
from reviewkit.model.errors import RemoteError
from reviewkit.model.text import to_json
from reviewkit.sources import bvs, decs, mesh
from reviewkit.sources.headings import LANGUAGES, Heading, joined, plain

NO_KEY = f"{bvs.KEY} is not set"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """The headings for some words, those with exactly that name first.

    `why_not` says, by vocabulary, why it gave nothing: it was not asked, or did not answer.
    """

    words: str
    headings: tuple[Heading, ...]
    why_not: Mapping[str, str]

    @property
    def answered(self) -> tuple[str, ...]:
        """The vocabularies that answered."""
        return tuple(name for name in ("MeSH", "DeCS") if name not in self.why_not)

    def silences(self) -> Iterator[str]:
        """Say of each vocabulary that gave nothing why, and whether it was asked at all."""
        for name, reason in self.why_not.items():
            how = "was not asked" if reason == NO_KEY else "did not answer"
            yield f"{name} {how}: {reason}."

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "words": self.words,
            "headings": [self._heading_json(heading) for heading in self.headings],
            "why_not": dict(self.why_not),
        }

    def _heading_json(self, heading: Heading) -> dict[str, Any]:
        return {
            "mesh": heading.mesh,
            "decs": heading.decs,
            "terms": dict(heading.terms),
            "synonyms": {language: list(names) for language, names in heading.synonyms.items()},
            "tree": list(heading.trees),
            "scope_note": heading.note,
            "exact": heading.is_called(self.words),
        }


def look_up(words: str, transport: Transport, *, services_with_key: frozenset[str]) -> Lookup:
    """The headings for the words in any of Portuguese, Spanish and English.

    A vocabulary that cannot be asked is in the answer. Raises the RemoteError of MeSH where neither
    can be.
    """
    why_not: dict[str, str] = {}
    headings: list[Heading] = []
    if decs.SERVICE not in services_with_key:
        why_not["DeCS"] = NO_KEY
    else:
        try:
            headings += _from_decs(words, transport)
        except RemoteError as error:
            why_not["DeCS"] = str(error)

    known = [heading.mesh for heading in headings if heading.mesh and heading.is_called(words)]
    try:
        headings += _from_mesh([words, *known], transport)
    except RemoteError as error:
        if "DeCS" in why_not:
            raise
        why_not["MeSH"] = str(error)

    exact_first = sorted(joined(headings), key=lambda heading: not heading.is_called(words))
    return Lookup(words=words, headings=tuple(exact_first), why_not=why_not)


def _from_decs(words: str, transport: Transport) -> list[Heading]:
    headings: list[Heading] = []
    for language in LANGUAGES:
        answer = transport.send(decs.ask_words(words, language), judge=decs.judge)
        headings += decs.read_headings(answer.body, language)
    headings = joined(headings)

    # Entry terms come in the requested language only. The others are asked for the exact heading.
    codes = {heading.decs for heading in headings}
    completed: list[Heading] = []
    for heading in headings:
        if heading.is_called(words):
            completed += _in_other_languages(heading, transport)

    return joined([*headings, *(heading for heading in completed if heading.decs in codes)])


def _in_other_languages(heading: Heading, transport: Transport) -> list[Heading]:
    """The heading with its entry terms in the languages that it lacks."""
    headings: list[Heading] = []
    for language in LANGUAGES:
        if language not in heading.synonyms and heading.trees:
            answer = transport.send(decs.ask_tree(heading.trees[0], language), judge=decs.judge)
            headings += decs.read_headings(answer.body, language)

    return headings


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

    translations = [
        f"{code} = [{text(heading.terms[code])}]"
        for code in ("pt", "es")
        if heading.terms.get(code)
    ]
    if translations:
        lines.append(f"translations = {{ {', '.join(translations)} }}")
    return "\n".join(lines)


def short_name(words: str) -> str:
    """An id for a protocol out of any words: small letters, digits and _."""
    parts = re.findall(r"[a-z0-9]+", plain(words).lower())
    name = "_".join(parts)[:40].strip("_")
    if not name[:1].isalpha():
        name = f"x_{name}".strip("_")

    return name


def text(value: str) -> str:
    """A TOML string."""
    # JSON's strings are TOML's, but for one sign.
    return to_json(value)
