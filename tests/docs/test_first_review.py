"""The first review, as README.md and docs/first-review.md lead through it."""

import json
import re
import shlex
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from tests.docs.test_docs import commands
from tests.helpers.command import reviewkit
from tools.draw_first_flow import DAY
from tools.draw_first_screens import PICTURES, draw

_SETTINGS = {"SOURCE_DATE_EPOCH": DAY}


def done(line: str, folder: Path) -> str:
    """What a command of a page prints, run as it stands there; `< FILE` is its standard input."""
    command, _, answers = line.partition(" < ")
    typed = (folder / answers).read_text(encoding="utf-8") if answers else ""
    words = shlex.split(command, comments=True)[1:]
    ended = reviewkit(*words, cwd=folder, settings=_SETTINGS, stdin=typed)
    assert ended.returncode == 0, f"{line}\n{ended.stderr}"
    return ended.stdout


@pytest.mark.slow
def test_the_tutorial_runs_as_it_stands_and_draws_its_picture(tmp_path: Path) -> None:
    lines = commands("docs/first-review.md", runnable=True)
    assert len(lines) == 17
    for line in lines:
        done(line, tmp_path)
    shown = (PROJECT / "docs" / "flow_own.svg").read_bytes()
    assert (tmp_path / "flow.svg").read_bytes() == shown, "run python tools/draw_first_flow.py"
    assert (tmp_path / "report.html").stat().st_size > 1000
    counts = json.loads(done("reviewkit prisma --format json", tmp_path))["counts"]
    assert (counts["database_results"], counts["duplicates"]) == (60, 10)
    assert counts["dbr_notretrieved_reports"] == 3


@pytest.mark.slow
def test_the_screens_of_the_tutorial_are_as_they_are_drawn_now(tmp_path: Path) -> None:
    drawn = draw(tmp_path, done)
    page = (PROJECT / "docs" / "first-review.md").read_text(encoding="utf-8")
    assert set(drawn) == set(PICTURES)
    for name, svg in drawn.items():
        assert f"]({name})" in page
        shown = (PROJECT / "docs" / name).read_text(encoding="utf-8")
        assert shown == svg, "run python tools/draw_first_screens.py"
        assert "url(" not in svg.replace("url(#", "")
    words = {name: re.sub(r"&#160;", " ", svg) for name, svg in drawn.items()}
    assert "5 done, 45 left · 2 included" in words["screen_titles.svg"]
    assert "0 settled, 3 left" in words["screen_conflict.svg"]
    assert "Exclude, for which reason?" in words["screen_full_text.svg"]


@pytest.mark.slow
def test_the_commands_of_the_readme_run_as_they_stand(tmp_path: Path) -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    block = readme.split("## From an empty folder to a diagram")[1].split("```")[1]
    lines = block.removeprefix("sh\n").splitlines()
    assert len(lines) == 7
    for line in lines:
        # A full screen needs a terminal; the decisions come from the demo's file.
        done(line.replace("screen", "screen --yes --decisions titles-clinician.csv"), tmp_path)
    assert "<svg" in (tmp_path / "flow.svg").read_text(encoding="utf-8")

    done("reviewkit prisma --out counts.csv", tmp_path)
    only = readme.split("## A diagram only")[1].split("```")[1].removeprefix("sh\n").splitlines()
    assert len(only) == 2
    assert "holds" in [done(line, tmp_path) for line in only][1]


@pytest.mark.slow
def test_the_status_of_an_own_review_speaks_of_no_update(tmp_path: Path) -> None:
    for line in commands("docs/first-review.md", runnable=True)[:5]:
        done(line, tmp_path)
    shown = done("reviewkit status", tmp_path)
    assert shown.splitlines()[1] == "Searched through 2026-04-10."
    assert "update" not in shown


def test_the_demo_writes_over_nothing_and_says_so(tmp_path: Path) -> None:
    printed = done("reviewkit demo made", tmp_path)
    written = {path.name for path in (tmp_path / "made").iterdir()}
    assert {Path(line).name for line in printed.splitlines()} == written
    again = reviewkit("demo", "made", cwd=tmp_path)
    assert (again.returncode, again.stdout) == (2, "")
    assert "is not empty" in again.stderr
    (tmp_path / "file").touch()
    refused = reviewkit("demo", "file", cwd=tmp_path)
    assert refused.returncode == 1
    assert "cannot be written" in refused.stderr


def test_the_first_screen_is_short() -> None:
    lines = (PROJECT / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) < 120
    assert {line.split(" #")[0].strip() for line in lines} >= {"make reproduce", "make test"}
