"""What an order would have saved on a finished review: every record screened again, by its known label."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from reviewkit.model.errors import UsageError
from reviewkit.model.progress import Progress, silent
from reviewkit.ranking.order import rank
from reviewkit.ranking.vectors import Vectors

# So many decisions lie between two words on how far a simulation is.
_STEP = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How early the included came, among `records` screened after the priors.

    `wss95`, `wss100`: share of the work saved over chance at 95 % and 100 % recall (Cohen 2006,
    doi 10.1197/jamia.M1929); `recall_10`: recall after a tenth of the records; `atd`: mean position of an included
    record as a share of all (smaller is better).
    """

    records: int
    included: int
    wss95: float
    wss100: float
    recall_10: float
    atd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """Keys in the order screened, the first `priors` of them given; recall after each of the others.

    `figures` is None and `recall` empty when nothing relevant is left after the priors.
    """

    order: tuple[str, ...]
    priors: int
    figures: Figures | None
    recall: tuple[float, ...]


def simulate(
    vectors: Vectors,
    labels: Mapping[str, bool],
    *,
    priors: Sequence[str] = (),
    seed: int,
    ranked: bool = True,
    progress: Progress = silent,
) -> Simulation:
    """Screen a finished review again: priors first, then always the most promising record, learning its label.

    Not `ranked` is a random order, to compare with. The model is retrained after every decision until the last
    relevant record is found; what remains follows in the last order, which no figure depends on.
    Raises UsageError when a record has no label or a prior is unknown.
    """
    missing = [key for key in vectors.keys if key not in labels]
    if missing:
        raise UsageError(
            f"{len(missing)} records have no label, the first is {missing[0]!r}",
            hint="label every record",
        )
    unknown = [key for key in priors if key not in vectors.row_of]
    if unknown:
        raise UsageError(
            f"the prior {unknown[0]!r} is no record of this set", hint="name priors by record_id"
        )
    given = tuple(dict.fromkeys(priors))
    if ranked:
        screened = _screen(vectors, labels, given, seed, progress)
    else:
        shuffled = [
            vectors.keys[row] for row in np.random.default_rng(seed).permutation(len(vectors.keys))
        ]
        screened = tuple(dict.fromkeys([*given, *shuffled]))
    found = [labels[key] for key in screened[len(given) :]]
    total = sum(found)
    recall = tuple(float(share) for share in np.cumsum(found) / total) if total else ()
    return Simulation(
        order=screened, priors=len(given), figures=figures(found) if total else None, recall=recall
    )


def figures(labels: Sequence[bool]) -> Figures:
    """The figures of a screening order, from its labels without priors. Raises UsageError when none is relevant."""
    n, places = len(labels), [place for place, label in enumerate(labels, start=1) if label]
    if not places:
        raise UsageError(
            "no relevant record after the priors", hint="nothing can be said of this order"
        )
    total = len(places)
    return Figures(
        records=n,
        included=total,
        wss95=(n - places[math.ceil(0.95 * total) - 1]) / n - 0.05,
        wss100=(n - places[-1]) / n,
        recall_10=sum(place <= int(0.10 * n) for place in places) / total,
        atd=sum(places) / total / n,
    )


def _screen(
    vectors: Vectors,
    labels: Mapping[str, bool],
    priors: tuple[str, ...],
    seed: int,
    progress: Progress,
) -> tuple[str, ...]:
    decided = {key: labels[key] for key in priors}
    left = sum(labels[key] for key in vectors.keys) - sum(decided.values())
    while left:
        (key,) = rank(vectors, decided, seed=seed).keys(1)
        decided[key] = labels[key]
        left -= labels[key]
        if len(decided) % _STEP == 0:
            progress("records screened", len(decided), len(vectors.keys))
    rest = rank(vectors, decided, seed=seed).keys()
    return (*decided, *rest)
