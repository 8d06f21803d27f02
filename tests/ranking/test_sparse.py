"""The products with NumPy alone and with SciPy: one matrix, one order."""

from dataclasses import replace

import numpy as np
import pytest

from reviewkit.ranking import Vectors, rank, sparse, vectorise
from reviewkit.ranking.sparse import CompiledSparse, Sparse
from tests.helpers.rankings import POTATO, STROKE, made


def plain(vectors: Vectors) -> Vectors:
    """Return the same vectors with NumPy's products."""
    matrix = vectors.matrix
    return replace(
        vectors,
        matrix=Sparse(
            values=matrix.values, columns=matrix.columns, starts=matrix.starts, width=matrix.width
        ),
    )


@pytest.fixture(scope="module")
def larger() -> Vectors:
    """Return the vectors of 300 titles, each of its own words."""
    chance = np.random.default_rng(0)
    words = [*" ".join(STROKE + POTATO).split(), *(f"word{number}" for number in range(200))]
    return vectorise(made(*(" ".join(chance.choice(words, 12)) for _ in range(300))))


def test_without_scipy_numpy_computes_the_products(
    monkeypatch: pytest.MonkeyPatch, mixed: Vectors
) -> None:
    pytest.importorskip("scipy")
    assert isinstance(mixed.matrix, CompiledSparse)
    monkeypatch.setattr(sparse, "csr_array", None)
    again = vectorise(made(*POTATO, *STROKE, "heart surgery in children", None))
    assert type(again.matrix) is Sparse
    assert type(again.matrix.take(np.array([1, 0]))) is Sparse
    assert np.array_equal(again.matrix.values, mixed.matrix.values)
    assert np.array_equal(again.matrix.columns, mixed.matrix.columns)
    assert rank(again, {}, seed=1).keys() == rank(mixed, {}, seed=1).keys()


@pytest.mark.parametrize("block", [1, 7, 1 << 17])
def test_products_are_those_of_the_dense_matrix(
    monkeypatch: pytest.MonkeyPatch, larger: Vectors, block: int
) -> None:
    monkeypatch.setattr(sparse, "_BLOCK", block)
    chance, rows = np.random.default_rng(1), np.array([7, 0, 299, 7])
    for matrix in (larger.matrix, plain(larger).matrix):
        dense = np.zeros((len(matrix), matrix.width), np.float32)
        for number in range(len(matrix)):
            columns, values = matrix.row(number)
            dense[number, columns], dense[number, -1] = values, 1
        across = chance.standard_normal(matrix.width).astype(np.float32)
        down = chance.standard_normal(len(matrix)).astype(np.float32)
        assert matrix.times(across) == pytest.approx(dense @ across, abs=1e-5)
        assert matrix.transposed_times(down) == pytest.approx(dense.T @ down, abs=1e-5)
        assert matrix.take(rows).times(across) == pytest.approx(dense[rows] @ across, abs=1e-5)


@pytest.mark.parametrize("decided", [0, 1, 20, 200])
def test_the_order_is_the_same_with_and_without_scipy(larger: Vectors, decided: int) -> None:
    pytest.importorskip("scipy")
    labels = {f"made:{number}": number % 7 == 0 for number in range(decided)}
    compiled, alone = (rank(vectors, labels, seed=1) for vectors in (larger, plain(larger)))
    assert alone.scores == pytest.approx(compiled.scores, abs=1e-4)
    assert alone.keys() == compiled.keys()
