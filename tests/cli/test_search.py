"""The search command on LILACS: with the key, without it, by the portal, and printed."""

import json
import sqlite3
from pathlib import Path

import pytest

from reviewkit.sources import bvs
from tests.helpers.command import copy_project, outputs, reviewkit, rows_of
from tests.servers.bvs_server import CHALLENGE, KEY, BvsServer, document
from tests.servers.http_server import Answered


def settings(server: BvsServer) -> dict[str, str]:
    return {
        "REVIEWKIT_BVS_URL": server.url,
        "REVIEWKIT_BVS_PORTAL_URL": server.url,
        "REVIEWKIT_BVS_RATE": "unlimited",
    }


MATCHING = "Dysbiosis Amyotrophic Lateral Sclerosis Gastrointestinal Microbiome"


@pytest.mark.slow
def test_the_command_searches_with_the_key_and_the_key_is_nowhere(tmp_path: Path) -> None:
    protocol = copy_project(tmp_path)
    with BvsServer([document(n, title=f"{MATCHING} {n}") for n in range(3)]) as server:
        values = {**settings(server), "BVS_API_KEY": KEY}
        done = reviewkit("search", protocol, "--source", "lilacs", "--json", settings=values)
        assert done.returncode == 0, done.stderr
        server.on(
            range(1, 30), Answered(500, f"your key {KEY} failed".encode(), headers={"X-Key": KEY})
        )
        failed = reviewkit(
            "search", protocol, "--source", "lilacs", settings={**values, "REVIEWKIT_DEBUG": "1"}
        )
    (search,) = json.loads(done.stdout)["searches"]
    assert (search["count"], search["received"], search["new"]) == (3, 3, True)
    assert failed.returncode == 4
    with sqlite3.connect(outputs(tmp_path) / "review.db") as db:
        assert (
            db.execute("SELECT source, role, state FROM record_states").fetchall()
            == [("lilacs", "database", "awaiting_screening")] * 3
        )
    db.close()
    everywhere = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    everywhere += [
        text.encode() for text in (done.stdout, done.stderr, failed.stdout, failed.stderr)
    ]
    assert not any(KEY.encode() in text for text in everywhere)


def test_without_a_key_it_is_not_run_and_says_how_to_go_on(tmp_path: Path) -> None:
    protocol = copy_project(tmp_path)
    with BvsServer([document(1)]) as server:
        done = reviewkit("search", protocol, "--source", "lilacs", settings=settings(server))
        assert server.asked == []
    assert done.returncode == 1
    assert "LILACS: BVS_API_KEY is not set" in done.stderr
    assert "--print-url" in done.stderr
    assert "reviewkit import" in done.stderr
    assert rows_of(outputs(tmp_path) / "review.db")["runs"] == []


def test_the_portal_only_when_it_is_allowed(tmp_path: Path) -> None:
    protocol = copy_project(tmp_path)
    with BvsServer([document(1, title=MATCHING)]) as server:
        done = reviewkit(
            "search", protocol, "--source", "lilacs", "--allow-portal", settings=settings(server)
        )
        assert [asked.path for asked in server.asked] == ["portal/"]
    assert done.returncode == 0, done.stderr
    assert "LILACS: 1 record on" in done.stdout


@pytest.mark.slow
def test_print_url_gives_the_exact_query_and_the_page_and_asks_nobody(tmp_path: Path) -> None:
    from urllib.parse import parse_qsl, urlsplit

    protocol = copy_project(tmp_path)
    with BvsServer() as server:
        shown = reviewkit(
            "search", protocol, "--source", "lilacs", "--print-url", settings=settings(server)
        )
        done = reviewkit(
            "search",
            protocol,
            "--source",
            "lilacs",
            "--print-url",
            "--json",
            settings=settings(server),
        )
        assert server.asked == []
    (page,) = json.loads(done.stdout)["pages"]
    checked = json.loads(reviewkit("check", protocol, "--json").stdout)["queries"]
    compiled = next(one for one in checked if one["source"] == "lilacs" and one["primary"])
    assert page["query"] == compiled["text"]
    assert page["query"] in shown.stdout
    assert page["url"] in shown.stdout
    assert page["url"].startswith(bvs.PORTAL_PAGE)
    pairs = parse_qsl(urlsplit(page["url"]).query)
    assert ("q", compiled["text"]) in pairs
    assert 'db:("LILACS")' in compiled["text"]
    assert not (outputs(tmp_path) / "review.db").exists()


@pytest.mark.slow
def test_reproduce_takes_both_databases(tmp_path: Path) -> None:
    protocol = copy_project(tmp_path)
    with BvsServer([document(n, title=f"{MATCHING} {n}") for n in range(4)]) as server:
        values = {
            **settings(server),
            "BVS_API_KEY": KEY,
            "REVIEWKIT_EUTILS_URL": "http://127.0.0.1:9/",
        }
        done = reviewkit("reproduce", protocol, "--json", settings=values)
        again = reviewkit("reproduce", protocol, "--offline", "--json")
    assert done.returncode == 0, done.stderr
    pubmed, found = json.loads(done.stdout)["sources"]
    assert (pubmed["rerun"], found["rerun"]) == (None, 4)
    assert json.loads(again.stdout)["sources"][1] == found


@pytest.mark.slow
def test_reproduce_ends_with_4_where_a_service_failed_and_writes_what_it_has(
    tmp_path: Path,
) -> None:
    protocol = copy_project(tmp_path)
    with BvsServer([document(n, title=f"{MATCHING} {n}") for n in range(4)]) as server:
        values = {
            **settings(server),
            "BVS_API_KEY": KEY,
            "REVIEWKIT_EUTILS_URL": "http://127.0.0.1:9/",
        }
        server.on(range(1, 30), CHALLENGE)
        failed = reviewkit("reproduce", protocol, "--json", "--check", settings=values)
        server.clear()
        calm = reviewkit("reproduce", protocol, "--json", settings=values)
    assert failed.returncode == 4, "a difference (3) comes after a failure"
    assert "the search of lilacs failed; the outputs hold what came" in failed.stderr
    assert json.loads(failed.stdout)["sources"][1]["rerun"] is None
    assert (outputs(tmp_path) / "report.md").exists()
    assert (calm.returncode, json.loads(calm.stdout)["sources"][1]["rerun"]) == (0, 4)
