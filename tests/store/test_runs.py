"""Search runs: stored once, read back as they were, counted in the flow."""

import dataclasses
from pathlib import Path

import pytest

from reviewkit.model.records import CountUnit, Record, Role, RunStatus, SearchRun
from reviewkit.store import Store
from reviewkit.store.decisions import states
from reviewkit.store.protocols import add_protocol
from reviewkit.store.records import records_in_flow
from reviewkit.store.runs import add_run, latest_run, run_sha256
from tests.helpers.stores import FULL, NOW, filled_store, search_run, titled_records


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "review.db"


def test_a_record_and_a_run_come_back_as_they_went_in(path: Path) -> None:
    with filled_store(path) as store:
        assert records_in_flow(store)[0] == FULL
        assert latest_run(store, "pubmed", "s") == search_run("1", "2", "3")


def test_the_same_run_is_never_taken_in_twice(path: Path) -> None:
    with filled_store(path) as store:
        before = store.changes
        with store.transaction():
            add_protocol(store, "p", review="r", toml="")
            assert not add_run(
                store, search_run("1", "2", "3"), [FULL], protocol="p", counts_in_flow=True
            )
        assert store.changes == before


def test_identifiers_that_brought_no_record_are_kept_as_missing(path: Path) -> None:
    with filled_store(path) as store:
        with store.transaction():
            add_run(
                store, search_run("1", "9", at="2026-02"), [FULL], protocol="p", counts_in_flow=True
            )
        latest = latest_run(store, "pubmed", "s")
        assert latest is not None
        assert latest.missing == ("9",)


def test_a_stand_in_counts_only_until_a_search_does(path: Path) -> None:
    with Store(path, now=NOW) as store:
        with store.transaction():
            add_protocol(store, "p", review="r", toml="")
            stand_in = [Record(source="compiled", source_id="a", title="A")]
            listed = search_run("a", role=Role.STAND_IN)
            add_run(store, listed, stand_in, protocol="p", counts_in_flow=True)
        assert [state.record for state in states(store)] == ["compiled:a"]
        with store.transaction():
            add_run(store, search_run("1"), titled_records("1"), protocol="p", counts_in_flow=True)
        assert [state.record for state in states(store)] == ["pubmed:1"]


def test_what_a_count_counts_does_not_change_the_hash_of_a_run() -> None:
    run = SearchRun(
        source="lilacs",
        role=Role.DATABASE,
        strategy="main",
        query="q",
        searched_at="2026-04-10T00:00:00+00:00",
        status=RunStatus.COMPLETE,
        count=3,
        received=2,
        identifiers=("a", "b"),
    )
    entries = dataclasses.replace(run, count_unit=CountUnit.ENTRIES)

    # The hash that version 0.1 stored for this run.
    stored = "c5d325822f7d18671483d062e25b473148d06a14470f9548902bbba53e65ce2d"
    assert (run_sha256(run), run_sha256(entries)) == (stored, stored)
