"""Criteria that change midway: what changed is said, recorded, and sent back without losing it."""

import json
from pathlib import Path
from typing import Any

import pytest

from reviewkit.model.records import Stage
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.session.conflicts import open_conflicts
from tests.cli.test_main import told_once
from tests.helpers.command import reviewkit, rows_of
from tests.helpers.screening_review import make_review, session_of, ticking
from tests.helpers.stores import without_chain

GONE = "in animals only"


def screened(folder: Path) -> ReviewProject:
    """Six records: four excluded at full text, two of them for a reason that goes, two included."""
    project = make_review(folder, count=6)
    with session_of(project) as session:
        while session.view:
            session.include()
    with session_of(project, stage=Stage.FULL_TEXT) as session:
        for reason in (1, 1, 2, 2):
            session.exclude(reason)
        session.include()
        session.include()
    return project


def drop_reason(project: ReviewProject) -> None:
    """The protocol as a person edits it: one reason less, the other one reworded."""
    text = project.protocol_path.read_text()
    start = text.index('[[criteria]]\nid = "animals"')
    text = text[:start].replace('"not on guts"', '"off the topic"')
    project.protocol_path.write_text(f"# edited\n{text}")


def run(project: ReviewProject, *arguments: str) -> Any:
    return reviewkit(*arguments, "-p", project.protocol_path)


def status(project: ReviewProject) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(run(project, "status", "--json").stdout)
    return answer


def counts(project: ReviewProject) -> dict[str, Any]:
    answer = json.loads(run(project, "prisma", "--format", "json").stdout)
    return {**answer["counts"], "notes": answer["footnotes"]}


@pytest.mark.slow
def test_check_and_status_tell_what_changed_since_the_decisions(tmp_path: Path) -> None:
    project = screened(tmp_path)
    assert status(project)["protocol_changes"] == []
    drop_reason(project)
    wanted = [
        ("reason reworded", "not on guts", 12, 2, None),
        ("reason gone", GONE, 12, 2, None),
    ]
    checked = json.loads(run(project, "check", "--json").stdout)
    for changes in (status(project)["protocol_changes"], checked["protocol_changes"]):
        found = [
            (item["kind"], item["what"], item["decisions"], item["for_it"], item["recorded"])
            for item in changes
        ]
        assert found == wanted
    for verb in ("check", "status"):
        shown = run(project, verb).stdout
        assert f"reason gone: {GONE} (12 decisions were made before; 2 of them" in shown
    assert any("reviewkit amend" in step for step in status(project)["next"])


@pytest.mark.slow
def test_reviewers_needed_concern_the_decisions_of_their_stage(tmp_path: Path) -> None:
    project = screened(tmp_path)
    with session_of(project) as session:
        session.undo()
    text = project.protocol_path.read_text()
    needed = "[screening]\nreviewers = { title_abstract = 2, full_text = 3 }\n"
    project.protocol_path.write_text(f"{text}\n{needed}")

    changes = status(project)["protocol_changes"]
    assert [(item["stage"], item["decisions"]) for item in changes] == [
        ("title_abstract", 5),
        ("full_text", 6),
    ]
    shown = run(project, "status").stdout
    words = "5 decisions were made at title and abstract before"
    assert f"title and abstract, 1 each → 2 each ({words})" in shown
    assert "6 decisions were made at full text before" in shown


@pytest.mark.slow
def test_a_comment_is_no_change(tmp_path: Path) -> None:
    project = screened(tmp_path)
    text = project.protocol_path.read_text()
    project.protocol_path.write_text(f"# a comment\n{text}")
    assert status(project)["protocol_changes"] == []
    assert counts(project)["notes"] == []


def test_the_flow_says_which_reason_is_none_any_more(tmp_path: Path) -> None:
    project = screened(tmp_path)
    drop_reason(project)
    notes = counts(project)["notes"]
    assert f"“{GONE}” (n = 2) is no longer an exclusion reason of the protocol." in notes
    assert "“not on guts” (n = 2) is worded “off the topic” in the protocol now." in notes


@pytest.mark.slow
@pytest.mark.parametrize(
    ("group", "sent_back", "left", "included"),
    [
        (f"reason={GONE}", 2, 2, 2),
        ("reason=NOT ON GUTS", 2, 2, 2),
        ("all-excluded", 4, 4, 2),
        ("included", 2, 2, 0),
    ],
)
def test_records_go_back_and_what_was_said_stays(
    tmp_path: Path, group: str, sent_back: int, left: int, included: int
) -> None:
    project = screened(tmp_path)
    drop_reason(project)
    before = rows_of(project.database)["decisions"]
    done = run(project, "amend", "a wider theme", "--requeue", group, "-r", "ana", "--yes")
    assert done.returncode == 0, done.stderr
    assert f"{sent_back} records sent back" in done.stdout

    assert rows_of(project.database)["decisions"] == before
    flow, stage = counts(project), status(project)["stages"][1]
    assert (flow["awaiting_assessment"], stage["undecided"]) == (left, left)
    assert (flow["new_reports"], stage["included"]) == (included, included)
    with session_of(project, stage=Stage.FULL_TEXT) as session:
        assert session.progress.left == left
        assert len(session.history()) == 6


@pytest.mark.slow
def test_a_decision_after_it_counts_and_undo_of_that_opens_the_record_again(
    tmp_path: Path,
) -> None:
    project = screened(tmp_path)
    drop_reason(project)
    run(project, "amend", "a wider theme", "--requeue", f"reason={GONE}", "-r", "ana", "--yes")
    with session_of(project, stage=Stage.FULL_TEXT) as session:
        session.include()
        assert counts(project)["new_reports"] == 3
        session.undo()
        assert counts(project)["awaiting_assessment"] == 2
        session.include()
    run(project, "amend", "--undo", "-r", "ana")
    flow = counts(project)
    assert (flow["new_reports"], flow["awaiting_assessment"]) == (3, 0)


@pytest.mark.slow
def test_undo_of_an_amendment_gives_the_flow_from_before(tmp_path: Path) -> None:
    project = screened(tmp_path)
    drop_reason(project)
    before = counts(project)
    for group in ("all-excluded", "included"):
        run(project, "amend", f"why {group}", "--requeue", group, "-r", "ana", "--yes")
    assert counts(project)["awaiting_assessment"] == 6
    for group in ("included", "all-excluded"):
        undone = json.loads(run(project, "amend", "--undo", "--json", "-r", "ana").stdout)
        assert undone["taken_back"]["why"] == f"why {group}"
    assert counts(project) == before
    told_once(run(project, "amend", "--undo", "-r", "ana"), 2, "no amendment")


@pytest.mark.slow
def test_a_settlement_goes_back_with_the_decisions(tmp_path: Path) -> None:
    needed = "[screening]\nreviewers = { title_abstract = 2, full_text = 1 }\n"
    project = make_review(tmp_path, count=1, screening=needed)
    for name in ("ana", "rui"):
        with session_of(project, name) as session:
            if name == "ana":
                session.include()
            else:
                session.exclude(1)
    with open_conflicts(project, "li", clock=ticking()) as conflicts:
        conflicts.exclude(1)
    assert counts(project)["records_excluded"] == 1
    run(project, "amend", "again", "--requeue", "all-excluded", "-r", "ana", "--yes")
    assert counts(project)["awaiting_screening"] == 1
    for name in ("ana", "rui"):
        with session_of(project, name) as session:
            session.include()
    assert counts(project)["awaiting_assessment"] == 1


def test_an_open_session_gets_what_was_sent_back(tmp_path: Path) -> None:
    project = screened(tmp_path)
    with session_of(project, stage=Stage.FULL_TEXT) as session:
        assert session.view is None
        run(project, "amend", "again", "--requeue", "all-excluded", "-r", "ana", "--yes")
        session.navigation.jump("pubmed:00005")
        assert session.progress.left == 4


@pytest.mark.slow
def test_the_report_lists_amendments_as_prisma_24c_asks(tmp_path: Path) -> None:
    project = screened(tmp_path)
    drop_reason(project)
    run(project, "amend", "a wider theme", "--requeue", f"reason={GONE}", "-r", "ana", "--yes")
    document = json.loads(run(project, "report", "--format", "json").stdout)
    (amendment,) = document["amendments"]
    assert (amendment["why"], amendment["reviewer"]) == ("a wider theme", "ana")
    assert amendment["records"] == 2
    assert f"reason gone: {GONE}" in amendment["changes"]
    assert "item 24c" in run(project, "report", "--format", "md").stdout
    recorded = [item["recorded"] for item in status(project)["protocol_changes"]]
    assert recorded
    assert None not in recorded


@pytest.mark.slow
def test_the_same_files_in_any_order_give_the_same_review(tmp_path: Path) -> None:
    project = screened(tmp_path / "a")
    exported = tmp_path / "before.jsonl"
    exported.write_text(run(project, "decisions", "export").stdout)
    drop_reason(project)
    run(project, "amend", "a wider theme", "--requeue", f"reason={GONE}", "-r", "ana", "--yes")
    after = tmp_path / "after.jsonl"
    after.write_text(run(project, "decisions", "export").stdout)

    other = make_review(tmp_path / "b", count=6)
    other.protocol_path.write_text(project.protocol_path.read_text())
    for file in (after, after):
        done = run(other, "decisions", "import", str(file))
        assert done.returncode == 0, done.stderr
    assert counts(other) == counts(project)
    assert (
        rows_of(other.database)["requeued_decisions"]
        == (rows_of(project.database)["requeued_decisions"])
    )
    exported_there = run(other, "decisions", "export").stdout
    assert without_chain(exported_there) == without_chain(after.read_text())


@pytest.mark.slow
def test_a_file_of_decisions_is_refused_only_where_reasons_or_stages_differ(
    tmp_path: Path,
) -> None:
    project = screened(tmp_path / "a")
    exported = tmp_path / "ana.jsonl"
    exported.write_text(run(project, "decisions", "export").stdout)

    other = make_review(tmp_path / "b", count=6)
    text = other.protocol_path.read_text()
    harmless = '# a comment\n[living]\nevery = "month"\n[diagram]\ntheme = "quiet"\n'
    other.protocol_path.write_text(text + harmless)
    assert run(other, "decisions", "import", str(exported)).returncode == 0

    for more in (
        '[screening]\nexclusion_reasons = ["animals"]\n',
        "[screening]\nreviewers = { title_abstract = 2, full_text = 1 }\n",
    ):
        third = make_review(tmp_path / f"c{len(more)}", count=6, screening=more)
        done = run(third, "decisions", "import", str(exported))
        told_once(done, 2, "other stages or exclusion reasons", "nothing was imported")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        ((), ("needs a reason",)),
        (("why", "--requeue", "some"), ("no such group: some", "all-excluded")),
        (("why", "--requeue", "reason=nothing"), ("'nothing'", f"{GONE} (2 records)")),
        (("why", "--requeue", "included"), ("needs a yes", "--dry-run")),
        (("why", "--undo"), ("nothing else",)),
    ],
)
def test_wrong_use_is_one_clear_error_and_stores_nothing(
    tmp_path: Path, arguments: tuple[str, ...], parts: tuple[str, ...]
) -> None:
    project = screened(tmp_path)
    told_once(run(project, "amend", *arguments, "-r", "ana"), 2, *parts)
    assert rows_of(project.database)["amendments"] == []


@pytest.mark.slow
def test_amendments_are_listed(tmp_path: Path) -> None:
    project = screened(tmp_path)
    assert "No amendment" in run(project, "amend", "--list").stdout
    drop_reason(project)
    run(project, "amend", "a wider theme", "--requeue", "included", "-r", "ana", "--yes")
    shown = run(project, "amend", "--list").stdout
    for words in ("a wider theme", "sent back (included): 2 records", f"reason gone: {GONE}"):
        assert words in shown
    (item,) = json.loads(run(project, "amend", "--list", "--json").stdout)["amendments"]
    assert (item["reviewer"], item["records"]) == ("ana", 2)


def test_a_dry_run_shows_everything_and_stores_nothing(tmp_path: Path) -> None:
    project = screened(tmp_path)
    done = run(project, "amend", "why", "--requeue", "included", "-r", "ana", "--dry-run")
    assert "2 records sent back" in done.stdout
    assert rows_of(project.database)["amendments"] == []


@pytest.mark.slow
def test_what_was_changed_is_said_at_once(tmp_path: Path) -> None:
    """Before any event has stored the new protocol, and as the list says it later."""
    project = screened(tmp_path)
    drop_reason(project)
    planned = run(project, "amend", "not ours", "-r", "ana", "--dry-run").stdout
    printed = run(project, "amend", "not ours", "-r", "ana").stdout
    assert "reason reworded: not on guts → off the topic" in printed
    assert "no criterion, reason or stage is changed" not in planned + printed
    listed = run(project, "amend", "--list").stdout
    assert [line.strip() for line in printed.splitlines()[1:]] == [
        line.strip() for line in listed.splitlines()[1:]
    ]
