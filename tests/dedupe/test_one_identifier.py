"""One identifier, and a title that goes on: a subtitle is the same work, other words are a doubt."""

import pytest

from reviewkit.dedupe import PairOutcome
from tests.helpers.duplicates import outcome, record

START = "Exercise for chronic back pain in children"
DOI = "10.1000/supplement"


def judged(longer: str, start: str = START) -> PairOutcome:
    return outcome(record("a", start, doi=DOI), record("b", longer, doi=DOI))


@pytest.mark.parametrize(
    "longer",
    [
        f"{START}: a randomised trial in twelve schools",
        f"{START} - a randomised trial in twelve schools",
        f"A question of habit: {START.lower()}",
    ],
)
def test_a_missing_subtitle_makes_no_other_work(longer: str) -> None:
    assert judged(longer) is PairOutcome.SAME


@pytest.mark.parametrize(
    "more", ["and adults", "and their parents in Brazil", "with scoliosis or other deformities"]
)
def test_a_title_that_goes_on_is_asked(more: str) -> None:
    assert judged(f"{START} {more}") is PairOutcome.ASK
