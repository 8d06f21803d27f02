"""Refusals in the service's own words, and a limit that dripping bytes cannot outlast."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from reviewkit.http import Patience, Request, Response, Service, Transport
from reviewkit.http.messages import system_clock
from reviewkit.http.refusals import may_pass, refusal_words
from reviewkit.model.errors import RemoteError, Unreachable
from tests.servers.http_server import Answered, LocalServer, ReceivedRequest

ASKED = Request(service="eutils", path="x")


def words(status: int, body: bytes = b"", **headers: str) -> tuple[str, str]:
    return refusal_words(
        Response(request=ASKED, status=status, headers=headers, body=body, received_at="")
    )


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"error":"API key invalid","api-key":"x","type":"client"}', "API key invalid"),
        (b'{"errCode":404,"errMsg":"No such page"}', "No such page"),
        (b'{"message":"Invalid authentication\\n credentials"}', "Invalid authentication cred"),
    ],
)
def test_an_error_in_json_is_said_in_its_own_words(body: bytes, message: str) -> None:
    assert f"(HTTP 400): {message}" in words(400, body)[0]


def test_a_wrong_key_a_proxy_and_a_redirect_have_their_own_advice() -> None:
    assert words(400, b'{"error":"API key invalid"}')[1] == "check the key"
    assert words(403)[1] == "check the key"
    assert "HTTPS_PROXY" in words(407)[1]
    assert words(302, location="https://login.example.org/x")[0].endswith("to login.example.org)")
    assert words(400, b"<html>") == words(400, b"[1]")


@pytest.mark.parametrize(
    ("status", "body", "passes"),
    [
        (400, b"<html>proxy error</html>", True),
        (400, b"", True),
        (400, b'{"errMsg":"unknown field"}', False),
        (403, b"<html>", False),
        (404, b"", False),
        (408, b"", True),
    ],
)
def test_a_refusal_may_pass_by_its_class_and_not_by_its_words(
    status: int, body: bytes, passes: bool
) -> None:
    response = Response(request=ASKED, status=status, headers={}, body=body, received_at="")
    assert may_pass(response) == passes


@pytest.fixture
def dripping() -> Iterator[str]:
    """The address of a server that sends its headers byte by byte, for ever."""
    stop = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def drip(connection: socket.socket) -> None:
        with connection:
            try:
                connection.sendall(b"HTTP/1.1 200 OK\r\nX-Drip: ")
                while not stop.wait(0.1):
                    connection.sendall(b"a")
            except OSError:
                return

    def serve() -> None:
        while not stop.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=drip, args=(connection,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    stop.set()
    listener.close()


def test_headers_that_drip_end_at_the_limit(dripping: str) -> None:
    service = Service(label="Drip", base_url=dripping)
    patience = Patience(total_seconds=1.5, tries=2)
    began = time.monotonic()
    with (
        Transport({"eutils": service}, clock=system_clock(), patience=patience) as transport,
        pytest.raises(RemoteError, match="did not answer in time"),
    ):
        transport.send(ASKED)
    assert time.monotonic() - began < 5


class Login(LocalServer):
    """A proxy that lets nobody through."""

    def answer(self, asked: ReceivedRequest) -> Answered:
        return Answered(407, b"<html>login</html>", "text/html")


def test_behind_a_proxy_that_wants_a_login_the_service_is_out_of_reach() -> None:
    with (
        Login() as proxy,
        Transport({"eutils": Service(label="x", base_url=proxy.url)}, clock=system_clock()) as way,
        pytest.raises(Unreachable, match="wants a login") as raised,
    ):
        way.send(ASKED)
    assert "HTTPS_PROXY" in raised.value.hint
