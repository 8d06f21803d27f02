"""Answers to uncertain pairs, without a screen: what is stored, in which order pairs come, and what
one undo takes back.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from reviewkit.dedupe import Duplicates, PairOutcome, judge_pair
from reviewkit.dedupe.pairs import LESS_SURE, Cluster
from reviewkit.model.errors import UsageError
from reviewkit.model.records import Record, RelationKind
from reviewkit.store import Store
from reviewkit.store.pairs import set_duplicates
from reviewkit.store.runs import add_run
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.session.pairs import PairSession, open_pairs_session
from tests.helpers.screening_review import NOW, make_review, run_of, ticking

pytestmark = pytest.mark.slow
# Two groups: a-b-c hang together, and d-e. The surest pair is d-e.
PAIRS = (("a", "b", 0.7), ("b", "c", 0.6), ("d", "e", 0.8))


def record(name: str, title: str = "") -> Record:
    return Record(
        source="pubmed",
        source_id=name,
        title=title or f"A work on the gut that begins with {name}",
        journal=f"Journal {name}",
        authors=("Silva A", "Souza B"),
        year=2020,
    )


def store_pairs(
    project: ReviewProject,
    pairs: tuple[tuple[str, str, float], ...],
    records: dict[str, Record],
    clusters: tuple[Cluster, ...] = (),
) -> None:
    asked = [
        replace(judge_pair(records[one], records[two]), outcome=PairOutcome.ASK, score=score)
        for one, two, score in pairs
    ]
    with Store(project.database, now=NOW) as store, store.transaction():
        set_duplicates(store, Duplicates(pairs=tuple(asked), clusters=clusters, relations=()))


def review_of(
    folder: Path, pairs: tuple[tuple[str, str, float], ...] = PAIRS, *, title: str = ""
) -> ReviewProject:
    """A review of six records and these open pairs; `title` is that of all records."""
    project = make_review(folder, count=0)
    records = {name: record(name, title) for name in "abcdef"}
    with Store(project.database, now=NOW) as store, store.transaction():
        listed = [*records.values()]
        sha256 = project.protocol_sha256
        add_run(store, run_of(listed), listed, protocol=sha256, counts_in_flow=True)
    store_pairs(project, pairs, records)
    return project


@pytest.fixture
def session(tmp_path: Path) -> Iterator[PairSession]:
    with open_pairs_session(review_of(tmp_path), "ana", clock=ticking()) as opened:
        yield opened


def in_view(session: PairSession) -> str:
    """The names of the two records in view, such as "ab"; empty where none is."""
    view = session.view
    return f"{view.first.source_id}{view.second.source_id}" if view else ""


def answers(session: PairSession) -> list[tuple[str, ...]]:
    """Every answer that was stored, oldest first: the two records, the answer, the relation."""
    rows = session._store.rows(
        "SELECT record_a, record_b, answer, relation, reviewer FROM pair_decisions ORDER BY rowid"
    )
    assert {row[4] for row in rows} <= {"ana"}
    return [
        (f"{one[-1]}{two[-1]}", str(answer), relation or "")
        for one, two, answer, relation, _ in rows
    ]


def test_the_group_with_the_surest_pair_comes_first_and_in_it_the_surest(
    session: PairSession,
) -> None:
    came = []
    while session.view:
        came.append(in_view(session))
        session.different()
    assert came == ["de", "ab", "bc"]
    assert (session.progress.done, session.progress.left) == (3, 0)


def test_what_the_view_says(session: PairSession) -> None:
    view = session.view
    assert view is not None
    assert (view.score, view.group, view.group_pairs, view.alike) == (0.8, 2, 1, 1)
    assert (view.first.title, bool(view.words)) == ("A work on the gut that begins with d", True)
    assert view.explanation
    assert (view.to_find.open, view.to_find.answered) == (3, 0)
    assert view.group_sentences() == []
    session.same()
    view = session.view
    assert view is not None
    assert (view.group, view.group_pairs) == (3, 2)
    assert (view.to_find.open, view.to_find.answered, view.to_find.likely) == (2, 1, 1)
    assert view.group_sentences() == ["3 records hang together by 2 open pairs."]


def test_the_same_title_in_another_journal_is_another_kind(tmp_path: Path) -> None:
    project = review_of(tmp_path, title="Editorial")
    with open_pairs_session(project, "ana", clock=ticking()) as session:
        view = session.view
        assert view is not None
        assert view.alike == 1


@pytest.mark.parametrize(
    ("answer", "stored", "said"),
    [
        ("same", ("de", "same", ""), "One record."),
        ("different", ("de", "different", ""), "Two works."),
    ],
)
def test_an_answer_is_stored_at_once(
    session: PairSession, answer: str, stored: tuple[str, str, str], said: str
) -> None:
    step = getattr(session, answer)()
    assert (step.message, answers(session)) == (said, [stored])
    assert step.view == session.view
    assert (session.progress.done, session.progress.left) == (1, 2)


def test_a_relation_is_stored_with_its_kind_and_a_wrong_kind_is_refused(
    session: PairSession,
) -> None:
    step = session.related(RelationKind.PREPRINT_OF)
    assert step.message == "Related, preprint of."
    assert answers(session) == [("de", "related", "preprint_of")]
    with pytest.raises(UsageError, match="retraction_of is not for two records") as error:
        session.related(RelationKind.RETRACTION_OF)
    assert "preprint_of, has_preprint" in (error.value.hint or "")
    assert len(answers(session)) == 1


@pytest.mark.parametrize(
    ("answer", "stored", "said"),
    [
        ("same_group", "same", "One record, 2 pairs."),
        ("different_group", "different", "Different works, 2 pairs."),
    ],
)
def test_one_answer_for_a_group_and_one_undo(
    session: PairSession, answer: str, stored: str, said: str
) -> None:
    session.skip()
    assert in_view(session) == "ab"
    assert getattr(session, answer)().message == said
    assert answers(session) == [("ab", stored, ""), ("bc", stored, "")]
    assert (session.progress.done, session.progress.left, in_view(session)) == (2, 1, "de")
    step = session.undo()
    assert step.message == f"Taken back: {said.lower()}"
    assert step.view == session.view
    assert answers(session)[2:] == [("ab", "withdrawn", ""), ("bc", "withdrawn", "")]
    assert (session.progress.done, session.progress.left, in_view(session)) == (0, 3, "ab")


def test_one_answer_for_a_kind(tmp_path: Path) -> None:
    project = review_of(tmp_path)
    records = {name: replace(record(name, "Editorial"), journal="Gut") for name in "abcdef"}
    with Store(project.database, now=NOW) as store, store.transaction():
        listed = [*records.values()]
        run = replace(run_of(listed, at="2026-02-01"), query="again")
        add_run(store, run, listed, protocol=project.protocol_sha256, counts_in_flow=True)
    store_pairs(project, (("a", "b", 0.7), ("d", "e", 0.8)), records)
    with open_pairs_session(project, "ana", clock=ticking()) as session:
        view = session.view
        assert view is not None
        assert view.alike == 2
        assert view.group_sentences() == ["2 open pairs have these titles and this journal."]
        assert session.different_kind().message == "Different works, 2 pairs."
        assert sorted(answers(session)) == [("ab", "different", ""), ("de", "different", "")]


def test_an_answer_that_replaced_another_is_undone_to_that_one(session: PairSession) -> None:
    session.related(RelationKind.UPDATE_OF)
    session.undo()
    # The pair has an earlier answer now: withdrawn, which is none.
    session.same()
    session.undo()
    assert answers(session) == [
        ("de", "related", "update_of"),
        ("de", "withdrawn", ""),
        ("de", "same", ""),
        ("de", "withdrawn", ""),
    ]
    assert [decision.answer for decision in session.history()][-1] is None
    assert len(session.history()) == 4


def test_undo_shows_the_pair_again_though_others_are_surer(session: PairSession) -> None:
    session.skip()
    session.different()
    assert in_view(session) == "bc"
    session.undo()
    assert in_view(session) == "ab"
    step = session.undo()
    assert (step.message, in_view(session)) == ("Back to the pair that was skipped.", "de")
    with pytest.raises(UsageError, match="nothing to undo in this session"):
        session.undo()


def test_what_was_skipped_comes_last_and_what_was_skipped_twice_once(session: PairSession) -> None:
    step = session.skip()
    assert step.message == "Skipped: it comes again after the others."
    assert in_view(session) == "ab"
    session.skip()
    session.skip()
    # All are skipped: they come in their usual order again.
    assert in_view(session) == "de"
    session.skip()
    assert session.progress.left == 3
    session.undo()
    assert in_view(session) == "de"


def test_without_a_pair_nothing_can_be_answered(tmp_path: Path) -> None:
    with open_pairs_session(review_of(tmp_path, ()), "ana", clock=ticking()) as session:
        assert session.view is None
        with pytest.raises(UsageError, match="no pair waits") as error:
            session.same()
        assert error.value.hint == "undo takes back the latest answer"


def test_a_pair_that_other_answers_have_joined_is_not_asked(tmp_path: Path) -> None:
    chain = (("a", "b", 0.9), ("b", "c", 0.8), ("a", "c", 0.1))
    with open_pairs_session(review_of(tmp_path, chain), "ana", clock=ticking()) as session:
        session.same()
        assert (in_view(session), session.progress.left) == ("bc", 2)
        session.same()
        assert session.progress.left == 0


def test_a_pair_that_an_earlier_linking_joined_is_not_asked(tmp_path: Path) -> None:
    project = review_of(tmp_path)
    records = {name: record(name) for name in "abcdef"}
    cluster = Cluster(lead="pubmed:d", members=("pubmed:d", "pubmed:e"))
    store_pairs(project, PAIRS, records, (cluster,))
    with open_pairs_session(project, "ana", clock=ticking()) as session:
        assert (in_view(session), session.progress.left) == ("ab", 2)


def test_another_reviewer_s_answer_is_heard(tmp_path: Path) -> None:
    project = review_of(tmp_path)
    with (
        open_pairs_session(project, "ana", clock=ticking()) as ana,
        open_pairs_session(project, "li", clock=ticking()) as li,
    ):
        ana.same()
        li.skip()
        assert (li.progress.done, li.progress.left) == (0, 2)
        assert (li.reviewer, li.review) == ("li", "Guts and nerves")


def test_over_another_reviewer_s_answer_an_undo_brings_that_one_back(tmp_path: Path) -> None:
    project = review_of(tmp_path)
    with (
        open_pairs_session(project, "ana", clock=ticking()) as ana,
        open_pairs_session(project, "li", clock=ticking()) as li,
    ):
        li.related(RelationKind.PREPRINT_OF)
        ana.same()
        ana.undo()
        rows = ana._store.rows("SELECT answer, relation FROM pair_decisions ORDER BY rowid")
    assert rows == [("related", "preprint_of"), ("same", None), ("related", "preprint_of")]


def test_what_is_two_works_joins_nothing(tmp_path: Path) -> None:
    chain = (("a", "b", 0.9), ("b", "c", 0.8), ("a", "c", 0.1))
    with open_pairs_session(review_of(tmp_path, chain), "ana", clock=ticking()) as session:
        session.different()
        session.same()
        assert (in_view(session), session.progress.left) == ("ac", 1)


def test_the_estimate_follows_the_answers(session: PairSession) -> None:
    session.same()
    session.same()
    view = session.view
    assert view is not None
    assert (view.to_find.open, view.to_find.answered, view.to_find.likely) == (1, 2, 1)


def test_doubts_come_only_on_request(tmp_path: Path) -> None:
    project = review_of(tmp_path)
    records = {name: record(name) for name in "abcdef"}
    asked = replace(judge_pair(records["a"], records["b"]), outcome=PairOutcome.ASK, score=0.5)
    doubted = replace(
        judge_pair(records["c"], records["d"]),
        outcome=PairOutcome.DIFFERENT,
        rule=LESS_SURE,
        score=0.4,
    )
    with Store(project.database, now=NOW) as store, store.transaction():
        set_duplicates(store, Duplicates(pairs=(asked, doubted), clusters=(), relations=()))
    with open_pairs_session(project, "ana", clock=ticking()) as session:
        assert session.progress.left == 1
    with open_pairs_session(project, "ana", clock=ticking(), doubts=True) as session:
        assert session.progress.left == 2


def test_a_name_that_cannot_be_used_opens_nothing(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        open_pairs_session(review_of(tmp_path), " ", clock=ticking())
