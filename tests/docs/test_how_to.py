"""The how-tos: each leads from a folder to its result, by the commands that stand on its page."""

import csv
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from tests.docs.test_docs import commands
from tests.helpers.command import copy_project, reviewkit
from tools.draw_first_flow import DAY

FOLDER = PROJECT / "docs" / "how-to"
PAGES = sorted(path.name for path in FOLDER.glob("*.md"))
_BLOCK = re.compile(r"^```(sh runnable|toml|text)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_SENTENCE = re.compile(r"(?<=[.?!:])\s+")


def blocks(page: str, kind: str) -> list[list[str]]:
    """The lines of every block of a kind."""
    text = (FOLDER / page).read_text(encoding="utf-8")
    return [block.splitlines() for found, block in _BLOCK.findall(text) if found == kind]


def run(line: str, folder: Path) -> str:
    """What a line of a page prints, run as it stands there."""
    if not line.startswith("reviewkit "):
        return _other_program(line, folder)
    command, _, output = line.partition(" > ")
    command, _, answers = command.partition(" < ")
    typed = (folder / answers).read_text(encoding="utf-8") if answers else ""
    ended = reviewkit(
        *shlex.split(command)[1:], cwd=folder, settings={"SOURCE_DATE_EPOCH": DAY}, stdin=typed
    )
    assert ended.returncode == 0, f"{line}\n{ended.stderr}"
    if output:
        (folder / output).write_text(ended.stdout, encoding="utf-8")
    return ended.stdout


def _other_program(line: str, folder: Path) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ended = subprocess.run(
        shlex.split(line),
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, f"{line}\n{ended.stderr}"
    return ended.stdout


def run_all(page: str, folder: Path) -> str:
    """What all lines of a page print."""
    return "\n".join(run(line, folder) for lines in blocks(page, "sh runnable") for line in lines)


def screened(folder: Path, *, until: str) -> None:
    """The tutorial's review, up to a command."""
    for line in commands("docs/first-review.md", runnable=True):
        if until in line:
            return
        run(line, folder)


@pytest.mark.slow
def test_rerun(tmp_path: Path) -> None:
    copy_project(tmp_path)
    for path in (PROJECT / "protocols").glob("*.toml"):  # as in the folder of reviewkit
        shutil.copy(path, tmp_path / "protocols")
    run_all("rerun.md", tmp_path)
    assert (tmp_path / "report.html").stat().st_size > 1000
    assert (tmp_path / "reviews" / "als_dysbiosis" / "flow_rerun.svg").exists()


@pytest.mark.slow
def test_search_strings(tmp_path: Path) -> None:
    (strategy,) = blocks("search-strings.md", "text")
    (tmp_path / "strategy.txt").write_text("\n".join(strategy), encoding="utf-8")
    (table,) = blocks("search-strings.md", "toml")
    first, second, third = blocks("search-strings.md", "sh runnable")
    for line in [*first, *second]:
        run(line, tmp_path)
    (protocol,) = (tmp_path / "protocols").glob("*.toml")
    with protocol.open("a", encoding="utf-8") as file:
        file.write("\n" + "\n".join(table) + "\n")
    printed = "\n".join(run(line, tmp_path) for line in third)
    # Each string is shown as it stands in the protocol, letter by letter.
    assert strategy[0] in printed
    assert "(exercício OR ejercicio) AND (sono OR sueño)" in printed


@pytest.mark.slow
def test_two_machines(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    prepared, colleague, own, together = blocks("two-machines.md", "sh runnable")
    for line in prepared:
        run(line, here)
    shutil.copytree(here, there)
    for line in colleague:
        run(line, there)
    for line in own:
        run(line, here)
    shutil.copy(there / "methodologist.jsonl", here)
    for line in together:
        run(line, here)
    shutil.copy(here / "all.jsonl", there)
    run("reviewkit decisions import all.jsonl", there)
    flows = [run("reviewkit prisma --format json", folder) for folder in (here, there)]
    counts = [json.loads(flow)["counts"] for flow in flows]
    assert counts[0] == counts[1]
    assert counts[0]["dbr_sought_reports"] == 21


@pytest.mark.slow
def test_exports(tmp_path: Path) -> None:
    printed = run_all("exports.md", tmp_path)
    assert 'tw:("exercise") AND tw:("sleep")' in printed
    assert "24 records for lilacs" in printed


@pytest.mark.slow
def test_moving(tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.mkdir()
    screened(there, until="reviewkit dedupe")
    run("reviewkit export --format rayyan --out rayyan.csv", there)
    run('reviewkit init --title "Exercise" --source pubmed --exclude "Not a trial"', tmp_path)
    shutil.copy(there / "rayyan.csv", tmp_path)
    with (tmp_path / "rayyan.csv").open(encoding="utf-8", newline="") as file:
        numbers = [row["pubmed_id"] for row in csv.DictReader(file) if row["pubmed_id"]]
    (tmp_path / "decided.csv").write_text(
        f"record,verdict,reason\npubmed:{numbers[0]},exclude,Not a trial\n", encoding="utf-8"
    )
    run_all("moving.md", tmp_path)
    for name in ("rayyan", "covidence", "asreview"):
        assert (tmp_path / f"to-{name}.csv").read_text(encoding="utf-8").count("\n") > 40


@pytest.mark.slow
def test_schedule(tmp_path: Path) -> None:
    screened(tmp_path, until="reviewkit screen")
    (protocol,) = (tmp_path / "protocols").glob("*.toml")
    (table,) = blocks("schedule.md", "toml")
    with protocol.open("a", encoding="utf-8") as file:
        file.write("\n" + "\n".join(table) + "\n")
    printed = run_all("schedule.md", tmp_path)
    assert "reviewkit" in printed
    assert "OnCalendar=" in printed


@pytest.mark.slow
def test_datasette(tmp_path: Path) -> None:
    screened(tmp_path, until="reviewkit prisma")
    printed = run_all("datasette.md", tmp_path)
    counted = re.findall(r'"table": "(records|states)", "count": (\d+)', printed)
    assert set(counted) == {("records", "50"), ("states", "60")}
    # Neither abstracts nor reviewers are left, not even in free pages.
    public = (tmp_path / "public.db").read_bytes()
    for hidden in ("Eighty adults with insomnia", "methodologist"):
        assert hidden in (tmp_path / "records.csv").read_text(encoding="utf-8-sig")
        assert hidden.encode() not in public


@pytest.mark.slow
def test_hand_in(tmp_path: Path) -> None:
    screened(tmp_path, until="reviewkit prisma")
    run_all("hand-in.md", tmp_path)
    page = (FOLDER / "hand-in.md").read_text(encoding="utf-8")
    named = re.findall(r"`([\w-]+\.\w+)`", page.split("## Result")[1])
    assert len(set(named)) == 8
    assert all((tmp_path / name).stat().st_size > 500 for name in named)


def test_every_page_is_short_and_reached_from_the_readme() -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    for page in PAGES:
        text = (FOLDER / page).read_text(encoding="utf-8")
        assert f"(docs/how-to/{page})" in readme
        assert text.startswith("# How to ")
        assert "\n## Result\n" in text
        assert len(text.splitlines()) < 70, page
        words = [len(one.split()) for one in _sentences(text)]
        assert max(words) <= 25, page


def _sentences(text: str) -> list[str]:
    prose = re.sub(r"(?ms)^```.*?^```$|^\|.*?$|^#.*?$", "\n\n", text)
    paragraphs = re.split(r"\n\s*\n", prose)
    return [one for paragraph in paragraphs for one in _SENTENCE.split(paragraph)]
