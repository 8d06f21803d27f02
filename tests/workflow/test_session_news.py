"""What happens to records while a session is open: they come, leave, or go to others."""

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from reviewkit.model.records import Record, Stage
from reviewkit.screening.models import Filter, Order
from reviewkit.store import Store, update_log
from reviewkit.store.runs import add_run
from reviewkit.workflow.duplicates.dedupe import run_dedupe
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.screening.assign import AssignOptions, assign
from reviewkit.workflow.session import session_queue
from reviewkit.workflow.session.screening import ScreeningSession
from tests.helpers.screening_review import (
    NOW,
    TWO,
    make_records,
    make_review,
    run_of,
    session_of,
    wait_until_ranked,
)


def bring(project: ReviewProject, records: Sequence[Record], *, at: str = "2026-02-01") -> None:
    """What another process does: a further search."""
    with Store(project.database, now=NOW) as store, store.transaction():
        run = run_of(records, at=at)
        add_run(store, run, records, protocol=project.protocol_sha256, counts_in_flow=True)


def key_in_view(session: ScreeningSession) -> str:
    assert session.view
    return session.view.record.key


@pytest.mark.slow
@pytest.mark.parametrize("order", [Order.ID, Order.RANDOM, Order.RANKED])
def test_new_records_come_into_an_open_session(tmp_path: Path, order: Order) -> None:
    project = make_review(tmp_path, count=4)
    with session_of(project, order=order) as session:
        session.include()
        bring(project, make_records(2, first=4))
        assert session.include().message == "Included. 2 more records have come."
        assert session.progress.left == 4
        assert session.include().message == "Included."
        seen = {key_in_view(session)}
        while session.include().view:
            seen.add(key_in_view(session))
        assert session.progress.done == 6


def test_what_was_skipped_waits_on_when_records_come(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=3)
    with session_of(project) as session:
        session.skip()
        bring(project, make_records(2, first=3))
        session.include()
        order = [key_in_view(session)]
        while session.include().view:
            order.append(key_in_view(session))
    assert order == ["pubmed:00002", "pubmed:00003", "pubmed:00004", "pubmed:00000"]


def test_a_filter_takes_in_what_comes(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=4)
    with session_of(project) as session:
        session.navigation.set_filter(Filter(year_from=2002, year_to=2004))
        bring(project, make_records(2, first=4))
        seen = [key_in_view(session)]
        while session.include().view:
            seen.append(key_in_view(session))
    assert seen == ["pubmed:00002", "pubmed:00003", "pubmed:00004"]


def test_a_record_that_was_linked_meanwhile_is_not_decided_on(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=2)
    copy = replace(make_records(1)[0], source_id="00009", volume="3", issue="1", pages="1-9")
    bring(project, [copy])
    with session_of(project) as session:
        session.include()
        session.include()
        assert key_in_view(session) == "pubmed:00009"
        run_dedupe(project, dry_run=False, now=NOW)
        with Store(project.database, now=NOW) as store:
            assert store.rows("SELECT record, lead FROM duplicates") == [
                ("pubmed:00009", "pubmed:00000")
            ]
            before = store.rows("SELECT record FROM decisions")
        step = session.exclude("not on guts")
        assert (
            step.message == "pubmed:00009 is no longer a record of this stage: nothing was stored."
        )
        assert step.view is None
        with Store(project.database, now=NOW) as store:
            assert store.rows("SELECT record FROM decisions") == before
        assert session.progress.left == 0
        assert session.undo().message.startswith("Taken back")


def test_a_copy_that_leads_in_place_of_another_comes_into_an_open_session(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=2)
    bring(
        project,
        [replace(make_records(1)[0], source_id="00009", volume="3", issue="1", pages="1-9")],
    )
    run_dedupe(project, dry_run=False, now=NOW)
    with session_of(project) as session:
        assert [hit.record for hit in session.navigation.list_records()] == [
            "pubmed:00000",
            "pubmed:00001",
        ]
        with Store(project.database, now=NOW) as store, store.transaction():
            store.write("DELETE FROM duplicates", [()])
            store.write("INSERT INTO duplicates VALUES ('pubmed:00000', 'pubmed:00009')", [()])
        session.skip()
        assert [hit.record for hit in session.navigation.list_records()] == [
            "pubmed:00001",
            "pubmed:00009",
        ]


def test_who_is_to_screen_is_heard_by_an_open_session(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=6)
    with session_of(project, "ana") as session:
        assert session.progress.left == 6
        assign(
            project,
            ["ana", "ben"],
            AssignOptions(by="cy", stage=Stage.TITLE_ABSTRACT),
            now=NOW,
        )
        session.skip()
        assert session.progress.left == 3


def test_what_an_update_brings_comes_when_it_is_linked_and_checked(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=3)
    with session_of(project) as session:
        with Store(project.database, now=NOW) as store, store.transaction():
            update_log.begin_update(
                store, at="2026-03-01T00:00:00+00:00", protocol=project.protocol_sha256, options={}
            )
        bring(project, make_records(2, first=3))
        assert session.include().message == "Included."
        with Store(project.database, now=NOW) as store, store.transaction():
            update_log.end_update(
                store, 1, at="2026-03-01", outcome="complete", last_run=2, summary={}
            )
        assert session.include().message == "Included. 2 more records have come."


def test_two_sessions_that_only_decide_read_nothing_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = make_review(tmp_path, count=6, screening=TWO)
    with session_of(project, "ana") as one, session_of(project, "ben") as two:
        monkeypatch.setattr(session_queue, "read_facts", None)
        for _ in range(3):
            one.include()
            two.include()


@pytest.mark.slow
def test_new_records_are_ranked_in_an_open_session(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=30)
    with session_of(project, order=Order.RANKED) as session:
        wait_until_ranked(session)
        for _ in range(6):
            view = session.view
            assert view
            on_guts = "gut" in (view.record.title or "")
            _ = session.include() if on_guts else session.exclude("not on guts")
        bring(project, make_records(6, first=100))
        session.skip()
        new = {f"pubmed:{i:05}" for i in range(100, 106)}
        for _ in range(200):
            listed = [hit.record for hit in session.navigation.list_records()]
            # Unranked ones stand behind all others: ranked ones on guts stand before those on mice.
            if min(listed.index(key) for key in new) < 12:
                return
            time.sleep(0.05)
            session.skip()
        raise AssertionError("the new records were never ranked")
