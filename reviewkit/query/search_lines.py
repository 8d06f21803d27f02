"""A query as the lines of a search history: each part that can be counted alone. Pure.

Printed lines keep their numbers. A query without lines gets one for each clause, each group of
them, and the whole, in the order in which a person would type them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from reviewkit.query.language import Language
from reviewkit.query.lines import Strategy, expanded_text, read_strategy
from reviewkit.query.tree import Group, Node

_MOST_NAMED = 6  # more lines that follow each other are "#1 OR #2 OR … OR #40"


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchLine:
    """A line: its number, its text as it is shown, and the query that counts it alone.

    `depth` is how far it stands below the whole: 0 is the whole query.
    """

    number: int
    text: str
    query: str
    depth: int


def search_lines(query: str, language: Language, *, printed: str | None = None) -> list[SearchLine]:
    """Return the lines of a query as it was sent; none where it is one clause or cannot be read.

    `printed` are the lines that the query was put together from, where the protocol has them.
    """
    original = read_strategy(printed, language) if printed else None
    if original and _is_put_together_from(query, original):
        return _printed_lines(original, query)
    strategy = read_strategy(query, language)
    if strategy.lines:
        return _printed_lines(strategy, strategy.expansion or "")
    if strategy.tree is None or strategy.broken:
        return []
    lines = list(_Clauses(query).lines(strategy.tree, 0))
    return lines if len(lines) > 1 else []


def _is_put_together_from(query: str, printed: Strategy) -> bool:
    return bool(printed.lines and printed.expansion) and str(printed.expansion) in query


def _printed_lines(strategy: Strategy, sent: str) -> list[SearchLine]:
    """The printed lines, each with its references written out; then what was added behind them."""
    by_number = {line.number: line for line in strategy.lines}
    last = max(by_number)
    lines = []
    for number, line in sorted(by_number.items()):
        upto = {one: by_number[one] for one in by_number if one <= number}
        query = expanded_text(upto, number)
        if query is None:
            return []
        depth = 1 if line.refs else 2
        if number == last:
            depth = 0
        lines.append(SearchLine(number=number, text=line.text, query=query, depth=depth))

    if sent and sent != strategy.expansion:
        added = sent.replace(f"({strategy.expansion})", f"#{last}", 1)
        lines.append(SearchLine(number=last + 1, text=added, query=sent, depth=0))
    return lines


class _Clauses:
    """Numbers the parts of a query from its clauses up to the whole."""

    def __init__(self, query: str) -> None:
        self._query = query
        self._number = 0

    def lines(self, node: Node, depth: int) -> Iterator[SearchLine]:
        """Yield the lines of a part, that of the part itself last."""
        text = query = self._query[slice(*node.span)].strip()
        if isinstance(node, Group):
            numbers = []
            for operand in node.operands:
                yield from self.lines(operand, depth + 1)
                numbers.append(self._number)
            text = _joined(numbers, f" {node.op} ")

        self._number += 1
        if depth == 0:
            query = self._query
        yield SearchLine(number=self._number, text=text, query=query, depth=depth)


def _joined(numbers: list[int], operator: str) -> str:
    names = [f"#{number}" for number in numbers]
    is_run = numbers[-1] - numbers[0] == len(numbers) - 1
    if is_run and len(numbers) > _MOST_NAMED:
        names = [*names[:2], "…", names[-1]]
    return operator.join(names)
