"""`record`, `reviewer`, `dedupe link|split`, and the question about a new name."""

import csv
import io
import json
from pathlib import Path

import pytest

from reviewkit.store import Store
from tests.conftest import PROJECT
from tests.helpers.own_review import OwnReview, own_review, ris
from tests.helpers.screening_review import NOW
from tests.helpers.warm import command

ANA = ("--reviewer", "ana")


@pytest.fixture
def review(tmp_path: Path) -> OwnReview:
    review = own_review(tmp_path)
    review.load(review.file("a.ris", ris(1, 2, 3)), more=["--date", "2026-04-10"])
    return review


def keys(review: OwnReview) -> list[str]:
    return [key for (key,) in review.query("SELECT record FROM records ORDER BY record")]


@pytest.mark.slow
def test_a_record_is_corrected_shown_exported_and_given_back(review: OwnReview) -> None:
    key = keys(review)[0]
    said = review.done("record", "edit", key, "--title", "The right one", "--why", "typo", *ANA)
    assert said.startswith("title: The right one (was: ")
    shown = review.done("record", "show", key)
    assert "corrected by ana on 2026-04-12 (typo); the source gives: " in shown
    assert "ana: title corrected to The right one (typo)" in shown
    document = json.loads(review.done("record", "show", key, "--json"))
    assert document["corrections"][0]["reviewer"] == "ana"

    rows = list(csv.DictReader(io.StringIO(review.done("export", "-f", "csv").lstrip("\ufeff"))))
    assert {row["corrected_fields"] for row in rows} == {"title", ""}
    review.done("record", "edit", key, "--restore", "title", *ANA)
    assert "The right one" not in review.done("export", "-f", "csv")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("record", "edit", "KEY"), "nothing is to be changed"),
        (("record", "edit", "KEY", "--title", ""), "the title is empty"),
        (("record", "edit", "KEY", "--year", "20x", "--doi", "x"), "is no year; --doi: 'x' is no"),
        (("record", "edit", "KEY", "--clear", "colour"), "is no field to correct"),
        (("record", "edit", "KEY", "--year", "2020", "--clear", "year"), "more than once"),
        (("record", "edit", "scopus:none", "--year", "2020"), "no record is called scopus:none"),
        (("record", "show", "scopus:none"), "no record is called scopus:none"),
        (("record", "add", "--source", "nowhere", "--title", "x"), "no source 'nowhere'"),
        (("record", "add", "--source", "scopus"), "a record needs a title"),
        (("dedupe", "link", "KEY", "KEY"), "not its own duplicate"),
        (("dedupe", "split", "KEY", "scopus:none"), "no record is called scopus:none"),
        (("reviewer", "rename", "eva", "eve"), "'eva' is no reviewer"),
    ],
)
def test_every_mistake_is_named_and_nothing_is_stored(
    review: OwnReview, arguments: tuple[str, ...], message: str
) -> None:
    key = keys(review)[0]
    name = () if {"show", "rename"} & set(arguments) else ANA
    done = review.run(*(key if part == "KEY" else part for part in arguments), *name)
    assert (done.returncode, message in done.stderr) == (2, True), done.stderr
    assert "next: " in done.stderr
    assert review.query("SELECT count(*) FROM corrections") == [(0,)]
    assert review.query("SELECT count(*) FROM pair_decisions") == [(0,)]


@pytest.mark.slow
def test_two_records_are_linked_and_split(review: OwnReview) -> None:
    one, two, _ = keys(review)
    assert "are duplicates" in review.done("dedupe", "link", one, two, *ANA)
    assert review.flow()["counts"]["duplicates"] == 1
    document = json.loads(review.done("dedupe", "split", one, two, *ANA, "--json"))
    assert document["joined"] is False
    assert review.flow()["counts"]["duplicates"] == 0
    assert "ana: no duplicate of" in review.done("record", "show", two)


@pytest.mark.slow
def test_a_record_added_by_hand_counts_in_the_flow(review: OwnReview) -> None:
    said = review.done("record", "add", "--source", "scopus", "--title", "Sent by an author", *ANA)
    assert "is added, in run 2; scopus is a database." in said
    assert review.flow()["counts"]["database_results"] == 4
    again = review.run("record", "add", "--source", "scopus", "--title", "Sent by an author", *ANA)
    assert (again.returncode, "has this record already" in again.stderr) == (2, True)


@pytest.mark.slow
def test_a_second_name_is_refused_where_nobody_can_be_asked(review: OwnReview) -> None:
    key = keys(review)[0]
    edit = ("record", "edit", key, "--year")
    review.done(*edit, "1991", *ANA)
    done = review.run(*edit, "2002", "--reviewer", "ben")
    assert done.returncode == 2
    assert "ben is new in this review. Known: ana" in done.stderr
    assert "--yes" in done.stderr
    review.done(*edit, "2002", "--reviewer", "ben", "--yes")
    review.done(*edit, "2003", "--reviewer", "ben")
    known = review.run(*edit, "2004", "--reviewer", "BEN")
    assert "BEN is known here as ben." in known.stderr
    assert [name for (name,) in review.query("SELECT DISTINCT reviewer FROM corrections")] == [
        "ana",
        "ben",
    ]


@pytest.mark.slow
@pytest.mark.parametrize(("answer", "exit_code"), [("y", 0), ("n", 2), ("", 2)])
def test_a_person_at_a_terminal_is_asked(review: OwnReview, answer: str, exit_code: int) -> None:
    key = keys(review)[0]
    review.done("record", "edit", key, "--year", "1991", *ANA)
    asked = command(
        "record", "edit", key, "--year", "2002", "-r", "ben", "-p", str(review.protocol)
    )
    with asked as lines:
        assert "ben is new in this review. Known: ana. Go on?" in lines.read(until="[y/N] ")
        lines.send(f"{answer}\n")
        lines.read()
        lines.process.join()
    assert lines.process.exitcode == exit_code


@pytest.mark.slow
def test_reviewers_are_listed_renamed_and_named_by_doctor(review: OwnReview) -> None:
    key = keys(review)[0]
    review.done("record", "edit", key, "--year", "1991", "--reviewer", "an")
    assert review.done("reviewer", "rename", "an", "ana") == "an is called ana from now on.\n"
    assert "ana, 0 decisions, formerly an" in review.done("reviewer", "list")
    with Store(review.database, now=NOW) as store, store.transaction():
        store.write(
            "INSERT INTO reviewers (reviewer, added_at) VALUES (?, '2026')", [("Ána",), ("ana",)]
        )
    said = review.done("doctor")
    assert "ana and Ána differ only in case, accents or blanks" in said
    assert "reviewkit reviewer merge ana 'Ána'" in said
    review.done("reviewer", "merge", "Ána", "ana")
    assert "differ only" not in review.done("doctor")


def test_every_command_that_takes_a_reviewer_asks_about_a_new_one() -> None:
    for module in sorted((PROJECT / "reviewkit" / "cli").glob("*.py")):
        text = module.read_text(encoding="utf-8")
        # The database that `rename` opens is not yet of the protocol's review.
        if "ReviewerOption = None" in text and module.name != "rename.py":
            assert "known_reviewer(" in text or "author(project" in text, module.name
            assert "reviewer_or_login" not in text, module.name
