"""Which records a query returns: surely, perhaps, surely not. Pure.

Three-valued by Kleene's tables, for many records at once: a set of records is one number whose
bits are the records. PubMed's semantics; the rule of each kind of term stands where it is matched.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from reviewkit.model.records import Answer
from reviewkit.query.match import in_any_field, in_words, near
from reviewkit.query.match_dates import in_dates
from reviewkit.query.match_values import (
    NOTHING_KNOWN,
    Known,
    ValueMatch,
    in_authors,
    in_databanks,
    in_filters,
    in_headings,
    in_journal,
    in_languages,
    in_numbers,
    in_subheadings,
    in_substances,
    in_types,
)
from reviewkit.query.read_record import ReadRecord
from reviewkit.query.tree import Group, Kind, Near, Node, Op, Span, Term

_VALUES: Mapping[Kind, ValueMatch] = {
    Kind.HEADING: in_headings,
    Kind.SUBHEADING: in_subheadings,
    Kind.TYPE: in_types,
    Kind.LANGUAGE: in_languages,
    Kind.DATE: in_dates,
    Kind.AUTHOR: in_authors,
    Kind.JOURNAL: in_journal,
    Kind.SUBSTANCE: in_substances,
    Kind.DATABANK: in_databanks,
    Kind.NUMBER: in_numbers,
    Kind.FILTER: in_filters,
}


@dataclass(frozen=True, slots=True)
class Returned:
    """The records that are returned surely, and those that may be; bits by their order."""

    surely: int
    perhaps: int

    def answer(self, place: int = 0) -> Answer:
        """The answer for the record at this place."""
        bit = 1 << place
        if self.surely & bit:
            return Answer.YES
        if self.perhaps & bit:
            return Answer.UNKNOWN
        return Answer.NO

    @property
    def interval(self) -> tuple[int, int]:
        """How many records are returned at least and at most."""
        return self.surely.bit_count(), self.perhaps.bit_count()


@dataclass(slots=True)
class Evaluator:
    """Evaluates queries over records; each clause is looked for once, however many queries use it.

    `doubtful` are places of the printed text that could not be read for sure.
    """

    records: Sequence[ReadRecord]
    known: Known = NOTHING_KNOWN
    _clauses: dict[Node, Returned] = field(default_factory=dict)

    def returned(self, node: Node, doubtful: Sequence[Span] = ()) -> Returned:
        """The records that the query returns. A tree that shares operands costs each once."""
        return self._node(node, doubtful, {})

    def _node(self, node: Node, doubtful: Sequence[Span], seen: dict[int, Returned]) -> Returned:
        if id(node) not in seen:
            if isinstance(node, Group):
                operands = [self._node(one, doubtful, seen) for one in node.operands]
                seen[id(node)] = _COMBINED[node.op](operands)
            else:
                seen[id(node)] = self._clause(node, doubtful)
        return seen[id(node)]

    def _clause(self, node: Node, doubtful: Sequence[Span]) -> Returned:
        if any(first < node.span[1] and node.span[0] < last for first, last in doubtful):
            return Returned(0, (1 << len(self.records)) - 1)
        if node not in self._clauses:
            self._clauses[node] = self._asked(node)
        return self._clauses[node]

    def _asked(self, node: Node) -> Returned:
        surely = perhaps = 0
        for place, read in enumerate(self.records):
            answer = clause_answer(node, read, self.known)
            if answer is not Answer.NO:
                perhaps |= 1 << place
            if answer is Answer.YES:
                surely |= 1 << place

        return Returned(surely, perhaps)


def clause_answer(node: Node, read: ReadRecord, known: Known) -> Answer:
    """Whether one clause returns one record."""
    if isinstance(node, Near):
        return near(node, read)
    if not isinstance(node, Term):
        return Answer.UNKNOWN
    if node.kind is Kind.WORDS:
        return in_words(node, read, node.parts, known.phrases_not_found)
    if node.kind is Kind.MAPPED:
        return in_any_field(node, read, known.phrases_not_found)

    match = _VALUES.get(node.kind)
    if match is None:
        return Answer.UNKNOWN
    return match(node, read, known)


def _all(operands: Sequence[Returned]) -> Returned:
    surely, perhaps = operands[0].surely, operands[0].perhaps
    for one in operands[1:]:
        surely &= one.surely
        perhaps &= one.perhaps
    return Returned(surely, perhaps)


def _any(operands: Sequence[Returned]) -> Returned:
    surely, perhaps = operands[0].surely, operands[0].perhaps
    for one in operands[1:]:
        surely |= one.surely
        perhaps |= one.perhaps
    return Returned(surely, perhaps)


def _first_only(operands: Sequence[Returned]) -> Returned:
    surely, perhaps = operands[0].surely, operands[0].perhaps
    for one in operands[1:]:
        surely &= ~one.perhaps
        perhaps &= ~one.surely
    return Returned(surely, perhaps)


_COMBINED: Mapping[Op, Callable[[Sequence[Returned]], Returned]] = {
    Op.AND: _all,
    Op.OR: _any,
    Op.NOT: _first_only,
}
