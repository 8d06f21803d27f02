"""What the database has of the citation searches, for the report and the checklists."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from reviewkit.model.citations import SeedOutcome
from reviewkit.model.records import Record, Role
from reviewkit.prisma.partition import RecordState, State
from reviewkit.report.citation_graph import CitedWork, Edge, Place
from reviewkit.report.sections_citations import CitationSummary, IndexSearch
from reviewkit.sources.citations import index_label
from reviewkit.store import Store
from reviewkit.store.citations import CitationRun, StoredLink, citation_links, citation_runs
from reviewkit.store.decisions import states
from reviewkit.store.duplicates import stored_leads
from reviewkit.store.records import records_by_key
from reviewkit.store.run_log import first_runs, listed_by


def citation_summary(store: Store) -> CitationSummary | None:
    """The citation searches in the flow; `None` where there is none."""
    runs = citation_runs(store)
    if not runs:
        return None

    leads, links, partition = stored_leads(store), citation_links(store), states(store)
    new = _keys(partition, lambda row: row.role is Role.CITATIONS and not _is_copy(row))
    included = _keys(partition, lambda row: row.state is State.INCLUDED)
    edges = _edges(links, runs, leads)
    seeds = _seeds(runs, leads)
    works = list(dict.fromkeys(edge.work for edge in edges))
    labels = _labels(store, [*seeds, *works])

    return CitationSummary(
        searches=tuple(_index_search(store, run, new) for run in runs),
        seeds=tuple((key, labels[key]) for key in seeds),
        works=_works(works, labels, new, included),
        edges=edges,
        loose=_loose(links, leads),
        found=sum(row.role is Role.CITATIONS for row in partition),
        new=len(new),
        included=len(new & included),
    )


def _is_copy(row: RecordState) -> bool:
    return row.state is State.DUPLICATE


def _keys(rows: Iterable[RecordState], wanted: Callable[[RecordState], bool]) -> set[str]:
    return {row.record for row in rows if wanted(row)}


def _works(
    keys: Iterable[str], labels: Mapping[str, str], new: set[str], included: set[str]
) -> tuple[CitedWork, ...]:
    return tuple(
        CitedWork(key=key, label=labels[key], place=_place(key, new, included)) for key in keys
    )


def _seeds(runs: Sequence[CitationRun], leads: Mapping[str, str]) -> list[str]:
    """Every record that was a seed, each once, by its lead."""
    seeds: dict[str, None] = {}
    for run in runs:
        seeds.update(dict.fromkeys(leads.get(one.seed, one.seed) for one in run.search.seeds))
    return list(seeds)


def _labels(store: Store, keys: Sequence[str]) -> dict[str, str]:
    records = records_by_key(store, keys)
    return {key: _label(key, records.get(key)) for key in keys}


def _edges(
    links: Iterable[StoredLink], runs: Sequence[CitationRun], leads: Mapping[str, str]
) -> tuple[Edge, ...]:
    """Who led to whom, each pair once in each direction, by lead records."""
    directions = {run.run: run.search.direction for run in runs}
    edges = [
        Edge(
            seed=leads.get(link.seed, link.seed),
            work=leads.get(link.record, link.record),
            direction=directions[link.run],
        )
        for link in links
        if link.record is not None
    ]
    return tuple(dict.fromkeys(edges))


def _loose(links: Iterable[StoredLink], leads: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    pairs = [
        (leads.get(link.seed, link.seed), link.printed)
        for link in links
        if link.printed is not None
    ]
    return tuple(dict.fromkeys(pairs))


def _index_search(store: Store, run: CitationRun, new: set[str]) -> IndexSearch:
    first = first_runs(store)
    brought = {key for key in listed_by(store, run.run).values() if key}
    seeds = run.search.seeds

    def with_outcome(outcome: SeedOutcome) -> tuple[str, ...]:
        return tuple(one.seed for one in seeds if one.outcome is outcome)

    return IndexSearch(
        index=index_label(run.search.index),
        direction=run.search.direction,
        day=run.day,
        round=run.search.round,
        chosen=run.search.chosen,
        seeds=len(seeds),
        works=run.count,
        without_record=run.without_record,
        new=sum(key in new and first.get(key) == run.run for key in brought),
        not_asked=with_outcome(SeedOutcome.NOT_ASKED),
        unknown=with_outcome(SeedOutcome.UNKNOWN),
        no_list=with_outcome(SeedOutcome.NO_LIST),
    )


def _place(key: str, new: set[str], included: set[str]) -> Place:
    if key in included:
        return Place.INCLUDED
    return Place.NEW if key in new else Place.KNOWN


def _label(key: str, record: Record | None) -> str:
    """A record as people call it: "Ota 2021: Title"; its key where it has neither."""
    if record is None:
        return key
    people = [*record.authors, *record.collective_authors]
    name = people[0].partition(",")[0] if people else ""
    who = " ".join(part for part in (name, str(record.year or "")) if part)
    return ": ".join(part for part in (who, record.title) if part) or key
