"""What a record needs: how many reviewers, whether decisions are lacking, whose turn it is. Pure.

The rule is here and nowhere else in Python. The database has it in its views `verdicts` and
`selection_states`; tests/store/test_screening_rules.py holds the two against each other.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRules:
    """Who has to decide on one record: what `Rules` says of it. Many records share the same."""

    needed: int = 1
    assigned: frozenset[str] = frozenset()
    pilot: bool = False
    stopped: bool = False
    not_retrieved: bool = False

    @property
    def needs(self) -> int:
        """How many reviewers must decide."""
        return len(self.assigned) or self.needed

    def is_closed(self, deciders: Collection[str], *, settled: bool) -> bool:
        """Whether nobody has to decide, whoever is assigned.

        A record that anybody has decided on is closed once its conflict is settled. A record that
        nobody has decided on is closed while a stop leaves it. A report that was not retrieved is
        closed whatever was said of it.
        """
        if self.not_retrieved:
            return True
        return settled if deciders else self.stopped

    def lacks_decisions(self, deciders: Collection[str], *, settled: bool) -> bool:
        """Whether fewer reviewers have decided than the record needs."""
        if self.is_closed(deciders, settled=settled):
            return False
        return len(deciders) < self.needs

    def is_open_to(self, reviewer: str, deciders: Collection[str], *, settled: bool) -> bool:
        """Whether a reviewer who has not decided has to."""
        if reviewer in deciders or self.is_closed(deciders, settled=settled):
            return False
        if self.pilot:
            return True

        if self.assigned:
            return reviewer in self.assigned
        return len(deciders) < self.needed


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

    def about(self, record: str) -> RecordRules:
        """Return what the rules say of one record."""
        return RecordRules(
            needed=self.needed,
            assigned=(self.assigned or {}).get(record, frozenset()),
            pilot=record in self.pilot,
            stopped=record in self.stopped,
            not_retrieved=record in self.not_retrieved,
        )
