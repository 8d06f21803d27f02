"""What two entries of one source have to share to be one record, through `import`."""

from pathlib import Path
from typing import Any

import pytest

from tests.helpers.own_review import OwnReview, case, own_review, ris, title_of

TITLES = "SELECT title FROM records ORDER BY rowid"


@pytest.fixture
def review(tmp_path: Path) -> OwnReview:
    return own_review(tmp_path)


def counts(part: Any) -> tuple[int, int, int, int]:
    """New, there already, updated, refused; they make up the entries read."""
    found = part["new"], part["already_there"], part["updated"], part["refused"]
    assert sum(found) == part["records"] + part["refused"]
    return found


@pytest.mark.slow
@pytest.mark.parametrize("together", [False, True])
def test_a_label_of_two_files_is_no_identity(review: OwnReview, together: bool) -> None:
    one, two = case("identity/ris_same_ID_1.ris"), case("identity/ris_same_ID_2.ris")
    if together:
        review.load(one, two)
    else:
        review.load(one)
        assert counts(review.load(two)) == (1, 0, 0, 0)
    rows = review.query("SELECT title, doi, abstract IS NULL, issns FROM records ORDER BY rowid")
    assert rows == [
        ("Effect of probiotics on motor neuron disease", None, 1, "[]"),
        (
            "Deep learning for chest radiographs",
            "10.1007/s00330-020-00001-1",
            0,
            '["1432-1084"]',
        ),
    ]


@pytest.mark.slow
@pytest.mark.parametrize("together", [False, True])
def test_no_record_is_lost_behind_a_label(review: OwnReview, together: bool) -> None:
    one, two = case("identity/lost_record_1.ris"), case("identity/lost_record_2.ris")
    if together:
        second = review.json("import", one, two, "--source", "scopus")["files"][1]
    else:
        review.load(one)
        second = review.load(two)
    assert counts(second) == (1, 1, 0, 0)
    assert review.query(TITLES) == [("Alpha",), ("Beta",), ("Gamma",)]
    assert review.query("SELECT count(*) FROM flow_records") == [(3,)]


@pytest.mark.slow
def test_abstracts_of_a_supplement_share_a_doi_and_stay_apart(review: OwnReview) -> None:
    first = review.load(case("identity/supplement_shared_doi.ris"))
    assert counts(first) == (3, 0, 0, 0)
    second = review.load(case("identity/supplement_shared_doi_batch2.ris"))
    assert counts(second) == (1, 0, 0, 0)
    assert any(
        "has the DOI of scopus:doi:10.1093/ndt/gfu163" in said for said in second["problems"]
    )
    assert review.query("SELECT count(DISTINCT title), count(*) FROM records") == [(4, 4)]

    third = review.load(case("identity/supplement_shared_doi_batch2_with_abstract.ris"))
    assert counts(third) == (0, 0, 1, 0)
    assert list(third["updated_records"].values()) == [["abstract"]]
    rows = review.query("SELECT title FROM records WHERE abstract IS NOT NULL")
    assert rows == [("Tacrolimus trough levels and BK viraemia after transplantation",)]


def test_row_numbers_of_a_screening_tool_name_nothing(review: OwnReview) -> None:
    review.load(case("identity/rayyan_keys_1.csv"))
    assert counts(review.load(case("identity/rayyan_keys_2.csv"))) == (2, 0, 0, 0)
    assert len(review.query(TITLES)) == 4


def test_two_places_are_shown_and_never_mixed(review: OwnReview) -> None:
    review.load(case("identity/mixed_places_1.ris"))
    second = review.load(case("identity/mixed_places_2.ris"))
    (difference,) = second["differences"]
    assert "volume 12" in difference
    assert "volume 13, pages 551-560" in difference
    places = set(review.query("SELECT volume, pages FROM records"))
    assert ("12", "551-560") not in places
    assert ("12", None) in places


def test_the_entries_of_a_file_are_counted_as_the_file_has_them(review: OwnReview) -> None:
    file = review.file("twice.ris", ris(1) + ris(1) + ris(2))
    part = review.load(file)
    assert counts(part) == (3, 0, 0, 0)
    assert any("was met before in this file" in said for said in part["problems"])
    again = review.load(file, more=["--date", "2026-04-01"])
    assert counts(again) == (0, 3, 0, 0)


def test_entries_that_share_something_are_one_line_for_each_kind(review: OwnReview) -> None:
    """Not one for each of them: `--verbose` has those."""
    file = review.file("thrice.ris", ris(1) * 3 + ris(2) * 3)
    said = review.done("import", file, "--source", "scopus").splitlines()
    (line,) = [one for one in said if "was met before in this file" in one]
    assert line.endswith("(3 more like it)")


@pytest.mark.slow
def test_gaps_are_filled_and_named(review: OwnReview) -> None:
    bare = "\n".join(line for line in ris(1, 2).splitlines() if not line.startswith("AB"))
    review.load(review.file("bare.ris", bare))
    part = review.load(review.file("full.ris", ris(1, 2, 3)))
    assert counts(part) == (1, 0, 2, 0)
    said = review.done("import", review.file("third.ris", ris(1, 4)), "--source", "scopus")
    assert "2 records for scopus: 1 new, 1 there already." in said


def test_an_entry_that_cannot_be_read_is_refused_with_its_reason(review: OwnReview) -> None:
    text = '{"title": "A work", "DOI": "10.5555/a", "type": "article"}'
    part = review.load(review.file("list.json", f"[{text}, 7]"))
    assert counts(part) == (1, 0, 0, 1)
    assert "item 2 is not an object" in part["refused_entries"][0]
    done = review.run("import", review.folder / "list.json", "--source", "embase")
    assert "1 new, 1 refused" in done.stdout


def test_one_doi_and_two_titles_are_two_records(review: OwnReview) -> None:
    review.load(review.file("a.ris", ris(1)))
    other = ris(1).replace(title_of(1), "Vascular calcification in children")
    assert counts(review.load(review.file("b.ris", other))) == (1, 0, 0, 0)


@pytest.mark.slow
def test_why_an_entry_with_the_doi_of_another_is_kept_is_said_as_it_is(review: OwnReview) -> None:
    """Files of two databases under one source: the works are the same, their numbers are not."""
    numbered = [ris(1, 2).replace("ER  -", f"AN  - {number}\nER  -") for number in ("9001", "7002")]
    # Each work needs a number of its own.
    one, two = (text.replace("AN  - ", "AN  - 1", 1) for text in numbered)
    review.load(review.file("one.ris", one))
    said = review.load(review.file("two.ris", two))["problems"]
    shared = [line for line in said if "has the DOI of" in line]
    assert len(shared) == 2
    assert all("but another accession number; both are kept" in line for line in shared)
    assert not any("title, author" in line for line in shared)

    other = one.replace(title_of(1), "Vascular calcification in children")
    said = review.load(review.file("three.ris", other))["problems"]
    (kept,) = [line for line in said if "has the accession number of" in line]
    assert "but another title, author, year or place; both are kept" in kept


@pytest.mark.slow
def test_years_that_contradict_are_two_records(review: OwnReview) -> None:
    review.load(review.file("a.ris", ris(1)))
    later = ris(1).replace("PY  - 2001", "PY  - 2004")
    assert counts(review.load(review.file("b.ris", later))) == (1, 0, 0, 0)
    next_year = ris(2).replace("PY  - 2002", "PY  - 2003")
    review.load(review.file("c.ris", ris(2)))
    assert counts(review.load(review.file("d.ris", next_year))) == (0, 1, 0, 0)


@pytest.mark.slow
def test_a_file_read_wrong_is_replaced_and_never_doubled(review: OwnReview) -> None:
    file = review.folder / "chinese.ris"
    file.write_bytes(ris(1, 2).replace("Effects of", "肠道菌群与运动神经元").encode("gb18030"))
    review.load(file, more=["--encoding", "cp1252"])
    part = review.load(file, more=["--encoding", "gb18030"])
    assert counts(part) == (0, 0, 2, 0)
    titles = [title for (title,) in review.query(TITLES)]
    assert len(titles) == 2
    assert all(title.startswith("肠道菌群与运动神经元") for title in titles)


def test_the_name_of_a_stored_record_is_not_said_to_be_in_this_file(review: OwnReview) -> None:
    """EndNote's number of a record may be the PMID of another."""
    listed = "TY  - JOUR\nTI  - Music in nursing homes\nPY  - 2019\nAN  - 31000001\nER  - \n"
    review.load(review.file("library.ris", listed))
    cited = "PMID- 31000001\nTI  - Gout and diet in Portugal.\nDP  - 2020 Jan\n"
    part = review.load(review.file("found.nbib", cited))
    assert counts(part) == (1, 0, 0, 0)
    (said,) = part["problems"]
    assert said == (
        "the identifier 31000001 is that of a stored record; the record is kept as 31000001#2"
    )
