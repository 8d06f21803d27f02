"""A search in several parts is one search in every output; a day to come is a mistake."""

import json
from pathlib import Path

import pytest

from tests.cli.test_main import told_once
from tests.helpers.own_review import OwnReview, case, own_review, ris


@pytest.fixture
def review(tmp_path: Path) -> OwnReview:
    return own_review(tmp_path)


@pytest.fixture
def in_parts(review: OwnReview) -> OwnReview:
    """The case of two commands, one source, one day."""
    for name in ("own/part1.ris", "own/part2.ris"):
        review.load(case(name), more=["--date", "2026-04-10"])
    return review


@pytest.mark.slow
def test_two_files_of_one_day_are_one_search_in_every_output(in_parts: OwnReview) -> None:
    review = in_parts
    assert review.flow()["counts"]["database_results"] == 9
    report = json.loads(review.done("report", "--format", "json"))
    (scopus,) = [row for row in report["sources"] if row["source"] == "scopus"]
    assert (scopus["count"], scopus["run"]["received"]) == (9, 9)
    runs = review.json("log")["runs"]
    assert [(run["run"], run["search"], run["datasets"]) for run in runs] == [
        (1, 1, [1, 2]),
        (2, 1, [1, 2]),
    ]
    assert {run["search_count"] for run in runs} == {9}
    log = review.done("log").splitlines()
    assert "9 records in 2 datasets" in log[0]
    assert log[1:] == ["      run 1: 5 records  part1.ris", "      run 2: 4 records  part2.ris"]


@pytest.mark.slow
def test_nothing_is_gone_between_two_parts(in_parts: OwnReview) -> None:
    (source,) = in_parts.json("diff", "1", "2")["sources"]
    assert source["changes"] == []
    assert in_parts.query("SELECT count(*) FROM gone_records") == [(0,)]


def test_a_part_says_which_search_it_continues(review: OwnReview) -> None:
    review.load(case("own/part1.ris"), more=["--date", "2026-04-10"])
    said = review.done(
        "import", case("own/part2.ris"), "--source", "scopus", "--date", "2026-04-10"
    )
    assert "  continues the search of 2026-04-10 (1 file so far)\n" in said


@pytest.mark.slow
@pytest.mark.parametrize("day", [None, "2026-04-12"])
def test_without_a_day_it_is_the_day_of_the_import(review: OwnReview, day: str | None) -> None:
    review.load(review.file("a.ris", ris(1)))
    part = review.load(review.file("b.ris", ris(2)), more=["--date", day] if day else [])
    assert part["continues"] == "2026-04-12"


@pytest.mark.slow
@pytest.mark.parametrize(
    "more",
    [
        ("--date", "2026-04-11"),
        ("--date", "2026-04-10", "--new-search"),
        ("--date", "2026-04-10", "--query", "another query"),
    ],
)
def test_another_day_or_query_is_another_search(review: OwnReview, more: tuple[str, ...]) -> None:
    first = ["--date", "2026-04-10", "--query", "a query"]
    review.load(review.file("a.ris", ris(1, 2)), more=first)
    part = review.load(review.file("b.ris", ris(2, 3)), more=more)
    assert part["continues"] is None
    kinds = [change["kind"] for change in review.json("diff", "1", "2")["sources"][0]["changes"]]
    assert sorted(kinds) == ["gone", "new"]


@pytest.mark.slow
def test_a_part_of_an_earlier_search_is_told(review: OwnReview) -> None:
    review.load(review.file("a.ris", ris(1, 2)), more=["--date", "2026-03-01"])
    review.load(review.file("b.ris", ris(1, 2, 3)), more=["--date", "2026-04-01"])
    part = review.load(review.file("c.ris", ris(3)), more=["--part-of", "2026-03-01"])
    assert (part["continues"], part["search"]) == ("2026-03-01", 1)
    assert review.json("diff", "1", "2")["sources"][0]["changes"] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--part-of", "2026-02-01"), "no search of scopus on 2026-02-01"),
        (("--part-of", "2026-03-01"), "2 searches of scopus on 2026-03-01"),
        (("--part-of", "2026-03-01", "--new-search"), "not both"),
        (("--part-of", "2026-03-01", "--date", "2026-03-02"), "has its date"),
        (("--date", "2026-04-13"), "is after today, 2026-04-12"),
    ],
)
def test_a_day_that_cannot_be_is_one_clear_error(
    review: OwnReview, more: tuple[str, ...], message: str
) -> None:
    review.load(review.file("a.ris", ris(1)), more=["--date", "2026-03-01"])
    review.load(review.file("b.ris", ris(2)), more=["--date", "2026-03-01", "--new-search"])
    before = review.query("SELECT count(*) FROM runs")
    file = review.file("c.ris", ris(3))
    told_once(review.run("import", file, "--source", "scopus", *more), 2, message)
    assert review.query("SELECT count(*) FROM runs") == before


@pytest.mark.slow
def test_a_record_in_two_parts_counts_once(review: OwnReview) -> None:
    review.load(review.file("a.ris", ris(1, 2, 3)))
    part = review.load(review.file("b.ris", ris(3, 4)))
    assert (part["new"], part["already_there"]) == (1, 1)
    report = json.loads(review.done("report", "--format", "json"))
    assert report["sources"][0]["count"] == 4
    assert review.flow()["counts"]["database_results"] == 4


@pytest.mark.slow
def test_a_record_added_by_hand_counts_and_is_no_search(review: OwnReview) -> None:
    review.load(review.file("a.ris", ris(1, 2)), more=["--date", "2026-04-10"])
    typed = ("--title", "A thing by hand", "--year", "2020", "--reviewer", "ana", "--why", "seen")
    review.done("record", "add", "--source", "scopus", *typed)
    assert review.flow()["counts"]["database_results"] == 3
    report = json.loads(review.done("report", "--format", "json"))
    assert (report["sources"][0]["count"], report["sources"][0]["run"]["count"]) == (3, 2)
    assert "1 record, added by hand" in review.done("log")
    review.load(review.file("b.ris", ris(1, 2, 3)), more=["--date", "2026-04-11"])
    kinds = [
        change["kind"]
        for change in review.json("diff", "previous", "last")["sources"][0]["changes"]
    ]
    assert kinds == ["new"]
    assert review.query("SELECT count(*) FROM gone_records") == [(0,)]


@pytest.mark.slow
def test_two_searches_of_a_source_count_together(review: OwnReview) -> None:
    review.load(review.file("a.ris", ris(1, 2, 3)), more=["--date", "2026-03-01"])
    review.load(review.file("b.ris", ris(3, 4)), more=["--date", "2026-04-01"])
    assert review.flow()["counts"]["database_results"] == 4
    report = json.loads(review.done("report", "--format", "json"))
    assert report["sources"][0]["count"] == 4
    assert "Searched before on 2026-03-01: 3 records." in review.done("report")
    # Without it the appendix would name 2 records of 4.
    assert "Searched before on 2026-03-01: 3 records." in review.done("appendix")

    review.load(review.file("c.ris", ris(5)), more=["--date", "2026-02-01"])
    report = review.done("report")
    assert "Also searched on 2026-03-01: 3 records." in report
    assert "Also searched on 2026-04-01: 2 records." in report
    assert "Searched before" not in report


@pytest.mark.slow
@pytest.mark.parametrize("day", ["2026-03-01", "2026-04-12"])
def test_a_day_that_is_stated_later_takes_the_place_of_none(review: OwnReview, day: str) -> None:
    """The day of an import is no day of a search: nothing says that it was searched on it."""
    file = review.file("a.ris", ris(1, 2))
    assert review.load(file)["run"] == 1
    assert review.load(file)["imported_before"]
    again = review.load(file, more=["--date", day])
    assert (again["run"], again["replaced_runs"], again["continues"]) == (2, [1], None)
    assert review.flow()["counts"]["database_results"] == 2
    report = review.done("report")
    assert f"- Searched: {day}\n" in report
    assert "Searched before" not in report
    assert "not told" not in report
    assert "its day was not stated; imported again with the day, as run 2" in review.done("log")
    assert f"Searched through {day}; never searched: Embase.\n" in review.done("status")
    assert "Nothing is wrong." in review.done("doctor")

    assert review.load(file)["imported_before"]
    assert review.load(file, more=["--date", day])["imported_before"]
    other = review.load(file, more=["--date", "2026-01-01"])
    assert (other["run"], other["replaced_runs"]) == (3, [])


@pytest.mark.slow
def test_a_file_that_is_read_otherwise_replaces_no_reading(review: OwnReview) -> None:
    file = review.file("a.ris", ris(1, 2))
    review.load(file)
    again = review.load(file, more=["--date", "2026-03-01", "--encoding", "cp1252"])
    assert again["replaced_runs"] == []
