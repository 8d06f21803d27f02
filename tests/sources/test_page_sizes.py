"""Pages that do not come whole are asked for with fewer records, at every source alike."""

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reviewkit.cache import RunPages
from reviewkit.model.records import SearchRun
from reviewkit.query.compile import CompiledQuery
from reviewkit.sources.page_sizes import smaller
from reviewkit.sources.registry import SOURCES
from tests.helpers.disturbed import KINDS, Kind
from tests.helpers.listed import pages_of, transport_for
from tests.helpers.retrieval import Sleeper
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
