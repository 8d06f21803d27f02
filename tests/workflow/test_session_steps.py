"""What each small step of a session says, stores and takes back: notes, tags, reports, studies,
terms, moves, filters, many at once.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewkit.model.errors import UsageError
from reviewkit.model.records import Stage, Verdict
from reviewkit.screening.models import (
    Filter,
    Only,
    RecordView,
    RetrievalOutcome,
    TermKind,
)
from reviewkit.store import Store
from reviewkit.store.runs import add_run
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.session.current_record import CurrentRecord
from reviewkit.workflow.session.screening import ScreeningSession
from tests.helpers.screening_review import NOW, make_records, make_review, run_of, session_of

pytestmark = pytest.mark.slow
KEYS = [f"pubmed:{number:05}" for number in range(6)]


@pytest.fixture
def project(tmp_path: Path) -> ReviewProject:
    return make_review(tmp_path, count=4)


@pytest.fixture
def session(project: ReviewProject) -> Iterator[ScreeningSession]:
    with session_of(project) as opened:
        yield opened


@pytest.fixture
def full_text(project: ReviewProject) -> Iterator[ScreeningSession]:
    with session_of(project) as first:
        while first.view:
            first.include()
    with session_of(project, stage=Stage.FULL_TEXT) as opened:
        yield opened


def seen(session: ScreeningSession) -> RecordView:
    assert session.view is not None
    return session.view


def key(session: ScreeningSession) -> str:
    return seen(session).record.key if session.view else ""


# Notes and tags.


def test_a_note_is_kept_stripped_replaced_removed_and_taken_back(
    session: ScreeningSession,
) -> None:
    notes = session.notes
    assert notes.write_note("  ").message == "There is no note."
    with pytest.raises(UsageError, match="nothing to undo"):
        session.undo()
    step = notes.write_note(" read again ")
    assert (step.message, step.view == session.view) == ("Note kept.", True)
    assert seen(session).note == "read again"
    notes.write_note("another")
    assert notes.write_note(" ").message == "Note removed."
    assert seen(session).note is None
    session.skip()
    session.undo()
    step = session.undo()
    assert (step.message, seen(session).note) == ("The note is as it was.", "another")
    session.undo()
    assert seen(session).note == "read again"
    session.undo()
    assert seen(session).note is None


def test_a_note_is_taken_back_on_its_record_wherever_one_is(session: ScreeningSession) -> None:
    session.notes.write_note("x")
    session.navigation.jump(KEYS[2])
    assert key(session) == KEYS[2]
    session.undo()
    assert (key(session), seen(session).note) == (KEYS[0], None)


def test_a_tag_is_put_on_taken_off_and_taken_back(session: ScreeningSession) -> None:
    step = session.notes.toggle_tag(" key   paper ")
    assert step.message == "Tag 'key paper' on."
    assert session.notes.all_tags == ("key paper",)
    assert session.notes.toggle_tag("key paper").message == "Tag 'key paper' off."
    assert seen(session).tags == ()
    assert session.undo().message == "Tag 'key paper' as it was."
    assert seen(session).tags == ("key paper",)
    session.undo()
    assert seen(session).tags == ()
    with pytest.raises(UsageError, match="a tag must not be empty"):
        session.notes.toggle_tag("  ")


def test_without_a_record_in_view_there_is_nothing_to_write_on(session: ScreeningSession) -> None:
    while session.view:
        session.include()
    for write in (session.notes.write_note, session.notes.toggle_tag):
        with pytest.raises(UsageError, match="no record is in view") as error:
            write("x")
        assert error.value.hint == "undo, or look for one by find, list or filter"


# Reports and studies.


def test_a_report_s_retrieval_is_stored_and_taken_back(full_text: ScreeningSession) -> None:
    sought = full_text.retrieval
    step = sought.set_outcome(RetrievalOutcome.SOUGHT)
    assert (step.message, step.view == full_text.view) == ("Report sought.", True)
    assert sought.set_outcome(RetrievalOutcome.NOT_RETRIEVED, "library").message == (
        "Report not retrieved."
    )
    stored = seen(full_text).retrieval
    assert stored is not None
    assert (stored.outcome, stored.detail, stored.reviewer) == ("not_retrieved", "library", "ana")
    sought.set_outcome(RetrievalOutcome.RETRIEVED)
    assert full_text.undo().message == "The report's retrieval is as it was."
    back = seen(full_text).retrieval
    assert back is not None
    assert (back.outcome, back.detail) == ("not_retrieved", "library")
    full_text.undo()
    full_text.undo()
    assert seen(full_text).retrieval is None


def test_reports_and_studies_are_of_full_text(session: ScreeningSession) -> None:
    with pytest.raises(UsageError, match="reports are sought at full text") as error:
        session.retrieval.set_outcome(RetrievalOutcome.SOUGHT)
    assert error.value.hint == "open the session with --stage full_text"
    with pytest.raises(UsageError, match="a study is named at full text") as error:
        session.studies.toggle("Trial")
    assert error.value.hint == "reviewkit screen --stage full_text"
    assert seen(session).retrieval is None


def test_a_study_is_linked_unlinked_and_taken_back(full_text: ScreeningSession) -> None:
    studies = full_text.studies
    assert studies.toggle(" The  trial ").message == "Linked to the study 'The trial'."
    first = key(full_text)
    studies.toggle("Another")
    assert (seen(full_text).studies, studies.names) == (
        ("Another", "The trial"),
        ("Another", "The trial"),
    )
    assert studies.toggle("Another").message == "No longer in 'Another'."
    assert studies.names == ("The trial",)
    assert full_text.undo().message == "Study 'Another' as it was."
    assert seen(full_text).studies == ("Another", "The trial")
    full_text.skip()
    full_text.undo()
    full_text.undo()
    full_text.undo()
    assert (key(full_text), seen(full_text).studies) == (first, ())
    assert not full_text.studies.names
    with pytest.raises(UsageError, match="must not be empty"):
        studies.toggle(" ")


# Terms.


def test_terms_of_one_s_own_come_after_the_protocol_s_and_are_kept(
    project: ReviewProject,
) -> None:
    with session_of(project) as session:
        assert [term.text for term in session.terms.all] == ["Gut"]
        step = session.terms.add(" mice ", kind=TermKind.EXCLUDE)
        assert (step.message, step.view == session.view) == ("Highlighting 'mice'.", True)
        session.terms.add("Of g\\w+", pattern=True)
        assert [(term.text, term.kind, term.pattern) for term in session.terms.own] == [
            ("mice", TermKind.EXCLUDE, False),
            ("Of g\\w+", TermKind.OWN, True),
        ]
        assert [span.kind for span in seen(session).highlights["title"]] == [TermKind.EXCLUDE]
        for wrong in (" ", "("):
            with pytest.raises(UsageError):
                session.terms.add(wrong, pattern=wrong == "(")
    with session_of(project) as session:
        assert [term.text for term in session.terms.all] == ["Gut", "mice", "Of g\\w+"]
        assert session.terms.remove("mice").message == "No longer highlighting 'mice'."
        assert [term.text for term in session.terms.own] == ["Of g\\w+"]
        with pytest.raises(UsageError, match="'Gut' is no term of your own") as error:
            session.terms.remove("Gut")
        assert error.value.hint == "the protocol's terms are changed in the protocol"
    with session_of(project, "rui") as session:
        assert session.terms.own == ()


# Moves.


def test_back_and_forward_go_through_what_was_shown(session: ScreeningSession) -> None:
    navigation = session.navigation
    with pytest.raises(UsageError, match="no record came before this one") as error:
        navigation.back()
    assert error.value.hint == "find an earlier one by search or filter"
    session.include()
    navigation.jump(KEYS[3])
    assert navigation.back().message == "Back one record; nothing was changed."
    assert key(session) == KEYS[1]
    navigation.back()
    assert key(session) == KEYS[0]
    assert navigation.forward().message == "Forward one record."
    assert key(session) == KEYS[1]
    navigation.forward()
    assert key(session) == KEYS[3]
    # Nothing was shown after it: the next open record comes.
    assert navigation.forward().message.startswith("Next record.")
    assert key(session) == KEYS[1]
    navigation.back()
    assert key(session) == KEYS[3]


def test_a_record_that_is_shown_again_is_one_step_back_once(session: ScreeningSession) -> None:
    session.navigation.jump(KEYS[2])
    session.navigation.jump(KEYS[2])
    session.notes.write_note("x")
    session.navigation.back()
    assert key(session) == KEYS[0]


def test_a_jump_says_where_it_leads(session: ScreeningSession) -> None:
    assert session.navigation.jump(KEYS[2]).message == "Showing pubmed:00002."
    with pytest.raises(UsageError, match="pubmed:9 is not a record of this stage") as error:
        session.navigation.jump("pubmed:9")
    assert error.value.hint == "duplicates and machine-excluded records are not"
    assert key(session) == KEYS[2]


def test_what_is_found_comes_by_name_first_then_by_words_and_not_without_end(
    session: ScreeningSession,
) -> None:
    found = session.navigation.find("00003")
    assert found[0].record == KEYS[3]
    assert len(session.navigation.find("title")) == 4
    assert len(session.navigation.find("title", limit=2)) == 2
    assert session.navigation.find("nowhere") == ()


def test_the_list_is_that_of_the_filter_in_its_order(session: ScreeningSession) -> None:
    assert [one.record for one in session.navigation.list_records()] == KEYS[:4]
    assert [one.record for one in session.navigation.list_records(limit=1)] == KEYS[:1]
    session.include()
    session.navigation.set_filter(Filter(only=Only.INCLUDED))
    (listed,) = session.navigation.list_records()
    assert (listed.record, listed.verdict) == (KEYS[0], Verdict.INCLUDE)
    assert session.navigation.filter == Filter(only=Only.INCLUDED)


@pytest.mark.parametrize(
    ("wanted", "first"),
    [
        (Filter(text="mice"), KEYS[0]),
        (Filter(text="gut"), KEYS[1]),
        (Filter(year_from=2002), KEYS[2]),
        (Filter(year_to=2001), KEYS[0]),
        (Filter(source="pubmed", text="mice", year_from=2001), KEYS[2]),
    ],
)
def test_a_filter_shows_its_first_record(
    session: ScreeningSession, wanted: Filter, first: str
) -> None:
    session.navigation.jump(KEYS[3])
    step = session.navigation.set_filter(wanted)
    assert (step.message, key(session)) == ("Filtered.", first)
    assert session.navigation.set_filter(Filter()).message == "All open records."


def test_under_a_filter_the_next_record_is_one_of_the_filter(session: ScreeningSession) -> None:
    session.navigation.set_filter(Filter(text="mice"))
    session.include()
    assert key(session) == KEYS[2]
    session.navigation.set_filter(Filter(text="title", year_to=2001))
    assert [one.record for one in session.navigation.list_records()] == [KEYS[1]]


def test_browsing_goes_from_each_record_to_the_next_and_round(session: ScreeningSession) -> None:
    for _ in range(3):
        session.include()
    session.navigation.set_filter(Filter(only=Only.INCLUDED))
    came = [key(session)]
    for _ in range(3):
        session.skip()
        came.append(key(session))
    assert came == [*KEYS[:3], KEYS[0]]
    assert session.order_words == "id order"


@pytest.mark.parametrize(
    "nothing", [Filter(source="lilacs"), Filter(tag="x"), Filter(text="gut", year_from=2099)]
)
def test_a_filter_without_a_record_changes_nothing(
    session: ScreeningSession, nothing: Filter
) -> None:
    kept = Filter(text="mice")
    session.navigation.set_filter(kept)
    with pytest.raises(UsageError, match="no record matches this filter") as error:
        session.navigation.set_filter(nothing)
    assert error.value.hint == "try other words, or fewer"
    assert (session.navigation.filter, key(session)) == (kept, KEYS[0])
    assert [one.record for one in session.navigation.list_records()] == [KEYS[0], KEYS[2]]


def test_where_everything_is_decided_all_open_records_are_none(session: ScreeningSession) -> None:
    while session.view:
        session.include()
    step = session.navigation.set_filter(Filter())
    assert (step.message, step.view) == ("All open records.", None)


def test_one_s_own_tags_choose_records(session: ScreeningSession) -> None:
    session.navigation.jump(KEYS[1])
    session.notes.toggle_tag("late")
    session.navigation.jump(KEYS[0])
    session.navigation.set_filter(Filter(tag="late"))
    assert [one.record for one in session.navigation.list_records()] == [KEYS[1]]


def bring(project: ReviewProject, first: int, last: int) -> None:
    """A later search brings further records."""
    more = make_records(last - first + 1, first=first)
    with Store(project.database, now=NOW) as store, store.transaction():
        run = run_of(more, at=f"2026-02-0{first}")
        add_run(store, run, more, protocol=project.protocol_sha256, counts_in_flow=True)


def test_records_that_come_meanwhile_are_told_and_come_under_the_filter(
    project: ReviewProject,
) -> None:
    with session_of(project) as session:
        session.navigation.set_filter(Filter(text="mice"))
        bring(project, 4, 4)
        assert session.include().message.endswith(" 1 more record has come.")
        assert [one.record for one in session.navigation.list_records()] == [KEYS[2], KEYS[4]]
        bring(project, 5, 6)
        assert session.skip().message.endswith(" 2 more records have come.")
        listed = [one.record for one in session.navigation.list_records()]
        assert listed == [KEYS[2], KEYS[4], "pubmed:00006"]
        assert "more record" not in session.include().message


def test_a_record_that_came_beside_the_filter_is_told_where_nothing_is_left(
    project: ReviewProject,
) -> None:
    with session_of(project) as session:
        session.navigation.set_filter(Filter(text="mice"))
        session.include()
        bring(project, 5, 5)
        step = session.include()
        assert (step.message.endswith(" 1 more record has come."), step.view) == (True, None)


def test_before_the_first_record_nothing_is_in_view(session: ScreeningSession) -> None:
    current = CurrentRecord(session._session_store)
    assert (current.view, current.terms, current.order_words) == (None, (), "")
    assert (current.filter, current.matching) == (Filter(), None)
    assert [current.show_visited(distance, "") for distance in (-1, 0, 1)] == [None] * 3


def test_records_that_come_when_nothing_is_left_are_shown(project: ReviewProject) -> None:
    with session_of(project) as session:
        for _ in range(3):
            session.include()
        bring(project, 4, 4)
        step = session.include()
        assert (step.message.endswith(" 1 more record has come."), key(session)) == (True, KEYS[4])


def test_under_a_filter_what_fits_only_since_is_found_when_nothing_else_is_left(
    project: ReviewProject,
) -> None:
    """The same reviewer tags a further record at another desk."""
    with session_of(project) as session, session_of(project) as elsewhere:
        session.navigation.jump(KEYS[1])
        session.notes.toggle_tag("late")
        session.navigation.set_filter(Filter(tag="late"))
        elsewhere.navigation.jump(KEYS[2])
        elsewhere.notes.toggle_tag("late")
        step = session.include()
        assert key(session) == KEYS[2]
        assert "more record" not in step.message
        assert session.include().view is None


# Many at once.


def test_many_are_those_of_the_filter_that_are_open(session: ScreeningSession) -> None:
    many = session.many
    with pytest.raises(UsageError, match="a filter chooses the records") as error:
        many.matching()
    assert "year:-1999" in (error.value.hint or "")
    session.include()
    session.navigation.set_filter(Filter(only=Only.DECIDED))
    with pytest.raises(UsageError, match="only:decided has records that are decided on") as error:
        many.matching()
    assert error.value.hint == "many at once are decided only where you have not decided yet"
    session.navigation.set_filter(Filter(text="title"))
    assert [one.record for one in many.matching()] == KEYS[1:4]
    session.navigation.set_filter(Filter(text="mice"))
    assert [one.record for one in many.matching()] == [KEYS[2]]
    while session.view:
        session.include()
    with pytest.raises(UsageError, match="no record that is open for you matches"):
        many.matching()


@pytest.mark.parametrize(
    ("verdict", "count", "said"),
    [
        (Verdict.INCLUDE, 1, "1 record included. Undo takes all back at once."),
        (Verdict.INCLUDE, 2, "2 records included. Undo"),
        (Verdict.EXCLUDE, 2, "2 records excluded: in animals only. Undo"),
        (Verdict.EXCLUDE, 1, "1 record excluded: in animals only. Undo"),
        (Verdict.MAYBE, 1, "1 record marked maybe. Undo"),
        (Verdict.MAYBE, 2, "2 records marked maybe. Undo"),
    ],
)
def test_many_are_decided_alike_and_taken_back_as_one(
    session: ScreeningSession, verdict: Verdict, count: int, said: str
) -> None:
    session.navigation.set_filter(Filter(text="title"))
    step = session.many.decide(KEYS[:count], verdict, 2)
    assert step.message.startswith(said)
    assert {one.record: one.verdict for one in session.history()} == dict.fromkeys(
        KEYS[:count], verdict
    )
    reasons = {one.reason for one in session.history()}
    assert reasons == ({"in animals only"} if verdict is Verdict.EXCLUDE else {None})
    (chosen,) = session._session_store.store.rows("SELECT chosen_by FROM batches")
    assert chosen == ("still to do, “title”",)
    assert key(session) == KEYS[count]
    plural = "1 decision" if count == 1 else f"{count} decisions"
    assert session.undo().message.startswith(f"Taken back: {plural}.")
    assert session.progress.done == 0


def test_what_was_decided_on_since_stays(session: ScreeningSession) -> None:
    session.navigation.set_filter(Filter(text="title"))
    session.many.decide(KEYS[:4], Verdict.INCLUDE)
    for again in KEYS[:2]:
        session.navigation.jump(again)
        session.maybe()
    taken = session.many.undo_last().message
    assert "Taken back: 2 decisions. 2 were decided on again since, and stay." in taken
    with pytest.raises(UsageError, match="no decision of many at once can be taken back") as error:
        session.many.undo_last()
    assert error.value.hint == "reviewkit screen: u takes single ones back"


def test_what_others_decided_meanwhile_is_left_alone(project: ReviewProject) -> None:
    with session_of(project) as ana, session_of(project, "rui") as rui:
        ana.navigation.set_filter(Filter(text="title"))
        records = [one.record for one in ana.many.matching()]
        while rui.view:
            rui.include()
        step = ana.many.decide(records, Verdict.EXCLUDE, 1)
        assert step.message.startswith("Others decided meanwhile: nothing was stored.")
        assert ana.history() == []
