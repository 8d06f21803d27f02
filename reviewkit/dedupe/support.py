"""Join references to the work of which they nearly agree with several copies.

One copy of a reference may lack the year, another the venue, and a third may have a misprint. What
is too little beside one copy is enough beside two, if it differs from no copy at all.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import replace

from reviewkit.dedupe.cluster import Edge, Groups
from reviewkit.dedupe.decide import ASK, RULES, SAME
from reviewkit.dedupe.judging import PairJudge
from reviewkit.dedupe.pairs import NEARLY, SUPPORTED

_ENOUGH = 2


def join_supported(judge: PairJudge, groups: Groups, answered: Collection[Edge]) -> None:
    """Join each record alone to the one group of which it nearly agrees with two members or more.

    A record that fits two groups stays alone, and so does one that differs from a member.
    """
    by_record: dict[str, list[tuple[str, list[Edge]]]] = defaultdict(list)
    for (record, group), edges in _nearly(judge, groups, answered).items():
        if len(edges) >= _ENOUGH:
            by_record[record].append((group, edges))

    supported = {record: fits[0] for record, fits in by_record.items() if len(fits) == 1}
    for record, (group, edges) in sorted(supported.items()):
        around = [_edge(record, member) for member in sorted(groups.members(groups.of(group)))]
        if groups.clash(record, group) or judge.contradictions(around):
            continue
        groups.join(record, group)
        for edge in edges:
            judge.judged[edge] = replace(
                judge.judged[edge], code=SAME, rule=RULES.index(SUPPORTED)
            )


def _nearly(
    judge: PairJudge, groups: Groups, answered: Collection[Edge]
) -> dict[tuple[str, str], list[Edge]]:
    """Return, for each record alone and each group, the pairs that nearly agree."""
    found: dict[tuple[str, str], list[Edge]] = defaultdict(list)
    for edge, pair in judge.judged.items():
        if pair.code == ASK and RULES[pair.rule] == NEARLY and edge not in answered:
            for record, other in _both_ways(edge):
                if len(groups.members(groups.of(record))) == 1:
                    found[record, groups.of(other)].append(edge)
    return found


def _both_ways(edge: Edge) -> Iterator[Edge]:
    yield edge
    yield edge[1], edge[0]


def _edge(one: str, two: str) -> Edge:
    return min(one, two), max(one, two)
