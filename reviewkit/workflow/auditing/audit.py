"""`audit`: every reading of the search method asked, or judged on the records at hand."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain

from reviewkit.model.errors import NotCached, RemoteError, UsageError
from reviewkit.model.messages import in_english, mark
from reviewkit.protocol.model import Protocol
from reviewkit.protocol.reported import Work
from reviewkit.reproduction.audit import MOST_REQUESTS, Asked, Audit, Question
from reviewkit.reproduction.audit_result import AuditResult
from reviewkit.sources.base import Source
from reviewkit.sources.registry import SOURCES
from reviewkit.store import Store
from reviewkit.workflow.auditing.asker import Asker
from reviewkit.workflow.auditing.at_hand import KnownRecords, judge_at_hand, records_at_hand
from reviewkit.workflow.auditing.mesh_trees import read_trees
from reviewkit.workflow.auditing.plan import AuditedDatabase, Plan, plan_of, source_of
from reviewkit.workflow.auditing.works import found_works
from reviewkit.workflow.project import ReviewProject

NOT_ASKED = mark(
    "nothing was sent, and the cache lacks an answer; reviewkit audit asks with a network"
)


def audited_source(protocol: Protocol) -> Source:
    """The source whose query is judged clause by clause: asked by number, or else for counts.

    Where none can be asked, the first one with a printed query. Raises UsageError without one.
    """
    sources = [source_of(one) for one in protocol.sources]
    printed = set(chain.from_iterable(one.queries for one in protocol.strategies))
    for fits in (_is_asked_by_number, _is_counted, lambda one: one.id in printed):
        for source in filter(fits, sources):
            return source
    raise UsageError(
        "no source of this protocol can be asked for the counts of readings",
        hint="the audit asks PubMed, LILACS and Europe PMC; add one to [[sources]]",
    )


def _is_asked_by_number(source: Source) -> bool:
    return source.network is not None and source.network.uid_clause is not None


def _is_counted(source: Source) -> bool:
    return source.network is not None and source.network.count_once is not None


@dataclass(slots=True, kw_only=True)
class _Asking:
    """The databases under way: who asks each, and why one is asked no more.

    `seeks_all`: records came, so that works without a PMID are looked for too.
    """

    plan: Plan
    askers: dict[str, Asker]
    works: tuple[Work, ...]
    why_not: dict[str, str] = field(default_factory=dict)
    seeks_all: bool = False

    def ask(self, question: Question) -> Asked:
        """One answer. Raises NotCached, RemoteError and what the cache raises."""
        database, query = question
        answer = self.askers[database].ask(query)
        self.seeks_all |= answer.records is not None
        works, missed = found_works(answer, self.works)
        return Asked(count=answer.count, works=works, missed=missed, warnings=answer.warnings)

    def fail(self, database: str, error: NotCached | RemoteError) -> None:
        """Note why a database is asked no more."""
        asker = self.askers[database]
        why = NOT_ASKED if isinstance(error, NotCached) and not asker.transport else error.what
        self.why_not[database] = asker.why_no_transport or why

    @property
    def sought(self) -> tuple[str, ...]:
        """The works that the answers could name."""
        return tuple(work.id for work in self.works if work.pmid or self.seeks_all)

    @property
    def sent(self) -> int:
        return sum(asker.sent for asker in self.askers.values())

    def reasons(self) -> tuple[str, ...]:
        """Why not every database was asked, each reason once."""
        databases = self.plan.databases
        unreadable = chain.from_iterable(one.unreadable for one in databases)
        wrong = [
            in_english("{reading}: {reason}", reading=one.form.name, reason=one.wrong)
            for one in unreadable
        ]

        return tuple(dict.fromkeys(filter(None, [*map(self._reason, databases), *wrong])))

    def _reason(self, database: AuditedDatabase) -> str:
        if database.way is None:
            return in_english("{source} is not asked by reviewkit", source=database.label)
        why = self.why_not.get(database.id, "")
        if why and why != NOT_ASKED and database.label not in why:
            return f"{database.label}: {why}"
        return why


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
    askers = {one: asker.for_source(SOURCES[one]) for one in plan.paces}
    asking = _Asking(plan=plan, askers=askers, works=works)
    audit = _audit_of(plan)
    kept = min(most // 10, 2 * len(plan.headings))  # for what lies below the headings
    _ask_all(audit, asking, most - kept, progress)

    trees = read_trees(asker, plan.headings, most=most - sum(audit.asked.values()))
    first = plan.databases[0].id
    known = at_hand or records_at_hand(project)
    return AuditResult(
        databases=plan.labels,
        concepts=plan.concepts,
        choices=plan.choices,
        first=plan.readings[0],
        rows=audit.rows(),
        works=asking.sought,
        works_without_number=tuple(work.id for work in works if work.id not in asking.sought),
        asked=audit.asked,
        requests=asking.sent + asker.sent,
        asked_on=asker.asked_on,
        why_not=asking.reasons(),
        at_hand=judge_at_hand(protocol, first, plan.questions[first], known, trees.found),
    )


def _audit_of(plan: Plan) -> Audit:
    """The grid with the counts that are printed, and nothing asked yet."""
    audit = Audit(
        readings=plan.readings,
        queries=plan.queries,
        choices=plan.choices,
        can_be_asked=tuple(plan.paces),
    )
    for question, count in plan.counts.items():
        audit.note_printed(question, count)

    return audit


def stored_audit(project: ReviewProject, store: Store) -> AuditResult | None:
    """The audit from the cache and the records of an open database: nothing is asked.

    `None` where the method has no readings: one's own review, or nothing to read.
    """
    try:
        plan_of(project.protocol)
    except UsageError:
        return None
    source = audited_source(project.protocol)
    asker = Asker(project=project, source=source, transport=None, started_at="")
    return audit_readings(project, asker, at_hand=records_at_hand(project, store))


def _ask_all(
    audit: Audit, asking: _Asking, most: int, progress: Callable[[int, int], None] | None
) -> None:
    """Ask for the readings; a database that fails is asked no more, and why is noted."""
    done = 0
    while done < most and (question := audit.next_question()):
        try:
            audit.take(question, asking.ask(question))
        except (NotCached, RemoteError) as error:
            asking.fail(question[0], error)
            audit.give_up(question[0])
            continue
        done += 1
        if progress:
            progress(done, most)
