"""Whatever source is preferred, what people said of a record goes on to count when a copy of it comes."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from reviewkit.dedupe import Settled
from reviewkit.partition import State
from reviewkit.records import Record, Role, Stage
from reviewkit.store import Store
from reviewkit.store.decisions import states
from reviewkit.store.pair_decisions import PairDecision, add_pair_decision
from reviewkit.store.runs import add_protocol, add_run
from reviewkit.workflow.duplicates.dedupe import Summary, run_dedupe
from reviewkit.workflow.place import Place
from reviewkit.workflow.screening.exchange import export_decisions, import_decisions
from tests.command import reviewkit
from tests.screening_review import NOW, make_records, make_review, run_of, session_of

PREFER = '[[sources]]\nid = "lilacs"\nname = "LILACS"\nrole = "database"\n[dedupe]\nprefer = ["lilacs"]\n'


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return make_review(tmp_path, count=3, screening=PREFER)


def bring_copy(place: Place, of: int, **changes: object) -> None:
    """The preferred source brings a copy of a record, after the first search."""
    copy: Record = replace(make_records(of + 1)[of], source="lilacs", source_id=f"x{of}", **changes)  # type: ignore[arg-type]  # fields of a record
    run = replace(run_of([copy], at="2026-02-01"), source="lilacs")
    with Store(place.database, now=NOW) as store, store.transaction():
        add_run(store, run, [copy], protocol=place.protocol_sha256, counts_in_flow=True)


def dedupe(place: Place) -> Summary:
    return run_dedupe(place, dry_run=False, now=NOW)


def leads(place: Place) -> dict[str, str]:
    with Store(place.database, now=NOW) as store:
        return dict(store.tuples("SELECT record, lead FROM duplicates"))


def state_of(place: Place, record: str) -> State:
    with Store(place.database, now=NOW) as store:
        return next(state.state for state in states(store) if state.record == record)


def test_the_preferred_source_leads_what_nobody_has_screened(place: Place) -> None:
    bring_copy(place, 1)
    dedupe(place)
    assert leads(place) == {"pubmed:00001": "lilacs:x1"}


@pytest.mark.parametrize("verdict", ["include", "exclude", "maybe"])
def test_what_was_screened_leads_the_copy_that_comes(place: Place, verdict: str) -> None:
    with session_of(place) as session:
        session.jump("pubmed:00001")
        getattr(session, verdict)()
    before = state_of(place, "pubmed:00001")
    bring_copy(place, 1)
    assert dedupe(place).set_aside == {}
    assert leads(place) == {"lilacs:x1": "pubmed:00001"}
    assert state_of(place, "pubmed:00001") is before


def test_once_nothing_is_said_any_more_the_preferred_source_leads(place: Place) -> None:
    with session_of(place) as session:
        session.jump("pubmed:00001")
        session.include()
        bring_copy(place, 1)
        dedupe(place)
        session.undo()
    dedupe(place)
    assert leads(place) == {"pubmed:00001": "lilacs:x1"}


def test_of_two_that_were_screened_the_one_that_came_further_leads_and_the_other_is_named(place: Place) -> None:
    bring_copy(place, 1, title="Another title of number one", doi=None)
    dedupe(place)
    assert leads(place) == {}
    with session_of(place) as session:
        session.jump("lilacs:x1")
        session.exclude(1)
        session.jump("pubmed:00001")
        session.include()
    with session_of(place, stage=Stage.FULL_TEXT) as session:
        session.jump("pubmed:00001")
        session.exclude(1)
    with Store(place.database, now=NOW) as store, store.transaction():
        say_same(store, place)
    summary = dedupe(place)
    assert leads(place) == {"lilacs:x1": "pubmed:00001"}
    assert summary.set_aside == {"lilacs:x1": "pubmed:00001"}
    assert summary.as_json()["decided_copies"] == [{"record": "lilacs:x1", "lead": "pubmed:00001"}]
    (line,) = [line for line in summary.sentences() if "lilacs:x1" in line and "screened" in line]
    assert "copy of pubmed:00001" in line
    assert state_of(place, "pubmed:00001") is State.REPORT_EXCLUDED
    told = reviewkit("status", "-p", place.protocol_path).stdout
    assert "  1 record led by another copy: reviewkit dedupe names them\n" in told
    assert "any more" not in told
    counted = json.loads(reviewkit("status", "--json", "-p", place.protocol_path).stdout)
    assert (counted["copies_decided"], counted["gone_decided"]) == (1, 0)


def test_decisions_on_a_list_that_a_search_has_replaced_are_told_of(tmp_path: Path) -> None:
    place = make_review(tmp_path, count=0)
    place.database.unlink()  # with the search that found nothing
    listed = run_of(make_records(2), role=Role.STAND_IN)
    with Store(place.database, now=NOW) as store, store.transaction():
        add_protocol(store, place.protocol_sha256, review="guts", toml=place.protocol_text)
        add_run(store, listed, make_records(2), protocol=place.protocol_sha256, counts_in_flow=True)
    with session_of(place) as session:
        session.include()
    assert "not counted" not in reviewkit("status", "-p", place.protocol_path).stdout
    with Store(place.database, now=NOW) as store, store.transaction():
        more = make_records(3, first=10)
        add_run(store, run_of(more, at="2026-02-01"), more, protocol=place.protocol_sha256, counts_in_flow=True)
    told = reviewkit("status", "-p", place.protocol_path).stdout
    assert "  1 record that no search of the flow brings any more\n" in told


def test_decisions_of_another_machine_count_where_another_copy_led(tmp_path: Path) -> None:
    here, there = (make_review(tmp_path / name, count=3, screening=PREFER) for name in ("here", "there"))
    for place in (here, there):
        bring_copy(place, 1)
    dedupe(here)
    assert leads(here) == {"pubmed:00001": "lilacs:x1"}
    with session_of(there, "ben") as session:
        session.jump("pubmed:00001")
        session.include()
    text = "".join(f"{line}\n" for line in export_decisions(there, "ben", now=NOW))
    import_decisions(here, text, where="ben.jsonl", now=NOW)
    dedupe(there)
    assert leads(here) == leads(there) == {"lilacs:x1": "pubmed:00001"}
    assert state_of(here, "pubmed:00001") is State.AWAITING_ASSESSMENT


def say_same(store: Store, place: Place) -> None:
    said = PairDecision(
        record_a="lilacs:x1",
        record_b="pubmed:00001",
        answer=Settled.SAME,
        relation=None,
        reviewer="cy",
        decided_at="2026-03-01T00:00:00+00:00",
    )
    add_pair_decision(store, said, protocol=place.protocol_sha256)
