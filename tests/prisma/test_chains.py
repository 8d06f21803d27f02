"""Which sums of a flow cannot hold together: held against every value that each count can have."""

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewkit.prisma.chains import broken_chains, have_solution
from reviewkit.prisma.equation import Equation, Term, Values, known
from tests.helpers.effort import examples

# A step: what is added and what is removed on the way from one count to the next.
Step = tuple[int | None, int | None]
MOST = 24


def term(key: str) -> Term:
    return Term(key=key, label=key)


def sum_of(number: int) -> Equation:
    """x1 = x0 + in0 - out0, and so on: each count stands in two sums, on opposite sides."""
    return Equation(
        identities=(str(number),),
        target=term(f"x{number + 1}"),
        plus=(term(f"x{number}"), term(f"in{number}")),
        minus=(term(f"out{number}"),),
    )


def values_of(counts: list[int | None], steps: list[Step]) -> Values:
    answer = {f"x{number}": count for number, count in enumerate(counts)}
    for number, (more, less) in enumerate(steps):
        answer |= {f"in{number}": more, f"out{number}": less}
    return known(answer)


def can_be(count: int | None) -> range:
    return range(MOST) if count is None else range(count, count + 1)


def possible(counts: list[int | None], steps: list[Step]) -> bool:
    """Whether whole numbers from 0 exist for what is not known: every one is tried."""
    reached = set(can_be(counts[0]))
    for (more, less), following in zip(steps, counts[1:], strict=True):
        with_more = {n + added for n in reached for added in can_be(more)}
        reached = {n - gone for n in with_more for gone in can_be(less) if n >= gone}
        reached &= set(can_be(following))
    return bool(reached)


def least_broken(counts: list[int | None], steps: list[Step]) -> set[frozenset[int]]:
    """The shortest stretches of the way that are impossible by themselves."""
    stretches = [
        frozenset(range(first, last))
        for first, last in itertools.combinations(range(len(counts)), 2)
        if not possible(counts[first : last + 1], steps[first:last])
    ]
    return {one for one in stretches if not any(other < one for other in stretches)}


maybe = st.none() | st.integers(0, 4)


def ways(count: int) -> st.SearchStrategy[tuple[list[int | None], list[Step]]]:
    counts = st.lists(maybe, min_size=count + 1, max_size=count + 1)
    steps = st.lists(st.tuples(maybe, maybe), min_size=count, max_size=count)
    return st.tuples(counts, steps)


@settings(max_examples=examples(150), deadline=None)
@given(st.integers(1, 4).flatmap(ways), st.randoms(use_true_random=False))
def test_sums_break_exactly_where_no_value_can_save_them(
    way: tuple[list[int | None], list[Step]], chance: random.Random
) -> None:
    hold_together(*way, chance.sample(range(len(way[1])), len(way[1])))


NOTHING: Step = (0, 0)
OPEN: Step = (None, None)


@pytest.mark.parametrize(
    ("counts", "steps"),
    [
        # What is known at one end has to come to the other, through counts that are not.
        ([3, None, None, None, 4], [NOTHING] * 4),
        ([3, None, None, None, 3], [NOTHING] * 4),
        ([None, None, None, None, 4], [(0, 0), (0, 1), (0, 0), (0, 2)]),
        ([4, None, None, None, None], [(0, 1), (0, 2), (0, 2), (0, 0)]),
        ([4, None, None, None, None], [(0, 1), (0, 2), (0, 1), (0, 0)]),
        ([1, None, 4, None, 9], [(2, 0), (1, 0), (2, 0), (2, 0)]),
        ([1, None, 4, None, 8], [(2, 0), (1, 0), (2, 0), (2, 0)]),
        # Two that break apart from each other, and one inside of another.
        ([3, 4, None, 2, 3], [NOTHING, OPEN, OPEN, NOTHING]),
        ([3, 4, 4, 4, 3], [NOTHING] * 4),
        ([5, None, 4, 2, 3], [NOTHING, NOTHING, OPEN, NOTHING]),
        ([5, None, 4, None, 2], [(None, 0), (0, 0), (0, None), (1, 0)]),
        ([5, None, 4, None, 2], [(None, 0), (0, 0), (0, 0), (None, 0)]),
        ([0, None, 1], [(0, None), (None, 0)]),
        ([0, None, 1], [(0, None), (0, 0)]),
        ([2, None, None, 1], [(None, 4), (0, None), (0, 0)]),
        ([None, None], [(1, 0)]),
        ([1, 0], [(0, 0)]),
    ],
)
def test_sums_that_hold_together_only_over_several(
    counts: list[int | None], steps: list[Step]
) -> None:
    for order in itertools.permutations(range(len(steps))):
        hold_together(counts, steps, order)


@pytest.mark.parametrize(
    ("counts", "named"),
    [
        # At most 3 come by each arm: together at most 6.
        ({"p": 3, "r": 3, "n": 7}, {"A", "B", "C"}),
        ({"p": 3, "r": 3, "n": 6}, set()),
        ({"p": 3, "r": 4, "n": 7}, set()),
        ({"p": 3, "q": 1, "r": 4, "s": 0, "n": 7}, {"A", "B", "C"}),
        ({"p": 3, "q": 1, "r": 4, "s": 0, "n": 6}, set()),
        ({"p": 3, "b": 2, "n": 6}, {"A", "C"}),
        ({"p": 3, "b": 2, "n": 5, "out": 1}, {"A", "C"}),
        ({"p": 3, "b": 2, "n": 4, "out": 1}, set()),
        # At least 3 come by one arm, and no more than 2 are there.
        ({"a": 3, "n": 2, "out": 0}, {"C"}),
        ({"p": 3, "q": 0, "n": 2, "out": 0}, {"A", "C"}),
    ],
)
def test_sums_of_which_two_come_together_in_a_third(
    counts: dict[str, int | None], named: set[str]
) -> None:
    def equation(name: str, target: str, plus: str, minus: str) -> Equation:
        return Equation(
            identities=(name,),
            target=term(target),
            plus=tuple(map(term, plus)),
            minus=(term(minus),),
        )

    arms = [equation("A", "a", "p", "q"), equation("B", "b", "r", "s")]
    for equations in itertools.permutations([*arms, equation("C", "n", "ab", "out")]):
        values = known(counts)
        assert have_solution(equations, values) is not bool(named)
        assert [set(chain.identities) for chain in broken_chains(equations, values)] == (
            [named] if named else []
        )


def hold_together(
    counts: list[int | None], steps: list[Step], order: "tuple[int, ...] | list[int]"
) -> None:
    """The sums break as they should, in whatever order they are given."""
    equations, values = [sum_of(number) for number in order], values_of(counts, steps)
    assert have_solution(equations, values) is possible(counts, steps)
    assert values == values_of(counts, steps)

    broken = broken_chains(equations, values)
    named = [frozenset(map(int, chain.identities)) for chain in broken]
    assert set(named) == least_broken(counts, steps)
    assert len(named) == len(set(named))
    # They come in the order in which the sums were given, each with its own in that order too.
    firsts = [min(order.index(int(name)) for name in chain.identities) for chain in broken]
    assert firsts == sorted(firsts)
    for chain in broken:
        places = [order.index(int(name)) for name in chain.identities]
        assert places == sorted(places)
