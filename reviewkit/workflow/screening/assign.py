"""`assign`: the open records of a stage split between reviewers, as one round that replaces the one before."""

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from reviewkit.model.errors import UsageError
from reviewkit.model.records import Stage
from reviewkit.screening.assignment import split
from reviewkit.store import Store
from reviewkit.store.reviewer_queries import add_assignment
from reviewkit.workflow.clock import timestamp
from reviewkit.workflow.open_review import check_reviewer, open_store, refuse_published
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.session.session_config import Facts, read_facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """What was assigned: how many open records, how many of them to everybody, how many to each reviewer."""

    stage: Stage
    records: int
    overlap: int
    pilot: int
    per_reviewer: dict[str, int]


def assign(
    project: ReviewProject,
    reviewers: Sequence[str],
    *,
    by: str,
    stage: Stage,
    overlap: str = "0",
    seed: int = 1,
    now: datetime.datetime,
) -> Assigned:
    """Split what is open. `overlap` is how many records everybody gets: a number, or a share such as "10%".

    Each record goes to as many reviewers as the stage needs; the pilot's records stay everybody's. What a reviewer
    has decided on already stays with that reviewer. Raises UsageError for names or an overlap that make no sense.
    """
    names = [check_reviewer(project, name) for name in reviewers]
    if len(set(names)) < len(names) or not names:
        raise UsageError("each reviewer is named once", hint="reviewkit assign ana rui")
    assigner = check_reviewer(project, by)
    with open_store(project, now=now) as store, store.transaction():
        refuse_published(store, *names, assigner)
        facts = read_facts(store, project.protocol, stage)
        waiting, deciders = _open(facts)
        shared = _count(overlap, len(waiting))
        plan = split(
            waiting, names, each=facts.rules.needed, overlap=shared, seed=seed, kept=deciders
        )
        words = (
            f"{len(waiting)} open records among {', '.join(names)}; overlap {shared}; seed {seed}"
        )
        _store(store, project, stage, assigner, words, plan, now)
    load = Counter(name for chosen in plan.values() for name in chosen)
    return Assigned(
        stage=stage,
        records=len(waiting),
        overlap=shared,
        pilot=len(facts.rules.pilot),
        per_reviewer={name: load[name] for name in sorted({*names, *load})},
    )


def _open(facts: Facts) -> tuple[list[str], dict[str, frozenset[str]]]:
    """The records that still need a decision, without the pilot's, and who has decided on each record."""
    deciders = {record: frozenset(said) for record, said in facts.decided.items()}
    waiting = [
        c.record
        for c in facts.candidates
        if c.record not in facts.settled
        and c.record not in facts.rules.pilot
        and c.record not in facts.rules.stopped
        and len(deciders.get(c.record, ())) < facts.rules.needs(c.record)
    ]
    return waiting, deciders


def _count(overlap: str, records: int) -> int:
    text = overlap.strip()
    number = text.removesuffix("%").strip()
    if not number.isdigit() or (text.endswith("%") and int(number) > 100):
        raise UsageError(
            f"{overlap!r} is no overlap",
            hint="a number of records, such as 50, or a share, such as 10%",
        )
    return -(-records * int(number) // 100) if text.endswith("%") else min(int(number), records)


def _store(
    store: Store,
    project: ReviewProject,
    stage: Stage,
    by: str,
    words: str,
    plan: dict[str, tuple[str, ...]],
    now: datetime.datetime,
) -> None:
    values = {"stage": stage, "assigned_by": by, "plan": words, "assigned_at": timestamp(now)}
    add_assignment(store, values, plan, protocol=project.protocol_sha256)
