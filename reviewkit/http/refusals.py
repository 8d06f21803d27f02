"""Why a service refused a request: in its own words, with what to do next. No I/O happens here."""

from urllib.parse import urlsplit

from reviewkit.http.messages import Response
from reviewkit.model.foreign import read_json

PROXY_LOGIN = 407
_LONGEST_MESSAGE = 240
_PASSING = frozenset({408, 421, 425})  # RFC 9110, RFC 8470: the same request may be sent again
_NAMES = ("error", "errMsg", "message")


def refusal_words(response: Response) -> tuple[str, str]:
    """What happened, and what to do, for a status of 300 and more."""
    status = response.status
    if status == 304:
        return (
            "says that nothing changed, and was not asked (HTTP 304)",
            "a cache may stand between",
        )
    if status < 400:
        host = urlsplit(response.headers.get("location", "")).netloc or "an unnamed place"
        hint = "a login page may stand between; or the service has moved"
        return f"points elsewhere (HTTP {status}, to {host})", hint
    if status == PROXY_LOGIN:
        hint = "set HTTPS_PROXY with user and password, or ask who runs your network"
        return "is behind a proxy that wants a login (HTTP 407)", hint

    what, message = f"refused the request (HTTP {status})", own_words(response.body)
    if message:
        what = f"{what}: {message}"
    if status in {401, 403} or "key" in message.lower():
        return what, "check the key"
    return what, "the service does not accept this request: check the query"


def busy_words(response: Response) -> str:
    """What a service says that gets too many requests."""
    message = own_words(response.body)
    return "too many requests (HTTP 429)" + (f": {message}" if message else "")


def may_pass(response: Response) -> bool:
    """Whether a refusal may pass by itself.

    A 400 with no word of the service's own comes from something between here and there.
    """
    if response.status == 400:
        return not own_words(response.body)
    return response.status in _PASSING


def own_words(body: bytes) -> str:
    """The message of an error in JSON, on one line; empty where there is none."""
    try:
        content = read_json(body)
    except ValueError:
        return ""
    if not isinstance(content, dict):
        return ""

    values = [content.get(name) for name in _NAMES]
    message = next((value for value in values if isinstance(value, str) and value.strip()), "")
    return " ".join(message.split())[:_LONGEST_MESSAGE]
