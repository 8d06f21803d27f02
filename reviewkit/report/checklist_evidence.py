"""What reviewkit can show for the items of PRISMA checklists. Pure.

Of a published review it is what the protocol notes of the article.
Of one's own it is what the database has.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from reviewkit.model.flow import Flow
from reviewkit.model.messages import day, decimal, mark, number, recognise, tr, tr_n
from reviewkit.model.records import Role
from reviewkit.protocol.model import Protocol
from reviewkit.report.sections_citations import CitationSummary, search_line
from reviewkit.report.sections_living import time_words
from reviewkit.report.sections_screening import ScreeningSummary
from reviewkit.report.sections_studies import criterion_name
from reviewkit.report.words import clause
from reviewkit.reproduction.line_hits import CountedLine
from reviewkit.reproduction.outcomes import ReportingItem, SourceOutcome, WorkOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcludedReport:
    """A report that was excluded at full text, and why."""

    citation: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistFacts:
    """What is known of a review. `flow` is as reported where the review is a published one.

    `lines` are those of each search whose source can count them, `cited` the works as a list of
    references has them.
    """

    protocol: Protocol
    protocol_sha256: str
    sources: tuple[SourceOutcome, ...]
    reporting: tuple[ReportingItem, ...]
    flow: Flow
    works: tuple[WorkOutcome, ...]
    excluded: tuple[ExcludedReport, ...]
    deduplication: tuple[str, ...]
    summary: ScreeningSummary | None
    software: str
    citations: CitationSummary | None = None
    lines: Mapping[str, tuple[CountedLine, ...]] = field(default_factory=dict)
    cited: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Lines of evidence; `whole` where they hold for every source that the item asks for."""

    lines: tuple[str, ...] = ()
    whole: bool = False
    where: str = ""


_Reader = Callable[[ChecklistFacts], Evidence]


def evidence_for(standard: str, item: str, facts: ChecklistFacts) -> Evidence:
    """Return the evidence for an item; none where reviewkit has nothing on it."""
    reader = _READERS.get((standard, item))
    if reader is None:
        return Evidence()
    return reader(facts)


def _title(facts: ChecklistFacts) -> Evidence:
    title = facts.protocol.review.title
    whole = "systematic review" in title.casefold()
    if whole:
        return Evidence(lines=(tr("Title in the protocol: {title}", title=title),), whole=True)
    line = tr("Title in the protocol: {title} (does not say “systematic review”)", title=title)
    return Evidence(lines=(line,))


def _eligibility(facts: ChecklistFacts) -> Evidence:
    return Evidence(lines=tuple(map(criterion_name, facts.protocol.criteria)))


def _sources(facts: ChecklistFacts) -> Evidence:
    """Return each source with the day of its last search; whole where all were searched."""
    if facts.protocol.is_published:
        return _joint(facts, 1, 13)
    lines = tuple(_source_line(facts, source) for source in facts.sources)
    return Evidence(lines=lines, whole=bool(lines) and all(s.run for s in facts.sources))


def _source_line(facts: ChecklistFacts, source: SourceOutcome) -> str:
    platforms = {each.id: each.platform for each in facts.protocol.sources}
    platform = platforms.get(source.source)
    name = source.name if platform is None else f"{source.name} ({platform})"
    if source.run is None:
        return tr("{source}: not searched yet", source=name)
    last = day(source.run.searched_at[:10])
    return tr("{source}: last searched {day}", source=name, day=last)


def _names(facts: ChecklistFacts) -> Evidence:
    if facts.protocol.is_published:
        return _joint(facts, 1)
    databases = [s for s in facts.protocol.sources if s.role == Role.DATABASE]
    silent = tr("platform not stated")
    lines = tuple(f"{s.name}: {s.platform or silent}" for s in databases)
    return Evidence(lines=lines, whole=bool(lines) and all(s.platform for s in databases))


def _platforms(facts: ChecklistFacts) -> Evidence:
    by_platform: dict[str, list[str]] = {}
    for source in facts.protocol.sources:
        if source.platform:
            by_platform.setdefault(source.platform, []).append(source.name)
    lines = (f"{p}: {', '.join(names)}" for p, names in by_platform.items() if len(names) > 1)
    return _stated(facts, "multi_database", lines)


def _strategies(facts: ChecklistFacts) -> Evidence:
    if facts.protocol.is_published:
        return _joint(facts, 8)
    known = {s.source: s.run.query for s in facts.sources if s.run and s.run.query}
    silent = tr("no query stored")
    lines = tuple(f"{s.name}: {known.get(s.source, silent)}" for s in facts.sources)
    return Evidence(lines=lines, whole=bool(lines) and len(known) == len(facts.sources))


def _limits(facts: ChecklistFacts) -> Evidence:
    return _joint(facts, 9)


def _dates(facts: ChecklistFacts) -> Evidence:
    return _joint(facts, 13)


def _totals(facts: ChecklistFacts) -> Evidence:
    return _joint(facts, 15)


def _joint(facts: ChecklistFacts, *numbers: int) -> Evidence:
    """Return PRISMA-S items that are judged already; whole where each of them is "yes"."""
    judged = [item for item in facts.reporting if item.number in numbers and item.answer != "no"]
    places = dict.fromkeys(item.where for item in judged if item.where)

    return Evidence(
        lines=tuple(f"{tr(item.item)}: {recognise(item.evidence)}" for item in judged),
        whole=len(judged) == len(numbers) and all(item.answer == "yes" for item in judged),
        where="; ".join(places) if facts.protocol.is_published else "",
    )


def _of_role(*roles: Role, stated: str = "") -> _Reader:
    def read(facts: ChecklistFacts) -> Evidence:
        named = [s for s in facts.protocol.sources if s.role in roles]
        runs = {source.source: source for source in facts.sources}
        found = [_source_line(facts, runs[s.id]) for s in named if s.id in runs]
        return _stated(facts, stated, found)

    return read


def _citation_searching(facts: ChecklistFacts) -> Evidence:
    """Return each search of an index of citations; what people imported is told by its source."""
    if facts.citations is None:
        return _of_role(Role.CITATIONS, stated="citation_searching")(facts)
    lines = [search_line(search) for search in facts.citations.searches]
    lines.append(
        tr(
            "Identified by citation searching: {found}; new to the review: {new}",
            found=facts.citations.found,
            new=facts.citations.new,
        )
    )
    return replace(_stated(facts, "citation_searching", lines), whole=True)


def _stated(facts: ChecklistFacts, name: str, lines: Iterable[str] = ()) -> Evidence:
    """Return what the article says of a method, in its words, behind what is known besides."""
    reported = facts.protocol.reported
    stated = getattr(reported.methods, name) if reported and name else None
    listed = (*lines, *([stated] if stated else []))
    where = reported.where.get(name, "") if reported and stated else ""
    return Evidence(lines=listed, whole=bool(stated), where=where)


def _method(name: str) -> _Reader:
    def read(facts: ChecklistFacts) -> Evidence:
        return _stated(facts, name)

    return read


def _selection(facts: ChecklistFacts) -> Evidence:
    """Return who screened, counted from the decisions and not from the plan."""
    if facts.summary is None:
        both = (_stated(facts, name) for name in ("reviewers", "agreement"))
        lines = tuple(line for part in both for line in part.lines)
        return Evidence(lines=lines, whole=bool(_stated(facts, "reviewers").lines))

    people = (*_people(facts.summary), *_automation(facts))
    left = [person.left for person in facts.summary.reviewers]
    return Evidence(lines=people, whole=bool(left) and not any(left))


def _people(summary: ScreeningSummary) -> Iterable[str]:
    for person in summary.reviewers:
        yield tr(
            "{stage}: {reviewer} decided on {n}",
            stage=tr(person.stage),
            reviewer=person.called,
            n=person.done,
        )
    for pair in summary.agreement:
        kappa = tr("not computable") if pair.kappa is None else decimal(pair.kappa, ".2f")
        yield tr(
            "{stage}: {first} and {second} both decided on {n}, Cohen's kappa {kappa}",
            stage=tr(pair.stage),
            first=pair.first,
            second=pair.second,
            n=pair.records,
            kappa=kappa,
        )


def _automation(facts: ChecklistFacts) -> Iterable[str]:
    removed = facts.flow.excluded_automatic
    if removed:
        yield tr_n(
            removed,
            "{software} removed {n} record by date or language before screening",
            "{software} removed {n} records by date or language before screening",
            software=facts.software,
        )


def _flow(facts: ChecklistFacts) -> Evidence:
    flow = facts.flow
    counts = {
        tr("identified from databases"): flow.database_results,
        tr("duplicates removed"): flow.duplicates,
        tr("records screened"): flow.records_screened,
        tr("records excluded"): flow.records_excluded,
        tr("reports assessed"): flow.dbr_assessed,
        tr("studies included"): flow.new_studies,
        tr("reports included"): flow.new_reports,
    }
    lines = tuple(f"{name}: {number(n)}" for name, n in counts.items() if n is not None)
    waiting = flow.awaiting_screening or flow.awaiting_assessment or flow.other_awaiting_screening

    return Evidence(lines=lines, whole=len(lines) == len(counts) and not waiting)


def _excluded(facts: ChecklistFacts) -> Evidence:
    lines = tuple(f"{report.citation}: {recognise(report.reason)}" for report in facts.excluded)
    return Evidence(lines=lines)


def _included(facts: ChecklistFacts) -> Evidence:
    return Evidence(lines=tuple(_cited(work) for work in facts.works))


def _cited(work: WorkOutcome) -> str:
    year = f" ({work.year})" if work.year else ""
    study = clause(mark("; study: {value}"), ", ".join(work.studies))
    return f"{work.title.removesuffix('.')}{year}{study}"


def _protocol(facts: ChecklistFacts) -> Evidence:
    return Evidence(lines=(tr("Protocol file, SHA-256 {sha256}", sha256=facts.protocol_sha256),))


def _amendments(facts: ChecklistFacts) -> Evidence:
    """Return the amendments; that there are none is the authors' to say."""
    amended = facts.summary.amendments if facts.summary else ()
    lines = tuple(f"{day(each.day)}, {each.reviewer}: {each.why}" for each in amended)
    return Evidence(lines=lines)


def _materials(facts: ChecklistFacts) -> Evidence:
    line = tr(
        "{software}; `reviewkit package` writes data, code and counts", software=facts.software
    )
    return Evidence(lines=(line,))


def _updates(facts: ChecklistFacts) -> Evidence:
    living = facts.protocol.living
    planned = [tr("Searched again every {time}", time=time_words(living.every))] if living else []
    return _stated(facts, "updates", planned)


def _deduplication(facts: ChecklistFacts) -> Evidence:
    if facts.protocol.is_published:
        return _stated(facts, "deduplication")
    return Evidence(
        lines=tuple(map(recognise, facts.deduplication)), whole=bool(facts.deduplication)
    )


_READERS: Mapping[tuple[str, str], _Reader] = {
    ("prisma-2020", "1"): _title,
    ("prisma-2020", "5"): _eligibility,
    ("prisma-2020", "6"): _sources,
    ("prisma-2020", "7"): _strategies,
    ("prisma-2020", "8"): _selection,
    ("prisma-2020", "16a"): _flow,
    ("prisma-2020", "16b"): _excluded,
    ("prisma-2020", "17"): _included,
    ("prisma-2020", "24b"): _protocol,
    ("prisma-2020", "24c"): _amendments,
    ("prisma-2020", "27"): _materials,
    ("prisma-s", "1"): _names,
    ("prisma-s", "2"): _platforms,
    ("prisma-s", "3"): _of_role(Role.REGISTER),
    ("prisma-s", "4"): _of_role(Role.WEBSITE, Role.ORGANISATION, stated="online_resources"),
    ("prisma-s", "5"): _citation_searching,
    ("prisma-s", "6"): _method("contacts"),
    ("prisma-s", "7"): _method("other_methods"),
    ("prisma-s", "8"): _strategies,
    ("prisma-s", "9"): _limits,
    ("prisma-s", "10"): _method("filters"),
    ("prisma-s", "11"): _method("prior_work"),
    ("prisma-s", "12"): _updates,
    ("prisma-s", "13"): _dates,
    ("prisma-s", "14"): _method("peer_review"),
    ("prisma-s", "15"): _totals,
    ("prisma-s", "16"): _deduplication,
    ("prisma-lsr", "L1"): _updates,
    ("prisma-lsr", "L2"): _amendments,
    ("prisma-abstracts", "3"): _eligibility,
    ("prisma-abstracts", "4"): _sources,
    ("prisma-abstracts", "7"): _included,
}
