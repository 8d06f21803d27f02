"""Words and pairs are counted as one would by hand."""

from collections import Counter
from collections.abc import Iterator
from itertools import zip_longest

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewkit.ranking import counts
from reviewkit.ranking.counts import BREAK, Bounds, count
from tests.helpers.effort import examples


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


@settings(max_examples=examples(150), deadline=None)
@given(
    st.lists(st.lists(st.lists(st.integers(0, 5), max_size=6), max_size=3), min_size=1, max_size=8),
    st.integers(1, 3),
    st.integers(1, 40),
)
def test_words_and_pairs_are_counted_as_by_hand(
    patched_part: pytest.MonkeyPatch, rows: list[list[list[int]]], least: int, part: int
) -> None:
    patched_part.setattr(counts, "_PART", part)
    tokens = [token for pieces in rows for piece in pieces for token in (*piece, BREAK)]
    ends = np.cumsum([sum(len(piece) + 1 for piece in pieces) for pieces in rows])
    records = max(1, len(rows) - 1)
    found = count(
        np.array(tokens, np.int32), ends, Bounds(records=records, least=least, most=0.9 * records)
    )
    starts = [0, *found.ends.tolist()][: len(found.ends)]
    counted = {
        (first, second): dict(zip(found.rows[a:b].tolist(), found.times[a:b].tolist(), strict=True))
        for first, second, a, b in zip(
            found.first.tolist(), found.second.tolist(), starts, found.ends.tolist(), strict=True
        )
    }
    assert counted == by_counting(rows, records, least)


@pytest.fixture(scope="module")
def patched_part() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch
