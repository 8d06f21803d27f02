"""Requests for works of OpenAlex, and what is no answer to them. It knows no review.

As documented by OpenAlex (developers.openalex.org, 2026). Not yet run live. What a request costs
changes often: nothing here counts on a price, the answer says when the day's budget is used up.
"""

import re
from collections.abc import Sequence
from typing import Any

from reviewkit.http import Credential, Flaw, Judge, Request, Response, ServiceDefinition
from reviewkit.importers.json_shapes import shape_named
from reviewkit.model.foreign import read_json
from reviewkit.sources.json_answers import json_object, own_words, passing, refused_query
from reviewkit.sources.paged_list import ListPage, PagedList, TokenExpired

KEY = "OPENALEX_API_KEY"
PAGE = 100  # works in one answer, the most that the service gives
LONGEST_FILTER = 3500  # characters as they are sent; a whole address ends at about 4,096
SHAPE = shape_named("openalex")
_FIRST = "*"
_SPENT = re.compile(r"(?i)budget|credit|daily|per day|quota|allowance|insufficient")
_REMAINING = re.compile(r"^0+(?:\.0+)?$")
# What a record holds. The references of a work are asked for by citation searching alone.
FIELDS = (
    "id", "doi", "title", "display_name", "publication_year", "publication_date", "ids", "language",
    "primary_location", "type", "indexed_in", "open_access", "authorships", "biblio", "mesh",
    "keywords", "is_retracted", "is_paratext", "cited_by_count", "referenced_works_count",
    "abstract_inverted_index", "updated_date", "created_date",
)  # fmt: skip


def used_up(response: Response) -> Flaw | None:
    """Whether a 429 says that the day's budget is used up: in its words, or by what remains."""
    remaining = [value for name, value in response.headers.items() if "remaining" in name]
    is_nothing_left = any(_REMAINING.match(value.strip()) for value in remaining)
    if not (is_nothing_left or _SPENT.search(own_words(response.body))):
        return None

    return Flaw(
        what="the day's budget is used up (HTTP 429)",
        hint=f"what was fetched is kept: run it again tomorrow; a free key in {KEY} raises it",
    )


SERVICE = ServiceDefinition(
    name="openalex",
    label="OpenAlex",
    url="https://api.openalex.org/",
    # 100 a second are allowed to all; a review needs no more than this.
    per_second=5.0,
    owner="openalex.org",
    busy_hint=f"a free key in {KEY} raises the day's budget",
    used_up=used_up,
    credentials=(Credential(name="api_key", settings=(KEY,)),),
)


def ask_works(
    filters: str, cursor: str | None, *, fields: Sequence[str] = FIELDS, size: int = PAGE
) -> Request:
    """A page of the works that fit the filters, in an order that stays."""
    return Request(
        service=SERVICE.name,
        path="works",
        parameters=(
            ("filter", filters),
            ("select", ",".join(fields)),
            ("sort", "publication_date:desc"),
            ("per_page", str(size)),
            ("cursor", cursor or _FIRST),
        ),
    )


def works_list(filters: str, *, fields: Sequence[str] = FIELDS) -> PagedList:
    """How the works that fit the filters are listed."""
    return PagedList(
        label=SERVICE.label,
        request=lambda cursor, size: ask_works(filters, cursor, fields=fields, size=size),
        size=PAGE,
        judge=judge_works,
        read=_read_page,
        stops_when_all_came=True,
    )


def judge_works(cursor: str | None) -> Judge:
    """A judge of the answer to the page at a cursor."""

    def judge(response: Response) -> Flaw | None:
        if response.status == 403:
            return passing(f"refused the request (HTTP 403): {own_words(response.body)}", tries=4)
        if response.status == 400 and cursor and "cursor" in own_words(response.body).lower():
            what = "does not know the cursor of the next page any more"
            return Flaw(what=what, error=TokenExpired, hint="run again: the list begins anew")
        if response.status >= 300:
            return refused_query(response)

        content = json_object(response.body)
        if isinstance(content, Flaw):
            return content
        return _list_flaw(content, is_first=cursor is None)

    return judge


def _list_flaw(content: dict[str, Any], *, is_first: bool) -> Flaw | None:
    results, count = content.get("results"), count_of(content)
    if not isinstance(results, list) or count is None:
        return passing("answered without a count or a list")
    if not all(name_of(work) for work in results):
        return passing("sent a work without an identifier", tries=2)
    if is_first and count and not results:
        return passing(f"counted {count:,} works and sent none")

    return None


def count_of(content: dict[str, Any]) -> int | None:
    """What the service counts; `None` where it does not say a number."""
    meta = content.get("meta")
    count = meta.get("count") if isinstance(meta, dict) else None
    if isinstance(count, int) and not isinstance(count, bool) and 0 <= count < 10**9:
        return count

    return None


def count_in(body: bytes) -> int:
    """What the service counts, on a page that was judged."""
    return int(read_json(body)["meta"]["count"])


def name_of(work: object) -> str:
    """The work's number, as W123; empty where the object is no work."""
    if not isinstance(work, dict):
        return ""
    return work_number(work.get("id"))


def work_number(identifier: object) -> str:
    """The number in an identifier of OpenAlex, as W123; empty where there is none."""
    match = re.fullmatch(r"(?:https?://openalex\.org/)?(?:works/)?(W\d{1,15})", str(identifier))
    if match is None:
        return ""
    return match[1]


def works_in(body: bytes) -> list[dict[str, Any]]:
    """The works on a page that was judged."""
    works: list[dict[str, Any]] = read_json(body)["results"]
    return works


def _read_page(body: bytes) -> ListPage:
    content = read_json(body)
    meta = content["meta"]
    following = meta.get("next_cursor")
    names = tuple(name_of(work) for work in content["results"])

    return ListPage(
        names=names,
        following=str(following) if following and names else None,
        count=count_of(content),
    )
