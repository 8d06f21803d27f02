"""A whole MEDLINE record at once gives what Bio.Medline gives line by line."""

from pathlib import Path

import pytest

from reviewkit.importers.medline import MedlineEntry, numbered_lines, read_medline
from reviewkit.importers.medline_texts import read_medline_texts
from tests.conftest import PROJECT, SHARED

FILES = [
    *sorted((PROJECT / "reviewkit" / "workflow" / "setup" / "demo").glob("*.nbib")),
    *sorted((SHARED / "formats").glob("*.nbib")),
    *sorted((SHARED / "pubmed" / "nbib").glob("*")),
]


@pytest.mark.slow
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_both_readers_agree_on_real_exports(path: Path) -> None:
    body = path.read_bytes()
    text = "\n".join(line for _, line in numbered_lines(body))
    by_line = list(read_medline(numbered_lines(body), source="pubmed"))
    at_once = list(
        read_medline_texts([(1, text.split("\n"))], source="pubmed", finish=lambda _: None)
    )
    assert any(isinstance(item, MedlineEntry) for item in by_line)
    assert at_once == by_line


ODD = {
    "a blank line": "PMID- 1\nOT  - a\n\nOT  - b\n",
    "a paragraph": "PMID- 1\nAB  - a\n      \n      b\n",
    "an indented tag": "PMID- 1\nAB  - a\n      TI  - b\n   c\n",
    "a tab": "PMID- 1\nAB  - a\n\tb\n",
    "no field": "PMID- 1\nAB 8- a\n      b\nTI  - c\n",
    "two numbers": "PMID- 1\nTI  - a\nPMID- 2\nTI  - b\n",
    "no blank": "PMID- 1\nTI  -\nVI  - 1\nTI  - a\n",
    "a blank field": "PMID- 1\nTI  - \nVI  - 1\nAB  -  \n      a\n",
    "a narrow tag": "PMID- 1\nAB - a\nAB  - b\n",
    "a wide tag": "PMID- 1\nABCDE- a\nAB C- b\nAB12- c\n",
    "fields of one value": "PMID- 1\nTI  - a\nVI  - 1\nTI  - b \n       c\nTI  - d\n",
    "no number first": "TI  - a\nPMID- 1\n\nPMID- 2\nTI  - b\n",
    "a folded line first": "      a\nPMID- 1\nTI  - b\n",
    "blank lines": "\n\nPMID- 1\nTI  - a\n\n\n\nPMID- 2\nTI  - b\n\n\n",
    "an odd space": "PMID- 1\nAD  - a \u2028\n      b\n",
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_both_readers_agree_on_odd_lines(text: str) -> None:
    by_line = list(read_medline(numbered_lines(text), source="pubmed"))
    at_once = list(
        read_medline_texts([(1, text.split("\n"))], source="pubmed", finish=lambda _: None)
    )
    assert at_once == by_line
