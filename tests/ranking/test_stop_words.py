"""Which words tell a reader something of a record's theme."""

import pytest

from reviewkit.ranking.stop_words import STOP_WORDS, is_telling
from reviewkit.ranking.words import words


@pytest.mark.parametrize(
    "text",
    ["gut", "faecal transplant", "covid 19", "糖", "糖 尿", "sera", "os", "parkinson", "il 6"],
)
def test_a_word_of_the_theme_is_shown(text: str) -> None:
    assert is_telling(text)


@pytest.mark.parametrize(
    "text",
    [
        "the",
        "with",
        "of patients",
        "nao",
        "para",
        "dos pacientes",
        "los",
        "95",
        "05 12",
        "x",
        "x 2",
    ],
)
def test_stop_words_numbers_and_single_letters_are_not_shown(text: str) -> None:
    assert not is_telling(text)


def test_the_list_has_words_as_the_ranking_makes_them() -> None:
    for word in STOP_WORDS:
        assert words(word) in ([word], [])
