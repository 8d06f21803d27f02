"""What the shell completes after Tab, asked as the shell asks."""

from pathlib import Path

import pytest
import typer.main
from typer._completion_classes import BashComplete

from reviewkit.cli import app
from reviewkit.cli.completion import listed_choices
from tests.helpers.screening_review import make_review, session_of


def completed(line: str, typed: str = "") -> list[str]:
    """Return what Tab offers for a word that begins with `typed`, behind a line."""
    shell = BashComplete(typer.main.get_command(app), {}, "reviewkit", "_REVIEWKIT_COMPLETE")
    return [item.value for item in shell.get_completions(line.split(), typed)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "typed", "offered"),
    [
        ("screen --stage", "", ["title_abstract", "full_text"]),
        ("screen --order", "ra", ["ranked", "random"]),
        ("screen --lang", "", ["en", "pt", "es"]),
        ("screen --keys", "", ["reviewkit", "rayyan", "asreview"]),
        ("prisma --lang", "p", ["pt"]),
        ("prisma --format", "p", ["pdf", "png", "pptx"]),
        ("prisma --theme", "", ["official", "quiet", "mono"]),
        ("report --format", "", ["html", "pdf", "md", "json"]),
        ("export --format", "c", ["csv", "csl-json", "covidence"]),
        ("export --status", "in", ["included"]),
        ("export --selection", "", ["team", "published"]),
        ("checklist --standard", "prisma-s", ["prisma-s"]),
        ("schedule --every", "", ["day", "week", "fortnight", "month", "quarter", "year"]),
        ("diff 1 2 --format", "", ["table", "markdown", "json"]),
        ("translate --to", "s", ["scopus"]),
    ],
)
def test_choices_of_options_are_completed(line: str, typed: str, offered: list[str]) -> None:
    assert completed(line, typed) == offered


@pytest.mark.parametrize(
    ("words", "choices"),
    [
        ("The diagram's language: en, pt or es.", ["en", "pt", "es"]),
        ("html, pdf, md or json; by default as the file is named.", ["html", "pdf", "md", "json"]),
        ("team, or published.", ["team", "published"]),
        ("Title and abstract, or full text.", []),
        ("fold them into the record they copy, or list them.", []),
        ("The query as it was typed.", []),
        ("", []),
    ],
)
def test_a_list_in_a_help_text_is_told_from_a_sentence(words: str, choices: list[str]) -> None:
    assert listed_choices(words) == choices


@pytest.mark.slow
def test_sources_keys_and_reviewers_are_those_of_the_review(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = make_review(tmp_path)
    monkeypatch.chdir(tmp_path)
    with session_of(project, "ana") as session:
        session.include()
    assert completed("search --source") == ["pubmed"]
    assert completed("import a.ris --source", "p") == ["pubmed"]
    assert completed("record show", "pubmed:0001") == ["pubmed:00010", "pubmed:00011"]
    assert completed("dedupe link pubmed:00001", "pubmed:00002") == ["pubmed:00002"]
    assert completed("study link", "pubmed:00011") == ["pubmed:00011"]
    assert completed("screen --reviewer", "a") == ["ana"]
    assert completed("screen --reviewer", "z") == []


def test_without_a_review_nothing_is_offered_and_nothing_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert completed("search --source") == []
    assert completed("record show", "pubmed:") == []
    assert completed("screen --reviewer") == []
    assert completed("search -p none.toml --source") == []
    assert capfd.readouterr() == ("", "")
    assert list(tmp_path.iterdir()) == []
