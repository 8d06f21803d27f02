"""A small HTTP server on loopback for tests: it records requests and answers with what a function
says.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from tests.servers.loopback import Loopback, LoopbackHandler


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


class LocalServer(Loopback):
    """The server. Use it as a context manager; `answer` is called once per request."""

    def __init__(self) -> None:
        super().__init__(_Handler)
        self.asked: list[ReceivedRequest] = []
        self._scripts: dict[int, Callable[[ReceivedRequest], Answered]] = {}

    def on(self, numbers: range | int, reply: Answered) -> None:
        """Answer these requests, counted from 1 from now on, with this."""
        with self._lock:
            for number in [numbers] if isinstance(numbers, int) else numbers:
                self._scripts[len(self.asked) + number] = lambda _: reply

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


class _Handler(LoopbackHandler):
    def serve(self, form: bytes | None) -> None:
        sent = self.parameters(form)
        reply = self.local.take(
            ReceivedRequest(
                method=self.command,
                path=urlsplit(self.path).path.lstrip("/"),
                pairs=tuple(parse_qsl(sent, keep_blank_values=True)),
                headers={name.lower(): value for name, value in self.headers.items()},
                at=time.monotonic(),
            )
        )
        self.send_response(reply.status)
        for name, value in ({"Content-Type": reply.kind} | reply.headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(reply.promised or len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)
        self.wfile.flush()
        if reply.promised:
            self.close_connection = True
