"""Pairs become clusters: the surest first, and never across a pair that is forbidden."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.dedupe.cluster import (
    Edge,
    Groups,
    components,
    join_pairs,
    path_between,
    spanning,
    tied_pairs,
)

KEYS = "abcdef"
edges = st.tuples(st.sampled_from(KEYS), st.sampled_from(KEYS)).filter(lambda e: e[0] < e[1])


def joined(*pairs: str, forbidden: tuple[str, ...] = ()) -> Groups:
    """Groups in which these pairs, of two letters each, are joined."""
    groups = Groups((pair[0], pair[1]) for pair in forbidden)
    for pair in pairs:
        groups.join(pair[0], pair[1])
    return groups


def test_a_group_has_the_name_of_its_first_record() -> None:
    groups = joined("dc", "cb", "ef")
    assert [groups.of(key) for key in "abcdef"] == ["a", "b", "b", "b", "e", "e"]
    assert groups.members("b") == {"b", "c", "d"}
    assert groups.members("a") == {"a"}
    assert groups.all() == [("b", "c", "d"), ("e", "f")]

    groups.join("f", "a")
    assert groups.members("a") == {"a", "e", "f"}
    groups.join("e", "a")
    assert groups.all() == [("a", "e", "f"), ("b", "c", "d")]


def test_the_first_forbidden_pair_is_named_smaller_key_first() -> None:
    groups = joined("ab", "cd", forbidden=("da", "bc", "ef"))
    assert groups.clash("a", "c") == groups.clash("d", "b") == ("a", "d")
    assert groups.clash("f", "e") == groups.clash("e", "f") == ("e", "f")
    assert groups.clash("a", "e") is None
    assert joined("bc", "cx", forbidden=("ab", "ac")).clash("x", "a") == ("a", "b")
    assert joined("ab", "ac", forbidden=("bd", "cd")).clash("a", "d") == ("b", "d")


def test_the_surest_pairs_come_first_and_what_is_forbidden_is_given_back() -> None:
    groups = Groups([("a", "c"), ("d", "e")])
    scored = {("b", "c"): 0.9, ("a", "b"): 0.8, ("b", "d"): 0.8, ("c", "d"): 0.7, ("d", "e"): 0.6}
    assert join_pairs(groups, scored) == [("a", "b"), ("d", "e")]
    assert groups.all() == [("b", "c", "d")]

    # Of two pairs that are as sure, the one with the smaller key is joined.
    even = {("b", "c"): 0.5, ("a", "b"): 0.5}
    groups = Groups([("a", "c")])
    assert join_pairs(groups, even) == [("b", "c")]
    assert groups.all() == [("a", "b")]


@given(st.dictionaries(edges, st.sampled_from([0.5, 0.7, 0.9])), st.sets(edges, max_size=4))
def test_nothing_forbidden_comes_together_and_no_more_is_kept_apart(
    scored: dict[Edge, float], forbidden: set[Edge]
) -> None:
    groups = Groups(forbidden)
    refused = join_pairs(groups, scored)
    for one, two in forbidden:
        assert groups.of(one) != groups.of(two)
    for pair in scored:
        assert (groups.of(pair[0]) == groups.of(pair[1])) or pair in refused
    assert not set(refused) - scored.keys()
    assert all(groups.clash(*pair) for pair in refused)


def test_a_component_is_connected_by_its_best_pairs() -> None:
    scored = {
        **dict.fromkeys(itertools.combinations("abc", 2), 0.9),
        ("p", "q"): 0.5,
        ("p", "r"): 0.6,
        ("q", "r"): 0.7,
        ("q", "s"): 0.5,
    }
    best = [("a", "b"), ("a", "c"), ("q", "r"), ("p", "r"), ("q", "s")]
    assert spanning(scored) == spanning(dict(reversed(scored.items()))) == best


@given(st.dictionaries(edges, st.floats(0, 1)))
def test_what_spans_joins_what_the_pairs_join(scored: dict[Edge, float]) -> None:
    spans = spanning(scored)
    assert components(spans) == components(scored)
    assert components(scored) == join_all(scored)
    # As few as can be: without any of them something comes apart.
    assert all(
        components(spans[:n] + spans[n + 1 :]) != components(spans) for n in range(len(spans))
    )


def join_all(scored: dict[Edge, float]) -> list[tuple[str, ...]]:
    """The components, found by walking."""
    found = set()
    for start in {key for pair in scored for key in pair}:
        reached: set[str] = {start}
        before: set[str] = set()
        while reached != before:
            before = set(reached)
            reached.update(*(pair for pair in scored if reached & {*pair}))
        found.add(tuple(sorted(reached)))
    return sorted(found)


def test_a_record_that_fits_two_works_comes_to_more_of_its_likes() -> None:
    many = [(one, two) for place, one in enumerate("vwxy") for two in "vwxy"[place + 1 :]]
    fits_both = [("b", "n"), ("n", "v"), ("n", "w")]
    pairs = dict.fromkeys([("a", "b"), *many, *fits_both], 0.99)
    groups = Groups([("a", "v")])
    assert join_pairs(groups, pairs) == [("b", "n")]
    assert groups.of("n") == groups.of("v") != groups.of("a") == groups.of("b")


@pytest.mark.parametrize(
    ("to_many", "to_one", "comes_to"),
    [(0.9, 0.9, "a"), (0.9, 0.904, "a"), (0.9, 0.92, "w"), (0.904, 0.9, "a")],
)
def test_likes_count_among_scores_that_are_equal_to_a_hundredth(
    to_many: float, to_one: float, comes_to: str
) -> None:
    """The pairs of n: with c and d, who are joined with a and b; with w alone, who fits x."""
    pairs = dict.fromkeys(itertools.combinations("abcd", 2), 0.99)
    pairs |= {("d", "n"): to_many, ("c", "n"): to_many, ("n", "w"): to_one, ("w", "x"): 0.99}
    groups = Groups([("b", "w")])
    join_pairs(groups, pairs)
    assert groups.of("n") == groups.of(comes_to)


def test_where_likes_are_even_the_finer_score_decides() -> None:
    pairs = {("a", "b"): 0.901, ("b", "c"): 0.904, ("c", "d"): 0.904}
    groups = Groups([("a", "c"), ("b", "d")])
    # "b" and "c" first: then neither "a" nor "d" can come to them.
    assert join_pairs(groups, pairs) == [("c", "d"), ("a", "b")]
    assert groups.all() == [("b", "c")]


def test_what_divides_a_set_of_records() -> None:
    groups = Groups([("a", "d"), ("x", "y")])
    assert groups.divides("abd")
    assert groups.divides("da")
    assert not groups.divides("abc")
    assert not groups.divides("ax")


def test_path_between() -> None:
    pairs = [("a", "b"), ("b", "c"), ("c", "d"), ("a", "e"), ("e", "d")]
    assert path_between(pairs, "a", "d") == ["a", "e", "d"]
    assert path_between(pairs, "d", "a") == ["d", "e", "a"]
    assert path_between(pairs, "a", "c") == ["a", "b", "c"]
    assert path_between(pairs, "b", "b") == ["b"]
    assert path_between(pairs, "a", "z") == []


def test_of_two_ways_that_are_as_short_the_first_in_order_is_taken() -> None:
    pairs = [("a", "c"), ("c", "d"), ("a", "b"), ("b", "d"), ("d", "e")]
    assert path_between(pairs, "a", "e") == ["a", "b", "d", "e"]
    assert path_between(reversed(pairs), "a", "e") == ["a", "b", "d", "e"]


def test_a_record_that_fits_two_forbidden_ones_equally_is_tied() -> None:
    scored = {("a", "c"): 0.99, ("b", "c"): 0.99}
    apart = Groups([("a", "b")])
    assert tied_pairs(apart, scored, scored) == set(scored)
    assert tied_pairs(apart, scored, [("a", "c")]) == set()
    assert tied_pairs(apart, {**scored, ("a", "c"): 0.999}, scored) == set()
    assert tied_pairs(Groups(()), scored, scored) == set()

    backed = {**scored, ("a", "d"): 0.99, ("c", "d"): 0.99}
    assert tied_pairs(apart, backed, backed) == set()
