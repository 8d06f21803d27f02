"""The differences between two runs of a search, and their reasons where these are known. Pure.

A reason is stated only where dates or a service's own answer show it; all else is "not known".
"""

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum

from reviewkit.model.records import Record


class ChangeKind(StrEnum):
    """What has become of a record between two runs."""

    NEW = "new"
    GONE = "gone"
    CHANGED = "changed"


class ChangeReason(StrEnum):
    """Why a record is new or gone, as far as it is known."""

    ADDED = "added after the earlier run"
    REINDEXED = "re-indexed: it was there before the earlier run and matches only since"
    REDATED = "re-dated: it was there before the earlier run, and its entry date was moved since"
    UNLISTED = "still in the database, no longer matched"
    MERGED_OR_DELETED = "merged into another record or deleted"
    REVISED = "revised"
    NOT_KNOWN = "not known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A record in which two runs differ: how, why, and the evidence.

    `fields` are those that changed.
    """

    kind: ChangeKind
    source: str
    identifier: str
    record: str | None
    title: str
    year: int | None
    why: ChangeReason
    evidence: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of two runs. `reach` is the day before which it could list records (exclusive)."""

    run: int
    searched_at: str
    reach: str
    count: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Two runs of one source side by side; `before` is `None` where there was none."""

    source: str
    name: str
    before: Side | None
    after: Side
    changes: tuple[Change, ...]

    def of(self, kind: ChangeKind) -> tuple[Change, ...]:
        """Return the changes of one kind."""
        return tuple(change for change in self.changes if change.kind is kind)


_DAY = re.compile(r"(\d{4})[/-]?(\d{2})[/-]?(\d{2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordEvidence:
    """What is known of the records of a comparison, by their keys, and of those that are gone.

    `now` are their contents, `earlier` the contents that changed ones had before.
    `present` are identifiers that the service still has, `missing` those that it no longer has.
    Without `same_query`, the runs are known to have different queries, or it is not known.
    """

    now: Mapping[str, Record]
    earlier: Mapping[str, Record]
    present: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    same_query: bool = True


def reach_of(bounds: Iterable[datetime.date], searched_at: str) -> str:
    """Return the first day (ISO 8601) whose records a run may have missed.

    It is the day of the run, or the day after the last create date that its query allows.
    """
    return through_of([bound + datetime.timedelta(1) for bound in bounds], searched_at)


def through_of(bounds: Iterable[datetime.date], searched_at: str) -> str:
    """Return the last day (ISO 8601) that a run covers: its own, or a bound of its query.

    `bounds` are the last create dates that its query allows.
    """
    days = [bound.isoformat() for bound in bounds]
    return min([*days, searched_at[:10]])


def why_new(
    record: Record | None, reach: str, *, same_query: bool = True
) -> tuple[ChangeReason, str]:
    """Return why a record is new to a search that reached to `reach`, with the evidence.

    An older record may be new because the query is another one, as far as `same_query` tells.
    """
    created = _create_day(record)
    if record is None or created is None:
        return ChangeReason.NOT_KNOWN, "its create date is not known"
    if created >= reach:
        return ChangeReason.ADDED, f"created {created}"
    if not same_query:
        evidence = f"created {created}; the queries of the two runs differ or are not known"
        return ChangeReason.NOT_KNOWN, evidence

    entered, indexed = _later(record, "EDAT", reach), _later(record, "MHDA", reach)
    revised = _later(record, "LR", reach)
    # A record that is not indexed yet has its entry date as the date of its headings.
    if entered and indexed in {None, entered}:
        evidence = _dated(created=created, revised=revised, entered=entered)
        return ChangeReason.REDATED, evidence
    return ChangeReason.REINDEXED, _dated(created=created, indexed=indexed, revised=revised)


def _create_day(record: Record | None) -> str | None:
    """Return the day on which the record was created, if it is known to the day."""
    if record is None or record.created is None or len(record.created) < 10:
        return None
    return record.created[:10]


def _dated(**days: str | None) -> str:
    """Return "created 2026-04-10, revised 2026-05-01", of the days that are known."""
    return ", ".join(f"{name} {day}" for name, day in days.items() if day)


def _later(record: Record, tag: str, reach: str) -> str | None:
    """Return the day that a tag of the record names, if it is not before `reach`."""
    day = _day(record.other.get(tag, ()))
    if day is None or day < reach:
        return None
    return day


def _day(values: Sequence[str]) -> str | None:
    """Return the first value as a day in ISO 8601, if it is one."""
    match = _DAY.match(next(iter(values), ""))
    if match is None:
        return None
    return "-".join(match.groups())


def changed_fields(before: Record, after: Record) -> tuple[str, ...]:
    """Return the fields in which two contents of a record differ; tags of `other` as "other.LR"."""
    names = []
    for item in fields(Record):
        old, new = getattr(before, item.name), getattr(after, item.name)
        if old == new:
            continue

        if item.name == "other":
            tags = sorted(tag for tag in {*old, *new} if old.get(tag) != new.get(tag))
            names += [f"other.{tag}" for tag in tags]
        else:
            names.append(item.name)

    return tuple(names)


def compare_lists(
    source: str,
    before: Mapping[str, str | None],
    after: Mapping[str, str | None],
    *,
    reach: str | None,
    known: RecordEvidence,
) -> tuple[Change, ...]:
    """Return the changes from one list to another; a list maps identifiers to keys of records.

    `reach` is as in `Side`, `None` without an earlier run. New records come first, then those
    that are gone, then those that changed, each in the order of its list.
    """
    new = {name: key for name, key in after.items() if name not in before}
    gone = {name: key for name, key in before.items() if name not in after}
    kept = {name: key for name, key in after.items() if key and name in before}
    lists = _Comparison(source=source, known=known)

    return (
        *lists.new(new, reach),
        *lists.gone(gone),
        *lists.changed(kept),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Comparison:
    """The source and the known records of a comparison of two lists."""

    source: str
    known: RecordEvidence

    def new(self, names: Mapping[str, str | None], reach: str | None) -> Iterator[Change]:
        for name, key in names.items():
            why, evidence = ChangeReason.NOT_KNOWN, "no earlier run"
            if reach:
                record = self.known.now.get(key or "")
                why, evidence = why_new(record, reach, same_query=self.known.same_query)
            yield self._change(ChangeKind.NEW, name, key, why, evidence)

    def gone(self, names: Mapping[str, str | None]) -> Iterator[Change]:
        for name, key in names.items():
            why, evidence = _why_gone(name, self.known)
            yield self._change(ChangeKind.GONE, name, key, why, evidence)

    def changed(self, names: Mapping[str, str]) -> Iterator[Change]:
        now, earlier = self.known.now, self.known.earlier
        for name, key in names.items():
            if key not in earlier or key not in now:
                continue

            changed = changed_fields(earlier[key], now[key])
            if changed:
                evidence = f"changed: {', '.join(changed)}"
                change = self._change(ChangeKind.CHANGED, name, key, ChangeReason.REVISED, evidence)
                yield replace(change, fields=changed)

    def _change(
        self, kind: ChangeKind, name: str, key: str | None, why: ChangeReason, evidence: str
    ) -> Change:
        record = self.known.now.get(key or "")
        return Change(
            kind=kind,
            source=self.source,
            identifier=name,
            record=key,
            title=(record.title if record else None) or "no title",
            year=record.year if record else None,
            why=why,
            evidence=evidence,
        )


def _why_gone(name: str, known: RecordEvidence) -> tuple[ChangeReason, str]:
    if name in known.missing:
        return ChangeReason.MERGED_OR_DELETED, "requested by its identifier: no record returned"
    if name in known.present:
        return ChangeReason.UNLISTED, "requested by its identifier: still in the database"
    return ChangeReason.NOT_KNOWN, "not requested by its identifier"
