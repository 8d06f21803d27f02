"""A file in parts: what was cut off goes on, and never with another file's bytes."""

from pathlib import Path

import pytest

from reviewkit.http.download import download_pdf
from reviewkit.model.errors import RemoteError
from tests.helpers.retrieval import Sleeper
from tests.servers.http_server import Answered, LocalServer, ReceivedRequest

FILES = {"a.pdf": b"%PDF-1.7 one " + b"a" * 5_000, "b.pdf": b"%PDF-1.7 two " + b"b" * 9_000}


class Files(LocalServer):
    """Sends files, and goes on where it is asked to; of `cut` ones the first half alone."""

    def __init__(self) -> None:
        super().__init__()
        self.cut: set[str] = set()

    def answer(self, asked: ReceivedRequest) -> Answered:
        body = FILES[asked.path]
        start = int(asked.headers.get("range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
        half = len(body) // 2
        if asked.path in self.cut and start < half:
            return Answered(200, body[:half], "application/pdf", promised=len(body))
        if asked.path in self.cut:
            return Answered(503, b"")
        headers = {"Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}"} if start else {}
        return Answered(206 if start else 200, body[start:], "application/pdf", headers)


def fetch(server: Files, name: str, path: Path) -> int:
    return download_pdf(f"{server.url}{name}", path, clock=Sleeper().clock())


@pytest.mark.parametrize("name", FILES)
def test_what_was_cut_off_goes_on_at_the_same_address_alone(tmp_path: Path, name: str) -> None:
    path = tmp_path / "report.pdf"
    with Files() as server:
        server.cut.add("a.pdf")
        with pytest.raises(RemoteError, match="could not be fetched"):
            fetch(server, "a.pdf", path)
        server.cut.clear()
        assert fetch(server, name, path) == len(FILES[name])
        assert ("range" in server.asked[-1].headers) is (name == "a.pdf")
    assert path.read_bytes() == FILES[name]
    assert list(tmp_path.iterdir()) == [path]
