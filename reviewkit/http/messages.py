"""Requests, responses, flaws, patience and the clock. No I/O happens here."""

import datetime
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from reviewkit.model.errors import NotARealAnswer, RemoteError
from reviewkit.model.version import __version__


def user_agent() -> str:
    """How reviewkit names itself: honest, and without words that BVS refuses by rule."""
    return f"reviewkit/{__version__} (literature searches for systematic reviews)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request without secrets: it may be stored, shown and shipped.

    `answers` are the statuses from 300 on that are answers too: 404 where "not known" is one.
    """

    service: str
    path: str
    method: str = "GET"
    parameters: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    answers: frozenset[int] = frozenset()

    @property
    def text(self) -> str:
        """The request on one line: its name in the cache and in messages."""
        pairs = [f"{_shown(name)}={_shown(value)}" for name, value in self.parameters]
        headers = [f" [{name.lower()}: {_shown(value)}]" for name, value in sorted(self.headers)]
        text = f"{self.method} {self.service}/{self.path}"
        if pairs:
            text += f"?{'&'.join(pairs)}"

        return text + "".join(headers)


def _shown(value: str) -> str:
    return quote(value, safe=" ,:;/[]()*\"'~!@")


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A whole answer, secrets replaced.

    Header names are in lower case. `received_at` is ISO 8601 in UTC.
    """

    request: Request
    status: int
    headers: Mapping[str, str]
    body: bytes
    received_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """Why an answer is none.

    After a transient flaw the request is sent again, at most `tries` times where that is set.
    """

    what: str
    transient: bool = False
    hint: str = ""
    tries: int | None = None
    error: type[RemoteError] = NotARealAnswer


Judge = Callable[[Response], Flaw | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to wait for what, in seconds, and how often to ask.

    A service that has not answered yet is given up within `unreachable_seconds`: the machine is
    probably offline.
    """

    connect_seconds: float = 10.0
    read_seconds: float = 30.0
    total_seconds: float = 180.0
    longest_retry_after: float = 90.0
    first_backoff: float = 1.0
    longest_backoff: float = 30.0
    tries: int = 6
    unreachable_seconds: float = 7.0
    unreachable_tries: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Time and chance, as arguments: `now` in UTC, `elapsed` in seconds, `jitter` from 0 to 1."""

    now: Callable[[], datetime.datetime]
    elapsed: Callable[[], float]
    sleep: Callable[[float], None]
    jitter: Callable[[], float]


def system_clock(
    now: Callable[[], datetime.datetime] = lambda: datetime.datetime.now(datetime.UTC),
) -> Clock:
    """The machine's own clock; `now` replaces the time of day only."""
    return Clock(
        now=now, elapsed=time.monotonic, sleep=time.sleep, jitter=secrets.SystemRandom().random
    )
