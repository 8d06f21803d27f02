"""Web of Science by the Starter API, with the user's own key: page after page, every UT once.

As documented by Clarivate (Web of Science Starter API, v1, `documents`, Core Collection). Not yet
run live. It knows some of the field tags only, and gives neither abstracts nor references.
"""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from reviewkit.http import Credential, Flaw, Request, Response, ServiceDefinition
from reviewkit.importers.mapping import Field, FieldMap
from reviewkit.model.errors import UsageError
from reviewkit.model.foreign import read_json
from reviewkit.model.records import Record, SearchRun
from reviewkit.query.compile import CompiledQuery
from reviewkit.query.dialects.base import printed_only
from reviewkit.sources.base import Export, NetworkSearch, OnProblem, Source
from reviewkit.sources.counting import counted_by
from reviewkit.sources.json_answers import json_object, passing, refused_request
from reviewkit.sources.object_records import each_once, flat_values, read_values
from reviewkit.sources.page_source import PageSource, Progress
from reviewkit.sources.paged_list import ListPage, PagedList, count_alone, read_list

KEY = "WOS_API_KEY"
PAGE = 50  # records in one answer, the most that the service gives
SERVICE = ServiceDefinition(
    name="wos",
    label="Web of Science",
    url="https://api.clarivate.com/apis/wos-starter/v1/",
    # The trial plan: 1 a second and 50 a day. Members of institutions may ask 5 a second.
    per_second=1.0,
    owner="clarivate.com",
    busy_hint="a plan has so many requests a day: run it again tomorrow",
    credentials=(Credential(name="X-ApiKey", settings=(KEY,), is_header=True),),
)
# The field tags that this API supports, as its documentation lists them.
TAGS = frozenset(
    {
        "TI", "IS", "SO", "VL", "PG", "CS", "PY", "AU", "AI", "UT", "DO", "DT", "PMID", "OG", "TS",
        "SUR",
    }
)  # fmt: skip
_TAG = re.compile(r"\"[^\"]*\"|(?<![A-Za-z0-9])([A-Za-z]{2,4})\s*=")
_FIELDS = FieldMap(
    name="wos-starter",
    tags={
        Field.OWN_ID: ("uid",),
        Field.TITLE: ("title",),
        Field.AUTHORS: ("names.authors.displayName",),
        Field.JOURNAL: ("source.sourceTitle",),
        Field.ISSN: ("identifiers.issn", "identifiers.eissn"),
        Field.YEAR: ("source.publishYear",),
        Field.VOLUME: ("source.volume",),
        Field.ISSUE: ("source.issue",),
        Field.PAGES: ("source.pages.range", "source.articleNumber"),
        Field.DOI: ("identifiers.doi",),
        Field.PMID: ("identifiers.pmid",),
        Field.KEYWORDS: ("keywords.authorKeywords",),
        Field.TYPES: ("types",),
    },
)
_MEANING = "counted in the Core Collection of this key's plan; no abstracts come this way"


def search(
    pages: PageSource, query: CompiledQuery, *, fetch: bool = True, progress: Progress | None = None
) -> SearchRun:
    """The run of `query`, sent byte for byte; with `fetch=False` its count alone.

    `pages` is finished on success. Raises UsageError for a field tag that the API does not know,
    RemoteError, RateLimited, NotARealAnswer, NotCached, and what the cache raises.
    """
    _refuse_unknown_tags(query.text)
    if fetch:
        run = read_list(pages, _list_of(query.text), progress).run(query, pages)
    else:
        request = _ask_page(query.text, None, size=1)
        run = count_alone(pages, query, request, _judge, _count_in, where=SERVICE.label)
    pages.finish()

    return run


def _refuse_unknown_tags(query: str) -> None:
    tags = {match[1].upper() for match in _TAG.finditer(query) if match[1]}
    unknown = sorted(tags - TAGS)
    if unknown:
        raise UsageError(
            f"the Starter API does not know {', '.join(f'{tag}=' for tag in unknown)}",
            where=SERVICE.label,
            hint="write TS= (title, abstract, keywords) or TI=; or run it there, import the file",
        )


def _list_of(query: str) -> PagedList:
    return PagedList(
        label=SERVICE.label,
        request=lambda page, size: _ask_page(query, page, size=size),
        size=PAGE,
        judge=lambda page: _judge,
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
    for hit in read_json(body)["hits"]:
        values = flat_values(hit, left_out=frozenset({"links"}))
        name = _name_of(hit)
        yield read_values(values, _FIELDS, source=source, source_id=name, on_problem=on_problem)


def _ask_page(query: str, page: str | None, *, size: int = PAGE) -> Request:
    return Request(
        service=SERVICE.name,
        path="documents",
        parameters=(
            ("q", query),
            ("db", "WOS"),
            ("limit", str(size)),
            ("page", page or "1"),
            ("sortField", "LD+A"),
        ),
        headers=(("Accept", "application/json"),),
    )


def _judge(response: Response) -> Flaw | None:
    if response.status >= 300:
        return refused_request(response)
    content = json_object(response.body)
    if isinstance(content, Flaw):
        return content
    hits = content.get("hits")
    if _number(content, "total") is None or not isinstance(hits, list):
        return passing("answered without a count or a list")
    if not all(_name_of(hit) for hit in hits):
        return passing("sent a record without its number", tries=2)

    return None


def _number(content: Mapping[str, Any], name: str) -> int | None:
    metadata = content.get("metadata")
    value = metadata.get(name) if isinstance(metadata, dict) else None
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9:
        return value

    return None


def _count_in(body: bytes) -> int:
    return _number(read_json(body), "total") or 0


def _name_of(hit: object) -> str:
    value = hit.get("uid") if isinstance(hit, dict) else None
    if isinstance(value, str) and re.fullmatch(r"[A-Z]+:\S+", value):
        return value
    return ""


def _read_page(body: bytes) -> ListPage:
    content = read_json(body)
    number = partial(_number, content)
    names = tuple(_name_of(hit) for hit in content["hits"])

    return ListPage(
        names=names,
        following=str((number("page") or 1) + 1) if names else None,
        count=number("total"),
    )


def search_page(query: CompiledQuery) -> str:
    """Where a person runs the query: it is pasted there."""
    return "https://www.webofscience.com/wos/woscc/advanced-search"


SOURCE = Source(
    id="wos",
    label="Web of Science",
    export=Export(
        choose="*Plain text*, full record (`.ciw`, `.txt`)",
        advice="RIS, tab and Excel are read too",
    ),
    dialect=printed_only(
        "wos", "the Starter API has no field for abstracts, headings or languages"
    ),
    network=NetworkSearch(
        service=SERVICE,
        search=search,
        read=records,
        count_once=counted_by(search, source="wos"),
        key=KEY,
        way_out="run the query there, and import its file: reviewkit import FILE --source wos",
    ),
    search_page=search_page,
    withholds_abstracts=True,
)
