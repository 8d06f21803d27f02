"""Searches of a protocol's sources: from the cache where it holds a whole run, from the service where not."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from reviewkit.protocol import Protocol, Source, Strategy
from reviewkit.query import CompiledQuery, compile_query
from reviewkit.records import Record, SearchRun
from reviewkit.workflow.place import Place


class Asking(StrEnum):
    """When a service is asked, and when the cache is enough."""

    NEVER = "never"
    WHERE_NEEDED = "where needed"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A strategy in a source: its run and records, or why it could not be run."""

    source: str
    strategy: str
    query: str | None
    run: SearchRun | None
    records: Callable[[], Iterator[Record]]
    why_not: str | None


def no_records() -> Iterator[Record]:
    return iter(())


class Searcher:
    def run_all(self, place: Place, say: Callable[[str], None]) -> tuple[Search, ...]:
        out = []
        for strategy in place.protocol.strategies:
            for source in place.protocol.sources:
                q = compile_query(place.protocol, strategy, source.id)
                out.append(
                    Search(
                        source=source.id,
                        strategy=strategy.id,
                        query=q.text if q else None,
                        run=None,
                        records=no_records,
                        why_not="offline, and no earlier run is in the cache",
                    )
                )
        return tuple(out)


def make_searcher(asking, env) -> Searcher:
    return Searcher()
