"""What is wrong with a query before it is sent."""

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewkit.query.dialects.languages import DEFAULT, LANGUAGES, language_of
from reviewkit.query.lines import read_strategy
from reviewkit.query.lint import lint, place_of, repaired, unbalanced
from tests.helpers.effort import examples
from tests.query.conftest import CASES


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


def codes(text: str, language: str = "pubmed") -> list[str]:
    strategy = read_strategy(text, LANGUAGES[language])
    found = lint(strategy)
    assert all(problem.source and problem.reason for problem in found)
    return [f"{problem.severity}:{problem.code}" for problem in found]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a[ti] AND b[ti]", []),
        ('"a b"[tiab:~3] AND c[tiab]', []),
        ('"Gut"[Mesh] NOT (animals[mh] NOT humans[mh])', []),
        ("“a b”[tiab]", ["warning:curly_quote"] * 2),
        ("gut–brain[tiab]", ["warning:dash"]),
        ("gut\u00a0flora[tiab]", ["warning:odd_blank"]),
        ("Alzheimer’s[tiab]", ["warning:curly_quote"]),
        ("a[ti] OR b[ti] AND c[ti]", ["warning:mixed_operators"]),
        ("a[ti] and b[ti]", ["note:small_operator"]),
        ("gu*[tiab]", ["error:short_truncation"]),
        ("gut dys*[tiab]", ["error:short_truncation"]),
        ("organi*ation*[tiab]", []),
        ('"a dysb*"[tiab:~3]', ["error:truncation_in_proximity"]),
        ("wom?n[tiab]", ["error:not_a_wildcard"]),
        ("a[ti] NOT animals[mh]", ["warning:not_animals"]),
        ("free full text[sb] AND a[ti]", ["note:live_filter"]),
        ("a[ti] OR b", ["note:untagged"]),
        ("#1 a[ti]\n#2 b[ti]\n#3 #2 OR 1", ["warning:line_unused", "warning:bare_number"]),
        ("a[ti] OR a[ti]", ["note:repeated"]),
        ("asthma/xx[mh]", ["warning:unknown_subheading"]),
        ("(a[ti] OR b[ti])[ti]", ["warning:tag_on_parenthesis"]),
        ("a[ti] b[ti]", ["note:no_operator"]),
    ],
)
def test_rules_of_pubmed(text: str, wanted: list[str]) -> None:
    assert sorted(codes(text)) == sorted(wanted)


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [
        ("ovid", "K39 or rK39.ti,ab.", ["warning:field_binds_last"]),
        ("ovid", "1. a.tw.\n2. limit 1 to humans", ["warning:limit_humans"]),
        ("ovid", "1. a.tw. or b.tw. and c.tw.\n2. 1 not d.tw.", ["warning:mixed_operators"]),
        ("ovid", "exp animals/ not humans.sh.", []),
        ("ovid", "wom?n.tw. or diagnos$.tw.", []),
        ("scopus", "TITLE(a) AND TITLE(b) OR TITLE(c)", ["warning:mixed_operators"]),
    ],
)
def test_rules_of_other_languages(language: str, text: str, wanted: list[str]) -> None:
    assert codes(text, language) == wanted


def test_headings_that_mesh_does_not_have_are_named() -> None:
    strategy = read_strategy('"Disbiosis"[mh] OR "Dysbiosis"[mh]', DEFAULT)
    found = lint(strategy, not_headings={"disbiosis"})
    assert [problem.code for problem in found] == ["unknown_heading"]


def test_what_can_be_repaired_is_repaired_and_read_again() -> None:
    text = '“gut dysbiosis”[tiab] and gut–brain[tiab] AND Serology"[MeSH]'
    again = repaired(text, lint(read_strategy(text, DEFAULT)))
    assert again == '"gut dysbiosis"[tiab] AND gut-brain[tiab] AND Serology[MeSH]'
    assert codes(again) == []


@given(
    pieces=st.lists(
        st.sampled_from(["a[ti]", "“b”", " and ", " OR ", "–", "(", ")", "#1", "\n", '"', "c"]),
        max_size=12,
    )
)
@settings(max_examples=examples(60), deadline=None)
def test_a_repaired_query_needs_no_further_repair(pieces: list[str]) -> None:
    text = "".join(pieces)
    for _ in range(4):
        text = repaired(text, lint(read_strategy(text, DEFAULT)))
    assert repaired(text, lint(read_strategy(text, DEFAULT))) == text


def test_a_place_is_a_line_and_a_column() -> None:
    place = place_of("a\nbc d\ne", 5)
    assert (place.line, place.column, place.text) == (2, 4, "bc d")


# What each of the shipped cases must be said to be.
EXPECTED = {
    "#1 AND #2": "line_missing",
    "“gut dysbiosis”[tiab] AND ‘ALS’[tiab]": "curly_quote",
    "exp Macular Edema/ and (optical$ adj2 coherence$ adj2 tomograph$).tw. and or/1-5": "line_missing",
    "(dysbiosis[tiab] AND ALS[tiab]": "never_closed",
    "dysbiosis[tiab]) AND ALS[tiab]": "close_unopened",
    '"gut dysbiosis[tiab] AND ALS[tiab]': "quote_open",
    "dysbiosis[tittle] AND ALS[tiab]": "unknown_tag",
    "dysbiosis[tiab] and als[tiab]": "small_operator",
    "dysbiosis[tiab] OR microbiome[tiab] AND als[tiab]": "mixed_operators",
    '"gut dysbiosis"[mh:~3]': "proximity_field",
    "gu*[tiab] AND ALS[tiab]": "short_truncation",
    '"gut dysbios*"[tiab:~3]': "truncation_in_proximity",
    "gut–brain[tiab]": "dash",
    "() AND als[tiab]": "empty_parentheses",
}


@pytest.mark.skipif(not CASES.exists(), reason="the case files are not in ../shared/cases")
def test_every_case_of_a_published_query_is_said_for_what_it_is() -> None:
    rows = tomllib.loads(CASES.read_text(encoding="utf-8"))["query"]
    assert len(rows) == 24
    for row in rows:
        text = row["text"]
        found = {one.code for one in lint(read_strategy(text, language_of(text) or DEFAULT))}
        assert EXPECTED.get(text) in found | {None}, (text, found)
    assert {row["text"] for row in rows} >= set(EXPECTED)
