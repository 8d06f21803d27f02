"""A screening session without a user interface."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from reviewkit.model.errors import UsageError
from reviewkit.model.records import Role, RunKind, Stage, Verdict
from reviewkit.screening.models import Filter, Only, Order, RecordView, RetrievalOutcome, TermKind
from reviewkit.store import Store
from reviewkit.store.decisions import add_decisions, name_published_reviewer, states
from reviewkit.store.runs import add_run
from reviewkit.workflow.project import ReviewProject, open_project
from reviewkit.workflow.session.screening import ScreeningSession
from tests.helpers.screening_review import (
    NOW,
    TWO,
    make_records,
    make_review,
    run_of,
    session_of,
    ticking,
)
from tests.helpers.stores import decision_of


def stored(project: ReviewProject) -> list[tuple[str, str, str, str | None]]:
    """What another connection sees committed."""
    with sqlite3.connect(project.database) as other:
        rows = other.execute(
            "SELECT record, reviewer, verdict, reason FROM decisions ORDER BY decision"
        ).fetchall()
    other.close()
    return rows


def seen(session: ScreeningSession) -> RecordView:
    assert session.view is not None
    return session.view


def test_a_decision_is_committed_before_the_next_record_is_shown(tmp_path: Path) -> None:
    project = make_review(tmp_path)
    with session_of(project) as session:
        first = seen(session).record.key
        step = session.include()
        assert stored(project) == [(first, "ana", "include", None)]
        assert step.view is not None
        assert step.view.record.key != first
        assert step.view.progress.done == 1
        assert step.view.progress.left == 11


def test_an_exclusion_takes_its_reason_by_number_or_wording(tmp_path: Path) -> None:
    project = make_review(tmp_path)
    with session_of(project) as session:
        assert session.reasons == ("not on guts", "in animals only")
        session.exclude(2)
        session.exclude("Not on guts")
        session.exclude()
        for wrong in (0, 3, "too long"):
            with pytest.raises(UsageError, match="reason"):
                session.exclude(wrong)
    assert [row[3] for row in stored(project)] == ["in animals only", "not on guts", None]


def test_undo_goes_back_any_number_of_steps_across_sessions_and_the_history_keeps_both(
    tmp_path: Path,
) -> None:
    project = make_review(tmp_path, count=6)
    clock = ticking()
    with session_of(project, clock=clock) as session:
        keys = [seen(session).record.key]
        for act in (session.include, session.exclude, session.maybe):
            act()
            keys.append(seen(session).record.key)
        session.navigation.jump(keys[0])
        session.exclude(1)
    with session_of(project, clock=clock) as session:
        undone = [session.undo().view for _ in range(4)]
        assert [view and view.record.key for view in undone] == [keys[0], keys[2], keys[1], keys[0]]
        assert seen(session).own is None
        assert [d.verdict for d in seen(session).own_history] == [
            "include",
            "exclude",
            "include",
            "withdrawn",
        ]
        with pytest.raises(UsageError, match="nothing to undo"):
            session.undo()
        assert session.progress.done == 0
        assert session.progress.left == 6


def test_undo_after_a_change_brings_back_what_stood_before(tmp_path: Path) -> None:
    project = make_review(tmp_path)
    with session_of(project) as session:
        key = seen(session).record.key
        session.include("clear case")
        session.navigation.jump(key)
        session.exclude(1)
        own = seen_after(session.undo().view).own
        assert own is not None
        assert (own.verdict, own.note) == ("include", "clear case")


def seen_after(view: RecordView | None) -> RecordView:
    assert view is not None
    return view


def test_undo_takes_back_notes_tags_and_skips_of_the_session_too(tmp_path: Path) -> None:
    project = make_review(tmp_path)
    with session_of(project) as session:
        first = seen(session).record.key
        session.notes.write_note("read again")
        session.notes.toggle_tag("key  paper")
        session.skip()
        assert seen(session).record.key != first
        assert seen_after(session.undo().view).record.key == first
        assert seen(session).tags == ("key paper",)
        assert seen_after(session.undo().view).tags == ()
        assert seen_after(session.undo().view).note is None
        assert session.notes.all_tags == ()


def test_skipped_records_come_again_when_no_other_is_left(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=3)
    with session_of(project) as session:
        first = seen(session).record.key
        session.skip()
        session.include()
        session.include()
        assert seen(session).record.key == first
        assert session.include().view is None
        with pytest.raises(UsageError, match="no record is in view"):
            session.include()
        assert session.progress.left == 0


def test_back_and_forward_change_nothing(tmp_path: Path) -> None:
    project = make_review(tmp_path)
    with session_of(project) as session:
        first = seen(session).record.key
        with pytest.raises(UsageError, match="no record came before"):
            session.navigation.back()
        session.include()
        second = seen(session).record.key
        back = seen_after(session.navigation.back().view)
        assert back.record.key == first
        assert back.own is not None
        assert seen_after(session.navigation.forward().view).record.key == second
        assert len(stored(project)) == 1


def test_a_decision_made_after_going_back_stands_and_the_queue_goes_on(tmp_path: Path) -> None:
    project = make_review(tmp_path)
    with session_of(project) as session:
        session.include()
        waiting = seen(session).record.key
        session.navigation.back()
        assert seen_after(session.exclude(1).view).record.key == waiting
        assert session.progress.done == 1
        assert session.progress.excluded == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "printed",
    [
        "10.1000/7",
        "https://doi.org/10.1000/7",
        "http://dx.doi.org/10.1000/7",
        "DOI: 10.1000/7",
        "doi:10.1000/7",
        "00007",
        "pubmed:00007",
    ],
)
def test_a_record_is_found_by_its_identifier_however_it_is_printed(
    tmp_path: Path, printed: str
) -> None:
    with session_of(make_review(tmp_path)) as session:
        assert session.navigation.find(printed)[0].record == "pubmed:00007"


def test_search_filter_and_jump_find_any_record(tmp_path: Path) -> None:
    project = make_review(tmp_path)
    with session_of(project) as session:
        hits = session.navigation.find("microb number 7")
        assert [hit.record for hit in hits] == ["pubmed:00007"]
        session.navigation.jump(hits[0].record)
        session.maybe()
        assert session.navigation.find("number 7")[0].verdict is Verdict.MAYBE
        assert (
            seen_after(session.navigation.set_filter(Filter(only=Only.MAYBE)).view).record.key
            == "pubmed:00007"
        )
        with pytest.raises(UsageError, match="no record matches"):
            session.navigation.set_filter(Filter(only=Only.EXCLUDED))
        assert session.navigation.filter.only is Only.MAYBE
        session.navigation.set_filter(Filter(text="mice", year_from=2004))
        assert {hit.record for hit in session.navigation.list_records()} == {
            f"pubmed:{i:05}" for i in (4, 6, 8, 10)
        }
        for _ in range(4):
            session.include()
        assert session.view is None
        assert session.navigation.set_filter(Filter()).view is not None
        for hostile in ('"', "a OR (", "*", "NEAR/", "title:x"):
            assert session.navigation.find(hostile) is not None
        with pytest.raises(UsageError, match="not a record of this stage"):
            session.navigation.jump("pubmed:99999")


def test_terms_of_the_protocol_and_of_the_reviewer_are_highlighted(tmp_path: Path) -> None:
    screening = '[screening.highlight]\nexclude = ["mice"]\ninclude_patterns = ["micro\\\\w+"]\n'
    project = make_review(tmp_path, screening=screening)
    with session_of(project) as session:
        session.navigation.jump("pubmed:00002")
        spans = seen(session).highlights
        assert [(s.kind, s.term) for s in spans["title"]] == [(TermKind.EXCLUDE, "mice")]
        assert [s.term for s in spans["abstract"]] == ["micro\\w+"]
        assert [s.term for s in spans["keywords"]] == ["Gut"]
        shown = session.terms.add("nerv*").view
        assert TermKind.OWN in {s.kind for s in seen_after(shown).highlights["abstract"]}
        with pytest.raises(UsageError, match="regular expression"):
            session.terms.add("(", pattern=True)
    with session_of(project) as session:
        assert session.terms.all[-1].text == "nerv*"
        session.terms.remove("nerv*")
        with pytest.raises(UsageError, match="no term of your own"):
            session.terms.remove("mice")


def test_blind_reviewers_see_each_other_only_when_both_have_decided(tmp_path: Path) -> None:
    project = make_review(tmp_path, screening=TWO)
    with session_of(project, "ana") as ana, session_of(project, "rui") as rui:
        assert ana.blind
        key = seen(ana).record.key
        ana.exclude(1, "mice")
        ana.navigation.jump(key)
        assert seen(ana).others == ()
        assert seen(ana).others_hidden
        rui.navigation.jump(key)
        assert seen(rui).others == ()
        assert seen(rui).own is None
        rui.include()
        rui.navigation.jump(key)
        assert [(o.decision.reviewer, o.decision.verdict) for o in seen(rui).others] == [
            ("ana", "exclude")
        ]
        assert not seen(rui).others_hidden
        ana.navigation.jump(key)
        assert [o.decision.reviewer for o in seen(ana).others] == ["rui"]


def test_notes_and_tags_stay_with_their_reviewer(tmp_path: Path) -> None:
    project = make_review(tmp_path)
    with session_of(project, "ana") as ana, session_of(project, "rui", blind=True) as rui:
        ana.notes.write_note("mine")
        ana.notes.toggle_tag("mine")
        rui.navigation.jump(seen(ana).record.key)
        assert (seen(rui).note, seen(rui).tags, rui.notes.all_tags) == (None, (), ())


def test_a_record_with_enough_reviewers_leaves_the_others_queues_at_once(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=3)
    with session_of(project, "ana") as ana, session_of(project, "rui") as rui:
        rui.navigation.jump("pubmed:00001")
        rui.include()
        ana.include()
        assert seen(ana).record.key == "pubmed:00002"
        assert ana.progress.left == 1


def test_pilot_records_come_first_and_to_everybody(tmp_path: Path) -> None:
    project = make_review(tmp_path, screening="[screening.pilot]\nsize = 4\nseed = 3\n")
    drawn: list[list[str]] = []
    for reviewer in ("ana", "rui", "li"):
        with session_of(project, reviewer, order=Order.DATE) as session:
            drawn.append([])
            for _ in range(4):
                assert seen(session).pilot
                drawn[-1].append(seen(session).record.key)
                session.include()
            assert not seen(session).pilot
    assert drawn[0] == drawn[1] == drawn[2]


def pilot_of(project: ReviewProject) -> set[str]:
    with session_of(project, "someone new") as session:
        found = set()
        while session.view is not None and session.view.pilot:
            found.add(session.view.record.key)
            session.skip()
            if session.view is not None and session.view.record.key in found:
                break
        return found


def bring(project: ReviewProject, first: int, *, at: str, kind: RunKind = RunKind.OWN) -> None:
    with Store(project.database, now=NOW) as store, store.transaction():
        more = make_records(40, first=first)
        run = replace(run_of(more, at=at), kind=kind)
        add_run(store, run, more, protocol=project.protocol_sha256, counts_in_flow=True)


def test_the_pilot_stays_what_it_was_when_screening_began(tmp_path: Path) -> None:
    project = make_review(tmp_path, screening="[screening.pilot]\nsize = 4\nseed = 3\n")
    before = pilot_of(project)
    bring(project, 100, at="2026-02-01")
    drawn = pilot_of(project)
    # Until somebody decides, a search may bring records to be drawn from; an update never does.
    assert drawn != before
    bring(project, 200, at="2026-03-01", kind=RunKind.UPDATE)
    assert pilot_of(project) == drawn
    with session_of(project) as session:
        session.include()
        session.undo()
    bring(project, 300, at="2026-12-01")
    assert pilot_of(project) == drawn
    assert len(drawn) == 4


def test_full_text_has_the_included_and_needs_a_reason(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=4)
    clock = ticking()
    with session_of(project, clock=clock) as session:
        session.include()
        session.include()
        session.include()
        session.exclude(1)
        session.navigation.jump("pubmed:00000")
        with pytest.raises(UsageError, match="full text"):
            session.retrieval.set_outcome(RetrievalOutcome.RETRIEVED)
    with session_of(project, stage=Stage.FULL_TEXT, clock=clock) as session:
        assert session.progress.left == 3
        with pytest.raises(UsageError, match="needs its reason"):
            session.exclude()
        session.retrieval.set_outcome(RetrievalOutcome.SOUGHT, "asked the library")
        retrieval = seen(session).retrieval
        assert retrieval is not None
        assert retrieval.detail == "asked the library"
        session.exclude(2)
        session.include()
        session.retrieval.set_outcome(RetrievalOutcome.NOT_RETRIEVED, "no copy anywhere")
    with Store(project.database, now=NOW) as store:
        assert {s.record[-1]: (s.state, s.reason) for s in states(store)} == {
            "0": ("report_excluded", "in animals only"),
            "1": ("included", None),
            "2": ("not_retrieved", "no copy anywhere"),
            "3": ("record_excluded", "not on guts"),
        }


def test_records_that_arrive_later_are_found_at_the_end(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=1)
    with session_of(project) as session:
        with Store(project.database, now=NOW) as store, store.transaction():
            more = make_records(1, first=1)
            add_run(
                store,
                run_of(more, at="2026-02"),
                more,
                protocol=project.protocol_sha256,
                counts_in_flow=True,
            )
        step = session.include()
        assert seen_after(step.view).record.key == "pubmed:00001"


def test_the_published_selection_is_hidden_until_decided_and_never_disturbed(
    tmp_path: Path,
) -> None:
    project = make_review(tmp_path, count=3)
    published = [
        decision_of(
            f"pubmed:0000{i}", Verdict.EXCLUDE, who="the published review", reason="not known"
        )
        for i in range(3)
    ]
    with Store(project.database, now=NOW) as store:
        with store.transaction():
            name_published_reviewer(store, "the published review")
            add_decisions(store, published, protocol=project.protocol_sha256)
        before = states(store)
    with session_of(project, blind=False) as session:
        assert session.progress.left == 3
        key = seen(session).record.key
        assert seen(session).others == ()
        session.include()
        session.navigation.jump(key)
        assert [(o.published, o.decision.verdict) for o in seen(session).others] == [
            (True, "exclude")
        ]
    with Store(project.database, now=NOW) as store:
        assert states(store) == before
    for name in ("the published review", " the  published review "):
        with pytest.raises(UsageError, match="own name"):
            session_of(project, name)


@pytest.mark.parametrize("name", ["", "  ", "a\x1b[2J", "x" * 81])
def test_a_name_that_cannot_be_used(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="needs a name"):
        session_of(make_review(tmp_path), name)


def test_nothing_to_screen_is_said(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=0)
    with pytest.raises(UsageError, match="holds no records"):
        session_of(project)
    project.database.unlink()
    with pytest.raises(UsageError, match="there is no database yet"):
        session_of(project)
    assert not project.database.exists()


def make_two_arms(folder: Path, role: Role) -> ReviewProject:
    """A review of one record of PubMed, and one that another method found."""
    project = make_review(folder, count=1)
    with Store(project.database, now=NOW) as store, store.transaction():
        more = make_records(1, first=5)
        run = run_of(more, at="2026-02", role=role)
        add_run(store, run, more, protocol=project.protocol_sha256, counts_in_flow=True)
    return project


def test_records_of_websites_go_straight_to_full_text(tmp_path: Path) -> None:
    project = make_two_arms(tmp_path, Role.WEBSITE)
    with session_of(project) as session:
        assert session.progress.left == 1
    with session_of(project, stage=Stage.FULL_TEXT) as session:
        assert seen(session).record.key == "pubmed:00005"


def test_what_citation_searching_found_is_screened_first(tmp_path: Path) -> None:
    project = make_two_arms(tmp_path, Role.CITATIONS)
    with session_of(project) as session:
        assert session.progress.left == 2
        session.include()
        session.include()
    with session_of(project, stage=Stage.FULL_TEXT) as session:
        assert session.progress.left == 2


def test_pace_leaves_breaks_out_and_is_silent_at_first(tmp_path: Path) -> None:
    project = make_review(tmp_path)
    with session_of(project, clock=ticking(seconds=8)) as session:
        session.include()
        assert session.progress.seconds_each is None
        for _ in range(5):
            session.include()
        progress = session.progress
        assert progress.seconds_each == pytest.approx(8.0)
        assert progress.seconds_left == pytest.approx(8.0 * 6)


def test_history_titles_and_notes_of_a_session(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=5)
    with session_of(project, "rui") as session:
        session.include()
    with session_of(project) as session:
        assert (session.review, session.order) == ("Guts and nerves", Order.ID)
        assert (session.has_decided, session.history()) == (False, [])
        session.exclude(1, "of mice")
        session.maybe("later")
        session.skip()
        assert session.has_decided
        assert [(d.record, d.verdict, d.note) for d in session.history()] == [
            ("pubmed:00002", "maybe", "later"),
            ("pubmed:00001", "exclude", "of mice"),
        ]
        assert [d.record for d in session.history(1)] == ["pubmed:00002"]
        assert session.titles_of(session.history(1)) == {"pubmed:00002": "Title 2 on mice"}
        assert [session.has(key) for key in ("pubmed:00002", "pubmed:99999")] == [True, False]
        # Undo of a skip: it waits no longer, also when the session goes on elsewhere.
        session.undo()
        session.navigation.jump("pubmed:00004")
        assert seen_after(session.include().view).record.key == "pubmed:00003"


def test_a_skip_that_was_taken_back_waits_no_longer(tmp_path: Path) -> None:
    with session_of(make_review(tmp_path, count=3)) as session:
        session.skip()
        session.undo()
        session.navigation.jump("pubmed:00002")
        assert seen_after(session.include().view).record.key == "pubmed:00000"


def test_each_decision_is_said_with_its_reason(tmp_path: Path) -> None:
    with session_of(make_review(tmp_path)) as session:
        assert session.include().message == "Included."
        assert session.exclude().message == "Excluded."
        assert session.exclude(2).message == "Excluded: in animals only."
        assert session.maybe().message == "Maybe."
        assert session.undo().message == "Taken back: maybe."


def test_a_reason_that_is_none_is_told_with_those_that_are(tmp_path: Path) -> None:
    with session_of(make_review(tmp_path)) as session:
        for wrong in (0, 3, "too long"):
            with pytest.raises(UsageError) as error:
                session.exclude(wrong)
            assert error.value.hint == "1 not on guts; 2 in animals only"


def test_a_protocol_without_reasons_takes_any_wording(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=2)
    without = project.protocol_text.partition("[[criteria]]")[0]
    project.protocol_path.write_text(without, encoding="utf-8")
    with session_of(open_project(project.protocol_path)) as session:
        assert session.reasons == ()
        session.exclude(" Not on Guts ")
        with pytest.raises(UsageError, match="there is no reason 1"):
            session.exclude(1)
    assert [row[3] for row in stored(project)] == ["Not on Guts"]
