"""BVS (the Virtual Health Library): what is asked, and whether what came is an answer. No I/O
happens here.

Documented: q, from, count, output=json and the header apikey of the open-metadata API. Read in the
portal's own code (bireme/iahx-opac, iahx-controller): filters, ranges, from counted from 1, and the
shape of the answer. None was run.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from reviewkit.http import Credential, Flaw, Judge, Request, Response, ServiceDefinition
from reviewkit.model.errors import RemoteError
from reviewkit.query.compile import CompiledQuery
from reviewkit.query.lint import unbalanced

PAGE = 100  # records in one answer; the API's documentation harvests up to 1,000, the portal caps it without a word
PORTAL_PAGE = "https://pesquisa.bvsalud.org/portal/"
WAY_OUT = "export the records from the portal as RIS (reviewkit search --print-url names it), then reviewkit import"

_CHALLENGE = re.compile(
    rb"(?i)shield-templates|b-cdn\.net|block\.html|just a moment|captcha|cf-challenge"
)
_TITLE = re.compile(rb"(?is)<title[^>]*>(.{0,200}?)</title>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A way into BVS: the service and path to ask, and the number that `from` has for the first
    record.
    """

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
class Answer:
    """A judged answer: BVS's count, the position of the first record (from 0; None where not told),
    the records, and what BVS made of the query.
    """

    count: int
    start: int | None
    docs: tuple[Mapping[str, Any], ...]
    translation: str | None


def ask_page(door: Door, query: CompiledQuery, *, first: int, count: int = PAGE) -> Request:
    """A page of `count` records (never 0: BVS fails on that), `first` as the door counts.

    The query goes as it is.
    """
    page = (("from", str(first)), ("count", str(count)), ("output", "json"), ("lang", "en"))
    return Request(
        service=door.service.name,
        path=door.path,
        parameters=(("q", query.text), *query.parameters, *page),
    )


def portal_page(query: CompiledQuery) -> str:
    """The portal's page with the query and its limits, for a browser: records can be exported
    there.
    """
    return f"{PORTAL_PAGE}?{urlencode([('q', query.text), *query.parameters, ('lang', 'en')])}"


def judge_page(door: Door, query: CompiledQuery, *, covered: int) -> Judge:
    """A judge of the answers that should go on after `covered` records."""

    def judge(response: Response) -> Flaw | None:
        if response.status in {401, 403}:
            return _refused(door, response.status)
        if response.status >= 300:
            return None
        told = _whole(response.body, query)
        return told if isinstance(told, Flaw) else _result_flaw(told, query, covered)

    return judge


def read_page(body: bytes) -> Answer:
    """A judged answer."""
    told = _unwrapped(json.loads(body, strict=False))
    response, ran = told["response"], _ran(told)
    start = response.get("start")
    return Answer(
        count=int(response["numFound"]),
        start=int(start) if str(start).isdecimal() else None,
        docs=tuple(response["docs"]),
        translation=ran,
    )


def _refused(door: Door, status: int) -> Flaw:
    if door is PORTAL:
        return Flaw(
            what=f"refused the request (HTTP {status})",
            error=RemoteError,
            hint=f"BVS turns programs away; {WAY_OUT}",
        )
    hint = f"check BVS_API_KEY; or {WAY_OUT}"
    return Flaw(what=f"refused the key (HTTP {status})", error=RemoteError, hint=hint)


def _passing(what: str, *, tries: int | None = None) -> Flaw:
    """A flaw that may pass."""
    hint = "try again later; what was fetched is kept"
    return Flaw(what=what, transient=True, tries=tries, hint=hint)


def _whole(body: bytes, query: CompiledQuery) -> dict[str, Any] | Flaw:
    """The result part of an answer in JSON, or what is there instead."""
    start = body.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        return _passing("answered with an empty body")
    if start[:1] == b"<" or _CHALLENGE.search(start[:4000]):
        return _page_flaw(body)
    try:
        told = _unwrapped(json.loads(body, strict=False))
    except ValueError:
        return _passing("answered with JSON that is cut off or broken")
    if not isinstance(told.get("response"), dict):
        return _no_result(query)
    return told


def _page_flaw(body: bytes) -> Flaw:
    if _CHALLENGE.search(body):
        what = "answered with a challenge page for browsers"
        return Flaw(what=what, hint=f"nothing gets past that without a person; {WAY_OUT}")
    titled = _TITLE.search(body)
    name = " ".join(titled[1].decode("utf-8", "replace").split()) if titled else ""
    what = "answered with a web page" + (f" (“{name}”)" if name else "")
    return Flaw(
        what=what, transient=True, tries=4, hint="try again later; what was fetched is kept"
    )


def _unwrapped(told: object) -> dict[str, Any]:
    """The one result inside `diaServerResponse`; an empty one where there is none."""
    if isinstance(told, dict) and "diaServerResponse" in told:
        inside = told["diaServerResponse"]
        told = inside[0] if isinstance(inside, list) and inside else inside
    return told if isinstance(told, dict) else {}


def _no_result(query: CompiledQuery) -> Flaw:
    wrong = unbalanced(query.text)
    if wrong:
        return Flaw(
            what=f"could not read the query: {wrong}", hint="correct the query in the protocol"
        )
    return _passing("answered without a result", tries=4)


def _result_flaw(told: dict[str, Any], query: CompiledQuery, covered: int) -> Flaw | None:
    response, header = told["response"], told.get("responseHeader")
    if isinstance(header, dict) and str(header.get("status", 0)) != "0":
        return _passing(f"answered with an error (status {header['status']})", tries=4)
    count, docs = response.get("numFound"), response.get("docs")
    if not str(count).isdecimal() or not isinstance(docs, list):
        return _passing("answered without a count or a list")
    if not all(isinstance(doc, dict) and str(doc.get("id") or "").strip() for doc in docs):
        return _passing("sent a record without an identifier", tries=2)
    return _count_flaw(int(str(count)), len(docs), query, covered, _ran(told))


def _count_flaw(
    count: int, listed: int, query: CompiledQuery, covered: int, ran: str | None
) -> Flaw | None:
    if ran is not None and ran.startswith("*:*") and query.text.strip() != "*:*":
        return _passing("searched for everything: the query did not reach it", tries=2)
    if not count:
        return _zero_flaw(query, ran)
    if not listed and count > covered:
        return _passing(f"counted {count} records and sent none after {covered}")
    return None


def _zero_flaw(query: CompiledQuery, ran: str | None) -> Flaw | None:
    """BVS answers a query that it cannot read with an empty result and HTTP 200."""
    wrong = unbalanced(query.text)
    if wrong:
        what = f"answered 0 to a query that it cannot read: {wrong}"
        return Flaw(what=what, hint="correct the query in the protocol")
    if ran is None:
        return _passing("answered 0 without the query that it ran, so it may not have searched")
    return None


def _ran(told: dict[str, Any]) -> str | None:
    """The query and the filters as BVS ran them."""
    header = told.get("responseHeader")
    parameters = header.get("params") if isinstance(header, dict) else None
    if not isinstance(parameters, dict) or not parameters.get("q"):
        return None
    filters = parameters.get("fq") or []
    listed = filters if isinstance(filters, list) else [filters]
    return " AND ".join(str(part) for part in (parameters["q"], *listed) if part)
