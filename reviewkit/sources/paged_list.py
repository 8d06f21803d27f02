"""A list that a service gives page by page: every record once, and whole or not at all.

A list is whole when as many different records came as the service counts. One that is not is read
again from its start. Where the readings do not agree, their pages are refused.
"""

import dataclasses
from collections.abc import Callable, Iterable, Sequence

from reviewkit.http import Judge, Request
from reviewkit.model.errors import NotARealAnswer
from reviewkit.model.records import CountUnit, PageRef, Record, Role, RunStatus, SearchRun
from reviewkit.query.compile import CompiledQuery
from reviewkit.sources.page_sizes import read_in_pages
from reviewkit.sources.page_source import (
    PageSource,
    Progress,
    are_even,
    ask,
    ask_for_whole,
    check_fall,
    refused,
)

_ROUNDS = 3  # how often the list is read where it is not whole
_STANDSTILL = 2  # pages in a row without a new record, after which a list leads nowhere


class TokenExpired(NotARealAnswer):
    """The service does not know the token of the next page any more."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """One page: the names of its records, and what it says of the list.

    `following` is the token of the next page; `None` ends the list. `count` is what the service
    counts; `None` where this page does not say.
    """

    names: tuple[str, ...]
    following: str | None
    count: int | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PagedList:
    """How a service lists.

    - `request`: the page at a token, of so many records; `None` is the first page.
    - `size`: how many records a page is asked for.
    - `judge`: judges the answer to the page at a token.
    - `read`: what a page says.
    - `stamp`: the version of the data, asked before and after: it must not move.
    - `stops_when_all_came`: no page is asked for after all counted records came.
    - `records`: the records on a page: one with less than the stored ones have is asked for again.
    - `notes`: what a reader of the run must know of every list of this service.
    """

    label: str
    request: Callable[[str | None, int], Request]
    size: int
    judge: Callable[[str | None], Judge]
    read: Callable[[bytes], ListPage]
    stamp: Callable[[PageSource], str] | None = None
    stops_when_all_came: bool = False
    records: Callable[[bytes], Iterable[Record]] | None = None
    notes: tuple[str, ...] = ()

    def page(self, pages: PageSource, token: str | None) -> ListPage:
        """What the page at a token says. Raises as `ask_for_whole` does."""
        request, judge = self.request(token, self.size), self.judge(token)
        if self.records is None:
            answer = ask(pages, request, judge, where=self.label)
        else:
            answer = ask_for_whole(pages, request, judge, self.records, where=self.label)

        return self.read(answer.body)

    def has_begun(self, pages: PageSource, size: int) -> bool:
        """Whether the run holds a first page of this size."""
        return pages.holds(self.request(None, size))


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A whole list: the names in order, the pages that hold them, and how it went."""

    names: tuple[str, ...]
    count: int
    pages: tuple[PageRef, ...]
    searched_at: str
    stamp: str
    warnings: tuple[str, ...]

    def run(self, query: CompiledQuery, pages: PageSource, *, fetch: bool = True) -> SearchRun:
        """The run of a query that gave this list; its source's unit is records."""
        return SearchRun(
            source=query.source,
            role=Role.DATABASE,
            strategy=query.strategy,
            query=query.text,
            searched_at=self.searched_at,
            status=RunStatus.COMPLETE,
            endpoint=pages.header.endpoint,
            count=self.count,
            count_unit=CountUnit.RECORDS,
            received=len(self.names) if fetch else None,
            identifiers=self.names,
            build=self.stamp or None,
            warnings=self.warnings,
            pages=self.pages,
        )


@dataclasses.dataclass(slots=True, kw_only=True)
class _Round:
    """The list read once."""

    names: dict[str, None] = dataclasses.field(default_factory=dict)
    counts: list[int] = dataclasses.field(default_factory=list)
    lengths: list[int] = dataclasses.field(default_factory=list)
    pages: list[PageRef] = dataclasses.field(default_factory=list)
    stamps: list[str] = dataclasses.field(default_factory=list)
    problem: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether each record that was counted came, and no other one."""
        if self.problem or not self.counts:
            return False
        return len(self.names) == max(self.counts) == self.counts[-1]

    def why_not(self) -> str:
        """Why the list is not whole."""
        if self.problem:
            return self.problem
        counted = self.counts[-1] if self.counts else 0
        return f"named {len(self.names):,} different records where it counted {counted:,}"


def read_list(pages: PageSource, service: PagedList, progress: Progress | None = None) -> Listed:
    """The whole list. The pages of a reading that was not whole are refused.

    Where pages do not come whole, the list is read in smaller ones. Raises NotARealAnswer where no
    reading is whole, SteepFall where the same search counted far more before, and what `ask`
    raises.
    """
    return read_in_pages(
        pages,
        service.size,
        lambda size: service.has_begun(pages, size),
        lambda size: _read_rounds(pages, dataclasses.replace(service, size=size), progress),
    )


def _read_rounds(pages: PageSource, service: PagedList, progress: Progress | None) -> Listed:
    rounds: list[_Round] = []
    while len(rounds) < _ROUNDS and not (rounds and _ends_in_store(pages, service)):
        this = _Round()
        rounds.append(this)
        _read_round(pages, service, this, progress)
        if this.problem:
            pages.refuse(this.pages, why=this.problem)
            this.pages = []
        if _is_doubtful(rounds) and not _ends_in_store(pages, service):
            continue  # "0" is believed when it was said twice
        whole = _whole_rounds(rounds)
        if whole:
            check_fall(pages, this.counts[-1], where=service.label)
            if whole == [this]:
                _refuse_others(pages, rounds)
            return _listed(whole, rounds, service.notes)

    what = f"{rounds[-1].why_not()}, {len(rounds)} times"
    if len(rounds) == 1:
        what = rounds[-1].why_not()
    hint = "run again: the list is asked for anew; if it stays, report it"
    raise refused(pages, pages.used, what, where=service.label, hint=hint)


def _is_doubtful(rounds: Sequence[_Round]) -> bool:
    """Whether a further reading is wanted: nothing is on the list, or its pages are uneven."""
    last = rounds[-1]
    if len(rounds) > 1 and last.names.keys() == rounds[-2].names.keys():
        return False
    return last.is_whole and not (last.names and are_even(last.lengths))


def _whole_rounds(rounds: list[_Round]) -> list[_Round]:
    """The readings that make the list whole: the last one, or all together; none if it is not."""
    if rounds[-1].is_whole:
        return [rounds[-1]]
    return rounds if _are_whole_together(rounds) else []


def count_alone(
    pages: PageSource,
    query: CompiledQuery,
    request: Request,
    judge: Judge,
    count_in: Callable[[bytes], int],
    *,
    where: str,
) -> SearchRun:
    """The run that asks for no record: its count, and no identifier."""
    page = ask(pages, request, judge, where=where)
    return SearchRun(
        source=query.source,
        role=Role.DATABASE,
        strategy=query.strategy,
        query=query.text,
        searched_at=page.ref.retrieved_at,
        status=RunStatus.COMPLETE,
        endpoint=pages.header.endpoint,
        count=count_in(page.body),
        pages=pages.used,
    )


def _ends_in_store(pages: PageSource, service: PagedList) -> bool:
    """Whether these are stored pages, and there is no further reading among them."""
    return pages.complete and not service.has_begun(pages, service.size)


def _read_round(
    pages: PageSource, service: PagedList, this: _Round, progress: Progress | None
) -> None:
    """Read to the end of the list; a token that has expired, or data that moved, is its problem."""
    before = len(pages.used)
    _read_stamp(pages, service, this)
    try:
        _read_pages(pages, service, this, progress)
    except TokenExpired as error:
        this.problem = error.what
    else:
        _read_stamp(pages, service, this)

    this.pages = list(pages.used[before:])
    if len(set(this.stamps)) > 1:
        this.problem = f"loaded new data meanwhile ({' to '.join(this.stamps)})"


def _read_stamp(pages: PageSource, service: PagedList, this: _Round) -> None:
    if service.stamp:
        this.stamps.append(service.stamp(pages))


def _read_pages(
    pages: PageSource, service: PagedList, this: _Round, progress: Progress | None
) -> None:
    token: str | None = None
    standstill = 0
    while standstill < _STANDSTILL:
        page = service.page(pages, token)
        known = len(this.names)
        this.names.update(dict.fromkeys(page.names))
        this.lengths.append(len(page.names))
        if page.count is not None:
            this.counts.append(page.count)
        _report(this, progress)

        if page.following is None or (service.stops_when_all_came and this.is_whole):
            return
        standstill = 0 if len(this.names) > known else standstill + 1
        token = page.following


def _report(this: _Round, progress: Progress | None) -> None:
    if progress and this.counts:
        progress(min(len(this.names), this.counts[-1]), this.counts[-1])


def _are_whole_together(rounds: Sequence[_Round]) -> bool:
    """Whether readings of one unchanged count name all its records together.

    An order that is not total can leave out in one reading what it gives in another.
    """
    counts: set[int] = set()
    for one in rounds:
        counts.update(one.counts)
    stamps: set[str] = set()
    for one in rounds:
        stamps.update(one.stamps)
    is_steady = len(counts) == 1 and len(stamps) <= 1 and not any(r.problem for r in rounds)

    return is_steady and len(_names(rounds)) == max(counts)


def _names(rounds: Sequence[_Round]) -> dict[str, None]:
    names: dict[str, None] = {}
    for one in rounds:
        names.update(one.names)
    return names


def _refuse_others(pages: PageSource, rounds: Sequence[_Round]) -> None:
    """Refuse the pages of earlier readings, but for those that the whole one has word for word."""
    kept = {(page.request, page.sha256) for page in rounds[-1].pages}
    wrong: list[PageRef] = []
    for one in rounds[:-1]:
        wrong.extend(page for page in one.pages if (page.request, page.sha256) not in kept)

    pages.refuse(wrong, why="this reading of the list was not whole")


def _listed(whole: Sequence[_Round], rounds: Sequence[_Round], notes: tuple[str, ...]) -> Listed:
    """The list of the readings that make it whole. A page that came twice counts as the first."""
    first: dict[tuple[str, str], PageRef] = {}
    for one in rounds:
        for page in one.pages:
            first.setdefault((page.request, page.sha256), page)
    used: list[PageRef] = []
    for one in whole:
        used.extend(first[page.request, page.sha256] for page in one.pages)

    names, counts = _names(whole), whole[-1].counts
    return Listed(
        names=tuple(names),
        count=counts[-1],
        pages=tuple(dict.fromkeys(used)),
        searched_at=used[0].retrieved_at,
        stamp=whole[-1].stamps[-1] if whole[-1].stamps else "",
        warnings=(*_warnings(counts), *notes),
    )


def _warnings(counts: Sequence[int]) -> list[str]:
    if len(set(counts)) < 2:
        return []
    return [f"the count moved from {counts[0]:,} to {counts[-1]:,} while records were fetched"]
