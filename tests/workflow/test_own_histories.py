"""After any history of a review of one's own the flow adds up, and every output has its numbers.

A further step is one method with `@rule`; what must hold after each step is an `@invariant`.
`expected` is the model: which works the datasets in the flow brought, kept apart from the store.
"""

import datetime
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from reviewkit.exports.outcome import Status
from reviewkit.model.errors import UsageError
from reviewkit.model.records import Stage
from reviewkit.prisma.check import check
from reviewkit.prisma.partition import State
from reviewkit.screening.models import Order, RetrievalOutcome
from reviewkit.store import Store
from reviewkit.workflow.duplicates.dedupe import run_dedupe
from reviewkit.workflow.project import open_project
from reviewkit.workflow.reporting.differences import find_differences, read_log
from reviewkit.workflow.reporting.export import Choice, Copies, export
from reviewkit.workflow.reporting.prisma import DrawingStyle, draw_review
from reviewkit.workflow.reporting.report import read_report
from reviewkit.workflow.reporting.status import read_status
from reviewkit.workflow.searching.import_files import import_files
from reviewkit.workflow.searching.input_files import ImportOptions, InputFile
from reviewkit.workflow.session.conflicts import open_conflicts
from reviewkit.workflow.session.open_screening import SessionOptions, open_session
from reviewkit.workflow.updates.undo import UndoOptions, bring_back, undo_runs
from tests.helpers.effort import examples
from tests.helpers.own_correction_steps import CorrectionSteps
from tests.helpers.own_decision_steps import DecisionSteps
from tests.helpers.own_review import own_review, protocol_text, ris

SOURCES = ("scopus", "embase")
START = datetime.datetime(2026, 4, 10, 9, tzinfo=datetime.UTC)
NUMBERS = st.lists(st.integers(0, 7), min_size=1, max_size=5, unique=True)
APPENDED = {
    "runs": "run",
    "run_records": "run, position",
    "run_searches": "run",
    "withdrawals": "withdrawal",
    "decisions": "decision",
    "resolutions": "resolution",
    "retrievals": "retrieval",
    "record_versions": "version",
    "corrections": "correction",
    "pair_decisions": "pair_decision",
    "reviewer_renamings": "renaming",
    "amendments": "amendment",
    "requeued_decisions": "rowid",
    "batches": "batch",
    "batch_decisions": "rowid",
}
ALL_OUT = UndoOptions(reviewer="ana", why="a try", with_decisions=True)


@dataclass(slots=True)
class Dataset:
    """What the model knows of an imported file."""

    source: str
    works: frozenset[int]
    search: int
    withdrawn: bool = False


class OwnHistories(DecisionSteps, CorrectionSteps, RuleBasedStateMachine):
    """Two sources, imported in parts; two reviewers."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        review = own_review(Path(self.folder.name), protocol_text(SOURCES, needed=(2, 1)))
        self.project = open_project(review.protocol)
        self.at = START
        self.datasets: dict[int, Dataset] = {}
        self.kept: dict[str, list[tuple[Any, ...]]] = {}
        self.corrected = {}

    def teardown(self) -> None:
        if self.in_flow():
            self.undoing_everything_and_bringing_it_back_changes_nothing()
        self.folder.cleanup()

    def undoing_everything_and_bringing_it_back_changes_nothing(self) -> None:
        self.dedupe()
        before, active = self.counts(), self.in_flow()
        for run in active:
            self.withdraw(run)
        with self.store() as store:
            assert store.rows("SELECT * FROM flow_records") == []
            assert store.rows("SELECT * FROM duplicates") == []
        for run in active:
            self.bring_back(run)
        assert self.counts() == before

    def clock(self) -> datetime.datetime:
        self.at += datetime.timedelta(minutes=1)
        return self.at

    def store(self) -> Store:
        return Store(self.project.database, now=self.at)

    def in_flow(self) -> list[int]:
        return [run for run, dataset in self.datasets.items() if not dataset.withdrawn]

    def counts(self) -> dict[str, Any]:
        """The flow that `prisma` draws."""
        style = DrawingStyle(now=self.at)
        return asdict(draw_review(self.project, style, compare_reported=False, force=False).flow)

    # What brings records, and takes them away.

    @rule(source=st.sampled_from(SOURCES), numbers=NUMBERS, new=st.booleans())
    def import_a_part(self, source: str, numbers: Sequence[int], new: bool) -> None:
        self.load(source, numbers, new=new)

    def load(self, source: str, numbers: Sequence[int], *, new: bool) -> int:
        number = len(self.datasets) + 1
        path = Path(self.folder.name) / f"part{number}.ris"
        # Some exports lack the DOI: there the content is all that identifies a work.
        path.write_text(ris(*numbers, doi=number % 3 > 0) + f"\n{' ' * number}", encoding="utf-8")
        options = ImportOptions(source=source, new_search=new)
        given = [InputFile(name=path.name, content=path)]
        (part,) = import_files(self.project, given, options, now=self.clock)

        assert part.run == number
        assert part.new + part.same + len(part.updated) == len(numbers) == part.records
        continued = part.continues.search if part.continues else number
        self.datasets[number] = Dataset(source, frozenset(numbers), continued)
        return number

    @rule()
    def a_new_day(self) -> None:
        self.at += datetime.timedelta(days=1)

    @precondition(lambda self: self.in_flow())
    @rule(which=st.integers(0, 20))
    def undo_an_import(self, which: int) -> None:
        active = self.in_flow()
        self.withdraw(active[which % len(active)])

    @precondition(lambda self: len(self.in_flow()) < len(self.datasets))
    @rule(which=st.integers(0, 20))
    def bring_an_import_back(self, which: int) -> None:
        out = [run for run, dataset in self.datasets.items() if dataset.withdrawn]
        self.bring_back(out[which % len(out)])

    @precondition(lambda self: self.in_flow())
    @rule(source=st.sampled_from(SOURCES), numbers=NUMBERS)
    def what_comes_and_goes_leaves_nothing(self, source: str, numbers: Sequence[int]) -> None:
        self.dedupe()
        before = self.counts()
        run = self.load(source, numbers, new=True)
        self.dedupe()
        self.withdraw(run)
        assert self.counts() == before

    def withdraw(self, run: int) -> None:
        undo_runs(self.project, run, ALL_OUT, whole_search=False, now=self.clock())
        self.datasets[run].withdrawn = True

    def bring_back(self, run: int) -> None:
        bring_back(self.project, run, ALL_OUT, whole_search=False, now=self.clock())
        self.datasets[run].withdrawn = False

    @precondition(lambda self: self.datasets)
    @rule()
    def dedupe(self) -> None:
        run_dedupe(self.project, dry_run=False, now=self.clock())

    # What people say.

    @rule(
        who=st.sampled_from(("ana", "ben")),
        stage=st.sampled_from(Stage),
        acts=st.lists(
            st.sampled_from(("include", "include", "exclude", "maybe", "undo", "lacking")),
            min_size=1,
            max_size=6,
        ),
    )
    def screen(self, who: str, stage: Stage, acts: Sequence[str]) -> None:
        options = SessionOptions(stage=stage, order=Order.ID)
        self.act(
            lambda: open_session(self.project, reviewer=who, options=options, clock=self.clock),
            acts,
        )

    @rule(acts=st.lists(st.sampled_from(("include", "exclude", "undo")), min_size=1, max_size=3))
    def settle(self, acts: Sequence[str]) -> None:
        self.act(lambda: open_conflicts(self.project, "cy", clock=self.clock), acts)

    def act(self, open_one: Callable[[], Any], acts: Sequence[str]) -> None:
        """Act in a session; what cannot be done is refused and changes nothing."""
        try:
            opened = open_one()
        except UsageError:
            return
        with opened as session:
            for act in acts:
                try:
                    if act == "exclude":
                        session.exclude(1)
                    elif act == "lacking":
                        session.retrieval.set_outcome(RetrievalOutcome.NOT_RETRIEVED, "no copy")
                    else:
                        getattr(session, act)()
                except UsageError:
                    continue

    # What must be true after every step.

    @precondition(lambda self: self.in_flow())
    @invariant()
    def every_output_has_the_same_numbers(self) -> None:
        flow = self.counts()
        self.flow_is_what_the_datasets_brought(flow)
        report = read_report(self.project, now=self.at).facts
        self.report_has(report, flow)
        self.export_has(flow)
        states = read_status(self.project, now=self.at).states
        self.status_has(states, flow)

    def flow_is_what_the_datasets_brought(self, flow: dict[str, Any]) -> None:
        expected = {source: len(self.works_of(source)) for source in SOURCES}
        assert sum(expected.values()) == flow["database_results"]
        assert {tally["label"].lower(): tally["n"] or 0 for tally in flow["databases"]} == expected

    def works_of(self, source: str) -> frozenset[int]:
        active = (self.datasets[run] for run in self.in_flow())
        return frozenset().union(*(each.works for each in active if each.source == source))

    def report_has(self, report: Any, flow: dict[str, Any]) -> None:
        assert report["flow"] == flow
        counted = {source["source"]: source["count"] for source in report["sources"]}
        assert counted == {source: len(self.works_of(source)) or None for source in SOURCES}
        newest = {
            source["source"]: source["run"] and source["run"]["count"]
            for source in report["sources"]
        }
        assert newest == {source: self.newest_search(source) for source in SOURCES}

    def newest_search(self, source: str) -> int | None:
        """How many works the newest search of a source brought; `None` where none was run."""
        active = [self.datasets[run] for run in self.in_flow()]
        numbers = [each.search for each in active if each.source == source]
        if not numbers:
            return None
        newest = (each.works for each in active if each.search == max(numbers))
        return len(frozenset().union(*newest))

    def export_has(self, flow: dict[str, Any]) -> None:
        with export(self.project, Choice(copies=Copies.LIST), now=self.at) as listed:
            statuses = Counter(outcome.status for _, outcome in listed.entries() if outcome)
        assert statuses == listed.counts
        assert statuses.total() == flow["database_results"]
        assert statuses[Status.DUPLICATE] == flow["duplicates"]
        assert statuses[Status.INCLUDED] == flow["new_studies"]
        assert statuses[Status.NOT_RETRIEVED] == flow["dbr_notretrieved_reports"]
        reports_excluded = sum(tally["n"] for tally in flow["dbr_excluded"])
        assert statuses[Status.EXCLUDED] == flow["records_excluded"] + reports_excluded
        waiting = flow["awaiting_screening"] + flow["awaiting_assessment"]
        open_ones = (Status.UNDECIDED, Status.MAYBE, Status.CONFLICT)
        assert sum(statuses[status] for status in open_ones) == waiting

    def status_has(self, states: dict[str, int], flow: dict[str, Any]) -> None:
        assert sum(states.values()) == flow["database_results"]
        assert states[State.DUPLICATE] == flow["duplicates"]
        assert states[State.INCLUDED] == flow["new_studies"]
        assert states[State.RECORD_EXCLUDED] == flow["records_excluded"]
        assert states[State.AWAITING_SCREENING] == flow["awaiting_screening"]
        assert states[State.AWAITING_ASSESSMENT] == flow["awaiting_assessment"]
        assert states[State.NOT_RETRIEVED] == flow["dbr_notretrieved_reports"]

    @precondition(lambda self: self.in_flow())
    @invariant()
    def the_flow_adds_up(self) -> None:
        style = DrawingStyle(now=self.at)
        drawn = draw_review(self.project, style, compare_reported=False, force=False)
        assert check(drawn.flow, own=True) == ()
        with self.store() as store:
            leads: dict[str, str] = dict(store.rows("SELECT record, lead FROM duplicates"))
            known = {record for (record,) in store.rows("SELECT record FROM flow_records")}
        assert leads.keys() | set(leads.values()) <= known, "a copy or its lead is not in the flow"

    @precondition(lambda self: self.datasets)
    @invariant()
    def the_log_lists_searches(self) -> None:
        runs = {run["run"]: run for run in read_log(self.project, now=self.at)}
        assert {run: row["search"] for run, row in runs.items()} == {
            run: dataset.search for run, dataset in self.datasets.items()
        }
        out = {run for run, row in runs.items() if row["withdrawn"]}
        assert out == {run for run, dataset in self.datasets.items() if dataset.withdrawn}

    @precondition(lambda self: self.in_flow())
    @invariant()
    def the_difference_of_two_searches_is_that_of_their_works(self) -> None:
        active = [self.datasets[run] for run in self.in_flow()]
        for source in SOURCES:
            searches = sorted({each.search for each in active if each.source == source})
            if len(searches) < 2:
                continue
            before, after = (
                frozenset().union(*(each.works for each in active if each.search == search))
                for search in searches[-2:]
            )
            first, second = (
                next(run for run in self.in_flow() if self.datasets[run].search == search)
                for search in searches[-2:]
            )
            (difference,) = find_differences(self.project, str(first), str(second), now=self.at)
            kinds = Counter(change.kind.value for change in difference.changes)
            assert (kinds["new"], kinds["gone"]) == (len(after - before), len(before - after))

    @invariant()
    def what_was_there_is_there(self) -> None:
        if not self.project.database.exists():
            return
        with self.store() as store:
            for table, order in APPENDED.items():
                rows = store.rows(f"SELECT * FROM {table} ORDER BY {order}")
                before = self.kept.get(table, [])
                assert rows[: len(before)] == before, f"{table} lost or changed a row"
                self.kept[table] = rows


TestAReviewOfOnesOwn = pytest.mark.slow(OwnHistories.TestCase)
TestAReviewOfOnesOwn.settings = settings(
    max_examples=examples(8, factor=100),
    stateful_step_count=12,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
