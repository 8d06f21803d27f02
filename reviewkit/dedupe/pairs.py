"""The data of deduplication: pairs and their outcomes, clusters, relations, people's answers."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from reviewkit.dedupe.pair_cache import ComparedPairs
from reviewkit.model.records import RelationKind


class PairOutcome(StrEnum):
    """The outcome of a pair; `ASK` needs a person."""

    SAME = "same"
    ASK = "ask"
    DIFFERENT = "different"


class Settled(StrEnum):
    """A person's answer to a pair."""

    SAME = "same"
    DIFFERENT = "different"
    RELATED = "related"


# The rule of a doubt that is not asked, because enough surer pairs are.
LESS_SURE = "less_sure"

SIMILARITIES = (
    "title", "title_part", "authors", "first_author", "journal", "year_gap", "volume", "issue",
    "first_page", "last_page", "doi", "pmid", "abstract",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two records by key, `record_a` < `record_b`, and their judgement.

    The score is from 0 to 1. `rule` names the rule that decided, `words` says it. `likeness`
    follows SIMILARITIES; None if one of the records lacks the field.
    """

    record_a: str
    record_b: str
    outcome: PairOutcome
    score: float
    rule: str
    words: str
    likeness: tuple[float | None, ...]
    relation: RelationKind | None = None

    @property
    def similarities(self) -> dict[str, float]:
        """Return the known likenesses by name: `year_gap` in years, the others from 0 to 1."""
        return {
            name: value
            for name, value in zip(SIMILARITIES, self.likeness, strict=True)
            if value is not None
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledPair:
    """A person's answer to a pair; the keys may be in either order."""

    record_a: str
    record_b: str
    answer: Settled


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Duplicates of one report: the lead's key, and all keys, the lead first, then sorted."""

    lead: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRelation:
    """`record` is `kind` (erratum of, preprint of ...) of `target`; both are keys."""

    record: str
    kind: RelationKind
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicates:
    """The result of a run.

    `pairs` holds the same, the asked, the doubts that are not asked, the related, and those that a
    contradiction keeps apart.
    `clusters` have two records or more. `against` holds people's answers that other answers
    contradict, `overruled` those that contradict the rules. `compared` is what a later run need not
    compare again; `newly_compared` is how many pairs this run compared.
    """

    pairs: tuple[Pair, ...]
    clusters: tuple[Cluster, ...]
    relations: tuple[RecordRelation, ...]
    against: tuple[SettledPair, ...] = ()
    overruled: tuple[SettledPair, ...] = ()
    compared: ComparedPairs = field(default_factory=ComparedPairs, compare=False, repr=False)
    newly_compared: int = field(default=0, compare=False)

    @property
    def questions(self) -> tuple[Pair, ...]:
        """Return the pairs that need a person, the surest first."""
        return _surest_first(pair for pair in self.pairs if pair.outcome is PairOutcome.ASK)

    @property
    def doubts(self) -> tuple[Pair, ...]:
        """Return the pairs in doubt that stay apart without a question, the surest first."""
        return _surest_first(pair for pair in self.pairs if pair.rule == LESS_SURE)


def _surest_first(pairs: Iterable[Pair]) -> tuple[Pair, ...]:
    return tuple(sorted(pairs, key=lambda pair: (-pair.score, pair.record_a, pair.record_b)))
