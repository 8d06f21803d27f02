"""Decisions carried between machines: in any order, as often as one likes, from either side, or refused in words."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewkit.errors import DamagedFile, ReviewkitError, UsageError
from reviewkit.partition import RecordState, Selection
from reviewkit.records import Stage
from reviewkit.screening.nouns import RetrievalOutcome
from reviewkit.store import Store
from reviewkit.store.decisions import name_published_reviewer, states
from reviewkit.store.events import KINDS, event_sha256, read_events
from reviewkit.workflow.place import Place, open_place
from reviewkit.workflow.screening.assign import assign
from reviewkit.workflow.screening.exchange import export_decisions, import_decisions
from reviewkit.workflow.screening.resolve import open_conflicts
from reviewkit.workflow.screening.session import ScreeningSession
from tests.screening_review import NOW, TWO, make_review, session_of, ticking


def export(place: Place, reviewer: str | None = None) -> str:
    return "\n".join(export_decisions(place, reviewer, now=NOW)) + "\n"


def take_in(place: Place, text: str) -> int:
    return import_decisions(place, text, where="ana.jsonl", now=NOW).new


def whole(place: Place) -> tuple[dict[str, list[str]], list[RecordState]]:
    """Every event by its name, and every state that follows."""
    with Store(place.database, now=NOW) as store:
        events = {kind.name: sorted(map(event_sha256, read_events(store, kind))) for kind in KINDS.values()}
        return events, states(store, Selection.TEAM)


def copy_of(place: Place, folder: Path) -> Place:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(place.protocol_path.parent.parent, folder)
    return open_place(folder / "protocols" / place.protocol_path.name)


def carry_out(session: ScreeningSession, act: str) -> None:
    acts: dict[str, Callable[[], object]] = {
        "include": session.include,
        "exclude": lambda: session.exclude(2),
        "maybe": session.maybe,
        "undo": session.undo,
        "back": session.back,
        "note": lambda: session.write_note("a note\nof two lines\u2028"),
        "tag": lambda: session.toggle_tag("key"),
        "sought": lambda: session.set_retrieval(RetrievalOutcome.NOT_RETRIEVED, "nowhere"),
    }
    # What cannot be done at this moment is not done, as in any face.
    try:
        acts[act]()
    except UsageError:
        return


ACTS = st.lists(st.sampled_from(["include", "exclude", "maybe", "undo", "back", "note", "tag", "sought"]), max_size=8)
WORK = st.lists(st.tuples(st.sampled_from(["ana", "rui"]), st.sampled_from([*Stage]), ACTS), max_size=3)


def screen(place: Place, work: list[tuple[str, Stage, list[str]]], clock: Callable[[], Any]) -> None:
    for reviewer, stage, acts in work:
        with session_of(place, reviewer, stage=stage, clock=clock) as session:
            for act in acts:
                carry_out(session, act)
    with open_conflicts(place, "li", clock=clock) as conflicts:
        if conflicts.view:
            conflicts.include("looked again")


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
    assert export(ours) == export(theirs)
    assert take_in(ours, from_theirs) == take_in(theirs, from_ours) == 0


@pytest.fixture
def place(tmp_path: Path) -> Place:
    place = make_review(tmp_path / "here", count=6)
    clock = ticking()
    assign(place, ["ana", "rui"], by="li", stage=Stage.TITLE_ABSTRACT, overlap="50%", now=NOW)
    for reviewer in ("ana", "rui"):
        with session_of(place, reviewer, clock=clock) as session:
            for act in ("note", "include", "exclude", "tag", "undo", "include"):
                carry_out(session, act)
    return place


def test_files_of_single_reviewers_in_any_order_make_the_whole(place: Place, tmp_path: Path) -> None:
    files = [export(place, name) for name in ("ana", "rui", "li")]
    results = []
    for number, order in enumerate(([0, 1, 2], [2, 1, 0, 1])):
        empty = make_review(tmp_path / f"there{number}", count=6)
        for which in order:
            take_in(empty, files[which])
        results.append(whole(empty))
    assert results[0] == results[1] == whole(place)


def changed(text: str, **values: object) -> str:
    lines = text.splitlines()
    return "\n".join([json.dumps({**json.loads(lines[0]), **values}), *lines[1:]])


def refused(place: Place, text: str, error: type[ReviewkitError], told: str) -> None:
    before = whole(place)
    with pytest.raises(error, match=told) as raised:
        take_in(place, text)
    assert raised.value.where == "ana.jsonl"
    assert raised.value.hint
    assert whole(place) == before


def test_a_file_of_another_protocol_version_review_or_records_is_refused(place: Place, tmp_path: Path) -> None:
    text = export(place)
    refused(place, changed(text, protocol_sha256="f" * 64), UsageError, "another version of the protocol")
    refused(place, changed(text, review="other"), UsageError, "of the review 'other'")
    fewer = make_review(tmp_path / "there", count=2)
    refused(fewer, text, UsageError, "records that this database does not have")


def test_a_file_that_was_cut_off_or_changed_by_hand_is_refused(place: Place) -> None:
    text = export(place)
    refused(place, "\n".join(text.splitlines()[:-1]), DamagedFile, "should have")
    refused(place, text[:-20], DamagedFile, "is not JSON")
    refused(place, text.replace('"verdict": "include"', '"verdict": "exclude"', 1), DamagedFile, "not as it was")
    refused(place, "", DamagedFile, "is no export")
    refused(place, '{"format": "something else"}', DamagedFile, "is no export")
    refused(place, "[1]\n", DamagedFile, "is no export")
    refused(place, "record,verdict\n", DamagedFile, "is not JSON")


def test_the_published_selection_is_neither_exported_nor_taken_in(place: Place) -> None:
    text = export(place, "ana")
    with Store(place.database, now=NOW) as store, store.transaction():
        name_published_reviewer(store, "ana")
    assert '"ana"' not in "".join(line for line in export(place).splitlines() if '"decision"' in line)
    refused(place, text, UsageError, "in the name of the published review")


def test_a_reviewer_who_said_nothing_is_no_empty_file(place: Place) -> None:
    with pytest.raises(UsageError, match="has said nothing"):
        export(place, "bea")


def test_a_forged_event_that_the_schema_refuses_leaves_nothing(place: Place) -> None:
    lines = export(place).splitlines()
    event = json.loads(next(line for line in lines if '"kind": "decision"' in line))
    event["verdict"], event["reviewer"] = "perhaps", "new"
    del event["sha256"]
    forged = json.dumps({**event, "sha256": event_sha256(event)})
    header = json.dumps({**json.loads(lines[0]), "events": len(lines)})
    before = whole(place)
    with pytest.raises(DamagedFile, match="cannot be: CHECK"):
        take_in(place, "\n".join([header, *lines[1:], forged]))
    assert whole(place) == before
    with sqlite3.connect(place.database) as database:
        assert database.execute("SELECT count(*) FROM decisions WHERE reviewer = 'new'").fetchone() == (0,)
    database.close()
