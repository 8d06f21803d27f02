"""A made-up source in one file: all that a new source needs, as docs/sources.md describes it."""

import datetime
import json
from collections.abc import Iterator
from urllib.parse import urlencode

from reviewkit.http import Flaw, Request, Response, ServiceDefinition
from reviewkit.model.records import Record, Role, RunStatus, SearchRun
from reviewkit.protocol.model import Descriptor, Limits, SearchField
from reviewkit.query.compile import CompiledQuery
from reviewkit.query.dialects.base import Dialect
from reviewkit.sources.base import Export, NetworkSearch, OnProblem, Source
from reviewkit.sources.page_source import PageSource, Progress, ask

SERVICE = ServiceDefinition(
    name="gutbase",
    label="GutBase",
    url="https://api.gutbase.example/",
    per_second=1.0,
    owner="gutbase.example",
)


def write_term(descriptor: Descriptor, field: SearchField | None) -> str:
    return f"{(field or SearchField.ANY).value}={descriptor.term}"


def limit_clauses(limits: Limits) -> tuple[str, ...]:
    return tuple(f"lang={code}" for code in limits.languages)


def created_since(day: datetime.date) -> str:
    return f"since={day:%Y%m%d}"


def search(
    pages: PageSource, query: CompiledQuery, *, fetch: bool = True, progress: Progress | None = None
) -> SearchRun:
    """The run of `query`: this service gives its whole list at once."""
    request = Request(service=SERVICE.name, path="find", parameters=(("q", query.text),))
    page = ask(pages, request, judge, where=SERVICE.label)
    identifiers = tuple(item["id"] for item in json.loads(page.body)["items"])
    if progress:
        progress(len(identifiers), len(identifiers))
    pages.finish()

    return SearchRun(
        source=query.source,
        role=Role.DATABASE,
        strategy=query.strategy,
        query=query.text,
        searched_at=page.ref.retrieved_at,
        status=RunStatus.COMPLETE,
        endpoint=pages.header.endpoint,
        count=len(identifiers),
        received=len(identifiers) if fetch else None,
        identifiers=identifiers,
        pages=pages.used,
    )


def judge(response: Response) -> Flaw | None:
    try:
        json.loads(response.body)["items"]
    except (ValueError, KeyError, TypeError):
        return Flaw(what="answered without a list", transient=True)
    return None


def records(
    run: SearchRun, pages: PageSource, *, on_problem: OnProblem | None = None
) -> Iterator[Record]:
    for ref in run.pages:
        for item in json.loads(pages.read(ref))["items"]:
            yield Record(
                source=run.source, source_id=item["id"], title=item["title"], year=item["year"]
            )


def search_page(query: CompiledQuery) -> str:
    return f"https://gutbase.example/?{urlencode([('q', query.text)])}"


SOURCE = Source(
    id="gutbase",
    label="GutBase",
    export=Export(choose="*RIS*"),
    dialect=Dialect(
        name="gutbase",
        write_term=write_term,
        limit_clauses=limit_clauses,
        created_since=created_since,
    ),
    network=NetworkSearch(service=SERVICE, search=search, read=records),
    search_page=search_page,
)
