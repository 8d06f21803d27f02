"""The flow of a published review's rerun: no box claims a step that nobody took. Pure.

A rerun searches, removes duplicates and checks criteria. It does not screen: which works the review
included is known from its list, and what it did with the other records is not. What an update
brings later is the team's: what the team decides on it is counted.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from reviewkit.model.flow import Flow, Tally
from reviewkit.model.records import Role
from reviewkit.prisma.partition import (
    MAIN_ARM,
    NO_STUDIES,
    SCREENED,
    RecordState,
    SourceName,
    State,
    Studies,
    count_flow,
    count_updated,
)

# The steps of people, by the fields of `Flow`.
SELECTION_BOXES = (
    "records_screened",
    "records_excluded",
    "records_excluded_automatic",
    "dbr_sought_reports",
    "dbr_notretrieved_reports",
    "dbr_assessed",
    "dbr_excluded",
    "other_sought_reports",
    "other_notretrieved_reports",
    "other_assessed",
    "other_excluded",
    "new_studies",
    "new_reports",
)
# What follows from the records of all searches together.
_SUMS = ("duplicates", "excluded_automatic", "excluded_other", "awaiting_screening")
# What an updated version has beside a new review.
_VERSIONS = (
    "previous_studies",
    "previous_reports",
    "new_studies",
    "dropped_studies",
    "dropped_reports",
    "total_studies",
    "total_reports",
)
_REMOVED = frozenset({State.DUPLICATE, State.INELIGIBLE_BY_MACHINE})


def count_rerun(
    states: Sequence[RecordState],
    sources: Sequence[SourceName],
    *,
    works: Sequence[Tally],
    footnotes: Sequence[str] = (),
    team: Collection[str] = frozenset(),
    studies: Studies = NO_STUDIES,
) -> Flow:
    """Return the flow of a rerun: its own records are not screened by anybody.

    What was removed before screening is counted; all other records are left to be screened.
    `works` are the works that the review includes, by where they come from: "works_returned",
    "works_compiled" or "works_listed". Works of the published list alone are in no search's count.
    `team` are the records that an update brought first: what the team decided on them is counted.
    """
    found, named = rerun_states(states, team), _searches(sources)
    flow = count_flow(found, named, footnotes=footnotes, studies=studies)
    return replace(_silenced(flow, found, named, team), included_works=tuple(works))


def count_rerun_updated(
    states: Sequence[RecordState],
    sources: Sequence[SourceName],
    *,
    previous: Mapping[str, State],
    footnotes: Sequence[str] = (),
    team: Collection[str] = frozenset(),
    studies: Studies = NO_STUDIES,
) -> Flow:
    """Return the flow of a published review that updates keep up to date; see `count_updated`.

    Nobody has screened the rerun's records in a version before: they are left to be screened.
    What was included then and what is included now come from every state, as in `count_updated`.
    """
    found, named = rerun_states(states, team), _searches(sources)
    whole = count_updated(states, sources, previous=previous, studies=studies)
    before = {record: state for record, state in previous.items() if record in team}
    flow = count_updated(found, named, previous=before, footnotes=footnotes, studies=studies)
    versions = {key: getattr(whole, key) for key in _VERSIONS}
    for kind in ("studies", "reports"):
        versions |= _dropped_by_count(versions, kind, new=getattr(flow, f"new_{kind}") or 0)
    return _silenced(replace(flow, **versions), found, named, team)


def _dropped_by_count(versions: Mapping[str, Any], kind: str, *, new: int) -> dict[str, int | None]:
    """Return how many were dropped, by count: a work that another copy leads now is not dropped.

    Where more are included than the last version and the team explain, the total is not known.
    """
    previous, total = versions[f"previous_{kind}"], versions[f"total_{kind}"]
    if previous is None or total is None:
        return {}

    dropped = previous + new - total
    if dropped < 0:
        return {f"dropped_{kind}": None, f"total_{kind}": None}
    return {f"dropped_{kind}": dropped}


def rerun_states(states: Sequence[RecordState], team: Collection[str]) -> list[RecordState]:
    """Return the states of what searches found; only records of `team` keep a decision."""
    return [
        state if state.record in team else unscreened(state)
        for state in states
        if state.role is not Role.REPORTED
    ]


def _searches(sources: Sequence[SourceName]) -> list[SourceName]:
    return [source for source in sources if source.role is not Role.REPORTED]


def _silenced(
    flow: Flow,
    found: Sequence[RecordState],
    named: Sequence[SourceName],
    team: Collection[str],
) -> Flow:
    """Return the flow without a count in the boxes that the team has not filled either."""
    decided = [row for row in found if row.record in team and row.state in SCREENED]
    silent = _silent_boxes(decided)
    counts: dict[str, Any] = dict.fromkeys(silent)
    if "other_assessed" in silent:
        counts["other_awaiting_assessment"] = None

    return replace(
        flow,
        **counts,
        not_repeated=silent,
        not_comparable=_incomplete(named),
    )


def _silent_boxes(decided: Sequence[RecordState]) -> tuple[str, ...]:
    """Return the boxes of people's steps that none of these records fills."""
    if not decided:
        return SELECTION_BOXES
    if any(row.role not in MAIN_ARM for row in decided):
        return ()
    return tuple(key for key in SELECTION_BOXES if key.startswith("other_"))


def unscreened(state: RecordState) -> RecordState:
    """Return the state of a record before any person decides on it."""
    if state.state in _REMOVED or state.role not in MAIN_ARM:
        return state
    return replace(state, state=State.AWAITING_SCREENING, reason=None)


def _incomplete(sources: Sequence[SourceName]) -> tuple[str, ...]:
    """Return the sums that lack a source: what could not be run, or a list in its place."""
    sums = [
        key
        for key, role in (("database_results", Role.DATABASE), ("register_results", Role.REGISTER))
        if any(source.role is role and not source.searched for source in sources)
    ]
    is_partial = any(source.role in MAIN_ARM and not source.searched for source in sources)
    is_list = any(source.role is Role.STAND_IN for source in sources)
    if is_partial or is_list:
        sums += _SUMS

    return tuple(sums)
