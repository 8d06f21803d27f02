"""A published review with records that an update brought: only what the team did is told."""

import json
from pathlib import Path
from typing import Any

import pytest

from reviewkit.prisma.rerun import SELECTION_BOXES
from tests.helpers.als_corpus import als_corpus
from tests.helpers.command import copy_project, reaching, reviewkit
from tests.servers.eutils_server import EutilsServer

# It came after the day of the published search, so that only an update returns it.
LATE = "pubmed:95000003"


@pytest.fixture
def protocol(tmp_path: Path) -> Path:
    """The rerun of the ALS review, and what a later update of PubMed brought."""
    protocol = copy_project(tmp_path)
    with EutilsServer(als_corpus()) as server:
        assert reviewkit("reproduce", protocol, settings=reaching(server)).returncode == 0
        done = reviewkit("update", "-p", protocol, settings=reaching(server))
        assert done.returncode == 0, done.stderr
    return protocol


def drawn(protocol: Path, template: str) -> dict[str, Any]:
    done = reviewkit("prisma", "-p", protocol, "--template", template, "--format", "json")
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def screened(protocol: Path, verdict: str) -> None:
    script = protocol.parent / "script.csv"
    script.write_text(f"record,verdict\n{LATE},{verdict}\n", encoding="utf-8")
    done = reviewkit("screen", "-p", protocol, "--reviewer", "ana", "--decisions", script, "-y")
    assert done.returncode == 0, done.stderr


def text_of(flow: dict[str, Any]) -> str:
    return "\n".join(line["text"] for box in flow["boxes"] for line in box["lines"])


@pytest.mark.slow
@pytest.mark.parametrize("template", ["new", "updated"])
def test_nobody_has_screened_what_the_update_brought(protocol: Path, template: str) -> None:
    flow = drawn(protocol, template)
    text = text_of(flow)
    for step in ("Records screened", "Records excluded", "Reports assessed for eligibility"):
        assert f"{step} (not repeated)" in text
    assert "Already screened" not in text
    assert flow["counts"]["not_repeated"] == list(SELECTION_BOXES)


@pytest.mark.slow
@pytest.mark.parametrize("template", ["new", "updated"])
def test_what_the_team_screened_is_counted_and_nothing_else(protocol: Path, template: str) -> None:
    left = drawn(protocol, template)["counts"]["awaiting_screening"]
    screened(protocol, "exclude")
    flow = drawn(protocol, template)["counts"]
    assert (flow["records_screened"], flow["records_excluded"]) == (1, 1)
    assert (flow["dbr_sought_reports"], flow["awaiting_screening"]) == (0, left - 1)
    assert flow["footnotes"][0].startswith("The selection of the records that the rerun found")

    screened(protocol, "include")
    flow = drawn(protocol, template)["counts"]
    assert (flow["records_screened"], flow["records_excluded"]) == (1, 0)
    assert flow["dbr_sought_reports"] == flow["awaiting_assessment"] == 1


@pytest.mark.slow
def test_a_version_is_frozen_and_the_report_stays_that_of_the_rerun(protocol: Path) -> None:
    screened(protocol, "include")
    done = reviewkit("release", "v1", "-p", protocol)
    assert done.returncode == 0, done.stderr
    done = reviewkit("report", "-p", protocol, "--format", "json")
    boxes = {box["key"]: box for box in json.loads(done.stdout)["boxes"]}
    assert boxes["new_studies"]["silence"] == "not repeated"


@pytest.mark.slow
def test_the_list_of_a_box_says_which_records_nobody_screened(protocol: Path) -> None:
    screened(protocol, "include")
    out = protocol.parent / "flow.html"
    done = reviewkit("prisma", "-p", protocol, "--template", "new", "--out", out)
    assert done.returncode == 0, done.stderr
    page = out.read_text(encoding="utf-8")
    assert "Decided by the team: the last record. All others: nobody has screened" in page
