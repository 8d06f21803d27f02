"""Persists the session: actions go to the database, everybody's decisions to the queue.

Each write is one transaction, committed when the method returns.
"""

import datetime
import itertools
from collections.abc import Iterable, Sequence

from reviewkit.model.messages import mark, tr
from reviewkit.model.records import Decision, Verdict
from reviewkit.screening.models import (
    Only,
    Order,
    RecordSummary,
    RetrievalOutcome,
    ScreeningProgress,
)
from reviewkit.screening.pace import RECENT, per_hour, seconds_each
from reviewkit.screening.queue import Queue
from reviewkit.store import Store, screening_queries
from reviewkit.store.batches import add_batch, batch_size, current_in_batch
from reviewkit.store.decisions import add_decision
from reviewkit.store.events import NOTE, RETRIEVAL, TAG, EventKind, Value, append
from reviewkit.store.record_search import list_hits
from reviewkit.store.stage_marks import latest_event
from reviewkit.workflow.clock import timestamp
from reviewkit.workflow.session.session_config import Ranker, SessionConfig
from reviewkit.workflow.session.session_queue import SessionQueue

_ORDERS = {
    Order.RANKED: mark("ranked order"),
    Order.RANDOM: mark("random order"),
    Order.DATE: mark("date order"),
    Order.SOURCE: mark("source order"),
    Order.ID: mark("id order"),
}


class RecordLeftStage(Exception):
    """A record is no longer one of the session's stage."""


class SessionStore:
    """The queue of a session, kept equal to the database.

    A write refreshes the queue inside its transaction. A move calls `refresh` first.
    """

    def __init__(self, store: Store, config: SessionConfig, ranker: Ranker | None) -> None:
        self.store = store
        self.config = config
        self.ranker = ranker
        self._times = screening_queries.recent_times(
            store, config.reviewer, config.stage, RECENT + 1
        )
        self._times_before = len(self._times)
        self._decided_in_session = 0
        self._queue = SessionQueue(store, config, ranker)
        # News from other processes.
        self.refresh = self._queue.refresh
        self.reload = self._queue.reload
        self.count_new_records = self._queue.count_new_records
        self.keep_queue = self._queue.keep

    def close_ranker(self) -> None:
        """End the ranking's process, where there is one."""
        if self.ranker:
            self.ranker.close()

    # The queue.

    @property
    def queue(self) -> Queue:
        """The records in order, with everybody's decisions, as of the last refresh."""
        return self._queue.queue

    def __contains__(self, record: str) -> bool:
        return record in self.queue

    @property
    def closed(self) -> int:
        """How many records this reviewer need not decide on: others have decided, or are to."""
        return self.queue.closed

    @property
    def progress(self) -> ScreeningProgress:
        """How far this reviewer is."""
        counts, left = self.queue.counts, self.queue.remaining
        each_now = seconds_each(self._times[self._times_before :])
        each = each_now or seconds_each(self._times)

        return ScreeningProgress(
            done=counts.total(),
            left=left,
            included=counts[Verdict.INCLUDE],
            excluded=counts[Verdict.EXCLUDE],
            maybe=counts[Verdict.MAYBE],
            session=self._decided_in_session,
            seconds_each=each,
            seconds_left=None if each is None else each * left,
            session_per_hour=per_hour(each_now),
        )

    @property
    def order_words(self) -> str:
        """The order in which records come at this moment, in words."""
        if self.ranker and not self.ranker.ready:
            return tr("random order until the ranked order is ready")
        return tr(_ORDERS[self.config.order])

    def skip(self, record: str) -> None:
        self.queue.skip(record)

    def unskip(self, record: str) -> None:
        self.queue.unskip(record)

    def next_after(
        self, record: str | None, only: Only, matching: frozenset[str] | None
    ) -> str | None:
        """Return the next record of a filter; among ranked open records the likeliest."""
        return self.queue.after(record, only, matching, ahead=self._ranked_first(only))

    def list_records(
        self, only: Only, matching: frozenset[str] | None, *, limit: int
    ) -> Sequence[str]:
        """Return the records of a filter, in the order in which they come."""
        ranked = (key for key in self._ranked_first(only) if self.queue.belongs(key, only))
        records: dict[str, None] = {}
        for record in itertools.chain(ranked, self.queue.belonging(only)):
            if len(records) == limit:
                break
            if matching is None or record in matching:
                records[record] = None

        return [*records]

    def summarise(self, records: Iterable[str]) -> tuple[RecordSummary, ...]:
        """Return one line per record, with this reviewer's own verdict."""
        keys = [*records]
        return list_hits(self.store, keys, {record: self.queue.own(record) for record in keys})

    def _ranked_first(self, only: Only) -> Iterable[str]:
        """The ranking's present order, for open records; empty where there is none."""
        if self.ranker is None or only is not Only.TODO:
            return ()
        return self.ranker.order()

    # Writes.

    def decide(
        self, record: str, verdict: Verdict, reason: str | None, note: str | None
    ) -> tuple[str, Decision]:
        """Store a decision; return its SHA-256 and the decision.

        Raises RecordLeftStage where the record is no longer one of this stage, for example because
        it was linked to another. The decision would count nowhere.
        """
        decision = self._new_decision(record, verdict, reason, note)
        with self.store.transaction():
            # Nobody else can write inside the transaction, so no decision of others is missed.
            self._queue.refresh()
            if record not in self.queue:
                raise RecordLeftStage(record)
            sha256 = add_decision(self.store, decision, protocol=self.config.protocol_sha256)
            seen = latest_event(self.store)

        self._queue.take_in([record], seen)
        self._times.append(datetime.datetime.fromisoformat(decision.decided_at))
        self._decided_in_session += 1
        return sha256, decision

    def take_back(self, sha256: str, decision: Decision) -> None:
        """Withdraw a decision: the one before it is current again."""
        with self.store.transaction():
            self._queue.refresh()
            self._restore_before(sha256, decision.record)
            seen = latest_event(self.store)

        self._queue.take_in([decision.record], seen)
        self._decided_in_session = max(0, self._decided_in_session - 1)

    def _restore_before(self, sha256: str, record: str) -> None:
        """Append what counts again once a decision is taken back, inside the open transaction."""
        before = screening_queries.decision_before(self.store, sha256)
        if before is None:
            restored = self._new_decision(record, Verdict.WITHDRAWN, None, None)
        else:
            restored = self._new_decision(record, before.verdict, before.reason, before.note)

        protocol = self.config.protocol_sha256
        add_decision(self.store, restored, protocol=protocol, undoes=sha256)

    def open_records(self, matching: frozenset[str] | None) -> list[str]:
        """Return the records of `matching` that are open for this reviewer, in their order."""
        opened = self.queue.belonging(Only.TODO)
        return [record for record in opened if matching is None or record in matching]

    def decide_many(
        self, records: Sequence[str], verdict: Verdict, reason: str | None, chosen_by: str
    ) -> tuple[str | None, int]:
        """Store one decision for each of the records that is open for this reviewer now.

        Return the name of the batch and how many they are; `None` where none is open any more.
        """
        with self.store.transaction():
            self._queue.refresh()
            chosen = [record for record in records if self.queue.belongs(record, Only.TODO)]
            if not chosen:
                return None, 0

            decisions = [self._new_decision(record, verdict, reason, None) for record in chosen]
            protocol = self.config.protocol_sha256
            names = [add_decision(self.store, item, protocol=protocol) for item in decisions]
            batch = add_batch(
                self.store,
                names,
                reviewer=self.config.reviewer,
                chosen_by=chosen_by,
                at=decisions[0].decided_at,
                protocol=protocol,
            )
            seen = latest_event(self.store)

        self._queue.take_in(chosen, seen)
        self._decided_in_session += len(chosen)
        return batch, len(chosen)

    def take_back_many(self, batch: str) -> tuple[int, int]:
        """Withdraw the decisions of a batch that are current: those before them count again.

        Return how many they are, and how many were replaced since and stay.
        """
        with self.store.transaction():
            self._queue.refresh()
            current = current_in_batch(self.store, batch)
            for sha256, decision in current:
                self._restore_before(sha256, decision.record)
            seen = latest_event(self.store)

        self._queue.take_in([decision.record for _, decision in current], seen)
        self._decided_in_session = max(0, self._decided_in_session - len(current))
        return len(current), batch_size(self.store, batch) - len(current)

    def write_note(self, record: str, text: str) -> None:
        self._append(NOTE, record=record, text=text, written_at=self._now())

    def write_tag(self, record: str, tag: str, *, present: bool) -> None:
        self._append(TAG, record=record, tag=tag, present=int(present), tagged_at=self._now())

    def write_retrieval(
        self, record: str, outcome: RetrievalOutcome | None, detail: str | None
    ) -> None:
        """Store whether a report was retrieved; `None` withdraws what was stored before."""
        stored = outcome or "withdrawn"
        self._append(RETRIEVAL, record=record, outcome=stored, detail=detail, told_at=self._now())
        is_lost = outcome is RetrievalOutcome.NOT_RETRIEVED
        self.queue.set_retrieved(record, not_retrieved=is_lost)

    def _append(self, kind: EventKind, **values: Value) -> None:
        with self.store.transaction():
            self._queue.refresh()
            values["reviewer"] = self.config.reviewer
            append(self.store, kind, values, protocol=self.config.protocol_sha256)
            self._queue.stage_is_known()

    def _new_decision(
        self, record: str, verdict: Verdict, reason: str | None, note: str | None
    ) -> Decision:
        return Decision(
            record=record,
            stage=self.config.stage,
            reviewer=self.config.reviewer,
            verdict=verdict,
            reason=reason,
            note=note,
            decided_at=self._now(),
        )

    def _now(self) -> str:
        return timestamp(self.config.clock())
