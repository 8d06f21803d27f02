"""Vectors: what is read, in any language, and how they are stored."""

import numpy as np
import pytest

from reviewkit.ranking import Vectors, explain, from_arrays, rank, to_arrays, vectorise
from tests.helpers.rankings import POTATO, STROKE, made, record


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


def test_keywords_and_headings_are_read() -> None:
    records = [
        record(0, "One"),
        record(1, "Two", keywords=("zebrafish",)),
        record(2, "Three", headings=("Zebrafish",)),
    ]
    assert rank(vectorise(records), {"made:1": True}, seed=1).keys()[0] == "made:2"


def test_vectors_come_back_from_their_arrays(mixed: Vectors) -> None:
    again = from_arrays({name: array.copy() for name, array in to_arrays(mixed).items()})
    assert again.keys == mixed.keys
    assert again.words == mixed.words
    assert [again.name(c) for c in range(len(again.first))] == [
        mixed.name(c) for c in range(len(mixed.first))
    ]
    decided = {"made:4": True, "made:0": False}
    assert np.array_equal(rank(again, decided, seed=1).scores, rank(mixed, decided, seed=1).scores)


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
