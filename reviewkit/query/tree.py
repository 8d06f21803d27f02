"""A search query as a tree, the same for every language. Pure.

A term says what it looks for and where, in neutral words: `[tiab]` and `.ti,ab,kf.` are the same
parts of a record. Two trees are equal where they ask for the same; places and printed tags do not
count.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from operator import is_

Span = tuple[int, int]
"""Where something stands in the printed text: first character and the one after the last."""

NOWHERE: Span = (0, 0)


class Op(StrEnum):
    AND = "AND"
    OR = "OR"
    NOT = "NOT"


class Part(StrEnum):
    """A part of a record whose words are searched."""

    TITLE = "title"
    ABSTRACT = "abstract"
    KEYWORDS = "author keywords"
    HEADING_WORDS = "words of headings"
    SUBSTANCE_WORDS = "words of substances"
    TYPE_WORDS = "words of publication types"
    OTHER_TITLE = "title in its own language"
    AFFILIATION = "affiliations"
    REST = "all other fields"


class Kind(StrEnum):
    """What a term is looked for in: words of parts, or the values of one field."""

    WORDS = "words"
    MAPPED = "words that the database maps itself"
    HEADING = "heading"
    SUBHEADING = "subheading"
    TYPE = "publication type"
    LANGUAGE = "language"
    DATE = "date"
    AUTHOR = "author"
    JOURNAL = "journal"
    SUBSTANCE = "substance"
    DATABANK = "databank number"
    NUMBER = "record number"
    FILTER = "filter"
    OTHER = "other field"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word, phrase, heading or value. `text` has no quotes and no tag.

    `detail` says which of several: the vocabulary of a heading (mesh, emtree …), the kind of date
    (publication, create …), or the name of an other field. `until` is the end of a range.
    """

    text: str
    kind: Kind = Kind.MAPPED
    parts: frozenset[Part] = frozenset()
    detail: str = ""
    quoted: bool = False
    explode: bool = False
    major: bool = False
    subheadings: tuple[str, ...] = ()
    until: str | None = None
    tag: str = field(default="", compare=False)
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """Operands at most `distance` words apart; `ordered` keeps their order."""

    operands: tuple["Node", ...]
    distance: int
    ordered: bool = False
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Operands under one operator. NOT takes every later operand away from the first."""

    op: Op
    operands: tuple["Node", ...]
    bracketed: bool = field(default=False, compare=False)
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref:
    """A numbered line that another line names."""

    line: int
    span: Span = field(default=NOWHERE, compare=False)


Node = Term | Near | Group | Ref


class Severity(StrEnum):
    """ERROR: it cannot be sent or read as it stands. WARNING: it may mean something else."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong at a place: a code, the reason, where the rule stands, and a repair.

    `repair` is the text that would stand at `span` instead; `None` where only a person can say.
    """

    code: str
    severity: Severity
    span: Span
    reason: str
    source: str = ""
    repair: str | None = None


def children(node: Node) -> tuple[Node, ...]:
    """The operands of a node; none for terms and references."""
    if isinstance(node, Group | Near):
        return node.operands
    return ()


def walk(node: Node) -> Iterator[Node]:
    """Every node, each before its operands. A node that is shared comes once."""
    seen: set[int] = set()
    waiting: list[Node] = [node]
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting.extend(reversed(children(one)))


def terms(node: Node) -> Iterator[Term]:
    """Every term of a tree, in the order of the text."""
    for one in walk(node):
        if isinstance(one, Term):
            yield one


def join(op: Op, first: Node, second: Node, *, span: Span) -> Node:
    """Two operands under an operator; a chain of one operator becomes one group."""
    if isinstance(first, Group) and first.op is op and not first.bracketed:
        return Group(op=op, operands=(*first.operands, second), span=span)
    return Group(op=op, operands=(first, second), span=span)


def with_operands(node: Group | Near, operands: tuple[Node, ...]) -> Node:
    """The node with these operands; itself where they are those that it has."""
    if len(operands) == len(node.operands) and all(map(is_, operands, node.operands)):
        return node
    return replace(node, operands=operands)


def plain(node: Node) -> Node:
    """The tree without what says nothing: groups of one, and a group inside one of its own kind."""
    if isinstance(node, Near):
        operands = tuple(plain(one) for one in node.operands)
        return Near(operands=operands, distance=node.distance, ordered=node.ordered, span=node.span)
    if not isinstance(node, Group):
        return node

    flat = tuple(_flat(node))
    if len(flat) == 1:
        return flat[0]
    return Group(op=node.op, operands=flat, span=node.span)


def _flat(node: Group) -> list[Node]:
    operands: list[Node] = []
    for number, one in enumerate(node.operands):
        simple = plain(one)
        is_same = isinstance(simple, Group) and simple.op is node.op
        if isinstance(simple, Group) and is_same and (node.op is not Op.NOT or number == 0):
            operands.extend(simple.operands)
        else:
            operands.append(simple)

    return operands
