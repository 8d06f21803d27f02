"""Who screens what: by whom, how evenly, and what stays with whom."""

import pytest

from reviewkit.screening.assignment import split
from reviewkit.screening.queue import draw

RECORDS = [f"r{i}" for i in range(8)]
THREE = ["ana", "rui", "li"]


def shares(plan: dict[str, tuple[str, ...]]) -> dict[str, int]:
    """How many records each reviewer has."""
    names = [name for chosen in plan.values() for name in chosen]
    return {name: names.count(name) for name in sorted(set(names))}


def test_the_seed_says_which_records_all_screen() -> None:
    for seed in (1, 2):
        plan = split(RECORDS, THREE, each=1, overlap=2, seed=seed, kept={})
        all_screen = {record for record, chosen in plan.items() if len(chosen) == 3}
        assert all_screen == set(draw(RECORDS, seed)[:2])


def test_two_of_three_reviewers_are_paired_in_every_way() -> None:
    plan = split(RECORDS[:6], THREE, each=2, overlap=0, seed=1, kept={})
    assert shares(plan) == {"ana": 4, "li": 4, "rui": 4}
    assert sorted(set(plan.values())) == [("ana", "li"), ("ana", "rui"), ("li", "rui")]


def test_ties_go_round_in_the_order_of_the_list() -> None:
    plan = split(RECORDS, THREE, each=1, overlap=0, seed=1, kept={})
    given = [plan[record] for record in draw(RECORDS, 1)]
    assert given[:6] == [("ana",), ("rui",), ("li",), ("ana",), ("rui",), ("li",)]


def test_what_somebody_decided_before_is_not_work_that_is_to_come() -> None:
    """Rui decided on four records. Of the other four, each still gets two."""
    kept = {record: {"rui"} for record in RECORDS[:4]}
    plan = split(RECORDS, ["ana", "rui"], each=1, overlap=0, seed=1, kept=kept)
    assert all(plan[record] == ("rui",) for record in RECORDS[:4])
    assert shares({record: plan[record] for record in RECORDS[4:]}) == {"ana": 2, "rui": 2}


def test_who_joins_for_a_second_opinion_gets_work_and_who_decided_gets_none() -> None:
    kept = {record: {"rui"} for record in RECORDS}
    plan = split(RECORDS, THREE, each=2, overlap=0, seed=1, kept=kept)
    assert shares(plan) == {"ana": 4, "li": 4, "rui": 8}


@pytest.mark.parametrize("each", [1, 2])
def test_all_who_have_decided_stay_although_fewer_are_wanted(each: int) -> None:
    kept = {"r0": {"ana", "li", "somebody else"}}
    plan = split(["r0"], THREE, each=each, overlap=0, seed=1, kept=kept)
    assert plan == {"r0": ("ana", "li")}
