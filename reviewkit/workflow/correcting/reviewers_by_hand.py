"""`reviewer list`, `rename` and `merge`: what reviewers are called. Stored events stay as they are.

A renaming is an event too. Queries show what was stored under a former name as the new one's.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace

from reviewkit.model.errors import CheckNotMet, UsageError
from reviewkit.model.names import alike_names
from reviewkit.model.records import Decision, Stage, Verdict
from reviewkit.protocol.model import Protocol
from reviewkit.store import Store
from reviewkit.store.decisions import add_decision
from reviewkit.store.reviewers import (
    Renaming,
    ReviewerDecision,
    add_renaming,
    decision_counts,
    decisions_by_name,
    former_names,
    move_terms,
)
from reviewkit.workflow.clock import timestamp
from reviewkit.workflow.open_review import (
    check_reviewer,
    open_store,
    read_store,
    refuse_published,
    reviewer_in,
)
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.reviewers import people_known

_SHOWN = 5
DecisionsByRecord = Mapping[tuple[str, str], ReviewerDecision]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewerLine:
    """A reviewer: the name that counts, the whole name, decisions that count, former names."""

    reviewer: str
    decisions: int
    former: tuple[str, ...]
    in_team: bool = False
    name: str | None = None
    orcid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Renamed:
    """What a renaming did.

    `both` is how many records both names had decided on, at one stage; `differed` on how many of
    those their decisions were not the same.
    """

    old: str
    new: str
    both: int
    differed: int


def list_reviewers(project: ReviewProject, *, now: datetime.datetime) -> list[ReviewerLine]:
    """Return everybody who is known in the review, by name."""
    with read_store(project, now=now) as store:
        former, counts = former_names(store), decision_counts(store)
        known = people_known(store, project.protocol)

    team = {former.get(member.id, member.id): member for member in project.protocol.screening.team}
    lines = []
    for name in known:
        line = ReviewerLine(
            reviewer=name,
            decisions=counts.get(name, 0),
            former=tuple(old for old, new in former.items() if new == name),
        )
        if member := team.get(name):
            line = replace(line, name=member.name, orcid=member.orcid, in_team=True)
        lines.append(line)
    return lines


def alike_reviewers(store: Store, protocol: Protocol) -> list[tuple[str, ...]]:
    """Return the groups of known reviewers who differ only in case, accents or blanks."""
    return alike_names(people_known(store, protocol))


def rename_reviewer(
    project: ReviewProject, old: str, new: str, *, by: str | None, now: datetime.datetime
) -> Renamed:
    """Call a reviewer otherwise from now on; `by` is who says so, by default the new name.

    Raises UsageError for a name that nobody has, or a new one that somebody has: that is a merge.
    """
    with open_store(project, now=now) as store, store.transaction():
        known = people_known(store, project.protocol)
        _need_known(old, known)
        name = check_reviewer(project, new)
        refuse_published(store, name)
        if name == old:
            raise UsageError(f"{old} is called so already", hint="name another one")
        if name in known:
            raise UsageError(
                f"{name} is a reviewer of this review already",
                hint=f"if both are one person: reviewkit reviewer merge {old} {name}",
            )
        author = name if by is None else reviewer_in(store, project, by)
        return _rename(store, project, _renaming(old, name, None, author, now))


def merge_reviewers(
    project: ReviewProject,
    old: str,
    into: str,
    *,
    prefer: str | None,
    by: str | None,
    now: datetime.datetime,
) -> Renamed:
    """Make two names one reviewer; `into` is the one that counts, and says so unless `by` does.

    Where both have decided differently on one record at one stage, the decisions of `prefer` count.
    Raises UsageError for a name that nobody has, CheckNotMet where they differ and none is
    preferred.
    """
    with open_store(project, now=now) as store, store.transaction():
        known = people_known(store, project.protocol)
        for name in (old, into):
            _need_known(name, known)
        if old == into:
            raise UsageError("these are one name", hint="name two reviewers")
        if prefer is not None and prefer not in {old, into}:
            raise UsageError(f"--prefer cannot be {prefer}", hint=f"it is {old} or {into}")
        author = into if by is None else reviewer_in(store, project, by)
        return _rename(store, project, _renaming(old, into, prefer, author, now))


def _renaming(old: str, new: str, prefer: str | None, by: str, now: datetime.datetime) -> Renaming:
    return Renaming(old=old, new=new, prefer=prefer, renamed_by=by, renamed_at=timestamp(now))


def _need_known(name: str, known: tuple[str, ...]) -> None:
    if name not in known:
        names = ", ".join(known) or "nobody yet"
        raise UsageError(f"{name!r} is no reviewer of this review", hint=f"known: {names}")


def _rename(store: Store, project: ReviewProject, renaming: Renaming) -> Renamed:
    """Append the renaming, and a decision wherever another one would count than is right."""
    old = decisions_by_name(store, renaming.old)
    new = decisions_by_name(store, renaming.new)
    both = sorted(old.keys() & new.keys())
    differing = [place for place in both if _differ(old[place], new[place])]
    if differing and renaming.prefer is None:
        raise _undecided(renaming, differing)

    add_renaming(store, renaming, protocol=project.protocol_sha256)
    move_terms(store, renaming.old, renaming.new)
    wanted = {**new, **old} if renaming.prefer == renaming.old else {**old, **new}
    _make_count(store, project, renaming, wanted)
    return Renamed(old=renaming.old, new=renaming.new, both=len(both), differed=len(differing))


def _differ(one: ReviewerDecision, two: ReviewerDecision) -> bool:
    return (one.verdict, one.reason) != (two.verdict, two.reason)


def _undecided(renaming: Renaming, differing: list[tuple[str, str]]) -> CheckNotMet:
    shown = ", ".join(record for record, _ in differing[:_SHOWN])
    if len(differing) > _SHOWN:
        shown += " …"
    return CheckNotMet(
        f"{renaming.old} and {renaming.new} decided differently on {len(differing)} records: "
        f"{shown}",
        hint=f"say whose decisions count: --prefer {renaming.old}, or --prefer {renaming.new}",
    )


def _make_count(
    store: Store, project: ReviewProject, renaming: Renaming, wanted: DecisionsByRecord
) -> None:
    """Decide again, in the name that counts, where otherwise another decision would count now."""
    current = decisions_by_name(store, renaming.new)
    for place, decision in wanted.items():
        if place in current and not _differ(current[place], decision):
            continue
        again = Decision(
            record=decision.record,
            stage=Stage(decision.stage),
            reviewer=renaming.new,
            verdict=Verdict(decision.verdict),
            reason=decision.reason,
            note=decision.note,
            decided_at=renaming.renamed_at,
        )
        add_decision(store, again, protocol=project.protocol_sha256)
