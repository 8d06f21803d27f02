"""What the records at hand say of a query: of that list, never of the database."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from reviewkit.model.identifiers import doi_key, title_key
from reviewkit.model.messages import mark
from reviewkit.model.records import Answer, Record
from reviewkit.protocol.model import Protocol
from reviewkit.protocol.reported import Work
from reviewkit.query.dialects.languages import language_for
from reviewkit.query.evaluator import Evaluator, Returned
from reviewkit.query.lines import read_strategy
from reviewkit.query.match import pieces_of
from reviewkit.query.match_values import Known
from reviewkit.query.read_record import ReadRecord, folded
from reviewkit.query.tree import Node
from reviewkit.reproduction.audit_result import AtHand
from reviewkit.sources.registry import complete_sources
from reviewkit.store import Store
from reviewkit.store.records import records_in_flow
from reviewkit.workflow.auditing.mesh_trees import HeadingTree
from reviewkit.workflow.open_database import read_database
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.searching.fallback_list import read_fallback_list

KnownRecords = tuple[str, Sequence[Record]]
"""What a list of records is, and the records."""


def records_at_hand(project: ReviewProject, store: Store | None = None) -> KnownRecords:
    """The records that are known without asking: a list that stands in, or earlier searches.

    `store` is the review's open database, if there is one.
    """
    fallback = read_fallback_list(project)
    if fallback and project.protocol.stand_in:
        return project.protocol.stand_in.label, fallback[1]
    if store is not None:
        return _of_searches(store)
    if project.database.exists():
        import datetime

        with read_database(project, now=datetime.datetime.now(datetime.UTC)) as opened:
            return _of_searches(opened)
    return mark("no records"), ()


def _of_searches(store: Store) -> KnownRecords:
    return mark("the records of earlier searches"), records_in_flow(store)


def judge_at_hand(
    protocol: Protocol,
    source: str,
    queries: Sequence[str],
    at_hand: KnownRecords,
    trees: Sequence[HeadingTree],
) -> AtHand:
    """How many of the records each query returns, and which included works it cannot return."""
    label, records = at_hand
    known = known_of(protocol, records, trees)
    works = protocol.reported.works if protocol.reported else ()
    found = {work.id: record for work in works if (record := _record_of(work, records))}

    everything = _returned(protocol, source, queries, records, known)
    included = _returned(protocol, source, queries, list(found.values()), known)
    return AtHand(
        label=label,
        size=len(records),
        intervals={query: one.interval for query, one in everything.items()},
        cannot={query: _lost(one, list(found)) for query, one in included.items()},
        trees=tuple(tree.heading.name for tree in trees if tree.narrower is not None),
    )


def _returned(
    protocol: Protocol, source: str, queries: Sequence[str], records: Sequence[Record], known: Known
) -> dict[str, Returned]:
    """What each query returns of these records; nothing where there are none."""
    if not records:
        return {}
    evaluator = Evaluator([known_record(protocol, one) for one in records], known)
    found = {}
    for query in dict.fromkeys(queries):
        tree = _tree_of(query, source)
        if tree is not None:
            found[query] = evaluator.returned(tree)
    return found


@lru_cache(maxsize=2048)
def _tree_of(query: str, source: str) -> Node | None:
    """A query as a tree; the readings of one method are read once."""
    return read_strategy(query, language_for(source, query)).tree


def _lost(returned: Returned, works: Sequence[str]) -> tuple[str, ...]:
    places = enumerate(works)
    return tuple(work for place, work in places if returned.answer(place) is Answer.NO)


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


def known_of(
    protocol: Protocol, records: Iterable[Record], trees: Sequence[HeadingTree] = ()
) -> Known:
    """The names that are headings, and what lies below those whose tree is known.

    Headings are the descriptors with a MeSH number, those that were seen, and those of the trees.
    """
    names = {folded(one.term) for one in protocol.descriptors if one.mesh}
    for record in records:
        names |= {folded(heading.split("/")[0].strip("* ")) for heading in record.headings}

    narrower: dict[str, frozenset[str]] = {}
    entry_terms: dict[str, str] = {}
    for tree in trees:
        name = folded(tree.heading.name)
        names |= {name}
        entry_terms |= {folded(one): name for one in tree.heading.synonyms.get("en", ())}
        if tree.narrower is not None:
            narrower[name] = tree.narrower
            names |= tree.narrower
    return Known(headings=frozenset(names), narrower=narrower, entry_terms=entry_terms)
