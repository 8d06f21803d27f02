"""Screening as separate processes do it: together on one database, and killed in the middle."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from reviewkit.model.records import Stage
from reviewkit.screening.models import Order
from reviewkit.store import Store, screening_queries
from reviewkit.workflow.project import ReviewProject
from tests.helpers.command import environment, reviewkit
from tests.helpers.effort import examples
from tests.helpers.screening_review import NOW, TWO, make_review, session_of

MANY = 500


def start(project: ReviewProject, reviewer: str) -> subprocess.Popen[str]:
    """The plain interface, fed line by line as a person types."""
    arguments = [
        "screen",
        "--plain",
        "--yes",
        "--reviewer",
        reviewer,
        "--order",
        "random",
        "-p",
        str(project.protocol_path),
    ]
    return subprocess.Popen(
        [sys.executable, "-m", "reviewkit", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment({}),
    )


@pytest.mark.slow
def test_two_reviewers_in_two_processes_lose_no_decision(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=MANY, screening=TWO)
    with start(project, "ana") as ana, start(project, "rui") as rui:
        for process, line in ((ana, "i\n"), (rui, "e 1\n")):
            assert process.stdin is not None
            process.stdin.write(line * MANY)
            process.stdin.close()
        for process in (ana, rui):
            assert process.stdout is not None
            assert f"{MANY} of {MANY} done, 0 left" in process.stdout.read()
            assert process.wait() == 0
    with Store(project.database, now=NOW) as store:
        rows = store.rows(
            "SELECT reviewer, verdict, count(DISTINCT record) AS n FROM decisions GROUP BY 1, 2"
        )
        assert rows == [
            ("ana", "include", MANY),
            ("rui", "exclude", MANY),
        ]
        assert store.value("SELECT count(*) FROM conflicts") == MANY


@pytest.mark.slow
@pytest.mark.exhaustive
def test_a_killed_session_leaves_each_decision_whole_or_absent(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=MANY)
    rng = random.Random(7)
    for _ in range(examples(8, factor=10)):
        before = decided(project)
        shown = screen_and_kill(project, shows=rng.randint(1, 20), waits=rng.random() / 50)
        # Every decision that was said to be made is there: it was committed before it was said.
        after = decided(project)
        assert after[: len(before)] == before
        made = after[len(before) :]
        assert shown <= len(made) <= shown + 1
        assert all(
            tuple(row[2:4]) in {("include", None), ("exclude", "in animals only")} for row in made
        )
        assert max(Counter(row[0] for row in after).values()) == 1
    with session_of(project, order=Order.RANDOM) as session:
        assert session.progress.done == len(decided(project))


def screen_and_kill(project: ReviewProject, *, shows: int, waits: float) -> int:
    """Kill a session soon after it has shown so many decisions; how many it had shown."""
    with start(project, "ana") as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("i\ne 2\n" * 30)
        process.stdin.flush()
        shown = 0
        while shown < shows:
            shown += process.stdout.readline().startswith(("Included.", "Excluded:"))
        time.sleep(waits)
        os.kill(process.pid, signal.SIGKILL)
        return shown + sum(line.startswith(("Included.", "Excluded:")) for line in process.stdout)


def decided(project: ReviewProject) -> list[tuple[str, int, str, str | None]]:
    with sqlite3.connect(project.database) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        rows = database.execute(
            "SELECT record, step, verdict, reason FROM decisions ORDER BY decision"
        ).fetchall()
    database.close()
    return rows


def test_a_session_goes_on_while_another_process_writes_for_long(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=3)
    with (
        session_of(project) as session,
        sqlite3.connect(project.database, isolation_level=None) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE records SET volume = '1'")
        assert session.navigation.find("gut")
        other.execute("COMMIT")
        session.include()
        assert session.progress.done == 1
    other.close()


@pytest.mark.slow
def test_decisions_from_a_file_are_made_once(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=4)
    script = tmp_path / "decided.csv"
    script.write_text(
        'record,verdict,reason,note\npubmed:00001,include,,"a, b"\npubmed:00002,exclude,2,\n'
        "pubmed:00003,exclude,Not on guts,\n"
    )
    arguments = ("screen", "-r", "ana", "-p", project.protocol_path, "--decisions", script)
    assert reviewkit(*arguments).stdout == "3 decided, 0 stored already.\n"
    assert reviewkit(*arguments).stdout == "0 decided, 3 stored already.\n"
    script.write_text(
        '{"record": "pubmed:00000", "verdict": "maybe"}\n'
        '{"record": "pubmed:00001", "verdict": "exclude"}\n'
    )
    assert reviewkit(*arguments).stdout == "2 decided, 0 stored already.\n"
    with Store(project.database, now=NOW) as store:
        assert len(screening_queries.decision_history(store, "ana", Stage.TITLE_ABSTRACT)) == 5


@pytest.mark.slow
def test_a_file_with_mistakes_names_them_all_and_decides_nothing(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=4)
    script = tmp_path / "decided.csv"
    script.write_text(
        "record,verdict,reason\npubmed:00001,include,\nother:1,includ,\npubmed:00002,exclude,9\n"
    )
    done = reviewkit("screen", "-r", "ana", "-p", project.protocol_path, "--decisions", script)
    assert done.returncode == 2
    assert "3 mistakes" in done.stderr
    assert "line 3" in done.stderr
    assert "there is no reason 9" in done.stderr
    assert decided(project) == []
    script.write_text("title,label\nx,y\n")
    assert (
        "has the columns title, label"
        in reviewkit(
            "screen", "-r", "ana", "-p", project.protocol_path, "--decisions", script
        ).stderr
    )
