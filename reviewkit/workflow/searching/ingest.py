"""`search`: run the primary strategy and take its records into the database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from reviewkit.model.errors import RemoteError, ReviewkitError, UsageError
from reviewkit.protocol.model import ProtocolSource, Strategy
from reviewkit.store import Store, run_log, write_lock
from reviewkit.store.protocols import add_protocol
from reviewkit.store.runs import add_run, run_number_of
from reviewkit.workflow.project import ReviewProject, source_of
from reviewkit.workflow.searching.search import Search, Searcher


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A search that was run and taken in; `new` is false where the database held this very run before."""

    search: Search
    name: str
    new: bool

    def sentence(self) -> str:
        """What a person needs to know of it."""
        run = self.search.run
        if run is None:
            return f"{self.name}: could not be run ({self.search.why_not})."
        missing = f", {len(run.missing)} of its list brought no record" if run.missing else ""
        state = "taken in" if self.new else "was there already"
        return f"{self.name}: {run.count} records on {run.searched_at[:10]}{missing}; {state}."

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        run = self.search.run
        return {
            "source": self.search.source,
            "strategy": self.search.strategy,
            "query": self.search.query,
            "count": run.count if run else None,
            "received": run.received if run else None,
            "missing": list(run.missing) if run else [],
            "searched_at": run.searched_at if run else None,
            "translation": run.translation if run else None,
            "new": self.new,
            "why_not": self.search.why_not,
        }


def search_and_take_in(
    project: ReviewProject, searcher: Searcher, *, only: str | None
) -> tuple[Taken, ...]:
    """Run the primary strategy in every source (or in `only`), each in a transaction of its own.

    Sources fail one by one: what could be run is taken in before the first failure is raised. Raises UsageError for
    an unknown source, RemoteError, NotCached, and what the cache and the store raise.
    """
    protocol = project.protocol
    if only is not None:
        source_of(project, only)
    strategy = protocol.primary
    if strategy is None:
        raise UsageError(
            "the protocol has no strategy",
            where=str(project.protocol_path),
            hint="add [[strategies]]",
        )
    failures: list[RemoteError] = []
    taken = []
    with write_lock(project.database), Store(project.database, now=searcher.started_at) as store:
        for source in protocol.sources:
            if only in {None, source.id}:
                try:
                    taken.append(_one(store, project, searcher, strategy, source))
                except RemoteError as error:
                    searcher.say(f"{source.name}: {error}")
                    failures.append(error)
    if failures:
        raise failures[0]
    if not any(told.search.run for told in taken):
        whys = "; ".join(told.sentence().rstrip(".") for told in taken)
        hint = (
            "reviewkit search --print-url shows each query and the page to run it on; "
            "then reviewkit import the export"
        )
        raise ReviewkitError(f"nothing was searched: {whys}", hint=hint)
    return tuple(taken)


def _one(
    store: Store,
    project: ReviewProject,
    searcher: Searcher,
    strategy: Strategy,
    source: ProtocolSource,
) -> Taken:
    search = searcher.search(project, strategy, source)
    with store.transaction():
        new = take_in(store, project, [search])
    return Taken(search=search, name=source.name, new=bool(new))


def take_in(store: Store, project: ReviewProject, searches: Iterable[Search]) -> int:
    """How many of the runs were new to the store. Those of the primary strategy count in the flow."""
    protocol = project.protocol
    add_protocol(
        store, project.protocol_sha256, review=protocol.review.id, toml=project.protocol_text
    )
    new = 0
    for search in searches:
        if search.run:
            primary = protocol.primary is not None and search.strategy == protocol.primary.id
            new += add_run(
                store,
                search.run,
                search.read(),
                protocol=project.protocol_sha256,
                counts_in_flow=primary,
            )
    return new


def take_in_search(
    store: Store, project: ReviewProject, search: Search, *, counts_in_flow: bool
) -> int | None:
    """Take a search in; the number of its run, `None` where it could not be run.

    What stands word for word on the pages that brought the newest run before it is not read again.
    """
    if search.run is None:
        return None
    family = search.run.family or search.strategy
    held, pages = run_log.pages_held(store, search.source, family)
    known: Mapping[str, str] = {}
    records = search.read()
    if search.read_new and pages:
        came = set(search.run.identifiers) - set(search.run.missing)
        known = {
            name: key
            for name, key in run_log.listed_by(store, held).items()
            if key and name in came
        }
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
