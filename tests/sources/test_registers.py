"""Registers through the command: searched, updated, drawn in their own line, linked to reports."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.command import reviewkit
from tests.servers.clinicaltrials_server import ClinicalTrialsServer, study

pytestmark = pytest.mark.slow
PROTOCOL = """
format = 1
kind = "own"
[review]
id = "guts"
title = "Guts and nerves"
[[sources]]
id = "clinicaltrials"
name = "ClinicalTrials.gov"
role = "register"
[[sources]]
id = "ictrp"
name = "WHO ICTRP"
role = "register"
[[sources]]
id = "scopus"
name = "Scopus"
role = "database"
[[descriptors]]
id = "gut"
term = "dysbiosis"
[[strategies]]
id = "main"
label = "gut"
origin = "reading"
field = "any"
blocks = [["gut"]]
[limits]
published_from = 2020
[[criteria]]
id = "theme"
kind = "inclusion"
wording = "on guts"
check = { by = "person" }
[living]
every = "week"
"""
ARTICLE = """TY  - JOUR
AU  - Person, Ann
TI  - Invented randomised trial of dysbiosis 2
PY  - 2023
JO  - Invented Journal
AB  - A trial of dysbiosis. Registered as NCT00000002.
DO  - 10.1000/invented.2
ER  -
"""
ICTRP = """<?xml version="1.0" encoding="UTF-8"?>
<Trials_downloaded_from_ICTRP>
<Trial>
<Export_date>10/04/2026 04:51:51</Export_date><Internal_Number>1</Internal_Number>
<TrialID>
  ChiCTR2600132949
</TrialID>
<Public_title>An invented trial</Public_title><Scientific_title/>
<Primary_sponsor>Invented University</Primary_sponsor>
<Date_registration3>20210920</Date_registration3><Date_registration>20/09/2021</Date_registration>
<Source_Register>ChiCTR</Source_Register><Recruitment_Status>Not Recruiting</Recruitment_Status>
<web_address>https://www.chictr.org.cn/showproj.html?proj=1</web_address>
<Contact_Email>somebody@example.org</Contact_Email><Contact_Firstname>Some</Contact_Firstname>
<Inclusion_Criteria>Age &lt; 80&#x0D;&lt;br&gt;adults</Inclusion_Criteria>
<Condition>dysbiosis</Condition><Intervention>rest</Intervention><unheard_of>kept</unheard_of>
<Study_type>Interventional study</Study_type>
</Trial>
"""


class Review:
    """A review with registers in a folder, and the command on it."""

    def __init__(self, folder: Path, server: ClinicalTrialsServer) -> None:
        self.folder, self.server = folder, server
        self.settings = {
            "REVIEWKIT_CLINICALTRIALS_URL": server.url,
            "REVIEWKIT_CLINICALTRIALS_RATE": "unlimited",
        }
        (folder / "guts.toml").write_text(PROTOCOL, encoding="utf-8")
        (folder / "article.ris").write_text(ARTICLE, encoding="utf-8")
        (folder / "ICTRP-Results.xml").write_text(ICTRP, encoding="utf-8")

    def run(self, *arguments: str, code: int = 0) -> str:
        files = ("--protocol", "guts.toml", "--db", "guts.db")
        ended = reviewkit(*arguments, *files, cwd=self.folder, settings=self.settings)
        assert ended.returncode == code, ended.stderr
        return ended.stdout


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    with ClinicalTrialsServer([study(1), study(2), study(3, posted="2019-01-01")]) as server:
        yield Review(tmp_path, server)


def test_a_register_is_searched_updated_and_drawn_in_its_own_line(review: Review) -> None:
    review.run("search", "--source", "clinicaltrials")
    (asked, *_) = [one for one in review.server.asked if one.path == "studies"]
    assert asked.get("query.term") == (
        '"dysbiosis" AND AREA[StudyFirstPostDate]RANGE[2020-01-01,MAX]'
    )
    counts = json.loads(review.run("prisma", "--format", "json"))["counts"]
    assert counts["register_results"] == 2
    assert {"label": "ClinicalTrials.gov", "n": 2} in [
        {name: tally[name] for name in ("label", "n")} for tally in counts["registers"]
    ]

    review.server.studies.append(study(4, posted="2026-10-30"))
    review.run("update", "--window", "60")
    last = [one for one in review.server.asked if one.path == "studies"][-1]
    assert "AREA[StudyFirstPostDate]RANGE[20" in last.get("query.term").rpartition("AND")[2]
    counts = json.loads(review.run("prisma", "--format", "json"))["counts"]
    assert counts["register_results"] == 3


def test_an_update_says_that_a_status_changed(review: Review) -> None:
    review.run("search", "--source", "clinicaltrials")
    status = {**study(2)["protocolSection"]["statusModule"], "overallStatus": "TERMINATED"}
    review.server.studies[1] = study(2, statusModule=status)
    line = "clinicaltrials:NCT00000002  Invented randomised trial of dysbiosis 2 (2021): changed: "
    assert f"{line}other.status\n" in review.run("update")
    assert f"{line}other.status\n" in review.run("diff", "first", "last")


def test_a_registration_and_its_article_are_related_not_the_same(review: Review) -> None:
    review.run("search", "--source", "clinicaltrials")
    review.run("import", "article.ris", "--source", "scopus", "--date", "2026-10-01")
    review.run("dedupe")
    counts = json.loads(review.run("prisma", "--format", "json"))["counts"]
    assert counts["duplicates"] == 0
    found = json.loads(review.run("study", "list", "--suggested", "--json"))["suggestions"]
    (one,) = [each for each in found if "clinicaltrials:NCT00000002" in each["records"]]
    assert "NCT00000002" in one["evidence"]


def test_what_the_register_says_stands_on_the_record(review: Review) -> None:
    review.run("search", "--source", "clinicaltrials")
    printed = review.run("record", "show", "clinicaltrials:NCT00000002")
    for line in (
        "registration number: NCT00000002",
        "other numbers: OWN-2",
        "status: COMPLETED",
        "phase: PHASE2",
        "first posted: 2021-03-04 (estimated)",
        "started: 2021-02 (actual)",
        "conditions: Dysbiosis",
        "interventions: Drug: Invented",
    ):
        assert f"  {line}\n" in printed


def test_one_trial_in_two_registers_exports_is_one_record(review: Review) -> None:
    review.run("search", "--source", "clinicaltrials")
    same = ICTRP.replace("ChiCTR2600132949", "NCT00000002").replace(
        "An invented trial", "Invented randomised trial of dysbiosis 2"
    )
    (review.folder / "same.xml").write_text(same, encoding="utf-8")
    review.run("import", "same.xml", "--source", "ictrp", "--date", "2026-10-04")
    review.run("dedupe")
    counts = json.loads(review.run("prisma", "--format", "json"))["counts"]
    assert (counts["duplicates"], counts["register_results"]) == (1, 3)


def test_a_register_that_is_called_a_database_is_named(review: Review) -> None:
    assert "warning" not in review.run("check")
    path = review.folder / "guts.toml"
    path.write_text(PROTOCOL.replace('role = "register"', 'role = "database"', 1), encoding="utf-8")
    assert "warning: ClinicalTrials.gov is a register of trials" in review.run("check")


def test_an_export_of_ictrp_flows_into_the_registers_line(review: Review) -> None:
    review.run("import", "ICTRP-Results.xml", "--source", "ictrp", "--date", "2026-10-04")
    counts = json.loads(review.run("prisma", "--format", "json"))["counts"]
    assert counts["register_results"] == 1
    shown = review.run("record", "show", "ictrp:ChiCTR2600132949")
    assert "  status: Not Recruiting\n" in shown
    assert "  interventions: rest\n" in shown
    text = review.run("export", "--format", "jsonl")
    (record,) = [json.loads(line) for line in text.splitlines()]
    answer = json.dumps(record, ensure_ascii=False)
    assert "somebody@example.org" not in answer
    assert "Age < 80\\nadults" in answer
    assert '"kept"' in answer
    assert (record["accession"], record["year"]) == ("ChiCTR2600132949", 2021)
    assert record["collective_authors"] == ["Invented University"]
