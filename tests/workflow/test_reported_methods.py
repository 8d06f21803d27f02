"""A protocol says all that an article reports; a review of one's own says how it selected."""

import json
from pathlib import Path
from typing import Any

import pytest

from reviewkit.model.errors import ReviewkitError
from reviewkit.model.records import Stage
from reviewkit.prisma.check import check
from reviewkit.protocol.parse import parse_protocol
from reviewkit.reproduction.flows import compare_flows, reported_flow
from reviewkit.reproduction.reporting_items import judge_reporting
from reviewkit.workflow.session.conflicts import open_conflicts
from tests.helpers.command import copy_project, reviewkit
from tests.helpers.screening_review import TWO, make_review, session_of, ticking

REPORTED = """
[reported.methods]
filters = "the Cochrane filter for trials, unchanged"
peer_review = "PRESS, by a second librarian"
reviewers = "two, independently"
agreement = "kappa 0.81"
[reported.search_dates]
pubmed = 2026-03-01
[reported.studies]
"Kaul trial" = ["kaul2024"]
[[reported.excluded_reports]]
title = "A report without patients"
reason = "wrong population"
"""


@pytest.fixture
def protocol(tmp_path: Path) -> Path:
    path = copy_project(tmp_path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text + REPORTED, encoding="utf-8")
    return path


def report(protocol: Path) -> dict[str, Any]:
    done = reviewkit("report", "-p", protocol, "--format", "json")
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


@pytest.mark.slow
def test_methods_excluded_reports_and_studies_stand_in_report_and_checklist(
    protocol: Path,
) -> None:
    assert reviewkit("reproduce", protocol, "--offline").returncode == 0
    document = report(protocol)
    text = json.dumps(document, ensure_ascii=False)
    for words in ("PRESS, by a second librarian", "wrong population", "study: Kaul trial"):
        assert words in text

    done = reviewkit("checklist", "-s", "prisma-s", "-f", "json", "-p", protocol)
    items = {item["id"]: item for item in json.loads(done.stdout)["items"]}
    assert (items["14"]["state"], items["10"]["state"]) == ("evidence", "evidence")
    assert items["13"]["state"] == "partly"  # a date for one source of two
    assert items["11"]["state"] == "not noted in the protocol"
    appendix = reviewkit("appendix", "-p", protocol).stdout
    assert "| A report without patients | wrong population |" in appendix


@pytest.mark.parametrize(
    ("wrong", "wanted"),
    [
        ('kaul2024"]', 'kaul2042"]'),
        ("pubmed = 2026-03-01", "pubmeb = 2026-03-01"),
        ("filters =", "filter ="),
    ],
)
def test_a_slip_in_what_is_reported_is_named(protocol: Path, wrong: str, wanted: str) -> None:
    text = protocol.read_text(encoding="utf-8").replace(wrong, wanted)
    with pytest.raises(ReviewkitError):
        parse_protocol(text, where="p.toml")


def test_the_other_arm_the_versions_and_the_reasons_are_boxes(protocol: Path) -> None:
    text = protocol.read_text(encoding="utf-8").replace(
        "database_results = 19",
        "database_results = 19\nother_assessed = 3\nprevious_studies = 2\ntotal_studies = 7",
        1,
    )
    text += '\n[reported.exclusion_reasons]\n"wrong population" = 4\n'
    parsed = parse_protocol(text, where="p.toml")
    flow = reported_flow(parsed)
    assert (flow.other_assessed, flow.previous_studies, flow.updated) == (3, 2, True)
    labels = [box.label for box in compare_flows(flow, flow)]
    assert "Reports excluded: wrong population" in labels
    assert "Total studies included in review" in labels
    assert check(flow) == ()


def test_limits_are_yes_where_the_review_says_that_it_limited_its_search(protocol: Path) -> None:
    text = protocol.read_text(encoding="utf-8")
    for origin, answer in (("reading", "partly"), ("published", "yes")):
        changed = text.replace('origin = "reading"\nas_of', f'origin = "{origin}"\nas_of')
        items = {i.number: i for i in judge_reporting(parse_protocol(changed, where="p"))}
        assert items[9].answer == answer


def test_a_review_of_ones_own_says_who_selected_and_what_software_did(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=4, screening=TWO)
    for person in ("ana", "bia"):
        with session_of(project, person) as session:
            while session.view is not None:
                if person == "ana" and session.view.record.key.endswith("1"):
                    session.exclude(1)
                else:
                    session.include()
    document = report(project.protocol_path)
    sections = {section["id"]: section for section in document["report"]["sections"]}
    lines = sections["selection"]["blocks"][0]["items"]
    assert "Title and abstract: each record needs 2 reviewers; 2 reviewers took part." in lines
    assert "Title and abstract: 1 conflict still open." in lines
    assert any("removed no record by date or language" in line for line in lines)


@pytest.mark.slow
def test_who_excluded_before_a_settlement_is_not_said_to_have_included(tmp_path: Path) -> None:
    needed = "[screening]\nreviewers = { title_abstract = 1, full_text = 2 }\n"
    project = make_review(tmp_path, count=1, screening=needed)
    with session_of(project, "ana") as session:
        session.include()
    for name in ("ana", "rui"):
        with session_of(project, name, stage=Stage.FULL_TEXT) as session:
            if name == "ana":
                session.include()
            else:
                session.exclude(1)
    with open_conflicts(project, "li", clock=ticking()) as conflicts:
        conflicts.include()
    done = reviewkit("report", "-p", project.protocol_path, "--format", "md")
    assert done.returncode == 0, done.stderr
    assert "included by ana; conflict settled by li" in done.stdout
    assert "included by ana, rui" not in done.stdout
