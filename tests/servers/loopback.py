"""What every server of the tests is made of: HTTP on loopback, in a thread of its own."""

import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit


class Loopback:
    """A server. Use it as a context manager; its handler finds it under `local`.

    `path` is what its address ends with. `closing` is set as soon as it is to end.
    """

    path = "/"

    def __init__(self, handler: type[BaseHTTPRequestHandler], *, port: int = 0) -> None:
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._http = _Http(("127.0.0.1", port), type("Handler", (handler,), {"local": self}))
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}{self.path}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


class LoopbackHandler(BaseHTTPRequestHandler):
    """Answers at once, and keeps its connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    local: Any

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
        """Tests look at what the server has noted instead."""

    def do_GET(self) -> None:
        self.serve(None)

    def do_POST(self) -> None:
        self.serve(self.rfile.read(int(self.headers.get("Content-Length", "0"))))

    def serve(self, form: bytes | None) -> None:
        """Answer a request; `form` is its body, `None` for a GET."""
        raise NotImplementedError

    def parameters(self, form: bytes | None) -> str:
        """The parameters as they came, of the body or else of the address."""
        return urlsplit(self.path).query if form is None else form.decode()


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Pass over a client that went away, as some tests do. All else is a fault."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)
