"""What a protocol says once compiled, and where a person can run it."""

from typing import Any

from reviewkit.errors import UsageError
from reviewkit.query import compile_query
from reviewkit.sources.catalogue import engine_of
from reviewkit.workflow.place import Place, source_of


def check_protocol(place: Place) -> dict[str, Any]:
    """The review's id, the protocol's SHA-256, and the compiled query per strategy and source, ready for JSON."""
    protocol = place.protocol
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
    return {"review": protocol.review.id, "sha256": place.protocol_sha256, "queries": queries}


def search_pages(place: Place, *, only: str | None) -> list[dict[str, Any]]:
    """The primary strategy's exact query per source, and the page that runs it in a browser, ready for JSON.

    Raises UsageError for a source that the protocol does not name, and where it has no strategy.
    """
    protocol = place.protocol
    if protocol.primary is None:
        raise UsageError("the protocol has no strategy", where=str(place.protocol_path), hint="add [[strategies]]")
    pages = []
    for source in [source_of(place, only)] if only else protocol.sources:
        compiled, engine = compile_query(protocol, protocol.primary, source.id), engine_of(source.id)
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
