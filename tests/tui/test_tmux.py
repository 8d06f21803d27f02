"""The real command in a real terminal: tmux draws, keys go in as from a keyboard."""

import shutil
import sqlite3
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from reviewkit.workflow.project import ReviewProject
from tests.helpers.screening_review import make_review
from tests.helpers.terminal import Terminal, alive
from tests.tui.test_screening_screen import HOSTILE, one_record

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
COMMAND = str(Path(sys.executable).parent / "reviewkit")
_GIVE_UP = 60.0


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    with Terminal.opened(tmp_path / "tmux") as started:
        yield started


def command(project: ReviewProject, more: str = "") -> str:
    config = project.database.parent / "config.toml"
    env = f"REVIEWKIT_CONFIG={config} XDG_CONFIG_HOME={project.database.parent}"
    paths = f"-p {project.protocol_path} --db {project.database}"
    return f"{env} {more} {COMMAND} screen --reviewer ana --order id {paths}"


def ended(text: str) -> bool:
    """Whether the shell has told the exit code; the line that asks for it does not count."""
    return any(line.startswith("code=") for line in text.splitlines())


def shows(words: str, height: int, text: str) -> bool:
    return words in text and len(text.splitlines()) == height


def verdicts(project: ReviewProject) -> list[str]:
    other = sqlite3.connect(project.database)
    rows = [row[0] for row in other.execute("SELECT verdict FROM decisions ORDER BY decision")]
    other.close()
    return rows


@pytest.mark.slow
@pytest.mark.parametrize(("width", "height"), [(80, 24), (120, 40), (200, 60)])
def test_a_reviewer_screens_and_leaves(
    tmp_path: Path, terminal: Terminal, width: int, height: int
) -> None:
    project = make_review(tmp_path)
    terminal.start(command(project), width=width, height=height)
    text = terminal.wait("Title 0 on mice")
    assert "0 done, 12 left" in text
    assert "i include" in text
    # Typed faster than anything can be painted: nothing is lost, and the order stays.
    terminal.press("i", "e", "2", "m", "1", "u", "n", "o", "k", "Enter")
    text = terminal.wait("Note kept")
    assert "3 done, 9 left · 1 included" in text
    assert "Title 3 on the gut" in text
    assert verdicts(project) == ["include", "exclude", "maybe", "exclude", "withdrawn"]
    terminal.press("q")
    assert "$" in terminal.wait(lambda text: "Title" not in text and "$" in text)


@pytest.mark.slow
def test_the_size_changes_while_one_reads(tmp_path: Path, terminal: Terminal) -> None:
    project = make_review(tmp_path)
    terminal.start(command(project))
    terminal.wait("Title 0 on mice")
    for width, height in ((120, 40), (60, 15), (200, 60)):
        terminal.run("resize-window", "-x", str(width), "-y", str(height))
        terminal.press("L")
        terminal.wait(partial(shows, "Title 0 on mice", height))
    terminal.press("i")
    terminal.wait("1 done, 11 left")


@pytest.mark.slow
def test_ctrl_c_leaves_at_once_with_everything_stored_and_the_terminal_as_it_was(
    tmp_path: Path, terminal: Terminal
) -> None:
    project = make_review(tmp_path)
    terminal.start(
        command(project) + "; echo code=$?; stty -a | tr ' ' '\\n' | grep -x -e -echo -e echo"
    )
    terminal.wait("Title 0 on mice")
    terminal.press("i", "n", "h", "a", "l", "f")
    terminal.wait("half")
    terminal.press("C-c")
    text = terminal.wait(ended)
    assert "code=130" in text
    assert "Interrupted. Every decision is stored." in text
    assert "Traceback" not in text
    assert terminal.wait("\necho")
    assert verdicts(project) == ["include"]


@pytest.mark.slow
def test_ctrl_z_gives_the_shell_back_and_fg_the_record(tmp_path: Path, terminal: Terminal) -> None:
    project = make_review(tmp_path)
    terminal.start("set -m; " + command(project))
    terminal.wait("Title 0 on mice")
    terminal.press("i")
    terminal.wait("Title 1 on the gut")
    terminal.press("C-z")
    terminal.wait(lambda text: "Stopped" in text and "Title" not in text)
    terminal.press("fg", "Enter")
    terminal.wait("Title 1 on the gut")
    terminal.press("1")
    terminal.wait("2 done, 10 left")
    assert verdicts(project) == ["include", "exclude"]


@pytest.mark.slow
def test_a_lost_terminal_ends_the_session_and_loses_nothing(
    tmp_path: Path, terminal: Terminal
) -> None:
    project = make_review(tmp_path)
    pid = tmp_path / "pid"
    terminal.start(f"sh -c 'echo $$ > {pid}; exec env {command(project)}'")
    terminal.wait("Title 0 on mice")
    terminal.press("i", "i")
    terminal.wait("2 done, 10 left")
    terminal.run("kill-server")
    end = time.monotonic() + _GIVE_UP
    while alive(int(pid.read_text())):
        assert time.monotonic() < end, "the session outlived its terminal"
        time.sleep(0.05)
    assert verdicts(project) == ["include", "include"]


@pytest.mark.slow
def test_no_color_leaves_no_colour_and_the_highlights_are_still_there(
    tmp_path: Path, terminal: Terminal
) -> None:
    project = make_review(tmp_path)
    terminal.start(command(project, "NO_COLOR=1"))
    terminal.wait("Title 0 on mice")
    terminal.press("i")
    terminal.wait("Title 1 on the gut")
    styled = terminal.screen(styles=True)
    codes = {code for part in styled.split("\x1b[")[1:] for code in part.split("m")[0].split(";")}
    assert not {code for code in codes if code.isdigit() and 30 <= int(code) <= 48 and code != "39"}
    assert {"1", "4"} <= codes


@pytest.mark.slow
def test_a_hostile_title_reaches_no_terminal(tmp_path: Path, terminal: Terminal) -> None:
    project = one_record(tmp_path, title=HOSTILE, abstract="肠道微生物群 الميكروبيوم amiotrófica")
    terminal.start(command(project))
    text = terminal.wait("[red]Title[/red]")
    assert "肠道微生物群" in text
    assert "amiotrófica" in text
    assert "owned" not in terminal.run("display-message", "-p", "#{pane_title}")


@pytest.mark.slow
def test_a_wrong_setting_is_one_clear_error(tmp_path: Path, terminal: Terminal) -> None:
    project = make_review(tmp_path)
    (project.database.parent / "config.toml").write_text('[keys]\nskip = "i"\n', encoding="utf-8")
    terminal.start(command(project) + "; echo code=$?", width=200)
    text = terminal.wait(ended)
    assert "code=2" in text
    assert "keys.skip: 'i' already means include" in text
    assert "Traceback" not in text


@pytest.mark.slow
def test_two_reviewers_in_two_terminals_lose_none_of_500_decisions_each(
    tmp_path: Path, terminal: Terminal
) -> None:
    many = 500
    project = make_review(
        tmp_path, count=many, screening="[screening]\nreviewers = { title_abstract = 2 }\n"
    )
    # Whoever comes second would be asked whether the name is right.
    ana = command(project).replace("--reviewer ana", "--reviewer ana --yes")
    terminal.start(ana, width=200)
    terminal.run("split-window", "-h", "env -u TMUX sh")
    terminal.run("send-keys", "-l", ana.replace("--reviewer ana", "--reviewer li"))
    terminal.run("send-keys", "Enter")
    for pane in ("0", "1"):
        _wait_in(terminal, pane, f"{many} left")
    for _ in range(many // 20):
        terminal.run("send-keys", "-t", "0", *["i", "1"] * 10)
        terminal.run("send-keys", "-t", "1", *["1", "i"] * 10)
    for pane in ("0", "1"):
        _wait_in(terminal, pane, f"{many} done")
    with sqlite3.connect(project.database) as other:
        rows = other.execute(
            "SELECT reviewer, verdict, count(DISTINCT record) FROM decisions GROUP BY 1, 2"
        ).fetchall()
    other.close()
    assert rows == [
        (name, verdict, many // 2) for name in ("ana", "li") for verdict in ("exclude", "include")
    ]


def _wait_in(terminal: Terminal, pane: str, words: str) -> None:
    end = time.monotonic() + 2 * _GIVE_UP
    while words not in (text := terminal.run("capture-pane", "-p", "-t", pane)):
        assert time.monotonic() < end, text
        time.sleep(0.05)
