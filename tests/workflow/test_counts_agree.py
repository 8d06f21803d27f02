"""What a person's mistake or its way back may do: every output goes on to say the same."""

from pathlib import Path

import pytest

from tests.helpers.own_review import OwnReview, own_review, protocol_text, ris


def decided(review: OwnReview, reviewer: str, verdict: str, *records: str) -> None:
    """The reviewer decides alike on the records."""
    rows = "\n".join(f"{record},{verdict}" for record in records)
    script = review.file("script.csv", f"record,verdict\n{rows}\n")
    review.done("screen", "--reviewer", reviewer, "--decisions", script, "--yes")


def keys(review: OwnReview) -> dict[str, str]:
    """The key of each record by its source and DOI."""
    rows = review.query("SELECT source || ' ' || doi, record FROM records")
    return dict(rows)


@pytest.mark.slow
def test_a_conflict_on_what_was_taken_out_waits_for_nobody(tmp_path: Path) -> None:
    review = own_review(tmp_path, protocol_text(needed=(2, 1)))
    review.load(review.file("one.ris", ris(1)))
    [(one,)] = review.query("SELECT record FROM records")
    review.load(review.file("two.ris", ris(2)), more=("--new-search",))
    decided(review, "ana", "include", one)
    decided(review, "rui", "maybe", one)
    assert review.json("status")["stages"][0]["conflicts"] == 1

    review.done("undo", "import", "1", "--with-decisions", "--reviewer", "ana")

    stage = review.json("status")["stages"][0]
    assert (stage["records"], stage["undecided"], stage["conflicts"]) == (1, 1, 0)
    assert {(each["done"], each["left"]) for each in stage["reviewers"]} == {(0, 1)}
    assert review.run("resolve", "--check").returncode == 0
    assert " 0 conflicts still open" in review.done("report", "--format", "md")

    review.done("undo", "back", "1", "--reviewer", "ana")
    stage = review.json("status")["stages"][0]
    assert (stage["conflicts"], {each["done"] for each in stage["reviewers"]}) == (1, {1})
    assert review.run("resolve", "--check").returncode == 3


@pytest.mark.slow
def test_decisions_on_two_copies_of_a_work_are_one_in_status(tmp_path: Path) -> None:
    review = own_review(tmp_path, protocol_text(needed=(2, 1)))
    review.load(review.file("one.ris", ris(1)))
    review.load(review.file("same.ris", ris(1)), source="embase")
    decided(
        review, "ana", "include", *(key for (key,) in review.query("SELECT record FROM records"))
    )
    review.done("dedupe")

    stage = review.json("status")["stages"][0]
    assert (stage["records"], stage["undecided"]) == (1, 1)
    assert [(each["done"], each["left"]) for each in stage["reviewers"]] == [(1, 0)]


def copies_of_one_work(folder: Path) -> tuple[OwnReview, str, str]:
    """Two copies that nothing links yet; ana and rui include both at title and abstract."""
    review = own_review(folder, protocol_text(needed=(2, 1)))
    review.load(review.file("one.ris", ris(1)))
    review.load(review.file("same.ris", ris(1)), source="embase")
    [(one,), (other,)] = review.query("SELECT record FROM records ORDER BY record DESC")
    return review, one, other


def link(review: OwnReview) -> tuple[str, str]:
    """The copy and its lead."""
    review.done("dedupe")
    [(copy, lead)] = review.query("SELECT record, lead FROM duplicates")
    return copy, lead


@pytest.mark.slow
def test_what_was_said_of_a_copy_s_report_is_said_of_the_work(tmp_path: Path) -> None:
    probe, *_ = copies_of_one_work(tmp_path)
    copy, _ = link(probe)
    (tmp_path / "again").mkdir()
    review, one, other = copies_of_one_work(tmp_path / "again")
    for name in ("ana", "rui"):
        decided(review, name, "include", one, other)
    script = review.file("lost.csv", f"record,verdict,text\n{copy},not_retrieved,asked\n")
    review.done("screen", "--reviewer", "ana", "--stage", "full_text", "--decisions", script)

    link(review)

    stage = review.json("status")["stages"][1]
    assert (stage["records"], stage["undecided"], stage["not_retrieved"]) == (1, 0, 1)
    assert review.flow()["counts"]["dbr_notretrieved_reports"] == 1


@pytest.mark.slow
def test_a_settlement_of_a_copy_is_one_of_the_work(tmp_path: Path) -> None:
    probe, *_ = copies_of_one_work(tmp_path)
    copy, lead = link(probe)
    (tmp_path / "again").mkdir()
    review, *_ = copies_of_one_work(tmp_path / "again")
    decided(review, "ana", "include", copy)
    decided(review, "rui", "maybe", copy)
    settled = review.run("resolve", "--reviewer", "rui", "--plain", stdin="i both\nq\n")
    assert settled.returncode == 0
    for name in ("ana", "rui"):
        decided(review, name, "include", lead)

    link(review)

    stage = review.json("status")["stages"][0]
    assert (stage["included"], stage["conflicts"]) == (1, 0)


@pytest.mark.slow
def test_records_sent_back_are_sent_back_with_what_was_said_of_copies(tmp_path: Path) -> None:
    review, one, other = copies_of_one_work(tmp_path)
    script = review.file("out.csv", f"record,verdict,reason\n{one},exclude,1\n")
    review.done("screen", "--reviewer", "ana", "--decisions", script)
    script = review.file("out.csv", f"record,verdict,reason\n{other},exclude,1\n")
    review.done("screen", "--reviewer", "rui", "--decisions", script, "--yes")
    link(review)
    assert review.json("status")["stages"][0]["excluded"] == 1

    review.json("amend", "again", "--requeue", "all-excluded", "--yes", "--reviewer", "ana")

    stage = review.json("status")["stages"][0]
    assert (stage["excluded"], stage["undecided"]) == (0, 1)
    assert stage["reviewers"] == []


@pytest.mark.slow
def test_hints_name_what_the_command_can_do(tmp_path: Path) -> None:
    review = own_review(tmp_path)
    day = ("--date", "2026-04-10")
    review.load(review.file("one.ris", ris(1)), more=day)
    review.load(review.file("two.ris", ris(2)), more=(*day, "--new-search"))

    third = review.file("three.ris", ris(3))
    part = ("import", third, "--source", "scopus", "--part-of", "2026-04-10")
    assert "--date 2026-04-10 in its place continues the last one" in review.run(*part).stderr
    review.load(third, more=day)
    assert [run["search"] for run in review.json("log")["runs"]] == [1, 2, 2]

    none = review.run("decide", "--where", "unheard", "--include", "--reviewer", "ana", "--yes")
    assert none.returncode == 2
    assert "try other words" in none.stderr
    assert "filter before" not in none.stderr
