"""Small things that a person meets in a living review: what is told once, what is asked for, what
words say.
"""

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewkit.model.errors import UsageError
from reviewkit.updates.alerts import Alert
from reviewkit.updates.changes import ChangeKind, ChangeReason
from reviewkit.workflow.reporting.status import read_status
from reviewkit.workflow.searching.ingest import search_and_store
from reviewkit.workflow.updates.update_models import UpdateOptions, UpdateResult
from reviewkit.workflow.updates.update_text import update_lines
from tests.helpers.command import reaching, reviewkit
from tests.helpers.living import PROTOCOL, START, LivingReview, corpus_of, make_living, work
from tests.servers.eutils_corpus import Entry
from tests.servers.eutils_server import EutilsServer, Fault, Seen, _Answer


@pytest.fixture
def review(tmp_path: Path) -> Iterator[LivingReview]:
    with EutilsServer(corpus_of(6)) as server:
        yield make_living(tmp_path, server)


def search(review: LivingReview) -> None:
    searcher = review.searcher()
    search_and_store(review.project, searcher, only=None)
    if searcher.transport:
        searcher.transport.close()


def kinds(found: UpdateResult) -> dict[str, tuple[str, ChangeReason]]:
    return {change.identifier: (change.kind, change.why) for change in found.changes}


@pytest.mark.slow
def test_a_record_that_is_gone_for_good_costs_no_waiting(review: LivingReview) -> None:
    review.update()
    review.server.corpus.delete("1003")
    found = review.update()
    assert (found.monitored, [notice.alert for notice in found.notices]) == (1, [Alert.DELETED])
    before = len(review.server.requests)
    again = review.update()
    assert (again.monitored, again.notices) == (1, ())
    bodies = [seen.ids for seen in review.server.requests[before:] if seen.endpoint == "efetch"]
    # Twice in text; then in XML, which says that there is no such record.
    assert bodies[-3:] == [("1000", "1003"), ("1000", "1003"), ("1003",)]
    assert sum("1003" in ids for ids in bodies) == 3


@pytest.mark.slow
def test_several_signs_of_one_thing_are_one_notice(review: LivingReview) -> None:
    review.update()
    review.include("pubmed:1002")
    retraction = (
        "PT  - Retracted Publication\nRIN - J Invented. 2026. PMID: 9999\nPT  - Journal Article"
    )
    review.server.corpus.revise("1002", "PT  - Journal Article", retraction)
    (notice,) = review.update().notices
    assert "Retracted Publication" in notice.evidence
    assert "9999" in notice.evidence


def test_as_of_a_day_before_an_own_search_without_a_bound(review: LivingReview) -> None:
    review.server.corpus.add(work(2000, day="2026/01/03"))
    search(review)
    review.server.corpus.add(work(2001, day="2026/01/04"))
    found = review.update(UpdateOptions(as_of=datetime.date(2025, 12, 31)))
    assert kinds(found) == {
        "2000": (ChangeKind.NEW, ChangeReason.ADDED),
        "2001": (ChangeKind.NEW, ChangeReason.ADDED),
    }
    later = review.update(UpdateOptions(as_of=datetime.date(2026, 1, 3)))
    assert kinds(later) == {"2001": (ChangeKind.NEW, ChangeReason.ADDED)}


def test_a_day_that_is_yet_to_come_is_refused(review: LivingReview) -> None:
    with pytest.raises(UsageError, match="yet to come"):
        review.update(UpdateOptions(as_of=START.date() + datetime.timedelta(1)))


@pytest.mark.slow
def test_last_alone_is_what_the_last_run_brought(review: LivingReview) -> None:
    review.update()
    review.server.corpus.add(work(2000, day="2026/01/09"))
    review.update()
    where = review.project.protocol_path.parents[1]
    assert "1 new" in reviewkit("diff", "last", cwd=where).stdout
    assert "0 new" in reviewkit("diff", "2", "last", cwd=where).stdout


def test_the_first_update_does_not_pretend_to_know_why(review: LivingReview) -> None:
    lines = list(update_lines(review.update()))
    assert lines[2].endswith("why is not known (no earlier run)")


def test_a_missing_address_is_told_before_anything_is_searched(review: LivingReview) -> None:
    where = review.project.protocol_path.parents[1]
    done = reviewkit("update", "--webhook", cwd=where, settings=reaching(review.server))
    assert (done.returncode, "REVIEWKIT_WEBHOOK_URL" in done.stderr) == (2, True)
    assert review.server.requests == []


def test_status_says_that_nothing_says_how_often(tmp_path: Path) -> None:
    with EutilsServer(corpus_of(2)) as server:
        review = make_living(tmp_path, server, PROTOCOL.replace('[living]\nevery = "week"\n', ""))
        review.update()
    status = read_status(review.project, now=review.at).updates.sentence()
    assert "no [living] table" in status


# What an unseen PubMed may do, each from one request on and for good.
IN_BODY = {
    "an error": b'<?xml version="1.0"?><eSearchResult><ERROR>Search Backend failed</ERROR></eSearchResult>',
    "fewer ids": b"<eSearchResult><Count>6</Count><RetMax>2</RetMax><RetStart>0</RetStart><IdList><Id>1000</Id>"
    b"<Id>1001</Id></IdList><QueryTranslation>x</QueryTranslation></eSearchResult>",
    "an id twice": b"<eSearchResult><Count>3</Count><RetMax>3</RetMax><RetStart>0</RetStart><IdList><Id>1000</Id>"
    b"<Id>1000</Id><Id>1001</Id></IdList><QueryTranslation>x</QueryTranslation></eSearchResult>",
    "nought": b"<eSearchResult><Count>0</Count><RetMax>0</RetMax><IdList/></eSearchResult>",
    "JSON": b'{"esearchresult": {"count": "0", "idlist": []}}',
}


@pytest.mark.slow
@pytest.mark.parametrize("what", IN_BODY)
def test_an_answer_that_is_none_makes_nothing_gone(
    review: LivingReview, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    review.update()
    with monkeypatch.context() as patch:
        patch.setattr(
            "tests.servers.eutils_server._esearch", lambda *_: _Answer(200, IN_BODY[what])
        )
        found = review.update()
    assert (found.outcome, found.changes) == ("failed", ())
    assert review.update().changes == ()


@pytest.mark.slow
@pytest.mark.parametrize(
    "fault",
    [
        Fault.REDIRECT,
        Fault.FORBIDDEN,
        Fault.BOMB,
        Fault.TRUNCATED,
        Fault.RESET,
        Fault.CUT,
        Fault.EMPTY,
    ],
)
@pytest.mark.parametrize("endpoint", ["einfo", "esearch", "efetch"])
def test_faults_that_stay_are_failures(review: LivingReview, endpoint: str, fault: Fault) -> None:
    review.update()
    # A record that changed is one that must be fetched.
    review.server.corpus.revise(
        "1001", "PT  - Journal Article", "PT  - Journal Article\nMH  - Diet"
    )
    review.server.on(endpoint, range(1, 80), fault)
    found = review.update()
    review.server._scripts.clear()
    changed = {"1001": (ChangeKind.CHANGED, ChangeReason.REVISED)}
    assert (found.outcome, found.changes, found.notices) == ("failed", (), ())
    assert kinds(review.update()) == changed


@pytest.mark.slow
def test_records_that_were_not_asked_for_are_left_out(
    review: LivingReview, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.servers import eutils_server

    review.update()
    review.server.corpus.add(work(2000, day="2026/01/09"))
    stranger: Entry = work(7777)
    whole = eutils_server._efetch

    def with_a_stranger(server: EutilsServer, seen: Seen, form: str) -> _Answer:
        reply = whole(server, seen, form)
        return _Answer(200, reply.body + f"\n\n{stranger.text}\n".encode(), reply.kind)

    monkeypatch.setattr(eutils_server, "_efetch", with_a_stranger)
    found = review.update()
    assert kinds(found) == {"2000": (ChangeKind.NEW, ChangeReason.ADDED)}
    assert "pubmed:7777" not in review.states()
    assert any("not asked for" in line for line in review.said)


def test_a_wait_until_a_date_is_kept(review: LivingReview) -> None:
    review.update()
    review.server.retry_after = "Mon, 12 Jan 2026 06:00:20 GMT"
    review.server.on("esearch", (1, 2), Fault.TOO_MANY)
    assert review.update().outcome == "complete"
