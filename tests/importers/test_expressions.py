"""No expression of the readers hangs on a hostile line."""

import ast
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import reviewkit.importers
from reviewkit.importers.ovid import _without_marks

FOLDER = Path(reviewkit.importers.__file__).parent
LENGTH = 3000
# Exponential and cubic ones take hours.
SECONDS = 1.0
REPEATED = (
    "1",
    " ",
    ",",
    "a",
    "A",
    "(",
    "-",
    ".",
    ";",
    "\\",
    "{",
    "<a",
    "1,",
    "1 ",
    "a ",
    "A.",
    ": ",
)


def expressions() -> Iterator[tuple[str, str]]:
    """Yield every expression in the readers' code, with its place."""
    for path in sorted(FOLDER.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if not isinstance(node.func.value, ast.Name) or node.func.value.id != "re":
                continue
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield f"{path.name}:{node.lineno}", first.value


FOUND = dict(expressions())


def test_the_expressions_are_found() -> None:
    assert len(FOUND) > 50


@pytest.mark.slow
@pytest.mark.parametrize("place", FOUND)
def test_no_expression_takes_long(place: str) -> None:
    pattern = re.compile(FOUND[place])
    for part in REPEATED:
        for start, end in (("", "!"), ("1", "x"), ("a,", "\n!"), ("a;2020;", "!")):
            hostile = start + part * LENGTH + end
            started = time.process_time()
            for search in (pattern.search, pattern.match, pattern.fullmatch):
                search(hostile)
            assert time.process_time() - started < SECONDS, (part, start, end)


def test_an_author_followed_by_digits_is_read_at_once() -> None:
    started = time.process_time()
    assert _without_marks("Silva A " + "1" * 5000 + "x").startswith("Silva A 1")
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
    assert _without_marks(name) == bare
