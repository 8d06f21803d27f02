"""Simulate the screening of a finished review, to see what work the ranking would have saved."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from reviewkit.model.errors import UsageError
from reviewkit.model.progress import Progress, silent
from reviewkit.model.text import plural
from reviewkit.ranking.order import rank
from reviewkit.ranking.vectors import Vectors

# Decisions between two reports of progress.
_PROGRESS_STEP = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How early the included records came, among `records` screened after the priors.

    `wss95`, `wss100`: share of the work saved over chance at 95 % and 100 % recall (Cohen 2006,
    doi 10.1197/jamia.M1929). `recall_10`: recall after a tenth of the records. `atd`: mean position
    of an included record as a share of all records (smaller is better).
    """

    records: int
    included: int
    wss95: float
    wss100: float
    recall_10: float
    atd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """The keys in the order screened, and the recall after each.

    The first `priors` keys are the priors; `recall` begins after them. `figures` is None and
    `recall` empty when no relevant record remains after the priors.
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
    """Screen a finished review again: the priors first, then always the most promising record.

    The model learns each label, until the last relevant record is found. The remaining records
    follow in the last order; no figure depends on it. Without `ranked` the order is random, to
    compare with. Raises UsageError when a record has no label or a prior is unknown.
    """
    _check_labels(vectors, labels, priors)
    known = tuple(dict.fromkeys(priors))
    if ranked:
        screened = _screen(vectors, labels, known, seed, progress)
    else:
        rows = np.random.default_rng(seed).permutation(len(vectors.keys))
        screened = tuple(dict.fromkeys([*known, *(vectors.keys[row] for row in rows)]))

    outcomes = [labels[key] for key in screened[len(known) :]]
    total = sum(outcomes)
    if not total:
        return Simulation(order=screened, priors=len(known), figures=None, recall=())
    recall = tuple(float(share) for share in np.cumsum(outcomes) / total)
    return Simulation(order=screened, priors=len(known), figures=figures(outcomes), recall=recall)


def _check_labels(vectors: Vectors, labels: Mapping[str, bool], priors: Sequence[str]) -> None:
    missing = [key for key in vectors.keys if key not in labels]
    if missing:
        raise UsageError(
            f"{plural(len(missing), 'record has', 'records have')} no label, "
            f"the first is {missing[0]!r}",
            hint="label every record",
        )
    unknown = [key for key in priors if key not in vectors.row_of]
    if unknown:
        raise UsageError(
            f"the prior {unknown[0]!r} is no record of this set", hint="name priors by record_id"
        )


def figures(labels: Sequence[bool]) -> Figures:
    """Return the figures of a screening order, from its labels without the priors.

    Raises UsageError when no label is relevant.
    """
    n = len(labels)
    places = [place for place, label in enumerate(labels, start=1) if label]
    if not places:
        raise UsageError(
            "no relevant record after the priors", hint="without one, an order has no figures"
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
    remaining = sum(labels[key] for key in vectors.keys) - sum(decided.values())
    while remaining:
        (key,) = rank(vectors, decided, seed=seed).keys(1)
        decided[key] = labels[key]
        remaining -= labels[key]
        if len(decided) % _PROGRESS_STEP == 0:
            progress("records screened", len(decided), len(vectors.keys))

    rest = rank(vectors, decided, seed=seed).keys()
    return (*decided, *rest)
