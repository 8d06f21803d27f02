"""The outcomes of a rerun beside what the published review reported. Pure.

What the review does not report stays `None`. The verdict's 10 % is that of Rethlefsen et al. 2024
(J Clin Epidemiol 166:111229). With few records it means plus or minus one or none, so the records
themselves are compared too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from reviewkit.model.flow import Count, Tally
from reviewkit.model.messages import mark
from reviewkit.model.records import Answer, Check, Role, RunKind, SearchRun
from reviewkit.reproduction.differences import SourceDifference
from reviewkit.updates.notices import Notices


class SourceVerdict(StrEnum):
    """The rerun's count of a source compared with the reported one."""

    EXACT = mark("exact")
    WITHIN_TEN_PERCENT = mark("within 10 %")
    DIFFERS = mark("differs")
    NOT_RUN = mark("could not be run")
    NOT_YET = mark("not searched yet")
    NOT_COMPARABLE = mark("no reported count to compare with")


# The reason of a source that was not searched now and has no stored run.
NOT_SEARCHED = mark("no search of it is stored")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOutcome:
    """One source of the protocol: its newest search, or why it has none.

    `identified` is how many records a review's own flow has from it, whatever number of searches
    brought them; `earlier` are the day and count of its earlier searches. `is_as_compiled`: the
    query that was run is the one that the protocol gives now.
    """

    source: str
    name: str
    role: Role
    query: str | None
    reported: Count
    run: SearchRun | None
    why_not: str | None
    identified: Count = None
    earlier: tuple[tuple[str, Count], ...] = ()
    is_as_compiled: bool = False

    @property
    def has_limits_of_protocol(self) -> bool:
        """Whether the protocol's limits are known to be those of the search that was run."""
        return self.run is not None and (self.is_as_compiled or self.run.kind is RunKind.UPDATE)

    @property
    def rerun(self) -> Count:
        if self.identified is not None:
            return self.identified
        if self.run:
            return self.run.count
        return None

    @property
    def verdict(self) -> SourceVerdict:
        if self.run:
            return compare_counts(self.reported, self.rerun)
        if self.why_not == NOT_SEARCHED:
            return SourceVerdict.NOT_YET
        return SourceVerdict.NOT_RUN


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantOutcome:
    """Another reading of the method section:
    its count in a source, and the included works it returns.
    """

    strategy: str
    label: str
    source: str
    query: str | None
    count: Count
    works: tuple[str, ...]
    why_not: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOutcome:
    """One included work: whether the rerun has it, and what is known of it.

    `found`: a record of the rerun stands for the work; `matched_by` is what it was recognised by.
    `returnable` is, by strategy, whether its query can return the work, with the evidence.
    `concepts` is, by descriptor, where its record names the concept. `checks` are of the criteria.
    `retrieved` is of the searches alone: unknown where none was run.
    `returned_by` names the sources; `why_not` is why none returned it.
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
    studies: tuple[str, ...] = ()
    included_by: tuple[str, ...] = ()
    settled_by: str | None = None
    year: int | None = None
    doi: str | None = None
    pmid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportingItem:
    """One of the six PRISMA-S items by which reruns are judged:
    whether, on what evidence and where it is reported.
    """

    number: int
    item: str
    answer: str
    evidence: str
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxComparison:
    """A box of the flow, reported beside rerun.

    `silence` says why the two are not compared: the step is not repeated, or a part of the sum is
    missing.
    """

    key: str
    label: str
    reported: Count
    rerun: Count
    silence: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EligibleRecord:
    """A record that meets every criterion a machine can check and is not among the included
    works.
    """

    record: str
    title: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reproduction:
    """The whole result of a reproduction."""

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
        """Return whether every source gave the reported count,
        and every included work was found.
        """
        sources = all(source.verdict is SourceVerdict.EXACT for source in self.sources)
        return sources and all(work.retrieved is Answer.YES for work in self.works)


def compare_counts(reported: Count, rerun: Count) -> SourceVerdict:
    """Return the verdict on a count, by the rule named at the top of this file."""
    if rerun is None:
        return SourceVerdict.NOT_RUN
    if reported is None:
        return SourceVerdict.NOT_COMPARABLE
    if rerun == reported:
        return SourceVerdict.EXACT
    if abs(rerun - reported) <= 0.1 * reported:
        return SourceVerdict.WITHIN_TEN_PERCENT

    return SourceVerdict.DIFFERS
