"""Every fault in every index of citations: the right rows, or a failure that is named and nothing
stored; and the next calm run gives what an undisturbed one does.
"""

import itertools
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from reviewkit.model.citations import Direction
from reviewkit.store import Store
from reviewkit.store.citations import citation_links
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.updates.citation_result import CitationResult
from reviewkit.workflow.updates.citation_seeds import CitationOptions
from reviewkit.workflow.updates.citations import search_citations
from tests.helpers.disturbed import KINDS, json_lies
from tests.helpers.effort import EXHAUSTIVE, examples
from tests.helpers.listed import transport_for
from tests.helpers.retrieval import Sleeper
from tests.servers.crossref_server import CrossrefServer, item
from tests.servers.europepmc_server import EuropePmcServer, entry, result
from tests.servers.faulty_proxy import HARMLESS, WIRE, FaultyProxy, Spoiler, Whole
from tests.servers.openalex_server import OpenAlexServer, work
from tests.workflow.test_citations import DAY, make_included, searcher_of

HOLLOW = "a record without its fields"  # nobody knows yet what the record lacks


def _openalex() -> OpenAlexServer:
    own = [work(n + 1, doi=f"https://doi.org/10.1000/{n}", refers=range(10, 16)) for n in (0, 1)]
    citing = [work(n, refers=(1, 2)) for n in range(20, 27)]
    return OpenAlexServer([*own, *map(work, range(10, 16)), *citing], at_most=3)


def _europepmc() -> EuropePmcServer:
    works = [result(n) for n in range(10, 17)]
    listed = list(map(entry, works))
    lists = {"MED/700/citations": listed, "MED/701/references": listed[:4]}
    lists["MED/700/references"] = listed[3:]
    return EuropePmcServer(works, at_most=3, lists=lists)


def _crossref() -> CrossrefServer:
    references = [{"DOI": f"10.1000/c{n}"} for n in range(10, 17)]
    own = [{**item(n, reference=references[n:]), "DOI": f"10.1000/{n}"} for n in (0, 1)]
    return CrossrefServer([*own, *map(item, range(10, 17))], at_most=3)


@dataclass(frozen=True)
class Case:
    server: Callable[[], Any]
    lies: Mapping[str, Spoiler]


CASES = {
    "openalex": Case(_openalex, KINDS["openalex"].lies),
    "europepmc": Case(
        _europepmc,
        {
            **KINDS["europepmc"].lies,
            **{
                f"{name}, of a list": lie
                for name, lie in json_lies(("citationList", "citation"), ("hitCount",)).items()
            },
        },
    ),
    "crossref": Case(_crossref, KINDS["crossref"].lies),
}
Rows = tuple[frozenset[object], frozenset[object]]


def make_project(folder: Path) -> ReviewProject:
    """Two included records, each with a DOI and a PMID."""
    project = make_included(folder)
    with Store(project.database, now=DAY) as store, store.transaction():
        rows = [("700", "pubmed:00000"), ("701", "pubmed:00001")]
        store.write("UPDATE records SET pmid = ? WHERE record = ?", rows)
    return project


@dataclass
class Disturbed:
    project: ReviewProject
    proxy: FaultyProxy
    options: CitationOptions
    transport: Any

    def search(self) -> CitationResult:
        searcher = replace(searcher_of(None), transport=self.transport)
        return search_citations(self.project, searcher, self.options)

    def rows(self) -> Rows:
        """What is stored: every record that was found, and who led to it."""
        with Store(self.project.database, now=DAY) as store:
            found = store.rows(
                "SELECT record, title FROM records WHERE source = 'citations' ORDER BY record"
            )
            links = {(link.seed, link.record, link.printed) for link in citation_links(store)}
        return frozenset(found), frozenset(links)


@contextmanager
def disturbed(index: str, folder: Path, *directions: Direction) -> Iterator[Disturbed]:
    options = CitationOptions(directions=directions, indexes=(index,))
    with CASES[index].server() as server, FaultyProxy(server.url) as proxy:
        settings = {f"REVIEWKIT_{index.upper()}_URL": proxy.url}
        with transport_for(settings, Sleeper()) as transport:
            yield Disturbed(make_project(folder), proxy, options, transport)


def directions_of(index: str) -> tuple[Direction, ...]:
    return tuple(Direction) if index != "crossref" else (Direction.BACKWARD,)


def once(lie: Spoiler) -> Callable[[int], Spoiler]:
    """A lie that is told once, in the second answer that can hold it."""
    turns = iter((False, True))

    def spoil(whole: Whole, chance: random.Random) -> Whole | None:
        changed = lie(whole, chance)
        return changed if changed != whole and next(turns, False) else whole

    return lambda number: spoil


WHOLE = [
    (fault, index)
    for fault, index in itertools.product((*WIRE, *CASES["europepmc"].lies), CASES)
    if (fault in WIRE or fault in CASES[index].lies) and not fault.startswith(HOLLOW)
]
CHOSEN = [
    case
    for number, case in enumerate(WHOLE)
    if EXHAUSTIVE or case[0] not in WIRE or number % len(CASES) == number // len(CASES) % len(CASES)
]


@pytest.mark.slow
@pytest.mark.exhaustive
@pytest.mark.parametrize(("fault", "index"), CHOSEN)
def test_every_fault(tmp_path: Path, fault: str, index: str) -> None:
    ways = directions_of(index)
    with disturbed(index, tmp_path / "calm", *ways) as calm:
        assert calm.search().failures == ()
        wanted = calm.rows()
    with disturbed(index, tmp_path / "faulty", *ways) as faulty:
        faulty.proxy.chance = random.Random(f"{fault}{index}")
        if fault in WIRE:
            faulty.proxy.plan = lambda number: WIRE[fault]
        else:
            faulty.proxy.plan = once(CASES[index].lies[fault])
        done = faulty.search()
        if fault in WIRE.keys() - HARMLESS:
            assert len(done.failures) == len(ways)
        if not done.failures:
            assert faulty.rows() == wanted
        elif fault in WIRE:
            assert faulty.rows() == (frozenset(), frozenset())

        faulty.proxy.calm()
        assert faulty.search().failures == ()
        assert faulty.rows() == wanted


@pytest.mark.slow
@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(examples(9)))
def test_random_schedules(tmp_path: Path, seed: int) -> None:
    """A fault in a third of the requests, run after run: nothing wrong is ever stored."""
    index = sorted(CASES)[seed % len(CASES)]
    ways = directions_of(index)
    with disturbed(index, tmp_path / "calm", *ways) as calm:
        calm.search()
        wanted = calm.rows()
    chance = random.Random(seed)
    faults = [WIRE[name] for name in sorted(WIRE)]
    with disturbed(index, tmp_path / "faulty", *ways) as faulty:
        faulty.proxy.chance = random.Random(seed)
        faulty.proxy.plan = lambda number: (
            chance.choice(faults) if chance.random() < 1 / 3 else None
        )
        for _ in range(3):
            done = faulty.search()
            found, links = faulty.rows()
            assert found <= wanted[0]
            if not done.failures:
                assert (found, links) == wanted
        faulty.proxy.calm()
        assert faulty.search().failures == ()
        assert faulty.rows() == wanted
