"""Many records indexed at once are found as if each had been indexed when it was stored."""

import datetime
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewkit.model.records import Record
from reviewkit.store import Store
from reviewkit.store.records import add_records
from reviewkit.store.verification import database_faults
from reviewkit.store.word_index import indexed_at_once

NOW = datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC)
RANKED = "SELECT rowid, rank FROM records_fts WHERE records_fts MATCH ? ORDER BY rank, rowid"


def records(first: int, last: int) -> list[Record]:
    """Records that repeat some words, with the abstracts of some missing."""
    return [
        Record(
            source="pubmed",
            source_id=str(number),
            title=f"Sleep and pain {number % 3}, ação",
            abstract=f"Pain {'again ' * (number % 5)}in trial {number}." if number % 4 else None,
        )
        for number in range(first, last)
    ]


def cut_off() -> Iterator[Record]:
    yield from records(3, 5)
    raise ZeroDivisionError


def opened(path: Path) -> Store:
    return Store(path, now=NOW)


def answers(store: Store) -> Iterator[list[tuple[int, float]]]:
    for words in ("pain", "again AND acao", '"trial 7"', "sle*", "nothing"):
        yield [(int(row), float(rank)) for row, rank in store.rows(RANKED, [words])]


def test_records_indexed_at_once_are_found_as_those_of_the_trigger(tmp_path: Path) -> None:
    with opened(tmp_path / "one.db") as one, opened(tmp_path / "many.db") as many:
        with one.transaction():
            add_records(one, records(0, 60))
        with many.transaction():
            add_records(many, records(0, 10))
            with indexed_at_once(many):
                add_records(many, records(10, 50))
            add_records(many, records(50, 60))

        assert list(answers(many)) == list(answers(one))
        assert any(answers(one))
        with many.transaction():
            many.insert("INSERT INTO records_fts (records_fts) VALUES ('integrity-check')", ())


def test_the_trigger_is_back_whatever_happens(tmp_path: Path) -> None:
    with opened(tmp_path / "review.db") as store:
        with store.transaction(), indexed_at_once(store):
            add_records(store, records(0, 3))
        with pytest.raises(ZeroDivisionError), store.transaction(), indexed_at_once(store):
            add_records(store, cut_off())

        assert store.value("SELECT count(*) FROM records") == 3
        assert list(database_faults(store)) == []
        with store.transaction():
            add_records(store, records(3, 4))
        assert len(next(answers(store))) == 4


def test_others_read_while_records_are_indexed_at_once(tmp_path: Path) -> None:
    path = tmp_path / "review.db"
    with opened(path) as store:
        with store.transaction():
            add_records(store, records(0, 2))
        with sqlite3.connect(path) as reader:
            for first in (2, 4):
                with store.transaction(), indexed_at_once(store):
                    add_records(store, records(first, first + 2))
                    assert len(reader.execute(RANKED, ["pain"]).fetchall()) == first
        reader.close()
