"""Works of OpenAlex by identifier, their references and what cites them, over a local server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewkit.cache import RunPages
from reviewkit.model.records import Role
from reviewkit.query.compile import CompiledQuery
from reviewkit.sources import openalex
from reviewkit.sources.openalex_links import cited_by, known_works, works_by_identifier
from tests.helpers.listed import pages_of, transport_for
from tests.servers.openalex_server import OpenAlexServer, work

QUERY = CompiledQuery(source="openalex", strategy="citations", text="a round")


@pytest.fixture
def server() -> Iterator[OpenAlexServer]:
    works = [
        work(1, ids={"pmid": "https://pubmed.ncbi.nlm.nih.gov/111"}),
        work(2, refers=(1,)),
        work(3, refers=(1, 2, 77)),
        work(4),
    ]
    with OpenAlexServer(works, at_most=2) as server:
        yield server


@pytest.fixture
def pages(tmp_path: Path, server: OpenAlexServer) -> Iterator[RunPages]:
    with (
        transport_for({"REVIEWKIT_OPENALEX_URL": server.url}) as transport,
        pages_of(tmp_path, QUERY, transport) as pages,
    ):
        yield pages


def test_works_come_by_number_doi_and_pmid_and_the_others_are_named(pages: RunPages) -> None:
    asked = ["W4", "doi:10.1000/W2", "pmid:111", "W9", "doi:10.1000/nowhere", "doi:10.1/a,b"]
    found = works_by_identifier(pages, asked)
    assert set(found.names) == {"W4", "W2", "W1"}
    assert found.missing == ("W9", "doi:10.1000/nowhere", "doi:10.1/a,b")
    run = found.run(pages, strategy="citations", query="a round", role=Role.CITATIONS)
    assert {record.source_id for record in openalex.records(run, pages)} == set(found.names)


def test_what_is_known_says_what_it_refers_to(pages: RunPages) -> None:
    known = known_works(pages, ["W2", "doi:10.1000/W3", "pmid:111", "W9"])
    assert known.numbers == {"W2": "W2", "doi:10.1000/W3": "W3", "pmid:111": "W1"}
    assert known.references == {"W2": ("W1",), "W3": ("W1", "W2", "W77")}


def test_what_cites_comes_with_its_records_and_whom_it_cites(pages: RunPages) -> None:
    found = cited_by(pages, ["W1", "W2"])
    assert set(found.names) == {"W2", "W3"}
    assert set(found.links) == {("W2", "W1"), ("W3", "W1"), ("W3", "W2")}
    run = found.run(pages, strategy="citations", query="a round", role=Role.CITATIONS)
    assert len(list(openalex.records(run, pages))) == 2


def test_many_identifiers_go_in_batches(pages: RunPages, server: OpenAlexServer) -> None:
    works_by_identifier(pages, [f"W{number}" for number in range(1, 121)])
    filters = {asked.get("filter") for asked in server.asked}
    assert len(filters) == 3
