"""The sparse matrix of the ranking: three flat arrays, and the products that learning needs.

NumPy alone computes them. Where SciPy is installed (the extra `fast`), its compiled products
take half the time; the two differ in the last bits of a single float only.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reviewkit.ranking.counts import Ints

try:
    from scipy.sparse import csr_array
except ModuleNotFoundError:
    csr_array = None

Floats = NDArray[np.float32]
Places = NDArray[np.signedinteger[Any]]

# Entries multiplied at a time: their products stay in the processor's cache.
_BLOCK = 1 << 17


@dataclass(frozen=True, kw_only=True, eq=False)
class Sparse:
    """A matrix of single floats by rows. Every row ends with the offset, so that none is empty.

    Row i has `values[starts[i]:starts[i + 1]]` in the columns that `columns` names there.
    """

    values: Floats
    columns: Places
    starts: Places
    width: int

    def __len__(self) -> int:
        return len(self.starts) - 1

    def times(self, vector: Floats) -> Floats:
        """Return the matrix times a vector with one number a column: one product a row."""
        products = np.empty(len(self), np.float32)
        for first, last in pairwise(self._blocks):
            start, end = self.starts[first], self.starts[last]
            terms = vector.take(self.columns[start:end])
            terms *= self.values[start:end]
            np.add.reduceat(terms, self.starts[first:last] - start, out=products[first:last])
        return products

    def transposed_times(self, vector: Floats) -> Floats:
        """Return the transposed matrix times a vector with one number a row."""
        products = np.zeros(self.width, np.float32)
        terms = np.repeat(vector, np.diff(self.starts))
        terms *= self.values
        np.add.at(products, self.columns, terms)
        return products

    def take(self, rows: Ints) -> "Sparse":
        """Return the named rows, in the order named, as a matrix of their own."""
        begins = self.starts[rows]
        lengths = self.starts[rows + 1] - begins
        starts = np.concatenate([[0], np.cumsum(lengths)])
        places = np.repeat(begins - starts[:-1], lengths)
        places += np.arange(len(places))
        # Machine words as columns: with them the products take less time.
        columns = self.columns.take(places).astype(np.intp, copy=False)
        return Sparse(
            values=self.values.take(places), columns=columns, starts=starts, width=self.width
        )

    def row(self, row: int) -> tuple[Places, Floats]:
        """Return the columns and values of one row, without the offset."""
        place = slice(int(self.starts[row]), int(self.starts[row + 1]) - 1)
        return self.columns[place], self.values[place]

    @cached_property
    def _blocks(self) -> list[int]:
        """The rows at which a block of about _BLOCK entries begins, and the end."""
        ends = np.arange(0, int(self.starts[-1]), _BLOCK)
        return [*np.unique(np.searchsorted(self.starts[:-1], ends)).tolist(), len(self)]


class CompiledSparse(Sparse):
    """The same matrix with SciPy's products."""

    def times(self, vector: Floats) -> Floats:
        """Return the matrix times a vector with one number a column: one product a row."""
        products: Floats = self._table @ vector
        return products

    def transposed_times(self, vector: Floats) -> Floats:
        """Return the transposed matrix times a vector with one number a row."""
        products: Floats = self._table.T @ vector
        return products

    def take(self, rows: Ints) -> Sparse:
        """Return the named rows, in the order named, as a matrix of their own."""
        table = self._table[rows]
        return CompiledSparse(
            values=table.data, columns=table.indices, starts=table.indptr, width=self.width
        )

    @cached_property
    def _table(self) -> Any:
        arrays = (self.values, self.columns, self.starts)
        return csr_array(arrays, shape=(len(self), self.width))


def sparse_matrix(values: Floats, columns: Places, starts: Places, width: int) -> Sparse:
    """Return the matrix with the fastest products that are installed."""
    if csr_array is None:
        return Sparse(values=values, columns=columns, starts=starts, width=width)
    return CompiledSparse(values=values, columns=columns, starts=starts, width=width)
