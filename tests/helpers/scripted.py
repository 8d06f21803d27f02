"""Pages of a service that a test writes down: no network, no cache, one answer after another."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from reviewkit.cache import RawPage, RunHeader
from reviewkit.http import Flaw, Judge, Request, Response
from reviewkit.model.earlier import EarlierRecords
from reviewkit.model.errors import NotARealAnswer, RemoteError
from reviewkit.model.records import PageRef, Record

HEADER = RunHeader(
    source="s",
    strategy="s",
    query="q",
    endpoint="https://service.invalid/",
    started_at="2026-11-01T12:00:00Z",
)


class Flawed(Exception):
    """The judge found this flaw: the page would be asked for again, or given up."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw.what)
        self.flaw = flaw


@dataclass
class ScriptedPages:
    """A run that was just begun. Its answers come in turn: bytes, text, or an object as JSON; a
    status with one of these; or an error of the way there.

    The n-th answer was retrieved n seconds after noon and has the hash "page n". `stored` are the
    texts of requests whose answers the run is said to hold.
    """

    answers: Sequence[object]
    earlier: EarlierRecords | None = None
    complete: bool = False
    stored: frozenset[str] = frozenset()
    requests: list[Request] = field(default_factory=list)
    expected: list[list[str]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    _used: list[RawPage] = field(default_factory=list)

    @property
    def header(self) -> RunHeader:
        return HEADER

    @property
    def used(self) -> tuple[PageRef, ...]:
        return tuple(page.ref for page in self._used)

    def holds(self, request: Request) -> bool:
        return request.text in self.stored

    def expect(self, requests: Sequence[Request], *, judge: Judge | None = None) -> None:
        self.expected.append([request.text for request in requests])

    def get(self, request: Request, *, judge: Judge | None = None) -> RawPage:
        number = len(self.requests)
        self.requests.append(request)
        if number == len(self.answers):
            raise NoMoreAnswers(request.text)

        answer = self.answers[number]
        if isinstance(answer, Exception):
            raise answer
        status, body = _status_and_body(answer)
        at = f"2026-11-01T12:00:{number + 1:02}Z"
        flaw = judge(_response(request, status, body, at)) if judge else None
        if flaw:
            raise Flawed(flaw)
        if status >= 300 and status not in request.answers:
            raise LeftToTransport(f"HTTP {status}")

        ref = PageRef(request=request.text, sha256=f"page {number + 1}", retrieved_at=at)
        self._used.append(RawPage(ref=ref, body=body))
        return self._used[-1]

    def read(self, ref: PageRef) -> bytes:
        return next(page.body for page in self._used if page.ref.sha256 == ref.sha256)

    def refuse(self, pages: Sequence[PageRef], *, why: str) -> None:
        self.refused.append(why)
        self._used = [page for page in self._used if page.ref not in pages]

    def finish(self) -> None:
        self.complete = True

    def asked(self, *names: str) -> list[tuple[str, ...]]:
        """What each request said under these names; "-" where it said nothing."""
        said = [dict(request.parameters) for request in self.requests]
        return [tuple(one.get(name, "-") for name in names) for one in said]


class NoMoreAnswers(Exception):
    """One page more was asked for than the test wrote down."""


class LeftToTransport(Exception):
    """An answer whose status says it all: no judge looks at it."""


def _response(request: Request, status: int, body: bytes, at: str) -> Response:
    return Response(request=request, status=status, headers={}, body=body, received_at=at)


def _status_and_body(answer: object) -> tuple[int, bytes]:
    status = 200
    if isinstance(answer, tuple):
        status, answer = answer
    if isinstance(answer, bytes):
        return status, answer
    if isinstance(answer, str):
        return status, answer.encode()
    return status, json.dumps(answer).encode()


LASTS, PASSES = False, True
ExpectedFlaw = tuple[str, bool, int | None, type[RemoteError]]


def flaw_of(
    what: str,
    passes: bool = PASSES,
    tries: int | None = None,
    error: type[RemoteError] = NotARealAnswer,
) -> ExpectedFlaw:
    """What a flaw says, whether it may pass, how often it is tried, and the error that it ends in."""
    return what, passes, tries, error


def flaw_in(search: Callable[[ScriptedPages], Any], *answers: object) -> ExpectedFlaw | None:
    """The flaw of the last of these answers; `None` where it is an answer."""
    pages = ScriptedPages(answers)
    try:
        search(pages)
    except Flawed as flawed:
        assert len(pages.requests) == len(answers), "an earlier answer was refused"
        flaw = flawed.flaw
        assert flaw.hint, "it is not said what to do next"
        return flaw.what, flaw.transient, flaw.tries, flaw.error
    except NoMoreAnswers:
        return None
    return None


@dataclass
class Titled:
    """What is known of the records: each of them has a title; so many were counted before."""

    names: tuple[str, ...]
    counted: int | None = None
    pages: tuple[str, ...] = ()

    def lost(self, record: Record) -> tuple[str, ...]:
        return () if record.title else ("title",)

    def count(self, query: str) -> int | None:
        return self.counted
