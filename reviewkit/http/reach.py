"""Whether a service can be reached, and when it wants the next request."""

import datetime
import email.utils
import socket
from functools import partial
from urllib.parse import urlsplit

from reviewkit.http.deadline import within
from reviewkit.model.errors import UsageError


def why_unreachable(url: str, *, seconds: float) -> str | None:
    """Why no connection can be made within `seconds`; `None` where one was made.

    It runs in a thread of its own, because a name look-up knows no timeout.
    """
    host, port = first_hop(url)
    try:
        return within(seconds, partial(_try_to_connect, host, port, seconds))
    except TimeoutError:
        return f"{host} does not answer"


def _try_to_connect(host: str, port: int, seconds: float) -> str | None:
    """Why a connection cannot be made; `None` where it was."""
    try:
        socket.create_connection((host, port), timeout=seconds).close()
    except (socket.gaierror, UnicodeError):
        return f"the name {host} is not known here"
    except ConnectionRefusedError:
        return f"{host} refuses connections"
    except OSError:
        return f"{host} does not answer"
    return None


def retry_after(header: str | None, now: datetime.datetime) -> float | None:
    """Seconds to wait, from a number or an HTTP date (RFC 9110, section 10.2.3); else `None`."""
    if not header:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        at = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None

    if at.tzinfo is None:
        at = at.replace(tzinfo=datetime.UTC)
    return max(0.0, (at - now).total_seconds())


def first_hop(url: str) -> tuple[str, int]:
    """Host and port of the first connection: the service, or the environment's proxy.

    Raises UsageError for an address that cannot be one. It may hold a password and is not shown.
    """
    from requests.utils import get_environ_proxies, select_proxy  # noqa: PLC0415  slow, for --help

    hop = select_proxy(url, get_environ_proxies(url, no_proxy=None)) or url
    if "//" not in hop:
        hop = f"//{hop}"
    try:
        parts = urlsplit(hop)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise UsageError(
            "the address of the proxy, or of the service, cannot be one",
            hint="check HTTPS_PROXY, HTTP_PROXY and ALL_PROXY, for example http://proxy:8080",
        ) from error
    return parts.hostname or "", port


def never_connected(error: BaseException) -> bool:
    """Whether an error says that no connection was made at all."""
    from urllib3.exceptions import MaxRetryError, NewConnectionError  # noqa: PLC0415  likewise

    causes = [*error.args, *(arg.reason for arg in error.args if isinstance(arg, MaxRetryError))]
    return any(
        isinstance(cause, NewConnectionError | ConnectionRefusedError | socket.gaierror)
        for cause in causes
    )
