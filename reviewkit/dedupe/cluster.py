"""Pairs to clusters: the surest first, and never two records together that a veto keeps apart.

The result depends on the set of pairs alone, not on their order.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

Edge = tuple[str, str]


class Groups:
    """Records joined so far, and the pairs that may never be joined."""

    def __init__(self, forbidden: Iterable[Edge]) -> None:
        self._group: dict[str, str] = {}
        self._members: dict[str, set[str]] = {}
        self._apart: dict[str, set[str]] = defaultdict(set)
        for one, two in forbidden:
            self._apart[one].add(two)
            self._apart[two].add(one)

    def of(self, key: str) -> str:
        """The name of the record's group; its own key when it stands alone."""
        return self._group.get(key, key)

    def members(self, group: str) -> set[str]:
        return self._members.get(group, {group})

    def clash(self, one: str, two: str) -> Edge | None:
        """The first forbidden pair that joining the two would bring together; None when there is none."""
        left, right = self.members(self.of(one)), self.members(self.of(two))
        if len(left) > len(right):
            left, right = right, left
        found = sorted(
            min((a, b), (b, a)) for a in left for b in self._apart.get(a, ()) if b in right
        )
        return found[0] if found else None

    def join(self, one: str, two: str) -> None:
        first, second = sorted((self.of(one), self.of(two)))
        if first == second:
            return
        joined = self.members(first) | self.members(second)
        self._members.pop(second, None)
        self._members[first] = joined
        for key in joined:
            self._group[key] = first

    def all(self) -> list[tuple[str, ...]]:
        """The groups of two records or more, each sorted, in order."""
        return sorted(tuple(sorted(members)) for members in self._members.values())


def join_pairs(groups: Groups, scored: Mapping[Edge, float]) -> list[Edge]:
    """Join the pairs, best score first, then by key; those that a veto forbids are returned, not joined."""
    refused = []
    for edge in sorted(scored, key=lambda pair: (-scored[pair], pair)):
        if groups.of(edge[0]) == groups.of(edge[1]):
            continue
        if groups.clash(*edge) is None:
            groups.join(*edge)
        else:
            refused.append(edge)
    return refused


def spanning(scored: Mapping[Edge, float], crowd: int) -> set[Edge]:
    """The edges to ask first: all of a small part; of a part of more than `crowd`, the best that hold it together."""
    large = {key for part in components(scored) if len(part) > crowd for key in part}
    groups, kept = Groups(()), set()
    for edge in sorted(scored, key=lambda pair: (-scored[pair], pair)):
        if edge[0] not in large:
            kept.add(edge)
        elif groups.of(edge[0]) != groups.of(edge[1]):
            groups.join(*edge)
            kept.add(edge)
    return kept


def path_between(edges: Iterable[Edge], one: str, two: str) -> list[str]:
    """The shortest chain of records from one to the other, both included; [] when no chain joins them."""
    beside: dict[str, list[str]] = defaultdict(list)
    for a, b in edges:
        beside[a].append(b)
        beside[b].append(a)
    came: dict[str, str] = {one: one}
    front = [one]
    while front and two not in came:
        reached = sorted({(b, a) for a in front for b in beside[a] if b not in came})
        for b, a in reached:
            came.setdefault(b, a)
        front = sorted({b for b, _ in reached})
    if two not in came:
        return []
    chain = [two]
    while chain[-1] != one:
        chain.append(came[chain[-1]])
    return chain[::-1]


def components(edges: Iterable[Edge]) -> list[tuple[str, ...]]:
    """What hangs together when every edge holds, each part sorted."""
    groups = Groups(())
    for one, two in edges:
        groups.join(one, two)
    return groups.all()
