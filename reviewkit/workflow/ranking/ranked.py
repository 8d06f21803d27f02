"""The ranking behind a session, in a process of its own: the reviewer reads while it learns.

It orders and explains, and excludes nothing. It never keeps a reviewer waiting for more than one decision's worth.
"""

import json
import queue
import threading
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from io import FileIO
from pathlib import Path
from typing import Any

from reviewkit.model.errors import ReviewkitError
from reviewkit.model.records import Verdict
from reviewkit.workflow.ranking.process import Worker, start_process, start_thread
from reviewkit.workflow.ranking.ranker_messages import receive, send

# At the beginning the ranking reads the counted words; where they are still to be counted, nobody waits.
_PATIENCE_AT_FIRST = 1.0
# A retraining takes about this long; a little waiting makes the order as fresh as it can be.
_PATIENCE = 0.015
# A worker that is silent for so long is stopped or stuck; the reviewer goes on in the order that is there.
_STUCK = 5.0
# In a larger review a retraining can take longer than a reviewer; there the order may be a few decisions old.
_NEVER_LATE = 30_000
_LEARNED = {Verdict.INCLUDE: True, Verdict.EXCLUDE: False}


class BackgroundRanker:
    """Learns from verdicts as they come, through a worker that answers each time with an order.

    `first` is said to the worker before anything else.
    """

    def __init__(self, worker: Worker, first: Mapping[str, Any] | None = None) -> None:
        self._worker = worker
        self._labels: dict[str, bool | None] = {}
        self._taught: set[str] = set()
        self._heard = 0
        self._learned = -1
        self._keys: list[str] = []
        self._keys_to_come: list[str] | None = None
        self._rows: array[int] | None = None
        self._why: dict[str, list[tuple[str, float]]] = {}
        self._why_before: dict[str, list[tuple[str, float]]] = {}
        self._failed: ReviewkitError | None = None
        self._asked = self._counting = self._closed = False
        self._changed = threading.Condition()
        # A pipe holds little: whoever writes to it may have to wait, and that is not to be the session.
        self._orders: queue.SimpleQueue[Mapping[str, Any] | None] = queue.SimpleQueue()
        if first:
            self._orders.put(first)
        for work in (self._write, self._read):
            threading.Thread(target=work, name="ranking", daemon=True).start()

    @property
    def ready(self) -> bool:
        """Whether an order is there; until then records come at random."""
        return self._rows is not None

    def learn(self, record: str, verdict: Verdict | None) -> None:
        """Take in a verdict. `None` takes it back; a "maybe" teaches nothing."""
        relevant = _LEARNED.get(verdict) if verdict else None
        if relevant is not None:
            self._taught.add(record)
        elif record in self._taught:
            self._taught.discard(record)
        else:
            return
        self._labels[record] = relevant

    def order(self) -> Iterable[str]:
        """The undecided records, the likeliest first; empty while the words are still being counted.

        It has learned from every verdict but the latest (among more than 30,000 records, perhaps a few), and from that
        too where this takes no noticeable time.
        Raises what went wrong with the ranking.
        """
        patience = self._patience if self._asked else _PATIENCE_AT_FIRST
        self._asked = True
        self._teach()
        with self._changed:
            self._changed.wait_for(
                lambda: (
                    self._failed
                    or self._learned >= self._heard
                    or (self._counting and self._rows is None)
                ),
                timeout=patience,
            )
            if self._rows is not None and len(self._keys) <= _NEVER_LATE:
                self._changed.wait_for(
                    lambda: self._failed or self._learned >= self._heard - 1, timeout=_STUCK
                )
            return self._present()

    def catch_up(self) -> Iterable[str]:
        """The order when every verdict heard is learned, for whoever needs the same one each time."""
        self._teach()
        with self._changed:
            self._changed.wait_for(lambda: self._failed or self._learned >= self._heard)
            return self._present()

    def why(self, record: str) -> tuple[tuple[str, float], ...]:
        """The words that speak most for this record, with their weights; none where no ranking is there yet."""
        with self._changed:
            known = record in self._why or record in self._why_before
            if not known and self._rows is not None and not self._failed:
                self._orders.put({"kind": "why", "record": record})
                self._changed.wait_for(
                    lambda: self._failed or record in self._why, timeout=_PATIENCE
                )
            words = self._why.get(record) or self._why_before.get(record) or []
            return tuple((text, weight) for text, weight in words)

    def renew(self) -> None:
        """Let the worker read the records again; until it has, the order is that of the records before."""
        self._orders.put({"kind": "renew"})

    def close(self) -> None:
        """Let the worker end."""
        if self._closed:
            return
        self._closed = True
        self._orders.put(None)
        self._worker.end()

    @property
    def _patience(self) -> float:
        return _PATIENCE if len(self._keys) <= _NEVER_LATE else 0.0

    def _teach(self) -> None:
        if self._labels or not self._heard:
            self._heard += max(len(self._labels), 1)
            self._orders.put({"kind": "learn", "number": self._heard, "labels": self._labels})
            self._labels = {}

    def _present(self) -> Iterable[str]:
        if self._failed:
            raise self._failed
        return _lazily(self._keys, self._rows) if self._rows is not None else ()

    def _write(self) -> None:
        try:
            while order := self._orders.get():
                send(self._worker.orders, order)
        except (OSError, ValueError):
            # It has ended, or the session has: what reads its answers finds out which.
            return

    def _read(self) -> None:
        try:
            while message := receive(self._worker.answers):
                with self._changed:
                    self._take(*message)
                    self._changed.notify_all()
        finally:
            self._worker.answers.close()
            with self._changed:
                self._failed = self._failed or ReviewkitError(
                    "the ranking has ended unexpectedly",
                    hint="every decision is stored; or go on with --order random",
                )
                self._changed.notify_all()

    def _take(self, head: dict[str, Any], body: bytes) -> None:
        match head["kind"]:
            case "counting":
                self._counting = True
            case "keys":
                self._keys_to_come = json.loads(body)
            case "order":
                # Keys come before the first order of them; until then the rows are those of the keys before.
                if self._keys_to_come is not None:
                    self._keys, self._keys_to_come = self._keys_to_come, None
                self._rows = array("i", body)
                # A record that was chosen by the order before may not be among the first of this one.
                self._why, self._why_before = head["why"], self._why
                self._learned = head["learned"]
            case "why":
                self._why[head["record"]] = head["words"]
            case "failed":
                what, where, hint = head["told"]
                self._failed = ReviewkitError(what, where=where, hint=hint)


def _lazily(keys: Sequence[str], rows: Iterable[int]) -> Iterator[str]:
    return (keys[row] for row in rows)


def rank_database(
    database: Path,
    *,
    texts: Sequence[str],
    seeds: Sequence[str],
    seed: int,
    worker: Worker | None = None,
) -> BackgroundRanker:
    """A ranking of a database's records, in a process where one can be had. `seeds` are known to be relevant."""
    worker = worker or start_process()
    if worker is None:
        from reviewkit.workflow.ranking.worker import vectors_of

        return rank_in_thread(lambda: vectors_of(database, texts), seeds=seeds, seed=seed)
    of = {
        "database": str(database.absolute()),
        "texts": list(texts),
        "seeds": list(seeds),
        "seed": seed,
    }
    return BackgroundRanker(worker, of)


def rank_in_thread(
    provide: Callable[[], Iterable[Any]], *, seeds: Sequence[str] = (), seed: int
) -> BackgroundRanker:
    """The same in a thread of this process, of whatever vectors are provided."""
    from reviewkit.workflow.ranking.worker import serve

    def work(orders: FileIO, answers: FileIO) -> None:
        serve(orders, answers, provide, seeds=seeds, seed=seed)

    return BackgroundRanker(start_thread(work))
