"""The full screen over a slow link: no key typed ahead is lost, and little is sent."""

import shutil
import sqlite3
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from reviewkit.store import Store
from reviewkit.store.runs import add_run
from reviewkit.workflow.project import ReviewProject
from tests.conftest import PROJECT
from tests.helpers.screening_review import NOW, make_records, make_review, run_of
from tests.helpers.terminal import Terminal, alive

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
# Bits a second and seconds each way: a modem, a poor mobile line.
MODEM, MOBILE = (9_600, 0.3), (56_000, 0.3)
SIZES = ((80, 24, MODEM), (120, 40, MOBILE), (200, 60, MOBILE))


def of_usual_length(folder: Path, count: int = 40) -> ReviewProject:
    """Records with abstracts as journals print them, no two alike."""
    project = make_review(folder, count=0)
    records = [
        replace(
            record,
            journal=f"Journal {number % 7} of Nerves",
            abstract=" ".join(f"word{(number * 37 + at * 11) % 991}" for at in range(230)),
        )
        for number, record in enumerate(make_records(count))
    ]
    with Store(project.database, now=NOW) as store, store.transaction():
        add_run(
            store, run_of(records), records, protocol=project.protocol_sha256, counts_in_flow=True
        )
    return project


class Link:
    """A screen at the other end of a slow link."""

    def __init__(self, terminal: Terminal, project: ReviewProject, log: Path, pid: Path) -> None:
        self.terminal, self.project, self._log, self.pid = terminal, project, log, pid

    def open(self, width: int, height: int, bits: int, latency: float) -> None:
        command = f"{Path(sys.executable).parent}/reviewkit screen -r ana --order id"
        screen = f"{command} -p {self.project.protocol_path}"
        inner = f"sh -c 'echo $$ > {self.pid}; exec {screen}'"
        link = f"{sys.executable} -m tests.helpers.slow_link {bits} {latency} {self._log} {inner}"
        self.terminal.start(f"cd {PROJECT} && {link}", width=width, height=height)
        self.terminal.wait("? keys")
        self.settled()

    def settled(self) -> int:
        """How many bytes have come when no more come."""
        before = -1
        while (now := int(self._log.read_text())) != before:
            before = now
            time.sleep(0.6)
        return now


@pytest.fixture
def link(tmp_path: Path) -> Iterator[Link]:
    project = of_usual_length(tmp_path)
    with Terminal.opened(tmp_path / "tmux") as terminal:
        yield Link(terminal, project, tmp_path / "bytes", tmp_path / "pid")


def verdicts(project: ReviewProject) -> list[str]:
    other = sqlite3.connect(project.database)
    rows = [row[0] for row in other.execute("SELECT verdict FROM decisions ORDER BY decision")]
    other.close()
    return rows


@pytest.mark.slow
@pytest.mark.parametrize(("width", "height", "line"), SIZES)
def test_keys_typed_ahead_count_each_and_little_is_sent(
    link: Link, width: int, height: int, line: tuple[int, float]
) -> None:
    link.open(width, height, *line)
    for number in range(2):
        before = link.settled()
        link.terminal.press("i")
        link.terminal.wait(f"{number + 1} done")
        # A record of 230 words is new from its first word to its last; all around it stays.
        assert link.settled() - before < 1.5 * min(width, 100) * height
    link.terminal.press(*["i", "e", "2", "m", "1", "u"] * 4, "n", "o", "k", "Enter")
    text = link.terminal.wait("Note kept")
    assert "14 done, 26 left · 6 included" in text
    assert (
        verdicts(link.project)
        == ["include"] * 2 + ["include", "exclude", "maybe", "exclude", "withdrawn"] * 4
    )
    before = link.settled()
    time.sleep(1.0)
    assert link.settled() == before
    # What was painted piece by piece is what would be painted at once.
    shown = link.terminal.screen(styles=True)
    link.terminal.press("C-l")
    link.settled()
    assert link.terminal.screen(styles=True) == shown
    link.terminal.press("q")
    link.terminal.wait(lambda text: "done," not in text and "$" in text)


@pytest.mark.slow
def test_a_line_that_breaks_in_the_middle_of_a_decision(link: Link) -> None:
    link.open(80, 24, *MOBILE)
    link.terminal.press("i")
    link.terminal.wait("1 done")
    link.terminal.press("e", "n")
    link.terminal.wait("n is not one of these")
    process = int(link.pid.read_text())
    link.terminal.run("kill-server")
    end = time.monotonic() + 60
    while alive(process):
        assert time.monotonic() < end, "the session outlived its line"
        time.sleep(0.05)
    assert verdicts(link.project) == ["include"]


@pytest.mark.slow
def test_the_size_changes_under_way(link: Link) -> None:
    link.open(80, 24, *MOBILE)
    link.terminal.press("i", "i")
    link.terminal.run("resize-window", "-x", "120", "-y", "40")
    link.terminal.press("i")
    link.terminal.wait("3 done")
    link.settled()
    shown = link.terminal.screen(styles=True)
    link.terminal.press("C-l")
    link.settled()
    assert link.terminal.screen(styles=True) == shown
