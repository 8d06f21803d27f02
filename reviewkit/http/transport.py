"""One polite HTTP transport for every service: pace, timeouts, retries, patience, redaction.

It knows nothing of what a body means: a caller's judge says whether an answer is one. No secret leaves it except to
the service that it belongs to, by POST or header wherever the service allows it.
"""

import datetime
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import urlencode, urlsplit

from reviewkit.http.messages import Clock, Judge, Patience, Request, Response, user_agent
from reviewkit.http.pace import Pace, note_of
from reviewkit.http.reach import never_connected, retry_after, why_unreachable
from reviewkit.http.redact import LogFilter, Redactor
from reviewkit.http.services import Service
from reviewkit.model.errors import RateLimited, RemoteError

if TYPE_CHECKING:
    import requests

_LOG = logging.getLogger("reviewkit.http")
_LARGEST_BODY = 512 * 1024 * 1024
_UNREACHABLE_FOR = 30.0  # seconds for which a service found out of reach is not looked for again
_WORTH_ANOTHER_LOOK = 2.0  # seconds that must be left for it
_BUSY_WITHOUT_RETRY_AFTER = 2.0  # seconds; what E-utilities ask for when they say it


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failure:
    """One attempt that brought nothing, and how often the same may be tried in all."""

    what: str
    tries: int
    hint: str = "try again later; what was fetched is kept"
    error: type[RemoteError] = RemoteError
    wait: float | None = None
    limit: bool = False


class Transport:
    """Sends requests to services. Use it as a context manager; one may serve several threads.

    `services` maps the name that a request carries to where and how that service is reached. `on_wait` is told, without
    secrets, what went wrong and for how long it waits before it asks again. `paces` is a folder in which processes
    agree on their turns at a service; without it, each keeps to its limit alone.
    """

    def __init__(
        self,
        services: Mapping[str, Service],
        *,
        clock: Clock,
        patience: Patience | None = None,
        on_wait: Callable[[str], None] = _LOG.info,
        paces: Path | None = None,
    ) -> None:
        import requests  # noqa: PLC0415  a fifth of a second that --help must not pay

        self._services = services
        self._clock = clock
        self._patience = patience or Patience()
        self._on_wait = on_wait
        self._redactor = Redactor(
            secret for service in services.values() for secret in service.all_secrets
        )
        self._paces = {
            name: Pace(
                service.per_second, clock, note_of(paces, service.base_url) if paces else None
            )
            for name, service in services.items()
        }
        self._reached: set[str] = set()
        self._looks: Counter[str] = Counter()
        self._out_of_reach: dict[str, tuple[str, float]] = {}
        self._session = requests.Session()
        self._session.headers.update({"User-Agent": user_agent(), "Accept": "*/*"})
        self._log_filter = LogFilter(redactor=self._redactor)
        logging.getLogger("urllib3.connectionpool").addFilter(self._log_filter)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._session.close()
        logging.getLogger("urllib3.connectionpool").removeFilter(self._log_filter)

    def endpoint(self, service: str) -> str:
        """The base URL of a service, free of secrets."""
        return self._services[service].base_url

    def send(self, request: Request, *, judge: Judge | None = None) -> Response:
        """The service's whole answer, once `judge` finds no flaw in it.

        Raises RemoteError when the service cannot be reached or fails beyond patience, RateLimited when it asks for a
        longer wait than allowed, and the error that a flaw names (NotARealAnswer) for an answer that is none.
        """
        started = self._clock.elapsed()
        attempt = 0
        while True:
            attempt += 1
            answer = self._attempt(request, judge, started)
            if isinstance(answer, Response):
                return answer
            wait = self._wait_before_next(request, answer, attempt, started)
            told = f"{self._services[request.service].label}: {answer.what}; asking again in {wait:.0f} s"
            self._on_wait(self._redactor.text(told))
            self._clock.sleep(wait)

    def _wait_before_next(
        self, request: Request, failure: _Failure, attempt: int, started: float
    ) -> float:
        """Seconds until the next attempt; raises when there is to be none."""
        patience = self._patience
        backoff = min(patience.longest_backoff, patience.first_backoff * 2.0 ** (attempt - 1))
        wait = backoff * (0.5 + self._clock.jitter() / 2)
        if failure.wait is not None:
            wait = failure.wait + self._clock.jitter() * min(1.0, backoff)
        if (
            failure.limit
            and failure.wait is not None
            and failure.wait > patience.longest_retry_after
        ):
            raise self._error(
                request,
                f"asks to wait {failure.wait:.0f} s, longer than the {patience.longest_retry_after:.0f} s allowed",
                failure,
            )
        spent = self._clock.elapsed() - started
        if attempt >= failure.tries or spent + wait > patience.total_seconds:
            tried = f", after {attempt} attempts" if attempt > 1 else ""
            raise self._error(request, f"{failure.what}{tried}", failure)
        return wait

    def _error(self, request: Request, what: str, failure: _Failure) -> RemoteError:
        where = self._services[request.service].label or request.service
        return failure.error(
            self._redactor.text(what),
            where=self._redactor.text(where),
            hint=self._redactor.text(failure.hint),
        )

    def _attempt(
        self, request: Request, judge: Judge | None, started: float
    ) -> Response | _Failure:
        service = self._services[request.service]
        if request.service not in self._reached:
            failure = self._look(request.service, service, started)
            if failure:
                return failure
        got = self._exchange(request, service, started)
        if isinstance(got, _Failure):
            return got
        self._reached.add(request.service)
        if got.status == 429 or got.status >= 500:
            return self._busy(got, service)
        flaw = judge(got) if judge else None
        if flaw:
            tries = (
                min(flaw.tries or self._patience.tries, self._patience.tries)
                if flaw.transient
                else 1
            )
            return _Failure(what=flaw.what, hint=flaw.hint, tries=tries, error=flaw.error)
        return got if got.status < 300 or got.status in request.answers else _refusal(got)

    def _exchange(self, request: Request, service: Service, started: float) -> Response | _Failure:
        """One request on the wire, in its turn, and its whole body."""
        self._paces[request.service].wait()
        left = self._patience.total_seconds - (self._clock.elapsed() - started)
        read_seconds = max(0.1, min(self._patience.read_seconds, left))
        pairs = urlencode([*request.parameters, *service.parameters, *service.secrets])
        url = service.base_url.rstrip("/") + "/" + request.path.lstrip("/")
        headers = dict([*request.headers, *service.secret_headers])
        if request.method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        failures: list[_Failure] = []
        with self._as_failure(failures):
            answer = self._session.request(
                request.method,
                url if request.method == "POST" or not pairs else f"{url}?{pairs}",
                data=pairs.encode() if request.method == "POST" else None,
                headers=headers,
                timeout=(self._patience.connect_seconds, read_seconds),
                allow_redirects=False,  # a redirect would carry the secrets to another host
                stream=True,
            )
            with answer:
                body = self._read(answer, started + self._patience.total_seconds)
            return Response(
                request=request,
                status=answer.status_code,
                headers={
                    name.lower(): self._redactor.text(value)
                    for name, value in answer.headers.items()
                },
                body=self._redactor.body(body),
                received_at=self._clock.now()
                .astimezone(datetime.UTC)
                .isoformat(timespec="seconds"),
            )
        return failures[0]

    def _read(self, answer: "requests.Response", deadline: float) -> bytes:
        """The whole body. `read1` returns what there is, so that a trickle cannot outlast the deadline."""
        parts, size = [], 0
        while chunk := answer.raw.read1(1 << 16, decode_content=True):
            parts.append(chunk)
            size += len(chunk)
            if self._clock.elapsed() > deadline:
                raise TimeoutError
            if size > _LARGEST_BODY:
                raise _TooLarge
        return b"".join(parts)

    @contextmanager
    def _as_failure(self, failures: list[_Failure]) -> Iterator[None]:
        """What goes wrong on the wire, as a failure: the libraries' own words may hold the URL with its secrets."""
        import urllib3.exceptions as wire  # noqa: PLC0415
        from requests import exceptions as asked  # noqa: PLC0415

        again = self._patience.tries
        try:
            yield
        except asked.SSLError:
            what = "its certificate could not be checked"
            hint = (
                "check the machine's date and certificates, or the proxy between it and the service"
            )
            failures.append(_Failure(what=what, hint=hint, tries=1))
        except (asked.ProxyError, asked.ConnectTimeout):
            failures.append(_no_connection("no connection could be made", tries=4))
        except (asked.Timeout, wire.TimeoutError, TimeoutError):
            failures.append(_Failure(what="did not answer in time", tries=again))
        except (
            asked.ContentDecodingError,
            wire.DecodeError,
            wire.IncompleteRead,
            asked.ChunkedEncodingError,
        ):
            failures.append(_Failure(what="sent a truncated body", tries=again))
        except (asked.ConnectionError, wire.HTTPError, OSError) as error:
            if never_connected(error):
                failures.append(_no_connection("no connection could be made", tries=4))
            else:
                cut = "truncated" in str(error) or "IncompleteRead" in str(error)
                what = "sent a truncated body" if cut else "broke the connection off"
                failures.append(_Failure(what=what, tries=again))
        except _TooLarge:
            failures.append(_Failure(what=f"sent more than {_LARGEST_BODY:,} bytes", tries=1))

    def _look(self, name: str, service: Service, started: float) -> _Failure | None:
        """What stands between us and a service that has not answered yet; known for a while once it is known."""
        known = self._out_of_reach.get(name)
        if known and self._clock.elapsed() - known[1] < _UNREACHABLE_FOR:
            return _no_connection(known[0], tries=1)
        left = self._patience.unreachable_seconds - (self._clock.elapsed() - started)
        why = why_unreachable(service.base_url, seconds=max(0.1, left))
        if why is None:
            return None
        left = self._patience.unreachable_seconds - (self._clock.elapsed() - started)
        failure = _no_connection(
            why, tries=self._patience.unreachable_tries if left > _WORTH_ANOTHER_LOOK else 1
        )
        if self._looks[name] + 1 >= failure.tries:
            self._out_of_reach[name] = (why, self._clock.elapsed())
        self._looks[name] += 1
        return failure

    def _busy(self, response: Response, service: Service) -> _Failure:
        """Of a 429 body nothing is told on: it echoes the key or the address."""
        wait = retry_after(response.headers.get("retry-after"), self._clock.now())
        if response.status == 429:
            return _Failure(
                what="too many requests (HTTP 429)",
                hint="; ".join(filter(None, ("try again later", service.busy_hint))),
                tries=self._patience.tries if service.asks_again_when_busy else 1,
                error=RateLimited,
                wait=_BUSY_WITHOUT_RETRY_AFTER if wait is None else wait,
                limit=True,
            )
        error = (
            RateLimited
            if wait is not None and wait > self._patience.longest_retry_after
            else RemoteError
        )
        what = f"failed (HTTP {response.status})"
        return _Failure(what=what, tries=self._patience.tries, error=error, wait=wait, limit=True)


def _no_connection(why: str, *, tries: int) -> _Failure:
    hint = "check the network connection, or work from the cache with --offline"
    return _Failure(what=f"cannot be reached: {why}", hint=hint, tries=tries)


class _TooLarge(Exception):
    pass


def _refusal(response: Response) -> _Failure:
    if response.status < 400:
        told = urlsplit(response.headers.get("location", ""))
        what = f"points elsewhere (HTTP {response.status}, to {told.netloc or 'an unnamed place'})"
        return _Failure(
            what=what, tries=1, hint="a login page may stand between; or the service has moved"
        )
    hint = (
        "check the key"
        if response.status in {401, 403}
        else "the service does not accept this request"
    )
    return _Failure(what=f"refused the request (HTTP {response.status})", tries=1, hint=hint)
