"""The plan of `make mutants` names what is there, and a row says what was tried."""

import re
import tomllib
from pathlib import Path

import pytest

pytest.importorskip("mutmut", reason="mutmut does not run on Windows")

from tools import try_mutants

PLAN = tomllib.loads(try_mutants.PLAN.read_text(encoding="utf-8"))
MODULES: dict[str, list[str]] = PLAN["modules"]


@pytest.mark.parametrize("module", MODULES)
def test_modules_and_their_tests_are_there(module: str, project: Path) -> None:
    assert (project / "reviewkit" / f"{module}.py").is_file()
    assert [test for test in MODULES[module] if not (project / test).is_file()] == []


def test_only_modules_of_the_plan_are_tried_with_slow_tests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert set(PLAN["with_slow_tests"]) <= set(MODULES)
    monkeypatch.setattr(try_mutants, "WORK", tmp_path)
    for slow_too in (False, True):
        folder = try_mutants.prepare("screening/rules", [], slow_too=slow_too)
        settings = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
        options = settings["tool"]["mutmut"]["pytest_add_cli_args"]
        assert ("not slow" in options) is not slow_too


def test_the_settings_of_a_module_are_those_that_mutmut_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(try_mutants, "WORK", tmp_path)
    folder = try_mutants.prepare("screening/rules", ["tests/screening/test_rules.py"])
    settings = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    document = settings["tool"]["mutmut"]
    assert document["only_mutate"] == ["reviewkit/screening/rules.py"]
    assert document["pytest_add_cli_args_test_selection"] == ["tests/screening/test_rules.py"]

    sentences = re.compile("|".join(document["do_not_mutate_patterns"]))
    assert sentences.search('    return in_english("no date seen")')
    assert sentences.search('    raise UsageError("no records")')
    assert sentences.search('        sentence="It promises no recall."')
    assert not sentences.search('    return "no date"')
    assert not sentences.search("    return len(deciders) < self.needs(record)")


def test_a_row_says_how_many_changes_no_test_noticed() -> None:
    ends = dict.fromkeys("abc", "killed") | {"d": "survived"}
    assert try_mutants.row("m", ends).endswith("| 4 | 3 | 1 | 75.0% |")
    assert try_mutants.row("m", ends | {"e": "not tried"}).endswith("| not all were tried |")
