"""`citations`: what chosen records refer to, and what cites them, into the flow's other arm.

An index in one direction is whole or nothing of it is stored. Its answers are kept in the cache, so
the next run asks for the rest. What is found is deduplicated against the whole review.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from reviewkit.cache import Cache, Opening, RunKey, RunPages
from reviewkit.model.citations import Chosen, CitationSearch, Direction, Seed
from reviewkit.model.errors import NotCached, RemoteError
from reviewkit.model.records import Role, RunKind, RunStatus, SearchRun
from reviewkit.protocol.model import ProtocolSource
from reviewkit.sources.citation_index import CitationIndex, FoundByCitation
from reviewkit.store import Store, write_lock
from reviewkit.store.citations import add_citation_search, run_to_join
from reviewkit.store.duplicates import stored_leads
from reviewkit.store.protocols import add_protocol
from reviewkit.store.records import sources_in_flow
from reviewkit.store.runs import add_run, run_number_of
from reviewkit.store.searches import join_search
from reviewkit.store.withdrawals import withdrawn_runs
from reviewkit.store.works import stored_works
from reviewkit.workflow.duplicates.link import link_duplicates
from reviewkit.workflow.open_review import open_store
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.reproducing.reproduce import judge
from reviewkit.workflow.searching.search import Searcher
from reviewkit.workflow.updates.citation_result import (
    CitationPlan,
    CitationResult,
    CitationRound,
    Ending,
    IndexOutcome,
    PlannedSearch,
)
from reviewkit.workflow.updates.citation_seeds import (
    CitationOptions,
    checked_pairs,
    citation_source,
    first_seeds,
    seeds_of,
)

_RESUMED_WITHIN = datetime.timedelta(days=1)
_VERBS = {Direction.BACKWARD: "cited by", Direction.FORWARD: "cites"}


def plan_citations(
    project: ReviewProject, options: CitationOptions, *, now: datetime.datetime
) -> CitationPlan:
    """What the first round would ask; nothing is sent. Raises as `search_citations`."""
    pairs = checked_pairs(options)
    citation_source(project)
    with open_store(project, now=now) as store:
        seeds = first_seeds(store, options)

    planned = []
    for index, direction in pairs:
        askable = [seed for seed in seeds if index.identifiers(seed)]
        planned.append(
            PlannedSearch(
                index=index.id,
                direction=direction,
                requests=index.least_requests(len(askable), direction),
                not_asked=tuple(seed.key for seed in seeds if seed not in askable),
            )
        )
    return CitationPlan(seeds=tuple(seed.key for seed in seeds), searches=tuple(planned))


def search_citations(
    project: ReviewProject, searcher: Searcher, options: CitationOptions
) -> CitationResult:
    """Ask the indexes and store what they found, round by round, until nothing is new.

    The seeds of a further round are the records that the round before brought and nobody had. An
    index that fails is part of the result, and ends it after its round.

    Raises UsageError for an index or a record that is not there, and where there is no seed or no
    source of the role `citations`; and what the cache and the store raise.
    """
    checked_pairs(options)
    source = citation_source(project)
    with open_store(project, now=searcher.started_at) as store:
        running = CitationRun(
            store=store, project=project, searcher=searcher, source=source, options=options
        )
        return running.all_rounds(first_seeds(store, options))


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationRun:
    """A citation search under way."""

    store: Store
    project: ReviewProject
    searcher: Searcher
    source: ProtocolSource
    options: CitationOptions
    is_update: bool = False

    @property
    def kind(self) -> RunKind:
        """What its runs are: in a rerun, and by an update, later than the review's own searches."""
        if self.is_update or self.project.protocol.is_published:
            return RunKind.UPDATE
        return RunKind.OWN

    def ask_all(
        self, number: int, seeds: Sequence[Seed], chosen: Chosen
    ) -> tuple[IndexOutcome, ...]:
        """Ask every index once; what they gave is stored, and not linked yet."""
        pairs = self.options.pairs()
        return tuple(self._ask(*pair, seeds, number, chosen) for pair in pairs)

    def all_rounds(self, seeds: list[Seed]) -> CitationResult:
        """Every round. See `search_citations`."""
        rounds: list[CitationRound] = []
        chosen, ending = self.options.chosen, Ending.ROUNDS
        for number in range(1, self.options.rounds + 1):
            done = self._round(number, seeds, chosen)
            rounds.append(done)
            if done.failures:
                ending = Ending.FAILED
                break
            if not done.new:
                ending = Ending.NOTHING_NEW
                break
            seeds, chosen = seeds_of(self.store, done.new), Chosen.FOUND

        failures: list[IndexOutcome] = []
        for one in rounds:
            failures.extend(one.failures)
        return CitationResult(rounds=tuple(rounds), ending=ending, failures=tuple(failures))

    def _round(self, number: int, seeds: Sequence[Seed], chosen: Chosen) -> CitationRound:
        before = set(sources_in_flow(self.store))
        outcomes = self.ask_all(number, seeds, chosen)
        with write_lock(self.project.database), self.store.transaction():
            self._link()
        leads = stored_leads(self.store)
        new = [key for key in sources_in_flow(self.store) if key not in before and key not in leads]
        return CitationRound(
            number=number,
            seeds=tuple(seed.key for seed in seeds),
            outcomes=outcomes,
            new=tuple(new),
        )

    def _link(self) -> None:
        if stored_works(self.store):
            judge(self.store, self.project)
        else:
            link_duplicates(self.store, self.project.protocol)

    def _ask(
        self,
        index: CitationIndex,
        direction: Direction,
        seeds: Sequence[Seed],
        number: int,
        chosen: Chosen,
    ) -> IndexOutcome:
        """Ask an index and store what it gave; a failure is part of the outcome."""
        asked: list[str] = []
        for seed in seeds:
            asked.extend(index.identifiers(seed))
        if not asked:
            return IndexOutcome(index=index.id, direction=direction)

        query = f"{_VERBS[direction]}: {' | '.join(asked)}"
        try:
            with self._open(index, direction, query) as pages:
                label = f"{index.label}, {direction}"
                progress = partial(self.searcher.progress, label)
                found = index.find(pages, seeds, direction, progress=progress)
                pages.finish()
                run = self._run_of(index, direction, query, found, pages)
                search = CitationSearch(
                    index=index.id,
                    direction=direction,
                    round=number,
                    chosen=chosen,
                    seeds=found.seeds,
                )
                return self._store(index, run, found, pages, search)
        except (RemoteError, NotCached) as error:
            self.searcher.say(f"{index.label}, {direction}: {error}")
            return IndexOutcome(index=index.id, direction=direction, failed=str(error))

    def _open(self, index: CitationIndex, direction: Direction, query: str) -> RunPages:
        cache, transport = Cache(self.project.cache), self.searcher.transport
        key = RunKey(source=index.id, strategy=f"citations.{direction}", query=query)
        at = self.searcher.started_at.strftime("%Y-%m-%dT%H:%M:%SZ")
        if transport is None:
            return cache.open_run(key, opening=Opening.REUSE, started_at=at, transport=None)
        return cache.open_run(
            key,
            opening=self._opening(cache, key),
            started_at=at,
            transport=transport,
            endpoint=transport.endpoint(index.service.name),
        )

    def _opening(self, cache: Cache, key: RunKey) -> Opening:
        """A search of the same day is not made twice; one that was cut off is continued."""
        runs = cache.runs(key)
        if not runs:
            return Opening.FRESH
        begun = datetime.datetime.fromisoformat(runs[-1].header.started_at)
        if runs[-1].complete and begun.date() == self.searcher.started_at.date():
            return Opening.LATEST
        if not runs[-1].complete and self.searcher.started_at - begun < _RESUMED_WITHIN:
            return Opening.RESUME
        return Opening.FRESH

    def _run_of(
        self,
        index: CitationIndex,
        direction: Direction,
        query: str,
        found: FoundByCitation,
        pages: RunPages,
    ) -> SearchRun:
        used = pages.used
        return SearchRun(
            source=self.source.id,
            role=Role.CITATIONS,
            kind=self.kind,
            strategy=f"{index.id}.{direction}",
            query=query,
            searched_at=used[0].retrieved_at if used else pages.header.started_at,
            status=RunStatus.COMPLETE,
            endpoint=pages.header.endpoint,
            count=len(found.names),
            received=len(found.names) - len(found.missing),
            identifiers=found.names,
            missing=found.missing,
            pages=used,
        )

    def _store(
        self,
        index: CitationIndex,
        run: SearchRun,
        found: FoundByCitation,
        pages: RunPages,
        search: CitationSearch,
    ) -> IndexOutcome:
        """Store a run with its seeds and links, as a dataset of the day's search."""
        store, project = self.store, self.project
        with write_lock(project.database), store.transaction():
            add_protocol(
                store,
                project.protocol_sha256,
                review=project.protocol.review.id,
                toml=project.protocol_text,
            )
            is_new = add_run(
                store,
                run,
                index.read(found, pages, source=self.source.id),
                protocol=project.protocol_sha256,
                counts_in_flow=True,
            )
            number = run_number_of(store, run)
            if is_new and number is not None:
                add_citation_search(store, number, search, found.links)
                day = run.searched_at[:10]
                first = run_to_join(store, run.source, run.strategy, day=day, run=number)
                if first is not None:
                    join_search(store, number, first)

        return IndexOutcome(
            index=index.id,
            direction=search.direction,
            run=number,
            is_new=is_new,
            taken_out=number in withdrawn_runs(store),
            count=len(found.names),
            missing=found.missing,
            unresolved=sum(link.identifier is None for link in found.links),
            search=search,
        )
