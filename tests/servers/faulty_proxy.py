"""A proxy on loopback before a calm local server: it spoils the answers that a plan names.

What it spoils is bytes, status and headers: it serves every source alike. What is wrong inside an
answer, though the answer is whole, is made by a `Spoiler` that knows the shape of a service.
"""

import gzip
import http.client
import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from tests.servers.loopback import Loopback, LoopbackHandler


@dataclass(frozen=True)
class Whole:
    """An answer as the calm server gave it, or as it goes out.

    `promised`: the length it tells. `manner`: how it is sent, one of `_MANNERS`.
    """

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    promised: int | None = None
    manner: str = ""


Spoiler = Callable[[Whole, random.Random], Whole | None]
"""Makes an answer wrong; `None` closes the connection without one."""


def _page(status: int, title: str = "Maintenance") -> Spoiler:
    body = f"<!DOCTYPE html><html><head><title>{title}</title></head></html>".encode()
    return lambda whole, chance: Whole(status, body, {"Content-Type": "text/html"})


def _told(status: int, body: bytes = b"", **headers: str) -> Spoiler:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda whole, chance: Whole(status, body, named)


def _cut(whole: Whole, chance: random.Random) -> Whole:
    return replace(whole, body=whole.body[: chance.randrange(max(1, len(whole.body)))])


def _truncated(whole: Whole, chance: random.Random) -> Whole:
    return replace(_cut(whole, chance), promised=len(whole.body) or 9)


def _not_utf8(whole: Whole, chance: random.Random) -> Whole:
    if not whole.body:
        return whole
    at = chance.randrange(len(whole.body))
    return replace(whole, body=whole.body[:at] + b"\xff" + whole.body[at + 1 :])


def _manner(name: str) -> Spoiler:
    return lambda whole, chance: replace(whole, manner=name)


def _packed(whole: Whole, body: bytes) -> Whole:
    return replace(whole, body=body, headers={**whole.headers, "Content-Encoding": "gzip"})


def _packed_and_cut(whole: Whole, chance: random.Random) -> Whole:
    body = gzip.compress(whole.body)
    return _packed(whole, body[: chance.randrange(len(body) // 2, len(body))])


def _other_charset(whole: Whole, chance: random.Random) -> Whole:
    body = whole.body.decode("utf-8", "replace").encode("utf-16")
    return replace(whole, body=body, headers={"Content-Type": "text/plain; charset=UTF-16"})


_BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE eSearchResult [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    b"<eSearchResult><Count>0</Count><QueryTranslation>&b;</QueryTranslation></eSearchResult>"
)
LARGEST = 1 << 20
"""The largest body that a client should take, so that a test of `SLOW` is short."""
_PACKED_BOMB = gzip.compress(b" " * (4 * LARGEST))

WIRE: Mapping[str, Spoiler] = {
    "429": _told(429, b'{"error":"API rate limit exceeded"}', Retry_After="1"),
    "429 without Retry-After": _told(429),
    "500": _told(500, b"oops"),
    "502": _page(502, "Bad Gateway"),
    "503": _told(503, b"", Retry_After="2"),
    "200 web page": _page(200),
    "400 web page": _page(400),
    "redirect": _told(302, b"", Location="https://login.invalid/"),
    "redirect with a page": _page(307),
    "redirect to itself": _told(301, b"", Location="/"),
    "empty": _told(200),
    "202 accepted": _told(202, b'{"status":"queued"}'),
    "204 no content": _told(204),
    "206 a part": lambda whole, chance: replace(_cut(whole, chance), status=206),
    "304 not asked for": _told(304),
    "429 until last year": _told(429, Retry_After="Fri, 28 Nov 2025 10:00:00 GMT"),
    "429 for a year": _told(429, Retry_After="31536000"),
    "429 until some day": _told(429, Retry_After="soon"),
    "a number without end": _told(200, b'{"count":' + b"9" * 9999 + b"}"),
    "brackets without end": _told(200, b"[" * 99_999),
    "another charset": _other_charset,
    "packed and cut": _packed_and_cut,
    "packed, and more behind": lambda whole, chance: _packed(
        whole, gzip.compress(whole.body) + b"and more"
    ),
    "said to be packed": lambda whole, chance: _packed(whole, whole.body),
    "cut, no length told": lambda whole, chance: replace(
        _cut(whole, chance), manner="no length told"
    ),
    "a chunk that is cut": _manner("a chunk that is cut"),
    "no HTTP": _manner("no HTTP"),
    "a header without end": _manner("a header without end"),
    "an error in JSON": _told(200, b'{"error":"Something odd happened"}'),
    "an error in XML": _told(200, b"<eSearchResult><ERROR>Odd</ERROR></eSearchResult>"),
    "a bomb": _told(200, _BOMB),
    "cut": _cut,
    "truncated": _truncated,
    "not UTF-8": _not_utf8,
    "closed": lambda whole, chance: None,
}
"""What can go wrong with any answer of any service."""

HARMLESS = frozenset({"another charset", "packed, and more behind"})
"""Of these the true answer may be read all the same."""

SLOW: Mapping[str, Spoiler] = {
    "no answer": _manner("no answer"),
    "headers that drip": _manner("headers that drip"),
    "a body that drips": _manner("a body that drips"),
    "a body without end": _manner("a body without end"),
    "a bomb that is packed": lambda whole, chance: _packed(whole, _PACKED_BOMB),
}
"""What takes time, or room: for a client of little patience, which a test sets."""


class FaultyProxy(Loopback):
    """The proxy. Use it as a context manager.

    `plan` names the spoiler for each request, or none; `at` tells the time of its arrival.
    """

    def __init__(self, url: str, *, at: Callable[[], float] = lambda: 0.0) -> None:
        super().__init__(_Handler)
        self.upstream = urlsplit(url)
        self.path = self.upstream.path
        self.plan: Callable[[int], Spoiler | None] = lambda number: None
        self.chance = random.Random(0)
        self.at = at
        self.arrivals: list[float] = []
        self._answers = 0

    def calm(self) -> None:
        """Spoil nothing from now on."""
        self.plan = lambda number: None

    def arrive(self) -> None:
        """Note the time of a request: a slow answer does not change it."""
        with self._lock:
            self.arrivals.append(self.at())

    def spoil(self, whole: Whole) -> Whole | None:
        """The answer as the plan wants it."""
        with self._lock:
            self._answers += 1
            spoiler = self.plan(self._answers)
            return spoiler(whole, self.chance) if spoiler else whole


class _Handler(LoopbackHandler):
    def serve(self, form: bytes | None) -> None:
        self.local.arrive()
        reply = self.local.spoil(self._ask(form))
        if reply is None:
            self.close_connection = True
            return
        if reply.manner:
            self.close_connection = True
            for piece in _MANNERS[reply.manner](reply):
                self.wfile.write(piece)
                self.wfile.flush()
                if self.local.closing.is_set():
                    return
            return
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(reply.promised or len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)
        self.wfile.flush()
        self.close_connection = reply.promised is not None

    def _ask(self, form: bytes | None) -> Whole:
        upstream = self.local.upstream
        connection = http.client.HTTPConnection(upstream.hostname or "", upstream.port or 80)
        headers = {
            name: value
            for name, value in self.headers.items()
            if name.lower() not in {"host", "content-length", "connection"}
        }
        try:
            connection.request(self.command, self.path, body=form, headers=headers)
            answer = connection.getresponse()
            kept = {
                name: value
                for name, value in answer.getheaders()
                if name.lower() in {"content-type", "retry-after", "location"}
            }
            return Whole(answer.status, answer.read(), kept)
        finally:
            connection.close()


# How an answer is sent where that is what is wrong: its pieces, one after the other.

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
_PAUSE = 0.02


def _no_answer(whole: Whole) -> Iterator[bytes]:
    for _ in range(250):
        time.sleep(_PAUSE)
        yield b""


def _headers_that_drip(whole: Whole) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nX-Word: "
    while True:
        time.sleep(_PAUSE)
        yield b"x"


def _body_that_drips(whole: Whole) -> Iterator[bytes]:
    yield _HEAD + b"Content-Length: 1000000\r\n\r\n"
    while True:
        time.sleep(_PAUSE)
        yield b" "


def _body_without_end(whole: Whole) -> Iterator[bytes]:
    yield _HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    while True:
        yield b"10000\r\n" + b" " * 0x10000 + b"\r\n"


def _no_length_told(whole: Whole) -> Iterator[bytes]:
    yield b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n" + whole.body


def _chunk_that_is_cut(whole: Whole) -> Iterator[bytes]:
    half = whole.body[: len(whole.body) // 2]
    size = b"%x\r\n" % (len(whole.body) + 1)
    yield _HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + size + half


def _no_http(whole: Whole) -> Iterator[bytes]:
    yield b"SSH-2.0-OpenSSH_9.6\r\n"


def _header_without_end(whole: Whole) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nX-Word: " + b"x" * 100_000 + b"\r\n\r\n"


_MANNERS: Mapping[str, Callable[[Whole], Iterator[bytes]]] = {
    "no answer": _no_answer,
    "headers that drip": _headers_that_drip,
    "a body that drips": _body_that_drips,
    "a body without end": _body_without_end,
    "no length told": _no_length_told,
    "a chunk that is cut": _chunk_that_is_cut,
    "no HTTP": _no_http,
    "a header without end": _header_without_end,
}
