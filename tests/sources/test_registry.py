"""Every registered source has what the rest of reviewkit and the guide say of it."""

from pathlib import Path

import pytest

from reviewkit.protocol.parse import parse_protocol
from reviewkit.sources.base import Source
from reviewkit.sources.registry import (
    SOURCES,
    find_network_search,
    search_page_of,
    source_query,
    why_no_query,
)
from reviewkit.sources.services import services_from

SEARCHED = [source for source in SOURCES.values() if source.network]


def test_every_source_of_the_catalogue_has_a_service_a_query_and_a_page(als_text: str) -> None:
    services = services_from({})
    protocol = parse_protocol(als_text, where="")
    for source in SEARCHED:
        for way in (source.network, source.portal):
            assert way is None or way.service.name in services
        strategy = protocol.strategies[0]
        printed = strategy.model_copy(update={"queries": {source.id: "gut"}})
        query = source_query(protocol, strategy, source.id)
        assert query or why_no_query(strategy, source.id).endswith(f"queries.{source.id}")
        query = query or source_query(protocol, printed, source.id)
        assert query is not None
        assert (search_page_of(query) or "").startswith("https://")

    assert find_network_search("embase") is None
    assert find_network_search("unheard_of") is None
    assert find_network_search("lilacs", by_portal=True) is SOURCES["lilacs"].portal
    assert find_network_search("pubmed", by_portal=True) is SOURCES["pubmed"].network


GUIDE = Path(__file__).parents[2] / "docs" / "sources.md"


def test_every_source_is_one_that_the_documentation_names() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    assert all(f"`{source.id}`" in text for source in SEARCHED)


@pytest.mark.parametrize("source", SOURCES.values(), ids=lambda source: source.id)
def test_the_documentation_says_which_export_to_choose(source: Source) -> None:
    lines = GUIDE.read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.split("|")] for line in lines if line.startswith("|")]
    advice = [row[2:4] for row in rows if source.label in row[1]]
    assert [source.export.choose, source.export.advice] in advice
