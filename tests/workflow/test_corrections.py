"""Corrections by hand: kept apart from the source, never undone by it, carried along, undone."""

import json
from pathlib import Path

import pytest

from reviewkit.dedupe.pairs import Settled
from reviewkit.model.errors import DamagedFile, UsageError
from reviewkit.model.record_fields import RecordField
from reviewkit.model.records import Record
from reviewkit.store import Store
from reviewkit.store.corrections import current_corrections, source_content
from reviewkit.store.duplicates import stored_leads
from reviewkit.store.events import event_sha256
from reviewkit.store.record_versions import changed_since, contents_at
from reviewkit.store.records import record_by_key
from reviewkit.store.runs import add_run
from reviewkit.workflow.correcting.add_record import add_record
from reviewkit.workflow.correcting.edit import FieldChange, edit_record
from reviewkit.workflow.correcting.pairs_by_hand import answer_pair
from reviewkit.workflow.correcting.story import record_story
from reviewkit.workflow.duplicates.dedupe import run_dedupe
from reviewkit.workflow.project import ReviewProject, open_project
from reviewkit.workflow.reporting.export import Choice, export
from reviewkit.workflow.screening.exchange import export_decisions, import_decisions
from tests.helpers.screening_review import NOW, TWO, make_records, make_review, run_of, session_of

KEY = "pubmed:00000"
TITLE = FieldChange(field=RecordField.TITLE, value="A right title")


def edit(project: ReviewProject, *changes: FieldChange, why: str | None = None) -> None:
    edit_record(project, KEY, changes, reviewer="ana", why=why, now=NOW)


def record_of(project: ReviewProject, key: str = KEY) -> Record:
    with Store(project.database, now=NOW) as store:
        record = record_by_key(store, key)
    assert record is not None
    return record


def come_again(project: ReviewProject, records: list[Record], at: str) -> None:
    """The source gives these records again, as an update would."""
    with Store(project.database, now=NOW) as store, store.transaction():
        run = run_of(records, at=at)
        add_run(store, run, records, protocol=project.protocol_sha256, counts_in_flow=True)


def test_a_correction_counts_and_the_source_s_value_is_kept(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=3)
    before = record_of(project)
    edit(project, TITLE, why="a typo")
    assert record_of(project).title == "A right title"

    with Store(project.database, now=NOW) as store:
        assert source_content(store, KEY) == before
        correction = current_corrections(store, KEY)["title"]
        found = store.rows("SELECT rowid FROM records_fts WHERE records_fts MATCH 'right'")
    assert (correction.why, correction.reviewer) == ("a typo", "ana")
    assert len(found) == 1, "the search index has the correction"

    edit(project, FieldChange(field=RecordField.TITLE, restore=True))
    assert record_of(project) == before
    story = record_story(project, KEY, open_decisions=False, now=NOW)
    assert [each.value for each in story.corrections] == ['"A right title"', None]


def test_an_update_does_not_undo_a_correction_and_what_it_gives_is_known(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=3)
    edit(project, TITLE)
    changed = [
        Record(source="pubmed", source_id="00000", title="The source's new title", year=2021),
        *make_records(2, first=1),
    ]
    come_again(project, changed, "2026-02-01")
    stored = record_of(project)
    assert (stored.title, stored.year) == ("A right title", 2021)

    come_again(project, [stored, *make_records(2, first=1)], "2026-03-01")
    edit(project, FieldChange(field=RecordField.TITLE, restore=True))
    assert record_of(project).title == "The source's new title"


def test_a_correction_is_no_change_of_the_source(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=3)
    edit(project, TITLE)
    with Store(project.database, now=NOW) as store:
        assert changed_since(store, version=0) == {}
        assert contents_at(store, 0) == {}
        assert store.value("SELECT count(*) FROM record_versions") == 1
        assert store.value("SELECT count(*) FROM correction_marks") == 0


def test_the_same_value_again_is_no_event(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=3)
    edit(project, TITLE)
    edit(project, TITLE)
    edit(project, FieldChange(field=RecordField.YEAR, restore=True))
    with Store(project.database, now=NOW) as store:
        assert store.value("SELECT count(*) FROM corrections") == 1


def test_corrections_and_answers_to_pairs_travel_and_have_the_same_effect(tmp_path: Path) -> None:
    here, there = make_review(tmp_path / "a", count=4), make_review(tmp_path / "b", count=4)
    edit(here, TITLE, FieldChange(field=RecordField.DOI))
    answer_pair(here, (KEY, "pubmed:00003"), answer=Settled.SAME, reviewer="ana", now=NOW)
    lines = "\n".join(export_decisions(here, None, now=NOW))
    for _ in range(2):
        import_decisions(there, lines, where="ana.jsonl", now=NOW)

    assert record_of(there) == record_of(here)
    for project in (here, there):
        with Store(project.database, now=NOW) as store:
            assert stored_leads(store) == {"pubmed:00003": KEY}


def test_any_two_records_are_duplicates_or_not_as_a_person_says(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=4)
    run_dedupe(project, dry_run=False, now=NOW)
    pair = (KEY, "pubmed:00003")
    joined = answer_pair(project, pair, answer=Settled.SAME, reviewer="ana", now=NOW)
    assert joined.joined
    assert "are duplicates" in joined.sentence()
    parted = answer_pair(project, pair, answer=Settled.DIFFERENT, reviewer="ana", now=NOW)
    assert not parted.joined
    assert "are two records." in parted.sentence()


def test_an_answer_that_others_contradict_says_so(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=4)
    first, second, third = "pubmed:00000", "pubmed:00001", "pubmed:00002"
    for pair, answer in (
        ((first, second), Settled.SAME),
        ((second, third), Settled.DIFFERENT),
    ):
        answer_pair(project, pair, answer=answer, reviewer="ana", now=NOW)
    result = answer_pair(project, (first, third), answer=Settled.SAME, reviewer="ana", now=NOW)
    assert "contradict yours" in result.sentence()


@pytest.mark.parametrize("other", [KEY, "pubmed:99999"])
def test_a_pair_needs_two_records_of_the_review(tmp_path: Path, other: str) -> None:
    project = make_review(tmp_path, count=4)
    with pytest.raises(UsageError):
        answer_pair(project, (KEY, other), answer=Settled.SAME, reviewer="ana", now=NOW)


def test_exports_name_what_was_corrected_also_in_a_copy_that_fills_a_gap(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=4)
    edit(project, TITLE, FieldChange(field=RecordField.PMID, value="123"))
    answer_pair(project, ("pubmed:00001", KEY), answer=Settled.SAME, reviewer="ben", now=NOW)
    with export(project, Choice(), now=NOW) as exported:
        outcomes = {record.key: outcome for record, outcome in exported.entries() if outcome}
        table = b"".join(exported.written("csv")).decode()
    with Store(project.database, now=NOW) as store:
        (lead,) = stored_leads(store).values()
    outcome = outcomes[lead]
    assert outcome.corrected_by == "ana"
    assert "pmid" in (outcome.corrected_fields or "")
    assert [o.corrected_by for key, o in outcomes.items() if key != lead] == [None] * 2
    assert "duplicate_of_record,corrected_fields,corrected_by" in table.splitlines()[0]


def test_a_record_added_by_hand_counts_under_its_source(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=2)
    path = project.protocol_path
    strategy = '[[strategies]]\nid = "s"\nlabel = "S"\nqueries = { pubmed = "gut" }\n'
    path.write_text(project.protocol_text + strategy)
    values = {"title": "A work that an author sent", "year": 2020}
    project = open_project(path)
    added = add_record(project, "pubmed", values, reviewer="ana", why="a letter", now=NOW)
    assert added.role == "database"
    again = {"title": "A second work", "doi": "10.1000/second"}
    add_record(project, "pubmed", again, reviewer="ana", why=None, now=NOW)
    with Store(project.database, now=NOW) as store:
        searches = store.rows("SELECT DISTINCT search FROM search_runs WHERE query LIKE 'added%'")
        assert len(searches) == 1, "what is added on one day is one search"
        assert store.value("SELECT count(*) FROM flow_records") == 4
    with pytest.raises(UsageError, match="already"):
        add_record(project, "pubmed", values, reviewer="ana", why=None, now=NOW)


def test_decisions_of_others_are_hidden_until_enough_have_decided(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=2, screening=TWO)
    with session_of(project, "ana") as session:
        session.include()
    hidden = record_story(project, KEY, open_decisions=False, now=NOW)
    assert hidden.decisions == ()
    assert hidden.hidden
    shown = record_story(project, KEY, open_decisions=True, now=NOW)
    assert [event.verdict for event in shown.decisions] == ["include"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("field", "value"),
    [("title", "5"), ("year", '"x"'), ("year", "true"), ("authors", '"a"'), ("title", "no JSON")],
)
def test_a_forged_correction_is_refused_whole(tmp_path: Path, field: str, value: str) -> None:
    project = make_review(tmp_path, count=2)
    edit(project, TITLE)
    header, line = export_decisions(project, None, now=NOW)
    event = json.loads(line) | {"field": field, "value": value, "step": 2}
    del event["sha256"]
    forged = json.dumps({**event, "sha256": event_sha256(event)})
    with pytest.raises(DamagedFile, match="cannot be"):
        import_decisions(project, f"{header}\n{forged}", where="forged.jsonl", now=NOW)
    assert record_of(project).title == "A right title"
