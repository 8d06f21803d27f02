"""Debian's cron runs the line that `reviewkit schedule` prints, every minute, for two reviews at
once and for one whose service fails.

It needs root and the program `cron`, and takes up to two minutes of waiting.
"""

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from tests.helpers.command import reaching, reviewkit_process
from tests.helpers.living import PROTOCOL, corpus_of
from tests.servers.eutils_server import EutilsServer, Fault

CRON = shutil.which("cron")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.exhaustive,
    pytest.mark.skipif(CRON is None, reason="cron is not installed here (Debian: cron)"),
    pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="needs root"),
]
NAMES = ("one", "two", "failing")


@pytest.fixture
def table() -> Iterator[Path]:
    """A table of jobs of this test's own, in the folder that cron reads; gone at the end."""
    file = Path(f"/etc/cron.d/reviewkit_test_{os.getpid()}")
    yield file
    file.unlink(missing_ok=True)


@pytest.fixture
def daemon() -> Iterator[None]:
    """Cron in the foreground, unless one runs already; this one ends with the test."""
    process = subprocess.Popen([CRON or "cron", "-f"], stderr=subprocess.DEVNULL)
    yield
    process.terminate()
    process.wait(timeout=10)


def job_of(home: Path, name: str, url: str) -> str:
    """The line of a review's job, to be run by root every minute."""
    protocol = home / "protocols" / f"{name}.toml"
    protocol.parent.mkdir(parents=True, exist_ok=True)
    protocol.write_text(PROTOCOL.replace('id = "guts"', f'id = "{name}"'), encoding="utf-8")
    secrets = home / f"{name}.env"
    lines = (
        f"REVIEWKIT_EUTILS_URL={url}",
        f"PYTHONPATH={PROJECT}",
        f"XDG_CACHE_HOME={home / 'home'}",
        "REVIEWKIT_EUTILS_RATE=unlimited",
    )
    secrets.write_text("\n".join(lines) + "\n", encoding="utf-8")
    printed = reviewkit_process(
        *("schedule", "--format", "cron", "--protocol", protocol, "--secrets", secrets),
        cwd=home,
    )
    assert printed.returncode == 0, printed.stderr
    line = next(line for line in printed.stdout.splitlines() if re.match(r"\d+ \d+ ", line))
    command = re.sub(r"^\S+ \S+ \S+ \S+ \S+ ", "", line)
    return f"* * * * * root {command} > {home}/{name}.out 2>&1\n"


def log_of(home: Path, name: str) -> list[dict[str, object]]:
    """The lines of the job's own log."""
    (file, *_) = [*home.glob(f"reviews/{name}/*.log"), home / "none"]
    if not file.exists():
        return []
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_cron_runs_two_jobs_at_once_and_a_failing_one(
    tmp_path: Path, table: Path, daemon: None
) -> None:
    with EutilsServer(corpus_of(8)) as server, EutilsServer(corpus_of(3)) as broken:
        broken.on("einfo", range(1, 200), Fault.FORBIDDEN)
        urls = dict(zip(NAMES, (server.url, server.url, broken.url), strict=True))
        table.write_text(
            "SHELL=/bin/sh\nPATH=/usr/bin:/bin\n"
            + "".join(job_of(tmp_path, name, url) for name, url in urls.items()),
            encoding="utf-8",
        )
        table.chmod(0o644)
        assert reaching(server)["REVIEWKIT_EUTILS_URL"] == server.url

        until = time.monotonic() + 180
        while time.monotonic() < until:
            if all(log_of(tmp_path, name) for name in NAMES):
                break
            time.sleep(1)
        table.unlink()
        said = {name: (tmp_path / f"{name}.out") for name in NAMES}
        texts = {name: file.read_text() if file.exists() else "" for name, file in said.items()}

    outcomes = {name: [line["outcome"] for line in log_of(tmp_path, name)] for name in NAMES}
    assert outcomes["one"][0] == outcomes["two"][0] == "complete", texts
    assert outcomes["failing"][0] == "failed", texts
    assert "HTTP 403" in texts["failing"]
    assert not any("Traceback" in text for text in texts.values())
