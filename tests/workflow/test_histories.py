"""After any history of searches, imports, updates, screening, settling and releases the flow adds
up, nothing is lost,
and every version is drawn again as it was.
"""

import datetime
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from reviewkit.model.errors import UsageError
from reviewkit.model.records import RelationKind, Stage
from reviewkit.prisma.check import check
from reviewkit.prisma.partition import Selection
from reviewkit.screening.models import Order, RetrievalOutcome
from reviewkit.store import run_log
from reviewkit.store.decisions import states, steps_taken
from reviewkit.store.duplicates import stored_leads
from reviewkit.store.records import has_records, records_in_flow
from reviewkit.store.releases import releases
from reviewkit.store.runs import any_search_in_flow
from reviewkit.workflow.duplicates.dedupe import run_dedupe, undo_pair
from reviewkit.workflow.open_review import NoRecordsYetError
from reviewkit.workflow.reporting.prisma import DrawingStyle, draw_review, write_drawing
from reviewkit.workflow.reporting.release import previous_version, release, updated_flow
from reviewkit.workflow.reporting.review_flow import review_flow
from reviewkit.workflow.reproducing.reproduce import reproduce
from reviewkit.workflow.searching.import_files import import_files
from reviewkit.workflow.searching.ingest import search_and_store
from reviewkit.workflow.searching.input_files import ImportOptions, InputFile
from reviewkit.workflow.session.conflicts import open_conflicts
from reviewkit.workflow.session.open_screening import SessionOptions, open_session
from reviewkit.workflow.session.pairs import open_pairs_session
from reviewkit.workflow.updates.undo import UndoOptions, bring_back, undo_runs
from tests.helpers.effort import examples
from tests.helpers.living import PROTOCOL, corpus_of, gone_from, make_living, work
from tests.servers.eutils_server import EutilsServer, Fault

TEAM = PROTOCOL.replace(
    "[[strategies]]",
    '[[sources]]\nid = "lilacs"\nname = "LILACS"\nrole = "database"\n'
    "[screening]\nreviewers = { title_abstract = 2, full_text = 1 }\n[[strategies]]",
)
# A published review: one of its works the search finds, one it does not, until an update does.
PUBLISHED = (
    TEAM.replace(
        'title = "Guts and nerves"', 'title = "Guts and nerves"\nreviewer = "Made up 2025"'
    )
    + """
[reported.flow]
new_studies = 2
[[reported.works]]
id = "found"
title = "Invented study of nerves and fats in mice that do not exist"
year = 2025
doi = "10.1000/shared1"
[[reported.works]]
id = "lacking"
title = "Invented study of salt and guts in mice that do not exist"
year = 2025
doi = "10.1000/shared4"
"""
)
APPENDED = {
    "runs": "run",
    "run_records": "run, position",
    "decisions": "decision",
    "withdrawals": "withdrawal",
    "run_searches": "run",
    "resolutions": "resolution",
    "retrievals": "retrieval",
    "pair_decisions": "pair_decision",
    "record_versions": "version",
    "updates": "update_number",
    "update_ends": "update_number",
    "releases": "release",
    "release_records": "release, record",
}


def shared(number: int) -> str:
    """The title of a work that both sources may have."""
    things = (
        "guts",
        "nerves",
        "diets",
        "sleep",
        "salt",
        "sugar",
        "toxins",
        "fibre",
        "genes",
        "cells",
        "fats",
        "age",
        "sex",
    )
    return f"Invented study of {things[number]} and {things[number - 4]} in mice that do not exist"


class Histories(RuleBasedStateMachine):
    """A team's review, kept up to date."""

    protocol: ClassVar[str] = TEAM

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        corpus = corpus_of(4)
        corpus.add(*(work(1500 + n, shared(n), doi=f"10.1000/shared{n}") for n in (1, 2)))
        self.server = EutilsServer(corpus)
        self.server.__enter__()
        self.review = make_living(Path(self.folder.name), self.server, self.protocol)
        self.project = self.review.project
        self.number = 0
        self.kept: dict[str, list[tuple[Any, ...]]] = {}
        self.drawn: dict[tuple[str, str], bytes] = {}

    def teardown(self) -> None:
        for (name, template), before in self.drawn.items():
            assert self.draw(name, template) == before, (
                f"{name} drawn as {template} is not what it was"
            )
        self.server.__exit__(None, None, None)
        self.folder.cleanup()

    def clock(self) -> datetime.datetime:
        self.review.at += datetime.timedelta(minutes=1)
        return self.review.at

    @initialize(first=st.sampled_from(("search", "update", "import")))
    def begin(self, first: str) -> None:
        if first == "search":
            self.search()
        elif first == "update":
            self.update()
        else:
            self.import_a_file([0, 3, 5])

    # What changes the records.

    @rule()
    def search(self) -> None:
        searcher = self.review.searcher()
        search_and_store(self.project, searcher, only="pubmed")
        self.close(searcher)

    @rule(
        numbers=st.lists(st.integers(0, 5), min_size=1, max_size=4, unique=True),
        linked=st.booleans(),
    )
    def import_a_file(self, numbers: Sequence[int], linked: bool = False) -> None:
        self.number += 1
        path = Path(self.folder.name) / f"export{self.number}.ris"
        entries = (
            f"TY  - JOUR\nID  - lil-{n}\nTI  - {shared(n)}\nPY  - 2025\nLA  - en\n"
            + (f"DO  - 10.1000/shared{n}\n" if n % 2 else "")
            + "ER  - \n"
            for n in numbers
        )
        path.write_text("\n".join(entries), encoding="utf-8")
        given = [InputFile(name=path.name, content=path)]
        import_files(self.project, given, ImportOptions(source="lilacs"), now=self.clock)
        if linked:
            self.dedupe()

    @rule(
        change=st.sampled_from(("none", "add", "delete", "unlist", "relist", "retract", "language"))
    )
    def update(self, change: str = "none") -> None:
        self.change(change)
        self.review.update(days=7)

    @rule(n=st.integers(0, 5))
    def update_with_a_work_that_another_source_may_have(self, n: int) -> None:
        self.number += 1
        self.server.corpus.add(work(4000 + self.number, shared(n), doi=f"10.1000/shared{n}"))
        self.review.update(days=7)

    @rule(
        fault=st.sampled_from((Fault.SERVER_ERROR, Fault.HTML, Fault.FORBIDDEN)),
        where=st.sampled_from(("esearch", "efetch")),
    )
    def update_while_the_service_fails(self, fault: Fault, where: str) -> None:
        self.change("add")
        before = self.lists()
        self.server.on(where, range(1, 60), fault)
        found = self.review.update(days=7)
        self.server._scripts.clear()
        assert (
            found.outcome != "complete" or where == "efetch"
        )  # where nothing is left to be fetched
        assert self.lists() == before or found.outcome == "complete"

    @precondition(lambda self: self.project.database.exists())
    @rule(which=st.integers(0, 20), back=st.booleans())
    def undo_a_run_or_bring_it_back(self, which: int, back: bool) -> None:
        with self.review.store() as store:
            wanted = "IN" if back else "NOT IN"
            runs = store.rows(
                "SELECT run FROM runs WHERE status = 'complete' AND counts_in_flow = 1 "
                f"AND role = 'database' AND run {wanted} (SELECT run FROM withdrawn_runs)"
            )
        if not runs:
            return
        ((run,), how) = runs[which % len(runs)], UndoOptions(reviewer="cy", with_decisions=True)
        work = bring_back if back else undo_runs
        work(self.project, run, how, whole_search=False, now=self.clock())

    @rule()
    def dedupe(self) -> None:
        try:
            run_dedupe(self.project, dry_run=False, now=self.clock())
        except UsageError:
            assert not self.project.database.exists()
            return
        with self.review.store() as store:
            steps = steps_taken(store)
            for record, lead in stored_leads(store).items():
                further = lead.startswith("reported:") or steps.get(lead, 0) >= steps.get(record, 0)
                assert further, f"what was said of {record} does not count: {lead} leads"

    def change(self, what: str) -> None:
        corpus = self.server.corpus
        self.number += 1
        pmids = sorted(corpus.pmids)
        one = pmids[self.number * 7 % len(pmids)]
        match what:
            case "add":
                corpus.add(work(3000 + self.number, day=f"{self.review.at:%Y/%m/%d}"))
            case "delete" if len(pmids) > 2:
                corpus.delete(one)
            case "unlist":
                corpus.revise(one, "TI  - Invented", "TI  - Hidden")
            case "relist":
                corpus.revise(one, "TI  - Hidden", "TI  - Invented")
            case "retract":
                corpus.revise(one, "PT  - Journal Article", "PT  - Retracted Publication")
            case "language":
                corpus.revise(one, "LA  - eng", "LA  - fre")

    # What people say.

    @rule(
        who=st.sampled_from(("ana", "ben")),
        stage=st.sampled_from(Stage),
        acts=st.lists(
            st.sampled_from(("include", "exclude", "maybe", "undo", "lacking", "note")),
            min_size=1,
            max_size=5,
        ),
    )
    def screen(self, who: str, stage: Stage, acts: Sequence[str]) -> None:
        with self.only_of("decisions", who):
            self.act(
                lambda: open_session(
                    self.project,
                    reviewer=who,
                    options=SessionOptions(stage=stage, order=Order.ID),
                    clock=self.clock,
                ),
                acts,
            )

    @rule(acts=st.lists(st.sampled_from(("include", "exclude", "undo")), min_size=1, max_size=3))
    def settle(self, acts: Sequence[str]) -> None:
        with self.only_of("resolutions", "cy"):
            self.act(lambda: open_conflicts(self.project, "cy", clock=self.clock), acts)

    @rule(
        acts=st.lists(
            st.sampled_from(("same", "different", "related", "undo")), min_size=1, max_size=3
        )
    )
    def answer_pairs(self, acts: Sequence[str]) -> None:
        self.act(lambda: open_pairs_session(self.project, "cy", clock=self.clock), acts)

    @rule(which=st.integers(0, 20))
    def part_what_was_joined(self, which: int) -> None:
        with self.review.store() as store:
            joined = store.rows("SELECT record, lead FROM duplicates ORDER BY record")
        if joined:
            one, two = joined[which % len(joined)]
            undo_pair(self.project, one, two, "cy", now=self.clock())

    def act(self, open_one: Callable[[], Any], acts: Sequence[str]) -> None:
        try:
            opened = open_one()
        except UsageError:
            return
        with opened as session:
            for act in acts:
                try:
                    self.act_once(session, act)
                except UsageError:
                    continue  # what cannot be done changes nothing: the rows are compared below

    def act_once(self, session: Any, act: str) -> None:
        if act == "exclude":
            session.exclude(1)
        elif act == "related":
            session.related(RelationKind.PREPRINT_OF)
        elif act == "lacking":
            session.retrieval.set_outcome(RetrievalOutcome.NOT_RETRIEVED, "no copy")
        elif act == "note":
            session.notes.write_note("seen")
        else:
            getattr(session, act)()

    # What is frozen and what is replayed.

    @precondition(lambda self: self.project.database.exists())
    @rule()
    def release(self) -> None:
        self.number += 1
        name = f"v{self.number}"
        with self.review.store() as store:
            begun = has_records(store) or any_search_in_flow(store)
        if not begun:
            with pytest.raises(NoRecordsYetError):
                release(self.project, name, now=self.clock())
            return

        release(self.project, name, now=self.clock())
        with self.review.store() as store:
            flows = releases(store)[-1].flows
        for template in flows:
            self.drawn[name, template] = self.draw(name, template)

    @precondition(lambda self: self.project.protocol.is_published)
    @rule()
    def replay(self) -> None:
        searcher = self.review.searcher()
        reproduce(self.project, searcher)
        self.close(searcher)

    def draw(self, name: str, template: str) -> bytes:
        # One fixed time, as SOURCE_DATE_EPOCH gives it: the day of the drawing is printed.
        style = DrawingStyle(
            template=template, now=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
        )
        drawing = draw_review(
            self.project, style, compare_reported=False, force=False, release=name
        )
        return write_drawing(drawing, style, format_name="svg")

    # What must be true after every step.

    @invariant()
    def every_record_has_one_state_and_the_flow_adds_up(self) -> None:
        if not self.project.database.exists():
            return
        with self.review.store() as store:
            known = [record.key for record in records_in_flow(store)]
            for partition in (states(store), states(store, Selection.TEAM)):
                assert [state.record for state in partition] == known
            assert check(review_flow(store, self.project.protocol), own=True) == ()
            assert check(review_flow(store, self.project.protocol, later=False), own=True) == ()
            previous = previous_version(store, states(store))
            if previous:
                assert check(updated_flow(store, self.project.protocol, previous), own=True) == ()
            leads: dict[str, str] = dict(store.rows("SELECT record, lead FROM duplicates"))
            assert not leads.keys() & set(leads.values())
            assert leads.keys() | set(leads.values()) <= set(known), (
                "a copy or its lead is not in the flow"
            )
            assert {record for (record,) in store.rows("SELECT record FROM works")} <= set(known)
            first = "SELECT record, min(run) FROM run_records JOIN flow_runs USING (run) WHERE record IS NOT NULL "
            among = (
                "AND (role <> 'reported' OR record IN (SELECT record FROM works)) GROUP BY record"
            )
            came = run_log.first_runs(store)
            assert came == dict(store.rows(first + among))
            # Else what was said of a record would no longer count once a copy of it comes. The
            # works that only the
            # published list has come with the first judgement, and stand for a review that was
            # there before all.
            # A copy that people have decided on leads one that they have not.
            spoken_on = {
                record for (record,) in store.rows("SELECT DISTINCT record FROM decisions")
            }
            late = {
                record: lead
                for record, lead in leads.items()
                if came[lead] > came[record]
                and not lead.startswith("reported:")
                and lead not in spoken_on
            }
            assert not late, f"led by a copy that came later: {late}"

    @invariant()
    def what_was_there_is_there(self) -> None:
        if not self.project.database.exists():
            return
        with self.review.store() as store:
            for table, order in APPENDED.items():
                rows = store.rows(f"SELECT * FROM {table} ORDER BY {order}")
                before = self.kept.get(table, [])
                assert rows[: len(before)] == before, f"{table} lost or changed a row"
                self.kept[table] = rows

    @contextmanager
    def only_of(self, table: str, who: str) -> Iterator[None]:
        """Only this person's rows stand differently afterwards."""
        name = "reviewer" if table == "decisions" else "settled_by"

        def others() -> list[tuple[Any, ...]]:
            with self.review.store() as store:
                return store.rows(
                    f"SELECT * FROM current_{table} WHERE {name} <> ? ORDER BY 1", [who]
                )

        before = others() if self.project.database.exists() else []
        yield
        assert (others() if self.project.database.exists() else []) == before

    def lists(self) -> dict[str, Any]:
        with self.review.store() as store:
            values = {source: gone_from(store, source, "words") for source in ("pubmed", "lilacs")}
            # What only the published list has comes with the first judgement, whatever a service
            # does.
            searched = [
                record.key for record in records_in_flow(store) if record.source != "reported"
            ]
            return {"records": searched, "gone": values}

    @staticmethod
    def close(searcher: Any) -> None:
        searcher.transport.close()


class PublishedHistories(Histories):
    """A published review that is rerun and kept up to date."""

    protocol: ClassVar[str] = PUBLISHED


# Each step writes to a database and asks a server: to shrink a failing history would take many
# minutes.
_HOW = settings(
    max_examples=examples(10, factor=100),
    stateful_step_count=14,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
TestATeamsReview = pytest.mark.slow(Histories.TestCase)
TestATeamsReview.settings = _HOW
TestAPublishedReview = pytest.mark.slow(PublishedHistories.TestCase)
TestAPublishedReview.settings = _HOW
