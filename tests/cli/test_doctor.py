"""`reviewkit doctor` finds what is wrong, and tells no secret."""

import json
import sqlite3
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from reviewkit.model.extras import install_hint
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


@pytest.mark.slow
def test_a_healthy_review_has_no_fault_and_no_secret_is_told(protocol: Path) -> None:
    done = reviewkit(
        "doctor",
        "-p",
        protocol,
        "--json",
        settings={"NCBI_API_KEY": "sesame", "NCBI_EMAIL": "a@b.org"},
    )
    assert done.returncode == 0
    document = json.loads(done.stdout)
    assert document["faults"] == []
    assert (document["seen"]["NCBI_API_KEY"], document["seen"]["BVS_API_KEY"]) == ("set", "not set")
    assert "sesame" not in done.stdout + done.stderr
    assert "a@b.org" not in done.stdout + done.stderr


@pytest.mark.slow
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


@pytest.mark.slow
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


def test_what_is_missing_comes_with_the_line_that_adds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = {"python-docx", "typst"}

    def installed(name: str) -> str:
        if name in without:
            raise PackageNotFoundError(name)
        return "1"

    monkeypatch.setattr("reviewkit.workflow.setup.missing.version", installed)
    done = reviewkit("doctor", cwd=tmp_path)
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    values = {
        line: lines[place + 1].strip() for place, line in enumerate(lines) if "missing: " in line
    }
    assert values == {
        "missing: NCBI_EMAIL is not set (NCBI asks for an e-mail address, to write before it blocks)": 'export NCBI_EMAIL="you@example.org"',
        "missing: NCBI_API_KEY is not set (PubMed)": 'export NCBI_API_KEY="your-key"',
        "missing: documents for Word (the extra docx)": install_hint("docx"),
        "missing: PDF and PNG (the extra pdf)": install_hint("pdf"),
        "missing: TIFF for publishers (the extra figures)": install_hint("figures"),
    }
    assert lines[-1].startswith("Nothing is wrong. What is missing is optional")


def test_the_keys_that_are_asked_for_are_those_of_the_protocol_s_sources(tmp_path: Path) -> None:
    review = own_review(tmp_path)
    settings = {"NCBI_EMAIL": "a@b.org", "NCBI_API_KEY": "sesame"}
    done = reviewkit("doctor", "-p", review.protocol, "--json", settings=settings)
    named = {one["what"].split()[0] for one in json.loads(done.stdout)["missing"]}
    assert not {name for name in named if name.startswith("NCBI")}
    assert "a@b.org" not in done.stdout


def test_a_font_that_is_not_there_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reviewkit.workflow.setup.missing._FONTS", ("Gone.ttf",))
    done = reviewkit("doctor", cwd=tmp_path)
    assert done.returncode == 3
    assert "fault: the font Gone.ttf is missing: install the program again" in done.stdout
