"""Uncertain pairs, answered by people: the session on a real file, its screen, the next linking."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from reviewkit.dedupe import Duplicates, PairOutcome, judge_pair
from reviewkit.model.errors import UsageError
from reviewkit.model.records import RelationKind
from reviewkit.store import Store
from reviewkit.store.pairs import set_duplicates
from reviewkit.store.runs import add_run
from reviewkit.tui.keys import Keys
from reviewkit.tui.pair_page import differing, relation_words
from reviewkit.tui.pairs_screen import PairsScreen
from reviewkit.workflow.duplicates.dedupe import run_dedupe
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.session.pairs import RELATIONS, PairSession, open_pairs_session
from tests.helpers.pairs import review_with_pairs, works
from tests.helpers.screening_review import NOW, make_review, run_of, ticking
from tests.helpers.screens import drive


def open_session(project: ReviewProject, reviewer: str = "ana") -> PairSession:
    return open_pairs_session(project, reviewer, clock=ticking())


def rows(project: ReviewProject, sql: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(project.database) as other:
        found = other.execute(sql).fetchall()
    other.close()
    return found


def test_an_answer_is_committed_at_once_and_stands_at_the_next_linking(tmp_path: Path) -> None:
    project = review_with_pairs(tmp_path)
    with open_session(project) as session:
        assert session.progress.left == 3
        seen = session.view
        assert seen is not None
        assert session.same().message == "One record."
        assert rows(project, "SELECT answer FROM pair_decisions") == [("same",)]
        apart = session.view
        assert apart is not None
        session.different()
        related = session.view
        assert related is not None
        assert session.related(RelationKind.HAS_ABSTRACT).view is None
        assert session.progress.left == 0
    summary = run_dedupe(project, dry_run=False, now=NOW)
    assert (summary.duplicates, summary.questions) == (1, 0)
    joined = {key for row in rows(project, "SELECT record, lead FROM duplicates") for key in row}
    assert joined == {seen.first.key, seen.second.key}
    link = (related.second.key, "abstract_of", related.first.key)
    assert link in rows(project, "SELECT record, kind, target FROM relations")


def test_what_people_said_stands_over_a_sure_rule(tmp_path: Path) -> None:
    project = review_with_pairs(tmp_path)
    with open_session(project) as session:
        session.same()
        session.same()
        session.same()
    assert run_dedupe(project, dry_run=False, now=NOW).duplicates == 3
    assert run_dedupe(project, dry_run=False, now=NOW).changes == 0


def test_undo_takes_back_answers_and_skips_and_the_history_keeps_both(tmp_path: Path) -> None:
    project = review_with_pairs(tmp_path)
    with open_session(project) as session:
        first = session.view
        assert first is not None
        session.skip()
        assert session.view != first
        session.same()
        assert session.undo().message == "Taken back: one record."
        assert session.undo().view == first
        assert (session.progress.left, session.progress.done) == (3, 0)
        with pytest.raises(UsageError, match="nothing to undo"):
            session.undo()
    assert rows(project, "SELECT answer FROM pair_decisions ORDER BY 1") == [
        ("same",),
        ("withdrawn",),
    ]
    assert run_dedupe(project, dry_run=False, now=NOW).duplicates == 0


def test_a_skipped_pair_comes_again_after_the_others(tmp_path: Path) -> None:
    project = review_with_pairs(tmp_path)
    with open_session(project) as session:
        first = session.view
        session.skip()
        session.different()
        session.different()
        assert session.view == first


@pytest.mark.slow
def test_answers_are_append_only_and_carried_between_machines(tmp_path: Path) -> None:
    from reviewkit.workflow.screening.exchange import export_decisions, import_decisions

    project, other = review_with_pairs(tmp_path / "a"), review_with_pairs(tmp_path / "b")
    with open_session(project) as session:
        session.same()
        session.related(RelationKind.PREPRINT_OF)
    with sqlite3.connect(project.database) as database:
        for sql in ("UPDATE pair_decisions SET answer = 'different'", "DELETE FROM pair_decisions"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                database.execute(sql)
    database.close()
    text = "\n".join(export_decisions(project, "ana", now=NOW))
    assert import_decisions(other, text, where="a.jsonl", now=NOW).new == 2
    assert import_decisions(other, text, where="a.jsonl", now=NOW).new == 0
    said = "SELECT record_a, record_b, answer, relation FROM current_pair_decisions ORDER BY 1"
    assert rows(other, said) == rows(project, said)


def test_a_pair_that_others_made_one_is_not_asked_any_more(tmp_path: Path) -> None:
    project = review_with_pairs(tmp_path)
    with open_session(project, "ana") as ana, open_session(project, "li") as li:
        ana.same()
        li.skip()
        assert li.progress.left == 2


@pytest.mark.slow
@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
def test_the_screen_shows_both_records_and_where_they_differ(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    project = review_with_pairs(tmp_path)
    with open_session(project) as session:
        text = drive(PairsScreen(session, Keys()), size=size)
        assert "Journal of Nerves" in text
        assert "Proceedings of the" in text
        assert "Left to you" in text
        assert "0 answered, 3 left" in text
        assert any("2020" in line and "≠" in line and "2022" in line for line in text.splitlines())


@pytest.mark.slow
def test_one_key_each(tmp_path: Path) -> None:
    project = review_with_pairs(tmp_path)
    with open_session(project) as session:
        assert "2 answered, 1 left" in drive(PairsScreen(session, Keys()), keys="s d u d")
        assert "No pair waits for you" in drive(PairsScreen(session, Keys()), keys="r 4")
        assert "no pair waits" in drive(PairsScreen(session, Keys()), keys="r")
        assert "i has no meaning here" in drive(PairsScreen(session, Keys()), keys="i")
    answers = rows(project, "SELECT answer, relation FROM pair_decisions ORDER BY pair_decision")
    assert answers == [
        ("same", None), ("different", None), ("withdrawn", None), ("different", None),
        ("related", "has_abstract"),
    ]  # fmt: skip


def test_differences_are_found_word_by_word_in_any_script() -> None:
    assert differing("Gut flora in ALS.", "gut flora of ALS") == ([(10, 12)], [(10, 12)])
    assert differing("肠道微生物研究", "肠道微生态研究") == ([(4, 5)], [(4, 5)])
    assert differing("the same", "The same.") == ([], [])
    assert differing("", "new words") == ([], [(0, 9)])


def test_relations_are_said_in_words_about_the_two_sides(tmp_path: Path) -> None:
    project = review_with_pairs(tmp_path)
    with open_session(project) as session:
        assert session.view is not None
        words = [relation_words(session.view.explanation, kind) for kind in RELATIONS]
    assert len(set(words)) == len(RELATIONS)
    assert words[0].startswith("left is a preprint of right")
    assert words[1].startswith("right is a preprint of left")
    assert words[3].startswith("right is a meeting abstract of left")
    assert words[9].startswith("right is a comment on left")


def column_pairs(folder: Path) -> ReviewProject:
    """Three copies of a column and a pair of another title, all left open."""
    project = make_review(folder, count=0)
    one = replace(works("Lisbon", 1)[0], title="Journal club", source_id="1")
    records = [replace(one, source_id=str(n), year=2000 + n) for n in range(3)]
    records += works("Recife", 9)
    with Store(project.database, now=NOW) as store, store.transaction():
        add_run(
            store, run_of(records), records, protocol=project.protocol_sha256, counts_in_flow=True
        )
        asked = [
            replace(
                judge_pair(records[a], records[b]),
                outcome=PairOutcome.ASK,
                rule="short",
                score=score,
            )
            for a, b, score in ((0, 1, 0.9), (1, 2, 0.5), (3, 4, 0.7))
        ]
        set_duplicates(store, Duplicates(pairs=tuple(asked), clusters=(), relations=()))
    return project


@pytest.mark.slow
@pytest.mark.parametrize(
    ("answer", "stored"),
    [("same_group", "same"), ("different_group", "different"), ("different_kind", "different")],
)
def test_one_answer_settles_a_group_or_a_kind_and_one_undo_takes_it_back(
    tmp_path: Path, answer: str, stored: str
) -> None:
    project = column_pairs(tmp_path)
    with open_session(project) as session:
        view = session.view
        assert view is not None
        assert (view.group, view.group_pairs, view.alike) == (3, 2, 2)
        assert "about 2 are one record" in view.to_find.sentence()
        step = getattr(session, answer)()
        assert step.message.endswith("2 pairs.")
        assert (session.progress.done, session.progress.left) == (2, 1)
        assert rows(project, "SELECT answer FROM current_pair_decisions") == [(stored,)] * 2
        session.undo()
        assert session.view == view
        assert (session.progress.done, session.progress.left) == (0, 3)
