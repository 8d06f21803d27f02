"""Which clause of a query loses a record. Pure: who answers for a clause is given."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from reviewkit.model.records import Answer
from reviewkit.query.tree import Group, Node, Op, Span

AnswerOf = Callable[[Node], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Losing:
    """A clause that keeps a record out, or of which that is not known.

    `is_excluded`: the record has what NOT takes away. `path` are the operands, counted from 0, that
    lead to it.
    """

    span: Span
    answer: Answer
    is_excluded: bool
    path: tuple[int, ...]


def losing_clauses(node: Node, answer_of: AnswerOf) -> tuple[Losing, ...]:
    """The clauses that lose the record, as deep as one clause alone loses it.

    Nothing where the query returns it. Where the answer is unknown: the clauses that are unknown.
    """
    answer = answer_of(node)
    if answer is Answer.YES:
        return ()
    return tuple(_losing(node, answer, answer_of, ()))


def _losing(
    node: Node, answer: Answer, answer_of: AnswerOf, path: tuple[int, ...]
) -> Iterator[Losing]:
    if not isinstance(node, Group) or node.op is Op.OR:
        yield Losing(span=node.span, answer=answer, is_excluded=False, path=path)
        return
    for place, operand in enumerate(node.operands):
        one, here = answer_of(operand), (*path, place)
        if node.op is Op.NOT and place > 0:
            if one is _taken_away(answer):
                yield Losing(span=operand.span, answer=answer, is_excluded=True, path=here)
        elif one is answer:
            yield from _losing(operand, one, answer_of, here)


def _taken_away(answer: Answer) -> Answer:
    return Answer.YES if answer is Answer.NO else answer
