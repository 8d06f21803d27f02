"""`screen`: a session opened on a review's database."""

import datetime
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from reviewkit.model.errors import UsageError
from reviewkit.model.records import Stage
from reviewkit.protocol.model import ByPerson, CriterionKind, Protocol
from reviewkit.screening.models import Order
from reviewkit.store.duplicates import stored_leads
from reviewkit.store.records import record_by_key
from reviewkit.store.stage_marks import most_records
from reviewkit.workflow.open_review import (
    NoRecordsYetError,
    open_as,
    open_store,
    read_store,
    reviewers_needed,
)
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.ranking.process import Worker
from reviewkit.workflow.ranking.ranked import ALWAYS_CURRENT, BackgroundRanker, rank_database
from reviewkit.workflow.session.kept_queue import is_large
from reviewkit.workflow.session.screening import ScreeningSession
from reviewkit.workflow.session.session_config import SessionConfig
from reviewkit.workflow.session.session_queue import SessionQueue


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOptions:
    """What a reviewer can choose for a session.

    `blind`: whether colleagues' decisions stay hidden until enough have decided; `None` means where
    the stage needs more than one reviewer. The published review's decisions are always hidden until
    the reviewer has decided. `seeds` are keys of records known to be relevant, from which a ranked
    order begins. With `read_only` nothing can be stored.
    """

    stage: Stage = Stage.TITLE_ABSTRACT
    order: Order = Order.RANDOM
    seed: int = 1
    blind: bool | None = None
    seeds: Sequence[str] = ()
    read_only: bool = False


def open_session(
    project: ReviewProject,
    *,
    reviewer: str,
    options: SessionOptions,
    clock: Callable[[], datetime.datetime],
    worker: Worker | None = None,
) -> ScreeningSession:
    """Open a session on the review's database; close it, or use it as a context manager.

    `worker` is a process for the ranking that was started before. Raises UsageError for a name or a
    seed that cannot be used, seeds for another order, or a database without records.
    """
    if options.seeds and options.order is not Order.RANKED:
        raise UsageError(
            f"{options.order} order learns from no seeds",
            where="--seeds",
            hint="--order ranked, or no seeds",
        )

    try:
        seeds = _find_leads(project, options.seeds, now=clock())
        name, store = open_as(project, reviewer, now=clock(), read_only=options.read_only)
    except BaseException:
        if worker:
            worker.give_up()
        raise
    try:
        config = _make_config(project, name, options, clock)
        ranker = None
        if options.order is Order.RANKED:
            ranker = _start_ranker(project, options.seed, seeds, worker)
            ranker.waits_at_first = most_records(store) <= ALWAYS_CURRENT
        return ScreeningSession(store, config, ranker)
    except BaseException:
        store.close()
        raise


def prepare_queue(project: ReviewProject, *, now: datetime.datetime) -> None:
    """Keep the queue of a large review where the stage has changed: the next session opens at once.

    For a small review there is nothing to do, and nothing is written.
    """
    with suppress(NoRecordsYetError):
        with read_store(project, now=now) as store:
            if not is_large(store):
                return

        config = _make_config(project, "", SessionOptions(), lambda: now)
        with open_store(project, now=now) as store:
            SessionQueue(store, config, None)


def _make_config(
    project: ReviewProject,
    reviewer: str,
    options: SessionOptions,
    clock: Callable[[], datetime.datetime],
) -> SessionConfig:
    blind = options.blind
    if blind is None:
        blind = reviewers_needed(project.protocol)[options.stage] > 1

    return SessionConfig(
        review=project.protocol.review.title,
        protocol=project.protocol,
        protocol_sha256=project.protocol_sha256,
        reviewer=reviewer,
        stage=options.stage,
        order=options.order,
        seed=options.seed,
        blind=blind,
        fulltext=project.output / "fulltext",
        clock=clock,
    )


def _find_leads(
    project: ReviewProject, seeds: Sequence[str], *, now: datetime.datetime
) -> list[str]:
    """Return each seed as its lead record. Raises UsageError with every key that no record has."""
    if not seeds:
        return []
    with read_store(project, now=now) as store:
        if unknown := [seed for seed in seeds if record_by_key(store, seed) is None]:
            hint = "records are called as on the screen, for example pubmed:36674517"
            raise UsageError(f"no record called {', '.join(unknown)}", where="--seeds", hint=hint)
        leads = stored_leads(store)
    return [leads.get(seed, seed) for seed in seeds]


def _start_ranker(
    project: ReviewProject, seed: int, seeds: Sequence[str], worker: Worker | None
) -> BackgroundRanker:
    words = protocol_words(project.protocol)
    return rank_database(project.database, texts=words, seeds=seeds, seed=seed, worker=worker)


def protocol_words(protocol: Protocol) -> tuple[str, ...]:
    """Return the protocol's theme as one text for the ranking to begin from.

    It has the title, the descriptors and the inclusion criteria that a person judges.
    """
    criteria = [
        criterion.wording
        for criterion in protocol.criteria
        if criterion.kind is CriterionKind.INCLUSION and isinstance(criterion.check, ByPerson)
    ]
    return (
        " . ".join([protocol.review.title, *(d.term for d in protocol.descriptors), *criteria]),
    )
