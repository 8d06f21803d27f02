"""Why a service refused a request: in its own words, with what to do next. No I/O happens here."""

import json
from urllib.parse import urlsplit

from reviewkit.http.messages import Response

_LONGEST_MESSAGE = 240
_NAMES = ("error", "errMsg", "message")


def refusal_words(response: Response) -> tuple[str, str]:
    """What happened, and what to do, for a status of 300 and more."""
    status = response.status
    if status < 400:
        host = urlsplit(response.headers.get("location", "")).netloc or "an unnamed place"
        hint = "a login page may stand between; or the service has moved"
        return f"points elsewhere (HTTP {status}, to {host})", hint
    if status == 407:
        hint = "set HTTPS_PROXY with user and password, or ask who runs your network"
        return "is behind a proxy that wants a login (HTTP 407)", hint

    what, message = f"refused the request (HTTP {status})", _own_words(response.body)
    if message:
        what = f"{what}: {message}"
    if status in {401, 403} or "key" in message.lower():
        return what, "check the key"
    return what, "the service does not accept this request"


def _own_words(body: bytes) -> str:
    """The message of an error in JSON, on one line; empty where there is none."""
    try:
        content = json.loads(body)
    except ValueError:
        return ""
    if not isinstance(content, dict):
        return ""

    values = [content.get(name) for name in _NAMES]
    message = next((value for value in values if isinstance(value, str) and value.strip()), "")
    return " ".join(message.split())[:_LONGEST_MESSAGE]
