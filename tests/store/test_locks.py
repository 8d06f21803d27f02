"""Several connections to one database, in this process and others: none takes the log away from
under another.
"""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from reviewkit.model.errors import StoreError
from reviewkit.store import Store
from reviewkit.store.records import has_records
from tests.helpers.screening_review import NOW, make_review


@pytest.mark.slow
def test_opening_a_second_time_leaves_this_process_its_locks(tmp_path: Path) -> None:
    place = make_review(tmp_path)
    with Store(place.database, now=NOW) as first:
        assert has_records(first)
        with Store(place.database, now=NOW) as second:
            assert has_records(second)
        log = place.database.with_name(f"{place.database.name}-wal")
        assert log.exists()
        # The last connection to close takes the log away; a process that sees no lock believes it
        # is the last.
        reads = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('select * from records'); c.close()"
        subprocess.run([sys.executable, "-c", reads, str(place.database)], check=True)
        assert log.exists()
        with first.transaction():
            first.write("INSERT INTO protocols VALUES (?, ?, ?)", [("a", "b", "c")])
    kept = sqlite3.connect(place.database)
    assert kept.execute("SELECT count(*) FROM protocols WHERE review = 'b'").fetchone() == (1,)
    kept.close()


@pytest.mark.parametrize(
    "content", [b"x", b"not a database, but some text\n" * 100, b"SQLite format 2\x00" + bytes(600)]
)
def test_other_files_are_refused_and_not_touched(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.db"
    path.write_bytes(content)
    with pytest.raises(StoreError, match="is not a SQLite database"):
        Store(path, now=NOW)
    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]
