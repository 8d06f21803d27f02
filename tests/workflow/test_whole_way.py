"""A reviewer's whole way: from `init` to the report, every number against a count by hand.

Scopus comes in files of 5, 4 and 3 records; Embase in files of 4, 2 and 3, of which one record was
in the file before. Works 3, 11 and 12 are in both sources. So 12 + 8 = 20 records are identified,
3 are duplicates, 17 are screened.

Ana includes works 1 to 6, Ben 1 to 5 and 7; Cy settles: 6 in, 7 out. So 6 reports are sought and
11 records excluded. The report of 6 is not retrieved; of the 5 assessed, 4 is off the topic, 5 is
in animals only; 1, 2 and 3 are included.
"""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.own_review import OwnReview, ris, title_of

PARTS = {
    "scopus": ((1, 2, 3, 4, 5), (6, 7, 8, 9), (10, 11, 12)),
    "embase": ((11, 12, 13, 14), (15, 16), (3, 16, 17)),
}
DAYS = {"scopus": "2026-04-01", "embase": "2026-04-02"}
ANA_INCLUDES = {1, 2, 3, 4, 5, 6}
BEN_INCLUDES = {1, 2, 3, 4, 5, 7}
OFF_TOPIC, IN_ANIMALS = "not on the topic", "in animals only"
FLOW = {
    "database_results": 20,
    "duplicates": 3,
    "excluded_automatic": 0,
    "awaiting_screening": 0,
    "records_screened": 17,
    "records_excluded": 11,
    "dbr_sought_reports": 6,
    "dbr_notretrieved_reports": 1,
    "awaiting_assessment": 0,
    "dbr_assessed": 5,
    "new_studies": 3,
    "new_reports": 3,
}


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> OwnReview:
    """The review at the end of the way. Each step's own output is checked on the way."""
    review = begun(tmp_path_factory.mktemp("whole_way"))
    for source, parts in PARTS.items():
        import_in_parts(review, source, parts)
    link(review)
    screen(review)
    settle(review)
    assess(review)
    return review


def begun(folder: Path) -> OwnReview:
    """`init`, and what it leaves to the reviewer: how many screen."""
    review = OwnReview(folder=folder, name="a_topic_of_our_own")
    review.done(
        "init", "--title", "A topic of our own", "--topic", "work", "--no-lookup",
        "--source", "scopus", "--source", "embase", "--include", "on the topic",
        "--exclude", OFF_TOPIC, "--exclude", IN_ANIMALS,
    )  # fmt: skip
    text = review.protocol.read_text(encoding="utf-8")
    assert 'kind = "own"' in text
    team = 'team = [{ id = "ana" }, { id = "ben" }]\n'
    needed = "reviewers = { title_abstract = 2, full_text = 1 }"
    assert "\n[screening]" not in text
    review.write_protocol(f"{text}\n[screening]\n{team}{needed}\n")
    assert "the protocol is valid" in review.done("check")
    return review


def import_in_parts(review: OwnReview, source: str, parts: tuple[tuple[int, ...], ...]) -> None:
    seen: set[int] = set()
    for place, numbers in enumerate(parts):
        file = review.file(f"{source}{place + 1}.ris", ris(*numbers))
        part = review.load(file, source=source, more=["--date", DAYS[source]])
        new = set(numbers) - seen
        assert (part["records"], part["new"], part["already_there"]) == (
            len(numbers),
            len(new),
            len(numbers) - len(new),
        )
        assert (part["updated"], part["refused"]) == (0, 0)
        assert part["continues"] == (DAYS[source] if place else None)
        seen |= set(numbers)


def link(review: OwnReview) -> None:
    linked = review.json("dedupe")
    assert (linked["records"], linked["duplicates"], linked["waiting_for_a_person"]) == (20, 3, 0)
    assert linked["remaining"] == 17


def screen(review: OwnReview) -> None:
    """Both at title and abstract; the second is new in the review."""
    for who, included in (("ana", ANA_INCLUDES), ("ben", BEN_INCLUDES)):
        verdicts = {
            number: ("include", "") if number in included else ("exclude", OFF_TOPIC)
            for number in range(1, 18)
        }
        decide(review, who, verdicts, "--stage", "title_abstract")
    assert review.run("resolve", "--check").returncode == 3


def decide(review: OwnReview, who: str, verdicts: dict[int, tuple[str, str]], *more: str) -> None:
    """Take one reviewer's decisions from a file, as `screen --decisions` does."""
    keys = leads_by_title(review)
    rows = ["record,verdict,reason"]
    for number, (verdict, reason) in verdicts.items():
        rows.append(f'"{keys[title_of(number)]}",{verdict},{reason}')
    file = review.file(f"{who}{len(more)}{len(verdicts)}.csv", "\n".join(rows) + "\n")
    review.done("screen", "--decisions", file, "--reviewer", who, *more)


def leads_by_title(review: OwnReview) -> dict[str, str]:
    return dict(
        review.query(
            "SELECT title, record FROM records WHERE record NOT IN (SELECT record FROM duplicates)"
        )
    )


def settle(review: OwnReview) -> None:
    """Cy sees the two conflicts in the order of `resolve --json`, and answers in that order."""
    keys = leads_by_title(review)
    waiting = review.json("resolve")["conflicts"]
    assert {conflict["record"] for conflict in waiting} == {keys[title_of(n)] for n in (6, 7)}
    answers = {keys[title_of(6)]: "i", keys[title_of(7)]: "e 1"}
    lines = [answers[conflict["record"]] for conflict in waiting]
    done = review.run(
        "resolve", "--plain", "--reviewer", "cy", "--yes", stdin="\n".join([*lines, "q"]) + "\n"
    )
    assert done.returncode == 0, done.stderr
    assert review.json("resolve")["conflicts"] == []


def assess(review: OwnReview) -> None:
    verdicts = {
        1: ("include", ""),
        2: ("include", ""),
        3: ("include", ""),
        4: ("exclude", OFF_TOPIC),
        5: ("exclude", IN_ANIMALS),
        6: ("not_retrieved", ""),
    }
    decide(review, "ana", verdicts, "--stage", "full_text")


def counts_of(document: Any) -> dict[str, Any]:
    return {name: document[name] for name in FLOW}


@pytest.mark.slow
def test_the_flow(review: OwnReview) -> None:
    counts = json.loads(review.done("prisma", "--format", "json"))["counts"]
    assert counts_of(counts) == FLOW
    assert {tally["label"]: tally["n"] for tally in counts["databases"]} == {
        "Scopus": 12,
        "Embase": 8,
    }
    reasons = {tally["label"]: tally["n"] for tally in counts["dbr_excluded"]}
    assert reasons == {OFF_TOPIC: 1, IN_ANIMALS: 1}


@pytest.mark.slow
def test_the_drawing(review: OwnReview) -> None:
    drawn = review.done("prisma", "--format", "mermaid")
    drawn = re.sub(r"<br/?>|&[a-z]+;|\s+", " ", drawn)
    for words in (
        "Databases (n = 20)",
        "Scopus (n = 12)",
        "Embase (n = 8)",
        "Duplicate records removed (n = 3)",
        "Records screened (n = 17)",
        "Records excluded (n = 11)",
        "Reports sought for retrieval (n = 6)",
        "Reports not retrieved (n = 1)",
        "Reports assessed for eligibility (n = 5)",
        "Studies included in review (n = 3)",
    ):
        assert words in drawn
    table = review.file("flow.csv", review.done("prisma", "--format", "csv"))
    assert "every identity that can be checked holds" in review.done("prisma", "check", table)


@pytest.mark.slow
def test_the_report(review: OwnReview) -> None:
    report = json.loads(review.done("report", "--format", "json"))
    assert counts_of(report["flow"]) == FLOW
    assert {source["source"]: source["count"] for source in report["sources"]} == {
        "scopus": 12,
        "embase": 8,
    }
    days = {source["source"]: source["run"]["searched_at"] for source in report["sources"]}
    assert days == DAYS
    text = review.done("report", "--format", "md")
    assert "| Scopus | 12 | 2026-04-01 |" in text
    assert "| Embase | 8 | 2026-04-02 |" in text
    assert "Scopus 12; Embase 8" in text
    assert "Files imported: scopus1.ris, scopus2.ris, scopus3.ris" in text
    assert "Count: 12 records in the files, each counted once" in text


@pytest.mark.slow
def test_the_status(review: OwnReview) -> None:
    status = review.json("status", "--open")
    states = {state: n for state, n in status["states"].items() if n}
    assert states == {
        "duplicate": 3,
        "record_excluded": 11,
        "not_retrieved": 1,
        "report_excluded": 2,
        "included": 3,
    }
    screened, assessed = status["stages"]
    stages = [
        [stage[name] for name in ("records", "included", "excluded", "undecided", "conflicts")]
        for stage in (screened, assessed)
    ]
    assert stages[0] == [17, 6, 11, 0, 0]
    assert stages[1][1:] == [3, 2, 0, 0]
    people = {
        person["reviewer"]: (person["done"], person["include"], person["exclude"], person["left"])
        for person in screened["reviewers"]
    }
    assert people == {"ana": (17, 6, 11, 0), "ben": (17, 6, 11, 0)}
    assert status["notices"] == []


@pytest.mark.slow
def test_the_exports(review: OwnReview) -> None:
    def rows(*more: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(review.done("export", "--format", "csv", *more))))

    statuses = [row["status"] for row in rows("--duplicates", "list")]
    assert {status: statuses.count(status) for status in statuses} == {
        "included": 3,
        "excluded": 13,
        "not_retrieved": 1,
        "duplicate": 3,
    }
    included = rows("--status", "included")
    assert {row["title"] for row in included} == {title_of(number) for number in (1, 2, 3)}
    (lacking,) = rows("--status", "not_retrieved")
    assert lacking["title"] == title_of(6)
    assert rows("--status", "undecided") == []


@pytest.mark.slow
def test_the_agreement(review: OwnReview) -> None:
    """Of 17, they agree on 15; by chance on (6 x 6 + 11 x 11) / 17^2."""
    (pair,) = review.json("agreement")["pairs"]
    observed, expected = 15 / 17, (6 * 6 + 11 * 11) / 17**2
    figures = pair["figures"]
    assert (figures["records"], figures["agreed"]) == (17, 15)
    assert figures["kappa"] == pytest.approx((observed - expected) / (1 - expected))


@pytest.mark.slow
def test_the_log(review: OwnReview) -> None:
    log = review.done("log").splitlines()
    assert [line.split(maxsplit=4)[-1] for line in log if not line.startswith("      run")] == [
        "12 records in 3 datasets",
        "8 records in 3 datasets",
    ]
    counts = [line.split(": ")[1].split()[0] for line in log if line.startswith("      run")]
    assert counts == ["5", "4", "3", "4", "2", "3"]


@pytest.mark.slow
def test_nothing_speaks_of_a_rerun(review: OwnReview) -> None:
    for command in ("report", "prisma", "status", "log"):
        said = review.done(command)
        assert not re.search(r"rerun|reproduc|not reported|reading", said, re.IGNORECASE), command
