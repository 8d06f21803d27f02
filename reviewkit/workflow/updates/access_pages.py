"""Where the answers on access come from: services, each answer in the cache before it is read, or
the cache alone.
"""

from collections.abc import Iterator
from types import TracebackType
from typing import Protocol, Self

from reviewkit.cache import Cache, Opening, RawPage, RunKey, RunPages
from reviewkit.http import Judge, Request, Transport
from reviewkit.model.errors import NotCached

_KEY = RunKey(source="access", strategy="access", query="")


class AnswerSource(Protocol):
    """Where a request's answer is had. Raises the errors of services and of the cache."""

    def ask(self, request: Request, judge: Judge) -> RawPage: ...


class AskedPages:
    """Answers of services.

    All that one command asks is one run of the cache, begun with its first request.
    """

    def __init__(self, cache: Cache, transport: Transport, *, started_at: str) -> None:
        self._cache, self._transport, self._started_at = cache, transport, started_at
        self._run: RunPages | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._run is not None:
            if error is None:
                self._run.finish()
            self._run.close()

    def ask(self, request: Request, judge: Judge) -> RawPage:
        if self._run is None:
            self._run = self._cache.open_run(
                _KEY, opening=Opening.FRESH, started_at=self._started_at, transport=self._transport
            )
        return self._run.get(request, judge=judge)


class StoredPages:
    """Answers of the cache, whenever they came: the newest to each request."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._refs = {ref.request: ref for ref in cache.stored_pages(_KEY)}

    def ask(self, request: Request, judge: Judge) -> RawPage:
        ref = self._refs.get(request.text)
        if ref is None:
            hint = "run it again with a network connection"
            raise NotCached("its answer is not in the cache", where=request.service, hint=hint)
        return RawPage(ref=ref, body=self._cache.pages.get(ref.sha256))

    def of_service(self, service: str) -> Iterator[RawPage]:
        """Every answer of a service, oldest first."""
        for ref in sorted(self._refs.values(), key=lambda ref: ref.retrieved_at):
            if ref.request.startswith(f"GET {service}/"):
                yield RawPage(ref=ref, body=self._cache.pages.get(ref.sha256))
