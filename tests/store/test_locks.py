"""One writer at a time; several connections leave each other their locks."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from reviewkit.model.errors import StoreLocked
from reviewkit.store import Store, locks, write_lock
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
        reads = (
            "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); "
            "c.execute('select * from records'); c.close()"
        )
        subprocess.run([sys.executable, "-c", reads, str(place.database)], check=True)
        assert log.exists()
        with first.transaction():
            first.write("INSERT INTO protocols VALUES (?, ?, ?)", [("a", "b", "c")])
    kept = sqlite3.connect(place.database)
    assert kept.execute("SELECT count(*) FROM protocols WHERE review = 'b'").fetchone() == (1,)
    kept.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "review.db"


@pytest.mark.slow
def test_a_second_writer_learns_who_holds_the_lock(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "LOCK_WAIT_SECONDS", 0.2)
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import pathlib, sys\nfrom reviewkit.store import write_lock\n"
            f"with write_lock(pathlib.Path({str(path)!r})):\n"
            "    print('held', flush=True); sys.stdin.read()",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(StoreLocked, match=f"process {holder.pid}"), write_lock(path):
        pass
    holder.kill()
    holder.communicate()
    with write_lock(path):  # a lock of a dead process is nobody's
        pass
