"""MEDLINE text to records: every real file at hand, the project's own, and whatever else comes."""

import datetime
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.importers.medline import (
    MedlineEntry,
    numbered_lines,
    parse_medline,
    read_medline,
)
from reviewkit.importers.medline_fields import MedlineProblem
from reviewkit.importers.medline_values import first_doi, iso_day, iso_published, relation_target
from reviewkit.model.records import Record, Relation, RelationKind
from tests.conftest import SHARED
from tests.helpers.retrieval import SMALL

REAL = SHARED / "pubmed" / "nbib"
needs_real = pytest.mark.skipif(
    not REAL.is_dir(), reason="the real .nbib files are not at hand (../shared/data)"
)


def small() -> dict[str, Record]:
    return {record.source_id: record for record in parse_medline(SMALL.read_bytes()).records}


def one(*lines: str) -> Record:
    (record,) = parse_medline("\n".join(["PMID- 1", *lines])).records
    return record


@pytest.mark.slow
@needs_real
def test_every_real_record_is_read() -> None:
    texts = {path.name: path.read_bytes() for path in sorted(REAL.iterdir())}
    read = {name: parse_medline(body) for name, body in texts.items()}
    assert {name: len(text.records) for name, text in read.items()} == {
        name: len(re.findall(rb"^PMID- ", body, re.MULTILINE)) for name, body in texts.items()
    }
    assert sum(len(text.records) for text in read.values()) == 427
    assert [text.problems for text in read.values() if text.problems] == []
    for record in (record for text in read.values() for record in text.records):
        assert record.pmid == record.source_id
        assert record.title
        assert record.year == int((record.published or "")[:4])
        assert record.languages
        assert all(re.fullmatch(r"[a-z]{3}", code) for code in record.languages)
        assert record.doi is None or record.doi.startswith("10.")
        assert all(re.fullmatch(r"pmid:\d+", relation.target) for relation in record.relations)


@pytest.mark.slow
@needs_real
def test_nothing_of_a_real_record_is_lost() -> None:
    named = {
        "TT",
        "FAU",
        "CN",
        "JT",
        "TA",
        "VI",
        "IP",
        "PG",
        "PMC",
        "LA",
        "AB",
        "MH",
        "PT",
        "OT",
        "DEP",
        "DP",
        "PMID",
    }
    for path in sorted(REAL.iterdir()):
        for block in re.split(r"\r?\n\s*\r?\n(?=PMID)", path.read_text(encoding="utf-8").strip()):
            (record,) = parse_medline(block).records
            held = " ".join(
                " ".join(value) if isinstance(value, tuple) else str(value)
                for value in values(record)
            )
            for tag in (
                set(re.findall(r"^([A-Z]{2,4}) *- ", block, re.MULTILINE)) - named - {"TI", "BTI"}
            ):
                assert tag in record.other
            words = re.sub(r"^(?:[A-Z]{2,4} *-|      )", " ", block, flags=re.MULTILINE).split()
            missing = {word for word in words if word not in held}
            # What is there in another spelling: dates, the star of a keyword, and short names beside full ones.
            assert not {
                word
                for word in missing
                if not re.match(r"\d{4}|\d{8}|[A-Z][a-z]{2}$|\d{1,2}$|\*", word)
            }


def values(record: Record) -> list[object]:
    fields = [
        getattr(record, name) for name in record.__slots__ if name not in {"other", "relations"}
    ]
    return [*fields, *record.other.values()]


@needs_real
def test_real_translations_groups_books_and_links() -> None:
    read = {
        r.source_id: r for path in REAL.iterdir() for r in parse_medline(path.read_bytes()).records
    }
    assert read["27299791"].languages == ("ger",)
    assert read["27299791"].title == "[Pharmacotherapy of Anxiety Disorders]."
    assert read["27299791"].original_title == "Pharmakotherapie bei Angsterkrankungen."
    assert read["30624520"].languages == ("por", "eng")
    assert read["22123563"].published == "2011"
    assert read["22123563"].other["DP"] == ("2011 Nov-Dec",)
    assert read["23733328"].relations == (
        Relation(kind=RelationKind.HAS_COMMENT, target="pmid:24001551"),
        Relation(kind=RelationKind.HAS_UPDATE, target="pmid:25692403"),
        Relation(kind=RelationKind.UPDATE_OF, target="pmid:16235374"),
    )
    assert read["38326622"].relations == (
        Relation(kind=RelationKind.HAS_PREPRINT, target="pmid:36778505"),
    )
    books = [
        record for record in read.values() if "BTI" not in record.other and "PB" in record.other
    ]
    assert [
        book.title
        for book in books
        if (book.title or "").startswith(("Anxiety in", "Internet-Based"))
    ]
    assert any(record.collective_authors for record in read.values())


def test_the_projects_own_records() -> None:
    records = small()
    assert len(records) == 20
    assert records["99000001"].title == (
        "Invented work 1: dysbiosis and the gastrointestinal microbiome in amyotrophic lateral sclerosis."
    )
    assert records["99000001"].authors == ("Invented, One", "Invented, Two")
    assert records["99000001"].keywords == ("dysbiosis", "ALS")
    assert records["99000001"].other["OT"] == ("dysbiosis", "*ALS")
    assert records["99000001"].headings[0] == "Dysbiosis/*complications"
    assert records["99000001"].issns == ("0000-0001",)
    assert (records["99000001"].created, records["99000019"].created) == ("2022-03-16", None)
    assert records["99000004"].original_title == "Obra inventada 4: disbiose e sistema nervoso."
    assert records["99000008"].published_online == "2025-06-30"
    assert records["99000009"].collective_authors == ("Invented Works Study Group",)
    assert records["99000017"].title == "Invented book 17: the gastrointestinal microbiome"
    assert records["99000018"].title is None, "[Not Available]. is silence"
    assert records["99000018"].other["TI"] == ("[Not Available].",)


def test_relations_tell_who_is_what() -> None:
    answer = {
        pmid: [(relation.kind.value, relation.target) for relation in record.relations]
        for pmid, record in small().items()
        if record.relations
    }
    assert answer == {
        "99000010": [("retracted_by", "pmid:99000011")],
        "99000011": [("retraction_of", "pmid:99000010")],
        "99000012": [("preprint_of", "pmid:99000013")],
        "99000013": [("has_preprint", "pmid:99000012")],
        "99000014": [("has_erratum", "doi:10.5555/invented.99000015")],
        "99000015": [("erratum_of", "pmid:99000014")],
        "99000016": [("comment_on", "pmid:99000001")],
    }
    concern = one(
        "ECI - J X. 2020;1:1.", "PRIN- J X. 2020;1:2. PMID: 5", "RPI - J X. 2021;1:3. PMID: 6"
    )
    assert concern.relations == (
        Relation(kind=RelationKind.HAS_CONCERN, target="J X. 2020;1:1."),
        Relation(kind=RelationKind.RELATED_TO, target="pmid:5"),
        Relation(kind=RelationKind.RELATED_TO, target="pmid:6"),
    )
    assert concern.other["RPI"] == ("J X. 2021;1:3. PMID: 6",)


@pytest.mark.parametrize(
    ("printed", "iso"),
    [
        ("2024", "2024"),
        ("2024 Oct", "2024-10"),
        ("2024 Oct 3", "2024-10-03"),
        ("2024 Jan-Dec", "2024"),
        ("2022 Winter", "2022"),
        ("2023 Nov-2024 Feb", "2023"),
        ("2014 Dec 24-2015 Jan 6", "2014"),
        ("2012 Oct 8-14", "2012-10"),
        ("2019 May/Jun", "2019"),
        ("2019 Jan - Feb", "2019"),
        ("1978 Sep-OCT", "1978"),
        ("1944-1945", "1944"),
        ("2024 Feb 30", "2024-02"),
        ("2024/05/01", "2024-05-01"),
        ("Spring 2021", "2021"),
        ("in press", None),
        ("", None),
    ],
)
def test_dates_of_publication_are_as_precise_as_they_are_certain(
    printed: str, iso: str | None
) -> None:
    assert iso_published(printed) == iso


@given(st.dates(), st.sampled_from(["%Y%m%d", "%Y/%m/%d 06:00", "%Y-%m-%d"]))
def test_days_in_numbers(day: datetime.date, pattern: str) -> None:
    assert iso_day(f"{day.year:04d}{day:{pattern.removeprefix('%Y')}}") == day.isoformat()


@given(st.text(max_size=30))
def test_values_are_total(text: str) -> None:
    for read in (iso_published, iso_day, relation_target):
        read(text)
    first_doi([text, text + " [doi]"])


def test_continued_lines_are_one_value() -> None:
    record = one(
        "OT  - a keyword that",
        "      goes on",
        "OT  - another",
        "AB  - First.",
        "      ",
        "      Second.",
    )
    assert record.keywords == ("a keyword that goes on", "another")
    assert record.abstract == "First.\nSecond."


def test_an_author_without_a_full_name_keeps_the_place() -> None:
    record = one("AU  - Alpha A", "FAU - Beta, Bea", "AU  - Beta B", "AU  - Gamma C")
    assert record.authors == ("Alpha A", "Beta, Bea", "Gamma C")


def test_the_article_id_goes_before_the_location() -> None:
    record = one(
        "LID - S1 [pii]",
        "LID - 10.1/x [doi]",
        "LID - 10.1234/elocation [doi]",
        "AID - 10.1234/article [doi]",
    )
    assert record.doi == "10.1234/article"
    assert one("LID - S1 [pii]", "LID - 10.1234/elocation [doi]").doi == "10.1234/elocation"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_and_marks_do_not_matter(end: str) -> None:
    text = SMALL.read_text(encoding="utf-8")
    body = b"\xef\xbb\xbf" + text.replace("\n", end).encode()
    assert parse_medline(body) == parse_medline(text)


def test_records_without_an_empty_line_between_are_apart() -> None:
    read = parse_medline("PMID- 1\nTI  - One.\nPMID- 2\nTI  - Two.\n")
    assert [record.title for record in read.records] == ["One.", "Two."]


def test_an_empty_line_inside_a_field_ends_nothing() -> None:
    read = parse_medline("PMID- 1\nAB  - Before\n\n      after.\nTI  - One.\n\n\nPMID- 2\n")
    assert [(record.title, record.abstract) for record in read.records] == [
        ("One.", "Before after."),
        (None, None),
    ]


@pytest.mark.parametrize("printed", ["٣", "²", "3²"])
def test_other_digits_are_no_pmid(printed: str) -> None:
    read = parse_medline(f"PMID- {printed}\nTI  - Gut\n".encode())
    (record,) = read.records
    assert record.pmid is None
    assert [problem.what[:24] for problem in read.problems] == ["a PMID is a number, not "]


def test_problems_have_lines_and_lose_nothing() -> None:
    read = parse_medline(
        b"\nPMID- 1\nCOVID-19 stands here\nTI  - M\xfcller\nDP  - soon\n\nTI  - Who?\n\nPMID- x1\n"
    )
    assert [(problem.line, problem.what[:24]) for problem in read.problems] == [
        (3, "neither a field nor the "),
        (2, "no year in the date of p"),
        (7, "a record without a PMID"),
        (9, "a PMID is a number, not "),
    ]
    first, second, third = read.records
    assert (first.title, first.other["unread"], first.other["DP"]) == (
        "Müller",
        ("COVID-19 stands here",),
        ("soon",),
    )
    assert (second.source_id, third.source_id, third.other["PMID"]) == ("line-7", "line-9", ("x1",))


line = st.one_of(
    st.sampled_from(
        [
            "",
            "      ",
            "PMID- 7",
            "      more",
            "TI  - ",
            "TI  -",
            "AU  - X",
            "MH  - Y",
            "ISSN - 1",
            "\t",
        ]
    ),
    st.text(max_size=12),
)


@given(st.lists(line, max_size=12).map("\n".join), st.binary(max_size=60))
def test_any_text_and_any_bytes_are_read(text: str, body: bytes) -> None:
    for each in (text, body, text.encode("utf-8", "surrogatepass") + body):
        items = list(read_medline(numbered_lines(each)))
        assert all(isinstance(item, MedlineEntry | MedlineProblem) for item in items)
        lines = [item.line for item in items if isinstance(item, MedlineEntry)]
        assert lines == sorted(lines)


@pytest.mark.slow
@given(
    st.lists(st.from_regex(r"[A-Z]{2,3} {1,2}- [a-z]{4,9}", fullmatch=True), min_size=1, max_size=8)
)
def test_no_value_is_lost(lines: list[str]) -> None:
    padded = [f"{text.split('-')[0].strip():<4}- {text.split('- ')[1]}" for text in lines]
    record = one(*padded)
    held = str(values(record))
    assert all(text.split("- ")[1] in held for text in padded)


def test_nothing_is_no_problem() -> None:
    assert parse_medline("") == parse_medline(b"\n\n")
    assert (parse_medline("").records, parse_medline("").problems) == ((), ())


def test_what_continues_a_line_that_is_no_field_is_no_part_of_the_field_above() -> None:
    text = "PMID- 1\nTI  - A title\nno field\n      and more of it\nVI  - 3\n"
    read = parse_medline(text)
    (record,) = read.records
    assert record.title == "A title"
    assert record.other["unread"] == ("no field and more of it",)
    assert [problem.line for problem in read.problems] == [3]
