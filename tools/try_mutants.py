"""Break the rules that counts and decisions hang on, one change at a time, and run their tests.

`python tools/try_mutants.py [MODULE...]` prints a row per module, and every change that no test
noticed. The modules and their tests are in tools/mutants.toml. mutmut makes the changes; each
module has a folder of its own in mutants/, where `mutmut browse` shows more.
"""

import argparse
import contextlib
import datetime
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

from mutmut.mutation.diff_apply import get_diff_for_mutant

ROOT = Path(__file__).resolve().parents[1]
PLAN = ROOT / "tools" / "mutants.toml"
WORK = ROOT / "mutants"
_MUTMUT = Path(sys.executable).with_name("mutmut")
_LINKED = ("CHANGELOG.md", "README.md", "docs", "protocols", "reviewkit", "tests", "tools")
# The codes with which a mutant's tests ended; mutmut's own list has more, all of them are trouble.
_ENDS = {0: "survived", 1: "killed", 3: "killed", 33: "no test", 5: "no test"}
_TIMEOUT = {-24, 24, 36, 152, 255}

_OPTIONS = ("-p", "no:cacheprovider", "--quick")
_NO_SLOW_TESTS = (*_OPTIONS, "-m", "not slow")
# A year of weekly searches takes minutes.
_SLOW_TESTS_TOO = (*_OPTIONS, "-m", "not exhaustive", "-k", "not a_year_of_weeks")

_SETTINGS = """
[tool.mutmut]
source_paths = ["reviewkit"]
also_copy = ["CHANGELOG.md", "README.md", "docs", "protocols", "tools"]
only_mutate = ["reviewkit/{module}.py"]
pytest_add_cli_args_test_selection = {tests}
pytest_add_cli_args = {options}
use_git_change_detection = false
timeout_multiplier = 6.0
# Sentences for people are no rules: the texts of messages and errors stay as they are.
do_not_mutate_patterns = [
    '\\b(in_english|in_english_n|tr|tr_n|mark)\\(',
    '^\\s*raise ',
    '"(SELECT|INSERT) ',
    '^\\s*(\\w+ ?= ?|return )?f?"[^" ]+ [^" ]+ [^"]+"',
]
"""


def prepare(module: str, tests: list[str], *, slow_too: bool = False) -> Path:
    """Return a new folder in which mutmut finds the project, with the settings for one module.

    With `slow_too`, tests that are marked as slow are run as well.
    """
    folder = WORK / module.replace("/", ".")
    shutil.rmtree(folder, ignore_errors=True)
    # Python looks only once whether a folder of PYTHONPATH is there.
    (folder / "mutants").mkdir(parents=True)
    for name in _LINKED:
        (folder / name).symlink_to(ROOT / name)

    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    settings = _SETTINGS.format(
        module=module,
        tests=json.dumps(tests),
        options=json.dumps(_SLOW_TESTS_TOO if slow_too else _NO_SLOW_TESTS),
    )
    (folder / "pyproject.toml").write_text(project + settings, encoding="utf-8")
    return folder


def run(folder: Path, children: int) -> None:
    """Try every mutant of the folder's module; stop with what mutmut said where it could not."""
    environment = os.environ | {"PYTHONPATH": str(folder / "mutants")}
    command = [str(_MUTMUT), "run", "--max-children", str(children)]
    log = folder / "log.txt"
    with log.open("wb") as out:
        ended = subprocess.run(  # noqa: S603  # mutmut, beside this Python
            command, cwd=folder, env=environment, stdout=out, stderr=out, check=False
        )
    if ended.returncode:
        sys.exit(f"mutmut stopped: see {log}")


def results(folder: Path, module: str) -> dict[str, str]:
    """Return how each mutant ended, by its name."""
    meta = folder / "mutants" / "reviewkit" / f"{module}.py.meta"
    codes = json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"]
    return {name: _end(code) for name, code in codes.items()}


def _end(code: int | None) -> str:
    if code in _TIMEOUT:
        return "killed"
    return _ENDS.get(-1 if code is None else code, "not tried")


def difference(folder: Path, module: str, name: str) -> str:
    """Return a mutant's change as lines of a difference, without its heading."""
    with contextlib.chdir(folder):
        shown = get_diff_for_mutant(name, path=f"reviewkit/{module}.py")

    lines = shown.splitlines()
    changed = [line for line in lines if line[:1] in "+-" and line[:3] not in {"+++", "---"}]
    return "\n".join(changed)


def row(module: str, ends: dict[str, str]) -> str:
    """Return a module's line of the table in docs/mutants.md."""
    counts = Counter(ends.values())
    total, killed = len(ends), counts["killed"]
    day = datetime.datetime.now(datetime.UTC).date()
    share = f"{killed / total:.1%}" if counts["not tried"] == 0 else "not all were tried"
    return f"| `{module}` | {day} | {total} | {killed} | {total - killed} | {share} |"


def say(text: str) -> None:
    """Write a line at once: the next module may take an hour."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> None:
    """Try the modules that are named, or all of them."""
    read = tomllib.loads(PLAN.read_text(encoding="utf-8"))
    plan: dict[str, list[str]] = read["modules"]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("module", nargs="*", choices=[[], *plan], help="such as screening/queue")
    parser.add_argument("--children", type=int, default=2, help="how many run at the same time")
    arguments = parser.parse_args()

    rows = []
    for module in arguments.module or plan:
        folder = prepare(module, plan[module], slow_too=module in read["with_slow_tests"])
        run(folder, arguments.children)
        ends = results(folder, module)
        rows.append(row(module, ends))
        for name, end in ends.items():
            if end != "killed":
                say(f"\n{end}: {name}\n{difference(folder, module, name)}")
        say(f"\n{rows[-1]}")

    if len(rows) > 1:
        say("\n".join(["", *rows]))


if __name__ == "__main__":
    main()
