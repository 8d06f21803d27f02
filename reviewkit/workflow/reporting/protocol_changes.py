"""What has changed in the protocol since decisions were made, and what of it was recorded."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reviewkit.model.errors import ProtocolError
from reviewkit.model.records import STAGE_WORDS
from reviewkit.model.text import plural
from reviewkit.prisma.partition import RecordState, State
from reviewkit.protocol.changes import ChangeKind, ProtocolChange, changes_between
from reviewkit.protocol.model import Protocol
from reviewkit.protocol.parse import parse_protocol
from reviewkit.store import Store
from reviewkit.store.amendments import (
    Amendment,
    current_amendments,
    decisions_by_version,
    earlier_versions,
)
from reviewkit.store.protocols import protocol_versions

_WITH_REASON = frozenset({State.REPORT_EXCLUDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSinceDecisions:
    """A change of the protocol, and the current decisions that were made before it, at its stage.

    `for_it` of them exclude for the reason that it is about. `recorded` is the day of the amendment
    that records it, `None` where none does.
    """

    change: ProtocolChange
    decisions: int
    for_it: int
    recorded: str | None

    @property
    def sentence(self) -> str:
        decisions = plural(self.decisions, "decision was", "decisions were")
        at_stage = f" at {STAGE_WORDS[self.change.stage]}" if self.change.stage else ""
        parts = [f"{decisions} made{at_stage} before"]
        if self.for_it:
            parts.append(f"{self.for_it} of them for this reason")
        if self.recorded:
            parts.append(f"amendment of {self.recorded}")
        return f"{self.change.sentence} ({'; '.join(parts)})"

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.change.kind,
            "what": self.change.what,
            "now": self.change.now,
            "decisions": self.decisions,
            "stage": self.change.stage,
            "for_it": self.for_it,
            "recorded": self.recorded,
        }


def changes_since_decisions(
    store: Store, protocol: Protocol, protocol_sha256: str
) -> tuple[ChangeSinceDecisions, ...]:
    """Return each change since the team's current decisions were made, the oldest version first."""
    versions = [
        version
        for version in decisions_by_version(store)
        if version.protocol_sha256 != protocol_sha256
    ]
    if not versions:
        return ()

    texts = protocol_versions(store, [version.protocol_sha256 for version in versions])
    totals: dict[ProtocolChange, int] = {}
    for_it: dict[ProtocolChange, int] = {}
    for version in versions:
        old = _read(texts[version.protocol_sha256].toml)
        for change in changes_between(old, protocol) if old else ():
            totals[change] = totals.get(change, 0) + version.total(change.stage)
            given = version.by_reason.get(change.what, 0)
            for_it[change] = for_it.get(change, 0) + given

    recorded = _recorded(store)
    return tuple(
        ChangeSinceDecisions(
            change=change,
            decisions=decisions,
            for_it=for_it[change],
            recorded=recorded.get(change),
        )
        for change, decisions in totals.items()
    )


def amended_changes(
    store: Store, amendment: Amendment, *, present: Protocol | None = None
) -> tuple[ProtocolChange, ...]:
    """Return what an amendment changed in reasons, criteria and reviewers.

    `present` is the protocol that it amends to, where no event has stored it yet.
    """
    if amendment.before_sha256 is None:
        return ()

    hashes = (amendment.before_sha256, amendment.protocol_sha256)
    texts = protocol_versions(store, hashes)
    before, after = (_read(texts[sha256].toml) if sha256 in texts else None for sha256 in hashes)
    after = present or after
    if before is None or after is None:
        return ()
    return changes_between(before, after)


def _recorded(store: Store) -> dict[ProtocolChange, str]:
    """Return by change the day of the first amendment that records it."""
    days: dict[ProtocolChange, str] = {}
    for amendment in current_amendments(store):
        for change in amended_changes(store, amendment):
            days.setdefault(change, amendment.amended_at[:10])
    return days


def _read(toml: str) -> Protocol | None:
    """Return a stored version; `None` for one that this reviewkit cannot read any more."""
    try:
        return parse_protocol(toml, where="an earlier version")
    except ProtocolError:
        return None


def reason_footnotes(
    store: Store, protocol: Protocol, partition: Sequence[RecordState]
) -> Iterator[str]:
    """Yield a footnote for each reason of the flow that is none in the protocol any more."""
    counts: dict[str, int] = {}
    for row in partition:
        if (
            row.state in _WITH_REASON
            and row.reason
            and row.reason not in protocol.exclusion_reasons
        ):
            counts[row.reason] = counts.get(row.reason, 0) + 1
    if not counts:
        return

    present = _present_wordings(store, protocol, counts)
    for reason, n in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        if reason in present:
            yield _footnote(reason, n, present[reason])


def _present_wordings(
    store: Store, protocol: Protocol, reasons: Iterable[str]
) -> Mapping[str, str | None]:
    """Return what became of each reason that an earlier version of the protocol had.

    Its wording now, or `None` where it is gone.
    """
    wanted = set(reasons)
    present: dict[str, str | None] = {}
    for old in map(_read, earlier_versions(store)):
        for change in changes_between(old, protocol) if old else ():
            if change.what in wanted and change.kind in _ENDS:
                present[change.what] = change.now
    return present


_ENDS = frozenset({ChangeKind.REASON_GONE, ChangeKind.REASON_REWORDED})


def _footnote(reason: str, n: int, now: str | None) -> str:
    if now is None:
        return f"“{reason}” (n = {n}) is no longer an exclusion reason of the protocol."
    return f"“{reason}” (n = {n}) is worded “{now}” in the protocol now."
