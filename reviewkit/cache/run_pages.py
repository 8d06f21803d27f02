"""The pages of one search run, drawn one by one: from its journal, or from the service.

All that a caller sees of a run comes from its journal. Pages are asked for in the same order each
time. The same request sent twice in a run brings its two answers in turn.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import BaseFileLock

from reviewkit.cache.journal import Journal, add_page, end_journal, refuse_pages
from reviewkit.cache.pages import Pages
from reviewkit.http import Flight, Judge, Request, Transport
from reviewkit.model.earlier import EarlierRecords
from reviewkit.model.errors import NotCached
from reviewkit.model.messages import mark
from reviewkit.model.records import PageRef


@dataclass(frozen=True, slots=True, kw_only=True)
class RawPage:
    """A page's bytes, and where they came from."""

    ref: PageRef
    body: bytes


class RunPages:
    """The pages of one run, from the journal, or from the service where the journal lacks them.

    Without a transport nothing is fetched and nothing is written. Close it, or use it as a context
    manager. `earlier`, where it is set: what is known of the records that are asked for.
    """

    def __init__(
        self,
        path: Path,
        journal: Journal,
        pages: Pages,
        *,
        transport: Transport | None,
        lock: BaseFileLock | None,
    ) -> None:
        self.path = path
        self.header = journal.header
        self.complete = journal.complete
        self._pages = pages
        self.earlier: EarlierRecords | None = None
        self._transport = None if journal.complete else transport
        self._flights: dict[str, Flight] = {}
        self._lock = lock
        self._known: dict[str, list[PageRef]] = {}
        for ref in journal.pages:
            self._known.setdefault(ref.request, []).append(ref)
        self._page_count = len(journal.pages) + len(journal.refused)
        self._times_drawn: Counter[str] = Counter()
        self._used: list[PageRef] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        if self._lock is not None:
            self._lock.release()

    @property
    def used(self) -> tuple[PageRef, ...]:
        """The pages drawn since the run was opened, in order."""
        return tuple(self._used)

    def holds(self, request: Request) -> bool:
        """Whether the next answer to this request is in the journal."""
        return self._times_drawn[request.text] < len(self._known.get(request.text, ()))

    def expect(self, requests: Sequence[Request], *, judge: Judge | None = None) -> None:
        """Begin to ask for pages that will be drawn next, as many as keep the pace.

        Each is stored when it is drawn: pages stand in the journal in the order of their use.
        """
        if self._transport is None or not requests:
            return

        ahead = self._transport.ahead(requests[0].service)
        for request in requests[: ahead + 1] if ahead else ():
            if request.text not in self._flights and not self.holds(request):
                self._flights[request.text] = self._transport.begin(request, judge=judge)

    def get(self, request: Request, *, judge: Judge | None = None) -> RawPage:
        """The next answer to this request; a new one is stored before it is returned.

        Raises NotCached without a transport, DamagedCache, CacheError, and what `Transport.send`
        raises.
        """
        name = request.text
        if self.holds(request):
            ref = self._known[name][self._times_drawn[name]]
            page = RawPage(ref=ref, body=self._pages.get(ref.sha256))
        else:
            page = self._fetch(request, judge)
            self._known.setdefault(name, []).append(page.ref)

        self._times_drawn[name] += 1
        self._used.append(page.ref)
        return page

    def _fetch(self, request: Request, judge: Judge | None) -> RawPage:
        if self._transport is None:
            raise self._not_cached(request)

        flight = self._flights.pop(request.text, None)
        response = self._transport.send(request, judge=judge, flight=flight)
        sha256 = self._pages.put(response.body)
        ref = PageRef(request=request.text, sha256=sha256, retrieved_at=response.received_at)
        add_page(self.path / "journal.jsonl", ref, size=len(response.body))
        self._page_count += 1
        return RawPage(ref=ref, body=response.body)

    def _not_cached(self, request: Request) -> NotCached:
        what = mark("the page was never fetched")
        if self.complete:
            what = mark("this stored search has no such page")
        shown = request.text
        if len(shown) > 300:
            shown = f"{shown[:300]}…"

        hint = "run it again with a network connection"
        return NotCached(f"{what}: {shown}", where=str(self.path), hint=hint)

    def read(self, ref: PageRef) -> bytes:
        """The bytes of a page again. Raises DamagedCache."""
        return self._pages.get(ref.sha256)

    def refuse(self, pages: Sequence[PageRef], *, why: str) -> None:
        """Note that pages proved wrong beside others: they stay as evidence, and no run uses them.

        They are asked for again. A stored run is not changed. Raises CacheError.
        """
        if not pages or self._transport is None:
            return

        refuse_pages(self.path / "journal.jsonl", pages, why=why)
        names = {(page.request, page.sha256) for page in pages}
        for request in {page.request for page in pages}:
            drawn = self._known[request][: self._times_drawn[request]]
            self._times_drawn[request] = len(_without(drawn, names))
            self._known[request] = _without(self._known[request], names)
        self._used = _without(self._used, names)

    def finish(self) -> None:
        """Note that nothing is missing any more; a run that is complete stays as it is."""
        if not self.complete and self._transport is not None:
            end_journal(self.path / "journal.jsonl", pages=self._page_count)
            self.complete = True
            self._transport = None


def _without(pages: Sequence[PageRef], names: set[tuple[str, str]]) -> list[PageRef]:
    return [page for page in pages if (page.request, page.sha256) not in names]
