"""Searches of a protocol's sources: from the cache where it holds a whole run, from the service where not."""

import datetime
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial

from reviewkit.cache import Cache, Opening, RunKey, RunPages
from reviewkit.http import Transport
from reviewkit.model.errors import NotCached, RemoteError
from reviewkit.model.progress import Progress
from reviewkit.model.records import Record, Role, SearchRun
from reviewkit.protocol.model import ProtocolSource, Strategy
from reviewkit.query.compile import CompiledQuery, compile_query
from reviewkit.sources import pubmed
from reviewkit.sources.registry import Engine, ReaderOfNews, engine_of
from reviewkit.workflow.project import ReviewProject

Say = Callable[[str], None]


class Asking(StrEnum):
    """When a service is asked, and when the cache is enough.

    A search that was cut off is continued; where always is asked, within a day: its list is as old as it is itself.
    """

    NEVER = "never"
    WHERE_NEEDED = "where needed"
    ALWAYS = "always"


_GOES_ON_WITHIN = datetime.timedelta(days=1)
_OPENINGS = {
    Asking.NEVER: Opening.REUSE,
    Asking.WHERE_NEEDED: Opening.LATEST,
    Asking.ALWAYS: Opening.RESUME,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A strategy in a source: its run and, from the cache, its records; or why it could not be run.

    `news` gives the records without those that stand word for word on known pages (SHA-256), from which the records of
    these identifiers came; for sources that can tell.
    """

    source: str
    strategy: str
    query: str | None
    run: SearchRun | None = None
    records: Callable[[], Iterator[Record]] = lambda: iter(())
    news: Callable[[Collection[str], Collection[str]], Iterator[Record]] | None = None
    why_not: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Searcher:
    """How to search: the transport (`None` for the cache only), when to ask, and where to tell how it goes.

    `goes_on`: a search that was begun at `started_at` and is complete is not made again, even where always is asked.
    `keyed` are the services that a key is set for. `portal` lets LILACS be searched through the BVS portal, which is
    made for people.
    """

    asking: Asking
    transport: Transport | None
    started_at: datetime.datetime
    say: Say
    progress: Progress
    keyed: frozenset[str] = frozenset()
    portal: bool = False
    goes_on: bool = False

    def search_all(self, project: ReviewProject) -> tuple[Search, ...]:
        """Every strategy in every source, the primary one first. A search that cannot be run is in the answer too.

        Another reading is only listed, not fetched, and only where the primary strategy could be run.
        """
        protocol = project.protocol
        if protocol.primary is None:
            return ()
        searches = [self._try(project, protocol.primary, source) for source in protocol.sources]
        could = {search.source: search.why_not for search in searches}
        for strategy in protocol.variants:
            for source in protocol.sources:
                why_not = could[source.id]
                compiled = compile_query(protocol, strategy, source.id)
                if why_not:
                    text = compiled.text if compiled else None
                    searches.append(
                        Search(source=source.id, strategy=strategy.id, query=text, why_not=why_not)
                    )
                else:
                    searches.append(self._try(project, strategy, source, fetch=False))
        return tuple(searches)

    def _try(
        self,
        project: ReviewProject,
        strategy: Strategy,
        source: ProtocolSource,
        *,
        fetch: bool = True,
    ) -> Search:
        compiled = compile_query(project.protocol, strategy, source.id)
        text = compiled.text if compiled else None
        try:
            return self.search(project, strategy, source, fetch=fetch)
        except (RemoteError, NotCached) as error:
            why_not = _reason(error, self.transport)
            self.say(f"{source.name}: could not be run ({why_not}).")
            return Search(source=source.id, strategy=strategy.id, query=text, why_not=why_not)

    def search(
        self,
        project: ReviewProject,
        strategy: Strategy,
        source: ProtocolSource,
        *,
        fetch: bool = True,
    ) -> Search:
        """One strategy in one source. With `fetch=False` its count, and its identifiers where that is cheap.

        Raises RemoteError, NotCached, and what the cache raises. A source that reviewkit cannot search, or not without
        a key that is not set, is answered with the reason.
        """
        compiled = compile_query(project.protocol, strategy, source.id)
        engine = engine_of(source.id, portal=self.portal)
        if engine is None or compiled is None:
            cannot = f"this version of reviewkit cannot search {source.name}"
            why_not = (
                cannot
                if engine is None
                else f"strategy {strategy.id} has no query for {source.name}"
            )
            text = compiled.text if compiled else None
            return Search(source=source.id, strategy=strategy.id, query=text, why_not=why_not)
        keyless = engine.key is not None and engine.service not in self.keyed
        try:
            return self._search(
                project, compiled, source, strategy.label, engine, keyless=keyless, fetch=fetch
            )
        except NotCached:
            if not keyless:
                raise
            why_not = f"{engine.key} is not set; {engine.way_out}"
            return Search(
                source=source.id, strategy=strategy.id, query=compiled.text, why_not=why_not
            )

    def _search(
        self,
        project: ReviewProject,
        compiled: CompiledQuery,
        source: ProtocolSource,
        label: str,
        engine: Engine,
        *,
        keyless: bool,
        fetch: bool,
    ) -> Search:
        # Without its key a service is not asked; what came from it before may still stand in, where that is enough.
        if keyless and self.asking is Asking.ALWAYS:
            raise NotCached("a new search was asked for", where=source.name)
        transport = None if keyless else self.transport
        # A list without records is another thing than a search: one must not be taken for the other.
        name = compiled.strategy if fetch else f"{compiled.strategy}.list"
        key = RunKey(source=source.id, strategy=name, query=compiled.written)
        cache, at = Cache(project.cache), self.started_at.strftime("%Y-%m-%dT%H:%M:%SZ")
        with cache.open_run(
            key,
            opening=self._opening(cache, key, at) if transport else Opening.REUSE,
            started_at=at,
            transport=transport,
            endpoint=transport.endpoint(engine.service) if transport else "",
        ) as pages:
            if not pages.complete and transport:
                self.say(f"{source.name}: searching with “{label}”.")
            return self._run(compiled, pages, source, engine, fetch=fetch)

    def fetch_again(self, project: ReviewProject, pmids: Sequence[str]) -> Search:
        """The records of these PMIDs, asked for by number; a run named "watch" that no flow counts.

        Raises RemoteError, NotCached, and what the cache raises.
        """
        key = RunKey(source="pubmed", strategy=pubmed.RECORD_MONITOR, query=",".join(pmids))
        cache, at = Cache(project.cache), self.started_at.strftime("%Y-%m-%dT%H:%M:%SZ")
        with cache.open_run(
            key,
            opening=self._opening(cache, key, at) if self.transport else Opening.REUSE,
            started_at=at,
            transport=self.transport,
            endpoint=self.transport.endpoint("eutils") if self.transport else "",
        ) as pages:
            told = None if pages.complete else partial(self.progress, "PubMed records watched")
            run = pubmed.fetch_by_pmid(pages, pmids, progress=told)
            return Search(
                source="pubmed",
                strategy=pubmed.RECORD_MONITOR,
                query=None,
                run=run,
                records=partial(pubmed.records, run, pages),
                news=partial(_read_news, pubmed.records, run, pages),
            )

    def _opening(self, cache: Cache, key: RunKey, at: str) -> Opening:
        runs = cache.runs(key)
        if self.goes_on and any(run.complete and run.header.started_at == at for run in runs):
            return Opening.LATEST
        if self.asking is Asking.ALWAYS and runs and not runs[-1].complete:
            begun = datetime.datetime.fromisoformat(runs[-1].header.started_at)
            if self.started_at - begun >= _GOES_ON_WITHIN:
                return Opening.FRESH
        return _OPENINGS[self.asking]

    def _run(
        self,
        compiled: CompiledQuery,
        pages: RunPages,
        source: ProtocolSource,
        engine: Engine,
        *,
        fetch: bool,
    ) -> Search:
        was_complete = pages.complete
        run = engine.search(
            pages,
            compiled,
            fetch=fetch,
            progress=None if was_complete else partial(self.progress, f"{source.name} records"),
        )
        # A search is made in the role that the protocol gives the source.
        run = replace(run, role=Role(source.role))
        if was_complete:
            self.say(
                f"{source.name}: {compiled.strategy}, {run.count} records, searched {run.searched_at}, from the cache."
            )
        else:
            self.say(f"{source.name}: {compiled.strategy}, {run.count} records.")
        for warning in run.warnings:
            self.say(f"{source.name}: {warning}")
        records = partial(engine.records, run, pages)
        return Search(
            source=compiled.source,
            strategy=compiled.strategy,
            query=compiled.text,
            run=run,
            records=records,
            news=partial(_read_news, engine.news, run, pages) if engine.news else None,
        )


def _read_news(
    reader: ReaderOfNews,
    run: SearchRun,
    pages: RunPages,
    known: Collection[str],
    held: Collection[str],
) -> Iterator[Record]:
    return reader(run, pages, known=known, held=held)


def _reason(error: RemoteError | NotCached, transport: Transport | None) -> str:
    if transport is None and isinstance(error, NotCached):
        return f"offline, and {error.what}"
    return error.what
