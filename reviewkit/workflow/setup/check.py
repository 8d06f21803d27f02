"""What a protocol says once compiled, and where a person can run it."""

from typing import Any

from reviewkit.model.errors import UsageError
from reviewkit.query.compile import compile_query
from reviewkit.sources.registry import engine_of
from reviewkit.workflow.project import ReviewProject, source_of


def check_protocol(project: ReviewProject) -> dict[str, Any]:
    """The review's id, the protocol's SHA-256, and the compiled query per strategy and source, ready for JSON."""
    protocol = project.protocol
    queries = []
    for strategy in protocol.strategies:
        for source in protocol.sources:
            compiled = compile_query(protocol, strategy, source.id)
            queries.append(
                {
                    "source": source.id,
                    "strategy": strategy.id,
                    "label": strategy.label,
                    "origin": strategy.origin,
                    "primary": strategy is protocol.primary,
                    "text": compiled.text if compiled else None,
                    "parameters": [list(pair) for pair in compiled.parameters] if compiled else [],
                }
            )
    return {"review": protocol.review.id, "sha256": project.protocol_sha256, "queries": queries}


def search_pages(project: ReviewProject, *, only: str | None) -> list[dict[str, Any]]:
    """The primary strategy's exact query per source, and the page that runs it in a browser, ready for JSON.

    Raises UsageError for a source that the protocol does not name, and where it has no strategy.
    """
    protocol = project.protocol
    if protocol.primary is None:
        raise UsageError(
            "the protocol has no strategy",
            where=str(project.protocol_path),
            hint="add [[strategies]]",
        )
    pages = []
    for source in [source_of(project, only)] if only else protocol.sources:
        compiled, engine = (
            compile_query(protocol, protocol.primary, source.id),
            engine_of(source.id),
        )
        pages.append(
            {
                "source": source.id,
                "name": source.name,
                "strategy": protocol.primary.id,
                "query": compiled.text if compiled else None,
                "parameters": [list(pair) for pair in compiled.parameters] if compiled else [],
                "url": engine.page(compiled) if compiled and engine and engine.page else None,
            }
        )
    return pages
