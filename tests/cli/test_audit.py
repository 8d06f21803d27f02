"""`reviewkit audit` on the local server, twice, and offline."""

import csv
import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from tests.helpers.command import copy_project, reviewkit
from tests.servers.eutils_corpus import Corpus, read_entry
from tests.servers.eutils_server import EutilsServer

TERMS = ["Dysbiosis", "Amyotrophic Lateral Sclerosis", "Gastrointestinal Microbiome"]


def entry(pmid: str, *headings: str, title: str = "A work") -> str:
    return "\n".join(
        [
            f"PMID- {pmid}",
            f"TI  - {title}.",
            *(f"MH  - {heading}" for heading in headings),
            "LA  - eng",
            "DP  - 2023 Feb 3",
            "CRDT- 2023/03/05 06:00",
            "SO  - J.",
        ]
    )


@pytest.fixture
def corpus() -> Corpus:
    whole = [entry(pmid, *TERMS) for pmid in ("39218769", "38878554", "101", "102")]
    lacking = [
        entry("36674517", "Dysbiosis", "Gastrointestinal Microbiome"),
        entry("39510899", *TERMS[1:]),
        *(entry(str(number), "Humans") for number in range(200, 230)),
    ]
    return Corpus(read_entry(text) for text in [*whole, *lacking])


@pytest.mark.slow
def test_the_readings_are_asked_once_and_then_come_from_the_cache(
    tmp_path: Path, corpus: Corpus
) -> None:
    copy_project(tmp_path)
    table, plot, png = tmp_path / "a.csv", tmp_path / "a.svg", tmp_path / "a.png"
    with EutilsServer(corpus) as server:
        settings = {"REVIEWKIT_EUTILS_URL": server.url}
        done = reviewkit(
            "audit", "--json", "--csv", table, "--plot", plot, cwd=tmp_path, settings=settings
        )
        assert done.returncode == 0, done.stderr
        asked = len(server.asked("esearch"))
        assert 0 < asked <= 60
        again = reviewkit("audit", "--plot", png, cwd=tmp_path, settings=settings)
        assert len(server.asked("esearch")) == asked
        assert not server.asked("einfo")
    result = json.loads(done.stdout)
    assert result["requests"] == asked
    assert len(result["readings"]) == 400
    first = result["readings"][0]
    assert first["count"] is not None
    with table.open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == 400
    assert "reported 19" in "".join(ET.fromstring(plot.read_text(encoding="utf-8")).itertext())
    assert png.read_bytes().startswith(b"\x89PNG")
    assert "0 requests this time" in again.stderr
    assert "need not be what was done" in again.stdout
    offline = reviewkit("audit", "--offline", "--json", cwd=tmp_path)
    assert json.loads(offline.stdout)["readings"][0]["count"] == first["count"]


@pytest.mark.slow
def test_the_losing_clause_is_asked_of_the_database_with_what_it_costs(
    tmp_path: Path, corpus: Corpus
) -> None:
    copy_project(tmp_path)
    with EutilsServer(corpus) as server:
        settings = {"REVIEWKIT_EUTILS_URL": server.url}
        done = reviewkit("audit", "--why", "36674517", "--json", cwd=tmp_path, settings=settings)
        lost = json.loads(done.stdout)
        assert lost["returned"] == "no"
        (clause,) = lost["losing"]
        assert clause["clause"] == '"Amyotrophic Lateral Sclerosis"[mh]'
        assert clause["cost"] == 1
        found = reviewkit("audit", "--why", "39218769", cwd=tmp_path, settings=settings)
        assert "The query returns Microbiome and micronutrient" in found.stdout
        query = '"Dysbiosis"[mh] NOT "Amyotrophic Lateral Sclerosis"[mh]'
        taken = reviewkit(
            "audit", "--why", "39218769", "--query", query, cwd=tmp_path, settings=settings
        )
        assert "NOT: loses it" in taken.stdout


def test_offline_the_fields_at_hand_answer_and_the_rest_is_unknown() -> None:
    done = reviewkit("audit", "--offline", "--json")
    result = json.loads(done.stdout)
    assert result["why_not"].startswith("nothing was sent")
    assert result["at_hand"]["records"] == 84
    cannot = {
        row["reading"].split("; ")[1]: row["cannot_return_by_record"]
        for row in result["readings"]
        if row["reading"].startswith("Dysbiosis AND Amyotrophic Lateral Sclerosis AND")
    }
    assert "matheson2023" in cannot["heading, not exploded"]
    assert "kaul2024" in cannot["heading, not exploded"]
    assert "kaul2024" in cannot["title or abstract"]
    assert all("sun2024" not in lost for lost in cannot.values())


def test_no_finding_is_made_that_the_author_keywords_contradict() -> None:
    """Matheson 2023 names the disease among its author keywords, which [tiab] searches."""
    query = '"Amyotrophic Lateral Sclerosis"[tiab]'
    done = reviewkit("audit", "--offline", "--why", "36674517", "--query", query, "--json")
    assert json.loads(done.stdout)["returned"] == "yes"
    heading = query.replace("tiab", "mh:noexp")
    done = reviewkit("audit", "--offline", "--why", "36674517", "--query", heading, "--json")
    assert json.loads(done.stdout)["returned"] == "no"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--dry-run"], 0, "400 readings; at most 60 requests to PubMed"),
        (["--offline", "--why", "no such work"], 2, "no work 'no such work' is known here"),
        (["--offline", "--plot", "x.gif"], 2, "is no picture format"),
        (["--offline", "--most", "61"], 2, "less than or equal to 60"),
        (["--offline", "--why", "36674517", "--query", "(a[ti]"], 2, "cannot be read as it stands"),
    ],
)
def test_plans_and_mistakes(tmp_path: Path, arguments: list[str], code: int, said: str) -> None:
    copy_project(tmp_path)
    done = reviewkit("audit", *arguments, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert said in done.stdout + done.stderr


def test_a_protocol_without_a_source_that_can_be_asked_says_so(tmp_path: Path) -> None:
    text = (PROJECT / "protocols" / "als_dysbiosis.toml").read_text(encoding="utf-8")
    path = tmp_path / "own.toml"
    path.write_text(text.replace('id = "pubmed"', 'id = "scopus"', 1), encoding="utf-8")
    done = reviewkit("audit", path)
    assert done.returncode == 2
    assert "can be asked for the counts" in done.stderr
