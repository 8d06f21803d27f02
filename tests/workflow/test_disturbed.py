"""Killed at any moment, run twice at once, or out of space: nothing is lost, and the end is the
same.
"""

import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from tests.helpers.als_corpus import als_corpus
from tests.helpers.command import (
    copy_project,
    environment,
    outputs,
    reaching,
    reviewkit_process,
    rows_of,
)
from tests.helpers.effort import examples
from tests.helpers.forked import Forks
from tests.servers.eutils_server import EutilsServer

EPOCH = {"SOURCE_DATE_EPOCH": "1790000000"}


@pytest.fixture(scope="module")
def server() -> Iterator[EutilsServer]:
    with EutilsServer(als_corpus(matching=900)) as running:
        yield running


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    with Forks({}) as running:
        yield running


@pytest.mark.slow
@pytest.mark.exhaustive
@pytest.mark.parametrize("verb", ["reproduce", "search"])
def test_killed_at_any_moment_it_ends_as_if_undisturbed(
    tmp_path: Path, server: EutilsServer, forks: Forks, verb: str
) -> None:
    settings = {**reaching(server), **EPOCH}
    calm = copy_project(tmp_path / "calm")
    undisturbed = forks.run(verb, calm, cwd=PROJECT, settings=settings)
    assert undisturbed.returncode == 0, undisturbed.stderr
    disturbed = copy_project(tmp_path / "disturbed")
    chance = random.Random(verb)
    killed = 0
    for _ in range(examples(8, factor=10)):
        moment = undisturbed.seconds * chance.uniform(0.02, 1.1)
        ended = forks.run(verb, disturbed, cwd=PROJECT, settings=settings, after_seconds=moment)
        killed += ended.killed
    assert killed > 0
    ended = forks.run(verb, disturbed, cwd=PROJECT, settings=settings)
    assert ended.returncode == 0, ended.stderr
    assert rows_of(outputs(disturbed.parents[1]) / "review.db") == rows_of(
        outputs(calm.parents[1]) / "review.db"
    )


@pytest.mark.slow
def test_two_at_once_give_the_same_as_one(tmp_path: Path, server: EutilsServer) -> None:
    settings = {**reaching(server), **EPOCH}
    alone, together = copy_project(tmp_path / "alone"), copy_project(tmp_path / "together")
    reviewkit_process("reproduce", alone, settings=settings)
    command = [sys.executable, "-m", "reviewkit", "reproduce", str(together)]
    both = [
        subprocess.Popen(
            command, env=environment(settings), stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(2)
    ]
    assert [process.communicate()[1].count(b"Traceback") for process in both] == [0, 0]
    assert [process.returncode for process in both] == [0, 0]
    assert rows_of(outputs(together.parents[1]) / "review.db") == rows_of(
        outputs(alone.parents[1]) / "review.db"
    )


@pytest.mark.slow
def test_interrupted_it_says_so_and_exits_with_130(tmp_path: Path, server: EutilsServer) -> None:
    before = len(server.requests)
    process = subprocess.Popen(
        [sys.executable, "-m", "reviewkit", "reproduce", str(copy_project(tmp_path))],
        env=environment({**reaching(server), "REVIEWKIT_EUTILS_RATE": "1"}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while len(server.requests) == before and process.poll() is None:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    printed = process.communicate()[1]
    assert process.returncode == 130
    assert "Traceback" not in printed


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 300 kB; only root may make one."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(place)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("this machine lets nobody mount a small file system")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.slow
def test_a_full_disk_is_one_clear_error_and_loses_nothing(tmp_path: Path, small_disk: Path) -> None:
    protocol = copy_project(tmp_path)
    done = reviewkit_process("reproduce", protocol, "--offline", "--out", small_disk)
    assert done.returncode == 1
    assert done.stderr.count("error:") == 1
    assert "disk is full" in done.stderr
    assert "Traceback" not in done.stderr
    if (small_disk / "review.db").exists():
        assert rows_of(small_disk / "review.db").get("runs", []) == []


@pytest.mark.slow
def test_a_read_only_disk_is_one_clear_error_and_the_review_can_still_be_read(
    tmp_path: Path,
) -> None:
    protocol = copy_project(tmp_path)
    reviewkit_process("reproduce", protocol, "--offline")
    reviews = tmp_path / "reviews"
    shutil.copytree(reviews, tmp_path / "kept")
    for command in (
        ["--bind", str(tmp_path / "kept"), str(reviews)],
        ["-o", "remount,ro,bind", str(reviews)],
    ):
        if subprocess.run(["mount", *command], capture_output=True, check=False).returncode:
            pytest.skip("this machine lets nobody mount a read-only file system")
    try:
        failed = reviewkit_process("reproduce", protocol, "--offline")
        drawn = reviewkit_process("prisma", "-p", protocol)
    finally:
        subprocess.run(["umount", str(reviews)], check=True)
    assert (failed.returncode, failed.stderr.count("error:")) == (1, 1)
    assert "ead-only" in failed.stderr
    assert drawn.returncode == 0, drawn.stderr
    assert "Studies included in" in drawn.stdout
