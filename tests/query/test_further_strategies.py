"""Strategies of further kinds: each is parsed, or what is wrong is named with its line."""

import pytest

from reviewkit.query.dialects.languages import DEFAULT, language_of
from reviewkit.query.lines import Strategy, read_strategy
from reviewkit.query.lint import lint, place_of
from reviewkit.query.tree import Severity, Term, plain, terms
from tests.helpers.printed_strategies import STRATEGIES

OF_PRINT = {"page_text", "curly_quote"}
# Per strategy: its language, and the line and code of everything but notes and the page's text.
EXPECTED: list[tuple[str, str, list[str]]] = [
    ("ovid_embase", "ovid", ["14 limit_outside"]),
    ("embase_com", "embase", []),
    ("cochrane", "cochrane", ["13 limit_outside"]),
    ("cinahl", "cinahl", ["1 limit_outside"]),
    ("scopus", "scopus", []),
    ("wos", "wos", ["1 limit_outside"]),
    ("lilacs", "lilacs", []),
    ("europepmc", "europepmc", []),
    ("pubmed_ocr", "pubmed", ["2 broken_word", "3 dash", "3 dash", "3 not_a_wildcard", "3 not_a_wildcard", "4 near_is_a_word", "4 exp_is_a_word", "5 line_missing", "6 limit_outside", "6 dash"]),
    ("ovid_psycinfo", "ovid", ["7 glued_text"]),
    ("pubmed_words", "pubmed", []),
    ("ovid_two_in_one", "ovid", ["5 several_strategies"]),
    ("pubmed_history", "pubmed", []),
    ("cochrane_old", "cochrane", ["2 field_binds_last"]),
    ("ovid_multi", "ovid", ["1 limit_outside", "2 limit_outside", "13 no_operator"]),
    ("cinahl_one", "cinahl", []),
    ("scopus_old", "scopus", []),
    ("wos_new", "wos", ["1 mixed_operators", "1 limit_outside"]),
    ("lilacs_es", "lilacs", []),
    ("embase_lines", "embase", ["2 limit_humans"]),
    ("pubmed_breaks", "pubmed", ["2 broken_word", "3 odd_blank", "3 dash"]),
    ("epmc", "europepmc", ["1 glued_text"]),
]  # fmt: skip


def strategy(name: str) -> Strategy:
    text = STRATEGIES[name]
    return read_strategy(text, language_of(text) or DEFAULT)


def test_every_strategy_is_looked_at() -> None:
    assert [name for name, _, _ in EXPECTED] == list(STRATEGIES)


@pytest.mark.parametrize(("name", "language", "wrong"), EXPECTED, ids=lambda one: str(one)[:20])
def test_each_is_recognised_and_what_is_wrong_has_its_line(
    name: str, language: str, wrong: list[str]
) -> None:
    read = strategy(name)
    assert read.language.id == language
    assert read.tree is not None
    found = [
        f"{place_of(read.printed, one.span[0]).line} {one.code}"
        for one in lint(read)
        if one.severity is not Severity.NOTE and one.code not in OF_PRINT
    ]
    assert found == wrong


@pytest.mark.parametrize("name", STRATEGIES)
def test_what_is_put_together_asks_for_the_same_as_the_lines(name: str) -> None:
    read = strategy(name)
    if read.expansion is None:
        assert not read.lines or read.errors
        return
    again = read_strategy(read.expansion, read.language)
    assert again.tree is not None
    assert read.tree is not None
    assert plain(again.tree) == plain(read.tree)
    assert not again.errors


def test_every_line_of_a_span_is_put_in() -> None:
    """The Cochrane Library's {OR #1-#3} once stood for its last line alone."""
    expansion = strategy("cochrane").expansion or ""
    assert "MeSH descriptor: [Motor Neuron Disease] this term only" in expansion
    assert "publication date" not in expansion


def values(name: str) -> set[str]:
    tree = strategy(name).tree
    return set() if tree is None else {one.text for one in terms(tree) if isinstance(one, Term)}


def test_limits_of_a_site_are_clauses_where_the_language_has_them() -> None:
    assert {"ar", "re", "English", "2010"} <= values("scopus")
    assert "2012" in values("ovid_embase")
    assert "2010" in values("ovid_psycinfo")
    assert "2010" in values("lilacs")
