"""Decisions carried between machines: in any order, as often as one likes, from either side, or
refused in words.
"""

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewkit.model.errors import DamagedFile, ReviewkitError, UsageError
from reviewkit.model.records import Stage
from reviewkit.prisma.partition import RecordState, Selection
from reviewkit.screening.models import RetrievalOutcome
from reviewkit.store import Store
from reviewkit.store.decisions import name_published_reviewer, states
from reviewkit.store.events import KINDS, event_sha256, read_events
from reviewkit.workflow.project import ReviewProject, open_project
from reviewkit.workflow.screening.assign import AssignOptions, assign
from reviewkit.workflow.screening.exchange import export_decisions, import_decisions
from reviewkit.workflow.session.conflicts import open_conflicts
from reviewkit.workflow.session.screening import ScreeningSession
from tests.helpers.effort import examples
from tests.helpers.screening_review import NOW, TWO, make_review, session_of, ticking
from tests.helpers.stores import without_chain


def export(project: ReviewProject, reviewer: str | None = None) -> str:
    return "\n".join(export_decisions(project, reviewer, now=NOW)) + "\n"


def take_in(project: ReviewProject, text: str) -> int:
    return import_decisions(project, text, where="ana.jsonl", now=NOW).new


def whole(project: ReviewProject) -> tuple[dict[str, list[str]], list[RecordState]]:
    """Every event by its name, and every state that follows."""
    with Store(project.database, now=NOW) as store:
        events = {
            kind.name: sorted(map(event_sha256, read_events(store, kind)))
            for kind in KINDS.values()
        }
        return events, states(store, Selection.TEAM)


def copy_of(project: ReviewProject, folder: Path) -> ReviewProject:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(project.protocol_path.parent.parent, folder)
    return open_project(folder / "protocols" / project.protocol_path.name)


def carry_out(session: ScreeningSession, act: str) -> None:
    acts: dict[str, Callable[[], object]] = {
        "include": session.include,
        "exclude": lambda: session.exclude(2),
        "maybe": session.maybe,
        "undo": session.undo,
        "back": session.navigation.back,
        "note": lambda: session.notes.write_note("a note\nof two lines\u2028"),
        "tag": lambda: session.notes.toggle_tag("key"),
        "sought": lambda: session.retrieval.set_outcome(RetrievalOutcome.NOT_RETRIEVED, "nowhere"),
    }
    # What cannot be done at this moment is not done, as in any interface.
    try:
        acts[act]()
    except UsageError:
        return


ACTS = st.lists(
    st.sampled_from(["include", "exclude", "maybe", "undo", "back", "note", "tag", "sought"]),
    max_size=8,
)
WORK = st.lists(
    st.tuples(st.sampled_from(["ana", "rui"]), st.sampled_from([*Stage]), ACTS), max_size=3
)


def screen(
    project: ReviewProject, work: list[tuple[str, Stage, list[str]]], clock: Callable[[], Any]
) -> None:
    for reviewer, stage, acts in work:
        with session_of(project, reviewer, stage=stage, clock=clock) as session:
            for act in acts:
                carry_out(session, act)
    with open_conflicts(project, "li", clock=clock) as conflicts:
        if conflicts.view:
            conflicts.include("looked again")


@pytest.mark.slow
@settings(
    deadline=None,
    max_examples=examples(15),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(WORK, WORK, WORK)
def test_two_copies_screened_apart_come_to_the_same_from_either_side(
    tmp_path: Path, before: list[Any], here: list[Any], there: list[Any]
) -> None:
    shutil.rmtree(tmp_path / "here", ignore_errors=True)
    clock = ticking()
    ours = make_review(tmp_path / "here", count=4, screening=TWO)
    screen(ours, before, clock)
    theirs = copy_of(ours, tmp_path / "there")
    # The clocks of two machines do not agree; here they even show the same times.
    start = clock()
    screen(ours, here, ticking(start))
    screen(theirs, there, ticking(start))
    from_ours, from_theirs = export(ours), export(theirs)
    take_in(ours, from_theirs)
    take_in(theirs, from_ours)
    assert whole(ours) == whole(theirs)
    assert without_chain(export(ours)) == without_chain(export(theirs))
    assert take_in(ours, from_theirs) == take_in(theirs, from_ours) == 0


@pytest.fixture
def project(tmp_path: Path) -> ReviewProject:
    project = make_review(tmp_path / "here", count=6)
    clock = ticking()
    assign(
        project,
        ["ana", "rui"],
        AssignOptions(by="li", stage=Stage.TITLE_ABSTRACT, overlap="50%"),
        now=NOW,
    )
    for reviewer in ("ana", "rui"):
        with session_of(project, reviewer, clock=clock) as session:
            for act in ("note", "include", "exclude", "tag", "undo", "include"):
                carry_out(session, act)
    return project


@pytest.mark.slow
def test_files_of_single_reviewers_in_any_order_make_the_whole(
    project: ReviewProject, tmp_path: Path
) -> None:
    files = [export(project, name) for name in ("ana", "rui", "li")]
    results = []
    for number, order in enumerate(([0, 1, 2], [2, 1, 0, 1])):
        empty = make_review(tmp_path / f"there{number}", count=6)
        for which in order:
            take_in(empty, files[which])
        results.append(whole(empty))
    assert results[0] == results[1] == whole(project)


def changed(text: str, **values: object) -> str:
    lines = text.splitlines()
    return "\n".join([json.dumps({**json.loads(lines[0]), **values}), *lines[1:]])


def refused(project: ReviewProject, text: str, error: type[ReviewkitError], message: str) -> None:
    before = whole(project)
    with pytest.raises(error, match=message) as raised:
        take_in(project, text)
    assert raised.value.where == "ana.jsonl"
    assert raised.value.hint
    assert whole(project) == before


@pytest.mark.slow
def test_a_file_of_another_protocol_version_review_or_records_is_refused(
    project: ReviewProject, tmp_path: Path
) -> None:
    text = export(project)
    refused(
        project,
        changed(text, protocol_sha256="f" * 64),
        UsageError,
        "other stages or exclusion reasons",
    )
    refused(project, changed(text, review="other"), UsageError, "of the review 'other'")
    fewer = make_review(tmp_path / "there", count=2)
    refused(fewer, text, UsageError, "records that this database does not have")


@pytest.mark.slow
def test_a_file_that_was_cut_off_or_changed_by_hand_is_refused(project: ReviewProject) -> None:
    text = export(project)
    refused(project, "\n".join(text.splitlines()[:-1]), DamagedFile, "should have")
    refused(project, text[:-20], DamagedFile, "is not JSON")
    refused(
        project,
        text.replace('"verdict": "include"', '"verdict": "exclude"', 1),
        DamagedFile,
        "not as it was",
    )
    refused(project, "", DamagedFile, "is no export")
    refused(project, '{"format": "something else"}', DamagedFile, "is no export")
    refused(project, "[1]\n", DamagedFile, "is no export")
    refused(project, "record,verdict\n", DamagedFile, "is not JSON")


def test_the_published_selection_is_neither_exported_nor_taken_in(project: ReviewProject) -> None:
    text = export(project, "ana")
    with Store(project.database, now=NOW) as store, store.transaction():
        name_published_reviewer(store, "ana")
    assert '"ana"' not in "".join(
        line for line in export(project).splitlines() if '"decision"' in line
    )
    refused(project, text, UsageError, "in the name of the published review")


def test_a_reviewer_who_said_nothing_is_no_empty_file(project: ReviewProject) -> None:
    with pytest.raises(UsageError, match="has decided nothing"):
        export(project, "bea")


def test_a_forged_event_that_the_schema_refuses_leaves_nothing(project: ReviewProject) -> None:
    lines = export(project).splitlines()
    event = json.loads(next(line for line in lines if '"kind": "decision"' in line))
    event["verdict"], event["reviewer"] = "perhaps", "new"
    del event["sha256"]
    forged = json.dumps({**event, "sha256": event_sha256(event)})
    header = json.dumps({**json.loads(lines[0]), "events": len(lines)})
    before = whole(project)
    with pytest.raises(DamagedFile, match="cannot be: CHECK"):
        take_in(project, "\n".join([header, *lines[1:], forged]))
    assert whole(project) == before
    with sqlite3.connect(project.database) as database:
        assert database.execute(
            "SELECT count(*) FROM decisions WHERE reviewer = 'new'"
        ).fetchone() == (0,)
    database.close()
