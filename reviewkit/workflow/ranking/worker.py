"""The ranking process: it learns decisions, and answers with an order each time.

It reads records from the database and caches their vectors beside it. It stores no decision.
"""

import datetime
import itertools
import json
import os
import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import Any

import numpy as np

from reviewkit.model.errors import ReviewkitError
from reviewkit.ranking import Ranking, Vectors, explain, is_telling, rank
from reviewkit.workflow.ranking.ranker_messages import read_first_verdicts, receive, send
from reviewkit.workflow.ranking.vector_cache import (
    CachedVectors,
    digest_of,
    make_vectors,
    read_vectors,
    vector_file,
    write_vectors,
)

_WORDS = 6
# Among so many of the heaviest words, those against the record and stop words are left out.
_WEIGHED = 60
# The first records of an order come with their reasons, so that the session need not ask.
_EXPLAINED = 12

# Vectors as they are ready; first None if they must be made.
Provide = Callable[[], Iterable[Vectors | None]]
Event = tuple[str, Any]
_WRITING = threading.Lock()


def vectors_of(database: Path, texts: Sequence[str]) -> Iterator[Vectors | None]:
    """Yield the cached vectors at once, and new ones if the records have changed."""
    from reviewkit.store import Store, record_search

    path = vector_file(database)
    cached = read_vectors(path, texts)
    if cached is None:
        yield None
    else:
        yield cached.vectors

    with Store(database, now=datetime.datetime.now(datetime.UTC), read_only=True) as store:
        if cached and digest_of(record_search.ranking_texts(store)) == cached.digest:
            return
        made = make_vectors(record_search.ranking_texts(store), texts)
    yield made.vectors
    _write(path, made, texts)


def _write(path: Path, made: CachedVectors, texts: Sequence[str]) -> None:
    # Only a copy: if it cannot be written, the vectors are made again next time.
    with _WRITING, suppress(OSError):
        write_vectors(path, made, texts)


class _RankingWorker:
    """One session's ranking. Two threads put events in a queue; only `run` ranks and answers."""

    def __init__(self, answers: FileIO, provide: Provide, seeds: Sequence[str], seed: int) -> None:
        self._answers = answers
        self._provide = provide
        self._seed = seed
        self._labels = dict.fromkeys(seeds, True)
        self._seeds = frozenset(seeds)
        self._received = 0
        self._unknown: set[str] = set()
        self._vectors: Vectors | None = None
        self._ranking: Ranking | None = None
        self._counting = self._stale = False
        self.events: queue.SimpleQueue[Event] = queue.SimpleQueue()

    def run(self) -> None:
        """Work until the session ends."""
        self._count()
        while True:
            events = self._waiting_events()
            questions = [event for event in events if self._take(*event)]
            if any(kind == "end" for kind, _ in events):
                return

            if len(questions) < len(events):
                self._rank()
            for _, record in questions:
                send(self._answers, {"kind": "why", "record": record, "words": self._why(record)})
            if self._stale and not self._counting:
                self._count()

    def _waiting_events(self) -> list[Event]:
        """Wait for an event; return it and all others that wait."""
        events = [self.events.get()]
        with suppress(queue.Empty):
            while True:
                events.append(self.events.get_nowait())
        return events

    def _take(self, kind: str, value: Any) -> bool:
        """Process an event; return whether it is only a question."""
        match kind:
            case "learn":
                self._learn(value["labels"])
                self._received = value["number"]
            case "vectors" if value is None:
                send(self._answers, {"kind": "counting"})
            case "vectors":
                self._vectors = value
                send(self._answers, {"kind": "keys"}, json.dumps(value.keys).encode())
            case "counted":
                self._counting = False
            case "renew":
                self._stale = True
            case "failed":
                raise value
        return kind == "why"

    def _learn(self, labels: Mapping[str, bool | None]) -> None:
        for record, relevant in labels.items():
            if relevant is not None:
                self._labels[record] = relevant
            elif record in self._seeds:
                self._labels[record] = True
            else:
                self._labels.pop(record, None)

    def _rank(self) -> None:
        vectors = self._vectors
        # No order before the session has sent the decisions so far.
        if vectors is None or not self._received:
            return

        known = {
            record: relevant
            for record, relevant in self._labels.items()
            if record in vectors.row_of
        }
        ranking = self._ranking = rank(vectors, known, seed=self._seed)
        head = {
            "kind": "order",
            "learned": self._received,
            "why": {key: self._why(key) for key in ranking.keys(_EXPLAINED)},
        }
        send(self._answers, head, ranking.rows.astype(np.int32).tobytes())

        # Decisions on records without vectors: read the records again. Once for each record,
        # because it may be a duplicate.
        unknown = self._labels.keys() - known.keys() - self._unknown - self._seeds
        if unknown:
            self._unknown |= unknown
            self._stale = True

    def _why(self, record: str) -> list[tuple[str, float]]:
        ranking = self._ranking
        if ranking is None or record not in ranking.vectors.row_of:
            return []

        for_it = (word for word in explain(ranking, record, limit=_WEIGHED) if word.weight > 0)
        telling = (word for word in for_it if is_telling(word.text))
        return [(word.text, word.weight) for word in itertools.islice(telling, _WORDS)]

    def _count(self) -> None:
        self._counting, self._stale = True, False
        threading.Thread(target=self._put_vectors, name="counting", daemon=True).start()

    def _put_vectors(self) -> None:
        try:
            for vectors in self._provide():
                self.events.put(("vectors", vectors))
            self.events.put(("counted", None))
        except BaseException as error:  # noqa: BLE001 - sent to the session, which raises it
            self.events.put(("failed", error))


def serve(
    orders: FileIO, answers: FileIO, provide: Provide, *, seeds: Sequence[str], seed: int
) -> None:
    """Answer until there are no more orders. An error is the last answer."""
    worker = _RankingWorker(answers, provide, seeds, seed)

    def listen() -> None:
        # The stream is closed while reading if the worker has failed.
        with suppress(OSError, ValueError):
            while message := receive(orders):
                head, body = message
                if head["kind"] == "learn":
                    head["labels"] = read_first_verdicts(body) | head["labels"]
                worker.events.put((head["kind"], head.get("record", head)))
        worker.events.put(("end", None))

    threading.Thread(target=listen, name="orders", daemon=True).start()
    try:
        worker.run()
    except BrokenPipeError:  # the session has ended
        return
    except BaseException as error:  # noqa: BLE001 - sent to the session, which raises it
        with suppress(OSError):
            send(answers, {"kind": "failed", "error": _error_texts(error)})


def _error_texts(error: BaseException) -> tuple[str, str, str]:
    if isinstance(error, ReviewkitError):
        return error.what, error.where, error.hint
    return repr(error), "", ""


def main() -> None:
    """Run the process: its first message names the review."""
    with FileIO(0, "rb") as orders, FileIO(1, "wb") as answers:
        if message := receive(orders):
            first, _ = message
            database, texts = Path(first["database"]), first["texts"]
            serve(
                orders,
                answers,
                lambda: vectors_of(database, texts),
                seeds=first["seeds"],
                seed=first["seed"],
            )
    # Finish writing the file; do not wait for vectors that are being made.
    with _WRITING:
        os._exit(0)


if __name__ == "__main__":
    main()
