"""`status`: where the review stands, per stage and reviewer, and what to do next."""

import datetime
from dataclasses import dataclass
from typing import Any

from reviewkit.model.records import Stage
from reviewkit.model.text import plural
from reviewkit.prisma.partition import State
from reviewkit.store import Store, reviewer_queries
from reviewkit.store.decisions import count_pending, published_reviewers
from reviewkit.workflow.open_review import open_store
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.reporting.update_status import UpdateStatus, read_update_status
from reviewkit.workflow.session.session_config import queue_of, read_facts

_NAMES = {Stage.TITLE_ABSTRACT: "title and abstract", Stage.FULL_TEXT: "full text"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewerStatus:
    """One reviewer at one stage. `left` is what waits for this reviewer; `None` for the published review.

    The counts of verdicts are `None` where they could give something away to a colleague who screens blind.
    """

    reviewer: str
    published: bool
    done: int
    include: int | None
    exclude: int | None
    maybe: int | None
    left: int | None
    first: str
    latest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StageStatus:
    """One stage: its records, how many are settled one way or the other, and how many wait for what."""

    stage: Stage
    reviewers_needed: int
    records: int
    included: int
    excluded: int
    undecided: int
    begun: int
    conflicts: int
    pilot: int
    reviewers: tuple[ReviewerStatus, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The whole review: records by state (the team's selection), stages, the stop that stands, what to do next.

    Of the records that the team has decided on, `copies_decided` are led by another copy, and `gone_decided` are in no
    run that makes the flow: what was said of these is kept and does not count.
    """

    review: str
    states: dict[str, int]
    stages: tuple[StageStatus, ...]
    stop: dict[str, Any] | None
    copies_decided: int
    gone_decided: int
    next: tuple[str, ...]
    updates: UpdateStatus


def read_status(
    project: ReviewProject, *, now: datetime.datetime, with_verdicts: bool = False
) -> Status:
    """Where the review stands. Raises UsageError where there are no records yet.

    Each reviewer's verdicts are counted only where nobody screens blind any more, or `with_verdicts`.
    """
    with open_store(project, now=now) as store:
        stages = tuple(
            _stage(store, project, stage, with_verdicts=with_verdicts) for stage in Stage
        )
        states = reviewer_queries.state_counts(store)
        pending = count_pending(store)
        copies, gone = reviewer_queries.count_uncounted(store)
        due = read_update_status(store, project.protocol, pending=pending, now=now)
        return Status(
            review=project.protocol.review.id,
            states={state: states.get(state, 0) for state in State},
            stages=stages,
            stop=reviewer_queries.current_stop(store),
            copies_decided=copies,
            gone_decided=gone,
            next=(*_about_updates(due), *_next(stages, states)),
            updates=due,
        )


def _about_updates(due: UpdateStatus) -> tuple[str, ...]:
    if due.state == "interrupted":
        return ("An update was interrupted: reviewkit update goes on with it.",)
    return (
        (f"An update has been due since {due.next_due}: reviewkit update",)
        if due.state == "overdue"
        else ()
    )


def _stage(
    store: Store, project: ReviewProject, stage: Stage, *, with_verdicts: bool
) -> StageStatus:
    facts = read_facts(store, project.protocol, stage)
    verdicts = {
        row["verdict"]: row["n"]
        for row in reviewer_queries.verdict_counts(store)
        if row["stage"] == stage
    }
    included, excluded = verdicts.get("include", 0), verdicts.get("exclude", 0)
    said = {
        row["reviewer"]: row
        for row in reviewer_queries.reviewer_counts(store)
        if row["stage"] == stage
    }
    assigned = {name for at, name in reviewer_queries.assignment_counts(store) if at == stage}
    published = published_reviewers(store)
    left = {
        name: None if name in published else queue_of(facts, name).left
        for name in sorted({*said, *assigned})
    }
    blind = facts.rules.needed > 1 and any(left.values())
    # A colleague may yet decide on what the published review decided: its totals are told on request only.
    shown = set(left) if with_verdicts else set() if blind else set(left) - published
    return StageStatus(
        stage=stage,
        reviewers_needed=facts.rules.needed,
        records=len(facts.candidates),
        included=included,
        excluded=excluded,
        undecided=len(facts.candidates)
        - included
        - excluded
        - sum(not facts.decided.get(record) for record in facts.rules.stopped),
        begun=verdicts.get("awaiting", 0),
        conflicts=sum(at == stage for _, at in reviewer_queries.conflicts(store)),
        pilot=len(facts.rules.pilot),
        reviewers=tuple(
            _reviewer(said.get(n, {}), n, left=waiting, shown=n in shown)
            for n, waiting in left.items()
        ),
    )


def _reviewer(row: dict[str, Any], name: str, *, left: int | None, shown: bool) -> ReviewerStatus:
    return ReviewerStatus(
        reviewer=name,
        published=left is None,
        done=row.get("done", 0),
        include=row.get("include", 0) if shown else None,
        exclude=row.get("exclude", 0) if shown else None,
        maybe=row.get("maybe", 0) if shown else None,
        left=left,
        first=row.get("first", ""),
        latest=row.get("latest", ""),
    )


def _next(stages: tuple[StageStatus, ...], states: dict[str, int]) -> tuple[str, ...]:
    """What to do next, as sentences with their commands."""
    told = []
    for stage in stages:
        name, option = (
            _NAMES[stage.stage],
            "" if stage.stage is Stage.TITLE_ABSTRACT else " --stage full_text",
        )
        people = [r for r in stage.reviewers if not r.published]
        told += [
            f"{r.reviewer} has {plural(r.left, 'record')} left at {name}: "
            f"reviewkit screen --reviewer {_word(r.reviewer)}{option}"
            for r in people
            if r.left
        ]
        if len(people) < stage.reviewers_needed and stage.undecided:
            missing = stage.reviewers_needed - len(people)
            who = "a reviewer" if missing == 1 else f"{missing} reviewers"
            waiting = plural(stage.undecided, "record waits", "records wait")
            told.append(f"{waiting} for {who} at {name}: reviewkit screen --reviewer NAME{option}")
        maybes = [r for r in people if r.maybe]
        told += [
            f"{r.reviewer} marked {r.maybe} maybe at {name}: decide on them under the filter maybe"
            for r in maybes
        ]
        if stage.conflicts:
            waiting = plural(stage.conflicts, "conflict waits", "conflicts wait")
            told.append(f"{waiting} at {name}: reviewkit resolve")
    if not told and states.get(State.INCLUDED, 0):
        told.append(
            "Every record is decided: reviewkit agreement says how far the reviewers agreed."
        )
    return tuple(told)


def _word(name: str) -> str:
    return f'"{name}"' if " " in name else name
