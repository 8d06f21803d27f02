"""What a screening session is opened with, and the queue that results from the database."""

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol as Shape

from reviewkit.model.records import Stage, Verdict
from reviewkit.protocol.model import Protocol
from reviewkit.screening.models import Order
from reviewkit.screening.queue import Candidate, arrange, pilot_records
from reviewkit.screening.rules import Rules
from reviewkit.screening.standings import Standings, stand
from reviewkit.store import Store, screening_queries
from reviewkit.workflow.open_review import reviewers_needed


class Ranker(Shape):
    """Orders records by likely relevance. It learns from verdicts and excludes nothing."""

    def learn(self, record: str, verdict: Verdict | None) -> None:
        """Learn a verdict; `None` takes it back."""

    def learn_first(self, included: Sequence[str], excluded: Sequence[str]) -> None:
        """Learn what was decided before the session."""

    def order(self) -> Iterable[str]:
        """The undecided records, the likeliest first; empty while not ready.

        The latest verdict may not be counted yet.
        """

    @property
    def ready(self) -> bool:
        """Whether an order is there."""

    def why(self, record: str) -> tuple[tuple[str, float], ...]:
        """The words that weigh most for this record, with their weights, the greatest first."""

    def renew(self) -> None:
        """Read the records again, since some have come or gone."""

    def close(self) -> None:
        """End the ranking."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionConfig:
    """Who screens what, how.

    `blind`: colleagues' decisions stay hidden until enough reviewers have decided.
    """

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A stage in the database: its records, who must decide, and what was decided."""

    candidates: tuple[Candidate, ...]
    rules: Rules
    decided: Mapping[str, Mapping[str, Verdict]]
    settled: frozenset[str]

    def lacks_decisions(self, record: str) -> bool:
        """Whether fewer reviewers have decided on a record than it needs."""
        deciders, settled = self.decided.get(record, {}), record in self.settled
        return self.rules.about(record).lacks_decisions(deciders, settled=settled)

    def standings(self, *, order: Order = Order.ID, seed: int = 1) -> Standings:
        """Where each record stands, in an order."""
        arranged = arrange(self.candidates, order, seed)
        return stand(arranged, self.rules, self.decided, self.settled)


def read_facts(store: Store, protocol: Protocol, stage: Stage, *, order: Order = Order.ID) -> Facts:
    """Read the facts of a stage, with what an order needs."""
    candidates = screening_queries.candidates(store, stage, dated=order is Order.DATE)
    decided = screening_queries.verdicts_by_record(store, stage)

    rules = read_rules(store, protocol, stage, lambda: (candidates, decided))
    return Facts(
        candidates=candidates,
        rules=rules,
        decided=decided,
        settled=screening_queries.settled_records(store, stage),
    )


# The records of a stage, and those that somebody has decided on.
_Known = tuple[Iterable[Candidate], Iterable[str]]


def read_rules(
    store: Store, protocol: Protocol, stage: Stage, read_known: Callable[[], _Known]
) -> Rules:
    """Read who has to decide at a stage. `read_known` is asked only where a pilot is drawn."""
    rules = Rules(
        needed=reviewers_needed(protocol)[stage],
        assigned=screening_queries.assigned_reviewers(store, stage),
    )
    if stage is Stage.FULL_TEXT:
        return replace(rules, not_retrieved=screening_queries.not_retrieved_records(store))

    # Pilot and stop are of title and abstract only.
    return replace(
        rules,
        pilot=_pilot(store, protocol, read_known),
        stopped=screening_queries.stopped_records(store),
    )


def _pilot(store: Store, protocol: Protocol, read_known: Callable[[], _Known]) -> frozenset[str]:
    """Return the calibration set that all reviewers screen; it stays the same as the review grows.

    Records that came after screening began are never drawn. A drawn record that was decided on and
    is then linked as a copy leaves the set; none takes its place.
    """
    pilot = protocol.screening.pilot
    if pilot is None:
        return frozenset()

    candidates, decided = read_known()
    here = {candidate.record for candidate in candidates}
    known = (here | {*decided}) - screening_queries.records_after_screening_began(store)
    return pilot_records(known, size=pilot.size, seed=pilot.seed) & here
