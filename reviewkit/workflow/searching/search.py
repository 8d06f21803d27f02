"""Searches of a protocol's sources, from the cache or from the service.

A whole run in the cache is used where the caller allows it. Otherwise the service is asked.
"""

import datetime
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial

from reviewkit.cache import Cache, Opening, RunKey, RunPages
from reviewkit.http import Transport
from reviewkit.importers.parsed_file import Problem, summarise
from reviewkit.model.citations import SEARCHED_APART
from reviewkit.model.earlier import EarlierRecords
from reviewkit.model.errors import (
    NotARealAnswer,
    NotCached,
    RemoteError,
    SteepFall,
    Unreachable,
)
from reviewkit.model.messages import in_english, mark
from reviewkit.model.progress import Progress
from reviewkit.model.records import Record, Role, SearchRun
from reviewkit.model.text import plural
from reviewkit.protocol.model import ProtocolSource, Strategy
from reviewkit.query.compile import CompiledQuery
from reviewkit.query.limits import limits_twice
from reviewkit.sources.base import RECORD_MONITOR, NetworkSearch
from reviewkit.sources.page_source import Progress as PageProgress
from reviewkit.sources.registry import (
    SOURCES,
    dialect_of,
    find_network_search,
    pmid_source,
    source_query,
    why_not_searched,
    why_not_sent,
)
from reviewkit.store import Store
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.searching.stored_records import StoredRecords

Say = Callable[[str], None]


class NetworkUse(StrEnum):
    """When a service is asked, and when the cache is enough.

    A search that was cut off is continued. With ALWAYS only within a day: its list is as old as the
    search itself.
    """

    NEVER = "never"
    WHERE_NEEDED = "where needed"
    ALWAYS = "always"


_RESUMED_WITHIN = datetime.timedelta(days=1)
_OPENINGS = {
    NetworkUse.NEVER: Opening.REUSE,
    NetworkUse.WHERE_NEEDED: Opening.LATEST,
    NetworkUse.ALWAYS: Opening.RESUME,
}


def _no_records() -> Iterator[Record]:
    return iter(())


def count_in_words(run: SearchRun) -> str:
    """Return how many records a search counted: "1 record"; the source may state no number."""
    if run.count is None:
        return "an unknown number of records"
    return plural(run.count, "record")


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A strategy in a source: its run and, from the cache, its records; or why it could not be run.

    `read_new` reads the records without those that known pages (SHA-256) hold word for word. It
    takes these pages and the identifiers that came from them. It is `None` where the source cannot
    do that. `failed`: the service answered, and failed or did not send everything.
    """

    source: str
    strategy: str
    query: str | None
    run: SearchRun | None = None
    read: Callable[[], Iterator[Record]] = _no_records
    read_new: Callable[[Collection[str], Collection[str]], Iterator[Record]] | None = None
    why_not: str | None = None
    failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """One search to run: the query, and how its source is searched.

    `fetch`: records, not the list only.
    """

    source: ProtocolSource
    strategy: Strategy
    query: CompiledQuery
    way: NetworkSearch
    fetch: bool

    @property
    def key(self) -> RunKey:
        """A list without records is another run than a search: one must not replace the other."""
        name = self.query.strategy
        if not self.fetch:
            name = f"{name}.list"
        return RunKey(source=self.source.id, strategy=name, query=self.query.written)


@dataclass(frozen=True, slots=True, kw_only=True)
class Searcher:
    """How to search: by which transport (`None` for the cache only), and when to ask.

    `services_with_key` are the services that a key is set for. `by_portal` lets a source be
    searched through its portal, which is made for people. `is_resumed`: a search that began at
    `started_at` and is complete is not made again, even with ALWAYS. `earlier` gives what is known
    of a source's records: answers that have less are doubted. `accepts_fall`: but a count may be
    far below the one before.
    """

    network_use: NetworkUse
    transport: Transport | None
    started_at: datetime.datetime
    say: Say
    progress: Progress
    services_with_key: frozenset[str] = frozenset()
    by_portal: bool = False
    is_resumed: bool = False
    accepts_fall: bool = False
    earlier: Callable[[str], EarlierRecords] | None = None
    acknowledged: tuple[str, ...] = ()

    def beside(self, store: Store, strategy: Strategy) -> "Searcher":
        """The same, which holds every answer against what the database has."""
        known = partial(_known, store, strategy.id, self.accepts_fall)
        return replace(self, earlier=known)

    def search_all(self, project: ReviewProject) -> tuple[Search, ...]:
        """Every strategy in every source, the primary one first; also searches that cannot be run.

        Another strategy is only listed, not fetched, and only where the primary one could be run.
        """
        protocol = project.protocol
        if protocol.primary is None:
            return ()

        searches = [self._try(project, protocol.primary, source) for source in protocol.sources]
        reasons = {search.source: search.why_not for search in searches}
        for strategy in protocol.variants:
            for source in protocol.sources:
                why_not = reasons[source.id]
                if why_not:
                    searches.append(_not_run(project, strategy, source, why_not))
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
        try:
            return self.search(project, strategy, source, fetch=fetch)
        except (RemoteError, NotCached) as error:
            why_not = _reason(error, self.transport)
            advice = f" Next: {error.hint}." if error.hint else ""
            self.say(f"{source.name}: could not be run ({why_not}).{advice}")
            failed = isinstance(error, RemoteError) and not isinstance(error, Unreachable)
            return replace(_not_run(project, strategy, source, why_not), failed=failed)

    def search(
        self,
        project: ReviewProject,
        strategy: Strategy,
        source: ProtocolSource,
        *,
        fetch: bool = True,
    ) -> Search:
        """One strategy in one source; with `fetch=False` its count, and identifiers where cheap.

        A source that reviewkit cannot search, or not without a key that is not set, gives a Search
        with the reason. Raises RemoteError, NotCached, and what the cache raises.
        """
        way = find_network_search(source.id, by_portal=self.by_portal)
        if way is None and source.role == Role.CITATIONS:
            return _not_run(project, strategy, source, SEARCHED_APART)
        if way is None:
            why_not = in_english(
                "this version of reviewkit cannot search {source}", source=source.name
            )
            if reason := why_not_searched(source.id):
                why_not += f": {reason}"
            return _not_run(project, strategy, source, why_not)
        query = source_query(project.protocol, strategy, source.id)
        why_not = why_not_sent(strategy, source, query)
        if query is None or why_not:
            return _not_run(project, strategy, source, why_not)

        self._say_limited_twice(project, strategy, source)
        query = replace(query, acknowledged=(*query.acknowledged, *self.acknowledged))
        plan = _Plan(source=source, strategy=strategy, query=query, way=way, fetch=fetch)
        if way.key is None or way.service.name in self.services_with_key:
            return self._run(project, plan, self.transport)
        try:
            return self._run_without_key(project, plan)
        except NotCached:
            why_not = in_english("{key} is not set; {advice}", key=way.key, advice=way.way_out)
            return _not_run(project, strategy, source, why_not)

    def _say_limited_twice(
        self, project: ReviewProject, strategy: Strategy, source: ProtocolSource
    ) -> None:
        limits, dialect = project.protocol.limits, dialect_of(source.id)
        for twice in limits_twice(strategy, source.id, limits, dialect):
            self.say(f"{source.name}: {twice.reason}.")

    def _run_without_key(self, project: ReviewProject, plan: _Plan) -> Search:
        """The search from the cache: without its key a service is not asked. Raises NotCached."""
        if self.network_use is NetworkUse.ALWAYS:
            raise NotCached(mark("a new search was asked for"), where=plan.source.name)
        return self._run(project, plan, None)

    def _run(self, project: ReviewProject, plan: _Plan, transport: Transport | None) -> Search:
        try:
            return self._run_once(project, plan, transport, opening=None)
        except SteepFall as error:
            # Its pages were refused: the same run asks again. A count that stays is told twice.
            self.say(f"{plan.source.name}: {error.what}; asking again.")
            return self._run_once(project, plan, transport, opening=None)
        except NotARealAnswer as error:
            if transport is None or not self._is_stored(project, plan.key):
                raise
            # A whole stored run whose pages are no answers: replayed, it would fail for ever.
            self.say(f"{plan.source.name}: the stored search is not used: it {error.what}.")
            return self._run_once(project, plan, transport, opening=Opening.FRESH)

    def _is_stored(self, project: ReviewProject, key: RunKey) -> bool:
        """Whether the newest run of a search is whole, so that it is replayed."""
        runs = Cache(project.cache).runs(key)
        return self.network_use is NetworkUse.WHERE_NEEDED and bool(runs) and runs[-1].complete

    def _run_once(
        self,
        project: ReviewProject,
        plan: _Plan,
        transport: Transport | None,
        *,
        opening: Opening | None,
    ) -> Search:
        name = plan.source.name
        with self._open(project, plan.key, plan.way, transport, opening=opening) as pages:
            was_complete = pages.complete
            if transport and not was_complete:
                self.say(f"{name}: searching with “{plan.strategy.label}”.")
            run = plan.way.search(
                pages,
                plan.query,
                fetch=plan.fetch,
                progress=self._progress_of(pages, f"{name} records"),
            )
            # A search is made in the role that the protocol gives the source.
            run = replace(run, role=Role(plan.source.role))

        self._report(plan, run, from_cache=was_complete)
        return _search_of(run, pages, plan.way, query=plan.query.text, say=self.say)

    def _report(self, plan: _Plan, run: SearchRun, *, from_cache: bool) -> None:
        name = plan.source.name
        message = f"{name}: {plan.query.strategy}, {count_in_words(run)}"
        if from_cache:
            message += f", searched {run.searched_at}, from the cache"
        self.say(f"{message}.")
        for warning in run.warnings:
            self.say(f"{name}: {warning}")

    def fetch_by_pmid(self, project: ReviewProject, pmids: Sequence[str]) -> Search:
        """The records with these PMIDs, in a run of the record monitor, which no flow counts.

        Raises RemoteError, NotCached, and what the cache raises.
        """
        source, way, fetch = pmid_source()
        key = RunKey(source=source.id, strategy=RECORD_MONITOR, query=",".join(pmids))
        with self._open(project, key, way, self.transport) as pages:
            progress = self._progress_of(pages, f"{source.label} records asked for by number")
            run = fetch(pages, pmids, progress=progress)

        return _search_of(run, pages, way, query=None, say=self.say)

    def _open(
        self,
        project: ReviewProject,
        key: RunKey,
        way: NetworkSearch,
        transport: Transport | None,
        *,
        opening: Opening | None = None,
    ) -> RunPages:
        """The pages of a search; `opening` says which run where it is not the usual one."""
        cache, at = Cache(project.cache), self.started_at.strftime("%Y-%m-%dT%H:%M:%SZ")
        if transport is None:
            return cache.open_run(key, opening=Opening.REUSE, started_at=at, transport=None)

        pages = cache.open_run(
            key,
            opening=opening or self._opening(cache, key, at),
            started_at=at,
            transport=transport,
            endpoint=transport.endpoint(way.service.name),
        )
        if self.earlier and not pages.complete:
            pages.earlier = self.earlier(key.source)
        return pages

    def _opening(self, cache: Cache, key: RunKey, at: str) -> Opening:
        runs = cache.runs(key)
        if self.is_resumed and any(run.complete and run.header.started_at == at for run in runs):
            return Opening.LATEST
        if self.network_use is NetworkUse.ALWAYS and runs and not runs[-1].complete:
            begun = datetime.datetime.fromisoformat(runs[-1].header.started_at)
            if self.started_at - begun >= _RESUMED_WITHIN:
                return Opening.FRESH

        return _OPENINGS[self.network_use]

    def _progress_of(self, pages: RunPages, label: str) -> PageProgress | None:
        """Where progress is reported; nowhere for a run that is whole."""
        if pages.complete:
            return None
        return partial(self.progress, label)


def _known(store: Store, family: str, accepts_fall: bool, source: str) -> StoredRecords:
    return StoredRecords(store=store, family=family, source=source, accepts_fall=accepts_fall)


def _not_run(
    project: ReviewProject, strategy: Strategy, source: ProtocolSource, why_not: str
) -> Search:
    query = source_query(project.protocol, strategy, source.id)
    return Search(
        source=source.id,
        strategy=strategy.id,
        query=query.text if query else None,
        why_not=why_not,
    )


def _search_of(
    run: SearchRun, pages: RunPages, way: NetworkSearch, *, query: str | None, say: Say
) -> Search:
    def read(reader: Callable[..., Iterator[Record]], **known: Collection[str]) -> Iterator[Record]:
        problems: list[Problem] = []
        yield from reader(run, pages, on_problem=problems.append, **known)
        for line in summarise(problems):
            say(f"{SOURCES[run.source].label}: {line}")

    read_new = None
    if way.read_new:
        read_new = partial(_read_new, partial(read, way.read_new))

    return Search(
        source=run.source,
        strategy=run.strategy,
        query=query,
        run=run,
        read=partial(read, way.read),
        read_new=read_new,
    )


def _read_new(
    read: Callable[..., Iterator[Record]],
    known: Collection[str],
    held: Collection[str],
) -> Iterator[Record]:
    return read(known=known, held=held)


def _reason(error: RemoteError | NotCached, transport: Transport | None) -> str:
    if transport is None and isinstance(error, NotCached):
        return in_english("offline, and {why}", why=error.what)
    return error.what
