"""`reviewkit drift` on the local server: counts as of days, and what a rerun adds and loses."""

import csv
import datetime
import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from reviewkit.reproduction.drift import RerunLists, compare_rerun, usual_days
from tests.conftest import PROJECT
from tests.helpers.als_corpus import ALL_HEADINGS, als_corpus, entry
from tests.helpers.command import copy_project, reaching, reviewkit
from tests.servers.eutils_server import EutilsServer


def test_the_usual_days_are_the_same_tomorrow() -> None:
    days = usual_days(datetime.date(2026, 11, 27), datetime.date(2026, 4, 10), None)
    assert days[0] == datetime.date(2021, 1, 1)
    assert days[-1] == datetime.date(2026, 7, 1)
    assert datetime.date(2026, 4, 10) in days
    assert days == usual_days(datetime.date(2026, 11, 28), datetime.date(2026, 4, 10))
    assert datetime.date(2027, 1, 1) not in days


def test_each_number_is_in_one_list() -> None:
    lists = RerunLists(
        recorded=["1", "2", "3", "4"],
        now=["1", "2", "5", "6"],
        there_then=["1", "5"],
        present=["3"],
    )
    moved = compare_rerun(lists, recorded_on="2026-04-10")
    assert (moved.kept, moved.added, moved.reindexed) == (2, ("6",), ("5",))
    assert (moved.unmatched, moved.vanished) == (("3",), ("4",))
    assert moved.kept + len(moved.added) + len(moved.reindexed) == moved.rerun


@pytest.mark.slow
def test_a_rerun_says_what_was_added_reindexed_and_lost(tmp_path: Path) -> None:
    protocol = copy_project(tmp_path)
    corpus = als_corpus()
    table, plot, png = tmp_path / "d.csv", tmp_path / "d.svg", tmp_path / "d.png"
    with EutilsServer(corpus) as server:
        settings = reaching(server)
        assert reviewkit("search", protocol, cwd=tmp_path, settings=settings).returncode == 0
        recorded = sorted(pmid for pmid in corpus.pmids if pmid.startswith("9000"))
        corpus.delete(recorded[0])
        corpus.revise(recorded[1], "MH  - Dysbiosis/therapy", "MH  - Humans")
        corpus.add(entry(91_000_001, "Added since.", 2025, ALL_HEADINGS, created="2026/11/20"))
        corpus.add(entry(91_000_002, "Indexed since.", 2023, ALL_HEADINGS))
        before = len(server.requests)

        arguments = ("drift", protocol, "--csv", table, "--plot", plot)
        done = reviewkit(*arguments, "--json", cwd=tmp_path, settings=settings)
        assert done.returncode == 0, done.stderr
        asked = len(server.requests) - before
        again = reviewkit("drift", protocol, "--plot", png, cwd=tmp_path, settings=settings)
        assert len(server.requests) == before + asked
        assert asked == json.loads(done.stdout)["requests"]

    result = json.loads(done.stdout)
    # 95000003 came after the protocol's as-of day, to which the recorded search is limited.
    assert sorted(result["rerun"]["added"]) == ["91000001", "95000003"]
    assert result["rerun"]["reindexed"] == ["91000002"]
    assert result["rerun"]["vanished"] == [recorded[0]]
    assert result["rerun"]["unmatched"] == [recorded[1]]
    counts = [point["count"] for point in result["points"]]
    assert counts == sorted(counts)
    assert counts[-1] == result["rerun"]["rerun"]
    assert result["reported"] is None  # 19 is the number of two databases together
    with table.open(encoding="utf-8", newline="") as file:
        assert [row["count"] for row in csv.DictReader(file)] == [str(count) for count in counts]
    assert "recorded run" in "".join(ET.fromstring(plot.read_text(encoding="utf-8")).itertext())
    assert png.read_bytes().startswith(b"\x89PNG")
    assert "2 added to the database since: " in again.stdout

    offline = reviewkit("drift", protocol, "--offline", "--json", cwd=tmp_path)
    assert json.loads(offline.stdout)["rerun"] == result["rerun"]


def test_offline_nothing_is_known_and_nothing_is_zero(tmp_path: Path) -> None:
    protocol = copy_project(tmp_path)
    done = reviewkit("drift", protocol, "--offline", cwd=tmp_path)
    assert done.returncode == 0
    assert "not known" in done.stdout
    assert " 0" not in done.stdout
    assert "no search of PubMed is recorded" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--dry-run"], 0, "requests to PubMed"),
        (["--day", "2026-13-01", "--day", "x"], 2, "'2026-13-01', 'x': no such day"),
        (["--offline", "--plot", "x.gif"], 2, "is no picture format"),
        (["--offline", "--csv", "no/such/folder.csv"], 2, "no/such is no folder here"),
    ],
)
def test_plans_and_mistakes(tmp_path: Path, arguments: list[str], code: int, said: str) -> None:
    copy_project(tmp_path)
    done = reviewkit("drift", *arguments, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert said in done.stdout + done.stderr


def test_a_source_that_cannot_be_asked_is_named(tmp_path: Path) -> None:
    text = (PROJECT / "protocols" / "als_dysbiosis.toml").read_text(encoding="utf-8")
    path = tmp_path / "own.toml"
    path.write_text(text.replace('id = "pubmed"', 'id = "scopus"', 1), encoding="utf-8")
    done = reviewkit("drift", path, "--offline")
    assert done.returncode == 2
    assert "Scopus cannot be asked as of a day" in done.stderr
    planned = reviewkit("drift", path, "--dry-run")
    assert (planned.returncode, planned.stdout) == (2, "")
