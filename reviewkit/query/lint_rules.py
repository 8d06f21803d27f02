"""What a query that can be read may still get wrong, rule by rule. Pure.

Each rule looks at the tree and says where its reason stands. None of them changes the query.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator

from reviewkit.query.lines import Line, Strategy
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
    terms,
    walk,
)

Rule = Callable[[Strategy], Iterator[Problem]]

_WARNING, _NOTE, _ERROR = Severity.WARNING, Severity.NOTE, Severity.ERROR
_TB24 = "NLM Technical Bulletin, 3 June 2024 (458:e5)"
_TB22 = "NLM Technical Bulletin, November-December 2022"
_SMALL = re.compile(r"(?<=[\s)\]])(?:and|or|not|And|Or|Not)(?=[\s(])")


def problem(
    code: str, severity: Severity, span: Span, reason: str, source: str, repair: str | None = None
) -> Problem:
    return Problem(
        code=code, severity=severity, span=span, reason=reason, source=source, repair=repair
    )


def trees_of(strategy: Strategy) -> list[Node]:
    """The tree of each printed line, or the one tree: a shared line is looked at once."""
    if strategy.lines:
        trees = [line.parsed.tree for line in strategy.lines]
        return [tree for tree in trees if tree is not None]
    return [strategy.tree] if strategy.tree is not None else []


def _nodes(strategy: Strategy) -> Iterator[Node]:
    for tree in trees_of(strategy):
        yield from walk(tree)


def _terms(strategy: Strategy) -> Iterator[Term]:
    for tree in trees_of(strategy):
        yield from terms(tree)


def mixed_operators(strategy: Strategy) -> Iterator[Problem]:
    """AND and OR, or OR and NOT, on one level without parentheses."""
    for node in _nodes(strategy):
        if not isinstance(node, Group):
            continue
        for operand in node.operands:
            if isinstance(operand, Group) and not operand.bracketed:
                if {node.op, operand.op} == {Op.AND, Op.NOT}:
                    continue
                yield _mixed(strategy, node, operand)


def _mixed(strategy: Strategy, node: Group, inner: Group) -> Problem:
    order = "from left to right" if strategy.language.left_to_right else "by its own precedence"
    shown = strategy.printed[slice(*inner.span)]
    short = " ".join(shown.split())
    if len(short) > 60:
        short = f"{short[:57]}…"
    return problem(
        "mixed_operators",
        _WARNING,
        node.span,
        f"{inner.op} and {node.op} without parentheses; {strategy.language.label} reads {order}: "
        f"({short}) {node.op} …",
        "NLM tutorial: Boolean operators; each database has its own order",
    )


def small_operators(strategy: Strategy) -> Iterator[Problem]:
    """Operators in small letters, where the language documents capitals."""
    if not strategy.language.has_star_only:
        return
    bare = re.sub(r"[\"“”][^\"“”]*[\"“”]", lambda match: "x" * len(match[0]), strategy.printed)
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


def truncation(strategy: Strategy) -> Iterator[Problem]:
    """Wildcards that the language has not, that are too short, or that stand in proximity."""
    if not strategy.language.has_star_only:
        return
    near: set[int] = set()
    for node in _nodes(strategy):
        near.update(map(id, _near_terms(node)))
    for term in _terms(strategy):
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


def animals(strategy: Strategy) -> Iterator[Problem]:
    """NOT of animals drops studies of both; a limit to humans drops what is not indexed yet."""
    for node in _nodes(strategy):
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


def live_filters(strategy: Strategy) -> Iterator[Problem]:
    """Filters whose members change: a rerun gives other records."""
    for term in _terms(strategy):
        if term.kind is Kind.FILTER and not term.detail:
            yield problem(
                "live_filter",
                _NOTE,
                term.span,
                f"{term.text!r} is a live filter: its records change with time",
                "PubMed user guide: filters",
            )


def untagged(strategy: Strategy) -> Iterator[Problem]:
    """Terms without a tag among tagged ones: the database maps them as it does on that day."""
    found = list(_terms(strategy))
    mapped = [term for term in found if term.kind is Kind.MAPPED]
    if not mapped or len(mapped) == len(found):
        return
    has_lines = any(isinstance(node, Ref) for node in _nodes(strategy))
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


def bound_field(strategy: Strategy) -> Iterator[Problem]:
    """A suffix binds the last term only: "a or b.ti,ab." leaves `a` without it."""
    if strategy.language.fields_lead:
        return
    default = strategy.language.words_untagged
    if default is None:
        return
    for node in _nodes(strategy):
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


def repeated(strategy: Strategy) -> Iterator[Problem]:
    """The same clause twice under one OR."""
    for node in _nodes(strategy):
        if isinstance(node, Group) and node.op is Op.OR:
            counts = Counter(node.operands)
            seen: set[Node] = set()
            for operand in node.operands:
                if counts[operand] > 1 and operand in seen and not isinstance(operand, Ref):
                    reason = "the same clause stands here twice"
                    yield problem("repeated", _NOTE, operand.span, reason, "it changes nothing")
                seen.add(operand)


def subheadings(strategy: Strategy) -> Iterator[Problem]:
    """Subheadings that MeSH does not have."""
    for term in _terms(strategy):
        if term.kind is not Kind.HEADING or term.detail != "mesh":
            continue
        for printed in term.subheadings:
            if code_of(printed) is None:
                reason = f"{printed!r} is no subheading of MeSH"
                yield problem("unknown_subheading", _WARNING, term.span, reason, "MeSH qualifiers")


def line_of(strategy: Strategy, at: int) -> Line | None:
    """The numbered line at this place."""
    for line in strategy.lines:
        if line.span[0] <= at <= line.span[1]:
            return line
    return None


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
)
