"""The audit of several databases, and of queries that a review prints."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PROJECT
from tests.helpers.command import copy_project, reaching, reviewkit
from tests.servers.bvs_server import KEY, BvsServer, Doc, document
from tests.servers.europepmc_server import EuropePmcServer, result
from tests.servers.eutils_corpus import Corpus, read_entry
from tests.servers.eutils_server import EutilsServer

TERMS = ["Dysbiosis", "Amyotrophic Lateral Sclerosis", "Gastrointestinal Microbiome"]
DECS = ["Disbiose", "Esclerose Lateral Amiotrófica", "Microbioma Gastrointestinal"]


def entry(pmid: str, *headings: str) -> str:
    lines = [f"MH  - {heading}" for heading in headings]
    return "\n".join(
        [
            f"PMID- {pmid}",
            "TI  - A work.",
            *lines,
            "LA  - eng",
            "DP  - 2023 Feb 3",
            "CRDT- 2023/03/05 06:00",
            "SO  - J.",
        ]
    )


@pytest.fixture
def pubmed() -> Corpus:
    """12 records with all three headings, three included works among them."""
    numbers = ["39218769", "38878554", "36674517", *map(str, range(101, 110))]
    return Corpus(read_entry(entry(pmid, *TERMS)) for pmid in numbers)


@pytest.fixture
def lilacs() -> list[Doc]:
    """7 documents, of which one is an included work under its own title."""
    kaul = "Gut microbiota immune cross-talk in amyotrophic lateral sclerosis"
    works = [document(n, title=f"Obra {n}", mh=DECS) for n in range(6)]
    return [*works, document(50, title=kaul, mh=DECS, au=["Kaul, M"], da="2024")]


def reaching_both(pubmed: EutilsServer, lilacs: BvsServer) -> dict[str, str]:
    return {
        **reaching(pubmed),
        "REVIEWKIT_BVS_URL": lilacs.url,
        "REVIEWKIT_BVS_RATE": "unlimited",
        "BVS_API_KEY": KEY,
    }


def rows_of(done: Any) -> list[Mapping[str, Any]]:
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout)["readings"])


@pytest.mark.slow
def test_both_databases_are_asked_once_and_their_works_are_put_together(
    tmp_path: Path, pubmed: Corpus, lilacs: list[Doc]
) -> None:
    copy_project(tmp_path)
    with EutilsServer(pubmed) as first, BvsServer(lilacs) as second:
        settings = reaching_both(first, second)
        done = reviewkit("audit", "--json", cwd=tmp_path, settings=settings)
        sent = len(first.requests), len(second.asked)
        again = reviewkit("audit", "--json", cwd=tmp_path, settings=settings)
        assert (len(first.requests), len(second.asked)) == sent
    assert sum(sent) <= 60
    assert sent[1] > 5
    rows = rows_of(done)
    best = rows[0]
    assert (best["databases"], best["count"], best["standing"]) == (
        ["pubmed", "lilacs"], 19, "consistent",
    )  # fmt: skip
    assert best["returns"] == ["kaul2024", "matheson2023", "mincic2024", "sun2024"]
    alone = [row for row in rows if row["databases"] == ["pubmed"] and row["count"] == 12]
    assert {row["standing"] for row in alone} == {"ruled out"}
    assert rows_of(again) == rows
    offline = reviewkit("audit", "--offline", cwd=tmp_path)
    assert "PubMed alone ruled out" in offline.stdout
    assert "between 12 and 19, by how many are in both" in offline.stdout


@pytest.mark.slow
def test_without_a_key_lilacs_is_not_asked_and_rules_nothing_out(
    tmp_path: Path, pubmed: Corpus
) -> None:
    copy_project(tmp_path)
    with EutilsServer(pubmed) as server:
        done = reviewkit("audit", "--json", cwd=tmp_path, settings=reaching(server))
    result = json.loads(done.stdout)
    assert result["asked"]["lilacs"] == 0
    (why,) = result["why_not"]
    assert why.startswith("LILACS: BVS_API_KEY is not set")
    both = [row for row in result["readings"] if row["databases"] == ["pubmed", "lilacs"]]
    assert not any(row["does_not_return"] for row in both)
    assert any(row["standing"] == "consistent" and row["count"] == 12 for row in both)


def shipped(name: str, folder: Path) -> Path:
    path = folder / "protocols" / f"{name}.toml"
    path.parent.mkdir()
    shutil.copy(PROJECT / "protocols" / path.name, path)
    return path


@pytest.mark.slow
def test_a_printed_query_has_its_grid_and_its_works_a_reason(tmp_path: Path) -> None:
    path = shipped("geriatric_haematology", tmp_path)
    plan = reviewkit("audit", path, "--dry-run")
    assert "24 readings; at most 24 requests to PubMed" in plan.stdout
    records = [
        entry(str(n), "Leukemia", "Geriatric Assessment").replace("2023", "2015")
        for n in range(1, 840)
    ]
    records.append(entry("999", "Leukemia"))
    with EutilsServer(Corpus(map(read_entry, records))) as server:
        settings = reaching(server)
        rows = rows_of(reviewkit("audit", path, "--json", settings=settings))
        assert len(server.asked("esearch")) <= 24
        why = reviewkit("audit", path, "--why", "999", "--json", settings=settings)
    first = rows[0]
    assert (first["count"], first["reported"], first["standing"]) == (839, 832, "consistent")
    names = {row["reading"].split("; ")[0] for row in rows}
    assert len(names) == 3
    assert "AND before OR, as other databases read it" in names
    assert "untagged words in title or abstract" in names
    lost = json.loads(why.stdout)
    assert lost["returned"] == "no"
    assert lost["losing"][0]["clause"].startswith('(("frailty"[All Fields]')


@pytest.mark.slow
def test_a_database_that_nobody_asks_is_judged_by_the_counts_that_are_printed(
    tmp_path: Path,
) -> None:
    path = shipped("patient_reported_outcomes", tmp_path)
    plan = reviewkit("audit", path, "--dry-run")
    assert "at most 0 requests. Nothing was asked." in plan.stdout
    assert "Not asked by reviewkit: MEDLINE." in plan.stdout
    rows = rows_of(reviewkit("audit", path, "--json"))
    by_name = {row["reading"].split("; ")[0]: row for row in rows}
    assert by_name["as printed"]["standing"] == "consistent"
    assert by_name["line 37 alone"]["count"] == 2720
    assert by_name["line 37 alone"]["standing"] == "ruled out"
    shown = reviewkit("audit", path)
    assert "641 printed" in shown.stdout
    assert "MEDLINE is not asked by reviewkit." in shown.stdout
    why = reviewkit("audit", path, "--why", "1", "--json")
    assert json.loads(why.stdout)["returned"] == "unknown"


BROKEN = """
format = 1
[review]
id = "broken"
title = "A made review"
[[sources]]
id = "pubmed"
name = "PubMed"
role = "database"
[[strategies]]
id = "printed"
label = "as printed"
origin = "published"
primary = true
queries = { pubmed = '((“gut flora”[ti] AND 2010:2020[dp]' }
[[strategies]]
id = "other"
label = "with a year more"
origin = "reading"
queries = { pubmed = '"gut flora"[ti] AND 2010:2021[dp]' }
[limits]
published_from = 2010
published_to = 2020
[reported.flow]
database_results = 3
"""


def test_a_misprint_is_read_as_repaired_and_said_to_be(tmp_path: Path) -> None:
    """No limit is added that stands in the query already, and the print is not asked as it is."""
    path = tmp_path / "broken.toml"
    path.write_text(BROKEN, encoding="utf-8")
    result = json.loads(reviewkit("audit", path, "--offline", "--json").stdout)
    forms = {row["reading"].split("; ")[0]: row for row in result["readings"]}
    queries = [part["query"] for row in result["readings"] for part in row["parts"]]
    assert not any("2010/01/01" in query for query in queries)
    assert "as printed: a parenthesis is never closed" in result["why_not"]
    repaired = forms["with the repairs of lint: never_closed, curly_quote"]
    assert [part["query"] for part in repaired["parts"]] == ['"gut flora"[ti] AND 2010:2020[dp]']
    assert "the protocol's strategy “with a year more”" in forms


def other_databases(folder: Path, **ids: str) -> Path:
    path = copy_project(folder)
    text = path.read_text(encoding="utf-8")
    for old, new in ids.items():
        text = text.replace(f'id = "{old}"', f'id = "{new}"', 1)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.slow
def test_a_database_without_a_query_may_hold_the_rest(tmp_path: Path, pubmed: Corpus) -> None:
    """CINAHL's headings are not written: nothing bounds what was found there."""
    path = other_databases(tmp_path, lilacs="cinahl")
    with EutilsServer(pubmed) as server:
        rows = rows_of(reviewkit("audit", path, "--json", settings=reaching(server)))
    assert {tuple(row["databases"]) for row in rows} == {("pubmed",), ("pubmed", "cinahl")}
    both = [row for row in rows if "cinahl" in row["databases"] and row["count"] == 12]
    assert both
    assert {(row["at_most"], row["standing"]) for row in both} == {(None, "consistent")}
    assert not any(row["does_not_return"] for row in both)


@pytest.mark.slow
def test_europe_pmc_is_asked_for_what_its_language_has(tmp_path: Path) -> None:
    path = other_databases(tmp_path, pubmed="europepmc", lilacs="cinahl")
    title = "Dysbiosis, gastrointestinal microbiome and amyotrophic lateral sclerosis"
    works = [result(n, title=title) for n in range(18)]
    with EuropePmcServer([*works, result(36674517, title=title)]) as server:
        settings = {"REVIEWKIT_EUROPEPMC_URL": server.url, "REVIEWKIT_EUROPEPMC_RATE": "unlimited"}
        done = reviewkit("audit", path, "--json", settings=settings)
        sent = len(server.asked)
    rows = rows_of(done)
    assert 0 < sent <= 60
    alone = [row for row in rows if row["databases"] == ["europepmc"]]
    assert {row["count"] for row in alone if row["count"] is not None} == {19}
    assert alone[0]["returns"] == ["matheson2023"]
    fields = {row["reading"].split("; ")[1] for row in rows}
    assert fields == {"heading, exploded", "title or abstract", "as the database maps it"}
