"""The numbers of institutions behind an author, which once hung on a long row of digits.

`tests/fuzz/test_expressions.py` tries every expression of the package.
"""

import time

import pytest

from reviewkit.importers.ovid import without_marks


def test_an_author_followed_by_digits_is_read_at_once() -> None:
    started = time.process_time()
    assert without_marks("Silva A " + "1" * 5000 + "x").startswith("Silva A 1")
    assert time.process_time() - started < 0.1


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("Silva A. 1,2", "Silva A"),
        ("Silva A 1 2*", "Silva A"),
        ("Silva, A.", "Silva, A."),
        ("Group 3 study", "Group 3 study"),
        ("Silva A, 12, 13.", "Silva A"),
    ],
)
def test_the_numbers_of_institutions_are_taken_off(name: str, bare: str) -> None:
    assert without_marks(name) == bare
