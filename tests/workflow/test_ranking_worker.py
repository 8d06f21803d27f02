"""The vectors of a database: cached, and made again when a record has changed."""

from pathlib import Path

from reviewkit.model.records import Record
from reviewkit.ranking import rank
from reviewkit.store import Store
from reviewkit.store.runs import add_run
from reviewkit.workflow.ranking.worker import vectors_of
from reviewkit.workflow.session.open_screening import protocol_words
from tests.helpers.screening_review import (
    NOW,
    make_records,
    make_review,
    run_of,
)

RECORDS = make_records(60)
TEXTS = ("guts and nerves",)


def test_words_are_kept_and_counted_again_when_a_record_has_changed(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=40)
    texts = protocol_words(project.protocol)
    first = list(vectors_of(project.database, texts))
    assert first[0] is None
    assert first[1] is not None
    again = list(vectors_of(project.database, texts))
    assert len(again) == 1
    assert again[0] is not None
    assert rank(again[0], {}, seed=1).keys() == rank(first[1], {}, seed=1).keys()
    more = [Record(source="pubmed", source_id="99999", title="A new title on guts")]
    with Store(project.database, now=NOW) as store, store.transaction():
        add_run(
            store,
            run_of(more, at="2026-02-02"),
            more,
            protocol=project.protocol_sha256,
            counts_in_flow=True,
        )
    stale, fresh = vectors_of(project.database, texts)
    assert stale is not None
    assert fresh is not None
    assert set(fresh.keys) - set(stale.keys) == {"pubmed:99999"}
