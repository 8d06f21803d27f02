"""What differs between two runs: a reason only where dates or a service's answer show it."""

import datetime
from dataclasses import replace

import pytest

from reviewkit.model.records import Record
from reviewkit.updates.changes import (
    ChangeKind,
    ChangeReason,
    Difference,
    RecordEvidence,
    Side,
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
        (record("a", None), ChangeReason.NOT_KNOWN, "its create date is not known"),
        (record("a", "2026-05-01 06:00"), ChangeReason.ADDED, "created 2026-05-01"),
        # Dates before the reach explain nothing; the day itself does.
        (
            record("a", "2026-04-30", MHDA="2026/05/01", EDAT="2026/04/30", LR="20260430"),
            ChangeReason.REINDEXED,
            "created 2026-04-30, indexed 2026-05-01",
        ),
        # Entered later, and not indexed yet: its entry date was moved.
        (
            record("a", "2026-04-30", MHDA="2026/04/30", EDAT="2026/05/01"),
            ChangeReason.REDATED,
            "created 2026-04-30, entered 2026-05-01",
        ),
        # Indexed on another day than entered: it is the headings that brought it.
        (
            record("a", "2026-04-30", MHDA="2026/05/02", EDAT="2026/05/01"),
            ChangeReason.REINDEXED,
            "created 2026-04-30, indexed 2026-05-02",
        ),
        (
            record("a", "2026-04-30", MHDA="in May", EDAT="May 2026", LR="soon"),
            ChangeReason.REINDEXED,
            "created 2026-04-30",
        ),
    ],
)
def test_why_a_record_is_new(new: Record | None, why: ChangeReason, evidence: str) -> None:
    assert why_new(new, REACH) == (why, evidence)


def test_under_another_query_an_older_record_is_new_for_a_reason_not_known() -> None:
    older = record("a", "2026-04-01", MHDA="2026/05/02")
    why, evidence = why_new(older, REACH, same_query=False)
    assert why is ChangeReason.NOT_KNOWN
    assert evidence == "created 2026-04-01; the queries of the two runs differ or are not known"
    # A record that did not exist then is new under any query.
    later = record("b", "2026-05-02")
    assert why_new(later, REACH, same_query=False)[0] is ChangeReason.ADDED


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
    assert [change.evidence for change in changes] == [
        "created 2026-05-02",
        "requested by its identifier: still in the database",
        "requested by its identifier: no record returned",
        "not requested by its identifier",
        "changed: title, other.LR",
    ]
    assert [(change.source, change.record) for change in changes] == [
        ("pubmed", f"pubmed:{change.identifier}") for change in changes
    ]
    assert [change.title for change in changes] == ["5", *["no title"] * 3, "other"]


def test_a_change_has_the_record_s_title_and_year_as_far_as_they_are_known() -> None:
    known = RecordEvidence(
        now={
            "pubmed:1": replace(record("1", "2026-05-02"), year=2026),
            "pubmed:2": replace(record("2", "2026-05-02"), title=None),
        },
        earlier={"pubmed:1": record("1", "2026-05-02"), "pubmed:3": record("3", None)},
    )
    after = {"1": "pubmed:1", "2": "pubmed:2", "3": "pubmed:3", "4": None}
    new = compare_lists("pubmed", {}, after, reach=REACH, known=known)
    assert [(change.title, change.year, change.record) for change in new] == [
        ("1", 2026, "pubmed:1"),
        ("no title", None, "pubmed:2"),
        ("no title", None, "pubmed:3"),
        ("no title", None, None),
    ]
    assert {change.kind for change in new} == {ChangeKind.NEW}
    # Listed before and now: only what is known on both sides, and differs, has changed.
    again = {"3": "pubmed:3", **after}
    (changed,) = compare_lists("pubmed", again, again, reach=REACH, known=known)
    assert (changed.identifier, changed.fields) == ("1", ("year",))
    # A record without a key is gone too.
    gone = compare_lists("pubmed", after, {}, reach=REACH, known=known)
    assert [change.record for change in gone] == [*after.values()]


def test_the_changes_of_one_kind() -> None:
    known = RecordEvidence(now={}, earlier={})
    changes = compare_lists("s", {"a": None, "b": None}, {"c": None}, reach=REACH, known=known)
    side = Side(run=1, searched_at=REACH, reach=REACH, count=1)
    both = Difference(source="s", name="S", before=side, after=side, changes=changes)
    kinds = {kind: [change.identifier for change in both.of(kind)] for kind in ChangeKind}
    assert kinds == {ChangeKind.NEW: ["c"], ChangeKind.GONE: ["a", "b"], ChangeKind.CHANGED: []}


def test_without_an_earlier_run_nothing_is_explained() -> None:
    known = RecordEvidence(now={"pubmed:1": record("1", "2026-05-02")}, earlier={})
    (change,) = compare_lists("pubmed", {}, {"1": "pubmed:1"}, reach=None, known=known)
    assert (change.why, change.evidence) == (ChangeReason.NOT_KNOWN, "no earlier run")


def test_equal_contents_have_no_changed_field() -> None:
    assert changed_fields(record("1", "2026-01-01"), record("1", "2026-01-01")) == ()


def test_changed_tags_are_named_one_by_one_in_order() -> None:
    before = record("1", None, LR="1", B="1", A="1", SAME="1")
    after = replace(record("1", None, LR="2", B="2", NEW="1", SAME="1"), volume="7")
    fields = ("volume", "other.A", "other.B", "other.LR", "other.NEW")
    assert changed_fields(before, after) == changed_fields(after, before) == fields
