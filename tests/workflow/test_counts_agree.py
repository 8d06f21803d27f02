"""What a person's mistake or its way back may do: every output goes on to say the same."""

from pathlib import Path

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
