"""Digits in PubMed XML that `str.isdigit` takes for a number and `int` does not, or that are not ASCII.

"²" is a digit and no number; "٣" is the Arabic 3. None of them ends an import or changes a value.
"""

import io

import pytest

from reviewkit.importers import read_file
from reviewkit.importers.parsed_file import Problem
from reviewkit.model.records import Record

ARTICLE = (
    "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>{pmid}</PMID><Article><Journal>"
    "<JournalIssue><Volume>{volume}</Volume><PubDate>{date}</PubDate></JournalIssue></Journal>"
    "<ArticleTitle>T</ArticleTitle><Pagination><MedlinePgn>{pages}</MedlinePgn></Pagination>"
    "</Article></MedlineCitation></PubmedArticle></PubmedArticleSet>"
)


def read(
    *, pmid: str = "7", date: tuple[str, str, str] = ("2020", "2", "3"), pages: str = "1-2",
    volume: str = "4",
) -> tuple[Record, list[Problem]]:  # fmt: skip
    """The one record of an article with these values, and what was wrong with it."""
    year, month, day = date
    parts = f"<Year>{year}</Year><Month>{month}</Month><Day>{day}</Day>"
    text = ARTICLE.format(pmid=pmid, date=parts, pages=pages, volume=volume)
    parsed = read_file(io.BytesIO(text.encode()), source="pubmed")
    (record,) = parsed.all()
    return record, parsed.problems


@pytest.mark.parametrize(
    ("date", "published", "kept"),
    [
        (("2020", "2", "3"), "2020-02-03", None),
        (("2020", "2", "²"), "2020", ("2020 2 ²",)),
        (("2020", "²", "3"), "2020", ("2020 ² 3",)),
        (("2020", "①", "3"), "2020", ("2020 ① 3",)),
    ],
)
def test_a_date_with_a_digit_that_is_no_number_stays_as_printed(
    date: tuple[str, str, str], published: str, kept: tuple[str, ...] | None
) -> None:
    record, problems = read(date=date)
    assert (record.year, record.published) == (2020, published)
    assert record.other.get("PubDate") == kept
    assert problems == []


def test_a_year_that_is_no_number_is_named() -> None:
    record, (problem,) = read(date=("²", "2", "3"))
    assert (record.year, record.published) == (None, None)
    assert record.other["PubDate"] == ("² 2 3",)
    assert problem.what == "PMID 7: PubDate: no year in '² 2 3'"


def test_digits_of_another_script_are_numbers_in_a_date() -> None:
    record, problems = read(date=("٢٠٢٠", "٢", "٣"))
    assert (record.year, record.published, problems) == (2020, "2020-02-03", [])


@pytest.mark.parametrize("pmid", ["²", "٣", "1²"])
def test_a_pmid_has_plain_digits_only(pmid: str) -> None:
    record, problems = read(pmid=pmid)
    assert (record.pmid, record.source_id, problems) == (None, pmid, [])
    assert record.other["own PMID"] == (pmid,)


@pytest.mark.parametrize("pages", ["²-³", "٣-٥", "117-²", "²"])
def test_pages_and_volume_stay_as_printed(pages: str) -> None:
    record, problems = read(pages=pages, volume="²")
    assert (record.pages, record.volume, problems) == (pages, "²", [])
