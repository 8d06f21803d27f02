"""The noun of both vocabularies: a heading with its identifiers, names, entry terms and places in
the tree.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

LANGUAGES = ("pt", "es", "en")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading of MeSH, of DeCS, or of both. `terms` is the name by language (ISO 639-1),
    `synonyms` its entry terms.

    DeCS holds MeSH and headings of its own; the MeSH identifier is the bridge between the two.
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
        names = [
            *self.terms.values(),
            *(name for names in self.synonyms.values() for name in names),
        ]
        return plain(words) in {plain(name) for name in names}


def plain(text: str) -> str:
    """The words in lower case, without accents."""
    letters = unicodedata.normalize("NFKD", " ".join(text.split()).casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def joined(headings: Iterable[Heading]) -> list[Heading]:
    """The headings with those of one identifier made one, in order of arrival; what came first
    stands.
    """
    found: list[Heading] = []
    for heading in headings:
        at = next((i for i, one in enumerate(found) if _same(one, heading)), None)
        if at is None:
            found.append(heading)
        else:
            found[at] = _union(found[at], heading)
    return found


def _same(one: Heading, other: Heading) -> bool:
    return bool(one.mesh and one.mesh == other.mesh) or bool(one.decs and one.decs == other.decs)


def _union(one: Heading, other: Heading) -> Heading:
    languages = dict.fromkeys([*one.synonyms, *other.synonyms])
    return Heading(
        mesh=one.mesh or other.mesh,
        decs=one.decs or other.decs,
        terms={**other.terms, **one.terms},
        synonyms={
            name: tuple(dict.fromkeys([*one.synonyms.get(name, ()), *other.synonyms.get(name, ())]))
            for name in languages
        },
        trees=tuple(dict.fromkeys([*one.trees, *other.trees])),
        note=one.note or other.note,
    )
