"""What all tests share: the project's folder, a clean environment, and what `slow` and
`--exhaustive` mean.
"""

import os
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

PROJECT = Path(__file__).parents[1]
SHARED = PROJECT.parent / "shared" / "data"

# The pace of requests, shared between processes, is kept out of the user's own cache.
_CACHE = tempfile.TemporaryDirectory()
os.environ["XDG_CACHE_HOME"] = _CACHE.name

_USUAL_EXAMPLES = 100
_PROCESS_EVENTS = frozenset({"subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn"})
_POSIX_HELPERS = ("browser", "forked", "slow_link", "terminal", "warm")
_processes: list[str] = []


# Databases and caches flush every step to the disk, which is what takes longest in the tests.
_MEMORY = Path("/dev/shm")
_ROOM_NEEDED = 1 << 30


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--exhaustive",
        action="store_true",
        help="try many times as much where chance is tested: run by hand, takes hours",
    )
    parser.addoption(
        "--quick",
        action="store_true",
        help="try a tenth where chance is tested: run while you work",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Set the effort before the tests are imported, which read it in their decorators."""
    from tests.helpers import effort

    if config.getoption("--exhaustive"):
        os.environ["EXHAUSTIVE"] = "1"
        effort.EXHAUSTIVE = True
    elif config.getoption("--quick"):
        os.environ["QUICK"] = "1"
        effort.QUICK = True
    number = effort.examples(_USUAL_EXAMPLES)
    # A busy machine makes no test fail: what an example may take is not tested by the clock.
    hypothesis.settings.register_profile(
        "effort",
        max_examples=number,
        deadline=None,
        suppress_health_check=[hypothesis.HealthCheck.too_slow],
    )
    # A mutant is noticed by what the rule says, never by a slow machine or by luck.
    hypothesis.settings.register_profile(
        "mutants",
        max_examples=number,
        deadline=None,
        derandomize=True,
        suppress_health_check=[*hypothesis.HealthCheck],
    )
    hypothesis.settings.load_profile("mutants" if "MUTANT_UNDER_TEST" in os.environ else "effort")
    sys.addaudithook(_note_process)
    if _has_room(_MEMORY):
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))


def _has_room(folder: Path) -> bool:
    """Whether temporary folders can be kept there: programs run in it, and a gigabyte is free."""
    if not os.access(folder, os.W_OK):
        return False
    free = os.statvfs(folder)
    return not free.f_flag & os.ST_NOEXEC and free.f_bavail * free.f_frsize > _ROOM_NEEDED


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out, on Windows, what needs a pseudo-terminal, fork or a browser's pipe."""
    if os.name != "nt" or collection_path.suffix != ".py":
        return None
    text = collection_path.read_text(encoding="utf-8")
    return any(f"tests.helpers.{name} " in text for name in _POSIX_HELPERS) or None


def _note_process(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _PROCESS_EVENTS:
        _processes.append(f"{event}: {arguments[:1]}")


def pytest_runtest_setup() -> None:
    _processes.clear()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """Fail a test that starts a process without saying that it is slow: `make check` leaves those
    out.
    """
    yield
    if _processes and item.get_closest_marker("slow") is None:
        pytest.fail(f"starts a process, so mark it with pytest.mark.slow: {_processes[0]}")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep every key, proxy and setting of the machine from the tests."""
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
    """The text of the shipped protocol."""
    return (PROJECT / "protocols" / "als_dysbiosis.toml").read_text(encoding="utf-8")
