"""Steps of a generated history that change what was decided: many at once, amendments, retrieval."""

import datetime
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from reviewkit.model.errors import UsageError
from reviewkit.model.records import Stage, Verdict
from reviewkit.screening.models import Filter, Order, RetrievalOutcome
from reviewkit.store import Store
from reviewkit.workflow.project import ReviewProject, open_project
from reviewkit.workflow.screening.amend import amend, undo_amendment
from reviewkit.workflow.session.open_screening import SessionOptions, open_session
from reviewkit.workflow.session.screening import ScreeningSession

REWORDED = ("in animals only", "in animals alone")
WHO = st.sampled_from(("ana", "ben"))


class DecisionSteps:
    """Mixed into a history of one's own review, which has the review and its counts."""

    project: ReviewProject
    clock: Callable[[], datetime.datetime]
    store: Callable[[], Store]
    counts: Callable[[], dict[str, Any]]
    in_flow: Callable[[], list[int]]

    @precondition(lambda self: self.in_flow())
    @rule(
        who=WHO,
        stage=st.sampled_from(Stage),
        years=st.tuples(st.integers(2000, 2007), st.integers(0, 4)),
        verdict=st.sampled_from((Verdict.INCLUDE, Verdict.EXCLUDE, Verdict.MAYBE)),
        undone=st.booleans(),
    )
    def decide_on_many(
        self, who: str, stage: Stage, years: tuple[int, int], verdict: Verdict, undone: bool
    ) -> None:
        first, more = years
        before, said = self.counts(), self.said_by_others(who)
        with self.session(who, stage) as session:
            try:
                session.navigation.set_filter(Filter(year_from=first, year_to=first + more))
                records = [match.record for match in session.many.matching()]
            except UsageError:
                return
            done, left = session.progress.done, session.progress.left
            session.many.decide(records, verdict, 1)
            assert session.progress.done == done + len(records)
            assert session.progress.left == left - len(records)
        assert self.said_by_others(who) == said

        if undone:
            with self.session(who, stage) as session:
                session.many.undo_last()
            assert self.counts() == before

    @precondition(lambda self: self.in_flow())
    @rule(group=st.sampled_from(("all-excluded", "included")), undone=st.booleans())
    def amend_and_send_back(self, group: str, undone: bool) -> None:
        before, rows = self.counts(), self.rows("decisions")
        try:
            amended = amend(
                self.project, "a wider question", reviewer="cy", requeue=group, now=self.clock()
            )
        except UsageError:
            return

        after = self.counts()
        assert amended.decisions >= len(amended.records) > 0
        assert self.rows("decisions") == rows
        if group == "included":
            assert after["new_reports"] == 0
        else:
            assert (after["records_excluded"], after["dbr_excluded"]) == (0, ())
        if undone:
            undo_amendment(self.project, reviewer="cy", now=self.clock())
            assert self.counts() == before

    @precondition(lambda self: self.in_flow())
    @rule(who=WHO)
    def find_a_report_after_all(self, who: str) -> None:
        with self.store() as store:
            lost = store.rows(
                "SELECT record FROM selection_states "
                "WHERE selection = 'team' AND state = 'not_retrieved' ORDER BY record"
            )
        if not lost:
            return

        before = self.counts()["dbr_notretrieved_reports"]
        with self.session(who, Stage.FULL_TEXT) as session:
            session.navigation.jump(lost[0][0])
            session.retrieval.set_outcome(RetrievalOutcome.RETRIEVED)
        assert self.counts()["dbr_notretrieved_reports"] == before - 1

    @precondition(lambda self: self.in_flow())
    @rule()
    def reword_a_reason(self) -> None:
        """The flow keeps its numbers; what is different is said in its notes."""
        before = self.counts()
        path, text = self.project.protocol_path, self.project.protocol_text
        was, now = REWORDED if REWORDED[0] in text else REWORDED[::-1]
        path.write_text(text.replace(was, now), encoding="utf-8")
        self.project = open_project(path)
        after = self.counts()
        del before["footnotes"], after["footnotes"]
        assert after == before

    def session(self, who: str, stage: Stage) -> ScreeningSession:
        options = SessionOptions(stage=stage, order=Order.ID)
        return open_session(self.project, reviewer=who, options=options, clock=self.clock)

    def said_by_others(self, who: str) -> list[tuple[Any, ...]]:
        with self.store() as store:
            return store.rows(
                "SELECT decision_sha256 FROM current_decisions WHERE reviewer <> ? ORDER BY 1",
                [who],
            )

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        with self.store() as store:
            return store.rows(f"SELECT * FROM {table} ORDER BY 1")
