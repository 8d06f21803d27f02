"""A file of steps: read from CSV or JSON lines, checked as a whole, carried out one by one."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reviewkit.model.errors import FileMistakes, UsageError
from reviewkit.model.records import Stage, Verdict
from reviewkit.workflow.session import script_run
from reviewkit.workflow.session.screening import ScreeningSession
from reviewkit.workflow.session.script import ScriptStep, read_script, read_text
from reviewkit.workflow.session.script_run import ScriptSummary, check_script, run_script
from reviewkit.workflow.session.step_result import StepResult
from tests.helpers.screening_review import make_review, session_of

HEAD = "record,verdict,reason,note,text,times\n"
ONE, TWO, THREE = "pubmed:00000", "pubmed:00001", "pubmed:00002"


def step(number: int = 2, **values: Any) -> ScriptStep:
    plain: dict[str, Any] = {
        "step": "show",
        "record": "",
        "reason": None,
        "note": None,
        "text": "",
        "times": 1,
    }
    return ScriptStep(number=number, **{**plain, **values})


# How a file is read.


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        (HEAD, ()),
        (
            HEAD + f" {ONE} , Exclude ,2, why ,,\n\n{TWO},NOTE,,, a text ,3\n",
            (
                step(2, step="exclude", record=ONE, reason="2", note="why"),
                step(4, step="note", record=TWO, text="a text", times=3),
            ),
        ),
        # Columns in any order and case; those that are not known are left alone.
        (" Verdict ,other, RECORD\ninclude,x,a\n", (step(2, step="include", record="a"),)),
        # A cell that holds a line break ends on a later line.
        (
            HEAD + f'{ONE},note,,,"two\nlines",\n',
            (step(3, step="note", record=ONE, text="two\nlines"),),
        ),
        (
            f'{{"record": "{ONE}", "verdict": "exclude", "reason": 2, "note": null}}\n\n'
            '{"verdict": "undo", "times": 2}\n[]',
            (
                step(1, step="exclude", record=ONE, reason="2"),
                step(3, step="undo", times=2),
                step(4, step=""),
            ),
        ),
        (HEAD + ",undo,,,,two\n", (step(2, step="undo", times=None),)),
    ],
)
def test_steps_are_read_with_the_line_that_they_end_on(
    text: str, steps: tuple[ScriptStep, ...]
) -> None:
    assert read_script(text, where="f.csv") == steps


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        ("", "has the columns none", "a first line with record, verdict, reason, note, text"),
        ("record,note\n", "has the columns record, note", "a first line with"),
        ('a,"b\n', "line 1 is not CSV: unexpected end of data", ""),
        (HEAD + f'{ONE},include,"a"b,,,\n', "line 2 is not CSV: ", ""),
        ('{"a": 1}\n{"a":', "line 2 is not JSON: ", ""),
    ],
)
def test_a_file_that_is_neither_is_told(text: str, what: str, hint: str) -> None:
    with pytest.raises(UsageError) as error:
        read_script(text, where="f.csv")
    assert error.value.what.startswith(what)
    assert (error.value.where, (error.value.hint or "").startswith(hint)) == ("f.csv", True)


def test_a_file_is_read_as_utf8_with_or_without_its_mark(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(b"\xef\xbb\xbfrecord,\xc3\xa9")
    assert read_text(path) == "record,é"
    path.write_bytes(b"\xe9")
    with pytest.raises(UsageError, match="is not UTF-8 text") as error:
        read_text(path)
    assert (error.value.where, error.value.hint) == (str(path), "save it as UTF-8")
    with pytest.raises(UsageError, match="cannot be read: no such file") as error:
        read_text(tmp_path / "none.csv")
    assert error.value.where == str(tmp_path / "none.csv")
    assert error.value.hint == "check the path and the permissions"


# What is checked before the first step.


@pytest.fixture
def session(tmp_path: Path) -> Iterator[ScreeningSession]:
    with session_of(make_review(tmp_path, count=4)) as opened:
        yield opened


@pytest.fixture
def full_text(tmp_path: Path) -> Iterator[ScreeningSession]:
    project = make_review(tmp_path, count=4)
    with session_of(project) as first:
        for _ in range(3):
            first.include()
    with session_of(project, stage=Stage.FULL_TEXT) as opened:
        yield opened


def mistakes(session: ScreeningSession, *steps: ScriptStep) -> list[str]:
    try:
        check_script(session, steps, where="f.csv")
    except FileMistakes as error:
        return [f"{one.path}: {one.found} {one.wanted}" for one in error.mistakes]
    return []


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (step(step="decide"), "line 2: 'decide' must be one of include, exclude, maybe, note"),
        (step(step="include"), "line 2: no record name one by its key; '.' is the one in view"),
        (step(step="note", text="x"), "line 2: no record name one by its key"),
        (step(step="edit", text="title=x"), "line 2: no record name one by its key"),
        (step(step="include", record="pubmed:9"), "line 2: 'pubmed:9' is not a record of this"),
        (step(step="show", record="pubmed:9"), "line 2: 'pubmed:9' is not a record of this"),
        (step(step="undo", times=None), "line 2: times must be a whole number"),
        (step(step="study", record=ONE, text="x"), "line 2: 'study' is said at full text: --stage"),
        (step(step="unlink", record=ONE, text="x"), "line 2: 'unlink' is said at full text"),
        (step(step="sought", record=ONE), "line 2: 'sought' is said at full text"),
        (step(step="exclude", record=ONE, reason="9"), "line 2: '9' "),
        (step(step="exclude", record=ONE, reason="bad"), "line 2: 'bad' "),
        (step(step="filter", text="only:x"), "line 2: 'only:x' only:x is no filter (there are"),
        (step(step="tag", record=ONE), "line 2: '' tag needs a text (in the column `text`)"),
        (step(step="untag", record=ONE), "line 2: '' untag needs a text"),
        (step(step="find"), "line 2: '' find needs a text"),
        (step(step="highlight", text=" "), "line 2: ' ' a highlight term must not be empty"),
        (step(step="duplicate", record=ONE), "line 2: '' duplicate needs another record (its key"),
        (step(step="edit", record=ONE, text="title"), "line 2: 'title' no value for title (title="),
        (step(step="edit", record=ONE, text="colour=x"), "line 2: 'colour=x' "),
    ],
)
def test_a_step_that_cannot_be_carried_out_is_told(
    session: ScreeningSession, wrong: ScriptStep, message: str
) -> None:
    (found,) = mistakes(session, wrong)
    assert found.startswith(message)


def test_all_mistakes_of_a_file_are_told_at_once_and_nothing_is_stored(
    session: ScreeningSession,
) -> None:
    steps = [
        step(2, step="include", record=ONE),
        step(3, step="include", record="pubmed:9"),
        step(4, step="exclude", reason="9", times=None),
    ]
    assert [message[:6] for message in mistakes(session, *steps)] == ["line 3"] + ["line 4"] * 3
    with pytest.raises(FileMistakes) as error:
        run_script(session, steps, where="f.csv")
    assert error.value.where == "f.csv"
    assert error.value.hint == "nothing was decided; correct the file and run again"
    assert session.history() == []


def test_what_can_be_carried_out_has_no_mistakes(session: ScreeningSession) -> None:
    good = [
        step(step="include", record=ONE),
        step(step="include", record="."),
        step(step="exclude", record=ONE, reason="1"),
        step(step="exclude", record=ONE, reason="in animals only"),
        step(step="note", record=ONE),
        *(step(step=name) for name in ("show", "skip", "back", "forward", "history", "undo")),
        step(step="filter", text="only:all"),
        step(step="find", text="x"),
        step(step="highlight", text="gut"),
        step(step="clear", record=ONE, text="abstract"),
        step(step="restore", record=ONE, text="abstract"),
        step(step="edit", record=ONE, text="title=x"),
        step(step="not_duplicate", record=ONE, text=TWO),
    ]
    assert mistakes(session, *good) == []


def test_at_full_text_reports_and_studies_can_be_named(full_text: ScreeningSession) -> None:
    good = [
        step(step="sought", record=ONE),
        step(step="not_retrieved", record=ONE, text="library"),
        step(step="study", record=ONE, text="Trial"),
    ]
    assert mistakes(full_text, *good) == []
    for name in ("study", "unlink"):
        (message,) = mistakes(full_text, step(step=name, record=ONE))
        assert message.startswith("line 2: '' ")


# What is carried out.


def run(session: ScreeningSession, *steps: ScriptStep) -> list[tuple[str, bool | None]]:
    """The message of each step, and whether it stored something."""
    results: list[tuple[str, bool | None]] = []

    def note(done: ScriptStep, result: StepResult) -> None:
        results.append((result.message, result.stored))

    summary = run_script(session, steps, where="f.csv", report=note)
    stored = [stored for _, stored in results]
    assert summary == ScriptSummary(made=stored.count(True), unchanged=stored.count(False))
    return results


def decided(session: ScreeningSession) -> list[tuple[str, Verdict, str | None, str | None]]:
    """Every decision, oldest first."""
    history = [(one.record, one.verdict, one.reason, one.note) for one in session.history()]
    return history[::-1]


def test_each_verdict_is_stored_on_its_record(session: ScreeningSession) -> None:
    results = run(
        session,
        step(step="include", record=TWO, note="good"),
        step(step="exclude", record=ONE, reason="2"),
        step(step="maybe", record=".", note="later"),
    )
    assert decided(session) == [
        (TWO, "include", None, "good"),
        (ONE, "exclude", "in animals only", None),
        (THREE, "maybe", None, "later"),
    ]
    assert [stored for _, stored in results] == [True, True, True]
    assert all(message for message, _ in results)


def test_what_is_stored_word_for_word_is_not_stored_again(session: ScreeningSession) -> None:
    excluded = step(step="exclude", record=ONE, reason="in animals only", note="n")
    assert run(session, excluded, excluded)[1] == ("It was stored already.", False)
    for other in (
        step(step="exclude", record=ONE, reason="1", note="n"),
        step(step="exclude", record=ONE, reason="1"),
        step(step="maybe", record=ONE),
    ):
        assert [stored for _, stored in run(session, other)] == [True]
    assert len(decided(session)) == 4


def test_the_record_in_view_is_the_one_that_comes_next(session: ScreeningSession) -> None:
    run(session, step(step="include", record=THREE), step(step="include", record="."))
    assert [record for record, *_ in decided(session)] == [THREE, ONE]
    assert run(session, step(step="show"), step(step="show", record=THREE)) == [
        ("In view.", None),
        ("In view.", None),
    ]
    assert session.view is not None
    assert session.view.record.key == THREE


def test_notes_and_tags_are_stored_once(session: ScreeningSession) -> None:
    note, tag = step(step="note", record=ONE, text="a"), step(step="tag", record=ONE, text="x  y")
    assert [stored for _, stored in run(session, note, note, tag, tag)] == [
        True, False, True, False,
    ]  # fmt: skip
    assert session.view is not None
    assert (session.view.note, session.view.tags) == ("a", ("x y",))
    untag = step(step="untag", record=ONE, text="x y")
    no_note = step(step="note", record=ONE)
    assert [stored for _, stored in run(session, untag, untag, no_note, no_note)] == [
        True, False, True, False,
    ]  # fmt: skip
    assert (session.view.note, session.view.tags) == (None, ())


def test_reports_and_studies_are_stored_once(full_text: ScreeningSession) -> None:
    sought = step(step="not_retrieved", record=ONE, text="library")
    named = step(step="study", record=ONE, text="Trial")
    unlinked = step(step="unlink", record=ONE, text="Trial")
    assert [stored for _, stored in run(full_text, sought, sought, named, named)] == [
        True, False, True, False,
    ]  # fmt: skip
    view = full_text.view
    assert view is not None
    assert view.studies == ("Trial",)
    assert view.retrieval is not None
    assert (view.retrieval.outcome, view.retrieval.detail) == ("not_retrieved", "library")
    other = step(step="not_retrieved", record=ONE)
    assert [stored for _, stored in run(full_text, other, unlinked, unlinked)] == [
        True, True, False,
    ]  # fmt: skip


def test_corrections_are_stored_once(session: ScreeningSession) -> None:
    edit = step(step="edit", record=ONE, text="title=A title = right", note="typo")
    clear = step(step="clear", record=ONE, text="doi")
    restore = step(step="restore", record=ONE, text="title")
    assert [stored for _, stored in run(session, edit, edit, clear, clear)] == [
        True, False, True, False,
    ]  # fmt: skip
    view = session.view
    assert view is not None
    assert (view.record.title, view.record.doi) == ("A title = right", None)
    assert [(one.field, one.why) for one in view.corrections if one.field == "title"] == [
        ("title", "typo")
    ]
    assert [stored for _, stored in run(session, restore, restore)] == [True, False]
    assert session.view is not None
    assert session.view.record.title == "Title 0 on mice"


def test_pairs_are_answered_once(session: ScreeningSession) -> None:
    apart = step(step="not_duplicate", record=ONE, text=TWO)
    same = step(step="duplicate", record=ONE, text=TWO)
    assert [stored for _, stored in run(session, apart, apart, same)] == [True, False, True]
    assert session.has(ONE) != session.has(TWO), "one of them is a duplicate now"


def test_moves_store_nothing(session: ScreeningSession) -> None:
    results = run(
        session,
        step(step="skip"),
        step(step="back"),
        step(step="forward"),
        step(step="filter", text="only:all title"),
    )
    assert [stored for _, stored in results] == [None] * 4
    assert results[0][0].startswith("Skipped")
    assert results[1][0] == "Back one record; nothing was changed."
    assert results[2][0] == "Forward one record."
    assert results[3][0] == "Filtered."
    assert decided(session) == []


def test_a_find_that_is_cut_says_so(
    session: ScreeningSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[StepResult] = []

    def found(most: int) -> StepResult:
        monkeypatch.setattr(script_run, "_FOUND", most)
        steps = [step(step="find", text="mice")]
        run_script(session, steps, where="f", report=lambda done, result: given.append(result))
        return given[-1]

    cut = found(1)
    assert cut.message == "More than 1 found; these are the first."
    assert [one.record for one in cut.found] == [ONE]
    assert found(2).message == "2 found."


def test_what_was_found_and_decided_is_given_with_the_step(session: ScreeningSession) -> None:
    given: list[StepResult] = []
    steps = [
        step(step="include", record=ONE),
        step(step="find", text="mice"),
        step(step="history"),
        step(step="highlight", text="mice"),
    ]
    run_script(session, steps, where="f", report=lambda done, result: given.append(result))
    _, found, history, highlighted = given
    assert found.message == "2 found."
    assert [one.record for one in found.found] == [ONE, THREE]
    assert (history.message, [one.record for one in history.history]) == ("Your decisions.", [ONE])
    assert (highlighted.message, highlighted.stored) == ("Highlighting 'mice'.", True)


def test_undo_goes_back_as_often_as_it_says(session: ScreeningSession) -> None:
    run(session, *(step(step="include", record=key) for key in (ONE, TWO, THREE)))
    (result,) = run(session, step(step="undo", times=2))
    assert result[1] is True
    assert result[0].count("aken back") == 2
    assert session.progress.included == 1
    run(session, step(step="undo"))
    assert session.progress.included == 0


def test_a_step_that_fails_names_its_line_and_those_before_it_are_stored(
    session: ScreeningSession,
) -> None:
    steps = [step(2, step="include", record=ONE), step(3, step="undo", times=5)]
    with pytest.raises(UsageError) as error:
        run_script(session, steps, where="f.csv")
    assert error.value.what.startswith("line 3: there is nothing to undo")
    assert error.value.where == "f.csv"
    assert (error.value.hint or "").endswith("the lines before it are carried out and stored")
    assert decided(session)[0] == (ONE, Verdict.INCLUDE, None, None)


def test_where_nothing_is_left_that_is_said(session: ScreeningSession) -> None:
    done = [step(step="include", record=".") for _ in range(4)]
    results = run(session, *done, step(step="show"))
    assert results[-1] == (session.nothing_left, None)
    with pytest.raises(UsageError, match="line 2: no record is in view"):
        run_script(session, [step(step="include", record=".")], where="f")
