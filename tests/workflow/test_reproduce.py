"""The main job, through the real command: offline from what ships, and against a server, then from
its cache.
"""

import json
import sqlite3
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PROJECT
from tests.helpers.als_corpus import ALL_HEADINGS, als_corpus, entry
from tests.helpers.command import copy_project, outputs, reaching, reviewkit, rows_of
from tests.servers.eutils_server import EutilsServer, Fault

EPOCH = {"SOURCE_DATE_EPOCH": "1790000000"}


@pytest.fixture(scope="module")
def offline(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, subprocess.CompletedProcess[str]]:
    home = tmp_path_factory.mktemp("offline")
    return outputs(home), reviewkit("reproduce", copy_project(home), "--offline")


def read_json(out: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((out / "reproduction.json").read_text(encoding="utf-8"))
    return document


@pytest.mark.slow
def test_offline_it_ends_well_and_leaves_every_output(
    offline: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    out, done = offline
    assert (done.returncode, done.stderr.count("Traceback")) == (0, 0)
    names = {"review.db", "flow_reported.svg", "flow_rerun.svg", "reproduction.json", "report.md"}
    assert names <= {path.name for path in out.iterdir()}


def test_the_reported_flow_is_19_to_5_and_silent_elsewhere(
    offline: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    flow = read_json(offline[0])["flow"]["reported"]
    numbers = {key: n for key, n in flow.items() if isinstance(n, int) and not isinstance(n, bool)}
    assert numbers == {"database_results": 19, "new_studies": 5}


def test_the_rerun_starts_from_the_compiled_list_and_calls_it_that(
    offline: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    document = read_json(offline[0])
    flow = document["flow"]["rerun"]
    assert flow["database_results"] is None
    assert [(t["label"], t["n"]) for t in flow["stand_ins"]] == [
        ("Works compiled by hand, not a database search", 84)
    ]
    assert flow["included_works"] == [{"label": "works_compiled", "n": 5, "not_run": False}]
    assert flow["duplicates"] == 1
    removed = flow["duplicates"] + flow["excluded_automatic"] + flow["excluded_other"]
    assert 84 - removed == flow["awaiting_screening"]
    assert all(flow[box] is None for box in flow["not_repeated"])
    assert {"records_screened", "records_excluded", "dbr_assessed", "new_studies"} <= set(
        flow["not_repeated"]
    )
    assert {source["verdict"] for source in document["sources"]} == {"could not be run"}
    assert not document["reproduced"]


def test_no_output_takes_the_compiled_list_for_a_search(
    offline: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    out, done = offline
    svg = " ".join("".join(ET.parse(out / "flow_rerun.svg").getroot().itertext()).split())
    assert "Works compiled by hand, not a database search (n = 84)" in svg
    assert "PubMed (could not be run)" in svg
    assert "PubMed (could not be run)" in done.stdout
    assert "they are not the result of a database search" in " ".join(done.stdout.split())


def test_the_findings_that_need_no_network_are_derived(
    offline: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    document = read_json(offline[0])
    by_work = {work["work"]: work for work in document["works"]}
    answers = {
        name: {strategy: line[0] for strategy, line in work["returnable"].items()}
        for name, work in by_work.items()
    }
    assert set(answers["kaul2024"].values()) == {"no"}
    assert answers["matheson2023"] == {"headings": "no", "untagged": "yes", "title_abstract": "no"}
    assert set(answers["sun2024"].values()) == {"unknown"}
    silent = {name for name, work in by_work.items() if work["concepts"]["als"]["title"] == "no"}
    assert silent == {"mincic2024", "matheson2023"}
    assert "compiled:vilar2022" in {candidate["record"] for candidate in document["candidates"]}
    assert by_work["sharma2025"]["matched_by"] == "title and year"


def test_access_that_was_not_seen_is_unknown_and_never_no(
    offline: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    rows = rows_of(offline[0] / "review.db")["checks"]
    access = [answer for _, criterion, answer, _ in rows if criterion in {"full_text", "paid"}]
    assert "unknown" in access
    assert "no" not in access


def test_the_replayed_decisions_say_only_what_is_known(
    offline: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    with sqlite3.connect(offline[0] / "review.db") as connection:
        rows = connection.execute(
            "SELECT DISTINCT reviewer, verdict, reason FROM decisions"
        ).fetchall()
    connection.close()
    reviewer = "Melo 2026 (the published review)"
    assert set(rows) == {
        (reviewer, "include", None),
        (reviewer, "exclude", "not among the works that the review included"),
    }


def test_real_duplicates_are_linked_and_false_friends_kept_apart(
    offline: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    rows = rows_of(offline[0] / "review.db")
    assert rows["duplicates"] == [("compiled:castillo2022_en", "compiled:castillo2022")]
    asked = {row[:2] for row in rows["pairs"] if row[2] == "ask"}
    assert asked == {("compiled:ning2022", "compiled:ning2022aiad")}
    assert {row[1] for row in rows["relations"]} == {"preprint_of"}


@pytest.mark.slow
def test_a_second_run_changes_no_row_and_no_file(tmp_path: Path) -> None:
    protocol, out = copy_project(tmp_path), outputs(tmp_path)
    first = reviewkit("reproduce", protocol, "--offline")
    before = {
        path.name: path.read_bytes()
        for path in out.iterdir()
        if path.suffix in {".svg", ".json", ".md"}
    }
    rows = rows_of(out / "review.db")
    second = reviewkit("reproduce", protocol, "--offline")
    assert "rows changed" in first.stdout
    assert "no row changed" in second.stdout
    assert {path.name: path.read_bytes() for path in out.iterdir() if path.name in before} == before
    assert rows_of(out / "review.db") == rows


@pytest.mark.slow
def test_check_exits_with_3_where_the_reproduction_differs(tmp_path: Path) -> None:
    assert reviewkit("reproduce", copy_project(tmp_path), "--offline", "--check").returncode == 3


@pytest.mark.slow
def test_an_unreachable_service_is_said_and_the_list_stands_in(tmp_path: Path) -> None:
    nobody = "http://127.0.0.1:9/eutils/"
    done = reviewkit(
        "reproduce", copy_project(tmp_path), "--json", settings={"REVIEWKIT_EUTILS_URL": nobody}
    )
    assert done.returncode == 0
    pubmed = json.loads(done.stdout)["sources"][0]
    assert pubmed["verdict"] == "could not be run"
    assert "cannot be reached" in pubmed["why_not"]


def test_the_picture_in_the_readme_is_the_one_that_the_command_draws(
    offline: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    assert (PROJECT / "docs" / "flow_rerun.svg").read_bytes() == (
        offline[0] / "flow_rerun.svg"
    ).read_bytes()


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Path, dict[str, Any], EutilsServer]]:
    """The review rerun against a PubMed in small."""
    home = tmp_path_factory.mktemp("served")
    with EutilsServer(als_corpus()) as server:
        done = reviewkit(
            "reproduce", copy_project(home), "--json", settings={**reaching(server), **EPOCH}
        )
        assert done.returncode == 0, done.stderr
        yield home, json.loads(done.stdout), server


@pytest.mark.slow
def test_the_query_goes_out_byte_for_byte(
    served: tuple[Path, dict[str, Any], EutilsServer],
) -> None:
    _, document, server = served
    terms = {seen.parameters["term"] for seen in server.requests if seen.endpoint == "esearch"}
    assert document["sources"][0]["query"] in terms
    assert len(terms) == 3  # the primary strategy and its two other readings, each as compiled


def test_the_rerun_counts_what_the_search_returned(
    served: tuple[Path, dict[str, Any], EutilsServer],
) -> None:
    _, document, _ = served
    flow = document["flow"]["rerun"]
    pubmed, lilacs = document["sources"]
    assert (pubmed["verdict"], pubmed["rerun"]) == ("no reported count to compare with", 14)
    assert (lilacs["verdict"], lilacs["rerun"]) == ("could not be run", None)
    assert (flow["database_results"], flow["stand_ins"]) == (14, [])
    assert [(t["label"], t["n"]) for t in flow["databases"]] == [("PubMed", 14), ("LILACS", None)]


def test_works_that_the_search_does_not_return_come_in_through_the_list(
    served: tuple[Path, dict[str, Any], EutilsServer],
) -> None:
    _, document, _ = served
    found = {work["work"]: work["found"] for work in document["works"]}
    assert found == {
        "sun2024": True,
        "mincic2024": True,
        "matheson2023": False,
        "sharma2025": False,
        "kaul2024": False,
    }
    flow = document["flow"]["rerun"]
    assert flow["other_sources"] == []
    works = {tally["label"]: tally["n"] for tally in flow["included_works"]}
    assert works == {"works_returned": 2, "works_listed": 3}


def test_other_readings_are_counted_and_say_which_works_they_return(
    served: tuple[Path, dict[str, Any], EutilsServer],
) -> None:
    _, document, _ = served
    variants = {(v["strategy"], v["source"]): v for v in document["variants"]}
    assert variants["untagged", "pubmed"]["count"] == 15
    assert variants["title_abstract", "pubmed"]["count"] == 1
    assert variants["untagged", "pubmed"]["works"] == ["mincic2024", "sun2024"]
    assert variants["untagged", "lilacs"]["count"] is None


@pytest.mark.slow
def test_offline_from_the_cache_gives_the_same_database_row_by_row(
    served: tuple[Path, dict[str, Any], EutilsServer], tmp_path: Path
) -> None:
    home, document, server = served
    asked = len(server.requests)
    again = reviewkit(
        "reproduce",
        home / "protocols" / "als_dysbiosis.toml",
        "--offline",
        "--json",
        "--out",
        tmp_path,
    )
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout) == document
    assert rows_of(tmp_path / "review.db") == rows_of(outputs(home) / "review.db")
    assert len(server.requests) == asked


@pytest.mark.slow
def test_a_second_run_with_a_network_uses_the_whole_search_that_is_there(
    served: tuple[Path, dict[str, Any], EutilsServer],
) -> None:
    home, _, server = served
    asked = len(server.requests)
    again = reviewkit(
        "reproduce", home / "protocols" / "als_dysbiosis.toml", settings=reaching(server)
    )
    assert "no row changed" in again.stdout
    assert len(server.requests) == asked


@pytest.mark.slow
def test_another_reading_that_becomes_the_primary_one_is_searched_and_not_only_listed(
    tmp_path: Path,
) -> None:
    protocol = copy_project(tmp_path)
    with EutilsServer(als_corpus()) as server:
        reviewkit("reproduce", protocol, settings=reaching(server))
        text = protocol.read_text(encoding="utf-8").replace("primary = true\n", "")
        marked = text.replace('field = "any"', 'primary = true\nfield = "any"')
        protocol.write_text(marked, encoding="utf-8")
        done = reviewkit("reproduce", protocol, "--json", settings=reaching(server))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["sources"][0]["run"]["received"] == 15


@pytest.mark.slow
def test_refresh_searches_again_as_a_run_of_its_own(tmp_path: Path) -> None:
    with EutilsServer(als_corpus()) as server:
        protocol = copy_project(tmp_path)
        reviewkit("reproduce", protocol, settings={**reaching(server), **EPOCH})
        server.corpus.add(
            entry(90_000_500, "Invented work that came in between.", 2023, ALL_HEADINGS)
        )
        again = reviewkit("reproduce", protocol, "--refresh", "--json", settings=reaching(server))
    assert json.loads(again.stdout)["sources"][0]["rerun"] == 15
    assert (
        len([row for row in rows_of(outputs(tmp_path) / "review.db")["runs"] if "headings" in row])
        == 2
    )


@pytest.mark.slow
def test_a_search_after_the_stand_in_takes_its_place(tmp_path: Path) -> None:
    protocol = copy_project(tmp_path)
    reviewkit("reproduce", protocol, "--offline")
    with EutilsServer(als_corpus()) as server:
        done = reviewkit("reproduce", protocol, "--json", settings=reaching(server))
    flow = json.loads(done.stdout)["flow"]["rerun"]
    assert (flow["database_results"], flow["stand_ins"]) == (14, [])


@pytest.mark.slow
def test_a_server_that_answers_with_an_error_is_no_zero(tmp_path: Path) -> None:
    with EutilsServer(als_corpus()) as server:
        server.on("esearch", range(1, 50), Fault.BAD_GATEWAY_IN_BAND)
        done = reviewkit(
            "search", copy_project(tmp_path), "--source", "pubmed", settings=reaching(server)
        )
    assert done.returncode == 4
    assert "PubMed" in done.stderr
    assert rows_of(outputs(tmp_path) / "review.db")["runs"] == []
