"""`agreement`: how far each pair of reviewers agrees, per stage; on which records it does not."""

import datetime
import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from reviewkit.model.records import Stage, Verdict
from reviewkit.screening.agreement import Agreement, agreement
from reviewkit.store import Store
from reviewkit.store.decisions import published_reviewers
from reviewkit.store.record_search import list_hits
from reviewkit.store.reviewer_queries import reviewers_at
from reviewkit.workflow.open_review import read_store
from reviewkit.workflow.project import ReviewProject

VerdictAndReason = tuple[str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """A record on which a pair differs, with its title, and each one's verdict and reason."""

    record: str
    first: VerdictAndReason
    second: VerdictAndReason
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairAgreement:
    """A pair at a stage: agreement on include or exclude, over the records that both decided.

    A "maybe" is no decision yet: records with one are left out and counted in `maybes`.
    `by_reason` counts the disagreements by the reason of the reviewer who excluded.
    `reasons_differ` are the records that both exclude, for different reasons.
    """

    stage: Stage
    first: str
    second: str
    published: bool
    figures: Agreement
    maybes: int
    disagreements: tuple[Disagreement, ...]
    by_reason: dict[str, int]
    reasons_differ: tuple[Disagreement, ...]


def measure_agreement(
    project: ReviewProject,
    *,
    stage: Stage | None = None,
    confidence: float = 0.95,
    now: datetime.datetime,
) -> list[PairAgreement]:
    """Every pair that decided on the same records, by stage; the published review is a reviewer."""
    with read_store(project, now=now) as store:
        stages = (stage,) if stage else tuple(Stage)
        return [*pair_agreements(store, stages, confidence=confidence)]


def pair_agreements(
    store: Store, stages: Sequence[Stage], *, confidence: float = 0.95
) -> Iterator[PairAgreement]:
    """The same, in a database that is open."""
    published = published_reviewers(store)
    for at in stages:
        decisions = reviewers_at(store, at)
        for names in itertools.combinations(sorted(decisions), 2):
            first, second = (decisions[name] for name in names)
            common = [
                Disagreement(record=record, first=first[record], second=second[record])
                for record in sorted(first.keys() & second.keys())
            ]
            if common:
                is_published = not published.isdisjoint(names)
                pair = _pair(at, names, common, is_published, confidence)
                yield replace(
                    pair,
                    disagreements=_titled(store, pair.disagreements),
                    reasons_differ=_titled(store, pair.reasons_differ),
                )


def _titled(store: Store, found: Sequence[Disagreement]) -> tuple[Disagreement, ...]:
    hits = list_hits(store, [both.record for both in found], {})
    titles = {hit.record: hit.title for hit in hits}
    return tuple(replace(both, title=titles.get(both.record, "")) for both in found)


def _pair(
    stage: Stage,
    names: tuple[str, str],
    common: Sequence[Disagreement],
    is_published: bool,
    confidence: float,
) -> PairAgreement:
    """The figures of a pair from the decisions on the records that both decided."""
    decided = [both for both in common if Verdict.MAYBE not in {both.first[0], both.second[0]}]
    differ = [both for both in decided if both.first[0] != both.second[0]]

    # The published review's reason says only that nothing is known; it differs from any real one.
    reasons_differ = () if is_published else _different_reasons(decided)
    verdicts = [(both.first[0], both.second[0]) for both in decided]
    return PairAgreement(
        stage=stage,
        first=names[0],
        second=names[1],
        published=is_published,
        figures=agreement(verdicts, confidence=confidence),
        maybes=len(common) - len(decided),
        disagreements=tuple(differ),
        by_reason=_count_reasons(differ),
        # The published review's reason says only that nothing is known; it differs from any real
        # one.
        reasons_differ=() if is_published else tuple(reasons_differ),
    )


def _different_reasons(decided: Sequence[Disagreement]) -> tuple[Disagreement, ...]:
    """The records that both exclude, for different reasons."""
    excluded = [both for both in decided if both.first[0] == both.second[0] == Verdict.EXCLUDE]
    return tuple(both for both in excluded if both.first[1] != both.second[1])


def _count_reasons(differ: Sequence[Disagreement]) -> dict[str, int]:
    """How often each reason was given by the one who excluded, the most frequent first."""
    reasons = Counter(_exclusion_reason(both) for both in differ)
    return dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0])))


def _exclusion_reason(both: Disagreement) -> str:
    verdict, reason = both.first
    if verdict != Verdict.EXCLUDE:
        _, reason = both.second
    return reason or "no reason given"
