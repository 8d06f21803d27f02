"""Stopping: the urn's arithmetic by hand and by brute force, and honest sentences."""

import math
import random
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewkit.model.errors import UsageError
from reviewkit.screening.hypergeometric import at_most, log_factorials
from reviewkit.screening.stopping import (
    Heuristic,
    _least_missed,
    heuristics,
    hypergeometric_test,
    sample_check,
    sample_size,
)
from tests.helpers.effort import examples

Y, N = True, False


def exact_at_most(k: int, size: int, relevant: int, drawn: int) -> float:
    """The hypergeometric sum with whole numbers."""
    ways = sum(
        math.comb(relevant, i) * math.comb(size - relevant, drawn - i)
        for i in range(min(k, drawn) + 1)
    )
    return ways / math.comb(size, drawn)


def test_hypergeometric_by_hand() -> None:
    """One found first, four irrelevant: a second one escaped four draws of nine with chance 5/9."""
    found = hypergeometric_test([Y, N, N, N, N], total=10)
    assert found.p_value == pytest.approx(5 / 9)
    assert (found.found, found.screened, found.met) == (1, 5, False)


def test_hypergeometric_takes_the_urn_that_speaks_loudest() -> None:
    """From the start: two of ten in five draws, at most one seen, 1 - 56/252; later less."""
    late = hypergeometric_test([N, N, N, N, Y], total=10)
    assert late.p_value == pytest.approx(1 - 56 / 252)


def test_hypergeometric_target_in_whole_numbers() -> None:
    """19 found: recall falls short of 95 % with 21 relevant in all, not with 20."""
    labels = [Y] * 19 + [N] * 60
    found = hypergeometric_test(labels, total=100)
    assert found.p_value == pytest.approx(exact_at_most(0, 81, 2, 60))


@settings(max_examples=examples(150), deadline=None)
@given(
    st.lists(st.booleans(), min_size=1, max_size=25),
    st.integers(0, 12),
    st.sampled_from([0.8, 0.9, 0.95]),
)
def test_hypergeometric_is_the_lowest_over_all_urns(
    labels: list[bool], unseen: int, target: float
) -> None:
    total, found = len(labels) + unseen, sum(labels)
    result = hypergeometric_test(labels, total=total, recall_target=target)
    relevant = next(r for r in range(found, total + 30) if found < target * r - 1e-9)
    if relevant - found > unseen:
        assert result.p_value == 0
    else:
        urns = [
            exact_at_most(
                sum(labels[start:]),
                total - start,
                relevant - sum(labels[:start]),
                len(labels) - start,
            )
            for start in range(len(labels) + 1)
        ]
        assert result.p_value == pytest.approx(min(urns), abs=1e-9)
    assert 0 <= result.unseen_relevant_bound <= unseen
    if found:
        assert result.recall_bound == pytest.approx(found / (found + result.unseen_relevant_bound))
        assert result.met == (found / (found + result.unseen_relevant_bound) >= target - 1e-9)


def lowest_p(labels: list[bool], total: int, relevant: int) -> float:
    """Every urn summed term by term, without skipping the terms that do not count."""
    starts = [0, *(place + 1 for place, label in enumerate(labels) if label)]
    logs = log_factorials(total)
    return min(
        at_most(logs, sum(labels[s:]), total - s, relevant - sum(labels[:s]), len(labels) - s)
        for s in starts
    )


@pytest.mark.slow
@settings(max_examples=examples(150), deadline=None)
@given(
    st.randoms(use_true_random=False),
    st.integers(1, 700),
    st.floats(0.0, 1.0),
    st.sampled_from([0, 1, 3, 6]),
    st.sampled_from([0, 1, 30, 3000]),
    st.sampled_from([0.5, 0.9, 0.95, 0.99]),
)
def test_hypergeometric_skips_only_terms_that_do_not_count(
    chance: random.Random, screened: int, share: float, decay: int, unseen: int, target: float
) -> None:
    labels = [
        chance.random() < share * (1 - place / screened) ** decay for place in range(screened)
    ]
    total, found = screened + unseen, sum(labels)
    result = hypergeometric_test(labels, total=total, recall_target=target)
    assert result.p_value == pytest.approx(
        lowest_p(labels, total, _least_missed(found, target)), rel=1e-8, abs=1e-14
    )
    bound = found + result.unseen_relevant_bound
    assert bound == found or lowest_p(labels, total, bound) >= 0.05 - 1e-9
    assert bound == total - screened + found or lowest_p(labels, total, bound + 1) < 0.05 + 1e-9


def test_everything_screened_leaves_no_doubt() -> None:
    found = hypergeometric_test([Y, N, Y], total=3)
    assert (found.p_value, found.recall_bound, found.met) == (0, 1, True)


@pytest.mark.parametrize("labels", [[], [N] * 5, [N] * 10])
def test_nothing_found_says_nothing(labels: list[bool]) -> None:
    found = hypergeometric_test(labels, total=10)
    assert (found.met, found.recall_bound) == (False, None)
    assert "nothing can be said" in found.sentence


def test_all_relevant_is_no_reason_to_stop() -> None:
    found = hypergeometric_test([Y] * 10, total=100)
    assert found.p_value == pytest.approx(1)
    assert not found.met


def test_sample_check_by_hand() -> None:
    """None relevant in 10 of 20: chance .1053 with three, .0433 with four: at most three."""
    found = sample_check([N] * 10, unscreened=20, found=17)
    assert found.unseen_relevant_bound == 3
    assert found.recall_bound == pytest.approx(17 / 20)
    assert found.expected_unseen == 0


def test_sample_check_with_hits() -> None:
    found = sample_check([Y] + [N] * 9, unscreened=20, found=17)
    assert found.expected_unseen == pytest.approx(1)
    bound = max(k for k in range(1, 12) if exact_at_most(1, 20, k, 10) >= 0.05)
    assert found.unseen_relevant_bound == bound - 1
    assert found.recall_bound == pytest.approx(18 / (17 + bound))


def test_no_sample_and_a_whole_sample() -> None:
    assert sample_check([], unscreened=20, found=3).unseen_relevant_bound == 20
    assert sample_check([N] * 20, unscreened=20, found=3).recall_bound == 1
    assert sample_check([], unscreened=0, found=0).recall_bound is None


def test_sample_size_by_hand() -> None:
    """19 known: two more of 100 miss 95 %; 78 draws miss both with chance .0467, 77 with .0511."""
    assert sample_size(unscreened=100, found=19) == 78
    assert exact_at_most(0, 100, 2, 78) < 0.05 <= exact_at_most(0, 100, 2, 77)


@given(st.integers(0, 300), st.integers(0, 60), st.sampled_from([0.8, 0.95]))
def test_a_clean_sample_of_that_size_reaches_the_target(
    unscreened: int, found: int, target: float
) -> None:
    size = sample_size(unscreened=unscreened, found=found, recall_target=target)
    result = sample_check([N] * size, unscreened=unscreened, found=found)
    assert result.recall_bound is None or result.recall_bound >= target - 1e-12


def test_heuristics_count_and_name_their_source() -> None:
    found = {rule.name: rule for rule in heuristics([Y, *[N] * 60], total=1000)}
    assert found["50 irrelevant in a row"].met
    assert not found["100 irrelevant in a row"].met
    assert not found["10 % screened, then 50 irrelevant in a row"].met
    assert heuristics([Y, *[N] * 60], total=600)[-1].met
    assert all(rule.source and rule.no_promise and rule.reached == 60 for rule in found.values())


def test_an_inclusion_starts_the_count_again() -> None:
    assert heuristics([*[N] * 60, Y], total=100)[0].reached == 0
    assert heuristics([], total=100)[0].reached == 0


def test_no_sentence_says_done() -> None:
    labels = [Y] * 10 + [N] * 85
    lines: list[Any] = [
        hypergeometric_test(labels, total=100),
        hypergeometric_test(labels[:20], total=100),
        sample_check([N] * 10, unscreened=20, found=17),
        *heuristics(labels, total=100),
    ]
    for thing in lines:
        names = [field.name for field in fields(thing)]
        text = " ".join(str(getattr(thing, name)) for name in names)
        assert "done" not in text.lower()
        assert "complete" not in text.lower()
    assert isinstance(lines[-1], Heuristic)


@pytest.mark.parametrize("share", [0, 1, -0.5, 95])
def test_shares_have_to_be_shares(share: float) -> None:
    with pytest.raises(UsageError, match="the recall target is"):
        hypergeometric_test([Y], total=2, recall_target=share)
    with pytest.raises(UsageError, match="confidence"):
        sample_check([Y], unscreened=2, found=0, confidence=share)


def test_more_labels_than_records() -> None:
    with pytest.raises(UsageError, match="3 labels for 2 records"):
        hypergeometric_test([Y, N, N], total=2)


@pytest.mark.parametrize(
    ("labels", "total", "target", "confidence", "sentence"),
    [
        (
            [Y] * 19 + [N] * 60,
            100,
            0.95,
            0.95,
            "It cannot be ruled out (p = 0.0648, wanted below 0.05) that fewer than 95% of the "
            "relevant records have been found. At 95% confidence recall is at least 90.4 %.",
        ),
        (
            [Y] * 19 + [N] * 60,
            100,
            0.9,
            0.9,
            "It is unlikely (p = 0.0156) that fewer than 90% of the relevant records have been "
            "found. At 90% confidence recall is at least 95.0 %.",
        ),
        (
            [Y] * 19 + [N] * 80,
            100,
            0.9,
            0.95,
            "It is very unlikely (p < 0.001) that fewer than 90% of the relevant records have been "
            "found. At 95% confidence recall is at least 100.0 %.",
        ),
        (
            [N] * 80,
            100,
            0.9,
            0.95,
            "No relevant record is found yet, so nothing can be said of recall.",
        ),
    ],
)
def test_the_test_is_told_in_a_sentence(
    labels: list[bool], total: int, target: float, confidence: float, sentence: str
) -> None:
    found = hypergeometric_test(labels, total=total, recall_target=target, confidence=confidence)
    assert found.sentence == sentence
    assert (found.screened, found.total, found.found) == (len(labels), total, sum(labels))
    assert (found.recall_target, found.confidence) == (target, confidence)
    assert found.met is ("unlikely" in sentence)
    usual = hypergeometric_test(labels, total=total)
    assert usual == hypergeometric_test(labels, total=total, recall_target=0.95, confidence=0.95)


def test_the_bound_is_the_highest_that_the_test_does_not_refute() -> None:
    labels = [Y] * 19 + [N] * 60
    found = hypergeometric_test(labels, total=100)
    bound = found.unseen_relevant_bound
    chances = [exact_at_most(0, 81, missed, 60) for missed in (bound, bound + 1)]
    assert chances[0] >= 0.05 > chances[1]
    # A chance that is exactly the risk refutes nothing.
    risk = exact_at_most(0, 4, 1, 2)
    found = hypergeometric_test([Y, N, N], total=5, confidence=1 - risk)
    assert (risk, found.unseen_relevant_bound) == (0.5, 1)


@pytest.mark.parametrize(
    ("sample", "found", "sentence"),
    [
        (
            [N] * 10,
            17,
            "0 of 10 records drawn at random were relevant. At 95% confidence at most 3 of the 10 "
            "records still unscreened are relevant, so recall is at least 85.0 %.",
        ),
        (
            [N] * 10,
            0,
            "0 of 10 records drawn at random were relevant. At 95% confidence at most 3 of the 10 "
            "records still unscreened are relevant.",
        ),
        (
            [],
            17,
            "No sample is screened yet, so nothing can be said of the unscreened records.",
        ),
    ],
)
def test_a_sample_is_told_in_a_sentence(sample: list[bool], found: int, sentence: str) -> None:
    check = sample_check(sample, unscreened=20, found=found)
    assert check.sentence == sentence
    assert (check.unscreened, check.sampled, check.found_before) == (20, len(sample), found)
    assert (check.found_in_sample, check.confidence) == (sum(sample), 0.95)
    assert (check.expected_unseen is None) is not bool(sample)


def test_a_bound_of_a_sample_may_meet_its_risk_exactly() -> None:
    assert sample_check([N] * 2, unscreened=4, found=1, confidence=0.5).unseen_relevant_bound == 1
    assert sample_check([N] * 2, unscreened=4, found=1, confidence=0.51).unseen_relevant_bound == 1
    assert sample_check([N] * 2, unscreened=4, found=1, confidence=0.49).unseen_relevant_bound == 0
    some = sample_check([Y, N, N, N], unscreened=12, found=1, confidence=0.9)
    assert some.expected_unseen == pytest.approx(1 / 4 * 8)


@pytest.mark.parametrize(
    ("unscreened", "found", "target", "confidence", "size"),
    [
        (100, 19, 0.95, 0.95, 78),
        (100, 19, 0.95, 0.9, 69),
        (90, 0, 0.95, 0.95, 86),
        # One more record can be missed: half of the rest shows it with chance one half.
        (10, 19, 0.95, 0.95, 8),
        (4, 0, 0.95, 0.5, 3),
        (4, 0, 0.95, 0.49, 2),
        (4, 0, 0.95, 0.51, 3),
        # So few are left that the target cannot be missed any more.
        (1, 19, 0.95, 0.95, 0),
        (2, 19, 0.95, 0.95, 1),
        (0, 0, 0.95, 0.95, 0),
    ],
)
def test_sample_sizes(
    unscreened: int, found: int, target: float, confidence: float, size: int
) -> None:
    number = sample_size(
        unscreened=unscreened, found=found, recall_target=target, confidence=confidence
    )
    assert number == size
    missed = _least_missed(found, target) - found
    if size > 0:
        assert exact_at_most(0, unscreened, missed, size) < 1 - confidence
        assert exact_at_most(0, unscreened, missed, size - 1) >= 1 - confidence


@pytest.mark.parametrize(
    ("found", "target", "least"), [(19, 0.95, 21), (18, 0.95, 19), (0, 0.5, 1)]
)
def test_the_least_number_of_which_so_many_fall_short(
    found: int, target: float, least: int
) -> None:
    assert _least_missed(found, target) == least


@pytest.mark.parametrize(
    ("labels", "total", "met"),
    [
        ([Y] + [N] * 50, 510, [True, False, False, True]),
        ([Y] + [N] * 49, 100, [False, False, False, False]),
        ([Y] + [N] * 50, 511, [True, False, False, False]),
        ([N] * 250, 1000, [True, True, True, True]),
        ([Y, N, Y] + [N] * 100, 103, [True, True, False, True]),
    ],
)
def test_rules_of_thumb_are_met_by_the_very_number(
    labels: list[bool], total: int, met: list[bool]
) -> None:
    rules = heuristics(labels, total=total)
    assert [rule.met for rule in rules] == met
    assert [rule.wanted for rule in rules] == [50, 100, 250, 50]
    since = (
        len(labels) - 1 - max((place for place, label in enumerate(labels) if label), default=-1)
    )
    assert {rule.reached for rule in rules} == {since}
    assert rules[-1].sentence == (
        f"{len(labels)} of {total:,} records are screened (10 % is {math.ceil(total / 10)}), "
        f"the newest {since} irrelevant."
    )
    assert rules[0].sentence == (
        f"The newest {since} records were irrelevant; the rule of thumb asks for 50."
    )


def test_a_number_of_ones_own_has_no_study_behind_it() -> None:
    rules = heuristics([N] * 7, total=9, rows=(7, 50, 100))
    assert [rule.name for rule in rules[:3]] == [f"{n} irrelevant in a row" for n in (7, 50, 100)]
    assert rules[0].met
    assert rules[0].source.startswith("custom")
    assert "Ros" in rules[1].source
    assert "ASReview" in rules[2].source


@pytest.mark.parametrize("share", [0, 1, -0.5, 95])
def test_every_share_is_checked_by_its_name(share: float) -> None:
    with pytest.raises(UsageError, match="the confidence is"):
        hypergeometric_test([Y], total=2, confidence=share)
    with pytest.raises(UsageError, match="the recall target is"):
        sample_size(unscreened=2, found=0, recall_target=share)
    with pytest.raises(UsageError, match="the confidence is"):
        sample_size(unscreened=2, found=0, confidence=share)
    with pytest.raises(UsageError, match="the confidence is"):
        sample_check([Y], unscreened=2, found=0, confidence=share)


def test_no_more_labels_than_records_anywhere() -> None:
    assert hypergeometric_test([Y, N], total=2).screened == 2
    with pytest.raises(UsageError, match="3 labels for 2 records"):
        sample_check([Y, N, N], unscreened=2, found=0)
    with pytest.raises(UsageError, match="3 labels for 2 records"):
        heuristics([Y, N, N], total=2)


@pytest.mark.parametrize("confidence", [0.5, 0.8, 0.95])
def test_small_samples_are_bounded_as_by_trying_every_number(confidence: float) -> None:
    for unscreened in range(1, 9):
        for n in range(unscreened + 1):
            for k in range(n + 1):
                possible = range(k, unscreened - (n - k) + 1)
                unseen = max(
                    relevant - k
                    for relevant in possible
                    if exact_at_most(k, unscreened, relevant, n) >= 1 - confidence - 1e-9
                )
                sample = [Y] * k + [N] * (n - k)
                check = sample_check(sample, unscreened=unscreened, found=0, confidence=confidence)
                number = check.unseen_relevant_bound
                # A chance that is the risk itself may fall to either side of it.
                at_risk = abs(exact_at_most(k, unscreened, k + unseen, n) - (1 - confidence)) < 1e-9
                assert number == unseen or (at_risk and number == unseen - 1)
