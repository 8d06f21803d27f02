"""A session's books: what one reviewer says goes into the database, and what everybody said goes into the queue.

Each write is a transaction of its own, committed when the method returns.
"""

import datetime
from collections.abc import Iterable

from reviewkit.model.records import Decision, Verdict
from reviewkit.screening.models import Only, Progress, RetrievalOutcome
from reviewkit.screening.pace import RECENT, seconds_each
from reviewkit.screening.queue import Queue
from reviewkit.store import Store, screening_queries
from reviewkit.store.decisions import add_decision
from reviewkit.store.events import NOTE, RETRIEVAL, TAG, EventKind, Value, append
from reviewkit.store.reviewer_queries import data_version, stage_mark
from reviewkit.workflow.clock import timestamp
from reviewkit.workflow.session.session_config import Ranker, SessionConfig, queue_of, read_facts


class RecordLeftStage(Exception):
    """A record is no longer one of the session's stage."""


class SessionStore:
    """The queue of a session, kept true to the database."""

    def __init__(self, store: Store, config: SessionConfig, ranker: Ranker | None) -> None:
        self.store = store
        self._config = config
        self._ranker = ranker
        self._times = screening_queries.recent_times(
            store, config.reviewer, config.stage, RECENT + 1
        )
        self._made = self._came = 0
        self.queue = self._read()

    def reload(self) -> None:
        """Read everything anew: somebody may have brought records to this stage since. What was skipped waits on."""
        before = self.queue
        self.queue = self._read()
        self.queue.skip(*(record for record in before.skipped if record in self.queue))
        if self._ranker and set(before.order) != set(self.queue.order):
            self._ranker.renew()
        self._came += sum(record not in before for record in self.queue.order)

    def newcomers(self) -> int:
        """How many records have come to this stage since this was last asked."""
        came, self._came = self._came, 0
        return came

    def _read(self) -> Queue:
        # The marks are read first: what is written between them and the queue is then heard twice, never missed.
        self._version = data_version(self.store)
        self._mark = stage_mark(self.store)
        self._seen = screening_queries.latest_event(self.store)
        config = self._config
        facts = read_facts(self.store, config.protocol, config.stage, order=config.order)
        queue = queue_of(facts, config.reviewer, order=config.order, seed=config.seed)
        for record, verdict in queue.team.items() if not config.blind else queue.own.items():
            self._learn(record, verdict)
        return queue

    @property
    def progress(self) -> Progress:
        """How far this reviewer is."""
        counts, each = self.queue.counts, seconds_each(self._times)
        return Progress(
            done=counts.total(),
            left=self.queue.left,
            included=counts[Verdict.INCLUDE],
            excluded=counts[Verdict.EXCLUDE],
            maybe=counts[Verdict.MAYBE],
            session=self._made,
            seconds_each=each,
            seconds_left=None if each is None else each * self.queue.left,
        )

    def next_after(
        self, record: str | None, only: Only, allowed: frozenset[str] | None
    ) -> str | None:
        """The next record of a filter: of the open ones the likeliest, where they are ranked."""
        return self.queue.after(
            record, only, allowed, ahead=self.ahead() if only is Only.TODO else ()
        )

    def ahead(self) -> Iterable[str]:
        """The ranking's present order; empty where there is none."""
        return self._ranker.order() if self._ranker else ()

    @property
    def order_words(self) -> str:
        """In which order records come at this moment, in words."""
        order = self._config.order
        return (
            f"{order} order"
            if not self._ranker or self._ranker.ready
            else "random order, words being counted"
        )

    def refresh(self) -> None:
        """Hear what other processes have written since the last time."""
        if data_version(self.store) == self._version:
            return
        mark = stage_mark(self.store)
        if mark is not None and mark != self._mark:
            self.reload()
        else:
            self._hear_others()

    def decide(
        self, record: str, verdict: Verdict, reason: str | None, note: str | None
    ) -> tuple[str, Decision]:
        """Store a decision; it comes back with its SHA-256.

        Raises RecordLeftStage where the record is no longer one of this stage: linked to another, say. It would be
        a decision that counts nowhere.
        """
        decision = self._decision(record, verdict, reason, note)
        sha256 = self._commit(decision)
        self._times.append(datetime.datetime.fromisoformat(decision.decided_at))
        self._made += 1
        return sha256, decision

    def take_back(self, sha256: str, decision: Decision) -> None:
        """Store that a decision is taken back: what stood before it stands again."""
        before = screening_queries.decision_before(self.store, sha256)
        if before:
            restored = self._decision(decision.record, before.verdict, before.reason, before.note)
        else:
            restored = self._decision(decision.record, Verdict.WITHDRAWN, None, None)
        self._commit(restored, undoes=sha256)
        self._made = max(0, self._made - 1)

    def write_note(self, record: str, text: str) -> None:
        self._append(
            NOTE, record=record, reviewer=self._config.reviewer, text=text, written_at=self._now()
        )

    def put_tag(self, record: str, tag: str, *, present: bool) -> None:
        who, at = self._config.reviewer, self._now()
        self._append(TAG, record=record, reviewer=who, tag=tag, present=int(present), tagged_at=at)

    def tell_retrieval(
        self, record: str, outcome: RetrievalOutcome | None, detail: str | None
    ) -> None:
        """Store what came of seeking a report; `None` takes back what was said before."""
        who, told = self._config.reviewer, outcome or "withdrawn"
        self._append(
            RETRIEVAL, record=record, reviewer=who, outcome=told, detail=detail, told_at=self._now()
        )

    def _append(self, kind: EventKind, **values: Value) -> None:
        with self.store.transaction():
            append(self.store, kind, values, protocol=self._config.protocol_sha256)

    def _commit(self, decision: Decision, *, undoes: str | None = None) -> str:
        with self.store.transaction():
            # Inside the transaction nobody else can write: what came before is heard now, so that none is passed over.
            self.refresh()
            if not undoes and decision.record not in self.queue:
                raise RecordLeftStage(decision.record)
            sha256 = add_decision(
                self.store, decision, protocol=self._config.protocol_sha256, undoes=undoes
            )
            seen = screening_queries.latest_event(self.store)
        self._seen = seen
        self._hear([decision.record])
        return sha256

    def _hear_others(self) -> None:
        self._version = data_version(self.store)
        touched = screening_queries.records_touched_since(
            self.store, self._config.stage, self._seen
        )
        self._seen = screening_queries.latest_event(self.store)
        self._hear(touched)

    def _hear(self, records: Iterable[str]) -> None:
        for record in records:
            standing = screening_queries.stage_decisions(self.store, self._config.stage, record)
            self.queue.hear(standing.record, standing.decided, settled=standing.settled)
            heard = self.queue.own if self._config.blind else self.queue.team
            self._learn(standing.record, heard.get(standing.record))

    def _learn(self, record: str, verdict: Verdict | None) -> None:
        if self._ranker:
            self._ranker.learn(record, verdict)

    def _decision(
        self, record: str, verdict: Verdict, reason: str | None, note: str | None
    ) -> Decision:
        config = self._config
        return Decision(
            record=record,
            stage=config.stage,
            reviewer=config.reviewer,
            verdict=verdict,
            reason=reason,
            note=note,
            decided_at=self._now(),
        )

    def _now(self) -> str:
        return timestamp(self._config.clock())
