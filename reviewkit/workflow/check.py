"""What a protocol says once compiled."""

from typing import Any

from reviewkit.query import compile_query
from reviewkit.workflow.place import Place


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
