"""The ranking behind a session, in a thread of its own: the reviewer reads while it learns.

It orders and explains, and excludes nothing. It never keeps a reviewer waiting for more than one decision's worth.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence

from reviewkit.protocol import ByPerson, CriterionKind, Protocol
from reviewkit.ranking import Ranking, Vectors, explain, rank
from reviewkit.records import Verdict

# At the beginning the words of all records are counted; a larger review begins in random order meanwhile.
_PATIENCE_AT_FIRST = 0.5
# A retraining takes about this long; a little waiting makes the order as fresh as it can be.
_PATIENCE = 0.03
_WORDS = 6


class BackgroundRanker:
    """Learns from verdicts as they come. `make_vectors` runs once, in the thread; `seeds` are known to be relevant."""

    def __init__(self, make_vectors: Callable[[], Vectors], *, seeds: Sequence[str] = (), seed: int) -> None:
        self._make_vectors = make_vectors
        self._seed = seed
        self._seeds = tuple(seeds)
        self._labels: dict[str, bool] = {}
        self._heard = 0
        self._learned = -1
        self._ranking: Ranking | None = None
        self._failed: BaseException | None = None
        self._closed = False
        self._asked = False
        self._changed = threading.Condition()
        # A daemon: leaving the session never waits for it.
        self._thread = threading.Thread(target=self._work, name="ranking", daemon=True)
        self._thread.start()

    def learn(self, record: str, verdict: Verdict | None) -> None:
        """Take in a verdict. `None` takes it back; a "maybe" teaches nothing."""
        with self._changed:
            if verdict in {Verdict.INCLUDE, Verdict.EXCLUDE}:
                self._labels[record] = verdict is Verdict.INCLUDE
            elif self._labels.pop(record, None) is None:
                return
            self._heard += 1
            self._changed.notify_all()

    def order(self) -> Iterable[str]:
        """The undecided records, the likeliest first; empty while the words are still being counted.

        It has learned from every verdict but the latest, and from that too where this takes no noticeable time.
        Raises what went wrong in the thread.
        """
        with self._changed:
            patience = _PATIENCE if self._asked else _PATIENCE_AT_FIRST
            self._asked = True
            self._changed.wait_for(lambda: self._failed or self._learned >= self._heard, timeout=patience)
            if self._ranking:
                self._changed.wait_for(lambda: self._failed or self._learned >= self._heard - 1)
            if self._failed:
                raise self._failed
            ranking = self._ranking
        return _lazily(ranking) if ranking else ()

    def catch_up(self) -> None:
        """Wait until every verdict heard is learned, for whoever needs the same order each time."""
        with self._changed:
            self._changed.wait_for(lambda: self._failed or self._learned >= self._heard)

    def why(self, record: str) -> tuple[tuple[str, float], ...]:
        """The words that speak most for this record, with their weights; none where no ranking is there yet."""
        ranking = self._ranking
        if ranking is None or record not in ranking.vectors.row_of:
            return ()
        words = explain(ranking, record, limit=4 * _WORDS)
        return tuple((word.text, word.weight) for word in words if word.weight > 0)[:_WORDS]

    def close(self) -> None:
        """Let the thread end."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _work(self) -> None:
        try:
            vectors = self._make_vectors()
            while True:
                with self._changed:
                    self._changed.wait_for(lambda: self._closed or self._learned < self._heard)
                    if self._closed:
                        return
                    heard, labels = self._heard, self._labels_for(vectors)
                ranking = rank(vectors, labels, seed=self._seed, before=self._ranking)
                with self._changed:
                    self._ranking, self._learned = ranking, heard
                    self._changed.notify_all()
        except BaseException as error:  # noqa: BLE001 - told to the session's own thread, which raises it
            with self._changed:
                self._failed = error
                self._changed.notify_all()

    def _labels_for(self, vectors: Vectors) -> dict[str, bool]:
        """The verdicts on records that are ranked; records may have come since the words were counted."""
        known = {record: relevant for record, relevant in self._labels.items() if record in vectors.row_of}
        return {**{seed: True for seed in self._seeds if seed in vectors.row_of}, **known}


def _lazily(ranking: Ranking) -> Iterator[str]:
    keys = ranking.vectors.keys
    return (keys[row] for row in ranking.rows)


def protocol_words(protocol: Protocol) -> tuple[str, ...]:
    """What the protocol says of its theme, as one text to begin from: title, descriptors, what a person must judge."""
    asked = [
        criterion.wording
        for criterion in protocol.criteria
        if criterion.kind is CriterionKind.INCLUSION and isinstance(criterion.check, ByPerson)
    ]
    return (" . ".join([protocol.review.title, *(d.term for d in protocol.descriptors), *asked]),)
