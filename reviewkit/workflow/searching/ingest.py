"""`search`: run the primary strategy and store what it brings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from reviewkit.model.errors import RemoteError, ReviewkitError
from reviewkit.protocol.model import ProtocolSource, Strategy
from reviewkit.sources.registry import why_not_searched
from reviewkit.store import Store, run_log, write_lock
from reviewkit.store.protocols import add_protocol
from reviewkit.store.runs import add_run, run_number_of
from reviewkit.store.source_names import refuse_old_name
from reviewkit.store.withdrawals import withdrawn_runs
from reviewkit.workflow.open_database import open_database
from reviewkit.workflow.project import ReviewProject, primary_strategy, source_of
from reviewkit.workflow.searching.search import Search, Searcher, count_in_words


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSearch:
    """A search that was run and stored; `new` is false where the database had the run before.

    `taken_out` is the number of that run where somebody took it out of the flow.
    """

    search: Search
    name: str
    new: bool
    taken_out: int | None = None

    def sentence(self) -> str:
        """Return what a person needs to know of it, in one sentence."""
        run = self.search.run
        if run is None:
            return f"{self.name}: could not be run ({self.search.why_not})."

        sentence = f"{self.name}: {count_in_words(run)} on {run.searched_at[:10]}"
        if run.missing:
            sentence += f", {len(run.missing)} of its list brought no record"
        if self.taken_out is not None:
            back = f"reviewkit undo back {self.taken_out}"
            return f"{sentence}; it was taken out of the flow and stays out: {back}."
        return f"{sentence}; {_STATES[self.new]}."

    @property
    def why_not(self) -> str:
        """Return why the search could not be run, without what to do then."""
        return why_not_searched(self.search.source) or self.search.why_not or ""

    def as_json(self) -> dict[str, Any]:
        """Return the same for programs."""
        run = self.search.run
        return {
            "source": self.search.source,
            "strategy": self.search.strategy,
            "query": self.search.query,
            "count": run and run.count,
            "received": run and run.received,
            "missing": list(run.missing) if run else [],
            "searched_at": run and run.searched_at,
            "translation": run and run.translation,
            "new": self.new,
            "taken_out": self.taken_out,
            "why_not": self.search.why_not,
        }


_STATES = {True: "taken in", False: "was there already"}


def search_and_store(
    project: ReviewProject, searcher: Searcher, *, only: str | None
) -> tuple[StoredSearch, ...]:
    """Run the primary strategy in every source, or in `only`, each in a transaction of its own.

    Sources fail one by one: what could be run is stored before the first failure is raised. Raises
    UsageError for an unknown source, RemoteError, NotCached, and what cache and store raise.
    """
    protocol = project.protocol
    if only is not None:
        only = source_of(project, only).id
    strategy = primary_strategy(project)

    failures: list[RemoteError] = []
    stored = []
    with write_lock(project.database), open_database(project, now=searcher.started_at) as store:
        searcher = searcher.beside(store, strategy)
        for source in protocol.sources:
            if only in {None, source.id}:
                try:
                    stored.append(_search_source(store, project, searcher, strategy, source))
                except RemoteError as error:
                    searcher.say(f"{source.name}: {error.what_and_hint}")
                    failures.append(error)

    if failures:
        raise failures[0]
    if not any(result.search.run for result in stored):
        raise _nothing_searched(stored)
    return tuple(stored)


def _nothing_searched(asked: Sequence[StoredSearch]) -> ReviewkitError:
    """Return the error for searches of which none could be run: one line of it for each source."""
    source = asked[0].search.source if len(asked) == 1 else "SOURCE"
    first = "search on each database's own page"
    if any(one.search.query for one in asked):
        first = "reviewkit search --print-url shows each query and the page to run it on"
    return ReviewkitError(
        "nothing was searched",
        details=tuple(f"{one.name}: {one.why_not}" for one in asked),
        hint=f"{first}; export there, then reviewkit import FILE --source {source}",
    )


def _search_source(
    store: Store,
    project: ReviewProject,
    searcher: Searcher,
    strategy: Strategy,
    source: ProtocolSource,
) -> StoredSearch:
    search = searcher.search(project, strategy, source)
    with store.transaction():
        new = store_searches(store, project, [search])
    number = run_number_of(store, search.run) if search.run else None
    taken_out = number if number in withdrawn_runs(store) else None
    return StoredSearch(search=search, name=source.name, new=bool(new), taken_out=taken_out)


def store_searches(store: Store, project: ReviewProject, searches: Iterable[Search]) -> int:
    """Store the runs; return how many were new. Those of the primary strategy count in the flow."""
    protocol = project.protocol
    add_protocol(
        store, project.protocol_sha256, review=protocol.review.id, toml=project.protocol_text
    )
    new = 0
    for search in searches:
        if search.run:
            refuse_old_name(store, search.source)
            primary = protocol.primary is not None and search.strategy == protocol.primary.id
            new += add_run(
                store,
                search.run,
                search.read(),
                protocol=project.protocol_sha256,
                counts_in_flow=primary,
            )
    return new


def store_search(
    store: Store, project: ReviewProject, search: Search, *, counts_in_flow: bool
) -> int | None:
    """Store a search; return the number of its run, None where it could not be run.

    What is word for word on the pages of the newest run before it is not read again.
    """
    if search.run is None:
        return None

    family = search.run.family or search.strategy
    earlier_run, pages = run_log.pages_held(store, search.source, family)
    known: dict[str, str] = {}
    records = search.read()
    if search.read_new and pages:
        received = set(search.run.identifiers) - set(search.run.missing)
        listed = run_log.listed_by(store, earlier_run).items()
        known = {name: key for name, key in listed if key and name in received}
        records = search.read_new(pages, known)

    add_run(
        store,
        search.run,
        records,
        protocol=project.protocol_sha256,
        counts_in_flow=counts_in_flow,
        known=known,
    )
    return run_number_of(store, search.run)
