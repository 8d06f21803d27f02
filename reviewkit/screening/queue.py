"""Which record comes next for one reviewer at one stage, and which records are open. Pure.

The queue gets every change. Each question costs about as much for a million records as for
a hundred.
"""

import hashlib
import itertools
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from reviewkit.model.records import Verdict
from reviewkit.screening.models import Only, Order
from reviewkit.screening.standings import Standing, Standings

_VERDICTS = {
    Only.MAYBE: Verdict.MAYBE,
    Only.INCLUDED: Verdict.INCLUDE,
    Only.EXCLUDED: Verdict.EXCLUDE,
}
# A reviewer's own verdict as one byte: its place here.
_OWN = (None, Verdict.INCLUDE, Verdict.EXCLUDE, Verdict.MAYBE)


def _marks_for(wanted: Collection[Verdict]) -> bytes:
    """Return for each byte of own verdicts 1 where it is one of those."""
    return bytes(verdict in wanted for verdict in _OWN).ljust(256, b"\0")


class _Kind(NamedTuple):
    """What a standing means for one reviewer: open (0 or 1), the own verdict, that of all."""

    is_open: int
    own: int
    agreed: Verdict | None


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
    """One reviewer's queue: the records in order, the open ones, and the skipped ones.

    It keeps one byte per record for whether the record is open, and one for the own verdict: the
    next record that is wanted is found without going through those before it.
    """

    def __init__(self, standings: Standings, *, reviewer: str) -> None:
        self._reviewer = reviewer
        self._standings = standings
        self._place = dict(zip(standings.order, range(len(standings.order)), strict=True))
        self._skipped: set[str] = set()

        self._kinds: list[_Kind] = []
        self._learn_kinds()
        self._open = bytearray(map([kind.is_open for kind in self._kinds].__getitem__, self._at))
        self._own = bytearray(map([kind.own for kind in self._kinds].__getitem__, self._at))
        self._remaining = self._open.count(1)
        self.counts: Counter[Verdict] = Counter()
        for code, verdict in enumerate(_OWN):
            if verdict and (count := self._own.count(code)):
                self.counts[verdict] = count
        self._pilot = self._pilot_size()

    def __contains__(self, record: str) -> bool:
        return record in self._place

    @property
    def order(self) -> Sequence[str]:
        return self._standings.order

    @property
    def standings(self) -> Standings:
        """Where each record stands, as this queue knows it."""
        return self._standings

    @property
    def remaining(self) -> int:
        """How many records are open for this reviewer."""
        return self._remaining

    @property
    def closed(self) -> int:
        """How many records this reviewer need not decide on: others have decided, or are to."""
        return len(self.order) - self._remaining - self.counts.total()

    def needs(self, record: str) -> int:
        return self._standing(record).rules.needs

    def deciders(self, record: str) -> int:
        """Return how many reviewers have decided on a record, this one among them."""
        return len(self._standing(record).decided)

    def in_pilot(self, record: str) -> bool:
        return self._standing(record).rules.pilot

    def own(self, record: str) -> Verdict | None:
        """Return this reviewer's verdict on a record."""
        place = self._place.get(record)
        return None if place is None else _OWN[self._own[place]]

    def agreed(self, record: str) -> Verdict | None:
        """Return the verdict of all who have decided on a record; `None` where they differ."""
        return self._standing(record).agreed

    def verdicts(self, *, of_all: bool) -> dict[str, Verdict]:
        """Return by record this reviewer's verdict; with `of_all` that of all who have decided.

        A record on which they differ is not among those.
        """
        of_kind = [kind.agreed if of_all else _OWN[kind.own] for kind in self._kinds]
        pairs = zip(self.order, self._at, strict=True)
        return {record: verdict for record, kind in pairs if (verdict := of_kind[kind])}

    def with_verdict(self, verdict: Verdict, *, of_all: bool) -> list[str]:
        """Return the records that `verdicts` has with one verdict, in their order."""
        if not of_all:
            return [*itertools.compress(self.order, self._own.translate(_marks_for({verdict})))]
        has_it = [kind.agreed is verdict for kind in self._kinds]
        return [*itertools.compress(self.order, map(has_it.__getitem__, self._at))]

    def set_verdicts(self, record: str, decided: Mapping[str, Verdict], *, settled: bool) -> None:
        """Set the current verdicts on a record, and whether its conflict was settled."""
        place = self._place.get(record)
        if place is None:
            return

        verdicts = tuple(decided.items())
        self._set(place, replace(self._standings.at(place), decided=verdicts, settled=settled))
        self._skipped.discard(record)

    def set_retrieved(self, record: str, *, not_retrieved: bool) -> None:
        """Close a record whose report was not retrieved, or open it again."""
        place = self._place.get(record)
        if place is None:
            return

        standing = self._standings.at(place)
        rules = replace(standing.rules, not_retrieved=not_retrieved)
        self._set(place, replace(standing, rules=rules))

    def skip(self, *records: str) -> None:
        """Let records wait until no other is left."""
        self._skipped.update(records)

    @property
    def skipped(self) -> frozenset[str]:
        """The records that wait until no other is left."""
        return frozenset(self._skipped)

    def unskip(self, record: str) -> None:
        self._skipped.discard(record)

    def first_open(
        self, allowed: Collection[str] | None = None, *, ahead: Iterable[str] = ()
    ) -> str | None:
        """Return the first open record, of `allowed` where that is not `None`.

        Records in `ahead` come before the queue's own order, once the pilot is done. Skipped
        records come when no other is left.
        """
        pilot_done = self._open.find(1, 0, self._pilot) < 0
        if pilot_done and (record := self._first_ahead(ahead, allowed)):
            return record

        first_skipped = None
        for record in self._marked(self._open):
            if allowed is None or record in allowed:
                if record not in self._skipped:
                    return record
                first_skipped = first_skipped or record

        if first_skipped is not None:
            self._skipped.clear()
        return first_skipped

    def _first_ahead(self, ahead: Iterable[str], allowed: Collection[str] | None) -> str | None:
        for record in ahead:
            allowed_here = allowed is None or record in allowed
            if allowed_here and self._is_open(record) and record not in self._skipped:
                return record
        return None

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
        marks = self._marks(only)
        around = itertools.chain(self._marked(marks, start), self._marked(marks, 0, start))
        return next((found for found in around if allowed is None or found in allowed), None)

    def belonging(self, only: Only) -> Iterator[str]:
        """Yield the records of a filter, in their order."""
        return self._marked(self._marks(only))

    def belongs(self, record: str, only: Only) -> bool:
        """Return whether a record is one of a filter."""
        match only:
            case Only.TODO:
                return self._is_open(record)
            case Only.SKIPPED:
                return record in self._skipped
            case Only.DECIDED:
                return self.own(record) is not None
            case Only.ALL:
                return True
        return self.own(record) is _VERDICTS[only]

    def _is_open(self, record: str) -> bool:
        place = self._place.get(record)
        return place is not None and self._open[place] == 1

    def _marks(self, only: Only) -> bytes | bytearray:
        """Return one byte per record: 1 where it is one of a filter."""
        match only:
            case Only.TODO:
                return self._open
            case Only.ALL:
                return b"\1" * len(self.order)
            case Only.SKIPPED:
                skipped = bytearray(len(self.order))
                for record in self._skipped & self._place.keys():
                    skipped[self._place[record]] = 1
                return skipped
            case Only.DECIDED:
                wanted = {verdict for verdict in _OWN if verdict}
            case _:
                wanted = {_VERDICTS[only]}
        return self._own.translate(_marks_for(wanted))

    def _marked(
        self, marks: bytes | bytearray, start: int = 0, end: int | None = None
    ) -> Iterator[str]:
        """Yield the records from one place of the order to another that have a mark."""
        place = marks.find(1, start, end)
        while place >= 0:
            yield self.order[place]
            place = marks.find(1, place + 1, end)

    @property
    def _at(self) -> Sequence[int]:
        return self._standings.numbers

    def _standing(self, record: str) -> Standing:
        place = self._place.get(record)
        return Standing() if place is None else self._standings.at(place)

    def _learn_kinds(self) -> None:
        """Ask of each standing that is new what it means for this reviewer."""
        for standing in self._standings.kinds[len(self._kinds) :]:
            own = dict(standing.decided).get(self._reviewer)
            is_open = standing.is_open_to(self._reviewer)
            self._kinds.append(_Kind(int(is_open), _OWN.index(own), standing.agreed))

    def _set(self, place: int, standing: Standing) -> None:
        number = self._standings.number(standing)
        self._learn_kinds()
        before, now = self._kinds[self._at[place]], self._kinds[number]

        self._standings.numbers[place] = number
        self._open[place], self._own[place] = now.is_open, now.own
        self._remaining += now.is_open - before.is_open
        for kind, change in ((before, -1), (now, 1)):
            if verdict := _OWN[kind.own]:
                self.counts[verdict] += change

    def _pilot_size(self) -> int:
        """Return how many records the pilot has: they are the first."""
        pilots = [standing.rules.pilot for standing in self._standings.kinds]
        if not any(pilots):
            return 0

        return sum(itertools.takewhile(bool, map(pilots.__getitem__, self._at)))


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
