"""`screen`: a session opened on a review's database."""

import datetime
from collections.abc import Callable, Sequence

from reviewkit.model.errors import UsageError
from reviewkit.model.records import Stage
from reviewkit.protocol.model import ByPerson, CriterionKind, Protocol
from reviewkit.screening.models import Order
from reviewkit.store import Store
from reviewkit.store.duplicates import stored_leads
from reviewkit.store.records import record_by_key
from reviewkit.workflow.open_review import open_as, reviewers_needed
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.ranking.process import Worker
from reviewkit.workflow.ranking.ranked import BackgroundRanker, rank_database
from reviewkit.workflow.session.screening import ScreeningSession
from reviewkit.workflow.session.session_config import SessionConfig


def open_session(  # noqa: PLR0913 - what a person can choose for a session, each by its name
    project: ReviewProject,
    *,
    reviewer: str,
    stage: Stage = Stage.TITLE_ABSTRACT,
    order: Order = Order.RANDOM,
    seed: int = 1,
    blind: bool | None = None,
    seeds: Sequence[str] = (),
    worker: Worker | None = None,
    clock: Callable[[], datetime.datetime],
) -> ScreeningSession:
    """A session on the review's database; close it, or use it as a context manager.

    `blind`: whether colleagues' decisions stay hidden until enough have decided; by default where the stage needs
    more than one reviewer. The published review's decisions are hidden until the reviewer has decided, always.
    `seeds` are keys of records known to be relevant, for a ranked order to begin from; `worker` a process for it that
    was started before.
    Raises UsageError for a name or a seed that cannot be used, seeds for another order, or a database without records,
    and what the store raises.
    """
    if seeds and order is not Order.RANKED:
        raise UsageError(
            f"{order} order learns from no seeds",
            where="--seeds",
            hint="--order ranked, or no seeds",
        )
    name, store = open_as(project, reviewer, now=clock())
    try:
        seeds = _leading(store, seeds)
        needed = reviewers_needed(project.protocol)[stage]
        config = SessionConfig(
            review=project.protocol.review.title,
            protocol=project.protocol,
            protocol_sha256=project.protocol_sha256,
            reviewer=name,
            stage=stage,
            order=order,
            seed=seed,
            blind=needed > 1 if blind is None else blind,
            fulltext=project.output / "fulltext",
            clock=clock,
        )
        ranker = _ranker(project, config, seeds, worker) if order is Order.RANKED else None
        return ScreeningSession(store, config, ranker)
    except BaseException:
        store.close()
        raise


def _leading(store: Store, seeds: Sequence[str]) -> list[str]:
    """The seeds, each as the copy that leads it. Raises UsageError naming every one that is no record."""
    if unknown := [seed for seed in seeds if record_by_key(store, seed) is None]:
        hint = "records are called as on the screen, for example pubmed:36674517"
        raise UsageError(f"no record called {', '.join(unknown)}", where="--seeds", hint=hint)
    leads = stored_leads(store) if seeds else {}
    return [leads.get(seed, seed) for seed in seeds]


def _ranker(
    project: ReviewProject, config: SessionConfig, seeds: Sequence[str], worker: Worker | None
) -> BackgroundRanker:
    words = protocol_words(project.protocol)
    return rank_database(
        project.database, texts=words, seeds=seeds, seed=config.seed, worker=worker
    )


def protocol_words(protocol: Protocol) -> tuple[str, ...]:
    """What the protocol says of its theme, as one text to begin from: title, descriptors, what a person must judge."""
    asked = [
        criterion.wording
        for criterion in protocol.criteria
        if criterion.kind is CriterionKind.INCLUSION and isinstance(criterion.check, ByPerson)
    ]
    return (" . ".join([protocol.review.title, *(d.term for d in protocol.descriptors), *asked]),)
