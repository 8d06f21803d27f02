"""Europe PMC over its REST service: page after page by cursor, every record once, none lost.

As documented by Europe PMC (Articles RESTful API, search and searchPOST, resultType=core). Not yet
run live.
"""

import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from reviewkit.http import Flaw, Judge, Request, Response, ServiceDefinition
from reviewkit.importers.parsed_file import Problem
from reviewkit.model.errors import NotARealAnswer, RemoteError
from reviewkit.model.records import Record, Role, RunStatus, SearchRun
from reviewkit.query.compile import CompiledQuery
from reviewkit.query.dialects.europepmc import EUROPEPMC
from reviewkit.query.lint import unbalanced
from reviewkit.sources.base import Export, NetworkSearch, Source
from reviewkit.sources.europepmc_records import name_of, read_result
from reviewkit.sources.page_source import (
    ListBrokeOff,
    PageSource,
    Progress,
    ask_for_whole,
    broken_json,
    check_fall,
    is_number,
    refused,
)

SERVICE = ServiceDefinition(
    name="europepmc",
    label="Europe PMC",
    url="https://www.ebi.ac.uk/europepmc/webservices/rest/",
    # EBI publishes no figure, so reviewkit keeps to 3 requests a second.
    per_second=3.0,
    owner="ebi.ac.uk",
)
PAGE = 500  # records in one answer; the service allows 1,000
_LONGEST_URL = 1500  # characters of a query above which it goes by POST
_ROUNDS = 3  # how often the list is read when it names fewer records than it counts
_START = "*"
_MAY_PASS = frozenset({408, 425, 429})  # codes of the class 4xx that do not blame the request


@dataclasses.dataclass(slots=True, kw_only=True)
class _Round:
    """The list read once: each name, the number of entries, and the count that each page gave."""

    names: dict[str, None] = dataclasses.field(default_factory=dict)
    entries: int = 0
    counts: list[int] = dataclasses.field(default_factory=list)

    def add(self, content: Mapping[str, Any]) -> bool:
        """Whether the page brought a new name."""
        before, results = len(self.names), content["resultList"]["result"]
        self.names.update(dict.fromkeys(name_of(result) for result in results))
        self.entries += len(results)
        self.counts.append(int(content["hitCount"]))

        return len(self.names) > before

    @property
    def is_whole(self) -> bool:
        """Whether every record that was ever counted has a name here, and no other one.

        A count that shrinks on the way proves nothing.
        """
        return len(self.names) == max(self.counts)


@dataclasses.dataclass(slots=True, kw_only=True)
class _Listing:
    """One search under way: what is asked for, all rounds, and what the service said of the whole.

    `kind` is the resultType of the pages.
    """

    pages: PageSource
    query: str
    kind: str
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
    def was_read_again(self) -> bool:
        """Whether the list was read more than once, or is stored and was read once."""
        return len(self.rounds) > 1 or self.ends_in_store(_START)

    def page(self, cursor: str) -> Mapping[str, Any]:
        """The content of the page at a cursor."""
        judge = _judge(self.query, self.rounds[-1].entries)
        read = _records_of if self.kind == "core" else _no_records
        request = self._request(cursor)
        try:
            page = ask_for_whole(self.pages, request, judge, read, where=SERVICE.label)
        except ListBrokeOff as error:
            raise _refused(self, error.what) from error
        content: dict[str, Any] = json.loads(page.body)
        self.searched_at = self.searched_at or page.ref.retrieved_at
        self.translation = self.translation or _translation(content)

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
        return _ask_page(self.query, cursor, self.kind)


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
    listing = _Listing(pages=pages, query=query.text, kind=kind, progress=progress)
    _list_all(listing)
    check_fall(pages, listing.counts[-1], where=SERVICE.label)
    pages.finish()

    names = tuple(listing.names)
    return SearchRun(
        source=query.source,
        role=Role.DATABASE,
        strategy=query.strategy,
        query=query.text,
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
        if listing.is_whole and (listing.names or listing.was_read_again):
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
    run: SearchRun, pages: PageSource, *, on_problem: Callable[[Problem], None] | None = None
) -> Iterator[Record]:
    """The records of a run in the order of its list, each once, page by page.

    Raises DamagedCache.
    """
    seen: set[str] = set()
    wanted = set(run.identifiers)
    for ref in run.pages:
        for result in json.loads(pages.read(ref))["resultList"]["result"]:
            name = name_of(result)
            if name in seen or name not in wanted:
                continue

            seen.add(name)
            record, problems = read_result(result, source=run.source)
            for problem in problems:
                if on_problem:
                    on_problem(problem)
            yield record


def _records_of(body: bytes) -> Iterator[Record]:
    """The records on a page."""
    results = json.loads(body)["resultList"]["result"]
    return (read_result(result, source=SOURCE.id)[0] for result in results)


def _no_records(body: bytes) -> Iterator[Record]:
    """A page that lists names holds no record."""
    return iter(())


def search_page(query: CompiledQuery) -> str:
    """Europe PMC's own page with the query, for a browser."""
    return f"https://europepmc.org/search?{urlencode([('query', query.text)])}"


def _ask_page(query: str, cursor: str, kind: str) -> Request:
    """A page of the list.

    Synonyms stay off: they would add terms that the strategy does not name.
    """
    path, method = "search", "GET"
    if len(query) > _LONGEST_URL:
        path, method = "searchPOST", "POST"

    page = (
        ("resultType", kind),
        ("synonym", "false"),
        ("cursorMark", cursor),
        ("pageSize", str(PAGE)),
    )
    return Request(
        service=SERVICE.name,
        path=path,
        method=method,
        parameters=(("query", query), *page, ("format", "json")),
    )


def _judge(query: str, listed: int) -> Judge:
    """A judge of the answer that follows on `listed` entries."""

    def judge(response: Response) -> Flaw | None:
        if response.status >= 300:
            return None
        content = _read_content(response.body)
        if isinstance(content, Flaw):
            return content

        return _error_flaw(content, query) or _list_flaw(content, query, listed)

    return judge


def _passing(what: str, *, tries: int | None = None) -> Flaw:
    """A flaw that may pass."""
    hint = "try again later; what was fetched is kept"
    return Flaw(what=what, transient=True, tries=tries, hint=hint)


def _read_content(body: bytes) -> dict[str, Any] | Flaw:
    start = body.lstrip()[:1]
    if not start:
        return _passing("answered with an empty body")
    if start == b"<":
        return Flaw(
            what="answered with a web page",
            transient=True,
            tries=4,
            hint="look at the service in a browser",
        )

    try:
        content = json.loads(body)
    except ValueError:
        return _passing(broken_json(body))
    if not isinstance(content, dict):
        return _passing("answered with JSON that is no result")
    return content


def _error_flaw(content: dict[str, Any], query: str) -> Flaw | None:
    """The service's own error, where the answer holds one."""
    if not content.keys() & {"errCode", "errMsg", "error"}:
        return None

    words = str(content.get("errMsg") or content.get("error") or content.get("errCode")).split()
    message = " ".join(words)[:240]
    what = f"answered with an error: {message}"
    wrong = unbalanced(query)
    if wrong:
        return Flaw(what=what, error=RemoteError, tries=4, hint=f"in the query {wrong}")

    passes = _may_pass(content.get("errCode"))
    return Flaw(what=what, error=RemoteError, transient=passes, tries=4, hint="check the query")


def _may_pass(code: object) -> bool:
    """Whether an error may pass: every one whose code does not blame the request."""
    number = str(code)
    if not is_number(number):
        return True
    return not 400 <= int(number) < 500 or int(number) in _MAY_PASS


def _list_flaw(content: dict[str, Any], query: str, listed: int) -> Flaw | None:
    printed, results = str(content.get("hitCount")), _results(content)
    if not is_number(printed) or results is None:
        return _passing("answered without a count or a list")
    if not all(_has_name(result) for result in results):
        return _passing("sent a record without an identifier", tries=2)

    count, wrong = int(printed), unbalanced(query)
    if not count and wrong:
        what = f"answered 0 to a query that cannot be read: {wrong}"
        return Flaw(what=what, hint="correct the query in the protocol")
    if len(results) > count:
        return _passing(f"counted {count} records and sent {len(results)}")
    if not results and count > listed:
        what = f"counted {count} records and sent none after {listed}"
        return dataclasses.replace(_passing(what, tries=4), error=ListBrokeOff)
    return None


def _results(content: Mapping[str, Any]) -> list[Any] | None:
    container = content.get("resultList")
    if not isinstance(container, dict):
        return None
    results = container.get("result")
    if not isinstance(results, list):
        return None
    return results


def _has_name(result: object) -> bool:
    return isinstance(result, dict) and bool(result.get("id")) and bool(result.get("source"))


def _warnings(listing: _Listing) -> Iterator[str]:
    counts = listing.counts
    if len(set(counts)) > 1:
        yield f"the count moved from {counts[0]:,} to {counts[-1]:,} while records were fetched"


def _translation(content: Mapping[str, Any]) -> str | None:
    """The query as the service ran it."""
    request = content.get("request")
    if not isinstance(request, dict):
        return None
    query = request.get("queryString") or request.get("query")
    return str(query or "") or None


SOURCE = Source(
    id="europepmc",
    label="Europe PMC",
    export=Export(choose="*RIS*", advice="or none: `reviewkit search` asks it without a key"),
    dialect=EUROPEPMC,
    network=NetworkSearch(service=SERVICE, search=search, read=records),
    search_page=search_page,
    states_notices=True,
)
