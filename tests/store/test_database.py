"""A real SQLite file: append-only, all or nothing, and clear about what it cannot open."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from reviewkit.model.errors import StoreError
from reviewkit.model.records import Verdict
from reviewkit.store import Store
from reviewkit.store.errors import RowRefused
from reviewkit.store.migrations import migrations
from reviewkit.store.protocols import add_protocol
from reviewkit.store.runs import add_run
from reviewkit.store.sqlite import Database
from tests.helpers.stores import NOW, filled_store, search_run, store_decision, titled_records


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "review.db"


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
    with filled_store(path) as store:
        store_decision(store, "pubmed:1", Verdict.INCLUDE)
    with (
        sqlite3.connect(path) as foreign,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        foreign.execute(sql)
    foreign.close()


def test_strict_tables_refuse_a_wrong_type(path: Path) -> None:
    with filled_store(path) as store, pytest.raises(StoreError), store.transaction():
        store.write("UPDATE records SET year = ? WHERE record = 'pubmed:2'", [("soon",)])


def add_and_fail(store: Store) -> None:
    with store.transaction():
        add_run(
            store,
            search_run("7", at="2027"),
            titled_records("7"),
            protocol="p",
            counts_in_flow=True,
        )
        raise RuntimeError("the seventh")


def test_a_transaction_that_fails_leaves_nothing(path: Path) -> None:
    with filled_store(path) as store:
        with pytest.raises(RuntimeError, match="the seventh"):
            add_and_fail(store)
        assert store.rows("SELECT count(*) FROM runs") == [(1,)]
        assert store.rows("SELECT count(*) FROM records") == [(3,)]


def test_another_file_is_refused_and_left_alone(path: Path) -> None:
    path.write_text("not a database, but somebody's notes")
    with pytest.raises(StoreError, match="is not a SQLite database"):
        Store(path, now=NOW)
    assert path.read_text() == "not a database, but somebody's notes"


@pytest.mark.parametrize(
    "content", [b"x", b"not a database, but some text\n" * 100, b"SQLite format 2\x00" + bytes(600)]
)
def test_other_files_are_refused_and_not_touched(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.db"
    path.write_bytes(content)
    with pytest.raises(StoreError, match="is not a SQLite database"):
        Store(path, now=NOW)
    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is a folder"):
        Store(tmp_path, now=NOW)


def test_a_damaged_database_is_one_clear_error(path: Path) -> None:
    filled_store(path).close()
    path.with_name("review.db-wal").unlink(missing_ok=True)
    path.write_bytes(path.read_bytes()[:100] + b"\x00" * 4000)
    with pytest.raises(StoreError, match="cannot be used"):
        Store(path, now=NOW)


@pytest.mark.parametrize(
    "write",
    [
        lambda store: store.write("DELETE FROM duplicates", [()]),
        lambda store: store.insert("INSERT INTO works (work) VALUES (?)", ["w"]),
        lambda store: store.replace("works", ("work",), ("title",), []),
        lambda store: add_protocol(store, "q", review="r", toml=""),
    ],
)
def test_a_write_outside_of_a_transaction_is_refused(
    path: Path, write: Callable[[Store], None]
) -> None:
    with filled_store(path) as store:
        before = store.changes
        with pytest.raises(RuntimeError, match="a write outside"):
            write(store)
        assert store.changes == before


BAD_SQL = "SELECT nothing FROM nowhere"


@pytest.mark.slow
@pytest.mark.parametrize(
    "read",
    [
        lambda store: store.rows(BAD_SQL),
        lambda store: store.first(BAD_SQL),
        lambda store: store.value(BAD_SQL),
        lambda store: [*store.each(BAD_SQL)],
        lambda store: store.rows("SELECT ?", [object()]),
        lambda store: store.first("SELECT ?", [2**70]),
        lambda store: store.rows("SELECT ?", ["\ud800"]),
    ],
)
def test_no_error_of_sqlite_leaves_a_reading_query(
    path: Path, read: Callable[[Store], object]
) -> None:
    with filled_store(path) as store, pytest.raises(StoreError):
        read(store)


@pytest.mark.parametrize("value", [object(), 2**70, "\ud800", None])
def test_a_row_that_cannot_be_is_refused_inside_the_transaction(path: Path, value: object) -> None:
    sql = "INSERT INTO published_reviewers (reviewer) VALUES (?)"
    if value is None:
        # A key that is there already: the record itself.
        sql = "INSERT INTO records (record) VALUES (?)"
    with filled_store(path) as store, store.transaction():
        # Caught inside: what else the transaction holds may still be committed.
        with pytest.raises(RowRefused):
            store.insert(sql, [value])
        with pytest.raises(RowRefused):
            store.write(sql, [[value]])


def test_an_error_at_the_end_of_a_transaction_does_not_leak(path: Path) -> None:
    def break_a_link(store: Store) -> None:
        with store.transaction():
            store._connection.execute("PRAGMA defer_foreign_keys = ON")
            store.write(
                "INSERT INTO works (work, position, title, record) VALUES (?, 1, 't', ?)",
                [("w", "x:1")],
            )

    with filled_store(path) as store:
        with pytest.raises(RowRefused, match="FOREIGN KEY"):
            break_a_link(store)
        # The store is as it was and can be written to.
        with store.transaction():
            add_protocol(store, "q", review="r", toml="")
        assert store.rows("SELECT 1 FROM works") == []


def test_a_closed_store_can_be_closed_again_and_reads_nothing(path: Path) -> None:
    store = filled_store(path)
    store.close()
    store.close()
    with pytest.raises(StoreError):
        store.rows("SELECT 1")


def test_one_that_was_killed_while_it_was_made_is_made_whole(path: Path) -> None:
    with closing(Database(path)) as made:
        made.execute("PRAGMA journal_mode = WAL")
        migrations.ensure_migrations_table(made)
    with Store(path, now=NOW) as store:
        assert store.value("SELECT count(*) FROM records") == 0


def test_the_database_of_another_program_is_refused_and_not_touched(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE songs (title)")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="another program"):
        Store(path, now=NOW)
    assert path.read_bytes() == before
