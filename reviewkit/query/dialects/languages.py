"""Every query language that is read, by its id, and which one a text is in."""

import re
from functools import lru_cache

from reviewkit.query.dialects import (
    bvs_language,
    clinicaltrials_language,
    cochrane_language,
    ebsco_language,
    embase_language,
    europepmc_language,
    openalex_language,
    ovid_language,
    pubmed_language,
    scopus_language,
    wos_language,
)
from reviewkit.query.language import Language

LANGUAGES: dict[str, Language] = {
    module.LANGUAGE.id: module.LANGUAGE
    for module in (
        pubmed_language,
        ovid_language,
        embase_language,
        cochrane_language,
        ebsco_language,
        scopus_language,
        wos_language,
        bvs_language,
        europepmc_language,
        clinicaltrials_language,
        openalex_language,
    )
}
DEFAULT = pubmed_language.LANGUAGE
_QUOTED = re.compile(r"\"[^\"\n]*+\"|“[^“”\n]*+”")


@lru_cache(maxsize=64)
def _sign(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def signs_of(text: str, language: Language) -> int:
    """How many signs of the language the text shows."""
    return sum(len(_sign(pattern).findall(text)) for pattern in language.signs)


def languages_of(text: str) -> tuple[Language, ...]:
    """The languages whose signs the text shows, the one with most first; none for plain words.

    Signs inside quotation marks count only where they follow or precede the marks themselves.
    """
    bare = _QUOTED.sub('""', text)
    counts = {language.id: signs_of(bare, language) for language in LANGUAGES.values()}
    found = [language for language in LANGUAGES.values() if counts[language.id]]
    return tuple(sorted(found, key=lambda language: -counts[language.id]))


def language_of(text: str) -> Language | None:
    """The one language that a text is surely in; `None` where it shows none, or two alike."""
    found = languages_of(text)
    if not found:
        return None
    bare = _QUOTED.sub('""', text)
    counts = [signs_of(bare, language) for language in found]
    if len(counts) > 1 and counts[1] * 3 > counts[0]:
        return None
    return found[0]


def language_for(source: str, text: str) -> Language:
    """The language of a query that is meant for a source: the source's own, or what it shows.

    A source such as Embase is searched in several languages; the signs of the text decide then.
    """
    expected, shown = LANGUAGES.get(source), languages_of(text)
    if expected is not None and (not shown or expected in shown):
        return expected
    return language_of(text) or expected or DEFAULT
