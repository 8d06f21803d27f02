"""`repair` builds a database anew: what it takes from where, and what it says of losses."""

import json
import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.helpers.damage import behind, events, every_tenth_page, keys, overwrite_page, run
from tests.helpers.effort import examples
from tests.helpers.own_review import OwnReview, own_review, ris
from tests.workflow.test_open_database import files_in


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> OwnReview:
    made = own_review(tmp_path_factory.mktemp("repair"))
    made.load(made.file("scopus.ris", ris(*range(1, 41))))
    made.done("dedupe")
    made.done("decide", "--where", "diet", "--include", "-r", "ana", "--yes")
    return made


@pytest.fixture
def review(sound: OwnReview, tmp_path: Path) -> OwnReview:
    shutil.copytree(sound.folder, tmp_path, dirs_exist_ok=True)
    return OwnReview(folder=tmp_path)


def decide(review: OwnReview, words: str) -> None:
    review.done("decide", "--where", words, "--include", "-r", "ana", "--yes")


@pytest.mark.slow
def test_a_repaired_review_is_the_same_review(review: OwnReview) -> None:
    flow, exported = review.flow(), review.done("decisions", "export")
    overwrite_page("decisions_chain", 0)(review.database)
    overwrite_page("records_fts_data", 0)(review.database)
    document = review.json("repair")
    assert document["whole"] is True
    assert document["lost_events"] == document["lost_records"] == []
    assert review.flow() == flow
    # The chain too: a head that was kept elsewhere still fits.
    assert review.done("decisions", "export") == exported
    assert "Nothing is wrong" in review.done("doctor")
    assert json.loads(Path(document["report"]).read_text())["partly"] == document["partly"]


@pytest.mark.slow
def test_a_dry_run_says_the_same_and_changes_nothing(review: OwnReview) -> None:
    every_tenth_page(review.database)
    before = files_in(review.folder)
    said = review.json("repair", "--dry-run")
    assert files_in(review.folder) == before
    done = review.json("repair")
    assert said["lost_records"] == done["lost_records"]
    assert (said["kept_file"], Path(done["kept_file"]).exists()) == (None, True)


@pytest.mark.slow
def test_a_backup_and_a_second_copy_fill_the_gaps(review: OwnReview) -> None:
    backup = review.folder / "kept.db"
    review.done("backup", "--to", backup)
    decide(review, "singing")
    second = review.database.with_name("review (conflicted copy).db")
    shutil.copy2(review.database, second)
    here, there = OwnReview(folder=review.folder), second
    review.done("decide", "--where", "cold", "--include", "-r", "ana", "--yes", "--db", there)
    decide(here, "cycling")
    every_tenth_page(review.database)

    titles = "SELECT count(*) FROM records WHERE title IS NULL"
    document = review.json("repair", "--also", backup, "--also", second)
    assert document["lost_records"] == document["lost_events"] == []
    assert review.query(titles) == [(0,)]
    assert events(second) <= events(review.database)


@pytest.mark.slow
def test_a_record_that_is_lost_keeps_its_decision(review: OwnReview) -> None:
    (record,) = review.query("SELECT record FROM decisions LIMIT 1")[0]
    behind(f"DELETE FROM records WHERE record = '{record}'")(review.database)
    run("DROP TABLE record_versions")(review.database)
    said = review.run("repair")
    assert f"known by its key only, or as it was before (1): {record}" in said.stdout
    assert record in keys(review)
    assert "1 row was changed outside of reviewkit" in review.run("doctor").stdout


def test_nothing_is_repaired_under_a_session_that_is_open(review: OwnReview) -> None:
    behind("DELETE FROM decisions WHERE decision = 1")(review.database)
    with closing(sqlite3.connect(review.database, isolation_level=None)) as session:
        session.execute("BEGIN")
        session.execute("SELECT count(*) FROM records").fetchone()
        refused = review.run("repair")
    assert refused.returncode == 1
    assert "is open in another process" in refused.stderr


@pytest.mark.parametrize("name", ["nothing.db", "reviews"])
def test_what_is_no_file_is_refused(review: OwnReview, name: str) -> None:
    refused = review.run("repair", "--also", name)
    assert refused.returncode == 2
    assert "there is no such file" in refused.stderr


@pytest.mark.slow
def test_what_is_no_database_is_refused(review: OwnReview) -> None:
    refused = review.run("repair", "--also", "scopus.ris")
    assert refused.returncode == 2
    assert "scopus.ris: is not a SQLite database" in refused.stderr


def test_a_database_of_another_program_is_never_added_to(review: OwnReview) -> None:
    other = review.folder / "places.db"
    with closing(sqlite3.connect(other)) as db, db:
        db.execute("CREATE TABLE places (name TEXT)")
    before = other.read_bytes()
    refused = review.run("import", "scopus.ris", "--source", "scopus", "--db", other)
    assert refused.returncode == 1
    assert "is the database of another program" in refused.stderr
    assert other.read_bytes() == before


def test_a_restored_database_still_lets_readers_in_beside_a_writer(review: OwnReview) -> None:
    backup = review.json("backup")["path"]
    review.done("restore", backup, "--yes")
    assert review.query("PRAGMA journal_mode") == [("wal",)]


@pytest.mark.slow
def test_a_list_that_cannot_be_read_is_emptied_and_named(review: OwnReview) -> None:
    """One record with a damaged list keeps no other from coming back, nor its own title."""
    one, two, three = keys(review)[:3]
    behind(
        f"UPDATE records SET authors = '[\"A' WHERE record = '{one}'",
        f"UPDATE records SET other = '[]', relations = '[[\"x\", \"y\"]]' WHERE record = '{two}'",
        f"UPDATE records SET keywords = '[1]' WHERE record = '{three}'",
        "UPDATE runs SET warnings = '{'",
    )(review.database)
    refused = review.run("export", "-f", "csv")
    assert (refused.returncode, f"the record {one} is damaged" in refused.stderr) == (1, True)

    document = review.json("repair")
    assert document["whole"] is False
    assert sorted(document["emptied"]) == sorted(
        [
            f"records {one} (authors)",
            f"records {two} (other)",
            f"records {two} (relations)",
            f"records {three} (keywords)",
            "runs 1 (warnings)",
        ]
    )
    assert document["lost_records"] == document["lost_events"] == []
    titles = "SELECT count(*) FROM records WHERE title IS NOT NULL"
    assert review.query(titles) == [(40,)]
    assert "40 records" in review.run("export", "-f", "csv").stderr


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(examples(6)))
def test_bytes_changed_by_chance_keep_no_repair_from_ending(review: OwnReview, seed: int) -> None:
    chance = random.Random(seed)
    content = bytearray(review.database.read_bytes())
    for _ in range(250):
        content[chance.randrange(4096, len(content))] = chance.randrange(256)
    review.database.write_bytes(content)
    done = review.run("repair", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["kept"]["decisions"] > 0
    assert review.run("export", "-f", "csv").returncode == 0
