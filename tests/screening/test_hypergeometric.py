"""Chances in small urns, each against the exact one: every urn of up to seven records."""

from fractions import Fraction
from itertools import product
from math import comb

import pytest

from reviewkit.screening.hypergeometric import Urns, at_most, log_factorials


def exactly(k: int, size: int, relevant: int, drawn: int) -> Fraction:
    """The chance of at most k relevant ones among those drawn; 0 where no such draw can be."""
    ways = sum(
        comb(relevant, hits) * comb(size - relevant, drawn - hits)
        for hits in range(min(k, drawn) + 1)
    )
    return Fraction(ways, comb(size, drawn))


@pytest.mark.parametrize("size", range(1, 8))
def test_the_chance_of_so_few(size: int) -> None:
    logs = log_factorials(size)
    assert len(logs) == size + 1
    for relevant, drawn in product(range(size + 1), repeat=2):
        for k in range(drawn + 1):
            found = at_most(logs, k, size, relevant, drawn)
            assert found == pytest.approx(float(exactly(k, size, relevant, drawn)), abs=1e-12)
            assert found <= 1.0


@pytest.mark.parametrize("size", range(1, 8))
def test_the_lowest_chance_over_the_stretches_that_end_now(size: int) -> None:
    """From the start, and from each relevant record on: so few, if so many exist in all."""
    for screened in range(size + 1):
        for labels in product([False, True], repeat=screened):
            urns = Urns.of(labels, size)
            found = sum(labels)
            starts = [0, *(place + 1 for place, label in enumerate(labels) if label)]
            for relevant in range(found, size - screened + found + 1):
                chances = [
                    exactly(
                        sum(labels[start:]),
                        size - start,
                        relevant - sum(labels[:start]),
                        screened - start,
                    )
                    for start in starts
                ]
                assert urns.p_value(relevant) == pytest.approx(float(min(chances)), abs=1e-12)
            assert urns.p_value(size - screened + found + 1) == 0.0
