"""What an index of citations can do for a search. No index is named here."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from reviewkit.cache import RawPage, RunHeader
from reviewkit.http import Judge, Request, ServiceDefinition
from reviewkit.model.citations import CitationLink, Direction, Seed, SeedOutcome, SeedResult
from reviewkit.model.earlier import EarlierRecords
from reviewkit.model.errors import RateLimited, RemoteError, Unreachable
from reviewkit.model.records import PageRef, Record
from reviewkit.sources.base import OnProblem
from reviewkit.sources.page_source import PageSource, Progress, refused

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundByCitation:
    """Works that citations led to, each once.

    `missing` are the names that brought no record. `pages` hold the records.
    """

    names: tuple[str, ...]
    pages: tuple[PageRef, ...]
    links: tuple[CitationLink, ...]
    seeds: tuple[SeedResult, ...]
    missing: tuple[str, ...] = ()


class FindByCitation(Protocol):
    """Asks an index. Raises as `paged_list.read_list` does; `pages` stays open."""

    def __call__(
        self,
        pages: PageSource,
        seeds: Sequence[Seed],
        direction: Direction,
        *,
        progress: Progress | None = None,
    ) -> FoundByCitation: ...


class ReadFound(Protocol):
    """Reads the records of what was found, each once. Raises DamagedCache."""

    def __call__(
        self,
        found: FoundByCitation,
        pages: PageSource,
        *,
        source: str,
        on_problem: OnProblem | None = None,
    ) -> Iterator[Record]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationIndex:
    """An index of citations.

    - `takes`: which identifiers of a seed it takes, in words.
    - `identifiers`: those of a seed, as they are sent; none where it cannot be asked.
    - `least_requests`: how many requests so many askable seeds cost at the least.
    """

    id: str
    label: str
    service: ServiceDefinition
    directions: frozenset[Direction]
    takes: str
    identifiers: Callable[[Seed], tuple[str, ...]]
    least_requests: Callable[[int, Direction], int]
    find: FindByCitation
    read: ReadFound


class PagesOfSeed:
    """The pages of one seed in a run of many: what is refused for it leaves the others alone."""

    def __init__(self, pages: PageSource) -> None:
        self._pages, self._start = pages, len(pages.used)

    @property
    def header(self) -> RunHeader:
        return self._pages.header

    @property
    def used(self) -> tuple[PageRef, ...]:
        return self._pages.used[self._start :]

    @property
    def complete(self) -> bool:
        return self._pages.complete

    @property
    def earlier(self) -> EarlierRecords | None:
        return self._pages.earlier

    def holds(self, request: Request) -> bool:
        return self._pages.holds(request)

    def expect(self, requests: Sequence[Request], *, judge: Judge | None = None) -> None:
        self._pages.expect(requests, judge=judge)

    def get(self, request: Request, *, judge: Judge | None = None) -> RawPage:
        return self._pages.get(request, judge=judge)

    def read(self, ref: PageRef) -> bytes:
        return self._pages.read(ref)

    def refuse(self, pages: Sequence[PageRef], *, why: str) -> None:
        self._pages.refuse(pages, why=why)

    def finish(self) -> None:
        self._pages.finish()


def ask_each(
    pages: PageSource,
    seeds: Sequence[Seed],
    ask: Callable[[Seed, PageSource], _T],
    *,
    where: str,
) -> list[_T]:
    """What a service that takes one seed at a time has for each.

    Raises RemoteError that names every seed that failed. Where the service is out of reach, or
    wants a pause, that error at once.
    """
    answers, failed = [], []
    for seed in seeds:
        try:
            answers.append(ask(seed, PagesOfSeed(pages)))
        except (Unreachable, RateLimited):
            raise
        except RemoteError as error:
            failed.append(f"{seed.key} ({error.what})")
    if not failed:
        return answers

    what = f"failed for {len(failed)} of {len(seeds)} seeds: {'; '.join(failed)}"
    hint = "run again: only what is missing is asked for; --of with other records leaves it out"
    raise RemoteError(what, where=where, hint=hint)


def result_of(
    seed: Seed, asked: tuple[str, ...], *, known: bool, listed: int, resolved: int
) -> SeedResult:
    """The result for a seed whose list, empty or not, was read whole."""
    outcome = SeedOutcome.LISTED
    if not asked:
        outcome = SeedOutcome.NOT_ASKED
    elif not known:
        outcome = SeedOutcome.UNKNOWN
    elif not listed:
        outcome = SeedOutcome.NO_LIST
    return SeedResult(seed=seed.key, outcome=outcome, asked=asked, listed=listed, resolved=resolved)


def read_asked(
    pages: PageSource,
    read: Callable[[PageSource], Iterable[str]],
    asked: Collection[str],
    *,
    where: str,
) -> set[str]:
    """The names that came of those that were asked for.

    Where another one comes, one of them may be lost: the list is asked for again, and must be clean
    or the same. Raises NotARealAnswer where it is not, and what `read` raises.
    """
    own = PagesOfSeed(pages)
    wanted, first = set(asked), set(read(own))
    if first <= wanted:
        return first
    again = set(read(own))
    if again <= wanted or again == first:
        return again & wanted

    what = "sent works that were not asked for"
    hint = "run again: they are asked for anew"
    raise refused(own, own.used, what, where=where, hint=hint)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedList:
    """The list of one seed: where each entry leads, and the result."""

    links: tuple[CitationLink, ...]
    result: SeedResult


def seed_list(
    seed: Seed, asked: tuple[str, ...], links: tuple[CitationLink, ...], *, known: bool
) -> SeedList:
    """The list of a seed with its result."""
    resolved = sum(link.identifier is not None for link in links)
    result = result_of(seed, asked, known=known, listed=len(links), resolved=resolved)
    return SeedList(links=links, result=result)


def links_of(lists: Sequence[SeedList]) -> tuple[CitationLink, ...]:
    """The links of all lists, each once."""
    links: dict[CitationLink, None] = {}
    for one in lists:
        links.update(dict.fromkeys(one.links))
    return tuple(links)


def batches(values: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """The values, so many at a time."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def text_of(*parts: object) -> str:
    """The parts that are there as one line, for a person to read."""
    joined = ". ".join(str(part).strip(" .") for part in parts if part)
    return re.sub(r"\s+", " ", joined)[:500]
