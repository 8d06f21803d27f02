"""A small HTTP server on loopback for tests: it records requests and answers with what a function
says.
"""

import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class ReceivedRequest:
    """A request as it came; `pairs` keeps repeated parameters."""

    method: str
    path: str
    pairs: tuple[tuple[str, str], ...]
    headers: dict[str, str]
    at: float

    def get(self, name: str, default: str = "") -> str:
        return dict(self.pairs).get(name, default)

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.pairs if key == name]


@dataclass(frozen=True)
class Answered:
    status: int
    body: bytes
    kind: str = "application/json; charset=UTF-8"
    headers: dict[str, str] = field(default_factory=dict)
    promised: int | None = None
    """The length told, where it is not that of the body."""


class LocalServer:
    """The server. Use it as a context manager; `answer` is called once per request."""

    def __init__(self) -> None:
        self.asked: list[ReceivedRequest] = []
        self._lock = threading.Lock()
        handler = type("Handler", (_Handler,), {"local": self})
        self._http = _Http(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._scripts: dict[int, Callable[[ReceivedRequest], Answered]] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}/"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def on(self, numbers: range | int, told: Answered) -> None:
        """Answer these requests, counted from 1 from now on, with this."""
        with self._lock:
            for number in [numbers] if isinstance(numbers, int) else numbers:
                self._scripts[len(self.asked) + number] = lambda _: told

    def clear(self) -> None:
        """Forget what was to go wrong."""
        with self._lock:
            self._scripts.clear()

    def take(self, asked: ReceivedRequest) -> Answered:
        with self._lock:
            self.asked.append(asked)
            script = self._scripts.pop(len(self.asked), None)
        return script(asked) if script else self.answer(asked)

    def answer(self, asked: ReceivedRequest) -> Answered:
        raise NotImplementedError


class _Http(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Pass over a client that went away, as some tests do. All else is a fault."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # a socket


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    local: LocalServer

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
        """Tests look at `asked` instead."""

    def do_GET(self) -> None:
        self._serve(urlsplit(self.path).query)

    def do_POST(self) -> None:
        self._serve(self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode())

    def _serve(self, form: str) -> None:
        told = self.local.take(
            ReceivedRequest(
                method=self.command,
                path=urlsplit(self.path).path.lstrip("/"),
                pairs=tuple(parse_qsl(form, keep_blank_values=True)),
                headers={name.lower(): value for name, value in self.headers.items()},
                at=time.monotonic(),
            )
        )
        self.send_response(told.status)
        for name, value in ({"Content-Type": told.kind} | told.headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(told.promised or len(told.body)))
        self.end_headers()
        self.wfile.write(told.body)
        self.wfile.flush()
        if told.promised:
            self.close_connection = True
