"""What is wrong with a query before anybody runs it. Pure."""

from collections.abc import Collection
from dataclasses import dataclass

from reviewkit.query.lines import Strategy
from reviewkit.query.lint_rules import RULES, look_at, problem
from reviewkit.query.tree import Kind, Problem, Severity, terms

_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


def lint(
    strategy: Strategy, *, headings: Collection[str] = (), not_headings: Collection[str] = ()
) -> tuple[Problem, ...]:
    """Every problem of a query, in the order of its text.

    `headings` and `not_headings` are names in lower case that MeSH was asked about: those it has,
    and those it has not.
    """
    found = list(strategy.problems)
    looked = look_at(strategy)
    for rule in RULES:
        found.extend(rule(looked))
    found.extend(_unknown_headings(strategy, not_headings))
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
