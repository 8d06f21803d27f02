"""The report for programs: every figure under a stable key;
`null` is "not reported" or "not known".
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

from reviewkit.model.flow import Flow
from reviewkit.model.version import __version__
from reviewkit.protocol.model import Protocol
from reviewkit.reproduction.outcomes import Reproduction, SourceOutcome

_PARTS = (
    "boxes",
    "differences",
    "works",
    "variants",
    "reporting",
    "candidates",
    "open_pairs",
    "findings",
)


def facts(
    protocol: Protocol, protocol_sha256: str, made: Reproduction, *, reported: Flow, rerun: Flow
) -> dict[str, Any]:
    """Return the whole reproduction as plain values, ready for JSON."""
    return {
        "reviewkit": __version__,
        "review": protocol.review.id,
        "protocol_sha256": protocol_sha256,
        "reproduced": made.reproduced if protocol.reported else None,
        "sources": [_source(source) for source in made.sources],
        "flow": {"reported": dataclasses.asdict(reported), "rerun": dataclasses.asdict(rerun)},
        **{name: plain(getattr(made, name)) for name in _PARTS},
        "remarks": [remark.text for remark in protocol.remarks],
    }


def _source(source: SourceOutcome) -> dict[str, Any]:
    values: dict[str, Any] = plain(source)
    return {**values, "rerun": source.rerun, "verdict": source.verdict}


def plain(value: object) -> Any:
    """Return a value with its dataclasses as dictionaries and lists, all the way down."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)
        }
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value
