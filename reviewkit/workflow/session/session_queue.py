"""The queue of a session: read from the database, and kept equal to it while others write."""

from collections.abc import Sequence

from reviewkit.model.records import Verdict
from reviewkit.screening.queue import Queue
from reviewkit.store import Store, screening_queries
from reviewkit.store.stage_marks import (
    data_version,
    latest_event,
    put_stage_token,
    queue_mark,
    records_touched_since,
    stage_mark,
)
from reviewkit.workflow.session.kept_queue import (
    is_worth_keeping,
    keep_queue,
    pilot_began,
    read_kept_queue,
)
from reviewkit.workflow.session.session_config import Ranker, SessionConfig, read_facts


class SessionQueue:
    """One reviewer's queue, and what the ranking learns from it.

    A write refreshes it inside its transaction. A move calls `refresh` first.
    """

    _version: int

    def __init__(self, store: Store, config: SessionConfig, ranker: Ranker | None) -> None:
        self._store = store
        self._config = config
        self._ranker = ranker
        self._new_records = 0
        self._keeps = is_worth_keeping(store, config)
        self._began: str | None = None

        if not self._open_kept():
            self.queue = self._read()
            self.keep()
        if self._ranker:
            of_all = not config.blind
            included = self.queue.with_verdict(Verdict.INCLUDE, of_all=of_all)
            self._ranker.learn_first(
                included, self.queue.with_verdict(Verdict.EXCLUDE, of_all=of_all)
            )

    def refresh(self) -> None:
        """Read what other processes have written since the last time."""
        if data_version(self._store) == self._version:
            return

        mark = stage_mark(self._store)
        if mark is not None and mark != self._mark:
            self.reload()
            return

        self._version = data_version(self._store)
        now = latest_event(self._store)
        records = records_touched_since(self._store, self._config.stage, self._seen)
        self.take_in(records, now)

    def reload(self) -> None:
        """Read the whole stage again, for records that have come. Skipped records stay skipped."""
        before, known = self.queue, self._visible_verdicts()
        self.queue = self._read()
        self.queue.skip(*(record for record in before.skipped if record in self.queue))

        if self._ranker:
            visible = self._visible_verdicts()
            # What an amendment sent back is no longer learned from.
            for record in known.keys() - visible.keys():
                self._ranker.learn(record, None)
            for record, verdict in visible.items():
                self._ranker.learn(record, verdict)
        if self._ranker and set(before.order) != set(self.queue.order):
            self._ranker.renew()
        self._new_records += sum(record not in before for record in self.queue.order)

    def count_new_records(self) -> int:
        """Return how many records have come to this stage since the last call."""
        count, self._new_records = self._new_records, 0
        return count

    def take_in(self, records: Sequence[str], seen: tuple[int, int]) -> None:
        """Read the decisions on some records again. `seen` is `latest_event` after them."""
        self._seen = seen

        for record in records:
            current = screening_queries.stage_decisions(self._store, self._config.stage, record)
            self.queue.set_verdicts(record, current.decided, settled=current.settled)
            self._is_kept = False
            if self._ranker:
                self._ranker.learn(record, self._visible_verdict(record))

    def stage_is_known(self) -> None:
        """Take what this session itself has changed of the stage as known."""
        self._mark = stage_mark(self._store)

    def keep(self) -> None:
        """Keep the queue of a large stage for the next session, unless it is kept already.

        Where others have written since the last action, it is not: the file before it is as good.
        """
        if not self._keeps or self._is_kept:
            return

        mark = queue_mark(self._store)
        if mark and mark.seen == self._seen and (mark.token,) == self._mark:
            standings = self.queue.standings
            keep_queue(self._store, self._config, standings, mark, began=self._began)
            self._is_kept = True

    def _open_kept(self) -> bool:
        """Take the queue that an earlier session kept, brought up to date, where there is one."""
        self._set_marks()
        kept = read_kept_queue(self._store, self._config) if self._keeps else None
        if kept is None:
            return False

        standings, self._began, since = kept
        self.queue = Queue(standings, reviewer=self._config.reviewer)
        self._is_kept = True
        self.take_in(since, self._seen)
        return True

    def _read(self) -> Queue:
        if self._keeps:
            put_stage_token(self._store)
            self._began = pilot_began(self._store, self._config)
        self._set_marks()
        self._is_kept = False

        config = self._config
        facts = read_facts(self._store, config.protocol, config.stage, order=config.order)
        standings = facts.standings(order=config.order, seed=config.seed)
        return Queue(standings, reviewer=config.reviewer)

    def _set_marks(self) -> None:
        # Marks first: what is written between them and the queue is then read twice, never missed.
        self._version = data_version(self._store)
        self._mark = stage_mark(self._store)
        self._seen = latest_event(self._store)

    def _visible_verdicts(self) -> dict[str, Verdict]:
        """What the ranking may learn from: a blind reviewer's order must not reveal others'."""
        if self._ranker is None:
            return {}
        return self.queue.verdicts(of_all=not self._config.blind)

    def _visible_verdict(self, record: str) -> Verdict | None:
        if self._config.blind:
            return self.queue.own(record)
        return self.queue.agreed(record)
