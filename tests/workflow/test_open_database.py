"""A database belongs to one review, and reading it changes nothing."""

import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.helpers.own_review import OwnReview, own_review, protocol_text, ris
from tests.helpers.stores import take_newest_step_back

READING = (
    ("status",),
    ("log",),
    ("decisions", "export"),
    ("export", "--format", "ris"),
    ("agreement",),
    ("stopping",),
    ("stopping", "--sample", "2"),
    ("resolve", "--check"),
    ("prisma", "--format", "json"),
    ("update", "--dry-run", "--offline"),
    ("report", "--format", "md"),
    ("checklist",),
    ("appendix",),
    ("doctor",),
    ("dedupe", "list"),
    ("dedupe", "explain", "{one}", "{two}"),
    ("record", "show", "{one}"),
    ("reviewer", "list"),
    ("source", "list"),
    ("study", "list"),
    ("amend", "--list"),
    ("check",),
    ("diff", "1", "3"),
    ("decide", "--where", "cycling", "--include", "-r", "ana", "--dry-run"),
    ("dedupe", "--dry-run"),
    ("amend", "a reason", "--requeue", "all-excluded", "-r", "ana", "--dry-run"),
)


@pytest.fixture
def review(tmp_path: Path) -> OwnReview:
    made = own_review(tmp_path)
    for number, source in enumerate(("scopus", "embase")):
        made.load(made.file(f"{source}.ris", ris(*range(1 + number, 6 + number))), source=source)
    made.load(made.file("later.ris", ris(7, 8)), more=("--new-search",))
    made.done("dedupe")
    made.done("decide", "--where", "diet", "--include", "-r", "ana", "--yes")
    made.done("decide", "--where", "singing", "--exclude", "1", "-r", "ana", "--yes")
    return made


def records(review: OwnReview) -> list[str]:
    return [key for (key,) in review.query("SELECT record FROM records ORDER BY record") if key]


def files_in(folder: Path) -> dict[str, tuple[str, int]]:
    """Every file's hash and time of change, by name."""
    return {
        str(path.relative_to(folder)): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.stat().st_mtime_ns,
        )
        for path in folder.rglob("*")
        if path.is_file()
    }


def run_all(review: OwnReview) -> dict[tuple[str, ...], tuple[int, str, str]]:
    """What each reading command says: exit code, data and talk."""
    one, two, *_ = records(review)
    printed: dict[tuple[str, ...], tuple[int, str, str]] = {}
    for command in READING:
        arguments = [part.format(one=one, two=two) for part in command]
        done = review.run(*arguments)
        printed[command] = (done.returncode, done.stdout, done.stderr)
    return printed


@pytest.mark.slow
def test_commands_that_only_tell_change_no_file(review: OwnReview) -> None:
    before = files_in(review.folder)
    printed = run_all(review)
    assert files_in(review.folder) == before
    failed = {command: text for command, text in printed.items() if text[0] not in {0, 3}}
    assert {command[0] for command in failed} <= {"update"}


@pytest.mark.slow
def test_an_older_database_is_read_and_stays_as_it_is(review: OwnReview) -> None:
    fresh = run_all(review)
    take_newest_step_back(review.database)
    before = files_in(review.folder)
    printed = run_all(review)
    assert files_in(review.folder) == before
    # `doctor` alone says that the schema is an older one.
    assert "the database is of an older reviewkit" in printed.pop(("doctor",))[1]
    assert fresh.pop(("doctor",))[0] == 0
    # The chain of events begins with the newest version.
    exports = [each.pop(("decisions", "export"))[1].splitlines() for each in (printed, fresh)]
    assert exports[0][1:] == exports[1][1:]
    assert printed == fresh


@pytest.mark.slow
def test_reading_works_beside_a_long_writer_and_sees_what_was_there(review: OwnReview) -> None:
    fresh = run_all(review)
    with closing(sqlite3.connect(review.database, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO duplicates SELECT max(record), min(record) FROM records")
        printed = run_all(review)
        writer.execute("ROLLBACK")
    assert printed == fresh


@pytest.mark.slow
def test_numbers_follow_the_protocol_that_is_given(review: OwnReview) -> None:
    flow, status = review.flow(), review.done("status")
    edited = review.folder / "edited.toml"
    edited.write_text(protocol_text(needed=(2, 2)), encoding="utf-8")
    database = ("--db", review.database)

    with_two = review.done("status", "-p", edited, *database)
    assert "2 reviewers each" in with_two
    assert "included 0, excluded 0" in with_two
    assert (review.flow(), review.done("status")) == (flow, status)

    # A writing command under the edited protocol is no different.
    review.done("reviewer", "list", "-p", edited, *database)
    review.done(
        *("decide", "--where", "cycling", "--include", "-r", "ana", "--yes", "-p", edited),
        *database,
    )
    assert "2 reviewers" not in review.done("status")
    screened = review.flow()["counts"]["records_screened"]
    assert screened == flow["counts"]["records_screened"] + 1


LIMIT = """[[criteria]]
id = "recent"
kind = "inclusion"
wording = "published since {year}"
check = {{ by = "date", from = {year} }}
"""


@pytest.mark.slow
def test_criteria_follow_the_protocol_that_is_given(review: OwnReview) -> None:
    flow = review.flow()
    edited = review.folder / "edited.toml"
    database = ("--db", review.database)
    removed = []
    for year in (2003, 2006):
        text = protocol_text().replace("[screening]", f"{LIMIT.format(year=year)}[screening]")
        edited.write_text(text, encoding="utf-8")
        before = files_in(review.folder)
        drawn = json.loads(review.done("prisma", "--format", "json", "-p", edited, *database))
        removed.append(drawn["counts"]["excluded_automatic"])
        assert files_in(review.folder) == before
    assert removed[0] < removed[1]
    assert review.flow() == flow

    # A writing command under the edited protocol leaves nothing behind either.
    review.done(
        *("decide", "--where", "light", "--include", "-r", "ana", "--yes", "-p", edited),
        *database,
    )
    screened = flow["counts"]["records_screened"]
    assert review.flow()["counts"]["records_screened"] == screened + 1


@pytest.mark.slow
def test_duplicates_that_were_linked_under_other_settings_are_named(review: OwnReview) -> None:
    assert "linked under other settings" not in review.done("status")
    edited = review.folder / "edited.toml"
    edited.write_text(protocol_text() + '[dedupe]\nprefer = ["embase"]\n', encoding="utf-8")
    for command in ("status", "doctor"):
        said = review.done(command, "-p", edited, "--db", review.database)
        assert "The duplicates were linked under other settings" in said
    footnote = "The duplicates were linked under other settings than this protocol states."
    for command in ("prisma", "report"):
        for format_name in ("json", "html"):
            drawn = (command, "--format", format_name)
            assert footnote not in review.done(*drawn)
            assert footnote in review.done(*drawn, "-p", edited, "--db", review.database)
    assert footnote in review.done("prisma", "-p", edited, "--db", review.database)
    review.done("dedupe", "-p", edited, "--db", review.database)
    assert "other settings" not in review.done("status", "-p", edited, "--db", review.database)


def other_protocol(review: OwnReview) -> Path:
    path = review.folder / "other.toml"
    text = protocol_text().replace('id = "own"', 'id = "theirs"')
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        ("status",),
        ("prisma",),
        ("report",),
        ("doctor",),
        ("check",),
        ("log",),
        ("dedupe",),
        ("decide", "--where", "sleep", "--include", "-r", "ana", "--yes"),
        ("import", "scopus.ris", "--source", "scopus"),
        ("search",),
        ("screen", "--plain", "-r", "ana"),
    ],
)
def test_the_database_of_another_review_is_refused(
    review: OwnReview, command: tuple[str, ...]
) -> None:
    other = other_protocol(review)
    before = files_in(review.folder / "reviews")
    done = review.run(*command, "-p", other, "--db", review.database)
    assert done.returncode == 2, done.stderr
    assert "'own'" in done.stderr
    assert "'theirs'" in done.stderr
    assert files_in(review.folder / "reviews") == before


@pytest.mark.slow
def test_the_same_id_with_changed_text_is_an_amendment(review: OwnReview) -> None:
    review.write_protocol(protocol_text().replace("on the topic", "on this topic"))
    review.done("status")
    review.done("decide", "--where", "sleep", "--include", "-r", "ana", "--yes")


@pytest.mark.slow
def test_a_review_is_renamed_on_purpose(review: OwnReview) -> None:
    flow = review.flow()
    text = protocol_text().replace('id = "own"', 'id = "gut"')
    review.write_protocol(text)
    assert review.run("rename", "nobody").returncode == 2
    assert review.run("rename", "gut").returncode == 2
    assert review.run("rename", "../own").returncode == 2
    renamed = review.json("rename", "own", "--why", "a better id", "-r", "ana")
    assert (renamed["old"], renamed["new"]) == ("own", "gut")
    assert (review.folder / "reviews" / "gut" / "review.db").exists()
    assert not (review.folder / "reviews" / "own").exists()
    assert not (review.folder / "cache" / "own").exists()
    assert review.flow() == flow

    review.write_protocol(protocol_text())
    refused = review.run("status", "--db", review.folder / "reviews" / "gut" / "review.db")
    assert refused.returncode == 2
    assert "'gut'" in refused.stderr


@pytest.mark.slow
def test_a_rename_that_was_interrupted_is_completed(review: OwnReview) -> None:
    review.write_protocol(protocol_text().replace('id = "own"', 'id = "gut"'))
    review.done("rename", "own", "--db", review.database, "-r", "ana")
    assert review.database.exists()
    review.done("rename", "own", "-r", "ana")
    assert not review.database.exists()
    assert len(review.json("log")) > 0


@pytest.mark.slow
def test_a_place_that_is_taken_is_not_overwritten(review: OwnReview) -> None:
    review.write_protocol(protocol_text().replace('id = "own"', 'id = "gut"'))
    (review.folder / "reviews" / "gut").mkdir()
    before = files_in(review.folder)
    refused = review.run("rename", "own", "-r", "ana")
    assert refused.returncode == 2
    assert "is there already" in refused.stderr
    assert files_in(review.folder) == before
