"""One sum of a flow: whether it can hold, what mends it, and two sums added up."""

import pytest

from reviewkit.model.flow import Severity
from reviewkit.prisma.equation import Equation, Hint, Term, Values, can_hold, join, known, mended


def terms(names: str) -> tuple[Term, ...]:
    return tuple(Term(key=name, label=name.upper()) for name in names.split())


def equation(
    name: str,
    target: str,
    plus: str,
    minus: str = "",
    *,
    severity: Severity = Severity.ERROR,
    hints: tuple[Hint, ...] = (),
    excess: str = "",
) -> Equation:
    return Equation(
        identities=(name,),
        target=terms(target)[0],
        plus=terms(plus),
        minus=terms(minus),
        severity=severity,
        hints=hints,
        excess=excess,
    )


def written(one: Equation) -> str:
    plus, minus = ([term.key for term in side] for side in (one.plus, one.minus))
    return f"{one.name}: {one.target.key} = {'+'.join(plus)}-{'-'.join(minus)}"


SUM = equation("I", "t", "a b", "m")


@pytest.mark.parametrize(
    ("counts", "holds"),
    [
        ({"t": 3, "a": 2, "b": 2, "m": 1}, True),
        ({"t": 3, "a": 2, "b": 2, "m": 0}, False),
        ({"t": 3, "a": 2, "b": 2, "m": 2}, False),
        # What is not known is 0 or more: at least, and at most.
        ({"t": 3, "a": 2, "b": None, "m": 1}, True),
        ({"t": 3, "a": 5, "b": None, "m": 1}, False),
        ({"t": 3, "a": 4, "b": None, "m": 1}, True),
        ({"t": None, "a": 2, "b": 2, "m": 5}, False),
        ({"t": None, "a": 2, "b": 2, "m": 4}, True),
        ({}, True),
        # A count below 0 is taken as not known: that is an error of its own.
        ({"t": 3, "a": -2, "b": 2, "m": 1}, True),
        ({"t": 3, "a": -2, "b": 5, "m": 1}, False),
    ],
)
def test_an_equation_holds_where_some_values_fulfil_it(
    counts: dict[str, int | None], holds: bool
) -> None:
    assert can_hold(SUM, known(counts)) is holds


@pytest.mark.parametrize(
    ("key", "counts", "value"),
    [
        ("t", {"t": 9, "a": 2, "b": 3, "m": 1}, 4),
        ("t", {"a": 2, "b": 3, "m": 1}, 4),
        ("t", {"t": 9, "a": 0, "b": 1, "m": 1}, 0),
        ("t", {"t": 9, "a": 0, "b": 1, "m": 2}, None),
        ("a", {"t": 4, "a": 9, "b": 3, "m": 1}, 2),
        ("a", {"t": 2, "a": 9, "b": 3, "m": 1}, 0),
        ("a", {"t": 1, "a": 9, "b": 3, "m": 1}, None),
        ("m", {"t": 4, "a": 2, "b": 3, "m": 9}, 1),
        ("m", {"t": 6, "a": 2, "b": 3, "m": 9}, None),
        ("t", {"t": 9, "a": 2, "m": 1}, None),
        ("m", {"a": 2, "b": 3, "m": 1}, None),
    ],
)
def test_the_value_of_a_count_that_mends_a_sum(
    key: str, counts: dict[str, int | None], value: int | None
) -> None:
    values = known(counts)
    assert mended(SUM, key, values) == value
    assert values == known(counts)


def test_bounds_of_counts() -> None:
    values = Values({"a": (2, 5), "b": (1, None), "t": (4, 4)})
    a, b, t, other = terms("a b t other")
    assert [values.is_known(term) for term in (a, b, t, other)] == [False, False, True, False]
    assert [values.shown(term) for term in (a, b, t, other)] == [2, 1, 4, 0]
    assert (values.least([a, b, t]), values.greatest([a, t]), values.greatest([a, b])) == (
        7,
        9,
        None,
    )
    assert (values.least([]), values.greatest([])) == (0, 0)
    assert [values.exceed([t], [a]), values.exceed([t, a], [a]), values.exceed([t], [b])] == [
        False,
        True,
        False,
    ]
    assert known({"a": 0, "b": None, "t": -1}) == {"a": (0, 0)}


def test_sums_that_are_added_up_lose_what_stands_on_both_sides() -> None:
    first = equation("I2", "screened", "found", "duplicates", hints=((1, "a slip"),), excess="much")
    second = equation("I3", "sought", "screened", "out", hints=((2, "another"),), excess="more")
    joined = join([first, second])
    assert written(joined) == "I2+I3: sought = found-duplicates-out"
    assert (joined.hints, joined.excess) == (((1, "a slip"), (2, "another")), "much")
    assert joined.severity is Severity.ERROR
    assert join([first]) is first
    # A later target that does not cancel is the target of the sum.
    assert written(join([second, first])) == "I3+I2: sought = found-out-duplicates"


def test_a_sum_is_as_sure_as_its_weakest_part_and_says_nothing_of_its_own() -> None:
    error = equation("I2", "b", "a")
    warning = equation("I6", "c", "b", severity=Severity.WARNING)
    for parts in ([error, warning], [warning, error]):
        assert join(parts).severity is Severity.WARNING
        assert (join(parts).hints, join(parts).excess) == ((), "")
    assert join([error, equation("I3", "c", "b", excess="much")]).excess == "much"


def test_where_every_target_cancels_the_last_count_of_the_right_side_is_the_target() -> None:
    one = equation("A", "b", "a x", "m n")
    two = equation("B", "a", "b", "o p")
    joined = join([one, two])
    assert written(joined) == "A+B: p = x-m-n-o"


def test_a_count_cancels_as_often_as_the_other_side_has_it() -> None:
    one = equation("A", "s", "a a a", "b")
    two = equation("B", "t", "b", "a a")
    assert written(join([one, two])) == "A+B: t = a-s"
    three = equation("C", "u", "v", "a")
    assert written(join([one, three])) == "A+C: u = a+a+v-b-s"
