"""What a stage consists of when a session opens: its records, its rules, what was decided."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from reviewkit.model.records import Stage, Verdict
from reviewkit.screening.models import Order
from reviewkit.store import Store
from reviewkit.store.events import RETRIEVAL, append
from reviewkit.store.reviewer_queries import add_assignment
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.session.session_config import Facts, read_facts
from tests.helpers.screening_history import decide, settle, stop
from tests.helpers.screening_review import NOW, TWO, make_records, make_review

TITLES, FULL = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT
NOBODY: frozenset[str] = frozenset()
A, B, C, D = (f"pubmed:{number:05}" for number in range(4))


@pytest.fixture
def project(tmp_path: Path) -> ReviewProject:
    """Four records, of which the later ones are older; each stage needs two reviewers."""
    records = [replace(record, year=2010 - at) for at, record in enumerate(make_records(4))]
    return make_review(tmp_path, records=records, screening=TWO)


@pytest.fixture
def store(project: ReviewProject) -> Iterator[Store]:
    with Store(project.database, now=NOW) as opened:
        yield opened


def facts(
    store: Store, project: ReviewProject, stage: Stage = TITLES, order: Order = Order.ID
) -> Facts:
    return read_facts(store, project.protocol, stage, order=order)


def assign(store: Store, project: ReviewProject, stage: Stage, record: str, who: str) -> None:
    values = {"stage": stage, "assigned_by": "li", "plan": "", "assigned_at": "2026"}
    with store.transaction():
        add_assignment(store, values, {record: [who]}, protocol=project.protocol_sha256)


def test_a_record_lacks_decisions_until_enough_have_decided_or_it_is_settled(
    store: Store, project: ReviewProject
) -> None:
    with store.transaction():
        decide(store, A, "ana", Verdict.INCLUDE)
        for who in ("ana", "rui"):
            decide(store, B, who, Verdict.INCLUDE)
        decide(store, C, "ana", Verdict.INCLUDE)
        settle(store, C, Verdict.INCLUDE)
    found = facts(store, project)
    assert [found.lacks_decisions(record) for record in (A, B, C, D)] == [True, False, False, True]
    assert found.decided[B] == {"ana": Verdict.INCLUDE, "rui": Verdict.INCLUDE}
    assert (found.rules.needed, found.settled) == (2, frozenset({C}))
    assert facts(store, project, FULL).settled == frozenset()


def test_the_order_is_the_one_that_was_asked_for(store: Store, project: ReviewProject) -> None:
    def order(wanted: Order, seed: int = 1) -> list[str]:
        found = facts(store, project, order=wanted)
        return [*found.standings(order=wanted, seed=seed).order]

    assert order(Order.ID) == [A, B, C, D]
    assert order(Order.DATE) == [A, B, C, D]
    assert {candidate.date for candidate in facts(store, project).candidates} == {""}
    dated = facts(store, project, order=Order.DATE).candidates
    assert sorted(candidate.date for candidate in dated) == ["2007", "2008", "2009", "2010"]
    random = {tuple(order(Order.RANDOM, seed)) for seed in range(6)}
    assert len(random) > 1
    assert all(sorted(one) == [A, B, C, D] for one in random)
    found = facts(store, project)
    assert [*found.standings().order] == [*found.standings(order=Order.ID, seed=1).order]


def test_a_settled_record_is_closed_in_its_standing(store: Store, project: ReviewProject) -> None:
    with store.transaction():
        decide(store, A, "ana", Verdict.INCLUDE)
        settle(store, A, Verdict.INCLUDE)
    standings = facts(store, project).standings()
    assert [standings.at(place).settled for place in range(2)] == [True, False]


def test_assignments_are_those_of_the_stage(store: Store, project: ReviewProject) -> None:
    assign(store, project, TITLES, A, "ana")
    assign(store, project, FULL, B, "rui")
    assert facts(store, project).rules.assigned == {A: frozenset({"ana"})}
    assert facts(store, project, FULL).rules.assigned == {B: frozenset({"rui"})}


def test_a_stop_is_of_titles_and_what_was_not_retrieved_of_full_texts(
    store: Store, project: ReviewProject
) -> None:
    with store.transaction():
        stop(store, [C, D])
        values = {"record": A, "reviewer": "ana", "outcome": "not_retrieved", "told_at": "2026"}
        append(store, RETRIEVAL, values, protocol=project.protocol_sha256)
    titles, full = facts(store, project).rules, facts(store, project, FULL).rules
    assert (titles.stopped, full.stopped) == (frozenset({C, D}), NOBODY)
    assert (titles.not_retrieved, full.not_retrieved) == (NOBODY, frozenset({A}))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_pilot_is_drawn_by_its_seed_for_titles_alone(tmp_path: Path, seed: int) -> None:
    drawn: set[frozenset[str]] = set()
    for tried in (seed, seed, seed + 10, seed + 20, seed + 30):
        screening = f"[screening]\npilot = {{ size = 2, seed = {tried} }}\n"
        project = make_review(tmp_path / str(len(drawn)) / str(tried), screening=screening)
        with Store(project.database, now=NOW) as store:
            pilot = facts(store, project).rules.pilot
            assert len(pilot) == 2
            assert facts(store, project, FULL).rules.pilot == frozenset()
        drawn.add(pilot)
    assert len(drawn) > 1
