"""One form for what asks for the same, so that two trees can be compared. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from reviewkit.model.languages import language_code
from reviewkit.query.match_dates import days_of
from reviewkit.query.subheadings import code_of
from reviewkit.query.tree import Group, Kind, Near, Node, Op, Ref, Term, plain

ANY, ONE, OPTIONAL = "*", "\ue001", "\ue002"
"""Any ending; exactly one letter; one letter or none."""

LIMITED = "\ue003"
"""Before a digit: at most so many letters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """A language's wildcards: what each stands for."""

    meaning: Mapping[str, str]
    limited: bool = False

    def neutral(self, text: str) -> str:
        """The text with signs that mean the same in every language."""
        if self.limited:
            text = re.sub(r"[$*](\d)(?!\w)", LIMITED + r"\1", text)
        return text.translate({ord(sign): what for sign, what in self.meaning.items()})


def canonical(node: Node, signs: Signs) -> Node:
    """The tree in one form: names in lower case, several subheadings as several clauses."""
    return plain(_node(node, signs))


def _node(node: Node, signs: Signs) -> Node:
    if isinstance(node, Term):
        return _term(node, signs)
    if isinstance(node, Ref):
        return node
    operands = tuple(_node(one, signs) for one in node.operands)
    if isinstance(node, Near):
        return replace(node, operands=operands)
    if node.op is Op.OR:
        operands = _joined(operands)
    return replace(node, operands=operands)


def _joined(operands: tuple[Node, ...]) -> tuple[Node, ...]:
    """The same words in several parts are one clause with all these parts."""
    joined: dict[object, Node] = {}
    for place, one in enumerate(operands):
        if not isinstance(one, Term) or one.kind is not Kind.WORDS:
            joined[place] = one
            continue
        other = joined.get(one.text)
        parts = one.parts | other.parts if isinstance(other, Term) else one.parts
        joined[one.text] = replace(one, parts=parts)

    return tuple(joined.values())


def _term(term: Term, signs: Signs) -> Node:
    text = " ".join(signs.neutral(term.text).lower().split())
    if term.kind is Kind.HEADING:
        return _heading(replace(term, text=text, quoted=False))
    if term.kind is Kind.DATE:
        return _date(term)
    if term.kind is Kind.MAPPED:
        return replace(term, text=text)
    quoted = term.kind is Kind.WORDS and " " in text
    return replace(term, text=_value(term.kind, text), quoted=quoted)


def _value(kind: Kind, text: str) -> str:
    """A language as its code, a subheading as its two letters."""
    if kind is Kind.LANGUAGE:
        return language_code(text) or text
    if kind is Kind.SUBHEADING:
        return code_of(text) or text
    return text


def _heading(term: Term) -> Node:
    detail = "mesh" if term.detail == "decs" else term.detail
    codes = [code_of(one) or one for one in term.subheadings]
    terms = tuple(replace(term, detail=detail, subheadings=(code,)) for code in codes)
    if not terms:
        return replace(term, detail=detail)
    if len(terms) == 1:
        return terms[0]
    return Group(op=Op.OR, operands=terms)


def _date(term: Term) -> Term:
    first, last = days_of(term.text), days_of(term.until or term.text)
    if first is None or last is None:
        return replace(term, quoted=False)
    return replace(term, text=first[0].isoformat(), until=last[1].isoformat(), quoted=False)
