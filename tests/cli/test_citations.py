"""The verb `citations`, as users run it."""

import json
from pathlib import Path

import pytest

from tests.helpers.command import reviewkit
from tests.servers.openalex_server import OpenAlexServer, work
from tests.workflow.test_citations import make_included

WORKS = [
    work(100, doi="https://doi.org/10.1000/0"),
    work(101, doi="https://doi.org/10.1000/1"),
    work(300, refers=(100,)),
]


@pytest.mark.slow
def test_one_index_one_direction(tmp_path: Path) -> None:
    project = make_included(tmp_path)
    with OpenAlexServer(WORKS) as server:
        server.key = "a-secret-key"
        settings = {
            "REVIEWKIT_OPENALEX_URL": server.url,
            "OPENALEX_API_KEY": server.key,
            "REVIEWKIT_NOW": "2026-11-25T09:00:00Z",
        }
        asked = ("citations", "--index", "openalex", "--direction", "forward")
        done = reviewkit(
            *asked, "--protocol", project.protocol_path, cwd=tmp_path, settings=settings
        )
        again = reviewkit(
            *asked, "--json", "--protocol", project.protocol_path, cwd=tmp_path, settings=settings
        )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "Round 1, from 2 seeds:",
        "  OpenAlex, forward: 1 work.",
        "    asked, and the index has no list of them: pubmed:00001",
        "  New to the review: 1 record.",
        "Ended: all rounds that were asked for are done.",
    ]
    document = json.loads(again.stdout)
    assert document["ended"] == "nothing_new"
    assert document["rounds"][0]["searches"][0]["works"] == 1
    stored = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert stored
    assert not [path for path in stored if b"a-secret-key" in path.read_bytes()]


@pytest.mark.slow
def test_a_service_that_fails_is_named_and_the_code_is_4(tmp_path: Path) -> None:
    project = make_included(tmp_path)
    with OpenAlexServer(WORKS) as server:
        server.budget = 1
        settings = {"REVIEWKIT_OPENALEX_URL": server.url}
        done = reviewkit(
            "citations", "--index", "openalex", "--protocol", project.protocol_path,
            cwd=tmp_path, settings=settings,
        )  # fmt: skip
    assert done.returncode == 4
    assert "OpenAlex, forward: failed, and nothing of it is stored." in done.stdout
    assert "the day's budget is used up" in done.stdout
    assert "Ended: an index failed." in done.stdout


@pytest.mark.slow
def test_mistakes_in_each_option(tmp_path: Path) -> None:
    project = make_included(tmp_path)

    def refused(*options: str) -> str:
        done = reviewkit("citations", *options, "--protocol", project.protocol_path, cwd=tmp_path)
        assert done.returncode == 2, done.stdout
        return done.stderr

    assert "no such direction: sideways" in refused("--direction", "sideways")
    assert "included and single records cannot be mixed" in refused("--of", "included,pubmed:00001")
    assert "no record pubmed:9 in the flow" in refused("--of", "pubmed:9")
    assert "reviewkit knows openalex, europepmc, crossref" in refused("--index", "lens")
    assert "--rounds" in refused("--rounds", "0")
