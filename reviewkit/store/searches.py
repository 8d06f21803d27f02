"""Searches: what was run on one source on one day with one query; one or more datasets each.

A dataset is a run: one set of pages that were fetched, or files that were imported together.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby

from reviewkit.model.records import SearchRun
from reviewkit.store.database import Store, insert_into

# The query of a dataset that a person typed in. It is no search: it cannot say what is gone.
BY_HAND = "added by hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRow:
    """A search of a source: the number of its first run, its datasets' numbers, how many files.

    `imported` says that its datasets are files, not pages that were fetched.
    """

    search: int
    source: str
    searched_at: str
    query: str
    imported: bool
    datasets: tuple[int, ...]
    files: int

    @property
    def day(self) -> str:
        return self.searched_at[:10]


def searches_of(store: Store, source: str, strategy: str) -> list[SearchRow]:
    """Return the searches of a strategy in a source that count in the flow, oldest first.

    Failed and withdrawn datasets are left out.
    """
    rows = store.rows(
        "SELECT search, run, searched_at, query, endpoint, "
        "(SELECT count(*) FROM run_pages WHERE run_pages.run = search_runs.run) "
        "FROM search_runs WHERE source = ? AND strategy = ? AND status = 'complete' "
        "AND kind = 'own' ORDER BY search, run",
        [source, strategy],
    )
    searches = []
    for search, grouped in groupby(rows, key=lambda row: row[0]):
        parts = list(grouped)
        _, _, searched_at, query, endpoint, _ = parts[0]
        searches.append(
            SearchRow(
                search=search,
                source=source,
                searched_at=searched_at,
                query=next((row[3] for row in parts if row[3]), ""),
                imported=not endpoint and query != BY_HAND,
                datasets=tuple(run for _, run, *_ in parts),
                files=sum(pages for *_, pages in parts),
            )
        )
    return searches


def join_search(store: Store, run: int, search: int) -> None:
    """Store that a run is a dataset of a search."""
    store.write(insert_into("run_searches", ("run", "search")), [(run, search)])


def search_of_run(store: Store, run: int) -> int:
    """Return the search to which a run belongs; its own number where it is a search of its own."""
    joined = "SELECT coalesce((SELECT search FROM run_searches WHERE run = ?), ?)"
    return int(store.value(joined, [run, run]))


def imported_files(store: Store) -> dict[int, list[str]]:
    """Return by run the names of the files that were imported as it."""
    rows = store.rows(
        "SELECT run, substr(request, 8) FROM run_pages WHERE request LIKE 'import %' "
        "ORDER BY run, position"
    )
    files: dict[int, list[str]] = {}
    for run, name in rows:
        files.setdefault(run, []).append(name)
    return files


def labelled_records(store: Store) -> list[str]:
    """Return the imported records that are named by a label of their file, by key.

    A label is also among the values that the file had besides, under the tag of a citation key;
    or it is a row's number.
    """
    rows = store.rows(
        "SELECT DISTINCT record FROM records JOIN run_records USING (record) "
        "JOIN run_pages USING (run) WHERE request LIKE 'import %' "
        "AND source_id NOT IN (coalesce(pmid, ''), coalesce(accession, '')) AND ("
        "EXISTS (SELECT 1 FROM json_each(json_extract(other, '$.ID')) WHERE value = source_id) "
        "OR EXISTS (SELECT 1 FROM json_each(json_extract(other, '$.id')) WHERE value = source_id) "
        "OR source_id GLOB 'rayyan-[0-9]*' OR source_id GLOB '#[0-9]*' "
        "OR (length(source_id) < 7 AND source_id NOT GLOB '*[^0-9]*')) ORDER BY record"
    )
    return [record for (record,) in rows]


def whole_search(datasets: Sequence[SearchRun]) -> SearchRun:
    """Return a search of several datasets as one run: its list is the union of theirs."""
    first = datasets[0]
    if len(datasets) == 1:
        return first

    identifiers = _each_once(run.identifiers for run in datasets)
    received = set(chain.from_iterable(map(_received, datasets)))
    return replace(
        first,
        query=next(filter(None, _each_once([run.query] for run in datasets)), ""),
        count=len(identifiers),
        received=len(received),
        identifiers=identifiers,
        missing=tuple(name for name in identifiers if name not in received),
        warnings=_each_once(run.warnings for run in datasets),
        pages=tuple(chain.from_iterable(run.pages for run in datasets)),
    )


def _received(run: SearchRun) -> set[str]:
    return set(run.identifiers) - set(run.missing)


def _each_once(lists: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """The texts of all lists, each where it comes first."""
    return tuple(dict.fromkeys(chain.from_iterable(lists)))
