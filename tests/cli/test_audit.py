"""`reviewkit audit` on the local server, twice, and offline."""

import csv
import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from tests.helpers.command import copy_project, reaching, reviewkit
from tests.servers.eutils_corpus import Corpus, Entry, read_entry
from tests.servers.eutils_server import EutilsServer
from tests.servers.mesh_answers import mesh_entry

TERMS = ["Dysbiosis", "Amyotrophic Lateral Sclerosis", "Gastrointestinal Microbiome"]

ALS = PROJECT / "protocols" / "als_dysbiosis.toml"


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
        settings = reaching(server)
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
    assert len(result["readings"]) == 900
    first = result["readings"][0]
    assert first["count"] is not None
    with table.open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == 900
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
        settings = reaching(server)
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


# Ids and places in the tree are made up; that nothing lies below the three is what is tested with.
MESH = [
    mesh_entry(str(n), f"D00{n}", term, trees=[f"C{n}"]) for n, term in enumerate(TERMS, start=1)
]


@pytest.mark.slow
def test_references_5_and_7_are_settled_by_the_tree_and_the_records(
    tmp_path: Path, corpus: Corpus
) -> None:
    """Without the tree an exploded heading is open; with it, the headings of the records decide."""
    copy_project(tmp_path)
    query = " AND ".join(f'"{term}"[mh]' for term in TERMS)

    def returned(work: str, query: str) -> str:
        done = reviewkit(
            "audit", "--offline", "--why", work, "--query", query, "--json", cwd=tmp_path
        )
        return str(json.loads(done.stdout)["returned"])

    assert returned("36674517", query) == returned("39510899", query) == "unknown"
    with EutilsServer(corpus) as server:
        server.mesh = MESH
        settings = reaching(server)
        reviewkit("audit", "--most", "10", cwd=tmp_path, settings=settings)
    assert returned("36674517", query) == "unknown"  # the grid took all ten requests

    with EutilsServer(corpus) as server:
        server.mesh = MESH
        settings = reaching(server)
        done = reviewkit("audit", "--json", cwd=tmp_path, settings=settings)
        assert len(server.requests) <= 60
    assert json.loads(done.stdout)["trees"] == TERMS
    assert returned("36674517", query) == returned("39510899", query) == "no"
    # The author keywords name the disease, so nothing may say that its words are missing.
    assert returned("36674517", f'"{TERMS[1]}"[tiab]') == "yes"
    assert returned("39510899", f'"{TERMS[1]}"[mh] AND "{TERMS[2]}"[mh]') == "yes"


@pytest.mark.slow
def test_recall_names_the_cheapest_widening_of_each_lost_work(
    tmp_path: Path, corpus: Corpus
) -> None:
    """36674517 lacks the heading of the disease, and names it nowhere in this small PubMed."""
    copy_project(tmp_path)
    corpus.add(entry_with_words("103"))
    with EutilsServer(corpus) as server:
        settings = reaching(server)
        seeds = [f"--seed={pmid}" for pmid in ("39218769", "101", "103", "36674517", "99999999")]
        done = reviewkit("audit", *seeds, "--json", cwd=tmp_path, settings=settings)
        asked = len(server.requests)
        words = reviewkit("audit", *seeds, cwd=tmp_path, settings=settings)
        assert len(server.requests) == asked
    result = json.loads(done.stdout)
    assert (result["found"], result["known"]) == (2, 4)
    assert result["interval_95"] == pytest.approx([0.150, 0.850], abs=0.001)
    assert result["not_in_the_source"] == ["99999999"]
    lost = {one["pmid"]: one["widening"] for one in result["lost"]}
    assert lost["103"]["clause"] == '"Amyotrophic Lateral Sclerosis"[mh]'
    assert lost["103"]["how"] == "its name also in title, abstract and keywords"
    assert lost["103"]["cost"] == 1
    assert lost["36674517"]["how"] == "without the clause"
    assert lost["36674517"]["cost"] == 2
    assert "2 of 4 known works, 50% (95 % interval 15% to 85%" in words.stdout
    assert "Not in PubMed, so no query returns it: 99999999" in words.stdout
    assert "+1 record for the whole query" in words.stdout


def entry_with_words(pmid: str) -> Entry:
    """A work that names the disease in its title and lacks the heading."""
    return read_entry(
        entry(pmid, TERMS[0], TERMS[2], title="The gut in amyotrophic lateral sclerosis")
    )


OWN = """
format = 1
seeds = ["101", "36674517"]
[review]
id = "mine"
title = "A review of one's own"
[[sources]]
id = "pubmed"
name = "PubMed"
role = "database"
[[strategies]]
id = "main"
label = "main"
queries = {{ pubmed = '{query}' }}
"""


@pytest.mark.slow
def test_ones_own_review_is_measured_by_the_seeds_of_its_protocol(
    tmp_path: Path, corpus: Corpus
) -> None:
    query = f'"{TERMS[0]}"[mh] NOT "{TERMS[2]}"[mh]'
    path = tmp_path / "mine.toml"
    path.write_text(OWN.format(query=query), encoding="utf-8")
    with EutilsServer(corpus) as server:
        settings = reaching(server)
        done = reviewkit("audit", path, "--json", cwd=tmp_path, settings=settings)
    result = json.loads(done.stdout)
    assert (result["found"], result["known"]) == (0, 2)
    assert {one["widening"]["wider"] for one in result["lost"]} == {None}
    assert {one["widening"]["cost"] for one in result["lost"]} == {5}

    offline = reviewkit("audit", path, "--offline", "--seed", "5", cwd=tmp_path)
    assert "0 of 2 known works" in offline.stdout
    assert "Not known whether it is returned: 5" in offline.stdout
    path.write_text(OWN.format(query=query).replace("seeds", "#"), encoding="utf-8")
    nothing = reviewkit("audit", path, cwd=tmp_path)
    assert (nothing.returncode, "no work is named" in nothing.stderr) == (2, True)
    wrong = reviewkit("audit", path, "--seed", "x", "--seed", "10.1/y", cwd=tmp_path)
    assert (wrong.returncode, "'x', '10.1/y'" in wrong.stderr) == (2, True)


@pytest.mark.slow
def test_offline_the_fields_at_hand_answer_and_the_rest_is_unknown() -> None:
    done = reviewkit("audit", ALS, "--offline", "--json")
    result = json.loads(done.stdout)
    assert [why.split(",")[0] for why in result["why_not"]] == ["nothing was sent"]
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
    done = reviewkit("audit", ALS, "--offline", "--why", "36674517", "--query", query, "--json")
    assert json.loads(done.stdout)["returned"] == "yes"
    heading = query.replace("tiab", "mh:noexp")
    done = reviewkit("audit", ALS, "--offline", "--why", "36674517", "--query", heading, "--json")
    assert json.loads(done.stdout)["returned"] == "no"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--dry-run"], 0, "400 readings; at most 60 requests to PubMed (3 a second), LILACS (1 a"),
        (["--offline", "--why", "no such work"], 2, "no work 'no such work' is known here"),
        (["--offline", "--plot", "x.gif"], 2, "is no picture format"),
        (["--recall", "--csv", "x.csv"], 2, "--csv: a table and a picture are of readings only"),
        (["--offline", "--most", "61"], 2, "less than or equal to 60"),
        (["--offline", "--why", "36674517", "--query", "(a[ti]"], 2, "cannot be read as it is"),
    ],
)
def test_plans_and_mistakes(tmp_path: Path, arguments: list[str], code: int, said: str) -> None:
    copy_project(tmp_path)
    done = reviewkit("audit", *arguments, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert said in done.stdout + done.stderr


@pytest.mark.slow
def test_a_picture_without_counts_says_so(tmp_path: Path) -> None:
    plot = tmp_path / "a.svg"
    done = reviewkit("audit", ALS, "--offline", "--plot", plot)
    assert done.returncode == 0, done.stderr
    shown = "".join(ET.fromstring(plot.read_text(encoding="utf-8")).itertext())
    assert "No reading has a count." in shown
    assert "printed" not in shown
    assert "asked of" not in shown


def test_a_protocol_without_a_source_that_can_be_asked_says_so(tmp_path: Path) -> None:
    text = ALS.read_text(encoding="utf-8")
    path = tmp_path / "own.toml"
    for asked, other in (("pubmed", "scopus"), ("lilacs", "cinahl")):
        text = text.replace(f'id = "{asked}"', f'id = "{other}"', 1)
    path.write_text(text, encoding="utf-8")
    done = reviewkit("audit", path)
    assert done.returncode == 2
    assert "can be asked for the counts" in done.stderr


@pytest.mark.slow
def test_report_and_reproduce_carry_the_audit_in_its_words(tmp_path: Path, corpus: Corpus) -> None:
    """Asked once, the report has the readings; nothing asks again, and the words are the same."""
    protocol = copy_project(tmp_path)
    reviewkit("reproduce", protocol, "--offline", cwd=tmp_path)
    before = (tmp_path / "reviews" / "als_dysbiosis" / "report.md").read_text(encoding="utf-8")
    assert "400 readings of the method; asked: 0 of PubMed; 0 of LILACS." in before
    assert "reference 5; reference 7" in before

    with EutilsServer(corpus) as server:
        settings = reaching(server)
        reviewkit("audit", protocol, cwd=tmp_path, settings=settings)
    words = reviewkit("audit", protocol, "--offline", cwd=tmp_path).stdout.splitlines()
    made = reviewkit("reproduce", protocol, "--offline", "--json", cwd=tmp_path)
    report = reviewkit("report", "-p", protocol, "-f", "md", cwd=tmp_path).stdout
    again = (tmp_path / "reviews" / "als_dysbiosis" / "report.md").read_text(encoding="utf-8")
    audit = json.loads(made.stdout)["audit"]
    assert audit["asked"]["pubmed"] > 20
    sentences = [line for line in words if line.endswith(".") and not line.startswith(" ")]
    assert len(sentences) >= 5
    for sentence in sentences:
        assert f"- {sentence}" in again.replace("\\", "")
        assert f"- {sentence}" in report.replace("\\", "")
