"""Which record comes next for one reviewer at one stage, and which records are open. Pure.

The queue is told every change. Each question costs about the same for 100 records and for 100,000.
"""

import hashlib
import itertools
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from reviewkit.model.records import Verdict
from reviewkit.screening.models import Only, Order
from reviewkit.screening.rules import Rules

_VERDICTS = {
    Only.MAYBE: Verdict.MAYBE,
    Only.INCLUDED: Verdict.INCLUDE,
    Only.EXCLUDED: Verdict.EXCLUDE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A record of the stage, with its keys for ordering; `date` is ISO 8601, as far as known."""

    record: str
    source: str
    date: str


def draw(records: Iterable[str], seed: int) -> list[str]:
    """Return the records in a random order that depends on the seed and on each record alone.

    Records that come later fall in between; the order of those before them does not change.
    """
    return sorted(records, key=lambda record: hashlib.sha256(f"{seed}:{record}".encode()).digest())


def arrange(candidates: Sequence[Candidate], order: Order, seed: int) -> list[str]:
    """Return the records in an order.

    `date` is newest first; `ranked` begins as `random` until a ranking is ready.
    """
    if order in {Order.RANDOM, Order.RANKED}:
        return draw((candidate.record for candidate in candidates), seed)

    by_id = sorted(candidates, key=lambda candidate: candidate.record)
    if order is Order.DATE:
        by_id.sort(key=lambda candidate: candidate.date, reverse=True)
    if order is Order.SOURCE:
        by_id.sort(key=lambda candidate: candidate.source)
    return [candidate.record for candidate in by_id]


def pilot_records(records: Iterable[str], *, size: int, seed: int) -> frozenset[str]:
    """Return the calibration set: `size` records drawn with the pilot's own seed."""
    return frozenset(draw(records, seed)[:size])


class Queue:
    """One reviewer's queue: the records in order, the open ones, and the skipped ones."""

    def __init__(self, order: Sequence[str], *, reviewer: str, rules: Rules) -> None:
        self._reviewer = reviewer
        self._rules = rules
        self._decided: dict[str, Mapping[str, Verdict]] = {}
        # The verdict that all who decided agree on; a record on which they differ is not here.
        self.team: dict[str, Verdict] = {}
        self._settled: set[str] = set()
        self._skipped: set[str] = set()
        self.own: dict[str, Verdict] = {}
        self.counts: Counter[Verdict] = Counter()

        self._order = _pilot_first(order, rules.pilot)
        self._place = {record: place for place, record in enumerate(self._order)}
        self._first_open = 0
        self._open = {record for record in order if self._is_open(record)}

    def __contains__(self, record: str) -> bool:
        return record in self._place

    @property
    def order(self) -> Sequence[str]:
        return self._order

    @property
    def remaining(self) -> int:
        """How many records are open for this reviewer."""
        return len(self._open)

    @property
    def closed(self) -> int:
        """How many records this reviewer need not decide on: others have decided, or are to."""
        return len(self._order) - len(self._open) - len(self.own)

    def needs(self, record: str) -> int:
        return self._rules.needs(record)

    def deciders(self, record: str) -> int:
        """Return how many reviewers have decided on a record, this one among them."""
        return len(self._decided.get(record, ()))

    def in_pilot(self, record: str) -> bool:
        return record in self._rules.pilot

    def set_verdicts(self, record: str, decided: Mapping[str, Verdict], *, settled: bool) -> None:
        """Set the current verdicts on a record, and whether its conflict was settled."""
        if record not in self._place:
            return

        self._decided[record] = decided
        self.team.pop(record, None)
        if agreed := _agreed(decided):
            self.team[record] = agreed
        if settled:
            self._settled.add(record)
        else:
            self._settled.discard(record)

        if record in self.own:
            self.counts[self.own.pop(record)] -= 1
        if self._reviewer in decided:
            self.own[record] = decided[self._reviewer]
            self.counts[self.own[record]] += 1

        self._skipped.discard(record)
        if self._is_open(record):
            self._open.add(record)
            self._first_open = min(self._first_open, self._place[record])
        else:
            self._open.discard(record)

    def set_retrieved(self, record: str, *, not_retrieved: bool) -> None:
        """Close a record whose report was not retrieved, or open it again."""
        if record not in self._place:
            return

        others = self._rules.not_retrieved - {record}
        closed = others | {record} if not_retrieved else others
        self._rules = replace(self._rules, not_retrieved=closed)
        if self._is_open(record):
            self._open.add(record)
            self._first_open = min(self._first_open, self._place[record])
        else:
            self._open.discard(record)

    def load_verdicts(
        self, decided: Mapping[str, Mapping[str, Verdict]], settled: Collection[str]
    ) -> None:
        """Set the verdicts on all records at once, when the queue is made."""
        self._settled = {record for record in settled if record in self._place}
        self._decided, self.own, self.team = {}, {}, {}
        for record, verdicts in decided.items():
            if record not in self._place:
                continue
            self._decided[record] = verdicts
            if self._reviewer in verdicts:
                self.own[record] = verdicts[self._reviewer]
            if agreed := _agreed(verdicts):
                self.team[record] = agreed

        self.counts = Counter(self.own.values())
        self._open = {record for record in self._order if self._is_open(record)}
        self._first_open = 0

    def skip(self, *records: str) -> None:
        """Let records wait until no other is left."""
        self._skipped.update(records)

    @property
    def skipped(self) -> frozenset[str]:
        """The records that wait until no other is left."""
        return frozenset(self._skipped)

    def unskip(self, record: str) -> None:
        self._skipped.discard(record)

    def _is_open(self, record: str) -> bool:
        deciders = self._decided.get(record, {})
        settled = record in self._settled
        return self._rules.is_open_to(self._reviewer, record, deciders, settled=settled)

    def first_open(
        self, allowed: Collection[str] | None = None, *, ahead: Iterable[str] = ()
    ) -> str | None:
        """Return the first open record, of `allowed` where that is not `None`.

        Records in `ahead` come before the queue's own order, once the pilot is done. Skipped
        records come when no other is left.
        """
        pilot_done = self._open.isdisjoint(self._rules.pilot)
        if pilot_done and (record := self._first_ahead(ahead, allowed)):
            return record

        first_skipped = None
        for record in self._order_from_first_open():
            if record in self._open and (allowed is None or record in allowed):
                if record not in self._skipped:
                    return record
                first_skipped = first_skipped or record

        if first_skipped is not None:
            self._skipped.clear()
        return first_skipped

    def _first_ahead(self, ahead: Iterable[str], allowed: Collection[str] | None) -> str | None:
        for record in ahead:
            allowed_here = allowed is None or record in allowed
            if allowed_here and record in self._open and record not in self._skipped:
                return record
        return None

    def _order_from_first_open(self) -> Iterable[str]:
        """Return the queue's own order from the first open record on."""
        total = len(self._order)
        while self._first_open < total and self._order[self._first_open] not in self._open:
            self._first_open += 1
        return itertools.islice(self._order, self._first_open, None)

    def after(
        self,
        record: str | None,
        only: Only,
        allowed: Collection[str] | None = None,
        *,
        ahead: Iterable[str] = (),
    ) -> str | None:
        """Return the next record of a filter after `record`; behind the last comes the first."""
        if only is Only.TODO:
            return self.first_open(allowed, ahead=ahead)

        start = 0
        if record is not None and record in self._place:
            start = self._place[record] + 1
        for place in range(start, start + len(self._order)):
            candidate = self._order[place % len(self._order)]
            if self.belongs(candidate, only) and (allowed is None or candidate in allowed):
                return candidate
        return None

    def belongs(self, record: str, only: Only) -> bool:
        """Return whether a record is one of a filter."""
        match only:
            case Only.TODO:
                return record in self._open
            case Only.SKIPPED:
                return record in self._skipped
            case Only.DECIDED:
                return record in self.own
            case Only.ALL:
                return True
        return self.own.get(record) is _VERDICTS[only]


def _pilot_first(order: Sequence[str], pilot: frozenset[str]) -> list[str]:
    """Return the order with the pilot's records first."""
    if not pilot:
        return [*order]
    rest = [record for record in order if record not in pilot]
    return [*(record for record in order if record in pilot), *rest]


def _agreed(decided: Mapping[str, Verdict]) -> Verdict | None:
    """Return the verdict of all who have decided; `None` where they differ or nobody has."""
    first = next(iter(decided.values()), None)
    if any(verdict is not first for verdict in decided.values()):
        return None
    return first


def may_see_others(
    *, blind: bool, published: bool, decided: bool, deciders: int, needed: int
) -> bool:
    """Return whether a reviewer may see another's decision on a record.

    The published review's: once the reviewer has decided. A colleague's: always where nobody is
    blind, else once the reviewer and as many as the record needs have decided.
    """
    if published:
        return decided
    return not blind or (decided and deciders >= needed)
