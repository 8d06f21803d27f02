"""Numbered lines: expanded, the printed form kept; what points nowhere is named."""

import pytest

from reviewkit.query.dialects.languages import DEFAULT, LANGUAGES, language_of
from reviewkit.query.lines import LONGEST_EXPANSION, read_strategy
from reviewkit.query.parse import parse
from reviewkit.query.tree import plain

OVID = LANGUAGES["ovid"]


@pytest.mark.parametrize(
    ("text", "language", "expansion"),
    [
        ('#1 "Gut"[Mesh]\n#2 ALS[tiab]\n#3 #1 AND #2', "pubmed", '("Gut"[Mesh]) AND (ALS[tiab])'),
        ("1. exp Gut/\n2. als.tw.\n3. 1 and 2", "ovid", "(exp Gut/) and (als.tw.)"),
        ("1 a.tw.\n2 b.tw.\n3 or/1-2\n4 3 not 1", "ovid", "(((a.tw.) OR (b.tw.))) not (a.tw.)"),
        ("1. a.tw. (1,234)\n2. b.tw. (55)\n3. 1 or 2", "ovid", "(a.tw.) or (b.tw.)"),
        ('S1 TI a\nS2 MH "B+"\nS3 S1 OR S2', "cinahl", '(TI a) OR (MH "B+")'),
        ("#1 TS=a\n#2 TS=b\n#3 #1 AND #2", "wos", "(TS=a) AND (TS=b)"),
    ],
)
def test_lines_are_put_in(text: str, language: str, expansion: str) -> None:
    strategy = read_strategy(text, LANGUAGES[language])
    assert strategy.expansion == expansion
    assert strategy.printed == text
    again = parse(expansion, LANGUAGES[language]).tree
    assert strategy.tree is not None
    assert again is not None
    assert plain(again) == plain(strategy.tree)


@pytest.mark.parametrize(
    ("text", "code", "reason"),
    [
        ("#1 AND #2", "line_missing", "names lines that are not there: 1, 2"),
        (
            "#1 a[ti]\n#2 b[ti]\n#3 #1 AND #7",
            "line_missing",
            "line 3 names line 7, which is not there",
        ),
        (
            "#1 #2 OR a[ti]\n#2 b[ti]\n#3 #1 AND #2",
            "line_forwards",
            "line 1 names line 2, which does not stand before it",
        ),
        ("#1 a[ti]\n#2 b[ti]\n#3 #1 AND c[ti]", "line_unused", "line 2 is never used"),
    ],
)
def test_references_that_do_not_fit_are_named(text: str, code: str, reason: str) -> None:
    problems = read_strategy(text, DEFAULT).problems
    assert (code, reason) in [(problem.code, problem.reason) for problem in problems]


def test_lost_numbers_are_counted_and_said() -> None:
    strategy = read_strategy("a.tw.\n\nb.tw.\n\n1 or 2", OVID)
    assert strategy.expansion == "(a.tw.) or (b.tw.)"
    assert "numbers_lost" in {problem.code for problem in strategy.problems}


def test_lines_without_references_are_one_query() -> None:
    strategy = read_strategy("\n   a[tiab]   AND\n b[tiab]  \n", DEFAULT)
    assert (strategy.lines, strategy.expansion) == ((), None)
    assert not strategy.problems


def test_an_expansion_that_doubles_on_every_line_is_not_written_out() -> None:
    lines = ["1. word.tw."] + [f"{n}. {n - 1} or {n - 1}" for n in range(2, 60)]
    strategy = read_strategy("\n".join(lines), OVID)
    assert strategy.expansion is None
    assert strategy.tree is not None
    assert LONGEST_EXPANSION < 2**59


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("dysbiosis[tiab] AND als[mh]", "pubmed"),
        ("dysbiosis.ti,ab. AND ALS.mp.", "ovid"),
        ("exp Gut/ and (a adj2 b).tw.", "ovid"),
        ('"dysbiosis"/exp AND "als":ti,ab', "embase"),
        ("'gut'/exp OR gut:ti,ab,kw", "embase"),
        ("MeSH descriptor: [Gut] explode all trees", "cochrane"),
        ('(MH "Gut+") OR TI gut', "cinahl"),
        ("TITLE-ABS-KEY(dysbiosis W/3 als)", "scopus"),
        ("TS=(dysbiosis AND als)", "wos"),
        ('tw:("dysbiosis" OR disbiose) AND mh:"Gut"', "lilacs"),
        ('TITLE_ABS:"gut" AND PUB_YEAR:2020', "europepmc"),
        ("dysbiosis AND als", None),
    ],
)
def test_languages_are_told_apart(text: str, language: str | None) -> None:
    found = language_of(text)
    assert (found.id if found else None) == language
