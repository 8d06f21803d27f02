"""The source archive and the wheel hold what they must, and the wheel runs."""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from tests.conftest import PROJECT

_LARGEST_WHEEL = 2_000_000
_FOLDERS = (
    ".ci",
    ".github",
    "benchmarks",
    "cache",
    "docs",
    "protocols",
    "reviewkit",
    "tests",
    "tools",
)
_BUILD = "import sys, setuptools.build_meta as backend; print(getattr(backend, sys.argv[1])(sys.argv[2]))"


def _can_build() -> bool:
    try:
        return int(version("setuptools").split(".")[0]) >= 77
    except PackageNotFoundError:
        return False


pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not _can_build(), reason="setuptools 77 is not installed beside the tests"),
]


def _build(what: str, source: Path, out: Path) -> Path:
    """Build in a source folder, without a network."""
    out.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-c", _BUILD, what, str(out)],
        cwd=source,
        env={**os.environ, "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return out / done.stdout.splitlines()[-1]


@pytest.fixture(scope="module")
def source_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source archive of a copy of the files that belong to the project."""
    copy = tmp_path_factory.mktemp("tree")
    forget = shutil.ignore_patterns("__pycache__", "pages", "runs")
    for name in _FOLDERS:
        shutil.copytree(PROJECT / name, copy / name, ignore=forget)
    for path in PROJECT.iterdir():
        if path.is_file() and path.name != ".git":
            shutil.copy(path, copy)
    return _build("build_sdist", copy, copy / "dist")


@pytest.fixture(scope="module")
def wheel(source_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that is built from the source archive."""
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(source_archive) as archive:
        archive.extractall(folder, filter="data")
    (unpacked,) = folder.iterdir()
    return _build("build_wheel", unpacked, folder / "dist")


def _own(folder: str) -> set[str]:
    """The files of a folder of the project, by their paths in it."""
    paths = (path for path in (PROJECT / folder).rglob("*") if path.is_file())
    return {str(path.relative_to(PROJECT)) for path in paths if "__pycache__" not in path.parts}


def test_the_source_archive_holds_tests_documents_and_tools(source_archive: Path) -> None:
    with tarfile.open(source_archive) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    for folder in ("reviewkit", "tests", "docs", "tools", "protocols", "benchmarks"):
        assert _own(folder) <= held, folder
    assert {"Makefile", "pyproject.toml", "zensical.toml", "LICENSE", "CHANGELOG.md"} <= held


def test_the_wheel_holds_the_package_with_its_data_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held == _own("reviewkit")
    kinds = {Path(name).suffix for name in held}
    assert kinds >= {
        ".sql",
        ".toml",
        ".ttf",
        ".po",
        ".css",
        ".js",
        ".typ",
        ".nbib",
        ".ris",
        ".typed",
    }


def test_the_wheel_is_small_and_says_what_it_is(wheel: Path) -> None:
    assert wheel.stat().st_size < _LARGEST_WHEEL
    assert wheel.name.startswith("systematic_reviewkit-")
    with zipfile.ZipFile(wheel) as archive:
        (entry,) = [name for name in archive.namelist() if name.endswith("entry_points.txt")]
        assert "reviewkit = reviewkit.__main__:main" in archive.read(entry).decode()


def test_the_wheel_runs_from_its_own_files(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")  # noqa: S202  built by this test
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "installed")}
    _run(["demo", "made"], tmp_path, environment)
    made = tmp_path / "made"
    _run(["init", "--title", "Made", "--source", "lilacs"], made, environment)
    _run(["import", "lilacs.ris", "--source", "lilacs", "--date", "2026-04-10"], made, environment)
    _run(["prisma", "--out", "flow.svg"], made, environment)
    assert "<svg" in (made / "flow.svg").read_text(encoding="utf-8")


def _run(words: list[str], folder: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "reviewkit", *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
