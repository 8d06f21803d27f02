"""Two reviewers answer one pair otherwise: the later answer counts, and says so; undo goes back."""

from pathlib import Path

import pytest

from tests.helpers.own_review import OwnReview, own_review, protocol_text, ris

LINK = ("dedupe", "link")
SPLIT = ("dedupe", "split")


@pytest.fixture
def review(tmp_path: Path) -> OwnReview:
    found = own_review(tmp_path, protocol_text(needed=(2, 1)))
    found.load(found.file("one.ris", ris(1)))
    found.load(found.file("two.ris", ris(1)), source="embase")
    found.done("dedupe")
    return found


def pair(review: OwnReview) -> tuple[str, str]:
    one, two = (key for (key,) in review.query("SELECT record FROM records ORDER BY rowid"))
    return one, two


def answered(review: OwnReview, *command: str, by: str) -> str:
    return review.done(*command, *pair(review), "--reviewer", by, "--yes")


def joined(review: OwnReview) -> bool:
    return review.query("SELECT count(*) FROM duplicates") == [(1,)]


def test_a_later_answer_counts_and_names_who_answered_otherwise(review: OwnReview) -> None:
    assert joined(review)
    assert "otherwise" not in answered(review, *SPLIT, by="ana")
    assert not joined(review)
    assert "ana had answered otherwise." in answered(review, *LINK, by="bob")
    assert joined(review)
    assert "otherwise" not in answered(review, *LINK, by="ana")
    assert "otherwise" not in answered(review, *SPLIT, by="ana")


@pytest.mark.slow
def test_undo_lets_the_other_persons_answer_count_again(review: OwnReview) -> None:
    answered(review, *SPLIT, by="ana")
    answered(review, *LINK, by="bob")
    said = answered(review, "dedupe", "undo", by="bob")
    assert "The answer of bob is taken back. That of ana counts again: two works." in said
    assert not joined(review)

    # A second step back takes what both said of two works, and the rule counts.
    said = answered(review, "dedupe", "undo", by="bob")
    assert said.strip() == "The answer of bob is taken back."
    assert joined(review)


def test_an_answer_that_was_taken_back_does_not_count_again(review: OwnReview) -> None:
    answered(review, *SPLIT, by="ana")
    answered(review, "dedupe", "undo", by="ana")
    answered(review, *LINK, by="bob")
    said = answered(review, "dedupe", "undo", by="bob")
    assert said.strip() == "The answer of bob is taken back."


def test_a_file_that_decides_on_a_copy_is_told_its_lead_record(review: OwnReview) -> None:
    ((copy, lead),) = review.query("SELECT record, lead FROM duplicates")
    rows = review.file("decided.csv", f"record,verdict\n{copy},include\n")
    done = review.run("screen", "--decisions", rows, "--reviewer", "ana", "--yes")
    assert done.returncode == 2
    assert f"is a duplicate: decide on its lead record, {lead} (found '{copy}')" in done.stderr
