"""The first review, as README.md and docs/first-review.md lead through it."""

import json
import shlex
import shutil
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from tests.docs.test_docs import commands
from tests.helpers.command import reviewkit
from tools.draw_first_flow import DAY

_SETTINGS = {"SOURCE_DATE_EPOCH": DAY}


def done(line: str, folder: Path) -> str:
    """What a command of a page prints, run as it stands there."""
    ended = reviewkit(*shlex.split(line, comments=True)[1:], cwd=folder, settings=_SETTINGS)
    assert ended.returncode == 0, f"{line}\n{ended.stderr}"
    return ended.stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path in (PROJECT / "docs" / "example").iterdir():
        shutil.copy(path, tmp_path)
    return tmp_path


@pytest.mark.slow
def test_the_tutorial_runs_as_it_stands_and_draws_its_picture(folder: Path) -> None:
    lines = commands("docs/first-review.md", runnable=True)
    assert len(lines) == 10
    for line in lines:
        done(line, folder)
    shown = (PROJECT / "docs" / "flow_own.svg").read_bytes()
    assert (folder / "flow.svg").read_bytes() == shown, "run python tools/draw_first_flow.py"
    assert (folder / "report.html").stat().st_size > 1000
    counts = json.loads(done("reviewkit prisma --format json", folder))["counts"]
    assert (counts["database_results"], counts["duplicates"]) == (10, 2)


@pytest.mark.slow
def test_the_six_commands_of_the_readme_run_as_they_stand(folder: Path) -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    block = readme.split("## From an empty folder to a diagram")[1].split("```")[1]
    lines = block.removeprefix("sh\n").splitlines()
    assert len(lines) == 6
    for line in lines:
        # A full screen needs a terminal; the decisions come from the tutorial's file.
        told = line.replace("screen --reviewer ana", "screen -r ana --yes --decisions all.csv")
        if told != line:
            (folder / "all.csv").write_text(
                "record,verdict\npubmed:doi:10.5555/made.1,include\n", encoding="utf-8"
            )
        done(told, folder)
    assert "<svg" in (folder / "flow.svg").read_text(encoding="utf-8")


def test_the_status_of_an_own_review_speaks_of_no_update(folder: Path) -> None:
    for line in commands("docs/first-review.md", runnable=True)[:4]:
        done(line, folder)
    shown = done("reviewkit status", folder)
    assert shown.splitlines()[1] == "Searched through 2026-04-10."
    assert "update" not in shown


def test_the_first_screen_is_short() -> None:
    lines = (PROJECT / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) < 120
    assert {line.split(" #")[0].strip() for line in lines} >= {"make reproduce", "make test"}
