"""Strategies as print spoils them: read as before, or every reason named; no line is lost."""

import json
import re
from collections.abc import Callable

import pytest

from reviewkit.query.canonical import canonical
from reviewkit.query.dialects.languages import DEFAULT, LANGUAGES
from reviewkit.query.dialects.writers import WRITERS
from reviewkit.query.language import Language
from reviewkit.query.lines import Strategy, read_strategy
from reviewkit.query.lint import lint
from reviewkit.query.tree import Node, Severity
from tests.query.conftest import CLEF

OVID = LANGUAGES["ovid"]
LINES = ["exp Gut/", "als.tw.", "1 or 2"]


def numbered(lines: list[str]) -> str:
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))


def codes(strategy: Strategy) -> set[str]:
    return {one.code for one in lint(strategy)}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("1. exp Gut/\n2. als.tw.\n3. Line 1 or Line 2", set()),
        ("1. exp Gut/\n2. als.tw.\n3. set 1 or set 2", set()),
        ("1. exp Gut/\n2. als.tw.\n3. or/1–2", {"dash"}),
        ("1. exp Gut/\n2. als.tw.\n3. １ or ２", {"odd_sign"}),
        ("1. exp Gut/ (12)\nPage 3 of 9\n2. als.tw. (3)\n3. 1 or 2 (4)", {"page_text", "glued_text"}),
        ("1. exp Gut/ (12)\n© 2024 A et al.\n2. als.tw. (3)\n3. 1 or 2 (4)", {"page_text", "glued_text"}),
        ("1. exp Gut/ (12)\nA running head\n2. als.tw. (3)\n3. 1 or 2 (4)", {"page_text", "glued_text"}),
        ("1 exp Gut/ 123\n2 als.tw. 4,567\n3 1 or 2 4600", {"glued_text"}),
        ("1\nexp Gut/\n123\n2\nals.tw.\n456\n3\n1 or 2\n22", {"glued_text"}),
        ("3. 1 or 2\n2. als.tw.\n1. exp Gut/", set()),
        ("1. exp\n   Gut/\n2. als.tw.\n3. 1\n   or\n   2", set()),
        ("Search Strategy:\n--------\n1. exp Gut/\n2. als.tw.\n3. 1 or 2", {"page_text"}),
        ("Appendix 1, our search\n1. exp Gut/\n2. als.tw.\n3. 1 or 2", {"page_text"}),
        ("Searches\nResults\n1\nexp Gut/\n123\n2\nals.tw.\n456\n3\n1 or 2\n22", {"page_text", "glued_text"}),
        ("1. exp Gut/\n2. als.tw.\n3. 1 or\n1,421,217\n2", {"glued_text"}),
        ("exp Gut/\nals.tw.\n1\nor\n2", {"numbers_lost", "lines_joined"}),
        ("MEDLINE (Ovid)\n1. exp Gut/\n2. als.tw.\n3. 1 or 2\nEmbase\n1. exp gut/\n2. als.mp.\n3. 1 or 2", {"page_text", "several_strategies"}),
        ("1. exp Gut/\n2. als.tw.\n3. 1 or 2\n1. exp gut/\n2. als.mp.\n3. 1 or 2", {"several_strategies"}),
    ],
)  # fmt: skip
def test_the_same_three_lines_in_many_prints(text: str, named: set[str]) -> None:
    strategy = read_strategy(text, OVID)
    assert strategy.printed == text
    assert tree_of(strategy) == tree_of(read_strategy(numbered(LINES), OVID))
    assert codes(strategy) == named


def tree_of(strategy: Strategy) -> Node | None:
    tree = strategy.tree
    return canonical(tree, WRITERS[strategy.language.id].signs) if tree else None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('exp "Gut"[Mesh] AND als[ti]', "exp_is_a_word"),
        ("exp gut[tiab] AND als[ti]", "exp_is_a_word"),
        ("gut adj3 brain[tiab]", "near_is_a_word"),
        ("gut[ti] AND/OR als[ti]", "and_or"),
        ("gut[ti]\nAND/OR\nals[ti]", "and_or"),
        ("gut dys-\nbiosis[tiab]", "broken_word"),
        ("gut[ti] Filters: English, Humans", "limit_outside"),
        ("gut[ti] OR (als[ti] AND eng[la])", "limit_inside"),
        ("1. gut[ti] AND als[ti]", "glued_text"),
        ("gut[ti] AND als[ti] (1,234)", "glued_text"),
        ("gut[ti] ＡＮＤ als[ti]", "odd_sign"),
    ],
)
def test_what_print_or_another_language_left_is_named(text: str, code: str) -> None:
    assert code in codes(read_strategy(text, DEFAULT))


def test_a_limit_for_every_side_is_no_problem() -> None:
    for text in ("gut[ti] AND (eng[la] OR por[la])", "(gut[ti] OR als[ti]) AND 2010:2020[dp]"):
        assert not codes(read_strategy(text, DEFAULT))


def test_a_number_inside_a_line_is_no_line() -> None:
    text = '1. gut[ti]\n2. "after\n12 weeks"[ti]\n3. als[ti]\n4. #1 AND #2 AND #3'
    strategy = read_strategy(text, DEFAULT)
    assert [line.number for line in strategy.lines] == [1, 2, 3, 4]
    assert "line_missing" not in codes(strategy)


def wrapped(text: str) -> str:
    return re.sub(r"(.{60}\S*) ", r"\1\n", text)


def with_pages(text: str) -> str:
    lines = text.splitlines()
    for at in range(len(lines) - 2, 0, -7):
        lines[at:at] = ["Page 3 of 9", "", "© 2017 Somebody et al. Journal of X."]
    return "\n".join(lines)


def counted(form: str) -> Callable[[str], str]:
    def print_counts(text: str) -> str:
        lines = text.splitlines()
        return "\n".join(f"{line}{form.format(n * 7919)}" for n, line in enumerate(lines, 1))

    return print_counts


def vertical(text: str) -> str:
    pieces = [line.partition(". ") for line in text.splitlines()]
    return "\n".join(f"{number}\n{line}\n{int(number) * 317 + 5000}" for number, _, line in pieces)


SAME: dict[str, Callable[[str], str]] = {
    "wrapped": wrapped,
    "page headers": with_pages,
    "counts in parentheses": counted(" ({:,})"),
    "counts behind a tab": counted("\t{:,}"),
    "upside down": lambda text: "\n".join(reversed(text.splitlines())),
    "two databases": lambda text: f"MEDLINE (Ovid)\n{text}\n\nEMBASE (Ovid)\n{text}",
    "dashes": lambda text: re.sub(r"(?<=\d)-(?=\d)", "–", text),
    "Windows": lambda text: text.replace("\n", "\r\n"),
}
NAMED: dict[str, Callable[[str], str]] = {
    "operators on lines of their own": lambda text: re.sub(
        r"(?i)\s+(and|or|not)\s+(?=\S)", r"\n\1\n", text
    ),
    "a parenthesis is missing": lambda text: text.replace(")", "", 1),
    "curly quotes": lambda text: text.replace('"', "”"),
    "a word breaks": lambda text: re.sub(r"([a-z]{4})([a-z]{4})", "\\1-\n\\2", text, count=1),
    "a bracket of fields": lambda text: re.sub(
        r"\.mp\.?", ".mp. [mp=title, abstract, original title, name of\nsubstance word]", text
    ),
}


def topics() -> list[tuple[str, str, Language]]:
    """The ten real strategies, numbered again, and their language."""
    if not CLEF.exists():
        return []
    found = []
    for name, topic in json.loads(CLEF.read_text(encoding="utf-8")).items():
        text = topic["query"]
        language = "pubmed" if "[tw]" in text or "[tiab]" in text else "ovid"
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        found.append((name, numbered(lines), LANGUAGES[language]))
    return found


TOPICS = topics()


@pytest.mark.slow
@pytest.mark.skipif(not TOPICS, reason="the ten real strategies are not in ../shared/data")
@pytest.mark.parametrize("spoilt", SAME)
def test_ten_real_strategies_are_the_same_in_this_print(spoilt: str) -> None:
    for name, text, language in TOPICS:
        before, after = (read_strategy(one, language) for one in (text, SAME[spoilt](text)))
        assert tree_of(after) == tree_of(before), name
        assert no_line_is_lost(after), name


@pytest.mark.slow
@pytest.mark.skipif(not TOPICS, reason="the ten real strategies are not in ../shared/data")
@pytest.mark.parametrize("spoilt", NAMED)
def test_ten_real_strategies_are_the_same_or_it_is_said_why_not(spoilt: str) -> None:
    for name, text, language in TOPICS:
        before, after = (read_strategy(one, language) for one in (text, NAMED[spoilt](text)))
        assert no_line_is_lost(after), name
        if tree_of(after) != tree_of(before):
            known = lint(before)
            new = [one for one in lint(after) if one.code not in {old.code for old in known}]
            assert any(one.severity is not Severity.NOTE for one in new), name


def no_line_is_lost(strategy: Strategy) -> bool:
    """Whether each printed line stands in a line that was read, or in a problem."""
    spans = [line.span for line in strategy.lines] or [(0, len(strategy.printed))]
    spans += [one.span for one in strategy.problems]
    read = set().union(*(range(first, last) for first, last in spans))
    starts = [match.start() for match in re.finditer(r"(?m)[^\W\d]", strategy.printed)]
    return all(start in read for start in starts)
