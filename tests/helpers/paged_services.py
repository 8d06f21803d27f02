"""The five services whose lists come by one rule, page by page: what a page of each looks like."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from reviewkit.model.records import SearchRun
from reviewkit.query.compile import CompiledQuery
from reviewkit.sources.base import NetworkSearch
from reviewkit.sources.registry import SOURCES
from tests.helpers.scripted import ScriptedPages
from tests.servers.clinicaltrials_server import study
from tests.servers.crossref_server import item
from tests.servers.keyed_servers import scopus_entry, wos_hit
from tests.servers.openalex_server import work

Make = Callable[..., Any]


@dataclass(frozen=True)
class PagedService:
    """How a service writes a page, and how a request for one names token and size.

    `page` takes what is listed, the count, how many were listed before, and whether a page follows.
    `tokens` are those of the first three pages of two, one by one; "-": none.
    """

    source: str
    page: Callable[[list[Any], object, int, bool], Any]
    make: Make
    name: str
    token: str
    tokens: tuple[str, str, str]
    size: str
    most: int
    untitled: Callable[[Any], None]
    misdate: Callable[[Any], None]
    has_version: bool = False

    @property
    def query(self) -> CompiledQuery:
        return CompiledQuery(source=self.source, strategy="main", text='"gut"')

    @property
    def network(self) -> NetworkSearch:
        network = SOURCES[self.source].network
        assert network is not None
        return network

    def pages(self, *lists: Sequence[int], count: object) -> list[Any]:
        """The answers to one reading of a list, whose records are numbered."""
        answers: list[Any] = []
        before = 0
        for place, numbers in enumerate(lists, 1):
            made = [self.make(number) for number in numbers]
            answers.append(self.page(made, count, before, place < len(lists)))
            before += len(numbers)
        return self.versioned(answers)

    def versioned(self, answers: list[Any], version: str = "v1") -> list[Any]:
        """The answers, with the version of the data before and after where the service has one."""
        if not self.has_version:
            return answers
        stamp = {"dataTimestamp": version}
        return [stamp, *answers, stamp]

    def search(self, pages: ScriptedPages, **options: Any) -> SearchRun:
        return self.network.search(pages, self.query, **options)

    def names(self, *numbers: int) -> tuple[str, ...]:
        return tuple(self.name.format(number) for number in numbers)

    def lists_asked(self, pages: ScriptedPages) -> list[tuple[str, ...]]:
        """Token and size of every page that was asked for; versions are none."""
        return [said for said in pages.asked(self.token, self.size) if said[1] != "-"]


def _scopus(made: list[Any], count: object, before: int, more: bool) -> Any:
    said = {"opensearch:totalResults": str(count), "opensearch:startIndex": str(before)}
    return {"search-results": said | {"entry": made}}


def _wos(made: list[Any], count: object, before: int, more: bool) -> Any:
    page = 1 if not before else before // 2 + 1
    return {"metadata": {"total": count, "page": page, "limit": 50}, "hits": made}


def _crossref(made: list[Any], count: object, before: int, more: bool) -> Any:
    return {"message": {"total-results": count, "items": made, "next-cursor": "same"}}


def _openalex(made: list[Any], count: object, before: int, more: bool) -> Any:
    following = f"c{before + len(made)}" if more else None
    return {"meta": {"count": count, "next_cursor": following}, "results": made}


def _trials(made: list[Any], count: object, before: int, more: bool) -> Any:
    page: dict[str, Any] = {"studies": made}
    if not before:
        page["totalCount"] = count
    if more:
        page["nextPageToken"] = f"t{before + len(made)}"
    return page


def _copy(make: Make) -> Make:
    """Makes records that a test may change."""
    return lambda number: json.loads(json.dumps(make(number)))


def _drop(*names: str) -> Callable[[Any], None]:
    def drop(one: Any) -> None:
        for name in names:
            del one[name]

    return drop


def _untitle_trial(one: Any) -> None:
    module = one["protocolSection"]["identificationModule"]
    del module["briefTitle"], module["officialTitle"]


def _misdate_trial(one: Any) -> None:
    one["protocolSection"]["statusModule"]["studyFirstPostDateStruct"]["date"] = "sometime"


PAGED_SERVICES = (
    PagedService(
        "scopus", _scopus, _copy(scopus_entry), "2-s2.0-{}", "start", ("0", "2", "4"), "count", 25,
        _drop("dc:title"), lambda one: one.update({"prism:coverDate": "sometime"}),
    ),
    PagedService(
        "wos", _wos, _copy(wos_hit), "WOS:{:015d}", "page", ("1", "2", "3"), "limit", 50,
        _drop("title"), lambda one: one["source"].update(publishYear="sometime"),
    ),
    PagedService(
        "crossref", _crossref, _copy(item), "10.1000/c{}", "cursor", ("*", "same", "same"), "rows",
        200, _drop("title"), lambda one: one.update(issued={"date-parts": [["sometime"]]}),
    ),
    PagedService(
        "openalex", _openalex, _copy(work), "W{}", "cursor", ("*", "c2", "c4"), "per_page", 100,
        _drop("title", "display_name"), lambda one: one.update(publication_year="sometime", publication_date=None),
    ),
    PagedService(
        "clinicaltrials", _trials, _copy(study), "NCT{:08d}", "pageToken", ("-", "t2", "t4"),
        "pageSize", 100, _untitle_trial, _misdate_trial, has_version=True,
    ),
)  # fmt: skip
