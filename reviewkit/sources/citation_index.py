"""What an index of citations can do for a search. No index is named here."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from reviewkit.cache import RawPage, RunHeader
from reviewkit.http import Judge, Request, ServiceDefinition
from reviewkit.model.citations import CitationLink, Direction, Seed, SeedOutcome, SeedResult
from reviewkit.model.earlier import EarlierRecords
from reviewkit.model.errors import RateLimited, RemoteError, Unreachable
from reviewkit.model.records import PageRef, Record
from reviewkit.sources.base import OnProblem
from reviewkit.sources.object_records import each_once
from reviewkit.sources.page_source import PageSource, Progress, refused


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


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedList:
    """The list of one seed: where each entry leads, and the result."""

    links: tuple[CitationLink, ...]
    result: SeedResult


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


def find_one_by_one(
    pages: PageSource,
    seeds: Sequence[Seed],
    ask: Callable[[PageSource, Seed], SeedList],
    fetch: Callable[[PageSource, Sequence[str]], set[str]],
    *,
    where: str,
    progress: Progress | None = None,
) -> FoundByCitation:
    """What a service has that takes one seed at a time.

    `ask` gets the list of a seed. `fetch` asks for the works with these names, and returns the
    names that came. Raises as `_ask_each` and as `fetch`.
    """
    lists = _ask_each(pages, seeds, ask, where=where, progress=progress)
    links: dict[CitationLink, None] = {}
    for one in lists:
        links.update(dict.fromkeys(one.links))
    names = tuple(dict.fromkeys(link.identifier for link in links if link.identifier))

    before = len(pages.used)
    received = fetch(pages, names)
    return FoundByCitation(
        names=names,
        pages=pages.used[before:],
        links=tuple(links),
        seeds=tuple(one.result for one in lists),
        missing=tuple(name for name in names if name not in received),
    )


def _ask_each(
    pages: PageSource,
    seeds: Sequence[Seed],
    ask: Callable[[PageSource, Seed], SeedList],
    *,
    where: str,
    progress: Progress | None,
) -> list[SeedList]:
    """The list of each seed.

    Raises RemoteError that names every seed that failed. Where the service is out of reach, or
    wants a pause, that error at once.
    """
    answers: list[SeedList] = []
    failed: list[str] = []
    for seed in seeds:
        try:
            answers.append(ask(PagesOfSeed(pages), seed))
        except (Unreachable, RateLimited):
            raise
        except RemoteError as error:
            failed.append(f"{seed.key} ({error.what})")
            continue
        if progress:
            progress(len(answers), len(seeds))
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


def seed_list(
    seed: Seed, asked: tuple[str, ...], links: tuple[CitationLink, ...], *, known: bool
) -> SeedList:
    """The list of a seed with its result."""
    resolved = sum(link.identifier is not None for link in links)
    result = result_of(seed, asked, known=known, listed=len(links), resolved=resolved)
    return SeedList(links=links, result=result)


def read_found(
    found: FoundByCitation,
    pages: PageSource,
    read_page: Callable[[bytes], Iterable[Record]],
) -> Iterator[Record]:
    """The works that were found, each once. Raises DamagedCache."""
    wanted = set(found.names)
    records = each_once(pages, found.pages, read_page)
    return (record for record in records if record.source_id in wanted)


def batches(values: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """The values, so many at a time."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def text_of(*parts: object) -> str:
    """The parts that are there as one line, for a person to read."""
    joined = ". ".join(str(part).strip(" .") for part in parts if part)
    return re.sub(r"\s+", " ", joined)[:500]
