"""Whatever source is preferred, what people said of a record goes on to count when a copy of it
comes.
"""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reviewkit.dedupe import Settled
from reviewkit.model.records import Record, Role, Stage
from reviewkit.prisma.partition import State
from reviewkit.store import Store
from reviewkit.store.decisions import states
from reviewkit.store.pairs import PairDecision, add_pair_decision
from reviewkit.store.protocols import add_protocol
from reviewkit.store.runs import add_run
from reviewkit.workflow.duplicates.dedupe import DedupeSummary, run_dedupe
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.reporting.documents import read_facts
from reviewkit.workflow.screening.exchange import export_decisions, import_decisions
from tests.helpers.command import reviewkit
from tests.helpers.screening_review import NOW, make_records, make_review, run_of, session_of

PREFER = '[[sources]]\nid = "lilacs"\nname = "LILACS"\nrole = "database"\n[dedupe]\nprefer = ["lilacs"]\n'

TWO = "[screening]\nreviewers = { title_abstract = 2, full_text = 1 }\n"


@pytest.fixture
def project(tmp_path: Path) -> ReviewProject:
    return make_review(tmp_path, count=3, screening=PREFER)


def bring_copy(project: ReviewProject, of: int, **changes: Any) -> None:
    """The preferred source brings a copy of a record, after the first search."""
    copy: Record = replace(make_records(of + 1)[of], source="lilacs", source_id=f"x{of}", **changes)
    run = replace(run_of([copy], at="2026-02-01"), source="lilacs")
    with Store(project.database, now=NOW) as store, store.transaction():
        add_run(store, run, [copy], protocol=project.protocol_sha256, counts_in_flow=True)


def dedupe(project: ReviewProject) -> DedupeSummary:
    return run_dedupe(project, dry_run=False, now=NOW)


def leads(project: ReviewProject) -> dict[str, str]:
    with Store(project.database, now=NOW) as store:
        return dict(store.rows("SELECT record, lead FROM duplicates"))


def state_of(project: ReviewProject, record: str) -> State:
    with Store(project.database, now=NOW) as store:
        return next(state.state for state in states(store) if state.record == record)


def test_the_preferred_source_leads_what_nobody_has_screened(project: ReviewProject) -> None:
    bring_copy(project, 1)
    dedupe(project)
    assert leads(project) == {"pubmed:00001": "lilacs:x1"}


@pytest.mark.slow
@pytest.mark.parametrize("verdict", ["include", "exclude", "maybe"])
def test_what_was_screened_leads_the_copy_that_comes(project: ReviewProject, verdict: str) -> None:
    with session_of(project) as session:
        session.navigation.jump("pubmed:00001")
        getattr(session, verdict)()
    before = state_of(project, "pubmed:00001")
    bring_copy(project, 1)
    assert dedupe(project).set_aside == {}
    assert leads(project) == {"lilacs:x1": "pubmed:00001"}
    assert state_of(project, "pubmed:00001") is before


def test_once_nothing_is_said_any_more_the_preferred_source_leads(project: ReviewProject) -> None:
    with session_of(project) as session:
        session.navigation.jump("pubmed:00001")
        session.include()
        bring_copy(project, 1)
        dedupe(project)
        session.undo()
    dedupe(project)
    assert leads(project) == {"pubmed:00001": "lilacs:x1"}


@pytest.mark.slow
def test_of_two_that_were_screened_the_one_that_came_further_leads_and_the_other_is_named(
    project: ReviewProject,
) -> None:
    bring_copy(project, 1, title="Another title of number one", doi=None)
    dedupe(project)
    assert leads(project) == {}
    with session_of(project) as session:
        session.navigation.jump("lilacs:x1")
        session.exclude(1)
        session.navigation.jump("pubmed:00001")
        session.include()
    with session_of(project, stage=Stage.FULL_TEXT) as session:
        session.navigation.jump("pubmed:00001")
        session.exclude(1)
    with Store(project.database, now=NOW) as store, store.transaction():
        say_same(store, project)
    summary = dedupe(project)
    assert leads(project) == {"lilacs:x1": "pubmed:00001"}
    assert summary.set_aside == {"lilacs:x1": "pubmed:00001"}
    assert summary.as_json()["decided_copies"] == [{"record": "lilacs:x1", "lead": "pubmed:00001"}]
    (line,) = [line for line in summary.sentences() if "lilacs:x1" in line and "screened" in line]
    assert "duplicate of pubmed:00001" in line
    assert state_of(project, "pubmed:00001") is State.REPORT_EXCLUDED
    printed = reviewkit("status", "-p", project.protocol_path).stdout
    assert "  1 record duplicates another: reviewkit dedupe names them\n" in printed
    assert "any more" not in printed
    counted = json.loads(reviewkit("status", "--json", "-p", project.protocol_path).stdout)
    assert (counted["copies_decided"], counted["gone_decided"]) == (1, 0)


@pytest.mark.slow
def test_decisions_on_a_list_that_a_search_has_replaced_are_told_of(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=0)
    project.database.unlink()  # with the search that found nothing
    listed = run_of(make_records(2), role=Role.STAND_IN)
    with Store(project.database, now=NOW) as store, store.transaction():
        add_protocol(store, project.protocol_sha256, review="guts", toml=project.protocol_text)
        add_run(
            store, listed, make_records(2), protocol=project.protocol_sha256, counts_in_flow=True
        )
    with session_of(project) as session:
        session.include()
    assert "not counted" not in reviewkit("status", "-p", project.protocol_path).stdout
    with Store(project.database, now=NOW) as store, store.transaction():
        more = make_records(3, first=10)
        add_run(
            store,
            run_of(more, at="2026-02-01"),
            more,
            protocol=project.protocol_sha256,
            counts_in_flow=True,
        )
    printed = reviewkit("status", "-p", project.protocol_path).stdout
    assert "  1 record that no search of the flow brings any more\n" in printed


@pytest.mark.slow
def test_decisions_of_another_machine_count_where_another_copy_led(tmp_path: Path) -> None:
    here, there = (
        make_review(tmp_path / name, count=3, screening=PREFER) for name in ("here", "there")
    )
    for project in (here, there):
        bring_copy(project, 1)
    dedupe(here)
    assert leads(here) == {"pubmed:00001": "lilacs:x1"}
    with session_of(there, "ben") as session:
        session.navigation.jump("pubmed:00001")
        session.include()
    text = "".join(f"{line}\n" for line in export_decisions(there, "ben", now=NOW))
    import_decisions(here, text, where="ben.jsonl", now=NOW)
    dedupe(there)
    assert leads(here) == leads(there) == {"lilacs:x1": "pubmed:00001"}
    assert state_of(here, "pubmed:00001") is State.AWAITING_ASSESSMENT


def say_same(store: Store, project: ReviewProject) -> None:
    said = PairDecision(
        record_a="lilacs:x1",
        record_b="pubmed:00001",
        answer=Settled.SAME,
        relation=None,
        reviewer="cy",
        decided_at="2026-03-01T00:00:00+00:00",
    )
    add_pair_decision(store, said, protocol=project.protocol_sha256)


@pytest.mark.slow
def test_reviewers_who_screened_two_copies_of_a_work_are_counted_together(tmp_path: Path) -> None:
    """Ana screens the one copy, Ben the other: the work has two decisions, and nobody is asked."""
    project = make_review(tmp_path, count=2, screening=TWO + PREFER)
    bring_copy(project, 1)
    with session_of(project, "ana") as session:
        session.navigation.jump("pubmed:00001")
        session.include()
    with session_of(project, "ben") as session:
        session.navigation.jump("lilacs:x1")
        session.include()
    dedupe(project)

    assert len(leads(project)) == 1
    lead = next(iter(leads(project).values()))
    assert state_of(project, lead) is State.AWAITING_ASSESSMENT
    for name in ("ana", "ben"):
        with session_of(project, name) as session:
            assert session.view is not None
            assert session.view.record.key == "pubmed:00000"
    status = json.loads(reviewkit("status", "--json", "-p", project.protocol_path).stdout)
    stage = status["stages"][0]
    assert (stage["included"], stage["undecided"]) == (1, 1)


def test_the_report_and_the_appendix_tell_of_a_work_what_its_copies_know(tmp_path: Path) -> None:
    titles = ("Music for nurses at night", "Walks for nurses in the morning")
    records = [
        replace(record, title=title.upper())
        for record, title in zip(make_records(2), titles, strict=True)
    ]
    project = make_review(tmp_path, records=records, screening=PREFER.partition("[dedupe]")[0])
    with session_of(project) as session:
        session.include()
        session.include()
    with session_of(project, stage=Stage.FULL_TEXT) as session:
        session.include()
        session.exclude(1)
    bring_copy(project, 0, title=titles[0], pmid="12345678")
    bring_copy(project, 1, title=titles[1], pmid="12345679")
    dedupe(project)
    assert leads(project) == {"lilacs:x0": "pubmed:00000", "lilacs:x1": "pubmed:00001"}

    facts = read_facts(project, now=NOW)
    assert [(work.title, work.pmid) for work in facts.works] == [(titles[0], "12345678")]
    assert titles[1] in facts.excluded[0].citation
