"""What goes out comes back: any record through every format that keeps it, and the real exports through all of them."""

import csv
import io
import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewkit.exports.outcome import Outcome, Status
from reviewkit.exports.values import in_one_cell, inert, with_comma
from reviewkit.exports.write import ExportFormat, write_records
from reviewkit.importers import read_file
from reviewkit.importers.normalise import items_of_cell
from reviewkit.model.errors import UsageError
from reviewkit.model.records import Record, Relation, RelationKind
from tests.conftest import SHARED
from tests.helpers.effort import examples

KEEPING = ("ris", "bibtex", "nbib", "endnote-xml", "csv", "xlsx", "csl-json", "jsonl")

# Letters of any script, and what breaks formats: quotes, braces, TeX, entities, separators, formulas, tags.
LETTERS = st.characters(
    codec="utf-8",
    categories=("L", "M", "N", "P", "S"),
    include_characters=" ",
    exclude_characters="<>\ufdd0\ufffd",
)
AWKWARD = st.sampled_from(
    [
        "{",
        "}",
        "\\",
        "&amp;",
        "&lt;",
        "%",
        "$",
        "~",
        "^",
        ";",
        ",",
        "'",
        '"',
        "=1+1",
        "@article{x,",
        "TY  - JOUR",
        "ER  - ",
    ]
)
TEXT = (
    st.lists(st.one_of(st.text(LETTERS, min_size=1, max_size=12), AWKWARD), min_size=1, max_size=6)
    .map(lambda words: " ".join(" ".join(words).split()))
    .filter(lambda text: any(letter.isalnum() for letter in text) and "  - " not in text[:6])
)
WORD = st.text(st.characters(categories=("Lu", "Ll")), min_size=2, max_size=10).filter(
    lambda word: word != "and"
)
PERSON = st.builds("{0}, {1}".format, WORD.map(str.capitalize), WORD.map(str.capitalize))
GROUP = st.builds("The {0} Study Group".format, WORD.map(str.capitalize))
TERM = st.lists(WORD, min_size=1, max_size=3).map(" ".join)
DAY = st.dates(date(1900, 1, 1), date(2030, 12, 31)).map(date.isoformat)
DATE = st.builds(lambda day, size: day[:size], DAY, st.sampled_from([4, 7, 10]))
IDENTIFIER = st.from_regex(r"[A-Za-z][A-Za-z0-9:./_-]{0,15}[a-z0-9]", fullmatch=True)
PAGES = st.one_of(
    st.integers(1, 5000).map(str),
    st.builds(
        lambda first, more: f"{first}-{first + more}", st.integers(1, 5000), st.integers(1, 400)
    ),
    st.from_regex(r"e[1-9][0-9]{2,6}", fullmatch=True),
)


def unique(strategy: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(strategy, max_size=3, unique=True).map(tuple)


@st.composite
def records(draw: st.DrawFn) -> Record:
    published = draw(st.none() | DATE)
    headings = draw(unique(TERM))
    return Record(
        source="somewhere",
        source_id=draw(IDENTIFIER),
        title=draw(st.none() | TEXT),
        original_title=draw(st.none() | TERM),
        authors=draw(unique(PERSON)),
        collective_authors=draw(unique(GROUP)),
        journal=draw(st.none() | TEXT),
        journal_abbreviation=draw(st.none() | TERM),
        issns=draw(unique(st.from_regex(r"[1-9][0-9]{3}-[0-9]{3}[0-9X]", fullmatch=True))),
        year=int(published[:4]) if published else None,
        published=published,
        published_online=draw(st.none() | DAY),
        created=draw(st.none() | DAY),
        volume=draw(st.none() | st.integers(1, 400).map(str)),
        issue=draw(st.none() | st.integers(1, 60).map(str)),
        pages=draw(st.none() | PAGES),
        doi=draw(
            st.none()
            | st.from_regex(r"10\.[1-9][0-9]{3}/[a-z0-9]{1,8}(\.[a-z0-9]{1,8})?", fullmatch=True)
        ),
        pmid=draw(st.none() | st.integers(1, 99_999_999).map(str)),
        pmcid=draw(st.none() | st.integers(1, 9_999_999).map("PMC{}".format)),
        languages=draw(unique(st.sampled_from(["eng", "por", "spa", "fre", "chi"]))),
        abstract=draw(st.none() | st.lists(TEXT, min_size=1, max_size=3).map("\n".join)),
        headings=headings,
        keywords=tuple(word for word in draw(unique(TERM)) if word not in headings),
        types=draw(unique(st.sampled_from(["Journal Article", "Review", "Book", "Letter"]))),
        links=draw(
            unique(
                st.from_regex(
                    r"https://example\.org/[a-z0-9]{1,8}\?a=[0-9]&b=[0-9]", fullmatch=True
                )
            )
        ),
        relations=draw(
            st.lists(
                st.builds(
                    Relation,
                    kind=st.sampled_from(
                        [RelationKind.RETRACTED_BY, RelationKind.ERRATUM_OF, RelationKind.UPDATE_OF]
                    ),
                    target=st.integers(1, 9_999_999).map("pmid:{}".format),
                ),
                max_size=2,
                unique=True,
            ).map(tuple)
        ),
    )


def through(
    kind: str, held: list[Record], source: str = "somewhere"
) -> tuple[list[Record], list[str]]:
    """The records after export and import, and what the import had to say."""
    parsed = read_file(io.BytesIO(b"".join(write_records(kind, held))), source=source)
    back = [replace(record, other={}) for record in parsed.records]
    return back, [str(problem) for problem in parsed.problems]


def comparable(record: Record, kind: str) -> Record:
    """The record as the format can keep it: relations go in another order through NBIB."""
    relations = (
        sorted(record.relations, key=lambda link: (link.kind, link.target))
        if kind == "nbib"
        else record.relations
    )
    keywords = tuple(word.lstrip("*") for word in record.keywords)
    return replace(
        record,
        authors=tuple(with_comma(name) for name in record.authors),
        keywords=keywords if kind == "nbib" else record.keywords,
        relations=tuple(relations),
        other={},
    )


@pytest.mark.slow
@pytest.mark.parametrize("kind", KEEPING)
@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(held=st.lists(records(), min_size=1, max_size=3, unique_by=lambda record: record.source_id))
def test_any_record_comes_back_as_it_went_out(kind: str, held: list[Record]) -> None:
    back, said = through(kind, held)
    assert [comparable(record, kind) for record in back] == [
        comparable(record, kind) for record in held
    ]
    assert said == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", ExportFormat)
@settings(max_examples=examples(20), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(held=st.lists(records(), max_size=3, unique_by=lambda record: record.source_id))
def test_the_same_records_give_the_same_bytes(kind: str, held: list[Record]) -> None:
    assert b"".join(write_records(kind, held)) == b"".join(write_records(kind, held))


def real_exports() -> list[str]:
    folder = SHARED / "formats"
    return (
        sorted(path.name for path in folder.iterdir() if path.suffix != ".tsv")
        if folder.is_dir()
        else []
    )


@pytest.mark.slow
@pytest.mark.skipif(not real_exports(), reason="needs the real exports of ../shared/data/formats")
@pytest.mark.parametrize("kind", KEEPING)
@pytest.mark.parametrize("name", real_exports())
def test_a_real_export_comes_back_as_it_went_out(name: str, kind: str) -> None:
    held = [
        replace(record, other={})
        for record in read_file(SHARED / "formats" / name, source="x").records
    ]
    back, said = through(kind, held, source="x")
    back = [comparable(record, kind) for record in back]
    wanted = [comparable(record, kind) for record in held]
    if kind == "ris":  # a keyword that is a heading too comes back as the heading
        wanted = [
            replace(
                record,
                keywords=tuple(word for word in record.keywords if word not in record.headings),
            )
            for record in wanted
        ]
    if kind == "nbib":  # which has no word for a preprint's link but a printed citation
        wanted = [
            replace(record, relations=(), published_online=whole_day(record.published_online))
            for record in wanted
        ]
        back = [replace(record, relations=()) for record in back]
    assert back == wanted
    assert said == []


def whole_day(date: str | None) -> str | None:
    """The date where it is a whole day: PubMed knows no other date of going online."""
    return date if len(date or "") == 10 else None


def test_another_source_gets_the_whole_key() -> None:
    back, _ = through(
        "ris",
        [Record(source="pubmed", source_id="7", title="A"), Record(source="lilacs", source_id="7")],
        "b",
    )
    assert [record.source_id for record in back] == ["pubmed:7", "lilacs:7"]


@given(st.text(max_size=20))
def test_no_cell_is_a_formula_and_every_cell_comes_back(cell: str) -> None:
    safe = inert(cell)
    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert (safe[1:] if safe != cell else safe) == cell


@given(st.lists(TEXT, max_size=4))
def test_items_of_one_cell_come_back(items: list[str]) -> None:
    assert items_of_cell(in_one_cell(items)) == items


PAPER = Record(
    source="pubmed", source_id="39218769", title="Microbiome and micronutrient in ALS", authors=("Sun, J", "Zhang Y"),
    collective_authors=("ALS Study Group",), journal="Neurotherapeutics : the journal",
    journal_abbreviation="Neurotherapeutics", issns=("1933-7213",), year=2024, published="2024-10",
    published_online="2024-08-31", volume="21", issue="6", pages="441-9", doi="10.1000/x", pmid="39218769",
    pmcid="PMC1", languages=("eng",), abstract="One.\nTwo.", keywords=("ALS",), types=("Journal Article", "Review"),
    links=("https://example.org/a?b=1&c=2",),
)  # fmt: skip
EXCLUDED = Outcome(status=Status.EXCLUDED, reason="wrong population", reviewer="ana", note="=1+1")


def test_ris_says_what_a_reference_manager_needs() -> None:
    lines = b"".join(write_records("ris", [PAPER])).decode().split("\n")
    assert lines[0] == "TY  - JOUR"
    assert lines[-3:] == ["ER  - ", "", ""]
    wanted = (
        "TI  - Microbiome and micronutrient in ALS", "AU  - Sun, J", "AU  - Zhang, Y", "AU  - ALS Study Group,",
        "T2  - Neurotherapeutics : the journal", "J2  - Neurotherapeutics", "PY  - 2024", "DA  - 2024/10//", "VL  - 21",
        "IS  - 6", "SP  - 441", "EP  - 449", "SN  - 1933-7213", "DO  - 10.1000/x", "C2  - PMC1", "LA  - eng",
        "AB  - One.", "   Two.", "KW  - ALS", "M3  - Journal Article", "UR  - https://example.org/a?b=1&c=2",
        "N1  - PMID: 39218769",
    )  # fmt: skip
    assert [line for line in wanted if line not in lines] == []


def test_what_a_record_does_not_say_is_left_out() -> None:
    bare = Record(source="list", source_id="1", title="A")
    for kind in ExportFormat:
        text = b"".join(write_records(kind, [bare]))
        assert b"None" not in text
        assert b"null" not in text
    lines = b"".join(write_records("ris", [bare])).decode().split("\n")
    assert {line[:2] for line in lines if line} == {"TY", "TI", "N1", "DB", "ID", "ER"}
    assert lines[0] == "TY  - GEN"


def test_decisions_stand_where_each_tool_looks_for_them() -> None:
    said = {PAPER.key: EXCLUDED}

    def row(kind: str) -> dict[str, str]:
        text = b"".join(write_records(kind, [PAPER], said)).decode("utf-8-sig")
        return next(csv.DictReader(io.StringIO(text)))

    assert (row("csv")["status"], row("csv")["reason"], row("csv")["note"]) == (
        "excluded",
        "wrong population",
        "'=1+1",
    )
    assert (row("asreview")["included"], row("asreview")["exclusion_reason"]) == (
        "0",
        "wrong population",
    )
    assert row("covidence")["Notes"].startswith("Exclusion reason: wrong population; ")
    assert row("covidence")["Tags"] == "excluded"
    assert 'RAYYAN-INCLUSION: {"ana"=>"Excluded"}' in row("rayyan")["notes"]
    assert "RAYYAN-EXCLUSION-REASONS: wrong population" in row("rayyan")["notes"]
    assert (
        "reviewkit reason: wrong population"
        in b"".join(write_records("ris", [PAPER], said)).decode()
    )
    assert (
        json.loads(b"".join(write_records("jsonl", [PAPER], said)))["outcome"]["status"]
        == "excluded"
    )
    undecided = b"".join(write_records("asreview", [PAPER])).decode()
    assert next(csv.DictReader(io.StringIO(undecided)))["included"] == ""


@pytest.mark.parametrize("kind", ["asreview", "covidence", "rayyan"])
def test_the_tools_own_columns_are_read_again(kind: str) -> None:
    record = next(
        read_file(io.BytesIO(b"".join(write_records(kind, [PAPER]))), source="tool").records
    )
    assert (record.title, record.year, record.doi) == (PAPER.title, 2024, PAPER.doi)
    assert record.authors[:2] == ("Sun, J", "Zhang, Y")
    assert record.abstract == PAPER.abstract


def test_bibtex_keys_are_unique() -> None:
    held = [replace(PAPER, source_id=str(number)) for number in range(3)]
    text = b"".join(write_records("bibtex", held)).decode()
    assert [line for line in text.splitlines() if line.startswith("@")] == [
        "@article{sun2024,", "@article{sun2024-2,", "@article{sun2024-3,",
    ]  # fmt: skip


def test_a_text_beyond_a_cell_is_refused_not_cut() -> None:
    with pytest.raises(UsageError, match="longer than a cell"):
        write_records("xlsx", [replace(PAPER, abstract="a" * 40_000)])


def test_what_a_source_gave_may_be_longer_than_a_cell() -> None:
    """As the references of one work are: `=` at the start of a piece is no formula."""
    long = {"references": ("ab" * 16_376 + "=" * 70_000,), "PB": ("Press",)}
    held = [replace(PAPER, other=long, source_id="8", pmid="8"), PAPER]
    data = b"".join(write_records("xlsx", held))
    parsed = read_file(io.BytesIO(data), source=PAPER.source)
    first, second = parsed.all()
    assert (first.other["references"], first.other["PB"]) == (long["references"], long["PB"])
    assert (second.title, parsed.problems) == (PAPER.title, [])


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_a_source_gave_may_have_the_name_of_a_column(kind: str) -> None:
    """As `pages` that were printed otherwise, or a `source` and a `year` that are none."""
    other = {"pages": ("441--449 S.",), "source": ("Scopus",), "year": ("n.d.",), "authors": ("X",)}
    data = b"".join(write_records(kind, [replace(PAPER, other=other)]))
    parsed = read_file(io.BytesIO(data), source=PAPER.source)
    (record,) = parsed.all()
    assert (record.pages, record.year, parsed.problems) == ("441-449", 2024, [])
    assert record.authors == ("Sun, J", "Zhang Y")
    assert other.items() <= record.other.items()


def test_an_unknown_format_is_told() -> None:
    with pytest.raises(UsageError, match="no such format: docx"):
        write_records("docx", [PAPER])


@pytest.mark.slow
def test_days_of_a_whole_year_come_back() -> None:
    start = date(2024, 1, 1)
    days = [(start + timedelta(days=number)).isoformat() for number in range(366)]
    held = [Record(source="x", source_id=day, title="A", year=2024, published=day) for day in days]
    for kind in KEEPING:
        assert [record.published for record in through(kind, held, "x")[0]] == days


def test_a_source_s_notes_come_back_however_often_they_go_out() -> None:
    text = "TY  - JOUR\nTI  - T\nN1  - read this one\nN1  - PMID: 7\nPB  - Press\nER  - \n"
    held = read_file(io.BytesIO(text.encode()), source="x").all()
    for _ in range(3):
        held = read_file(io.BytesIO(b"".join(write_records("ris", held))), source="x").all()
    (record,) = held
    assert record.other["N1"] == ("read this one",)
    assert (record.pmid, record.other["PB"]) == ("7", ("Press",))
