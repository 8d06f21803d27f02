"""Join pairs to clusters, the surest first; records that a veto keeps apart never come together.

The result depends on the set of pairs only, not on their order.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from itertools import combinations

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
        """Return the name of the record's group; the record's own key if it is in no group."""
        return self._group.get(key, key)

    def members(self, group: str) -> set[str]:
        """Return the keys of a group's records."""
        return self._members.get(group, {group})

    def clash(self, one: str, two: str) -> Edge | None:
        """Return the first forbidden pair that joining the two would bring together, or None."""
        members = (self.members(self.of(one)), self.members(self.of(two)))
        smaller, larger = sorted(members, key=len)

        forbidden: list[Edge] = []
        for key in smaller:
            others = larger.intersection(self._apart.get(key, ()))
            forbidden.extend(min((key, other), (other, key)) for other in others)
        return min(forbidden, default=None)

    def divides(self, keys: Iterable[str]) -> bool:
        """Return whether a forbidden pair is among the records."""
        among = set(keys)
        return any(not among.isdisjoint(self._apart.get(key, ())) for key in among)

    def join(self, one: str, two: str) -> None:
        """Make one group of the groups of the two records."""
        first, second = sorted((self.of(one), self.of(two)))
        if first == second:
            return

        joined = self.members(first) | self.members(second)
        self._members.pop(second, None)
        self._members[first] = joined
        for key in joined:
            self._group[key] = first

    def all(self) -> list[tuple[str, ...]]:
        """Return the groups of two records or more, each sorted, in order."""
        return sorted(tuple(sorted(members)) for members in self._members.values())


def join_pairs(groups: Groups, scored: Mapping[Edge, float]) -> list[Edge]:
    """Join the pairs, the surest first; return the forbidden pairs instead.

    Among equals a pair goes first that more other records support: a record that fits two works
    comes to the one with more of its likes.
    """
    support = _support(groups, scored)

    def order(edge: Edge) -> tuple[float, int, float, Edge]:
        return -round(scored[edge], 2), -support.get(edge, 0), -scored[edge], edge

    refused = []
    for edge in sorted(scored, key=order):
        if groups.of(edge[0]) == groups.of(edge[1]):
            continue
        if groups.clash(*edge) is None:
            groups.join(*edge)
        else:
            refused.append(edge)

    return refused


def tied_pairs(groups: Groups, scored: Mapping[Edge, float], among: Collection[Edge]) -> set[Edge]:
    """Return those `among` the pairs whose record fits two others that may not be joined.

    It fits them equally well: both pairs are as sure, and as many others support both.
    """
    support = _support(groups, scored)
    partners: dict[str, list[Edge]] = defaultdict(list)
    for edge in support.keys() & set(among):
        for key in edge:
            partners[key].append(edge)

    tied: set[Edge] = set()
    for key, edges in partners.items():
        for one, two in combinations(edges, 2):
            as_sure = round(scored[one], 2) == round(scored[two], 2)
            if as_sure and support[one] == support[two] and groups.divides({*one, *two} - {key}):
                tied |= {one, two}
    return tied


def _support(groups: Groups, scored: Mapping[Edge, float]) -> dict[Edge, int]:
    """Return with how many records both records of a pair are joined, where it matters.

    It does in the components that a forbidden pair divides.
    """
    divided: set[str] = set()
    for part in components(scored):
        if len(part) > 2 and groups.divides(part):
            divided.update(part)

    joined: dict[str, set[str]] = defaultdict(set)
    for one, two in scored:
        if one in divided:
            joined[one].add(two)
            joined[two].add(one)
    return {(a, b): len(joined[a] & joined[b]) for a, b in scored if a in divided}


def spanning(scored: Mapping[Edge, float]) -> list[Edge]:
    """Return the fewest pairs that connect each component, the best first."""
    groups, kept = Groups(()), []
    for edge in sorted(scored, key=lambda pair: (-scored[pair], pair)):
        if groups.of(edge[0]) != groups.of(edge[1]):
            groups.join(*edge)
            kept.append(edge)

    return kept


def path_between(edges: Iterable[Edge], one: str, two: str) -> list[str]:
    """Return the shortest chain of records from one to the other, both included, or []."""
    neighbours: dict[str, list[str]] = defaultdict(list)
    for a, b in edges:
        neighbours[a].append(b)
        neighbours[b].append(a)

    previous = _search(neighbours, one, two)
    if two not in previous:
        return []
    chain = [two]
    while chain[-1] != one:
        chain.append(previous[chain[-1]])
    return chain[::-1]


def _search(neighbours: Mapping[str, list[str]], one: str, two: str) -> dict[str, str]:
    """Return, for each record reached on the way from one to two, the record before it."""
    previous = {one: one}
    front = [one]
    while front and two not in previous:
        steps: set[Edge] = set()
        for key in front:
            steps.update((other, key) for other in neighbours[key] if other not in previous)
        for other, key in sorted(steps):
            previous.setdefault(other, key)
        front = sorted({other for other, _ in steps})
    return previous


def components(edges: Iterable[Edge]) -> list[tuple[str, ...]]:
    """Return the connected components of the pairs, each sorted."""
    groups = Groups(())
    for one, two in edges:
        groups.join(one, two)
    return groups.all()
