"""ClinicalTrials.gov over its API v2: page after page by token, every trial once.

As documented by the register (API v2, `studies` and `version`). Not yet run live. A record is a
trial's registration, and no article. The data are loaded anew each night: the version is asked
before and after, and a list that lies across two versions is read again.
"""

import re
from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import urlencode

from reviewkit.http import Flaw, Judge, Request, Response, ServiceDefinition
from reviewkit.importers.json_shapes import shape_named
from reviewkit.model.errors import RemoteError, UsageError
from reviewkit.model.foreign import read_json
from reviewkit.model.records import Record, Role, SearchRun
from reviewkit.query.compile import CompiledQuery
from reviewkit.query.dialects.clinicaltrials import CLINICALTRIALS
from reviewkit.query.lint import unbalanced
from reviewkit.sources.base import Export, NetworkSearch, OnProblem, Source
from reviewkit.sources.json_answers import json_object, passing, refused_query
from reviewkit.sources.object_records import each_once, read_shaped
from reviewkit.sources.page_source import PageSource, Progress
from reviewkit.sources.paged_list import ListPage, PagedList, TokenExpired, read_list

SERVICE = ServiceDefinition(
    name="clinicaltrials",
    label="ClinicalTrials.gov",
    url="https://clinicaltrials.gov/api/v2/",
    # No figure is published; its robots.txt asks crawlers for one a second.
    per_second=1.0,
    owner="clinicaltrials.gov",
)
PAGE = 100  # trials in one answer, about 1 MB; the service allows 1,000
PAGE_OF_NUMBERS = 1000
_LONGEST_QUERY = 6000  # characters; how long an address may be is not documented
# What a record holds. Contacts of persons, locations and results are left out.
_MODULES = (
    "IdentificationModule", "StatusModule", "SponsorCollaboratorsModule", "DescriptionModule",
    "ConditionsModule", "DesignModule", "ArmsInterventionsModule", "OutcomesModule",
    "EligibilityModule", "ReferencesModule", "HasResults", "ConditionBrowseModule",
    "InterventionBrowseModule",
)  # fmt: skip
_NUMBERS_ALONE = re.compile(r"(?i)[\s(]*NCT\d{8}(?:[\s(),]|OR|AND|NCT\d{8})*")
SHAPE = shape_named("ctgov")


def search(
    pages: PageSource, query: CompiledQuery, *, fetch: bool = True, progress: Progress | None = None
) -> SearchRun:
    """The run of `query`, sent byte for byte; with `fetch=False` its numbers alone.

    `pages` is finished on success. Raises UsageError for a query that the register would misread,
    NotARealAnswer, RemoteError, NotCached, and what the cache raises.
    """
    _refuse_misread(query.text)
    service = PagedList(
        label=SERVICE.label,
        request=lambda token, size: _ask_page(query.text, token, size, fetch=fetch),
        size=PAGE if fetch else PAGE_OF_NUMBERS,
        judge=lambda token: _judge(query.text, token),
        read=_read_page,
        stamp=_data_version,
        records=partial(_records_in, source=query.source) if fetch else None,
    )
    listed = read_list(pages, service, progress)
    pages.finish()

    return listed.run(query, pages, fetch=fetch)


def _refuse_misread(query: str) -> None:
    """Raise UsageError for numbers alone, which are looked up without any limit; and for length."""
    if _NUMBERS_ALONE.fullmatch(query):
        raise UsageError(
            "the query is nothing but NCT numbers: the register then ignores every limit",
            where=SERVICE.label,
            hint='write AREA[NCTId]"NCT01234567", or import these trials as a file',
        )
    if len(query) > _LONGEST_QUERY:
        raise UsageError(
            f"the query has {len(query):,} characters; an address takes about {_LONGEST_QUERY:,}",
            where=SERVICE.label,
            hint="write a shorter one for registers; they need fewer synonyms",
        )


def records(
    run: SearchRun, pages: PageSource, *, on_problem: OnProblem | None = None
) -> Iterator[Record]:
    """The trials of a run in the order of its list, each once. Raises DamagedCache."""
    lists = (ref for ref in run.pages if "/studies?" in ref.request)
    on_page = partial(_records_in, source=run.source, on_problem=on_problem)
    return each_once(pages, lists, on_page)


def _records_in(body: bytes, source: str, on_problem: OnProblem | None = None) -> Iterator[Record]:
    for study in read_json(body)["studies"]:
        number = _number_of(study)
        yield read_shaped(study, SHAPE, source=source, source_id=number, on_problem=on_problem)


def search_page(query: CompiledQuery) -> str:
    """The register's own page with the query, for a browser."""
    return f"https://clinicaltrials.gov/search?{urlencode([('term', query.text)])}"


def _ask_page(query: str, token: str | None, size: int, *, fetch: bool) -> Request:
    """A page of the list. Every page repeats the same parameters; only the token is added.

    Two trials can be posted on one day: no order here is total, so the list is checked by number.
    """
    fields = ",".join(_MODULES) if fetch else "NCTId"
    parameters = [
        ("format", "json"),
        ("query.term", query),
        ("fields", fields),
        ("sort", "StudyFirstPostDate:asc"),
        ("pageSize", str(size)),
        ("countTotal", "true"),
    ]
    if token is not None:
        parameters.append(("pageToken", token))
    return Request(service=SERVICE.name, path="studies", parameters=tuple(parameters))


def _data_version(pages: PageSource) -> str:
    """The time stamp of the register's data; empty where it tells none."""
    request = Request(service=SERVICE.name, path="version", answers=frozenset({404}))
    answer = pages.get(request, judge=_judge_version)
    content = json_object(answer.body)
    if isinstance(content, Flaw):
        return ""

    return str(content.get("dataTimestamp") or "")


def _judge_version(response: Response) -> Flaw | None:
    if response.status != 200:
        return None
    content = json_object(response.body)
    if isinstance(content, Flaw):
        return content
    if not isinstance(content.get("dataTimestamp"), str):
        return passing("answered without the version of its data", tries=2)

    return None


def _judge(query: str, token: str | None) -> Judge:
    """A judge of the answer to the page at a token."""

    def judge(response: Response) -> Flaw | None:
        if response.status == 400 and token is not None:
            what = "does not know the token of the next page any more"
            return Flaw(what=what, error=TokenExpired, hint="run again: the list begins anew")
        if response.status >= 300:
            return refused_query(response)

        content = json_object(response.body)
        if isinstance(content, Flaw):
            return content
        return _list_flaw(content, query, is_first=token is None)

    return judge


def _list_flaw(content: dict[str, Any], query: str, *, is_first: bool) -> Flaw | None:
    studies, count = content.get("studies"), content.get("totalCount")
    if not isinstance(studies, list):
        return passing("answered without a list")
    if is_first and not _is_count(count):
        return passing("answered without a count")
    if not all(_number_of(study) for study in studies):
        return passing("sent a trial without its number", tries=2)
    if not studies and (count or content.get("nextPageToken")):
        return passing("counted trials and sent none")

    return _zero_flaw(count, query)


def _zero_flaw(count: object, query: str) -> Flaw | None:
    """The flaw of a zero that answers a query which cannot be read."""
    wrong = unbalanced(query)
    if count == 0 and wrong:
        what = f"answered 0 to a query that cannot be read: {wrong}"
        return Flaw(what=what, error=RemoteError, hint="correct the query in the protocol")

    return None


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9


def _read_page(body: bytes) -> ListPage:
    content = read_json(body)
    count, token = content.get("totalCount"), content.get("nextPageToken")

    return ListPage(
        names=tuple(_number_of(study) for study in content["studies"]),
        following=str(token) if token else None,
        count=count if _is_count(count) else None,
    )


def _number_of(study: object) -> str:
    """A trial's number; empty where the object is no trial."""
    value = study
    for name in ("protocolSection", "identificationModule", "nctId"):
        value = value.get(name) if isinstance(value, dict) else None
    if isinstance(value, str) and re.fullmatch(r"NCT\d{8}", value):
        return value

    return ""


SOURCE = Source(
    id="clinicaltrials",
    label="ClinicalTrials.gov",
    export=Export(choose="*CSV* with every column, or *JSON*", advice="the old XML is read too"),
    dialect=CLINICALTRIALS,
    network=NetworkSearch(service=SERVICE, search=search, read=records),
    search_page=search_page,
    role=Role.REGISTER,
)
