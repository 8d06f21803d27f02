"""Lint names each planted mistake at its place, and nothing in a query without one."""

from collections import Counter

import pytest

from reviewkit.query.dialects.languages import LANGUAGES
from reviewkit.query.lines import read_strategy
from reviewkit.query.lint import lint
from reviewkit.query.tree import Problem, Severity
from tests.helpers.effort import examples
from tests.helpers.planted_mistakes import Planted, right_queries, wrong_queries

NUMBER = examples(6)


def problems(one: Planted) -> tuple[Problem, ...]:
    return lint(read_strategy(one.text, LANGUAGES[one.language]))


def is_named(one: Planted) -> bool:
    assert one.place is not None
    first, last = one.place
    return any(problem.span[0] <= last and first <= problem.span[1] for problem in problems(one))


def test_every_planted_mistake_is_named_at_its_place() -> None:
    found = Counter(
        (one.language, one.kind, is_named(one)) for one in wrong_queries(seed=1, number=NUMBER)
    )
    assert not [kind for *kind, is_found in found if not is_found]


@pytest.mark.parametrize("one", list(right_queries(seed=2, number=4)), ids=lambda one: one.language)
def test_a_query_without_a_mistake_has_no_problem(one: Planted) -> None:
    assert not [p for p in problems(one) if p.severity is not Severity.NOTE], one.text
