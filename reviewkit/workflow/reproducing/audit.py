"""`audit`: every reading of the search method asked, or judged on the records at hand."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reviewkit.cache import Cache, Opening, RunKey
from reviewkit.http import Transport
from reviewkit.model.errors import NotCached, RemoteError, UsageError
from reviewkit.model.identifiers import doi_key, title_key
from reviewkit.model.records import Answer, Record
from reviewkit.protocol.model import ByAccess, Protocol
from reviewkit.protocol.reported import Work
from reviewkit.query.dialects.languages import LANGUAGES
from reviewkit.query.evaluator import Evaluator
from reviewkit.query.lines import read_strategy
from reviewkit.query.match import pieces_of
from reviewkit.query.match_values import Known
from reviewkit.query.read_record import ReadRecord
from reviewkit.query.readings import Concepts, Reading, concepts_of, readings_of
from reviewkit.reproduction.audit import MOST_REQUESTS, Asked, Audit, Row, Target, ties
from reviewkit.sources.base import Counted, Source
from reviewkit.sources.registry import SOURCES, complete_sources
from reviewkit.store.records import records_in_flow
from reviewkit.workflow.open_database import read_database
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.searching.fallback_list import read_fallback_list

_LONGEST_LIST = 9_999


@dataclass(slots=True, kw_only=True)
class Asker:
    """Asks a source for counts, through the cache; without a transport from the cache alone."""

    project: ReviewProject
    source: Source
    transport: Transport | None
    started_at: str
    sent: int = 0

    def ask(self, query: str, *, most: int = _LONGEST_LIST) -> Counted:
        """The answer to one query. Raises NotCached, RemoteError and what the cache raises."""
        way = self.source.network
        if way is None or way.count_once is None:
            raise UsageError(f"{self.source.label} is not asked for counts", hint="see the docs")
        key = RunKey(source=self.source.id, strategy="audit", query=f"{most} {query}")
        cache = Cache(self.project.cache)
        is_there = any(run.complete for run in cache.runs(key))
        with cache.open_run(
            key,
            opening=Opening.REUSE if self.transport is None or is_there else Opening.RESUME,
            started_at=self.started_at,
            transport=self.transport,
            endpoint=self.transport.endpoint(way.service.name) if self.transport else "",
        ) as pages:
            self.sent += not is_there
            return way.count_once(pages, query, most)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditResult:
    """The audit: its rows by fit, how many requests it took, and why it is not whole.

    `intervals` are, by query, how many of the records at hand it returns at least and at most.
    `cannot` are, by query, the included works whose records at hand it surely does not return.
    """

    source: str
    concepts: Concepts
    target: Target
    rows: tuple[Row, ...]
    works: Mapping[str, str]
    works_without_number: tuple[str, ...]
    requests: int
    why_not: str | None
    intervals: Mapping[str, tuple[int, int]]
    at_hand: str
    at_hand_size: int
    cannot: Mapping[str, tuple[str, ...]]

    @property
    def best(self) -> tuple[Row, ...]:
        return ties(self.rows)

    def label(self, row: Row) -> str:
        """The reading in words."""
        day = f"as of {row.reading.as_of}" if row.reading.as_of else "no as-of date"
        concepts = self.concepts.label(row.reading)
        return f"{concepts}; {row.reading.field}; {row.reading.limits.label}; {day}"

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "source": self.source,
            "reported": self.target.count,
            "reported_is_shared": self.target.is_shared,
            "requests": self.requests,
            "why_not": self.why_not,
            "works": dict(self.works),
            "works_without_number": list(self.works_without_number),
            "at_hand": {"list": self.at_hand, "records": self.at_hand_size},
            "readings": [self._row_json(row) for row in self.rows],
        }

    def _row_json(self, row: Row) -> dict[str, Any]:
        interval = self.intervals.get(row.query)
        return {
            "reading": self.label(row),
            "query": row.query,
            "asked": row.asked is not None,
            "count": row.count,
            "at_least": row.least,
            "at_most": row.most,
            "difference": self._difference(row),
            "returns": sorted(row.works),
            "does_not_return": sorted(row.missed),
            "standing": row.standing,
            "why": row.why,
            "warnings": list(row.asked.warnings) if row.asked else [],
            "of_records_at_hand": list(interval) if interval else None,
            "cannot_return_by_record": list(self.cannot.get(row.query, ())),
        }

    def _difference(self, row: Row) -> int | None:
        if row.count is None or self.target.count is None:
            return None
        return row.count - self.target.count


def audited_source(protocol: Protocol) -> Source:
    """The protocol's first source that can be asked for counts. Raises UsageError without one."""
    for one in protocol.sources:
        source = SOURCES.get(one.id)
        dialect = source.dialect if source else None
        if source and source.network and source.network.count_once and dialect:
            return source
    raise UsageError(
        "no source of this protocol can be asked for the counts of readings",
        hint="the audit asks PubMed; add it to [[sources]]",
    )


def target_of(protocol: Protocol, source: str) -> Target:
    """The number reported for the source; the total where it is shared among sources."""
    reported = protocol.reported
    if reported is None:
        return Target(count=None)
    if source in reported.sources:
        return Target(count=reported.sources[source])
    return Target(count=reported.flow.database_results, is_shared=len(protocol.sources) > 1)


@dataclass(slots=True, kw_only=True)
class _Plan:
    protocol: Protocol
    source: Source
    readings: tuple[Reading, ...]
    queries: dict[Reading, str] = field(default_factory=dict)


def plan_of(protocol: Protocol) -> _Plan:
    """The grid of readings with their queries. Raises UsageError where there are no concepts."""
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
    return _Plan(protocol=protocol, source=source, readings=readings, queries=queries)


def audit_readings(
    project: ReviewProject,
    asker: Asker,
    *,
    most: int = MOST_REQUESTS,
    progress: Callable[[int, int], None] | None = None,
) -> AuditResult:
    """Ask for the readings and put them in order of fit.

    What cannot be asked is said; the records at hand then give an interval for each reading.
    """
    protocol = project.protocol
    plan = plan_of(protocol)
    at_hand, records = records_at_hand(project)
    works = protocol.reported.works if protocol.reported else ()
    audit = Audit(
        readings=plan.readings,
        queries=plan.queries,
        target=target_of(protocol, plan.source.id),
        works={work.id: work.pmid for work in works if work.pmid},
    )

    def ask(reading: Reading) -> Asked:
        answer = asker.ask(plan.queries[reading])
        if progress:
            progress(len(audit.asked) + 1, most)
        is_whole = len(answer.ids) == answer.count
        ids = frozenset(answer.ids) if is_whole else None
        return Asked(count=answer.count, ids=ids, warnings=answer.warnings)

    why_not = None
    try:
        audit.run(ask, most=most)
    except (NotCached, RemoteError) as error:
        why_not = error.what if asker.transport else f"offline, and {error.what}"

    queries = tuple(plan.queries.values())
    return AuditResult(
        source=plan.source.label,
        concepts=concepts_of(protocol),
        target=audit.target,
        rows=audit.rows(),
        works=audit.works,
        works_without_number=tuple(work.id for work in works if not work.pmid),
        requests=asker.sent,
        why_not=why_not,
        intervals=intervals(protocol, plan.source.id, queries, records),
        cannot=cannot_return(protocol, plan.source.id, queries, records),
        at_hand=at_hand,
        at_hand_size=len(records),
    )


def records_at_hand(project: ReviewProject) -> tuple[str, Sequence[Record]]:
    """The records that are known without asking, and what they are: a list, or an earlier run."""
    fallback = read_fallback_list(project)
    if fallback and project.protocol.stand_in:
        return project.protocol.stand_in.label, fallback[1]
    if project.database.exists():
        import datetime

        with read_database(project, now=datetime.datetime.now(datetime.UTC)) as store:
            return "the records of earlier searches", records_in_flow(store)
    return "no records", ()


def intervals(
    protocol: Protocol, source: str, queries: Sequence[str], records: Sequence[Record]
) -> dict[str, tuple[int, int]]:
    """How many of the records each query returns at least and at most. Of the list, not of the
    database.
    """
    if not records:
        return {}
    evaluator = Evaluator(
        [known_record(protocol, one) for one in records], known_of(protocol, records)
    )
    found = {}
    for query in queries:
        tree = read_strategy(query, LANGUAGES[source]).tree
        if tree is not None:
            found[query] = evaluator.returned(tree).interval
    return found


def cannot_return(
    protocol: Protocol, source: str, queries: Sequence[str], records: Sequence[Record]
) -> dict[str, tuple[str, ...]]:
    """The included works that each query surely does not return, by their records at hand."""
    works = protocol.reported.works if protocol.reported else ()
    found = {work.id: _record_of(work, records) for work in works}
    known = {work: record for work, record in found.items() if record}
    evaluator = Evaluator(
        [known_record(protocol, one) for one in known.values()], known_of(protocol, records)
    )
    lost: dict[str, tuple[str, ...]] = {}
    for query in queries:
        tree = read_strategy(query, LANGUAGES[source]).tree
        if tree is not None:
            returned = evaluator.returned(tree)
            lost[query] = tuple(
                work for place, work in enumerate(known) if returned.answer(place) is Answer.NO
            )
    return lost


def _record_of(work: Work, records: Sequence[Record]) -> Record | None:
    """The record at hand of a work, by PMID, DOI or title."""
    for record in records:
        same_number = work.pmid is not None and record.pmid == work.pmid
        same_doi = work.doi is not None and doi_key(record.doi) == doi_key(work.doi)
        if same_number or same_doi or title_key(record.title) == title_key(work.title):
            return record
    return None


def known_record(protocol: Protocol, record: Record) -> ReadRecord:
    """The record with the terms that a person looked for in its text and did not find."""
    said = record.other.get("concepts", ())
    absent = [one.term for one in protocol.descriptors if f"{one.id}=no" in said]
    return ReadRecord(
        record=record,
        is_complete=record.source in complete_sources(),
        absent=frozenset(pieces_of(term) for term in absent),
    )


def known_of(protocol: Protocol, records: Sequence[Record]) -> Known:
    """The names that are headings: descriptors with a MeSH number, and those that were seen."""
    names = {one.term.lower() for one in protocol.descriptors if one.mesh}
    for record in records:
        names |= {heading.split("/")[0].strip("* ").lower() for heading in record.headings}
    return Known(headings=frozenset(names))
