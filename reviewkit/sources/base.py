"""What a source is: one object with everything that depends on it."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from reviewkit.http import ServiceDefinition
from reviewkit.importers.parsed_file import Problem
from reviewkit.model.records import CountUnit, Record, Role, SearchRun
from reviewkit.query.compile import CompiledQuery
from reviewkit.query.dialects.base import Dialect
from reviewkit.sources.page_source import PageSource, Progress

RECORD_MONITOR = "watch"
"""The strategy of a run that asks for records by number and searches for nothing."""


class SearchFunction(Protocol):
    """Runs a query. With `fetch=False` it stops at the count, and the identifiers where cheap."""

    def __call__(
        self,
        pages: PageSource,
        query: CompiledQuery,
        *,
        fetch: bool = True,
        progress: Progress | None = None,
    ) -> SearchRun: ...


OnProblem = Callable[[Problem], None]
"""Gets each part of a page that could not be read as it stands."""


class RecordReader(Protocol):
    """Reads the records of a run from its pages."""

    def __call__(
        self, run: SearchRun, pages: PageSource, *, on_problem: OnProblem | None = None
    ) -> Iterator[Record]: ...


class NewRecordReader(Protocol):
    """Reads the records of a run without those that known pages hold word for word.

    `known` are pages (SHA-256), `held` the identifiers of the records that came from them.
    """

    def __call__(
        self,
        run: SearchRun,
        pages: PageSource,
        *,
        known: Collection[str],
        held: Collection[str],
        on_problem: OnProblem | None = None,
    ) -> Iterator[Record]: ...


class PmidFetcher(Protocol):
    """Asks for records by their PMIDs. A PMID that brings no record is in the run's `missing`."""

    def __call__(
        self, pages: PageSource, pmids: Sequence[str], *, progress: Progress | None = None
    ) -> SearchRun: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """One answer to a query: its count, what came with it, and the query as it was run.

    `ids` are PMIDs. `records` are what came instead of numbers; `None` where numbers came.
    `is_whole`: everything that is counted came.
    """

    count: int
    ids: tuple[str, ...]
    translation: str | None
    warnings: tuple[str, ...]
    is_whole: bool
    records: tuple[Record, ...] | None = None


Counter = Callable[[PageSource, str, int], Counted]
"""Asks once for the count of a query and its first ids. Phrases not known are warnings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkSearch:
    """How a source is searched over the network.

    `count_once` asks for a count in one request, `uid_clause` writes these records as a clause.
    `key` names the setting without which its service answers nobody. `way_out` says what to do
    where it cannot be searched.
    """

    service: ServiceDefinition
    search: SearchFunction
    read: RecordReader
    read_new: NewRecordReader | None = None
    fetch_by_pmid: PmidFetcher | None = None
    count_once: Counter | None = None
    uid_clause: Callable[[Sequence[str]], str] | None = None
    key: str | None = None
    way_out: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """Which export to choose where a person runs the search, and why."""

    choose: str
    advice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A bibliographic source. Only its own module knows more of it.

    - `id` names it in protocols, `label` in sentences.
    - `export`: which export to choose where a person runs the search.
    - `dialect`: its query language with its limits; `None` where reviewkit does not write it.
    - `network`: how it is searched; `None` where only its exports are read.
    - `portal`: another way to search it, made for people, for those who ask for it.
    - `search_page`: the web address where a person can run a query.
    - `count_unit`: what its count counts.
    - `has_complete_records`: its records carry every heading that they have, and the whole text
      that they are searched by.
    - `states_notices`: its records say whether a work is retracted or corrected.
    - `role`: what it is to a review, in a new protocol: a database, or a register of trials.
    - `withholds_abstracts`: its terms of use forbid to share them: no package holds them.
    - `why_not_searched`: why reviewkit does not search it where others do.
    """

    id: str
    label: str
    export: Export
    dialect: Dialect | None = None
    network: NetworkSearch | None = None
    portal: NetworkSearch | None = None
    search_page: Callable[[CompiledQuery], str] | None = None
    count_unit: CountUnit = CountUnit.RECORDS
    has_complete_records: bool = False
    states_notices: bool = False
    role: Role = Role.DATABASE
    withholds_abstracts: bool = False
    why_not_searched: str = ""

    def way_to_search(self, *, by_portal: bool = False) -> NetworkSearch | None:
        """How it is searched: through its portal if asked for and if there is one."""
        if by_portal and self.portal:
            return self.portal
        return self.network
