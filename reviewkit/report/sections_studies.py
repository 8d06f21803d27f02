"""The report's sections on the included studies:
retrieval, eligibility, notices, readings. Pure.
"""

from reviewkit.model.records import Answer, Check
from reviewkit.protocol.model import Criterion, CriterionKind, Protocol
from reviewkit.report.model import Block, Cell, ReportKind, Section, Tone
from reviewkit.report.words import bullets, cells, clause, identifiers, number, table
from reviewkit.reproduction.outcomes import Reproduction, VariantOutcome, WorkOutcome
from reviewkit.updates.notices import Standing

_TONES = {Answer.YES: Tone.GOOD, Answer.NO: Tone.BAD, Answer.UNKNOWN: Tone.OPEN}
_STANDING_TONES = {
    Standing.RETRACTED: Tone.BAD,
    Standing.IS_A_RETRACTION: Tone.BAD,
    Standing.CONCERN: Tone.BAD,
    Standing.CORRECTED: Tone.CLOSE,
    Standing.CLEAR: Tone.GOOD,
    Standing.NOT_KNOWN: Tone.OPEN,
}
_RETRIEVED = {Answer.YES: "returned", Answer.NO: "not returned", Answer.UNKNOWN: "not known"}
# What the answer to a criterion means. "Yes" is that the record satisfies the review.
_CRITERION_WORDS = {
    CriterionKind.INCLUSION: {
        Answer.YES: "met",
        Answer.NO: "not met",
        Answer.UNKNOWN: "not known",
    },
    CriterionKind.EXCLUSION: {
        Answer.YES: "not excluded",
        Answer.NO: "excluded",
        Answer.UNKNOWN: "not known",
    },
}
# The cell of a criterion that no record is checked for.
_NO_CHECK = {"person": "a person must judge", "duplicates": "duplicates are linked, see the flow"}


def short_title(work: WorkOutcome, *, most: int = 60) -> str:
    """Return the start of the work's title, as much as a narrow column holds."""
    if len(work.title) <= most:
        return work.title
    return work.title[: most - 2].rsplit(" ", 1)[0] + " …"


def short_name(work: WorkOutcome) -> str:
    """Return the work for a narrow column: its reference number and the start of its title."""
    if not work.reference:
        return short_title(work)
    return f"{work.reference}: {short_title(work)}"


def retrieval(work: WorkOutcome) -> Cell:
    """Return whether the searches returned the work, as a badge."""
    return Cell(text=_RETRIEVED[work.retrieved], tone=_TONES[work.retrieved])


def included_section(reproduction: Reproduction, kind: ReportKind) -> Section:
    """Return each included study: whether the searches return it, and why not."""
    if kind is ReportKind.REVIEW:
        reports = [(_linked_title(work), _sources(work)) for work in reproduction.works]
        blocks = table("Included reports", ["Report", "Found in"], reports)
        return Section(id="studies", title="The included reports", blocks=blocks)

    rows = [
        (work.reference or "", _linked_title(work), retrieval(work), _how(work))
        for work in reproduction.works
    ]
    head = ["Ref.", "Study", "By the searches", "How, or why not"]

    return Section(
        id="studies",
        title="The included studies",
        blocks=table("Included studies", head, rows),
    )


def _sources(work: WorkOutcome) -> str:
    return ", ".join(work.returned_by) or work.source or ""


def _linked_title(work: WorkOutcome) -> Cell:
    year = clause(" ({})", work.year)
    title = work.title.removesuffix(".")
    study = clause("; study: {}", ", ".join(work.studies))
    return Cell(text=f"{title}{year}{study}", links=identifiers(work.doi, work.pmid))


def _how(work: WorkOutcome) -> str:
    """Return by which searches the work was returned, or why by none."""
    if work.retrieved is Answer.YES:
        match = clause(", recognised by {}", work.matched_by)
        return f"{', '.join(work.returned_by)}{match}"

    why = work.why_not or "unexplained"
    if work.found:
        return f"{why}; recognised by {work.matched_by} in: {work.source}"
    return f"{why}; taken from the list that the review publishes"


def eligibility_section(protocol: Protocol, reproduction: Reproduction) -> Section:
    """Return each included study on each criterion of the protocol."""
    blocks: tuple[Block, ...] = ()
    if protocol.criteria:
        head = ["Study", *(_criterion_name(criterion) for criterion in protocol.criteria)]
        rows = [_eligibility_row(protocol, work) for work in reproduction.works]
        blocks = table("Eligibility", head, rows)
    if blocks:
        blocks = (*bullets(["“Not known” is not “no”."]), *blocks)

    return Section(
        id="eligibility",
        title="Eligibility of the included studies, criterion by criterion",
        blocks=blocks,
    )


def _criterion_name(criterion: Criterion) -> str:
    return f"{criterion.kind.capitalize()}: {criterion.wording}"


def _eligibility_row(protocol: Protocol, work: WorkOutcome) -> list[str | Cell]:
    checks = {check.criterion: check for check in work.checks}
    answers = [
        _eligibility(criterion, checks.get(criterion.id), who_included(work))
        for criterion in protocol.criteria
    ]
    return [_linked_name(work), *answers]


def who_included(work: WorkOutcome) -> str:
    """Return who included the report at full text, and who settled a conflict over it."""
    included = clause("included by {}", ", ".join(work.included_by))
    settled = clause("conflict settled by {}", work.settled_by)
    return "; ".join(words for words in (included, settled) if words)


def _eligibility(criterion: Criterion, check: Check | None, included: str) -> str | Cell:
    if check is None and included and criterion.check.by == "person":
        return included
    if check is None:
        return _NO_CHECK.get(criterion.check.by, "not checked")
    words = _CRITERION_WORDS[criterion.kind][check.answer]
    return Cell(text=f"{check.evidence}: {words}", tone=_TONES[check.answer])


def _linked_name(work: WorkOutcome) -> Cell:
    return Cell(text=short_name(work), links=identifiers(work.doi, work.pmid))


def notices_section(reproduction: Reproduction) -> Section:
    """Return retractions, expressions of concern and errata of each included study."""
    rows = [
        (
            _linked_name(work),
            Cell(text=work.notices.standing, tone=_STANDING_TONES[work.notices.standing]),
            "; ".join(work.notices.evidence),
        )
        for work in reproduction.works
    ]
    blocks = table("Retractions and errata", ["Study", "Status", "Evidence"], rows)

    return Section(
        id="notices", title="Retractions and errata of the included studies", blocks=blocks
    )


def readings_section(protocol: Protocol, reproduction: Reproduction) -> Section:
    """Return what each strategy can return of the included studies, and how many records."""
    strategies = [strategy for strategy in protocol.strategies if strategy.blocks]
    blocks: list[Block] = []
    if strategies:
        head = ["Study", *(strategy.label for strategy in strategies)]
        ids = [strategy.id for strategy in strategies]
        rows = [_returnable_row(work, ids) for work in reproduction.works]
        blocks += table("What each reading can return", head, rows)
    blocks += bullets(_count_of(variant) for variant in reproduction.variants)

    return Section(
        id="readings", title="What each reading of the method can return", blocks=tuple(blocks)
    )


def _returnable_row(work: WorkOutcome, strategies: list[str]) -> tuple[Cell, ...]:
    return cells(short_name(work), *(_returnable(work, strategy) for strategy in strategies))


def _returnable(work: WorkOutcome, strategy: str) -> Cell:
    answer, evidence = work.returnable.get(strategy, (Answer.UNKNOWN, ""))
    text = str(answer)
    if evidence and answer is not Answer.YES:
        text = f"{answer}: {evidence}"
    return Cell(text=text, tone=_TONES[answer])


def _count_of(variant: VariantOutcome) -> str:
    name = f"{variant.label}, {variant.source}"
    if variant.count is None:
        return f"{name}: could not be run ({variant.why_not})."

    works = clause(", among them {}", ", ".join(variant.works))
    return f"{name}: {number(variant.count)} records{works}."
