"""An order that follows the decisions and repeats itself."""

import random
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewkit.model.errors import UsageError
from reviewkit.model.records import Record
from reviewkit.ranking import Vectors, explain, rank, vectorise
from reviewkit.ranking.order import _descending, _training_set
from tests.helpers.effort import examples
from tests.helpers.rankings import POTATO, STROKE, made, record


def test_a_first_inclusion_brings_its_like_to_the_top(mixed: Vectors) -> None:
    assert set(rank(mixed, {"made:4": True}, seed=1).keys(2)) == {"made:5", "made:6"}


def test_a_first_exclusion_sends_its_like_down(mixed: Vectors) -> None:
    before = rank(mixed, {}, seed=1).keys()
    after = rank(mixed, {"made:0": False}, seed=1).keys()
    assert "made:0" not in after
    assert set(before[:2]) & {"made:0", "made:1", "made:2", "made:3"}
    assert after.index("made:3") > before.index("made:3")
    assert after[0] in {"made:4", "made:5", "made:6"}


def test_the_protocol_s_words_lead_before_any_decision() -> None:
    records = made(*POTATO, *STROKE)
    vectors = vectorise(
        records, texts=["Antiplatelet drugs, such as aspirin, after stroke", "Adults"]
    )
    assert set(rank(vectors, {}, seed=1).keys(3)) == {"made:4", "made:5", "made:6"}


def test_known_relevant_works_lead_before_any_decision() -> None:
    seed = Record(
        source="known", source_id="1", title="Aspirin, stroke", abstract="Stroke recurrence."
    )
    assert set(rank(vectorise(made(*POTATO, *STROKE), seeds=[seed]), {}, seed=1).keys(3)) == {
        "made:4",
        "made:5",
        "made:6",
    }


def test_decisions_correct_the_protocol_s_words() -> None:
    vectors = vectorise(made(*POTATO, *STROKE), texts=["potato"])
    assert rank(vectors, {}, seed=1).keys().index("made:6") >= len(POTATO)
    decided = {"made:4": True, "made:5": True, "made:0": False, "made:1": False}
    assert rank(vectors, decided, seed=1).keys().index("made:6") <= 1


def test_the_same_seed_gives_the_same_order(mixed: Vectors) -> None:
    decided = {"made:4": True, "made:0": False}
    again = vectorise(made(*POTATO, *STROKE, "heart surgery in children", None))
    assert rank(mixed, decided, seed=3).keys() == rank(again, decided, seed=3).keys()
    assert np.array_equal(rank(mixed, decided, seed=3).scores, rank(again, decided, seed=3).scores)


def test_ties_follow_the_seed() -> None:
    vectors = vectorise(made(*[None] * 30))
    orders = {rank(vectors, {}, seed=seed).keys() for seed in range(5)}
    assert len(orders) == 5


@settings(max_examples=examples(30), deadline=None)
@given(st.dictionaries(st.integers(0, 6), st.booleans()), st.randoms())
def test_the_order_depends_on_what_is_decided_and_not_on_when(
    mixed: Vectors, decided: dict[int, bool], chance: random.Random
) -> None:
    labels = [(f"made:{number}", label) for number, label in decided.items()]
    first = rank(mixed, dict(labels), seed=1)
    chance.shuffle(labels)
    again = rank(mixed, dict(labels), seed=1)
    assert np.array_equal(first.scores, again.scores)
    assert first.keys() == again.keys()


@given(
    st.lists(
        st.floats(-(2.0**90), 2.0**90, width=32) | st.sampled_from([0.0, -0.0, 1.0, -1.0]),
        max_size=60,
    )
)
def test_descending_is_a_stable_sort(scores: list[float]) -> None:
    given_scores = np.array(scores, np.float32)
    assert _descending(given_scores).tolist() == np.argsort(-given_scores, kind="stable").tolist()


def test_explain_accounts_for_the_whole_score(mixed: Vectors) -> None:
    ranking = rank(mixed, {"made:4": True, "made:0": False}, seed=1)
    why = explain(ranking, "made:5", limit=1000)
    assert sum(word.weight for word in why) + ranking.weights[-1] == pytest.approx(
        ranking.score("made:5"), abs=1e-5
    )
    assert {word.text for word in why[:3]} & {"aspirin", "stroke"}
    assert [abs(word.weight) for word in why] == sorted(
        (abs(word.weight) for word in why), reverse=True
    )
    assert explain(ranking, "made:8") == ()


@pytest.mark.parametrize("label", [True, False])
def test_one_kind_of_decision_only(mixed: Vectors, label: bool) -> None:
    decided = dict.fromkeys(mixed.keys[:-2], label)
    ranking = rank(mixed, decided, seed=1)
    assert set(ranking.keys()) == set(mixed.keys[-2:])
    assert np.isfinite(ranking.scores).all()
    assert rank(mixed, dict.fromkeys(mixed.keys, label), seed=1).keys() == ()


def test_what_is_not_there_is_one_clear_error(mixed: Vectors) -> None:
    with pytest.raises(UsageError, match="no record 'made:99'"):
        rank(mixed, {"made:99": True}, seed=1)
    with pytest.raises(UsageError, match="no record 'made:99'"):
        explain(rank(mixed, {}, seed=1), "made:99")
    with pytest.raises(UsageError, match="1 record repeats another's key"):
        vectorise([record(1, "one"), record(1, "two")])


COST, RATIO = 0.22, 20


def training(
    relevant: list[int], excluded: list[int], undecided: list[int], *, rows: int, texts: int = 0
) -> tuple[list[int], list[float], list[float]]:
    """The rows to learn from, their targets and their costs."""
    vectors = cast(Vectors, SimpleNamespace(matrix=range(rows), texts=texts))
    wanted = (np.array(one, dtype=np.int64) for one in (relevant, excluded, undecided))
    found, targets, costs = _training_set(vectors, *wanted)
    assert {str(targets.dtype), str(costs.dtype)} == {"float32"}
    return found.tolist(), targets.tolist(), costs.tolist()


def test_what_an_error_costs_and_that_all_texts_together_are_one_relevant_record() -> None:
    """Rows 9 and 10 are the review's own texts. As many undecided as excluded ones are presumed."""
    found, targets, costs = training([4, 9, 10], [0, 1], [2, 3, 5, 6, 7, 8], rows=11, texts=2)
    assert found == [4, 9, 10, 0, 1, 2, 3]
    assert targets == [1, 1, 1, -1, -1, -1, -1]
    # Worth 2, so that the doubt is (2 / 4)^2. The relevant ones together weigh 20 times the rest.
    high = COST * 6 * RATIO / (1 + RATIO) / 2
    low = COST * 6 / (1 + RATIO) / (2 + 0.25 * 2)
    assert costs == pytest.approx([high, high / 2, high / 2, low, low, low / 4, low / 4])


def test_without_an_excluded_record_nothing_is_presumed() -> None:
    found, targets, costs = training([1, 2], [], [0, 3], rows=4)
    assert (found, targets) == ([1, 2], [1, 1])
    assert costs == pytest.approx([COST * 2 * RATIO / (1 + RATIO) / 2] * 2)


def test_no_more_than_500_records_are_presumed_irrelevant() -> None:
    found, _, costs = training([0], [*range(1, 601)], [*range(601, 1300)], rows=1300)
    assert found == [*range(1101)]
    doubt = (600 / 601) ** 2
    low = COST * 1101 / (1 + RATIO) / (600 + doubt * 500)
    assert costs[1:601] == pytest.approx([low] * 600)
    assert costs[601:] == pytest.approx([low * doubt] * 500)


@pytest.mark.parametrize("excluded", [[], [0], [0, 3]])
def test_before_a_relevant_record_the_mean_less_half_the_mean_excluded_one_leads(
    mixed: Vectors, excluded: list[int]
) -> None:
    n = len(mixed.keys)
    weights = np.zeros(mixed.matrix.width)
    for row in range(n):
        columns, values = mixed.matrix.row(row)
        share = 1 / n - (0.5 / len(excluded) if row in excluded else 0)
        weights[columns] += share * values
    ranking = rank(mixed, {f"made:{row}": False for row in excluded}, seed=1)
    assert ranking.weights == pytest.approx(weights, abs=1e-6)
    assert (ranking.weights[-1], ranking.steps) == (0, 0)
    assert rank(mixed, {"made:4": True}, seed=1).steps > 0


def test_eight_words_are_told_unless_more_are_wanted_and_equal_ones_in_their_order() -> None:
    words = "aspirin blight clopidogrel diet exercise fever gut heart iron"
    vectors = vectorise(made(words, "potato"))
    ranking = rank(vectors, {"made:0": True}, seed=1)
    assert len(explain(ranking, "made:0")) == 8
    everything = explain(ranking, "made:0", limit=100)
    columns, values = vectors.matrix.row(0)
    weights = np.abs(ranking.weights[columns] * values)
    stable = [vectors.name(int(columns[at])) for at in np.argsort(-weights, kind="stable")]
    assert [word.text for word in everything] == stable
