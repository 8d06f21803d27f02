"""Crossref: works by words, page after page by cursor, every DOI once.

As documented by Crossref (REST API, `works`). Not yet run live. Its words are weighed and none is
required, so the count is that of every work with any of the words: a source for look-ups and
narrow lists, not for a review's main search.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode

from reviewkit.http import Credential, Flaw, Judge, Request, Response, ServiceDefinition
from reviewkit.importers.json_shapes import shape_named
from reviewkit.model.errors import RemoteError
from reviewkit.model.foreign import read_json
from reviewkit.model.identifiers import doi_key
from reviewkit.model.records import Record, SearchRun
from reviewkit.query.compile import CompiledQuery
from reviewkit.query.dialects.base import Parameters
from reviewkit.query.dialects.crossref import CROSSREF
from reviewkit.sources.base import Export, NetworkSearch, OnProblem, Source
from reviewkit.sources.json_answers import json_object, own_words, passing, refused_query
from reviewkit.sources.object_records import each_once, read_shaped
from reviewkit.sources.page_source import PageSource, Progress
from reviewkit.sources.paged_list import ListPage, PagedList, TokenExpired, count_alone, read_list

SERVICE = ServiceDefinition(
    name="crossref",
    label="Crossref",
    url="https://api.crossref.org/",
    # For lists, since 1 December 2025 (blog of Crossref, 10.64000/wadve-3tj60).
    per_second=1.0,
    owner="crossref.org",
    busy_hint="set CROSSREF_EMAIL to your own address: who says who asks is served first",
    credentials=(Credential(name="mailto", settings=("CROSSREF_EMAIL", "NCBI_EMAIL")),),
)
PAGE = 200  # works in one answer; the service allows 1,000
MOST = 20_000  # works that a search without Boolean operators may bring
SHAPE = shape_named("crossref")
_FIRST = "*"
# What a record holds; the reference lists are long and left out.
_FIELDS = (
    "DOI", "title", "original-title", "author", "container-title", "short-container-title", "ISSN",
    "issued", "published", "published-online", "created", "volume", "issue", "page",
    "article-number", "abstract", "type", "subject", "URL", "publisher", "relation", "update-to",
    "clinical-trial-number", "references-count", "is-referenced-by-count",
)  # fmt: skip
_MEANING = "its count is of every work with any of the words: it is no count of a Boolean search"


def search(
    pages: PageSource, query: CompiledQuery, *, fetch: bool = True, progress: Progress | None = None
) -> SearchRun:
    """The run of `query`, its words sent byte for byte; with `fetch=False` its count alone.

    `pages` is finished on success. Raises RemoteError where it counts more than `MOST`,
    NotARealAnswer, NotCached, and what the cache raises.
    """
    if fetch:
        run = read_list(pages, _list_of(query), progress).run(query, pages)
    else:
        request = _ask_page(query, None, rows=0)
        run = count_alone(pages, query, request, _judge(None), _count_in, where=SERVICE.label)
    pages.finish()

    return run


def _list_of(query: CompiledQuery) -> PagedList:
    return PagedList(
        label=SERVICE.label,
        request=lambda cursor, rows: _ask_page(query, cursor, rows=rows),
        size=PAGE,
        judge=_judge,
        read=_read_page,
        stops_when_all_came=True,
        records=partial(records_on_page, source=query.source),
        notes=(_MEANING,),
    )


def records(
    run: SearchRun, pages: PageSource, *, on_problem: OnProblem | None = None
) -> Iterator[Record]:
    """The works of a run in the order of its list, each once. Raises DamagedCache."""
    on_page = partial(records_on_page, source=run.source, on_problem=on_problem)
    return each_once(pages, run.pages, on_page)


def records_on_page(
    body: bytes, source: str, on_problem: OnProblem | None = None
) -> Iterator[Record]:
    """The works on a judged page as records."""
    for item in read_json(body)["message"]["items"]:
        name = _name_of(item)
        yield read_shaped(item, SHAPE, source=source, source_id=name, on_problem=on_problem)


def search_page(query: CompiledQuery) -> str:
    """Crossref's own page with the words, for a browser."""
    return f"https://search.crossref.org/?{urlencode([('q', query.text)])}"


def works_by_doi(pages: PageSource, dois: Sequence[str]) -> tuple[str, ...]:
    """The DOIs, of these, that brought a work. Raises as `paged_list.read_list` does."""
    wanted = ("filter", ",".join(f"doi:{doi}" for doi in dois))
    listing = PagedList(
        label=SERVICE.label,
        request=lambda cursor, rows: _ask(cursor, (wanted,), rows=rows),
        size=PAGE,
        judge=_judge,
        read=_read_page,
        stops_when_all_came=True,
    )
    return read_list(pages, listing).names


def _ask_page(query: CompiledQuery, cursor: str | None, *, rows: int = PAGE) -> Request:
    limits = [(name, value) for name, value in query.parameters if name == "filter"]
    return _ask(cursor, (("query.bibliographic", query.text), *limits), rows=rows)


def _ask(cursor: str | None, wanted: Parameters, *, rows: int = PAGE) -> Request:
    """A page of the list. The order is by the day of deposit: that of relevance does not stay."""
    return Request(
        service=SERVICE.name,
        path="works",
        parameters=(
            *wanted,
            ("select", ",".join(_FIELDS)),
            ("sort", "created"),
            ("order", "asc"),
            ("rows", str(rows)),
            ("cursor", cursor or _FIRST),
        ),
    )


def _judge(cursor: str | None) -> Judge:
    """A judge of the answer to the page at a cursor."""

    def judge(response: Response) -> Flaw | None:
        if response.status == 404 and cursor and "cursor" in own_words(response.body).lower():
            what = "does not know the cursor of the next page any more"
            return Flaw(what=what, error=TokenExpired, hint="run again: the list begins anew")
        if response.status >= 300:
            return refused_query(response)

        content = json_object(response.body)
        if isinstance(content, Flaw):
            return content
        return _list_flaw(content)

    return judge


def _list_flaw(content: dict[str, Any]) -> Flaw | None:
    message = content.get("message")
    count = message.get("total-results") if isinstance(message, dict) else None
    items = message.get("items") if isinstance(message, dict) else None
    if not isinstance(count, int) or isinstance(count, bool) or not isinstance(items, list):
        return passing("answered without a count or a list")
    if not all(_name_of(item) for item in items):
        return passing("sent a work without its DOI", tries=2)
    if count <= MOST:
        return None

    what = f"counts {count:,} works with any of the words; at most {MOST:,} are fetched"
    hint = "give fewer and rarer words, or limit the years: this search has no AND"
    return Flaw(what=what, error=RemoteError, hint=hint)


def _read_page(body: bytes) -> ListPage:
    """What a page says. Its cursor may stay the same from page to page while the works move on."""
    message = read_json(body)["message"]
    names = tuple(_name_of(item) for item in message["items"])
    following = message.get("next-cursor")

    return ListPage(
        names=names,
        following=str(following) if following and names else None,
        count=message["total-results"],
    )


def _count_in(body: bytes) -> int:
    return int(read_json(body)["message"]["total-results"])


def _name_of(item: object) -> str:
    """The work's DOI in lower case; empty where the object has none."""
    if not isinstance(item, dict):
        return ""
    return doi_key(str(item.get("DOI") or ""))


SOURCE = Source(
    id="crossref",
    label="Crossref",
    export=Export(choose="its API's JSON", advice="one work, or a list of works"),
    dialect=CROSSREF,
    network=NetworkSearch(service=SERVICE, search=search, read=records),
    search_page=search_page,
)
