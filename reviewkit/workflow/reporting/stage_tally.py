"""How many records of a stage stand alike: a million records are a few dozen kinds."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from reviewkit.model.records import Stage, Verdict
from reviewkit.protocol.model import Protocol
from reviewkit.screening.queue import Candidate
from reviewkit.screening.rules import Rules
from reviewkit.screening.standings import KnownStandings, Standing
from reviewkit.store import Store, screening_queries
from reviewkit.workflow.session.session_config import read_rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """So many records stand alike and have the same joint verdict."""

    standing: Standing
    joint: str | None
    count: int

    @property
    def is_end(self) -> bool:
        return self.joint in {Verdict.INCLUDE, Verdict.EXCLUDE}

    @property
    def is_lost(self) -> bool:
        return self.standing.rules.not_retrieved and not self.is_end

    @property
    def is_begun(self) -> bool:
        return self.joint == "awaiting" and not self.is_lost

    @property
    def is_undecided(self) -> bool:
        """Neither decided on, nor lost, nor left out by a stop before anybody decided."""
        is_left_out = self.standing.rules.stopped and not self.standing.decided
        return not (self.is_end or self.is_lost or is_left_out)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTally:
    """The records of a stage by how they stand, and who has to decide on them."""

    rules: Rules
    kinds: tuple[Alike, ...]

    def count(self, wanted: Callable[[Alike], bool]) -> int:
        """Return how many records are of the wanted kinds."""
        return sum(kind.count for kind in self.kinds if wanted(kind))

    def left(self, reviewer: str) -> int:
        """Return how many records wait for a reviewer."""
        return self.count(lambda kind: kind.standing.is_open_to(reviewer))

    def verdicts(self, reviewer: str) -> Counter[Verdict]:
        """Return a reviewer's verdicts on the stage's records, on the copies of one once."""
        verdicts: Counter[Verdict] = Counter()

        for kind in self.kinds:
            own = dict(kind.standing.decided).get(reviewer)
            if own is not None:
                verdicts[own] += kind.count
        return verdicts


def tally_stage(store: Store, protocol: Protocol, stage: Stage) -> StageTally:
    """Count the records of a stage; no more than one of them is held."""
    rules = read_rules(store, protocol, stage, lambda: _known(store, stage))
    known = KnownStandings(rules, screening_queries.settled_records(store, stage))
    standings: dict[tuple[int, str | None], Standing] = {}
    counts: Counter[tuple[int, str | None]] = Counter()

    for record, joint, verdicts in screening_queries.records_with_verdicts(store, stage):
        standing = known.of(record, verdicts)
        kind = id(standing), joint
        standings[kind] = standing
        counts[kind] += 1

    kinds = (
        Alike(standing=standings[kind], joint=kind[1], count=count)
        for kind, count in counts.items()
    )
    return StageTally(rules=rules, kinds=tuple(kinds))


def _known(store: Store, stage: Stage) -> tuple[Iterable[Candidate], Iterable[str]]:
    candidates = screening_queries.candidates(store, stage, dated=False)
    return candidates, screening_queries.verdicts_by_record(store, stage)
