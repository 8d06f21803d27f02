"""The report's sections on the included studies: retrieved or not, eligibility, notices, readings. Pure."""

from reviewkit.model.records import Answer
from reviewkit.protocol.model import Protocol
from reviewkit.report.model import Block, Cell, ReportKind, Section, Tone
from reviewkit.report.words import bullets, cells, identifiers, number, table
from reviewkit.reproduction.outcomes import Reproduction, VariantOutcome, WorkOutcome
from reviewkit.updates.notices import Standing

_ANSWERS = {Answer.YES: Tone.GOOD, Answer.NO: Tone.BAD, Answer.UNKNOWN: Tone.OPEN}
_STANDINGS = {
    Standing.RETRACTED: Tone.BAD,
    Standing.IS_A_RETRACTION: Tone.BAD,
    Standing.CONCERN: Tone.BAD,
    Standing.CORRECTED: Tone.CLOSE,
    Standing.CLEAR: Tone.GOOD,
    Standing.NOT_KNOWN: Tone.OPEN,
}
_RETRIEVED = {Answer.YES: "retrieved", Answer.NO: "not retrieved", Answer.UNKNOWN: "not known"}
# What stands where a criterion has no check by record.
_NO_CHECK = {"person": "a person must judge", "duplicates": "duplicates are linked, see the flow"}


def title(work: WorkOutcome, *, most: int = 60) -> str:
    """The start of the work's title, as much as a narrow column holds."""
    return (
        work.title if len(work.title) <= most else work.title[: most - 2].rsplit(" ", 1)[0] + " …"
    )


def short(work: WorkOutcome) -> str:
    """The work in a narrow column: its reference number and the start of its title."""
    return f"{work.reference}: {title(work)}" if work.reference else title(work)


def retrieval(work: WorkOutcome) -> Cell:
    """Whether the searches returned the work, as a badge."""
    return Cell(text=_RETRIEVED[work.retrieved], tone=_ANSWERS[work.retrieved])


def included(made: Reproduction, kind: ReportKind) -> Section:
    """Each included study: whether the searches return it, and why not."""
    if kind is ReportKind.REVIEW:
        found = [
            (_named(work), ", ".join(work.returned_by) or work.source or "") for work in made.works
        ]
        blocks = table("Included reports", ["Report", "Found in"], found)
        return Section(id="studies", title="The included reports", blocks=blocks)
    rows = [
        (
            work.reference or "",
            _named(work),
            retrieval(work),
            _how(work),
        )
        for work in made.works
    ]
    blocks = table(
        "Included studies", ["Ref.", "Study", "By the searches", "How, or why not"], rows
    )
    return Section(id="studies", title="The included studies", blocks=blocks)


def _named(work: WorkOutcome) -> Cell:
    year = f" ({work.year})" if work.year else ""
    return Cell(
        text=f"{work.title.removesuffix('.')}{year}", links=identifiers(work.doi, work.pmid)
    )


def _how(work: WorkOutcome) -> str:
    if work.retrieved is Answer.YES:
        by = f", recognised by {work.matched_by}" if work.matched_by else ""
        return f"{', '.join(work.returned_by)}{by}"
    why = work.why_not or "unexplained"
    if work.found:
        return f"{why}; recognised by {work.matched_by} in: {work.source}"
    return f"{why}; enters the rerun through the reported list"


def eligibility(protocol: Protocol, made: Reproduction) -> Section:
    """Each included study on each criterion of the protocol."""
    criteria = protocol.criteria
    rows = []
    for work in made.works:
        told = {check.criterion: check for check in work.checks}
        row: list[str | Cell] = [Cell(text=short(work), links=identifiers(work.doi, work.pmid))]
        for criterion in criteria:
            check = told.get(criterion.id)
            if check is None:
                row.append(_NO_CHECK.get(criterion.check.by, "not checked"))
            else:
                row.append(
                    Cell(text=f"{check.answer}: {check.evidence}", tone=_ANSWERS[check.answer])
                )
        rows.append(row)
    head = [
        "Study",
        *(f"{criterion.kind.capitalize()}: {criterion.wording}" for criterion in criteria),
    ]
    blocks = table("Eligibility", head, rows) if criteria else ()
    lead = (
        "Yes means that the record satisfies the review, also under an exclusion criterion. Unknown is not no.",
    )
    return Section(
        id="eligibility",
        title="Eligibility of the included studies, criterion by criterion",
        blocks=(*bullets(lead if blocks else ()), *blocks),
    )


def notices(made: Reproduction) -> Section:
    """Retractions, expressions of concern and errata of each included study."""
    rows = [
        (
            Cell(text=short(work), links=identifiers(work.doi, work.pmid)),
            Cell(text=work.notices.standing, tone=_STANDINGS[work.notices.standing]),
            "; ".join(work.notices.evidence),
        )
        for work in made.works
    ]
    blocks = table("Retractions and errata", ["Study", "Status", "Evidence"], rows)
    return Section(
        id="notices", title="Retractions and errata of the included studies", blocks=blocks
    )


def readings(protocol: Protocol, made: Reproduction) -> Section:
    """What each strategy can return of the included studies, and how many records it returns."""
    strategies = [strategy for strategy in protocol.strategies if strategy.blocks]
    rows = [
        cells(short(work), *(_returnable(work, strategy.id) for strategy in strategies))
        for work in made.works
    ]
    blocks: list[Block] = []
    if strategies:
        head = ["Study", *(strategy.label for strategy in strategies)]
        blocks += table("What each reading can return", head, rows)
    blocks += bullets(_counted(variant) for variant in made.variants)
    return Section(
        id="readings", title="What each reading of the method can return", blocks=tuple(blocks)
    )


def _returnable(work: WorkOutcome, strategy: str) -> Cell:
    answer, evidence = work.returnable.get(strategy, (Answer.UNKNOWN, ""))
    shown = f"{answer}: {evidence}" if answer is not Answer.YES and evidence else str(answer)
    return Cell(text=shown, tone=_ANSWERS[answer])


def _counted(variant: VariantOutcome) -> str:
    told = f"{variant.label}, {variant.source}: "
    if variant.count is None:
        return f"{told}could not be run ({variant.why_not})."
    among = f", among them {', '.join(variant.works)}" if variant.works else ""
    return f"{told}{number(variant.count)} records{among}."
