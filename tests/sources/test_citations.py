"""Indexes of citations over local servers: what each finds, and what it says of each seed."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from reviewkit.cache import RunPages
from reviewkit.model.citations import CitationLink, Direction, Seed, SeedOutcome
from reviewkit.model.errors import RemoteError
from reviewkit.query.compile import CompiledQuery
from reviewkit.sources.citation_index import FoundByCitation
from reviewkit.sources.citations import INDEXES, indexes_for
from tests.helpers.listed import pages_of, transport_for
from tests.servers.crossref_server import CrossrefServer, item
from tests.servers.europepmc_server import EuropePmcServer, entry, result
from tests.servers.http_server import Answered, LocalServer, ReceivedRequest
from tests.servers.openalex_server import OpenAlexServer, work


@contextmanager
def asked_at(tmp_path: Path, name: str, server: LocalServer) -> Iterator[RunPages]:
    query = CompiledQuery(source=name, strategy="citations", text="a round")
    with (
        transport_for({f"REVIEWKIT_{name.upper()}_URL": server.url}) as transport,
        pages_of(tmp_path, query, transport) as pages,
    ):
        yield pages


def outcomes(found: FoundByCitation) -> dict[str, SeedOutcome]:
    return {one.seed: one.outcome for one in found.seeds}


def test_crossref_knows_one_direction() -> None:
    assert [index.id for index in indexes_for(Direction.FORWARD)] == ["openalex", "europepmc"]
    assert len(indexes_for(Direction.BACKWARD)) == 3
    assert [index.id for index in indexes_for(Direction.BACKWARD, ("crossref",))] == ["crossref"]


SEEDS = (
    Seed(key="a:1", doi="10.1000/W3"),
    Seed(key="a:2", pmid="111"),
    Seed(key="a:3", doi="10.1000/nowhere"),
    Seed(key="a:4"),
)
WORKS = [
    work(1, ids={"pmid": "https://pubmed.ncbi.nlm.nih.gov/111"}),
    work(2, refers=(1,)),
    work(3, refers=(1, 2, 77)),
    work(4),
]


def test_openalex_backward(tmp_path: Path) -> None:
    with OpenAlexServer(WORKS) as server, asked_at(tmp_path, "openalex", server) as pages:
        found = INDEXES["openalex"].find(pages, SEEDS, Direction.BACKWARD)
        records = list(INDEXES["openalex"].read(found, pages, source="cited"))
    assert found.names == ("W1", "W2", "W77")
    assert found.missing == ("W77",)
    assert {record.key for record in records} == {"cited:W1", "cited:W2"}
    assert set(found.links) == {
        CitationLink(seed="a:1", identifier=name) for name in ("W1", "W2", "W77")
    }
    assert outcomes(found) == {
        "a:1": SeedOutcome.LISTED,
        "a:2": SeedOutcome.NO_LIST,
        "a:3": SeedOutcome.UNKNOWN,
        "a:4": SeedOutcome.NOT_ASKED,
    }


def test_openalex_forward_says_whom_each_cites(tmp_path: Path) -> None:
    with OpenAlexServer(WORKS) as server, asked_at(tmp_path, "openalex", server) as pages:
        found = INDEXES["openalex"].find(pages, SEEDS[1:3], Direction.FORWARD)
        assert len(list(INDEXES["openalex"].read(found, pages, source="cited"))) == 2
    assert {(link.seed, link.identifier) for link in found.links} == {("a:2", "W2"), ("a:2", "W3")}


def test_europepmc_lists_are_read_page_by_page_and_works_come_whole(tmp_path: Path) -> None:
    works = [result(number, abstractText="About nerves.") for number in range(1, 8)]
    loose = {"title": "A book", "authorString": "Old A", "pubYear": 1970, "match": "N"}
    lists = {"MED/1/references": [*map(entry, works[1:6]), loose], "MED/2/citations": []}
    seeds = (Seed(key="a:1", pmid="1"), Seed(key="a:2", pmid="9"), Seed(key="a:3", doi="10.1/?"))
    with EuropePmcServer(works, at_most=2, lists=lists) as server:
        server.unknown.add("MED/9")
        with asked_at(tmp_path, "europepmc", server) as pages:
            found = INDEXES["europepmc"].find(pages, seeds, Direction.BACKWARD)
            records = list(INDEXES["europepmc"].read(found, pages, source="cited"))
    assert found.names == tuple(f"MED:{number}" for number in range(2, 7))
    assert len(records) == 5
    assert all(record.abstract for record in records)
    assert [link.printed for link in found.links if link.identifier is None] == [
        "Old A. A book. 1970"
    ]
    assert (found.seeds[0].listed, found.seeds[0].resolved) == (6, 5)
    assert outcomes(found) == {
        "a:1": SeedOutcome.LISTED,
        "a:2": SeedOutcome.UNKNOWN,
        "a:3": SeedOutcome.NOT_ASKED,
    }


@pytest.mark.parametrize("index", INDEXES)
def test_what_is_no_doi_is_not_asked(index: str) -> None:
    assert INDEXES[index].identifiers(Seed(key="a:1", doi="10.1/?")) == ()


def test_europepmc_looks_a_doi_up_and_takes_the_copy_in_medline(tmp_path: Path) -> None:
    copy = {**result(1), "id": "99", "source": "PPR", "doi": "10.1000/Own"}
    works = [copy, result(2, doi="10.1000/OWN"), result(3), result(1, doi="10.1000/own.s1")]
    seeds = (Seed(key="a:1", doi="10.1000/own"), Seed(key="a:2", doi="10.1000/none"))
    with (
        EuropePmcServer(works, lists={"MED/2/citations": [entry(works[2])]}) as server,
        asked_at(tmp_path, "europepmc", server) as pages,
    ):
        found = INDEXES["europepmc"].find(pages, seeds, Direction.FORWARD)
    assert found.links == (CitationLink(seed="a:1", identifier="MED:3"),)
    assert outcomes(found) == {"a:1": SeedOutcome.LISTED, "a:2": SeedOutcome.UNKNOWN}
    assert [one.asked for one in found.seeds] == [("doi:10.1000/own",), ("doi:10.1000/none",)]


def test_an_empty_list_of_europepmc_is_no_list(tmp_path: Path) -> None:
    with EuropePmcServer() as server, asked_at(tmp_path, "europepmc", server) as pages:
        seeds = (Seed(key="a:1", pmcid="PMC12"),)
        found = INDEXES["europepmc"].find(pages, seeds, Direction.FORWARD)
    assert outcomes(found) == {"a:1": SeedOutcome.NO_LIST}
    assert server.asked[0].path == "PMC/PMC12/citations"


def test_an_entry_that_comes_twice_makes_the_list_be_read_again(tmp_path: Path) -> None:
    works = [result(number) for number in range(1, 5)]
    twice = [entry(works[1]), entry(works[1]), entry(works[2])]
    seeds = (Seed(key="a:1", pmid="1"),)
    with (
        EuropePmcServer(works, lists={"MED/1/citations": twice}) as server,
        asked_at(tmp_path, "europepmc", server) as pages,
    ):
        found = INDEXES["europepmc"].find(pages, seeds, Direction.FORWARD)
    assert found.names == ("MED:2", "MED:3")
    assert sum(asked.path == "MED/1/citations" for asked in server.asked) == 2


class Shifting(EuropePmcServer):
    """Gives another list each time."""

    def answer(self, asked: ReceivedRequest) -> Answered:
        answered = super().answer(asked)
        if asked.path.endswith("/citations"):
            self.lists[asked.path].append(self.lists[asked.path].pop(0))
        return answered


def test_a_list_that_differs_when_it_is_read_again_is_refused(tmp_path: Path) -> None:
    works = [result(number) for number in range(1, 5)]
    twice = [entry(works[1]), entry(works[1]), entry(works[2])]
    seeds = (Seed(key="a:1", pmid="1"),)
    with (
        Shifting(works, lists={"MED/1/citations": twice}) as server,
        asked_at(tmp_path, "europepmc", server) as pages,
        pytest.raises(RemoteError, match=r"1 of 1 seeds: a:1 \(gave two different lists"),
    ):
        INDEXES["europepmc"].find(pages, seeds, Direction.FORWARD)


class InBand(EuropePmcServer):
    """Answers lists with an error of its own and status 200."""

    def answer(self, asked: ReceivedRequest) -> Answered:
        if asked.path.endswith("/citations"):
            return Answered(200, json.dumps({"errCode": 400, "errMsg": "bad id"}).encode())
        return super().answer(asked)


def test_an_error_in_the_answer_is_no_empty_list(tmp_path: Path) -> None:
    seeds = (Seed(key="a:1", pmid="1"),)
    with (
        InBand() as server,
        asked_at(tmp_path, "europepmc", server) as pages,
        pytest.raises(RemoteError, match="bad id"),
    ):
        INDEXES["europepmc"].find(pages, seeds, Direction.FORWARD)


def test_crossref_keeps_what_has_no_doi_as_text(tmp_path: Path) -> None:
    references = [
        {"key": "1", "DOI": "10.1000/c2"},
        {"key": "2", "DOI": "10.5555/elsewhere"},
        {"key": "3", "unstructured": "Smith J. A thesis. 1999."},
        {"key": "4", "author": "Old", "journal-title": "J Old", "year": "1980"},
    ]
    items = [item(1, reference=references), item(2), {**item(3), "reference-count": 9}]
    seeds = (
        Seed(key="a:1", doi="10.1000/C1"),
        Seed(key="a:2", doi="10.1000/unknown"),
        Seed(key="a:3", doi="10.1000/c3"),
        Seed(key="a:4", pmid="4"),
    )
    with CrossrefServer(items) as server, asked_at(tmp_path, "crossref", server) as pages:
        found = INDEXES["crossref"].find(pages, seeds, Direction.BACKWARD)
        records = list(INDEXES["crossref"].read(found, pages, source="cited"))
    assert [record.key for record in records] == ["cited:10.1000/c2"]
    assert found.missing == ("10.5555/elsewhere",)
    assert [link.printed for link in found.links if link.printed] == [
        "Smith J. A thesis. 1999",
        "Old. J Old. 1980",
    ]
    assert outcomes(found) == {
        "a:1": SeedOutcome.LISTED,
        "a:2": SeedOutcome.UNKNOWN,
        "a:3": SeedOutcome.NO_LIST,
        "a:4": SeedOutcome.NOT_ASKED,
    }
    assert (found.seeds[0].listed, found.seeds[0].resolved) == (4, 2)


class Html(CrossrefServer):
    def answer(self, asked: ReceivedRequest) -> Answered:
        return Answered(404, b"<html>moved</html>", "text/html")


def test_a_404_that_crossref_did_not_say_is_no_unknown_doi(tmp_path: Path) -> None:
    seeds = (Seed(key="a:1", doi="10.1000/x"),)
    with (
        Html() as server,
        asked_at(tmp_path, "crossref", server) as pages,
        pytest.raises(RemoteError, match="HTTP 404"),
    ):
        INDEXES["crossref"].find(pages, seeds, Direction.BACKWARD)
