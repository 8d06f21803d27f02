"""The verdict on a count: exact, within 10 % (Rethlefsen et al. 2024), or different."""

import pytest

from reviewkit.reproduction.outcomes import SourceVerdict, compare_counts


@pytest.mark.parametrize(
    ("reported", "rerun", "verdict"),
    [
        (100, 100, SourceVerdict.EXACT),
        (100, 110, SourceVerdict.WITHIN_TEN_PERCENT),
        (100, 90, SourceVerdict.WITHIN_TEN_PERCENT),
        (100, 111, SourceVerdict.DIFFERS),
        (0, 0, SourceVerdict.EXACT),
        (0, 1, SourceVerdict.DIFFERS),
        (None, 1, SourceVerdict.NOT_COMPARABLE),
        (1, None, SourceVerdict.NOT_RUN),
        (None, None, SourceVerdict.NOT_RUN),
    ],
)
def test_a_count_is_compared(
    reported: int | None, rerun: int | None, verdict: SourceVerdict
) -> None:
    assert compare_counts(reported, rerun) is verdict
