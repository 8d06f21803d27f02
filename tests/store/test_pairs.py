"""Pairs and duplicates: derived rows change only where something changed."""

from pathlib import Path

import pytest

from tests.helpers.stores import filled_store, set_leads


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "review.db"


def test_derived_rows_change_only_where_they_differ(path: Path) -> None:
    with filled_store(path) as store:
        set_leads(store, {"pubmed:3": "pubmed:2"})
        before = store.changes
        set_leads(store, {"pubmed:3": "pubmed:2"})
        assert store.changes == before
        set_leads(store, {"pubmed:3": "pubmed:1"})
        assert store.changes == before + 1
        assert store.rows("SELECT record, lead FROM duplicates") == [("pubmed:3", "pubmed:1")]
