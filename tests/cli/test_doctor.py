"""`reviewkit doctor` finds what is wrong, and tells no secret."""

import json
from pathlib import Path

import pytest

from tests.helpers.als_corpus import als_corpus
from tests.helpers.command import copy_project, outputs, reaching, reviewkit
from tests.servers.eutils_server import EutilsServer


@pytest.fixture(scope="module")
def protocol(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copied = copy_project(tmp_path_factory.mktemp("doctor"))
    with EutilsServer(als_corpus()) as server:
        assert reviewkit("reproduce", copied, settings=reaching(server)).returncode == 0
    return copied


def test_a_healthy_review_has_no_fault_and_no_secret_is_told(protocol: Path) -> None:
    done = reviewkit(
        "doctor",
        "-p",
        protocol,
        "--json",
        settings={"NCBI_API_KEY": "sesame", "NCBI_EMAIL": "a@b.org"},
    )
    assert done.returncode == 0
    told = json.loads(done.stdout)
    assert told["faults"] == []
    assert (told["seen"]["NCBI_API_KEY"], told["seen"]["BVS_API_KEY"]) == ("set", "not set")
    assert "sesame" not in done.stdout + done.stderr
    assert "a@b.org" not in done.stdout + done.stderr


def test_a_changed_page_is_found_and_named(protocol: Path) -> None:
    page = next(
        path for path in (protocol.parents[1] / "cache").rglob("pages/*/*") if path.is_file()
    )
    whole = page.read_bytes()
    page.write_bytes(whole + b"x")
    done = reviewkit("doctor", "-p", protocol)
    rerun = reviewkit("reproduce", protocol, "--offline")
    page.write_bytes(whole)
    assert done.returncode == 1
    assert page.name[:12] in done.stdout
    assert (rerun.returncode, rerun.stderr.count("error:")) == (1, 1)
    assert page.name[:12] in rerun.stderr
    assert (outputs(protocol.parents[1]) / "review.db").exists()
    assert reviewkit("reproduce", protocol, "--offline").returncode == 0


def test_without_a_review_it_looks_at_the_installation(tmp_path: Path) -> None:
    done = reviewkit("doctor", cwd=tmp_path)
    assert done.returncode == 0
    assert "Nothing is wrong." in done.stdout
