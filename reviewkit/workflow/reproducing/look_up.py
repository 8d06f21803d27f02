"""Ask for the included works by number, also those that no search returns: one request for all."""

from collections.abc import Iterator, Sequence

from reviewkit.model.errors import NotCached, RemoteError, Unreachable
from reviewkit.protocol.model import Protocol
from reviewkit.sources.base import RECORD_MONITOR
from reviewkit.sources.registry import answers_pmids, pmid_source
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.searching.search import Search, Searcher

# Works without an identifier are looked for by title in other readings that list no more than this.
_MOST_LISTED = 200


def look_up_works(
    project: ReviewProject, searcher: Searcher, searches: Sequence[Search]
) -> Search | None:
    """Return the records of the included works, asked for by PMID; `None` where none is known.

    Their headings say which clause of a query loses them, and whether they are retracted. Where a
    work has no identifier, the records that only other readings list come too: it is recognised in
    them by title, authors and year. Raises what the cache raises.
    """
    pmids = dict.fromkeys((*_pmids(project.protocol), *_listed(project.protocol, searches)))
    if not pmids:
        return None

    try:
        return searcher.fetch_by_pmid(project, sorted(pmids, key=int))
    except NotCached:
        return None
    except RemoteError as error:
        name = pmid_source()[0].label
        searcher.say(f"{name}: the included works could not be looked up ({error.what}).")
        return Search(
            source=pmid_source()[0].id,
            strategy=RECORD_MONITOR,
            query=None,
            why_not=error.what,
            failed=not isinstance(error, Unreachable),
        )


def _pmids(protocol: Protocol) -> Iterator[str]:
    works = protocol.reported.works if protocol.reported else ()
    for work in works:
        if work.pmid:
            yield work.pmid


def _listed(protocol: Protocol, searches: Sequence[Search]) -> Iterator[str]:
    """Yield what other readings list, where a work can only be recognised by its title."""
    works = protocol.reported.works if protocol.reported else ()
    if all(work.pmid or work.doi for work in works):
        return

    variants = {strategy.id for strategy in protocol.variants}
    for search in searches:
        if search.strategy in variants and answers_pmids(search.source):
            yield from _identifiers(search)


def _identifiers(search: Search) -> Sequence[str]:
    if search.run is None or len(search.run.identifiers) > _MOST_LISTED:
        return ()
    return search.run.identifiers
