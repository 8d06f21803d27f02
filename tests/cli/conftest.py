"""A review that was reproduced once, and copies of it."""

import shutil
from pathlib import Path

import pytest

from tests.helpers.command import copy_project, reviewkit


@pytest.fixture(scope="session")
def reproduced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the protocol of the shipped review after `reproduce`; tests must not change it."""
    protocol = copy_project(tmp_path_factory.mktemp("reproduced"))
    assert reviewkit("reproduce", protocol, "--offline").returncode == 0
    return protocol


@pytest.fixture
def review(reproduced: Path, tmp_path: Path) -> Path:
    """Return the protocol of a copy of the reproduced review."""
    home = tmp_path / "review"
    shutil.copytree(reproduced.parents[1], home)
    return home / reproduced.relative_to(reproduced.parents[1])
