"""What an import changes in records that were there is kept under the run of that very import."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewkit.store import run_log
from reviewkit.store.records import records_by_key
from reviewkit.updates.changes import ChangeKind
from reviewkit.workflow.reporting.differences import find_differences
from reviewkit.workflow.searching.import_files import import_files
from reviewkit.workflow.searching.input_files import ImportOptions, InputFile
from tests.helpers.living import LivingReview, corpus_of, make_living, versions_of, work
from tests.servers.eutils_server import EutilsServer

FULLER = "PT  - Journal Article\nAB  - What was found."


@pytest.fixture
def review(tmp_path: Path) -> Iterator[LivingReview]:
    with EutilsServer(corpus_of(2)) as server:
        yield make_living(tmp_path, server)


def take(review: LivingReview, folder: Path, *texts: str) -> int:
    """Import these MEDLINE texts, each as a file, together; the number of the run that it made."""
    files = []
    for text in texts:
        path = folder / f"{len(list(folder.iterdir()))}.nbib"
        path.write_text(text + "\n", encoding="utf-8")
        files.append(InputFile(name=path.name, content=path))
    options = ImportOptions(source="pubmed", new_search=True)
    import_files(review.project, files, options, now=lambda: review.at)
    with review.store() as store:
        return run_log.newest_run_number(store)


def test_a_change_is_kept_under_the_import_that_made_it(
    review: LivingReview, tmp_path: Path
) -> None:
    one, two, three = (work(number).text for number in (1, 2, 3))
    first = take(review, tmp_path, f"{one}\n\n{two}")
    second = take(review, tmp_path, f"{one.replace('PT  - Journal Article', FULLER)}\n\n{two}")
    third = take(review, tmp_path, f"{one}\n\n{two}\n\n{three}")
    assert [first, second, third] == [1, 2, 3]
    with review.store() as store:
        assert store.rows("SELECT record, run FROM record_versions") == [("pubmed:1", second)]
        assert versions_of(store, "pubmed:1")[0].abstract is None
        assert records_by_key(store, ["pubmed:1"])["pubmed:1"].abstract == "What was found."

    def kinds(one: int, two: int) -> list[tuple[str, str]]:
        (found,) = find_differences(review.project, str(one), str(two), now=review.at)
        return [(change.kind, change.identifier) for change in found.changes]

    assert kinds(first, second) == [(ChangeKind.CHANGED, "1")]
    assert kinds(second, third) == [(ChangeKind.NEW, "3")]


def test_copies_in_files_that_come_together_are_put_together_once(
    review: LivingReview, tmp_path: Path
) -> None:
    bare = work(1).text
    abstract, heading = (
        bare.replace("PT  - J", f"{line}\nPT  - J") for line in ("AB  - Found.", "MH  - Diet")
    )
    run = take(review, tmp_path, bare, abstract, heading)
    with review.store() as store:
        record = records_by_key(store, ["pubmed:1"])["pubmed:1"]
        assert (record.abstract, record.headings) == ("Found.", ("Diet",))
        assert store.rows("SELECT run FROM record_versions") == [(run,)]


@pytest.mark.slow
def test_thousands_of_records_may_share_one_number(review: LivingReview, tmp_path: Path) -> None:
    shared = [
        f"TY  - JOUR\nAU  - Silva, Ana\nTI  - Part {number} of {number * 7}\nPY  - 2020\n"
        "PM  - 30000001\nER  - \n"
        for number in range(1_500)
    ]
    path = tmp_path / "shared.ris"
    path.write_text("\n".join(shared), encoding="utf-8")
    options = ImportOptions(source="pubmed", new_search=True)
    file = InputFile(name=path.name, content=path)
    began = time.process_time()
    import_files(review.project, [file], options, now=lambda: review.at)
    assert time.process_time() - began < 10  # quadratic would be a minute
    with review.store() as store:
        assert store.value("SELECT count(*) FROM records WHERE pmid = '30000001'") == 1_500

    path.write_text("\n".join(reversed(shared)), encoding="utf-8")
    import_files(review.project, [file], options, now=lambda: review.at)
    with review.store() as store:
        assert store.value("SELECT count(*) FROM records WHERE pmid = '30000001'") == 1_500
