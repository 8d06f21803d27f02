"""`reviewkit doctor` finds what is wrong, and tells no secret."""

import json
import sqlite3
from pathlib import Path

import pytest

from tests.helpers.als_corpus import als_corpus
from tests.helpers.command import copy_project, outputs, reaching, reviewkit
from tests.helpers.own_review import own_review, ris
from tests.helpers.stores import take_newest_step_back
from tests.servers.eutils_server import EutilsServer


@pytest.fixture(scope="module")
def protocol(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copied = copy_project(tmp_path_factory.mktemp("doctor"))
    with EutilsServer(als_corpus()) as server:
        assert reviewkit("reproduce", copied, settings=reaching(server)).returncode == 0
    return copied


def test_a_healthy_review_has_no_fault_and_no_secret_is_told(protocol: Path) -> None:
    done = reviewkit(
        "doctor",
        "-p",
        protocol,
        "--json",
        settings={"NCBI_API_KEY": "sesame", "NCBI_EMAIL": "a@b.org"},
    )
    assert done.returncode == 0
    told = json.loads(done.stdout)
    assert told["faults"] == []
    assert (told["seen"]["NCBI_API_KEY"], told["seen"]["BVS_API_KEY"]) == ("set", "not set")
    assert "sesame" not in done.stdout + done.stderr
    assert "a@b.org" not in done.stdout + done.stderr


def test_a_changed_page_is_found_and_named(protocol: Path) -> None:
    page = next(
        path for path in (protocol.parents[1] / "cache").rglob("pages/*/*") if path.is_file()
    )
    whole = page.read_bytes()
    page.write_bytes(whole + b"x")
    done = reviewkit("doctor", "-p", protocol)
    rerun = reviewkit("reproduce", protocol, "--offline")
    page.write_bytes(whole)
    assert done.returncode == 3
    assert page.name[:12] in done.stdout
    assert (rerun.returncode, rerun.stderr.count("error:")) == (1, 1)
    assert page.name[:12] in rerun.stderr
    assert (outputs(protocol.parents[1]) / "review.db").exists()
    assert reviewkit("reproduce", protocol, "--offline").returncode == 0


def test_without_a_review_it_looks_at_the_installation(tmp_path: Path) -> None:
    done = reviewkit("doctor", cwd=tmp_path)
    assert done.returncode == 0
    assert "Nothing is wrong." in done.stdout


def test_records_that_a_label_names_are_shown(tmp_path: Path) -> None:
    """Earlier versions took a citation key for the record's name; new imports do not."""
    review = own_review(tmp_path)
    text = ris(1, doi=False).replace("ER  -", "ID  - Wang2020\nER  -")
    review.load(review.file("a.ris", text))
    assert "Nothing is wrong." in review.done("doctor")

    with sqlite3.connect(review.database) as db:
        db.execute("PRAGMA foreign_keys = OFF")
        (old,) = db.execute("SELECT record FROM records").fetchone()
        guards = db.execute(
            "SELECT name, sql FROM sqlite_master "
            "WHERE type = 'trigger' AND tbl_name LIKE '%records'"
        ).fetchall()
        for name, _ in guards:
            db.execute(f"DROP TRIGGER {name}")
        db.execute("UPDATE records SET record = 'scopus:Wang2020', source_id = 'Wang2020'")
        db.execute("UPDATE run_records SET record = 'scopus:Wang2020' WHERE record = ?", [old])
        for _, sql in guards:
            db.execute(sql)
    db.close()
    take_newest_step_back(review.database)
    review.done("dedupe")
    said = review.json("doctor")
    assert "1 record has a label of a file as key" in said["notices"][0]
    assert "scopus:Wang2020" in said["notices"][0]

    part = review.load(review.folder / "a.ris", more=["--date", "2026-04-01"])
    assert (part["new"], part["already_there"]) == (0, 1)
