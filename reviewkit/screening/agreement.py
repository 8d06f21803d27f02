"""How far two reviewers agree, from their verdicts on the same records. It knows no store and settles no conflict."""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

from reviewkit.model.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Agreement of a pair on `records` records; shares from 0 to 1, coefficients from -1 to 1, None when undefined.

    Kappa is undefined when both gave one and the same verdict throughout: chance alone would explain it.
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
    """Raw agreement, Cohen's kappa, PABAK and Gwet's AC1 of a pair: one (first, second) verdict for every record.

    Kappa: Cohen 1960, with the large-sample interval of Fleiss, Cohen & Everitt 1969 (doi 10.1037/h0028106);
    PABAK: Byrt, Bishop & Carlin 1993 (doi 10.1016/0895-4356(93)90018-V), for more than two verdicts with chance 1 in
    `categories`; AC1: Gwet 2008 (doi 10.1348/000711006X126600). `categories` is how many verdicts could be given.
    Raises UsageError when more verdicts than that are seen.
    """
    cells = Counter(verdicts)
    kinds = sorted({kind for cell in cells for kind in cell}, key=str)
    if categories < 2 or len(kinds) > categories:
        raise UsageError(
            f"{len(kinds)} different verdicts where {categories} are possible",
            hint="give the categories",
        )
    if not 0 < confidence < 1:
        raise UsageError(
            f"the confidence is {confidence}", hint="give a share above 0 and below 1, such as 0.95"
        )
    n = len(verdicts)
    agreed = sum(cells[kind, kind] for kind in kinds)
    if not n:
        return Agreement(records=0, agreed=0, confidence=confidence)
    raw = agreed / n
    first = {kind: sum(cells[kind, other] for other in kinds) / n for kind in kinds}
    second = {kind: sum(cells[other, kind] for other in kinds) / n for kind in kinds}
    means = [(first[kind] + second[kind]) / 2 for kind in kinds]
    by_chance = sum(share * (1 - share) for share in means) / (categories - 1)
    kappa, low, high = _kappa(cells, first, second, n, confidence)
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


def _kappa(
    cells: Counter[tuple[Hashable, Hashable]],
    first: dict[Hashable, float],
    second: dict[Hashable, float],
    n: int,
    confidence: float,
) -> tuple[float | None, float | None, float | None]:
    """Cohen's kappa and the ends of its interval."""
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
    margin = (
        NormalDist().inv_cdf((1 + confidence) / 2) * sqrt(max(variance, 0) / n) / (1 - by_chance)
    )
    return kappa, max(kappa - margin, -1.0), min(kappa + margin, 1.0)
