"""What a query costs grows with the records, and not with their square: SQLite's steps counted."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from reviewkit.model.records import Decision, Stage, Verdict
from reviewkit.store import Store
from reviewkit.store.decisions import add_decision, states
from reviewkit.store.events import Value
from reviewkit.store.reviewer_queries import add_stop, conflicts, state_counts, team_decisions
from reviewkit.store.runs import add_run, latest_run
from reviewkit.store.screening_queries import candidates, decisions_on, stage_decisions
from reviewkit.workflow.open_database import read_database
from reviewkit.workflow.project import ReviewProject
from tests.helpers.screening_review import NOW, make_review

SMALL = 300


def decided_review(folder: Path, count: int) -> ReviewProject:
    """Two reviewers on half of the records, each fifth of those goes on to full text."""
    project = make_review(folder, count=count)
    with Store(project.database, now=NOW) as store, store.transaction():
        keys = [key for (key,) in store.rows("SELECT record FROM records ORDER BY record")]
        for (number, key), reviewer in itertools.product(enumerate(keys[: count // 2]), ("a", "b")):
            for stage in Stage if number % 5 == 0 else (Stage.TITLE_ABSTRACT,):
                decision = Decision(
                    record=key,
                    stage=stage,
                    reviewer=reviewer,
                    verdict=Verdict.INCLUDE if number % 5 == 0 else Verdict.EXCLUDE,
                    reason=None if number % 5 == 0 else "not on guts",
                    note=None,
                    decided_at="2026-11-02T00:00:00.000Z",
                )
                add_decision(store, decision, protocol=project.protocol_sha256)
    return project


def stopped_review(folder: Path, count: int) -> ReviewProject:
    """As above, and a stop leaves all others unscreened."""
    project = decided_review(folder, count)
    with Store(project.database, now=NOW) as store, store.transaction():
        keys = [key for (key,) in store.rows("SELECT record FROM records ORDER BY record")]
        values: dict[str, Value] = {
            "stopped_by": "a",
            "rule": "enough",
            "evidence": "{}",
            "lifted": 0,
            "stopped_at": "2026-11-03T00:00:00.000Z",
        }
        add_stop(store, values, keys[count // 2 :], protocol=project.protocol_sha256)
    return project


def steps_of(project: ReviewProject, ask: Callable[[Store], object]) -> int:
    """How many steps, in thousands, SQLite's machine takes for what is asked."""
    steps = itertools.count()
    with read_database(project, now=NOW) as store:
        store._connection.set_progress_handler(lambda: next(steps) < 0, 1000)
        ask(store)
    return next(steps)


QUESTIONS: dict[str, Callable[[Store], object]] = {
    "states": states,
    "counts": state_counts,
    "conflicts": conflicts,
    "to screen": lambda store: candidates(store, Stage.TITLE_ABSTRACT, dated=False),
    "to assess": lambda store: candidates(store, Stage.FULL_TEXT, dated=False),
}


KEY = "pubmed:00001"
# What is asked of one record costs the same, however many there are.
OF_ONE: dict[str, Callable[[Store], object]] = {
    "its decisions": lambda store: [decisions_on(store, KEY) for _ in range(50)],
    "its verdicts": lambda store: [
        stage_decisions(store, Stage.TITLE_ABSTRACT, KEY) for _ in range(50)
    ],
    "the team's": lambda store: [
        team_decisions(store, KEY, Stage.TITLE_ABSTRACT) for _ in range(50)
    ],
}


@pytest.fixture(scope="module")
def reviews(tmp_path_factory: pytest.TempPathFactory) -> tuple[ReviewProject, ReviewProject]:
    """A review, and one four times as large."""
    small, large = (tmp_path_factory.mktemp(name) for name in ("small", "large"))
    return stopped_review(small, SMALL), stopped_review(large, 4 * SMALL)


@pytest.mark.slow
@pytest.mark.parametrize("name", QUESTIONS)
def test_four_times_the_records_take_about_four_times_the_steps(
    reviews: tuple[ReviewProject, ReviewProject], name: str
) -> None:
    small, large = (steps_of(project, QUESTIONS[name]) for project in reviews)
    assert small > 10
    assert large < 5.5 * small, (small, large)


@pytest.mark.slow
@pytest.mark.parametrize("name", OF_ONE)
def test_one_record_costs_the_same_among_four_times_as_many(
    reviews: tuple[ReviewProject, ReviewProject], name: str
) -> None:
    small, large = (steps_of(project, OF_ONE[name]) for project in reviews)
    assert small > 2
    assert large <= 1.5 * small, (small, large)


def searched_again(folder: Path, count: int) -> ReviewProject:
    """Two searches; the second lists every other record of the first."""
    folder.mkdir()
    project = make_review(folder, count=count)
    with Store(project.database, now=NOW) as store, store.transaction():
        first = latest_run(store, "pubmed", None)
        assert first is not None
        listed = first.identifiers[::2]
        second = replace(
            first,
            identifiers=listed,
            count=len(listed),
            received=len(listed),
            searched_at="2026-11-05",
        )
        known = {name: f"pubmed:{name}" for name in listed}
        protocol = project.protocol_sha256
        assert add_run(store, second, [], protocol=protocol, counts_in_flow=True, known=known)
    return project


@pytest.mark.slow
def test_what_is_gone_costs_no_reading_of_all_lists_for_each_record(tmp_path: Path) -> None:
    def gone(store: Store) -> None:
        (number,) = store.first("SELECT count(*) FROM gone_records") or (0,)
        assert number > SMALL

    small, large = (
        steps_of(searched_again(tmp_path / str(times), times * SMALL), gone) for times in (4, 16)
    )
    assert small > 10
    assert large < 5.5 * small, (small, large)
