"""Which records a MEDLINE text holds, and whether its last one was cut."""

import pytest

from reviewkit.http import Flaw
from reviewkit.model.errors import CutOff
from reviewkit.sources.medline_pages import is_utf8, pmids_in, text_flaw

ARTICLE = b"PMID- 12\nTI  - Guts.\nSO  - Gut. 2024."
BOOK = b"PMID- 13\nBTI - A book of guts\nBookAccession\nAID - NBK1 [bookaccession]"
NO_RECORD = Flaw(what="answered with a text that holds no record", transient=True, tries=3)
CUT = Flaw(what="cut its last record off", transient=True, error=CutOff)


@pytest.mark.parametrize(
    ("body", "flaw"),
    [
        (ARTICLE, None),
        (b"\n" + ARTICLE + b"\n\n", None),
        (BOOK, None),
        (BOOK + b"\n\n" + ARTICLE, None),
        (b"no record", NO_RECORD),
        (b"see PMID- 12\nSO  - Gut.", NO_RECORD),
        (ARTICLE[:-1], CUT),
        (ARTICLE[:-17], CUT),
        (BOOK[:-1], CUT),
        (b"PMID- 13\nTI  - Guts [bookaccession]", CUT),
        (b"PMID- 13\nBTI - A book of guts.", CUT),
        (ARTICLE + b"\nPMID- 14\nTI  - Cut", CUT),
    ],
)
def test_a_text_is_whole_where_its_last_record_is(body: bytes, flaw: Flaw | None) -> None:
    assert text_flaw(body) == flaw


@pytest.mark.parametrize(
    ("body", "pmids"),
    [
        (b"PMID- 1\nPMID-2\n\nPMID  -  3", ("1", "2", "3")),
        (b"AID - PMID- 9\nPMID- 1\n PMID- 8", ("1",)),
        (b"xPMID- 9", ()),
        (b"\nPMID- 1", ("1",)),
        (b"", ()),
    ],
)
def test_a_record_begins_where_a_line_begins_with_its_number(
    body: bytes, pmids: tuple[str, ...]
) -> None:
    assert pmids_in(body) == pmids


def test_bytes_that_are_text_and_bytes_that_are_none() -> None:
    assert is_utf8("é 肠".encode())
    assert not is_utf8(b"\xe9")
