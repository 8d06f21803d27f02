"""`audit --why`: which clause of the query loses a work, asked of the database or read offline."""

from dataclasses import dataclass, replace
from typing import Any

from reviewkit.model.errors import NotCached, RemoteError, UsageError
from reviewkit.model.records import Answer
from reviewkit.query.dialects.languages import language_for
from reviewkit.query.evaluator import Evaluator
from reviewkit.query.lines import Strategy, read_strategy
from reviewkit.query.lint import mesh_headings
from reviewkit.query.tree import Group, Node, Op
from reviewkit.reproduction.losing import Losing, losing_clauses
from reviewkit.sources.registry import source_query
from reviewkit.workflow.auditing.asker import Asker
from reviewkit.workflow.auditing.at_hand import known_of, known_record, records_at_hand
from reviewkit.workflow.auditing.known_work import KnownWork, find_work
from reviewkit.workflow.auditing.mesh_trees import read_trees
from reviewkit.workflow.project import ReviewProject


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A clause that loses the work; `cost` is what the query returns more without it."""

    text: str
    answer: Answer
    is_excluded: bool
    cost: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why a query does not return a work. `basis` says who answered.

    `is_absent`: the database has no record of it, so that no query returns it.
    """

    work: str
    pmid: str | None
    query: str
    answer: Answer
    clauses: tuple[Clause, ...]
    basis: str
    is_absent: bool = False

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
class ReadQuery:
    """A query that can be judged clause by clause: its text as it is sent, and its tree."""

    text: str
    tree: Node
    strategy: Strategy

    def clause(self, node: Node) -> str:
        """The text of a part."""
        return self.text[slice(*node.span)]


def read_query(project: ReviewProject, asker: Asker, query: str | None) -> ReadQuery:
    """This query, or the primary strategy's. Raises UsageError where it cannot be read."""
    text = query or _primary_query(project, asker)
    strategy = read_strategy(text, language_for(asker.source.id, text))
    if strategy.expansion and not strategy.broken:
        strategy = read_strategy(strategy.expansion, strategy.language)
    if strategy.tree is None or strategy.broken:
        raise UsageError("the query cannot be read as it is", hint="see: reviewkit lint")
    return ReadQuery(text=strategy.printed, tree=strategy.tree, strategy=strategy)


def why_lost(project: ReviewProject, asker: Asker, named: str, *, query: str | None = None) -> Why:
    """Why the primary strategy's query, or this one, does not return the work.

    The database is asked clause by clause where it can be; else the record's fields answer, and
    what was not seen is unknown. Raises UsageError.
    """
    _, records = records_at_hand(project)
    work = find_work(project, named, records)
    return why_work_lost(project, asker, work, read_query(project, asker, query))


def why_work_lost(project: ReviewProject, asker: Asker, work: KnownWork, query: ReadQuery) -> Why:
    """The same for a work and a query that were found."""
    if not work.pmid:
        return _offline(project, asker, work, query, "no PMID is known")
    try:
        return _asked(work, query, asker)
    except (NotCached, RemoteError) as error:
        return _offline(project, asker, work, query, f"{asker.source.label}: {error.what}")


def _primary_query(project: ReviewProject, asker: Asker) -> str:
    primary = project.protocol.primary
    query = source_query(project.protocol, primary, asker.source.id) if primary else None
    if query is None:
        raise UsageError(
            f"the primary strategy has no query for {asker.source.label}",
            hint="give one: --query 'dysbiosis[mh] AND …'",
        )
    return query.text


def _asked(work: KnownWork, query: ReadQuery, asker: Asker) -> Why:
    number = number_clause(asker, work.pmid)
    if not asker.ask(number, most=1).count:
        basis = f"{asker.source.label} has no record {work.pmid}"
        return replace(_why(work, query, Answer.NO, (), basis), is_absent=True)

    def answer_of(node: Node) -> Answer:
        return is_returned(asker, query.clause(node), number)

    losing = losing_clauses(query.tree, answer_of)
    clauses = tuple(_clause(one, query, _cost(one, query, asker)) for one in losing)
    basis = f"asked of {asker.source.label}, clause by clause"
    return _why(work, query, Answer.NO if losing else Answer.YES, clauses, basis)


def number_clause(asker: Asker, pmid: str | None) -> str:
    """The record as a clause. Raises NotCached where the source is not asked by number."""
    way = asker.source.network
    if way is None or way.uid_clause is None or pmid is None:
        raise NotCached("the source is not asked by number", where=asker.source.label)
    return way.uid_clause([pmid])


def is_returned(asker: Asker, clause: str, number: str) -> Answer:
    """Whether a clause returns a record, asked of the database."""
    if asker.ask(f"({clause}) AND {number}", most=1).count:
        return Answer.YES
    return Answer.NO


def _why(
    work: KnownWork, query: ReadQuery, answer: Answer, clauses: tuple[Clause, ...], basis: str
) -> Why:
    return Why(
        work=work.name,
        pmid=work.pmid,
        query=query.text,
        answer=answer,
        clauses=clauses,
        basis=basis,
    )


def _clause(one: Losing, query: ReadQuery, cost: int | None) -> Clause:
    return Clause(
        text=query.text[slice(*one.span)],
        answer=one.answer,
        is_excluded=one.is_excluded,
        cost=cost,
    )


def _cost(one: Losing, query: ReadQuery, asker: Asker) -> int | None:
    """What the query returns more without this clause, where it is one of those joined by AND."""
    without = without_clause(one, query)
    if without is None:
        return None
    return asker.ask(without, most=0).count - asker.ask(query.text, most=0).count


def without_clause(one: Losing, query: ReadQuery) -> str | None:
    """The query without a clause that stands at its top, joined by AND or NOT; else `None`."""
    tree = query.tree
    if not isinstance(tree, Group) or len(one.path) != 1:
        return None
    others = [part for place, part in enumerate(tree.operands) if place != one.path[0]]
    is_taken_away = tree.op is Op.NOT and one.is_excluded
    if tree.op is not Op.AND and not is_taken_away:
        return None
    return f" {tree.op} ".join(f"({query.clause(part)})" for part in others)


def _offline(
    project: ReviewProject, asker: Asker, work: KnownWork, query: ReadQuery, reason: str
) -> Why:
    if work.record is None:
        basis = f"{reason}; no record of it is at hand, so nothing is known"
        return _why(work, query, Answer.UNKNOWN, (), basis)

    trees = read_trees(asker, mesh_headings(query.strategy))
    known = known_of(project.protocol, [work.record], trees.found)
    evaluator = Evaluator([known_record(project.protocol, work.record)], known)

    def answer_of(node: Node) -> Answer:
        return evaluator.returned(node, query.strategy.doubtful).answer()

    losing = losing_clauses(query.tree, answer_of)
    clauses = tuple(_clause(one, query, None) for one in losing)
    basis = f"{reason}; judged by the fields of the record at hand"
    return _why(work, query, answer_of(query.tree), clauses, basis)
