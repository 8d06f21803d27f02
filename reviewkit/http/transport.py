"""One polite HTTP transport for every service: pace, timeouts, retries, patience, redaction.

It knows nothing of what a body means: a caller's judge says whether an answer is one. No secret
leaves it except to its own service, by POST or header wherever the service allows it.
"""

import datetime
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import urlencode

from reviewkit.http.deadline import Started, within
from reviewkit.http.failures import (
    LARGEST_BODY,
    Failure,
    TooLarge,
    as_failure,
    no_connection,
    not_whole,
    refusal,
)
from reviewkit.http.messages import Clock, Judge, Patience, Request, Response, user_agent
from reviewkit.http.pace import Pace, note_of
from reviewkit.http.reach import retry_after, why_unreachable
from reviewkit.http.redact import LogFilter, Redactor
from reviewkit.http.refusals import busy_words
from reviewkit.http.services import Service
from reviewkit.model.errors import CutOff, RateLimited, RemoteError

if TYPE_CHECKING:
    import requests

_LOG = logging.getLogger("reviewkit.http")
_UNREACHABLE_FOR = 30.0  # seconds for which a service out of reach is not tried again
_WORTH_ANOTHER_TRY = 2.0  # seconds that must remain for it
_BUSY_WITHOUT_RETRY_AFTER = 2.0  # seconds; what E-utilities ask for when they say it
_MOST_AHEAD = 15  # requests in flight beside the one whose answer is wanted
_SLOW_LINK = 5.0  # seconds that an answer takes, from which on each is waited for alone
_SPARE = 0.7  # seconds for which the pace is kept while a page is stored, on a busy machine

Flight = Started[Response | Failure]
"""A first attempt that was begun before its answer is wanted."""


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

        from reviewkit.http.connections import PacedAdapter  # noqa: PLC0415  as above

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
        self._took: dict[str, float] = {}
        self._flights: list[Flight] = []
        self._closed = False
        self._failed_connections: Counter[str] = Counter()
        self._out_of_reach: dict[str, tuple[str, float]] = {}
        self._session = requests.Session()
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, PacedAdapter())
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
        self._closed = True
        self._session.close()
        if any(flight.is_under_way for flight in self._flights):
            return  # nobody waits for it, and the log still needs the filter
        logging.getLogger("urllib3.connectionpool").removeFilter(self._log_filter)

    def endpoint(self, service: str) -> str:
        """The base URL of a service, free of secrets."""
        return self._services[service].base_url

    def ahead(self, service: str) -> int:
        """How many requests, in flight beside the wanted one, keep the pace.

        None where answers come before the next turn, and none on a slow link: they would share it.
        """
        interval, took = self._paces[service].interval, self._took.get(service, 0.0)
        if not interval or not interval / 2 < took <= _SLOW_LINK:
            return 0
        return min(_MOST_AHEAD, int((took + _SPARE) / interval))

    def begin(self, request: Request, *, judge: Judge | None = None) -> Flight:
        """A first attempt in its turn, while others are under way. `send` waits for its answer."""
        flight = Started(partial(self._attempt, request, judge, self._clock.elapsed()))
        under_way = [one for one in self._flights if one.is_under_way]
        self._flights = [*under_way, flight]
        return flight

    def send(
        self, request: Request, *, judge: Judge | None = None, flight: Flight | None = None
    ) -> Response:
        """The service's whole answer, once `judge` finds no flaw in it.

        `flight` is the first attempt where that was begun already.
        Raises RemoteError when the service cannot be reached or fails beyond patience, RateLimited
        when it asks for a longer wait than allowed, and the error that a flaw names
        (NotARealAnswer) for an answer that is none.
        """
        self._remind(request.service)
        started = self._clock.elapsed()
        attempt = 0
        while True:
            attempt += 1
            answer = flight.result() if flight else self._attempt(request, judge, started)
            flight = None
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
        self, request: Request, failure: Failure, attempt: int, started: float
    ) -> float:
        """Seconds until the next attempt; raises where there is no next one."""
        patience = self._patience
        backoff = min(patience.longest_backoff, patience.first_backoff * 2.0 ** (attempt - 1))
        wait = backoff * (0.5 + self._clock.jitter() / 2)
        if failure.wait is not None:
            wait = max(wait, failure.wait + self._clock.jitter() * min(1.0, backoff))
        self._check_limit(request, failure)

        spent = self._clock.elapsed() - started
        if attempt < failure.tries and spent + wait <= patience.total_seconds:
            return wait
        tried = f", after {attempt} attempts" if attempt > 1 else ""
        raise self._error(request, f"{failure.what}{tried}", failure)

    def _check_limit(self, request: Request, failure: Failure) -> None:
        """Raise where the service asks for a longer wait than allowed."""
        longest = self._patience.longest_retry_after
        if failure.limit and failure.wait is not None and failure.wait > longest:
            what = f"asks to wait {failure.wait:.0f} s, longer than the {longest:.0f} s allowed"
            raise self._error(request, what, failure)

    def _error(self, request: Request, what: str, failure: Failure) -> RemoteError:
        where = self._services[request.service].label or request.service
        return failure.error(
            self._redactor.text(what),
            where=self._redactor.text(where),
            hint=self._redactor.text(failure.hint),
        )

    def _attempt(self, request: Request, judge: Judge | None, started: float) -> Response | Failure:
        service = self._services[request.service]
        if request.service not in self._reached:
            failure = self._check_reach(request.service, service, started)
            if failure:
                return failure

        response = self._exchange(request, service, started)
        if isinstance(response, Failure):
            return response
        self._reached.add(request.service)
        if response.status == 429 or response.status >= 500:
            failure = self._busy(response, service)
            asked = min(failure.wait or 0.0, self._patience.longest_retry_after)
            self._paces[request.service].hold(asked)
            return failure
        if 200 < response.status < 300:
            return not_whole(response, self._patience.tries)
        return self._judge(request, response, judge)

    def _judge(
        self, request: Request, response: Response, judge: Judge | None
    ) -> Response | Failure:
        """The response, or why it is no answer."""
        flaw = judge(response) if judge else None
        if flaw:
            tries = 1
            if flaw.transient:
                tries = min(flaw.tries or self._patience.tries, self._patience.tries)
            return Failure(what=flaw.what, hint=flaw.hint, tries=tries, error=flaw.error)
        if response.status >= 300 and response.status not in request.answers:
            return refusal(response, self._patience.tries)
        return response

    def _exchange(self, request: Request, service: Service, started: float) -> Response | Failure:
        """One request on the wire, in its turn, and its whole body."""
        from reviewkit.http.connections import in_turn  # noqa: PLC0415  as in __init__

        remaining = self._patience.total_seconds - (self._clock.elapsed() - started)
        read_seconds = max(0.1, min(self._patience.read_seconds, remaining))
        url, body, headers = _on_the_wire(request, service)

        sent: list[float] = []

        def take_turn() -> None:
            self._paces[request.service].wait()
            if self._closed:
                raise OSError("nobody waits for the answer any more")
            sent.append(self._clock.elapsed())

        def ask() -> "requests.Response":
            with in_turn(take_turn):
                return self._session.request(
                    request.method,
                    url,
                    data=body,
                    headers=headers,
                    timeout=(self._patience.connect_seconds, read_seconds),
                    allow_redirects=False,  # a redirect would carry the secrets to another host
                    stream=True,
                )

        failures: list[Failure] = []
        with as_failure(failures, self._patience.tries, late=RemoteError):
            answer = within(max(0.1, remaining), ask)
        if failures:
            return failures[0]

        with as_failure(failures, self._patience.tries, late=CutOff), answer:
            content = self._read(answer, started + self._patience.total_seconds)
            self._took[request.service] = self._clock.elapsed() - sent[-1]
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
            if size > LARGEST_BODY:
                raise TooLarge

        return b"".join(parts)

    def _check_reach(self, name: str, service: Service, started: float) -> Failure | None:
        """Why a service that has not answered yet is out of reach; remembered for a while."""
        known = self._out_of_reach.get(name)
        if known and self._clock.elapsed() - known[1] < _UNREACHABLE_FOR:
            return no_connection(known[0], tries=1)

        why = why_unreachable(service.base_url, seconds=max(0.1, self._time_to_connect(started)))
        if why is None:
            return None

        tries = 1
        if self._time_to_connect(started) > _WORTH_ANOTHER_TRY:
            tries = self._patience.unreachable_tries
        self._failed_connections[name] += 1
        if self._failed_connections[name] >= tries:
            self._out_of_reach[name] = (why, self._clock.elapsed())
        return no_connection(why, tries=tries)

    def _time_to_connect(self, started: float) -> float:
        """The seconds that remain for a service that has not answered yet."""
        return self._patience.unreachable_seconds - (self._clock.elapsed() - started)

    def _busy(self, response: Response, service: Service) -> Failure:
        """The failure of a 429 or 5xx.

        Of the body of a 429 only its message is told: the rest echoes the key or address.
        """
        wait = retry_after(response.headers.get("retry-after"), self._clock.now())
        if response.status == 429:
            spent = service.used_up(response)
            if spent:
                return Failure(what=spent.what, hint=spent.hint, tries=1, error=RateLimited)
            return self._too_many(wait, service, busy_words(response))

        error = RemoteError
        if wait is not None and wait > self._patience.longest_retry_after:
            error = RateLimited
        return Failure(
            what=f"failed (HTTP {response.status})",
            tries=self._patience.tries,
            error=error,
            wait=wait,
            limit=True,
        )

    def _too_many(self, wait: float | None, service: Service, what: str) -> Failure:
        tries = 1
        if service.asks_again_when_busy:
            tries = self._patience.tries
        if wait is None:
            wait = _BUSY_WITHOUT_RETRY_AFTER

        hints = ("try again later", service.busy_hint)
        return Failure(
            what=what,
            hint="; ".join(hint for hint in hints if hint),
            tries=tries,
            error=RateLimited,
            wait=wait,
            limit=True,
        )


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
