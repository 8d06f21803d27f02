"""Search runs in the cache: begun, resumed, replayed."""

import hashlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout

from reviewkit.cache.disk import cache_errors, keep_name
from reviewkit.cache.journal import (
    RunHeader,
    add_page,
    begin_journal,
    end_journal,
    read_journal,
)
from reviewkit.cache.pages import Pages
from reviewkit.cache.run_pages import RunPages
from reviewkit.http import Transport
from reviewkit.model.errors import CacheError, CacheLocked, NotCached
from reviewkit.model.messages import in_english
from reviewkit.model.records import PageRef

_LOCK_WAIT_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunKey:
    """What makes two runs runs of the same search, wherever the service was reached."""

    source: str
    strategy: str
    query: str

    @property
    def name(self) -> str:
        """The start of such a run's folder name."""
        whole = "\n".join((self.source, self.strategy, self.query))
        slug = re.sub(r"[^a-z0-9_]+", "_", f"{self.source}.{self.strategy}".lower())[:60]
        return f"{slug}-{hashlib.sha256(whole.encode()).hexdigest()[:12]}"


class Opening(StrEnum):
    """Which run of a search is wanted.

    LATEST: the newest complete one; where there is none, as RESUME.
    REUSE: the newest complete one; nothing is fetched.
    RESUME: the newest one if it was cut off, else a new one.
    FRESH: a new one in any case.
    """

    LATEST = "latest"
    REUSE = "reuse"
    RESUME = "resume"
    FRESH = "fresh"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRun:
    """A run in the cache."""

    path: Path
    header: RunHeader
    complete: bool


class Cache:
    """The cache of one review: `pages/` and `runs/` below `root`.

    Nothing is made before something is written.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.pages = Pages(root / "pages")

    @property
    def runs_folder(self) -> Path:
        return self.root / "runs"

    def runs(self, key: RunKey | None = None) -> tuple[StoredRun, ...]:
        """The runs of a search, or all, oldest first.

        Raises DamagedCache for a journal that cannot be read.
        """
        folders = "*"
        if key:
            folders = f"{key.name}*"

        runs = []
        for path in sorted(self.runs_folder.glob(f"{folders}/journal.jsonl")):
            journal = read_journal(path)
            if journal and (key is None or key == _key_of(journal.header)):
                runs.append(
                    StoredRun(path=path.parent, header=journal.header, complete=journal.complete)
                )
        return tuple(sorted(runs, key=lambda run: (run.header.started_at, run.path.name)))

    def stored_pages(self, key: RunKey) -> tuple[PageRef, ...]:
        """The pages of every run of a search, cut off or not, oldest run first.

        Raises DamagedCache.
        """
        pages: list[PageRef] = []
        for run in self.runs(key):
            journal = read_journal(run.path / "journal.jsonl")
            if journal:
                pages.extend(journal.pages)

        return tuple(pages)

    def open_run(
        self,
        key: RunKey,
        *,
        opening: Opening,
        started_at: str,
        transport: Transport | None,
        endpoint: str = "",
    ) -> RunPages:
        """The run that `opening` names. `started_at` (ISO 8601, UTC) is the time of a new run.

        Raises NotCached when only stored pages may be used and there is no such run, CacheLocked
        when another process is filling it, and CacheError.
        """
        may_replay = opening in {Opening.LATEST, Opening.REUSE}
        if may_replay and (complete := self._complete(key)):
            return self._opened(complete.path, transport=None, lock=None)
        if opening is Opening.REUSE or transport is None:
            return self._offline(key)

        lock = self._lock(key)
        try:
            if may_replay and (complete := self._complete(key)):
                # Another process finished it while this one waited for the lock.
                lock.release()
                return self._opened(complete.path, transport=None, lock=None)
            path = self._cut_off(key, opening) or self._begin(key, started_at, endpoint)
            return self._opened(path, transport=transport, lock=lock)
        except BaseException:
            lock.release()
            raise

    def _cut_off(self, key: RunKey, opening: Opening) -> Path | None:
        """The folder of the newest run where that was cut off and may be continued."""
        runs = self.runs(key)
        if opening is Opening.FRESH or not runs or runs[-1].complete:
            return None
        return runs[-1].path

    def note_run(self, key: RunKey, pages: Sequence[PageRef], *, started_at: str) -> None:
        """Note a complete run whose pages were kept by other means than a request: imported files.

        A run of the same pages is noted once. Raises CacheError, CacheLocked.
        """
        lock = self._lock(key)
        try:
            for run in self.runs(key):
                journal = read_journal(run.path / "journal.jsonl")
                if journal and journal.complete and journal.pages == tuple(pages):
                    return

            path = self._begin(key, started_at, "")
            for page in pages:
                add_page(
                    path / "journal.jsonl", page, size=self.pages.path(page.sha256).stat().st_size
                )
            end_journal(path / "journal.jsonl", pages=len(pages))
        finally:
            lock.release()

    def _complete(self, key: RunKey) -> StoredRun | None:
        return next((run for run in reversed(self.runs(key)) if run.complete), None)

    def _offline(self, key: RunKey) -> RunPages:
        runs = self.runs(key)
        if not runs:
            what = in_english(
                "no search of {source} for {strategy} with this query is stored",
                source=key.source,
                strategy=key.strategy,
            )
            raise NotCached(
                what, where=str(self.runs_folder), hint="run it again with a network connection"
            )

        return self._opened(runs[-1].path, transport=None, lock=None)

    def _opened(
        self, path: Path, *, transport: Transport | None, lock: BaseFileLock | None
    ) -> RunPages:
        file = path / "journal.jsonl"
        journal = read_journal(file)
        if journal is None:
            raise CacheError(
                "the journal is empty",
                where=str(file),
                hint="move this run's folder away and search again",
            )
        if lock is not None:
            with cache_errors(file):
                if file.stat().st_size > journal.length:
                    os.truncate(file, journal.length)

        return RunPages(path, journal, self.pages, transport=transport, lock=lock)

    def _lock(self, key: RunKey) -> BaseFileLock:
        path = self.runs_folder / f"{key.name}.lock"
        with cache_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = FileLock(path, timeout=_LOCK_WAIT_SECONDS)
            try:
                lock.acquire()
            except Timeout:
                what = "another process is running the same search"
                raise CacheLocked(
                    what, where=str(path), hint="wait until it has ended, then try again"
                ) from None

        return lock

    def _begin(self, key: RunKey, started_at: str, endpoint: str) -> Path:
        header = RunHeader(
            source=key.source,
            strategy=key.strategy,
            query=key.query,
            endpoint=endpoint,
            started_at=started_at,
        )
        stamp = re.sub(r"[^0-9TZ]", "", started_at.replace("+00:00", "Z"))

        path = self.runs_folder / f"{key.name}-{stamp}"
        number = 1
        with cache_errors(path):
            while path.exists():
                number += 1
                path = self.runs_folder / f"{key.name}-{stamp}-{number}"
            path.mkdir(parents=True)
            begin_journal(path / "journal.jsonl", header)
            keep_name(path)
            keep_name(self.runs_folder)

        return path


def _key_of(header: RunHeader) -> RunKey:
    return RunKey(source=header.source, strategy=header.strategy, query=header.query)
