"""Records found by their words."""

from pathlib import Path

import pytest

from tests.helpers.stores import FULL, filled_store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "review.db"


def test_full_text_search_finds_title_and_abstract_words(path: Path) -> None:
    with filled_store(path) as store:
        rows = store.rows("SELECT title FROM records_fts WHERE records_fts MATCH 'guts'")
        assert rows == [(FULL.title,)]
