"""One decision for many records: listed first, never over anybody's, one step to undo."""

import json
from pathlib import Path
from typing import Any

import pytest

from reviewkit.model.errors import UsageError
from reviewkit.model.records import Stage, Verdict
from reviewkit.screening.filters import read_filter
from reviewkit.workflow.project import ReviewProject
from tests.cli.test_main import told_once
from tests.helpers.command import reviewkit, rows_of
from tests.helpers.screening_review import TWO, make_review, session_of


def decide(project: ReviewProject, *arguments: str, who: str = "ana") -> Any:
    return reviewkit("decide", *arguments, "-r", who, "-p", project.protocol_path)


def current(project: ReviewProject, who: str = "ana") -> dict[str, Verdict]:
    with session_of(project, who) as session:
        decided = session.navigation.set_filter(read_filter("only:all"))
        assert decided.view
        listed = session.navigation.list_records()
    return {item.record: item.verdict for item in listed if item.verdict}


def test_a_dry_run_lists_and_stores_nothing(tmp_path: Path) -> None:
    project = make_review(tmp_path)
    done = decide(project, "--where", "mice", "--exclude", "in animals only", "--dry-run")
    assert done.returncode == 0
    assert "6 records: exclude, in animals only" in done.stdout
    assert "pubmed:00000  2000  Title 0 on mice" in done.stdout
    assert rows_of(project.database)["decisions"] == []


@pytest.mark.slow
def test_it_decides_on_what_matches_and_is_undone_as_one_step(tmp_path: Path) -> None:
    project = make_review(tmp_path)
    assert decide(project, "--where", "mice", "--exclude", "2", "--yes").returncode == 0
    assert len(current(project)) == 6
    assert decide(project, "--where", "year:2001-2005", "--include", "--yes").returncode == 0
    assert len(current(project)) == 9
    decide(project, "--undo")
    assert set(current(project).values()) == {Verdict.EXCLUDE}
    assert len(current(project)) == 6
    decide(project, "--undo")
    assert current(project) == {}
    told_once(decide(project, "--undo"), 2, "can be taken back")


@pytest.mark.slow
def test_it_never_goes_over_what_anybody_said(tmp_path: Path) -> None:
    project = make_review(tmp_path)
    with session_of(project, "rui") as session:
        session.include()
    with session_of(project, "ana") as session:
        session.include()
    decide(project, "--where", "title", "--exclude", "1", "--yes")
    verdicts = current(project)
    assert "pubmed:00000" not in verdicts
    assert verdicts["pubmed:00001"] is Verdict.INCLUDE
    assert current(project, "rui")["pubmed:00000"] is Verdict.INCLUDE
    assert len(verdicts) == 11


@pytest.mark.slow
def test_in_pairs_each_decides_alone(tmp_path: Path) -> None:
    project = make_review(tmp_path, screening=TWO)
    for name in ("ana", "rui"):
        decide(project, "--where", "mice", "--exclude", "1", "--yes", who=name)
    told_once(
        decide(project, "--where", "mice", "--exclude", "1", "--yes", who="li"), 2, "no record"
    )


@pytest.mark.slow
def test_undo_leaves_what_was_decided_on_again(tmp_path: Path) -> None:
    project = make_review(tmp_path)
    decide(project, "--where", "mice", "--exclude", "1", "--yes")
    with session_of(project) as session:
        session.navigation.jump("pubmed:00002")
        session.include()
    done = decide(project, "--undo")
    assert "5 decisions" in done.stderr
    assert "1 was decided on again" in done.stderr
    assert current(project) == {"pubmed:00002": Verdict.INCLUDE}


def test_in_a_session_undo_takes_all_back_at_once(tmp_path: Path) -> None:
    project = make_review(tmp_path)
    with session_of(project) as session:
        with pytest.raises(UsageError, match="a filter chooses"):
            session.many.matching()
        session.navigation.set_filter(read_filter("mice"))
        records = [match.record for match in session.many.matching()]
        session.many.decide(records, Verdict.EXCLUDE, 1)
        assert (session.progress.done, session.progress.left) == (6, 6)
        session.undo()
        assert (session.progress.done, session.progress.left) == (0, 12)


def test_a_colleague_who_decides_meanwhile_is_not_gone_over(tmp_path: Path) -> None:
    project = make_review(tmp_path)
    with session_of(project, "ana") as ana:
        ana.navigation.set_filter(read_filter("mice"))
        records = [match.record for match in ana.many.matching()]
        with session_of(project, "rui") as rui:
            rui.navigation.jump(records[2])
            rui.include()
        assert "5 records" in ana.many.decide(records, Verdict.MAYBE).message


@pytest.mark.slow
def test_batches_travel_with_the_decisions(tmp_path: Path) -> None:
    project = make_review(tmp_path / "a")
    decide(project, "--where", "mice", "--exclude", "1", "--yes")
    exported = tmp_path / "ana.jsonl"
    exported.write_text(reviewkit("decisions", "export", "-p", project.protocol_path).stdout)
    other = make_review(tmp_path / "b")
    for _ in range(2):
        done = reviewkit("decisions", "import", exported, "-p", other.protocol_path)
        assert done.returncode == 0, done.stderr
    assert decide(other, "--undo").returncode == 0
    assert current(other) == {}


@pytest.mark.slow
def test_somebody_new_is_asked_about_and_a_dry_run_remembers_nobody(tmp_path: Path) -> None:
    project = make_review(tmp_path)
    decide(project, "--where", "mice", "--maybe", "--yes")
    assert decide(project, "--where", "gut", "--include", "--dry-run", who="zoe").returncode == 0
    told_once(decide(project, "--where", "gut", "--include", who="zoe"), 2, "zoe is new", "ana")
    assert "ana" in decide(project, "--where", "gut", "--include", "--yes", who="ANA").stderr
    assert len(current(project)) == 12


def test_json_names_every_record(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=3)
    done = decide(project, "--where", "mice", "--maybe", "--yes", "--json")
    document = json.loads(done.stdout)
    assert (document["verdict"], document["stored"]) == ("maybe", True)
    assert [item["record"] for item in document["records"]] == ["pubmed:00000", "pubmed:00002"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (("--where", "mice"), ("one verdict",)),
        (("--where", "mice", "--include", "--maybe"), ("one verdict",)),
        (("--include",), ("--where", "which records")),
        (("--where", " ", "--include"), ("which records",)),
        (("--where", "nothing-has-this", "--include"), ("no record",)),
        (("--where", "only:decided", "--include"), ("no record",)),
        (("--where", "only:all", "--include"), ("only:all",)),
        (("--where", "year:1x", "--include"), ("year:1x",)),
        (("--where", "mice", "--exclude", "7"), ("no reason 7",)),
        (("--where", "mice", "--exclude", "because"), ("'because'",)),
        (("--where", "mice", "--include"), ("needs a yes", "--dry-run")),
        (("--undo", "--include"), ("nothing else",)),
        (("--undo", "--where", "mice"), ("nothing else",)),
        (("--where", "mice", "--include", "--stage", "full_text"), ("no record",)),
    ],
)
def test_wrong_use_is_one_clear_error_and_stores_nothing(
    tmp_path: Path, arguments: tuple[str, ...], parts: tuple[str, ...]
) -> None:
    project = make_review(tmp_path)
    told_once(decide(project, *arguments), 2, *parts)
    assert rows_of(project.database)["decisions"] == []


@pytest.mark.slow
def test_at_full_text_an_exclusion_needs_its_reason(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=3)
    decide(project, "--where", "title", "--include", "--yes")
    done = decide(project, "--where", "title", "--exclude", "", "--stage", str(Stage.FULL_TEXT))
    told_once(done, 2, "needs its reason")
