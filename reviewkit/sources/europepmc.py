"""Europe PMC over its REST service: page after page by cursor, every record once, none lost.

As documented by Europe PMC (Articles RESTful API, search and searchPOST, resultType=core). Not yet
run live.
"""

import dataclasses
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from reviewkit.http import Request
from reviewkit.model.errors import NotARealAnswer
from reviewkit.model.foreign import read_json
from reviewkit.model.identifiers import doi_key
from reviewkit.model.records import PageRef, Record, Role, RunStatus, SearchRun
from reviewkit.query.compile import CompiledQuery
from reviewkit.query.dialects.europepmc import EUROPEPMC
from reviewkit.sources.base import Counted, Export, NetworkSearch, OnProblem, Source
from reviewkit.sources.europepmc_answers import (
    PAGE,
    SERVICE,
    ask_page,
    judge_page,
    translation_of,
)
from reviewkit.sources.europepmc_records import name_of, read_result
from reviewkit.sources.page_sizes import read_in_pages
from reviewkit.sources.page_source import (
    ListBrokeOff,
    PageSource,
    Progress,
    are_even,
    ask,
    ask_for_whole,
    check_fall,
    refused,
)

_ROUNDS = 3  # how often the list is read when it names fewer records than it counts
_START = "*"


@dataclasses.dataclass(slots=True, kw_only=True)
class _Round:
    """The list read once: each name, the number of entries, and the count that each page gave."""

    names: dict[str, None] = dataclasses.field(default_factory=dict)
    lengths: list[int] = dataclasses.field(default_factory=list)
    counts: list[int] = dataclasses.field(default_factory=list)

    def add(self, content: Mapping[str, Any]) -> bool:
        """Whether the page brought a new name."""
        before, results = len(self.names), content["resultList"]["result"]
        self.names.update(dict.fromkeys(name_of(result) for result in results))
        self.lengths.append(len(results))
        self.counts.append(int(content["hitCount"]))

        return len(self.names) > before

    @property
    def entries(self) -> int:
        return sum(self.lengths)

    @property
    def is_whole(self) -> bool:
        """Whether every record that was ever counted has a name here, and no other one.

        A count that shrinks on the way proves nothing.
        """
        return len(self.names) == max(self.counts)


@dataclasses.dataclass(slots=True, kw_only=True)
class _Listing:
    """One search under way: what is asked for, all rounds, and what the service said of the whole.

    `kind` is the resultType of the pages, `size` how many records each is asked for.
    """

    pages: PageSource
    query: CompiledQuery
    kind: str
    size: int
    progress: Progress | None
    rounds: list[_Round] = dataclasses.field(default_factory=list)
    searched_at: str = ""
    translation: str | None = None

    @property
    def names(self) -> dict[str, None]:
        """The names of the last reading where it is whole, else those of all together."""
        if self.rounds[-1].is_whole:
            return self.rounds[-1].names
        names: dict[str, None] = {}
        for reading in self.rounds:
            names.update(reading.names)

        return names

    @property
    def counts(self) -> list[int]:
        counts: list[int] = []
        for reading in self.rounds:
            counts.extend(reading.counts)
        return counts

    @property
    def is_whole(self) -> bool:
        """Whether all rounds together name as many records as the last one counted."""
        return len(self.names) == max(self.rounds[-1].counts)

    @property
    def is_plain(self) -> bool:
        """Whether no further reading is wanted: of even pages with records, or two that agree."""
        last = self.rounds[-1]
        if len(self.rounds) > 1 and last.names.keys() == self.rounds[-2].names.keys():
            return True
        return bool(last.names) and are_even(last.lengths)

    def page(self, cursor: str) -> Mapping[str, Any]:
        """The content of the page at a cursor."""
        judge = judge_page(self.query.text, self.rounds[-1].entries)
        read = _READERS[self.kind]
        request = self._request(cursor)
        try:
            page = ask_for_whole(self.pages, request, judge, read, where=SERVICE.label)
        except ListBrokeOff as error:
            raise _refused(self, error.what) from error
        content: dict[str, Any] = read_json(page.body)
        self.searched_at = self.searched_at or page.ref.retrieved_at
        self.translation = self.translation or translation_of(content)

        return content

    def ends_in_store(self, cursor: str) -> bool:
        """Whether these are stored pages, and there is none at this cursor."""
        return self.pages.complete and not self.pages.holds(self._request(cursor))

    def report(self) -> None:
        if self.progress:
            this = self.rounds[-1]
            count = this.counts[-1]
            self.progress(min(len(this.names), count), count)

    def _request(self, cursor: str) -> Request:
        return ask_page(self.query, cursor, self.kind, self.size)


def search(
    pages: PageSource, query: CompiledQuery, *, fetch: bool = True, progress: Progress | None = None
) -> SearchRun:
    """The run of `query`, sent byte for byte; with `fetch=False` its identifiers alone.

    `pages` is finished on success. Raises NotARealAnswer, RemoteError, NotCached, and what the
    cache raises.
    """
    kind = "core"
    if not fetch:
        kind = "idlist"
    listing = _read_list(pages, query, kind, progress)
    check_fall(pages, listing.counts[-1], where=SERVICE.label)
    pages.finish()

    names = tuple(listing.names)
    return SearchRun(
        source=query.source,
        role=Role.DATABASE,
        strategy=query.strategy,
        query=query.written,
        searched_at=listing.searched_at,
        status=RunStatus.COMPLETE,
        endpoint=pages.header.endpoint,
        count=max(listing.rounds[-1].counts),
        count_unit=SOURCE.count_unit,
        received=len(names) if fetch else None,
        identifiers=names,
        translation=listing.translation,
        warnings=tuple(_warnings(listing)),
        pages=pages.used,
    )


def count_once(pages: PageSource, query: str, most: int) -> Counted:
    """The count of a query and its first PMIDs, in one request. Raises as `search` does."""
    asked = CompiledQuery(source=SOURCE.id, strategy="count", text=query)
    request = ask_page(asked, _START, "idlist", PAGE)
    page = ask(pages, request, judge_page(query, 0), where=SERVICE.label)
    pages.finish()
    content = read_json(page.body)
    results = content["resultList"]["result"]

    return Counted(
        count=int(content["hitCount"]),
        ids=tuple(str(one["id"]) for one in results if one["source"] == "MED")[:most],
        translation=translation_of(content),
        warnings=(),
        is_whole=len(results) == int(content["hitCount"]),
    )


def read_core(pages: PageSource, query: CompiledQuery) -> set[str]:
    """The names of all records of a query; `pages` gets whole records, and stays open.

    Raises NotARealAnswer, RemoteError, NotCached, and what the cache raises.
    """
    return set(_read_list(pages, query, "core", None).names)


def read_dois(pages: PageSource, query: CompiledQuery) -> dict[str, str]:
    """The DOI of each record of a query, by name; empty where it has none. As `read_core`."""
    before = len(pages.used)
    read_core(pages, query)
    dois: dict[str, str] = {}
    for ref in pages.used[before:]:
        for result in read_json(pages.read(ref))["resultList"]["result"]:
            dois[name_of(result)] = doi_key(str(result.get("doi") or ""))
    return dois


def _read_list(
    pages: PageSource, query: CompiledQuery, kind: str, progress: Progress | None
) -> _Listing:
    """The whole list, in pages that come whole."""

    def read(size: int) -> _Listing:
        listing = _Listing(pages=pages, query=query, kind=kind, size=size, progress=progress)
        _list_all(listing)
        return listing

    def is_stored(size: int) -> bool:
        return pages.holds(ask_page(query, _START, kind, size))

    return read_in_pages(pages, PAGE, is_stored, read)


def _list_all(listing: _Listing) -> None:
    """Read the whole list, and again where it named fewer records than it counted.

    Raises NotARealAnswer where the named records stay fewer.
    """
    while len(listing.rounds) < _ROUNDS:
        if listing.rounds and listing.ends_in_store(_START):
            break
        listing.rounds.append(_Round())
        _list_once(listing)
        # "0" is believed when it was said twice.
        if listing.is_whole and (listing.is_plain or listing.ends_in_store(_START)):
            return

    counted = listing.rounds[-1].counts[-1]
    what = f"named {len(listing.names):,} different records where it counted {counted:,}"
    raise _refused(listing, f"{what}: the others did not come")


def _refused(listing: _Listing, what: str) -> NotARealAnswer:
    """The error of a list that is not whole; its pages are asked for again."""
    hint = "run again: the list is asked for anew; if it stays, report it"
    return refused(listing.pages, listing.pages.used, what, where=SERVICE.label, hint=hint)


def _list_once(listing: _Listing) -> None:
    """Read to the end of the list.

    Raises NotARealAnswer where it ends before all counted entries came.
    """
    this, cursor = listing.rounds[-1], _START
    while True:
        content = listing.page(cursor)
        is_news = this.add(content)
        listing.report()
        if this.is_whole:
            return

        following = content.get("nextCursorMark")
        ended = not following or following == cursor or not content["resultList"]["result"]
        all_listed = this.entries >= this.counts[-1]
        if all_listed and (ended or not is_news or listing.ends_in_store(str(following))):
            return
        if ended:
            what = f"stopped its list after {len(this.names)} of {this.counts[-1]} records"
            raise _refused(listing, what)

        cursor = str(following)


def records(
    run: SearchRun, pages: PageSource, *, on_problem: OnProblem | None = None
) -> Iterator[Record]:
    """The records of a run in the order of its list, each once. Raises DamagedCache."""
    wanted = set(run.identifiers)
    return named_records(pages, run.pages, wanted, source=run.source, on_problem=on_problem)


def named_records(
    pages: PageSource,
    refs: Iterable[PageRef],
    wanted: Collection[str],
    *,
    source: str,
    on_problem: OnProblem | None,
) -> Iterator[Record]:
    """The records with these names on these pages, each once. Raises DamagedCache."""
    left = set(wanted)
    for ref in refs:
        for result in read_json(pages.read(ref))["resultList"]["result"]:
            name = name_of(result)
            if name not in left:
                continue

            left.remove(name)
            record, problems = read_result(result, source=source)
            for problem in problems:
                if on_problem:
                    on_problem(problem)
            yield record


def _records_of(body: bytes) -> Iterator[Record]:
    """The records on a page."""
    results = read_json(body)["resultList"]["result"]
    return (read_result(result, source=SOURCE.id)[0] for result in results)


# By the resultType of a page: one that lists names holds no record.
_READERS: Mapping[str, Callable[[bytes], Iterator[Record]]] = {
    "core": _records_of,
    "idlist": lambda body: iter(()),
}


def search_page(query: CompiledQuery) -> str:
    """Europe PMC's own page with the query, for a browser."""
    return f"https://europepmc.org/search?{urlencode([('query', query.text)])}"


def _warnings(listing: _Listing) -> Iterator[str]:
    counts = listing.counts
    if len(set(counts)) > 1:
        yield f"the count moved from {counts[0]:,} to {counts[-1]:,} while records were fetched"


SOURCE = Source(
    id="europepmc",
    label="Europe PMC",
    export=Export(choose="*RIS*", advice="or none: `reviewkit search` asks it without a key"),
    dialect=EUROPEPMC,
    network=NetworkSearch(service=SERVICE, search=search, read=records, count_once=count_once),
    search_page=search_page,
    states_notices=True,
)
