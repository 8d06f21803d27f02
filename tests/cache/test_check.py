"""The check of a cache names every fault."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewkit.cache import Cache, FaultKind, verify
from reviewkit.http import Request
from reviewkit.model.errors import DamagedCache
from tests.helpers.retrieval import SMALL, open_run, transport_to
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


def test_verify_names_every_fault(server: EutilsServer, tmp_path: Path) -> None:
    with transport_to(server.url) as transport, open_run(tmp_path, "q", transport) as pages:
        refs = [pages.get(ask(number)).ref for number in (1, 2, 3)]
        pages.finish()
    cache = Cache(tmp_path)
    stray = cache.pages.put(b"no run names this")
    damaged, missing = cache.pages.path(refs[0].sha256), cache.pages.path(refs[1].sha256)
    damaged.write_bytes(damaged.read_bytes()[:-1])
    missing.unlink()
    part = damaged.with_name(".left.part")
    part.write_bytes(b"")
    (cache.runs_folder / "torn").mkdir()
    (cache.runs_folder / "torn" / "journal.jsonl").write_bytes(b'{"kind"')
    found = {(fault.kind, fault.path) for fault in verify(cache)}
    assert found == {
        (FaultKind.DAMAGED, damaged),
        (FaultKind.MISSING, missing),
        (FaultKind.UNREFERENCED, cache.pages.path(stray)),
        (FaultKind.LEFTOVER, part),
        (FaultKind.LEFTOVER, cache.runs_folder / "torn" / "journal.jsonl"),
    }
    with open_run(tmp_path, "q", None) as pages, pytest.raises(DamagedCache, match="damaged"):
        pages.get(ask(1))
