"""From one state per record to the boxes of the flow. Pure.

Every record of a review has exactly one state, so the boxes add up by construction.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from reviewkit.flow import Count, Flow, Tally
from reviewkit.records import Role


class State(StrEnum):
    """Where a record stands, in the order of the flow."""

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
    """Whose decisions a state follows: the replayed ones of the published review, or those of the team."""

    PUBLISHED = "published"
    TEAM = "team"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordState:
    """A record, where it came from, and its state.

    `reason` is the exclusion reason, the duplicate's lead, the stopping rule, or where a report was sought in vain.
    """

    record: str
    source: str
    role: Role
    state: State
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceName:
    """How a source is called in the diagram; `searched` is false where its search could not be run."""

    source: str
    label: str
    role: Role
    searched: bool


MAIN_ARM = frozenset({Role.DATABASE, Role.REGISTER, Role.STAND_IN})
_ASSESSED = (State.REPORT_EXCLUDED, State.INCLUDED)
_SOUGHT = (State.AWAITING_ASSESSMENT, State.NOT_RETRIEVED, *_ASSESSED)
_SCREENED = (State.RECORD_EXCLUDED, *_SOUGHT)


# The states behind each box of the diagram: of the main arm (true) or of the other one.
BOX_STATES: Mapping[str, tuple[bool, tuple[State, ...]]] = {
    "box2": (True, tuple(State)),
    "box3": (True, (State.DUPLICATE, State.INELIGIBLE_BY_MACHINE, State.UNSCREENED_BY_RULE)),
    "box4": (True, _SCREENED),
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


def count_flow(states: Iterable[RecordState], sources: Sequence[SourceName], *, footnotes: Sequence[str] = ()) -> Flow:
    """The Flow of a partition. A source whose search could not be run is listed with no count, never with 0."""
    rows = list(states)
    main = Counter(row.state for row in rows if row.role in MAIN_ARM)
    other = Counter(row.state for row in rows if row.role not in MAIN_ARM)
    found = Counter(row.source for row in rows)
    has_other = bool(other)
    return Flow(
        database_results=_sum_searched(sources, Role.DATABASE, found),
        register_results=_sum_searched(sources, Role.REGISTER, found),
        databases=_tallies(sources, {Role.DATABASE}, found),
        registers=_tallies(sources, {Role.REGISTER}, found),
        stand_ins=_tallies(sources, {Role.STAND_IN}, found),
        duplicates=main[State.DUPLICATE],
        excluded_automatic=main[State.INELIGIBLE_BY_MACHINE],
        excluded_other=0,
        awaiting_screening=main[State.AWAITING_SCREENING],
        unscreened_by_rule=main[State.UNSCREENED_BY_RULE],
        records_screened=_sum(main, _SCREENED),
        records_excluded=main[State.RECORD_EXCLUDED],
        records_excluded_automatic=0,
        dbr_sought_reports=_sum(main, _SOUGHT),
        dbr_notretrieved_reports=main[State.NOT_RETRIEVED],
        awaiting_assessment=main[State.AWAITING_ASSESSMENT],
        dbr_assessed=_sum(main, _ASSESSED),
        dbr_excluded=_reasons(row for row in rows if row.role in MAIN_ARM),
        other_sources=_tallies(sources, set(Role) - MAIN_ARM, found) if has_other else (),
        other_sought_reports=sum(other.values()) - other[State.DUPLICATE] if has_other else None,
        other_notretrieved_reports=other[State.NOT_RETRIEVED] if has_other else None,
        other_awaiting_assessment=other[State.AWAITING_ASSESSMENT] if has_other else None,
        other_assessed=_sum(other, _ASSESSED) if has_other else None,
        other_excluded=_reasons(row for row in rows if row.role not in MAIN_ARM) if has_other else None,
        new_studies=main[State.INCLUDED] + other[State.INCLUDED],
        new_reports=main[State.INCLUDED] + other[State.INCLUDED],
        footnotes=tuple(footnotes),
    )


def _sum(states: Mapping[State, int], wanted: Iterable[State]) -> int:
    return sum(states[state] for state in wanted if state in states)


def _sum_searched(sources: Sequence[SourceName], role: Role, found: Mapping[str, int]) -> Count:
    """The records of the searches that were run; `None` when none of this role was."""
    searched = [source for source in sources if source.role is role and source.searched]
    return sum(found.get(source.source, 0) for source in searched) if searched else None


def _tallies(sources: Sequence[SourceName], roles: set[Role], found: Mapping[str, int]) -> tuple[Tally, ...]:
    return tuple(
        Tally(
            label=source.label, n=found.get(source.source, 0) if source.searched else None, not_run=not source.searched
        )
        for source in sources
        if source.role in roles
    )


def _reasons(rows: Iterable[RecordState]) -> tuple[Tally, ...]:
    reasons = Counter(row.reason or "no reason given" for row in rows if row.state is State.REPORT_EXCLUDED)
    return tuple(
        Tally(label=reason, n=n) for reason, n in sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    )
