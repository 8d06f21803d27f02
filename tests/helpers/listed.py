"""What the tests of sources that list page by page share: a run in a folder, from a local server."""

from collections.abc import Mapping
from pathlib import Path

from reviewkit.cache import Cache, Opening, RunKey, RunPages
from reviewkit.http import Patience, Transport
from reviewkit.model.records import Record, SearchRun
from reviewkit.query.compile import CompiledQuery
from reviewkit.sources.registry import SOURCES
from reviewkit.sources.services import services_from
from tests.helpers.retrieval import STARTED, Sleeper


def transport_for(settings: Mapping[str, str], sleeper: Sleeper | None = None) -> Transport:
    """A transport whose waiting takes no time."""
    return Transport(
        services_from(settings),
        clock=(sleeper or Sleeper()).clock(),
        patience=Patience(read_seconds=5.0),
    )


def pages_of(
    root: Path,
    query: CompiledQuery,
    transport: Transport | None,
    opening: Opening = Opening.LATEST,
) -> RunPages:
    key = RunKey(source=query.source, strategy=query.strategy, query=query.written)
    return Cache(root).open_run(key, opening=opening, started_at=STARTED, transport=transport)


def run_listed(
    root: Path, settings: Mapping[str, str] | None, query: CompiledQuery, *, fetch: bool = True
) -> tuple[SearchRun, tuple[Record, ...]]:
    """The run of a query and its records; without settings from the cache alone."""
    way = SOURCES[query.source].network
    assert way is not None
    if settings is None:
        with pages_of(root, query, None) as pages:
            run = way.search(pages, query, fetch=fetch)
            return run, tuple(way.read(run, pages))
    with transport_for(settings) as transport, pages_of(root, query, transport) as pages:
        run = way.search(pages, query, fetch=fetch)
        return run, tuple(way.read(run, pages)) if fetch else ()
