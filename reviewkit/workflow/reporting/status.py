"""`status`: how far the review is, per stage and reviewer, and what to do next."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from reviewkit.model.records import STAGE_WORDS, Role, Stage, Verdict
from reviewkit.model.text import plural
from reviewkit.prisma.partition import State
from reviewkit.protocol.model import Protocol
from reviewkit.store import Store, reviewer_queries
from reviewkit.store.decisions import count_pending, published_reviewers
from reviewkit.store.pairs import open_pairs
from reviewkit.store.reviewer_queries import CurrentStop, ReviewerCounts
from reviewkit.store.source_names import source_rows
from reviewkit.workflow.duplicates.link_settings import is_deduplicated, linked_otherwise
from reviewkit.workflow.open_review import read_store
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.reporting.protocol_changes import (
    ChangeSinceDecisions,
    changes_since_decisions,
)
from reviewkit.workflow.reporting.stage_tally import StageTally, tally_stage
from reviewkit.workflow.reporting.update_status import UpdateStatus, read_update_status
from reviewkit.workflow.setup.unnamed_sources import unnamed_sentences


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewerStatus:
    """One reviewer at one stage. `left`: records that wait for this reviewer.

    `left` is `None` for the published review. The counts of decisions are `None` where they could
    influence a colleague who screens blind.
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
    """One stage: its records, how many are decided either way, and how many wait for what.

    A report that was not retrieved is settled: neither decided on nor undecided.
    """

    stage: Stage
    reviewers_needed: int
    records: int
    included: int
    excluded: int
    undecided: int
    not_retrieved: int
    begun: int
    conflicts: int
    pilot: int
    reviewers: tuple[ReviewerStatus, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The whole review: records by state (of the team), stages, the current stop, what to do next.

    Of the records that the team has decided on, `copies_decided` are duplicates of another record,
    and `gone_decided` are in no run that makes the flow. Their decisions are kept and do not count.
    `pairs_open`: possible duplicates that wait for a person's answer.
    """

    review: str
    states: dict[str, int]
    stages: tuple[StageStatus, ...]
    stop: CurrentStop | None
    protocol_changes: tuple[ChangeSinceDecisions, ...]
    copies_decided: int
    gone_decided: int
    pairs_open: int
    next: tuple[str, ...]
    updates: UpdateStatus
    notices: tuple[str, ...] = ()


def read_status(
    project: ReviewProject, *, now: datetime.datetime, with_verdicts: bool = False
) -> Status:
    """How far the review is. Raises UsageError where there are no records yet.

    Each reviewer's decisions are counted only where nobody screens blind any more, or with
    `with_verdicts`.
    """
    protocol = project.protocol
    with read_store(project, now=now) as store:
        store.hold_states()
        stages = tuple(stage_status(store, protocol, stage, with_verdicts) for stage in Stage)
        states = reviewer_queries.state_counts(store)
        copies, gone = reviewer_queries.count_uncounted(store)
        changes = changes_since_decisions(store, protocol, project.protocol_sha256)
        updates = read_update_status(store, protocol, pending=count_pending(store), now=now)
        pairs = len(open_pairs(store))
        return Status(
            review=protocol.review.id,
            states={state: states.get(state, 0) for state in State},
            stages=stages,
            stop=reviewer_queries.current_stop(store),
            protocol_changes=changes,
            copies_decided=copies,
            gone_decided=gone,
            pairs_open=pairs,
            next=(
                *_about_searches(store, protocol),
                *_about_updates(updates),
                *_about_changes(changes),
                *_about_duplicates(pairs, is_deduplicated=is_deduplicated(store)),
                *_next(stages, states),
            ),
            updates=updates,
            notices=(
                *unnamed_sentences(store, protocol),
                *linked_otherwise(store, protocol),
            ),
        )


def stage_status(
    store: Store, protocol: Protocol, stage: Stage, with_verdicts: bool = False
) -> StageStatus:
    """How far one stage is; each reviewer's decisions are counted as `read_status` says."""
    tally = tally_stage(store, protocol, stage)
    return StageStatus(
        stage=stage,
        reviewers_needed=tally.rules.needed,
        records=tally.count(lambda kind: True),
        included=tally.count(lambda kind: kind.joint == Verdict.INCLUDE),
        excluded=tally.count(lambda kind: kind.joint == Verdict.EXCLUDE),
        undecided=tally.count(lambda kind: kind.is_undecided),
        not_retrieved=tally.count(lambda kind: kind.is_lost),
        begun=tally.count(lambda kind: kind.is_begun),
        conflicts=sum(at == stage for _, at in reviewer_queries.conflicts(store)),
        pilot=len(tally.rules.pilot),
        reviewers=_reviewers(store, stage, tally, with_verdicts),
    )


def _reviewers(
    store: Store, stage: Stage, tally: StageTally, with_verdicts: bool
) -> tuple[ReviewerStatus, ...]:
    """Everybody who has decided or was assigned something at the stage, by name."""
    counts = reviewer_queries.reviewer_counts(store, stage)
    assigned = {name for at, name in reviewer_queries.assignment_counts(store) if at == stage}
    published = published_reviewers(store)
    people = {*counts, *assigned}
    left = {name: tally.left(name) for name in people - published}
    is_blind = tally.rules.needed > 1 and any(left.values())

    reviewers = []
    for name in sorted(people):
        # A colleague may still decide on the records of the published review.
        # Its totals are therefore shown on request only.
        is_shown = with_verdicts or not (is_blind or name in published)
        counted = counts.get(name, ReviewerCounts(reviewer=name))
        if name in left:
            counted = _at_the_stage(counted, tally)
        reviewers.append(_reviewer(counted, left.get(name), shown=is_shown))
    return tuple(reviewers)


def _reviewer(counts: ReviewerCounts, left: int | None, *, shown: bool) -> ReviewerStatus:
    """One reviewer's status; where it is not known how many are left, the published review's."""
    status = ReviewerStatus(
        reviewer=counts.reviewer,
        published=left is None,
        done=counts.done,
        include=None,
        exclude=None,
        maybe=None,
        left=left,
        first=counts.first,
        latest=counts.latest,
    )

    if not shown:
        return status
    return replace(status, include=counts.include, exclude=counts.exclude, maybe=counts.maybe)


def _at_the_stage(counted: ReviewerCounts, tally: StageTally) -> ReviewerCounts:
    """The decisions that count, as on the screen: those on the stage's records, copies once."""
    verdicts = tally.verdicts(counted.reviewer)
    return replace(
        counted,
        done=verdicts.total(),
        include=verdicts[Verdict.INCLUDE],
        exclude=verdicts[Verdict.EXCLUDE],
        maybe=verdicts[Verdict.MAYBE],
    )


def _about_searches(store: Store, protocol: Protocol) -> Iterator[str]:
    """Name each database and register of one's own review of which nothing is there yet."""
    if protocol.is_published:
        return
    there = {row.source for row in source_rows(store) if row.datasets > row.withdrawn}
    for source in protocol.sources:
        if source.role in {Role.DATABASE, Role.REGISTER} and source.id not in there:
            yield (
                f"No search of {source.name} is in the review yet: "
                f"reviewkit import FILE --source {source.id} --date DAY; "
                "if it found nothing, --none in place of FILE"
            )


def _about_updates(updates: UpdateStatus) -> tuple[str, ...]:
    if updates.state == "interrupted":
        return ("An update was interrupted: reviewkit update resumes it.",)
    if updates.state == "overdue":
        return (f"An update has been due since {updates.next_due}: reviewkit update",)
    return ()


def _about_changes(changes: Sequence[ChangeSinceDecisions]) -> tuple[str, ...]:
    if all(change.recorded for change in changes):
        return ()
    return ('The protocol changed after decisions were made: reviewkit amend "why" records it.',)


def _about_duplicates(pairs: int, *, is_deduplicated: bool) -> tuple[str, ...]:
    if not is_deduplicated:
        return ("No duplicates have been linked yet: reviewkit dedupe",)
    if pairs:
        waits = plural(
            pairs, "pair may be one record and waits", "pairs may be one record and wait"
        )
        return (f"{waits} for a person: reviewkit dedupe review",)
    return ()


def _next(stages: tuple[StageStatus, ...], states: dict[str, int]) -> tuple[str, ...]:
    """What to do next, as sentences with their commands."""
    steps: list[str] = []
    for stage in stages:
        steps += _next_at(stage)

    if not steps and states.get(State.INCLUDED, 0):
        steps += [
            "Every record is decided. The diagram: reviewkit prisma --out flow.svg",
            "The report: reviewkit report --out report.html",
        ]
        if any(stage.reviewers_needed > 1 for stage in stages):
            steps.append("How far the reviewers agreed: reviewkit agreement")
    return tuple(steps)


_OPTIONS = {Stage.TITLE_ABSTRACT: "", Stage.FULL_TEXT: " --stage full_text"}


def _next_at(stage: StageStatus) -> Iterator[str]:
    name, option = STAGE_WORDS[stage.stage], _OPTIONS[stage.stage]
    people = [reviewer for reviewer in stage.reviewers if not reviewer.published]
    for person in people:
        if person.left:
            yield (
                f"{person.reviewer} has {plural(person.left, 'record')} left at {name}: "
                f"reviewkit screen --reviewer {_word(person.reviewer)}{option}"
            )

    if len(people) < stage.reviewers_needed and stage.undecided:
        who = _some_reviewers(stage.reviewers_needed - len(people))
        records = plural(stage.undecided, "record waits", "records wait")
        yield f"{records} for {who} at {name}: reviewkit screen --reviewer NAME{option}"
    for person in people:
        if person.maybe:
            yield (
                f"{person.reviewer} marked {person.maybe} maybe at {name}: "
                "decide on them under the filter maybe"
            )
    if stage.conflicts:
        conflicts = plural(stage.conflicts, "conflict waits", "conflicts wait")
        yield f"{conflicts} at {name}: reviewkit resolve"


def _some_reviewers(count: int) -> str:
    return "a reviewer" if count == 1 else f"{count} reviewers"


def _word(name: str) -> str:
    """The name as one word of a command line."""
    return f'"{name}"' if " " in name else name
