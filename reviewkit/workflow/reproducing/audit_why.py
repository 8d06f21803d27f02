"""`audit --why`: which clause of the query loses a work, asked of the database or read offline."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reviewkit.model.errors import NotCached, RemoteError, UsageError
from reviewkit.model.identifiers import doi_in, doi_key, pmid_in, title_key
from reviewkit.model.records import Answer, Record
from reviewkit.protocol.reported import Work
from reviewkit.query.dialects.languages import LANGUAGES
from reviewkit.query.evaluator import Evaluator
from reviewkit.query.lines import Strategy, read_strategy
from reviewkit.query.tree import Group, Node, Op
from reviewkit.reproduction.losing import Losing, losing_clauses
from reviewkit.sources.registry import source_query
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.reproducing.audit import Asker, known_of, known_record, records_at_hand


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A clause that loses the work; `cost` is what the query returns more without it."""

    text: str
    answer: Answer
    is_excluded: bool
    cost: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why a query does not return a work. `basis` says who answered."""

    work: str
    pmid: str | None
    query: str
    answer: Answer
    clauses: tuple[Clause, ...]
    basis: str

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        clauses = [
            {"clause": c.text, "answer": c.answer, "excluded": c.is_excluded, "cost": c.cost}
            for c in self.clauses
        ]
        return {
            "work": self.work,
            "pmid": self.pmid,
            "query": self.query,
            "returned": self.answer,
            "losing": clauses,
            "basis": self.basis,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    name: str
    pmid: str | None
    record: Record | None


def find_work(project: ReviewProject, named: str, records: Sequence[Record]) -> _Work:
    """The work with this PMID, DOI or title. Raises UsageError where nothing is known of it."""
    works = project.protocol.reported.works if project.protocol.reported else ()
    wanted = _wanted(named, works)
    record = next((one for one in records if wanted.is_record(one)), None)
    if record is None and wanted.pmid is None:
        raise UsageError(
            f"no work {named.strip()!r} is known here",
            hint="name a PMID, a DOI or the whole title",
        )
    if record is None:
        return _Work(name=wanted.text, pmid=wanted.pmid, record=None)
    return _Work(name=record.title or wanted.text, pmid=wanted.pmid or record.pmid, record=record)


def _wanted(named: str, works: Sequence[Work]) -> "_Wanted":
    """What was named; all that is known of it where it is one of the works."""
    wanted = _Wanted(
        text=named.strip(), pmid=pmid_in(named), doi=doi_key(doi_in(named)), title=title_key(named)
    )
    for work in works:
        if wanted.is_work(work):
            return _Wanted(
                text=work.title, pmid=work.pmid, doi=doi_key(work.doi), title=title_key(work.title)
            )
    return wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What a work may be recognised by; an empty text recognises nothing."""

    text: str
    pmid: str | None
    doi: str
    title: str

    def is_work(self, work: Work) -> bool:
        return self.text == work.id or self._is(work.pmid, work.doi, work.title)

    def is_record(self, record: Record) -> bool:
        return self._is(record.pmid, record.doi, record.title)

    def _is(self, pmid: str | None, doi: str | None, title: str | None) -> bool:
        if self.pmid and pmid == self.pmid:
            return True
        if self.doi and doi_key(doi) == self.doi:
            return True
        return bool(self.title) and title_key(title) == self.title


def why_lost(project: ReviewProject, asker: Asker, named: str, *, query: str | None = None) -> Why:
    """Why the primary strategy's query, or this one, does not return the work.

    The database is asked clause by clause where it can be; else the record's fields answer, and
    what was not seen is unknown. Raises UsageError.
    """
    _, records = records_at_hand(project)
    work = find_work(project, named, records)
    strategy = read_strategy(query or _primary_query(project, asker), LANGUAGES[asker.source.id])
    tree = strategy.tree
    if tree is None or strategy.broken:
        raise UsageError("the query cannot be read as it stands", hint="see: reviewkit lint")
    text = strategy.expansion or strategy.printed
    if strategy.expansion:
        strategy = read_strategy(text, strategy.language)
        tree = strategy.tree or tree

    if work.pmid:
        try:
            return _asked(work, tree, text, asker)
        except (NotCached, RemoteError) as error:
            reason = error.what
            return _offline(project, work, tree, strategy, f"{asker.source.label}: {reason}")
    return _offline(project, work, tree, strategy, "no PMID is known")


def _primary_query(project: ReviewProject, asker: Asker) -> str:
    primary = project.protocol.primary
    query = source_query(project.protocol, primary, asker.source.id) if primary else None
    if query is None:
        raise UsageError(
            f"the primary strategy has no query for {asker.source.label}",
            hint="give one: --query 'dysbiosis[mh] AND …'",
        )
    return query.text


def _asked(work: _Work, tree: Node, text: str, asker: Asker) -> Why:
    way = asker.source.network
    clause_of = way.uid_clause if way else None
    if clause_of is None or work.pmid is None:
        raise NotCached("the source is not asked by number", where=asker.source.label)
    number = clause_of([work.pmid])

    def answer_of(node: Node) -> Answer:
        clause = text[slice(*node.span)]
        found = asker.ask(f"({clause}) AND {number}", most=1).count
        return Answer.YES if found else Answer.NO

    if not asker.ask(number, most=1).count:
        basis = f"{asker.source.label} has no record {work.pmid}"
        return Why(
            work=work.name, pmid=work.pmid, query=text, answer=Answer.NO, clauses=(), basis=basis
        )
    losing = losing_clauses(tree, answer_of)
    clauses = tuple(_clause(one, text, _cost(one, tree, text, asker)) for one in losing)
    return Why(
        work=work.name,
        pmid=work.pmid,
        query=text,
        answer=Answer.NO if losing else Answer.YES,
        clauses=clauses,
        basis=f"asked of {asker.source.label}, clause by clause",
    )


def _clause(one: Losing, text: str, cost: int | None) -> Clause:
    return Clause(
        text=text[slice(*one.span)], answer=one.answer, is_excluded=one.is_excluded, cost=cost
    )


def _cost(one: Losing, tree: Node, text: str, asker: Asker) -> int | None:
    """What the query returns more without this clause, where it is one of those joined by AND."""
    if not isinstance(tree, Group) or tree.op is not Op.AND or len(one.path) != 1:
        return None
    others = [part for place, part in enumerate(tree.operands) if place != one.path[0]]
    without = " AND ".join(f"({text[slice(*part.span)]})" for part in others)
    whole = asker.ask(text, most=0).count
    return asker.ask(without, most=0).count - whole


def _offline(
    project: ReviewProject, work: _Work, tree: Node, strategy: Strategy, reason: str
) -> Why:
    text = strategy.printed
    if work.record is None:
        basis = f"{reason}; no record of it is at hand, so nothing is known"
        return Why(
            work=work.name,
            pmid=work.pmid,
            query=text,
            answer=Answer.UNKNOWN,
            clauses=(),
            basis=basis,
        )
    known = known_of(project.protocol, [work.record])
    evaluator = Evaluator([known_record(project.protocol, work.record)], known)

    def answer_of(node: Node) -> Answer:
        return evaluator.returned(node, strategy.doubtful).answer()

    losing = losing_clauses(tree, answer_of)
    return Why(
        work=work.name,
        pmid=work.pmid,
        query=text,
        answer=answer_of(tree),
        clauses=tuple(_clause(one, text, None) for one in losing),
        basis=f"{reason}; judged by the fields of the record at hand",
    )
