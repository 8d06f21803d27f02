"""Chains of records."""

from reviewkit.dedupe import (
    path_between,
)


def test_path_between() -> None:
    edges = [("a", "b"), ("b", "c"), ("c", "d"), ("a", "e"), ("e", "d")]
    assert path_between(edges, "a", "d") == ["a", "e", "d"]
    assert path_between(edges, "a", "z") == []
