"""The queries that a protocol compiles to, and where a person can run them."""

import datetime
from typing import Any

from reviewkit.model.citations import SEARCHED_APART
from reviewkit.model.foreign import read_toml
from reviewkit.model.languages import language_code
from reviewkit.model.records import Role
from reviewkit.protocol.model import Protocol, ProtocolSource, Strategy
from reviewkit.query.limits import limits_twice
from reviewkit.query.tree import Problem
from reviewkit.sources.registry import (
    dialect_of,
    is_register,
    search_page_of,
    source_query,
    why_no_query,
)
from reviewkit.workflow.open_database import read_database
from reviewkit.workflow.project import ReviewProject, primary_strategy, source_of
from reviewkit.workflow.reporting.protocol_changes import (
    ChangeSinceDecisions,
    changes_since_decisions,
)
from reviewkit.workflow.setup.lint import lint_for_source


def check_protocol(project: ReviewProject) -> dict[str, Any]:
    """The review's id, the protocol's SHA-256, and the query per strategy and source, for JSON."""
    protocol = project.protocol
    queries = []

    for strategy in protocol.strategies:
        queries += [_query(protocol, strategy, source) for source in protocol.sources]
    return {
        "review": protocol.review.id,
        "kind": protocol.review_kind,
        "sha256": project.protocol_sha256,
        "languages": language_readings(project.protocol_text),
        "queries": queries,
    }


def language_readings(protocol_text: str) -> dict[str, str]:
    """The code that each language stands for which the protocol names otherwise."""
    raw = read_toml(protocol_text)
    checks = [criterion.get("check", {}) for criterion in raw.get("criteria", [])]
    readings = {}

    for table in (raw.get("limits", {}), *checks):
        for named in table.get("languages", []):
            code = language_code(named)
            if code and code != named:
                readings[named] = code

    return readings


def role_notices(project: ReviewProject) -> tuple[str, ...]:
    """Which registers the protocol of one's own review calls databases.

    A published review counts as it counts.
    """
    if project.protocol.is_published:
        return ()
    return tuple(
        f'{source.name} is a register of trials: with role = "register" it is counted in the '
        "registers' line of the flow"
        for source in project.protocol.sources
        if is_register(source.id) and source.role == Role.DATABASE
    )


def protocol_changes(
    project: ReviewProject, *, now: datetime.datetime
) -> tuple[ChangeSinceDecisions, ...]:
    """What changed in the protocol since the team's decisions; nothing without a database.

    Raises StoreError where the database cannot be read.
    """
    if not project.database.exists():
        return ()
    with read_database(project, now=now) as store:
        return changes_since_decisions(store, project.protocol, project.protocol_sha256)


def _query(protocol: Protocol, strategy: Strategy, source: ProtocolSource) -> dict[str, Any]:
    query = source_query(protocol, strategy, source.id)
    twice = limits_twice(strategy, source.id, protocol.limits, dialect_of(source.id))
    linted = _linted(strategy, source, query.text if query else "", twice)
    published = {"origin": strategy.origin} if protocol.is_published else {}
    return {
        "source": source.id,
        "strategy": strategy.id,
        "label": strategy.label,
        **published,
        "primary": strategy is protocol.primary,
        "text": query.text if query else None,
        "parameters": [list(pair) for pair in query.parameters] if query else [],
        "why_not": None if query else _why_not(strategy, source),
        "problems": linted["problems"],
        "expansion": linted["expansion"],
    }


def _why_not(strategy: Strategy, source: ProtocolSource) -> str:
    """Why there is no query."""
    if source.role == Role.CITATIONS:
        return SEARCHED_APART
    known = "reviewkit does not know the query language of this source"
    return why_no_query(strategy, source.id) or known


def _linted(
    strategy: Strategy, source: ProtocolSource, compiled: str, more: tuple[Problem, ...]
) -> dict[str, Any]:
    """The problems of a query as it is printed, else as it is compiled."""
    text = strategy.queries.get(source.id, compiled)
    if not text:
        return {"problems": [], "expansion": None}
    name = f"{source.id}, {strategy.id}"
    return lint_for_source(text, name=name, source=source.id, more=more).as_json()


def search_pages(project: ReviewProject, *, only: str | None) -> list[dict[str, Any]]:
    """The primary strategy's exact query per source, and the web page that runs it, for JSON.

    Raises UsageError for a source that the protocol does not name, and where it has no strategy.
    """
    strategy, sources = primary_strategy(project), project.protocol.sources
    if only:
        sources = (source_of(project, only),)
    return [_search_page(project.protocol, strategy, source) for source in sources]


def _search_page(protocol: Protocol, strategy: Strategy, source: ProtocolSource) -> dict[str, Any]:
    query = source_query(protocol, strategy, source.id)
    page: dict[str, Any] = {
        "source": source.id,
        "name": source.name,
        "strategy": strategy.id,
        "query": None,
        "parameters": [],
        "why_not": None if query else _why_not(strategy, source),
        "url": None,
    }
    if query:
        page["query"] = query.text
        page["parameters"] = [list(pair) for pair in query.parameters]
        page["url"] = search_page_of(query)

    return page
