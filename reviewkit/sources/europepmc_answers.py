"""Europe PMC's requests and answers. No I/O happens here.

As documented by Europe PMC (Articles RESTful API, search and searchPOST). Not yet run live.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

from reviewkit.http import Flaw, Judge, Request, Response, ServiceDefinition
from reviewkit.model.errors import RemoteError
from reviewkit.model.foreign import read_json
from reviewkit.query.compile import CompiledQuery
from reviewkit.query.dialects.europepmc import SYNONYMS
from reviewkit.query.lint import unbalanced
from reviewkit.sources.page_source import ListBrokeOff, broken_json, is_number

SERVICE = ServiceDefinition(
    name="europepmc",
    label="Europe PMC",
    url="https://www.ebi.ac.uk/europepmc/webservices/rest/",
    # EBI publishes no figure, so reviewkit keeps to 3 requests a second.
    per_second=3.0,
    owner="ebi.ac.uk",
)
PAGE = 500  # records in one answer; the service allows 1,000
_LONGEST_URL = 1500  # characters of a query above which it goes by POST
_MAY_PASS = frozenset({408, 425, 429})  # codes of the class 4xx that do not blame the request


def ask_page(query: CompiledQuery, cursor: str, kind: str, size: int) -> Request:
    """A page of the list, of so many records.

    Synonyms stay off unless the protocol wants them: they add terms that no strategy names.
    """
    path, method = "search", "GET"
    if len(query.text) > _LONGEST_URL:
        path, method = "searchPOST", "POST"

    page = (
        ("resultType", kind),
        ("synonym", str(query.parameters == SYNONYMS).lower()),
        ("cursorMark", cursor),
        ("pageSize", str(size)),
    )
    return Request(
        service=SERVICE.name,
        path=path,
        method=method,
        parameters=(("query", query.text), *page, ("format", "json")),
    )


def judge_page(query: str, listed: int) -> Judge:
    """A judge of the answer that follows on `listed` entries."""

    def judge(response: Response) -> Flaw | None:
        if response.status >= 300:
            return None
        content = read_content(response.body)
        if isinstance(content, Flaw):
            return content

        return error_flaw(content, query) or _list_flaw(content, query, listed)

    return judge


def _passing(what: str, *, tries: int | None = None) -> Flaw:
    """A flaw that may pass."""
    hint = "try again later; what was fetched is kept"
    return Flaw(what=what, transient=True, tries=tries, hint=hint)


def read_content(body: bytes) -> dict[str, Any] | Flaw:
    """The object in a body, or why there is none."""
    start = body.lstrip()[:1]
    if not start:
        return _passing("answered with an empty body")
    if start == b"<":
        return Flaw(
            what="answered with a web page",
            transient=True,
            tries=4,
            hint="look at the service in a browser",
        )

    try:
        content = read_json(body)
    except ValueError:
        return _passing(broken_json(body))
    if not isinstance(content, dict):
        return _passing("answered with JSON that is no result")
    return content


def error_flaw(content: dict[str, Any], query: str) -> Flaw | None:
    """The service's own error, where the answer holds one."""
    if not content.keys() & {"errCode", "errMsg", "error"}:
        return None

    words = str(content.get("errMsg") or content.get("error") or content.get("errCode")).split()
    message = " ".join(words)[:240]
    what = f"answered with an error: {message}"
    wrong = unbalanced(query)
    if wrong:
        return Flaw(what=what, error=RemoteError, tries=4, hint=f"in the query {wrong}")

    passes = _may_pass(content.get("errCode"))
    return Flaw(what=what, error=RemoteError, transient=passes, tries=4, hint="check the query")


def _may_pass(code: object) -> bool:
    """Whether an error may pass: every one whose code does not blame the request."""
    number = str(code)
    if not is_number(number):
        return True
    return not 400 <= int(number) < 500 or int(number) in _MAY_PASS


def _list_flaw(content: dict[str, Any], query: str, listed: int) -> Flaw | None:
    printed, results = str(content.get("hitCount")), _results(content)
    if not is_number(printed) or results is None:
        return _passing("answered without a count or a list")
    if not all(_has_name(result) for result in results):
        return _passing("sent a record without an identifier", tries=2)

    count, wrong = int(printed), unbalanced(query)
    if not count and wrong:
        what = f"answered 0 to a query that cannot be read: {wrong}"
        return Flaw(what=what, hint="correct the query in the protocol")
    if len(results) > count:
        return _passing(f"counted {count} records and sent {len(results)}")
    if not results and count > listed:
        what = f"counted {count} records and sent none after {listed}"
        return dataclasses.replace(_passing(what, tries=4), error=ListBrokeOff)
    return None


def _results(content: Mapping[str, Any]) -> list[Any] | None:
    container = content.get("resultList")
    if not isinstance(container, dict):
        return None
    results = container.get("result")
    if not isinstance(results, list):
        return None
    return results


def _has_name(result: object) -> bool:
    return isinstance(result, dict) and bool(result.get("id")) and bool(result.get("source"))


def translation_of(content: Mapping[str, Any]) -> str | None:
    """The query as the service ran it."""
    request = content.get("request")
    if not isinstance(request, dict):
        return None
    query = request.get("queryString") or request.get("query")
    return str(query or "") or None
