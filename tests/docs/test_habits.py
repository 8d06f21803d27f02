"""What other projects expect to find: each file is there, valid, and true."""

import importlib.resources
import json
import pkgutil
import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from reviewkit.model.version import __version__
from tests.conftest import PROJECT

GITHUB = PROJECT / ".github"
FORMS = sorted(path for path in (GITHUB / "ISSUE_TEMPLATE").glob("*.yml") if path.stem != "config")
MAKEFILE = (PROJECT / "Makefile").read_text(encoding="utf-8")


def is_valid(document: Any, schema: str) -> None:
    """Raises ValidationError where a document does not follow a schema of check-jsonschema."""
    folder = importlib.resources.files("check_jsonschema") / "builtin_schemas" / "vendor"
    rules = json.loads((folder / f"{schema}.json").read_text(encoding="utf-8"))
    jsonschema.validators.validator_for(rules)(rules).validate(document)


def read_yaml(path: Path) -> Any:
    """What a YAML file holds. YAML 1.1 reads the key `on` as true; services read it as a word."""
    text = re.sub(r"^on:", "'on':", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return yaml.safe_load(text)


@pytest.mark.parametrize("form", FORMS, ids=lambda path: path.stem)
def test_the_forms_for_issues_are_valid(form: Path) -> None:
    is_valid(read_yaml(form), "github-issue-forms")


def test_the_citation_is_valid_and_names_this_version() -> None:
    citation = read_yaml(PROJECT / "CITATION.cff")
    is_valid(citation, "citation-file-format")
    assert citation["version"] == __version__


@pytest.fixture(scope="module")
def workflow() -> dict[str, Any]:
    read: dict[str, Any] = read_yaml(GITHUB / "workflows" / "test.yml")
    return read


def test_the_workflow_is_valid_and_may_only_read(workflow: dict[str, Any]) -> None:
    is_valid(workflow, "github-workflows")
    assert workflow["permissions"] == {"contents": "read"}
    assert "permissions" not in workflow["jobs"]["test"]


def test_the_workflow_runs_on_three_systems_and_every_python(workflow: dict[str, Any]) -> None:
    matrix = workflow["jobs"]["test"]["strategy"]["matrix"]
    assert {name.split("-")[0] for name in matrix["system"]} == {"ubuntu", "macos", "windows"}
    assert matrix["python"] == ["3.11", "3.12", "3.13", "3.14"]
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["requires-python"] == f">={matrix['python'][0]}"


def test_the_workflow_s_actions_are_pinned(workflow: dict[str, Any]) -> None:
    used = [step["uses"] for step in workflow["jobs"]["test"]["steps"] if "uses" in step]
    assert used
    assert [name for name in used if not re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", name)] == []


def test_windows_runs_the_commands_of_make_test(workflow: dict[str, Any]) -> None:
    steps = workflow["jobs"]["test"]["steps"]
    assert any(step.get("run") == "make test PYTHON=python" for step in steps)
    commands = steps[-1]["run"].splitlines()
    assert commands == [*recipe("lint"), *recipe("test")]


def recipe(target: str) -> list[str]:
    """The commands of a target of the Makefile, without the folder of the environment."""
    lines = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    assert lines
    text = lines[1].replace("$(PYTEST)", "$(VENV)/bin/python -m pytest")
    return [line.strip().removeprefix("$(VENV)/bin/") for line in text.splitlines()]


def test_make_help_lists_every_target() -> None:
    declared = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    assert declared
    described = re.findall(r"^([a-z]+):.*## \S", MAKEFILE, re.MULTILINE)
    assert set(declared[1].split()) == set(described)


def test_the_hooks_before_a_commit_download_nothing() -> None:
    hooks = read_yaml(PROJECT / ".pre-commit-config.yaml")
    assert {repository["repo"] for repository in hooks["repos"]} == {"local"}
    for hook in hooks["repos"][0]["hooks"]:
        assert hook["language"] == "system"
        assert hook["entry"].split()[0] in {"make", ".venv/bin/ruff"}


@pytest.mark.parametrize("name", ["SECURITY.md", "CODE_OF_CONDUCT.md"])
def test_who_to_turn_to_is_said_without_naming_persons(name: str) -> None:
    text = (PROJECT / name).read_text(encoding="utf-8")
    assert "private" in text
    assert not re.search(r"\w@\w", text)


def test_every_decision_is_in_the_index_and_says_when_and_why() -> None:
    folder = PROJECT / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    records = sorted(folder.glob("[0-9]*.md"))
    assert [path.name[:4] for path in records] == [f"{n:04}" for n in range(1, len(records) + 1)]
    for path in records:
        text = path.read_text(encoding="utf-8")
        title = re.match(r"# \d+\. (.+)\n\nDate: (\d{4}-\d\d-\d\d)\n", text)
        assert title, path.name
        assert f"[{title[1]}]({path.name}) | {title[2]} |" in index
        assert re.findall(r"^## (\w+)$", text, re.MULTILINE) == ["Context", "Decision", "Reason"]


def test_the_links_of_the_documents_lead_somewhere() -> None:
    documents = [*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md")]
    for path in documents:
        text = re.sub(
            r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
        )
        for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
            assert (path.parent / link).exists(), f"{path.name}: {link}"


def test_the_modules_that_documents_name_exist() -> None:
    named = re.compile(r"`((?:reviewkit|tests|tools|benchmarks|docs|protocols)/[\w./-]+)`")
    for path in [*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md")]:
        if path.name == "CHANGELOG.md":
            continue  # it tells what was
        for name in named.findall(path.read_text(encoding="utf-8")):
            assert (PROJECT / name).exists(), f"{path.name}: {name}"


def test_every_stop_of_the_walks_exists() -> None:
    text = (PROJECT / "docs" / "architecture.md").read_text(encoding="utf-8")
    walks = re.findall(r"^## From .*\n((?:\d\. .*\n|   .*\n)+)", text, re.MULTILINE)
    assert walks
    for walk in walks:
        stops = re.findall(r"^\d\. `([\w.]+)`", walk, re.MULTILINE)
        assert 1 < len(stops) <= 5
        for stop in stops:
            pkgutil.resolve_name(f"reviewkit.{stop}")
