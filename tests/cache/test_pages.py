"""Pages are named by their content, written once, and mended when damaged."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewkit.cache import Pages
from reviewkit.model.errors import DamagedCache


@given(body=st.binary(max_size=300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_page_is_named_by_its_content(tmp_path: Path, body: bytes) -> None:
    pages = Pages(tmp_path)
    sha256 = pages.put(body)
    assert sha256 == hashlib.sha256(body).hexdigest()
    assert pages.get(sha256) == body
    assert pages.put(body) == sha256


def test_a_page_is_written_once_and_healed_when_damaged(tmp_path: Path) -> None:
    pages = Pages(tmp_path)
    path = pages.path(pages.put(b"whole"))
    before = path.stat().st_mtime_ns, path.stat().st_ino
    pages.put(b"whole")
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before
    path.write_bytes(b"who")
    with pytest.raises(DamagedCache, match="damaged") as raised:
        pages.get(path.name)
    assert raised.value.where == str(path)
    assert raised.value.hint
    pages.put(b"whole")
    assert pages.get(path.name) == b"whole"
    path.unlink()
    with pytest.raises(DamagedCache, match="missing"):
        pages.get(path.name)
