"""Updates against a PubMed that changes: new, gone, changed; the watch; failures; nothing lost,
nothing decided.
"""

import dataclasses
import datetime
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewkit.importers.medline import MedlineText, parse_medline
from reviewkit.model.errors import StoreError, UsageError
from reviewkit.model.records import Record, Verdict
from reviewkit.prisma.partition import State
from reviewkit.store import run_log
from reviewkit.store.protocols import add_protocol
from reviewkit.store.runs import add_run
from reviewkit.updates.alerts import Alert
from reviewkit.updates.changes import ChangeKind, ChangeReason
from reviewkit.workflow.updates.update_models import UpdateOptions, UpdateResult
from reviewkit.workflow.updates.update_text import update_lines, update_markdown
from tests.helpers.disturbed import KINDS, schedule
from tests.helpers.effort import examples
from tests.helpers.living import LivingReview, corpus_of, gone_from, make_living, versions_of, work
from tests.helpers.screening_review import run_of
from tests.helpers.year import TWO_SOURCES, WEEKS, Year, differences, run_once, year_corpus
from tests.servers.eutils_server import EutilsServer, Fault
from tests.servers.faulty_proxy import FaultyProxy


@pytest.fixture
def review(tmp_path: Path) -> Iterator[LivingReview]:
    with EutilsServer(corpus_of(12)) as server:
        yield make_living(tmp_path, server)


def kinds(found: UpdateResult) -> dict[str, tuple[str, ChangeReason]]:
    return {change.identifier: (change.kind, change.why) for change in found.changes}


def test_the_first_update_searches_once_and_queues_everything(review: LivingReview) -> None:
    found = review.update()
    assert len(review.server.asked("einfo")) == 1
    assert (found.queued, found.waiting, found.outcome) == (12, 12, "complete")
    assert set(review.states().values()) == {State.AWAITING_SCREENING}


def test_nothing_new_is_nothing_new(review: LivingReview) -> None:
    review.update()
    found = review.update()
    assert not found.is_news
    assert found.changes == ()
    with review.store() as store:
        assert [run.status for run in run_log.run_log(store)] == ["complete", "complete"]


@pytest.mark.slow
def test_new_gone_changed_and_why(review: LivingReview) -> None:
    review.update()
    corpus = review.server.corpus
    corpus.add(work(2000, day="2026/01/09"))
    corpus.add(work(2001, day="2019/03/01", more=["MHDA- 2026/01/10 06:00"]))
    corpus.delete("1003")
    corpus.revise("1004", "Invented study", "Discovered study")
    corpus.revise("1005", "PT  - Journal Article", "PT  - Journal Article\nMH  - Dysbiosis")
    found = review.update()
    assert kinds(found) == {
        "2000": (ChangeKind.NEW, ChangeReason.ADDED),
        "2001": (ChangeKind.NEW, ChangeReason.REINDEXED),
        "1003": (ChangeKind.GONE, ChangeReason.MERGED_OR_DELETED),
        "1004": (ChangeKind.GONE, ChangeReason.UNLISTED),
        "1005": (ChangeKind.CHANGED, ChangeReason.REVISED),
    }
    values = {change.identifier: change for change in found.changes}
    assert values["1005"].fields == ("headings",)
    assert "indexed 2026-01-10" in values["2001"].evidence
    alerts = {notice.record: notice.alert for notice in found.notices}
    assert alerts == {"pubmed:1003": Alert.DELETED, "pubmed:1004": Alert.UNLISTED}
    assert found.queued == 2


@pytest.mark.slow
def test_a_record_that_was_listed_before_is_never_new_again(review: LivingReview) -> None:
    review.update()
    entry = review.server.corpus.get("1003")
    assert entry
    review.server.corpus.delete("1003")
    review.update()
    review.server.corpus.add(entry)
    assert review.update().changes == ()


@pytest.mark.slow
def test_what_a_record_was_is_kept_and_cannot_be_changed(review: LivingReview) -> None:
    review.update()
    for heading in ("Dysbiosis", "Diet"):
        review.server.corpus.revise(
            "1005", "PT  - Journal Article", f"MH  - {heading}\nPT  - Journal Article"
        )
        review.update()
    with review.store() as store:
        versions = versions_of(store, "pubmed:1005")
        assert [record.headings for record in versions] == [(), ("Dysbiosis",)]
        with pytest.raises(StoreError, match="append-only"), store.transaction():
            store.write("DELETE FROM record_versions WHERE record = ?", [("pubmed:1005",)])


@pytest.mark.slow
def test_a_retracted_included_study_is_the_first_line_and_stays_there(review: LivingReview) -> None:
    review.update()
    review.include("pubmed:1002")
    retraction = (
        "PT  - Retracted Publication\nRIN - J Invented. 2026. PMID: 9999\nPT  - Journal Article"
    )
    review.server.corpus.revise("1002", "PT  - Journal Article", retraction)
    found = review.update()
    assert next(update_lines(found)).startswith("RETRACTED and included: ")
    assert {notice.alert for notice in found.notices} == {Alert.RETRACTED}
    again = review.update()
    assert again.notices == ()
    assert not again.is_news
    assert next(update_lines(again, quiet=True)).startswith("RETRACTED")
    assert "**RETRACTED" in update_markdown(again, title="t")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("lines", "alert"),
    [
        ("ECI - J Invented. 2026. PMID: 9999", Alert.CONCERN),
        ("EIN - J Invented. 2026. PMID: 9999", Alert.ERRATUM),
        ("UIN - J Invented. 2026. PMID: 9999", Alert.UPDATED),
    ],
)
def test_the_watch_tells_what_a_record_says_of_itself(
    review: LivingReview, lines: str, alert: Alert
) -> None:
    review.update()
    review.include("pubmed:1002")
    review.server.corpus.revise("1002", "PT  - Journal Article", f"PT  - Journal Article\n{lines}")
    assert alert in {notice.alert for notice in review.update().notices}
    assert review.update().notices == ()


@pytest.mark.slow
def test_a_withdrawn_title_and_a_record_no_longer_listed_are_seen(review: LivingReview) -> None:
    review.update()
    review.include("pubmed:1002")
    review.server.corpus.revise("1002", "TI  - Invented", "TI  - WITHDRAWN: Made-up")
    found = review.update()
    assert {Alert.WITHDRAWN, Alert.UNLISTED} <= {notice.alert for notice in found.notices}


@pytest.mark.slow
def test_what_is_excluded_is_not_watched(review: LivingReview) -> None:
    review.update()
    review.decide("pubmed:1002", Verdict.EXCLUDE)
    review.server.corpus.revise("1002", "PT  - Journal Article", "PT  - Retracted Publication")
    found = review.update()
    assert found.notices == ()
    assert kinds(found) == {"1002": (ChangeKind.CHANGED, ChangeReason.REVISED)}


@pytest.mark.slow
def test_a_failed_source_loses_nothing(review: LivingReview) -> None:
    review.update()
    before = review.states()
    review.server.on("esearch", range(1, 40), Fault.SERVER_ERROR)
    found = review.update()
    assert found.outcome == "failed"
    (said, *_) = update_lines(found)
    assert said.startswith("PubMed: failed (HTTP 500), after ")
    assert said.endswith("; none of its records counts as gone.")
    assert found.changes == ()
    assert review.states() == before
    with review.store() as store:
        assert gone_from(store, "pubmed", "words") == {}
        lines = [run.error for run in run_log.run_log(store) if run.status == "failed"]
        assert len(lines) == 1
        assert "500" in (lines[0] or "")
    review.server._scripts.clear()
    assert review.update().outcome == "complete"


@pytest.mark.slow
def test_a_search_that_failed_a_week_ago_is_made_anew(review: LivingReview) -> None:
    review.update()
    review.server.on("efetch", range(1, 40), Fault.SERVER_ERROR)
    assert review.update().outcome == "failed"
    review.server._scripts.clear()
    review.server.corpus.add(work(2000, day="2026/01/13"))
    assert [change.identifier for change in review.update().changes] == ["2000"]


@pytest.mark.slow
def test_an_empty_answer_that_is_none_makes_nothing_gone(review: LivingReview) -> None:
    review.update()
    review.server.on("esearch", range(1, 40), Fault.HTML)
    assert review.update().outcome == "failed"
    review.server._scripts.clear()
    assert review.update().changes == ()


@pytest.mark.slow
def test_a_storm_of_429_is_waited_out(review: LivingReview) -> None:
    review.update()
    review.server.corpus.add(work(2000, day="2026/01/09"))
    review.server.on("esearch", (1, 2, 3), Fault.TOO_MANY)
    review.server.on("efetch", (1, 2), Fault.TOO_MANY_NO_HINT)
    found = review.update()
    assert (found.outcome, found.queued) == ("complete", 1)


@pytest.mark.slow
def test_a_new_copy_is_linked_shown_and_inherits_nothing(review: LivingReview) -> None:
    title = "Invented diets and their guts in old mice."
    held = Record(
        source="lilacs",
        source_id="7",
        title=title,
        doi="10.1000/same",
        year=2025,
        languages=("eng",),
    )
    run = dataclasses.replace(run_of([held]), source="lilacs", strategy="words")
    with review.store() as store, store.transaction():
        add_protocol(
            store, review.project.protocol_sha256, review="guts", toml=review.project.protocol_text
        )
        add_run(store, run, [held], protocol=review.project.protocol_sha256, counts_in_flow=True)
    review.update()
    review.include("lilacs:7")
    review.server.corpus.add(work(2500, title, doi="10.1000/same"))
    found = review.update()
    assert [(copy.record, copy.lead, copy.lead_state) for copy in found.copies] == [
        ("pubmed:2500", "lilacs:7", State.INCLUDED)
    ]
    assert review.states()["pubmed:2500"] == State.DUPLICATE
    with review.store() as store:
        assert store.rows("SELECT 1 FROM decisions WHERE record = 'pubmed:2500'") == []


@pytest.mark.slow
def test_a_copy_that_a_file_brings_after_an_update_does_not_lead(review: LivingReview) -> None:
    review.update()
    title = "Invented diets and their guts in old mice."
    review.server.corpus.add(work(2500, title, doi="10.1000/same"))
    review.update()
    review.include("pubmed:2500")
    copy = Record(
        source="lilacs",
        source_id="7",
        title=title,
        doi="10.1000/same",
        year=2025,
        languages=("eng",),
    )
    run = dataclasses.replace(run_of([copy]), source="lilacs", strategy="words")
    with review.store() as store, store.transaction():
        add_run(store, run, [copy], protocol=review.project.protocol_sha256, counts_in_flow=True)
    review.update()
    states = review.states()
    assert (states["pubmed:2500"], states["lilacs:7"]) == (State.INCLUDED, State.DUPLICATE)


@pytest.mark.slow
def test_new_records_are_checked_before_they_are_queued(review: LivingReview) -> None:
    review.update()
    review.server.corpus.add(
        work(2000, day="2026/01/09", language="fre"), work(2001, day="2026/01/09")
    )
    found = review.update()
    assert (found.queued, found.ineligible) == (1, 1)


@pytest.mark.slow
def test_a_window_tells_of_new_records_and_of_none_that_are_gone(review: LivingReview) -> None:
    review.update()
    review.server.corpus.add(work(2000, day="2026/01/09"))
    review.server.corpus.delete("1003")
    found = review.update(UpdateOptions(window=30))
    assert "[crdt]" in review.server.asked("esearch")[-1].parameters["term"]
    assert kinds(found) == {"2000": (ChangeKind.NEW, ChangeReason.ADDED)}
    with pytest.raises(UsageError, match="30 days or more"):
        review.update(UpdateOptions(window=7))
    assert kinds(review.update()) == {"1003": (ChangeKind.GONE, ChangeReason.MERGED_OR_DELETED)}


@pytest.mark.slow
def test_a_dry_run_changes_no_row(review: LivingReview) -> None:
    review.update()
    review.server.corpus.add(work(2000))
    before = review.project.database.read_bytes()
    found = review.update(dry_run=True)
    assert [change.identifier for change in found.changes] == ["2000"]
    assert review.project.database.read_bytes() == before
    assert review.update().queued == 1


def test_pages_that_did_not_change_are_not_read_again(
    review: LivingReview, monkeypatch: pytest.MonkeyPatch
) -> None:
    review.update()
    monkeypatch.setattr(
        "reviewkit.sources.pubmed_records.parse_medline",
        lambda body: pytest.fail("a known page was parsed"),
    )
    found = review.update()
    assert found.changes == ()
    with review.store() as store:
        last = run_log.run_log(store)[-1]
        assert None not in run_log.listed_by(store, last.run).values()


@pytest.mark.slow
def test_of_pages_that_shift_only_what_is_new_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str | None] = []

    def parse(body: bytes) -> MedlineText:
        found = parse_medline(body)
        read.extend(record.pmid for record in found.records)
        return found

    with EutilsServer(corpus_of(410)) as server:
        review = make_living(tmp_path, server)
        review.update()
        server.corpus.add(work(900))
        server.corpus.delete("1300")
        server.corpus.revise("1200", "PT  - Journal Article", "MH  - Diet\nPT  - Journal Article")
        monkeypatch.setattr("reviewkit.sources.pubmed_records.parse_medline", parse)
        found = review.update()
        # 1300 is asked for by its number, beside one that is there.
        assert (read[:2], set(read)) == (["900", "1200"], {"900", "1200"})
        assert {change.identifier for change in found.changes} == {"900", "1200", "1300"}
        # Without the pages of the run before, everything is read again, and nothing else changes.
        for page in (tmp_path / "cache" / "guts" / "pages").glob("*/*"):
            page.unlink()
        server.corpus.delete("900")
        read.clear()
        assert {change.identifier for change in review.update().changes} == {"900"}
        assert len(set(read)) == 409


def test_as_of_lists_what_has_appeared_since_the_review(review: LivingReview) -> None:
    review.server.corpus.add(work(2000, day="2026/01/03"))
    found = review.update(UpdateOptions(as_of=datetime.date(2025, 12, 31)))
    assert kinds(found) == {"2000": (ChangeKind.NEW, ChangeReason.ADDED)}
    with review.store() as store:
        assert [run.listed for run in run_log.run_log(store)] == [12, 13]
        assert run_log.records_new_to_updates(store) == {"pubmed:2000"}


@pytest.mark.slow
def test_the_earlier_update_goes_on_where_it_stopped(
    review: LivingReview, monkeypatch: pytest.MonkeyPatch
) -> None:
    review.update()
    review.server.corpus.add(work(2000, day="2026/01/09"))

    def interrupt(*values: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("reviewkit.workflow.reproducing.reproduce.judge", interrupt)
        with pytest.raises(KeyboardInterrupt):
            review.update(days=0)
    asked = len(review.server.requests)
    found = review.update()
    assert found.resumed
    assert found.queued == 1
    assert len(review.server.requests) == asked


@pytest.mark.slow
def test_a_year_of_weeks_ends_like_one_run_at_the_end_plus_the_history(tmp_path: Path) -> None:
    """As `benchmarks/year.py` shows it for 5,000 records."""
    chance = random.Random(1)
    with EutilsServer(year_corpus(240, chance)) as server:
        year = Year(make_living(tmp_path / "weekly", server, TWO_SOURCES), chance)
        for week in range(WEEKS):
            year.week(week)
        once = make_living(tmp_path / "once", server, TWO_SOURCES)
        run_once(year, once)
        assert list(differences(year, once)) == []
        with year.review.store() as store:
            # What must have happened for that to say something.
            counted = {
                table: len(store.rows(f"SELECT 1 FROM {table}"))
                for table in (
                    "update_ends",
                    "record_versions",
                    "duplicates",
                    "gone_records",
                    "decisions",
                )
            }
            counted["gone, but for one"] = len(gone_from(store, "pubmed", "words")) - 1
            assert counted["update_ends"] == WEEKS
            assert min(counted.values()) > 15, counted
            # And it would be seen: a title that is wrong, a copy that is not linked.
            with store.transaction():
                store.write(
                    "UPDATE records SET title = 'x' WHERE record = ?",
                    [(f"pubmed:{min(year.served[-1])}",)],
                )
            assert list(differences(year, once))


@pytest.mark.slow
@pytest.mark.exhaustive
def test_a_year_with_faults_in_a_third_of_the_requests_ends_like_a_calm_one(
    tmp_path: Path,
) -> None:
    """As `benchmarks/year.py 1000 52 faults` shows it for more records."""
    chance = random.Random(2)
    weeks = max(5, examples(5, factor=10))  # in one week of 120 records a fault may be missing
    with EutilsServer(year_corpus(120, chance)) as server, FaultyProxy(server.url) as proxy:
        proxy.plan = schedule(KINDS["pubmed"], seed=3)
        review = make_living(tmp_path / "weekly", server, TWO_SOURCES)
        review.url = proxy.url
        year = Year(review, chance)
        for week in range(weeks):
            year.week(week)
        once = make_living(tmp_path / "once", server, TWO_SOURCES)
        run_once(year, once)
        assert list(differences(year, once)) == []
        assert len(proxy.arrivals) > 6 * weeks
