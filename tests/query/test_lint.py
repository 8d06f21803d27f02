"""What is wrong with a query before it is sent."""

import pytest

from reviewkit.query.lint import unbalanced


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ('ti:("a (b" OR c)', ""),
        ("(a OR b", "a parenthesis is never closed"),
        ("a) OR b", "a parenthesis closes that was never opened"),
        ('"a OR b', "a quotation mark is never closed"),
    ],
)
def test_what_is_open_in_a_query_is_named(query: str, wrong: str) -> None:
    assert unbalanced(query) == wrong
