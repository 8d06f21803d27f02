"""A real SQLite file: append-only, all or nothing, one writer, and clear about what it cannot open."""

import datetime
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from reviewkit.dedupe.pairs import Cluster, Duplicates
from reviewkit.model.errors import StoreError, StoreLocked, StoreTooNew
from reviewkit.model.records import (
    Decision,
    PageRef,
    Record,
    Relation,
    RelationKind,
    Role,
    RunStatus,
    SearchRun,
    Stage,
    Verdict,
)
from reviewkit.store import Store, database, locks, write_lock
from reviewkit.store.decisions import add_decisions, states
from reviewkit.store.migrations import migrations
from reviewkit.store.pairs import set_duplicates
from reviewkit.store.protocols import add_protocol
from reviewkit.store.records import records_in_flow
from reviewkit.store.runs import add_run, latest_run

NOW = datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC)
FULL = Record(
    source="pubmed",
    source_id="1",
    title="Gut “and” nerve, 肠道",
    authors=("Silva, A", "Souza, B"),
    collective_authors=("A Group",),
    issns=("1234-5678",),
    year=2024,
    published="2024-10",
    doi="10.1000/x",
    pmid="1",
    languages=("eng", "por"),
    abstract="Of guts.",
    headings=("Dysbiosis*",),
    keywords=("gut",),
    types=("Review",),
    links=("https://example.org",),
    relations=(Relation(kind=RelationKind.HAS_ERRATUM, target="pmid:2"),),
    other={"STAT": ("MEDLINE",), "JT": ("a", "b")},
)


def run(
    *identifiers: str, at: str = "2026-01-01T00:00:00Z", role: Role = Role.DATABASE
) -> SearchRun:
    return SearchRun(
        source="pubmed",
        role=role,
        strategy="s",
        query="q",
        searched_at=at,
        status=RunStatus.COMPLETE,
        count=len(identifiers),
        received=len(identifiers),
        identifiers=identifiers,
        missing=(),
        warnings=("careful",),
        pages=(PageRef(request="GET x", sha256="ab", retrieved_at=at),),
    )


def records(*names: str) -> list[Record]:
    return [Record(source="pubmed", source_id=name, title=f"Title {name}") for name in names]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "review.db"


def filled(path: Path) -> Store:
    store = Store(path, now=NOW)
    with store.transaction():
        add_protocol(store, "p", review="r", toml="")
        add_run(
            store, run("1", "2", "3"), [FULL, *records("2", "3")], protocol="p", counts_in_flow=True
        )
    return store


def decide(
    store: Store,
    record: str,
    verdict: Verdict,
    stage: Stage = Stage.TITLE_ABSTRACT,
    who: str = "ana",
) -> None:
    reason = "off theme" if verdict is Verdict.EXCLUDE else None
    decision = Decision(
        record=record,
        stage=stage,
        reviewer=who,
        verdict=verdict,
        reason=reason,
        note=None,
        decided_at="2026",
    )
    with store.transaction():
        add_decisions(store, [decision], protocol="p")


def test_a_record_and_a_run_come_back_as_they_went_in(path: Path) -> None:
    with filled(path) as store:
        assert records_in_flow(store)[0] == FULL
        assert latest_run(store, "pubmed", "s") == run("1", "2", "3")


def test_the_same_run_is_never_taken_in_twice(path: Path) -> None:
    with filled(path) as store:
        before = store.changes
        with store.transaction():
            add_protocol(store, "p", review="r", toml="")
            assert not add_run(store, run("1", "2", "3"), [FULL], protocol="p", counts_in_flow=True)
        assert store.changes == before


def test_identifiers_that_brought_no_record_are_kept_as_missing(path: Path) -> None:
    with filled(path) as store:
        with store.transaction():
            add_run(store, run("1", "9", at="2026-02"), [FULL], protocol="p", counts_in_flow=True)
        latest = latest_run(store, "pubmed", "s")
        assert latest is not None
        assert latest.missing == ("9",)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE runs SET count = 0",
        "DELETE FROM runs",
        "DELETE FROM decisions",
        "UPDATE decisions SET verdict = 'maybe'",
        "DELETE FROM protocols",
    ],
)
def test_runs_decisions_and_protocols_are_append_only_for_everybody(path: Path, sql: str) -> None:
    with filled(path) as store:
        decide(store, "pubmed:1", Verdict.INCLUDE)
    with (
        sqlite3.connect(path) as foreign,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        foreign.execute(sql)
    foreign.close()


def test_strict_tables_refuse_a_wrong_type(path: Path) -> None:
    with filled(path) as store, pytest.raises(StoreError), store.transaction():
        store.write("UPDATE records SET year = ? WHERE record = 'pubmed:2'", [("soon",)])


def add_and_fail(store: Store) -> None:
    with store.transaction():
        add_run(store, run("7", at="2027"), records("7"), protocol="p", counts_in_flow=True)
        raise RuntimeError("the seventh")


def test_a_transaction_that_fails_leaves_nothing(path: Path) -> None:
    with filled(path) as store:
        with pytest.raises(RuntimeError, match="the seventh"):
            add_and_fail(store)
        assert store.rows("SELECT count(*) FROM runs") == [(1,)]
        assert store.rows("SELECT count(*) FROM records") == [(3,)]


def test_full_text_search_finds_title_and_abstract_words(path: Path) -> None:
    with filled(path) as store:
        rows = store.rows("SELECT title FROM records_fts WHERE records_fts MATCH 'guts'")
        assert rows == [(FULL.title,)]


def test_states_follow_the_decisions_and_a_later_one_stands(path: Path) -> None:
    with filled(path) as store:
        set_in_one(store, {"pubmed:3": "pubmed:2"})
        decide(store, "pubmed:1", Verdict.EXCLUDE)
        decide(store, "pubmed:1", Verdict.INCLUDE)
        decide(store, "pubmed:1", Verdict.EXCLUDE, Stage.FULL_TEXT)
        decide(store, "pubmed:2", Verdict.INCLUDE)
        decide(store, "pubmed:2", Verdict.EXCLUDE, who="rui")
        assert {s.record: (s.state, s.reason) for s in states(store)} == {
            "pubmed:1": ("report_excluded", "off theme"),
            "pubmed:2": ("awaiting_screening", None),
            "pubmed:3": ("duplicate", "pubmed:2"),
        }


def set_in_one(store: Store, leads: dict[str, str]) -> None:
    with store.transaction():
        clusters = tuple(Cluster(lead=lead, members=(lead, copy)) for copy, lead in leads.items())
        set_duplicates(store, Duplicates(pairs=(), clusters=clusters, relations=()))


def test_derived_rows_change_only_where_they_differ(path: Path) -> None:
    with filled(path) as store:
        set_in_one(store, {"pubmed:3": "pubmed:2"})
        before = store.changes
        set_in_one(store, {"pubmed:3": "pubmed:2"})
        assert store.changes == before
        set_in_one(store, {"pubmed:3": "pubmed:1"})
        assert store.changes == before + 1
        assert store.rows("SELECT record, lead FROM duplicates") == [("pubmed:3", "pubmed:1")]


def test_a_stand_in_counts_only_until_a_search_does(path: Path) -> None:
    with Store(path, now=NOW) as store:
        with store.transaction():
            add_protocol(store, "p", review="r", toml="")
            stand_in = [Record(source="compiled", source_id="a", title="A")]
            listed = run("a", role=Role.STAND_IN)
            add_run(store, listed, stand_in, protocol="p", counts_in_flow=True)
        assert [state.record for state in states(store)] == ["compiled:a"]
        with store.transaction():
            add_run(store, run("1"), records("1"), protocol="p", counts_in_flow=True)
        assert [state.record for state in states(store)] == ["pubmed:1"]


def test_another_file_is_refused_and_left_alone(path: Path) -> None:
    path.write_text("not a database, but somebody's notes")
    with pytest.raises(StoreError, match="is not a SQLite database"):
        Store(path, now=NOW)
    assert path.read_text() == "not a database, but somebody's notes"


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is a folder"):
        Store(tmp_path, now=NOW)


def test_a_damaged_database_is_one_clear_error(path: Path) -> None:
    filled(path).close()
    path.with_name("review.db-wal").unlink(missing_ok=True)
    path.write_bytes(path.read_bytes()[:100] + b"\x00" * 4000)
    with pytest.raises(StoreError, match="cannot be used"):
        Store(path, now=NOW)


def test_a_newer_database_is_refused_and_unchanged(path: Path) -> None:
    filled(path).close()
    with sqlite3.connect(path) as newer:
        newer.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('reviewkit', 'm999', '')"
        )
    newer.close()
    with pytest.raises(StoreTooNew, match="m999"):
        Store(path, now=NOW)


def test_a_pending_migration_backs_up_first_and_fails_whole(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(path).close()
    from sqlite_utils import Database, Migrations

    later = Migrations("reviewkit")
    for migration in migrations.pending(Database(memory=True)):
        later(name=migration.name)(migration.fn)

    @later(name="m998_breaks")
    def breaks(db: Database) -> None:
        db.execute("CREATE TABLE half (done INTEGER)")
        db.execute("CREATE TABLE half (done INTEGER)")

    monkeypatch.setattr(database, "migrations", later)
    with pytest.raises(StoreError, match="half"):
        Store(path, now=NOW)
    backups = list(path.parent.glob("*.backup"))
    assert len(backups) == 1
    monkeypatch.undo()
    with Store(path, now=NOW) as store:
        assert store.rows("SELECT name FROM sqlite_master WHERE name = 'half'") == []
        assert len(records_in_flow(store)) == 3


@pytest.mark.slow
def test_a_second_writer_learns_who_holds_the_lock(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "LOCK_WAIT_SECONDS", 0.2)
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import pathlib, sys\nfrom reviewkit.store import write_lock\n"
            f"with write_lock(pathlib.Path({str(path)!r})):\n    print('held', flush=True); sys.stdin.read()",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(StoreLocked, match=f"process {holder.pid}"), write_lock(path):
        pass
    holder.kill()
    holder.communicate()
    with write_lock(path):  # a lock of a dead process is nobody's
        pass
