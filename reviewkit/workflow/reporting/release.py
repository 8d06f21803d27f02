"""`release`: a version of the review, frozen; and flows drawn from versions, beside the one before."""

import csv
import datetime
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from reviewkit.exports.changes import plain
from reviewkit.model.errors import UsageError
from reviewkit.model.flow import Flow, Tally
from reviewkit.prisma.check import proven
from reviewkit.prisma.diagram.listing import RecordList
from reviewkit.prisma.partition import RecordState, Selection, State, count_updated
from reviewkit.protocol.model import Protocol, parse_protocol
from reviewkit.store import Store, releases, write_lock
from reviewkit.store.decisions import published_reviewers, states
from reviewkit.store.protocols import add_protocol, protocol_text
from reviewkit.store.releases import Release
from reviewkit.workflow.clock import timestamp
from reviewkit.workflow.open_review import open_store
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.reporting.review_flow import (
    flow_footnotes,
    flow_sources,
    listings_of,
    review_flow,
)

PUBLISHED = "the published review"
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version that the current one is set beside: its name and the states of its records."""

    name: str
    states: Mapping[str, State]


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """What was frozen; `previous` is the version before it."""

    name: str
    released_at: str
    protocol_sha256: str
    searched_through: str | None
    previous: str | None
    records: int
    states: dict[str, int]
    flow: Flow


def release(project: ReviewProject, name: str, *, now: datetime.datetime) -> Released:
    """Freeze the review as it stands. Raises UsageError for a name that is taken or cannot be one, CheckNotMet for a
    flow that does not add up, and what the store raises.
    """
    name = name.strip()
    if not name or len(name) > _LONGEST_NAME or not name.isprintable() or name == PUBLISHED:
        raise UsageError(
            f"{name!r} cannot name a version", hint="a short name such as v2 or 2026-11"
        )
    with write_lock(project.database), open_store(project, now=now) as store, store.transaction():
        if any(one.name == name for one in releases.releases(store)):
            raise UsageError(
                f"there is a version {name!r} already",
                hint="a version is never changed; name another",
            )
        add_protocol(
            store,
            project.protocol_sha256,
            review=project.protocol.review.id,
            toml=project.protocol_text,
        )
        partition = states(store)
        flow = proven(review_flow(store, project.protocol), own=True)
        previous = previous_version(store, partition)
        flows: dict[str, Any] = {"new": asdict(flow)}
        if previous:
            flows["updated"] = asdict(
                proven(updated_flow(store, project.protocol, previous), own=True)
            )
        through = releases.searched_through(store)
        at = timestamp(now)
        releases.add_release(
            store,
            name=name,
            at=at,
            protocol=project.protocol_sha256,
            searched_through=through,
            flows=flows,
            states=partition,
        )
        counts = {state.value: sum(row.state is state for row in partition) for state in State}
    return Released(
        name=name,
        released_at=at,
        protocol_sha256=project.protocol_sha256,
        searched_through=through,
        previous=previous.name if previous else None,
        records=len(partition),
        states=counts,
        flow=flow,
    )


def previous_version(store: Store, partition: Sequence[RecordState]) -> Version | None:
    """The version that the review as it stands is to be set beside: the newest that differs from it.

    Before the first release it is the published review itself, where one is rerun.
    """
    now = {row.record: row.state for row in partition}
    same = None
    for one in reversed(releases.releases(store)):
        then = {row.record: row.state for row in releases.release_states(store, one.number)}
        if then != now:
            return Version(name=one.name, states=then)
        same = Version(name=one.name, states=then)
    if published_reviewers(store):
        rows = states(store, Selection.PUBLISHED, later=False)
        return Version(name=PUBLISHED, states={row.record: row.state for row in rows})
    return same


def updated_flow(store: Store, protocol: Protocol, previous: Version) -> Flow:
    """The flow as it stands beside a previous version."""
    names, footnotes = flow_sources(store, protocol)
    partition = states(store)
    return count_updated(
        partition,
        names,
        previous=previous.states,
        footnotes=(
            *footnotes,
            *flow_footnotes(store, partition),
            f"Previous version: {previous.name}.",
        ),
    )


def updated_or_refuse(store: Store, protocol: Protocol) -> Flow:
    """The flow beside the previous version. Raises UsageError where there is none."""
    previous = previous_version(store, states(store))
    if previous is None:
        hint = 'freeze it first: reviewkit release "v1"; or draw --template new'
        raise UsageError("there is no previous version to show", hint=hint)
    return updated_flow(store, protocol, previous)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """A version as it is drawn: its flow, its own protocol and the records behind each box."""

    flow: Flow
    protocol: Protocol
    listings: tuple[RecordList, ...]


def read_release(store: Store, name: str, *, updated: bool) -> Frozen:
    """A version by its name. Raises UsageError for an unknown one, or one that has no version before it."""
    found = _named(store, name)
    told = found.flows.get("updated" if updated else "new")
    if told is None:
        raise UsageError(f"version {name!r} has none before it", hint="draw it with --template new")
    partition = {row.record: row for row in releases.release_states(store, found.number)}
    rows = [
        (partition[record], cells) for record, cells in releases.release_cells(store, found.number)
    ]
    return Frozen(
        flow=flow_of(told),
        protocol=parse_protocol(
            protocol_text(store, found.protocol_sha256), where=f"version {name}"
        ),
        listings=listings_of(rows),
    )


def _named(store: Store, name: str) -> Release:
    known = releases.releases(store)
    for one in known:
        if one.name == name:
            return one
    names = ", ".join(one.name for one in known) or "none yet"
    raise UsageError(f"no version {name!r}", hint=f"versions: {names}")


def flow_of(told: Mapping[str, Any]) -> Flow:
    """A flow from its stored counts."""
    values: dict[str, Any] = {
        name: tuple(Tally(**item) if isinstance(item, dict) else item for item in value)
        if isinstance(value, list | tuple)
        else value
        for name, value in told.items()
    }
    return Flow(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class PerVersion:
    """The counts of every version side by side: names, days, and one row of counts per box that has any."""

    versions: tuple[str, ...]
    released: tuple[str, ...]
    searched_through: tuple[str | None, ...]
    rows: tuple[tuple[str, tuple[int | None, ...]], ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "versions": [
                {
                    "name": name,
                    "released": self.released[n] or None,
                    "searched_through": self.searched_through[n],
                    "counts": {key: counts[n] for key, counts in self.rows},
                }
                for n, name in enumerate(self.versions)
            ]
        }


def per_version(project: ReviewProject, *, now: datetime.datetime) -> PerVersion:
    """The table of counts by version, the review as it stands last. Raises UsageError where nothing is searched."""
    with open_store(project, now=now) as store:
        known = releases.releases(store)
        flows = [flow_of(one.flows.get("updated") or one.flows["new"]) for one in known]
        previous = previous_version(store, states(store))
        current = (
            updated_flow(store, project.protocol, previous)
            if previous
            else review_flow(store, project.protocol)
        )
        through = releases.searched_through(store)
    flows.append(current)
    keys = [key for key in asdict(current) if key not in {"updated", "footnotes"}]
    rows = []
    for key in keys:
        counts = tuple(_count(getattr(flow, key)) for flow in flows)
        if any(n is not None for n in counts):
            rows.append((key, counts))
    return PerVersion(
        versions=(*(one.name for one in known), "now"),
        released=(*(one.released_at[:10] for one in known), ""),
        searched_through=(*(one.searched_through for one in known), through),
        rows=tuple(rows),
    )


def _count(value: int | tuple[Tally, ...] | None) -> int | None:
    if isinstance(value, tuple):
        known = [tally.n for tally in value if tally.n is not None]
        return sum(known) if known else None
    return value


def write_per_version(table: PerVersion, form: str) -> str:
    """The table as text, csv, markdown or json. Raises UsageError for another format."""
    if form == "json":
        return json.dumps(table.as_json(), ensure_ascii=False, indent=2) + "\n"
    head = ["box", *table.versions]
    body = [
        ["released", *(day or "-" for day in table.released)],
        ["searched through", *(day or "-" for day in table.searched_through)],
        *(
            [key, *("not reported" if n is None else str(n) for n in counts)]
            for key, counts in table.rows
        ),
    ]
    if form == "csv":
        file = io.StringIO()
        csv.writer(file, lineterminator="\n").writerows([head, *body])
        return file.getvalue()
    if form == "markdown":
        lines = [[plain(cell) for cell in row] for row in (head, *body)]
        lines.insert(1, ["---"] * len(head))
        return "\n".join(f"| {' | '.join(row)} |" for row in lines) + "\n"
    if form == "text":
        widths = [max(len(row[n]) for row in (head, *body)) for n in range(len(head))]
        rows = [
            [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
            for row in (head, *body)
        ]
        return "\n".join("  ".join(row).rstrip() for row in rows) + "\n"
    raise UsageError(
        f"no format {form!r} for a table of versions", hint="text, csv, markdown or json"
    )
