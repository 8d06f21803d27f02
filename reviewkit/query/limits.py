"""The limits that a printed query holds, beside those that the protocol adds. Pure."""

from reviewkit.protocol.model import Limits, Strategy
from reviewkit.query.dialects.base import Dialect
from reviewkit.query.dialects.languages import language_for
from reviewkit.query.lines import read_strategy
from reviewkit.query.readings import LimitSet
from reviewkit.query.tree import Kind, Node, Problem, Severity, Term, terms


def limits_held(tree: Node) -> LimitSet:
    """The limits of publication date and language that are in a query."""
    found = list(terms(tree))
    return LimitSet(
        dates=any(map(_is_publication_date, found)), languages=any(map(_is_language, found))
    )


def _is_publication_date(term: Term) -> bool:
    return term.kind is Kind.DATE and term.detail == "publication"


def _is_language(term: Term) -> bool:
    return term.kind is Kind.LANGUAGE


def limits_twice(
    strategy: Strategy, source: str, limits: Limits, dialect: Dialect | None
) -> tuple[Problem, ...]:
    """Each limit that the printed query holds and that [limits] adds to it once more.

    Both are sent, as the protocol says so; that is never done without these words.
    """
    text = strategy.queries.get(source)
    if text is None or not strategy.limits or dialect is None:
        return ()
    tree = read_strategy(text, language_for(source, text)).tree
    if tree is None:
        return ()

    found = list(terms(tree))
    dates = Limits(published_from=limits.published_from, published_to=limits.published_to)
    kinds = (
        (filter(_is_publication_date, found), dates),
        (filter(_is_language, found), Limits(languages=limits.languages)),
    )
    pairs = [(next(inside, None), _added(dialect, outside)) for inside, outside in kinds]
    return tuple(_problem(term, added) for term, added in pairs if term and added)


def _added(dialect: Dialect, limits: Limits) -> str:
    """What [limits] adds: clauses, and parameters beside the query; empty where nothing."""
    always = {*dialect.limit_clauses(Limits()), *dialect.limit_parameters(Limits())}
    clauses = [one for one in dialect.limit_clauses(limits) if one not in always]
    beside = [f"{name}={text}" for name, text in dialect.limit_parameters(limits)]
    return " AND ".join([*clauses, *beside])


def _problem(term: Term, added: str) -> Problem:
    return Problem(
        code="limit_twice",
        severity=Severity.WARNING,
        span=term.span,
        reason=f"the printed query is limited here, and [limits] adds {added}: both are sent; "
        "write limits = false in the strategy, or take the limit out of [limits]",
        source="the protocol: [limits] and the printed query",
    )
