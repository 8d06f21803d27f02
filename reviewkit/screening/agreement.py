"""How far two reviewers agree, from their verdicts on the same records. Pure."""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

from reviewkit.model.errors import UsageError

Cells = Counter[tuple[Hashable, Hashable]]
Shares = dict[Hashable, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Agreement of a pair on `records` records.

    Shares are from 0 to 1, coefficients from -1 to 1, `None` where undefined. Kappa is undefined
    when both gave one and the same verdict throughout: chance alone would explain it.
    """

    records: int
    agreed: int
    confidence: float
    raw: float | None = None
    kappa: float | None = None
    kappa_low: float | None = None
    kappa_high: float | None = None
    pabak: float | None = None
    ac1: float | None = None


def agreement(
    verdicts: Sequence[tuple[Hashable, Hashable]], *, categories: int = 2, confidence: float = 0.95
) -> Agreement:
    """Return raw agreement, Cohen's kappa, PABAK and Gwet's AC1 of a pair.

    `verdicts` has one (first, second) verdict per record; `categories` is how many verdicts could
    be given. Kappa: Cohen 1960, with the large-sample interval of Fleiss, Cohen & Everitt 1969
    (doi 10.1037/h0028106). PABAK: Byrt, Bishop & Carlin 1993 (doi 10.1016/0895-4356(93)90018-V),
    for more than two verdicts with chance 1 in `categories`. AC1: Gwet 2008
    (doi 10.1348/000711006X126600). Raises UsageError for more verdicts than `categories`.
    """
    cells = Counter(verdicts)
    kinds = _kinds(cells)
    _check(kinds, categories, confidence)

    n = len(verdicts)
    agreed = sum(cells[kind, kind] for kind in kinds)
    if not n:
        return Agreement(records=0, agreed=0, confidence=confidence)

    raw = agreed / n
    first, second = _shares(cells, kinds, 0), _shares(cells, kinds, 1)
    means = [(first[kind] + second[kind]) / 2 for kind in kinds]
    by_chance = sum(share * (1 - share) for share in means) / (categories - 1)
    kappa, low, high = _kappa(cells, first, second, confidence)
    return Agreement(
        records=n,
        agreed=agreed,
        raw=raw,
        kappa=kappa,
        kappa_low=low,
        kappa_high=high,
        confidence=confidence,
        pabak=(categories * raw - 1) / (categories - 1),
        ac1=(raw - by_chance) / (1 - by_chance),
    )


def _kinds(cells: Cells) -> list[Hashable]:
    """Return every verdict that either gave, in a fixed order."""
    kinds: set[Hashable] = set()
    for cell in cells:
        kinds.update(cell)
    return sorted(kinds, key=str)


def _check(kinds: Sequence[Hashable], categories: int, confidence: float) -> None:
    if categories < 2 or len(kinds) > categories:
        raise UsageError(
            f"{len(kinds)} different verdicts where {categories} are possible",
            hint="give the categories",
        )
    if not 0 < confidence < 1:
        raise UsageError(
            f"the confidence is {confidence}", hint="give a share above 0 and below 1, such as 0.95"
        )


def _shares(cells: Cells, kinds: Sequence[Hashable], reviewer: int) -> Shares:
    """Return how often the first (0) or the second (1) reviewer gave each verdict, from 0 to 1."""
    counts: Counter[Hashable] = Counter()
    for cell, times in cells.items():
        counts[cell[reviewer]] += times
    return {kind: counts[kind] / cells.total() for kind in kinds}


def _kappa(
    cells: Cells, first: Shares, second: Shares, confidence: float
) -> tuple[float | None, float | None, float | None]:
    """Return Cohen's kappa and the ends of its interval."""
    n = cells.total()
    by_chance = sum(first[kind] * second[kind] for kind in first)
    if by_chance > 1 - 1e-12:
        return None, None, None

    raw = sum(cells[kind, kind] for kind in first) / n
    kappa = (raw - by_chance) / (1 - by_chance)
    same = sum(cells[k, k] / n * (1 - (first[k] + second[k]) * (1 - kappa)) ** 2 for k in first)
    apart = sum(
        times / n * (second[a] + first[b]) ** 2 for (a, b), times in cells.items() if a != b
    )

    variance = same + (1 - kappa) ** 2 * apart - (kappa - by_chance * (1 - kappa)) ** 2
    quantile = NormalDist().inv_cdf((1 + confidence) / 2)
    margin = quantile * sqrt(max(variance, 0) / n) / (1 - by_chance)
    return kappa, max(kappa - margin, -1.0), min(kappa + margin, 1.0)
