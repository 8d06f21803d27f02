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
    at_once = list(read_medline_texts([(1, text)], source="pubmed", finish=lambda _: None))
    assert any(isinstance(item, MedlineEntry) for item in by_line)
    assert at_once == by_line
