"""What follows from a reproduction's evidence, in sentences. Pure.

Each sentence can be checked against the tables of the report.
"""

from collections.abc import Iterator, Sequence

from reviewkit.model.messages import in_english, in_english_n, mark
from reviewkit.model.records import Answer
from reviewkit.protocol.model import CriterionKind, Protocol
from reviewkit.reproduction.outcomes import WorkOutcome

_LONGEST_TITLE = 60
_FAILS = {
    CriterionKind.INCLUSION: mark(
        "The included work {work} does not meet “{criterion}” ({evidence})."
    ),
    CriterionKind.EXCLUSION: mark(
        "The included work {work} falls under the exclusion “{criterion}” ({evidence})."
    ),
}


def find_findings(
    protocol: Protocol, works: Sequence[WorkOutcome], broken: Sequence[str]
) -> tuple[str, ...]:
    """Return the findings; `broken` are sentences on the reported flow, and come first."""
    return (
        *broken,
        *_not_returnable(protocol, works),
        *_not_eligible(protocol, works),
        *_not_named(protocol, works),
    )


def cite(work: WorkOutcome) -> str:
    """Return the work as a sentence names it: "reference 5, “The Role of …”"."""
    title = work.title
    if len(title) > _LONGEST_TITLE:
        title = title[: _LONGEST_TITLE - 3].rsplit(" ", 1)[0] + " …"
    if not work.reference:
        return f"“{title}”"
    return in_english("reference {reference}, “{title}”", reference=work.reference, title=title)


def _not_returnable(protocol: Protocol, works: Sequence[WorkOutcome]) -> Iterator[str]:
    """Yield the works that a strategy, or no strategy, can return."""
    labels = {strategy.id: strategy.label for strategy in protocol.strategies}
    for work in works:
        reasons = {
            strategy: evidence
            for strategy, (answer, evidence) in work.returnable.items()
            if answer is Answer.NO
        }
        if reasons and len(reasons) == len(work.returnable):
            *_, last = reasons.values()
            yield in_english(
                "No strategy of this protocol can return the included work {work} ({evidence}).",
                work=cite(work),
                evidence=last,
            )
            continue

        for strategy, evidence in reasons.items():
            yield in_english(
                "“{strategy}” cannot return the included work {work} ({evidence}).",
                strategy=labels[strategy],
                work=cite(work),
                evidence=evidence,
            )


def _not_eligible(protocol: Protocol, works: Sequence[WorkOutcome]) -> Iterator[str]:
    """Yield the works that fail a criterion."""
    criteria = {criterion.id: criterion for criterion in protocol.criteria}
    for work in works:
        for check in work.checks:
            if check.answer is Answer.NO:
                criterion = criteria[check.criterion]
                yield in_english(
                    _FAILS[criterion.kind],
                    work=cite(work),
                    criterion=criterion.wording,
                    evidence=check.evidence,
                )


def _not_named(protocol: Protocol, works: Sequence[WorkOutcome]) -> Iterator[str]:
    """Yield the descriptors that some included titles name and others do not."""
    for descriptor in protocol.descriptors:
        silent = [
            work
            for work in works
            if work.concepts and work.concepts[descriptor.id]["title"] is Answer.NO
        ]
        if 0 < len(silent) < len(works):
            yield in_english_n(
                len(silent),
                "{n} of {all} included works does not name “{term}” in its title: {works}.",
                "{n} of {all} included works do not name “{term}” in their title: {works}.",
                all=len(works),
                term=descriptor.term,
                works="; ".join(cite(work) for work in silent),
            )
