"""The cache: pages that are whole or not there, journals that survive a crash, one clear error for
each fault.
"""

import errno
import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewkit.cache import Cache, FaultKind, Opening, Pages, RunKey, RunPages, verify
from reviewkit.cache.journal import read_journal
from reviewkit.http import Flaw, Request
from reviewkit.model.errors import CacheError, CacheLocked, NotARealAnswer, NotCached
from tests.conftest import PROJECT
from tests.helpers.retrieval import SMALL, STARTED, files_below, open_run, transport_to
from tests.servers.eutils_corpus import Corpus
from tests.servers.eutils_server import EutilsServer


def ask(number: int) -> Request:
    """EFetch of one record of the small corpus."""
    answer = (
        ("db", "pubmed"),
        ("id", str(99_000_000 + number)),
        ("rettype", "medline"),
        ("retmode", "text"),
    )
    return Request(service="eutils", path="efetch.fcgi", method="POST", parameters=answer)


@pytest.fixture
def server() -> Iterator[EutilsServer]:
    with EutilsServer(Corpus.load(SMALL)) as serving:
        yield serving


def test_a_run_is_fetched_once_then_replayed_byte_for_byte(
    server: EutilsServer, tmp_path: Path
) -> None:
    with transport_to(server.url) as transport, open_run(tmp_path, "q", transport) as pages:
        first = [pages.get(ask(number)) for number in (1, 2)]
        pages.finish()
        assert pages.used == tuple(page.ref for page in first)
        assert pages.header.endpoint == server.url
    before = files_below(tmp_path)
    with open_run(tmp_path, "q", None) as pages:
        assert pages.complete
        assert [pages.get(ask(number)) for number in (1, 2)] == first
        assert pages.header.endpoint == server.url
        pages.finish()
    assert len(server.requests) == 2
    assert files_below(tmp_path) == before
    assert verify(Cache(tmp_path)) == ()


def test_the_same_request_twice_keeps_both_answers_in_order(
    server: EutilsServer, tmp_path: Path
) -> None:
    server.on(
        "efetch", 2, lambda corpus: corpus.revise("99000001", "Invented work 1", "Revised work 1")
    )
    with transport_to(server.url) as transport, open_run(tmp_path, "q", transport) as pages:
        fresh = [pages.get(ask(1)).body, pages.get(ask(1)).body]
        assert fresh[0] != fresh[1]
        pages.finish()
    with open_run(tmp_path, "q", None) as pages:
        assert [pages.get(ask(1)).body, pages.get(ask(1)).body] == fresh
        with pytest.raises(
            NotCached, match=r"no such page: POST eutils/efetch\.fcgi\?db=pubmed&id=99000001"
        ):
            pages.get(ask(1))


def test_a_run_that_was_cut_off_asks_only_for_what_is_missing(
    server: EutilsServer, tmp_path: Path
) -> None:
    with transport_to(server.url) as transport:
        with open_run(tmp_path, "q", transport) as pages:
            first = pages.get(ask(1))
        with open_run(tmp_path, "q", None) as pages:
            assert pages.get(ask(1)) == first
            with pytest.raises(NotCached, match="id=99000002"):
                pages.get(ask(2))
        with open_run(tmp_path, "q", transport, started_at="2027-01-01T00:00:00+00:00") as pages:
            assert pages.header.started_at == STARTED
            assert pages.get(ask(1)) == first
            pages.get(ask(2))
    assert [seen.ids for seen in server.requests] == [("99000001",), ("99000002",)]


def test_a_flawed_answer_is_never_stored(server: EutilsServer, tmp_path: Path) -> None:
    with transport_to(server.url) as transport, open_run(tmp_path, "q", transport) as pages:
        with pytest.raises(NotARealAnswer):
            pages.get(ask(1), judge=lambda _: Flaw(what="no"))
        assert not pages.holds(ask(1))
        assert pages.used == ()
    assert list(Cache(tmp_path).pages.files()) == []


def test_which_run_is_opened(server: EutilsServer, tmp_path: Path) -> None:
    def run(opening: Opening, started_at: str, *, finish: bool) -> str:
        with open_run(tmp_path, "q", transport, opening=opening, started_at=started_at) as pages:
            if finish:
                pages.finish()
            return pages.header.started_at

    with transport_to(server.url) as transport:
        with pytest.raises(NotCached, match="no search"):
            run(Opening.REUSE, "2026-01-01T00:00:00+00:00", finish=False)
        assert run(Opening.LATEST, "2026-01-02T00:00:00+00:00", finish=True)[:10] == "2026-01-02"
        assert run(Opening.LATEST, "2026-01-03T00:00:00+00:00", finish=True)[:10] == "2026-01-02"
        assert run(Opening.RESUME, "2026-01-04T00:00:00+00:00", finish=False)[:10] == "2026-01-04"
        assert run(Opening.LATEST, "2026-01-05T00:00:00+00:00", finish=False)[:10] == "2026-01-02"
        assert run(Opening.RESUME, "2026-01-05T00:00:00+00:00", finish=True)[:10] == "2026-01-04"
        assert run(Opening.REUSE, "2026-01-06T00:00:00+00:00", finish=False)[:10] == "2026-01-04"
        assert run(Opening.FRESH, "2026-01-06T00:00:00+00:00", finish=False)[:10] == "2026-01-06"
        assert run(Opening.FRESH, "2026-01-06T00:00:00+00:00", finish=True)[:10] == "2026-01-06"
    key = RunKey(source="pubmed", strategy="test", query="q")
    assert [run.complete for run in Cache(tmp_path).runs(key)] == [True, True, False, True]
    assert Cache(tmp_path).runs(RunKey(source="pubmed", strategy="test", query="Q")) == ()


def test_a_torn_line_is_cut_off_before_the_run_goes_on(
    server: EutilsServer, tmp_path: Path
) -> None:
    with transport_to(server.url) as transport:
        with open_run(tmp_path, "q", transport) as pages:
            pages.get(ask(1))
        journal = pages.path / "journal.jsonl"
        with journal.open("ab") as file:
            file.write(b'{"kind": "page", "requ')
        with open_run(tmp_path, "q", transport) as pages:
            pages.get(ask(1))
            pages.get(ask(2))
            pages.finish()
    noted = read_journal(journal)
    assert noted is not None
    assert (len(noted.pages), noted.complete, noted.length) == (2, True, journal.stat().st_size)


def test_a_second_process_waits_and_then_says_so(
    server: EutilsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reviewkit.cache.runs._LOCK_WAIT_SECONDS", 0.2)
    with transport_to(server.url) as transport:
        with (
            open_run(tmp_path, "q", transport),
            pytest.raises(CacheLocked, match="another process"),
        ):
            open_run(tmp_path, "q", transport)
        with open_run(tmp_path, "q", transport), open_run(tmp_path, "another", transport) as pages:
            assert isinstance(pages, RunPages)


WRITER = """
    import sys
    from pathlib import Path
    from reviewkit.model.errors import CacheError
    from tests.helpers.retrieval import open_run, transport_to
    from tests.cache.test_runs import ask
    url, root = sys.argv[1:3]
    with transport_to(url) as transport:
        try:
            with open_run(Path(root), "q", transport) as pages:
                for number in range(1, 21):
                    pages.get(ask(number))
                pages.finish()
        except CacheError as error:
            sys.exit(f"{error} | {error.hint}")
"""


def write_in_a_process(
    server: EutilsServer, root: Path, before: str = ""
) -> "subprocess.Popen[str]":
    """Another process that fills a run with the small corpus."""
    code = textwrap.dedent(before) + textwrap.dedent(WRITER)
    return subprocess.Popen(
        [sys.executable, "-c", code, server.url, str(root)],
        cwd=PROJECT,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
def test_two_processes_at_once_make_one_whole_run(server: EutilsServer, tmp_path: Path) -> None:
    writers = [write_in_a_process(server, tmp_path) for _ in range(2)]
    assert [writer.communicate()[1] for writer in writers] == ["", ""]
    assert verify(Cache(tmp_path)) == ()
    assert [run.complete for run in Cache(tmp_path).runs()] == [True]
    assert len(server.requests) == 20


@pytest.mark.slow
def test_a_full_disk_is_one_clear_error_and_costs_nothing(
    server: EutilsServer, tmp_path: Path
) -> None:
    # No file may grow beyond 1,500 bytes: to a program, that is a disk that is full in the midst of
    # a write.
    limit = """
    import resource, signal
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1500, 1500))
    """
    writer = write_in_a_process(server, tmp_path, limit)
    printed = writer.communicate()[1]
    assert (writer.returncode, "the disk is full" in printed, "Traceback" in printed) == (
        1,
        True,
        False,
    )
    assert [fault.kind for fault in verify(Cache(tmp_path))] in ([], [FaultKind.UNREFERENCED])
    (journal,) = tmp_path.glob("runs/*/journal.jsonl")
    assert journal.read_bytes().endswith(b"\n"), "no half line stays behind"
    before = len(server.requests)
    assert write_in_a_process(server, tmp_path).communicate()[1] == ""
    assert verify(Cache(tmp_path)) == ()
    asked = [seen.ids for seen in server.requests]
    assert set(asked[:before]) & set(asked[before:]) <= {asked[before - 1]}, (
        "only the page in hand was lost"
    )


@pytest.mark.parametrize(
    ("code", "message"),
    [(errno.EROFS, "may not be read or written"), (errno.ENOSPC, "the disk is full")],
)
def test_a_disk_that_refuses_is_one_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, message: str
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr("os.fsync", refuse)
    with pytest.raises(CacheError, match=message) as raised:
        Pages(tmp_path).put(b"body")
    assert raised.value.hint
    assert list(Pages(tmp_path).files()) == []


@pytest.mark.skipif(
    os.name == "nt" or os.geteuid() == 0, reason="root and Windows write into read-only folders"
)
def test_a_read_only_folder_is_one_clear_error(server: EutilsServer, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with (
        transport_to(server.url) as transport,
        pytest.raises(CacheError, match="may not be") as raised,
    ):
        open_run(tmp_path / "cache", "q", transport)
    tmp_path.chmod(0o700)
    assert "permissions" in raised.value.hint


def test_a_file_where_the_cache_should_be_is_one_clear_error(
    server: EutilsServer, tmp_path: Path
) -> None:
    (tmp_path / "cache").write_text("a file")
    with transport_to(server.url) as transport, pytest.raises(CacheError):
        open_run(tmp_path / "cache", "q", transport)
