"""What a published review reported, set beside its rerun. Pure: it compares and never fills a silence in.

The verdict's 10 % is that of Rethlefsen et al. 2024 (J Clin Epidemiol 166:111229); with few records it means
plus or minus one or none, so the records themselves are compared too.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from reviewkit.model.flow import Count, Flow, Tally
from reviewkit.model.records import Answer, Check, Role, SearchRun
from reviewkit.protocol.model import Origin, Protocol
from reviewkit.reproduction.differences import SourceDifference
from reviewkit.updates.notices import Notices


class SourceVerdict(StrEnum):
    """How a source's rerun compares with the reported count."""

    EXACT = "exact"
    WITHIN_TEN_PERCENT = "within 10 %"
    DIFFERS = "differs"
    NOT_RUN = "could not be run"
    NOT_YET = "not searched yet"
    NOT_COMPARABLE = "no reported count to compare with"


# Why a source has no run where no search was tried just now and none is stored.
NOT_SEARCHED = "no search of it is stored"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOutcome:
    """One source of the protocol: its run, or why there is none."""

    source: str
    name: str
    role: Role
    query: str | None
    reported: Count
    run: SearchRun | None
    why_not: str | None

    @property
    def rerun(self) -> Count:
        return self.run.count if self.run else None

    @property
    def verdict(self) -> SourceVerdict:
        if self.run is None:
            return SourceVerdict.NOT_YET if self.why_not == NOT_SEARCHED else SourceVerdict.NOT_RUN
        return compare_counts(self.reported, self.rerun)


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantOutcome:
    """Another reading of the method section: how many records it returns in a source, and which included works."""

    strategy: str
    label: str
    source: str
    query: str | None
    count: Count
    works: tuple[str, ...]
    why_not: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOutcome:
    """One included work: whether the rerun found it, by what, what each strategy can return, each criterion.

    `retrieved` is of the searches alone (unknown where none was run), `returned_by` names the sources, and
    `why_not` says why none returned it.
    """

    work: str
    reference: str | None
    title: str
    record: str | None
    source: str | None
    found: bool
    matched_by: str | None
    returnable: Mapping[str, tuple[Answer, str]]
    concepts: Mapping[str, Mapping[str, Answer]]
    checks: tuple[Check, ...]
    retrieved: Answer
    returned_by: tuple[str, ...]
    why_not: str | None
    notices: Notices
    year: int | None = None
    doi: str | None = None
    pmid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportingItem:
    """One of the six PRISMA-S items by which reruns are judged: is it reported, on what evidence, and where."""

    number: int
    item: str
    answer: str
    evidence: str
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxComparison:
    """A box of the flow, reported beside rerun."""

    key: str
    label: str
    reported: Count
    rerun: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class EligibleRecord:
    """A record that meets every criterion a machine can check and is not among the included works."""

    record: str
    title: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reproduction:
    """All that a reproduction found."""

    sources: tuple[SourceOutcome, ...]
    stand_in: Tally | None
    variants: tuple[VariantOutcome, ...]
    boxes: tuple[BoxComparison, ...]
    differences: tuple[SourceDifference, ...]
    works: tuple[WorkOutcome, ...]
    reporting: tuple[ReportingItem, ...]
    candidates: tuple[EligibleRecord, ...]
    open_pairs: tuple[tuple[str, str, str], ...]
    findings: tuple[str, ...]

    @property
    def reproduced(self) -> bool:
        """Whether every source was run with the reported count, and every included work was found."""
        sources = all(source.verdict is SourceVerdict.EXACT for source in self.sources)
        return sources and all(work.found for work in self.works)


def compare_counts(reported: Count, rerun: Count) -> SourceVerdict:
    """The verdict on a count, by the rule named at the top of this file."""
    if rerun is None:
        return SourceVerdict.NOT_RUN
    if reported is None:
        return SourceVerdict.NOT_COMPARABLE
    if rerun == reported:
        return SourceVerdict.EXACT
    close = abs(rerun - reported) <= 0.1 * reported
    return SourceVerdict.WITHIN_TEN_PERCENT if close else SourceVerdict.DIFFERS


def reported_flow(protocol: Protocol) -> Flow:
    """The flow as the review reports it: a box that it does not report is `None`, and its notes are footnotes."""
    reported = protocol.reported
    if reported is None:
        return Flow()
    found = {source.id: reported.sources.get(source.id) for source in protocol.sources}
    tallies = {
        role: tuple(Tally(label=s.name, n=found[s.id]) for s in protocol.sources if s.role is role)
        for role in (Role.DATABASE, Role.REGISTER)
    }
    reasons = tuple(Tally(label=reason, n=n) for reason, n in reported.exclusion_reasons.items())
    return Flow(
        **reported.flow.model_dump(),
        databases=tallies[Role.DATABASE],
        registers=tallies[Role.REGISTER],
        dbr_excluded=reasons or None,
        footnotes=tuple(reported.notes.values()),
    )


_BOXES = {
    "database_results": "Records identified from databases",
    "register_results": "Records identified from registers",
    "duplicates": "Duplicate records removed",
    "excluded_automatic": "Records marked as ineligible by automation tools",
    "excluded_other": "Records removed for other reasons",
    "records_screened": "Records screened",
    "records_excluded": "Records excluded",
    "dbr_sought_reports": "Reports sought for retrieval",
    "dbr_notretrieved_reports": "Reports not retrieved",
    "dbr_assessed": "Reports assessed for eligibility",
    "new_studies": "Studies included in review",
    "new_reports": "Reports of included studies",
}


def compare_flows(reported: Flow, rerun: Flow) -> tuple[BoxComparison, ...]:
    """Every box that either flow has, reported beside rerun, in the order of the template."""
    return tuple(
        BoxComparison(
            key=key, label=label, reported=getattr(reported, key), rerun=getattr(rerun, key)
        )
        for key, label in _BOXES.items()
        if getattr(reported, key) is not None or getattr(rerun, key) is not None
    )


def judge_reporting(protocol: Protocol) -> tuple[ReportingItem, ...]:
    """The six PRISMA-S items of Rethlefsen et al. 2024, as far as the protocol says that the review reports them."""
    sources, reported = protocol.sources, protocol.reported
    platforms = sum(source.platform is not None for source in sources)
    published = [s for s in protocol.strategies if s.origin is Origin.PUBLISHED]
    limits = protocol.limits
    has_limits = bool(limits.published_from or limits.published_to or limits.languages)
    counts = reported.sources if reported else {}
    date = reported.search_date if reported else None
    told = reported.where if reported else {}
    named = ", ".join(source.name for source in sources)
    named_at = _places(source.where for source in sources)
    printed = f"strategies printed: {len(published)}"
    dated = f"{date:%Y-%m-%d}" if date else limits.as_of_basis or "no date given"
    counted = f"counts given for {len(counts)} of {len(sources)}"
    return (
        _item(
            1,
            "Database and platform named",
            platforms,
            len(sources),
            f"{named}; platforms given: {platforms}",
            where=named_at,
            floor="partly",
        ),
        _item(
            2,
            "Multi-database searching stated",
            0,
            0,
            "nothing is said of one platform searched as several",
        ),
        _item(
            8,
            "Full strategy for each database",
            len(published),
            1,
            printed,
            where=_places(s.where for s in published),
        ),
        _item(
            9,
            "Limits and restrictions",
            int(has_limits),
            1,
            _limits_told(protocol),
            where=limits.where or "",
        ),
        _item(
            13,
            "Date of each search",
            int(date is not None),
            1,
            dated,
            where=told.get("search_date", ""),
        ),
        _item(
            15,
            "Total records per source",
            len(counts),
            len(sources),
            counted,
            where=told.get("sources", ""),
        ),
    )


def own_reporting(
    protocol: Protocol, sources: Sequence[SourceOutcome]
) -> tuple[ReportingItem, ...]:
    """The same six items of a review that reviewkit itself runs: what its own searches let it report."""
    ran = [source for source in sources if source.run]
    named = "; ".join(
        f"{source.name}, {source.run.endpoint or 'no address'}" for source in ran if source.run
    )
    dates = "; ".join(f"{source.name} {source.run.searched_at}" for source in ran if source.run)
    counts = "; ".join(f"{source.name} {source.rerun}" for source in ran)
    strategies = sum(source.query is not None or source.run is not None for source in sources)
    n, where = len(sources), "What was run"
    return (
        _item(
            1,
            "Database and platform named",
            len(ran),
            n,
            named or "nothing is searched yet",
            where=where,
        ),
        _item(2, "Multi-database searching stated", 0, 0, "each source is searched by itself"),
        _item(
            8,
            "Full strategy for each database",
            strategies,
            n,
            f"strategies: {strategies} of {n}",
            where=where,
        ),
        _item(
            9,
            "Limits and restrictions",
            1,
            1,
            _limits_told(protocol),
            where="the protocol's [limits]",
        ),
        _item(
            13, "Date of each search", len(ran), n, dates or "nothing is searched yet", where=where
        ),
        _item(
            15,
            "Total records per source",
            len(ran),
            n,
            counts or "nothing is searched yet",
            where=where,
        ),
    )


def _limits_told(protocol: Protocol) -> str:
    limits = protocol.limits
    years = f"published {limits.published_from or '…'} to {limits.published_to or '…'}"
    told = [years] if limits.published_from or limits.published_to else []
    told += [f"languages: {', '.join(limits.languages)}"] if limits.languages else []
    return "; ".join(told) or "no limits stated"


def _places(places: Iterable[str | None]) -> str:
    return "; ".join(dict.fromkeys(place for place in places if place))


def _item(
    number: int,
    item: str,
    have: int,
    want: int,
    evidence: str,
    *,
    where: str = "",
    floor: str = "no",
) -> ReportingItem:
    answer = (
        "not applicable" if want == 0 else "yes" if have >= want else "partly" if have else floor
    )
    return ReportingItem(number=number, item=item, answer=answer, evidence=evidence, where=where)


def find_findings(
    protocol: Protocol, works: Sequence[WorkOutcome], broken: Sequence[str]
) -> tuple[str, ...]:
    """What follows from the evidence, in sentences; each can be read back from the tables of the report."""
    return (
        *broken,
        *_unreturnable(protocol, works),
        *_failing(protocol, works),
        *_unnamed(protocol, works),
    )


def _unreturnable(protocol: Protocol, works: Sequence[WorkOutcome]) -> list[str]:
    labels = {strategy.id: strategy.label for strategy in protocol.strategies}
    found = []
    for work in works:
        ruled_out = [
            (name, why) for name, (answer, why) in work.returnable.items() if answer is Answer.NO
        ]
        if ruled_out and len(ruled_out) == len(work.returnable):
            found.append(
                f"No strategy of this protocol can return the included work {cite(work)} ({ruled_out[-1][1]})."
            )
        else:
            found += [
                f"“{labels[name]}” cannot return the included work {cite(work)} ({why})."
                for name, why in ruled_out
            ]
    return found


def _failing(protocol: Protocol, works: Sequence[WorkOutcome]) -> list[str]:
    wordings = {criterion.id: criterion.wording for criterion in protocol.criteria}
    return [
        f"The included work {cite(work)} does not meet “{wordings[check.criterion]}” ({check.evidence})."
        for work in works
        for check in work.checks
        if check.answer is Answer.NO
    ]


def _unnamed(protocol: Protocol, works: Sequence[WorkOutcome]) -> list[str]:
    """Descriptors that some included titles name and others do not: the ones that tell titles apart."""
    found = []
    for descriptor in protocol.descriptors:
        silent = [
            w for w in works if w.concepts and w.concepts[descriptor.id]["title"] is Answer.NO
        ]
        if 0 < len(silent) < len(works):
            listed = "; ".join(cite(work) for work in silent)
            share = f"{len(silent)} of {len(works)} included works"
            found.append(f"{share} do not name “{descriptor.term}” in their title: {listed}.")
    return found


def cite(work: WorkOutcome) -> str:
    """ "reference 5, “The Role of …”": how a work is named in a sentence."""
    title = work.title if len(work.title) <= 60 else work.title[:57].rsplit(" ", 1)[0] + " …"
    return f"reference {work.reference}, “{title}”" if work.reference else f"“{title}”"
