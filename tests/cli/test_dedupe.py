"""`reviewkit dedupe` through the real command: in a review, and among files without one."""

import csv
import gzip
import json
from pathlib import Path

import pytest

from reviewkit.dedupe import DedupeSettings
from reviewkit.model.records import RelationKind
from reviewkit.protocol.parse import parse_protocol
from reviewkit.workflow.duplicates.link import settings_of
from tests.helpers.command import copy_project, outputs, reviewkit, rows_of

ROWS = (
    "record_id,title,author,journal,year,volume,issue,pages,doi,"
    "abstract,pmid,accession,issn,type,source\n"
    'a1,Guts and nerves: an invented trial,"Silva, A and Souza, B",'
    "Journal of Invented Works,2020,3,1,10-19,"
    "10.1000/x,,,,,,one\n"
    "a2,Guts and Nerves: An Invented Trial.,A. Silva and B. Souza,"
    "J Invented Works,2020,3,,10-9,,,,,,,two\n"
    "a3,Another invented work on lungs,C. Costa,"
    "Journal of Invented Works,2020,3,1,20-29,10.1000/y,,,,,,one\n"
)


@pytest.mark.slow
def test_it_says_what_was_certain_what_waits_and_what_remains(review: Path) -> None:
    result = json.loads(reviewkit("dedupe", "--json", "-p", review).stdout)
    assert result == {
        "records": 84,
        "duplicates": 1,
        "works_with_copies": 1,
        "waiting_for_a_person": 1,
        "doubts_not_asked": 0,
        "related": 2,
        "remaining": 83,
        "remaining_by_source": {"compiled": 83},
        "people_against_rules": [],
        "people_against_people": [],
        "decided_copies": [],
        "new_pairs_compared": 0,
        "rows_changed": 0,
    }


def test_a_dry_run_changes_nothing(review: Path) -> None:
    before = rows_of(outputs(review.parents[1]) / "review.db")
    assert "Nothing was changed." in reviewkit("dedupe", "--dry-run", "-p", review).stdout
    assert rows_of(outputs(review.parents[1]) / "review.db") == before


def test_the_protocol_s_table_reaches_the_engine(als_text: str) -> None:
    table = (
        '\n[dedupe]\nsame_at = 0.99\nask_at = 0.5\nmerge = ["preprint_of"]\nprefer = ["lilacs"]\n'
    )
    assert settings_of(parse_protocol(als_text + table, where="als")) == DedupeSettings(
        same_at=0.99, ask_at=0.5, merge=frozenset({RelationKind.PREPRINT_OF}), prefer=("lilacs",)
    )
    assert settings_of(parse_protocol(als_text, where="als")) == DedupeSettings()


def test_explain_says_why_in_words(review: Path) -> None:
    result = reviewkit(
        "dedupe", "explain", "compiled:castillo2022", "compiled:castillo2022_en", "-p", review
    ).stdout
    assert "joined: the same pages of one volume" in result
    told = json.loads(
        reviewkit(
            "dedupe", "explain", "compiled:castillo2022", "compiled:castillo2022_en", "--json",
            "-p", review,
        ).stdout
    )  # fmt: skip
    assert told["explanation"]["pair"]["words"] in result
    assert told["history"] == []
    apart = reviewkit(
        "dedupe", "explain", "compiled:nooreddin2024", "compiled:hilaris_nd", "-p", review
    ).stdout
    assert "kept apart" in apart


@pytest.mark.slow
def test_explain_of_an_unknown_record_is_one_clear_error(review: Path) -> None:
    done = reviewkit("dedupe", "explain", "compiled:nobody", "compiled:kaul2024", "-p", review)
    assert (done.returncode, done.stderr.count("error:")) == (2, 1)
    assert "compiled:nobody" in done.stderr
    same = reviewkit("dedupe", "explain", "compiled:kaul2024", "compiled:kaul2024", "-p", review)
    assert same.returncode == 2


@pytest.mark.slow
@pytest.mark.parametrize("format_name", ["table", "csv", "json"])
def test_list_in_every_format(review: Path, format_name: str) -> None:
    result = reviewkit("dedupe", "list", "--format", format_name, "-p", review).stdout
    if format_name == "json":
        assert [row["outcome"] for row in json.loads(result)] == [
            "ask",
            "same",
            "different",
            "different",
        ]
    if format_name == "csv":
        assert len(list(csv.DictReader(result.splitlines()))) == 4
    assert "compiled:castillo2022_en" in result


def test_without_a_database_it_says_what_to_do(tmp_path: Path) -> None:
    done = reviewkit("dedupe", "-p", copy_project(tmp_path))
    assert done.returncode == 2
    assert "there is no database yet" in done.stderr


@pytest.mark.parametrize("packed", [False, True])
def test_files_without_a_review(tmp_path: Path, packed: bool) -> None:
    path = tmp_path / ("rows.csv.gz" if packed else "rows.csv")
    path.write_bytes(gzip.compress(ROWS.encode()) if packed else ROWS.encode())
    done = reviewkit(
        "dedupe", path, "--out", tmp_path / "clusters.csv", "--pairs", tmp_path / "pairs.csv"
    )
    assert done.returncode == 0, done.stderr
    with (tmp_path / "clusters.csv").open(encoding="utf-8", newline="") as file:
        clusters = {row["record_id"]: row["cluster_id"] for row in csv.DictReader(file)}
    assert set(clusters) == {"a1", "a2", "a3"}
    assert clusters["a1"] == clusters["a2"] != clusters["a3"]
    assert (tmp_path / "pairs.csv").exists()


def test_files_of_other_formats_are_read_by_their_content(tmp_path: Path) -> None:
    ris = (
        "TY  - JOUR\nTI  - Guts and nerves: an invented trial\nAU  - Silva, A\n"
        "T2  - Invented Works\n"
        "PY  - 2020\nVL  - 3\nSP  - 10\nDO  - 10.1000/x\nID  - one\nER  - \n"
    )
    (tmp_path / "a.ris").write_text(ris, encoding="utf-8")
    (tmp_path / "b.ris").write_text(ris.replace("ID  - one", "ID  - two"), encoding="utf-8")
    done = reviewkit(
        "dedupe", tmp_path / "a.ris", tmp_path / "b.ris", "--out", tmp_path / "c.csv", "--json"
    )
    assert json.loads(done.stdout)["duplicates"] == 1


def test_mistakes_with_files(tmp_path: Path) -> None:
    assert "--out" in reviewkit("dedupe", tmp_path / "no.ris").stderr
    assert reviewkit("dedupe", tmp_path / "no.ris", "--out", tmp_path / "c.csv").returncode == 2
    (tmp_path / "page.ris").write_text(
        "<!DOCTYPE html><html><body>Sign in</body></html>", encoding="utf-8"
    )
    done = reviewkit("dedupe", tmp_path / "page.ris", "--out", tmp_path / "c.csv")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "c.csv").exists()


@pytest.mark.slow
def test_review_settles_a_pair_and_it_is_linked_at_once_and_undone(review: Path) -> None:
    protocol, home = review, review.parents[1]
    done = reviewkit(
        "dedupe", "review", "--plain", "--reviewer", "ana", "-p", protocol, stdin="x\nr 99\ns\n"
    )
    assert done.returncode == 0, done.stderr
    assert "compiled:ning2022 and compiled:ning2022aiad" in done.stdout
    assert "Not done: a relation is chosen by its number" in done.stdout
    assert "1 answered and linked, 0 left." in done.stderr
    duplicates = rows_of(outputs(home) / "review.db")["duplicates"]
    assert ("compiled:ning2022aiad", "compiled:ning2022") in duplicates
    assert (
        "ana: same"
        in reviewkit(
            "dedupe", "explain", "compiled:ning2022", "compiled:ning2022aiad", "-p", protocol
        ).stdout
    )
    # A later linking and a rerun leave the person's answer alone.
    assert json.loads(reviewkit("dedupe", "--json", "-p", protocol).stdout)["rows_changed"] == 0
    pair = ("compiled:ning2022aiad", "compiled:ning2022")
    undone = json.loads(
        reviewkit("dedupe", "undo", *pair, "-r", "ana", "--json", "-p", protocol).stdout
    )
    assert (undone["pair"], undone["reviewer"]) == (list(pair), "ana")
    assert undone["undone"] == "The answer of ana is taken back."
    assert (
        json.loads(reviewkit("dedupe", "--json", "-p", protocol).stdout)["waiting_for_a_person"]
        == 1
    )


@pytest.mark.slow
def test_undo_of_what_a_rule_joined_keeps_the_two_apart_for_good(review: Path) -> None:
    protocol, home = review, review.parents[1]
    pair = ("compiled:castillo2022", "compiled:castillo2022_en")
    assert reviewkit("dedupe", "undo", *pair, "-r", "ana", "-p", protocol).returncode == 0
    listed = reviewkit("dedupe", "list", "-p", protocol).stdout
    assert "kept apart: ana says that they are two works" in listed
    as_json = reviewkit("dedupe", "list", "--json", "-p", protocol).stdout
    assert as_json == reviewkit("dedupe", "list", "--format", "json", "-p", protocol).stdout
    assert json.loads(as_json)
    assert rows_of(outputs(home) / "review.db")["duplicates"] == []
    assert reviewkit("reproduce", protocol, "--offline").returncode == 0
    assert rows_of(outputs(home) / "review.db")["duplicates"] == []
    assert (
        "A person decided against the rules: "
        "compiled:castillo2022 and compiled:castillo2022_en are different."
        in reviewkit("dedupe", "-p", protocol).stdout
    )
    nothing = reviewkit(
        "dedupe", "undo", "compiled:kaul2024", "compiled:sun2024", "-r", "ana", "-p", protocol
    )
    assert (nothing.returncode, nothing.stderr.count("error:")) == (2, 1)


def test_files_of_one_name_in_two_folders_are_two_sources(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "export.csv").write_text(
            ROWS.replace("Another", f"In {folder} another")
        )
    result = tmp_path / "clusters.csv"
    done = reviewkit(
        "dedupe", "one/export.csv", "two/export.csv", "--out", result, "--json", cwd=tmp_path
    )
    counts = json.loads(done.stdout)
    assert (counts["records"], counts["remaining_by_source"]) == (
        6,
        {"one/export.csv": 2, "two/export.csv": 0},
    )
    rows = list(csv.DictReader(result.read_text().splitlines()))
    assert [row["record_id"] for row in rows[:2]] == ["one/export.csv:a1", "one/export.csv:a2"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("a.csv", "--out", "a.csv"), "cannot be both read and written"),
        (("a.csv", "a.csv", "--out", "c.csv"), "named twice"),
        (("a.csv", "--out", "c.csv", "--pairs", "c.csv"), "two results have the same path"),
        (("a.csv", "--out", "c.csv", "--dry-run"), "--dry-run goes with a review"),
        (("twice.csv", "--out", "c.csv"), "'1', 2 times; '2', 3 times"),
        (
            ("--format", "ris"),
            "--out, --pairs, --doubts, --format, --map and --encoding go with files",
        ),
    ],
)
def test_what_would_lose_something_is_refused_and_nothing_written(
    tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    (tmp_path / "a.csv").write_text(ROWS)
    (tmp_path / "twice.csv").write_text("record_id,title\n1,A\n1,B\n2,C\n2,D\n2,E\n3,F\n")
    done = reviewkit("dedupe", *arguments, cwd=tmp_path)
    assert (done.returncode, done.stderr.count("error:")) == (2, 1)
    assert message in done.stderr
    assert (tmp_path / "a.csv").read_text() == ROWS
    assert not (tmp_path / "c.csv").exists()


def test_a_table_of_no_known_layout_is_read_as_it_is_told(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text(
        "Titel;Jahr\nGut microbes in motor neurons;2020\nGut microbes;2021\n", "cp1252"
    )
    refused = reviewkit("dedupe", "own.csv", "--out", "c.csv", cwd=tmp_path)
    assert refused.returncode == 2
    assert "--map" in refused.stderr
    mapped = ("--map", "title=Titel,year=Jahr", "--encoding", "cp1252")
    done = reviewkit("dedupe", "own.csv", *mapped, "--out", "c.csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert len((tmp_path / "c.csv").read_text().splitlines()) == 3
