"""Questions in groups, of a kind, and how many of them are likely true."""

from hypothesis import given
from hypothesis import strategies as st

from reviewkit.dedupe.questions import group_of, in_groups, kind_of_question, still_to_find
from tests.helpers.duplicates import record


def test_half_are_likely_until_answers_say_otherwise() -> None:
    assert still_to_find(10, 0, 0).likely == 5
    number = still_to_find(10, 0, 18)
    assert (number.likely, number.low) == (0, 0)
    assert number.high <= 3
    assert still_to_find(10, 18, 18).likely == 10
    assert still_to_find(0, 3, 5).sentence() == ""
    assert still_to_find(1, 0, 0).sentence() == ""
    assert "Of 1 open pair" in still_to_find(1, 1, 1).sentence()
    assert "Of 10 open pairs, about 5 are one record" in still_to_find(10, 0, 0).sentence()


@given(left=st.integers(0, 500), same=st.integers(0, 200), other=st.integers(0, 200))
def test_the_range_holds_the_likely_number(left: int, same: int, other: int) -> None:
    found = still_to_find(left, same, same + other)
    assert 0 <= found.low <= found.likely <= found.high <= left


def test_pairs_of_one_group_come_together() -> None:
    scores = {("a", "b"): 0.9, ("c", "d"): 0.8, ("b", "e"): 0.4, ("f", "g"): 0.5}
    assert in_groups(scores.items()) == [("a", "b"), ("b", "e"), ("c", "d"), ("f", "g")]
    assert group_of(("b", "e"), [*scores]) == [("a", "b"), ("b", "e")]
    assert group_of(("c", "d"), [*scores]) == [("c", "d")]


def test_columns_of_one_journal_are_of_a_kind() -> None:
    march, april = record("a", "Journal club"), record("b", "Journal Club.")
    assert kind_of_question("short", march, april) == kind_of_question("short", april, march)
    assert kind_of_question("short", march, april) != kind_of_question("doi", march, april)
    elsewhere = record("c", "Journal club", journal="Heart")
    assert kind_of_question("short", march, elsewhere) != kind_of_question("short", march, april)
