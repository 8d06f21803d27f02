"""Small files that went wrong once, each with what is right: ../shared/cases/formats."""

from pathlib import Path
from typing import Any

import pytest

from reviewkit.importers import ParsedFile, read_file
from reviewkit.model.records import Record
from tests.conftest import SHARED

CASES = SHARED.parent / "cases" / "formats"
pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="needs ../shared/cases/formats")


def case(name: str, **values: Any) -> tuple[list[Record], ParsedFile]:
    parsed = read_file(CASES / name, source="x", **values)
    return list(parsed.records), parsed


def test_one_bad_byte_costs_one_line() -> None:
    records, parsed = case("utf8_one_bad_byte.ris")
    assert [record.title for record in records[:3]] == ["Ação válida"] * 3
    assert (records[3].title, records[3].authors) == ("Große Straße", ("Müller, A",))
    said = [str(problem) for problem in parsed.problems if problem.line in {17, 18}]
    assert "line 17: the byte 0xDF is not valid utf-8; it was read as Windows-1252" in said


@pytest.mark.parametrize(("name", "count"), [("gb18030.ris", 20), ("nodoi_gb.ris", 5)])
def test_chinese_is_detected_and_the_guess_is_named(name: str, count: int) -> None:
    records, parsed = case(name)
    assert (len(records), parsed.encoding) == (count, "gb18030")
    assert records[0].title is not None
    assert records[0].title.startswith("肠道菌群")
    assert parsed.sample
    assert [str(problem) for problem in parsed.problems] == []


def test_json_that_is_not_csl_keeps_author_year_and_doi() -> None:
    (record,), parsed = case("json_not_csl.json")
    assert (record.authors, record.year, record.doi) == (("A, B",), 2020, "10.1000/j")
    assert (parsed.format, parsed.dialect) == ("json", "plain")


def test_bibtex_keys_may_hold_commas() -> None:
    (record,), parsed = case("bibtex_key_with_comma.bib")
    assert (record.authors, record.year, record.pmid) == (("Kenny, Patrick E",), 2010, "21329279")
    assert parsed.problems == []


def test_bibtex_fields_may_be_repeated() -> None:
    (record,), _ = case("bibtex_duplicate_field.bib")
    assert record.authors == ("Cho, J.H.", "Sohn, S.Y.")
    assert record.other["funding_details"] == ("X", "Y")


def test_bibtex_strings_cross_references_and_broken_entries() -> None:
    records, parsed = case("15_bibtex_strings.bib")
    by_key = {record.other["citation key"]: record for record in records[:4]}
    assert len(records) == 9
    a, b, d = (by_key[key,] for key in ("a", "b", "d"))
    assert (a.title, a.journal, a.published) == ("The DNA of Übung ça α", "Nature", "1999-01")
    assert (a.authors, a.collective_authors) == (
        ("Knuth, Donald E.", "Ørsted, H. C."),
        ("The GUT Consortium",),
    )
    assert (b.journal, b.year) == ("Proc of X", 2001)
    assert (d.title, d.authors, d.year) == ("Missing comma", ("X, Y",), 2000)
    assert [record.title for record in records[4:]] == [
        "After the broken one", "Same key, other paper", "No key", "Spaces in key", "Umlaut key",
    ]  # fmt: skip
    damage = [problem for problem in parsed.problems if "comma is missing" in problem.what]
    assert [problem.line for problem in damage] == [14]


def test_our_own_bibtex_of_earlier_versions_is_read_whole() -> None:
    (chapter, _), parsed = case("bibtex_export_brace.bib")
    assert chapter.authors == ("King, Martin Luther, Jr", "von Neumann, John")
    assert chapter.doi == "10.1007/978-3-030-12345-6_7"
    assert chapter.links == (f"https://link.springer.com/chapter/{chapter.doi}?x=1&y=2#sec_3",)
    assert chapter.abstract == "An interval [0,1} or set {x is open."
    assert parsed.problems == []


def test_the_type_may_stand_anywhere_in_a_record() -> None:
    records, _ = case("ris_TY_not_first.ris")
    assert [record.title for record in records] == ["Population structure of baboons", "Another"]
    assert records[0].authors == ("Marais, A. J.", "Brown, L. R.")


def test_each_record_of_a_merged_file_has_its_own_dialect() -> None:
    records, parsed = case("merged_dialects.ris")
    embase, _, cinahl, cochrane, scopus = records
    assert (embase.accession, embase.pages, embase.doi) == (
        "L2029880245",
        "5-9",
        "10.1038/s41467-024-48400-3",
    )
    assert (cinahl.accession, cinahl.languages, cinahl.pages) == ("176404503", ("eng",), "1-60")
    assert (cochrane.accession, cochrane.pmid) == ("CN-00778158", "21314913")
    assert (scopus.accession, scopus.pmid) == ("2-s2.0-85189760133", "38580657")
    assert parsed.problems == []


def test_a_byte_order_mark_in_the_middle_is_no_text() -> None:
    records, parsed = case("bom_middle.ris")
    assert [record.types for record in records] == [("Journal Article",)] * 2
    assert parsed.problems == []


def test_a_surname_with_initials_is_a_person() -> None:
    (record,), _ = case("surname_is_group_word.csv")
    assert record.authors == ("Council ML", "Board RG", "Smith J")
    assert record.collective_authors == ()


def test_a_second_header_is_no_record() -> None:
    records, parsed = case("header_twice.csv")
    assert len(records) == 10
    assert [problem.line for problem in parsed.problems] == [7]
    assert "header stands here again" in parsed.problems[0].what


def test_refer_as_google_scholar_writes_it() -> None:
    (record,), parsed = case("25_gscholar.enw")
    assert parsed.format == "refer"
    assert (record.title, record.authors) == ("Dysbiosis in ALS", ("Silva, Ana", "Souza, Bia"))
    assert (record.journal, record.volume, record.issue, record.pages) == ("Gut", "1", "2", "3-4")
    assert (record.year, record.issns, record.other["%I"]) == (2020, ("0017-5749",), ("BMJ",))


def test_refworks_tagged() -> None:
    records, parsed = case("26_refworks_tagged.txt")
    assert (parsed.format, [record.title for record in records]) == (
        "refworks",
        ["Dysbiosis in ALS", "Two"],
    )
    first = records[0]
    assert (first.authors, first.pages, first.doi) == (
        ("Silva, Ana", "Souza, Bia"),
        "3-4",
        "10.1000/rw",
    )


def test_ovid_tagged() -> None:
    (record,), parsed = case("ovid_tagged_head.txt")
    assert parsed.format == "ovid-tagged"
    assert record.authors == ("Doe, Jane B.", "Roe, Mary L.", "Poe, Ivan")
    assert (record.year, record.published, record.languages) == (2004, "2004-11-16", ("eng",))
    assert record.issns == ("0098-1133",)


def test_every_case_is_here() -> None:
    """A case that nobody reads is no test."""
    text = Path(__file__).read_text(encoding="utf-8")
    assert {path.name for path in CASES.iterdir() if path.name not in text} == set()
