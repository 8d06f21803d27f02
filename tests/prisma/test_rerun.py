"""A published review that updates keep up to date: the rerun's boxes stay empty, the team counts."""

from reviewkit.model.flow import Flow, Tally
from reviewkit.model.records import Role
from reviewkit.prisma.check import check
from reviewkit.prisma.partition import RecordState, SourceName, State
from reviewkit.prisma.rerun import SELECTION_BOXES, count_rerun, count_rerun_updated

PUBMED = SourceName(source="pubmed", label="PubMed", role=Role.DATABASE, searched=True)
REPORTED = SourceName(source="reported", label="Listed", role=Role.REPORTED, searched=True)
SOURCES = (PUBMED, REPORTED)


def row(record: str, state: State, source: SourceName = PUBMED) -> RecordState:
    return RecordState(
        record=record, source=source.source, role=source.role, state=state, reason=None
    )


# What the review reports of the rerun's records: nobody has repeated it.
REPLAYED = (
    row("a", State.INCLUDED),
    row("b", State.RECORD_EXCLUDED),
    row("c", State.RECORD_EXCLUDED),
    row("d", State.DUPLICATE),
    row("listed", State.INCLUDED, REPORTED),
)
WORKS = (Tally(label="works_returned", n=1), Tally(label="works_listed", n=1))
BEFORE = {row.record: row.state for row in REPLAYED}


def new(*brought: RecordState) -> Flow:
    team = {row.record for row in brought}
    return count_rerun((*REPLAYED, *brought), SOURCES, works=WORKS, team=team)


def updated(*brought: RecordState) -> Flow:
    team = {row.record for row in brought}
    return count_rerun_updated((*REPLAYED, *brought), SOURCES, previous=BEFORE, team=team)


def test_what_an_update_brought_and_nobody_screened_fills_no_box() -> None:
    waiting = [row(key, State.AWAITING_SCREENING) for key in ("x", "y")]
    for flow in (new(*waiting), updated(*waiting)):
        assert flow.not_repeated == SELECTION_BOXES
        assert all(getattr(flow, box) is None for box in SELECTION_BOXES)
        assert (flow.database_results, flow.duplicates, flow.awaiting_screening) == (6, 1, 5)
        assert not flow.already_screened
        assert check(flow, own=True) == ()


def test_only_what_the_team_screened_is_counted_as_screened() -> None:
    brought = (
        row("x", State.INCLUDED),
        row("y", State.RECORD_EXCLUDED),
        row("z", State.AWAITING_SCREENING),
    )
    for flow in (new(*brought), updated(*brought)):
        assert (flow.records_screened, flow.records_excluded) == (2, 1)
        assert (flow.dbr_assessed, flow.new_studies, flow.awaiting_screening) == (1, 1, 4)
        assert set(flow.not_repeated) == {box for box in SELECTION_BOXES if box[:6] == "other_"}
        assert check(flow, own=True) == ()


def test_an_updated_version_has_the_studies_of_the_review_before_it() -> None:
    flow = updated(row("x", State.INCLUDED))
    assert (flow.previous_studies, flow.new_studies, flow.total_studies) == (2, 1, 3)
    assert (flow.previous_reports, flow.new_reports, flow.total_reports) == (2, 1, 3)
    assert flow.already_screened == 0


def test_what_the_team_settled_in_a_version_before_does_not_flow_again() -> None:
    brought = (row("x", State.INCLUDED), row("y", State.RECORD_EXCLUDED))
    before = BEFORE | {"y": State.RECORD_EXCLUDED}
    states = (*REPLAYED, *brought)
    flow = count_rerun_updated(states, SOURCES, previous=before, team={"x", "y"})
    assert (flow.already_screened, flow.records_screened, flow.new_studies) == (1, 1, 1)
    assert check(flow, own=True) == ()
