"""Citation searching: its directions, its seeds and who led to whom. Values alone.

The words are those of TARCiS (Hirt et al. BMJ 2024;385:e078384): seeds are the records that a
citation search starts from; backward finds what they refer to, forward what cites them.
"""

from dataclasses import dataclass
from enum import StrEnum

from reviewkit.model.messages import mark

SEARCHED_APART = mark("citations are searched from chosen records: run `reviewkit citations`")


class Direction(StrEnum):
    """Which way a citation search goes from its seeds."""

    BACKWARD = mark("backward")
    FORWARD = mark("forward")


class SeedOutcome(StrEnum):
    """What an index had for a seed. "Not asked" and "asked without a result" are two things.

    LISTED: it gave a list. NO_LIST: it knows the seed or does not say, and gave none; that is not
    "cites nothing". UNKNOWN: it does not know the seed. NOT_ASKED: the seed has no identifier that
    the index takes.
    """

    LISTED = "listed"
    NO_LIST = "no_list"
    UNKNOWN = "unknown"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """A record that a citation search starts from: its key, and what indexes know it by.

    `names` are its own names in sources: "W123", "MED:36674517".
    """

    key: str
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedResult:
    """What an index had for a seed: `asked` are the identifiers, `listed` the entries of its list.

    `resolved` are the entries that lead to a work with an identifier.
    """

    seed: str
    outcome: SeedOutcome
    asked: tuple[str, ...] = ()
    listed: int = 0
    resolved: int = 0


class Chosen(StrEnum):
    """How the seeds of a round were chosen.

    INCLUDED: all included records. NAMED: a person named them. FOUND: the round before found them.
    """

    INCLUDED = "included"
    NAMED = "named"
    FOUND = "found"


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationSearch:
    """One search of an index of citations: the index, the direction, which round, which seeds."""

    index: str
    direction: Direction
    round: int
    chosen: Chosen
    seeds: tuple[SeedResult, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationLink:
    """A seed led to a work: its identifier in the index, or where it has none, what was printed."""

    seed: str
    identifier: str | None = None
    printed: str | None = None
