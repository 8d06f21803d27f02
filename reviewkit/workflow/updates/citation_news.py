"""An update's citation search: what is new around the included records, where the protocol asks."""

from dataclasses import replace

from reviewkit.model.citations import Chosen, Direction
from reviewkit.model.records import Role
from reviewkit.prisma.partition import State
from reviewkit.protocol.model import ProtocolSource
from reviewkit.store import Store, run_log
from reviewkit.store.decisions import states
from reviewkit.store.records import records_by_key
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.updates.citation_seeds import (
    CitationOptions,
    checked_pairs,
    citation_source,
    included_keys,
    seeds_of,
)
from reviewkit.workflow.updates.citations import CitationRun
from reviewkit.workflow.updates.source_search import UpdateRun
from reviewkit.workflow.updates.update_models import CitationNews, CitedWorkFound


def options_of(project: ReviewProject) -> CitationOptions | None:
    """What the protocol's [citations] asks of an update; `None` without it.

    Raises UsageError for an index that reviewkit does not know.
    """
    wanted = project.protocol.citations
    if wanted is None:
        return None
    directions = tuple(map(Direction, wanted.directions))
    options = CitationOptions(directions=directions, indexes=wanted.indexes)
    checked_pairs(options)
    return options


def is_asked_apart(project: ReviewProject, source: ProtocolSource) -> bool:
    """Whether an update asks indexes of citations for this source, not the source itself."""
    return project.protocol.citations is not None and source.role == Role.CITATIONS


def search_around_included(update: UpdateRun) -> CitationNews | None:
    """Ask the indexes for the included records; `None` where the protocol does not ask for it.

    What they gave is stored. What is new of it is known once the update has judged it.
    """
    options = options_of(update.project)
    if options is None:
        return None
    keys = included_keys(update.store)
    if not keys:
        return CitationNews(seeds=0)

    running = CitationRun(
        store=update.store,
        project=update.project,
        searcher=update.searcher,
        source=citation_source(update.project),
        options=options,
        is_update=True,
    )
    seeds = seeds_of(update.store, keys)
    outcomes = running.ask_all(1, seeds, Chosen.INCLUDED)
    failures = tuple(f"{one.name}: {one.failed}" for one in outcomes if one.failed)
    asked = tuple(one.name for one in outcomes if one.run is not None)
    return CitationNews(seeds=len(seeds), asked=asked, failures=failures)


def with_new_works(
    store: Store, news: CitationNews | None, *, after_run: int
) -> CitationNews | None:
    """The news with the records that this update was the first to bring, copies left out."""
    if news is None:
        return None
    first = run_log.first_runs(store)
    keys = [
        row.record
        for row in states(store)
        if row.role is Role.CITATIONS
        and row.state is not State.DUPLICATE
        and first[row.record] > after_run
    ]
    records = records_by_key(store, keys)
    works = [
        CitedWorkFound(record=key, title=records[key].title or "no title") for key in sorted(keys)
    ]
    return replace(news, new=tuple(works))
