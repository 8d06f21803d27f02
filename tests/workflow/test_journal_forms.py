"""Checklists and the appendix: every item there, no evidence claimed, answers kept, five formats."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest

from reviewkit.protocol.parse import parse_protocol
from reviewkit.report.checklist import STANDARDS, standard_named
from reviewkit.reproduction.reporting_items import judge_reporting
from tests.conftest import PROJECT, SHARED
from tests.helpers.command import reaching, reviewkit
from tests.servers.eutils_corpus import Corpus
from tests.servers.eutils_server import EutilsServer

EPOCH = {"SOURCE_DATE_EPOCH": "1790000000"}
CASES = PROJECT / "tests" / "data" / "cases"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """One's own review: one of five sources imported, nothing screened."""
    (tmp_path / "protocols").mkdir()
    protocol = tmp_path / "protocols" / "own.toml"
    protocol.write_bytes((CASES / "prisma" / "own_other_arm.toml").read_bytes())
    part = CASES / "own" / "part1.ris"
    done = reviewkit(
        "import", part, "--source", "embase", "--date", "2026-11-01", "-p", protocol, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    return protocol


def items(protocol: Path, standard: str, *more: str) -> dict[str, dict[str, Any]]:
    done = reviewkit("checklist", "-s", standard, "-f", "json", "-p", protocol, *more)
    assert done.returncode == 0, done.stderr
    return {item["id"]: item for item in json.loads(done.stdout)["items"]}


def test_every_checklist_has_all_its_items_with_their_source_and_licence() -> None:
    counts = {name: len(standard_named(name).items) for name in STANDARDS}
    assert counts == {
        "prisma-2020": 42,
        "prisma-s": 16,
        "prisma-lsr": 4,
        "prisma-abstracts": 12,
    }
    ids = [item.id for item in standard_named("prisma-2020").items]
    assert len({name.rstrip("abcdef") for name in ids}) == 27
    for name in STANDARDS:
        assert "CC BY 4.0" in standard_named(name).source
        assert len({item.id for item in standard_named(name).items}) == counts[name]


@pytest.mark.slow
def test_no_item_is_evidence_that_does_not_hold_for_every_source(own: Path) -> None:
    found = items(own, "prisma-s")
    assert {found[number]["state"] for number in ("8", "13", "15")} <= {
        "partly",
        "no evidence yet",
    }
    assert found["14"]["state"] == "for the authors"
    assert found["6"]["evidence"] == []
    selection = items(own, "prisma-2020")["8"]
    assert selection["state"] != "evidence"
    assert items(own, "prisma-2020")["24c"]["evidence"] == []  # none recorded is not "none"


@pytest.mark.slow
def test_what_the_authors_write_is_kept_and_every_mistake_is_named(own: Path) -> None:
    first = items(own, "prisma-2020", "--answer", "25=No funding", "--where", "25=p. 12")
    again = items(own, "prisma-2020")
    for document in (first, again):
        assert (document["25"]["authors"], document["25"]["where"]) == ("No funding", "p. 12")
        assert document["25"]["state"] == "written by the authors"

    for arguments, wanted in (
        (("-s", "prisma"), "no checklist 'prisma'"),
        (("-f", "odt"), "no format 'odt'"),
        (("--answer", "25"), "has no “=”"),
        (("--answer", "99=x"), "prisma-2020 has no item 99"),
    ):
        failed = reviewkit("checklist", *arguments, "-p", own)
        assert failed.returncode == 2
        assert wanted in failed.stderr
    answers = own.parents[1] / "reviews" / "own" / "answers-prisma-2020.toml"
    answers.write_text("[", encoding="utf-8")
    assert "cannot be read" in reviewkit("checklist", "-p", own).stderr


@pytest.mark.slow
@pytest.mark.parametrize("verb", ["checklist", "appendix"])
@pytest.mark.parametrize("format_name", ["md", "html", "pdf", "docx"])
def test_every_format_is_the_same_byte_for_byte(
    own: Path, tmp_path: Path, verb: str, format_name: str
) -> None:
    files = [tmp_path / f"{n}.{format_name}" for n in (1, 2)]
    for file in files:
        done = reviewkit(verb, "--out", file, "-p", own, settings=EPOCH)
        assert done.returncode == 0, done.stderr
    assert files[0].read_bytes() == files[1].read_bytes()
    assert len(files[0].read_bytes()) > 1000


@pytest.mark.slow
def test_the_docx_has_headings_tables_and_every_item(own: Path, tmp_path: Path) -> None:
    file = tmp_path / "c.docx"
    reviewkit("checklist", "-s", "prisma-s", "--out", file, "-p", own)
    document = docx.Document(io.BytesIO(file.read_bytes()))
    assert len(document.tables) == 4
    cells = [row.cells[0].text for table in document.tables for row in table.rows[1:]]
    assert cells == [str(number) for number in range(1, 17)]
    with zipfile.ZipFile(file) as archive:
        assert archive.namelist()[0] == "[Content_Types].xml"


@pytest.mark.slow
def test_the_appendix_says_of_each_source_what_is_known(own: Path) -> None:
    text = reviewkit("appendix", "-p", own).stdout
    assert "Records were imported from a file; its strategy is not stored." in text
    assert "No limits were used" not in text  # of a file nobody knows
    assert text.count("Not run here") == 4


def test_a_strategy_for_two_of_eight_sources_and_one_date_for_all_are_partly() -> None:
    path = SHARED / "cases" / "prisma" / "oct_dmo.toml"
    if not path.exists():
        path = SHARED.parent / "cases" / "prisma" / "oct_dmo.toml"
    if not path.exists():
        pytest.skip("the cases are not beside this project")
    protocol = parse_protocol(path.read_text(encoding="utf-8"), where=str(path))
    judged = {item.number: item for item in judge_reporting(protocol)}
    assert (judged[8].answer, judged[8].evidence) == (
        "partly",
        "strategies printed for 2 of 8 sources",
    )
    assert judged[13].answer == "partly"


@pytest.mark.slow
def test_numbered_lines_are_shown_put_together_and_never_sent_as_they_are(tmp_path: Path) -> None:
    """A service takes "#3" for a word or its own history, so "0 records" would be no answer."""
    path = SHARED.parent / "cases" / "prisma" / "oct_dmo.toml"
    if not path.exists():
        pytest.skip("the cases are not beside this project")
    (tmp_path / "protocols").mkdir()
    protocol = tmp_path / "protocols" / "oct_dmo.toml"
    text = path.read_text(encoding="utf-8")
    protocol.write_text(text, encoding="utf-8")
    together = (
        '("Tomography, Optical Coherence"[Mesh] OR OCT[tiab]) AND '
        '("Macular Edema"[Mesh] OR "macular oedema"[tiab])'
    )
    assert f"lines put in: {together}" in reviewkit("check", protocol).stdout

    with EutilsServer(Corpus([])) as server:
        settings = reaching(server)
        for source in ("pubmed", "medline"):
            refused = reviewkit("search", protocol, "--source", source, settings=settings)
            assert refused.returncode == 1
            assert "nothing was searched" in refused.stderr
        assert server.requests == []
        expanded = text.replace("primary = true", "primary = true\nexpand = true", 1)
        protocol.write_text(expanded, encoding="utf-8")
        done = reviewkit("search", protocol, "--source", "pubmed", settings=settings)
        assert done.returncode == 0, done.stderr
        sent = {seen.parameters.get("term", "") for seen in server.asked("esearch")}
    assert len(sent) == 1
    assert together in sent.pop()
