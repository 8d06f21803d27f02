"""`agreement`: how far each pair of reviewers agrees, per stage, and on which records they do not."""

import datetime
import itertools
from collections.abc import Mapping
from dataclasses import dataclass

from reviewkit.model.records import Stage, Verdict
from reviewkit.screening.agreement import Agreement, agreement
from reviewkit.store.decisions import published_reviewers
from reviewkit.store.reviewer_queries import reviewers_at
from reviewkit.workflow.open_review import open_store
from reviewkit.workflow.project import ReviewProject

Said = tuple[str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """A record on which a pair differs, with each one's verdict and reason."""

    record: str
    first: Said
    second: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class PairAgreement:
    """A pair at a stage: agreement on include against exclude, over the records that both decided one way or other.

    A "maybe" is no verdict yet, so records with one are left out and counted in `maybes`. `by_reason` counts the
    disagreements by the reason given; `reasons_differ` are the records that both exclude for different reasons.
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
    """Every pair that decided on the same records, the published review as a reviewer among them; by stage."""
    found = []
    with open_store(project, now=now) as store:
        published = published_reviewers(store)
        for at in Stage if stage is None else (stage,):
            said = reviewers_at(store, at)
            for first, second in itertools.combinations(sorted(said), 2):
                if said[first].keys() & said[second].keys():
                    has_published = bool(published & {first, second})
                    found.append(
                        _pair(
                            at, first, second, said, published=has_published, confidence=confidence
                        )
                    )
    return found


def _pair(
    stage: Stage,
    first: str,
    second: str,
    said: Mapping[str, Mapping[str, Said]],
    *,
    published: bool,
    confidence: float,
) -> PairAgreement:
    both = sorted(said[first].keys() & said[second].keys())
    decided = [r for r in both if Verdict.MAYBE not in {said[first][r][0], said[second][r][0]}]
    told = [Disagreement(record=r, first=said[first][r], second=said[second][r]) for r in decided]
    differ = tuple(d for d in told if d.first[0] != d.second[0])
    reasons: dict[str, int] = {}
    for each in differ:
        reason = (each.first if each.first[0] == Verdict.EXCLUDE else each.second)[
            1
        ] or "no reason given"
        reasons[reason] = reasons.get(reason, 0) + 1
    excluded_alike = [d for d in told if d.first[0] == d.second[0] == Verdict.EXCLUDE]
    return PairAgreement(
        stage=stage,
        first=first,
        second=second,
        published=published,
        figures=agreement([(d.first[0], d.second[0]) for d in told], confidence=confidence),
        maybes=len(both) - len(decided),
        disagreements=differ,
        by_reason=dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
        # The published review's reason is that nothing more is known; it differs from any real one.
        reasons_differ=()
        if published
        else tuple(d for d in excluded_alike if d.first[1] != d.second[1]),
    )
