"""Why two records were joined or kept apart."""

from reviewkit.dedupe import judge_pair
from reviewkit.dedupe.explain import explain
from tests.helpers.duplicates import (
    PLACE,
    TITLE,
    record,
)


def test_explain_agrees_with_the_verdict_and_shows_raw_values() -> None:
    one, two = record("a", **PLACE), record("b", TITLE.upper(), **PLACE)
    result = explain(two, one)
    assert result.pair == judge_pair(one, two)
    assert next(f for f in result.fields if f.name == "title").value_b == TITLE.upper()
    assert result.reasons
    assert all(reason.words for reason in result.reasons)
