"""Scopus by its search API, with the user's own key: page after page by start, every EID once.

As documented by Elsevier (Scopus Search API, view STANDARD). Not yet run live. Only this view is
asked for: it holds no abstract, so nothing comes that may not be kept. It names the first author
only.
"""

import html
import json
import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from reviewkit.http import Credential, Flaw, Judge, Request, Response, ServiceDefinition
from reviewkit.importers.mapping import Field, FieldMap
from reviewkit.model.errors import RateLimited, RemoteError
from reviewkit.model.foreign import read_json, whole_number
from reviewkit.model.records import Record, SearchRun
from reviewkit.query.compile import CompiledQuery
from reviewkit.query.dialects.base import printed_only
from reviewkit.sources.base import Export, NetworkSearch, OnProblem, Source
from reviewkit.sources.counting import counted_by
from reviewkit.sources.json_answers import json_object, own_words, passing, refused_request
from reviewkit.sources.object_records import each_once, flat_values, read_values
from reviewkit.sources.page_source import PageSource, Progress, is_number
from reviewkit.sources.paged_list import ListPage, PagedList, count_alone, read_list

KEY = "SCOPUS_API_KEY"
PAGE = 25  # what every key may ask for; some may ask for 200
MOST = 5000  # records that `start` reaches


def used_up(response: Response) -> Flaw | None:
    """Whether a 429 says that the week's requests are used up."""
    if response.headers.get("x-els-status", "").strip().upper() != "QUOTA_EXCEEDED":
        return None
    what = "the week's requests of this key are used up (HTTP 429)"
    return Flaw(what=what, error=RateLimited, hint="what was fetched is kept: run it again later")


SERVICE = ServiceDefinition(
    name="scopus",
    label="Scopus",
    url="https://api.elsevier.com/",
    # 9 a second are allowed for searches; a key has 20,000 requests a week.
    per_second=3.0,
    owner="elsevier.com",
    used_up=used_up,
    credentials=(
        Credential(name="X-ELS-APIKey", settings=(KEY,), is_header=True),
        Credential(name="X-ELS-Insttoken", settings=("SCOPUS_INSTTOKEN",), is_header=True),
    ),
)
_FIELDS = FieldMap(
    name="scopus-api",
    tags={
        Field.OWN_ID: ("eid",),
        Field.TITLE: ("dc:title",),
        Field.AUTHORS: ("dc:creator",),
        Field.JOURNAL: ("prism:publicationName",),
        Field.ISSN: ("prism:issn", "prism:eIssn"),
        Field.PUBLISHED: ("own date",),
        Field.VOLUME: ("prism:volume",),
        Field.ISSUE: ("prism:issueIdentifier",),
        Field.PAGES: ("prism:pageRange", "article-number"),
        Field.DOI: ("prism:doi",),
        Field.PMID: ("pubmed-id",),
        Field.TYPES: ("subtypeDescription",),
    },
)
_MEANING = "this way gives no abstracts and first authors only: an export (RIS) has all"


def search(
    pages: PageSource, query: CompiledQuery, *, fetch: bool = True, progress: Progress | None = None
) -> SearchRun:
    """The run of `query`, sent byte for byte; with `fetch=False` its count alone.

    `pages` is finished on success. Raises RemoteError where it counts more than `MOST`,
    RateLimited, NotARealAnswer, NotCached, and what the cache raises.
    """
    if fetch:
        run = read_list(pages, _list_of(query.text), progress).run(query, pages)
    else:
        request = _ask_page(query.text, None, size=1)
        run = count_alone(
            pages, query, request, _judge(is_count=True), _count_in, where=SERVICE.label
        )
    pages.finish()

    return run


def _list_of(query: str) -> PagedList:
    return PagedList(
        label=SERVICE.label,
        request=lambda start, size: _ask_page(query, start, size=size),
        size=PAGE,
        judge=lambda start: _judge(is_count=False),
        read=_read_page,
        stops_when_all_came=True,
        records=partial(_records_in, source=SOURCE.id),
        notes=(_MEANING,),
    )


def records(
    run: SearchRun, pages: PageSource, *, on_problem: OnProblem | None = None
) -> Iterator[Record]:
    """The records of a run in the order of its list, each once. Raises DamagedCache."""
    on_page = partial(_records_in, source=run.source, on_problem=on_problem)
    return each_once(pages, run.pages, on_page)


def _records_in(body: bytes, source: str, on_problem: OnProblem | None = None) -> Iterator[Record]:
    for entry in _entries(read_json(body)):
        values, name = _values(entry), _name_of(entry)
        yield read_values(values, _FIELDS, source=source, source_id=name, on_problem=on_problem)


def _values(entry: Mapping[str, Any]) -> dict[str, list[str]]:
    """The entry's values by name. 1 January stands for a year of which no day is known."""
    values = flat_values(entry, left_out=frozenset({"link", "@_fa"}))
    values["dc:title"] = [html.unescape(title) for title in values.get("dc:title", ())]
    dates = values.pop("prism:coverDate", [])
    values["own date"] = [date.removesuffix("-01-01") for date in dates]

    return values


def _ask_page(query: str, start: str | None, *, size: int = PAGE) -> Request:
    return Request(
        service=SERVICE.name,
        path="content/search/scopus",
        parameters=(
            ("query", query),
            ("view", "STANDARD"),
            ("sort", "+orig-load-date"),
            ("start", start or "0"),
            ("count", str(size)),
        ),
        headers=(("Accept", "application/json"),),
    )


def _judge(*, is_count: bool) -> Judge:
    def judge(response: Response) -> Flaw | None:
        if response.status >= 300:
            return refused_request(response)
        content = json_object(response.body)
        if isinstance(content, Flaw):
            return content

        return _list_flaw(content, is_count=is_count)

    return judge


def _list_flaw(content: dict[str, Any], *, is_count: bool) -> Flaw | None:
    count = _count_of(content)
    if count is None:
        return passing(
            f"answered without a count {own_words(json.dumps(content).encode())}".strip()
        )
    if not all(_name_of(entry) for entry in _entries(content)):
        return passing("sent a record without its number", tries=2)
    if is_count or count <= MOST:
        return None

    what = f"counts {count:,} records; this way gives {MOST:,} at most"
    hint = "limit the years (PUBYEAR), or split it into strategies that together say the same"
    return Flaw(what=what, error=RemoteError, hint=hint)


def _results(content: Mapping[str, Any]) -> Mapping[str, Any]:
    results = content.get("search-results")
    if isinstance(results, dict):
        return results
    return {}


def _count_of(content: Mapping[str, Any]) -> int | None:
    printed = str(_results(content).get("opensearch:totalResults"))
    if not is_number(printed):
        return None
    return int(printed)


def _entries(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The entries. One that stands alone may be no list; one that holds an error is no record."""
    entries = _results(content).get("entry")
    if isinstance(entries, dict):
        entries = [entries]
    if not isinstance(entries, list):
        return []

    return [one for one in entries if isinstance(one, dict) and "error" not in one]


def _name_of(entry: Mapping[str, Any]) -> str:
    match = re.fullmatch(r"2-s2\.0-\d+", str(entry.get("eid") or ""))
    if match is None:
        return ""
    return match[0]


def _count_in(body: bytes) -> int:
    return _count_of(read_json(body)) or 0


def _read_page(body: bytes) -> ListPage:
    content = read_json(body)
    names = tuple(_name_of(entry) for entry in _entries(content))
    start = whole_number(str(_results(content).get("opensearch:startIndex") or "")) or 0

    return ListPage(
        names=names,
        following=str(start + len(names)) if names else None,
        count=_count_of(content),
    )


def search_page(query: CompiledQuery) -> str:
    """Where a person runs the query: it is pasted there."""
    return "https://www.scopus.com/search/form.uri?display=advanced"


SOURCE = Source(
    id="scopus",
    label="Scopus",
    export=Export(choose="*RIS*, with abstract and keywords", advice="CSV is read too"),
    dialect=printed_only("scopus", "limits and headings have names of their own in Scopus"),
    network=NetworkSearch(
        service=SERVICE,
        search=search,
        read=records,
        count_once=counted_by(search, source="scopus"),
        key=KEY,
        way_out="run the query there, and import its RIS: reviewkit import FILE --source scopus",
    ),
    search_page=search_page,
    withholds_abstracts=True,
)
