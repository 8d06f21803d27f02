"""Pages that do not come whole are asked for with fewer records, at every source alike."""

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reviewkit.cache import RunPages
from reviewkit.http import Request
from reviewkit.model.errors import CutOff
from reviewkit.model.records import SearchRun
from reviewkit.query.compile import CompiledQuery
from reviewkit.sources.page_sizes import read_in_pages, smaller
from reviewkit.sources.registry import SOURCES
from tests.helpers.disturbed import KINDS, Kind
from tests.helpers.listed import pages_of, transport_for
from tests.helpers.retrieval import Sleeper
from tests.helpers.scripted import ScriptedPages
from tests.servers.faulty_proxy import FaultyProxy, Whole

MANY = range(1, 41)
OTHERS = sorted(KINDS.keys() - {"pubmed"})


def narrow(most: int) -> Any:
    """A link that breaks where an answer is longer than so many bytes."""

    def spoil(whole: Whole, chance: random.Random) -> Whole:
        if len(whole.body) <= most:
            return whole
        return replace(whole, body=whole.body[:most], promised=len(whole.body))

    return lambda number: spoil


def search(kind: Kind, pages: RunPages) -> SearchRun:
    network = SOURCES[kind.source].network
    assert network
    return network.search(pages, query_of(kind))


def query_of(kind: Kind) -> CompiledQuery:
    return CompiledQuery(source=kind.source, strategy="test", text=kind.query)


def test_the_rule_is_a_quarter_down_to_ten() -> None:
    assert [smaller(size) for size in (500, 100, 25, 11, 10)] == [125, 25, 6, 2, None]


ONE_PAGE = Request(service="s", path="p")


def test_what_does_not_come_whole_is_read_in_smaller_pages_and_those_before_are_refused() -> None:
    pages = ScriptedPages(["kept", "first", "second"])
    pages.get(ONE_PAGE)
    tried: list[int] = []

    def read(size: int) -> str:
        tried.append(size)
        pages.get(ONE_PAGE)
        if size > 30:
            raise CutOff("cut off", where="s")
        return f"in pages of {size}"

    assert read_in_pages(pages, 100, lambda size: False, read) == "in pages of 25"
    assert tried == [100, 25]
    assert pages.refused == [
        "pages of 100 records did not come whole: the list is read in smaller ones"
    ]
    assert [page.sha256 for page in pages.used] == ["page 1", "page 3"]


def test_pages_of_ten_that_do_not_come_whole_are_an_error() -> None:
    tried: list[int] = []

    def read(size: int) -> None:
        tried.append(size)
        raise CutOff("cut off", where="s")

    with pytest.raises(CutOff):
        read_in_pages(ScriptedPages([]), 40, lambda size: False, read)
    assert tried == [40, 10]


@pytest.mark.parametrize(("stored", "first"), [(100, 100), (25, 25), (6, 6), (7, 100)])
def test_a_run_goes_on_in_pages_of_the_size_that_it_holds(stored: int, first: int) -> None:
    found = read_in_pages(ScriptedPages([]), 100, lambda size: size == stored, lambda size: size)
    assert found == first


@pytest.mark.slow
@pytest.mark.parametrize("source", OTHERS)
def test_a_list_that_breaks_off_is_read_in_smaller_pages(tmp_path: Path, source: str) -> None:
    kind = KINDS[source]
    with kind.server() as server, FaultyProxy(server.url) as proxy:
        server.at_most = 1000
        kind.items(server)[:] = [kind.item(number) for number in MANY]
        settings = {**kind.settings, f"REVIEWKIT_{kind.service.upper()}_URL": proxy.url}
        with transport_for(settings, Sleeper()) as transport:
            with pages_of(tmp_path / "whole", query_of(kind), transport) as pages:
                whole = search(kind, pages)
                largest = max(len(pages.read(ref)) for ref in pages.used)
            proxy.plan = narrow(largest * 7 // 10)
            with pages_of(tmp_path / "narrow", query_of(kind), transport) as pages:
                narrowed = search(kind, pages)

        assert set(narrowed.identifiers) == set(whole.identifiers)
        assert (narrowed.count, len(narrowed.identifiers)) == (40, 40)
        assert len(narrowed.pages) > len(whole.pages)
        with pages_of(tmp_path / "narrow", query_of(kind), None) as pages:
            assert search(kind, pages) == narrowed, "a stored run is read as it was made"
