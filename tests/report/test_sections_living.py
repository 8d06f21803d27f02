"""The report of a living review says where it stands, the same at the same day; another review's
says nothing of it.
"""

import datetime
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reviewkit.model.records import Verdict
from reviewkit.workflow.reporting.release import release
from reviewkit.workflow.reporting.report import WRITERS, read_report, write_report
from tests.helpers.command import reviewkit
from tests.helpers.living import PROTOCOL, START, LivingReview, corpus_of, make_living, work
from tests.servers.eutils_server import EutilsServer, Fault

EMBASE = PROTOCOL.replace(
    "[[strategies]]",
    '[[sources]]\nid = "embase"\nname = "Embase"\nrole = "database"\n[[strategies]]',
)
BY_HAND = PROTOCOL.replace('[living]\nevery = "week"\n', "")


@pytest.fixture
def review(tmp_path: Path) -> Iterator[LivingReview]:
    with EutilsServer(corpus_of(3)) as server:
        yield make_living(tmp_path, server)


def facts_of(review: LivingReview, *, days: float = 0) -> dict[str, str]:
    """The table of the report, made so many days from now."""
    now = review.at + datetime.timedelta(days)
    document = json.loads(
        write_report(read_report(review.project, now=now), format_name="json", now=now)
    )
    return {
        row[0]["text"]: row[1]["text"]
        for block in document["report"]["summary"]
        if block["kind"] == "table" and block["head"][0] == "Living review"
        for row in block["rows"]
    }


def decide_all(review: LivingReview) -> None:
    for record in review.states():
        review.decide(record, Verdict.EXCLUDE)


def test_an_active_review_with_records_that_wait(review: LivingReview) -> None:
    review.update(days=0)
    assert facts_of(review) == {
        "State": "Active: updated every week",
        "Searched through": "2026-01-05",
        "Pending": "3 records to be screened or assessed",
        "Included through": "not known",
        "Next update due": "2026-01-12",
        "Last update": "2026-01-05, complete",
        "Last version released": "none yet",
    }


@pytest.mark.slow
def test_a_version_with_everything_decided_says_how_far_it_is_included(
    review: LivingReview,
) -> None:
    review.update(days=1)
    decide_all(review)
    release(review.project, "v1", now=review.at)
    assert facts_of(review)["Pending"] == "none: every record is decided"
    assert facts_of(review)["Included through"] == "2026-01-05"
    review.at = START + datetime.timedelta(7)
    review.server.corpus.add(work(2000, day="2026/01/09"))
    review.update(days=0)
    found = facts_of(review)
    assert (found["Searched through"], found["Included through"]) == ("2026-01-12", "2026-01-05")
    assert found["Pending"] == "1 record to be screened or assessed"
    assert found["Last version released"] == "v1 on 2026-01-06, searched through 2026-01-05"


@pytest.mark.slow
def test_overdue_is_told_as_a_day_and_so_the_page_stays_the_same(review: LivingReview) -> None:
    review.update(days=0)
    assert facts_of(review, days=7)["State"] == "Active: updated every week"
    assert facts_of(review, days=8) == facts_of(review, days=300)
    assert facts_of(review, days=8)["State"] == "Overdue since 2026-01-12"


def test_a_retired_review_says_since_when_and_why(tmp_path: Path) -> None:
    with EutilsServer(corpus_of(2)) as server:
        retired = 'retired = 2026-02-01\nwhy_retired = "the question is answered"\n'
        review = make_living(tmp_path, server, PROTOCOL + retired)
        review.update(days=0)
    assert facts_of(review)["Next update due"] == "2026-01-12; to be retired on 2026-02-01"
    found = facts_of(review, days=90)
    assert found["State"] == "Retired on 2026-02-01: the question is answered"
    assert found["Next update due"] == "none"


@pytest.mark.slow
def test_a_source_that_failed_or_was_never_searched_is_named(tmp_path: Path) -> None:
    with EutilsServer(corpus_of(2)) as server:
        review = make_living(tmp_path, server, EMBASE)
        review.update()
        assert facts_of(review)["Searched through"] == "2026-01-05 (never searched: Embase)"
        server.on("esearch", range(1, 40), Fault.FORBIDDEN)
        review.update(days=0)
    assert facts_of(review)["Last update"] == "2026-01-12, failed: PubMed failed"
    assert facts_of(review)["Searched through"] == "2026-01-05 (never searched: Embase)"


def test_what_is_not_known_is_never_nought(review: LivingReview) -> None:
    with review.store():
        pass
    found = facts_of(review)
    assert found["Searched through"] == "never searched: PubMed"
    assert (found["Pending"], found["Included through"]) == ("not known", "not known")
    assert found["Next update due"] == "now: it was never searched"


@pytest.mark.slow
def test_a_review_that_is_not_living_says_nothing_of_it(tmp_path: Path) -> None:
    with EutilsServer(corpus_of(2)) as server:
        review = make_living(tmp_path, server, BY_HAND)
        done = reviewkit("search", cwd=tmp_path, settings={"REVIEWKIT_EUTILS_URL": server.url})
        assert done.returncode == 0, done.stderr
        assert facts_of(review) == {}
        page = write_report(
            read_report(review.project, now=review.at), format_name="html", now=review.at
        )
        assert b"Living review" not in page
        review.update()
    found = facts_of(review)
    assert found["State"] == "Updated by hand: the protocol does not say how often"
    assert found["Next update due"] == "not known"


@pytest.mark.slow
def test_the_newest_update_is_what_the_report_says_was_searched(review: LivingReview) -> None:
    review.update()
    review.server.corpus.add(work(2000, day="2026/01/09"))
    review.update(days=0)
    report = read_report(review.project, now=review.at)
    (source,) = report.facts["sources"]
    assert (source["count"], source["run"]["searched_at"][:10]) == (4, "2026-01-12")
    assert report.figure.caption.endswith("PubMed searched 2026-01-12.")


@pytest.mark.slow
@pytest.mark.parametrize("name", WRITERS)
def test_each_format_has_the_state_and_is_the_same_at_the_same_day(
    review: LivingReview, name: str
) -> None:
    review.update(days=0)
    made = [
        write_report(read_report(review.project, now=review.at), format_name=name, now=review.at)
        for _ in "ab"
    ]
    assert made[0] == made[1]
    if name != "pdf":
        assert "Searched through" in made[0].decode()
        assert "2026-01-12" in made[0].decode()


@pytest.mark.slow
def test_the_day_can_be_told(review: LivingReview) -> None:
    review.update()
    where = review.project.protocol_path.parents[1]

    def state(*more: str) -> Any:
        done = reviewkit("report", "--format", "json", *more, cwd=where)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)["living"]["state"]

    assert state("--on", "2026-01-06") == "active"
    assert state("--on", "2026-03-01") == "overdue"
    refused = reviewkit("report", "--on", "soon", cwd=where)
    assert (refused.returncode, "no such day" in refused.stderr) == (2, True)
