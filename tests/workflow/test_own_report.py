"""The report of one's own review by two reviewers claims no more than what people said and did."""

import json
from pathlib import Path

import pytest

from tests.helpers.own_review import OwnReview, own_review, protocol_text

TEAM = """
[[screening.team]]
id = "ana"
name = "Ana Alpha"

[limits]
published_from = 2015
"""


def nbib(number: int) -> str:
    return "\n".join(
        [
            f"PMID- {number}",
            f"TI  - Effects of walking on trial {number}.",
            "FAU - Silva, B",
            "LA  - eng",
            "DP  - 2020",
            f"AID - 10.5555/w{number} [doi]",
            "",
        ]
    )


def ris(number: int) -> str:
    return "\n".join(
        [
            "TY  - JOUR",
            f"TI  - Effects of walking on trial {number}",
            "AU  - Silva, Beatriz",
            "PY  - 2020",
            "JO  - Journal of Made Walks",
            "VL  - 3",
            "IS  - 2",
            f"SP  - {number}1",
            f"EP  - {number}9",
            f"DO  - 10.5555/w{number}",
            "ER  - ",
            "",
        ]
    )


@pytest.fixture
def review(tmp_path: Path) -> OwnReview:
    """Six works in PubMed, two of them in Embase with their place; ana and ben include four."""
    review = own_review(tmp_path, protocol_text(("pubmed", "embase"), needed=(2, 2)) + TEAM)
    pubmed = review.file("p.nbib", "\n".join(map(nbib, range(11, 17))))
    embase = review.file("e.ris", "\n".join(map(ris, (11, 12))))
    review.load(pubmed, source="pubmed", more=("--date", "2026-01-02", "--query", "walking[ti]"))
    review.load(embase, source="embase", more=("--date", "2026-01-03"))
    review.done("dedupe")
    for stage in ("title_abstract", "full_text"):
        for who in ("ana", "ben"):
            lines = ["record,verdict,reason"]
            for number in range(11, 17):
                wanted = number < 15 or (stage == "title_abstract" and number == 15)
                verdict = "include," if wanted else "exclude,not on the topic"
                if stage == "title_abstract" or number < 16:
                    lines.append(f"pubmed:{number},{verdict}")
            decided = review.file(f"{who}.csv", "\n".join(lines))
            review.done("screen", "-r", who, "-y", "--stage", stage, "--decisions", decided)
    review.done("study", "link", "pubmed:11", "pubmed:12", "--name", "WALK", "-r", "ana")
    return review


def items(review: OwnReview) -> dict[int, tuple[str, str]]:
    report = json.loads(review.done("report", "-f", "json"))
    return {item["number"]: (item["answer"], item["evidence"]) for item in report["reporting"]}


@pytest.mark.slow
def test_of_an_imported_file_nothing_is_claimed_that_nobody_stated(review: OwnReview) -> None:
    answer = items(review)
    assert answer[1] == ("no", "Pubmed: platform not stated; Embase: platform not stated")
    assert answer[2] == ("no", "imported, platform not stated or shared: Pubmed, Embase")
    assert answer[9] == ("no", "published 2015 to …; known for 0 of 2 searches")
    report, appendix = review.done("report"), review.done("appendix")
    assert "Query as typed in the database; stated when its file was imported:" in report
    assert "the protocol has changed since" not in report
    assert "- Limits: as in the strategy; others are not known" in appendix
    assert "- Limits: not known" in appendix
    assert "- Records: 6 in the imported files" in appendix
    assert "published 2015" not in appendix

    text = review.protocol.read_text(encoding="utf-8")
    stated = text.replace('"Pubmed"\n', '"Pubmed"\nplatform = "NLM"\n')
    review.write_protocol(stated.replace('"Embase"\n', '"Embase"\nplatform = "Elsevier"\n'))
    answer = items(review)
    assert answer[1] == ("yes", "Pubmed, NLM; Embase, Elsevier")
    assert answer[2] == ("not applicable", "each source was searched by itself")


@pytest.mark.slow
def test_the_report_names_people_studies_and_reports(review: OwnReview) -> None:
    report = review.done("report")
    assert "| ana (Ana Alpha) | 6 | 5 | 1 | 0 | 0 |" in report
    assert "| ben | 6 | 5 | 1 | 0 | 0 |" in report
    assert "- 3 studies included, in 4 reports" in report
    assert "## Eligibility of the included reports, criterion by criterion" in report
    assert "| Report | Inclusion: on the topic |" in report
    assert report.count("included by ana, ben") == 4 * 3  # each report on each criterion
    assert "Study |" not in report


@pytest.mark.slow
def test_lists_show_a_record_with_what_its_copies_know(review: OwnReview) -> None:
    """The lists of the page, of the report, of a version; the copy itself stays as it came."""
    whole = "Silva, Beatriz · 2020 · Journal of Made Walks"
    report = review.done("report")
    (included,) = report.split("### Studies included in review: 4 records")[1:]
    assert included.count(f"{whole} · [DOI") == 2
    assert included.count("Silva, B · 2020 · [DOI") == 2
    page = review.folder / "flow.html"
    review.done("prisma", "--out", page)
    # Each of the two stands in four lists as the lead, and as a copy in that of what was removed.
    cells = page.read_text(encoding="utf-8").count("Silva, Beatriz")
    review.done("release", "v1")
    frozen = review.folder / "v1.html"
    review.done("prisma", "--release", "v1", "--out", frozen)
    assert frozen.read_text(encoding="utf-8").count("Silva, Beatriz") == cells > 8

    review.done("record", "edit", "pubmed:11", "--authors", "Silva, Bento", "-r", "ana")
    assert review.done("report").count("Silva, Bento · 2020 · Journal of Made Walks") == 1
