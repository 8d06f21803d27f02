"""What is written is valid for those who read it: each format through parsers of others."""

import io
import json
import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import nbib
import pytest
import rispy
from bibtexparser.entrypoint import parse_string as parse_bibtex
from Bio import Medline
from pybtex.database import parse_string

from reviewkit.exports.tables import ASREVIEW_COLUMNS, OWN_COLUMNS
from reviewkit.exports.values import name_parts
from reviewkit.exports.write import write_records
from reviewkit.importers import read_file
from reviewkit.model.records import Record
from tests.conftest import SHARED
from tests.helpers.asreview_loader import asreview_loader

FOLDER = SHARED / "formats"
EXPORTS = sorted(path.name for path in FOLDER.glob("*.*") if path.suffix != ".tsv")
AWKWARD = Record(
    source="x", source_id="1", title="An interval [0,1} or set {x: 50% of_x & $5 ~ ^ #1 \\",
    authors=("King, Martin Luther, Jr", "Silva AB", "A, B, C, D", "Sand and Sea, Ana"),
    collective_authors=("Department of Health, Education and Welfare",), journal="{J",
    year=2020, doi="10.1007/978-3-030-12345-6_7", languages=("eng",),
    links=("https://example.org/a_b?x=1&y=2#sec_3", "https://example.org/{a}"),
    other={"PB": ("Springer & Co",), "CY": ("Berlin",), "A2": ("Souza, Rui",)},
)  # fmt: skip


def written(kind: str, records: list[Record]) -> str:
    return b"".join(write_records(kind, records)).decode()


def held(name: str) -> list[Record]:
    if name == "awkward":
        return [AWKWARD]
    return list(read_file(FOLDER / name, source="x").records)


names = pytest.mark.parametrize("name", ["awkward", *EXPORTS])


@pytest.mark.slow
@names
def test_pybtex_and_bibtexparser_read_every_entry(name: str) -> None:
    records = held(name)
    text = written("bibtex", records)
    entries = parse_string(text, "bibtex").entries
    assert len(entries) == len(records)
    for entry, record in zip(entries.values(), records, strict=True):
        people = entry.persons.get("author", [])
        assert len(people) == len(record.authors) + len(record.collective_authors)
        assert entry.fields.get("doi", "") == (record.doi or "")
    library = parse_bibtex(text)
    assert (len(library.entries), library.failed_blocks) == (len(records), [])


def test_bibtex_keeps_the_order_of_a_name_with_a_suffix() -> None:
    entry = parse_string(written("bibtex", [AWKWARD]), "bibtex").entries["king2020"]
    king, silva, *_ = entry.persons["author"]
    assert (king.last_names, king.lineage_names) == (["King"], ["Jr"])
    assert (king.first_names, king.middle_names) == (["Martin"], ["Luther"])
    assert (silva.last_names, silva.first_names) == (["Silva"], ["AB"])
    assert [str(person) for person in entry.persons["editor"]] == ["Souza, Rui"]
    assert entry.fields["url"].startswith("https://example.org/a_b?x=1&y=2#sec_3 ")
    assert (entry.fields["publisher"], entry.fields["address"]) == (r"Springer \& Co", "Berlin")


@pytest.mark.slow
@names
def test_rispy_reads_every_record(name: str) -> None:
    records = held(name)
    entries = rispy.loads(written("ris", records))
    assert [entry.get("title") for entry in entries] == [
        " ".join(record.title.split()) if record.title else None for record in records
    ]
    assert all(entry["type_of_reference"] for entry in entries)


@pytest.mark.slow
@names
def test_biopython_and_nbib_read_every_record(name: str) -> None:
    records = held(name)
    text = written("nbib", records)
    entries = list(Medline.parse(io.StringIO(text)))  # type: ignore[no-untyped-call]  # ships no types
    assert [entry.get("PMID") for entry in entries] == [record.pmid for record in records]
    assert [len(entry.get("AU", [])) for entry in entries] == [
        len(record.authors) for record in records
    ]
    references = nbib.read(text)
    assert [one.get("pubmed_id") for one in references] == [
        int(record.pmid) if record.pmid else None for record in records
    ]


@pytest.mark.slow
@names
def test_endnote_xml_is_as_endnote_has_it(name: str) -> None:
    records = held(name)
    root = ET.fromstring(written("endnote-xml", records))
    assert (root.tag, [child.tag for child in root]) == ("xml", ["records"])
    assert len(root[0]) == len(records)
    for element in root[0]:
        assert element.find("ref-type") is not None
        assert all(one.text for one in element.iter("style"))


# What ASReview 3 keeps of a record for itself: its loader ends with an error at such a column.
ASREVIEW_OWN = {"dataset_row", "dataset_id", "record_id", "duplicate_of", "group_id"}


def test_no_column_is_one_that_asreview_keeps_for_itself() -> None:
    assert ASREVIEW_OWN.isdisjoint((*OWN_COLUMNS, *ASREVIEW_COLUMNS))


@pytest.mark.slow
@names
@pytest.mark.parametrize("kind", ["csv", "xlsx", "ris", "asreview"])
def test_asreview_loads_every_record(kind: str, name: str, tmp_path: Path) -> None:
    load = asreview_loader()
    file = tmp_path / ("held.csv" if kind == "asreview" else f"held.{kind}")
    records = held(name)
    file.write_bytes(b"".join(write_records(kind, records)))
    loaded = load(file, dataset_id="x")
    assert [(words(one.title), words(one.abstract), one.year, one.doi) for one in loaded] == [
        (words(record.title), words(record.abstract), record.year, record.doi) for record in records
    ]
    groups = kind in {"ris", "asreview"}  # our own tables have a column for them
    assert [len(one.authors) for one in loaded] == [
        len(record.authors) + groups * len(record.collective_authors) for record in records
    ]


def words(text: str | None) -> str:
    return " ".join((text or "").split())


# Zotero's translators of RIS and BibTeX, which are not shipped: `make zotero` fetches them.
TRANSLATORS = Path(os.environ.get("ZOTERO_TRANSLATORS", SHARED / "translators"))
READ_WITH_ZOTERO = Path(__file__).parents[1] / "helpers" / "read_with_zotero.js"


@pytest.mark.slow
@names
@pytest.mark.skipif(not TRANSLATORS.is_dir(), reason="needs Zotero's translators: make zotero")
@pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
@pytest.mark.parametrize(("kind", "translator"), [("ris", "RIS.js"), ("bibtex", "BibTeX.js")])
def test_zotero_s_own_translators_read_every_record(
    kind: str, translator: str, name: str, tmp_path: Path
) -> None:
    records = held(name)
    file = tmp_path / "held"
    file.write_text(written(kind, records), encoding="utf-8")
    command = ["node", *map(str, (READ_WITH_ZOTERO, TRANSLATORS / translator, file))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[:500]

    for item, record in zip(json.loads(done.stdout), records, strict=True):
        assert letters(item.get("title")) == letters(record.title)
        people = [one["lastName"] for one in item["creators"] if one["creatorType"] == "author"]
        # A name with commas stands in braces in BibTeX, and is cut at the first one in RIS.
        held_names = (*record.authors, *(f"{one}," for one in record.collective_authors))
        families = [letters(name_parts(one)[0]) for one in held_names]
        assert len(people) == len(families)
        assert all(map(str.startswith, map(letters, people), families))
        assert str(record.year or "") in (item.get("date") or "")
        assert letters(item.get("abstractNote")) == letters(record.abstract)


def letters(text: str | None) -> str:
    """The letters and digits, without TeX's words for a sign that Zotero does not know.

    Those are a backslash, and a brace without its other one: BibTeX has no other way to write them.
    """
    plain = re.sub(r"\\text(?:backslash|brace(?:left|right))", "", text or "")
    return re.sub(r"\W+", "", plain).casefold()


@pytest.mark.slow
@names
def test_csl_json_has_the_names_and_kinds_of_its_schema(name: str) -> None:
    """The rules of csl-data.json 1.0.2 for what is written here."""
    items = json.loads(written("csl-json", held(name)))
    for item in items:
        assert {"id", "type"} <= item.keys()
        for person in (*item.get("author", ()), *item.get("editor", ())):
            assert person.keys() <= {"family", "given", "suffix", "literal"}
        for date in ("issued", "available-date"):
            parts = item.get(date, {}).get("date-parts", [[1]])
            assert all(isinstance(part, int) for part in parts[0])
        plain = item.keys() - {"author", "editor", "issued", "available-date", "custom"}
        assert all(isinstance(item[name], str) for name in plain)


@pytest.mark.parametrize("kind", ["ris", "bibtex", "endnote-xml", "csv", "csl-json", "nbib"])
def test_publisher_place_and_editors_go_out(kind: str) -> None:
    text = written(kind, [AWKWARD])
    assert "Springer" in text
    assert "Berlin" in text
    assert "Souza" in text
