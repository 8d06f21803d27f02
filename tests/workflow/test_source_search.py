"""What an update asks a source for, and what it stores of the answer or of the failure."""

import datetime
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from reviewkit.model.records import RunKind, RunStatus
from reviewkit.store import run_log, update_log
from reviewkit.workflow.searching.search import NetworkUse
from reviewkit.workflow.updates.source_search import SourceOutcome, search_source
from reviewkit.workflow.updates.update_models import UpdateOptions
from tests.helpers.living import PROTOCOL, LivingReview, corpus_of
from tests.helpers.updating import StoredUpdate
from tests.servers.eutils_server import EutilsServer, Fault

pytestmark = pytest.mark.slow
OWN, UPDATE, WINDOW = RunKind.OWN, RunKind.UPDATE, RunKind.WINDOW
UP_TO_A_DAY = UpdateOptions(as_of=datetime.date(2025, 12, 31))
IN_A_WINDOW = UpdateOptions(window=30)
QUERY = "invented[ti]"
BOUNDED = f"({QUERY}) AND 1800/01/01:2025/12/31[crdt]"
Make = Callable[..., StoredUpdate]


@pytest.fixture(scope="module")
def pubmed() -> Iterator[EutilsServer]:
    with EutilsServer(corpus_of(0)) as server:
        yield server


@pytest.fixture
def make(tmp_path: Path, pubmed: EutilsServer) -> Iterator[Make]:
    """Makes the test's review: of a PubMed with two works, or else of a service out of reach."""
    pubmed.corpus = corpus_of(2)
    pubmed._scripts.clear()
    reviews: list[StoredUpdate] = []

    def made(protocol: str = PROTOCOL, *, online: bool = True) -> StoredUpdate:
        review = StoredUpdate(tmp_path, protocol)
        reviews.append(review)
        if online:
            review.searcher = LivingReview(review.project, pubmed).searcher()
        else:
            review.searcher = replace(review.searcher, network_use=NetworkUse.ALWAYS)
        return review

    yield made
    for review in reviews:
        if review.searcher.transport:
            review.searcher.transport.close()
        review.store.close()


def search(review: StoredUpdate, options: UpdateOptions | None = None) -> SourceOutcome:
    return search_source(review.begin(options), review.source)


def kinds(review: StoredUpdate) -> list[tuple[str, RunKind, str, str]]:
    """Strategy, kind, family and query of every run."""
    log = run_log.run_log(review.store)
    return [(run.strategy, run.kind, run.family, run.query) for run in log]


def test_the_first_search_of_a_review_without_a_bound_is_one(make: Make) -> None:
    review = make()
    update = review.begin()
    assert search_source(update, review.source) == SourceOutcome(run=1)
    assert kinds(review) == [("words", OWN, "words", QUERY)]
    (run,) = run_log.run_log(review.store)
    assert (run.status, run.counts_in_flow, run.listed) == (RunStatus.COMPLETE, True, 2)
    assert update_log.steps_of(review.store, update.row.number) == {"pubmed": (1, None)}


@pytest.mark.parametrize(
    ("protocol", "options"),
    [(PROTOCOL, UP_TO_A_DAY), (PROTOCOL + "[limits]\nas_of = 2025-12-31\n", UpdateOptions())],
    ids=["by the option", "by the protocol"],
)
def test_a_first_search_that_a_day_bounds_is_made_as_well_as_todays(
    make: Make, protocol: str, options: UpdateOptions
) -> None:
    review = make(protocol)
    update = review.begin(options)
    assert search_source(update, review.source) == SourceOutcome(run=2)
    assert kinds(review) == [
        ("words", OWN, "words", BOUNDED),
        ("words.update", UPDATE, "words", QUERY),
    ]
    assert [run.counts_in_flow for run in run_log.run_log(review.store)] == [True, True]
    assert update_log.steps_of(review.store, update.row.number) == {"pubmed": (2, None)}


def test_once_the_source_was_searched_only_todays_search_is_made(make: Make) -> None:
    review = make()
    review.run(1, "a")
    assert search(review, UP_TO_A_DAY) == SourceOutcome(run=2)
    assert kinds(review)[1:] == [("words.update", UPDATE, "words", QUERY)]


def test_the_search_of_another_strategy_or_source_is_no_earlier_one(make: Make) -> None:
    review = make()
    review.run(1, "a", family="other")
    review.run(1, "a", source="lilacs")
    assert search(review) == SourceOutcome(run=3)
    assert kinds(review)[2:] == [("words", OWN, "words", QUERY)]


def test_what_it_lists_and_does_not_send_is_told(make: Make, pubmed: EutilsServer) -> None:
    review = make()
    pubmed.on("efetch", 1, lambda corpus: corpus.delete("1001"))
    review.run(1, "a")
    assert search(review) == SourceOutcome(run=2, left_out=("1001",))


def test_a_window_goes_back_from_the_last_search(make: Make) -> None:
    review = make()
    review.run(1, "a")
    review.run(4, "a", kind=UPDATE)
    assert search(review, IN_A_WINDOW) == SourceOutcome(run=3)
    asked = f"({QUERY}) AND 2025/12/05:3000/12/31[crdt]"
    assert kinds(review)[2:] == [("words.window", WINDOW, "words", asked)]


def test_the_first_search_has_no_window(make: Make) -> None:
    review = make()
    assert search(review, IN_A_WINDOW) == SourceOutcome(run=1)
    assert kinds(review) == [("words", OWN, "words", QUERY)]


def test_a_window_goes_back_from_the_day_that_bounded_the_search_before(make: Make) -> None:
    review = make(online=False)
    review.run(4, "a", query="x AND 1800/01/01:2025/12/31[crdt]")
    search(review, UpdateOptions(window=31))
    # To the first day that the earlier search may have missed, 1 January, less 31 days.
    assert kinds(review)[-1][3] == f"({QUERY}) AND 2025/12/01:3000/12/31[crdt]"


def test_a_window_keeps_the_protocols_limits_once_and_no_day(make: Make) -> None:
    review = make(PROTOCOL + '[limits]\nas_of = 2025-12-31\nlanguages = ["eng"]\n', online=False)
    review.run(4, "a")
    search(review, IN_A_WINDOW)
    asked = f"(({QUERY}) AND (eng[la])) AND 2025/12/05:3000/12/31[crdt]"
    assert kinds(review)[-1] == ("words.window", WINDOW, "words", asked)


BLOCKS = PROTOCOL.replace(
    f'queries = {{ pubmed = "{QUERY}" }}', 'blocks = [["gut"]]\nfield = "title_abstract"'
).replace("[[criteria]]", '[[descriptors]]\nid = "gut"\nterm = "Gut"\n[[criteria]]', 1)


def test_a_window_of_a_strategy_that_is_written_from_blocks(make: Make) -> None:
    review = make(BLOCKS, online=False)
    review.run(4, "a")
    search(review, IN_A_WINDOW)
    strategy, kind, _, asked = kinds(review)[-1]
    assert (strategy, kind) == ("words.window", WINDOW)
    assert asked == '("Gut"[tiab]) AND 2025/12/05:3000/12/31[crdt]'


@pytest.mark.parametrize(
    ("source", "more"),
    [
        ("crossref", ""),
        # Synonyms go beside the query: a window's text would be without them.
        ("europepmc", "synonyms = true"),
    ],
)
def test_a_source_that_no_create_date_narrows_is_searched_in_full(
    make: Make, source: str, more: str
) -> None:
    protocol = PROTOCOL.replace('id = "pubmed"', f'id = "{source}"\n{more}')
    review = make(protocol.replace(f'pubmed = "{QUERY}"', f'{source} = "gut"'), online=False)
    review.run(4, "a", source=source)
    search(review, IN_A_WINDOW)
    assert kinds(review)[-1] == ("words.update", UPDATE, "words", "gut")


EMBASE = PROTOCOL.replace('id = "pubmed"', 'id = "embase"').replace("pubmed =", "embase =")


def test_a_source_that_cannot_be_searched_has_a_step_that_says_why(make: Make) -> None:
    review = make(EMBASE, online=False)
    update = review.begin()
    outcome = search_source(update, review.source)
    assert outcome.cannot
    assert "cannot search PubMed" in outcome.cannot
    assert outcome == SourceOutcome(cannot=outcome.cannot)
    steps = update_log.steps_of(review.store, update.row.number)
    assert steps == {"embase": (None, outcome.cannot)}
    assert kinds(review) == []


def test_a_source_that_was_imported_before_and_cannot_be_searched(make: Make) -> None:
    review = make(EMBASE.replace("embase", "library"), online=False)
    review.run(1, "a", source="library")
    assert "cannot search PubMed" in (search(review, IN_A_WINDOW).cannot or "")
    assert len(kinds(review)) == 1


def test_a_failed_service_is_told_and_leaves_a_failed_run_and_no_step(
    make: Make, pubmed: EutilsServer
) -> None:
    review = make()
    said: list[str] = []
    review.searcher = replace(review.searcher, say=said.append)
    review.run(1, "a")
    pubmed.on("esearch", range(1, 40), Fault.SERVER_ERROR)
    update = review.begin()
    outcome = search_source(update, review.source)
    assert (outcome.run, outcome.cannot, outcome.left_out) == (None, None, ())
    assert outcome.failed
    assert said[-1] == f"PubMed: {outcome.failed}"

    failed = run_log.run_log(review.store)[-1]
    assert (failed.source, failed.role, failed.status) == ("pubmed", "database", RunStatus.FAILED)
    assert kinds(review)[-1] == ("words.update", UPDATE, "words", QUERY)
    assert (failed.searched_at, failed.count, failed.listed) == (
        "2026-01-05T06:00:00.000Z",
        None,
        0,
    )
    assert "500" in (failed.error or "")
    assert failed.counts_in_flow
    assert update_log.steps_of(review.store, update.row.number) == {}
