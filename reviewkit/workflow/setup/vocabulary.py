"""What MeSH, DeCS and PubMed's index of phrases have, asked once a year and cached."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from reviewkit.cache import Cache, Opening, RunKey
from reviewkit.http import Judge, Request, Transport
from reviewkit.query.compile import EVERY_PHRASE
from reviewkit.sources import decs, eutils, mesh
from reviewkit.sources.headings import LANGUAGES, joined, plain
from reviewkit.sources.page_source import ask

_PHRASES = 40
"""Phrases in one request."""
_NOT_FOUND = ("PhraseNotFound: ", "QuotedPhraseNotFound: ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Asks through a cache. `started_at` is now: what was asked this year is not asked again."""

    cache: Cache
    transport: Transport
    started_at: str

    def has_heading(self, name: str) -> bool:
        """Whether MeSH has a heading of this name or entry term. Raises what a request raises."""
        ids = mesh.read_ids(self._asked(mesh.ask_ids(name), mesh.judge_ids))
        if not ids:
            return False
        shown = self._asked(mesh.ask_headings(list(ids)), mesh.judge_headings)
        return any(one.is_called(plain(name)) for one in mesh.read_headings(shown))

    def unknown_phrases(self, clauses: Mapping[str, str]) -> frozenset[str]:
        """The phrases that PubMed's index lacks. `clauses` has each phrase's clause by its text.

        Raises what a request raises.
        """
        unknown: set[str] = set()
        for some in _batches(sorted(clauses)):
            query = " OR ".join(clauses[phrase] for phrase in some)
            judge = eutils.judge_list((EVERY_PHRASE,), most=0)
            body = self._asked(eutils.ask_list(query, most=0), judge)
            said = eutils.read_list(body).messages
            unknown |= {plain_phrase(one) for one in said if one.startswith(_NOT_FOUND)}

        return frozenset(phrase for phrase in clauses if plain(phrase) in unknown)

    def decs_names(self, name: str) -> tuple[str, ...]:
        """What DeCS calls the heading in Portuguese, Spanish and English; none where it has none.

        Raises what a request raises.
        """
        body = self._asked(decs.ask_words(name, "en"), decs.judge)
        for heading in joined(decs.read_headings(body, "en")):
            if heading.is_called(name):
                names = (heading.terms.get(language, "") for language in LANGUAGES)
                return tuple(dict.fromkeys(filter(None, names)))

        return ()

    def _asked(self, request: Request, judge: Judge) -> bytes:
        """The answer to a request, from the cache where it came this year."""
        key = RunKey(
            source=request.service,
            strategy="vocabulary",
            query=f"{self.started_at[:4]} {request.text}",
        )
        with self.cache.open_run(
            key,
            opening=Opening.LATEST,
            started_at=self.started_at,
            transport=self.transport,
            endpoint=self.transport.endpoint(request.service),
        ) as pages:
            body = ask(pages, request, judge, where=request.service).body
            pages.finish()

        return body


def plain_phrase(message: str) -> str:
    """The phrase of a message such as `QuotedPhraseNotFound: "a b"[Title/Abstract]`."""
    return plain(message.partition(": ")[2].partition("[")[0].replace('"', ""))


def _batches(phrases: Iterable[str]) -> Iterator[list[str]]:
    listed = list(phrases)
    for start in range(0, len(listed), _PHRASES):
        yield listed[start : start + _PHRASES]
