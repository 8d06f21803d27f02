"""What all tests share: the project's folder, real data where it is at hand, a clean environment."""

import os
import tempfile
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
SHARED = PROJECT.parent / "shared" / "data"


# What is noted between processes, whose turn it is at a service, stays out of the user's own cache.
_CACHE = tempfile.TemporaryDirectory()
os.environ["XDG_CACHE_HOME"] = _CACHE.name


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key, proxy or setting of the machine reaches a test."""
    secrets = {"NCBI_API_KEY", "NCBI_EMAIL", "BVS_API_KEY", "SOURCE_DATE_EPOCH"}
    for name in list(os.environ):
        if name in secrets or name.startswith("REVIEWKIT_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def project() -> Path:
    """The project's own folder."""
    return PROJECT


@pytest.fixture(scope="session")
def als_text() -> str:
    """The shipped protocol."""
    return (PROJECT / "protocols" / "als_dysbiosis.toml").read_text(encoding="utf-8")
