"""Settling conflicts: full screen and plain lines are one session and inherit the same tests."""

import asyncio
import re
import shutil
import sys
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

import pytest

from reviewkit.tui.app import ReviewApp
from reviewkit.tui.conflicts_screen import ConflictsScreen
from reviewkit.tui.keys import Keys
from reviewkit.workflow.clock import running_clock
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.session.conflicts import open_conflicts
from tests.helpers.conflicts import in_conflict
from tests.helpers.screens import shown
from tests.helpers.session_contract import key, rows
from tests.helpers.session_interfaces import kill_after
from tests.helpers.terminal import Terminal
from tests.helpers.warm import command

# An act: a verb, the number of a reason or 0, and why.
Act = tuple[str, int, str]
INCLUDE: Act = ("include", 0, "")
SKIP: Act = ("skip", 0, "")
UNDO: Act = ("undo", 0, "")


def settled(project: ReviewProject) -> list[tuple[Any, ...]]:
    sql = "SELECT record, settled_by, verdict, reason, why FROM resolutions ORDER BY resolution"
    return rows(project, sql)


class ConflictContract(ABC):
    """The tests. A driver acts as `eva`; it returns the text at the opening and after each act."""

    @abstractmethod
    def play(self, project: ReviewProject, *acts: Act) -> list[str]: ...

    @abstractmethod
    def kill(self, project: ReviewProject, shows: int) -> int:
        """Include one after another; kill -9 when so many are shown as settled.

        Return how many were shown in the end.
        """

    @pytest.mark.slow
    def test_who_settled_it_and_why_is_kept_and_the_next_one_is_shown(self, tmp_path: Path) -> None:
        project = in_conflict(tmp_path)
        played = self.play(
            project, ("include", 0, "it is on guts"), ("exclude", 1, ""), ("exclude", 2, "mice")
        )
        assert "ana" in played[0]
        assert "li" in played[0]
        assert [in_view(text) for text in played] == [key(0), key(1), key(2), None]
        assert settled(project) == [
            (key(0), "eva", "include", None, "it is on guts"),
            (key(1), "eva", "exclude", "not on guts", None),
            (key(2), "eva", "exclude", "in animals only", "mice"),
        ]

    @pytest.mark.slow
    def test_what_is_skipped_comes_last_and_undo_brings_it_back(self, tmp_path: Path) -> None:
        project = in_conflict(tmp_path)
        played = self.play(project, SKIP, SKIP, UNDO, UNDO, SKIP, INCLUDE, INCLUDE)
        assert [in_view(text) for text in played] == [key(n) for n in (0, 1, 2, 1, 0, 1, 2, 0)]
        assert len(settled(project)) == 2

    @pytest.mark.slow
    def test_undo_opens_what_was_settled_in_this_session_and_the_ones_before(
        self, tmp_path: Path
    ) -> None:
        project = in_conflict(tmp_path)
        self.play(project, INCLUDE)
        played = self.play(project, INCLUDE, UNDO, UNDO, UNDO)
        assert [in_view(text) for text in played] == [key(n) for n in (1, 2, 1, 0, 0)]
        assert "nothing to undo" in played[-1]
        assert [row[2] for row in settled(project)] == [
            "include",
            "include",
            "withdrawn",
            "withdrawn",
        ]
        assert rows(project, "SELECT count(*) FROM conflicts") == [(3,)]

    def test_a_reason_that_is_none_settles_nothing(self, tmp_path: Path) -> None:
        project = in_conflict(tmp_path)
        assert "there is no reason 9" in self.play(project, ("exclude", 9, ""))[-1]
        assert settled(project) == []

    @pytest.mark.slow
    def test_kill_leaves_each_settlement_whole_or_absent(self, tmp_path: Path) -> None:
        project = in_conflict(tmp_path, records=30)
        for number in (2, 5):
            before = settled(project)
            shown_made = self.kill(project, number)
            made = settled(project)[len(before) :]
            assert settled(project)[: len(before)] == before
            assert number <= shown_made <= len(made)
            assert {row[1:] for row in made} == {("eva", "include", None, None)}
            assert len({row[0] for row in settled(project)}) == len(settled(project))
            assert rows(project, "PRAGMA integrity_check") == [("ok",)]
        assert len(self.play(project)) == 1


def in_view(text: str) -> str | None:
    found = re.findall(r"pubmed:\d{5}", text)
    return found[0] if found and "o conflict waits" not in text else None


class TestFullScreen(ConflictContract):
    def play(self, project: ReviewProject, *acts: Act) -> list[str]:
        async def run(screen: ConflictsScreen) -> list[str]:
            async with ReviewApp(screen, screen.theme).run_test(size=(120, 40)) as pilot:
                await pilot.pause()
                played = [shown(screen)]
                for verb, number, why in acts:
                    keys = {"include": "i", "exclude": str(number), "skip": "s", "undo": "u"}
                    await pilot.press(keys[verb])
                    if verb in {"include", "exclude"} and screen.mode is not None:
                        await pilot.press(*why, "enter")
                    await pilot.pause()
                    # The line of what was said can name the record before.
                    said, _, foot = screen.panes.foot.plain().partition("\n")
                    played.append(
                        f"{screen.panes.top.plain()}\n{screen.panes.body.plain()}\n{said}\n{foot}"
                    )
                return played

        with open_conflicts(project, "eva", clock=running_clock({})) as session:
            return asyncio.run(run(ConflictsScreen(session, Keys())))

    def kill(self, project: ReviewProject, shows: int) -> int:
        if shutil.which("tmux") is None:
            pytest.skip(
                "tmux is not installed, and nothing else shows what was painted before the kill"
            )
        pid = project.database.parent / "pid"
        with Terminal.opened(project.database.parent / "tmux") as terminal:
            run = f"{Path(sys.executable).parent}/reviewkit resolve -r eva --yes -p {project.protocol_path}"
            terminal.start_mortal(run, pid)
            terminal.wait("0 settled")
            terminal.press(*["i", "Enter"] * 12)
            terminal.wait(lambda text: painted(text) >= shows)
            return painted(terminal.kill(pid))


def painted(text: str) -> int:
    found = re.search(r"(\d+) settled, \d+ left", text)
    return int(found[1]) if found else -1


class TestPlain(ConflictContract):
    def play(self, project: ReviewProject, *acts: Act) -> list[str]:
        with self._open(project) as lines:
            last_view = lines.read(until="\n> ")
            played = [last_view]
            for verb, number, why in acts:
                typed = " ".join(part for part in (verb[0], str(number or ""), why) if part)
                lines.send(typed + "\n")
                message, _, view = lines.read(until="\n> ").partition("\n")[2].partition("\n")
                # A refused act does not show the conflict again: it is still in view.
                last_view = (view.strip("\n> ") and view) or last_view
                played.append(f"{last_view}\n{message}")
            lines.send("q\n")
            lines.read()
            lines.process.join()
            assert lines.process.exitcode == 0
        return played

    @staticmethod
    def _open(project: ReviewProject) -> Any:
        return command("resolve", "-r", "eva", "--yes", "-p", str(project.protocol_path))

    def kill(self, project: ReviewProject, shows: int) -> int:
        with self._open(project) as lines:
            lines.read(until="\n> ")
            lines.send("i\n" * 12)
            return kill_after(lines, shows, r"^(?:> )?Settled: ")
