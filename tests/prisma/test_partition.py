"""Whatever states records are in, the flow adds up, and a search that was not run is never a
zero.
"""

from collections import Counter
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.model.flow import Flow, Tally
from reviewkit.model.records import Role
from reviewkit.prisma.check import check
from reviewkit.prisma.partition import (
    BOX_STATES,
    RecordState,
    SourceName,
    State,
    count_flow,
    count_updated,
    studies_of,
)

SOURCES = [
    SourceName(source="pubmed", label="PubMed", role=Role.DATABASE, searched=True),
    SourceName(source="lilacs", label="LILACS", role=Role.DATABASE, searched=False),
    SourceName(source="trials", label="A register", role=Role.REGISTER, searched=True),
    SourceName(source="list", label="Compiled", role=Role.STAND_IN, searched=True),
    SourceName(source="reported", label="Reported", role=Role.REPORTED, searched=True),
]
MAIN = [State(value) for value in State]
OTHER = [
    State.DUPLICATE,
    State.AWAITING_ASSESSMENT,
    State.NOT_RETRIEVED,
    State.REPORT_EXCLUDED,
    State.INCLUDED,
]


@st.composite
def partitions(draw: st.DrawFn) -> list[RecordState]:
    rows = []
    for number in range(draw(st.integers(0, 60))):
        source = draw(st.sampled_from([source for source in SOURCES if source.searched]))
        state = draw(st.sampled_from(OTHER if source.role is Role.REPORTED else MAIN))
        reason = (
            draw(st.sampled_from(["off theme", "wrong language", None]))
            if state is State.REPORT_EXCLUDED
            else None
        )
        rows.append(
            RecordState(
                record=f"r{number}",
                source=source.source,
                role=source.role,
                state=state,
                reason=reason,
            )
        )
    return rows


@given(partitions())
def test_every_flow_of_a_partition_adds_up(rows: list[RecordState]) -> None:
    flow = count_flow(rows, SOURCES)
    assert check(flow) == ()
    assert flow.new_reports == sum(row.state is State.INCLUDED for row in rows)
    assert flow.databases[1].n is None
    arrived = (
        (flow.database_results or 0)
        + (flow.register_results or 0)
        + sum(t.n or 0 for t in flow.stand_ins)
    )
    assert arrived + sum(t.n or 0 for t in flow.other_sources) == len(rows)


def test_where_no_search_could_be_run_nothing_follows_from_the_searches() -> None:
    included = RecordState(
        record="r", source="reported", role=Role.REPORTED, state=State.INCLUDED, reason=None
    )
    flow = count_flow([included], [SOURCES[1], SOURCES[4]])
    assert (flow.duplicates, flow.records_screened, flow.dbr_assessed, flow.new_reports) == (
        None,
    ) * 4
    assert flow.other_assessed == 1
    assert check(flow) == ()


def test_a_database_that_was_not_searched_has_no_count() -> None:
    flow = count_flow([], [SOURCES[1]])
    assert flow.database_results is None
    assert flow.databases[0].n is None


def rows_of(source: str, *, times: dict[State, int]) -> list[RecordState]:
    """So many records of a source in each state; what was excluded has no reason yet."""
    role = next(named.role for named in SOURCES if named.source == source)
    states = [state for state, count in times.items() for _ in range(count)]
    return [
        RecordState(record=f"{source}{n}", source=source, role=role, state=state, reason=None)
        for n, state in enumerate(states)
    ]


# Another number of records in each state, so that no two boxes hold the same sum by chance.
EACH = {state: 2**place for place, state in enumerate(State)}


def filled(flow: Flow) -> dict[str, object]:
    """What the flow holds beside its empty boxes."""
    empty = Flow()
    names = [field.name for field in fields(Flow)]
    return {
        name: getattr(flow, name) for name in names if getattr(flow, name) != getattr(empty, name)
    }


def test_every_box_counts_its_states_and_no_other() -> None:
    rows = rows_of("pubmed", times=EACH) + rows_of("reported", times=EACH)
    counts = filled(count_flow(rows, SOURCES, footnotes=["a note"]))
    assert counts == {
        "database_results": 511,
        "register_results": 0,
        "databases": (Tally(label="PubMed", n=511), Tally(label="LILACS", n=None, not_run=True)),
        "registers": (Tally(label="A register", n=0),),
        "stand_ins": (Tally(label="Compiled", n=0),),
        "duplicates": 1,
        "excluded_automatic": 2,
        "excluded_other": 0,
        "awaiting_screening": 4,
        "unscreened_by_rule": 8,
        "records_screened": 16 + 32 + 64 + 128 + 256,
        "records_excluded": 16,
        "records_excluded_automatic": 0,
        "dbr_sought_reports": 32 + 64 + 128 + 256,
        "awaiting_assessment": 32,
        "dbr_notretrieved_reports": 64,
        "dbr_assessed": 128 + 256,
        "dbr_excluded": (Tally(label="no reason given", n=128),),
        "other_sources": (Tally(label="Reported", n=511),),
        "other_screened_out": 2 + 16,
        "other_awaiting_screening": 4,
        "other_unscreened_by_rule": 8,
        "other_sought_reports": 32 + 64 + 128 + 256,
        "other_awaiting_assessment": 32,
        "other_notretrieved_reports": 64,
        "other_assessed": 128 + 256,
        "other_excluded": (Tally(label="no reason given", n=128),),
        "new_studies": 512,
        "new_reports": 512,
        "footnotes": ("a note",),
    }


def test_no_records_are_zeros_of_what_was_searched_and_nothing_of_what_was_not() -> None:
    counts = filled(count_flow([], [SOURCES[0]]))
    assert {counts.pop(box) for box in ("databases", "not_used", "dbr_excluded")} == {
        (Tally(label="PubMed", n=0),),
        ("register_results",),
        (),
    }
    assert set(counts.values()) == {0}
    assert {"duplicates", "records_screened", "dbr_assessed", "new_studies"} <= counts.keys()
    assert filled(count_flow([], [SOURCES[1]])) == {
        "databases": (Tally(label="LILACS", n=None, not_run=True),),
        "not_used": ("register_results",),
    }


@pytest.mark.parametrize(
    ("own_review", "names", "databases", "registers"),
    [
        (False, ["pubmed", "lilacs", "trials"], 3, 2),
        (False, ["pubmed"], 3, None),
        (True, ["pubmed"], 3, 0),
        (True, ["trials"], 0, 2),
        (True, ["lilacs", "trials"], None, 2),
        (False, ["reported"], None, None),
    ],
)
def test_a_kind_of_source_that_is_not_named_is_none_of_a_published_review_and_zero_of_ones_own(
    own_review: bool, names: list[str], databases: int | None, registers: int | None
) -> None:
    rows = rows_of("pubmed", times={State.INCLUDED: 3}) + rows_of(
        "trials", times={State.INCLUDED: 2}
    )
    named = [source for source in SOURCES if source.source in names]
    flow = count_flow(rows, named, own_review=own_review)
    assert (flow.database_results, flow.register_results) == (databases, registers)
    assert flow.own_review is own_review
    unused = {"database_results": ["pubmed", "lilacs"], "register_results": ["trials"]}
    assert flow.not_used == tuple(
        line for line, sources in unused.items() if not set(sources) & set(names)
    )


def test_ones_own_review_has_boxes_before_its_first_search() -> None:
    assert count_flow([], [SOURCES[1]], own_review=True).records_screened == 0
    assert count_flow([], [SOURCES[4]]).records_screened == 0
    assert count_flow([], SOURCES[1:3]).records_screened == 0


def test_the_most_frequent_reason_comes_first_and_then_the_alphabet() -> None:
    given = ["b", "a", None, "c", "c", "b", "a", "c"]
    rows = [
        RecordState(record=str(n), source="pubmed", role=Role.DATABASE, state=state, reason=reason)
        for n, reason in enumerate(given)
        for state in (State.REPORT_EXCLUDED, State.NOT_RETRIEVED)
    ]
    flow = count_flow(rows, SOURCES)
    assert flow.dbr_excluded == (
        Tally(label="c", n=3),
        Tally(label="a", n=2),
        Tally(label="b", n=2),
        Tally(label="no reason given", n=1),
    )


def test_a_report_of_two_studies_is_two_studies_and_two_reports_of_one_are_one() -> None:
    studies = {"a": ("one", "two"), "b": ("two",), "elsewhere": ("three",)}
    assert studies_of(["a", "b", "c"], studies) == {
        ("study", "one"),
        ("study", "two"),
        ("report", "c"),
    }
    rows = [
        RecordState(record=name, source="pubmed", role=Role.DATABASE, state=state, reason=None)
        for name, state in {
            "a": State.INCLUDED,
            "b": State.INCLUDED,
            "c": State.INCLUDED,
            "elsewhere": State.REPORT_EXCLUDED,
        }.items()
    ]
    flow = count_flow(rows, SOURCES, studies=studies)
    assert (flow.new_reports, flow.new_studies) == (3, 3)


# A record's state in the version before, its state now, and whether it flows through the update.
BEFORE_AND_NOW = [
    (None, State.INCLUDED, True),
    (None, State.RECORD_EXCLUDED, True),
    (State.INCLUDED, State.INCLUDED, False),
    (State.INCLUDED, State.REPORT_EXCLUDED, False),
    (State.RECORD_EXCLUDED, State.RECORD_EXCLUDED, False),
    (State.RECORD_EXCLUDED, State.INCLUDED, True),
    (State.REPORT_EXCLUDED, State.REPORT_EXCLUDED, False),
    (State.AWAITING_SCREENING, State.AWAITING_SCREENING, True),
    (State.AWAITING_SCREENING, State.RECORD_EXCLUDED, True),
    (State.AWAITING_ASSESSMENT, State.AWAITING_ASSESSMENT, True),
    (State.DUPLICATE, State.DUPLICATE, False),
    (State.NOT_RETRIEVED, State.INCLUDED, True),
]


@pytest.mark.parametrize(("before", "now", "flows"), BEFORE_AND_NOW)
def test_what_was_settled_in_the_version_before_does_not_flow_again(
    before: State | None, now: State, flows: bool
) -> None:
    row = RecordState(record="r", source="pubmed", role=Role.DATABASE, state=now, reason=None)
    previous = {} if before is None else {"r": before}
    flow = count_updated([row], SOURCES, previous=previous)
    assert (flow.updated, flow.own_review) == (True, False)
    assert flow.already_screened == int(not flows)
    assert flow.database_results == 1
    assert flow.records_screened == count_flow([row] if flows else [], SOURCES).records_screened
    assert check(flow) == ()

    was, is_now = before is State.INCLUDED, now is State.INCLUDED
    boxes = (flow.previous_studies, flow.new_studies, flow.dropped_studies, flow.total_studies)
    assert boxes == (was, is_now and not was, was and not is_now, is_now)
    boxes = (flow.previous_reports, flow.new_reports, flow.dropped_reports, flow.total_reports)
    assert boxes == (was, is_now and not was, was and not is_now, is_now)


def test_a_new_report_of_a_study_that_was_included_is_no_new_study() -> None:
    studies = {"old": ("one",), "new": ("one",), "second": ("two", "three"), "gone": ("four",)}
    states = dict.fromkeys(("old", "new", "second"), State.INCLUDED)
    states["gone"] = State.REPORT_EXCLUDED
    rows = [
        RecordState(record=name, source="pubmed", role=Role.DATABASE, state=state, reason=None)
        for name, state in states.items()
    ]
    previous = {"old": State.INCLUDED, "gone": State.INCLUDED, "other": State.RECORD_EXCLUDED}
    flow = count_updated(rows, SOURCES, previous=previous, studies=studies, footnotes=["n"])
    assert (flow.previous_studies, flow.previous_reports) == (2, 2)
    assert (flow.new_studies, flow.new_reports) == (2, 2)
    assert (flow.dropped_studies, flow.dropped_reports) == (1, 1)
    assert (flow.total_studies, flow.total_reports) == (3, 3)
    assert (flow.already_screened, flow.footnotes) == (2, ("n",))


def test_an_update_counts_what_came_in_whole_and_the_other_arm_apart() -> None:
    rows = rows_of("pubmed", times=EACH) + rows_of("reported", times=EACH)
    previous = {row.record: row.state for row in rows}
    flow = count_updated(rows, SOURCES, previous=previous)
    assert flow.database_results == 511
    assert flow.databases[0] == Tally(label="PubMed", n=511)
    # What was open then flows: 4 to be screened, 32 to be assessed.
    assert flow.already_screened == 511 - 4 - 32
    assert (flow.records_screened, flow.awaiting_screening, flow.awaiting_assessment) == (32, 4, 32)
    assert flow.other_sources == (Tally(label="Reported", n=36),)
    assert check(flow) == ()


@pytest.mark.parametrize(("own_review", "screened"), [(False, None), (True, 1)])
def test_an_update_whose_searches_were_not_run_counts_nothing_of_them(
    own_review: bool, screened: int | None
) -> None:
    row = RecordState(
        record="r", source="lilacs", role=Role.DATABASE, state=State.INCLUDED, reason=None
    )
    flow = count_updated([row], [SOURCES[1]], previous={}, own_review=own_review)
    boxes = (flow.records_screened, flow.already_screened, flow.total_reports)
    assert boxes == ((None, None, None) if screened is None else (1, 0, 1))
    assert flow.database_results is None
    assert flow.register_results == (0 if own_review else None)
    assert flow.own_review is own_review
    assert (flow.previous_reports, flow.previous_studies) == (0, 0)


@given(partitions())
def test_a_box_of_the_diagram_lists_as_many_records_as_it_counts(rows: list[RecordState]) -> None:
    flow = count_flow(rows, SOURCES)
    states = Counter((row.role is not Role.REPORTED, row.state) for row in rows)
    for box, count in {
        "box4": flow.records_screened,
        "box5": flow.records_excluded,
        "box6": flow.dbr_sought_reports,
        "box7": flow.dbr_notretrieved_reports,
        "box8": flow.dbr_assessed,
        "box12": flow.other_sought_reports or 0,
        "box13": flow.other_notretrieved_reports or 0,
        "box14": flow.other_assessed or 0,
    }.items():
        is_main, listed = BOX_STATES[box]
        assert sum(states[is_main, state] for state in listed) == count
