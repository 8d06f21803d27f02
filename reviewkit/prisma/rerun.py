"""The flow of a published review's rerun: no box claims a step that nobody took. Pure.

A rerun searches, removes duplicates and checks criteria. It does not screen: which works the review
included is known from its list, and what it did with the other records is not.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from reviewkit.model.flow import Flow, Tally
from reviewkit.model.records import Role
from reviewkit.prisma.partition import MAIN_ARM, RecordState, SourceName, State, count_flow

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
_REMOVED = frozenset({State.DUPLICATE, State.INELIGIBLE_BY_MACHINE})


def count_rerun(
    states: Sequence[RecordState],
    sources: Sequence[SourceName],
    *,
    works: Sequence[Tally],
    footnotes: Sequence[str] = (),
) -> Flow:
    """Return the flow of a rerun in which nobody has screened.

    What was removed before screening is counted; all other records are left to be screened.
    `works` are the works that the review includes, by where they come from: "works_returned",
    "works_compiled" or "works_listed". Works of the published list alone are in no search's count.
    """
    found = [unscreened(state) for state in states if state.role is not Role.REPORTED]
    named = [source for source in sources if source.role is not Role.REPORTED]
    flow = count_flow(found, named, footnotes=footnotes)
    silent: dict[str, Any] = dict.fromkeys(SELECTION_BOXES)

    return replace(
        flow,
        **silent,
        other_awaiting_assessment=None,
        not_repeated=SELECTION_BOXES,
        not_comparable=_incomplete(named),
        included_works=tuple(works),
    )


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
