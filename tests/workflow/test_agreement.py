"""Agreement of a pair: values worked out by hand, and what has no value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.model.errors import UsageError
from reviewkit.screening.agreement import agreement


def pairs(both_in: int, first_in: int, second_in: int, both_out: int) -> list[tuple[str, str]]:
    cells = [("in", "in"), ("in", "out"), ("out", "in"), ("out", "out")]
    counts = (both_in, first_in, second_in, both_out)
    return [cell for cell, times in zip(cells, counts, strict=True) for _ in range(times)]


def test_coefficients_by_hand() -> None:
    """20, 5, 10, 15: agreed .7, by chance .5; AC1's chance 2 * .55 * .45."""
    found = agreement(pairs(20, 5, 10, 15))
    assert (found.records, found.agreed) == (50, 35)
    assert found.raw == pytest.approx(0.7)
    assert found.kappa == pytest.approx(0.4)
    assert found.pabak == pytest.approx(0.4)
    assert found.ac1 == pytest.approx((0.7 - 0.495) / 0.505)


def test_the_interval_by_hand() -> None:
    """Fleiss, Cohen & Everitt: (.10972 + .10188 - .01) / (50 * .25) = .016128, root .126996, times
    1.959964.
    """
    found = agreement(pairs(20, 5, 10, 15))
    assert found.kappa_low == pytest.approx(0.4 - 1.959964 * 0.126996, abs=1e-5)
    assert found.kappa_high == pytest.approx(0.4 + 1.959964 * 0.126996, abs=1e-5)
    wide = agreement(pairs(20, 5, 10, 15), confidence=0.99)
    assert wide.kappa_low is not None
    assert wide.kappa_low == pytest.approx(0.4 - 2.575829 * 0.126996, abs=1e-5)


def test_rare_inclusion_lowers_kappa_not_the_others() -> None:
    """118, 5, 2, 0: 94.4 % agreed, kappa below zero, AC1 .94."""
    found = agreement(pairs(118, 5, 2, 0))
    assert found.raw == pytest.approx(0.944)
    assert found.kappa == pytest.approx(-0.0234, abs=1e-4)
    assert found.pabak == pytest.approx(0.888)
    assert found.ac1 == pytest.approx(0.9407, abs=1e-4)


def test_three_verdicts() -> None:
    """Agreed 4 of 6; margins (2, 2, 2) and (3, 2, 1) of 6: chance (6 + 4 + 2) / 36."""
    said = [("a", "a"), ("a", "a"), ("b", "b"), ("b", "a"), ("c", "c"), ("c", "b")]
    found = agreement(said, categories=3)
    assert found.kappa == pytest.approx((4 / 6 - 1 / 3) / (1 - 1 / 3))
    assert found.pabak == pytest.approx((3 * 4 / 6 - 1) / 2)
    means = (5 / 12, 4 / 12, 3 / 12)
    by_chance = sum(share * (1 - share) for share in means) / 2
    assert found.ac1 == pytest.approx((4 / 6 - by_chance) / (1 - by_chance))


def test_one_verdict_throughout_has_no_kappa() -> None:
    found = agreement(pairs(9, 0, 0, 0))
    assert (found.raw, found.kappa, found.kappa_low, found.pabak, found.ac1) == (
        1,
        None,
        None,
        1,
        1,
    )


def test_nothing_in_common_has_no_figures() -> None:
    found = agreement([], confidence=0.9)
    assert (found.agreed, found.confidence) == (0, 0.9)
    assert (found.records, found.raw, found.kappa, found.pabak, found.ac1) == (
        0,
        None,
        None,
        None,
        None,
    )


def test_more_verdicts_than_possible() -> None:
    with pytest.raises(UsageError, match="3 different verdicts where 2"):
        agreement([("a", "b"), ("c", "c")])
    for confidence in (0, 1, 95):
        with pytest.raises(UsageError, match="confidence"):
            agreement([("a", "b")], confidence=confidence)
    assert agreement([("a", "b")], confidence=0.5).confidence == 0.5


def test_an_interval_ends_at_full_agreement() -> None:
    found = agreement(pairs(3, 0, 1, 1))
    assert found.kappa_high == 1.0
    assert found.kappa_low == pytest.approx(-0.16, abs=0.1)


def test_verdicts_of_any_kind_are_counted() -> None:
    assert agreement([(None, "in"), (None, None)]).raw == 0.5


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60))
def test_who_comes_first_does_not_matter(said: list[tuple[bool, bool]]) -> None:
    found, turned = agreement(said), agreement([(b, a) for a, b in said])
    for name in ("raw", "kappa", "kappa_low", "kappa_high", "pabak", "ac1"):
        assert getattr(found, name) == pytest.approx(getattr(turned, name), abs=1e-9)
    if found.kappa is not None and found.kappa_low is not None and found.kappa_high is not None:
        assert -1 <= found.kappa_low <= found.kappa <= found.kappa_high <= 1
