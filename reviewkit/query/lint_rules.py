"""What a query that can be read may still get wrong, rule by rule. Pure.

Each rule looks at the tree and says where its reason stands. None of them changes the query.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

from reviewkit.query.language import Language
from reviewkit.query.lines import Strategy
from reviewkit.query.match import FEWEST_LETTERS
from reviewkit.query.subheadings import code_of
from reviewkit.query.tree import (
    Group,
    Kind,
    Near,
    Node,
    Op,
    Problem,
    Ref,
    Severity,
    Span,
    Term,
    walk,
)

_WARNING, _NOTE, _ERROR = Severity.WARNING, Severity.NOTE, Severity.ERROR
_TB24 = "NLM Technical Bulletin, 3 June 2024 (458:e5)"
_TB22 = "NLM Technical Bulletin, November-December 2022"
_EXP = re.compile(r"(?i)exp(?:lode)?(?:\s++(?=\S)|$)")
_NEAR_WORD = re.compile(r"(?i)(?:^|\s)(?:adj\d*|(?:near|next)/\d+)(?:\s|$)")
_SMALL = re.compile(r"(?<=[\s)\]])(?:and|or|not|And|Or|Not)(?=[\s(])")


def problem(
    code: str, severity: Severity, span: Span, reason: str, source: str, repair: str | None = None
) -> Problem:
    return Problem(
        code=code, severity=severity, span=span, reason=reason, source=source, repair=repair
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A strategy with its nodes (of each line, or of the one tree), walked once for all rules."""

    strategy: Strategy
    nodes: tuple[Node, ...]
    terms: tuple[Term, ...]

    @property
    def language(self) -> Language:
        return self.strategy.language

    @property
    def printed(self) -> str:
        return self.strategy.printed


Rule = Callable[[Looked], Iterator[Problem]]


def look_at(strategy: Strategy) -> Looked:
    """The strategy with its nodes. A line that others name is looked at once."""
    trees = [strategy.tree]
    if strategy.lines:
        trees = [line.parsed.tree for line in strategy.lines]
    nodes = tuple(chain.from_iterable(walk(tree) for tree in trees if tree is not None))
    return Looked(
        strategy=strategy,
        nodes=nodes,
        terms=tuple(node for node in nodes if isinstance(node, Term)),
    )


def mixed_operators(looked: Looked) -> Iterator[Problem]:
    """AND and OR, or OR and NOT, on one level without parentheses."""
    for node in looked.nodes:
        if not isinstance(node, Group):
            continue
        for operand in node.operands:
            if isinstance(operand, Group) and not operand.bracketed:
                if {node.op, operand.op} == {Op.AND, Op.NOT}:
                    continue
                yield _mixed(looked, node, operand)


def _mixed(looked: Looked, node: Group, inner: Group) -> Problem:
    order = "from left to right" if looked.language.left_to_right else "by its own precedence"
    shown = looked.printed[slice(*inner.span)]
    short = " ".join(shown.split())
    if len(short) > 60:
        short = f"{short[:57]}…"
    return problem(
        "mixed_operators",
        _WARNING,
        node.span,
        f"{inner.op} and {node.op} without parentheses; {looked.language.label} reads {order}: "
        f"({short}) {node.op} …",
        "NLM tutorial: Boolean operators; each database has its own order",
    )


def small_operators(looked: Looked) -> Iterator[Problem]:
    """Operators in small letters, where the language documents capitals."""
    if not looked.language.has_star_only:
        return
    bare = re.sub(r"[\"“”][^\"“”]*[\"“”]", lambda match: "x" * len(match[0]), looked.printed)
    for match in _SMALL.finditer(bare):
        yield problem(
            "small_operator",
            _NOTE,
            match.span(),
            f"{match[0]!r} in small letters; it is read as an operator, but only capitals are "
            "documented",
            "NLM tutorial: Boolean operators",
            match[0].upper(),
        )


def truncation(looked: Looked) -> Iterator[Problem]:
    """Wildcards that the language has not, that are too short, or that stand in proximity."""
    if not looked.language.has_star_only:
        return
    near: set[int] = set()
    for node in looked.nodes:
        near.update(map(id, _near_terms(node)))
    for term in looked.terms:
        if id(term) in near and "*" in term.text:
            reason = "no truncation inside proximity"
            yield problem("truncation_in_proximity", _ERROR, term.span, reason, _TB22)
        elif _is_short(term.text):
            reason = f"truncation needs {FEWEST_LETTERS} characters before the first *"
            yield problem("short_truncation", _ERROR, term.span, reason, _TB24)
        if re.search(r"\w[?#$]|[?#$]\w", term.text) and term.kind in {Kind.WORDS, Kind.MAPPED}:
            reason = "the only wildcard is *; write both spellings instead of ?, # and $"
            yield problem("not_a_wildcard", _ERROR, term.span, reason, _TB24)


def _near_terms(node: Node) -> tuple[Node, ...]:
    return node.operands if isinstance(node, Near) else ()


def _is_short(text: str) -> bool:
    words = [word for word in re.split(r"[\s/-]+", text) if "*" in word]
    return any(word.index("*") < FEWEST_LETTERS for word in words)


def animals(looked: Looked) -> Iterator[Problem]:
    """NOT of animals drops studies of both; a limit to humans drops what is not indexed yet."""
    for node in looked.nodes:
        if isinstance(node, Group) and node.op is Op.NOT:
            for operand in node.operands[1:]:
                if _is_called(operand, "animals", "animal", "mice", "rats"):
                    yield problem(
                        "not_animals",
                        _WARNING,
                        operand.span,
                        "NOT animals also drops studies of animals and humans; "
                        "use NOT (animals[mh] NOT humans[mh])",
                        "Cochrane Handbook 4.4.7: animal filters",
                    )
        if isinstance(node, Term) and node.kind is Kind.FILTER and node.text == "humans":
            yield problem(
                "limit_humans",
                _WARNING,
                node.span,
                "a limit to humans drops records that are not indexed yet",
                "Cochrane Handbook 4.4.7: limits by index terms",
            )


def _is_called(node: Node, *names: str) -> bool:
    return isinstance(node, Term) and node.text.lower() in names and node.kind is Kind.HEADING


def live_filters(looked: Looked) -> Iterator[Problem]:
    """Filters whose members change: a rerun gives other records."""
    for term in looked.terms:
        if term.kind is Kind.FILTER and not term.detail:
            yield problem(
                "live_filter",
                _NOTE,
                term.span,
                f"{term.text!r} is a live filter: its records change with time",
                "PubMed user guide: filters",
            )


def untagged(looked: Looked) -> Iterator[Problem]:
    """Terms without a tag among tagged ones: the database maps them as it does on that day."""
    found = list(looked.terms)
    mapped = [term for term in found if term.kind is Kind.MAPPED]
    if not mapped or len(mapped) == len(found):
        return
    has_lines = any(isinstance(node, Ref) for node in looked.nodes)
    for term in mapped:
        if term.text.isdecimal() and has_lines:
            yield problem(
                "bare_number",
                _WARNING,
                term.span,
                f"{term.text} beside #-references may be line {term.text}; it is searched as a "
                "number",
                "printed strategies lose the sign of a reference",
                f"#{term.text}",
            )
            continue
        yield problem(
            "untagged",
            _NOTE,
            term.span,
            f"{term.text!r} has no tag: the database maps it, and the mapping changes with time",
            "PubMed user guide: automatic term mapping",
        )


def bound_field(looked: Looked) -> Iterator[Problem]:
    """A suffix binds the last term only: "a or b.ti,ab." leaves `a` without it."""
    if looked.language.fields_lead:
        return
    default = looked.language.words_untagged
    if default is None:
        return
    for node in looked.nodes:
        if isinstance(node, Group) and not node.bracketed and _last_is_tagged_alone(node):
            yield problem(
                "field_binds_last",
                _WARNING,
                node.span,
                "the field at the end belongs to the last term only; the others are searched "
                "without it",
                "the language's grammar: a suffix binds what stands before it",
            )


def _last_is_tagged_alone(node: Group) -> bool:
    last, others = node.operands[-1], node.operands[:-1]
    if not isinstance(last, Term) or not last.tag or last.kind is Kind.HEADING:
        return False
    return any(isinstance(one, Term) and not one.tag for one in others)


def repeated(looked: Looked) -> Iterator[Problem]:
    """The same clause twice under one OR."""
    for node in looked.nodes:
        if isinstance(node, Group) and node.op is Op.OR:
            counts = Counter(node.operands)
            seen: set[Node] = set()
            for operand in node.operands:
                if counts[operand] > 1 and operand in seen and not isinstance(operand, Ref):
                    reason = "the same clause stands here twice"
                    yield problem("repeated", _NOTE, operand.span, reason, "it changes nothing")
                seen.add(operand)


def subheadings(looked: Looked) -> Iterator[Problem]:
    """Subheadings that MeSH does not have."""
    for term in looked.terms:
        if term.kind is not Kind.HEADING or term.detail != "mesh":
            continue
        for printed in term.subheadings:
            if code_of(printed) is None:
                reason = f"{printed!r} is no subheading of MeSH"
                yield problem("unknown_subheading", _WARNING, term.span, reason, "MeSH qualifiers")


def foreign_words(looked: Looked) -> Iterator[Problem]:
    """ "exp" before what is no heading token, and "adj3" in PubMed: read as words."""
    for term in looked.terms:
        if not term.quoted and _EXP.match(term.text):
            yield _exp(looked, term)
        if looked.language.has_star_only and not term.quoted and _NEAR_WORD.search(term.text):
            reason = 'a word here, not a distance; PubMed writes "a b"[tiab:~3]'
            yield problem("near_is_a_word", _ERROR, term.span, reason, _TB22)


def _exp(looked: Looked, term: Term) -> Problem:
    """It can go before a heading with a tag, and alone; a phrase with it needs a person."""
    match = _EXP.match(looked.printed, term.span[0])
    can_go = match is not None and (term.kind is Kind.HEADING or " " not in term.text)
    return problem(
        "exp_is_a_word",
        _WARNING,
        match.span() if match and can_go else term.span,
        "exp explodes a heading before its slash, in Ovid; here it is read as a word",
        f"the grammar of {looked.language.label}",
        "" if can_go else None,
    )


_LIMITS = frozenset({Kind.DATE, Kind.LANGUAGE, Kind.FILTER})


def limits_inside(looked: Looked) -> Iterator[Problem]:
    """A limit that stands on one side of an OR holds for a part of the query only."""
    for node in looked.nodes:
        if not isinstance(node, Group) or node.op is not Op.OR:
            continue
        limited = [one for one in node.operands if _has_limit(one)]
        if limited and len(limited) < len(node.operands):
            yield problem(
                "limit_inside",
                _WARNING,
                limited[0].span,
                "this limit holds for a part of the query only; the other sides of OR have none",
                "PRESS 2015: limits and filters",
            )


def _has_limit(node: Node) -> bool:
    if isinstance(node, Group) and node.op is not Op.OR:
        return any(_has_limit(one) for one in node.operands)
    return isinstance(node, Term) and node.kind in _LIMITS


RULES: tuple[Rule, ...] = (
    mixed_operators,
    small_operators,
    truncation,
    animals,
    live_filters,
    untagged,
    bound_field,
    repeated,
    subheadings,
    foreign_words,
    limits_inside,
)
