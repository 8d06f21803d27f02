"""From one state per record to the boxes of the flow. Pure.

Every record of a review has exactly one state, so the boxes add up by construction.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from reviewkit.model.flow import Count, Flow, Tally
from reviewkit.model.records import Role


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


def count_flow(
    states: Iterable[RecordState], sources: Sequence[SourceName], *, footnotes: Sequence[str] = ()
) -> Flow:
    """The Flow of a partition.

    A source whose search could not be run has no count, never 0; where none could be run, neither has any box that
    follows from the searches.
    """
    rows = list(states)
    main = [row for row in rows if row.role in MAIN_ARM]
    other = [row for row in rows if row.role not in MAIN_ARM]
    found = Counter(row.source for row in rows)
    searched = [source.searched for source in sources if source.role in MAIN_ARM]
    boxes = _main_arm(main) if any(searched) or not searched else {}
    included = sum(row.state is State.INCLUDED for row in rows) if boxes else None
    return Flow(
        database_results=_sum_searched(sources, Role.DATABASE, found),
        register_results=_sum_searched(sources, Role.REGISTER, found),
        databases=_tallies(sources, {Role.DATABASE}, found),
        registers=_tallies(sources, {Role.REGISTER}, found),
        stand_ins=_tallies(sources, {Role.STAND_IN}, found),
        other_sources=_tallies(sources, set(Role) - MAIN_ARM, found) if other else (),
        dbr_excluded=_reasons(main) if boxes else None,
        other_excluded=_reasons(other) if other else None,
        new_studies=included,
        new_reports=included,
        footnotes=tuple(footnotes),
        **boxes,
        **(_other_arm(other) if other else {}),
    )


def count_updated(
    states: Iterable[RecordState],
    sources: Sequence[SourceName],
    *,
    previous: Mapping[str, State],
    footnotes: Sequence[str] = (),
) -> Flow:
    """The Flow of an updated review, beside the states that the records had in its previous version.

    What was settled then and stands as it was does not flow again (U3); what was included then and is no longer
    counts as dropped (U1, U2), whatever became of it. All else flows, records that were open then among it.
    """
    rows = list(states)
    settled = {row.record for row in rows if _is_settled(previous.get(row.record), row.state)}
    flowing = [row for row in rows if row.record not in settled]
    whole = count_flow(rows, sources)
    found = count_flow(flowing, sources, footnotes=footnotes)
    before = {record for record, state in previous.items() if state is State.INCLUDED}
    now = {row.record for row in rows if row.state is State.INCLUDED}
    known = whole.new_studies is not None
    return replace(
        found,
        database_results=whole.database_results,
        register_results=whole.register_results,
        databases=whole.databases,
        registers=whole.registers,
        stand_ins=whole.stand_ins,
        already_screened=sum(row.record in settled for row in rows if row.role in MAIN_ARM)
        if known
        else None,
        updated=True,
        previous_studies=len(before),
        previous_reports=len(before),
        dropped_studies=len(before - now) if known else None,
        dropped_reports=len(before - now) if known else None,
        total_studies=len(now) if known else None,
        total_reports=len(now) if known else None,
    )


_OPEN = frozenset({State.AWAITING_SCREENING, State.AWAITING_ASSESSMENT})


def _is_settled(then: State | None, now: State) -> bool:
    return then is not None and then not in _OPEN and (then is now or then is State.INCLUDED)


def _main_arm(rows: Sequence[RecordState]) -> dict[str, Any]:
    states = Counter(row.state for row in rows)
    return {
        "duplicates": states[State.DUPLICATE],
        "excluded_automatic": states[State.INELIGIBLE_BY_MACHINE],
        "excluded_other": 0,
        "awaiting_screening": states[State.AWAITING_SCREENING],
        "unscreened_by_rule": states[State.UNSCREENED_BY_RULE],
        "records_screened": _sum(states, _SCREENED),
        "records_excluded": states[State.RECORD_EXCLUDED],
        "records_excluded_automatic": 0,
        "dbr_sought_reports": _sum(states, _SOUGHT),
        "dbr_notretrieved_reports": states[State.NOT_RETRIEVED],
        "awaiting_assessment": states[State.AWAITING_ASSESSMENT],
        "dbr_assessed": _sum(states, _ASSESSED),
    }


def _other_arm(rows: Sequence[RecordState]) -> dict[str, Any]:
    states = Counter(row.state for row in rows)
    return {
        "other_sought_reports": len(rows) - states[State.DUPLICATE],
        "other_notretrieved_reports": states[State.NOT_RETRIEVED],
        "other_awaiting_assessment": states[State.AWAITING_ASSESSMENT],
        "other_assessed": _sum(states, _ASSESSED),
    }


def _sum(states: Mapping[State, int], wanted: Iterable[State]) -> int:
    return sum(states[state] for state in wanted if state in states)


def _sum_searched(sources: Sequence[SourceName], role: Role, found: Mapping[str, int]) -> Count:
    """The records of the searches that were run; `None` when none of this role was."""
    searched = [source for source in sources if source.role is role and source.searched]
    return sum(found.get(source.source, 0) for source in searched) if searched else None


def _tallies(
    sources: Sequence[SourceName], roles: set[Role], found: Mapping[str, int]
) -> tuple[Tally, ...]:
    return tuple(
        Tally(
            label=source.label,
            n=found.get(source.source, 0) if source.searched else None,
            not_run=not source.searched,
        )
        for source in sources
        if source.role in roles
    )


def _reasons(rows: Iterable[RecordState]) -> tuple[Tally, ...]:
    reasons = Counter(
        row.reason or "no reason given" for row in rows if row.state is State.REPORT_EXCLUDED
    )
    return tuple(
        Tally(label=reason, n=n)
        for reason, n in sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    )
