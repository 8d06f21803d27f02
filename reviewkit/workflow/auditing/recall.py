"""`audit --recall`: how many known relevant works a search returns, and what would bring each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from reviewkit.model.errors import NotCached, RemoteError, UsageError
from reviewkit.model.records import Answer, Record
from reviewkit.query.tree import Node, children
from reviewkit.query.widen import Wider, wider_clauses
from reviewkit.reproduction.losing import Losing, losing_clauses
from reviewkit.reproduction.recall import Recall
from reviewkit.workflow.auditing.asker import Asker
from reviewkit.workflow.auditing.at_hand import records_at_hand
from reviewkit.workflow.auditing.known_work import KnownWork, find_work, reported_work
from reviewkit.workflow.auditing.why import (
    ReadQuery,
    Why,
    is_returned,
    number_clause,
    read_query,
    why_work_lost,
    without_clause,
)
from reviewkit.workflow.project import ReviewProject


@dataclass(frozen=True, slots=True, kw_only=True)
class Widening:
    """A change of one clause that brings a work: the clause, the wider one, and its price.

    `cost` is how many records the whole query then returns more, asked of the database.
    """

    clause: str
    wider: str | None
    how: str
    cost: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LostSeed:
    """A known work that the search does not return. `note` says why there is no widening."""

    why: Why
    widening: Widening | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallResult:
    """A search measured by known works.

    `absent` are works that the database does not have, `unknown` those of which nobody can tell.
    """

    source: str
    query: str
    recall: Recall
    lost: tuple[LostSeed, ...]
    absent: tuple[str, ...]
    unknown: tuple[str, ...]
    requests: int

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "source": self.source,
            "query": self.query,
            "found": self.recall.found,
            "known": self.recall.known,
            "relative_recall": self.recall.share,
            "interval_95": self.recall.interval,
            "lost": [_lost_json(one) for one in self.lost],
            "not_in_the_source": list(self.absent),
            "unknown": list(self.unknown),
            "requests": self.requests,
        }


def _lost_json(one: LostSeed) -> dict[str, Any]:
    widening = None
    if one.widening:
        widening = {
            "clause": one.widening.clause,
            "wider": one.widening.wider,
            "how": one.widening.how,
            "cost": one.widening.cost,
        }
    return {**one.why.as_json(), "widening": widening, "note": one.note}


def known_works(project: ReviewProject, named: Sequence[str]) -> tuple[KnownWork, ...]:
    """The works to measure by: those named, and the protocol's; a published review's own else.

    Raises UsageError for the names of which nothing is known, all at once, and where there is none.
    """
    protocol = project.protocol
    names = list(dict.fromkeys([*named, *protocol.seeds]))
    _, records = records_at_hand(project)
    if names:
        return _named_works(project, names, records)
    if protocol.reported and protocol.reported.works:
        return tuple(reported_work(work, records) for work in protocol.reported.works)
    raise UsageError(
        "no work is named that the search must find",
        hint='name some: --seed PMID; or seeds = ["PMID"] at the top of the protocol',
    )


def _named_works(
    project: ReviewProject, names: Sequence[str], records: Sequence[Record]
) -> tuple[KnownWork, ...]:
    works, unknown = [], []
    for name in names:
        try:
            works.append(find_work(project, name, records))
        except UsageError:
            unknown.append(repr(name.strip()))
    if unknown:
        raise UsageError(
            f"nothing is known here of {', '.join(unknown)}",
            hint="name a PMID; a DOI or a title only of a work that is among the records",
        )
    return tuple(works)


def measure_recall(
    project: ReviewProject, asker: Asker, works: Sequence[KnownWork], *, query: str | None = None
) -> RecallResult:
    """How many of the works the query returns, and per lost one the cheapest single widening.

    Raises UsageError where the query cannot be read.
    """
    read = read_query(project, asker, query)
    reasons = [why_work_lost(project, asker, work, read) for work in works]
    judged = [why for why in reasons if not why.is_absent]
    found, lost = _with(judged, Answer.YES), _with(judged, Answer.NO)

    return RecallResult(
        source=asker.source.label,
        query=read.text,
        recall=Recall(found=len(found), known=len(found) + len(lost)),
        lost=tuple(_lost(asker, read, why) for why in lost),
        absent=tuple(why.work for why in reasons if why.is_absent),
        unknown=tuple(why.work for why in _with(judged, Answer.UNKNOWN)),
        requests=asker.sent,
    )


def _with(reasons: Sequence[Why], answer: Answer) -> list[Why]:
    return [why for why in reasons if why.answer is answer]


def _lost(asker: Asker, query: ReadQuery, why: Why) -> LostSeed:
    """A lost work with what would bring it, where the database can be asked."""
    if why.pmid is None:
        return LostSeed(why=why, widening=None, note="its PMID is not known, so nothing was asked")
    try:
        return _widened(asker, query, why, number_clause(asker, why.pmid))
    except (NotCached, RemoteError) as error:
        return LostSeed(why=why, widening=None, note=f"what it costs is not known: {error.what}")


def _widened(asker: Asker, query: ReadQuery, why: Why, number: str) -> LostSeed:
    def answer_of(node: Node) -> Answer:
        return is_returned(asker, query.clause(node), number)

    losing = losing_clauses(query.tree, answer_of)
    if len(losing) != 1:
        note = f"{len(losing)} clauses lose it, so no single one brings it"
        return LostSeed(why=why, widening=None, note=note)

    whole = asker.ask(query.text, most=0).count
    priced = [
        Widening(
            clause=one.clause,
            wider=one.wider,
            how=one.how,
            cost=asker.ask(one.query, most=0).count - whole,
        )
        for one in _options(asker, query, losing[0], number)
    ]
    if not priced:
        note = "no wider form of the clause that loses it was found to bring it"
        return LostSeed(why=why, widening=None, note=note)
    return LostSeed(why=why, widening=min(priced, key=lambda one: one.cost), note="")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Option:
    """A change of one clause, and the whole query with it."""

    clause: str
    wider: str | None
    how: str
    query: str


def _options(asker: Asker, query: ReadQuery, one: Losing, number: str) -> Iterator[_Option]:
    """The changes of a clause that bring the work: its wider forms, then its removal."""
    clause = query.text[slice(*one.span)]
    widen = asker.source.dialect.widen if asker.source.dialect else None
    if widen and not one.is_excluded:
        for wider in wider_clauses(clause, _node_at(query.tree, one.path), widen):
            if is_returned(asker, wider.text, number) is Answer.YES:
                yield _Option(
                    clause=clause,
                    wider=wider.text,
                    how=wider.how,
                    query=_replaced(query, one, wider),
                )

    without = without_clause(one, query)
    if without:
        yield _Option(clause=clause, wider=None, how="without the clause", query=without)


def _replaced(query: ReadQuery, one: Losing, wider: Wider) -> str:
    start, end = one.span
    return f"{query.text[:start]}{wider.text}{query.text[end:]}"


def _node_at(node: Node, path: Sequence[int]) -> Node:
    for place in path:
        node = children(node)[place]
    return node
