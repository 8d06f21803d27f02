"""Build the report: the first page, then the evidence, then the records behind the boxes. Pure."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

from reviewkit.model.flow import Flow
from reviewkit.model.messages import day, in_language, mark, recognise, tr, tr_n
from reviewkit.model.version import __version__
from reviewkit.prisma.diagram.listing import RecordList, TranslatedRows
from reviewkit.prisma.diagram.shapes import Box, DiagramLayout
from reviewkit.prisma.diagram.wrap import NBSP
from reviewkit.protocol.model import Protocol, Remark, Review
from reviewkit.report.facts import facts, own_facts, plain
from reviewkit.report.first_page import broken_lines, first_page
from reviewkit.report.model import Figure, Records, Report, ReportKind, Section
from reviewkit.report.sections_audit import audit_facts, audit_section
from reviewkit.report.sections_citations import (
    CitationSummary,
    citation_section,
)
from reviewkit.report.sections_declarations import declarations_section
from reviewkit.report.sections_differences import differences_section, open_questions_section
from reviewkit.report.sections_living import LivingState, living_table
from reviewkit.report.sections_reporting import (
    excluded_section,
    methods_section,
    reporting_section,
)
from reviewkit.report.sections_screening import (
    ScreeningSummary,
    screening_facts,
    screening_sections,
)
from reviewkit.report.sections_searches import runs_section
from reviewkit.report.sections_studies import (
    eligibility_section,
    included_section,
    notices_section,
    readings_section,
)
from reviewkit.report.verdict import headline
from reviewkit.report.words import bullets, clause, count, difference, sections_with_content, table
from reviewkit.reproduction.audit_result import AuditResult
from reviewkit.reproduction.outcomes import BoxComparison, Reproduction


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What a report is made from.

    `layout` is the diagram, of both flows where the review reports one.
    `living` is `None` for a review that is not kept up to date, `screening` for a published one,
    `audit` for one's own and where the method has no readings.
    """

    protocol: Protocol
    protocol_sha256: str
    reproduction: Reproduction
    reported: Flow
    rerun: Flow
    layout: DiagramLayout
    listings: tuple[RecordList, ...] = ()
    living: LivingState | None = None
    screening: ScreeningSummary | None = None
    audit: AuditResult | None = None
    citations: CitationSummary | None = None

    @property
    def language(self) -> str:
        """Return the language of the diagram, which is the report's too."""
        return self.layout.words.language


# Boxes whose records are all in other boxes too; on paper they are not listed twice.
_UNIONS = frozenset({"box2", "box4", "box6", "box8", "box11", "box12", "box14"})
_MOST_ON_PAPER = 100


def build_report(material: Material) -> Report:
    """Return the reproduction report of a protocol that has [reported],
    or else the review report, in the language of its diagram.
    """
    with in_language(material.language):
        return _report(material)


def _report(material: Material) -> Report:
    protocol, reproduction = material.protocol, material.reproduction
    kind = ReportKind.REPRODUCTION if protocol.is_published else ReportKind.REVIEW
    reported, rerun = material.reported, material.rerun
    sha256 = material.protocol_sha256

    return Report(
        kind=kind,
        title=protocol.review.title,
        subtitle=citation(protocol.review),
        headline=headline(protocol, reproduction, rerun),
        summary=(
            *first_page(protocol, reproduction, reported=reported, rerun=rerun),
            *living_table(material.living),
        ),
        figure=Figure(layout=material.layout, caption=_caption(material, kind)),
        sections=sections_with_content(_sections(material, kind)),
        footer=tr(
            "{software}, protocol SHA-256 {sha256}.",
            software=f"reviewkit {__version__}",
            sha256=sha256,
        ),
        facts={
            "kind": kind,
            **_facts(material),
            "living": plain(material.living),
            "citations": plain(material.citations),
        },
        language=material.language,
    )


def _facts(material: Material) -> dict[str, Any]:
    protocol, sha256 = material.protocol, material.protocol_sha256
    if not protocol.is_published:
        return {
            **own_facts(protocol, sha256, material.reproduction, flow=material.rerun),
            **screening_facts(material.screening),
        }
    reported, rerun = material.reported, material.rerun

    return {
        **facts(protocol, sha256, material.reproduction, reported=reported, rerun=rerun),
        "audit": audit_facts(material.audit),
    }


def _sections(material: Material, kind: ReportKind) -> Iterator[Section]:
    """Yield every section, in order; some may be empty."""
    if kind is ReportKind.REVIEW:
        yield from _own_sections(material)
    else:
        yield from _reproduction_sections(material)

    yield _pairs_section(material.reproduction)
    yield _remarks_section(material.protocol)
    yield eligibility_section(material.protocol, material.reproduction)
    yield declarations_section(material.protocol)
    yield _records_section(material)


def _own_sections(material: Material) -> Iterator[Section]:
    """Yield what one's own review says: what was searched, who decided, what is still open."""
    protocol, reproduction = material.protocol, material.reproduction

    yield included_section(reproduction, ReportKind.REVIEW)
    yield open_questions_section(protocol, reproduction, reported=False)
    yield runs_section(protocol, reproduction)
    yield citation_section(material.citations)
    yield from screening_sections(material.screening)
    yield reporting_section(reproduction, ReportKind.REVIEW)
    yield notices_section(protocol, reproduction)


def _reproduction_sections(material: Material) -> Iterator[Section]:
    """Yield what the rerun of a published review says beside the review."""
    protocol, reproduction = material.protocol, material.reproduction

    yield _boxes_section(material)
    yield included_section(reproduction, ReportKind.REPRODUCTION)
    yield differences_section(reproduction)
    yield _findings_section(reproduction, material.reported)
    yield open_questions_section(protocol, reproduction, reported=True)
    yield reporting_section(reproduction, ReportKind.REPRODUCTION)
    yield methods_section(protocol)
    yield excluded_section(protocol)
    yield runs_section(protocol, reproduction)
    yield citation_section(material.citations)
    yield readings_section(protocol, reproduction)
    yield audit_section(protocol, material.audit)
    yield notices_section(protocol, reproduction)
    yield _candidates_section(reproduction)


def citation(review: Review) -> str:
    """Return the review as a reference list prints it;
    empty where the protocol has none of its parts.
    """
    journal = _joined(" ", review.journal, str(review.year or ""))
    issue = clause("({value})", review.issue)
    pages = _joined(":", f"{review.volume or ''}{issue}", review.pages)
    doi = clause("doi:{value}", review.doi)

    return _joined(". ", ", ".join(review.authors), _joined(";", journal, pages), doi)


def _joined(separator: str, *parts: str | None) -> str:
    return separator.join(part for part in parts if part)


def _caption(material: Material, kind: ReportKind) -> str:
    days = [
        tr("{source} searched {day}", source=source.name, day=day(source.run.searched_at[:10]))
        for source in material.reproduction.sources
        if source.run
    ]
    searches = ", ".join(days) or tr("no source searched")
    if kind is ReportKind.REVIEW:
        return tr("The flow of the review; {searches}.", searches=searches)

    words = material.layout.words
    first, second = words.label("reported"), words.label("rerun")

    return tr(
        "The flow as {first} beside the {second}; {searches}.",
        first=first,
        second=second,
        searches=searches,
    )


def _boxes_section(material: Material) -> Section:
    places = material.protocol.reported.where if material.protocol.reported else {}
    rows = [
        (
            recognise(box.label),
            count(box.reported),
            _rerun(box),
            difference(box.reported, box.rerun) if box.silence is None else "",
            places.get(box.key, ""),
        )
        for box in material.reproduction.boxes
    ]
    head = [
        tr("Box"),
        tr("Reported"),
        tr("Rerun"),
        tr("Difference"),
        tr("Where the article states it"),
    ]
    blocks = table(tr("Flow, reported beside rerun"), head, rows, 1, 2, 3)
    notes = bullets(_reported_notes(material.reported))

    return Section(id="boxes", title=tr("The flow, box by box"), blocks=(*blocks, *notes))


def _reported_notes(reported: Flow) -> Iterator[str]:
    yield from reported.footnotes
    if reported.several_reports_per_record:
        yield tr("The review says that a record led to more than one report.")


def _rerun(box: BoxComparison) -> str:
    """Return the rerun's count, with the reason where it is compared with nothing."""
    if box.silence is None or box.rerun is None:
        return count(box.rerun, box.silence or mark("not known"))
    return f"{count(box.rerun)} ({tr(box.silence)})"


def _findings_section(reproduction: Reproduction, reported: Flow) -> Section:
    # What does not add up is said anew: its sentence is made of too many parts to be recognised.
    broken = tuple(broken_lines(reported))
    found = map(recognise, reproduction.findings[len(broken) :])
    blocks = bullets((*broken, *found))
    return Section(id="findings", title=tr("What follows from the evidence"), blocks=blocks)


def _candidates_section(reproduction: Reproduction) -> Section:
    rows = [(item.title, item.record, recognise(item.evidence)) for item in reproduction.candidates]
    return Section(
        id="candidates",
        title=tr(
            "Eligible by every criterion that a machine can check, "
            "and not among the included studies"
        ),
        blocks=table(tr("Candidates"), [tr("Title"), tr("Record"), tr("Evidence")], rows),
    )


def _pairs_section(reproduction: Reproduction) -> Section:
    head = [tr("Record"), tr("Other record"), tr("Why they were not merged automatically")]
    rows = [(one, other, recognise(why)) for one, other, why in reproduction.open_pairs]
    blocks = table(tr("Open pairs"), head, rows)
    return Section(id="pairs", title=tr("Pairs of records that need manual review"), blocks=blocks)


def _remarks_section(protocol: Protocol) -> Section:
    blocks = bullets(_remark(remark) for remark in protocol.remarks)
    return Section(id="remarks", title=tr("Remarks of the protocol's author"), blocks=blocks)


def _remark(remark: Remark) -> str:
    if not remark.where:
        return remark.text
    return f"{remark.text} ({remark.where})"


def _records_section(material: Material) -> Section:
    boxes = {box.key: box for box in material.layout.boxes}
    blocks = tuple(
        _records(listing, boxes[listing.box])
        for listing in material.listings
        if listing.box in boxes
    )

    return Section(id="records", title=tr("Records behind the boxes"), blocks=blocks)


def _rows(listing: RecordList) -> Collection[tuple[str, ...]]:
    """Return the rows with the reason, their last column, in the language."""
    translated = {reason: recognise(reason) for reason in {row[-1] for row in listing.rows}}
    changed = {reason: words for reason, words in translated.items() if words != reason}
    return TranslatedRows(listing.rows, changed) if changed else listing.rows


def _records(listing: RecordList, box: Box) -> Records:
    label = box.content.entries[0].text.split(f"{NBSP}(")[0].rstrip(":*")
    records = tr_n(len(listing.rows), "{n} record", "{n} records")
    heading = recognise(listing.heading) or f"{label}: {records}"
    most = 0 if listing.box in _UNIONS else _MOST_ON_PAPER
    return Records(
        listing=replace(listing, heading=heading, rows=_rows(listing)), heading=heading, most=most
    )
