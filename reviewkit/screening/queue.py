"""Which record comes next for one reviewer at one stage, and what is still open. Pure.

It is told of every change; it asks nobody. Each question costs about the same with 100 records and with 100,000.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from reviewkit.model.records import Verdict
from reviewkit.screening.models import Only, Order
from reviewkit.screening.rules import Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A record that this stage is about, with what it can be ordered by; `date` is ISO 8601, as far as known."""

    record: str
    source: str
    date: str


def draw(records: Iterable[str], seed: int) -> list[str]:
    """The records in a random order that depends on the seed and on each record alone.

    Records that arrive later fall in between and change nothing of the order of those before them.
    """
    return sorted(records, key=lambda record: hashlib.sha256(f"{seed}:{record}".encode()).digest())


def arrange(candidates: Sequence[Candidate], order: Order, seed: int) -> list[str]:
    """The records in an order: `date` is newest first; `ranked` begins as `random` until a ranking is there."""
    if order in {Order.RANDOM, Order.RANKED}:
        return draw((c.record for c in candidates), seed)
    by_id = sorted(candidates, key=lambda c: c.record)
    if order is Order.DATE:
        by_id.sort(key=lambda c: c.date, reverse=True)
    if order is Order.SOURCE:
        by_id.sort(key=lambda c: c.source)
    return [c.record for c in by_id]


def pilot_records(records: Iterable[str], *, size: int, seed: int) -> frozenset[str]:
    """The calibration set: `size` records drawn with the pilot's own seed."""
    return frozenset(draw(records, seed)[:size])


class Queue:
    """One reviewer's queue: the records in order, those still open, and those that were skipped."""

    def __init__(self, order: Sequence[str], *, reviewer: str, rules: Rules) -> None:
        self._reviewer = reviewer
        self._rules = rules
        self._decided: dict[str, Mapping[str, Verdict]] = {}
        # What the reviewers who have decided agree on so far; a record on which they differ is not here.
        self.team: dict[str, Verdict] = {}
        self._settled: set[str] = set()
        self._skipped: set[str] = set()
        self.own: dict[str, Verdict] = {}
        self.counts: Counter[Verdict] = Counter()
        self._open: set[str] = set()
        pilot = rules.pilot
        # The pilot's records come first in any order.
        self._order = (
            [r for r in order if r in pilot] + [r for r in order if r not in pilot]
            if pilot
            else [*order]
        )
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
        """How many records are still open for this reviewer."""
        return len(self._open)

    def needs(self, record: str) -> int:
        return self._rules.needs(record)

    @property
    def closed(self) -> int:
        """How many records this reviewer has not decided on and is not asked for: others have, or are to."""
        return len(self._order) - len(self._open) - len(self.own)

    def deciders(self, record: str) -> int:
        """How many reviewers have decided on a record, this one among them."""
        return len(self._decided.get(record, ()))

    def in_pilot(self, record: str) -> bool:
        return record in self._rules.pilot

    def set_verdicts(self, record: str, decided: Mapping[str, Verdict], *, settled: bool) -> None:
        """Learn what now stands on a record: every reviewer's verdict, and whether a conflict on it was settled."""
        if record not in self._place:
            return
        self._decided[record] = decided
        self.team.pop(record, None)
        if agreed := _agreed(decided):
            self.team[record] = agreed
        (self._settled.add if settled else self._settled.discard)(record)
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

    def load_verdicts(
        self, decided: Mapping[str, Mapping[str, Verdict]], settled: Collection[str]
    ) -> None:
        """Learn what stands on all records at once, at the beginning."""
        self._decided = {record: said for record, said in decided.items() if record in self._place}
        self._settled = {record for record in settled if record in self._place}
        self.own = {
            record: said[self._reviewer]
            for record, said in self._decided.items()
            if self._reviewer in said
        }
        self.counts = Counter(self.own.values())
        told = ((record, _agreed(said)) for record, said in self._decided.items())
        self.team = {record: verdict for record, verdict in told if verdict}
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
        """The first open record, of `allowed` where that is given; skipped ones come when no other is left.

        Records in `ahead` come before the queue's own order, once the pilot is done.
        """
        if not any(record in self._open for record in self._rules.pilot):
            for record in ahead:
                if (
                    record in self._open
                    and record not in self._skipped
                    and (allowed is None or record in allowed)
                ):
                    return record
        while (
            self._first_open < len(self._order) and self._order[self._first_open] not in self._open
        ):
            self._first_open += 1
        waiting = None
        for place in range(self._first_open, len(self._order)):
            record = self._order[place]
            if record in self._open and (allowed is None or record in allowed):
                if record not in self._skipped:
                    return record
                waiting = waiting or record
        if waiting is not None:
            self._skipped.clear()
        return waiting

    def after(
        self,
        record: str | None,
        only: Only,
        allowed: Collection[str] | None = None,
        *,
        ahead: Iterable[str] = (),
    ) -> str | None:
        """The next record of a filter after `record` in the order, from the start again behind the last one."""
        if only is Only.TODO:
            return self.first_open(allowed, ahead=ahead)
        start = self._place[record] + 1 if record in self._place else 0
        for place in range(start, start + len(self._order)):
            candidate = self._order[place % len(self._order)]
            if self.belongs(candidate, only) and (allowed is None or candidate in allowed):
                return candidate
        return None

    def belongs(self, record: str, only: Only) -> bool:
        """Whether a record is one of those that a filter asks for."""
        match only:
            case Only.TODO:
                return record in self._open
            case Only.SKIPPED:
                return record in self._skipped
            case Only.DECIDED:
                return record in self.own
            case Only.ALL:
                return True
        verdicts = {
            Only.MAYBE: Verdict.MAYBE,
            Only.INCLUDED: Verdict.INCLUDE,
            Only.EXCLUDED: Verdict.EXCLUDE,
        }
        return self.own.get(record) is verdicts[only]


def _agreed(decided: Mapping[str, Verdict]) -> Verdict | None:
    """The verdict of all who have decided; `None` where they differ or nobody has."""
    first = next(iter(decided.values()), None)
    return first if all(verdict is first for verdict in decided.values()) else None


def may_see_others(
    *, blind: bool, published: bool, decided: bool, deciders: int, needed: int
) -> bool:
    """Whether a reviewer may see another's decision on a record.

    The published review's: once the reviewer has decided. A colleague's: always where nobody is blind, else once
    the reviewer and as many as the record needs have decided.
    """
    if published:
        return decided
    return not blind or (decided and deciders >= needed)
