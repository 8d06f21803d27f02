"""What installs an extra; and no text sends anybody to the stranger's package of our name."""

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewkit.model.extras import PACKAGES, USES, Way, install_hint, install_line, way_installed
from tests.conftest import PROJECT

PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

# What pip, pipx or uv would look up on the public index: `reviewkit`, with or without extras.
_STRANGER = re.compile(
    r"""\b(?:pip|pipx|uv\ tool|uv\ pip|uvx)\b[^\n]*?\b(?:install|inject|run)\b[^\n]*?
    (?<![\w./-])reviewkit(?![\w/-])
    |(?<![\w./-])reviewkit\[[a-z]
    |(?<![\w./-])reviewkit[=~<>]=\s*[\d{]""",
    re.VERBOSE,
)


def test_the_distribution_has_a_name_of_its_own() -> None:
    assert PYPROJECT["name"] == "systematic-reviewkit"
    assert PYPROJECT["scripts"] == {"reviewkit": "reviewkit.__main__:main"}


def test_the_extras_are_those_of_the_package() -> None:
    extras = {
        name: tuple(packages) for name, packages in PYPROJECT["optional-dependencies"].items()
    }
    own, _, _ = extras.pop("dev"), extras.pop("docs"), extras.pop("fuzz")  # of contributors
    assert extras == PACKAGES
    assert USES.keys() == PACKAGES.keys()
    assert f"{PYPROJECT['name']}[{','.join(sorted(PACKAGES))}]" in own


@pytest.mark.parametrize(
    ("way", "line"),
    [
        (Way.PIP, '"/r/kit/bin/python" -m pip install "pillow>=11" "typst>=0.15"'),
        (Way.PIPX, 'pipx inject kit "pillow>=11" "typst>=0.15"'),
        (Way.UV, 'uv pip install --python "/r/kit/bin/python" "pillow>=11" "typst>=0.15"'),
    ],
)
def test_the_line_fits_the_way_of_installing(way: Way, line: str) -> None:
    assert install_line("figures", "pdf", way=way, python=Path("/r/kit/bin/python")) == line


@pytest.mark.parametrize(
    ("file", "has_pip", "way"),
    [
        ("pyvenv.cfg", True, Way.PIP),
        ("pyvenv.cfg", False, Way.UV),
        ("pipx_metadata.json", True, Way.PIPX),
        ("pipx_metadata.json", False, Way.PIPX),
        ("uv-receipt.toml", True, Way.UV),  # a dependency may bring pip
    ],
)
def test_the_way_of_installing_is_seen_by_its_file(
    tmp_path: Path, file: str, has_pip: bool, way: Way
) -> None:
    (tmp_path / file).touch()
    assert way_installed(tmp_path, has_pip=has_pip) is way


def test_the_hint_is_for_the_python_that_runs() -> None:
    assert sys.executable in install_hint("xlsx")
    assert all(f'"{package}"' in install_hint("xlsx") for package in PACKAGES["xlsx"])


def _own_files() -> Iterator[Path]:
    """Every text that we write: no cache, no data, nothing that is made."""
    yield from (path for path in PROJECT.iterdir() if path.suffix in {".md", ".toml", ".cff"})
    yield PROJECT / "Makefile"
    yield PROJECT / ".ci" / "run"
    for folder in (".github", "benchmarks", "docs", "protocols", "reviewkit", "tests", "tools"):
        for path in (PROJECT / folder).rglob("*"):
            if path.suffix in {".md", ".py", ".toml", ".yml", ".yaml", ".txt", ".svg", ".css"}:
                yield path


@pytest.mark.slow
def test_no_text_names_the_stranger_s_package() -> None:
    found = []
    for path in _own_files():
        if path != Path(__file__).resolve():
            text = path.read_text(encoding="utf-8", errors="replace")
            hits = [hit[0] for hit in _STRANGER.finditer(text)]
            found += [f"{path.relative_to(PROJECT)}: {hit}" for hit in hits]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "pip install {stranger}",
        "pip install '{stranger}[docx]'",
        "python -m pip install --upgrade {stranger}",
        "pipx install {stranger}",
        "uv tool install {stranger}",
        "pip install reviewkit=={version}",
        "`reviewkit[fast]` adds SciPy",
    ],
)
def test_the_stranger_is_recognised(text: str) -> None:
    # Put together here, so that no line of this project can be pasted by mistake.
    assert _STRANGER.search(text.replace("{stranger}", "reviewkit"))


@pytest.mark.parametrize(
    "text",
    [
        "pip install ./reviewkit",
        "pip install systematic_reviewkit-0.1.0-py3-none-any.whl",
        "systematic-reviewkit[docx]",
        "reviewkit import export.ris",
    ],
)
def test_our_own_name_passes(text: str) -> None:
    assert not _STRANGER.search(text)
