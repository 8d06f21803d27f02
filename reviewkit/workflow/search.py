"""Searches of a protocol's sources: from the cache where it holds a whole run, from the service where not."""

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from reviewkit.cache import Cache, Opening, RunKey, RunPages
from reviewkit.errors import NotCached, RemoteError
from reviewkit.http import Transport
from reviewkit.protocol import Source, Strategy
from reviewkit.query import CompiledQuery, compile_query
from reviewkit.records import Record, SearchRun
from reviewkit.sources import pubmed
from reviewkit.workflow.place import Place

Progress = Callable[[str, int, int], None]
Say = Callable[[str], None]


class Asking(StrEnum):
    """When a service is asked, and when the cache is enough. A search that was cut off is always continued."""

    NEVER = "never"
    WHERE_NEEDED = "where needed"
    ALWAYS = "always"


_OPENINGS = {Asking.NEVER: Opening.REUSE, Asking.WHERE_NEEDED: Opening.LATEST, Asking.ALWAYS: Opening.RESUME}


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A strategy in a source: its run and, from the cache, its records; or why it could not be run."""

    source: str
    strategy: str
    query: str | None
    run: SearchRun | None = None
    records: Callable[[], Iterator[Record]] = lambda: iter(())
    why_not: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Searcher:
    """How to search: the transport (`None` for the cache only), when to ask, and where to tell how it goes."""

    asking: Asking
    transport: Transport | None
    started_at: datetime.datetime
    say: Say
    progress: Progress

    def search_all(self, place: Place) -> tuple[Search, ...]:
        """Every strategy in every source, the primary one first. A search that cannot be run is in the answer too.

        Another reading is only listed, not fetched, and only where the primary strategy could be run.
        """
        protocol = place.protocol
        if protocol.primary is None:
            return ()
        searches = [self._try(place, protocol.primary, source) for source in protocol.sources]
        could = {search.source: search.why_not for search in searches}
        for strategy in protocol.variants:
            for source in protocol.sources:
                why_not = could[source.id]
                compiled = compile_query(protocol, strategy, source.id)
                if why_not:
                    text = compiled.text if compiled else None
                    searches.append(Search(source=source.id, strategy=strategy.id, query=text, why_not=why_not))
                else:
                    searches.append(self._try(place, strategy, source, fetch=False))
        return tuple(searches)

    def _try(self, place: Place, strategy: Strategy, source: Source, *, fetch: bool = True) -> Search:
        compiled = compile_query(place.protocol, strategy, source.id)
        text = compiled.text if compiled else None
        try:
            return self.search(place, strategy, source, fetch=fetch)
        except (RemoteError, NotCached) as error:
            why_not = _reason(error, self.transport)
            self.say(f"{source.name}: could not be run ({why_not}).")
            return Search(source=source.id, strategy=strategy.id, query=text, why_not=why_not)

    def search(self, place: Place, strategy: Strategy, source: Source, *, fetch: bool = True) -> Search:
        """One strategy in one source. With `fetch=False` its list of identifiers alone.

        Raises RemoteError, NotCached, and what the cache raises. A source that reviewkit cannot search is answered
        with the reason.
        """
        compiled = compile_query(place.protocol, strategy, source.id)
        if compiled is None or source.id not in _SOURCES:
            why_not = f"this version of reviewkit cannot search {source.name}"
            text = compiled.text if compiled else None
            return Search(source=source.id, strategy=strategy.id, query=text, why_not=why_not)
        key = RunKey(source=source.id, strategy=strategy.id, query=compiled.text)
        with Cache(place.cache).open_run(
            key,
            opening=_OPENINGS[self.asking],
            started_at=self.started_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            transport=self.transport,
            endpoint=self.transport.endpoint(_SOURCES[source.id]) if self.transport else "",
        ) as pages:
            if not pages.complete and self.transport:
                self.say(f"{source.name}: searching with “{strategy.label}”.")
            return self._run(compiled, pages, source, fetch=fetch)

    def _run(self, compiled: CompiledQuery, pages: RunPages, source: Source, *, fetch: bool) -> Search:
        was_complete = pages.complete
        run = pubmed.search(
            pages,
            query=compiled.text,
            strategy=compiled.strategy,
            fetch=fetch,
            progress=None if was_complete else partial(self.progress, f"{source.name} records"),
        )
        if was_complete:
            self.say(
                f"{source.name}: {compiled.strategy}, {run.count} records, searched {run.searched_at}, from the cache."
            )
        else:
            self.say(f"{source.name}: {compiled.strategy}, {run.count} records.")
        for warning in run.warnings:
            self.say(f"{source.name}: {warning}")
        records = partial(pubmed.records, run, pages)
        return Search(source=compiled.source, strategy=compiled.strategy, query=compiled.text, run=run, records=records)


# The sources that reviewkit searches itself, and the service that each asks.
_SOURCES = {"pubmed": "eutils"}


def _reason(error: RemoteError | NotCached, transport: Transport | None) -> str:
    if transport is None and isinstance(error, NotCached):
        return f"offline, and {error.what}"
    return error.what
