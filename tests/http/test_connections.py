"""A request takes its turn over TLS too: one turn each, on a connection that is open."""

import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

from reviewkit.http import Request, Service, Transport, system_clock
from reviewkit.http.pace import Pace
from tests.servers.http_server import Answered, LocalServer, ReceivedRequest


class Greeting(LocalServer):
    def answer(self, asked: ReceivedRequest) -> Answered:
        return Answered(200, b"hello")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes a certificate with openssl")
def test_each_request_over_tls_takes_one_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    wanted = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *files, *wanted]
    subprocess.run(made, check=True, capture_output=True)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    turns: list[Pace] = []

    def note(self: Pace) -> None:
        turns.append(self)

    monkeypatch.setattr(Pace, "wait", note)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with Greeting() as server:
        server._http.socket = context.wrap_socket(server._http.socket, server_side=True)
        port = server._http.server_address[1]
        service = Service(label="x", base_url=f"https://localhost:{port}/", per_second=20.0)
        with Transport({"x": service}, clock=system_clock()) as transport:
            bodies = [transport.send(Request(service="x", path="a")).body for _ in range(3)]
    assert bodies == [b"hello"] * 3
    assert len(turns) == 3
