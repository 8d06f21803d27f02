"""What a reviewer puts right while screening: fields and duplicates, each stored, told, taken back."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from reviewkit.dedupe.pairs import Settled
from reviewkit.model.errors import UsageError
from reviewkit.model.record_fields import RecordField
from reviewkit.model.records import RelationKind
from reviewkit.store import Store
from reviewkit.store.pairs import PairDecision, add_pair_decision
from reviewkit.store.runs import add_run
from reviewkit.workflow.correcting.edit import FieldChange
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.session.screening import ScreeningSession
from tests.helpers.screening_review import NOW, make_records, make_review, run_of, session_of

pytestmark = pytest.mark.slow
A, B, C, D = (f"pubmed:{number:05}" for number in range(4))
TITLE = "Title 0 on mice"


@pytest.fixture
def project(tmp_path: Path) -> ReviewProject:
    return make_review(tmp_path, count=4)


@pytest.fixture
def session(project: ReviewProject) -> Iterator[ScreeningSession]:
    with session_of(project) as opened:
        yield opened


def in_view(session: ScreeningSession) -> str:
    return session.view.record.key if session.view else ""


def title(session: ScreeningSession) -> str | None:
    assert session.view is not None
    return session.view.record.title


def change(text: str, field: RecordField = RecordField.TITLE) -> FieldChange:
    return FieldChange(field=field, value=text)


def answers(session: ScreeningSession) -> list[tuple[object, ...]]:
    """Every answer to a pair, oldest first: both records, the answer, the relation, who."""
    return session._session_store.store.rows(
        "SELECT record_a, record_b, answer, relation, reviewer FROM pair_decisions ORDER BY rowid"
    )


def test_a_correction_is_stored_told_and_taken_back(session: ScreeningSession) -> None:
    step = session.corrections.edit(change("Right"), "a typo")
    assert (step.message, step.view == session.view, title(session)) == (
        "Corrected: title.", True, "Right",
    )  # fmt: skip
    session.corrections.edit(change("Righter"))
    assert session.view is not None
    assert [(one.field, one.source_value) for one in session.view.corrections] == [("title", TITLE)]
    session.navigation.jump(B)
    step = session.undo()
    assert (step.message, in_view(session), title(session)) == (
        "The title is as it was.", A, "Right",
    )  # fmt: skip
    session.undo()
    assert title(session) == TITLE
    assert session.view is not None
    assert session.view.corrections == ()


def test_what_is_the_same_already_is_not_stored_and_leaves_no_step(
    session: ScreeningSession,
) -> None:
    step = session.corrections.edit(change(TITLE))
    assert step.message == "The title is the same already."
    with pytest.raises(UsageError, match="nothing to undo"):
        session.undo()


def test_what_the_source_gives_counts_again(session: ScreeningSession) -> None:
    corrections = session.corrections
    assert corrections.value_of(RecordField.TITLE) == TITLE
    restore = FieldChange(field=RecordField.TITLE, restore=True)
    assert corrections.is_stored(restore)
    corrections.edit(change("Right"))
    assert (corrections.is_stored(change("Right")), corrections.is_stored(restore)) == (True, False)
    assert corrections.value_of(RecordField.TITLE) == "Right"
    corrections.edit(restore)
    assert (title(session), corrections.is_stored(restore)) == (TITLE, True)
    session.undo()
    assert title(session) == "Right"


def test_two_records_are_said_to_be_one_and_that_is_taken_back(session: ScreeningSession) -> None:
    step = session.corrections.duplicate_of(B)
    assert answers(session) == [(A, B, "same", None, "ana")]
    (lead,) = [key for key in (A, B) if session.has(key)]
    assert step.message.startswith(f"{A} and {B} are duplicates: {lead} leads and is screened for")
    assert (lead, in_view(session)) == (A, A)
    assert session.corrections.current_answer(B) is Settled.SAME
    step = session.undo()
    assert step.message.startswith("The answer to the pair is as it was.")
    assert answers(session)[1:] == [(A, B, "withdrawn", None, "ana")]
    assert session.has(A)
    assert session.has(B)


def test_the_copy_goes_out_of_view_and_the_next_record_comes(session: ScreeningSession) -> None:
    session.navigation.jump(B)
    step = session.corrections.duplicate_of(A)
    assert not session.has(B)
    assert step.view == session.view
    assert in_view(session) == A
    session.undo()
    assert in_view(session) == B


def test_two_records_are_said_to_be_two(session: ScreeningSession) -> None:
    assert session.corrections.current_answer(B) is None
    step = session.corrections.not_duplicate_of(B)
    assert step.message == f"{A} and {B} are two records."
    assert (in_view(session), answers(session)) == (A, [(A, B, "different", None, "ana")])
    assert session.corrections.current_answer(B) is Settled.DIFFERENT
    with pytest.raises(UsageError, match="ana has said so already") as error:
        session.corrections.not_duplicate_of(B)
    assert error.value.hint == f"reviewkit dedupe explain {A} {B}"
    assert len(answers(session)) == 1


def test_over_an_earlier_answer_an_undo_brings_that_one_back(
    project: ReviewProject, session: ScreeningSession
) -> None:
    earlier = PairDecision(
        record_a=A,
        record_b=B,
        answer=Settled.RELATED,
        relation=RelationKind.PREPRINT_OF,
        reviewer="rui",
        decided_at="2026-01-01T00:00:00Z",
    )
    with Store(project.database, now=NOW) as store, store.transaction():
        add_pair_decision(store, earlier, protocol=project.protocol_sha256)
    step = session.corrections.not_duplicate_of(B)
    assert "rui had answered otherwise." in step.message
    session.undo()
    assert [row[2:] for row in answers(session)] == [
        ("related", "preprint_of", "rui"),
        ("different", None, "ana"),
        ("related", "preprint_of", "ana"),
    ]


def test_a_pair_needs_two_records_of_the_review(session: ScreeningSession) -> None:
    for other in (A, "pubmed:9"):
        with pytest.raises(UsageError):
            session.corrections.duplicate_of(other)
    assert answers(session) == []


def test_another_record_is_found_by_key_then_by_name_then_by_words(
    project: ReviewProject, session: ScreeningSession
) -> None:
    def found(text: str, **options: int) -> list[str]:
        return [one.record for one in session.corrections.find_other(text, **options)]

    assert found(f" {B} ") == [B]
    assert found("10.1000/2") == [C]
    assert sorted(found("title")) == [B, C, D]
    assert found("title", limit=2) == found("title")[:2]
    assert found(A) == []
    assert found("nowhere") == []

    # What no flow counts is not the review's.
    with Store(project.database, now=NOW) as store, store.transaction():
        (more,) = make_records(1, first=9)
        run = replace(run_of([more], at="2026-02-01"), query="beside")
        add_run(store, run, [more], protocol=project.protocol_sha256, counts_in_flow=False)
    assert more.key not in found("title")
