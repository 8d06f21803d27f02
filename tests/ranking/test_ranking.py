"""Ranking: words in any script, an order that follows decisions and repeats itself, simulations that lose nothing."""

import csv
import gzip
import random
from collections import Counter
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from itertools import zip_longest
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewkit.model.errors import UsageError
from reviewkit.model.records import Record
from reviewkit.ranking import (
    Vectors,
    counts,
    explain,
    figures,
    from_arrays,
    rank,
    simulate,
    to_arrays,
    vectorise,
)
from reviewkit.ranking.counts import BREAK, Bounds, count
from reviewkit.ranking.model import fit
from reviewkit.ranking.order import _descending
from reviewkit.ranking.words import words

SHARED = Path(__file__).parents[3] / "shared"
STROKE = (
    "aspirin after ischaemic stroke",
    "clopidogrel or aspirin in stroke patients",
    "stroke recurrence on aspirin",
)
POTATO = (
    "potato blight in wet summers",
    "storage of potato tubers",
    "potato yield and soil",
    "blight resistant potato",
)


def record(
    number: int, title: str | None, abstract: str | None = None, **more: tuple[str, ...]
) -> Record:
    return Record(source="made", source_id=str(number), title=title, abstract=abstract, **more)  # type: ignore[arg-type]  # only tuples of words


def made(*titles: str | None) -> list[Record]:
    return [record(number, title) for number, title in enumerate(titles)]


@pytest.fixture(scope="module")
def mixed() -> Vectors:
    return vectorise(made(*POTATO, *STROKE, "heart surgery in children", None))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Aspirin, 75 mg/day: a trial", ["aspirin", "75", "mg", "day", "trial"]),
        ("Reabilitação é AÇÃO", ["reabilitacao", "acao"]),
        ("Болезнь Паркинсона", ["болезнь", "паркинсона"]),
        ("القَلْب والأوعية", ["القلب", "والاوعية"]),
        ("糖尿病 type 2", ["糖", "尿", "病", "type"]),
        ("고혈압 치료", ["고혈압", "치료"]),
        ("H<sub>2</sub>O <i>in vitro</i> p < 0.05 and > 3", ["in", "vitro", "05", "and"]),
        ("", []),
    ],
)
def test_words_of_any_script(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_accents_and_forms_do_not_part_words() -> None:
    assert words("nai\u0308ve ﬁbrosis ＡＢＣ") == words("naïve fibrosis abc")


def test_unspaced_scripts_meet_in_pairs_of_characters() -> None:
    vectors = vectorise(made("糖尿病患者的血糖控制", "高血压的治疗", "糖尿病并发症", "老年高血压"))
    ranking = rank(vectors, {"made:0": True, "made:1": False}, seed=1)
    assert ranking.keys() == ("made:2", "made:3")
    assert "尿 病" in {word.text for word in explain(ranking, "made:2", limit=20)}


@pytest.mark.parametrize(
    "titles",
    [
        ("Reabilitação após AVC", "Plantio de batata", "reabilitacao do avc agudo", "Batata doce"),
        (
            "Лечение инсульта",
            "Картофель и почва",
            "инсульта повторного лечение",
            "Урожай: картофель",
        ),
        ("علاج السكتة الدماغية", "زراعة البطاطس", "السكتة الدماغية الحادة", "تخزين البطاطس"),
    ],
)
def test_an_order_in_other_languages(titles: tuple[str, ...]) -> None:
    assert rank(vectorise(made(*titles)), {"made:0": True}, seed=1).keys()[0] == "made:2"


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


def test_keywords_and_headings_are_read() -> None:
    records = [
        record(0, "One"),
        record(1, "Two", keywords=("zebrafish",)),
        record(2, "Three", headings=("Zebrafish",)),
    ]
    assert rank(vectorise(records), {"made:1": True}, seed=1).keys()[0] == "made:2"


def test_the_same_seed_gives_the_same_order(mixed: Vectors) -> None:
    decided = {"made:4": True, "made:0": False}
    again = vectorise(made(*POTATO, *STROKE, "heart surgery in children", None))
    assert rank(mixed, decided, seed=3).keys() == rank(again, decided, seed=3).keys()
    assert np.array_equal(rank(mixed, decided, seed=3).scores, rank(again, decided, seed=3).scores)


def test_ties_follow_the_seed() -> None:
    vectors = vectorise(made(*[None] * 30))
    orders = {rank(vectors, {}, seed=seed).keys() for seed in range(5)}
    assert len(orders) == 5


@settings(max_examples=30, deadline=None)
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


def test_the_fit_solves_its_equation(mixed: Vectors) -> None:
    """At the minimum, weights = sum over rows of cost * (target - score) * row."""
    rows = mixed.matrix
    targets = np.where(np.arange(len(rows)) % 2, 1, -1).astype(np.float32)
    costs = np.linspace(0.1, 3, len(rows)).astype(np.float32)
    found = fit(rows, targets, costs, precision=1e-5)
    expected = rows.transposed().times(costs * (targets - rows.times(found.weights)))
    assert found.weights == pytest.approx(expected, abs=1e-4)
    assert np.abs(found.weights).max() > 0.1
    assert fit(rows, targets, costs).steps < found.steps
    assert fit(rows, targets, costs).weights == pytest.approx(found.weights, abs=0.05)


def by_counting(
    rows: list[list[list[int]]], records: int, least: int
) -> dict[tuple[int, int], dict[int, int]]:
    """Words and pairs, counted one by one: what `count` does by sorting."""
    found: dict[tuple[int, int], Counter[int]] = {}
    for number, pieces in enumerate(rows):
        for piece in pieces:
            for word, after in zip_longest(piece, piece[1:]):
                for feature in (
                    {(word, BREAK), (word, after)} if after is not None else {(word, BREAK)}
                ):
                    found.setdefault(feature, Counter())[number] += 1
    enough = {f: sum(row < records for row in times) for f, times in found.items()}
    return {f: dict(times) for f, times in found.items() if least <= enough[f] <= 0.9 * records}


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.lists(st.lists(st.integers(0, 5), max_size=6), max_size=3), min_size=1, max_size=8),
    st.integers(1, 3),
    st.integers(1, 40),
)
def test_words_and_pairs_are_counted_as_by_hand(
    monkeypatch_slab: pytest.MonkeyPatch, rows: list[list[list[int]]], least: int, slab: int
) -> None:
    monkeypatch_slab.setattr(counts, "_SLAB", slab)
    tokens = [token for pieces in rows for piece in pieces for token in (*piece, BREAK)]
    ends = np.cumsum([sum(len(piece) + 1 for piece in pieces) for pieces in rows])
    records = max(1, len(rows) - 1)
    found = count(
        np.array(tokens, np.int32), ends, Bounds(records=records, least=least, most=0.9 * records)
    )
    starts = [0, *found.ends.tolist()][: len(found.ends)]
    told = {
        (first, second): dict(zip(found.rows[a:b].tolist(), found.times[a:b].tolist(), strict=True))
        for first, second, a, b in zip(
            found.first.tolist(), found.second.tolist(), starts, found.ends.tolist(), strict=True
        )
    }
    assert told == by_counting(rows, records, least)


@pytest.fixture(scope="module")
def monkeypatch_slab() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


def test_vectors_come_back_from_their_arrays(mixed: Vectors) -> None:
    again = from_arrays({name: array.copy() for name, array in to_arrays(mixed).items()})
    assert again.keys == mixed.keys
    assert again.words == mixed.words
    assert [again.name(c) for c in range(len(again.first))] == [
        mixed.name(c) for c in range(len(mixed.first))
    ]
    decided = {"made:4": True, "made:0": False}
    assert np.array_equal(rank(again, decided, seed=1).scores, rank(mixed, decided, seed=1).scores)


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


@pytest.mark.parametrize(
    "titles", [(), (None,), ("", None, "  "), ("a",), ("the same", "the same", "the same")]
)
def test_hardly_any_text(titles: tuple[str | None, ...]) -> None:
    vectors = vectorise(made(*titles), texts=["", "the protocol"])
    assert sorted(rank(vectors, {}, seed=1).keys()) == sorted(vectors.keys)
    if titles:
        assert (
            rank(vectors, {"made:0": True}, seed=1).keys()
            == rank(vectors, {"made:0": True}, seed=1).keys()
        )


def test_a_very_long_abstract() -> None:
    long = " ".join(f"aspirin stroke finding{number}" for number in range(1000))
    assert len(long) > 20_000
    vectors = vectorise(
        [
            record(0, STROKE[0]),
            record(1, "Results", long),
            *(record(2 + i, t) for i, t in enumerate(POTATO)),
        ]
    )
    assert rank(vectors, {"made:0": True}, seed=1).keys()[0] == "made:1"


def test_what_is_not_there_is_one_clear_error(mixed: Vectors) -> None:
    with pytest.raises(UsageError, match="no record 'made:99'"):
        rank(mixed, {"made:99": True}, seed=1)
    with pytest.raises(UsageError, match="no record 'made:99'"):
        explain(rank(mixed, {}, seed=1), "made:99")
    with pytest.raises(UsageError, match="repeat another's key"):
        vectorise([record(1, "one"), record(1, "two")])


def test_simulate_refuses_what_it_cannot_replay(mixed: Vectors) -> None:
    with pytest.raises(UsageError, match="9 records have no label"):
        simulate(mixed, {}, seed=1)
    with pytest.raises(UsageError, match="the prior 'made:99'"):
        simulate(mixed, dict.fromkeys(mixed.keys, True), priors=["made:99"], seed=1)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.text(max_size=30), st.booleans()), min_size=1, max_size=25),
    st.integers(0, 100),
    st.booleans(),
    st.data(),
)
def test_a_simulation_screens_every_record_once(
    rows: list[tuple[str, bool]], seed: int, ranked: bool, data: st.DataObject
) -> None:
    vectors = vectorise(made(*(title for title, _ in rows)))
    labels = {f"made:{number}": label for number, (_, label) in enumerate(rows)}
    priors = data.draw(st.lists(st.sampled_from(vectors.keys), unique=True, max_size=3))
    found = simulate(vectors, labels, priors=priors, seed=seed, ranked=ranked)
    assert sorted(found.order) == sorted(vectors.keys)
    assert found.order[: found.priors] == tuple(priors)
    left = [labels[key] for key in found.order[found.priors :]]
    if any(left):
        assert found.figures == figures(left)
        assert found.recall[-1] == 1
        assert len(found.recall) == len(left)
    else:
        assert found.figures is None
        assert found.recall == ()


def test_simulation_learns_and_repeats_itself() -> None:
    rng = np.random.default_rng(0)
    titles = [" ".join(rng.choice(STROKE if i % 10 == 0 else POTATO, 3)) for i in range(100)]
    vectors, labels = vectorise(made(*titles)), {f"made:{i}": i % 10 == 0 for i in range(100)}
    first, again = (
        simulate(vectors, labels, priors=["made:0", "made:1"], seed=5) for _ in range(2)
    )
    assert first == again
    assert first.figures is not None
    assert first.figures.wss100 == pytest.approx(1 - 9 / 98)
    chance = simulate(vectors, labels, priors=["made:0", "made:1"], seed=5, ranked=False)
    assert chance.figures is not None
    assert chance.figures.wss95 < first.figures.wss95


def test_figures_by_hand() -> None:
    found = figures([True, False, True, False, False, False, False, False, True, False])
    assert (found.records, found.included) == (10, 3)
    assert found.wss95 == pytest.approx(0.1 - 0.05)
    assert found.wss100 == pytest.approx(0.1)
    assert found.recall_10 == pytest.approx(1 / 3)
    assert found.atd == pytest.approx((1 + 3 + 9) / 3 / 10)
    with pytest.raises(UsageError, match="no relevant record"):
        figures([False, False])


def test_a_finished_review_is_found_sooner_and_scored_as_the_judge_does() -> None:
    path, judge = (
        SHARED / "data/screening/cohen_urinaryincontinence.csv.gz",
        SHARED / "tools/evaluate_ranking.py",
    )
    if not path.exists() or not judge.exists():
        pytest.skip("the labelled reviews are not beside the project")
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    records = [record(int(row["record_id"]), row["title"], row["abstract"]) for row in rows]
    labels = {each.key: row["included"] == "1" for each, row in zip(records, rows, strict=True)}
    found = simulate(vectorise(records), labels, priors=["made:27", "made:13"], seed=1)
    spec = spec_from_file_location("evaluate_ranking", judge)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    scored = module.scores([int(labels[key]) for key in found.order[2:]])
    assert found.figures is not None
    for name in ("wss95", "wss100", "recall_10", "atd"):
        assert getattr(found.figures, name) == pytest.approx(scored[name], abs=1e-4)
    assert found.figures.wss95 > 0.3
