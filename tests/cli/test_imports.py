"""What is imported when: help loads only what it needs. And who speaks to the database."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {
    "requests",
    "sqlite_utils",
    "numpy",
    "Bio",
    "rapidfuzz",
    "textual",
    "rispy",
    "typst",
    "rich",
    "pydantic",
}


@pytest.mark.slow
def test_the_command_line_imports_nothing_heavy() -> None:
    script = (
        "import json, sys, reviewkit.cli; "
        "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout
    assert HEAVY.isdisjoint(json.loads(loaded))


@pytest.mark.slow
def test_a_session_and_its_database_do_without_numpy_which_can_be_had_afterwards() -> None:
    script = (
        "import sys; sys.modules['pandas'] = None; "
        "import reviewkit.workflow.session.open_screening; "
        "assert not {'numpy', 'rapidfuzz'} & set(sys.modules), 'numpy'; "
        "assert 'pandas' in sys.modules; import numpy; print(numpy.arange(3).sum())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.stdout == "3\n", done.stderr


def test_only_the_store_writes_sql() -> None:
    home, words = (
        Path(__file__).parents[2] / "reviewkit",
        ("SELECT ", "INSERT ", "UPDATE ", "DELETE ", "PRAGMA "),
    )

    written: dict[bool, list[str]] = {True: [], False: []}
    for path in sorted(home.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and node.value.startswith(words)
            ):
                written[home / "store" in path.parents].append(f"{path.name}: {node.value}")
    assert written[True]
    assert written[False] == []


@pytest.mark.slow
def test_ctrl_c_while_modules_are_imported_leaves_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text("raise KeyboardInterrupt\n", encoding="utf-8")
    for command in (["-m", "reviewkit"], ["-c", "from reviewkit.__main__ import main; main()"]):
        done = subprocess.run(
            [sys.executable, *command, "--help"],
            env={**os.environ, "PYTHONPATH": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout, done.stderr) == (130, "", "Aborted.\n")


@pytest.mark.slow
def test_the_ranking_reads_a_database_without_what_only_faces_and_protocols_need() -> None:
    script = (
        "import json, sys, reviewkit.workflow.ranking.worker; "
        "from reviewkit.store import Store, record_search; "
        "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout
    assert {"pydantic", "textual", "rich", "typer", "requests"}.isdisjoint(json.loads(loaded))
