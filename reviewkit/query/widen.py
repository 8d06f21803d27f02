"""Wider forms of a term: each returns all that the term returns, and more. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reviewkit.query.tree import Node, Term, terms

MOST_TERMS = 12
"""Of a long list of synonyms, so many are tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wider:
    """A wider form: its text, and what is wider in it."""

    text: str
    how: str


Widen = Callable[[Term], Sequence[Wider]]


def wider_clauses(clause: str, node: Node, widen: Widen) -> tuple[Wider, ...]:
    """The clause with one of its terms in a wider form beside it, each form once."""
    forms: dict[str, Wider] = {}
    for term in list(terms(node))[:MOST_TERMS]:
        for one in widen(term):
            forms.setdefault(one.text, Wider(text=f"({clause} OR {one.text})", how=one.how))

    return tuple(forms.values())
