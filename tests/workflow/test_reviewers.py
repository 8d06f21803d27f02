"""Reviewers are known people: recognised, renamed, merged; stored events stay as they are."""

from pathlib import Path

import pytest

from reviewkit.model.errors import CheckNotMet, UsageError
from reviewkit.model.records import Stage
from reviewkit.store import Store
from reviewkit.store.decisions import current_decisions
from reviewkit.store.reviewer_queries import conflicts
from reviewkit.store.screening_queries import verdicts_by_record
from reviewkit.workflow.correcting.reviewers_by_hand import (
    alike_reviewers,
    list_reviewers,
    merge_reviewers,
    rename_reviewer,
)
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.reviewers import recognise_all
from reviewkit.workflow.screening.exchange import export_decisions, import_decisions
from tests.helpers.screening_review import NOW, TWO, make_review, session_of, ticking

TEAM = (
    '[screening]\nteam = [{ id = "ana", name = "Ana Silva", orcid = "0000-0002-1825-0097" }, '
    '{ id = "josé" }]\n'
)


def decide(project: ReviewProject, reviewer: str, verdicts: str) -> None:
    with session_of(project, reviewer, clock=ticking()) as session:
        for verdict in verdicts:
            if verdict == "i":
                session.include()
            elif verdict == "e":
                session.exclude(1)
            elif verdict == "u":
                session.undo()
            else:
                session.skip()


def current(project: ReviewProject) -> list[tuple[str, str, str]]:
    with Store(project.database, now=NOW) as store:
        decisions = [(d.record[-1], d.reviewer, str(d.verdict)) for d in current_decisions(store)]
        in_queue = [
            (record[-1], reviewer, str(verdict))
            for record, by in verdicts_by_record(store, Stage.TITLE_ABSTRACT).items()
            for reviewer, verdict in by.items()
        ]
    assert sorted(decisions) == sorted(in_queue), "view and queue agree"
    return sorted(decisions)


@pytest.mark.slow
@pytest.mark.parametrize("typed", ["ana", "ANA", " Ána  ", "ana silva", "Ana  Silva"])
def test_case_accents_and_the_whole_name_stand_for_one_person(tmp_path: Path, typed: str) -> None:
    project = make_review(tmp_path, count=2, screening=TEAM)
    (person,) = recognise_all(project, [typed], now=NOW)
    assert (person.name, person.is_new) == ("ana", False)


def test_a_name_that_nobody_has_is_new(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=2, screening=TEAM)
    first, second = recognise_all(project, ["Jose", "ben"], now=NOW)
    assert (first.name, first.is_new) == ("josé", False)
    assert (second.name, second.is_new, second.known) == ("ben", True, ("ana", "josé"))


def test_a_session_takes_the_known_spelling(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=3)
    decide(project, "ana", "i")
    decide(project, "ANA", "e")
    assert {reviewer for _, reviewer, _ in current(project)} == {"ana"}


def test_a_renamed_reviewer_s_decisions_count_under_the_new_name(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=4)
    decide(project, "an", "iee")
    rename_reviewer(project, "an", "ana", by=None, now=NOW)
    assert {reviewer for _, reviewer, _ in current(project)} == {"ana"}
    with session_of(project, "an", clock=ticking()) as session:
        assert session.reviewer == "ana"
        assert session.progress.done == 3
        session.undo()
    assert len(current(project)) == 2

    with Store(project.database, now=NOW) as store:
        names = {name for (name,) in store.rows("SELECT reviewer FROM decisions")}
    assert names == {"an", "ana"}, "stored events keep the name they have"
    rename_reviewer(project, "ana", "an", by=None, now=NOW)
    assert {reviewer for _, reviewer, _ in current(project)} == {"an"}
    assert [line.former for line in list_reviewers(project, now=NOW)] == [("ana",)]


def two_names(folder: Path, first: str = "iiee", second: str = "iie") -> ReviewProject:
    """An existing database in which one person screened under two spellings."""
    project = make_review(folder, count=5, screening=TWO)
    decide(project, "ana", first)
    decide(project, "other", second)
    # As in databases from before names were compared.
    with Store(project.database, now=NOW) as store, store.transaction():
        store.write("DROP TRIGGER decisions_stay", [()])
        store.write("UPDATE decisions SET reviewer = 'Ana' WHERE reviewer = 'other'", [()])
    return project


def test_merged_names_count_once(tmp_path: Path) -> None:
    project = two_names(tmp_path)
    with Store(project.database, now=NOW) as store:
        assert alike_reviewers(store, project.protocol) == [("Ana", "ana")]
    merged = merge_reviewers(project, "Ana", "ana", prefer=None, by=None, now=NOW)
    assert (merged.both, merged.differed) == (3, 0)
    assert [record for record, _, _ in current(project)] == ["0", "1", "2", "3"]
    with Store(project.database, now=NOW) as store:
        assert alike_reviewers(store, project.protocol) == []
        waiting = store.rows("SELECT DISTINCT verdict FROM verdicts WHERE selection = 'team'")
    assert waiting == [("awaiting",)], "one person is not two"


@pytest.mark.slow
@pytest.mark.parametrize(("prefer", "verdict"), [("Ana", "exclude"), ("ana", "include")])
def test_where_two_names_differ_one_is_preferred_and_a_later_decision_counts(
    tmp_path: Path, prefer: str, verdict: str
) -> None:
    # The one that is not preferred may have the longer history.
    project = two_names(tmp_path, first="iuiui", second="e")
    with pytest.raises(CheckNotMet, match="pubmed:00000"):
        merge_reviewers(project, "Ana", "ana", prefer=None, by=None, now=NOW)
    merge_reviewers(project, "Ana", "ana", prefer=prefer, by=None, now=NOW)
    assert current(project) == [("0", "ana", verdict)]

    with session_of(project, "ana", clock=ticking()) as session:
        session.navigation.jump("pubmed:00000")
        session.maybe()
    assert current(project) == [("0", "ana", "maybe")]


def test_what_one_name_took_back_does_not_hide_what_the_other_said(tmp_path: Path) -> None:
    project = two_names(tmp_path, first="iuiuiu", second="e")
    merge_reviewers(project, "Ana", "ana", prefer=None, by=None, now=NOW)
    assert current(project) == [("0", "ana", "exclude")]


def test_renamings_travel_in_any_order(tmp_path: Path) -> None:
    here, there = make_review(tmp_path / "a", count=4), make_review(tmp_path / "b", count=4)
    decide(here, "an", "ie")
    before = "\n".join(export_decisions(here, None, now=NOW))
    rename_reviewer(here, "an", "ana", by=None, now=NOW)
    rename_reviewer(here, "ana", "ana s", by=None, now=NOW)
    after = "\n".join(export_decisions(here, "an", now=NOW))
    for text in (after, before, after):
        import_decisions(there, text, where="ana.jsonl", now=NOW)
    assert current(there) == current(here)
    assert {reviewer for _, reviewer, _ in current(there)} == {"ana s"}


def test_a_name_that_is_taken_or_unknown_is_refused(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=4, screening=TEAM)
    with pytest.raises(UsageError, match="already"):
        rename_reviewer(project, "ana", "josé", by=None, now=NOW)
    with pytest.raises(UsageError, match="no reviewer"):
        rename_reviewer(project, "eva", "eve", by=None, now=NOW)
    with pytest.raises(UsageError, match="published"):
        rename_reviewer(project, "ana", "The Published Review", by=None, now=NOW)


def test_a_settled_conflict_and_notes_follow_the_name(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=2)
    with session_of(project, "an") as session:
        session.notes.write_note("first")
    rename_reviewer(project, "an", "ana", by=None, now=NOW)
    with session_of(project, "ana") as session:
        assert session.view is not None
        assert session.view.note == "first"
        session.notes.write_note("second")
    with Store(project.database, now=NOW) as store:
        notes = store.rows("SELECT reviewer, text FROM current_notes")
        assert conflicts(store) == []
    assert notes == [("ana", "second")]
