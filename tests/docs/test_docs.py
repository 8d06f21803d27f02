"""The commands in the documentation, run as they stand there."""

import re
import shlex
from pathlib import Path

import pytest

from tests.cli.test_import import RIS
from tests.conftest import PROJECT
from tests.helpers.command import copy_project, outputs, reviewkit, rows_of

_BLOCK = re.compile(r"^```sh( runnable)?\n(.*?)^```", re.MULTILINE | re.DOTALL)
DOCUMENTS = (
    "README.md",
    *(str(path.relative_to(PROJECT)) for path in sorted((PROJECT / "docs").rglob("*.md"))),
)


def commands(document: str, *, runnable: bool) -> list[str]:
    """Every reviewkit command of a document's shell blocks; with `runnable` only of those that are
    marked so.
    """
    blocks = _BLOCK.findall((PROJECT / document).read_text(encoding="utf-8"))
    lines = [line for mark, text in blocks if mark or not runnable for line in text.splitlines()]
    return [line for line in lines if line.startswith("reviewkit ")]


@pytest.mark.slow
@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_command_that_is_shown_exists_with_its_options(document: str) -> None:
    for line in commands(document, runnable=False):
        words = shlex.split(line, comments=True)[1:]
        shown = reviewkit(*_verb(words), "--help", settings={"COLUMNS": "200"})
        assert shown.returncode == 0, line
        for word in words:
            if word.startswith("--"):
                assert word.split("=")[0] in shown.stdout, line


def _verb(words: list[str]) -> list[str]:
    groups = {"decisions", "dedupe", "prisma", "undo", "source", "study", "record", "reviewer"}
    return words[:2] if words[0] in groups and len(words) > 1 and words[1].isalpha() else words[:1]


@pytest.mark.slow
def test_the_commands_on_sources_run_as_they_stand(tmp_path: Path) -> None:
    copy_project(tmp_path)
    (tmp_path / "lilacs.ris").write_text(RIS, encoding="utf-8")
    (tmp_path / "own.csv").write_text(
        "Titel,Jahr,Namen\nEin Werk,2021,Muster A\n", encoding="utf-8"
    )
    lines = commands("docs/sources.md", runnable=True)
    assert len(lines) == 6
    # `init` comes last: a second protocol would leave open which one the others mean.
    for line in sorted(lines, key=lambda values: " init " in values):
        done = reviewkit(*shlex.split(line)[1:], cwd=tmp_path)
        assert done.returncode == 0, f"{line}\n{done.stderr}"
    assert len(rows_of(outputs(tmp_path) / "review.db")["runs"]) == 3
    # The third record is of 2021: the protocol's date criterion removes it before screening.
    undecided = (tmp_path / "undecided.ris").read_text(encoding="utf-8")
    assert (undecided.count("\nER  - "), "Ein Werk" in undecided) == (2, False)
    assert (tmp_path / "protocols" / "gut_dysbiosis_in_als.toml").exists()


@pytest.mark.slow
def test_the_commands_on_diagrams_and_reports_run_as_they_stand(tmp_path: Path) -> None:
    copy_project(tmp_path)
    lines = [
        *commands("docs/report.md", runnable=True),
        *commands("docs/diagrams.md", runnable=True),
    ]
    assert len(lines) == 21
    for line in lines:
        done = reviewkit(*shlex.split(line)[1:], cwd=tmp_path)
        assert done.returncode == 0, f"{line}\n{done.stderr}"
    named = {
        word
        for line in lines
        for word in shlex.split(line)
        if re.fullmatch(r"\w+\.(html|pdf|svg|png|json|csv|eps|emf|tex|drawio)", word)
    }
    assert {path.name for path in tmp_path.iterdir() if path.is_file()} == named
