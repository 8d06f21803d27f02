"""Which earlier run an update compares a source with, and what then counts as new, gone, changed.

The runs are stored by hand, so that each test has just those that its rule is about.
"""

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewkit.model.records import CountUnit, RunKind, RunStatus
from reviewkit.updates.changes import ChangeKind
from reviewkit.workflow.updates.source_difference import describe_source
from reviewkit.workflow.updates.source_search import SourceOutcome, UpdateRun
from reviewkit.workflow.updates.update_models import SourceUpdate, UpdateOptions
from tests.helpers.updating import StoredUpdate, listed_record

AS_OF = UpdateOptions(as_of=datetime.date(2026, 1, 10))
NEW, GONE, CHANGED = ChangeKind.NEW, ChangeKind.GONE, ChangeKind.CHANGED


@pytest.fixture
def review(tmp_path: Path) -> Iterator[StoredUpdate]:
    made = StoredUpdate(tmp_path)
    yield made
    made.store.close()


def change_of(
    review: StoredUpdate, update: UpdateRun, run: int
) -> tuple[int | None, set[tuple[ChangeKind, str]]]:
    """The run that was compared with, and what is said to have changed since."""
    found = describe_source(update, review.source, SourceOutcome(run=run)).difference
    assert found is not None
    assert found.after.run == run
    changes = {(change.kind, change.identifier) for change in found.changes}
    assert len(changes) == len(found.changes)
    return found.before.run if found.before else None, changes


def test_without_a_run_it_says_why_and_compares_nothing(review: StoredUpdate) -> None:
    outcome = SourceOutcome(failed="no answer", cannot="no query")
    told_of = describe_source(review.begin(), review.source, outcome)
    assert told_of == SourceUpdate(
        source="pubmed", name="PubMed", failed="no answer", cannot="no query"
    )


def test_what_the_source_listed_and_did_not_send_is_passed_on(review: StoredUpdate) -> None:
    update = review.begin()
    outcome = SourceOutcome(run=review.run(20, "a"), left_out=("b", "c"))
    told_of = describe_source(update, review.source, outcome)
    assert (told_of.source, told_of.name, told_of.left_out) == ("pubmed", "PubMed", ("b", "c"))
    assert (told_of.failed, told_of.cannot) == (None, None)
    assert told_of.difference is not None
    assert (told_of.difference.source, told_of.difference.name) == ("pubmed", "PubMed")


def test_without_an_earlier_run_everything_is_new(review: StoredUpdate) -> None:
    update = review.begin()
    assert change_of(review, update, review.run(20, "ab")) == (None, {(NEW, "a"), (NEW, "b")})


def test_it_compares_with_the_newest_run_before_the_update(review: StoredUpdate) -> None:
    review.run(1, "abc")
    newest = review.run(2, "bc", kind=RunKind.UPDATE)
    update = review.begin()
    today = review.run(20, "cd", kind=RunKind.UPDATE)
    assert change_of(review, update, today) == (newest, {(NEW, "d"), (GONE, "b")})


def test_runs_of_other_strategies_and_failed_ones_are_not_compared_with(
    review: StoredUpdate,
) -> None:
    own = review.run(1, "ab")
    review.run(2, "abx", family="other")
    review.run(3, status=RunStatus.FAILED, kind=RunKind.UPDATE)
    review.run(4, "aby", in_flow=False)
    update = review.begin()
    today = review.run(20, "abxy", kind=RunKind.UPDATE)
    assert change_of(review, update, today)[0] == own


def test_a_run_that_did_not_name_all_it_counted_is_passed_over(review: StoredUpdate) -> None:
    whole = review.run(1, "abc")
    review.run(2, "ab", kind=RunKind.UPDATE, count=9)
    update = review.begin()
    today = review.run(20, "ab", kind=RunKind.UPDATE)
    assert change_of(review, update, today) == (whole, {(GONE, "c")})


def test_where_no_run_named_all_the_newest_of_them_is_compared_with(review: StoredUpdate) -> None:
    review.run(1, "a", count=9)
    newest = review.run(2, "ab", kind=RunKind.UPDATE, count=9)
    update = review.begin()
    today = review.run(20, "ac", kind=RunKind.UPDATE)
    assert change_of(review, update, today) == (newest, {(NEW, "c"), (GONE, "b")})


def test_what_any_earlier_run_listed_is_not_new_again(review: StoredUpdate) -> None:
    review.run(1, "ax")
    review.run(2, "w", kind=RunKind.WINDOW)
    newest = review.run(3, "a", kind=RunKind.UPDATE)
    update = review.begin()
    today = review.run(20, "axwn", kind=RunKind.UPDATE)
    assert change_of(review, update, today) == (newest, {(NEW, "n")})


def test_a_window_says_of_nothing_that_it_is_gone(review: StoredUpdate) -> None:
    own = review.run(1, "ab")
    update = review.begin()
    revised = listed_record("a", title="Another title")
    today = review.run(20, records=[revised, listed_record("c")], kind=RunKind.WINDOW)
    assert change_of(review, update, today) == (own, {(NEW, "c"), (CHANGED, "a")})


def test_a_run_that_did_not_name_all_says_of_nothing_that_it_is_gone(
    review: StoredUpdate,
) -> None:
    own = review.run(1, "ab")
    update = review.begin()
    today = review.run(20, "ac", kind=RunKind.UPDATE, count=3)
    assert change_of(review, update, today) == (own, {(NEW, "c")})


def test_where_entries_are_counted_the_count_does_not_hide_what_is_gone(
    review: StoredUpdate,
) -> None:
    own = review.run(1, "ab")
    update = review.begin()
    entries = CountUnit.ENTRIES
    today = review.run(20, "a", kind=RunKind.UPDATE, count=3, count_unit=entries)
    assert change_of(review, update, today) == (own, {(GONE, "b")})


def test_what_an_interrupted_update_listed_is_still_to_be_told(review: StoredUpdate) -> None:
    own = review.run(1, "a")
    interrupted = review.begin()
    review.run(12, "abc", kind=RunKind.UPDATE)
    update = review.begin(interrupted=interrupted.row)
    today = review.run(20, "abd", kind=RunKind.UPDATE)
    assert change_of(review, update, today) == (own, {(NEW, "b"), (NEW, "d")})


def test_the_first_update_compares_its_own_two_searches(review: StoredUpdate) -> None:
    review.begin()
    update = review.begin()
    own = review.run(20, "ab")
    today = review.run(20, "bc", kind=RunKind.UPDATE)
    assert change_of(review, update, today) == (own, {(NEW, "c"), (GONE, "a")})


def test_of_the_first_updates_runs_what_an_earlier_one_listed_is_not_new(
    review: StoredUpdate,
) -> None:
    update = review.begin()
    review.run(19, "x")
    own = review.run(20, "a")
    today = review.run(20, "axb", kind=RunKind.UPDATE)
    assert change_of(review, update, today) == (own, {(NEW, "b")})


def test_the_same_run_stored_again_is_its_own_past(review: StoredUpdate) -> None:
    review.run(1, "a")
    same = review.run(2, "ab", kind=RunKind.UPDATE)
    update = review.begin()
    assert change_of(review, update, same) == (same, set())


def test_with_a_day_it_compares_with_the_reviews_own_search(review: StoredUpdate) -> None:
    review.run(1, "x")
    own = review.run(2, "ab")
    review.run(3, "abx", kind=RunKind.UPDATE)
    update = review.begin(AS_OF)
    today = review.run(20, "bxn", kind=RunKind.UPDATE)
    # Listed by an update since, or by an own search before: new all the same.
    assert change_of(review, update, today) == (own, {(NEW, "x"), (NEW, "n"), (GONE, "a")})


def test_with_a_day_the_same_run_stored_again_is_compared_as_well(review: StoredUpdate) -> None:
    own = review.run(1, "a")
    same = review.run(2, "ab", kind=RunKind.UPDATE)
    update = review.begin(AS_OF)
    assert change_of(review, update, same) == (own, {(NEW, "b")})


def test_with_a_day_what_was_created_after_it_is_new(review: StoredUpdate) -> None:
    late = listed_record("l", created="2026-01-11")
    on_the_day = listed_record("o", created="2026-01-10")
    own = review.run(12, records=[late, on_the_day])
    update = review.begin(AS_OF)
    today = review.run(20, "n", records=[late, on_the_day], kind=RunKind.UPDATE)
    assert change_of(review, update, today) == (own, {(NEW, "l"), (NEW, "n")})


@pytest.mark.parametrize(
    ("options", "reach"), [(AS_OF, "2026-01-11"), (UpdateOptions(), "2026-01-12")]
)
def test_the_earlier_side_reaches_to_the_end_of_the_day_that_was_named(
    review: StoredUpdate, options: UpdateOptions, reach: str
) -> None:
    review.run(12, "a")
    update = review.begin(options)
    outcome = SourceOutcome(run=review.run(20, "ab", kind=RunKind.UPDATE))
    found = describe_source(update, review.source, outcome).difference
    assert found is not None
    assert found.before is not None
    assert (found.before.reach, found.before.run, found.before.count) == (reach, 1, 1)


def test_with_a_day_and_no_own_search_there_is_nothing_to_compare_with(
    review: StoredUpdate,
) -> None:
    update = review.begin(AS_OF)
    assert change_of(review, update, review.run(20, "a")) == (None, {(NEW, "a")})


def test_what_changed_between_the_two_runs_is_told(review: StoredUpdate) -> None:
    own = review.run(1, "ab")
    # The record monitor asked for it while the source's own search failed.
    changed = listed_record("a", title="Another title")
    review.run(3, records=[changed], kind=RunKind.MONITOR, in_flow=False)
    update = review.begin()
    today = review.run(20, "b", records=[changed], kind=RunKind.UPDATE)
    assert change_of(review, update, today) == (own, {(CHANGED, "a")})


def test_with_a_day_only_what_this_update_brought_has_changed(review: StoredUpdate) -> None:
    own = review.run(1, "ab")
    changed = listed_record("a", title="Another title")
    review.run(3, records=[changed], kind=RunKind.MONITOR, in_flow=False)
    update = review.begin(AS_OF)
    again = listed_record("b", title="A third title")
    today = review.run(20, records=[changed, again], kind=RunKind.UPDATE)
    assert change_of(review, update, today) == (own, {(CHANGED, "b")})
