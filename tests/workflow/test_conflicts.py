"""Conflicts, settled one after another by a third person, without a user interface."""

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewkit.model.errors import UsageError
from reviewkit.model.records import Stage, Verdict
from reviewkit.screening.models import SessionProgress
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.session.conflicts import (
    ConflictSession,
    ConflictStep,
    list_conflicts,
    open_conflicts,
)
from tests.helpers.conflicts import in_conflict
from tests.helpers.screening_review import NOW, TWO, make_review, session_of, ticking
from tests.helpers.session_contract import key, rows

SETTLED = "SELECT record, stage, settled_by, verdict, reason, why FROM resolutions ORDER BY step, 1"
TITLES = "title_abstract"


@pytest.fixture
def project(tmp_path: Path) -> ReviewProject:
    """Ana includes three records with a note; Li excludes them, in animals only."""
    return in_conflict(tmp_path, include_note="on guts", exclude_note="mice")


@pytest.fixture
def session(project: ReviewProject) -> Iterator[ConflictSession]:
    with open_conflicts(project, "eva", clock=ticking()) as opened:
        yield opened


def in_view(shown: ConflictSession | ConflictStep) -> str | None:
    return shown.view.record.key if shown.view else None


def test_a_conflict_shows_what_everybody_said_and_what_is_known(session: ConflictSession) -> None:
    view = session.view
    assert view is not None
    assert view.conflict == (key(0), Stage.TITLE_ABSTRACT)
    assert [(d.reviewer, d.verdict, d.reason, d.note) for d in view.decisions] == [
        ("ana", Verdict.INCLUDE, None, "on guts"),
        ("li", Verdict.EXCLUDE, "in animals only", "mice"),
    ]
    assert view.citation.startswith("Silva A. Title 0 on mice.")
    assert [link.url for link in view.links] == ["https://doi.org/10.1000/0"]
    assert [criterion.criterion for criterion in view.criteria] == ["theme", "off_theme", "animals"]
    assert session.reasons == ("not on guts", "in animals only")
    assert (session.review, session.reviewer) == ("Guts and nerves", "eva")


def test_each_way_of_settling_is_stored_with_its_reason_and_why(
    session: ConflictSession, project: ReviewProject
) -> None:
    assert session.progress == SessionProgress(done=0, left=3)
    lines = [session.include("it is on guts"), session.exclude(1), session.exclude(why="mice")]
    assert [step.message for step in lines] == [
        "Settled: include.",
        "Settled: exclude (not on guts).",
        # Those who exclude named one reason: it is taken.
        "Settled: exclude (in animals only).",
    ]
    assert [in_view(step) for step in lines] == [key(1), key(2), None]
    assert session.progress == SessionProgress(done=3, left=0)
    assert sorted(rows(project, SETTLED)) == [
        (key(0), TITLES, "eva", "include", None, "it is on guts"),
        (key(1), TITLES, "eva", "exclude", "not on guts", None),
        (key(2), TITLES, "eva", "exclude", "in animals only", "mice"),
    ]
    stages = rows(project, "SELECT settled_at, protocol_sha256 FROM resolutions")
    assert len({at for at, _ in stages}) == 3
    assert {protocol for _, protocol in stages} == {project.protocol_sha256}
    with pytest.raises(UsageError, match="no conflict waits"):
        session.include()


def test_notes_of_everybody_on_the_record_are_shown(project: ReviewProject) -> None:
    with session_of(project, "ana") as screening:
        for record, text in ((key(0), "mice and guts"), (key(1), "another")):
            screening.navigation.jump(record)
            screening.notes.write_note(text)
    with open_conflicts(project, "eva", clock=ticking()) as session:
        assert session.view is not None
        assert session.view.notes == (("ana", "mice and guts"),)


@pytest.mark.parametrize("number", [0, 3, -1])
def test_a_reason_is_one_of_the_protocol(session: ConflictSession, number: int) -> None:
    with pytest.raises(UsageError, match=f"there is no reason {number}") as raised:
        session.exclude(number)
    assert raised.value.hint == "reasons go from 1 to 2"
    assert session.progress.done == 0
    assert session.exclude(2).message == "Settled: exclude (in animals only)."


def test_where_the_reasons_differ_none_is_taken(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=1, screening=TWO.replace("= 2,", "= 3,"))
    for name, reason in (("ana", 1), ("li", 2)):
        with session_of(project, name) as screening:
            screening.exclude(reason)
    with session_of(project, "rui") as screening:
        screening.include()
    with open_conflicts(project, "eva", clock=ticking()) as session:
        assert session.exclude().message == "Settled: exclude."
    assert rows(project, SETTLED) == [(key(0), TITLES, "eva", "exclude", None, None)]


def test_at_full_text_an_exclusion_needs_a_reason(tmp_path: Path) -> None:
    screening = "[screening]\nreviewers = { title_abstract = 1, full_text = 3 }\n"
    project = make_review(tmp_path, count=1, screening=screening)
    with session_of(project, "ana") as session:
        session.include()
    for name, reason in (("ana", 1), ("li", 2), ("rui", None)):
        with session_of(project, name, stage=Stage.FULL_TEXT) as session:
            session.exclude(reason) if reason else session.include()
    with open_conflicts(project, "eva", clock=ticking()) as conflicts:
        with pytest.raises(
            UsageError, match="at full text an exclusion needs its reason"
        ) as answer:
            conflicts.exclude()
        assert answer.value.hint == "give its number"
        assert conflicts.exclude(2).message == "Settled: exclude (in animals only)."
    assert rows(project, SETTLED)[0][1] == "full_text"


def test_what_is_skipped_comes_after_the_others_in_its_order(session: ConflictSession) -> None:
    assert session.skip().message == "Skipped: it comes again after the others."
    session.skip()
    assert in_view(session) == key(2)
    # All are skipped: the one that waits longest comes.
    assert in_view(session.skip()) == key(0)
    assert in_view(session.skip()) == key(1)
    back = session.undo()
    assert (back.message, in_view(back)) == (
        f"Back to the conflict that was skipped: {key(0)}.",
        key(0),
    )
    assert in_view(session.undo()) == key(2)
    # What undo brought back is settled: the next in turn comes.
    assert in_view(session.include()) == key(0)
    assert session.progress == SessionProgress(done=1, left=2)


def test_undo_opens_a_conflict_again_and_shows_it_first(
    session: ConflictSession, project: ReviewProject
) -> None:
    session.include()
    session.include()
    back = session.undo()
    assert (back.message, in_view(back)) == (f"Open again: {key(1)}.", key(1))
    assert session.progress == SessionProgress(done=1, left=2)
    # It is skipped: it comes no longer before the others.
    assert in_view(session.skip()) == key(2)
    session.undo()
    assert in_view(session.undo()) == key(0)
    assert session.progress == SessionProgress(done=0, left=3)
    verdicts = "SELECT record, verdict FROM resolutions ORDER BY resolution"
    assert rows(project, verdicts) == [
        (key(0), "include"),
        (key(1), "include"),
        (key(1), "withdrawn"),
        (key(0), "withdrawn"),
    ]
    assert rows(project, "SELECT count(*) FROM conflicts") == [(3,)]
    with pytest.raises(UsageError, match="nothing to undo"):
        session.undo()


def test_undo_goes_on_with_what_the_reviewer_settled_in_earlier_sessions(
    project: ReviewProject,
) -> None:
    for name in ("eva", "rui"):
        with open_conflicts(project, name, clock=ticking()) as session:
            session.include()
    with open_conflicts(project, "eva", clock=ticking()) as session:
        step = session.undo()
        assert (step.message, in_view(step)) == (f"Open again: {key(0)}.", key(0))
        assert session.progress == SessionProgress(done=0, left=2)
        with pytest.raises(UsageError, match="nothing to undo"):
            session.undo()


def test_a_conflict_that_is_settled_meanwhile_is_told_and_left(
    project: ReviewProject, session: ConflictSession
) -> None:
    with open_conflicts(project, "rui", clock=ticking()) as other:
        other.include()
    step = session.exclude(1)
    assert step.message == (
        f"{key(0)} is no longer in conflict: somebody settled it, or changed a decision. "
        "Nothing was stored."
    )
    assert in_view(step) == key(1)
    assert session.progress == SessionProgress(done=0, left=2)
    assert [row[2] for row in rows(project, SETTLED)] == ["rui"]
    with pytest.raises(UsageError, match="nothing to undo"):
        session.undo()


def test_open_conflicts_are_listed_with_what_everybody_said(project: ReviewProject) -> None:
    listed = list_conflicts(project, now=NOW)
    assert [(row["record"], row["stage"]) for row in listed] == [
        (key(n), Stage.TITLE_ABSTRACT) for n in range(3)
    ]
    assert listed[0]["decisions"] == [
        {"reviewer": "ana", "verdict": "include", "reason": None, "note": "on guts"},
        {
            "reviewer": "li",
            "verdict": "exclude",
            "reason": "in animals only",
            "note": "mice",
        },
    ]


def test_the_time_of_a_settlement_is_the_clock_s(tmp_path: Path) -> None:
    project = in_conflict(tmp_path, 1)
    moment = datetime.datetime(2027, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)
    with open_conflicts(project, "eva", clock=lambda: moment) as session:
        session.include()
    ((at,),) = rows(project, "SELECT settled_at FROM resolutions")
    assert at.startswith("2027-01-02T03:04:05")
