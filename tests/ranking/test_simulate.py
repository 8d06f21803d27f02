"""Simulations that lose no record, and their figures."""

import csv
import gzip
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewkit.model.errors import UsageError
from reviewkit.ranking import (
    Vectors,
    figures,
    simulate,
    vectorise,
)
from tests.helpers.effort import examples
from tests.helpers.rankings import POTATO, STROKE, made, record

SHARED = Path(__file__).parents[3] / "shared"


def test_simulate_refuses_what_it_cannot_replay(mixed: Vectors) -> None:
    with pytest.raises(UsageError, match="9 records have no label"):
        simulate(mixed, {}, seed=1)
    with pytest.raises(UsageError, match="the prior 'made:99'"):
        simulate(mixed, dict.fromkeys(mixed.keys, True), priors=["made:99"], seed=1)


@settings(max_examples=examples(60), deadline=None)
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


@pytest.mark.slow
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
