"""Journals survive a crash, and name damage."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewkit.cache.journal import RunHeader, add_page, begin_journal, end_journal, read_journal
from reviewkit.model.errors import CacheError, DamagedCache
from reviewkit.model.records import PageRef
from tests.helpers.retrieval import STARTED


def made_journal(path: Path, pages: int, *, complete: bool) -> None:
    """A journal of `pages` lines beside its header."""
    header = RunHeader(
        source="pubmed", strategy="é", query='"a"\nb', endpoint="http://x/", started_at=STARTED
    )
    begin_journal(path, header)
    for number in range(pages):
        ref = PageRef(request=f"POST {number} ü", sha256=f"{number:064x}", retrieved_at=STARTED)
        add_page(path, ref, size=number)
    if complete:
        end_journal(path, pages=pages)


@given(pages=st.integers(0, 4), complete=st.booleans(), data=st.data())
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_journal_torn_anywhere_keeps_its_whole_lines(
    tmp_path: Path, pages: int, complete: bool, data: st.DataObject
) -> None:
    path = tmp_path / "journal.jsonl"
    path.unlink(missing_ok=True)
    made_journal(path, pages, complete=complete)
    whole = path.read_bytes()
    kept = whole[: data.draw(st.integers(0, len(whole)))]
    path.write_bytes(kept + data.draw(st.sampled_from([b"", b"\0\0\0", b'{"kind": "pa'])))
    journal = read_journal(path)
    lines = kept.count(b"\n")
    if lines == 0:
        assert journal is None
        return
    assert journal is not None
    assert len(journal.pages) == min(lines - 1, pages)
    assert journal.complete == (complete and lines == pages + 2)
    assert journal.length == kept.rfind(b"\n") + 1


def test_damage_inside_a_journal_is_named(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    made_journal(path, 3, complete=True)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], b"gibberish\n", *lines[2:]]))
    with pytest.raises(DamagedCache, match="line 2") as raised:
        read_journal(path)
    assert raised.value.where == str(path)
    path.write_bytes(lines[0].replace(b'"format": 1', b'"format": 2') + lines[1])
    with pytest.raises(CacheError, match="newer reviewkit"):
        read_journal(path)
