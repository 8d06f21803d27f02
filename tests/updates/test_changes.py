"""What differs between two runs: a reason only where dates or a service's answer show it."""

import datetime
from dataclasses import replace

import pytest

from reviewkit.model.records import Record
from reviewkit.updates.changes import (
    ChangeKind,
    ChangeReason,
    RecordEvidence,
    changed_fields,
    compare_lists,
    reach_of,
    through_of,
    why_new,
)

REACH = "2026-05-01"


def record(name: str, created: str | None, **tags: str) -> Record:
    other = {tag: (day,) for tag, day in tags.items()}
    return Record(source="pubmed", source_id=name, title=name, created=created, other=other)


@pytest.mark.parametrize(
    ("new", "why", "evidence"),
    [
        (None, ChangeReason.NOT_KNOWN, "its create date is not known"),
        (record("a", "2026-05"), ChangeReason.NOT_KNOWN, "its create date is not known"),
        (record("a", "2026-05-01"), ChangeReason.ADDED, "created 2026-05-01"),
        (
            record("a", "2026-04-01", MHDA="2026/05/02 06:00", LR="20260503"),
            ChangeReason.REINDEXED,
            "created 2026-04-01, indexed 2026-05-02, revised 2026-05-03",
        ),
        (
            record("a", "2026-04-01", MHDA="2026/05/02", EDAT="2026/05/02", LR="20260503"),
            ChangeReason.REDATED,
            "created 2026-04-01, revised 2026-05-03, entered 2026-05-02",
        ),
        (record("a", "2026-04-01", LR="20260401"), ChangeReason.REINDEXED, "created 2026-04-01"),
    ],
)
def test_why_a_record_is_new(new: Record | None, why: ChangeReason, evidence: str) -> None:
    assert why_new(new, REACH) == (why, evidence)


@pytest.mark.parametrize(
    ("bounds", "reach", "through"),
    [
        ([], "2026-05-03", "2026-05-03"),
        ([datetime.date(2026, 4, 30)], "2026-05-01", "2026-04-30"),
        ([datetime.date(2026, 4, 30), datetime.date(2026, 6, 1)], "2026-05-01", "2026-04-30"),
    ],
)
def test_a_run_reaches_to_its_day_or_to_its_bound(
    bounds: list[datetime.date], reach: str, through: str
) -> None:
    searched_at = "2026-05-03T10:00:00Z"
    assert (reach_of(bounds, searched_at), through_of(bounds, searched_at)) == (reach, through)


def test_new_gone_and_changed_come_in_this_order_each_with_its_reason() -> None:
    before = {"1": "pubmed:1", "2": "pubmed:2", "3": "pubmed:3", "4": "pubmed:4"}
    after = {"5": "pubmed:5", "1": "pubmed:1"}
    old = record("1", "2026-01-01", LR="20260101")
    known = RecordEvidence(
        now={
            "pubmed:1": replace(old, title="other", other={"LR": ("20260502",)}),
            "pubmed:5": record("5", "2026-05-02"),
        },
        earlier={"pubmed:1": old},
        present=frozenset({"2"}),
        missing=frozenset({"3"}),
    )
    changes = compare_lists("pubmed", before, after, reach=REACH, known=known)
    assert [(change.kind, change.identifier, change.why) for change in changes] == [
        (ChangeKind.NEW, "5", ChangeReason.ADDED),
        (ChangeKind.GONE, "2", ChangeReason.UNLISTED),
        (ChangeKind.GONE, "3", ChangeReason.MERGED_OR_DELETED),
        (ChangeKind.GONE, "4", ChangeReason.NOT_KNOWN),
        (ChangeKind.CHANGED, "1", ChangeReason.REVISED),
    ]
    assert changes[-1].fields == ("title", "other.LR")


def test_without_an_earlier_run_nothing_is_explained() -> None:
    known = RecordEvidence(now={"pubmed:1": record("1", "2026-05-02")}, earlier={})
    (change,) = compare_lists("pubmed", {}, {"1": "pubmed:1"}, reach=None, known=known)
    assert (change.why, change.evidence) == (ChangeReason.NOT_KNOWN, "no earlier run")


def test_equal_contents_have_no_changed_field() -> None:
    assert changed_fields(record("1", "2026-01-01"), record("1", "2026-01-01")) == ()
