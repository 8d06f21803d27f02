"""Asks a source for counts and MeSH for trees, through the cache: a second run asks nothing."""

from dataclasses import dataclass, field, replace

from reviewkit.cache import Cache, Opening, RunKey, RunPages
from reviewkit.http import Transport
from reviewkit.model.errors import NotCached
from reviewkit.model.messages import in_english
from reviewkit.sources.base import Counted, Source
from reviewkit.workflow.project import ReviewProject

LONGEST_LIST = 9_999


@dataclass(slots=True, kw_only=True)
class Asker:
    """Asks through the cache; without a transport from the cache alone.

    `again` asks anew for what is stored. `sent` counts the requests that were sent, `days` are
    those on which the answers came. `with_key` names the services that a key is set for.
    """

    project: ReviewProject
    source: Source
    transport: Transport | None
    started_at: str
    again: bool = False
    with_key: frozenset[str] = frozenset()
    why_no_transport: str = ""
    sent: int = 0
    days: set[str] = field(default_factory=set)

    def for_source(self, source: Source) -> "Asker":
        """One that asks this source; from the cache alone where it lacks a key."""
        way, transport, why = source.network, self.transport, ""
        if transport and way and way.key and way.service.name not in self.with_key:
            transport = None
            why = in_english("{key} is not set; {advice}", key=way.key, advice=way.way_out)
        return replace(self, source=source, transport=transport, why_no_transport=why, sent=0)

    def ask(self, query: str, *, most: int = LONGEST_LIST) -> Counted:
        """The answer to one query. Raises NotCached, RemoteError and what the cache raises."""
        way = self.source.network
        if way is None or way.count_once is None:
            raise NotCached("is not asked for counts by reviewkit", where=self.source.label)
        key = RunKey(source=self.source.id, strategy="audit", query=f"{most} {query}")
        with self.open_run(key, service=way.service.name) as pages:
            is_stored = pages.complete
            answer = way.count_once(pages, query, most)
            self.sent += not is_stored
            self.days |= {page.retrieved_at[:10] for page in pages.used}
        return answer

    def ask_after(self, query: str, day: str) -> Counted:
        """The answer to a query that came on this day or later; an older one is asked for anew.

        Raises as `ask`, and NotCached where only an older one is stored.
        """
        before, again = self.days, self.again
        self.days = set()
        try:
            answer = self.ask(query)
            if self.days and max(self.days) < day:
                self.days = set()
                if self.transport is None:
                    what = f"the stored answer is older than {day}"
                    raise NotCached(what, hint="ask with a network")
                self.again = True
                answer = self.ask(query)
        finally:
            self.again = again
            self.days |= before
        return answer

    def open_run(self, key: RunKey, *, service: str) -> RunPages:
        """The pages of one question, from the cache or to be asked for."""
        opening = Opening.LATEST
        if self.transport is None:
            opening = Opening.REUSE
        elif self.again:
            opening = Opening.FRESH
        return Cache(self.project.cache).open_run(
            key,
            opening=opening,
            started_at=self.started_at,
            transport=self.transport,
            endpoint=self.transport.endpoint(service) if self.transport else "",
        )

    @property
    def asked_on(self) -> tuple[str, ...]:
        """The first and the last day of the answers; one day where they are the same."""
        if not self.days:
            return ()
        return tuple(dict.fromkeys([min(self.days), max(self.days)]))
