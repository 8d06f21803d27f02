"""`reviewkit export`: decided records go out in every format and can be imported again."""

import csv
import io
import subprocess
from pathlib import Path

import pytest

from reviewkit.importers import read_file
from tests.cli.test_main import told_once
from tests.helpers.command import copy_project, outputs, reviewkit, rows_of
from tests.helpers.own_review import own_review, ris

FORMATS = ("ris", "bibtex", "nbib", "csv", "csl-json", "jsonl", "asreview", "covidence", "rayyan")


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped review, reproduced: 84 works, one of them a duplicate, five included."""
    protocol = copy_project(tmp_path_factory.mktemp("export"))
    assert reviewkit("reproduce", protocol, "--offline").returncode == 0
    return protocol


def export(review: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return reviewkit("export", "--protocol", review, *arguments)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("status", "count"),
    [
        ("all", 83),
        ("included", 5),
        ("excluded", 78),
        ("undecided", 0),
        ("conflict", 0),
        ("duplicates", 1),
    ],
)
def test_each_status_has_its_records(review: Path, status: str, count: int) -> None:
    done = export(review, "--status", status, "--format", "jsonl")
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == count
    assert done.stderr.startswith("1 record" if count == 1 else f"{count} records")


@pytest.mark.slow
def test_duplicates_can_be_listed_and_name_the_record_that_leads(review: Path) -> None:
    rows = list(
        csv.DictReader(
            io.StringIO(export(review, "--format", "csv", "--duplicates", "list").stdout)
        )
    )
    assert len(rows) == 84
    (copy,) = (row for row in rows if row["status"] == "duplicate")
    assert copy["duplicate_of_record"] == "compiled:castillo2022"


def test_reasons_and_reviewers_stand_in_their_columns(review: Path) -> None:
    rows = list(
        csv.DictReader(
            io.StringIO(export(review, "--format", "csv", "--status", "excluded").stdout)
        )
    )
    reviewers = {row["reviewer"] for row in rows}
    assert reviewers <= {"", "Melo 2026 (the published review)"}
    assert all(row["reason"] for row in rows)
    (first,) = {row["stage"] for row in rows if row["reviewer"]}
    assert first == "title_abstract"


def test_one_stage_alone(review: Path) -> None:
    done = export(review, "--format", "jsonl", "--status", "included", "--stage", "title_abstract")
    assert len(done.stdout.splitlines()) == 5


def test_the_team_s_selection_is_another_one(review: Path) -> None:
    done = export(review, "--format", "jsonl", "--status", "included", "--selection", "team")
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_written_and_read_again(review: Path, tmp_path: Path, name: str) -> None:
    file = tmp_path / "out"
    done = export(review, "--status", "included", "--format", name, "--out", file)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    titles = {record.title for record in read_file(file, source="compiled").all()}
    assert len(titles) == 5
    assert any("Integrating the" in (title or "") or "icrob" in (title or "") for title in titles)


def test_a_spreadsheet(review: Path, tmp_path: Path) -> None:
    pytest.importorskip("xlsxwriter")
    file = tmp_path / "out.xlsx"
    assert export(review, "--format", "xlsx", "--out", file).returncode == 0
    assert file.read_bytes().startswith(b"PK")


@pytest.mark.slow
def test_the_same_review_gives_the_same_bytes(review: Path) -> None:
    assert export(review, "--format", "ris").stdout == export(review, "--format", "ris").stdout


def test_it_changes_nothing(review: Path) -> None:
    before = rows_of(outputs(review.parents[1]) / "review.db")
    export(review, "--format", "ris")
    assert rows_of(outputs(review.parents[1]) / "review.db") == before


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--format", "word"), "no such format: word"),
        (("--format", "ris", "--status", "lost"), "cannot be 'lost'"),
        (("--format", "ris", "--duplicates", "drop"), "cannot be 'drop'"),
        (("--format", "ris", "--selection", "mine"), "cannot be 'mine'"),
    ],
)
def test_wrong_use_is_one_clear_error(
    review: Path, arguments: tuple[str, ...], message: str
) -> None:
    told_once(export(review, *arguments), 2, message)


def test_without_records_it_says_so(tmp_path: Path) -> None:
    told_once(export(copy_project(tmp_path), "--format", "ris"), 2, "there is no database yet")
    assert not (outputs(tmp_path) / "review.db").exists()


@pytest.mark.slow
def test_tags_stand_in_a_column_of_their_own(tmp_path: Path) -> None:
    review = own_review(tmp_path)
    review.load(review.file("works.ris", ris(1, 2)))
    first, second = (key for (key,) in review.query("SELECT record FROM records ORDER BY record"))
    steps = f"record,verdict,text\n{first},include,\n{first},tag,methods\n{first},tag,to discuss\n"
    review.done("screen", "--decisions", review.file("steps.csv", steps), "-r", "ana")

    table = csv.DictReader(io.StringIO(review.done("export", "--format", "csv").lstrip("\ufeff")))
    assert {row["reviewkit_key"]: row["tags"] for row in table} == {
        first: "methods; to discuss", second: "",
    }  # fmt: skip
    assert "reviewkit tags: methods; to discuss" in review.done("export", "--format", "ris")
    assert "RAYYAN-LABELS: methods,to discuss" in review.done("export", "--format", "rayyan")
