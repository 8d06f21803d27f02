"""`stopping`: what can be said of the relevant records not yet seen; and a stop, recorded where somebody makes one.

It never stops anything by itself and never says that a review is complete.
"""

import datetime
import itertools
from collections.abc import Sequence
from dataclasses import asdict, dataclass

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
from reviewkit.workflow.clock import timestamp
from reviewkit.workflow.open_review import check_reviewer, open_store, refuse_published
from reviewkit.workflow.project import ReviewProject


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopping:
    """Where screening of title and abstract stands, and what each rule says of it.

    `recall` is how many were found after each screened record, in the order screened. `sample` is what the random
    sample says that was screened after screening had otherwise ended, or `None` where none was drawn; `sample_size`
    is how large one has to be to show the target where nothing is found in it.
    """

    screened: int
    total: int
    found: int
    recall: tuple[int, ...]
    test: HypergeometricTest
    heuristics: tuple[Heuristic, ...]
    sample: SampleCheck | None
    sample_size: int
    stop: dict[str, object] | None


def read_stopping(
    project: ReviewProject,
    *,
    recall_target: float = 0.95,
    confidence: float = 0.95,
    sample_tag: str = "sample",
    now: datetime.datetime,
) -> Stopping:
    """What can be said at this moment. Records with the tag `sample_tag` are the random sample, if there are any.

    A record on which the team is not agreed counts as found: the cautious reading. Raises UsageError for shares that
    are none, and where there are no records.
    """
    with open_store(project, now=now) as store:
        labels = reviewer_queries.screening_labels(store, Stage.TITLE_ABSTRACT)
        total = len(screening_queries.candidates(store, Stage.TITLE_ABSTRACT, dated=False))
        tagged = annotations.records_tagged(store, sample_tag)
        stop = reviewer_queries.current_stop(store)
    outside = [relevant for record, relevant in labels if record not in tagged]
    inside = [relevant for record, relevant in labels if record in tagged]
    test = hypergeometric_test(
        [relevant for _, relevant in labels],
        total=total,
        recall_target=recall_target,
        confidence=confidence,
    )
    sample = None
    if tagged:
        sample = sample_check(
            inside, unscreened=total - len(outside), found=sum(outside), confidence=confidence
        )
    unscreened = total - len(labels)
    return Stopping(
        screened=len(labels),
        total=total,
        found=test.found,
        recall=tuple(itertools.accumulate(int(relevant) for _, relevant in labels)),
        test=test,
        heuristics=heuristics([relevant for _, relevant in labels], total=total),
        sample=sample,
        sample_size=sample_size(
            unscreened=unscreened,
            found=test.found,
            recall_target=recall_target,
            confidence=confidence,
        ),
        stop=stop,
    )


def record_stop(project: ReviewProject, *, by: str, rule: str, now: datetime.datetime) -> int:
    """Leave every record that nobody has decided on unscreened, in somebody's name; how many they are.

    They become a state and a line of the flow of their own, with the rule and its figures. Raises UsageError where
    nothing is left.
    """
    told = read_stopping(project, now=now)
    name = check_reviewer(project, by)
    with open_store(project, now=now) as store, store.transaction():
        refuse_published(store, name)
        left = _undecided(store)
        if not left:
            raise UsageError(
                "every record has a decision", hint="there is nothing left to leave unscreened"
            )
        evidence = {
            "screened": told.screened,
            "total": told.total,
            "found": told.found,
            "hypergeometric": asdict(told.test),
            "heuristics": [asdict(each) for each in told.heuristics],
        }
        _add(store, project, name, rule, to_json(evidence), left, now, lifted=False)
    return len(left)


def lift_stop(project: ReviewProject, *, by: str, now: datetime.datetime) -> None:
    """Take the stop that stands back: its records wait for screening again. Raises UsageError where none stands."""
    name = check_reviewer(project, by)
    with open_store(project, now=now) as store, store.transaction():
        refuse_published(store, name)
        stop = reviewer_queries.current_stop(store)
        if stop is None:
            raise UsageError("no stop stands", hint="reviewkit stopping --stop RULE records one")
        _add(store, project, name, str(stop["rule"]), "{}", (), now, lifted=True)


def draw_sample(
    project: ReviewProject, *, size: int, seed: int, now: datetime.datetime
) -> list[str]:
    """Records drawn at random from those that nobody has decided on, by key: screen them and tag them `sample`."""
    with open_store(project, now=now) as store:
        return draw(_undecided(store), seed)[:size]


def _undecided(store: Store) -> list[str]:
    said = screening_queries.verdicts_by_record(store, Stage.TITLE_ABSTRACT)
    return [
        c.record
        for c in screening_queries.candidates(store, Stage.TITLE_ABSTRACT, dated=False)
        if not said.get(c.record)
    ]


def _add(
    store: Store,
    project: ReviewProject,
    by: str,
    rule: str,
    evidence: str,
    records: Sequence[str],
    now: datetime.datetime,
    *,
    lifted: bool,
) -> None:
    values: dict[str, str | int | None] = {
        "stopped_by": by,
        "rule": rule,
        "evidence": evidence,
        "lifted": int(lifted),
        "stopped_at": timestamp(now),
    }
    reviewer_queries.add_stop(store, values, records, protocol=project.protocol_sha256)
