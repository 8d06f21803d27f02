"""What the ranking process does: it learns what it is told, and answers with an order each time.

It reads records from the database and keeps their counted words beside it; it decides nothing and stores no decision.
"""

import datetime
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
from reviewkit.ranking import Ranking, Vectors, explain, rank
from reviewkit.workflow.ranking.ranker_messages import receive, send
from reviewkit.workflow.ranking.vector_cache import (
    Counted,
    count_words,
    digest_of,
    keep_words,
    kept_words,
    word_file,
)

_WORDS = 6
# The first records of an order come with their reasons: what is shown next costs no question.
_EXPLAINED = 12

# Vectors as they come; `None` first where they are still to be counted.
Provide = Callable[[], Iterable[Vectors | None]]
Event = tuple[str, Any]
_KEEPING = threading.Lock()


def vectors_of(database: Path, texts: Sequence[str]) -> Iterator[Vectors | None]:
    """The words of the records: as they were kept, at once, and counted again where the records are others now."""
    from reviewkit.store import Store, record_search

    path = word_file(database)
    kept = kept_words(path, texts)
    yield kept.vectors if kept else None
    with Store(database, now=datetime.datetime.now(datetime.UTC)) as store:
        if kept and digest_of(record_search.ranking_texts(store)) == kept.digest:
            return
        counted = count_words(record_search.ranking_texts(store), texts)
    yield counted.vectors
    _keep(path, counted, texts)


def _keep(path: Path, counted: Counted, texts: Sequence[str]) -> None:
    # Only a copy: where it cannot be written, the words are counted again next time.
    with _KEEPING, suppress(OSError):
        keep_words(path, counted, texts)


class _Work:
    """One session's ranking. Events come from two threads, in one queue; only this one ranks and answers."""

    def __init__(self, answers: FileIO, provide: Provide, seeds: Sequence[str], seed: int) -> None:
        self._answers = answers
        self._provide = provide
        self._seed = seed
        self._labels = dict.fromkeys(seeds, True)
        self._seeds = frozenset(seeds)
        self._heard = 0
        self._strange: set[str] = set()
        self._vectors: Vectors | None = None
        self._ranking: Ranking | None = None
        self._counting = self._stale = False
        self.events: queue.SimpleQueue[Event] = queue.SimpleQueue()

    def run(self) -> None:
        """Until the session ends."""
        self._count()
        while True:
            todo = [self.events.get()]
            with suppress(queue.Empty):
                while True:
                    todo.append(self.events.get_nowait())
            asked = [event for event in todo if self._take(*event)]
            if any(kind == "end" for kind, _ in todo):
                return
            if len(asked) < len(todo):
                self._rank()
            for _, record in asked:
                send(self._answers, {"kind": "why", "record": record, "words": self._why(record)})
            if self._stale and not self._counting:
                self._count()

    def _take(self, kind: str, told: Any) -> bool:
        """Take an event in; whether it was only a question."""
        match kind:
            case "learn":
                self._learn(told["labels"])
                self._heard = told["number"]
            case "vectors" if told is None:
                send(self._answers, {"kind": "counting"})
            case "vectors":
                self._vectors = told
                send(self._answers, {"kind": "keys"}, json.dumps(told.keys).encode())
            case "counted":
                self._counting = False
            case "renew":
                self._stale = True
            case "failed":
                raise told
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
        # Nothing is said before the session has told what was decided so far.
        if vectors is None or not self._heard:
            return
        known = {
            record: relevant
            for record, relevant in self._labels.items()
            if record in vectors.row_of
        }
        ranking = self._ranking = rank(vectors, known, seed=self._seed)
        head = {
            "kind": "order",
            "learned": self._heard,
            "why": {key: self._why(key) for key in ranking.keys(_EXPLAINED)},
        }
        send(self._answers, head, ranking.rows.astype(np.int32).tobytes())
        # Somebody decided on records that came since the words were counted. Once for each: it may be a duplicate.
        strange = self._labels.keys() - known.keys() - self._strange - self._seeds
        if strange:
            self._strange |= strange
            self._stale = True

    def _why(self, record: str) -> list[tuple[str, float]]:
        ranking = self._ranking
        if ranking is None or record not in ranking.vectors.row_of:
            return []
        words = explain(ranking, record, limit=4 * _WORDS)
        return [(word.text, word.weight) for word in words if word.weight > 0][:_WORDS]

    def _count(self) -> None:
        self._counting, self._stale = True, False
        threading.Thread(target=self._put_vectors, name="counting", daemon=True).start()

    def _put_vectors(self) -> None:
        try:
            for vectors in self._provide():
                self.events.put(("vectors", vectors))
            self.events.put(("counted", None))
        except BaseException as error:  # noqa: BLE001 - told to the session, which raises it
            self.events.put(("failed", error))


def serve(
    orders: FileIO, answers: FileIO, provide: Provide, *, seeds: Sequence[str], seed: int
) -> None:
    """Answer until there are no more orders. What goes wrong is the last answer."""
    work = _Work(answers, provide, seeds, seed)

    def listen() -> None:
        # The stream is closed under it where the work has failed.
        with suppress(OSError, ValueError):
            while message := receive(orders):
                head, _ = message
                work.events.put((head["kind"], head["record"] if head["kind"] == "why" else head))
        work.events.put(("end", None))

    threading.Thread(target=listen, name="orders", daemon=True).start()
    try:
        work.run()
    except BrokenPipeError:  # the session is gone without a word
        return
    except BaseException as error:  # noqa: BLE001 - told to the session, which raises it
        told = (
            (error.what, error.where, error.hint)
            if isinstance(error, ReviewkitError)
            else (repr(error), "", "")
        )
        with suppress(OSError):
            send(answers, {"kind": "failed", "told": told})


def main() -> None:
    """The process: its first message says which review it is for."""
    with FileIO(0, "rb") as orders, FileIO(1, "wb") as answers:
        if message := receive(orders):
            of, _ = message
            database, texts = Path(of["database"]), of["texts"]
            serve(
                orders,
                answers,
                lambda: vectors_of(database, texts),
                seeds=of["seeds"],
                seed=of["seed"],
            )
    # What is being written is written; what is being counted is not waited for.
    with _KEEPING:
        os._exit(0)


if __name__ == "__main__":
    main()
