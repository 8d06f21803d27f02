"""The nouns of deduplication: pairs and their outcomes, clusters, relations, and what people have settled."""

from dataclasses import dataclass, field
from enum import StrEnum

from reviewkit.dedupe.pair_cache import Compared
from reviewkit.model.records import RelationKind


class PairOutcome(StrEnum):
    """What is said of a pair; `ASK` waits for a person."""

    SAME = "same"
    ASK = "ask"
    DIFFERENT = "different"


class Settled(StrEnum):
    """A person's answer to a pair."""

    SAME = "same"
    DIFFERENT = "different"
    RELATED = "related"


SIMILARITIES = (
    "title", "title_part", "authors", "first_author", "journal", "year_gap", "volume", "issue", "first_page",
    "last_page", "doi", "pmid", "abstract",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two records by key, `record_a` < `record_b`, the score (0 to 1), and the rule that fired, by name and in words.

    `likeness` follows SIMILARITIES; None where one record does not know the field.
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
        """The likenesses by name, without the unknown ones; `year_gap` is in years, the others from 0 to 1."""
        return {
            name: value
            for name, value in zip(SIMILARITIES, self.likeness, strict=True)
            if value is not None
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledPair:
    """A person's answer; the keys in either order."""

    record_a: str
    record_b: str
    answer: Settled


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Records that are one: the key of the copy that leads, and all members' keys, the lead first, then sorted."""

    lead: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRelation:
    """`record` is `kind` (erratum of, preprint of ...) `target`; both are keys."""

    record: str
    kind: RelationKind
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicates:
    """What a run found. `pairs` holds the same, the asked, and those whose contradiction kept records apart.

    `clusters` holds clusters of two records or more. `against` names settled pairs that other answers stand against,
    `overruled` those where a person stands against the rules. `compared` is what a later run need not compare again,
    `newly_compared` how many pairs this run compared.
    """

    pairs: tuple[Pair, ...]
    clusters: tuple[Cluster, ...]
    relations: tuple[RecordRelation, ...]
    against: tuple[SettledPair, ...] = ()
    overruled: tuple[SettledPair, ...] = ()
    compared: Compared = field(default_factory=dict, compare=False, repr=False)
    newly_compared: int = field(default=0, compare=False)

    @property
    def questions(self) -> tuple[Pair, ...]:
        """The pairs that wait for a person, the most useful question first."""
        asked = [pair for pair in self.pairs if pair.outcome is PairOutcome.ASK]
        return tuple(sorted(asked, key=lambda pair: (-pair.score, pair.record_a, pair.record_b)))
