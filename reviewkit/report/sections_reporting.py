"""The report's section on the reporting of the search: six PRISMA-S items. Pure."""

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
