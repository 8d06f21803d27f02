"""OpenAlex as a source: works whose title or abstract fits a query, by cursor.

Full texts are not searched, as in no bibliographic database. The works of lower quality that came
in November 2025 ("xpac") are left out, as the service does unless asked.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from urllib.parse import quote_plus, urlencode

from reviewkit.model.errors import RemoteError, UsageError
from reviewkit.model.records import Record, SearchRun
from reviewkit.query.compile import CompiledQuery
from reviewkit.query.dialects.openalex import OPENALEX
from reviewkit.query.lint import unbalanced
from reviewkit.sources.base import Export, NetworkSearch, OnProblem, Source
from reviewkit.sources.counting import counted_by
from reviewkit.sources.object_records import each_once, read_shaped
from reviewkit.sources.openalex_works import (
    LONGEST_FILTER,
    SERVICE,
    SHAPE,
    ask_works,
    count_in,
    judge_works,
    name_of,
    works_in,
    works_list,
)
from reviewkit.sources.page_source import PageSource, Progress
from reviewkit.sources.paged_list import count_alone, read_list


def search(
    pages: PageSource, query: CompiledQuery, *, fetch: bool = True, progress: Progress | None = None
) -> SearchRun:
    """The run of `query`; with `fetch=False` its count, for the price of one page.

    `pages` is finished on success. Raises UsageError for a query that cannot be sent,
    NotARealAnswer, RemoteError, RateLimited, NotCached, and what the cache raises.
    """
    filters = _filters(query)
    if fetch:
        service = replace(
            works_list(filters), records=partial(records_on_page, source=query.source)
        )
        run = read_list(pages, service, progress).run(query, pages)
    else:
        request = ask_works(filters, None, fields=("id",), size=1)
        run = count_alone(pages, query, request, judge_works(None), count_in, where=SERVICE.label)
    if run.count == 0 and (wrong := unbalanced(query.text)):
        what = f"answered 0 to a query that cannot be read: {wrong}"
        raise RemoteError(what, where=SERVICE.label, hint="correct the query in the protocol")

    pages.finish()
    return run


def _filters(query: CompiledQuery) -> str:
    """The query and its limits as one filter. Raises UsageError where it cannot be sent."""
    wrong = [mark for mark in ",|" if mark in query.text]
    if wrong:
        raise UsageError(
            f"the query holds {wrong[0]!r}, which ends a filter there",
            where=SERVICE.label,
            hint="leave it out of the phrase: the search knows no punctuation",
        )

    limits = [value for name, value in query.parameters if name == "filter"]
    filters = ",".join([f"title_and_abstract.search:{query.text}", *limits])
    length = len(quote_plus(filters))
    if length > LONGEST_FILTER:
        raise UsageError(
            f"the query has {length:,} characters as it is sent; {LONGEST_FILTER:,} are allowed",
            where=SERVICE.label,
            hint="split it into strategies that together say the same",
        )
    return filters


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
    for work in works_in(body):
        name = name_of(work)
        yield read_shaped(work, SHAPE, source=source, source_id=name, on_problem=on_problem)


def search_page(query: CompiledQuery) -> str:
    """OpenAlex's own page with the query, for a browser."""
    limits = [value for name, value in query.parameters if name == "filter"]
    filters = ",".join([f"title_and_abstract.search:{query.text}", *limits])
    return f"https://openalex.org/works?{urlencode([('filter', filters)])}"


SOURCE = Source(
    id="openalex",
    label="OpenAlex",
    export=Export(choose="its API's JSON, or *CSV*", advice="JSON has abstracts"),
    dialect=OPENALEX,
    network=NetworkSearch(
        service=SERVICE,
        search=search,
        read=records,
        count_once=counted_by(search, source="openalex"),
    ),
    search_page=search_page,
)
