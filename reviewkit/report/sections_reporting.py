"""The report's section on the reporting of the search: six PRISMA-S items. Pure."""

from reviewkit.protocol.model import Protocol
from reviewkit.report.model import Cell, ReportKind, Section, Tone
from reviewkit.report.words import table
from reviewkit.reproduction.outcomes import ReportingItem, Reproduction

_TONES = {"yes": Tone.GOOD, "partly": Tone.CLOSE, "no": Tone.BAD}
_STATED_BY = {ReportKind.REPRODUCTION: "the article", ReportKind.REVIEW: "this report"}


def answer_cell(item: ReportingItem) -> Cell:
    """Return whether an item is reported, as a badge."""
    return Cell(text=item.answer, tone=_TONES.get(item.answer, Tone.OPEN))


def reporting_section(reproduction: Reproduction, kind: ReportKind) -> Section:
    """Return the six items: reported or not, on what evidence, and where they are stated."""
    rows = [
        (str(item.number), item.item, answer_cell(item), item.evidence, _place(item))
        for item in reproduction.reporting
    ]
    answer = "Reported" if kind is ReportKind.REPRODUCTION else "Given"
    head = ["Item", "What", answer, "Evidence", f"Where {_STATED_BY[kind]} states it"]

    return Section(
        id="reporting",
        title="Reporting of the search: six PRISMA-S items",
        blocks=table("Six PRISMA-S items", head, rows, 0),
    )


def _place(item: ReportingItem) -> str:
    if item.where:
        return item.where
    if item.answer in {"no", "not applicable"}:
        return "–"
    return "not noted in the protocol"


def methods_section(protocol: Protocol) -> Section:
    """Return what a published review says of its methods, in its own words, and where."""
    reported = protocol.reported
    rows = []
    if reported:
        said = reported.methods.model_dump(exclude_none=True)
        rows = [
            (name.replace("_", " "), text, reported.where.get(name, ""))
            for name, text in said.items()
        ]
    return Section(
        id="methods",
        title="What the review reports of its methods",
        blocks=table("Methods", ["Method", "In its words", "Where"], rows),
    )


def excluded_section(protocol: Protocol) -> Section:
    """Return the reports that a published review lists as excluded at full text."""
    listed = protocol.reported.excluded_reports if protocol.reported else ()
    rows = [
        (report.reference or "", report.title, report.reason or "not reported") for report in listed
    ]
    return Section(
        id="excluded-reports",
        title="Reports excluded at full text, as the review lists them",
        blocks=table("Excluded reports", ["Ref.", "Report", "Reason"], rows),
    )
