"""The report for programs: every figure under a stable key;
`null` is "not reported" or "not known".
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

from reviewkit.model.flow import Flow
from reviewkit.model.version import __version__
from reviewkit.protocol.model import Protocol
from reviewkit.reproduction.outcomes import Reproduction, SourceOutcome, WorkOutcome

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
# What is told of an included work of one's own review: all but how a rerun returns it.
_OWN_WORK = (
    "work",
    "title",
    "record",
    "source",
    "returned_by",
    "year",
    "doi",
    "pmid",
    "checks",
    "notices",
    "studies",
    "included_by",
    "settled_by",
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
        **_declared(protocol),
        "remarks": [remark.text for remark in protocol.remarks],
    }


def own_facts(
    protocol: Protocol, protocol_sha256: str, made: Reproduction, *, flow: Flow
) -> dict[str, Any]:
    """Return what is known of one's own review as plain values, ready for JSON."""
    return {
        "reviewkit": __version__,
        "review": protocol.review.id,
        "protocol_sha256": protocol_sha256,
        "sources": [_own_source(source) for source in made.sources],
        "flow": dataclasses.asdict(flow),
        "works": [_own_work(work) for work in made.works],
        "reporting": plain(made.reporting),
        "open_pairs": plain(made.open_pairs),
        **_declared(protocol),
        "remarks": [remark.text for remark in protocol.remarks],
    }


def _declared(protocol: Protocol) -> dict[str, Any]:
    return {
        "people": [person.model_dump(mode="json") for person in protocol.people],
        "declarations": protocol.declarations.model_dump(mode="json"),
    }


def _own_source(source: SourceOutcome) -> dict[str, Any]:
    """Return a source with the count of its search; `null` where it is not searched yet."""
    values: dict[str, Any] = plain(source)
    del values["reported"]
    return {**values, "count": source.rerun}


def _own_work(work: WorkOutcome) -> dict[str, Any]:
    values: dict[str, Any] = plain(work)
    return {name: values[name] for name in _OWN_WORK}


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
