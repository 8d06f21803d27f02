"""What all sources over HTTP share: where pages come from, and that they are judged.

It knows no service.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from reviewkit.cache import RawPage, RunHeader
from reviewkit.http import Judge, Request, Response
from reviewkit.model.earlier import EarlierRecords
from reviewkit.model.errors import NotARealAnswer, SteepFall
from reviewkit.model.records import PageRef, Record
from reviewkit.updates.losses import falls_steeply

Progress = Callable[[int, int], None]
"""How many records there are so far, and how many there will be."""


_ANSWERS = 4  # how many answers about the same page are compared
_LONGEST_NUMBER = 15  # digits


def is_number(printed: str) -> bool:
    """Whether a service printed a whole number that can be one: no thousands of digits."""
    return printed.isascii() and printed.isdecimal() and len(printed) <= _LONGEST_NUMBER


def are_even(lengths: Sequence[int]) -> bool:
    """Whether the pages of a list hold the same number of entries, and the last one no more.

    Where they do not, a page may have a record too many and another one too few: the sum proves
    nothing until a second reading agrees.
    """
    full = set(lengths[:-1])
    return len(full) <= 1 and all(lengths[-1] <= length for length in full)


def broken_json(body: bytes) -> str:
    """What is wrong with a body that cannot be read as JSON, as the end of a sentence."""
    try:
        body.decode()
    except UnicodeDecodeError as error:
        return f"answered with bytes that are not UTF-8 (at byte {error.start:,})"
    return "answered with JSON that is cut off or broken"


class ListBrokeOff(NotARealAnswer):
    """A page is empty although more records were counted: it is wrong, or those before it are."""


class PageSource(Protocol):
    """Where pages come from; `reviewkit.cache.RunPages` is one."""

    @property
    def header(self) -> RunHeader: ...

    @property
    def used(self) -> tuple[PageRef, ...]: ...

    @property
    def complete(self) -> bool:
        """Whether these are the pages of a stored run: there will be no others."""
        ...

    @property
    def earlier(self) -> EarlierRecords | None:
        """What is known of the records; `None` where nothing can change: pages of a stored run."""
        ...

    def holds(self, request: Request) -> bool: ...

    def expect(self, requests: Sequence[Request], *, judge: Judge | None = None) -> None: ...

    def get(self, request: Request, *, judge: Judge | None = None) -> RawPage: ...

    def read(self, ref: PageRef) -> bytes: ...

    def refuse(self, pages: Sequence[PageRef], *, why: str) -> None: ...

    def finish(self) -> None: ...


def ask(pages: PageSource, request: Request, judge: Judge, *, where: str) -> RawPage:
    """A judged page.

    A stored page is judged too: what counts as an answer may have changed since it was stored. One
    that is no answer is refused: the next run asks again.

    Raises the error of the flaw that `judge` finds, and what `PageSource.get` raises.
    """
    page = pages.get(request, judge=judge)
    flaw = judge(
        Response(
            request=request,
            status=200,
            headers={},
            body=page.body,
            received_at=page.ref.retrieved_at,
        )
    )
    if flaw:
        pages.refuse([page.ref], why=flaw.what)
        raise flaw.error(flaw.what, where=where, hint=flaw.hint)
    return page


def ask_for_whole(
    pages: PageSource,
    request: Request,
    judge: Judge,
    read: Callable[[bytes], Iterable[Record]],
    *,
    where: str,
) -> RawPage:
    """A judged page whose records have all that the stored ones have.

    `read` gives the records on a page. A page with less is refused and asked for again, until a
    page has everything, or each record that has less has come in the same words before. Raises as
    `ask`, and NotARealAnswer.
    """
    seen: list[Record] = []
    what = ""

    for _ in range(_ANSWERS):
        page = ask(pages, request, judge, where=where)
        poorer = _poorer_records(pages, read, page)
        if all(record in seen for record in poorer):
            return page

        seen += poorer
        names = ", ".join(record.source_id for record in poorer[:5])
        what = f"sent records with less than is known of them: {names}"
        pages.refuse([page.ref], why=what)

    hint = "run again: they are asked for anew; nothing was changed"
    raise NotARealAnswer(what, where=where, hint=hint)


def _poorer_records(
    pages: PageSource, read: Callable[[bytes], Iterable[Record]], page: RawPage
) -> list[Record]:
    """The records of a page that lack what the stored ones have."""
    earlier = pages.earlier
    if earlier is None or page.ref.sha256 in earlier.pages:
        return []

    known = (record for record in read(page.body) if record.source_id in earlier.names)
    return [record for record in known if earlier.lost(record)]


def may_ask_again(pages: PageSource, request: Request) -> bool:
    """Whether there is, or can be, another answer: a stored run has those that it has."""
    return pages.holds(request) or not pages.complete


def check_fall(pages: PageSource, count: int, *, where: str) -> None:
    """Raise SteepFall where the same search counted far more records before.

    All pages are refused. Call it before `pages.finish()`.
    """
    earlier = pages.earlier
    before = earlier.count(pages.header.query) if earlier else None
    if before is None or not falls_steeply(before, count):
        return

    what = f"counted {count:,} records where the same search counted {before:,} before"
    pages.refuse(pages.used, why=what)
    hint = (
        "nothing was changed; run the query on the service's own page, and if so few are right, "
        "run again with --accept-fall"
    )
    raise SteepFall(what, where=where, hint=hint)


def refused(
    pages: PageSource, wrong: Sequence[PageRef], what: str, *, where: str, hint: str
) -> NotARealAnswer:
    """The error of answers that prove wrong beside others; these pages are refused."""
    pages.refuse(wrong, why=what)
    return NotARealAnswer(what, where=where, hint=hint)
