"""Put a field onto what stands beside it. Pure."""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import replace

from reviewkit.query.language import Field, FieldReader, Token, words_in
from reviewkit.query.tree import (
    Group,
    Kind,
    Node,
    Op,
    Part,
    Problem,
    Ref,
    Severity,
    Span,
    Term,
    with_operands,
)

TermReader = Callable[[Term], Node]


def onto_terms(node: Node, change: TermReader) -> Node:
    """The tree, with `change` for each term that has no field of its own."""
    if isinstance(node, Term):
        if node.kind is Kind.MAPPED and not node.tag:
            return change(node)
        return node
    if isinstance(node, Ref):
        return node
    return with_operands(node, tuple(onto_terms(one, change) for one in node.operands))


def in_fields(term: Term, fields: list[Field], *, tag: str, span: Span) -> Node:
    """The term in any of these fields; fields of words are one term with all their parts."""
    parts: frozenset[Part] = frozenset()
    others: list[Field] = []
    for one in fields:
        if one.kind is Kind.WORDS:
            parts |= one.parts
        elif one not in others:
            others.append(one)

    nodes: list[Node] = []
    if parts:
        nodes.append(words_in(parts).apply(term, tag=tag, span=span))
    nodes.extend(one.apply(term, tag=tag, span=span) for one in others)
    if len(nodes) == 1:
        return nodes[0]
    return Group(op=Op.OR, operands=tuple(nodes), bracketed=True, span=span)


def widened(node: Node, span: Span) -> Span:
    """From where the node begins to where the tag ends."""
    return min(node.span[0], span[0]), max(node.span[1], span[1])


def unknown_field(name: str, span: Span, known: list[str], *, source: str) -> Problem:
    """A tag that the language does not have."""
    close = difflib.get_close_matches(name.lower(), known, n=1)
    hint = f"; did you mean {close[0]!r}?" if close else ""
    return Problem(
        code="unknown_tag",
        severity=Severity.ERROR,
        span=span,
        reason=f"{name!r} is no field of this language{hint}",
        source=source,
    )


def named_fields(fields: Mapping[str, Field], *, source: str) -> FieldReader:
    """A reader of tags such as `:ti,ab` or `TS=`: names, separated by commas, at their place."""

    def read(node: Node, token: Token) -> tuple[Node, tuple[Problem, ...]]:
        printed = token.groups.get("lead") or token.groups.get("names") or ""
        names = [name.strip().lower() for name in printed.split(",") if name.strip()]
        unknown = [name for name in names if name not in fields]
        if unknown:
            known = sorted(fields)
            problems = (unknown_field(one, token.span, known, source=source) for one in unknown)
            return node, tuple(problems)
        chosen, tag = [fields[name] for name in names], ",".join(names)

        def change(term: Term) -> Node:
            return finished(in_fields(term, chosen, tag=tag, span=widened(term, token.span)))

        return onto_terms(node, change), ()

    return read


def finished(node: Node) -> Node:
    """A heading as other databases print it: "X+" is exploded, "X/DT" has a subheading."""
    if not isinstance(node, Term) or node.kind is not Kind.HEADING:
        return node
    text, slash, subheading = node.text.partition("/")
    explode = node.explode or text.endswith("+")
    subheadings = (subheading.strip().lower(),) if slash and subheading.strip() else ()
    return replace(node, text=text.rstrip("+").strip(), explode=explode, subheadings=subheadings)
