"""What databases and tools export: one made work as each of them writes it.

Tags, columns and order follow what is known of each format. The files, the work and its people are
made.
"""

import io
from pathlib import Path
from typing import Any

import pytest

from reviewkit.importers import read_file
from reviewkit.model.errors import DamagedFile, UsageError
from reviewkit.model.records import Record
from tests.conftest import PROJECT

FOLDER = PROJECT / "tests" / "data" / "dialects"
WORK = {
    "title": "A work", "year": 2020, "journal": "a journal", "doi": "10.1000/a",
    "abstract": "Abs.", "volume": "3", "issue": "2", "pages": "117-126",
}  # fmt: skip
# Where an export lacks a field, or is less precise.
OTHERWISE: dict[str, dict[str, Any]] = {
    "ebsco.csv": {"pages": "117"},
    "google_scholar.enw": {"doi": None, "abstract": None},
    "pubmed.csv": {"abstract": None},
    "pubmed_summary.txt": {"abstract": None},
    "semantic_scholar.bib": {"doi": None, "abstract": None, "issue": None},
    "springer.csv": {"abstract": None, "pages": None},
}
# The number under which the source knows the work.
NUMBERS = {
    "embase.ris": "L2001234567", "embase_by_rows.csv": "L2001234567", "scopus.ris": "2-s2.0-850001",
    "scopus.csv": "2-s2.0-850001", "wos.txt": "WOS:000001", "wos_tab.txt": "WOS:000001",
    "cochrane.ris": "CN-00123456", "cochrane_text.txt": "CN-00123456", "cinahl.ris": "141000001",
    "ebsco.csv": "141000001", "proquest.txt": "2300000001", "ovid.ris": "12345678",
    "ovid_citation.txt": "12345678", "ieee.csv": "900001", "bvs.ris": "biblio-1000001",
    "bvs.csv": "biblio-1000001", "dimensions.csv": "pub.1100000001",
    "lens.csv": "000-001-002-003-004", "openalex.csv": "W3000000001", "pubmed.csv": "12345678",
    "pubmed_summary.txt": "12345678", "endnote.xml": "12345678",
}  # fmt: skip
REFUSED = {
    "ebsco.xml": "export the records as RIS or CSV",
    "pubmed_abstract.txt": "choose Save and the format PubMed",
    "sciencedirect.txt": "export the records as RIS",
}
READ = sorted(path.name for path in FOLDER.iterdir() if path.name not in REFUSED)


def as_told(record: Record) -> dict[str, Any]:
    values = {name: getattr(record, name) for name in WORK}
    values["title"] = (record.title or "").rstrip(".")
    values["journal"] = (record.journal or "").casefold()
    return values


@pytest.mark.parametrize("name", READ)
def test_a_work_is_read_as_each_exporter_writes_it(name: str) -> None:
    parsed = read_file(FOLDER / name, source="here")
    first = next(parsed.records)

    assert as_told(first) == WORK | OTHERWISE.get(name, {})
    families = [author.replace(",", "").split()[0] for author in first.authors]
    assert families == ["Silva", "Souza"]
    if name in NUMBERS:
        assert first.source_id == NUMBERS[name]
    assert [record.title for record in parsed.records] in ([], ["Another work"], ["Another work."])
    assert parsed.problems == [], [str(problem) for problem in parsed.problems]


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_read_is_refused_with_the_export_to_choose(name: str) -> None:
    with pytest.raises((UsageError, DamagedFile)) as refused:
        read_file(FOLDER / name, source="here").all()
    assert REFUSED[name] in refused.value.hint


def test_a_document_without_its_title_field_has_its_headline(tmp_path: Path) -> None:
    file = tmp_path / "proquest.txt"
    file.write_text("Document 1 of 1\n\nA work\n\nAuthor: Silva, Ana\n\nPages: 1-2\n")
    (record,) = read_file(file, source="here").all()
    assert (record.title, record.authors) == ("A work", ("Silva, Ana",))


def test_the_number_in_a_reference_manager_s_extra_field_is_read() -> None:
    (record,) = read_file(FOLDER / "zotero.csv", source="here").all()
    assert record.pmid == "12345678"


def read_text(text: str, name: str = "") -> Record:
    (record,) = read_file(io.BytesIO(text.encode()), source="here", name=name).all()
    return record


def test_the_groups_of_a_library_are_no_authors() -> None:
    record = read_text(
        "@article{a,\n author = {Silva, Ana},\n title = {T},\n groups = {mine, to read},\n}\n"
    )
    assert (record.authors, record.collective_authors) == (("Silva, Ana",), ())
    assert record.other["groups"] == ("mine, to read",)


@pytest.mark.parametrize(
    ("printed", "keywords"),
    [
        ("gut microbiota,ALS,4-aminopyridine", ("gut microbiota", "ALS", "4-aminopyridine")),
        ("gut, ALS", ("gut", "ALS")),
        ("1,2-dichloroethane; N,N-dimethyl", ("1,2-dichloroethane", "N,N-dimethyl")),
        ("N,N-dimethylformamide", ("N,N-dimethylformamide",)),
        ("2,4-D", ("2,4-D",)),
    ],
)
def test_keywords_of_bibtex_are_parted_as_each_program_writes_them(
    printed: str, keywords: tuple[str, ...]
) -> None:
    assert read_text(f"@article{{a, title={{T}}, keywords={{{printed}}}}}\n").keywords == keywords


def test_tags_in_small_letters_are_read_where_the_type_s_is() -> None:
    record = read_text("ty  - JOUR\nti  - A work\nau  - Silva, Ana\npy  - 2020\ner  - \n")
    assert (record.title, record.authors, record.year) == ("A work", ("Silva, Ana",), 2020)


def test_a_line_in_small_letters_is_no_tag_in_other_files() -> None:
    record = read_text("TY  - JOUR\nAB  - A list of\nit  - and of\nER  - \n")
    assert record.abstract == "A list of\nit - and of"


def test_a_first_line_for_excel_is_no_header() -> None:
    table = "sep=;\r\nTitle;Authors;Year\r\nT;Silva, Ana;2020\r\n"
    (record,) = read_file(io.BytesIO(table.encode()), source="here").all()
    assert (record.title, record.authors, record.year) == ("T", ("Silva, Ana",), 2020)

    mapping = {"title": "Title", "authors": "Authors", "year": "Year"}
    (record,) = read_file(io.BytesIO(table.encode()), source="here", mapping=mapping).all()
    assert (record.title, record.year) == ("T", 2020)


def test_endnote_s_list_for_people_is_refused_with_the_export_to_choose() -> None:
    text = "Reference Type:  Journal Article\nRecord Number: 1\nAuthor: Silva, A.\nTitle: T\n"
    with pytest.raises(UsageError, match="for people to read") as refused:
        read_text(text)
    assert "RIS" in refused.value.hint
