"""A package is the same bytes each time; a changed byte is found; every number comes again."""

import json
import random
import sqlite3
import time
import zipfile
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from reviewkit.exports.archive import MANIFEST, METADATA
from reviewkit.model.errors import DamagedFile
from reviewkit.store.tables import parents_first
from reviewkit.workflow.open_database import read_database
from reviewkit.workflow.packaging import package
from reviewkit.workflow.packaging.package import PackageOptions, pack_review
from reviewkit.workflow.packaging.verify import Outcome, verify_package
from reviewkit.workflow.project import ReviewProject, open_project
from reviewkit.workflow.screening.studies import link_reports
from tests.conftest import SHARED
from tests.helpers.command import copy_project, outputs, reviewkit
from tests.helpers.effort import examples
from tests.helpers.packages import read_package, write_package
from tests.helpers.screening_review import NOW, make_review, session_of

OPTIONS = PackageOptions(licence="CC BY 4.0")


@pytest.fixture
def project(tmp_path: Path) -> ReviewProject:
    """One's own review, half screened, with a study."""
    project = make_review(tmp_path / "own", count=12)
    with session_of(project) as session:
        for number in range(6):
            if number % 2:
                session.include()
            else:
                session.exclude(1)
    link_reports(
        project,
        ["pubmed:00001", "pubmed:00003"],
        name="Trial",
        reviewer="ana",
        why=None,
        now=NOW,
    )
    return project


def pack(project: ReviewProject, out: Path) -> Path:
    pack_review(project, out, OPTIONS, now=NOW)
    return out


@pytest.mark.slow
def test_the_same_review_gives_the_same_bytes_and_verifies(
    project: ReviewProject, tmp_path: Path
) -> None:
    one, two = pack(project, tmp_path / "1.zip"), pack(project, tmp_path / "2.zip")
    assert one.read_bytes() == two.read_bytes()
    found = verify_package(one, now=NOW)
    assert found.same
    outcomes = {finding.name: finding.outcome for finding in found.findings}
    assert outcomes["flow: records_screened"] is Outcome.RECOMPUTED
    assert outcomes["checklists/prisma-2020.json"] is Outcome.RECOMPUTED
    assert outcomes["report.html"] is Outcome.NOT_RECOMPUTABLE
    assert outcomes["hits of the databases"] is Outcome.NOT_RECOMPUTABLE


@pytest.mark.slow
def test_no_abstract_and_nothing_private_goes_out(project: ReviewProject, tmp_path: Path) -> None:
    with session_of(project) as session:
        session.notes.write_note("between us")
    contents = read_package(pack(project, tmp_path / "p.zip"))
    everything = b"".join(contents.values())
    assert b"Of guts, microbiomes and nerves" not in everything
    assert b"between us" not in everything
    pack_review(project, tmp_path / "a.zip", PackageOptions(licence="x", abstracts=True), now=NOW)
    assert b"Of guts, microbiomes and nerves" in (tmp_path / "a.zip").read_bytes()
    found = verify_package(tmp_path / "a.zip", now=NOW)
    outcomes = {finding.name: finding.outcome for finding in found.findings}
    assert (found.same, outcomes["report.html"]) == (True, Outcome.RECOMPUTED)


@pytest.mark.slow
def test_abstracts_that_terms_of_use_forbid_to_share_stay_here(
    project: ReviewProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package, "withheld_sources", lambda: frozenset({"pubmed"}))
    out = tmp_path / "a.zip"
    pack_review(project, out, PackageOptions(licence="x", abstracts=True), now=NOW)
    contents = read_package(out)
    assert b"Of guts, microbiomes and nerves" not in b"".join(contents.values())
    assert b"Those of PubMed are left out" in contents["README.md"]
    found = verify_package(out, now=NOW)
    outcomes = {finding.name: finding.outcome for finding in found.findings}
    assert (found.same, outcomes["report.html"]) == (True, Outcome.NOT_RECOMPUTABLE)


def test_two_hundred_changed_bytes_are_all_found(project: ReviewProject, tmp_path: Path) -> None:
    content = pack(project, tmp_path / "p.zip").read_bytes()
    chance, file = random.Random(13), tmp_path / "changed.zip"
    for _ in range(examples(200)):
        place = chance.randrange(len(content))
        other = content[place] ^ chance.randrange(1, 256)
        file.write_bytes(content[:place] + bytes([other]) + content[place + 1 :])
        try:
            assert not verify_package(file, now=NOW).same, place
        except DamagedFile:
            continue


@pytest.mark.slow
def test_a_decision_changed_with_every_hash_mended_still_differs(
    project: ReviewProject, tmp_path: Path
) -> None:
    contents = read_package(pack(project, tmp_path / "p.zip"))
    name = "tables/decisions.jsonl"
    contents[name] = contents[name].replace(b'"include", null', b'"maybe", null', 1)
    del contents[MANIFEST]
    forged = write_package(tmp_path / "forged.zip", contents)
    found = verify_package(forged, now=NOW)
    assert not found.same
    differing = {f.name for f in found.findings if f.outcome is Outcome.DIFFERS}
    assert "flow: records_screened" in differing or "counts/states.jsonl" in differing


@pytest.mark.parametrize("name", ["/etc/x", "../x", "a/../../x", "C:x"])
def test_names_that_leave_the_archive_are_refused(tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(tmp_path / "h.zip", "w") as archive:
        archive.writestr(name, "x")
    with pytest.raises(DamagedFile):
        verify_package(tmp_path / "h.zip", now=NOW)


def test_the_metadata_is_a_crate_of_terms_of_its_context(
    project: ReviewProject, tmp_path: Path
) -> None:
    contents = read_package(pack(project, tmp_path / "p.zip"))
    crate = json.loads(contents[METADATA])
    by_id = {entity["@id"]: entity for entity in crate["@graph"]}
    root = by_id["./"]
    assert {"name", "description", "datePublished", "license"} <= root.keys()
    assert by_id[METADATA]["conformsTo"]["@id"] == "https://w3id.org/ro/crate/1.2"
    assert {part["@id"] for part in root["hasPart"]} <= by_id.keys()
    assert zipfile.ZipFile(tmp_path / "p.zip").namelist()[0] == METADATA

    context = SHARED / "rocrate" / "context-1.2.jsonld"
    if not context.exists():
        pytest.skip("the context is not beside this project")
    terms = json.loads(context.read_text(encoding="utf-8"))["@context"]
    used = {key for entity in crate["@graph"] for key in entity if not key.startswith("@")}
    assert used <= terms.keys()


@pytest.mark.slow
def test_an_editor_packs_and_verifies_a_published_rerun(tmp_path: Path) -> None:
    protocol = copy_project(tmp_path)
    assert reviewkit("reproduce", protocol, "--offline").returncode == 0
    out = tmp_path / "als.zip"
    refused = reviewkit("package", out, "-p", protocol)
    assert (refused.returncode, "licence" in refused.stderr) == (2, True)
    done = reviewkit("package", out, "-p", protocol, "--licence", "CC BY 4.0")
    assert done.returncode == 0, done.stderr

    verified = reviewkit("verify", out)
    assert (verified.returncode, verified.stdout.splitlines()[-1]) == (0, "Nothing differs.")
    out.write_bytes(out.read_bytes()[:-40])
    broken = reviewkit("verify", out)
    assert broken.returncode != 0
    assert "Traceback" not in broken.stderr
    assert reviewkit("verify", tmp_path / "none.zip").returncode == 2
    connection = sqlite3.connect(outputs(tmp_path) / "review.db")
    assert connection.execute("SELECT count(*) FROM works").fetchone() == (5,)
    connection.close()


@pytest.mark.slow
def test_one_folder_around_everything_is_accepted(project: ReviewProject, tmp_path: Path) -> None:
    contents = read_package(pack(project, tmp_path / "p.zip"))
    wrapped = tmp_path / "wrapped.zip"

    def wrap() -> None:
        with zipfile.ZipFile(wrapped, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.mkdir("review")
            for name, data in contents.items():
                archive.writestr(f"review/{name}", data)

    wrap()
    found = verify_package(wrapped, now=NOW)
    outcomes = {finding.name: finding.outcome for finding in found.findings}
    assert (found.same, outcomes["archive"]) == (True, Outcome.NOT_RECOMPUTABLE)
    assert outcomes["flow: records_screened"] is Outcome.RECOMPUTED

    contents["README.md"] += b"x"
    wrap()
    assert not verify_package(wrapped, now=NOW).same
    contents["../outside"] = b"x"
    wrap()
    with pytest.raises(DamagedFile):
        verify_package(wrapped, now=NOW)


@pytest.mark.slow
def test_ten_thousand_records_are_packed_and_verified_in_half_a_minute(tmp_path: Path) -> None:
    project = make_review(tmp_path / "large", count=10_000)
    begun = time.monotonic()
    out = pack(project, tmp_path / "large.zip")
    assert verify_package(out, now=NOW).same
    assert time.monotonic() - begun < 30


def test_tables_are_loaded_behind_those_that_they_point_to(project: ReviewProject) -> None:
    with read_database(project, now=NOW) as store:
        order = parents_first(store, ["decisions", "duplicates", "records", "runs", "run_records"])
    assert order.index("records") < min(order.index(name) for name in ("decisions", "duplicates"))
    assert order.index("runs") < order.index("run_records")


@pytest.mark.slow
def test_people_and_steps_are_in_the_metadata_and_nothing_is_invented(
    project: ReviewProject, tmp_path: Path
) -> None:
    graph = json.loads(read_package(pack(project, tmp_path / "p.zip"))[METADATA])["@graph"]
    by_id = {entity["@id"]: entity for entity in graph}
    assert "author" not in by_id["./"]
    assert "funding" not in by_id["./"]
    steps = [entity for entity in graph if entity["@type"] == "CreateAction"]
    assert [step["name"] for step in steps] == [
        "Search of PubMed",
        "Screening, title and abstract",
        "Counting of the flow",
    ]
    assert steps[0].get("instrument") is None
    assert by_id[steps[1]["agent"]["@id"]]["name"] == "ana"
    assert steps[1]["startTime"] <= steps[1]["endTime"]

    protocol = project.protocol_path
    protocol.write_text(
        protocol.read_text(encoding="utf-8")
        + '[[screening.team]]\nid = "ana"\norcid = "0000-0002-1825-0097"\n'
        + '[[people]]\nname = "Author One"\norcid = "0000-0002-1825-0097"\nroles = ["search"]\n'
        + 'affiliation = "A university"\n[declarations]\nsupport = "None"\n',
        encoding="utf-8",
    )
    out = pack(open_project(protocol), tmp_path / "q.zip")
    graph = json.loads(read_package(out)[METADATA])["@graph"]
    by_id = {entity["@id"]: entity for entity in graph}
    person = by_id["https://orcid.org/0000-0002-1825-0097"]
    assert by_id["./"]["author"] == {"@id": person["@id"]}
    assert (person["name"], person["description"]) == ("Author One", "search")
    assert by_id[person["affiliation"]["@id"]]["name"] == "A university"
    assert by_id[by_id["./"]["funding"]["@id"]]["name"] == "None"
    assert by_id["#step-2"]["agent"] == {"@id": person["@id"]}
    assert verify_package(out, now=NOW).same
    answered = json.loads(read_package(out)["checklists/prisma-2020.json"])["items"]
    states = {item["id"]: (item["state"], item["authors"]) for item in answered}
    assert states["25"] == ("written by the authors", "None")
    assert states["26"] == ("for the authors", "")


@pytest.mark.slow
def test_deduplication_is_an_action_with_its_rules_and_who_answered(tmp_path: Path) -> None:
    """The software stands behind it only where its rules are those that linked."""
    project = make_review(tmp_path / "own", count=4)
    run = partial(reviewkit, cwd=tmp_path)
    protocol = project.protocol_path

    def actions() -> dict[str, dict[str, Any]]:
        graph = json.loads(read_package(pack(project, tmp_path / "p.zip"))[METADATA])["@graph"]
        assert verify_package(tmp_path / "p.zip", now=NOW).same
        steps = [entity for entity in graph if entity["@type"] == "CreateAction"]
        return {step["name"]: step for step in steps}

    def item_16() -> dict[str, Any]:
        done = run("checklist", "-s", "prisma-s", "-f", "json", "-p", protocol)
        (item,) = [item for item in json.loads(done.stdout)["items"] if item["id"] == "16"]
        return dict(item)

    assert not [name for name in actions() if name.startswith("Deduplication")]
    assert item_16()["state"] != "evidence"
    assert "Duplicates were not looked for." in run("appendix", "-p", protocol).stdout

    assert run("dedupe", "-p", protocol).returncode == 0
    same = ("dedupe", "link", "pubmed:00001", "pubmed:00002", "-r", "ana", "-y", "-p", protocol)
    assert run(*same).returncode == 0, run(*same).stderr
    found = actions()
    rules = found["Deduplication by rules"]
    assert rules["instrument"] == {"@id": "#reviewkit"}
    assert "from a likelihood of 0.95 on" in rules["description"]
    assert "Records linked as duplicates: 1; pairs answered by people: 1" in rules["description"]
    assert found["Deduplication, pairs of records answered"]["agent"]
    assert item_16()["state"] == "evidence"

    text = protocol.read_text(encoding="utf-8")
    protocol.write_text(f"{text}\n[dedupe]\nsame_at = 0.9\n", encoding="utf-8")
    changed = open_project(protocol)
    pack_review(changed, tmp_path / "q.zip", OPTIONS, now=NOW)
    graph = json.loads(read_package(tmp_path / "q.zip")[METADATA])["@graph"]
    (other,) = [e for e in graph if e.get("name") == "Deduplication by rules"]
    assert "instrument" not in other
    assert "another version of reviewkit, or under other settings" in other["description"]
