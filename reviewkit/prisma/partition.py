"""Count the boxes of the flow from one state per record. Pure.

Every record of a review has exactly one state, so the boxes add up by construction.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from reviewkit.model.flow import Count, Flow, Tally
from reviewkit.model.records import Role


class State(StrEnum):
    """What has become of a record, in the order of the flow."""

    DUPLICATE = "duplicate"
    INELIGIBLE_BY_MACHINE = "ineligible_by_machine"
    AWAITING_SCREENING = "awaiting_screening"
    # Screening ended by a stopping rule before anybody decided on it.
    UNSCREENED_BY_RULE = "unscreened_by_rule"
    RECORD_EXCLUDED = "record_excluded"
    AWAITING_ASSESSMENT = "awaiting_assessment"
    NOT_RETRIEVED = "not_retrieved"
    REPORT_EXCLUDED = "report_excluded"
    INCLUDED = "included"


class Selection(StrEnum):
    """Whose decisions a state follows: those of the published review, or those of the team."""

    PUBLISHED = "published"
    TEAM = "team"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordState:
    """A record, its source and its state.

    `reason` is the exclusion reason, the duplicate's lead record, the stopping rule,
    or where a report was sought and not found.
    """

    record: str
    source: str
    role: Role
    state: State
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceName:
    """The name of a source in the diagram;
    `searched` is false where its search could not be run.
    """

    source: str
    label: str
    role: Role
    searched: bool


# The studies of each report, by its lead record.
Studies = Mapping[str, Sequence[str]]
NO_STUDIES: Studies = MappingProxyType({})
MAIN_ARM = frozenset({Role.DATABASE, Role.REGISTER, Role.STAND_IN})
_ASSESSED = (State.REPORT_EXCLUDED, State.INCLUDED)
_SOUGHT = (State.AWAITING_ASSESSMENT, State.NOT_RETRIEVED, *_ASSESSED)
SCREENED = (State.RECORD_EXCLUDED, *_SOUGHT)
_OUT_BEFORE_RETRIEVAL = (State.INELIGIBLE_BY_MACHINE, State.RECORD_EXCLUDED)
_OPEN = frozenset({State.AWAITING_SCREENING, State.AWAITING_ASSESSMENT})

# The states behind each box of the diagram: of the main arm (true) or of the other one.
BOX_STATES: Mapping[str, tuple[bool, tuple[State, ...]]] = {
    "box2": (True, tuple(State)),
    "box3": (True, (State.DUPLICATE, State.INELIGIBLE_BY_MACHINE, State.UNSCREENED_BY_RULE)),
    "box4": (True, SCREENED),
    "box5": (True, (State.RECORD_EXCLUDED,)),
    "box6": (True, _SOUGHT),
    "box7": (True, (State.NOT_RETRIEVED,)),
    "box8": (True, _ASSESSED),
    "box9": (True, (State.REPORT_EXCLUDED,)),
    "box10": (True, (State.INCLUDED,)),
    "box11": (False, tuple(State)),
    "box12": (False, _SOUGHT),
    "box13": (False, (State.NOT_RETRIEVED,)),
    "box14": (False, _ASSESSED),
    "box15": (False, (State.REPORT_EXCLUDED,)),
}


def count_flow(
    states: Iterable[RecordState],
    sources: Sequence[SourceName],
    *,
    footnotes: Sequence[str] = (),
    own_review: bool = False,
    studies: Studies = NO_STUDIES,
) -> Flow:
    """Return the flow of a partition.

    `studies` are the studies of each report; a report without any is a study of its own.

    A source whose search could not be run has no count, never 0. Where none could be run,
    no box that follows from the searches has a count either. In one's own review they have one:
    what has not come in yet is 0, and a kind of source that the protocol does not name, too.
    """
    rows = list(states)
    main = [row for row in rows if row.role in MAIN_ARM]
    other = [row for row in rows if row.role not in MAIN_ARM]
    included = {row.record for row in rows if row.state is State.INCLUDED}

    boxes = _source_boxes(rows, sources, own_review=own_review)
    if own_review or _is_any_searched(sources):
        boxes |= _main_arm(main)
        boxes |= {"new_studies": len(studies_of(included, studies)), "new_reports": len(included)}
    if other:
        boxes |= _other_arm(other)
        boxes["other_sources"] = _tallies(sources, set(Role) - MAIN_ARM, _by_source(rows))

    return Flow(footnotes=tuple(footnotes), own_review=own_review, **boxes)


def count_updated(
    states: Iterable[RecordState],
    sources: Sequence[SourceName],
    *,
    previous: Mapping[str, State],
    footnotes: Sequence[str] = (),
    own_review: bool = False,
    studies: Studies = NO_STUDIES,
) -> Flow:
    """Return the flow of an updated review; `previous` is each record's state in the version
    before.

    A record that was settled then and has not changed does not flow again (U3).
    A record that was included then and no longer is counts as dropped (U1, U2), whatever its state.
    All other records flow, also those that were open then.
    """
    rows = list(states)
    settled = {row.record for row in rows if _is_settled(previous.get(row.record), row.state)}
    flowing = [row for row in rows if row.record not in settled]
    included_before = {record for record, state in previous.items() if state is State.INCLUDED}

    flow = replace(
        count_flow(flowing, sources, footnotes=footnotes, own_review=own_review),
        **_source_boxes(rows, sources, own_review=own_review),
        updated=True,
        previous_studies=len(studies_of(included_before, studies)),
        previous_reports=len(included_before),
    )
    if not own_review and not _is_any_searched(sources):
        return flow
    return replace(flow, **_version_boxes(rows, settled, included_before, studies))


def studies_of(reports: Iterable[str], studies: Studies) -> set[tuple[str, str]]:
    """Return the studies of these reports; a report that is in none is one by itself."""
    found: set[tuple[str, str]] = set()
    for report in reports:
        names = studies.get(report, ())
        found.update(("study", name) for name in names)
        if not names:
            found.add(("report", report))

    return found


def _version_boxes(
    rows: Sequence[RecordState],
    settled: set[str],
    included_before: set[str],
    studies: Studies,
) -> dict[str, Any]:
    """Return what an update has beside a new review, by the fields of `Flow`."""
    included_now = {row.record for row in rows if row.state is State.INCLUDED}
    before, now = studies_of(included_before, studies), studies_of(included_now, studies)

    return {
        "already_screened": sum(row.record in settled for row in rows if row.role in MAIN_ARM),
        # A new report of a study of the version before makes no new study (U1, U2).
        "new_studies": len(now - before),
        "dropped_studies": len(before - now),
        "dropped_reports": len(included_before - included_now),
        "total_studies": len(now),
        "total_reports": len(included_now),
    }


def _is_settled(previous: State | None, current: State) -> bool:
    if previous is None or previous in _OPEN:
        return False
    return previous is current or previous is State.INCLUDED


def _is_any_searched(sources: Sequence[SourceName]) -> bool:
    """Return whether a search of the main arm was run; also true where it has no source at all."""
    searched = [source.searched for source in sources if source.role in MAIN_ARM]
    return any(searched) or not searched


def _by_source(rows: Iterable[RecordState]) -> Mapping[str, int]:
    return Counter(row.source for row in rows)


def _source_boxes(
    rows: Iterable[RecordState], sources: Sequence[SourceName], *, own_review: bool
) -> dict[str, Any]:
    """Return what was identified, by the fields of `Flow`."""
    counts = _by_source(rows)
    none_named = 0 if own_review else None

    return {
        "database_results": _sum_searched(sources, Role.DATABASE, counts, none_named),
        "register_results": _sum_searched(sources, Role.REGISTER, counts, none_named),
        "databases": _tallies(sources, {Role.DATABASE}, counts),
        "registers": _tallies(sources, {Role.REGISTER}, counts),
        "stand_ins": _tallies(sources, {Role.STAND_IN}, counts),
        "not_used": _not_used(sources),
    }


def _not_used(sources: Sequence[SourceName]) -> tuple[str, ...]:
    """Return the lines of box 2 for which the review has no source."""
    roles = {source.role for source in sources}
    lines = {"database_results": Role.DATABASE, "register_results": Role.REGISTER}
    return tuple(line for line, role in lines.items() if role not in roles)


def _main_arm(rows: Sequence[RecordState]) -> dict[str, Any]:
    states = Counter(row.state for row in rows)
    return {
        "duplicates": states[State.DUPLICATE],
        "excluded_automatic": states[State.INELIGIBLE_BY_MACHINE],
        "excluded_other": 0,
        "awaiting_screening": states[State.AWAITING_SCREENING],
        "unscreened_by_rule": states[State.UNSCREENED_BY_RULE],
        "records_screened": _sum(states, SCREENED),
        "records_excluded": states[State.RECORD_EXCLUDED],
        "records_excluded_automatic": 0,
        "dbr_sought_reports": _sum(states, _SOUGHT),
        "dbr_notretrieved_reports": states[State.NOT_RETRIEVED],
        "awaiting_assessment": states[State.AWAITING_ASSESSMENT],
        "dbr_assessed": _sum(states, _ASSESSED),
        "dbr_excluded": _reasons(rows),
    }


def _other_arm(rows: Sequence[RecordState]) -> dict[str, Any]:
    states = Counter(row.state for row in rows)
    return {
        "other_screened_out": _sum(states, _OUT_BEFORE_RETRIEVAL),
        "other_awaiting_screening": states[State.AWAITING_SCREENING],
        "other_unscreened_by_rule": states[State.UNSCREENED_BY_RULE],
        "other_sought_reports": _sum(states, _SOUGHT),
        "other_notretrieved_reports": states[State.NOT_RETRIEVED],
        "other_awaiting_assessment": states[State.AWAITING_ASSESSMENT],
        "other_assessed": _sum(states, _ASSESSED),
        "other_excluded": _reasons(rows),
    }


def _sum(states: Mapping[State, int], wanted: Iterable[State]) -> int:
    return sum(states[state] for state in wanted if state in states)


def _sum_searched(
    sources: Sequence[SourceName], role: Role, counts: Mapping[str, int], none_named: Count
) -> Count:
    """Return the records of the searches that were run, or `None` when none of this role was.

    Where the protocol names no source of this role it is `none_named`.
    """
    named = [source for source in sources if source.role is role]
    searched = [source for source in named if source.searched]
    if not named:
        return none_named
    if not searched:
        return None
    return sum(counts.get(source.source, 0) for source in searched)


def _tallies(
    sources: Sequence[SourceName], roles: set[Role], counts: Mapping[str, int]
) -> tuple[Tally, ...]:
    return tuple(_tally(source, counts) for source in sources if source.role in roles)


def _tally(source: SourceName, counts: Mapping[str, int]) -> Tally:
    if not source.searched:
        return Tally(label=source.label, n=None, not_run=True)
    return Tally(label=source.label, n=counts.get(source.source, 0))


def _reasons(rows: Iterable[RecordState]) -> tuple[Tally, ...]:
    """Return the exclusion reasons, the most frequent first."""
    reasons = Counter(
        row.reason or "no reason given" for row in rows if row.state is State.REPORT_EXCLUDED
    )
    ordered = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Tally(label=reason, n=n) for reason, n in ordered)
