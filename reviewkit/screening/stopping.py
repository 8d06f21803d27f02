"""Is it time to stop screening? Tests and estimates from labels, with a plain sentence each.

Nothing here stops anything or says that a review is complete. Labels are in screening order; `True`
is relevant.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from reviewkit.model.errors import UsageError
from reviewkit.model.text import plural
from reviewkit.screening.hypergeometric import Urns, at_most, log_factorials

# A smaller p-value is not printed exactly.
_TINY = 0.001

CALLAGHAN = "Callaghan & Müller-Hansen 2020, doi 10.1186/s13643-020-01521-4"
SAFE = "SAFE procedure, Boetje & van de Schoot 2024, doi 10.1186/s13643-024-02502-7"
# Its abstract names a stopping criterion without a number; those who cite it say that it is 50.
ROS = (
    "as cited from Ros, Bjarnason & Runeson 2017, doi 10.1145/3084226.3084243, "
    "whose abstract gives no number"
)
ASREVIEW = (
    "ASReview's advice: 50, 100, 250 or 500, by the size of the set, fixed beforehand; "
    "its discussion 557"
)
_CUSTOM = "custom; no study gives this number"
_ROW_SOURCES = {50: ROS, 100: ASREVIEW, 250: ASREVIEW, 500: ASREVIEW}


@dataclass(frozen=True, slots=True, kw_only=True)
class HypergeometricTest:
    """The rule of Callaghan & Müller-Hansen: can it be refuted that the recall target was missed?

    `p_value` belongs to the hypothesis "recall is below the target"; the rule is `met` when it is
    below 1 - `confidence`. `recall_bound` is the highest lower bound of recall that the same test
    gives, `None` before the first relevant record.
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
    """How many of the unscreened records are relevant, from a random sample: likely and at most.

    `expected_unseen` is `None` while nothing of the sample is screened.
    """

    unscreened: int
    sampled: int
    found_in_sample: int
    found_before: int
    confidence: float
    expected_unseen: float | None
    unseen_relevant_bound: int
    recall_bound: float | None
    sentence: str
    source: str = (
        f"a random set as in the {SAFE}, which screens its set first; "
        "the bound is exact (hypergeometric)"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Heuristic:
    """A rule of thumb: how far it is met, its source, and what it does not promise."""

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
    """Test whether the recall target can still have been missed.

    `labels` are those of the screened records, `total` counts all. Every stretch of the newest
    labels is taken as a random draw from what was unseen at its start. Ranking puts relevant
    records early, so this errs to the safe side. The lowest p-value counts (Callaghan &
    Müller-Hansen 2020). Raises UsageError for shares that are not between 0 and 1, or more labels
    than records.
    """
    _check_share(recall_target, "the recall target")
    _check_share(confidence, "the confidence")
    _check_count(len(labels), total)

    screened, found = len(labels), sum(labels)
    urns = Urns.of(labels, total)
    p_value = urns.p_value(_least_missed(found, recall_target))
    bound = _highest_total(urns, found, total - screened, 1 - confidence) - found

    test = HypergeometricTest(
        screened=screened,
        total=total,
        found=found,
        recall_target=recall_target,
        confidence=confidence,
        p_value=p_value,
        met=found > 0 and p_value < 1 - confidence,
        recall_bound=_recall(found, bound),
        unseen_relevant_bound=bound,
        sentence="",
    )
    return replace(test, sentence=_test_sentence(test))


def _recall(found: int, unseen: int) -> float | None:
    """Return the recall when `unseen` relevant records are missed; `None` where none is found."""
    if not found:
        return None
    return found / (found + unseen)


def sample_check(
    sample: Sequence[bool], *, unscreened: int, found: int, confidence: float = 0.95
) -> SampleCheck:
    """Estimate the relevant records among `unscreened` ones from a random sample of them.

    `sample` has the labels of the sample, `found` counts the relevant records known before it. The
    bound is exact (hypergeometric, one-sided); it holds for a sample whose size was fixed before it
    was drawn. Raises UsageError for a sample larger than `unscreened`.
    """
    _check_share(confidence, "the confidence")
    _check_count(len(sample), unscreened)

    n, k = len(sample), sum(sample)
    logs = log_factorials(unscreened)
    low, high = k, unscreened - (n - k)
    while low < high:
        middle = (low + high + 1) // 2
        if at_most(logs, k, unscreened, middle, n) >= 1 - confidence:
            low = middle
        else:
            high = middle - 1

    unseen = low - k
    expected = None
    if n:
        expected = k / n * (unscreened - n)
    check = SampleCheck(
        unscreened=unscreened,
        sampled=n,
        found_in_sample=k,
        found_before=found,
        confidence=confidence,
        expected_unseen=expected,
        unseen_relevant_bound=unseen,
        recall_bound=_recall(found + k, unseen),
        sentence="",
    )
    return replace(check, sentence=_sample_sentence(check))


def sample_size(
    *, unscreened: int, found: int, recall_target: float = 0.95, confidence: float = 0.95
) -> int:
    """Return the smallest random sample that bounds recall at the target.

    It does so when no relevant record is in it.
    """
    _check_share(recall_target, "the recall target")
    _check_share(confidence, "the confidence")

    missed = _least_missed(found, recall_target) - found
    logs = log_factorials(unscreened)
    if missed > unscreened:
        return 0

    low, high = 0, unscreened
    while low < high:
        middle = (low + high) // 2
        if at_most(logs, 0, unscreened, missed, middle) < 1 - confidence:
            high = middle
        else:
            low = middle + 1
    return low


def heuristics(
    labels: Sequence[bool], *, total: int, rows: Sequence[int] = (50, 100, 250)
) -> tuple[Heuristic, ...]:
    """Return the usual counts in a row, and the part of SAFE's rule that labels can show.

    None of them is a test.
    """
    _check_count(len(labels), total)
    relevant_places = (place for place, label in enumerate(labels, start=1) if label)
    since = len(labels) - max(relevant_places, default=0)
    counts = tuple(_in_a_row(wanted, since) for wanted in rows)

    tenth = math.ceil(total / 10)
    safe = Heuristic(
        name="10 % screened, then 50 irrelevant in a row",
        wanted=50,
        reached=since,
        met=since >= 50 and len(labels) >= tenth,
        source=f"part of the {SAFE}; the two numbers as those who use it give them",
        sentence=f"{len(labels)} of {plural(total, 'record')} are screened (10 % is {tenth}), "
        f"the newest {since} irrelevant.",
        no_promise="Part of one of SAFE's four phases: a random set first, the key papers found, "
        "a second model and a check of what was excluded are for the reviewers to add. "
        "It promises no recall.",
    )
    return (*counts, safe)


def _in_a_row(wanted: int, since: int) -> Heuristic:
    newest = "newest record was" if since == 1 else f"newest {since} records were"
    return Heuristic(
        name=f"{wanted} irrelevant in a row",
        wanted=wanted,
        reached=since,
        met=since >= wanted,
        source=_ROW_SOURCES.get(wanted, _CUSTOM),
        sentence=f"The {newest} irrelevant; the rule of thumb asks for {wanted}.",
        no_promise="It promises no recall: Callaghan & Müller-Hansen 2020 found that such counts "
        "reach very different recall on different sets, and the same count means less in a larger "
        "set.",
    )


def _least_missed(found: int, recall_target: float) -> int:
    """Return the smallest number of relevant records of which `found` falls short of the target."""
    # The tolerance keeps 19 / 0.95 at 20: binary fractions fall a hair to either side.
    return math.floor(found / recall_target + 1e-9) + 1


def _highest_total(urns: Urns, found: int, unseen: int, risk: float) -> int:
    """Return the largest number of relevant records that the test does not refute at this risk."""
    low, high = found, found + unseen
    while low < high:
        middle = (low + high + 1) // 2
        if urns.p_value(middle) >= risk:
            low = middle
        else:
            high = middle - 1
    return low


def _test_sentence(test: HypergeometricTest) -> str:
    if test.recall_bound is None:
        return "No relevant record is found yet, so nothing can be said of recall."

    target, risk = f"{test.recall_target:.0%}", 1 - test.confidence
    bound = f"At {test.confidence:.0%} confidence recall is at least {_percent(test.recall_bound)}."
    if not test.met:
        return (
            f"It cannot be ruled out (p = {test.p_value:.3g}, wanted below {risk:.3g}) that fewer "
            f"than {target} of the relevant records have been found. {bound}"
        )
    if test.p_value < _TINY:
        unlikely = f"It is very unlikely (p < {_TINY})"
    else:
        unlikely = f"It is unlikely (p = {test.p_value:.3g})"
    return f"{unlikely} that fewer than {target} of the relevant records have been found. {bound}"


def _sample_sentence(check: SampleCheck) -> str:
    n, remaining = check.sampled, check.unscreened - check.sampled
    if not n:
        return "No sample is screened yet, so nothing can be said of the unscreened records."

    sentence = (
        f"{check.found_in_sample} of {plural(n, 'record')} drawn at random were relevant. "
        f"At {check.confidence:.0%} confidence at most {check.unseen_relevant_bound} "
        f"of the {plural(remaining, 'record')} still unscreened are relevant"
    )
    if check.recall_bound is not None:
        sentence += f", so recall is at least {_percent(check.recall_bound)}"
    return f"{sentence}."


def _percent(share: float) -> str:
    """Return a share as a percentage with one digit, rounded down."""
    return f"{math.floor(share * 1000) / 10:.1f} %"


def _check_share(share: float, name: str) -> None:
    if not 0 < share < 1:
        raise UsageError(
            f"{name} is {share}", hint="give a share above 0 and below 1, such as 0.95"
        )


def _check_count(part: int, whole: int) -> None:
    if part > whole:
        raise UsageError(
            f"{plural(part, 'label')} for {plural(whole, 'record')}",
            hint="give the number of all records, screened or not",
        )
