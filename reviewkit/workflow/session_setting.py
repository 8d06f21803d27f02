"""What a screening session is opened with, and the queue that follows from it and the database."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol as Shape

from reviewkit.protocol import Protocol
from reviewkit.records import Stage, Verdict
from reviewkit.screening.nouns import Order
from reviewkit.screening.queue import Queue, Rules, arrange, pilot_records
from reviewkit.store import Store, desk


class Ranker(Shape):
    """What orders records by likely relevance. It learns from verdicts and excludes nothing by itself."""

    def learn(self, record: str, verdict: Verdict | None) -> None:
        """Take in a verdict; `None` takes it back."""

    def order(self) -> Sequence[str]:
        """Every candidate, the likeliest first, after at least all verdicts but the last."""

    def why(self, record: str) -> tuple[tuple[str, float], ...]:
        """The words that weigh most for this record, with their weights, the greatest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Who screens what, how. `blind`: colleagues' decisions stay hidden until enough reviewers have decided."""

    review: str
    protocol: Protocol
    protocol_sha256: str
    reviewer: str
    stage: Stage
    order: Order
    seed: int
    blind: bool
    fulltext: Path
    clock: Callable[[], datetime.datetime]


def build_queue(store: Store, setting: Setting, needed: Mapping[Stage, int]) -> Queue:
    """The reviewer's queue as the database stands."""
    candidates = desk.candidates(store, setting.stage)
    order = arrange(candidates, setting.order, setting.seed)
    pilot = setting.protocol.screening.pilot
    has_pilot = pilot is not None and setting.stage is Stage.TITLE_ABSTRACT
    rules = Rules(
        needed=needed[setting.stage],
        assigned=desk.assigned(store, setting.stage),
        pilot=pilot_records(order, size=pilot.size, seed=pilot.seed) if pilot and has_pilot else frozenset(),
        stopped=desk.stopped_records(store) if setting.stage is Stage.TITLE_ABSTRACT else frozenset(),
    )
    queue = Queue(order, reviewer=setting.reviewer, rules=rules)
    for standing in desk.standings(store, setting.stage):
        queue.hear(standing.record, standing.decided, settled=standing.settled)
    return queue


def reviewers_needed(protocol: Protocol) -> dict[Stage, int]:
    """How many reviewers each stage needs."""
    wanted = protocol.screening.reviewers
    return {Stage.TITLE_ABSTRACT: wanted.title_abstract, Stage.FULL_TEXT: wanted.full_text}
