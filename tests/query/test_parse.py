"""Queries as trees, in every language, with their places; nothing makes the parser fail."""

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewkit.query.dialects.languages import DEFAULT, LANGUAGES
from reviewkit.query.language import TITLE, TITLE_ABSTRACT, TITLE_ABSTRACT_KEYWORDS
from reviewkit.query.lines import read_strategy
from reviewkit.query.parse import parse
from reviewkit.query.tree import Group, Kind, Near, Node, Op, Part, Ref, Term, plain, terms
from tests.helpers.effort import examples
from tests.query.conftest import CLEF

PUBMED, OVID = LANGUAGES["pubmed"], LANGUAGES["ovid"]


def word(text: str, parts: frozenset[Part] = TITLE) -> Term:
    return Term(text=text, kind=Kind.WORDS, parts=parts)


def tree(text: str, language: str = "pubmed") -> Node | None:
    found = parse(text, LANGUAGES[language]).tree
    return plain(found) if found else None


def test_pubmed_goes_from_left_to_right() -> None:
    a, b, c = word("a"), word("b"), word("c")
    either = Group(op=Op.OR, operands=(a, b))
    assert tree("a[ti] OR b[ti] AND c[ti]") == Group(op=Op.AND, operands=(either, c))
    both = Group(op=Op.AND, operands=(b, c))
    assert tree("a[ti] OR (b[ti] AND c[ti])") == Group(op=Op.OR, operands=(a, both))
    less = Group(op=Op.NOT, operands=(a, b))
    assert tree("a[ti] NOT b[ti] OR c[ti]") == Group(op=Op.OR, operands=(less, c))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("cinahl", "TI a OR TI b AND TI c"),
        ("wos", "TI=a OR TI=b AND TI=c"),
        ("lilacs", "ti:a OR ti:b AND ti:c"),
    ],
)
def test_languages_in_which_and_binds_closer(language: str, text: str) -> None:
    both = Group(op=Op.AND, operands=(word("b"), word("c")))
    assert tree(text, language) == Group(op=Op.OR, operands=(word("a"), both))


def test_in_scopus_or_binds_closest() -> None:
    either = Group(op=Op.OR, operands=(word("b"), word("c")))
    text = "TITLE(a) AND TITLE(b) OR TITLE(c) AND NOT TITLE(d)"
    both = Group(op=Op.AND, operands=(word("a"), either))
    assert tree(text, "scopus") == Group(op=Op.NOT, operands=(both, word("d")))


@pytest.mark.parametrize(
    ("language", "text", "distance", "ordered"),
    [
        ("pubmed", '"a b"[ti:~3]', 3, False),
        ("ovid", "(a adj4 b).ti.", 3, False),
        ("embase", "(a NEAR/4 b):ti", 3, False),
        ("embase", "(a NEXT/4 b):ti", 3, True),
        ("cochrane", "(a NEAR/4 b):ti", 3, False),
        ("cinahl", "TI a N3 b", 3, False),
        ("cinahl", "TI a W3 b", 3, True),
        ("scopus", "TITLE(a W/3 b)", 3, False),
        ("scopus", "TITLE(a PRE/3 b)", 3, True),
        ("wos", "TI=(a NEAR/3 b)", 3, False),
        ("wos", "TI=(a NEAR b)", 15, False),
    ],
)
def test_the_same_distance_in_every_language(
    language: str, text: str, distance: int, ordered: bool
) -> None:
    wanted = Near(operands=(word("a"), word("b")), distance=distance, ordered=ordered)
    assert tree(text, language) == wanted


def test_fields_of_the_same_name_are_not_the_same() -> None:
    assert tree("a.tw.", "ovid") == word("a", TITLE_ABSTRACT)
    assert tree("a[tiab]") == word("a", TITLE_ABSTRACT_KEYWORDS)
    assert tree("a.ti,ab,kf.", "ovid") == tree("a[tiab]")
    assert tree("a.ot.", "ovid") != tree("a[ot]")


def heading(text: str, vocabulary: str = "mesh", **more: Any) -> Term:
    return Term(text=text, kind=Kind.HEADING, detail=vocabulary, **more)


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [
        ("pubmed", '"Gut"[mh]', heading("Gut", quoted=True, explode=True)),
        ("pubmed", "Gut[Mesh:NoExp]", heading("Gut")),
        ("pubmed", "Gut[majr]", heading("Gut", explode=True, major=True)),
        ("pubmed", "gut/th[mh]", heading("gut", explode=True, subheadings=("th",))),
        ("ovid", "exp Gut/", heading("Gut", explode=True)),
        ("ovid", "exp *Gut, large/di, th", heading("Gut, large", explode=True, major=True, subheadings=("di", "th"))),
        ("ovid", "gut.sh.", heading("gut")),
        ("embase", "'gut'/exp", heading("gut", "emtree", quoted=True, explode=True)),
        ("embase", "'gut'/exp/mj", heading("gut", "emtree", quoted=True, explode=True, major=True)),
        ("embase", "'gut'/de", heading("gut", "emtree", quoted=True)),
        ("cochrane", "[mh Gut]", heading("Gut", explode=True)),
        ("cochrane", "[mh ^Gut/DT]", heading("Gut", subheadings=("dt",))),
        ("cochrane", "MeSH descriptor: [Gut] explode all trees", heading("Gut", explode=True)),
        ("cochrane", "MeSH descriptor: [Gut] this term only", heading("Gut")),
        ("cinahl", '(MH "Gut+")', heading("Gut", "cinahl", quoted=True, explode=True)),
        ("cinahl", 'MM "Gut"', heading("Gut", "cinahl", quoted=True, major=True)),
        ("lilacs", 'mh:"Gut"', heading("Gut", "decs", quoted=True)),
    ],
)  # fmt: skip
def test_headings(language: str, text: str, wanted: Term) -> None:
    assert tree(text, language) == wanted


def test_ranges_and_limits() -> None:
    years = Term(text="2010", until="2020", kind=Kind.DATE, detail="publication")
    assert tree("2010:2020[dp]") == years
    assert tree('("2010"[Date - Publication] : "2020"[Date - Publication])') == years
    assert tree("PY=2010-2020", "wos") == years
    assert tree("[2010-2020]/py", "embase") == years
    assert tree("FIRST_PDATE:[2010 TO 2020]", "europepmc") == years
    limited = tree('limit 3 to yr="2005 -Current"', "ovid")
    wanted = Term(text="2005", until="3000", kind=Kind.DATE, detail="publication")
    assert limited == Group(op=Op.AND, operands=(Ref(line=3), wanted))


@pytest.mark.parametrize(
    ("text", "code", "at"),
    [
        ("(a[ti] AND b[ti]", "never_closed", "("),
        ("a[ti]) AND b[ti]", "close_unopened", ")"),
        ('"a b[ti] AND c[ti]', "quote_open", '"'),
        ("() AND a[ti]", "empty_parentheses", "()"),
        ("a[tittle]", "unknown_tag", "[tittle]"),
        ('"a b"[mh:~3]', "proximity_field", "[mh:~3]"),
        ("a[ti] AND ", "nothing_behind", "AND"),
        ("OR a[ti]", "nothing_before", "OR"),
        ("", "empty", ""),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place(text: str, code: str, at: str) -> None:
    problems = parse(text, PUBMED).problems
    found = {problem.code: text[slice(*problem.span)] for problem in problems}
    assert found.get(code) == at


def test_too_many_parentheses_are_refused() -> None:
    parsed = parse("(" * 5000 + "a" + ")" * 5000, PUBMED)
    assert parsed.tree is None
    assert [problem.code for problem in parsed.errors] == ["too_deep"]


PIECES = st.sampled_from(
    ["a", "gut*", '"', '"a b"', "“x”", "(", ")", " ", " AND ", " or ", " NOT ", "[ti]", "[mh:noexp]",
     "[", "]", ".ti,ab.", "exp X/", "/", "adj3", "'x'/exp", ":ti", "NEAR/3", "TS=(", "TI ", "N3",
     "#1", "S2", "or/1-3", "limit 2 to humans", "2010:2012", "\n", "3. ", "mh:", "{", "}", "*", "?"]
)  # fmt: skip


@given(pieces=st.lists(PIECES, max_size=25), language=st.sampled_from(sorted(LANGUAGES)))
@settings(max_examples=examples(150), deadline=None)
def test_no_text_makes_the_reader_fail(pieces: list[str], language: str) -> None:
    text = "".join(pieces)
    strategy = read_strategy(text, LANGUAGES[language])
    assert strategy.printed == text
    for problem in strategy.problems:
        first, last = problem.span
        assert 0 <= first <= last <= len(text)
    assert strategy.tree is not None or strategy.errors


@given(text=st.text(max_size=60), language=st.sampled_from(sorted(LANGUAGES)))
@settings(max_examples=examples(100), deadline=None)
def test_any_characters_are_read_or_named(text: str, language: str) -> None:
    strategy = read_strategy(text, LANGUAGES[language])
    assert strategy.tree is not None or strategy.errors


@pytest.mark.skipif(not CLEF.exists(), reason="the ten real strategies are not in ../shared/data")
def test_ten_real_strategies_are_read_and_every_reason_why_not_has_a_line() -> None:
    topics = json.loads(CLEF.read_text(encoding="utf-8"))
    read = 0
    for name, topic in topics.items():
        text = topic["query"]
        language = LANGUAGES["pubmed" if "[tw]" in text or "[tiab]" in text else "ovid"]
        strategy = read_strategy(text, language)
        assert strategy.tree is not None, name
        assert all(isinstance(term, Term) for term in terms(strategy.tree))
        read += not strategy.errors
        for problem in strategy.errors:
            assert text[slice(*problem.span)], (name, problem)
    assert (len(topics), read) == (10, 9)


@pytest.mark.slow
@pytest.mark.parametrize(
    "text", ["word " * 3400, "exp " * 4250, "a/" * 8500, "(" * 17000, '"' * 17000]
)
def test_hostile_text_takes_linear_time(text: str) -> None:
    began = time.perf_counter()
    for language in LANGUAGES.values():
        parse(text, language)
    assert time.perf_counter() - began < 20


def test_every_language_has_a_table() -> None:
    assert DEFAULT.id == "pubmed"
    assert len(LANGUAGES) == 11
