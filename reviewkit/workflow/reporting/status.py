"""`status`: how far the review is, per stage and reviewer, and what to do next."""

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from reviewkit.model.records import STAGE_WORDS, Role, Stage, Verdict
from reviewkit.model.text import plural
from reviewkit.prisma.partition import State
from reviewkit.protocol.model import Protocol
from reviewkit.screening.queue import Candidate
from reviewkit.screening.rules import Rules
from reviewkit.screening.standings import KnownStandings, Standing
from reviewkit.store import Store, reviewer_queries, screening_queries
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
from reviewkit.workflow.reporting.update_status import UpdateStatus, read_update_status
from reviewkit.workflow.session.session_config import read_rules
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
    rules = read_rules(store, protocol, stage, lambda: _known(store, stage))
    tally = _tally(store, stage, rules)
    ends = [each for each in tally if each.is_end]
    lost = [each for each in tally if each.is_lost]

    return StageStatus(
        stage=stage,
        reviewers_needed=rules.needed,
        records=_sum(tally),
        included=_sum(each for each in ends if each.joint == Verdict.INCLUDE),
        excluded=_sum(each for each in ends if each.joint == Verdict.EXCLUDE),
        undecided=_sum(each for each in tally if each.is_undecided),
        not_retrieved=_sum(lost),
        begun=_sum(each for each in tally if each.joint == "awaiting" and not each.is_lost),
        conflicts=sum(at == stage for _, at in reviewer_queries.conflicts(store)),
        pilot=len(rules.pilot),
        reviewers=_reviewers(store, stage, tally, rules, with_verdicts),
    )


def _known(store: Store, stage: Stage) -> tuple[Iterable[Candidate], Iterable[str]]:
    candidates = screening_queries.candidates(store, stage, dated=False)
    return candidates, screening_queries.verdicts_by_record(store, stage)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Alike:
    """So many records of a stage stand alike and have the same joint verdict."""

    standing: Standing
    joint: str | None
    count: int

    @property
    def is_end(self) -> bool:
        return self.joint in {Verdict.INCLUDE, Verdict.EXCLUDE}

    @property
    def is_lost(self) -> bool:
        return self.standing.rules.not_retrieved and not self.is_end

    @property
    def is_undecided(self) -> bool:
        """Neither decided on, nor lost, nor left out by a stop before anybody decided."""
        is_left_out = self.standing.rules.stopped and not self.standing.decided
        return not (self.is_end or self.is_lost or is_left_out)


def _tally(store: Store, stage: Stage, rules: Rules) -> list[_Alike]:
    """Count the records of a stage: there may be a million, of a few dozen kinds."""
    known = KnownStandings(rules, screening_queries.settled_records(store, stage))
    kinds: dict[tuple[int, str | None], Standing] = {}
    counts: Counter[tuple[int, str | None]] = Counter()

    for record, joint, verdicts in screening_queries.records_with_verdicts(store, stage):
        standing = known.of(record, verdicts)
        kind = id(standing), joint
        kinds[kind] = standing
        counts[kind] += 1
    return [
        _Alike(standing=kinds[kind], joint=kind[1], count=count) for kind, count in counts.items()
    ]


def _sum(tally: Iterable[_Alike]) -> int:
    return sum(each.count for each in tally)


def _reviewers(
    store: Store, stage: Stage, tally: Sequence[_Alike], rules: Rules, with_verdicts: bool
) -> tuple[ReviewerStatus, ...]:
    """Everybody who has decided or was assigned something at the stage, by name."""
    counts = reviewer_queries.reviewer_counts(store, stage)
    assigned = {name for at, name in reviewer_queries.assignment_counts(store) if at == stage}
    published = published_reviewers(store)
    left = {
        name: _sum(each for each in tally if each.standing.is_open_to(name))
        for name in {*counts, *assigned} - published
    }
    is_blind = rules.needed > 1 and any(left.values())

    reviewers = []
    for name in sorted({*counts, *assigned}):
        # A colleague may still decide on the records of the published review.
        # Its totals are therefore shown on request only.
        is_shown = with_verdicts or not (is_blind or name in published)
        told = counts.get(name, ReviewerCounts(reviewer=name))
        if name in left:
            told = _at_the_stage(told, tally)
        reviewers.append(_reviewer(told, left.get(name), shown=is_shown))
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


def _at_the_stage(told: ReviewerCounts, tally: Iterable[_Alike]) -> ReviewerCounts:
    """The decisions that count, as on the screen: those on the stage's records, copies once."""
    verdicts: Counter[Verdict] = Counter()
    for each in tally:
        own = dict(each.standing.decided).get(told.reviewer)
        if own is not None:
            verdicts[own] += each.count
    return replace(
        told,
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
