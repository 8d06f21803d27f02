"""How PubMed reads a query: tags in brackets, from left to right, a blank after a tag is AND."""

import re
from dataclasses import replace

from reviewkit.model.foreign import whole_number
from reviewkit.query.dialects.medline_tags import FIELDS, PROXIMITY
from reviewkit.query.fields import onto_terms, unknown_field, widened
from reviewkit.query.language import (
    CLOSE,
    LEFT_TO_RIGHT,
    OPEN,
    SPACE,
    Between,
    Field,
    Language,
    Token,
    reference,
)
from reviewkit.query.tree import Group, Kind, Near, Node, Problem, Severity, Span, Term

_DAY = r"\d{4}(?:[/-]\d{1,2}){0,2}"
_TAG = re.compile(r"\[([^\[\]]*+)\]")
_DISTANCE = re.compile(r"([^:]*+):\s*+~\s*+(\d++)$")
_WORD = re.compile(r"[^\W_]+(?:\*[^\W_]*)*")
GUIDE = "PubMed user guide"


def read_field(node: Node, token: Token) -> tuple[Node, tuple[Problem, ...]]:
    """The node with the tag; an unknown tag leaves an "other field"."""
    match = _TAG.fullmatch(token.text)
    name = " ".join((match[1] if match else "").lower().split())
    span = widened(node, token.span)
    if isinstance(node, Group):
        return _on_group(node, name, token)
    if not isinstance(node, Term):
        return node, ()
    distance = _DISTANCE.match(name)
    if distance:
        return _near(node, distance[1].strip(), whole_number(distance[2][:9]) or 0, token)

    field = FIELDS.get(name) or _journal(name)
    if field is None:
        problem = unknown_field(name, token.span, sorted(FIELDS), source=f"{GUIDE}: search fields")
        other = Term(
            text=node.text, kind=Kind.OTHER, detail=f"unknown tag {name}", tag=name, span=span
        )
        return other, (problem,)
    term = field.apply(node, tag=name, span=span)
    if term.kind is Kind.HEADING:
        term = _with_subheading(term)
    return term, ()


def _journal(name: str) -> Field | None:
    """The field of a journal as the service itself writes it: `[Journal:__jid7505876]`."""
    if name.startswith("journal:__jid"):
        return FIELDS["journal"]
    return None


def _with_subheading(term: Term) -> Term:
    """ "asthma/therapy" is a heading with its subheading."""
    head, slash, sub = term.text.partition("/")
    if not slash or not sub.strip():
        return term
    return replace(term, text=head.strip(), subheadings=(sub.strip().lower(),))


def _on_group(node: Group, name: str, token: Token) -> tuple[Node, tuple[Problem, ...]]:
    """A tag behind a parenthesis: not PubMed's grammar; read as if each term had it."""
    problem = Problem(
        code="tag_on_parenthesis",
        severity=Severity.WARNING,
        span=token.span,
        reason="a tag belongs to the term before it, not to a parenthesis",
        source=f"{GUIDE}: search field tags",
    )
    field = FIELDS.get(name)
    if field is None:
        return node, (problem,)
    return onto_terms(node, lambda term: field.apply(term, tag=name, span=term.span)), (problem,)


def _near(node: Term, name: str, distance: int, token: Token) -> tuple[Node, tuple[Problem, ...]]:
    """A phrase with a distance: its words, near each other."""
    span = widened(node, token.span)
    field = FIELDS.get(name)
    if field is None or name not in PROXIMITY:
        problem = _no_proximity(name, token.span)
        text = Term(text=node.text, kind=Kind.OTHER, detail="proximity", tag=name, span=span)
        return text, (problem,)
    words = _WORD.findall(node.text)
    if len(words) < 2:
        return field.apply(node, tag=name, span=span), ()
    operands = tuple(field.apply(Term(text=word), tag=name, span=span) for word in words)
    return Near(operands=operands, distance=distance, span=span), ()


def _no_proximity(name: str, span: Span) -> Problem:
    return Problem(
        code="proximity_field",
        severity=Severity.ERROR,
        span=span,
        reason=f"proximity works in ti, tiab and ad only, not in {name!r}",
        source="NLM Technical Bulletin, November-December 2022",
    )


def read_special(token: Token) -> Node:
    """A range of dates or numbers."""
    groups = token.groups
    return Term(
        text=(groups.get("since") or "").replace("-", "/"),
        until=(groups.get("until") or "").replace("-", "/"),
        span=token.span,
    )


LANGUAGE = Language(
    id="pubmed",
    label="PubMed",
    tokens=(
        SPACE,
        (
            "ignored",
            r"(?i:total\s+references?\s*+[=:]\s*+[\d,]++|filters?\s*+(?:applied\s*+)?:[^\n]*)",
        ),
        (
            "range",
            rf'["“”]?(?P<since>{_DAY})["“”]?\s*+(?:\[[^\]\n]*+\]\s*+)?'
            rf':\s*+["“”]?(?P<until>{_DAY})["“”]?',
        ),
        OPEN,
        CLOSE,
        ("op", r"(?i:and/or|and|or|not)(?![^\s()\[\]\"“”])"),
        reference("#"),
        ("quoted", r"[\"“”„][^\"“”„\[\]]*[\"“”„]|‘[^’\[\]]*’(?=\s*(?:\[|\)|$))"),
        ("tag", r"\[[^\[\]]*\]"),
        ("word", r"[^\s()\[\]\"“”„\u00a0]+"),
    ),
    fields=FIELDS,
    precedence=LEFT_TO_RIGHT,
    between=Between.PHRASE,
    read_field=read_field,
    read_heading=read_special,
    line_numbers=True,
    has_star_only=True,
    signs=(
        r"\[(?:ti|tiab|tw|mh|mesh|majr|all|sb|pt|la|dp|au|ot)(?::[^\]]*)?\]",
        r"(?<!:)(?<!: )(?<!AREA)(?<!SEARCH)(?<!EXPANSION)(?<!COVERAGE)\[[A-Za-z/ -]+\](?!/)",
    ),
)
