"""The sources that reviewkit searches by itself: for each its service, its search and its reader.

A further source is one file beside this one and one line below; how its query is compiled is in
`reviewkit.query.compile`.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from reviewkit.model.records import Record, SearchRun
from reviewkit.query.compile import CompiledQuery
from reviewkit.sources import bvs, europepmc, lilacs, pubmed
from reviewkit.sources.page_source import PageSource, Progress


class SearchFunction(Protocol):
    """Runs a query; with `fetch=False` only as far as the count, and the identifiers where that is cheap."""

    def __call__(
        self,
        pages: PageSource,
        query: CompiledQuery,
        *,
        fetch: bool = True,
        progress: Progress | None = None,
    ) -> SearchRun: ...


class ReaderOfNews(Protocol):
    """Reads the records of a run that do not stand word for word on known pages, from which those of `held` came."""

    def __call__(
        self, run: SearchRun, pages: PageSource, *, known: Collection[str], held: Collection[str]
    ) -> Iterator[Record]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """How a source is searched. `key` names the setting that its service cannot do without; `way_out` says what to do
    where it cannot be searched, `page` the address where a person can run a query and export its records. `news` is
    the reader that can pass over known pages, where there is one.
    """

    service: str
    search: SearchFunction
    records: Callable[[SearchRun, PageSource], Iterator[Record]]
    news: ReaderOfNews | None = None
    key: str | None = None
    way_out: str = ""
    page: Callable[[CompiledQuery], str] | None = None


def _search_pubmed(
    pages: PageSource, query: CompiledQuery, *, fetch: bool = True, progress: Progress | None = None
) -> SearchRun:
    return pubmed.search(
        pages, query=query.text, strategy=query.strategy, fetch=fetch, progress=progress
    )


ENGINES: dict[str, Engine] = {
    "pubmed": Engine(
        service="eutils",
        search=_search_pubmed,
        records=pubmed.records,
        news=pubmed.records,
        page=pubmed.search_page,
    ),
    "lilacs": Engine(
        service=bvs.API.service,
        search=lilacs.search,
        records=lilacs.records,
        key="BVS_API_KEY",
        way_out=bvs.WAY_OUT,
        page=bvs.portal_page,
    ),
    "europepmc": Engine(
        service="europepmc",
        search=europepmc.search,
        records=europepmc.records,
        page=europepmc.search_page,
    ),
}

# The portal is another door to LILACS, for those who ask for it.
LILACS_BY_PORTAL = Engine(
    service=bvs.PORTAL.service,
    search=partial(lilacs.search, portal=True),
    records=lilacs.records,
    way_out=bvs.WAY_OUT,
    page=bvs.portal_page,
)


def engine_of(source: str, *, portal: bool = False) -> Engine | None:
    """How the source is searched; `None` for one that reviewkit cannot search."""
    return LILACS_BY_PORTAL if portal and source == "lilacs" else ENGINES.get(source)
