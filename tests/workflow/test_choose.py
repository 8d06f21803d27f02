"""A person says from which copy the fields of a work are taken, and takes it back."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reviewkit.store import Store
from reviewkit.store.records import record_by_key
from reviewkit.store.runs import add_run
from reviewkit.workflow.duplicates.dedupe import run_dedupe
from reviewkit.workflow.merged_record import read_merged_record
from reviewkit.workflow.project import ReviewProject
from tests.helpers.command import reviewkit
from tests.helpers.screening_review import NOW, make_records, make_review, run_of

LILACS = '[[sources]]\nid = "lilacs"\nname = "LILACS"\nrole = "database"\n'
PLACE: dict[str, Any] = {"volume": "12", "issue": "3", "pages": "10-19"}


@pytest.fixture
def project(tmp_path: Path) -> ReviewProject:
    """A record without a place, and a copy with one and another journal's name."""
    project = make_review(tmp_path, count=1, screening=LILACS)
    own = make_records(1)[0]
    copy = replace(own, source="lilacs", source_id="x", journal="Gut", **PLACE)
    with Store(project.database, now=NOW) as store, store.transaction():
        add_run(
            store,
            replace(run_of([copy]), source="lilacs"),
            [copy],
            protocol=project.protocol_sha256,
            counts_in_flow=True,
        )
    assert run_dedupe(project, dry_run=False, now=NOW).duplicates == 1
    return project


@pytest.mark.slow
def test_a_choice_counts_until_it_is_taken_back(project: ReviewProject) -> None:
    own = make_records(1)[0]
    where = ("-p", project.protocol_path)
    done = reviewkit(
        "dedupe", "choose", "lilacs:x", "--field", "place", "-r", "ana", "--yes", *where
    )
    assert done.returncode == 0, done.stderr
    assert "pages: 10-19 (was: empty)" in done.stdout
    with Store(project.database, now=NOW) as store:
        merged = read_merged_record(store, own.key)
        assert merged is not None
        assert (merged.record.year, merged.record.pages) == (2000, "10-19")
        assert "pages" not in merged.filled
        copy = record_by_key(store, "lilacs:x")
        assert copy is not None
        assert copy.journal == "Gut"

    back = reviewkit("record", "edit", own.key, "--restore", "place", "-r", "ana", *where)
    assert back.returncode == 0, back.stderr
    with Store(project.database, now=NOW) as store:
        assert record_by_key(store, own.key) == own


@pytest.mark.slow
@pytest.mark.parametrize(
    ("copy", "field", "words"),
    [
        ("pubmed:9", "title", "no duplicate of another record"),
        ("lilacs:x", "pages", "part of the place"),
        ("lilacs:x", "colour", "no field to correct"),
    ],
)
def test_a_wrong_choice_is_one_clear_error(
    project: ReviewProject, copy: str, field: str, words: str
) -> None:
    given = (copy, "--field", field, "-r", "ana", "--yes", "-p", project.protocol_path)
    refused = reviewkit("dedupe", "choose", *given)
    assert (refused.returncode, refused.stderr.count("error:")) == (2, 1)
    assert words in refused.stderr


@pytest.mark.slow
def test_the_leads_own_field_can_be_chosen_over_a_better_one(project: ReviewProject) -> None:
    own = make_records(1)[0]
    where = ("-r", "ana", "--yes", "-p", project.protocol_path)
    with Store(project.database, now=NOW) as store:
        merged = read_merged_record(store, own.key)
        assert merged is not None
        assert merged.filled["pages"] == "lilacs:x"
    done = reviewkit("dedupe", "choose", own.key, "--field", "place", *where)
    assert done.returncode == 0, done.stderr
    assert "pages: empty (was: 10-19)" in done.stdout
    assert "year" not in done.stdout
    with Store(project.database, now=NOW) as store:
        merged = read_merged_record(store, own.key)
        assert merged is not None
        assert merged.record.pages is None
    # A second time nothing is different, and a later choice and its way back are possible.
    again = reviewkit("dedupe", "choose", own.key, "--field", "place", *where)
    assert again.stdout.startswith("Nothing is different")
    done = reviewkit("dedupe", "choose", "lilacs:x", "--field", "place", *where)
    assert "pages: 10-19 (was: empty)" in done.stdout
    assert reviewkit("record", "edit", own.key, "--restore", "place", *where).returncode == 0
    with Store(project.database, now=NOW) as store:
        assert record_by_key(store, own.key) == own
        merged = read_merged_record(store, own.key)
        assert merged is not None
        assert merged.filled["pages"] == "lilacs:x"
