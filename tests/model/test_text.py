"""Text for people: counted nouns, durations, and text that cannot steer a terminal."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.model.text import duration, is_printable, plural, printable


@pytest.mark.parametrize(
    ("count", "noun", "nouns", "text"),
    [
        (0, "record", "", "0 records"),
        (1, "record", "", "1 record"),
        (2, "search", "searches", "2 searches"),
        (1, "conflict waits", "conflicts wait", "1 conflict waits"),
        (12345, "record", "", "12,345 records"),
    ],
)
def test_a_counted_noun_is_in_the_right_number(
    count: int, noun: str, nouns: str, text: str
) -> None:
    assert plural(count, noun, nouns) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (89, "89 s"),
        (90, "2 min"),
        (59 * 60, "59 min"),
        (3599, "1 h"),
        (200 * 60, "3 h 20 min"),
        (10 * 3600 + 600, "10 h"),
        (5000 * 3600, "5,000 h"),
    ],
)
def test_a_duration_has_its_unit(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain <i>text</i> &amp;", "plain <i>text</i> &amp;"),
        ("\x1b[31mred", "�[31mred"),
        ("a\tb\r\nc", "a b \nc"),
        ("a\u202eb\ufeffc", "abc"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\ud800\ue000", "��"),
        ("Z" + "\u0301" * 60, "Z" + "\u0301" * 4),
    ],
)
def test_nothing_that_could_steer_a_terminal_is_printed(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text(), st.booleans())
def test_printable_text_holds_no_control_character(text: str, lines: bool) -> None:
    shown = printable(text, lines=lines)
    allowed = {"\n"} if lines else set()
    kinds = {unicodedata.category(c) for c in shown if c not in allowed and c not in "\u200c\u200d"}
    assert not kinds & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    assert printable(shown, lines=lines) == shown
    if is_printable(text):
        assert shown == text
