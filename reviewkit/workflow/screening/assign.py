"""`assign`: split the open records of a stage between reviewers; a new round replaces the last."""

import datetime
import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reviewkit.model.errors import UsageError
from reviewkit.model.foreign import whole_number
from reviewkit.model.records import Stage
from reviewkit.screening.assignment import split
from reviewkit.store.reviewer_queries import add_assignment
from reviewkit.workflow.clock import timestamp
from reviewkit.workflow.open_review import open_store, reviewer_in
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.session.session_config import Facts, read_facts


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignOptions:
    """How to split.

    `by`: who assigns. `overlap`: how many records everybody gets, a number or a share such as
    "10%". `seed`: of the random split.
    """

    by: str
    stage: Stage
    overlap: str = "0"
    seed: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignResult:
    """How many open records were assigned, how many of them to all, how many to each reviewer."""

    stage: Stage
    records: int
    overlap: int
    pilot: int
    per_reviewer: dict[str, int]


def assign(
    project: ReviewProject,
    reviewers: Sequence[str],
    options: AssignOptions,
    *,
    now: datetime.datetime,
) -> AssignResult:
    """Split the open records of a stage between reviewers.

    Each record goes to as many reviewers as the stage needs; the records of the pilot go to all.
    A reviewer keeps the records on which that reviewer has decided. Raises UsageError for names or
    an overlap that make no sense.
    """
    with open_store(project, now=now) as store, store.transaction():
        names = [reviewer_in(store, project, name) for name in reviewers]
        if len(set(names)) < len(names) or not names:
            raise UsageError(
                "each reviewer is named once", hint="reviewkit assign clinician methodologist"
            )
        assigner = reviewer_in(store, project, options.by)
        facts = read_facts(store, project.protocol, options.stage)
        waiting = _open_records(facts)
        shared = _count(options.overlap, len(waiting))
        plan = _plan(facts, waiting, names, overlap=shared, seed=options.seed)
        words = (
            f"{len(waiting)} open records among {', '.join(names)}; "
            f"overlap {shared}; seed {options.seed}"
        )
        values = {
            "stage": options.stage,
            "assigned_by": assigner,
            "plan": words,
            "assigned_at": timestamp(now),
        }
        add_assignment(store, values, plan, protocol=project.protocol_sha256)

    return AssignResult(
        stage=options.stage,
        records=len(waiting),
        overlap=shared,
        pilot=len(facts.rules.pilot),
        per_reviewer=_load(plan, names),
    )


def _plan(
    facts: Facts, waiting: Sequence[str], names: Sequence[str], *, overlap: int, seed: int
) -> dict[str, tuple[str, ...]]:
    """By record, the reviewers who get it; who has decided on it keeps it."""
    deciders = {record: frozenset(by) for record, by in facts.decided.items()}
    return split(waiting, names, each=facts.rules.needed, overlap=overlap, seed=seed, kept=deciders)


def _load(plan: Mapping[str, Sequence[str]], names: Sequence[str]) -> dict[str, int]:
    """By reviewer, how many records the plan gives."""
    load = Counter(itertools.chain.from_iterable(plan.values()))
    return {name: load[name] for name in sorted({*names, *load})}


def _open_records(facts: Facts) -> list[str]:
    """The records that still need a decision, without those of the pilot."""
    keys = (candidate.record for candidate in facts.candidates)
    return [key for key in keys if key not in facts.rules.pilot and facts.lacks_decisions(key)]


def _count(overlap: str, records: int) -> int:
    """The number of records that an overlap stands for, a share rounded up."""
    text = overlap.strip()
    is_share = text.endswith("%")
    number = whole_number(text.removesuffix("%").strip())

    if number is None or (is_share and number > 100):
        raise UsageError(
            f"{overlap!r} is no overlap",
            hint="a number of records, such as 50, or a share, such as 10%",
        )

    if is_share:
        return -(-records * number // 100)
    return min(number, records)
