"""A record that leads copies is screened with what they know, and found by their words and
identifiers.
"""

from pathlib import Path

import pytest

from reviewkit.dedupe import Cluster, Duplicates
from reviewkit.model.records import Record
from reviewkit.store import Store, record_search
from reviewkit.store.pairs import set_duplicates
from reviewkit.store.runs import add_run
from reviewkit.workflow.project import ReviewProject
from tests.helpers.screening_review import NOW, make_review, run_of, session_of

BARE = Record(source="pubmed", source_id="1", title="A work on guts")
COPY = Record(
    source="pubmed",
    source_id="2",
    title="A work on guts",
    abstract="Zebrafish were not used.",
    doi="10.1000/copy",
    keywords=("gut",),
)


@pytest.fixture
def project(tmp_path: Path) -> ReviewProject:
    project = make_review(tmp_path, count=0)
    with Store(project.database, now=NOW) as store, store.transaction():
        add_run(
            store,
            run_of([BARE, COPY]),
            [BARE, COPY],
            protocol=project.protocol_sha256,
            counts_in_flow=True,
        )
        cluster = Cluster(lead="pubmed:1", members=("pubmed:1", "pubmed:2"))
        set_duplicates(store, Duplicates(pairs=(), clusters=(cluster,), relations=()))
    return project


def test_what_the_record_lacks_is_shown_from_its_copy_and_said_to_be(
    project: ReviewProject,
) -> None:
    with session_of(project) as session:
        view = session.view
    assert view is not None
    assert (view.record.key, view.record.abstract) == ("pubmed:1", COPY.abstract)
    assert view.filled == {"abstract": "pubmed:2", "doi": "pubmed:2", "keywords": "pubmed:2"}
    assert view.copies_line == "pubmed:2 (from it: doi, abstract, keywords)"
    assert any("10.1000/copy" in link.url for link in view.links)


def test_a_copy_is_found_as_the_record_that_it_is_decided_with(project: ReviewProject) -> None:
    with Store(project.database, now=NOW) as store:
        assert record_search.search_words(store, "zebrafish") == ["pubmed:1"]
        assert record_search.search_words(store, "guts") == ["pubmed:1"]
        assert record_search.matching(store, "zebrafish") == {"pubmed:1"}
        assert record_search.find_named(store, "10.1000/copy") == ["pubmed:1"]
        assert record_search.find_named(store, "pubmed:2") == ["pubmed:1"]


def test_ranking_reads_the_copy_s_abstract(project: ReviewProject) -> None:
    with Store(project.database, now=NOW) as store:
        assert [record.abstract for record in record_search.ranking_texts(store)] == [
            COPY.abstract,
            COPY.abstract,
        ]
