"""`screen`: a session opened on a review's database."""

import datetime
from collections.abc import Callable, Collection, Sequence

from reviewkit.errors import UsageError
from reviewkit.protocol import ByPerson, CriterionKind, Protocol
from reviewkit.records import Stage
from reviewkit.screening.nouns import Order
from reviewkit.store import Store
from reviewkit.store.decisions import published_reviewers
from reviewkit.store.runs import add_protocol
from reviewkit.store.team import has_records, set_stages
from reviewkit.workflow.place import Place
from reviewkit.workflow.ranked import BackgroundRanker, rank_database
from reviewkit.workflow.ranking_process import Worker
from reviewkit.workflow.session import ScreeningSession
from reviewkit.workflow.session_setting import Setting, reviewers_needed


def open_session(  # noqa: PLR0913 - what a person can choose for a session, each by its name
    place: Place,
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
    Raises UsageError for a name that cannot be used or a database without records, and what the store raises.
    """
    name, store = open_as(place, reviewer, now=clock())
    try:
        needed = reviewers_needed(place.protocol)[stage]
        setting = Setting(
            review=place.protocol.review.title,
            protocol=place.protocol,
            protocol_sha256=place.protocol_sha256,
            reviewer=name,
            stage=stage,
            order=order,
            seed=seed,
            blind=needed > 1 if blind is None else blind,
            fulltext=place.output / "fulltext",
            clock=clock,
        )
        ranker = _ranker(place, setting, seeds, worker) if order is Order.RANKED else None
        return ScreeningSession(store, setting, ranker)
    except BaseException:
        store.__exit__(None, None, None)
        raise


def _ranker(place: Place, setting: Setting, seeds: Sequence[str], worker: Worker | None) -> BackgroundRanker:
    words = protocol_words(place.protocol)
    return rank_database(place.database, texts=words, seeds=seeds, seed=setting.seed, worker=worker)


def protocol_words(protocol: Protocol) -> tuple[str, ...]:
    """What the protocol says of its theme, as one text to begin from: title, descriptors, what a person must judge."""
    asked = [
        criterion.wording
        for criterion in protocol.criteria
        if criterion.kind is CriterionKind.INCLUSION and isinstance(criterion.check, ByPerson)
    ]
    return (" . ".join([protocol.review.title, *(d.term for d in protocol.descriptors), *asked]),)


def check_reviewer(place: Place, name: str) -> str:
    """The reviewer's name, in one spelling. Raises UsageError for one that cannot be used."""
    cleaned = " ".join(name.split())
    if not cleaned or not cleaned.isprintable() or len(cleaned) > 80:
        raise UsageError("a reviewer needs a name of 1 to 80 printable characters", hint="--reviewer ana")
    refuse_published(cleaned, {place.protocol.review.reviewer})
    return cleaned


def refuse_published(name: str, published: Collection[str]) -> None:
    """Raises UsageError for a name in which a published selection is replayed."""
    if name in published:
        raise UsageError(f"{name!r} is the published review's own name", hint="screen under another name: --reviewer")


def open_as(place: Place, reviewer: str, *, now: datetime.datetime) -> tuple[str, Store]:
    """A reviewer's name in one spelling, and the review's database, opened. Close the store.

    Raises UsageError for a name that cannot be used or a database without records.
    """
    name = check_reviewer(place, reviewer)
    store = open_store(place, now=now)
    try:
        refuse_published(name, published_reviewers(store))
    except BaseException:
        store.__exit__(None, None, None)
        raise
    return name, store


def open_store(place: Place, *, now: datetime.datetime) -> Store:
    """The review's database with this protocol known to it. Raises UsageError where there is nothing to screen."""
    if not place.database.exists():
        raise _no_records(place)
    store = Store(place.database, now=now)
    try:
        _prepare(store, place)
    except BaseException:
        store.__exit__(None, None, None)
        raise
    return store


def _prepare(store: Store, place: Place) -> None:
    if not has_records(store):
        raise _no_records(place)
    with store.transaction():
        add_protocol(store, place.protocol_sha256, review=place.protocol.review.id, toml=place.protocol_text)
        set_stages(store, reviewers_needed(place.protocol))


def _no_records(place: Place) -> UsageError:
    return UsageError(
        "holds no records yet",
        where=str(place.database),
        hint="bring them in first: reviewkit search, or reviewkit reproduce for a published review",
    )
