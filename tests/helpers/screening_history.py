"""What reviewers decide on records, step by step or generated, in a real database."""

from collections.abc import Sequence

from hypothesis import strategies as st

from reviewkit.model.records import Stage, Verdict
from reviewkit.store import Store, reviewer_queries
from reviewkit.store.decisions import add_decision
from reviewkit.store.events import RETRIEVAL, append
from tests.helpers.stores import decision_of

NEEDED = {Stage.TITLE_ABSTRACT: 2, Stage.FULL_TEXT: 2}


RECORDS = [f"pubmed:0000{i}" for i in range(4)]


def decide(
    store: Store,
    record: str,
    who: str,
    verdict: Verdict,
    stage: Stage = Stage.TITLE_ABSTRACT,
    reason: str | None = None,
) -> None:
    decision = decision_of(record, verdict, stage, who=who, reason=reason)
    add_decision(store, decision, protocol=protocol_of(store))


def protocol_of(store: Store) -> str:
    return str(store.value("SELECT protocol_sha256 FROM protocols"))


def settle(
    store: Store, record: str, verdict: Verdict, stage: Stage = Stage.TITLE_ABSTRACT
) -> None:
    values = {
        "record": record,
        "stage": stage,
        "settled_by": "li",
        "verdict": verdict,
        "settled_at": "2026",
    }
    reviewer_queries.add_resolution(store, values, protocol=protocol_of(store))


def stop(store: Store, records: Sequence[str], *, lifted: bool = False) -> None:
    values: dict[str, str | int | None] = {
        "stopped_by": "li",
        "rule": "a rule",
        "evidence": "{}",
        "lifted": int(lifted),
        "stopped_at": "2026",
    }
    reviewer_queries.add_stop(store, values, records, protocol=protocol_of(store))


statements = st.lists(
    st.one_of(
        st.tuples(
            st.just("decide"),
            st.sampled_from(RECORDS),
            st.sampled_from(["ana", "rui", "the published review"]),
            st.sampled_from([*Verdict]),
            st.sampled_from([*Stage]),
        ),
        st.tuples(
            st.just("settle"),
            st.sampled_from(RECORDS),
            st.sampled_from([Verdict.INCLUDE, Verdict.EXCLUDE, Verdict.WITHDRAWN]),
            st.sampled_from([*Stage]),
        ),
        st.tuples(
            st.just("seek"),
            st.sampled_from(RECORDS),
            st.sampled_from(["sought", "retrieved", "not_retrieved"]),
        ),
        st.tuples(st.just("stop"), st.sets(st.sampled_from(RECORDS)), st.booleans()),
    ),
    max_size=25,
)


def carry_out(store: Store, act: tuple[object, ...]) -> None:
    match act:
        case ("decide", str(record), str(who), Verdict() as verdict, Stage() as stage):
            decide(store, record, who, verdict, stage, "r" if verdict is Verdict.EXCLUDE else None)
        case ("settle", str(record), Verdict() as verdict, Stage() as stage):
            settle(store, record, verdict, stage)
        case ("seek", str(record), str(outcome)):
            values = {"record": record, "reviewer": "ana", "outcome": outcome, "told_at": "2026"}
            append(store, RETRIEVAL, values, protocol=protocol_of(store))
        case ("stop", set() as records, bool() as lifted):
            stop(store, sorted(map(str, records)), lifted=lifted)
        case _:
            raise AssertionError(act)
