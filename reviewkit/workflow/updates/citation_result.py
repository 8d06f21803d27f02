"""What a citation search did, in sentences and for programs. Nothing is asked or stored here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from reviewkit.model.citations import CitationSearch, Direction, SeedOutcome
from reviewkit.model.text import plural
from reviewkit.sources.citations import INDEXES, index_label


class Ending(StrEnum):
    """Why a citation search ended."""

    ROUNDS = "all rounds that were asked for are done"
    NOTHING_NEW = "the last round found nothing new"
    FAILED = "an index failed"


_MOST_KEYS = 20
_SEED_SENTENCES = {
    SeedOutcome.NOT_ASKED: "not asked, for want of an identifier",
    SeedOutcome.UNKNOWN: "asked, and the index does not know them",
    SeedOutcome.NO_LIST: "asked, and the index has no list of them",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexOutcome:
    """One index in one direction: what came of it, or why it failed.

    `run` is `None` where nobody was asked: no seed has an identifier that the index takes.
    `taken_out`: the database had this run before, and somebody took it out of the flow.
    """

    index: str
    direction: Direction
    run: int | None = None
    is_new: bool = False
    count: int = 0
    missing: tuple[str, ...] = ()
    unresolved: int = 0
    search: CitationSearch | None = None
    taken_out: bool = False
    failed: str | None = None

    @property
    def name(self) -> str:
        return f"{index_label(self.index)}, {self.direction}"

    @property
    def takes(self) -> str:
        """Which identifiers the index takes, in words."""
        return INDEXES[self.index].takes

    def seeds_that(self, outcome: SeedOutcome) -> tuple[str, ...]:
        """The seeds with this outcome, by key."""
        seeds = self.search.seeds if self.search else ()
        return tuple(one.seed for one in seeds if one.outcome is outcome)

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "index": self.index,
            "direction": self.direction.value,
            "run": self.run,
            "new_run": self.is_new,
            "taken_out": self.taken_out,
            "works": self.count,
            "without_record": list(self.missing),
            "references_without_identifier": self.unresolved,
            "seeds": {outcome.value: list(self.seeds_that(outcome)) for outcome in SeedOutcome},
            "failed": self.failed,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationRound:
    """One round: its seeds, what each index gave, and the records that are new to the review."""

    number: int
    seeds: tuple[str, ...]
    outcomes: tuple[IndexOutcome, ...]
    new: tuple[str, ...]

    @property
    def failures(self) -> tuple[IndexOutcome, ...]:
        return tuple(one for one in self.outcomes if one.failed)


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationResult:
    """All rounds, and why there was no further one."""

    rounds: tuple[CitationRound, ...]
    ending: Ending
    failures: tuple[IndexOutcome, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "dry_run": False,
            "rounds": [
                {
                    "round": one.number,
                    "seeds": list(one.seeds),
                    "searches": [outcome.as_json() for outcome in one.outcomes],
                    "new": list(one.new),
                }
                for one in self.rounds
            ],
            "ended": self.ending.name.lower(),
        }

    def sentences(self) -> Iterator[str]:
        """The same for a person."""
        for one in self.rounds:
            yield f"Round {one.number}, from {plural(len(one.seeds), 'seed')}:"
            for outcome in one.outcomes:
                yield from (f"  {line}" for line in outcome_lines(outcome))
            yield f"  New to the review: {plural(len(one.new), 'record')}."
        yield f"Ended: {self.ending}."


def outcome_lines(outcome: IndexOutcome) -> Iterator[str]:
    """What an index gave in one direction, line by line."""
    if outcome.failed:
        yield f"{outcome.name}: failed, and nothing of it is stored. {outcome.failed}"
        return
    if outcome.run is None:
        yield f"{outcome.name}: not asked; no seed has {outcome.takes}."
        return

    line = f"{outcome.name}: {plural(outcome.count, 'work')}"
    if outcome.missing:
        line += f", {len(outcome.missing):,} of them without a record"
    yield f"{line}."
    if outcome.taken_out:
        back = f"reviewkit undo back {outcome.run}"
        yield f"  it was taken out of the flow and stays out: {back}"
    if outcome.unresolved:
        entries = plural(outcome.unresolved, "reference")
        yield f"  {entries} without an identifier: see the report"
    for kind, sentence in _SEED_SENTENCES.items():
        keys = outcome.seeds_that(kind)
        if keys:
            yield f"  {sentence}: {_some(keys)}"


def _some(keys: Sequence[str]) -> str:
    """The first keys; how many more there are is a number."""
    shown = ", ".join(keys[:_MOST_KEYS])
    if len(keys) <= _MOST_KEYS:
        return shown
    return f"{shown} and {len(keys) - _MOST_KEYS:,} more (--json lists all)"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSearch:
    """What a dry run says of one index in one direction: the first round, at the least."""

    index: str
    direction: Direction
    requests: int
    not_asked: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{index_label(self.index)}, {self.direction}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationPlan:
    """What the first round would ask. How much its answers lead to is not known before."""

    seeds: tuple[str, ...]
    searches: tuple[PlannedSearch, ...]

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "dry_run": True,
            "seeds": list(self.seeds),
            "searches": [
                {
                    "index": one.index,
                    "direction": one.direction.value,
                    "least_requests": one.requests,
                    "not_asked": list(one.not_asked),
                }
                for one in self.searches
            ],
        }

    def sentences(self) -> Iterator[str]:
        """The same for a person."""
        yield f"The first round has {plural(len(self.seeds), 'seed')}. Nothing was asked."
        for one in self.searches:
            line = f"  {one.name}: at least {plural(one.requests, 'request')}"
            if one.not_asked:
                line += f"; no identifier to ask for: {_some(one.not_asked)}"
            yield f"{line}."
