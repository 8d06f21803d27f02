"""The published selection, replayed as the decisions of a reviewer named after the review."""

from collections.abc import Container, Iterable, Iterator

from reviewkit.model.records import Decision, Role, Stage, Verdict
from reviewkit.prisma.partition import RecordState, Selection, State
from reviewkit.reproduction.works import led_matches, work_as_record
from reviewkit.store import Store
from reviewkit.store.decisions import add_decisions, name_published_reviewer, states
from reviewkit.store.duplicates import stored_leads
from reviewkit.store.records import records_in_flow
from reviewkit.store.run_log import records_new_to_updates
from reviewkit.store.runs import add_run
from reviewkit.store.works import set_works, stored_works
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.reporting.review_flow import NOT_AMONG_THE_WORKS
from reviewkit.workflow.searching.fallback_list import run_of_list


def match_reported(store: Store, project: ReviewProject, *, at: str) -> None:
    """Match the reported works with the flow's records, and store which record stands for which.

    A work that no record stands for enters through the list of works that the review reports, as a run of its own,
    and so does one that only an update found: that record is linked with it as a copy. `at` dates the run: the time
    of the latest search, so that a replay from the cache gives the same rows.
    """
    works = project.protocol.reported.works if project.protocol.reported else ()
    later = records_new_to_updates(store)
    in_flow = records_in_flow(store) if works else []
    records = [r for r in in_flow if r.source != Role.REPORTED and r.key not in later]
    matches = led_matches(works, records, stored_leads(store))
    unmatched = [work_as_record(work) for work in works if work.id not in matches]
    if unmatched:
        run = run_of_list(unmatched, source=Role.REPORTED, role=Role.REPORTED, at=at)
        add_run(store, run, unmatched, protocol=project.protocol_sha256, counts_in_flow=True)
    found = {name: (match.record, match.by) for name, match in matches.items()}
    set_works(
        store,
        (
            (
                work.id,
                position,
                work.title,
                *found.get(work.id, (f"{Role.REPORTED}:{work.id}", None)),
            )
            for position, work in enumerate(works)
        ),
    )


def decide_as_reported(store: Store, project: ReviewProject, *, at: str) -> None:
    """Decide, in the review's name, what it can be known to have decided: the works it included, and no other.

    Of records that an update brought after it, nothing is decided here: these wait for the team.
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
        if state.record in included and state.state is not State.INCLUDED:
            for stage in Stage:
                yield _decision(state.record, stage, Verdict.INCLUDE, None, reviewer, at)
        elif state.record not in included and state.state is State.AWAITING_SCREENING:
            yield _decision(
                state.record,
                Stage.TITLE_ABSTRACT,
                Verdict.EXCLUDE,
                NOT_AMONG_THE_WORKS,
                reviewer,
                at,
            )


def _decision(
    record: str, stage: Stage, verdict: Verdict, reason: str | None, reviewer: str, at: str
) -> Decision:
    return Decision(
        record=record,
        stage=stage,
        reviewer=reviewer,
        verdict=verdict,
        reason=reason,
        note=None,
        decided_at=at,
    )
