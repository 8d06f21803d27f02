"""A database of any earlier schema opens and is migrated. Released steps stay what they are."""

import datetime
import hashlib
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database, Migrations

from reviewkit.model.errors import StoreError, StoreTooNew
from reviewkit.model.records import CountUnit, RunKind, Verdict
from reviewkit.prisma.partition import State
from reviewkit.store import Store, database, migrations, run_log, update_log
from reviewkit.store.access import answers
from reviewkit.store.decisions import current_decisions, states
from reviewkit.store.migrations import NAMES
from reviewkit.store.record_monitor import missing_from_monitor
from reviewkit.store.record_search import search_words
from reviewkit.store.records import record_by_key, records_in_flow
from reviewkit.store.runs import latest_run, run_sha256
from tests.helpers.stores import filled_store

NOW = datetime.datetime(2026, 11, 27, tzinfo=datetime.UTC)
STEPS = Path(migrations.__file__).parent
OLD_REVIEW = Path(__file__).parent / "data" / "review_befb74e.sql"
LISTS = (
    "authors", "collective_authors", "issns", "languages", "headings", "keywords", "types", "links",
    "relations",
)  # fmt: skip
# The files of released steps, by SHA-256. A step whose file is not here was not released yet.
RELEASED = {
    "m001_initial.sql": "c582d5515f33d661c09c21bce89d263d6fa063299c74523bd5f43046e22cce7c",
    "m002_screening.py": "addcd00a32d4e11bfac18b3c50c4e040768285e6e672f514d11c24200ef42baf",
    "m002_screening_tables.sql": "132568986aed1da46495ff0fd37bcffa839343e326f9a95e375da644e9492b8d",
    "m002_screening_views.sql": "06e2362743374a20a56163104a5d513d5402975750a905455ae5aff23d8019b5",
    "m003_pair_decisions.sql": "1f060e0ba2e8ab38bdca7d7398c727a69a16deff1ce0de7da49a6f941e426a99",
    "m004_updates.sql": "ecec1cac28e8f1cd311b70968efc384c2ed92eeca2811f762d39ea1649a648fc",
    "m005_compared_pairs.sql": "c30057ebce0b0a626370eb7ce9e2e42489ee094fe569e3a42b1d4830190e9ef8",
    "m006_quick_views.sql": "a54e641c6f2198afeb2cfd7f52e2f8e6febe008fd8a3a690a3a707cefa20579c",
    "m007_gone.sql": "797e7a1fa80625468b66b7732c01933345067f18593cbe6f1fccb137ecedc047",
    "m008_state_columns.sql": "c5c79a1b29506f0d730ef9df7520f6d5ceb226d202fd41a89d134ac879360f93",
    "m009_own_reviews.sql": "9b663bf9a86f61175b7a944ee5d7d4de76e1156cb2c38b9125de1ab6b28ad478",
    "m010_studies.sql": "d120f62ac94a226708ae8a7208a49894232cfee4a01ef4cdd8d05cda6c054448",
    "m011_pooled_decisions.sql": "7c21420f116abad09e92c7a16f50c2a31976488c8c396c7bbd4e60852be8a900",
    "m012_review_names.sql": "c1453f51d5a83a1f9a58e7652fe12122d62439ab2785633b7ccdf280167e2745",
    "m013_hashes.py": "2456e44e85eeaf35fda1526ffdf0767a8c8c39a93e4c6b63aaeb14851ac59664",
    "m013_hashes.sql": "321c9788e66cffbb529d4b03943a6b204fb99acae33d0f07b07a15962713c094",
    "m014_quick_states.sql": "e0a498ac90b10b1ddfd4a7e56a2fcc2e3a862c176a97a3429d19676ead997874",
    "m015_citations.sql": "67b2bbc0aa04f7bcbddd7d7f18e74a06a1a692e759e4926f4ab3b78c403f7bea",
    "m016_stage_token.sql": "34024cb2807ee995c25df59fdc703647302a8095e336275f800e78afcbe3fece",
    "m017_gone_by_search.sql": "393fe6b639317d3105cae80362d71dfdd73fa871b60ccb8b3f7a6d5878513b02",
    "m018_fewer_indexes.sql": "db816220f29ca3cb9ad4def637e79c476d00d85b4d7ebe2311578a324a7a7671",
    "m019_changed_records.sql": "8dadd957d160b79673eb71109c9943bf3b9fbaa9d86afdee3ccb5bb715d6e390",
}


def insert(db: Database, table: str, row: Mapping[str, object]) -> None:
    marks = ", ".join("?" * len(row))
    db.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", [*row.values()])


def make_old(path: Path, steps: int) -> None:
    """A database that only the first migrations have made, with a protocol, records, runs and
    decisions.
    """
    with closing(sqlite3.connect(path)) as connection:
        db = Database(connection)
        stop = NAMES[steps] if steps < len(NAMES) else None
        migrations.migrations.apply(db, stop_before=stop)
        insert(db, "protocols", {"protocol_sha256": "p", "review": "r", "toml": ""})
        for number, strategy in enumerate(("main", "main.update", "main.window"), 1):
            add_old_run(db, number, strategy, steps)
        add_old_decisions(db, steps)
        if steps >= 5:
            compared = {"record_a": "pubmed:1", "record_b": "pubmed:2", "closely": 0, "code": 1}
            insert(db, "compared_pairs", compared)
        connection.commit()


def add_old_run(db: Database, number: int, strategy: str, steps: int) -> None:
    """A run that lists one record more than the run before it."""
    run = {"run": number, "run_sha256": f"sha{number}", "protocol_sha256": "p", "source": "pubmed"}
    run |= {"role": "database", "strategy": strategy, "counts_in_flow": 1, "query": "q"}
    run |= {"endpoint": "", "searched_at": f"2026-0{number}-01T00:00:00Z", "status": "complete"}
    if steps >= 8:
        family, _, kind = strategy.partition(".")
        run |= {"family": family, "kind": kind or "own"}
    insert(db, "runs", {**run, "count": number, "received": number, "warnings": "[]"})

    record = {"record": f"pubmed:{number}", "source": "pubmed", "source_id": str(number)}
    record |= {"title": f"Gut {number}", **dict.fromkeys(LISTS, "[]"), "other": "{}"}
    insert(db, "records", record)
    for each in range(1, number + 1):
        listed = {"run": number, "position": each, "identifier": str(each)}
        insert(db, "run_records", {**listed, "record": f"pubmed:{each}"})


def add_old_decisions(db: Database, steps: int) -> None:
    """Two decisions of one reviewer on one record: excluded, then included."""
    for number, verdict in enumerate(("exclude", "include"), 1):
        decision = {"decision": number, "decision_sha256": f"sha{number}", "record": "pubmed:1"}
        decision |= {"stage": "title_abstract", "reviewer": "ana", "verdict": verdict}
        decision |= {"decided_at": "2026-04-01T00:00:00Z", "protocol_sha256": "p"}
        if steps >= 2:
            decision["step"] = number
        insert(db, "decisions", decision)


@pytest.mark.slow
@pytest.mark.parametrize("steps", range(1, len(NAMES) + 1))
def test_a_database_of_each_earlier_schema_opens_with_all_that_was_in_it(
    tmp_path: Path, steps: int
) -> None:
    path = tmp_path / "review.db"
    make_old(path, steps)
    with Store(path, now=NOW) as store:
        assert store.rows("SELECT name FROM _sqlite_migrations ORDER BY id") == [
            (name,) for name in NAMES
        ]
        assert [record.key for record in records_in_flow(store)] == [
            "pubmed:1",
            "pubmed:2",
            "pubmed:3",
        ]
        assert search_words(store, "gut 2") == ["pubmed:2"]
        (decision,) = current_decisions(store)
        assert (decision.record, decision.verdict) == ("pubmed:1", Verdict.INCLUDE)
        partition = {state.record: state.state for state in states(store)}
        assert partition == {
            "pubmed:1": State.AWAITING_ASSESSMENT,
            "pubmed:2": State.AWAITING_SCREENING,
            "pubmed:3": State.AWAITING_SCREENING,
        }
        if steps < len(NAMES):
            log = [(run.strategy, run.family, run.kind) for run in run_log.run_log(store)]
            assert log == [
                ("main", "main", RunKind.OWN),
                ("main.update", "main", RunKind.UPDATE),
                ("main.window", "main", RunKind.WINDOW),
            ]
        pairs = store.rows("SELECT record_a, record_b, code FROM compared_pairs")
        assert pairs == [("pubmed:1", "pubmed:2", 1)] * (steps >= 5)
        assert store.faults() == []
        assert store.rows("PRAGMA foreign_key_check") == []
    # A backup is made before anything is changed, and only then.
    assert len([*tmp_path.glob("*.backup")]) == (steps < len(NAMES))


def schema_of(store: Store) -> dict[str, str]:
    """The text of every object by name, white space aside: a migration appends columns to a
    line.
    """
    rows = store.rows("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {name: "".join(sql.split()) for name, sql in rows}


@pytest.mark.slow
def test_a_migrated_database_has_the_schema_of_a_new_one(tmp_path: Path) -> None:
    with Store(tmp_path / "new.db", now=NOW) as new:
        wanted = schema_of(new)
        steps = [name for (name,) in new.rows("SELECT name FROM _sqlite_migrations ORDER BY id")]
        assert steps == [*NAMES]
    for step in range(1, len(NAMES)):
        path = tmp_path / f"{step}.db"
        make_old(path, step)
        with Store(path, now=NOW) as store:
            assert schema_of(store) == wanted


def load_old_review(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(OLD_REVIEW.read_text(encoding="utf-8"))


def test_the_released_steps_make_the_schema_that_the_released_code_made(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    load_old_review(path)
    sql = "SELECT type, name, sql FROM sqlite_master ORDER BY type, name"
    with closing(sqlite3.connect(path)) as old, closing(sqlite3.connect(":memory:")) as new:
        migrations.migrations.apply(Database(new), stop_before=NAMES[7])
        assert {*new.execute(sql)} == {*old.execute(sql)}


def test_an_old_review_keeps_its_runs_updates_and_answers(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    load_old_review(path)
    with Store(path, now=NOW) as store:
        log = [(run.source, run.family, run.kind, run.count_unit) for run in run_log.run_log(store)]
        records, entries = CountUnit.RECORDS, CountUnit.ENTRIES
        assert log == [
            ("pubmed", "main", RunKind.OWN, records),
            ("lilacs", "main", RunKind.OWN, entries),
            ("pubmed", "main", RunKind.UPDATE, records),
            ("pubmed", "watch", RunKind.MONITOR, records),
            ("pubmed", "main", RunKind.WINDOW, records),
            ("lilacs", "main", RunKind.UPDATE, entries),
        ]
        assert update_log.steps_of(store, 1) == {
            "pubmed": (3, None),
            "lilacs": (None, "no key"),
            "watch": (4, None),
        }
        failed, free = answers(store)["pubmed:1"]
        assert (failed.evidence, failed.failed) == ("503", True)
        assert (free.evidence, free.failed) == ("a copy", False)
        assert missing_from_monitor(store) == {"9"}
        assert run_log.records_new_to_updates(store) == {"pubmed:4", "pubmed:5"}
        # Five entries were counted and two records listed: what is gone from that list is known all
        # the same.
        assert store.rows("SELECT source, run FROM latest_runs ORDER BY source") == [
            ("lilacs", 2), ("pubmed", 3),
        ]  # fmt: skip
        assert store.rows("SELECT identifier, latest_run FROM gone_records") == [("3", 3)]
        record = record_by_key(store, "pubmed:1")
        assert record is not None
        assert record.title == "Changed 1"
        assert [d.reviewer for d in current_decisions(store)] == ["ana", "rui"]


def test_a_run_of_an_old_review_has_the_hash_that_it_had(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    load_old_review(path)
    with Store(path, now=NOW) as store:
        for kind, family in (
            (RunKind.OWN, "main"),
            (RunKind.UPDATE, "main"),
            (RunKind.MONITOR, "watch"),
        ):
            run = latest_run(store, "pubmed", family, kind=kind)
            assert run is not None
            stored = store.value("SELECT 1 FROM runs WHERE run_sha256 = ?", [run_sha256(run)])
            assert stored == 1


@pytest.mark.slow
@pytest.mark.parametrize("change", ["runs SET kind = 'own'", "access_answers SET failed = 0"])
def test_what_a_migration_filled_in_is_append_only_again(tmp_path: Path, change: str) -> None:
    path = tmp_path / "old.db"
    load_old_review(path)
    with Store(path, now=NOW):
        pass
    with (
        closing(sqlite3.connect(path)) as other,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        other.execute(f"UPDATE {change}")


def test_no_released_step_was_edited() -> None:
    files = [*STEPS.glob("m0*.sql"), *STEPS.glob("m0*.py")]
    hashes = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    assert {name: hashes[name] for name in RELEASED} == RELEASED


def test_every_step_has_its_file_and_every_file_its_step() -> None:
    steps = {path.stem for path in STEPS.glob("m0*")}
    parts = {"m002_screening_tables", "m002_screening_views"}
    assert steps - parts == {*NAMES}
    assert [*NAMES] == sorted(NAMES)


def test_a_newer_database_is_refused_and_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "review.db"
    filled_store(path).close()
    with sqlite3.connect(path) as newer:
        newer.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) "
            "VALUES ('reviewkit', 'm999', '')"
        )
    newer.close()
    with pytest.raises(StoreTooNew, match="m999"):
        Store(path, now=NOW)


def all_steps() -> list[Any]:
    """Every migration: an empty database waits for all."""
    with closing(Database(memory=True)) as empty:
        return list(migrations.migrations.pending(empty))


def test_a_pending_migration_backs_up_first_and_fails_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "review.db"
    filled_store(path).close()
    later = Migrations("reviewkit")
    for migration in all_steps():
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


def test_a_database_from_before_screening_is_carried_over(tmp_path: Path) -> None:
    path = tmp_path / "review.db"
    first = [m for m in all_steps() if m.name == "m001_initial"]
    old = Database(path)
    for migration in first:
        migration.fn(old)
    old.execute("CREATE TABLE _sqlite_migrations (migration_set TEXT, name TEXT, applied_at TEXT)")
    old.execute("INSERT INTO _sqlite_migrations VALUES ('reviewkit', 'm001_initial', '2026')")
    old.execute("INSERT INTO protocols VALUES ('p', 'r', '')")
    record = {"record": "a:1", "source": "a", "source_id": "1", "title": "T", "other": "{}"}
    insert(old, "records", {**record, **dict.fromkeys(LISTS, "[]")})
    for number, verdict in ((1, "exclude"), (2, "include")):
        old.execute(
            "INSERT INTO decisions VALUES "
            "(?, ?, 'a:1', 'title_abstract', 'the review', ?, NULL, NULL, '2026', 'p')",
            [number, f"sha{number}", verdict],
        )
    old.conn.commit()
    old.close()
    with Store(path, now=datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC)) as store:
        rows = store.rows(
            "SELECT decision, verdict, step, length(decision_sha256) AS n FROM decisions"
        )
        assert rows == [
            (1, "exclude", 1, 64),
            (2, "include", 2, 64),
        ]
        current = store.rows("SELECT verdict, selection FROM current_decisions")
        assert current == [("include", "published")]
    assert len([*tmp_path.glob("*.backup")]) == 1
    with sqlite3.connect(path) as again, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        again.execute("DELETE FROM decisions")
    again.close()


def test_files_of_one_day_in_an_old_review_become_one_search(tmp_path: Path) -> None:
    path = tmp_path / "review.db"
    with closing(sqlite3.connect(path)) as connection:
        db = Database(connection)
        migrations.migrations.apply(db, stop_before="m009_own_reviews")
        insert(db, "protocols", {"protocol_sha256": "p", "review": "r", "toml": ""})
        days = {1: "2026-04-10", 2: "2026-04-10T08:00:00+00:00", 3: "2026-04-11", 4: "2026-04-10"}
        for number, day in days.items():
            run = {"run": number, "run_sha256": f"sha{number}", "protocol_sha256": "p"}
            run |= {"source": "scopus", "role": "database", "strategy": "main", "query": ""}
            run |= {"counts_in_flow": 1, "endpoint": "", "searched_at": day, "warnings": "[]"}
            insert(db, "runs", {**run, "status": "complete", "family": "main", "kind": "own"})
            request = "GET https://example.org" if number == 4 else f"import {number}.ris"
            page = {"run": number, "position": 0, "request": request, "sha256": "ab"}
            insert(db, "run_pages", {**page, "retrieved_at": day})
        connection.commit()
    with Store(path, now=NOW) as store:
        searches = {run.run: run.search for run in run_log.run_log(store)}
    assert searches == {1: 1, 2: 1, 3: 3, 4: 4}
