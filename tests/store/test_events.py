"""Events of reviewers: append-only, and refused where they break a rule."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewkit.model.records import Stage, Verdict
from reviewkit.store import Store, reviewer_queries
from tests.helpers.screening_history import NEEDED, RECORDS, protocol_of, settle, stop
from tests.helpers.screening_review import NOW, make_review


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(make_review(tmp_path, count=4).database, now=NOW) as store:
        with store.transaction():
            reviewer_queries.set_stages(store, NEEDED)
        yield store


@pytest.mark.slow
@pytest.mark.parametrize(
    "table",
    [
        "resolutions",
        "retrievals",
        "notes",
        "tags",
        "assignment_rounds",
        "assignments",
        "stops",
        "stopped_records",
    ],
)
def test_what_reviewers_said_is_append_only_for_everybody(store: Store, table: str) -> None:
    with store.transaction():
        stop(store, RECORDS[:1])
        settle(store, RECORDS[0], Verdict.INCLUDE)
        values = {
            "stage": Stage.TITLE_ABSTRACT,
            "assigned_by": "li",
            "plan": "",
            "assigned_at": "2026",
        }
        reviewer_queries.add_assignment(
            store, values, {RECORDS[0]: ("ana",)}, protocol=protocol_of(store)
        )
        for name, extra in (("retrievals", "outcome, told_at"), ("notes", "text, written_at")):
            store.write(
                f"INSERT INTO {name} (sha256, record, reviewer, {extra}, protocol_sha256, step) "
                "VALUES ('x', ?, 'ana', 'sought', '2026', ?, 1)",
                [(RECORDS[0], protocol_of(store))],
            )
        store.write(
            "INSERT INTO tags "
            "(sha256, record, reviewer, tag, present, tagged_at, protocol_sha256, step) "
            "VALUES ('x', ?, 'ana', 't', 1, '2026', ?, 1)",
            [(RECORDS[0], protocol_of(store))],
        )
    with (
        sqlite3.connect(store.path) as foreign,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        foreign.execute(f"DELETE FROM {table}")
    foreign.close()
