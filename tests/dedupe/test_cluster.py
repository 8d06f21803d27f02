"""Chains of records."""

from reviewkit.dedupe import path_between
from reviewkit.dedupe.cluster import Groups, join_pairs, spanning


def test_path_between() -> None:
    edges = [("a", "b"), ("b", "c"), ("c", "d"), ("a", "e"), ("e", "d")]
    assert path_between(edges, "a", "d") == ["a", "e", "d"]
    assert path_between(edges, "a", "z") == []


def test_a_record_that_fits_two_works_comes_to_more_of_its_likes() -> None:
    one = [(a, b) for place, a in enumerate("abcd") for b in "abcd"[place + 1 :]]
    other = [("w", "x")]
    both = [("d", "n"), ("c", "n"), ("n", "w")]
    pairs = dict.fromkeys([*one, *other, *both], 0.99)
    groups = Groups([("a", "w")])
    assert join_pairs(groups, pairs) == [("n", "w")]
    assert groups.of("n") == groups.of("a") != groups.of("w")


def test_a_group_is_asked_about_with_as_few_pairs_as_connect_it() -> None:
    scored = {("a", "b"): 0.5, ("b", "c"): 0.9, ("a", "c"): 0.7, ("x", "y"): 0.6}
    assert spanning(scored) == [("b", "c"), ("a", "c"), ("x", "y")]
