"""Citation searches over local servers: into the other arm, whole or not at all, and out again."""

import datetime
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from reviewkit.http import Transport
from reviewkit.model.citations import Chosen, Direction, SeedOutcome
from reviewkit.model.errors import UsageError
from reviewkit.model.progress import silent
from reviewkit.model.records import Stage
from reviewkit.prisma.check import check
from reviewkit.store import Store
from reviewkit.store.citations import citation_links, citation_runs
from reviewkit.store.run_log import run_log
from reviewkit.workflow.project import ReviewProject, open_project
from reviewkit.workflow.reporting.review_flow import review_flow
from reviewkit.workflow.searching.search import NetworkUse, Searcher
from reviewkit.workflow.updates.citation_result import CitationResult, Ending
from reviewkit.workflow.updates.citation_seeds import CitationOptions
from reviewkit.workflow.updates.citations import plan_citations, search_citations
from reviewkit.workflow.updates.undo import UndoOptions, bring_back, undo_runs
from tests.helpers.listed import transport_for
from tests.helpers.retrieval import Sleeper
from tests.helpers.screening_review import make_review, session_of
from tests.servers.crossref_server import CrossrefServer, item
from tests.servers.europepmc_server import EuropePmcServer, entry, result
from tests.servers.http_server import Answered, ReceivedRequest
from tests.servers.openalex_server import OpenAlexServer, work

CITED = '[[sources]]\nid = "citations"\nname = "Citation searching"\nrole = "citations"\n'
DAY = datetime.datetime(2026, 11, 25, 9, tzinfo=datetime.UTC)
OWN = [work(100 + n, doi=f"https://doi.org/10.1000/{n}", title=f"Title {n}") for n in range(4)]


class Services:
    """The three local servers, and a transport to them whose waiting takes no time."""

    def __init__(self, stack: ExitStack) -> None:
        far = [work(200, refers=(201,)), work(201), work(300, refers=(100, 101))]
        cites = replace_refers(OWN[0], (200,))
        self.openalex = stack.enter_context(OpenAlexServer([cites, *OWN[1:], *far]))
        self.europepmc = stack.enter_context(EuropePmcServer([result(7), result(8)]))
        self.crossref = stack.enter_context(CrossrefServer([item(5), item(6)]))
        settings = {
            "REVIEWKIT_OPENALEX_URL": self.openalex.url,
            "REVIEWKIT_EUROPEPMC_URL": self.europepmc.url,
            "REVIEWKIT_CROSSREF_URL": self.crossref.url,
        }
        self.transport: Transport = stack.enter_context(transport_for(settings, Sleeper()))

    def asked(self) -> int:
        servers = (self.openalex, self.europepmc, self.crossref)
        return sum(len(server.asked) for server in servers)


def replace_refers(one: object, refers: tuple[int, ...]) -> dict[str, object]:
    assert isinstance(one, dict)
    return {**one, "referenced_works": [f"https://openalex.org/W{n}" for n in refers]}


@pytest.fixture
def services() -> Iterator[Services]:
    with ExitStack() as stack:
        yield Services(stack)


def searcher_of(services: Services | None, *, days: int = 0) -> Searcher:
    return Searcher(
        network_use=NetworkUse.ALWAYS,
        transport=services.transport if services else None,
        started_at=DAY + datetime.timedelta(days),
        say=lambda line: None,
        progress=silent,
    )


def make_included(folder: Path) -> ReviewProject:
    """A review of four records of which the first two are included."""
    project = make_review(folder, count=4, screening=CITED)
    for stage in (Stage.TITLE_ABSTRACT, Stage.FULL_TEXT):
        with session_of(project, stage=stage) as session:
            while session.view is not None:
                if session.view.record.key in {"pubmed:00000", "pubmed:00001"}:
                    session.include()
                else:
                    session.exclude(1)
    return open_project(project.protocol_path)


FORWARD = CitationOptions(directions=(Direction.FORWARD,), indexes=("openalex",))


def rounds_of(result: CitationResult) -> list[tuple[str, ...]]:
    return [one.new for one in result.rounds]


def test_what_is_found_stands_in_the_other_arm_and_who_led_to_it_is_kept(
    tmp_path: Path, services: Services
) -> None:
    project = make_included(tmp_path)
    done = search_citations(project, searcher_of(services), FORWARD)
    assert rounds_of(done) == [("citations:W300",)]
    with Store(project.database, now=DAY) as store:
        (run,) = citation_runs(store)
        assert {(link.seed, link.record) for link in citation_links(store)} == {
            ("pubmed:00000", "citations:W300"),
            ("pubmed:00001", "citations:W300"),
        }
        flow = review_flow(store, project.protocol)
    assert (run.search.index, run.search.direction, run.search.round) == ("openalex", "forward", 1)
    assert run.search.chosen is Chosen.INCLUDED
    assert [seed.outcome for seed in run.search.seeds] == [SeedOutcome.LISTED] * 2
    assert [(one.label, one.n) for one in flow.other_sources] == [("Citation searching", 1)]
    assert (flow.other_awaiting_screening, flow.other_sought_reports) == (1, 0)
    assert [b for b in check(flow, own=True) if b.severity == "error"] == []


def test_what_the_review_has_already_is_a_duplicate_and_nothing_new(
    tmp_path: Path, services: Services
) -> None:
    project = make_included(tmp_path)
    known = work(
        103,
        title="Title 3 on the gut",
        refers=(100,),
        doi="https://doi.org/10.1000/3",
        publication_year=2003,
        publication_date="2003-01-01",
        authorships=[{"raw_author_name": "Silva, A", "author": {"display_name": "A Silva"}}],
        biblio={},
        primary_location={},
        abstract_inverted_index=None,
    )
    services.openalex.works[3:4] = [known]
    done = search_citations(project, searcher_of(services), FORWARD)
    assert rounds_of(done) == [("citations:W300",)]
    with Store(project.database, now=DAY) as store:
        flow = review_flow(store, project.protocol)
    assert flow.other_sources[0].n == 2
    assert flow.database_results == 4


@pytest.mark.slow
def test_rounds_go_on_from_what_is_new_and_end_when_nothing_is(
    tmp_path: Path, services: Services
) -> None:
    project = make_included(tmp_path)
    options = CitationOptions(directions=(Direction.BACKWARD,), rounds=5, indexes=("openalex",))
    done = search_citations(project, searcher_of(services), options)
    assert rounds_of(done) == [("citations:W200",), ("citations:W201",), ()]
    assert done.ending is Ending.NOTHING_NEW
    with Store(project.database, now=DAY) as store:
        runs = citation_runs(store)
        searches = {row.search for row in run_log(store) if row.source == "citations"}
    assert [run.search.chosen for run in runs] == ["included", "found", "found"]
    assert len(searches) == 1  # one search per index, direction and day


@pytest.mark.slow
def test_the_same_day_asks_nobody_again_and_stores_nothing_twice(
    tmp_path: Path, services: Services
) -> None:
    project = make_included(tmp_path)
    search_citations(project, searcher_of(services), FORWARD)
    before = services.asked()
    again = search_citations(project, searcher_of(services), FORWARD)
    offline = search_citations(project, searcher_of(None), FORWARD)
    assert services.asked() == before
    assert rounds_of(again) == rounds_of(offline) == [()]
    with Store(project.database, now=DAY) as store:
        assert len(citation_runs(store)) == 1
    search_citations(project, searcher_of(services, days=1), FORWARD)
    assert services.asked() > before


def test_every_index_is_asked_and_each_seed_is_told_apart(
    tmp_path: Path, services: Services
) -> None:
    project = make_included(tmp_path)
    services.crossref.items.append(item(0, reference=[{"DOI": "10.1000/c5"}, {"year": "1970"}]))
    services.crossref.items[-1] = {**services.crossref.items[-1], "DOI": "10.1000/0"}
    done = search_citations(project, searcher_of(services), CitationOptions())
    by_name = {(one.index, one.direction): one for one in done.rounds[0].outcomes}
    assert done.failures == ()
    # Europe PMC looks the DOIs up and knows none of them.
    assert len(by_name["europepmc", Direction.FORWARD].seeds_that(SeedOutcome.UNKNOWN)) == 2
    crossref = by_name["crossref", Direction.BACKWARD]
    assert (crossref.count, crossref.unresolved) == (1, 1)
    assert crossref.seeds_that(SeedOutcome.UNKNOWN) == ("pubmed:00001",)


class HalfDead(CrossrefServer):
    """Fails for one work."""

    broken = "10.1000/1"

    def answer(self, asked: ReceivedRequest) -> Answered:
        if asked.path == f"works/{self.broken}":
            return Answered(200, b'{"status":"ok","message":{"no":"work"}}')
        return super().answer(asked)


@pytest.mark.slow
def test_an_index_that_fails_for_one_seed_stores_nothing_and_names_it(
    tmp_path: Path, services: Services
) -> None:
    project = make_included(tmp_path)
    one = {**item(0, reference=[{"DOI": "10.1000/c5"}]), "DOI": "10.1000/0"}
    two = {**item(1), "DOI": "10.1000/1"}
    options = CitationOptions(directions=(Direction.BACKWARD,), indexes=("crossref",), rounds=3)
    with HalfDead([one, two, item(5)]) as server:
        settings = {"REVIEWKIT_CROSSREF_URL": server.url}
        with transport_for(settings, Sleeper()) as transport:
            searcher = replace(searcher_of(services), transport=transport)
            done = search_citations(project, searcher, options)
            assert done.ending is Ending.FAILED
            assert "1 of 2 seeds: pubmed:00001" in (done.failures[0].failed or "")
            with Store(project.database, now=DAY) as store:
                assert citation_runs(store) == ()

            server.broken = ""
            asked = len(server.asked)
            calm = search_citations(project, searcher, options)
    assert calm.failures == ()
    assert calm.rounds[0].new == ("citations:10.1000/c5",)
    paths = [one.path for one in server.asked[asked:]]
    assert "works/10.1000/0" not in paths  # what came is not asked for again


def test_europe_pmc_takes_pmids_and_brings_whole_records(
    tmp_path: Path, services: Services
) -> None:
    project = make_included(tmp_path)
    services.europepmc.results.append(result(9, doi="10.1000/9"))
    services.europepmc.lists["MED/7/citations"] = [entry(services.europepmc.results[1])]
    options = CitationOptions(directions=(Direction.FORWARD,), indexes=("europepmc",))
    with Store(project.database, now=DAY) as store, store.transaction():
        store.write("UPDATE records SET pmid = '7' WHERE record = ?", [("pubmed:00000",)])
    done = search_citations(project, searcher_of(services), options)
    assert done.rounds[0].new == ("citations:MED:8",)


@pytest.mark.slow
def test_undo_takes_a_citation_search_out_and_back(tmp_path: Path, services: Services) -> None:
    project = make_included(tmp_path)
    done = search_citations(project, searcher_of(services), FORWARD)
    (run,) = [one.run for one in done.rounds[0].outcomes]
    assert run is not None
    undo = UndoOptions(reviewer="ana")
    undo_runs(project, run, undo, whole_search=True, now=DAY)
    with Store(project.database, now=DAY) as store:
        assert citation_runs(store) == ()
        assert citation_links(store) == ()
        assert review_flow(store, project.protocol).other_sources == ()
    again = search_citations(project, searcher_of(services), FORWARD)
    assert f"it was taken out of the flow and stays out: reviewkit undo back {run}" in "\n".join(
        again.sentences()
    )
    bring_back(project, run, undo, whole_search=True, now=DAY)
    with Store(project.database, now=DAY) as store:
        assert len(citation_links(store)) == 2


def test_a_dry_run_asks_nobody(tmp_path: Path, services: Services) -> None:
    project = make_included(tmp_path)
    plan = plan_citations(project, CitationOptions(), now=DAY)
    assert services.asked() == 0
    sentences = "\n".join(plan.sentences())
    assert "The first round has 2 seeds. Nothing was asked." in sentences
    assert "Crossref, backward: at least 2 requests." in sentences
    assert "Europe PMC, forward: at least 2 requests." in sentences


def test_an_index_that_no_seed_can_be_asked_of_is_not_asked(
    tmp_path: Path, services: Services
) -> None:
    project = make_included(tmp_path)
    with Store(project.database, now=DAY) as store, store.transaction():
        store.write("UPDATE records SET doi = NULL", [()])
    sentences = "\n".join(plan_citations(project, CitationOptions(), now=DAY).sentences())
    assert "at least 0 requests; no identifier to ask for: pubmed:00000, pubmed:00001" in sentences
    done = search_citations(project, searcher_of(services), CitationOptions())
    assert services.asked() == 0
    assert all(one.run is None for one in done.rounds[0].outcomes)
    said = "\n".join(done.sentences())
    assert "Europe PMC, backward: not asked; no seed has a PMID, a PMCID or a DOI." in said


def test_mistakes_are_named(tmp_path: Path, services: Services) -> None:
    project = make_review(tmp_path, count=2, screening=CITED)
    searcher = searcher_of(services)
    with pytest.raises(UsageError, match="no record is included yet"):
        search_citations(project, searcher, CitationOptions())
    with pytest.raises(UsageError, match="no record nowhere:1"):
        search_citations(project, searcher, CitationOptions(keys=("nowhere:1",)))
    with pytest.raises(UsageError, match="no index of citations 'scopus'"):
        search_citations(project, searcher, CitationOptions(indexes=("scopus",)))
    with pytest.raises(UsageError, match="crossref cannot be asked in this direction"):
        search_citations(project, searcher, replace(FORWARD, indexes=("crossref",)))
    without = make_review(tmp_path / "other", count=2)
    with pytest.raises(UsageError, match="no source for what citation searching finds"):
        search_citations(without, searcher, CitationOptions())
