"""Which pairs are compared."""

import pytest

from reviewkit.dedupe.block import candidate_pairs
from reviewkit.dedupe.prepare import prepare
from reviewkit.model.records import Record


@pytest.mark.slow
def test_candidates_grow_with_the_records_not_their_square() -> None:
    def count(size: int) -> int:
        same = [
            Record(source="t", source_id=str(p), title="Early treatment of sepsis in children")
            for p in range(size)
        ]
        return len(candidate_pairs(prepare(same))[0])

    assert count(4000) < 4.4 * count(1000)
