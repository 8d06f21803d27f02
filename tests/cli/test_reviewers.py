"""Who gives no name works under the login name: it is said or asked, and not only stored."""

from pathlib import Path

import pytest

from tests.helpers.command import reviewkit
from tests.helpers.own_review import DATE, OwnReview, own_review, ris
from tests.helpers.warm import command

SCREEN = ("screen", "--plain", "--order", "id")
SAID = "Your name in this review is jdoe42, the login name. Another one: --reviewer NAME"


@pytest.fixture
def review(tmp_path: Path) -> OwnReview:
    review = own_review(tmp_path)
    review.load(review.file("a.ris", ris(1, 2, 3)), more=["--date", "2026-04-10"])
    return review


def said_by(review: OwnReview, *arguments: str, stdin: str = "") -> str:
    settings = {"LOGNAME": "jdoe42", "SOURCE_DATE_EPOCH": DATE}
    done = reviewkit(*arguments, cwd=review.folder, settings=settings, stdin=stdin)
    assert done.returncode == 0, done.stderr
    return done.stderr


def names(review: OwnReview) -> set[str]:
    return {name for (name,) in review.query("SELECT DISTINCT reviewer FROM decisions")}


@pytest.mark.slow
def test_in_a_pipe_the_login_name_is_said_until_somebody_decided_in_it(review: OwnReview) -> None:
    said_by(review, "undo", "import", "1")
    said_by(review, "undo", "back", "1")
    first = said_by(review, *SCREEN, stdin="i\nq\n")
    assert first.startswith(f"{SAID}; later: reviewkit reviewer rename jdoe42 NAME.\n")
    assert names(review) == {"jdoe42"}
    assert "Your name" not in said_by(review, *SCREEN, stdin="q\n")


@pytest.mark.slow
def test_the_name_that_was_given_is_not_said_again(review: OwnReview) -> None:
    assert "Your name" not in said_by(review, *SCREEN, "--reviewer", "ana", stdin="q\n")
    assert SAID in said_by(review, "undo", "import", "1", "--yes")
    assert "Your name" not in said_by(review, "undo", "back", "1")


@pytest.mark.slow
@pytest.mark.parametrize(("typed", "name"), [("", "jdoe42"), ("ana", "ana")])
def test_at_a_terminal_the_name_is_asked(review: OwnReview, typed: str, name: str) -> None:
    asked = command(*SCREEN, "-p", str(review.protocol), LOGNAME="jdoe42", SOURCE_DATE_EPOCH=DATE)
    with asked as lines:
        question = "Your name in this review? Enter takes jdoe42, your login name: "
        assert lines.read(until=question).endswith(question)
        lines.send(f"{typed}\n")
        lines.send("i\nq\n")
        printed = lines.read()
        lines.process.join()
    assert f"reviewer {name}." in printed
    assert lines.process.exitcode == 0
    assert names(review) == {name}


def test_without_a_database_nobody_is_asked(tmp_path: Path) -> None:
    review = own_review(tmp_path)
    done = review.run(*SCREEN)
    assert (done.returncode, "Your name" in done.stderr) == (2, False)


@pytest.mark.slow
def test_who_only_took_a_search_out_is_nobody_to_be_mistaken_for(review: OwnReview) -> None:
    """The first who decides is not asked about, even where a search was taken out before."""
    said_by(review, "undo", "import", "1")
    said_by(review, "undo", "back", "1")
    assert said_by(review, *SCREEN, "--reviewer", "ana", stdin="i\nq\n").count("Known") == 0
    refused = review.run(*SCREEN, "--reviewer", "ben")
    assert "ben is new in this review. Known: ana" in refused.stderr
