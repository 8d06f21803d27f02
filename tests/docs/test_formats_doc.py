"""docs/formats.md says what each format cannot carry: as it is found, for a record with every field."""

import io
import re

import pytest

from reviewkit.exports.write import ExportFormat, write_records
from reviewkit.importers import Format, read_file
from reviewkit.model.records import Record, Relation, RelationKind
from reviewkit.workflow.reporting.convert import losses_of
from tests.conftest import PROJECT, SHARED

PAGE = (PROJECT / "docs" / "formats.md").read_text(encoding="utf-8")
FULL = Record(
    source="x", source_id="7", title="A title", original_title="Um título",
    authors=("Silva, Ana", "Souza, Rui"), collective_authors=("ALS Study Group",), journal="Gut",
    journal_abbreviation="Gut abbr", issns=("1234-5679",), year=2020, published="2020-05-01",
    published_online="2020-04-01", created="2020-03-01", volume="1", issue="2", pages="3-4",
    doi="10.1000/a", pmid="7", pmcid="PMC8", accession="A9", languages=("eng", "por"),
    abstract="An abstract.", headings=("Humans",), keywords=("gut",), types=("Review", "Letter"),
    links=("https://example.org/1", "https://example.org/2"),
    relations=(Relation(kind=RelationKind.HAS_PREPRINT, target="pmid:5"),),
    other={"TY": ("JOUR",), "PB": ("Springer",), "CY": ("Berlin",), "A2": ("Lima, Eva",),
           "C4": ("a tag of its own",)},
)  # fmt: skip


def found(kind: str) -> str:
    lost = losses_of([FULL], b"".join(write_records(kind, [FULL])))
    names = sorted(name.replace("the source's ", "").replace("_", " ") for name in lost)
    return ", ".join(names) or "nothing"


def test_what_each_format_does_not_carry_is_listed() -> None:
    listed = dict(re.findall(r"^\| `([a-z-]+)` \| ([^|]+?) \|$", PAGE, re.MULTILINE))
    assert {kind: listed.get(kind) for kind in ExportFormat} == {
        kind: found(kind) for kind in ExportFormat
    }


REAL = sorted(path for path in (SHARED / "formats").glob("*.*") if path.suffix != ".tsv")


@pytest.mark.slow
@pytest.mark.skipif(not REAL, reason="needs the real exports of ../shared/data/formats")
@pytest.mark.parametrize("kind", ExportFormat)
def test_what_real_records_lose_is_listed(kind: str) -> None:
    """Every field that does not come back is in a table of the page, and every line there is so."""
    lost: set[str] = set()
    for path in REAL:
        held = read_file(path, source="x").all()
        written = b"".join(write_records(kind, held))
        lost |= losses_of(held, written).keys()
        back = read_file(io.BytesIO(written), source="x").all()
        if any(one.abstract != other.abstract for one, other in zip(held, back, strict=True)):
            lost.add("abstract")

    if kind in {"csv", "xlsx", "jsonl"}:
        assert lost == set()
    always = set(found(kind).split(", "))
    lines = re.findall(r"^\| (`[^|]+`) \| ([a-z ,]+) \| [^|]+ \|$", PAGE, re.MULTILINE)
    listed = {name for kinds, names in lines if f"`{kind}`" in kinds for name in names.split(", ")}
    names = {name.replace("_", " ") for name in lost if not name.startswith("the source's ")}
    assert names - always == listed


def test_every_format_that_is_read_is_named() -> None:
    assert [name for name in Format if f"`{name}`" not in PAGE] == []
