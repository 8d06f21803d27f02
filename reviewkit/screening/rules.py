"""What a record needs: how many reviewers, whether decisions are lacking, whose turn it is. Pure.

The rule is here and nowhere else in Python. The database has it in its views `verdicts` and
`selection_states`; tests/store/test_screening_rules.py holds the two against each other.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Who has to decide at a stage.

    `needed` is how many reviewers a record needs, `assigned` who has to screen which record. All
    reviewers screen the records of the `pilot`. A stop leaves the records in `stopped` unscreened.
    The reports of `not_retrieved` could not be had.
    """

    needed: int = 1
    assigned: Mapping[str, frozenset[str]] | None = None
    pilot: frozenset[str] = frozenset()
    stopped: frozenset[str] = frozenset()
    not_retrieved: frozenset[str] = frozenset()

    def needs(self, record: str) -> int:
        """Return how many reviewers must decide on a record."""
        if self.assigned and (names := self.assigned.get(record)):
            return len(names)
        return self.needed

    def is_closed(self, record: str, deciders: Collection[str], *, settled: bool) -> bool:
        """Whether nobody has to decide on a record, whoever is assigned.

        A record that anybody has decided on is closed once its conflict is settled. A record that
        nobody has decided on is closed while a stop leaves it. A report that was not retrieved is
        closed whatever was said of it.
        """
        if record in self.not_retrieved:
            return True
        return settled if deciders else record in self.stopped

    def lacks_decisions(self, record: str, deciders: Collection[str], *, settled: bool) -> bool:
        """Whether fewer reviewers have decided on a record than it needs."""
        if self.is_closed(record, deciders, settled=settled):
            return False
        return len(deciders) < self.needs(record)

    def is_open_to(
        self, reviewer: str, record: str, deciders: Collection[str], *, settled: bool
    ) -> bool:
        """Whether a reviewer who has not decided on a record has to."""
        if reviewer in deciders or self.is_closed(record, deciders, settled=settled):
            return False
        if record in self.pilot:
            return True

        if self.assigned and (names := self.assigned.get(record)):
            return reviewer in names
        return len(deciders) < self.needed
