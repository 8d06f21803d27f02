"""The short ways of reading give what the long ones give: plain RIS records, and plain values."""

import io
import random
from collections.abc import Iterable, Iterator

import pytest

from reviewkit.importers import Problem, read_file, record_builder, ris
from reviewkit.importers.field_values import VALUES
from reviewkit.importers.lines import Block
from reviewkit.importers.ris_texts import RecordText, record_texts
from reviewkit.model.errors import ReviewkitError
from reviewkit.model.records import Record
from tests.helpers.effort import examples
from tests.importers.test_mutations import EXPORTS, mutated

RIS = [path for path in EXPORTS if path.suffix == ".ris"]
# What a short way could get wrong: it is put at the ends of lines.
PIECES = [
    b"\nER", b"\nER  - x", b"\nER  -", b"\nA-  - x", b"\nab  - x", b"\nTY  - ", b"\nTY  - BOOK", b"\n12.",
    b"\n\n", b"\n ", b"\n x", b"\nx", b"\nAB  -\n x", b"\nKW  -  a\nb\n c", b"\nAB  - a\n \nb", b"\nTI  - A  B",
    b"\nT2  - ", b"  - ", b"\xc2\xa0", b"\xe2\x80\xa8", b"\x1c", b"&amp;", b"\nSN  - 1234-5678\nSN  - 12345678",
    b"\nAU  - Silva, A; Souza, R", b"\nUR  - http://a/?a&b;c     LK  - http://b", b"\nSP  - 17\nEP  - 9",
]  # fmt: skip
Read = tuple[list[Record], list[Problem]] | str


def altered() -> Iterator[bytes]:
    """Real exports with changed bytes and odd lines."""
    chance = random.Random(19)
    for path in RIS:
        yield path.read_bytes()
        for _ in range(examples(6)):
            lines = mutated(path.read_bytes(), chance).split(b"\n")
            for _ in range(chance.randint(0, 4)):
                lines[chance.randrange(len(lines))] += chance.choice(PIECES)
            text = b"\n".join(lines)
            yield text
            yield text.replace(b"TY  - JOUR", b"TY  -", 1)


def read(data: bytes) -> Read:
    try:
        parsed = read_file(io.BytesIO(data), source="here")
        return list(parsed.records), parsed.problems
    except ReviewkitError as error:
        return str(error)


@pytest.mark.slow
def test_plain_records_are_read_as_line_by_line(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = list(altered())
    short = list(map(read, texts))

    def never_plain(blocks: Iterable[Block]) -> Iterator[RecordText]:
        return (record._replace(raw={}) for record in record_texts(blocks))

    monkeypatch.setattr(ris, "record_texts", never_plain)
    for text, found in zip(texts, short, strict=True):
        assert read(text) == found, text


@pytest.mark.slow
def test_plain_values_are_read_as_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = list(altered())
    short = list(map(read, texts))
    long_ways = tuple(reader._replace(plain=None) for reader in VALUES)
    monkeypatch.setattr(record_builder, "VALUES", long_ways)
    record_builder._readers_for.cache_clear()
    try:
        for text, found in zip(texts, short, strict=True):
            assert read(text) == found, text
    finally:
        record_builder._readers_for.cache_clear()


def test_most_records_of_real_exports_are_plain() -> None:
    plain: list[bool] = []
    for path in RIS:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
        plain += [bool(record.raw) for record in record_texts([(1, text.split("\n"))])]

    if len(plain) < 100:
        pytest.skip("the real exports are not here")
    assert plain.count(True) > 0.8 * len(plain)
