"""One polite HTTP transport for every service: pace, timeouts, retries, patience, redaction.

It knows nothing of what a body means: a caller's judge says whether an answer is one. No secret
leaves it except to its own service, by POST or header wherever the service allows it.
"""

import datetime
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import urlencode

from reviewkit.http.deadline import within
from reviewkit.http.messages import Clock, Judge, Patience, Request, Response, user_agent
from reviewkit.http.pace import Pace, note_of
from reviewkit.http.reach import never_connected, retry_after, why_unreachable
from reviewkit.http.redact import LogFilter, Redactor
from reviewkit.http.refusals import busy_words, may_pass, refusal_words
from reviewkit.http.services import Service
from reviewkit.model.errors import CutOff, RateLimited, RemoteError, Unreachable

if TYPE_CHECKING:
    import requests

_LOG = logging.getLogger("reviewkit.http")
_LARGEST_BODY = 512 * 1024 * 1024
_UNREACHABLE_FOR = 30.0  # seconds for which a service out of reach is not tried again
_TRIES_OF_A_REFUSAL = 4
_TRUNCATED = "sent a truncated body"
_WORTH_ANOTHER_TRY = 2.0  # seconds that must remain for it
_BUSY_WITHOUT_RETRY_AFTER = 2.0  # seconds; what E-utilities ask for when they say it


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failure:
    """One attempt without an answer, and how often it may be tried in all.

    `wait` is how many seconds the service asks for. `limit`: more than patience allows is an error.
    """

    what: str
    tries: int
    hint: str = "try again later; what was fetched is kept"
    error: type[RemoteError] = RemoteError
    wait: float | None = None
    limit: bool = False


class Transport:
    """Sends requests to services. Use it as a context manager; one may serve several threads.

    - `services`: by the name that a request carries, where and how that service is reached.
    - `on_wait` gets a message without secrets: what went wrong, and how long it waits.
    - `paces`: a folder in which processes share their turns at a service. Without it, each process
      keeps to the limit alone.
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
        secrets: list[str] = []
        for service in services.values():
            secrets.extend(service.all_secrets)
        self._redactor = Redactor(secrets)
        self._paces = {name: _pace_of(service, clock, paces) for name, service in services.items()}
        self._reached: set[str] = set()
        self._reminded: set[str] = set()
        self._failed_connections: Counter[str] = Counter()
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

        Raises RemoteError when the service cannot be reached or fails beyond patience, RateLimited
        when it asks for a longer wait than allowed, and the error that a flaw names
        (NotARealAnswer) for an answer that is none.
        """
        self._remind(request.service)
        started = self._clock.elapsed()
        attempt = 0
        while True:
            attempt += 1
            answer = self._attempt(request, judge, started)
            if isinstance(answer, Response):
                return answer

            wait = self._wait_before_next(request, answer, attempt, started)
            label = self._services[request.service].label
            message = f"{label}: {answer.what}; asking again in {wait:.0f} s"
            self._on_wait(self._redactor.text(message))
            self._clock.sleep(wait)

    def _remind(self, name: str) -> None:
        """Say, before the first request to a service, what it asks its users to set."""
        if name not in self._reminded:
            self._reminded.add(name)
            for line in self._services[name].reminders:
                self._on_wait(line)

    def _wait_before_next(
        self, request: Request, failure: _Failure, attempt: int, started: float
    ) -> float:
        """Seconds until the next attempt; raises where there is no next one."""
        patience = self._patience
        backoff = min(patience.longest_backoff, patience.first_backoff * 2.0 ** (attempt - 1))
        wait = backoff * (0.5 + self._clock.jitter() / 2)
        if failure.wait is not None:
            wait = failure.wait + self._clock.jitter() * min(1.0, backoff)
        self._check_limit(request, failure)

        spent = self._clock.elapsed() - started
        if attempt < failure.tries and spent + wait <= patience.total_seconds:
            return wait
        tried = f", after {attempt} attempts" if attempt > 1 else ""
        raise self._error(request, f"{failure.what}{tried}", failure)

    def _check_limit(self, request: Request, failure: _Failure) -> None:
        """Raise where the service asks for a longer wait than allowed."""
        longest = self._patience.longest_retry_after
        if failure.limit and failure.wait is not None and failure.wait > longest:
            what = f"asks to wait {failure.wait:.0f} s, longer than the {longest:.0f} s allowed"
            raise self._error(request, what, failure)

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
            failure = self._check_reach(request.service, service, started)
            if failure:
                return failure

        response = self._exchange(request, service, started)
        if isinstance(response, _Failure):
            return response
        self._reached.add(request.service)
        if response.status == 429 or response.status >= 500:
            return self._busy(response, service)
        return self._judge(request, response, judge)

    def _judge(
        self, request: Request, response: Response, judge: Judge | None
    ) -> Response | _Failure:
        """The response, or why it is no answer."""
        flaw = judge(response) if judge else None
        if flaw:
            tries = 1
            if flaw.transient:
                tries = min(flaw.tries or self._patience.tries, self._patience.tries)
            return _Failure(what=flaw.what, hint=flaw.hint, tries=tries, error=flaw.error)
        if response.status >= 300 and response.status not in request.answers:
            return _refusal(response, self._patience.tries)
        return response

    def _exchange(self, request: Request, service: Service, started: float) -> Response | _Failure:
        """One request on the wire, in its turn, and its whole body."""
        self._paces[request.service].wait()
        remaining = self._patience.total_seconds - (self._clock.elapsed() - started)
        read_seconds = max(0.1, min(self._patience.read_seconds, remaining))
        url, body, headers = _on_the_wire(request, service)

        failures: list[_Failure] = []
        with self._as_failure(failures):
            ask = partial(
                self._session.request,
                request.method,
                url,
                data=body,
                headers=headers,
                timeout=(self._patience.connect_seconds, read_seconds),
                allow_redirects=False,  # a redirect would carry the secrets to another host
                stream=True,
            )
            answer = within(max(1.0, remaining), ask)
            with answer:
                content = self._read(answer, started + self._patience.total_seconds)
            return self._response(request, answer, content)
        return failures[0]

    def _response(self, request: Request, answer: "requests.Response", content: bytes) -> Response:
        """The answer without secrets."""
        now = self._clock.now().astimezone(datetime.UTC)
        return Response(
            request=request,
            status=answer.status_code,
            headers={
                name.lower(): self._redactor.text(value) for name, value in answer.headers.items()
            },
            body=self._redactor.body(content),
            received_at=now.isoformat(timespec="seconds"),
        )

    def _read(self, answer: "requests.Response", deadline: float) -> bytes:
        """The whole body. `read1` returns what there is: a trickle cannot outlast the deadline."""
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
        """What goes wrong on the wire, as a failure.

        The libraries' own messages may hold the URL with its secrets.
        """
        import urllib3.exceptions as wire  # noqa: PLC0415
        from requests import exceptions as failed  # noqa: PLC0415

        tries = self._patience.tries
        try:
            yield
        except failed.SSLError:
            hint = (
                "check the machine's date and certificates, or the proxy between it and the service"
            )
            what = "its certificate could not be checked"
            failures.append(_Failure(what=what, hint=hint, tries=1))
        except (failed.ProxyError, failed.ConnectTimeout) as error:
            why = "no connection could be made"
            if "407" in str(error):
                why = "the proxy wants a login (HTTP 407); set HTTPS_PROXY with user and password"
            failures.append(_no_connection(why, tries=4))
        except (failed.Timeout, wire.TimeoutError, TimeoutError):
            what = "did not answer in time"
            failures.append(_Failure(what=what, tries=tries, error=CutOff))
        except (
            failed.ContentDecodingError,
            wire.DecodeError,
            wire.IncompleteRead,
            failed.ChunkedEncodingError,
        ):
            failures.append(_Failure(what=_TRUNCATED, tries=tries, error=CutOff))
        except (failed.ConnectionError, wire.HTTPError, OSError) as error:
            failures.append(_broken_connection(error, tries=tries))
        except _TooLarge:
            what = f"sent more than {_LARGEST_BODY:,} bytes"
            failures.append(_Failure(what=what, tries=1, error=CutOff))

    def _check_reach(self, name: str, service: Service, started: float) -> _Failure | None:
        """Why a service that has not answered yet is out of reach; remembered for a while."""
        known = self._out_of_reach.get(name)
        if known and self._clock.elapsed() - known[1] < _UNREACHABLE_FOR:
            return _no_connection(known[0], tries=1)

        why = why_unreachable(service.base_url, seconds=max(0.1, self._time_to_connect(started)))
        if why is None:
            return None

        tries = 1
        if self._time_to_connect(started) > _WORTH_ANOTHER_TRY:
            tries = self._patience.unreachable_tries
        self._failed_connections[name] += 1
        if self._failed_connections[name] >= tries:
            self._out_of_reach[name] = (why, self._clock.elapsed())
        return _no_connection(why, tries=tries)

    def _time_to_connect(self, started: float) -> float:
        """The seconds that remain for a service that has not answered yet."""
        return self._patience.unreachable_seconds - (self._clock.elapsed() - started)

    def _busy(self, response: Response, service: Service) -> _Failure:
        """The failure of a 429 or 5xx.

        Of the body of a 429 only its message is told: the rest echoes the key or address.
        """
        wait = retry_after(response.headers.get("retry-after"), self._clock.now())
        if response.status == 429:
            spent = service.used_up(response)
            if spent:
                return _Failure(what=spent.what, hint=spent.hint, tries=1, error=RateLimited)
            return self._too_many(wait, service, busy_words(response))

        error = RemoteError
        if wait is not None and wait > self._patience.longest_retry_after:
            error = RateLimited
        return _Failure(
            what=f"failed (HTTP {response.status})",
            tries=self._patience.tries,
            error=error,
            wait=wait,
            limit=True,
        )

    def _too_many(self, wait: float | None, service: Service, what: str) -> _Failure:
        tries = 1
        if service.asks_again_when_busy:
            tries = self._patience.tries
        if wait is None:
            wait = _BUSY_WITHOUT_RETRY_AFTER

        hints = ("try again later", service.busy_hint)
        return _Failure(
            what=what,
            hint="; ".join(hint for hint in hints if hint),
            tries=tries,
            error=RateLimited,
            wait=wait,
            limit=True,
        )


class _TooLarge(Exception):
    pass


def _pace_of(service: Service, clock: Clock, folder: Path | None) -> Pace:
    if folder is None:
        return Pace(service.per_second, clock)
    return Pace(service.per_second, clock, note_of(folder, service.base_url))


def _on_the_wire(request: Request, service: Service) -> tuple[str, bytes | None, dict[str, str]]:
    """The URL, the body and the headers of a request, with the service's secrets."""
    pairs = urlencode([*request.parameters, *service.parameters, *service.secrets])
    url = service.base_url.rstrip("/") + "/" + request.path.lstrip("/")
    headers = dict([*request.headers, *service.secret_headers])
    if request.method == "POST":
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return url, pairs.encode(), headers
    if pairs:
        url = f"{url}?{pairs}"

    return url, None, headers


def _no_connection(why: str, *, tries: int) -> _Failure:
    hint = "check the network connection, or work from the cache with --offline"
    return _Failure(what=f"cannot be reached: {why}", hint=hint, tries=tries, error=Unreachable)


def _broken_connection(error: Exception, *, tries: int) -> _Failure:
    if never_connected(error):
        return _no_connection("no connection could be made", tries=4)
    if "truncated" in str(error) or "IncompleteRead" in str(error):
        return _Failure(what=_TRUNCATED, tries=tries, error=CutOff)
    return _Failure(what="broke the connection off", tries=tries)


def _refusal(response: Response, tries: int) -> _Failure:
    what, hint = refusal_words(response)
    if not may_pass(response):
        tries = 1
    return _Failure(what=what, hint=hint, tries=min(tries, _TRIES_OF_A_REFUSAL))
