"""Is it time to stop screening? Tests and estimates from the labels in the order screened, and a plain sentence each.

It never stops anything and never says that a review is complete. Labels: True is relevant, in screening order.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reviewkit.model.errors import UsageError

Whole = int | NDArray[np.int64]
# A term this small beside the sum changes nothing in it, nor do those behind it.
_NOTHING = 1e-18

CALLAGHAN = "Callaghan & Müller-Hansen 2020, doi 10.1186/s13643-020-01521-4"
SAFE = "SAFE procedure, Boetje & van de Schoot 2024, doi 10.1186/s13643-024-02502-7"
# Its abstract tells of a stopping criterion without a number; that it is 50 is told by those who cite it.
ROS = "as cited from Ros, Bjarnason & Runeson 2017, doi 10.1145/3084226.3084243, whose abstract gives no number"
ASREVIEW = "ASReview's advice: 50, 100, 250 or 500, by the size of the set, fixed beforehand; its discussion 557"


@dataclass(frozen=True, slots=True, kw_only=True)
class HypergeometricTest:
    """The rule of Callaghan & Müller-Hansen: can it be refuted that the recall target was missed?

    `p_value` of the hypothesis "recall is below the target"; `met` when it is below 1 - `confidence`.
    `recall_bound` is the highest recall that the same test leaves as a lower bound (None before the first relevant).
    """

    screened: int
    total: int
    found: int
    recall_target: float
    confidence: float
    p_value: float
    met: bool
    recall_bound: float | None
    unseen_relevant_bound: int
    sentence: str
    source: str = CALLAGHAN


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleCheck:
    """What a random sample of the unscreened records says of all of them: relevant ones, likely and at most."""

    unscreened: int
    sampled: int
    found_in_sample: int
    found_before: int
    confidence: float
    expected_unseen: float
    unseen_relevant_bound: int
    recall_bound: float | None
    sentence: str
    source: str = f"a random set as in the {SAFE}, which screens its set first; the bound is exact (hypergeometric)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heuristic:
    """A rule of thumb that people use: where it stands, where it comes from, what it does not promise."""

    name: str
    wanted: int
    reached: int
    met: bool
    source: str
    sentence: str
    no_promise: str


def hypergeometric_test(
    labels: Sequence[bool], *, total: int, recall_target: float = 0.95, confidence: float = 0.95
) -> HypergeometricTest:
    """Test whether the recall target can still have been missed, from the labels of the screened of `total` records.

    Every stretch of the newest labels is taken as a random draw from what was unseen at its start; ranking puts
    relevant records early, so this errs to the safe side. The lowest p-value counts (Callaghan & Müller-Hansen 2020).
    Raises UsageError when shares are not between 0 and 1 or more is screened than there is.
    """
    _check_share(recall_target, "the recall target")
    _check_share(confidence, "the confidence")
    _check_count(len(labels), total)
    screened, found = len(labels), sum(labels)
    urns = _Urns.of(labels, total)
    p_value = urns.p_value(_least_missed(found, recall_target))
    bound = _highest_total(urns, found, total - screened, 1 - confidence) - found
    met = found > 0 and p_value < 1 - confidence
    recall_bound = found / (found + bound) if found else None
    return HypergeometricTest(
        screened=screened,
        total=total,
        found=found,
        recall_target=recall_target,
        confidence=confidence,
        p_value=p_value,
        met=met,
        recall_bound=recall_bound,
        unseen_relevant_bound=bound,
        sentence=_hypergeometric_sentence(
            met, found, p_value, recall_target, confidence, recall_bound
        ),
    )


def sample_check(
    sample: Sequence[bool], *, unscreened: int, found: int, confidence: float = 0.95
) -> SampleCheck:
    """What a random sample, drawn from `unscreened` records and then screened, says of the relevant ones among them.

    The bound is exact (hypergeometric, one-sided) and holds for a sample whose size was fixed before it was drawn.
    `found` are the relevant records known before the sample. Raises UsageError for a sample larger than the rest.
    """
    _check_share(confidence, "the confidence")
    _check_count(len(sample), unscreened)
    n, k = len(sample), sum(sample)
    logs = _log_factorials(unscreened)
    low, high = k, unscreened - (n - k)
    while low < high:
        middle = (low + high + 1) // 2
        if _at_most(logs, k, unscreened, middle, n) >= 1 - confidence:
            low = middle
        else:
            high = middle - 1
    unseen, known = low - k, found + k
    recall_bound = known / (known + unseen) if known else None
    expected = k / n * (unscreened - n) if n else math.nan
    return SampleCheck(
        unscreened=unscreened,
        sampled=n,
        found_in_sample=k,
        found_before=found,
        confidence=confidence,
        expected_unseen=expected,
        unseen_relevant_bound=unseen,
        recall_bound=recall_bound,
        sentence=_sample_sentence(n, k, unscreened - n, unseen, recall_bound, confidence),
    )


def sample_size(
    *, unscreened: int, found: int, recall_target: float = 0.95, confidence: float = 0.95
) -> int:
    """The smallest random sample of the unscreened that, with no relevant record in it, bounds recall at the target."""
    _check_share(recall_target, "the recall target")
    _check_share(confidence, "the confidence")
    missed = _least_missed(found, recall_target) - found
    logs = _log_factorials(unscreened)
    if missed > unscreened:
        return 0
    low, high = 0, unscreened
    while low < high:
        middle = (low + high) // 2
        if _at_most(logs, 0, unscreened, missed, middle) < 1 - confidence:
            high = middle
        else:
            low = middle + 1
    return low


def heuristics(
    labels: Sequence[bool], *, total: int, rows: Sequence[int] = (50, 100, 250)
) -> tuple[Heuristic, ...]:
    """The counts in a row that people use, and the part of SAFE's rule that labels can tell; none of them a test."""
    _check_count(len(labels), total)
    since = len(labels) - max(
        (place for place, label in enumerate(labels, start=1) if label), default=0
    )
    counts = tuple(_in_a_row(wanted, since) for wanted in rows)
    tenth = math.ceil(total / 10)
    safe = Heuristic(
        name="10 % screened, then 50 irrelevant in a row",
        wanted=50,
        reached=since,
        met=since >= 50 and len(labels) >= tenth,
        source=f"part of the {SAFE}; the two numbers as those who use it give them",
        sentence=f"{len(labels)} of {total} records are screened (10 % is {tenth}), the newest {since} irrelevant.",
        no_promise="Part of one of SAFE's four phases: a random set first, the key papers found, a second model and a "
        "check of what was excluded are for the reviewers to add. It promises no recall.",
    )
    return (*counts, safe)


def _in_a_row(wanted: int, since: int) -> Heuristic:
    return Heuristic(
        name=f"{wanted} irrelevant in a row",
        wanted=wanted,
        reached=since,
        met=since >= wanted,
        source=ROS
        if wanted == 50
        else ASREVIEW
        if wanted in {100, 250, 500}
        else "custom; no study gives this number",
        sentence=f"The newest {since} records were irrelevant; the rule of thumb asks for {wanted}.",
        no_promise="It promises no recall: Callaghan & Müller-Hansen 2020 found that such counts reach very different "
        "recall on different sets, and the same count means less in a larger set.",
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Urns:
    """Stretches that end now, one from the start and one after each relevant record; other starts give no lower p.

    `size` records were unseen at the start of each, `drawn` of them were screened since, `hits` of those relevant.
    """

    size: NDArray[np.int64]
    drawn: NDArray[np.int64]
    hits: NDArray[np.int64]
    logs: NDArray[np.float64]

    @classmethod
    def of(cls, labels: Sequence[bool], total: int) -> "_Urns":
        before = np.concatenate([[0], np.flatnonzero(np.asarray(labels, dtype=bool)) + 1]).astype(
            np.int64
        )
        hits = np.arange(len(before) - 1, -1, -1)
        return cls(
            size=total - before, drawn=len(labels) - before, hits=hits, logs=_log_factorials(total)
        )

    def p_value(self, relevant: int) -> float:
        """The lowest chance, over the stretches, of so few relevant ones if there are `relevant` in all."""
        there = relevant - int(self.hits[0]) + self.hits
        left = self.size - self.drawn
        if relevant - int(self.hits[0]) > int(left[0]):
            return 0.0
        # Downwards from the number seen, or from the likeliest where that is smaller: the greatest term comes first.
        likeliest = (self.drawn + 1) * (there + 1) // (self.size + 2)
        start = np.minimum(self.hits, likeliest)
        terms = np.exp(_log_chance(self.logs, start, self.size, there, self.drawn))
        draws = _Draws(
            size=self.size,
            relevant=there,
            drawn=self.drawn,
            start=start,
            stop=self.hits,
            terms=terms,
        )
        quietest = np.argmin(np.where(start == self.hits, terms, np.inf))
        return min(1.0, draws.lowest(at_most=draws.only(quietest).lowest()))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Draws:
    """Many urns at once: `drawn` from `size` with `relevant`; `terms` is the chance of `start` relevant ones.

    Terms are made from their neighbours, so an urn costs a multiplication a term, and only the terms that count.
    """

    size: NDArray[np.int64]
    relevant: NDArray[np.int64]
    drawn: NDArray[np.int64]
    start: NDArray[np.int64]
    stop: NDArray[np.int64]
    terms: NDArray[np.float64]

    def only(self, which: Any) -> "_Draws":
        """Of one urn, or of some."""
        which = np.atleast_1d(which)
        return _Draws(**{field.name: getattr(self, field.name)[which] for field in fields(self)})

    def lowest(self, at_most: float = math.inf) -> float:
        """The lowest chance of `stop` relevant ones or fewer, or `at_most` where that is lower."""
        down, there = self._summed(-1, at_most), np.arange(len(self.start))
        there = there[down < at_most]
        further = self.only(there[self.start[there] < self.stop[there]])
        ends = down[there[self.start[there] == self.stop[there]]]
        at_most = min(at_most, float(ends.min(initial=math.inf)))
        if len(further.start):
            up = further._summed(1, at_most) - further.terms
            at_most = min(
                at_most, float((down[there[self.start[there] < self.stop[there]]] + up).min())
            )
        return at_most

    def _summed(self, way: int, enough: float) -> NDArray[np.float64]:
        """The sum of each urn's terms from `start` on, down to none or up to `stop`; given up at `enough`."""
        sums, going = self.terms.copy(), np.arange(len(self.terms))
        urns, hits, terms = self, self.start, self.terms
        while len(going):
            terms = terms * (urns._fewer(hits) if way < 0 else urns._more(hits))
            hits = hits + way
            sums[going] += terms
            stays = (terms > _NOTHING * sums[going]) & (sums[going] < enough)
            going, hits, terms, urns = going[stays], hits[stays], terms[stays], urns.only(stays)
        return sums

    def _fewer(self, hits: NDArray[np.int64]) -> NDArray[np.float64]:
        """How much likelier one relevant record fewer is than `hits`."""
        others = self.size - self.relevant - self.drawn
        return hits * (others + hits) / ((self.relevant - hits + 1) * (self.drawn - hits + 1))

    def _more(self, hits: NDArray[np.int64]) -> NDArray[np.float64]:
        """How much likelier one relevant record more is than `hits`; 0 where that would be more than `stop`."""
        others = self.size - self.relevant - self.drawn
        more = (self.relevant - hits) * (self.drawn - hits) / ((hits + 1) * (others + hits + 1))
        return np.where(hits < self.stop, more, 0.0)


def _at_most(logs: NDArray[np.float64], k: int, size: int, relevant: int, drawn: int) -> float:
    """P(at most k relevant among `drawn` from `size` with `relevant`); 0 when that many relevant cannot be there."""
    if relevant - k > size - drawn:
        return 0.0
    hits = np.arange(max(0, drawn - (size - relevant)), min(k, relevant, drawn) + 1)
    return float(min(1.0, np.exp(_log_chance(logs, hits, size, relevant, drawn)).sum()))


def _log_chance(
    logs: NDArray[np.float64], hits: Whole, size: Whole, relevant: Whole, drawn: Whole
) -> Any:
    """The logarithm of the chance of `hits` relevant ones among `drawn` from `size` with `relevant`."""
    missed = drawn - hits
    return (
        logs[relevant]
        - logs[hits]
        - logs[relevant - hits]
        + logs[size - relevant]
        - logs[missed]
        - logs[size - relevant - missed]
        - (logs[size] - logs[drawn] - logs[size - drawn])
    )


def _log_factorials(n: int) -> NDArray[np.float64]:
    return np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, n + 1)))])


def _least_missed(found: int, recall_target: float) -> int:
    """The smallest number of relevant records in all at which `found` of them falls short of the target."""
    # The tolerance keeps 19 / 0.95 at 20: binary fractions fall a hair to either side.
    return math.floor(found / recall_target + 1e-9) + 1


def _highest_total(urns: _Urns, found: int, unseen: int, risk: float) -> int:
    """The largest number of relevant records in all that the test does not refute at this risk."""
    low, high = found, found + unseen
    while low < high:
        middle = (low + high + 1) // 2
        if urns.p_value(middle) >= risk:
            low = middle
        else:
            high = middle - 1
    return low


def _hypergeometric_sentence(
    met: bool,
    found: int,
    p_value: float,
    target: float,
    confidence: float,
    recall_bound: float | None,
) -> str:
    if not found or recall_bound is None:
        return "No relevant record is found yet, so nothing can be said of recall."
    missed = f"that less than {target:.0%} of the relevant records are found"
    bound = f"At {confidence:.0%} confidence recall is at least {math.floor(recall_bound * 1000) / 10:.1f} %."
    if met:
        return f"The screening so far speaks against it (p = {p_value:.3g}) {missed}. {bound}"
    return f"It cannot be ruled out (p = {p_value:.3g}, wanted below {1 - confidence:.3g}) {missed}. {bound}"


def _sample_sentence(
    n: int, k: int, left: int, unseen: int, recall_bound: float | None, confidence: float
) -> str:
    if not n:
        return "No sample is screened yet, so nothing can be said of the unscreened records."
    at_most = f"At {confidence:.0%} confidence at most {unseen} of the {left} records still unscreened are relevant"
    recall = (
        f", so recall is at least {math.floor(recall_bound * 1000) / 10:.1f} %"
        if recall_bound is not None
        else ""
    )
    return f"{k} of {n} records drawn at random were relevant. {at_most}{recall}."


def _check_share(share: float, name: str) -> None:
    if not 0 < share < 1:
        raise UsageError(
            f"{name} is {share}", hint="give a share above 0 and below 1, such as 0.95"
        )


def _check_count(part: int, whole: int) -> None:
    if part > whole:
        raise UsageError(
            f"{part} labels for {whole} records",
            hint="give the number of all records, screened or not",
        )
