"""The ranking of a session, in a process of its own: the reviewer reads while it learns.

It orders and explains records, and excludes none. A reviewer waits at most for one retraining.
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
from reviewkit.workflow.ranking.ranker_messages import first_verdicts, receive, send

# At first the ranking reads the cached vectors; if it must make them, the session does not wait.
_FIRST_PATIENCE = 1.0
# A retraining takes about this long; a short wait gives the newest order.
_PATIENCE = 0.015
# A worker that is silent for this long is stopped; the reviewer continues in the current order.
_STUCK = 5.0
# In larger reviews a retraining can take longer than a decision: the order may be a few decisions
# old.
ALWAYS_CURRENT = 30_000
_LEARNED = {Verdict.INCLUDE: True, Verdict.EXCLUDE: False}


class BackgroundRanker:
    """Learns from decisions through a worker, which answers with an order each time.

    `first` is the first message to the worker.
    """

    def __init__(self, worker: Worker, first: Mapping[str, Any] | None = None) -> None:
        self._worker = worker
        self._labels: dict[str, bool | None] = {}
        self._taught: set[str] = set()
        self._sent = 0
        self._learned = -1
        self._keys: list[str] = []
        self._next_keys: list[str] | None = None
        self._rows: array[int] | None = None
        self._why: dict[str, list[tuple[str, float]]] = {}
        self._previous_why: dict[str, list[tuple[str, float]]] = {}
        self._failed: ReviewkitError | None = None
        self._asked_before = self._counting = self._closed = False
        # Whether the first `order` waits until the vectors of an earlier session are read.
        self.waits_at_first = True
        self._changed = threading.Condition()
        # A pipe holds little, so writing may wait. The session must not.
        self._orders: queue.SimpleQueue[tuple[Mapping[str, Any], bytes] | None]
        self._orders = queue.SimpleQueue()
        self._first: tuple[Sequence[str], Sequence[str]] = ((), ())
        if first:
            self._orders.put((first, b""))
        for work in (self._write, self._read):
            threading.Thread(target=work, name="ranking", daemon=True).start()

    @property
    def ready(self) -> bool:
        """Whether there is an order; until then records come at random."""
        return self._rows is not None

    def learn(self, record: str, verdict: Verdict | None) -> None:
        """Learn a decision. None takes it back; a "maybe" teaches nothing."""
        relevant = None
        if verdict:
            relevant = _LEARNED.get(verdict)

        if relevant is not None:
            self._taught.add(record)
        elif record in self._taught:
            self._taught.discard(record)
        else:
            return
        self._labels[record] = relevant

    def learn_first(self, included: Sequence[str], excluded: Sequence[str]) -> None:
        """Learn what was decided before the session: it can be a million records."""
        self._taught.update(included)
        self._taught.update(excluded)
        self._first = (included, excluded)

    def order(self) -> Iterable[str]:
        """Return the undecided records, the likeliest first; empty while vectors are being made.

        All decisions but the last are learned, and the last too if this takes no noticeable time.
        Among more than 30,000 records, a few decisions may be missing.
        Raises the error of the ranking if it failed.
        """
        patience = self._patience
        if not self._asked_before:
            patience = _FIRST_PATIENCE if self.waits_at_first else 0.0
        self._asked_before = True
        self._teach()

        with self._changed:
            self._changed.wait_for(self._has_news, timeout=patience)
            if self._rows is not None and len(self._keys) <= ALWAYS_CURRENT:
                self._changed.wait_for(
                    lambda: self._failed or self._learned >= self._sent - 1, timeout=_STUCK
                )
            return self._present()

    def catch_up(self) -> Iterable[str]:
        """Return the order after every decision is learned: the same order each time."""
        self._teach()
        with self._changed:
            self._changed.wait_for(lambda: self._failed or self._learned >= self._sent)
            return self._present()

    def why(self, record: str) -> tuple[tuple[str, float], ...]:
        """Return the words that most support a record, with their weights; () without a ranking."""
        with self._changed:
            known = record in self._why or record in self._previous_why
            if not known and self._rows is not None and not self._failed:
                self._orders.put(({"kind": "why", "record": record}, b""))
                self._changed.wait_for(
                    lambda: self._failed or record in self._why, timeout=_PATIENCE
                )

            words = self._why.get(record) or self._previous_why.get(record) or []
            return tuple((text, weight) for text, weight in words)

    def renew(self) -> None:
        """Make the worker read the records again; until then, the old order is used."""
        self._orders.put(({"kind": "renew"}, b""))

    def close(self) -> None:
        """End the worker."""
        if self._closed:
            return
        self._closed = True
        self._orders.put(None)
        self._worker.end()

    @property
    def _patience(self) -> float:
        if len(self._keys) > ALWAYS_CURRENT:
            return 0.0
        return _PATIENCE

    def _has_news(self) -> bool:
        if self._failed or self._learned >= self._sent:
            return True
        return self._counting and self._rows is None

    def _teach(self) -> None:
        if self._labels or not self._sent:
            self._sent += max(len(self._labels) + sum(map(len, self._first)), 1)
            order = {"kind": "learn", "number": self._sent, "labels": self._labels}
            self._orders.put((order, first_verdicts(*self._first)))
            self._labels, self._first = {}, ((), ())

    def _present(self) -> Iterable[str]:
        if self._failed:
            raise self._failed
        if self._rows is None:
            return ()
        return _lazily(self._keys, self._rows)

    def _write(self) -> None:
        try:
            while order := self._orders.get():
                send(self._worker.orders, *order)
        except (OSError, ValueError):
            # The worker or the session has ended; the reading thread finds out which.
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
                    hint="every decision is stored; to continue without it, use --order random",
                )
                self._changed.notify_all()

    def _take(self, head: dict[str, Any], body: bytes) -> None:
        match head["kind"]:
            case "counting":
                self._counting = True
            case "keys":
                self._next_keys = json.loads(body)
            case "order":
                # Keys come before their first order; until then the rows belong to the old keys.
                if self._next_keys is not None:
                    self._keys, self._next_keys = self._next_keys, None
                self._rows = array("i", body)
                # A record shown from the old order may not be among the first of this one.
                self._why, self._previous_why = head["why"], self._why
                self._learned = head["learned"]
            case "why":
                self._why[head["record"]] = head["words"]
            case "failed":
                what, where, hint = head["error"]
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
    """Return a ranking of a database's records, in a process if possible.

    `seeds` are records known to be relevant.
    """
    worker = worker or start_process()
    if worker is None:
        from reviewkit.workflow.ranking.worker import vectors_of

        return rank_in_thread(lambda: vectors_of(database, texts), seeds=seeds, seed=seed)

    first = {
        "database": str(database.absolute()),
        "texts": list(texts),
        "seeds": list(seeds),
        "seed": seed,
    }
    return BackgroundRanker(worker, first)


def rank_in_thread(
    provide: Callable[[], Iterable[Any]], *, seeds: Sequence[str] = (), seed: int
) -> BackgroundRanker:
    """Return a ranking of the provided vectors, in a thread of this process."""
    from reviewkit.workflow.ranking.worker import serve

    def work(orders: FileIO, answers: FileIO) -> None:
        serve(orders, answers, provide, seeds=seeds, seed=seed)

    return BackgroundRanker(start_thread(work))
