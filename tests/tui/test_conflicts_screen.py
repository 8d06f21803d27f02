"""Conflicts on the full screen: side by side, settled with a reason and a why, by somebody."""

import sqlite3
from pathlib import Path

import pytest

from reviewkit.tui.conflicts_screen import ConflictsScreen
from reviewkit.tui.keys import Keys
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.session.conflicts import ConflictSession, open_conflicts
from tests.helpers.conflicts import in_conflict
from tests.helpers.screening_review import ticking
from tests.helpers.screens import drive


def in_noted_conflict(folder: Path) -> ReviewProject:
    return in_conflict(
        folder, include_note="clearly on guts", exclude_note="mice [red]only\x1b[31m"
    )


def conflicts_of(project: ReviewProject) -> ConflictSession:
    return open_conflicts(project, "eva", clock=ticking())


def settled(project: ReviewProject) -> list[tuple[str | None, ...]]:
    with sqlite3.connect(project.database) as other:
        rows = other.execute(
            "SELECT settled_by, verdict, reason, why FROM resolutions ORDER BY resolution"
        ).fetchall()
    other.close()
    return rows


@pytest.mark.slow
@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
def test_what_each_said_stands_side_by_side(tmp_path: Path, size: tuple[int, int]) -> None:
    project = in_noted_conflict(tmp_path)
    with conflicts_of(project) as session:
        text = drive(ConflictsScreen(session, Keys()), size=size)
    assert any("ana" in line and "li" in line for line in text.splitlines())
    assert any(
        "included" in line and "excluded: in animals only" in line for line in text.splitlines()
    )
    assert "“clearly on guts”" in text
    assert "[red]only" in text
    assert "\x1b" not in text
    assert "0 settled, 3 left" in text
    assert "Title 0 on mice" in text


@pytest.mark.slow
def test_settling_asks_why_and_keeps_who(tmp_path: Path) -> None:
    project = in_noted_conflict(tmp_path)
    with conflicts_of(project) as session:
        text = drive(ConflictsScreen(session, Keys()), keys="i w h y enter 2 enter e enter enter")
        assert "No conflict waits" in text
        assert "no conflict waits" in drive(ConflictsScreen(session, Keys()), keys="i")
    assert settled(project) == [
        ("eva", "include", None, "why"),
        ("eva", "exclude", "in animals only", None),
        ("eva", "exclude", "in animals only", None),
    ]


@pytest.mark.slow
def test_escape_settles_nothing_and_undo_opens_again(tmp_path: Path) -> None:
    project = in_noted_conflict(tmp_path)
    with conflicts_of(project) as session:
        text = drive(ConflictsScreen(session, Keys()), keys="i escape e escape s")
        assert "Skipped" in text
        assert settled(project) == []
        text = drive(ConflictsScreen(session, Keys()), keys="i enter u")
        assert "0 settled, 3 left" in text
        assert [row[1] for row in settled(project)] == ["include", "withdrawn"]
        assert "Back to the conflict that was skipped" in drive(
            ConflictsScreen(session, Keys()), keys="u"
        )
        assert "there is nothing to undo" in drive(ConflictsScreen(session, Keys()), keys="u")
        assert "there is no reason 9" in drive(ConflictsScreen(session, Keys()), keys="9")
