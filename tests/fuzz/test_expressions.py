"""No regular expression takes more than linear time on a hostile text."""

import math
import re
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.helpers.expressions import Expression, expressions, hostile_texts

SIZE = 2_000
GROWN = 4
# An expression that is linear takes well below a millisecond for SIZE characters.
SUSPECT = 0.003
HOPELESS = 0.2
TRIES = 3  # measurements that must all agree
FOUND = expressions()
# These see the last 200 characters of a title at most.
BOUNDED = {r"(?:\(vol\.? ?\d+"}


def seconds(expression: Expression, text: Any) -> float:
    """What the slowest of the ways takes in which the expression is used."""
    return max(_seconds(_call(expression, name), text) for name in expression.methods)


def _call(expression: Expression, name: str) -> Callable[[Any], object]:
    pattern = expression.pattern
    empty: Any = b"" if isinstance(pattern.pattern, bytes) else ""
    if name in {"sub", "subn"}:
        return lambda text: pattern.sub(empty, text)
    if name == "finditer":
        return pattern.findall
    call: Callable[[Any], object] = getattr(pattern, name)
    return call


def _seconds(call: Callable[[Any], object], text: Any) -> float:
    start = time.process_time()
    call(text)
    return time.process_time() - start


def grows_too_fast(expression: Expression) -> str:
    """A text for which more text takes far more than its share of time."""
    long = hostile_texts(expression.pattern, SIZE * GROWN)
    for text, longer in zip(hostile_texts(expression.pattern, SIZE), long, strict=True):
        if seconds(expression, text) < SUSPECT:
            continue
        # A busy machine slows one measurement down by chance, but not all of them.
        if all(why := [_growth(expression, text, longer) for _ in range(TRIES)]):
            return why[-1]
    return ""


def _growth(expression: Expression, text: str, longer: str) -> str:
    """What was measured; empty where it is no more than its share."""
    small = min(seconds(expression, text) for _ in range(3))
    if small < SUSPECT:
        return ""
    large = seconds(expression, longer) if small < HOPELESS else math.inf
    if large <= small * GROWN * 2:
        return ""
    return f"{text[:40]!r}: {small:.4f} s, {GROWN} times as long: {large:.4f} s"


def test_the_expressions_are_found() -> None:
    assert len(FOUND) > 250


@pytest.mark.slow
def test_every_expression_is_linear() -> None:
    judged = [one for one in FOUND if not any(map(str(one.pattern.pattern).startswith, BOUNDED))]
    slow = {one.place: grows_too_fast(one) for one in judged}
    assert {place: why for place, why in slow.items() if why} == {}


@pytest.mark.slow
@pytest.mark.parametrize("pattern", [r"\s+$", r"(a|b)*c\d+x*x*$", r"<.*?>", r"(\w+)-(\w+)"])
def test_an_expression_that_is_not_linear_is_found(pattern: str) -> None:
    broken = Expression(place="here", pattern=re.compile(pattern), methods=frozenset({"search"}))
    assert grows_too_fast(broken)


@pytest.mark.parametrize("pattern", [r"(?<!\s)\s++$", r"[a-z]+", r"(?:ab)*c"])
def test_a_linear_one_is_not(pattern: str) -> None:
    sound = Expression(place="here", pattern=re.compile(pattern), methods=frozenset({"match"}))
    assert grows_too_fast(sound) == ""
