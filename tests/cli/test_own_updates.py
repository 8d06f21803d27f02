"""An update of one's own review says what happened and what comes next, and nothing else."""

import json
from pathlib import Path

import pytest

from tests.helpers.command import reviewkit
from tests.helpers.own_review import OwnReview, own_review, protocol_text, ris

pytestmark = pytest.mark.slow
NOTHING_SEARCHED = (
    "No source could be searched: run the searches yourself, and import what you export"
)


@pytest.fixture
def review(tmp_path: Path) -> OwnReview:
    """Return a review of two databases that needs two reviewers; three records are imported."""
    made = own_review(tmp_path, protocol_text(needed=(2, 1)))
    made.load(made.file("a.ris", ris(1, 2, 3)), more=["--date", "2026-03-01"])
    return made


def screen(review: OwnReview, reviewer: str, answers: str) -> None:
    done = review.run("screen", "--plain", "--yes", "--reviewer", reviewer, stdin=answers)
    assert done.returncode == 0, done.stderr


def test_where_no_source_can_be_searched_an_update_has_failed(review: OwnReview) -> None:
    done = review.run("update", "--quiet")
    assert done.returncode == 4
    assert NOTHING_SEARCHED in done.stdout
    assert json.loads(review.run("update", "--json").stdout)["outcome"] == "failed"
    assert "The update of 2026-04-12 failed; " in review.done("status")
    assert "Last updated" not in review.done("status")


def test_conflicts_are_to_be_settled_and_not_screened(review: OwnReview) -> None:
    screen(review, "ana", "i\ni\ni\n")
    screen(review, "bruno", "e\n")
    said = review.run("update").stdout
    assert "  2 records to be screened: reviewkit screen\n" in said
    assert "  1 conflict waits at title and abstract: reviewkit resolve\n" in said

    screen(review, "bruno", "e\ne\n")
    said = review.run("update").stdout
    assert "to be screened: reviewkit screen" not in said
    assert "  3 conflicts wait at title and abstract: reviewkit resolve\n" in said


def test_a_database_that_was_never_searched_is_named(review: OwnReview) -> None:
    said = review.done("status").splitlines()[1]
    assert said == "Searched through 2026-03-01; never searched: Embase."
    assert review.json("status")["updates"]["unsearched"] == ["Embase"]
    assert f"\n{said}\n" in review.done("release", "v1")


def nbib(pmid: int, created: str) -> str:
    return f"PMID- {pmid}\nTI  - Trial {pmid} of sleep\nCRDT- {created} 06:00\n\n"


@pytest.mark.parametrize(
    ("queries", "why"),
    [
        ((), "not known"),
        (
            ("sleep", "sleep"),
            "re-indexed: it was there before the earlier run and matches only since",
        ),
        (("sleep", "sleep OR rest"), "not known"),
    ],
)
def test_why_an_older_record_is_new_is_said_only_under_one_query(
    review: OwnReview, queries: tuple[str, ...], why: str
) -> None:
    old, further, late = nbib(7, "2020/01/01"), nbib(8, "2020/02/02"), nbib(9, "2026/03/15")
    more = [["--query", query] for query in queries] or [[], []]
    first = review.file("b.nbib", old)
    review.load(first, source="embase", more=["--date", "2026-03-01", *more[0]])
    second = review.file("c.nbib", old + further + late)
    review.load(second, source="embase", more=["--date", "2026-04-01", *more[1]])

    (source,) = review.json("diff", "2", "3")["sources"]
    reasons = {change["identifier"]: change["why"] for change in source["changes"]}
    assert list(reasons.values()) == [why, "added after the earlier run"]


def test_a_service_that_fails_on_every_report_is_named_once(review: OwnReview) -> None:
    for reviewer in ("ana", "bruno"):
        screen(review, reviewer, "i\ni\ni\n")
    closed = {f"REVIEWKIT_{name}_URL": "http://127.0.0.1:9/" for name in ("IDCONV", "EUROPEPMC")}
    done = reviewkit("access", cwd=review.folder, settings=closed)
    assert done.returncode == 4
    said = done.stderr.splitlines()
    assert said
    assert len(said) == len(set(said))
    assert done.stdout.startswith("3 unknown\n")
