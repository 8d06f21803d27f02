"""`release`: freeze a version of the review; draw flows of versions, beside the one before."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from reviewkit.model.errors import UsageError
from reviewkit.model.flow import Flow, Tally
from reviewkit.prisma.check import proven
from reviewkit.prisma.diagram.listing import RecordList
from reviewkit.prisma.partition import RecordState, Selection, State, count_updated
from reviewkit.prisma.rerun import count_rerun_updated
from reviewkit.protocol.model import Protocol
from reviewkit.protocol.parse import parse_protocol
from reviewkit.sources.registry import created_bounds
from reviewkit.store import Store, releases, write_lock
from reviewkit.store.decisions import published_reviewers, states
from reviewkit.store.protocols import add_protocol, protocol_text
from reviewkit.store.records import citations_in_order
from reviewkit.store.releases import Release
from reviewkit.store.run_log import records_new_to_updates
from reviewkit.store.studies import studies_by_report
from reviewkit.workflow.clock import timestamp
from reviewkit.workflow.merged_record import merged_citations
from reviewkit.workflow.open_review import open_store
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.reporting.flow_footnotes import flow_footnotes, is_rerun
from reviewkit.workflow.reporting.review_flow import (
    flow_sources,
    listings_of,
    review_flow,
)
from reviewkit.workflow.reporting.update_status import unsearched_names
from reviewkit.workflow.setup.unnamed_sources import refuse_unnamed

PUBLISHED = "the published review"
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version that the current one is compared with: its name and the states of its records."""

    name: str
    states: Mapping[str, State]


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """A version that was frozen; `previous` is the name of the version before it.

    `unsearched` are the names of the sources that were never searched.
    """

    name: str
    released_at: str
    protocol_sha256: str
    searched_through: str | None
    previous: str | None
    records: int
    states: dict[str, int]
    flow: Flow
    unsearched: tuple[str, ...] = ()


def release(project: ReviewProject, name: str, *, now: datetime.datetime) -> Released:
    """Freeze the review as it is now.

    Raises UsageError for a name that is taken or cannot be one, CheckNotMet for a flow that does
    not add up, and what the store raises.
    """
    name = _check_name(name)
    with write_lock(project.database), open_store(project, now=now) as store, store.transaction():
        _refuse_taken(store, name)
        add_protocol(
            store,
            project.protocol_sha256,
            review=project.protocol.review.id,
            toml=project.protocol_text,
        )
        refuse_unnamed(store, project.protocol)
        partition = states(store)
        previous = previous_version(store, partition)
        flow = proven(review_flow(store, project.protocol), own=True)
        flows: dict[str, Any] = {"new": asdict(flow)}
        if previous:
            updated = proven(updated_flow(store, project.protocol, previous), own=True)
            flows["updated"] = asdict(updated)
        released = Released(
            name=name,
            released_at=timestamp(now),
            protocol_sha256=project.protocol_sha256,
            searched_through=releases.searched_through(store, created_bounds),
            previous=previous.name if previous else None,
            records=len(partition),
            states=_count_states(partition),
            flow=flow,
            unsearched=unsearched_names(store, project.protocol),
        )
        stored = releases.NewRelease(
            name=name,
            released_at=released.released_at,
            protocol_sha256=released.protocol_sha256,
            searched_through=released.searched_through,
            flows=flows,
        )
        citations = citations_in_order(store, merged_citations(store))
        releases.add_release(store, stored, partition, citations)
    return released


def _check_name(name: str) -> str:
    name = name.strip()
    if not name or len(name) > _LONGEST_NAME or not name.isprintable() or name == PUBLISHED:
        raise UsageError(
            f"{name!r} cannot name a version", hint="a short name such as v2 or 2026-11"
        )
    return name


def _refuse_taken(store: Store, name: str) -> None:
    if any(version.name == name for version in releases.releases(store)):
        raise UsageError(
            f"there is a version {name!r} already",
            hint="a version is never changed; name another",
        )


def _count_states(partition: Sequence[RecordState]) -> dict[str, int]:
    """How many records are in each state, by its stored value."""
    reached = [row.state for row in partition]
    return {state.value: reached.count(state) for state in State}


def previous_version(store: Store, partition: Sequence[RecordState]) -> Version | None:
    """The version to compare the review with: the newest one that differs from it.

    Before the first release that differs, it is the published review itself, if one is rerun.
    Without that it is the first version, although it is the same.
    """
    now = {row.record: row.state for row in partition}
    same = None
    for version in reversed(releases.releases(store)):
        then = {row.record: row.state for row in releases.release_states(store, version.number)}
        if then != now:
            return Version(name=version.name, states=then)
        same = Version(name=version.name, states=then)

    if published_reviewers(store):
        rows = states(store, Selection.PUBLISHED, later=False)
        return Version(name=PUBLISHED, states={row.record: row.state for row in rows})
    return same


def updated_flow(store: Store, protocol: Protocol, previous: Version) -> Flow:
    """The flow as it stands beside a previous version."""
    names, footnotes = flow_sources(store, protocol)
    partition = states(store)
    notes = (
        *footnotes,
        *flow_footnotes(store, protocol, partition),
        f"Previous version: {previous.name}.",
    )
    studies = studies_by_report(store)
    if is_rerun(store):
        return count_rerun_updated(
            partition,
            names,
            previous=previous.states,
            footnotes=notes,
            team=records_new_to_updates(store),
            studies=studies,
        )
    return count_updated(
        partition,
        names,
        previous=previous.states,
        footnotes=notes,
        own_review=not protocol.is_published,
        studies=studies,
    )


def updated_or_refuse(store: Store, protocol: Protocol) -> Flow:
    """The flow beside the previous version. Raises UsageError where there is none."""
    previous = previous_version(store, states(store))
    if previous is None:
        hint = 'freeze it first: reviewkit release "v1"; or draw --template new'
        raise UsageError("there is no previous version to show", hint=hint)
    return updated_flow(store, protocol, previous)


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenVersion:
    """A version as it is drawn: its flow, its own protocol and the records behind each box."""

    flow: Flow
    protocol: Protocol
    listings: tuple[RecordList, ...]


def read_release(store: Store, name: str, *, updated: bool) -> FrozenVersion:
    """A version by its name; with `updated`, beside the version before it.

    Raises UsageError for an unknown name, and for a version that has none before it.
    """
    version = _named(store, name)
    flow = version.flows.get("updated" if updated else "new")
    if flow is None:
        raise UsageError(f"version {name!r} has none before it", hint="draw it with --template new")

    partition = {row.record: row for row in releases.release_states(store, version.number)}
    cells = releases.release_cells(store, version.number)
    text = protocol_text(store, version.protocol_sha256)
    protocol = parse_protocol(text, where=f"version {name}")
    return FrozenVersion(
        # A version that was frozen before the kinds of reviews were told apart has none stored.
        flow=replace(flow_from_json(flow), own_review=not protocol.is_published),
        protocol=protocol,
        listings=listings_of([(partition[record], values) for record, values in cells]),
    )


def _named(store: Store, name: str) -> Release:
    known = releases.releases(store)
    for version in known:
        if version.name == name:
            return version

    names = ", ".join(version.name for version in known) or "none yet"
    raise UsageError(f"no version {name!r}", hint=f"versions: {names}")


def flow_from_json(counts: Mapping[str, Any]) -> Flow:
    """A flow from its stored counts: lists of tallies become tuples of `Tally`."""
    return Flow(**{name: _flow_value(value) for name, value in counts.items()})


def _flow_value(value: Any) -> Any:
    if not isinstance(value, list | tuple):
        return value
    return tuple(Tally(**item) if isinstance(item, dict) else item for item in value)
