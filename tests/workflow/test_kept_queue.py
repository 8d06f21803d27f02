"""The queue that is kept between sessions is the one that the database gives, whatever was said."""

import datetime
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewkit.model.errors import StoreError
from reviewkit.model.records import Answer, Check, Stage, Verdict
from reviewkit.screening.models import Order
from reviewkit.screening.queue import Queue
from reviewkit.store import Store
from reviewkit.store.amendments import add_amendment
from reviewkit.store.checks import set_checks
from reviewkit.store.decisions import add_decision, name_published_reviewer
from reviewkit.store.reviewer_queries import add_assignment
from reviewkit.store.reviewers import Renaming, add_renaming
from reviewkit.store.runs import add_run
from reviewkit.workflow.open_review import open_store
from reviewkit.workflow.project import ReviewProject, open_project
from reviewkit.workflow.session import kept_queue, session_queue
from reviewkit.workflow.session.screening import ScreeningSession
from reviewkit.workflow.session.session_config import SessionConfig, read_facts
from reviewkit.workflow.session.session_queue import SessionQueue
from tests.helpers.effort import examples
from tests.helpers.screening_history import (
    RECORDS,
    carry_out,
    decide,
    protocol_of,
    statements,
)
from tests.helpers.screening_review import NOW, make_records, make_review, run_of, session_of
from tests.helpers.stores import decision_of

PILOT = "\n[screening]\nreviewers = { title_abstract = 2 }\npilot = { size = 2, seed = 3 }\n"
MACHINE = """
[[criteria]]
id = "dated"
kind = "inclusion"
wording = "since 2000"
check = { by = "date", from = 2000 }
"""


@pytest.fixture(autouse=True)
def _every_queue_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_queue, "_WORTH_KEEPING", 1)


def config_of(project: ReviewProject, **changes: Any) -> SessionConfig:
    config = SessionConfig(
        review="guts",
        protocol=project.protocol,
        protocol_sha256=project.protocol_sha256,
        reviewer="ana",
        stage=Stage.TITLE_ABSTRACT,
        order=Order.ID,
        seed=1,
        blind=True,
        fulltext=project.output,
        clock=lambda: datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC),
    )
    return replace(config, **changes)


def whole_of(queue: Queue) -> list[object]:
    """Everything that a queue says of each record, in its order."""
    standings = queue.standings
    found: list[object] = [queue.first_open(), queue.remaining, queue.closed, queue.counts]
    for place, record in enumerate(queue.order):
        standing = standings.at(place)
        found.append((record, dict(standing.decided), standing.settled, standing.rules))
    return found


def fresh(store: Store, config: SessionConfig) -> Queue:
    facts = read_facts(store, config.protocol, config.stage, order=config.order)
    return Queue(facts.standings(order=config.order, seed=config.seed), reviewer=config.reviewer)


others = st.one_of(
    st.tuples(
        st.just("assign"),
        st.dictionaries(
            st.sampled_from(RECORDS),
            st.lists(st.sampled_from(["ana", "rui"]), min_size=1, unique=True),
        ),
    ),
    st.tuples(st.just("bring"), st.integers(4, 9)),
    st.tuples(st.just("link"), st.sampled_from(RECORDS[1:])),
    st.tuples(st.just("check"), st.sets(st.sampled_from(RECORDS))),
    st.tuples(st.just("rename")),
    st.tuples(st.just("send back")),
    st.tuples(st.just("keep")),
)
histories = st.lists(
    st.one_of(statements.map(tuple), others.map(lambda act: (act,))), min_size=2, max_size=8
)


def do(store: Store, project: ReviewProject, act: tuple[object, ...]) -> None:
    protocol = protocol_of(store)
    match act:
        case ("assign", dict() as plan):
            values = {"stage": "title_abstract", "assigned_by": "li", "plan": "", "assigned_at": ""}
            add_assignment(store, values, plan, protocol=protocol)
        case ("bring", int(number)):
            records = make_records(1, first=number)
            add_run(store, run_of(records), records, protocol=protocol, counts_in_flow=True)
        case ("link", str(copy)):
            store.replace("duplicates", ("record",), ("lead",), [(copy, RECORDS[0])])
        case ("check", set() as failed):
            answers = {True: Answer.NO, False: Answer.YES}
            checks = [
                Check(record=key, criterion="dated", answer=answers[key in failed], evidence="")
                for key in RECORDS
            ]
            set_checks(store, project.protocol, checks)
        case ("rename",):
            renaming = Renaming(
                old="rui", new="ana", prefer="ana", renamed_by="li", renamed_at="2026"
            )
            add_renaming(store, renaming, protocol=protocol)
        case ("decide at", str(record), str(at)):
            made = decision_of(record, Verdict.INCLUDE, who="rui", at=at)
            add_decision(store, made, protocol=protocol)
        case ("send back",):
            send_back(store, protocol)
        case _:
            carry_out(store, act)


def send_back(store: Store, protocol: str) -> None:
    names = [name for (name,) in store.rows("SELECT decision_sha256 FROM decisions LIMIT 2")]
    values: dict[str, str | int | None] = {"why": "w", "requeue": "all", "reviewer": "li"}
    values |= {"before_sha256": protocol, "amended_at": "2026"}
    add_amendment(store, values, names, protocol=protocol)


@pytest.mark.slow
@settings(
    deadline=None,
    max_examples=examples(60),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(histories, st.sampled_from(["", PILOT]))
def test_a_kept_queue_is_the_one_that_the_database_gives(
    tmp_path_factory: pytest.TempPathFactory,
    history: list[tuple[tuple[object, ...], ...]],
    screening: str,
) -> None:
    folder = tmp_path_factory.mktemp("kept")
    project = make_review(folder, count=4, screening=MACHINE + screening)
    config = config_of(project)
    with open_store(project, now=NOW) as store:
        with store.transaction():
            name_published_reviewer(store, "the published review")
        SessionQueue(store, config, None).keep()

        for acts in history:
            for act in acts:
                if act == ("keep",):
                    SessionQueue(store, config, None).keep()
                    continue
                with store.transaction():
                    do(store, project, act)
            assert whole_of(SessionQueue(store, config, None).queue) == whole_of(
                fresh(store, config)
            )


def test_a_session_opens_without_reading_the_stage_where_only_decisions_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = make_review(tmp_path, count=6, screening=PILOT.replace("pilot", "# pilot"))
    with session_of(project, "ana") as session:
        session.include()
        session.exclude("not on guts")
    with session_of(project, "rui") as session:
        session.maybe()
    with open_store(project, now=NOW) as store, store.transaction():
        decide(store, "pubmed:00005", "rui", Verdict.EXCLUDE)
        wanted = whole_of(fresh(store, config_of(project, reviewer="rui")))

    monkeypatch.setattr(session_queue, "read_facts", None)
    with open_store(project, now=NOW) as store:
        queue = SessionQueue(store, config_of(project, reviewer="rui"), None).queue
        assert whole_of(queue) == wanted
    with session_of(project, "ana") as session:
        assert session.progress.done == 2
        session.undo()
    with session_of(project, "ana") as session:
        assert session.progress.done == 1


def files(project: ReviewProject) -> list[Path]:
    return sorted(project.database.parent.glob("*.queue"))


def changes() -> Iterator[tuple[str, dict[str, object]]]:
    yield "seed", {"seed": 2}
    yield "random", {"order": Order.RANDOM}
    yield "another random order", {"order": Order.RANDOM, "seed": 2}
    yield "order", {"order": Order.DATE}
    yield "stage", {"stage": Stage.FULL_TEXT}


@pytest.mark.parametrize("changed", dict(changes()).values(), ids=dict(changes()))
def test_a_queue_of_another_order_is_not_taken(tmp_path: Path, changed: dict[str, object]) -> None:
    project = make_review(tmp_path, count=6)
    with session_of(project, "ana") as session:
        session.include()
    other = config_of(project, **changed)
    with open_store(project, now=NOW) as store:
        assert kept_queue.read_kept_queue(store, config_of(project))
        assert kept_queue.read_kept_queue(store, other) is None
        assert whole_of(SessionQueue(store, other, None).queue) == whole_of(fresh(store, other))


def test_a_queue_under_another_protocol_is_not_taken(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=6)
    with session_of(project, "ana") as session:
        session.include()

    for screening in (PILOT, PILOT.replace("pilot", "# pilot")):
        project.protocol_path.write_text(project.protocol_text + screening, encoding="utf-8")
        other = open_project(project.protocol_path)
        with open_store(other, now=NOW) as store:
            config = config_of(other)
            assert kept_queue.read_kept_queue(store, config) is None
            assert whole_of(SessionQueue(store, config, None).queue) == whole_of(
                fresh(store, config)
            )


def test_a_decision_on_a_record_that_a_machine_took_out_brings_it_back(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=4, screening=MACHINE)
    with open_store(project, now=NOW) as store:
        with store.transaction():
            do(store, project, ("check", {RECORDS[0]}))
        assert RECORDS[0] not in kept_then(store, project, ("keep",))
        assert RECORDS[0] in kept_then(store, project, decided(RECORDS[0]))
        back = ("decide", RECORDS[0], "rui", Verdict.WITHDRAWN, Stage.TITLE_ABSTRACT)
        assert RECORDS[0] not in kept_then(store, project, back)


def test_a_decision_on_a_copy_counts_for_its_lead(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=4, screening=MACHINE)
    with open_store(project, now=NOW) as store:
        with store.transaction():
            do(store, project, ("link", RECORDS[1]))
        assert kept_then(store, project, ("keep",)).deciders(RECORDS[0]) == 0
        assert kept_then(store, project, decided(RECORDS[1])).deciders(RECORDS[0]) == 1


def test_an_early_decision_can_change_the_pilot(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=4, screening=PILOT)
    with open_store(project, now=NOW) as store:
        records = make_records(16, first=4)
        run = run_of(records, at="2026-06-01")
        with store.transaction():
            protocol = protocol_of(store)
            add_run(store, run, records, protocol=protocol, counts_in_flow=True)
        pilot = kept_then(store, project, ("keep",)).order[:2]
        assert pilot == kept_then(store, project, decided(RECORDS[0], at="2026-07")).order[:2]
        assert pilot != kept_then(store, project, decided(RECORDS[0], at="2026-05")).order[:2]


def decided(record: str, at: str = "2026") -> tuple[object, ...]:
    return ("decide at", record, at)


def kept_then(store: Store, project: ReviewProject, act: tuple[object, ...]) -> Queue:
    """Keep the queue, let something be said, and return the queue that the next session opens."""
    config = config_of(project)
    SessionQueue(store, config, None).keep()
    if act != ("keep",):
        with store.transaction():
            do(store, project, act)
    queue = SessionQueue(store, config, None).queue
    assert whole_of(queue) == whole_of(fresh(store, config))
    return queue


@pytest.mark.parametrize("place", [0, 30, 200, -40, -1])
def test_a_damaged_file_is_as_none(tmp_path: Path, place: int) -> None:
    project = make_review(tmp_path, count=6)
    with session_of(project, "ana") as session:
        session.include()
    [path] = files(project)
    raw = bytearray(path.read_bytes())
    raw[place] ^= 1
    for damaged in (bytes(raw), bytes(raw[: len(raw) // 2]), b""):
        path.write_bytes(damaged)
        with open_store(project, now=NOW) as store:
            assert kept_queue.read_kept_queue(store, config_of(project)) is None
    with session_of(project, "ana") as session:
        assert session.progress.done == 1


def test_a_backup_that_was_put_back_does_not_get_the_queue_of_what_it_replaced(
    tmp_path: Path,
) -> None:
    """The numbers of the events are the same; the chain tells them apart."""
    project = make_review(tmp_path, count=6)
    with session_of(project, "ana") as session:
        session.include()
    before = project.database.read_bytes()
    with session_of(project, "ana") as session:
        session.include()
    project.database.write_bytes(before)
    with open_store(project, now=NOW) as store:
        with store.transaction():
            decide(store, "pubmed:00003", "rui", Verdict.EXCLUDE)
        assert kept_queue.read_kept_queue(store, config_of(project)) is None


def test_a_file_is_written_again_only_when_something_was_decided_since(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = make_review(tmp_path, count=6)
    written = writings(monkeypatch)
    with open_store(project, now=NOW) as store:
        queue = SessionQueue(store, config_of(project), None)
        queue.keep()
        assert len(written) == 1
        queue.reload()
        queue.keep()
        queue.keep()
        assert len(written) == 2

        again = SessionQueue(store, config_of(project), None)
        again.keep()
        assert len(written) == 2
        with store.transaction():
            do(store, project, decided(RECORDS[0]))
        later = SessionQueue(store, config_of(project), None)
        later.keep()
        later.keep()
        assert len(written) == 3


def test_a_queue_that_has_not_heard_of_others_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = make_review(tmp_path, count=6)
    with open_store(project, now=NOW) as store:
        queue = SessionQueue(store, config_of(project), None)
        queue.reload()
        written = writings(monkeypatch)
        with open_store(project, now=NOW) as other, other.transaction():
            do(other, project, decided(RECORDS[0]))
        queue.keep()
        assert written == []
        queue.refresh()
        queue.keep()
        assert len(written) == 1

        queue.reload()
        with open_store(project, now=NOW) as other, other.transaction():
            do(other, project, ("bring", 6))
        queue.keep()
        assert len(written) == 1


def writings(monkeypatch: pytest.MonkeyPatch) -> list[Store]:
    """A list that grows by one whenever a queue is written to its file."""
    written: list[Store] = []

    def keep_and_count(store: Store, *given: Any, **named: Any) -> None:
        written.append(store)
        kept_queue.keep_queue(store, *given, **named)

    monkeypatch.setattr(session_queue, "keep_queue", keep_and_count)
    return written


def include_and_fail(session: ScreeningSession) -> None:
    session.include()
    raise StoreError("the disk is full")


def test_a_session_that_ends_with_an_error_of_its_own_keeps_no_queue(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=6)
    with session_of(project, "ana") as session:
        session.include()
    [path] = files(project)
    before = path.read_bytes()
    with pytest.raises(StoreError), session_of(project, "ana") as session:
        include_and_fail(session)
    assert path.read_bytes() == before
    with session_of(project, "ana") as session:
        assert session.progress.done == 2
        session.include()
    assert path.read_bytes() != before


def test_a_small_review_keeps_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_queue, "_WORTH_KEEPING", 7)
    project = make_review(tmp_path, count=6)
    with session_of(project, "ana") as session:
        session.include()
    assert files(project) == []
    with open_store(project, now=NOW) as store:
        assert store.rows("SELECT * FROM stage_token") == []
