"""BVS (the Virtual Health Library): its requests and its answers. No I/O happens here.

Documented: q, from, count, output=json and the header apikey of the open-metadata API. Read in the
portal's own code (bireme/iahx-opac, iahx-controller): filters, ranges, from counted from 1, and the
shape of the answer. None was run.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from reviewkit.http import (
    Credential,
    Flaw,
    Judge,
    Request,
    Response,
    ServiceDefinition,
    own_words,
)
from reviewkit.model.errors import RemoteError
from reviewkit.model.foreign import read_json
from reviewkit.model.messages import mark
from reviewkit.query.compile import CompiledQuery
from reviewkit.query.lint import unbalanced
from reviewkit.sources.bvs_documents import document_name
from reviewkit.sources.page_source import ListBrokeOff, broken_json, is_number

# Records in one answer. The API's documentation harvests up to 1,000; the portal caps it without a
# word.
PAGE = 100
PORTAL_PAGE = "https://pesquisa.bvsalud.org/portal/"
WAY_OUT = mark(
    "export the records from the portal as RIS (reviewkit search --print-url names it), "
    "then reviewkit import"
)

_CHALLENGE = re.compile(
    rb"(?i)shield-templates|b-cdn\.net|block\.html|just a moment|captcha|cf-challenge"
)
_TITLE = re.compile(rb"(?is)<title[^>]*>(.{0,200}?)</title>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A way into BVS: service, path, and the number that `from` has for the first record."""

    service: ServiceDefinition
    path: str
    first: int


KEY = "BVS_API_KEY"
# BVS publishes no figure for the pace that it allows, so reviewkit keeps to 1 request a second.
API = Door(
    service=ServiceDefinition(
        name="bvs",
        label="BVS",
        url="https://api.bvsalud.org/",
        per_second=1.0,
        owner="bvsalud.org",
        busy_hint=f"BVS counts requests by key; or {WAY_OUT}",
        credentials=(Credential(name="apikey", settings=(KEY,), is_header=True),),
    ),
    path="references/v1/search/portal/",
    first=0,
)
# The portal is made for people: nobody changes its pace.
PORTAL = Door(
    service=ServiceDefinition(
        name="bvs_portal",
        label="BVS portal",
        url="https://pesquisa.bvsalud.org/",
        per_second=1.0,
        owner="bvsalud.org",
        has_fixed_rate=True,
        asks_again_when_busy=False,
    ),
    path="portal/",
    first=1,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """A page of BVS's list: the count, the position of its first record, and its documents.

    `start` counts from 0 and is `None` where BVS does not state it. `translation` is the query as
    BVS ran it.
    """

    count: int
    start: int | None
    docs: tuple[Mapping[str, Any], ...]
    translation: str | None


def ask_page(door: Door, query: CompiledQuery, *, first: int, count: int = PAGE) -> Request:
    """A page of `count` records (never 0: BVS fails on that), `first` as the door counts.

    The query goes as it is.
    """
    page = (
        ("from", str(first)),
        ("count", str(count)),
        # Several servers answer in turn. Without a total order, their pages do not fit together.
        # The portal leaves out an order that it does not know (bireme/iahx-opac).
        ("sort", "id asc"),
        ("output", "json"),
        ("lang", "en"),
    )
    return Request(
        service=door.service.name,
        path=door.path,
        parameters=(("q", query.text), *query.parameters, *page),
    )


def portal_page(query: CompiledQuery) -> str:
    """The portal's page with the query and its limits, for a browser: it exports the records."""
    return f"{PORTAL_PAGE}?{urlencode([('q', query.text), *query.parameters, ('lang', 'en')])}"


def judge_page(door: Door, query: CompiledQuery, *, covered: int) -> Judge:
    """A judge of the answers that follow on `covered` records."""

    def judge(response: Response) -> Flaw | None:
        if response.status in {401, 403}:
            return _refused(door, response)
        if response.status >= 300:
            return None
        result = _read_result(response.body, query)
        if isinstance(result, Flaw):
            return result

        return _result_flaw(result, query, covered)

    return judge


def read_page(body: bytes) -> ListPage:
    """A judged answer."""
    result = _unwrapped(read_json(body, strict=False))
    response = result["response"]
    start = str(response.get("start"))

    return ListPage(
        count=int(response["numFound"]),
        start=int(start) if is_number(start) else None,
        docs=tuple(response["docs"]),
        translation=_translation(result),
    )


def _refused(door: Door, response: Response) -> Flaw:
    words = own_words(response.body)
    said = f"(HTTP {response.status}): {words}".rstrip(": ")
    if door is PORTAL:
        return Flaw(
            what=f"refused the request {said}",
            error=RemoteError,
            hint=f"BVS turns programs away; {WAY_OUT}",
        )
    hint = f"check {KEY}; or {WAY_OUT}"
    return Flaw(what=f"refused the key {said}", error=RemoteError, hint=hint)


def _passing(what: str, *, tries: int | None = None) -> Flaw:
    """A flaw that may pass."""
    hint = "try again later; what was fetched is kept"
    return Flaw(what=what, transient=True, tries=tries, hint=hint)


def _read_result(body: bytes, query: CompiledQuery) -> dict[str, Any] | Flaw:
    """The result part of an answer in JSON, or the flaw."""
    start = body.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        return _passing("answered with an empty body")
    if start[:1] == b"<" or _CHALLENGE.search(start[:4000]):
        return _page_flaw(body)
    try:
        result = _unwrapped(read_json(body, strict=False))
    except ValueError:
        return _passing(broken_json(body))
    if not isinstance(result.get("response"), dict):
        return _no_result(query)
    return result


def _page_flaw(body: bytes) -> Flaw:
    if _CHALLENGE.search(body):
        what = "answered with a challenge page for browsers"
        return Flaw(what=what, hint=f"nothing gets past that without a person; {WAY_OUT}")

    what = "answered with a web page"
    title = _TITLE.search(body)
    name = title and " ".join(title[1].decode("utf-8", "replace").split())
    if name:
        what += f" (“{name}”)"
    return _passing(what, tries=4)


def _unwrapped(answer: object) -> dict[str, Any]:
    """The one result inside `diaServerResponse`; an empty one where there is none."""
    if isinstance(answer, dict) and "diaServerResponse" in answer:
        answer = answer["diaServerResponse"]
        if isinstance(answer, list) and answer:
            answer = answer[0]
    if not isinstance(answer, dict):
        return {}
    return answer


def _no_result(query: CompiledQuery) -> Flaw:
    wrong = unbalanced(query.text)
    if wrong:
        return Flaw(
            what=f"could not read the query: {wrong}", hint="correct the query in the protocol"
        )
    return _passing("answered without a result", tries=4)


def _result_flaw(result: dict[str, Any], query: CompiledQuery, covered: int) -> Flaw | None:
    response, header = result["response"], result.get("responseHeader")
    if isinstance(header, dict) and str(header.get("status", 0)) != "0":
        return _passing(f"answered with an error (status {header['status']})", tries=4)
    count, docs = response.get("numFound"), response.get("docs")
    if not is_number(str(count)) or not isinstance(docs, list):
        return _passing("answered without a count or a list")
    if not all(_has_name(doc) for doc in docs):
        return _passing("sent a record without an identifier", tries=2)

    translation = _translation(result)
    if _searched_everything(query, translation):
        return _passing("searched for everything: the query did not reach it", tries=2)
    return _count_flaw(int(str(count)), len(docs), covered) or _zero_flaw(
        int(str(count)), query, translation
    )


def _count_flaw(count: int, listed: int, covered: int) -> Flaw | None:
    if listed > count:
        return _passing(f"counted {count} records and sent {listed}")
    if not listed and count > covered:
        what = f"counted {count} records and sent none after {covered}"
        return replace(_passing(what), error=ListBrokeOff)
    return None


def _has_name(doc: object) -> bool:
    return isinstance(doc, dict) and bool(document_name(doc))


def _searched_everything(query: CompiledQuery, translation: str | None) -> bool:
    """Whether BVS ran a search for everything that nobody asked for."""
    return (translation or "").startswith("*:*") and query.text.strip() != "*:*"


def _zero_flaw(count: int, query: CompiledQuery, translation: str | None) -> Flaw | None:
    """BVS answers a query that it cannot read with an empty result and HTTP 200."""
    if count:
        return None
    wrong = unbalanced(query.text)
    if wrong:
        what = f"answered 0 to a query that it cannot read: {wrong}"
        return Flaw(what=what, hint="correct the query in the protocol")
    if translation is None:
        return _passing("answered 0 without the query that it ran, so it may not have searched")
    return None


def _translation(result: dict[str, Any]) -> str | None:
    """The query and the filters as BVS ran them."""
    header = result.get("responseHeader")
    if not isinstance(header, dict):
        return None
    parameters = header.get("params")
    if not isinstance(parameters, dict) or not parameters.get("q"):
        return None

    filters = parameters.get("fq") or []
    if not isinstance(filters, list):
        filters = [filters]
    return " AND ".join(str(part) for part in (parameters["q"], *filters) if part)
