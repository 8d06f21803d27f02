"""Attempts without an answer: what went wrong on the wire, and how often it may be tried again.

The libraries' own messages may hold an address with its secrets: none of them is passed on.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from reviewkit.http.messages import Response
from reviewkit.http.reach import never_connected
from reviewkit.http.refusals import PROXY_LOGIN, may_pass, refusal_words
from reviewkit.model.errors import CutOff, RemoteError, Unreachable

LARGEST_BODY = 512 * 1024 * 1024
_TRIES_OF_A_REFUSAL = 4
_TRIES_TO_CONNECT = 4
_TRUNCATED = "sent a truncated body"


class TooLarge(Exception):
    """A body is longer than `LARGEST_BODY`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One attempt without an answer, and how often it may be tried in all.

    `wait` is how many seconds the service asks for. `limit`: more than patience allows is an error.
    """

    what: str
    tries: int
    hint: str = "try again later; what was fetched is kept"
    error: type[RemoteError] = RemoteError
    wait: float | None = None
    limit: bool = False


@contextmanager
def as_failure(failures: list[Failure], tries: int, *, late: type[RemoteError]) -> Iterator[None]:
    """Add what goes wrong on the wire to `failures`; `late` is the error where time ran out.

    A body that is under way and late is cut off, so fewer records may come whole. A service that
    says nothing is not helped by that.
    """
    import urllib3.exceptions as wire  # noqa: PLC0415  a fifth of a second --help must not pay
    from requests import exceptions as failed  # noqa: PLC0415  as above

    try:
        yield
    except failed.SSLError:
        hint = "check the machine's date and certificates, or the proxy between it and the service"
        what = "its certificate could not be checked"
        failures.append(Failure(what=what, hint=hint, tries=1))
    except (failed.ProxyError, failed.ConnectTimeout) as error:
        why = "no connection could be made"
        if "407" in str(error):
            why = "the proxy wants a login (HTTP 407); set HTTPS_PROXY with user and password"
        failures.append(no_connection(why, tries=_TRIES_TO_CONNECT))
    except (failed.Timeout, wire.TimeoutError, TimeoutError):
        failures.append(Failure(what="did not answer in time", tries=tries, error=late))
    except (
        failed.ContentDecodingError,
        wire.DecodeError,
        wire.IncompleteRead,
        failed.ChunkedEncodingError,
    ):
        failures.append(Failure(what=_TRUNCATED, tries=tries, error=CutOff))
    except (failed.ConnectionError, wire.HTTPError, OSError) as error:
        failures.append(_broken_connection(error, tries=tries))
    except TooLarge:
        what = f"sent more than {LARGEST_BODY:,} bytes"
        failures.append(Failure(what=what, tries=1, error=CutOff))


def no_connection(why: str, *, tries: int) -> Failure:
    """The failure of a service out of reach."""
    hint = "check the network connection, or work from the cache with --offline"
    return Failure(what=f"cannot be reached: {why}", hint=hint, tries=tries, error=Unreachable)


def _broken_connection(error: Exception, *, tries: int) -> Failure:
    if never_connected(error):
        return no_connection("no connection could be made", tries=_TRIES_TO_CONNECT)
    if "truncated" in str(error) or "IncompleteRead" in str(error):
        return Failure(what=_TRUNCATED, tries=tries, error=CutOff)
    return Failure(what="broke the connection off", tries=tries)


def not_whole(response: Response, tries: int) -> Failure:
    """The failure of a status below 300 that promises less than an answer: a part, or none yet."""
    return Failure(what=f"sent no whole answer (HTTP {response.status})", tries=tries)


def refusal(response: Response, tries: int) -> Failure:
    """The failure of a status that is no answer. A proxy that wants a login is not the service."""
    what, hint = refusal_words(response)
    if response.status == PROXY_LOGIN:
        return Failure(what=what, hint=hint, tries=1, error=Unreachable)
    if not may_pass(response):
        tries = 1
    return Failure(what=what, hint=hint, tries=min(tries, _TRIES_OF_A_REFUSAL))
