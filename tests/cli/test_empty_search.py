"""`import --none`: a search that found nothing is a search with 0 records, everywhere."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.command import reviewkit

RIS = "TY  - JOUR\nTI  - Sleep and exercise\nPY  - 2024\nER  - \n"
ONE = ("--source", "pubmed", "--date", "2026-04-08")
NONE = ("import", "--none", "--source", "embase", "--date", "2026-04-10")


@pytest.fixture
def review(tmp_path: Path) -> Path:
    """Return the folder of a review of two databases; nothing is searched yet."""
    done = reviewkit(
        *("init", "--title", "Sleep", "--source", "pubmed", "--source", "embase", "--no-lookup"),
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    return tmp_path


def run(review: Path, *arguments: str) -> str:
    done = reviewkit(*arguments, cwd=review)
    assert done.returncode == 0, done.stderr
    return done.stdout


def refused(review: Path, *arguments: str) -> str:
    done = reviewkit(*arguments, cwd=review)
    assert done.returncode == 2, done.stdout
    return done.stderr


def with_one_record(review: Path) -> Path:
    (review / "one.ris").write_text(RIS, encoding="utf-8")
    run(review, "import", "one.ris", *ONE)
    return review


def runs_of(review: Path) -> list[tuple[Any, ...]]:
    columns = "source, query, searched_at, status, count, received, warnings"
    with closing(sqlite3.connect(review / "reviews/sleep/review.db")) as db:
        return db.execute(f"SELECT {columns} FROM runs ORDER BY run").fetchall()


def test_it_is_a_run_with_no_record_and_no_file(review: Path) -> None:
    assert "0 records found; nothing was changed" in run(review, *NONE, "--dry-run")
    assert not (review / "reviews").exists()

    printed = run(review, *NONE, "--query", "'sleep'/exp")
    assert printed == "Embase: searched on 2026-04-10, 0 records found; stored as run 1.\n"
    assert runs_of(review) == [("embase", "'sleep'/exp", "2026-04-10", "complete", 0, 0, "[]")]

    again = json.loads(run(review, *NONE, "--query", "'sleep'/exp", "--json"))
    assert again["empty_search"] == {
        "source": "embase",
        "date": "2026-04-10",
        "query": "'sleep'/exp",
        "records": 0,
        "run": 1,
        "stored_before": True,
    }
    assert len(runs_of(review)) == 1


def test_status_no_longer_asks_for_the_database(review: Path) -> None:
    with_one_record(review)
    before = run(review, "status")
    assert "No search of Embase" in before
    assert "--none" in before

    run(review, *NONE)
    assert "No search of" not in run(review, "status")


def test_a_review_of_empty_searches_alone_can_be_read(review: Path) -> None:
    run(review, *NONE)
    assert "0 records" in run(review, "status")
    assert "0 records" in run(review, "log")
    assert "Embase (n = 0)" in run(review, "prisma")
    assert "0 found" in run(review, "appendix")
    assert "0 gone" in run(review, "diff", "first", "last")
    assert "No search of PubMed" in run(review, "status")
    run(review, "checklist")
    run(review, "agreement")
    run(review, "stopping")


def test_zero_is_a_count_in_flow_report_and_appendix(review: Path) -> None:
    with_one_record(review)
    run(review, *NONE, "--query", "'sleep'/exp")
    counts = json.loads(run(review, "prisma", "--format", "json"))["counts"]
    assert [(one["label"], one["n"]) for one in counts["databases"]] == [
        ("PubMed", 1),
        ("Embase", 0),
    ]

    report = run(review, "report")
    assert "2 of 2 sources searched" in report
    assert "the search found 0 records, as a person recorded; there is no file" in report
    assert "stated when the search was recorded" in report
    assert "Raw answers kept: 0 pages" not in report

    appendix = run(review, "appendix")
    assert "Records: 0 found, as a person recorded; there is no file" in appendix
    assert "| Embase | 0 |" in appendix
    assert "'sleep'/exp" in appendix
    assert "Records were imported from a file" in appendix.split("### Embase")[0]
    assert "Records were imported from a file" not in appendix.split("### Embase")[1]

    run(review, "package", "sleep.zip", "--licence", "CC BY 4.0")
    assert "Nothing differs." in run(review, "verify", "sleep.zip")


def test_undo_takes_it_out_and_brings_it_back(review: Path) -> None:
    with_one_record(review)
    run(review, *NONE)
    assert "embase on 2026-04-10, 0 records" in run(review, "undo", "import", "2")
    assert "No search of Embase" in run(review, "status")
    assert "undo back 2" in refused(review, *NONE)

    run(review, "undo", "back", "2")
    assert "No search of Embase" not in run(review, "status")


def test_a_file_of_the_same_day_is_no_part_of_it(review: Path) -> None:
    with_one_record(review)
    run(review, *NONE)
    printed = run(review, "import", "one.ris", "--source", "embase", "--date", "2026-04-10")
    assert "continues" not in printed

    again = refused(review, "import", "--none", *ONE)
    assert "run 1 is a search of pubmed on 2026-04-08, and it found records" in again
    assert "undo import 1" in again
    run(review, "import", "--none", *ONE, "--query", "sleep[ti]")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("import",), "missing argument 'FILE...'"),
        (("import", "--none"), "--none needs the source and the day"),
        (("import", "--none", "--source", "embase"), "--none needs the source and the day"),
        ((*NONE, "one.ris"), "--none says that there is no file"),
        ((*NONE, "--format", "ris"), "--format: there is no file to read"),
        ((*NONE, "--strict"), "--strict: there is no file to read"),
        ((*NONE, "--part-of", "2026-04-10"), "--part-of: there is no file to read"),
        (("import", "--none", "--source", "ambase", "--date", "2026-04-10"), "no source 'ambase'"),
        (("import", "--none", "--source", "embase", "--date", "2199-01-01"), "is after today"),
    ],
)
def test_a_mistake_is_told_and_nothing_is_stored(
    review: Path, arguments: tuple[str, ...], said: str
) -> None:
    assert said in refused(review, *arguments)
    assert not (review / "reviews").exists()


@pytest.mark.parametrize(
    "text", ["", "\n\n", "FN Clarivate Analytics Web of Science\nVR 1.0\nEF\n", "[]"]
)
def test_an_export_without_records_names_the_option(review: Path, text: str) -> None:
    (review / "empty.txt").write_text(text, encoding="utf-8")
    for dry_run in ([], ["--dry-run"]):
        done = reviewkit("import", "empty.txt", *ONE, *dry_run, cwd=review)
        assert done.returncode == 1
        assert "if the search found nothing: reviewkit import --none" in done.stderr
        assert "--source pubmed --date DAY" in done.stderr


def test_searches_that_were_taken_out_are_not_called_no_records(review: Path) -> None:
    run(review, *NONE)
    run(review, "undo", "import", "1", "--why", "the wrong day", "--reviewer", "ana")

    printed = refused(review, "status")
    assert "every search was taken out of the flow" in printed
    assert "reviewkit undo back" in printed
    assert "taken out by ana" in run(review, "log")


def test_a_search_that_found_nothing_can_be_released(review: Path) -> None:
    run(review, *NONE)
    run(review, "release", "v1")
    assert "0" in run(review, "prisma", "--release", "v1", "--format", "txt")
