"""`reviewkit undo` and `reviewkit source`: a dataset out of the flow and back, a source out or renamed."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_main import told_once
from tests.helpers.command import reviewkit, rows_of
from tests.helpers.own_review import OwnReview, case, own_review, protocol_text, ris

ANA = ("--reviewer", "ana")


@pytest.fixture
def review(tmp_path: Path) -> OwnReview:
    review = own_review(tmp_path)
    review.load(review.file("a.ris", ris(1, 2, 3)), more=["--date", "2026-04-10"])
    review.load(review.file("b.ris", ris(4, 5)), more=["--date", "2026-04-10"])
    review.load(review.file("c.ris", ris(2, 6, 7)), source="embase")
    return review


def counts(review: OwnReview) -> dict[str, Any]:
    found: dict[str, Any] = review.flow()["counts"]
    return found


def decide(review: OwnReview, record: str, verdict: str = "exclude") -> None:
    """One decision, as a script makes it."""
    line = {"record": record, "verdict": verdict}
    if verdict == "exclude":
        line["reason"] = "not on the topic"
    done = review.run("screen", "--decisions", "-", *ANA, stdin=json.dumps(line) + "\n")
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_a_dataset_goes_out_and_comes_back(review: OwnReview) -> None:
    review.done("dedupe")
    before = counts(review)
    assert (before["database_results"], before["duplicates"]) == (8, 1)
    said = review.done("undo", "import", "1", "--why", "the wrong file", *ANA)
    assert "run 1 (scopus on 2026-04-10, 3 records, a.ris): out of the flow" in said
    assert "8 before, 5 now" in said
    assert "reviewkit undo back 1" in said
    assert "5 records in 2 datasets" not in review.done("log")
    assert "2 records in 1 dataset" in review.done("log")
    after = counts(review)
    assert (after["database_results"], after["duplicates"]) == (5, 0)
    assert "taken out by ana on 2026-04-12: the wrong file" in review.done("log")

    review.done("undo", "back", "1", *ANA)
    assert counts(review) == before
    withdrawals = "SELECT withdrawn, reviewer, why FROM withdrawals ORDER BY step"
    assert review.query(withdrawals) == [(1, "ana", "the wrong file"), (0, "ana", None)]


@pytest.mark.slow
def test_a_whole_search_goes_out_with_all_its_datasets(review: OwnReview) -> None:
    document = review.json("undo", "search", "2", *ANA)
    assert (document["runs"], document["records_before"], document["records_after"]) == (
        [1, 2],
        8,
        3,
    )
    assert review.json("undo", "back", "2", "--search", *ANA)["runs"] == [1, 2]
    assert counts(review)["database_results"] == 8


@pytest.mark.slow
def test_it_leaves_the_flow_as_if_it_had_not_come(tmp_path: Path, review: OwnReview) -> None:
    other_folder = tmp_path / "other"
    other_folder.mkdir()
    other = own_review(other_folder)
    other.load(other.file("a.ris", ris(1, 2, 3)), more=["--date", "2026-04-10"])
    other.load(other.file("c.ris", ris(2, 6, 7)), source="embase")
    for one in (other, review):
        one.done("dedupe")
    review.done("undo", "import", "2", *ANA)
    assert counts(review) == counts(other)
    reports = [json.loads(one.done("report", "--format", "json")) for one in (other, review)]
    assert reports[0]["sources"][0]["count"] == reports[1]["sources"][0]["count"] == 3


@pytest.mark.slow
def test_fields_that_it_filled_go_back_and_come_again(tmp_path: Path) -> None:
    review = own_review(tmp_path)
    bare = "\n".join(line for line in ris(1, 2).splitlines() if not line.startswith("AB"))
    review.load(review.file("bare.ris", bare))
    rows = rows_of(review.database)["records"]
    review.load(review.file("full.ris", ris(1, 2)))
    full = rows_of(review.database)["records"]
    said = review.done("undo", "import", "2", *ANA)
    assert "2 records got fields back" in said
    assert rows_of(review.database)["records"] == rows
    review.done("undo", "back", "2", *ANA)
    assert rows_of(review.database)["records"] == full


@pytest.mark.slow
def test_decisions_on_its_records_are_named_first(review: OwnReview) -> None:
    record = review.query("SELECT record FROM run_records WHERE run = 2 LIMIT 1")[0][0]
    decide(review, record)
    before = rows_of(review.database)
    told_once(
        review.run("undo", "import", "2", *ANA),
        3,
        "decisions on 1 record by ana",
        "--with-decisions",
    )
    assert rows_of(review.database) == before

    said = review.done("undo", "import", "2", "--with-decisions", *ANA)
    assert "Kept, and not counted until it is brought back: decisions on 1 record by ana" in said
    assert counts(review)["records_excluded"] == 0
    review.done("undo", "back", "2", *ANA)
    assert counts(review)["records_excluded"] == 1


@pytest.mark.slow
def test_a_record_that_another_dataset_brings_stays(review: OwnReview) -> None:
    review.load(review.file("again.ris", ris(1, 2)), more=["--date", "2026-04-11"])
    record = review.query("SELECT record FROM run_records WHERE run = 1 AND position = 0")[0][0]
    decide(review, record)
    document = review.json("undo", "import", "1", *ANA)
    assert (document["records_before"], document["records_after"]) == (8, 7)
    assert counts(review)["records_excluded"] == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("undo", "import", "9"), "there is no run 9"),
        (("undo", "back", "1"), "run 1 is in the flow"),
        (("source", "remove", "cinahl"), "no records of 'cinahl' are in the flow"),
        (("source", "rename", "scopus", "cinahl"), "no source 'cinahl' in this protocol"),
        (("source", "rename", "cinahl", "embase"), "no records of 'cinahl' are in the flow"),
        (("source", "rename", "scopus", "embase"), "the protocol still names 'scopus'"),
        (("undo", "import", "1", "--reviewer", ""), "a reviewer needs a name"),
    ],
)
def test_wrong_use_is_one_clear_error(
    review: OwnReview, arguments: tuple[str, ...], message: str
) -> None:
    told_once(review.run(*arguments), 2, message)


@pytest.mark.slow
def test_twice_is_refused_with_the_way_back(review: OwnReview) -> None:
    review.done("undo", "import", "1", *ANA)
    told_once(review.run("undo", "import", "1", *ANA), 2, "out of the flow already", "undo back 1")


@pytest.mark.slow
def test_everything_can_go_and_come_back(review: OwnReview) -> None:
    for run in ("1", "2", "3"):
        review.done("undo", "import", run, *ANA)
    assert "taken out by ana" in review.done("log")
    assert "0 records in the flow" in review.done("source", "list")
    for run in ("1", "2", "3"):
        review.done("undo", "back", run, *ANA)
    assert counts(review)["database_results"] == 8


@pytest.mark.slow
def test_a_file_that_was_taken_out_can_be_imported_again(review: OwnReview) -> None:
    review.done("undo", "import", "1", *ANA)
    again = (review.folder / "a.ris", "--source", "scopus", "--date", "2026-04-10")
    told_once(review.run("import", *again), 2, "stored already, as run 1", "undo back 1")
    later = replace(review, clock="1776000060")
    part = later.load(review.folder / "a.ris", more=["--date", "2026-04-10"])
    assert (part["imported_before"], part["already_there"]) == (False, 3)
    assert part["continues"] == "2026-04-10"
    assert counts(review)["database_results"] == 8


# Sources.


@pytest.fixture
def without_embase(review: OwnReview) -> OwnReview:
    """The protocol lost a source whose records are in the flow."""
    review.done("dedupe")
    review.write_protocol(protocol_text(["scopus", "cinahl"]))
    return review


NAMED = "'embase' has 3 records in the flow, and the protocol does not name it"


@pytest.mark.slow
@pytest.mark.parametrize("command", ["check", "status", "doctor"])
def test_a_source_that_the_protocol_lost_is_named(without_embase: OwnReview, command: str) -> None:
    said = without_embase.done(command)
    assert NAMED in said
    assert "reviewkit source rename embase NEW" in said
    assert "reviewkit source remove embase" in said


@pytest.mark.slow
@pytest.mark.parametrize("command", ["prisma", "report"])
def test_its_flow_is_not_drawn_unasked(without_embase: OwnReview, command: str) -> None:
    told_once(without_embase.run(command), 3, NAMED, "source remove embase")
    drawn = without_embase.done(command, "--force", "--format", "json")
    counts = json.loads(drawn)
    if command == "prisma":
        assert counts["counts"]["database_results"] == 8
        assert any(NAMED in note for note in counts["footnotes"])


@pytest.mark.slow
def test_a_version_is_not_frozen_with_it(without_embase: OwnReview) -> None:
    told_once(without_embase.run("release", "v1"), 3, NAMED)


@pytest.mark.slow
def test_a_source_is_removed(without_embase: OwnReview) -> None:
    without_embase.done("source", "remove", "embase", "--why", "no access", *ANA)
    found = counts(without_embase)
    assert (found["database_results"], found["duplicates"]) == (5, 0)
    assert "does not name" not in without_embase.done("status")


@pytest.mark.slow
def test_a_source_gets_another_id_and_its_records_keep_their_keys(
    without_embase: OwnReview,
) -> None:
    keys = without_embase.query("SELECT record FROM flow_records ORDER BY record")
    said = without_embase.done("source", "rename", "embase", "cinahl", *ANA)
    assert "Its 3 records in the flow keep their keys." in said
    assert without_embase.query("SELECT record FROM flow_records ORDER BY record") == keys
    found = counts(without_embase)
    assert (found["database_results"], found["duplicates"]) == (8, 1)
    rows = {
        row["source"]: row["in_flow"] for row in without_embase.json("source", "list")["sources"]
    }
    assert rows == {"scopus": 5, "cinahl": 3}

    part = without_embase.load(without_embase.file("d.ris", ris(2, 6, 8)), source="cinahl")
    assert (part["new"], part["already_there"]) == (1, 2)
    assert part["continues"] == "2026-04-12"
    without_embase.write_protocol(protocol_text(["scopus", "cinahl", "embase"]))
    again = without_embase.run("import", without_embase.folder / "d.ris", "--source", "embase")
    told_once(again, 2, "the source 'embase' was renamed: it is called 'cinahl' now")
    without_embase.write_protocol(protocol_text(["scopus", "medline"]))
    without_embase.done("source", "rename", "cinahl", "medline", *ANA)
    assert counts(without_embase)["database_results"] == 9


@pytest.mark.slow
def test_the_case_of_a_source_that_was_taken_out(tmp_path: Path) -> None:
    """169 identified, 18 duplicates, 162 screened: the case, with fewer records."""
    lost = case("own/source_removed.toml").read_text(encoding="utf-8")
    whole = lost.replace(
        "[[descriptors]]",
        '[[sources]]\nid = "embase"\nname = "Embase"\nrole = "database"\n\n[[descriptors]]',
        1,
    )
    review = OwnReview(folder=tmp_path, name="cbt_anxiety")
    review.write_protocol(whole)
    review.load(review.file("a.ris", ris(1, 2, 3, 4)), source="scopus")
    review.load(review.file("b.ris", ris(4, 5, 6)), source="embase")
    review.done("dedupe")
    review.write_protocol(lost)
    for command in ("check", "status", "doctor"):
        assert "'embase' has 3 records in the flow" in review.done(command)
    told_once(review.run("prisma"), 3, "'embase' has 3 records in the flow", "source remove embase")
    review.done("source", "remove", "embase", *ANA)
    found = counts(review)
    assert (found["database_results"], found["duplicates"]) == (4, 0)


def test_the_flow_that_was_drawn_then_is_found_wrong() -> None:
    done = reviewkit("prisma", "check", case("own/flow_169_18_162.csv"))
    assert done.returncode == 3
    assert "151" in done.stdout
