"""A report that was not retrieved is settled: queue, status, export, flow and report agree."""

import json
from pathlib import Path
from typing import Any

import pytest

from reviewkit.model.records import Stage
from reviewkit.screening.models import RetrievalOutcome
from reviewkit.workflow.project import ReviewProject
from tests.helpers.command import reviewkit
from tests.helpers.screening_review import make_review, session_of


def figures(project: ReviewProject) -> dict[str, Any]:
    """What each output says of the reports at full text."""
    path = project.protocol_path
    status = json.loads(reviewkit("status", "--json", "-p", path).stdout)
    counts = json.loads(reviewkit("prisma", "--format", "json", "-p", path).stdout)["counts"]
    exported = reviewkit("export", "-f", "csv", "--status", "not_retrieved", "-p", path).stdout
    undecided = reviewkit("export", "-f", "csv", "--status", "undecided", "-p", path).stdout
    report = json.loads(reviewkit("report", "--format", "json", "-p", path).stdout)
    stage = status["stages"][1]
    return {
        "lost": {
            stage["not_retrieved"],
            status["states"]["not_retrieved"],
            counts["dbr_notretrieved_reports"],
            report["flow"]["dbr_notretrieved_reports"],
            len(exported.splitlines()) - 1,
        },
        "left": {
            stage["undecided"],
            status["states"]["awaiting_assessment"],
            counts["awaiting_assessment"],
            report["flow"]["awaiting_assessment"],
            len(undecided.splitlines()) - 1,
            *(person["left"] for person in stage["reviewers"]),
        },
        "next": [step for step in status["next"] if "full text" in step],
    }


def include_all(project: ReviewProject) -> None:
    with session_of(project) as session:
        while session.view:
            session.include()


@pytest.mark.slow
def test_what_was_not_retrieved_is_left_nowhere_and_can_be_brought_back(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=4)
    include_all(project)
    with session_of(project, stage=Stage.FULL_TEXT) as session:
        session.include()
        assert session.view
        lost = session.view.record.key
        session.retrieval.set_outcome(RetrievalOutcome.NOT_RETRIEVED, "three libraries")
        assert session.progress.left == 2
    found = figures(project)
    assert (found["lost"], found["left"]) == ({1}, {2})

    with session_of(project, stage=Stage.FULL_TEXT) as session:
        while session.view:
            assert session.view.record.key != lost
            session.include()
    found = figures(project)
    assert (found["lost"], found["left"], found["next"]) == ({1}, {0}, [])

    with session_of(project, stage=Stage.FULL_TEXT) as session:
        session.navigation.jump(lost)
        session.retrieval.set_outcome(RetrievalOutcome.RETRIEVED)
        assert session.progress.left == 1
    found = figures(project)
    assert (found["lost"], found["left"]) == ({0}, {1})


def test_another_open_session_learns_that_a_report_was_not_retrieved(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=2)
    include_all(project)
    with (
        session_of(project, "ana", stage=Stage.FULL_TEXT) as ana,
        session_of(project, "rui", stage=Stage.FULL_TEXT) as rui,
    ):
        ana.retrieval.set_outcome(RetrievalOutcome.NOT_RETRIEVED)
        rui.skip()
        assert rui.progress.left == 1


@pytest.mark.slow
def test_what_was_said_before_a_report_was_lost_is_no_conflict(tmp_path: Path) -> None:
    needed = "[screening]\nreviewers = { title_abstract = 1, full_text = 2 }\n"
    project = make_review(tmp_path, count=1, screening=needed)
    include_all(project)
    with session_of(project, "rui", stage=Stage.FULL_TEXT) as session:
        session.include()
    with session_of(project, "ana", stage=Stage.FULL_TEXT) as session:
        session.exclude(1)
    with session_of(project, "ana", stage=Stage.FULL_TEXT) as session:
        session.navigation.jump("pubmed:00000")
        session.retrieval.set_outcome(RetrievalOutcome.NOT_RETRIEVED)
    found = figures(project)
    assert (found["lost"], found["left"], found["next"]) == ({1}, {0}, [])
