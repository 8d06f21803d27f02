"""What differs between two runs of a search, and why where that is known; when the next update is due. Pure.

A reason is given only where dates or a service's own answer show it; all else is "not known".
"""

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum

from reviewkit.model.records import Record, RelationKind


class ChangeKind(StrEnum):
    """What became of a record between two runs."""

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
    """A record that two runs differ in: what, why, and the evidence. `fields` are those that changed."""

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
    """One of two runs: its number, when it was made, and up to which day (exclusive) it could list records."""

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
        """The changes of one kind."""
        return tuple(change for change in self.changes if change.kind is kind)


_BOUND = re.compile(
    r"1800/01/01:(\d{4})/(\d\d)/(\d\d)\[crdt\]|FIRST_IDATE:\[1800-01-01 TO (\d{4})-(\d\d)-(\d\d)\]"
)


def reach_of(query: str, searched_at: str) -> str:
    """The first day (ISO 8601) whose records a run may have missed: its own, or the day after its bound."""
    bounds = [day + datetime.timedelta(1) for day in _bounds(query)]
    return min([day.isoformat() for day in bounds] + [searched_at[:10]])


def through_of(query: str, searched_at: str) -> str:
    """The last day (ISO 8601) that a run covers: its own, or its bound."""
    return min([day.isoformat() for day in _bounds(query)] + [searched_at[:10]])


def _bounds(query: str) -> list[datetime.date]:
    return [
        datetime.date(*(int(part) for part in found.groups() if part))
        for found in _BOUND.finditer(query)
    ]


def why_new(record: Record | None, reach: str) -> tuple[ChangeReason, str]:
    """Why a record is new to a search that reached to `reach`, with the evidence."""
    created = record.created if record else None
    if record is None or created is None or len(created) < 10:
        return ChangeReason.NOT_KNOWN, "its create date is not known"
    if created[:10] >= reach:
        return ChangeReason.ADDED, f"created {created[:10]}"
    dates = {"indexed": _later(record, "MHDA", reach), "revised": _later(record, "LR", reach)}
    entered = _later(record, "EDAT", reach)
    if entered and dates["indexed"] in {
        None,
        entered,
    }:  # what is not indexed yet has its entry date there
        dates["indexed"] = None
        dates["entered"] = entered
    evidence = ", ".join(
        [f"created {created[:10]}", *(f"{name} {day}" for name, day in dates.items() if day)]
    )
    return ChangeReason.REDATED if "entered" in dates else ChangeReason.REINDEXED, evidence


def _later(record: Record, tag: str, reach: str) -> str | None:
    """The day that a tag of the record names, where it is not before `reach`."""
    day = _day(record.other.get(tag, ()))
    return day if day and day >= reach else None


def _day(printed: Sequence[str]) -> str | None:
    found = re.match(r"(\d{4})[/-]?(\d{2})[/-]?(\d{2})", printed[0]) if printed else None
    return "-".join(found.groups()) if found else None


def changed_fields(before: Record, after: Record) -> tuple[str, ...]:
    """The fields in which two contents of a record differ, by name; tags of `other` as "other.LR"."""
    found = []
    for item in fields(Record):
        one, two = getattr(before, item.name), getattr(after, item.name)
        if one == two:
            continue
        if item.name == "other":
            tags = sorted(tag for tag in {*one, *two} if one.get(tag) != two.get(tag))
            found += [f"other.{tag}" for tag in tags]
        else:
            found.append(item.name)
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordEvidence:
    """What is known of records for a comparison: now, and what the changed ones were; what a service said of the gone.

    `present` are identifiers that the service still has, `missing` those that it has no longer.
    """

    now: Mapping[str, Record]
    earlier: Mapping[str, Record]
    present: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()


def compare_lists(
    source: str,
    before: Mapping[str, str | None],
    after: Mapping[str, str | None],
    *,
    reach: str | None,
    known: RecordEvidence,
) -> tuple[Change, ...]:
    """The changes from one list (identifier to record) to another; `reach` as in `Side`, `None` without an earlier run.

    New records first, then gone, then changed, each in the order of its list.
    """

    def change(
        kind: ChangeKind, name: str, key: str | None, why: ChangeReason, evidence: str, *names: str
    ) -> Change:
        record = known.now.get(key or "")
        return Change(
            kind=kind,
            source=source,
            identifier=name,
            record=key,
            title=(record.title if record else None) or "no title",
            year=record.year if record else None,
            why=why,
            evidence=evidence,
            fields=names,
        )

    new = []
    for name, key in after.items():
        if name not in before:
            reason = (
                why_new(known.now.get(key or ""), reach)
                if reach
                else (ChangeReason.NOT_KNOWN, "no earlier run")
            )
            new.append(change(ChangeKind.NEW, name, key, *reason))
    gone = [
        change(ChangeKind.GONE, name, key, *_why_gone(name, known))
        for name, key in before.items()
        if name not in after
    ]
    changed = []
    for name, key in after.items():
        if key and name in before and key in known.earlier and key in known.now:
            names = changed_fields(known.earlier[key], known.now[key])
            if names:
                changed.append(
                    change(
                        ChangeKind.CHANGED,
                        name,
                        key,
                        ChangeReason.REVISED,
                        f"changed: {', '.join(names)}",
                        *names,
                    )
                )
    return (*new, *gone, *changed)


def _why_gone(name: str, known: RecordEvidence) -> tuple[ChangeReason, str]:
    if name in known.missing:
        return ChangeReason.MERGED_OR_DELETED, "asked for by its number, it brought no record"
    if name in known.present:
        return ChangeReason.UNLISTED, "asked for by its number, it is still there"
    return ChangeReason.NOT_KNOWN, "it was not asked for by its number"


class Alert(StrEnum):
    """What may happen to a record that matters, the gravest first."""

    RETRACTED = "retracted"
    CONCERN = "expression of concern"
    WITHDRAWN = "withdrawn"
    DELETED = "merged or deleted"
    UNLISTED = "no longer listed by the search"
    ERRATUM = "erratum"
    UPDATED = "update or republication"
    PREPRINT = "preprint and article"
    REVISED = "revised"


_LINKS = {
    RelationKind.RETRACTED_BY: Alert.RETRACTED,
    RelationKind.HAS_CONCERN: Alert.CONCERN,
    RelationKind.HAS_ERRATUM: Alert.ERRATUM,
    RelationKind.HAS_UPDATE: Alert.UPDATED,
    RelationKind.PREPRINT_OF: Alert.PREPRINT,
    RelationKind.HAS_PREPRINT: Alert.PREPRINT,
}
_TYPES = {"retracted publication": Alert.RETRACTED, "expression of concern": Alert.CONCERN}
_WITHDRAWN = re.compile(r"^\W*withdrawn\b", re.IGNORECASE)
_RETRACTED = re.compile(r"^\W*retracted\b", re.IGNORECASE)


def alerts_in(before: Record | None, after: Record) -> tuple[tuple[Alert, str], ...]:
    """What the record says now and did not say before, the gravest first, each with its evidence; all where new."""
    said = set(_said(before)) if before else set()
    found = [told for told in _said(after) if told not in said]
    order = tuple(Alert)
    return tuple(sorted(dict.fromkeys(found), key=lambda told: order.index(told[0])))


def _said(record: Record) -> Iterable[tuple[Alert, str]]:
    for kind in record.types:
        if kind.casefold() in _TYPES:
            yield _TYPES[kind.casefold()], f"type “{kind}”"
    for link in record.relations:
        if link.kind in _LINKS:
            yield _LINKS[link.kind], f"{link.kind.replace('_', ' ')} {link.target}"
    if _WITHDRAWN.search(record.title or ""):
        yield Alert.WITHDRAWN, "its title says so"
    if _RETRACTED.search(record.title or ""):
        yield Alert.RETRACTED, "its title says so"


EVERY = ("day", "week", "fortnight", "month", "quarter", "year")


def next_due(last: datetime.date, every: str) -> datetime.date:
    """The day on which the next update is due: a day, week, two weeks, month, quarter or year after the last one.

    A month later is the same day of the month, or that month's last day; after the last day of a month comes the last
    day of another. So a job of each first of the month, east of Greenwich the day before in UTC, is never late.
    """
    days = {"day": 1, "week": 7, "fortnight": 14}
    if every in days:
        return last + datetime.timedelta(days[every])
    months = {"month": 1, "quarter": 3, "year": 12}[every]
    year, month = divmod(last.year * 12 + last.month - 1 + months, 12)
    end = datetime.date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1) - datetime.timedelta(1)
    ends_a_month = (last + datetime.timedelta(1)).day == 1
    return end if ends_a_month or last.day > end.day else end.replace(day=last.day)
