"""What all sources over HTTP share: where pages come from, and that they are judged.

It knows no service.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from reviewkit.cache import RawPage, RunHeader
from reviewkit.http import Judge, Request, Response
from reviewkit.model.errors import NotARealAnswer
from reviewkit.model.records import PageRef

Progress = Callable[[int, int], None]
"""How many records there are so far, and how many there will be."""


_LONGEST_NUMBER = 15  # digits


def is_number(printed: str) -> bool:
    """Whether a service printed a whole number that can be one: no thousands of digits."""
    return printed.isascii() and printed.isdecimal() and len(printed) <= _LONGEST_NUMBER


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

    def holds(self, request: Request) -> bool: ...

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


def refused(
    pages: PageSource, wrong: Sequence[PageRef], what: str, *, where: str, hint: str
) -> NotARealAnswer:
    """The error of answers that prove wrong beside others; these pages are refused."""
    pages.refuse(wrong, why=what)
    return NotARealAnswer(what, where=where, hint=hint)
