"""What is wrong with a query before anybody runs it. Pure."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from reviewkit.query.lines import Strategy
from reviewkit.query.lint_rules import RULES, look_at, problem
from reviewkit.query.tree import Kind, Near, Node, Problem, Severity, Term, terms, walk

_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


def lint(
    strategy: Strategy, *, not_headings: Collection[str] = (), not_phrases: Collection[str] = ()
) -> tuple[Problem, ...]:
    """Every problem of a query, in the order of its text.

    `not_headings` are names in lower case that MeSH was asked about and has not; `not_phrases` are
    those that PubMed's index of phrases lacks.
    """
    found = list(strategy.problems)
    looked = look_at(strategy)
    for rule in RULES:
        found.extend(rule(looked))
    found.extend(_unknown_headings(strategy, not_headings))
    found.extend(_unknown_phrases(strategy, not_phrases))
    unique = dict.fromkeys(found)
    return tuple(sorted(unique, key=lambda one: (one.span, _ORDER[one.severity], one.code)))


def _unknown_headings(strategy: Strategy, not_headings: Collection[str]) -> list[Problem]:
    if strategy.tree is None or not not_headings:
        return []
    return [
        problem(
            "unknown_heading",
            Severity.WARNING,
            term.span,
            f"MeSH has no heading {term.text!r}",
            "MeSH, asked through Entrez",
        )
        for term in terms(strategy.tree)
        if term.kind is Kind.HEADING and term.text.lower() in not_headings
    ]


def _unknown_phrases(strategy: Strategy, not_phrases: Collection[str]) -> list[Problem]:
    return [
        problem(
            "phrase_not_indexed",
            Severity.WARNING,
            term.span,
            f"PubMed's index of phrases lacks {term.text!r}: it is split into words, or finds "
            f'nothing; "{term.text}"[tiab:~0] finds it, in either order',
            "PubMed user guide: phrases; PubMed, asked",
        )
        for term in _phrases(strategy)
        if term.text.lower() in not_phrases
    ]


def phrases(strategy: Strategy) -> dict[str, str]:
    """The phrases of a query in PubMed's language that can be asked for: each one's clause."""
    return {term.text.lower(): _clause(term) for term in _phrases(strategy)}


def _phrases(strategy: Strategy) -> list[Term]:
    """Terms of several words, or with a hyphen, in fields of words, without a wildcard."""
    if strategy.tree is None or not strategy.language.has_star_only:
        return []
    near: set[int] = set()
    for node in walk(strategy.tree):
        near.update(map(id, _operands_near(node)))

    return [
        term
        for term in terms(strategy.tree)
        if id(term) not in near
        and term.kind in {Kind.WORDS, Kind.MAPPED}
        and re.search(r"\w[\s-]+\w", term.text)
        and "*" not in term.text
    ]


def _operands_near(node: Node) -> tuple[Node, ...]:
    return node.operands if isinstance(node, Near) else ()


def _clause(term: Term) -> str:
    tag = term.tag.strip("[]")
    return f'"{term.text}"[{tag}]' if tag else f'"{term.text}"'


def mesh_headings(strategy: Strategy) -> tuple[str, ...]:
    """The MeSH headings that a query names, each once."""
    if strategy.tree is None:
        return ()
    names = [
        term.text
        for term in terms(strategy.tree)
        if term.kind is Kind.HEADING and term.detail == "mesh" and "*" not in term.text
    ]
    return tuple(dict.fromkeys(names))


def repaired(text: str, problems: Collection[Problem]) -> str:
    """The text with every repair that needs no person; problems that overlap: the first one."""
    pieces: list[str] = []
    at = 0
    for one in sorted(problems, key=lambda one: one.span):
        first, last = one.span
        if one.repair is None or first < at:
            continue
        pieces.extend((text[at:first], one.repair))
        at = last

    return "".join([*pieces, text[at:]])


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place in a text as people count: line and column, from 1, and the line itself."""

    line: int
    column: int
    text: str


def place_of(text: str, at: int) -> Place:
    """Where a character stands."""
    before = text[:at]
    start = before.rfind("\n") + 1
    end = text.find("\n", at)
    shown = text[start:] if end < 0 else text[start:end]
    return Place(line=before.count("\n") + 1, column=at - start + 1, text=shown)


def unbalanced(query: str) -> str:
    """What is open or closed too often in a query, in words; empty where nothing is.

    Some databases answer such a query with an empty result instead of an error.
    """
    depth, quoted = 0, False
    for character in query:
        if character in '"“”':
            quoted = not quoted
        elif not quoted:
            depth += {"(": 1, ")": -1}.get(character, 0)
            if depth < 0:
                return "a parenthesis closes that was never opened"

    if quoted:
        return "a quotation mark is never closed"
    if depth:
        return "a parenthesis is never closed"
    return ""
