"""Answers in JSON: what is one, what is none, and what a service says where it refuses."""

from typing import Any

from reviewkit.http import Flaw, Response
from reviewkit.model.errors import RemoteError
from reviewkit.model.foreign import read_json
from reviewkit.sources.page_source import broken_json

_LONGEST_WORDS = 240
_TRIES_OF_A_400 = 3
_REFUSALS = {
    400: "",
    401: "check the key, and from which network it may be used",
    403: "this key is not entitled to it; import an export instead",
    404: "the service has moved, or its address is set wrongly",
    413: "the query is too long: split it into strategies",
    414: "the query is too long: split it into strategies",
}
_WHAT_IS_KEPT = "try again later; what was fetched is kept"


def passing(what: str, *, tries: int | None = None) -> Flaw:
    """A flaw that may pass."""
    return Flaw(what=what, transient=True, tries=tries, hint=_WHAT_IS_KEPT)


def json_object(body: bytes) -> dict[str, Any] | Flaw:
    """The object that a body holds, or why it holds none."""
    start = body.lstrip()[:1]
    if not start:
        return passing("answered with an empty body")
    if start == b"<":
        hint = "look at the service in a browser"
        return Flaw(what="answered with a web page", transient=True, tries=4, hint=hint)

    try:
        content = read_json(body)
    except (ValueError, RecursionError):
        return passing(broken_json(body))
    if not isinstance(content, dict):
        return passing("answered with JSON that is no result")
    return content


def own_words(body: bytes) -> str:
    """What a refusal says, on one line: the messages of its JSON, or its text; not a web page."""
    text = body.decode("utf-8", "replace").strip()
    if text.startswith("<"):
        return ""
    try:
        content = read_json(text)
    except (ValueError, RecursionError):
        return " ".join(text.split())[:_LONGEST_WORDS]

    return " ".join(" ".join(_messages(content)).split())[:_LONGEST_WORDS]


def _messages(content: object) -> list[str]:
    """The texts under the names that services give to their messages."""
    if isinstance(content, list):
        found: list[str] = []
        for one in content:
            found.extend(_messages(one))
        return found
    if not isinstance(content, dict):
        return []

    for name in ("message", "statusText", "error", "errors", "service-error", "status"):
        value = content.get(name)
        if isinstance(value, str) and value.strip():
            return [value]
        if isinstance(value, dict | list) and _messages(value):
            return _messages(value)
    return []


def refused_request(response: Response) -> Flaw | None:
    """The flaw of a 400, 401, 403, 404, 413 or 414, in the service's own words."""
    if response.status not in _REFUSALS:
        return None
    if response.status == 400:
        return refused_query(response)

    words = own_words(response.body)
    what = f"refused the request (HTTP {response.status}): {words}".rstrip(": ")
    return Flaw(what=what, error=RemoteError, hint=_REFUSALS[response.status])


def refused_query(response: Response) -> Flaw | None:
    """The flaw of a 400, in the service's own words.

    Some services send what passes with this status too, and no code tells the two apart: so it is
    tried again, whatever the words are.
    """
    if response.status != 400:
        return None

    words = own_words(response.body)
    what = f"refused the request (HTTP 400): {words}".rstrip(": ")
    hint = "correct the query in the protocol, or try again later"
    return Flaw(what=what, transient=True, tries=_TRIES_OF_A_400, error=RemoteError, hint=hint)
