"""Whether a service can be reached at all, found out in bounded time, and when it wants to be asked again."""

import datetime
import email.utils
import socket
import threading
from urllib.parse import urlsplit


def why_unreachable(url: str, *, seconds: float) -> str | None:
    """Why no connection can be made within `seconds`; None when one was made.

    In a thread of its own, because a name look-up knows no timeout.
    """
    host, port = first_hop(url)
    found: list[str | None] = []

    def look() -> None:
        try:
            socket.create_connection((host, port), timeout=seconds).close()
            found.append(None)
        except socket.gaierror:
            found.append(f"the name {host} is not known here")
        except OSError as error:
            refused = isinstance(error, ConnectionRefusedError)
            found.append(f"{host} refuses connections" if refused else f"{host} does not answer")

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    thread.join(seconds)
    return found[0] if found else f"{host} does not answer"


def retry_after(header: str | None, now: datetime.datetime) -> float | None:
    """Seconds to wait, from a number or an HTTP date (RFC 9110, section 10.2.3); None if it is neither."""
    if not header:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        at = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=datetime.UTC)
    return max(0.0, (at - now).total_seconds())


def first_hop(url: str) -> tuple[str, int]:
    """Host and port that a connection to the URL goes to: the service, or the proxy that the environment names."""
    from requests.utils import get_environ_proxies, select_proxy  # noqa: PLC0415  a fifth of a second that --help must not pay

    proxy = select_proxy(url, get_environ_proxies(url, no_proxy=None))
    parts = urlsplit(proxy if proxy and "//" in proxy else f"//{proxy}" if proxy else url)
    default = 443 if parts.scheme == "https" else 80
    return parts.hostname or "", parts.port or default


def never_connected(error: BaseException) -> bool:
    from urllib3.exceptions import MaxRetryError, NewConnectionError  # noqa: PLC0415  likewise

    causes = [*error.args, *(arg.reason for arg in error.args if isinstance(arg, MaxRetryError))]
    return any(
        isinstance(cause, NewConnectionError | ConnectionRefusedError | socket.gaierror)
        for cause in causes
    )
