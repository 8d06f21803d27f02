"""Replay the published selection as the decisions of a reviewer named after the review."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from reviewkit.model.records import Decision, Role, Stage, Verdict
from reviewkit.prisma.partition import RecordState, Selection, State
from reviewkit.protocol.reported import Work
from reviewkit.reproduction.works import Match, led_matches, work_as_record
from reviewkit.store import Store
from reviewkit.store.decisions import add_decisions, name_published_reviewer, states
from reviewkit.store.duplicates import stored_leads
from reviewkit.store.records import records_in_flow
from reviewkit.store.run_log import records_new_to_updates
from reviewkit.store.runs import add_run
from reviewkit.store.works import set_works, stored_works
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.reporting.flow_footnotes import NOT_AMONG_THE_WORKS
from reviewkit.workflow.searching.fallback_list import run_of_list


def match_reported(store: Store, project: ReviewProject, *, at: str) -> None:
    """Match the reported works with the flow's records, and store which record represents which.

    A work without a record enters as part of a run of its own, made from the review's list of
    works. So does a work that only an update found: that record is linked with it as a duplicate.
    `at` dates the run with the time of the latest search: a replay from the cache then gives the
    same rows.
    """
    works = project.protocol.reported.works if project.protocol.reported else ()
    matches = _match(store, works)
    unmatched = [work_as_record(work) for work in works if work.id not in matches]
    if unmatched:
        run = run_of_list(unmatched, source=Role.REPORTED, role=Role.REPORTED, at=at)
        add_run(store, run, unmatched, protocol=project.protocol_sha256, counts_in_flow=True)

    rows = []
    for position, work in enumerate(works):
        record, matched_by = f"{Role.REPORTED}:{work.id}", None
        if work.id in matches:
            record, matched_by = matches[work.id].record, matches[work.id].by
        rows.append((work.id, position, work.title, record, matched_by))
    set_works(store, rows)


def _match(store: Store, works: Sequence[Work]) -> Mapping[str, Match]:
    """By work, its record among those that the review's own searches found."""
    if not works:
        return {}

    later = records_new_to_updates(store)
    records = [
        record
        for record in records_in_flow(store)
        if record.source != Role.REPORTED and record.key not in later
    ]

    return led_matches(works, records, stored_leads(store))


def decide_as_reported(store: Store, project: ReviewProject, *, at: str) -> None:
    """Decide in the review's name what it is known to have decided: the works that it included.

    Nothing is decided on records that an update brought later: they wait for the team.
    """
    included = {record for record, _ in stored_works(store).values()}
    if not included:
        return

    reviewer = project.protocol.review.reviewer
    name_published_reviewer(store, reviewer)
    published = states(store, Selection.PUBLISHED, later=False)
    add_decisions(
        store, _decisions(published, included, reviewer, at), protocol=project.protocol_sha256
    )


def _decisions(
    states: Iterable[RecordState], included: Container[str], reviewer: str, at: str
) -> Iterator[Decision]:
    for state in states:
        if state.record in included:
            if state.state is not State.INCLUDED:
                yield from _inclusions(state.record, reviewer, at)
        elif state.state is State.AWAITING_SCREENING:
            yield Decision(
                record=state.record,
                stage=Stage.TITLE_ABSTRACT,
                reviewer=reviewer,
                verdict=Verdict.EXCLUDE,
                reason=NOT_AMONG_THE_WORKS,
                note=None,
                decided_at=at,
            )


def _inclusions(record: str, reviewer: str, at: str) -> Iterator[Decision]:
    """An inclusion at each stage."""
    for stage in Stage:
        yield Decision(
            record=record,
            stage=stage,
            reviewer=reviewer,
            verdict=Verdict.INCLUDE,
            reason=None,
            note=None,
            decided_at=at,
        )
