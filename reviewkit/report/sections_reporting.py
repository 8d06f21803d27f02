"""The report's section on the reporting of the search: six PRISMA-S items. Pure."""

from reviewkit.model.messages import mark, recognise, tr
from reviewkit.protocol.model import Protocol
from reviewkit.report.model import Cell, ReportKind, Section, Tone
from reviewkit.report.words import table
from reviewkit.reproduction.outcomes import ReportingItem, Reproduction

_METHODS = {
    "filters": mark("filters"),
    "peer_review": mark("peer review"),
    "prior_work": mark("prior work"),
    "updates": mark("updates"),
    "contacts": mark("contacts"),
    "citation_searching": mark("citation searching"),
    "online_resources": mark("online resources"),
    "other_methods": mark("other methods"),
    "multi_database": mark("multi database"),
    "deduplication": mark("deduplication"),
    "reviewers": mark("reviewers"),
    "agreement": mark("agreement"),
}
_TONES = {"yes": Tone.GOOD, "partly": Tone.CLOSE, "no": Tone.BAD}


def answer_cell(item: ReportingItem) -> Cell:
    """Return whether an item is reported, as a badge."""
    return Cell(text=tr(item.answer), tone=_TONES.get(item.answer, Tone.OPEN))


def reporting_section(reproduction: Reproduction, kind: ReportKind) -> Section:
    """Return the six items: reported or not, on what evidence, and where they are stated."""
    rows = [
        (
            str(item.number),
            tr(item.item),
            answer_cell(item),
            recognise(item.evidence),
            _place(item),
        )
        for item in reproduction.reporting
    ]
    answer, where = tr("Given"), tr("Where this report states it")
    if kind is ReportKind.REPRODUCTION:
        answer, where = tr("Reported"), tr("Where the article states it")
    head = [tr("Item"), tr("What"), answer, tr("Evidence"), where]

    return Section(
        id="reporting",
        title=tr("Reporting of the search: six PRISMA-S items"),
        blocks=table(tr("Six PRISMA-S items"), head, rows, 0),
    )


def _place(item: ReportingItem) -> str:
    if item.where:
        return recognise(item.where)
    if item.answer in {"no", "not applicable"}:
        return "–"
    return tr("not noted in the protocol")


def methods_section(protocol: Protocol) -> Section:
    """Return what a published review says of its methods, in its own words, and where."""
    reported = protocol.reported
    rows = []
    if reported:
        methods = reported.methods.model_dump(exclude_none=True)
        rows = [
            (tr(_METHODS[name]), text, reported.where.get(name, ""))
            for name, text in methods.items()
        ]

    return Section(
        id="methods",
        title=tr("What the review reports of its methods"),
        blocks=table(tr("Methods"), [tr("Method"), tr("In its words"), tr("Where")], rows),
    )


def excluded_section(protocol: Protocol) -> Section:
    """Return the reports that a published review lists as excluded at full text."""
    listed = protocol.reported.excluded_reports if protocol.reported else ()
    rows = [(report.citation, report.reason or tr("not reported")) for report in listed]

    return Section(
        id="excluded-reports",
        title=tr("Reports excluded at full text, as the review lists them"),
        blocks=table(tr("Excluded reports"), [tr("Report"), tr("Reason")], rows),
    )
