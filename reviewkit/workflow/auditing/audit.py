"""`audit`: every reading of the search method asked, or judged on the records at hand."""

from collections.abc import Callable
from dataclasses import dataclass, field

from reviewkit.model.errors import NotCached, RemoteError, UsageError
from reviewkit.model.messages import mark
from reviewkit.protocol.model import ByAccess, Protocol
from reviewkit.query.readings import Concepts, Reading, concepts_of, readings_of
from reviewkit.reproduction.audit import MOST_REQUESTS, Asked, Audit, Target
from reviewkit.reproduction.audit_result import AuditResult
from reviewkit.sources.base import Source
from reviewkit.sources.registry import SOURCES
from reviewkit.store import Store
from reviewkit.workflow.auditing.asker import Asker
from reviewkit.workflow.auditing.at_hand import KnownRecords, judge_at_hand, records_at_hand
from reviewkit.workflow.auditing.mesh_trees import read_trees
from reviewkit.workflow.project import ReviewProject

NOT_ASKED = mark(
    "nothing was sent, and the cache lacks an answer; reviewkit audit asks with a network"
)


def audited_source(protocol: Protocol) -> Source:
    """The protocol's first source that can be asked for counts. Raises UsageError without one."""
    source = askable_source(protocol)
    if source is None:
        raise UsageError(
            "no source of this protocol can be asked for the counts of readings",
            hint="the audit asks PubMed; add it to [[sources]]",
        )
    return source


def askable_source(protocol: Protocol) -> Source | None:
    """The protocol's first source that can be asked for counts, and for a record by its number."""
    for one in protocol.sources:
        source = SOURCES.get(one.id)
        if source and source.network and source.network.uid_clause and source.dialect:
            return source
    return None


def target_of(protocol: Protocol, source: str) -> Target:
    """The number reported for the source; the total where it is shared among sources."""
    reported = protocol.reported
    if reported is None:
        return Target(count=None)
    if source in reported.sources:
        return Target(count=reported.sources[source])
    return Target(count=reported.flow.database_results, is_shared=len(protocol.sources) > 1)


@dataclass(slots=True, kw_only=True)
class Plan:
    """The grid of readings with their queries."""

    protocol: Protocol
    source: Source
    concepts: Concepts
    readings: tuple[Reading, ...]
    queries: dict[Reading, str] = field(default_factory=dict)

    @property
    def headings(self) -> list[str]:
        """The terms that are looked for as headings."""
        return [term for terms in self.concepts.terms for term in terms]


def plan_of(protocol: Protocol) -> Plan:
    """The grid of readings. Raises UsageError for a review of one's own, or without concepts."""
    if not protocol.is_published:
        raise UsageError(
            "is a review of one's own: it reports no number to set readings beside",
            hint="measure its search by works that it must find: reviewkit audit --seed PMID",
        )
    concepts = concepts_of(protocol)
    source = audited_source(protocol)
    writer = source.dialect.readings if source.dialect else None
    if not concepts.terms or writer is None:
        raise UsageError(
            "the protocol names no descriptors, so there are no readings",
            hint="add [[descriptors]]; a printed query has one reading: reviewkit lint shows it",
        )
    free = any(isinstance(one.check, ByAccess) for one in protocol.criteria)
    readings = readings_of(protocol, free_full_text=free and bool(writer.free_full_text))
    queries = {one: writer.query(one, concepts, protocol.limits) for one in readings}
    return Plan(
        protocol=protocol, source=source, concepts=concepts, readings=readings, queries=queries
    )


def audit_readings(
    project: ReviewProject,
    asker: Asker,
    *,
    most: int = MOST_REQUESTS,
    progress: Callable[[int, int], None] | None = None,
    at_hand: KnownRecords | None = None,
) -> AuditResult:
    """Ask for the readings and put them in order of fit.

    What cannot be asked is said; the records at hand then give an interval for each reading.
    """
    protocol = project.protocol
    plan = plan_of(protocol)
    works = protocol.reported.works if protocol.reported else ()
    audit = Audit(
        readings=plan.readings,
        queries=plan.queries,
        target=target_of(protocol, plan.source.id),
        works={work.id: work.pmid for work in works if work.pmid},
    )

    why_not = _ask_all(audit, asker, most, progress)
    trees = read_trees(asker, plan.headings, most=most - len(audit.asked))
    queries = tuple(plan.queries.values())
    known = at_hand or records_at_hand(project)
    return AuditResult(
        source=plan.source.label,
        concepts=plan.concepts,
        target=audit.target,
        rows=audit.rows(),
        works=audit.works,
        works_without_number=tuple(work.id for work in works if not work.pmid),
        requests=asker.sent,
        asked_on=asker.asked_on,
        why_not=why_not,
        at_hand=judge_at_hand(protocol, plan.source.id, queries, known, trees.found),
    )


def stored_audit(project: ReviewProject, store: Store) -> AuditResult | None:
    """The audit from the cache and the records of an open database: nothing is asked.

    `None` where the method has no readings: one's own review, or no descriptors.
    """
    try:
        source = plan_of(project.protocol).source
    except UsageError:
        return None
    asker = Asker(project=project, source=source, transport=None, started_at="")
    return audit_readings(project, asker, at_hand=records_at_hand(project, store))


def _ask_all(
    audit: Audit, asker: Asker, most: int, progress: Callable[[int, int], None] | None
) -> str | None:
    """Ask for the readings; why not for all, where that is so."""

    def ask(reading: Reading) -> Asked:
        answer = asker.ask(audit.queries[reading])
        if progress:
            progress(len(audit.asked) + 1, most)
        is_whole = len(answer.ids) == answer.count
        ids = frozenset(answer.ids) if is_whole else None
        return Asked(count=answer.count, ids=ids, warnings=answer.warnings)

    try:
        audit.run(ask, most=most)
    except NotCached as error:
        return NOT_ASKED if asker.transport is None else error.what
    except RemoteError as error:
        return error.what
    return None
