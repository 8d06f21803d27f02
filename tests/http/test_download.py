"""A file in parts: what was cut off goes on, and never with another file's bytes."""

from pathlib import Path

import pytest

from reviewkit.http.download import download_pdf
from reviewkit.model.errors import RemoteError
from tests.helpers.retrieval import Sleeper
from tests.servers.http_server import Answered, LocalServer, ReceivedRequest

FILES = {"a.pdf": b"%PDF-1.7 one " + b"a" * 5_000, "b.pdf": b"%PDF-1.7 two " + b"b" * 9_000}


class Files(LocalServer):
    """Sends files, and goes on where it is asked to; of `cut` ones the first half alone.

    `version` heads every answer. `ignores` the condition under which a range is wanted, as some
    sites do.
    """

    def __init__(self) -> None:
        super().__init__()
        self.files = dict(FILES)
        self.cut: set[str] = set()
        self.version = {"ETag": '"one"'}
        self.ignores = False

    def answer(self, asked: ReceivedRequest) -> Answered:
        body = self.files[asked.path]
        start = int(asked.headers.get("range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
        wanted = asked.headers.get("if-range")
        if wanted and wanted not in self.version.values() and not self.ignores:
            start = 0
        half = len(body) // 2
        if asked.path in self.cut and start < half:
            return Answered(200, body[:half], "application/pdf", self.version, promised=len(body))
        if asked.path in self.cut:
            return Answered(503, b"")
        headers = dict(self.version)
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
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


VERSIONS = [
    {"ETag": '"two"'},
    {"ETag": 'W/"one"'},  # says that the pages look alike, not that the bytes are the same
    {"Last-Modified": "Sat, 28 Nov 2026 04:00:00 GMT"},
    {},
]


@pytest.mark.parametrize("ignores", [False, True])
@pytest.mark.parametrize("version", VERSIONS)
def test_a_file_that_was_replaced_is_fetched_anew(
    tmp_path: Path, version: dict[str, str], ignores: bool
) -> None:
    path = tmp_path / "report.pdf"
    with Files() as server:
        server.cut.add("a.pdf")
        with pytest.raises(RemoteError, match="could not be fetched"):
            fetch(server, "a.pdf", path)

        server.cut.clear()
        server.version, server.ignores = version, ignores and bool(version)
        replaced = server.files["a.pdf"] = b"%PDF-1.7 corrected " + b"c" * 7_000
        fetch(server, "a.pdf", path)
    assert path.read_bytes() == replaced
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("version", [{}, {"ETag": 'W/"one"'}])
def test_where_the_site_names_no_version_a_part_is_not_continued(
    tmp_path: Path, version: dict[str, str]
) -> None:
    path = tmp_path / "report.pdf"
    with Files() as server:
        server.version = version
        server.cut.add("a.pdf")
        with pytest.raises(RemoteError, match="could not be fetched"):
            fetch(server, "a.pdf", path)
        server.cut.clear()
        fetch(server, "a.pdf", path)
        assert "range" not in server.asked[-1].headers
    assert path.read_bytes() == FILES["a.pdf"]
