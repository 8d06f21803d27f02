"""Puts the report together: the first page, then the evidence, then the records behind the boxes. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from reviewkit.model.flow import Flow
from reviewkit.model.text import plural
from reviewkit.model.version import __version__
from reviewkit.prisma.diagram.listing import RecordList
from reviewkit.prisma.diagram.shapes import DiagramLayout
from reviewkit.prisma.diagram.wrap import NBSP
from reviewkit.protocol.model import Protocol, Review
from reviewkit.report.facts import facts, plain
from reviewkit.report.model import Figure, Records, Report, ReportKind, Section
from reviewkit.report.sections_living import LivingState, living_table
from reviewkit.report.sections_searches import differences, open_questions, reporting, runs
from reviewkit.report.sections_studies import eligibility, included, notices, readings
from reviewkit.report.sections_verdict import headline, summary
from reviewkit.report.words import bullets, count, difference, sections, table
from reviewkit.reproduction.outcomes import Reproduction


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What a report is made of. `layout` is the diagram: of both flows, where the review reports one.

    `living` is `None` for a review that is not kept up to date.
    """

    protocol: Protocol
    protocol_sha256: str
    reproduction: Reproduction
    reported: Flow
    rerun: Flow
    layout: DiagramLayout
    listings: tuple[RecordList, ...] = ()
    living: LivingState | None = None


def build_report(material: Material) -> Report:
    """The reproduction report of a protocol that has [reported], the review report of another."""
    protocol, made = material.protocol, material.reproduction
    kind = ReportKind.REVIEW if protocol.reported is None else ReportKind.REPRODUCTION
    told = facts(
        protocol, material.protocol_sha256, made, reported=material.reported, rerun=material.rerun
    )
    return Report(
        kind=kind,
        title=protocol.review.title,
        subtitle=citation(protocol.review),
        headline=headline(protocol, made, material.rerun),
        summary=(
            *summary(protocol, made, reported=material.reported, rerun=material.rerun),
            *living_table(material.living),
        ),
        figure=Figure(layout=material.layout, caption=_caption(material, kind)),
        sections=tuple(_sections(material, kind)),
        footer=f"reviewkit {__version__}, protocol SHA-256 {material.protocol_sha256}.",
        facts={"kind": kind, **told, "living": plain(material.living)},
    )


def _sections(material: Material, kind: ReportKind) -> Iterator[Section]:
    protocol, made = material.protocol, material.reproduction
    reported = kind is ReportKind.REPRODUCTION
    found = [
        _boxes(material) if reported else None,
        included(made, kind),
        differences(made),
        _findings(made),
        open_questions(protocol, made, reported),
        reporting(made, kind),
        runs(protocol, made),
        readings(protocol, made) if reported else None,
        notices(made),
        _candidates(made) if reported else None,
        _pairs(made),
        _remarks(protocol),
        eligibility(protocol, made),
        _records(material),
    ]
    yield from sections(*(section for section in found if section is not None))


def citation(review: Review) -> str:
    """The review as a reference list prints it; empty where the protocol says nothing of it."""
    where = " ".join(str(part) for part in (review.journal, review.year) if part)
    issue = f"{review.volume or ''}{f'({review.issue})' if review.issue else ''}"
    tail = ":".join(part for part in (issue, review.pages) if part)
    place = f"{where};{tail}" if where and tail else where or tail
    doi = f"doi:{review.doi}" if review.doi else ""
    return ". ".join(part for part in (", ".join(review.authors), place, doi) if part)


def _caption(material: Material, kind: ReportKind) -> str:
    words = material.layout.words
    ran = [(source.name, source.run) for source in material.reproduction.sources if source.run]
    dates = [f"{name} searched {run.searched_at[:10]}" for name, run in ran]
    told = ", ".join(dates) or "no source searched"
    if kind is ReportKind.REVIEW:
        return f"The flow of the review; {told}."
    first, second = words.label("reported"), words.label("rerun")
    return f"The flow as {first} beside the {second}; {told}."


def _boxes(material: Material) -> Section:
    where = material.protocol.reported.where if material.protocol.reported else {}
    rows = [
        (
            box.label,
            count(box.reported),
            count(box.rerun, "not known"),
            difference(box.reported, box.rerun),
            where.get(box.key, ""),
        )
        for box in material.reproduction.boxes
    ]
    head = ["Box", "Reported", "Rerun", "Difference", "Where the article states it"]
    blocks = table("Flow, reported beside rerun", head, rows, 1, 2, 3)
    notes = bullets(material.reported.footnotes)
    return Section(id="boxes", title="The flow, box by box", blocks=(*blocks, *notes))


def _findings(made: Reproduction) -> Section:
    return Section(
        id="findings", title="What follows from the evidence", blocks=bullets(made.findings)
    )


def _candidates(made: Reproduction) -> Section:
    rows = [(item.title, item.record, item.evidence) for item in made.candidates]
    return Section(
        id="candidates",
        title="Eligible by every criterion that a machine can check, and not among the included studies",
        blocks=table("Candidates", ["Title", "Record", "Evidence"], rows),
    )


def _pairs(made: Reproduction) -> Section:
    blocks = table(
        "Open pairs", ["One", "The other", "Why they are not joined by themselves"], made.open_pairs
    )
    return Section(id="pairs", title="Pairs of records that wait for a person", blocks=blocks)


def _remarks(protocol: Protocol) -> Section:
    told = (f"{r.text} ({r.where})" if r.where else r.text for r in protocol.remarks)
    return Section(id="remarks", title="Remarks of the protocol's author", blocks=bullets(told))


# Boxes whose records all stand in other boxes too; on paper these are not listed twice.
_UNIONS = frozenset({"box2", "box4", "box6", "box8", "box11", "box12", "box14"})


def _records(material: Material) -> Section:
    boxes = {box.key: box for box in material.layout.boxes}
    blocks = []
    for listing in material.listings:
        if listing.box in boxes:
            label = boxes[listing.box].content.entries[0].text.split(f"{NBSP}(")[0].rstrip(":*")
            heading = f"{label}: {plural(len(listing.rows), 'record')}"
            shown = replace(listing, heading=heading)
            most = 0 if listing.box in _UNIONS else 100
            blocks.append(Records(listing=shown, heading=heading, most=most))
    return Section(id="records", title="Records behind the boxes", blocks=tuple(blocks))
