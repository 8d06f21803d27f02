"""The report's sections on the included studies:
retrieval, eligibility, notices, readings. Pure.
"""

from reviewkit.model.messages import mark, recognise, tr, tr_n
from reviewkit.model.records import Answer, Check
from reviewkit.protocol.model import Criterion, CriterionKind, Protocol
from reviewkit.report.model import Block, Cell, ReportKind, Section, Tone
from reviewkit.report.words import bullets, cells, clause, identifiers, table
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
_RETRIEVED = {
    Answer.YES: mark("returned"),
    Answer.NO: mark("not returned"),
    Answer.UNKNOWN: mark("not known"),
}
# What the answer to a criterion means. "Yes" is that the record satisfies the review.
_CRITERION_WORDS = {
    CriterionKind.INCLUSION: {
        Answer.YES: mark("met"),
        Answer.NO: mark("not met"),
        Answer.UNKNOWN: mark("not known"),
    },
    CriterionKind.EXCLUSION: {
        Answer.YES: mark("not excluded"),
        Answer.NO: mark("excluded"),
        Answer.UNKNOWN: mark("not known"),
    },
}
# The cell of a criterion that no record is checked for.
_NO_CHECK = {
    "person": mark("a person must judge"),
    "duplicates": mark("duplicates are linked, see the flow"),
}
_ANSWERS = {Answer.YES: mark("yes"), Answer.NO: mark("no"), Answer.UNKNOWN: mark("unknown")}
_KINDS = {
    CriterionKind.INCLUSION: mark("Inclusion: {wording}"),
    CriterionKind.EXCLUSION: mark("Exclusion: {wording}"),
}


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
    return Cell(text=tr(_RETRIEVED[work.retrieved]), tone=_TONES[work.retrieved])


def included_section(reproduction: Reproduction, kind: ReportKind) -> Section:
    """Return each included study: whether the searches return it, and why not."""
    if kind is ReportKind.REVIEW:
        reports = [(_linked_title(work), _sources(work)) for work in reproduction.works]
        blocks = table(tr("Included reports"), [tr("Report"), tr("Found in")], reports)
        return Section(id="studies", title=tr("The included reports"), blocks=blocks)

    rows = [
        (work.reference or "", _linked_title(work), retrieval(work), _how(work))
        for work in reproduction.works
    ]
    head = [tr("Ref."), tr("Study"), tr("By the searches"), tr("How, or why not")]

    return Section(
        id="studies",
        title=tr("The included studies"),
        blocks=table(tr("Included studies"), head, rows),
    )


def _sources(work: WorkOutcome) -> str:
    return ", ".join(work.returned_by) or recognise(work.source or "")


def _linked_title(work: WorkOutcome) -> Cell:
    year = clause(" ({value})", work.year and str(work.year))
    title = work.title.removesuffix(".")
    study = clause(mark("; study: {value}"), ", ".join(work.studies))
    return Cell(text=f"{title}{year}{study}", links=identifiers(work.doi, work.pmid))


def _how(work: WorkOutcome) -> str:
    """Return by which searches the work was returned, or why by none."""
    if work.retrieved is Answer.YES:
        match = clause(mark(", recognised by {value}"), recognise(work.matched_by or ""))
        return f"{', '.join(work.returned_by)}{match}"

    why = recognise(work.why_not or mark("unexplained"))
    if work.found:
        return tr(
            "{why}; recognised by {match} in: {source}",
            why=why,
            match=recognise(work.matched_by or ""),
            source=recognise(work.source or ""),
        )
    return tr("{why}; taken from the list that the review publishes", why=why)


def eligibility_section(protocol: Protocol, reproduction: Reproduction) -> Section:
    """Return each included study, or report of one's own review, on each criterion."""
    blocks: tuple[Block, ...] = ()
    title = tr("Eligibility of the included reports, criterion by criterion")
    if protocol.is_published:
        title = tr("Eligibility of the included studies, criterion by criterion")
    if protocol.criteria:
        head = [
            _work_head(protocol),
            *(criterion_name(criterion) for criterion in protocol.criteria),
        ]
        rows = [_eligibility_row(protocol, work) for work in reproduction.works]
        blocks = table(tr("Eligibility"), head, rows)
    if blocks:
        blocks = (*bullets([tr("“Not known” is not “no”.")]), *blocks)

    return Section(id="eligibility", title=title, blocks=blocks)


def _work_head(protocol: Protocol) -> str:
    """Return what a published review lists, its studies; or the reports of one's own."""
    return tr("Study") if protocol.is_published else tr("Report")


def criterion_name(criterion: Criterion) -> str:
    """Return the criterion's kind and wording."""
    return tr(_KINDS[criterion.kind], wording=criterion.wording)


def _eligibility_row(protocol: Protocol, work: WorkOutcome) -> list[str | Cell]:
    checks = {check.criterion: check for check in work.checks}
    answers = [
        _eligibility(criterion, checks.get(criterion.id), who_included(work))
        for criterion in protocol.criteria
    ]
    return [_linked_name(work), *answers]


def who_included(work: WorkOutcome) -> str:
    """Return who included the report at full text, and who settled a conflict over it."""
    included = clause(mark("included by {value}"), ", ".join(work.included_by))
    settled = clause(mark("conflict settled by {value}"), work.settled_by)
    return "; ".join(words for words in (included, settled) if words)


def _eligibility(criterion: Criterion, check: Check | None, included: str) -> str | Cell:
    if check is None and included and criterion.check.by == "person":
        return included
    if check is None:
        return tr(_NO_CHECK.get(criterion.check.by, mark("not checked")))
    words = tr(_CRITERION_WORDS[criterion.kind][check.answer])
    return Cell(text=f"{recognise(check.evidence)}: {words}", tone=_TONES[check.answer])


def _linked_name(work: WorkOutcome) -> Cell:
    return Cell(text=short_name(work), links=identifiers(work.doi, work.pmid))


def notices_section(protocol: Protocol, reproduction: Reproduction) -> Section:
    """Return retractions, expressions of concern and errata of each included work."""
    rows = [
        (
            _linked_name(work),
            Cell(text=tr(work.notices.standing), tone=_STANDING_TONES[work.notices.standing]),
            "; ".join(map(recognise, work.notices.evidence)),
        )
        for work in reproduction.works
    ]
    head = [_work_head(protocol), tr("Status"), tr("Evidence")]
    title = tr("Retractions and errata of the included reports")
    if protocol.is_published:
        title = tr("Retractions and errata of the included studies")
    blocks = table(tr("Retractions and errata"), head, rows)
    return Section(id="notices", title=title, blocks=blocks)


def readings_section(protocol: Protocol, reproduction: Reproduction) -> Section:
    """Return what each strategy can return of the included studies, and how many records."""
    strategies = [strategy for strategy in protocol.strategies if strategy.blocks]
    blocks: list[Block] = []
    if strategies:
        head = [tr("Study"), *(strategy.label for strategy in strategies)]
        ids = [strategy.id for strategy in strategies]
        rows = [_returnable_row(work, ids) for work in reproduction.works]
        blocks += table(tr("What each reading can return"), head, rows)
    blocks += bullets(_count_of(variant) for variant in reproduction.variants)

    return Section(
        id="readings", title=tr("What each reading of the method can return"), blocks=tuple(blocks)
    )


def _returnable_row(work: WorkOutcome, strategies: list[str]) -> tuple[Cell, ...]:
    return cells(short_name(work), *(_returnable(work, strategy) for strategy in strategies))


def _returnable(work: WorkOutcome, strategy: str) -> Cell:
    answer, evidence = work.returnable.get(strategy, (Answer.UNKNOWN, ""))
    text = tr(_ANSWERS[answer])
    if evidence and answer is not Answer.YES:
        text = f"{text}: {recognise(evidence)}"
    return Cell(text=text, tone=_TONES[answer])


def _count_of(variant: VariantOutcome) -> str:
    name = f"{variant.label}, {variant.source}"
    if variant.count is None:
        why = recognise(variant.why_not or "")
        return tr("{strategy}: could not be run ({why}).", strategy=name, why=why)

    works = clause(mark(", among them {value}"), ", ".join(variant.works))
    return tr_n(
        variant.count,
        "{strategy}: {n} record{works}.",
        "{strategy}: {n} records{works}.",
        strategy=name,
        works=works,
    )
