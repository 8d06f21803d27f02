"""No bytes whatever bring down a reader: it answers with records and problems, or with one clear error."""

import io
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewkit.exports.write import write_records
from reviewkit.importers import Format, read_file
from reviewkit.model.errors import ReviewkitError
from reviewkit.model.records import Record, Relation, RelationKind
from tests.helpers.effort import examples
from tests.importers.test_small import ARTICLE, TABLES

WORK = Record(
    source="here", source_id="1", title="A work; \"quoted\" & {braced}", authors=("Silva, Ana", "Souza, Rui"),
    collective_authors=("ALS Study Group",), journal="A Journal", year=2020, published="2020-02-03", pages="117-126",
    doi="10.1000/a", pmid="7", languages=("eng",), abstract="One.\nTwo.", keywords=("k1", "k2"),
    relations=(Relation(kind=RelationKind.RETRACTED_BY, target="pmid:8"),),
)  # fmt: skip
OVID = "<1>\nTitle\n  A work.\nAuthor\n  Silva A;  Souza R\nSource\n  A Journal.  3(2):117-126, 2020 Feb.\n"
WOS = "FN Clarivate\nVR 1.0\nPT J\nAU Silva, A\n   Souza, R\nTI A work\nPY 2020\nUT WOS:1\nER\nEF\n"
ENDNOTE = "<xml><records><record><titles><title><style>A</style></title></titles></record></records></xml>"
SAMPLES = [
    *(b"".join(write_records(kind, [WORK, WORK])) for kind in ("ris", "bibtex", "nbib", "csv", "xlsx")),
    *(b"".join(write_records(kind, [WORK, WORK])) for kind in ("csl-json", "jsonl")),
    *(text.encode() for text in (ARTICLE, OVID, WOS, ENDNOTE)),
    *("\n".join(rows).encode() for rows in TABLES.values()),
]  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A good file with pieces cut out, doubled, moved, or replaced by anything."""
    data = draw(st.sampled_from(SAMPLES))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, min(len(data), start + 60)))
        new = draw(
            st.one_of(st.binary(max_size=12), st.just(data[start:end] * 2), st.sampled_from(BITS))
        )
        data = data[:start] + new + data[end:]
    return data


BITS = [
    b"\n",
    b"\r",
    b'"',
    b"{",
    b"}",
    b"<",
    b"&",
    b"\\",
    b"@a{",
    b"ER  - \n",
    b"TY  - JOUR\n",
    b"PT J\n",
    b"]",
    b",",
]


def survives(data: bytes, **values: Any) -> None:
    try:
        parsed = read_file(io.BytesIO(data), source="here", **values)
        records = parsed.all()
    except ReviewkitError as error:
        assert str(error)  # noqa: PT017  an error is one of the two right answers
        return
    assert len({record.key for record in records}) == len(records)
    assert all(str(problem) for problem in parsed.problems)


@pytest.mark.slow
@settings(max_examples=examples(400), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(damaged())
def test_a_damaged_file_of_any_format(data: bytes) -> None:
    survives(data)


@settings(max_examples=examples(200), deadline=None)
@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)))
def test_any_bytes(data: bytes) -> None:
    survives(data)


@pytest.mark.parametrize("kind", Format)
@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=damaged())
def test_any_file_under_the_name_of_another_format(kind: str, data: bytes) -> None:
    survives(data, format=kind)
