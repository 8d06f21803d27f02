"""`stopping`: estimate the relevant records not yet seen; record a stop that somebody makes.

It never stops anything by itself, and never says that a review is complete.
"""

import datetime
import itertools
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from reviewkit.model.errors import UsageError
from reviewkit.model.records import Stage
from reviewkit.screening.queue import draw
from reviewkit.screening.stopping import (
    Heuristic,
    HypergeometricTest,
    SampleCheck,
    heuristics,
    hypergeometric_test,
    sample_check,
    sample_size,
)
from reviewkit.store import Store, annotations, reviewer_queries, screening_queries
from reviewkit.store.database import to_json
from reviewkit.store.reviewer_queries import CurrentStop
from reviewkit.workflow.clock import timestamp
from reviewkit.workflow.open_review import open_store, read_store, reviewer_in
from reviewkit.workflow.project import ReviewProject

_SAMPLE_TAG = "sample"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopping:
    """How far screening of title and abstract is, and what each rule says of it.

    `recall`: how many were found after each screened record, in the order screened.
    `sample`: what the random sample says that was screened after the rest; `None` without one.
    `sample_size`: how large a sample has to be to show the target if nothing is found in it.
    """

    screened: int
    total: int
    found: int
    recall: tuple[int, ...]
    test: HypergeometricTest
    heuristics: tuple[Heuristic, ...]
    sample: SampleCheck | None
    sample_size: int
    stop: CurrentStop | None


def read_stopping(
    project: ReviewProject,
    *,
    recall_target: float = 0.95,
    confidence: float = 0.95,
    now: datetime.datetime,
) -> Stopping:
    """What the rules say now. Records with the tag `sample` are the random sample, if any.

    A record on which the team disagrees counts as found: the cautious reading. Raises UsageError
    for shares that are not between 0 and 1, and where there are no records.
    """
    with read_store(project, now=now) as store:
        labels = reviewer_queries.screening_labels(store, Stage.TITLE_ABSTRACT)
        total = len(screening_queries.candidates(store, Stage.TITLE_ABSTRACT, dated=False))
        tagged = annotations.records_tagged(store, _SAMPLE_TAG)
        stop = reviewer_queries.current_stop(store)

    relevant = [is_relevant for _, is_relevant in labels]
    test = hypergeometric_test(
        relevant, total=total, recall_target=recall_target, confidence=confidence
    )
    return Stopping(
        screened=len(labels),
        total=total,
        found=test.found,
        recall=tuple(itertools.accumulate(int(is_relevant) for is_relevant in relevant)),
        test=test,
        heuristics=heuristics(relevant, total=total),
        sample=_sample(labels, tagged, total=total, confidence=confidence),
        sample_size=sample_size(
            unscreened=total - len(labels),
            found=test.found,
            recall_target=recall_target,
            confidence=confidence,
        ),
        stop=stop,
    )


def _sample(
    labels: Sequence[tuple[str, bool]],
    tagged: Collection[str],
    *,
    total: int,
    confidence: float,
) -> SampleCheck | None:
    """The check of the random sample; `None` where no record has its tag."""
    if not tagged:
        return None

    inside = [is_relevant for record, is_relevant in labels if record in tagged]
    outside = [is_relevant for record, is_relevant in labels if record not in tagged]
    return sample_check(
        inside, unscreened=total - len(outside), found=sum(outside), confidence=confidence
    )


def record_stop(
    project: ReviewProject, stopping: Stopping, *, by: str, rule: str, now: datetime.datetime
) -> int:
    """Leave every undecided record unscreened, in somebody's name; returns how many they are.

    They become a state and a line of the flow of their own, with the rule and the figures of
    `stopping`. Raises UsageError for a rule without words, and where no record is undecided.
    """
    if not rule.strip():
        raise UsageError("the rule is empty", where="--stop", hint="give it in your words")
    with open_store(project, now=now) as store, store.transaction():
        name = reviewer_in(store, project, by)
        undecided = _undecided(store)
        if not undecided:
            raise UsageError(
                "every record has a decision", hint="there is nothing left to leave unscreened"
            )
        values: dict[str, str | int | None] = {
            "stopped_by": name,
            "rule": rule,
            "evidence": to_json(_figures(stopping)),
            "lifted": 0,
            "stopped_at": timestamp(now),
        }
        reviewer_queries.add_stop(store, values, undecided, protocol=project.protocol_sha256)
    return len(undecided)


def _figures(stopping: Stopping) -> dict[str, Any]:
    return {
        "screened": stopping.screened,
        "total": stopping.total,
        "found": stopping.found,
        "hypergeometric": asdict(stopping.test),
        "heuristics": [asdict(heuristic) for heuristic in stopping.heuristics],
    }


def lift_stop(project: ReviewProject, *, by: str, now: datetime.datetime) -> None:
    """Take the current stop back: its records wait for screening again.

    Raises UsageError where there is none.
    """
    with open_store(project, now=now) as store, store.transaction():
        name = reviewer_in(store, project, by)
        stop = reviewer_queries.current_stop(store)
        if stop is None:
            raise UsageError(
                "there is no stop to take back", hint="reviewkit stopping --stop RULE records one"
            )
        values: dict[str, str | int | None] = {
            "stopped_by": name,
            "rule": stop.rule,
            "evidence": "{}",
            "lifted": 1,
            "stopped_at": timestamp(now),
        }
        reviewer_queries.add_stop(store, values, (), protocol=project.protocol_sha256)


def draw_sample(
    project: ReviewProject, *, size: int, seed: int, now: datetime.datetime
) -> list[str]:
    """The keys of records drawn at random from the undecided ones: screen and tag them `sample`."""
    with read_store(project, now=now) as store:
        return draw(_undecided(store), seed)[:size]


def _undecided(store: Store) -> list[str]:
    decided = screening_queries.verdicts_by_record(store, Stage.TITLE_ABSTRACT)
    candidates = screening_queries.candidates(store, Stage.TITLE_ABSTRACT, dated=False)
    return [candidate.record for candidate in candidates if not decided.get(candidate.record)]
