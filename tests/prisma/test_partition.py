"""Whatever states records are in, the flow adds up, and a search that was not run is never a
zero.
"""

from hypothesis import given
from hypothesis import strategies as st

from reviewkit.model.records import Role
from reviewkit.prisma.check import check
from reviewkit.prisma.partition import RecordState, SourceName, State, count_flow

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
