"""A heading of a vocabulary: its identifiers, names, entry terms and places in the tree."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

LANGUAGES = ("pt", "es", "en")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading of MeSH, of DeCS, or of both.

    `terms` is the name by language (ISO 639-1), `synonyms` the entry terms by language. DeCS holds
    MeSH and headings of its own; the MeSH identifier is the bridge between the two.
    """

    mesh: str | None = None
    decs: str | None = None
    terms: Mapping[str, str] = field(default_factory=dict)
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    trees: tuple[str, ...] = ()
    note: str | None = None

    @property
    def name(self) -> str:
        """The English name, as queries use it; another one where there is none."""
        return self.terms.get("en") or next(iter(self.terms.values()), self.mesh or self.decs or "")

    def is_called(self, words: str) -> bool:
        """Whether the words are its name or an entry term, accents and case aside."""
        names = list(self.terms.values())
        for synonyms in self.synonyms.values():
            names.extend(synonyms)

        return plain(words) in {plain(name) for name in names}


def plain(text: str) -> str:
    """The words in lower case, without accents."""
    letters = unicodedata.normalize("NFKD", " ".join(text.split()).casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def joined(headings: Iterable[Heading]) -> list[Heading]:
    """The headings in order of arrival, those of one identifier merged: the first values win."""
    merged: list[Heading] = []
    for heading in headings:
        same = [place for place, other in enumerate(merged) if _is_same(other, heading)]
        if same:
            merged[same[0]] = _union(merged[same[0]], heading)
        else:
            merged.append(heading)

    return merged


def _is_same(first: Heading, second: Heading) -> bool:
    by_mesh = bool(first.mesh and first.mesh == second.mesh)
    return by_mesh or bool(first.decs and first.decs == second.decs)


def _union(first: Heading, second: Heading) -> Heading:
    return Heading(
        mesh=first.mesh or second.mesh,
        decs=first.decs or second.decs,
        terms={**second.terms, **first.terms},
        synonyms={
            language: _each_once(first, second, language)
            for language in {**first.synonyms, **second.synonyms}
        },
        trees=tuple(dict.fromkeys([*first.trees, *second.trees])),
        note=first.note or second.note,
    )


def _each_once(first: Heading, second: Heading, language: str) -> tuple[str, ...]:
    """The entry terms of both in a language."""
    names = [*first.synonyms.get(language, ()), *second.synonyms.get(language, ())]
    return tuple(dict.fromkeys(names))
