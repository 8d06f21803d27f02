"""Updates of a review of PubMed, Europe PMC and LILACS: each by itself, each with what real
services do wrong.
"""

import datetime
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from reviewkit.http import Clock, Patience, Transport
from reviewkit.sources.services import services_from
from reviewkit.updates.changes import ChangeKind, ChangeReason
from reviewkit.workflow.searching.search import NetworkUse, Searcher
from reviewkit.workflow.updates.update_models import SourceUpdate, UpdateOptions, UpdateResult
from tests.helpers.living import PROTOCOL, LivingReview, corpus_of, gone_from, make_living, work
from tests.servers.bvs_server import KEY, BvsServer, Doc, document
from tests.servers.europepmc_server import EuropePmcServer, Result, result
from tests.servers.eutils_server import EutilsServer, Fault
from tests.servers.http_server import Answered, ReceivedRequest

SOURCES = """
[[sources]]
id = "europepmc"
name = "Europe PMC"
role = "database"
[[sources]]
id = "lilacs"
name = "LILACS"
role = "database"
[[strategies]]"""
THREE = PROTOCOL.replace("\n[[strategies]]", SOURCES, 1).replace(
    'queries = { pubmed = "invented[ti]" }',
    'queries = { pubmed = "invented[ti]", europepmc = \'TITLE_ABS:"work"\', lilacs = \'ti:("obra")\' }',
)
OTHERS = ("europepmc", "lilacs")


@dataclass
class ThreeSources(LivingReview):
    """A review on all services that reviewkit searches, each a local server."""

    europepmc: EuropePmcServer = field(default_factory=EuropePmcServer)
    lilacs: BvsServer = field(default_factory=BvsServer)

    def searcher(self, *, patience: Patience | None = None) -> Searcher:
        slept: list[float] = []
        clock = Clock(
            now=lambda: self.at, elapsed=lambda: sum(slept), sleep=slept.append, jitter=lambda: 1.0
        )
        values = {
            "REVIEWKIT_EUTILS_URL": self.server.url,
            "REVIEWKIT_EUROPEPMC_URL": self.europepmc.url,
            "REVIEWKIT_BVS_URL": self.lilacs.url,
            "BVS_API_KEY": KEY,
            **{f"REVIEWKIT_{name}_RATE": "unlimited" for name in ("EUTILS", "EUROPEPMC", "BVS")},
        }
        transport = Transport(
            services_from(values), clock=clock, patience=patience or Patience(read_seconds=5.0)
        )
        return Searcher(
            network_use=NetworkUse.ALWAYS,
            transport=transport,
            started_at=self.at,
            say=self.said.append,
            progress=lambda label, done, total: None,
            services_with_key=frozenset({"bvs"}),
        )

    def of(self, name: str) -> EuropePmcServer | BvsServer:
        return self.europepmc if name == "europepmc" else self.lilacs


def indexed(number: int, day: str = "2025-06-01", **more: Any) -> Result:
    return result(
        number,
        title=f"Work {number * 7919} on salt and {number * 31} mice.",
        firstIndexDate=day,
        **more,
    )


def entered(number: int, day: str = "20250601", **more: Any) -> Doc:
    return document(
        number,
        title=f"Obra {number * 104729} de sal e {number * 37} ratos",
        entry_date=day,
        la=["en"],
        **more,
    )


@pytest.fixture
def review(tmp_path: Path) -> Iterator[ThreeSources]:
    with (
        EutilsServer(corpus_of(3)) as server,
        EuropePmcServer([indexed(n) for n in range(1, 13)], at_most=5) as europepmc,
        BvsServer([entered(n) for n in range(1, 13)], at_most=5) as lilacs,
    ):
        made = make_living(tmp_path, server, THREE)
        yield ThreeSources(project=made.project, server=server, europepmc=europepmc, lilacs=lilacs)


def told_of(found: UpdateResult, name: str) -> SourceUpdate:
    return next(source for source in found.sources if source.source == name)


def kinds(found: UpdateResult, name: str) -> dict[str, tuple[str, ChangeReason]]:
    difference = told_of(found, name).difference
    assert difference, told_of(found, name)
    return {change.identifier: (change.kind, change.why) for change in difference.changes}


@pytest.mark.slow
def test_new_gone_and_changed_in_every_source(review: ThreeSources) -> None:
    assert review.update().queued == 27
    assert not review.update().is_news
    del review.europepmc.results[2], review.lilacs.entries[2]
    review.europepmc.results[2] = indexed(4, isOpenAccess="Y")
    review.lilacs.entries[2] = entered(4, kw=["microbiota"])
    review.europepmc.results += [indexed(50, "2026-01-15"), indexed(51, "2019-01-15")]
    review.lilacs.entries += [entered(50, "20260115"), entered(51, "20190115")]
    found = review.update()
    assert kinds(found, "pubmed") == {}
    assert kinds(found, "europepmc") == {
        "MED:50": (ChangeKind.NEW, ChangeReason.ADDED),
        "MED:51": (ChangeKind.NEW, ChangeReason.REINDEXED),
        "MED:3": (ChangeKind.GONE, ChangeReason.NOT_KNOWN),
        "MED:4": (ChangeKind.CHANGED, ChangeReason.REVISED),
    }
    assert kinds(found, "lilacs") == {
        "biblio-50": (ChangeKind.NEW, ChangeReason.ADDED),
        "biblio-51": (ChangeKind.NEW, ChangeReason.REINDEXED),
        "biblio-3": (ChangeKind.GONE, ChangeReason.NOT_KNOWN),
        "biblio-4": (ChangeKind.CHANGED, ChangeReason.REVISED),
    }
    assert found.queued == 4
    assert all(change.title != "no title" for change in found.changes)
    assert not review.update().is_news


@pytest.mark.slow
def test_a_window_asks_europe_pmc_by_index_date_and_lilacs_in_full(review: ThreeSources) -> None:
    review.update()
    del review.europepmc.results[0], review.lilacs.entries[0]
    review.europepmc.results += [
        indexed(50, "2026-01-09"),
        indexed(51, "2025-12-07"),
        indexed(52, "2025-12-05"),
    ]
    found = review.update(UpdateOptions(window=30))
    assert "AND FIRST_IDATE:[2025-12-06 TO " in review.europepmc.asked[-1].get("query")
    assert kinds(found, "europepmc") == {
        "MED:50": (ChangeKind.NEW, ChangeReason.ADDED),
        "MED:51": (ChangeKind.NEW, ChangeReason.REINDEXED),
    }
    assert kinds(found, "lilacs") == {"biblio-1": (ChangeKind.GONE, ChangeReason.NOT_KNOWN)}
    full = review.update()
    assert kinds(full, "europepmc") == {
        "MED:52": (ChangeKind.NEW, ChangeReason.REINDEXED),
        "MED:1": (ChangeKind.GONE, ChangeReason.NOT_KNOWN),
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", OTHERS)
def test_one_that_is_down_keeps_the_others_and_loses_nothing(
    review: ThreeSources, name: str
) -> None:
    review.update()
    before = review.states()
    review.server.corpus.add(work(2000, day="2026/01/09"))
    review.of(name).on(range(1, 60), Answered(503, b"down", "text/plain"))
    found = review.update()
    assert (found.outcome, [source.source for source in found.failures]) == ("partial", [name])
    assert (found.queued, {change.kind for change in found.changes}) == (1, {ChangeKind.NEW})
    assert {key: state for key, state in review.states().items() if key in before} == before
    with review.store() as store:
        assert gone_from(store, name, "words") == {}
    review.of(name).clear()
    assert (review.update().outcome, review.update().changes) == ("complete", ())


@pytest.mark.slow
def test_pubmed_down_keeps_the_others(review: ThreeSources) -> None:
    review.update()
    review.europepmc.results.append(indexed(50, "2026-01-09"))
    review.server.on("einfo", range(1, 60), Fault.RESET)
    found = review.update()
    assert [source.source for source in found.failures] == ["pubmed"]
    assert [(change.kind, change.identifier) for change in found.changes] == [
        (ChangeKind.NEW, "MED:50")
    ]


WRONG = {
    "too many": Answered(429, b'{"error":"rate"}', headers={"Retry-After": "2"}),
    "too many, no hint": Answered(429, b"slow down", "text/plain"),
    "too many until a date": Answered(
        429, b"", headers={"Retry-After": "Mon, 12 Jan 2026 06:00:30 GMT"}
    ),
    "outage": Answered(502, b"<html>Bad gateway</html>", "text/html"),
    "a page": Answered(200, b"<!DOCTYPE html><html><title>Maintenance</title></html>", "text/html"),
    "nothing": Answered(200, b""),
    "cut JSON": Answered(200, b'{"hitCount": 12, "resultList": {"result": [{"id'),
    "a cut connection": Answered(200, b'{"hitCount": 1', promised=4000),
    "an error in the body": Answered(200, b'{"error": {"code": 500, "message": "Internal"}}'),
    "a list": Answered(200, b"[]"),
    "nought without a list": Answered(200, b'{"hitCount": 0}'),
}
LASTING = {
    **WRONG,
    "elsewhere": Answered(302, b"", headers={"Location": "https://login.invalid/"}),
    "forbidden": Answered(403, b"<html>no</html>", "text/html"),
    "an error code": Answered(200, b'{"errCode": 404, "errMsg": "unknown"}'),
    "null": Answered(200, b"null"),
}


@pytest.mark.slow
@pytest.mark.parametrize("what", WRONG)
@pytest.mark.parametrize("name", OTHERS)
def test_what_is_wrong_for_a_while_is_waited_out(
    review: ThreeSources, name: str, what: str
) -> None:
    review.update()
    review.of(name).on(range(1, 2), WRONG[what])
    found = review.update()
    assert (found.outcome, found.changes) == ("complete", ())


@pytest.mark.slow
@pytest.mark.parametrize("what", LASTING)
@pytest.mark.parametrize("name", OTHERS)
def test_what_stays_wrong_is_a_failure_and_never_an_empty_list(
    review: ThreeSources, name: str, what: str
) -> None:
    review.update()
    for start in (1, 2):  # from the first page on, and from the middle of the list on
        review.of(name).on(range(start, 60), LASTING[what])
        found = review.update()
        review.of(name).clear()
        assert [source.source for source in found.failures] == [name]
        assert found.changes == ()
    assert review.update().changes == ()


def at_request(
    server: EuropePmcServer | BvsServer, number: int, change: Callable[[], None]
) -> None:
    """Let something happen in the service right before its answer to a request, counted from 1
    from now on.
    """

    def answer(asked: ReceivedRequest) -> Answered:
        change()
        return server.answer(asked)

    server._scripts[len(server.asked) + number] = answer


@pytest.mark.slow
def test_a_list_that_shrinks_while_it_is_paged_loses_nothing_that_is_there(
    review: ThreeSources,
) -> None:
    review.update()

    def shrink() -> None:
        del review.europepmc.results[:4], review.lilacs.entries[:4]

    at_request(review.lilacs, 2, shrink)
    found = review.update()
    lost = {change.identifier for change in found.changes if change.kind is ChangeKind.GONE}
    assert not any(int(name.split("-")[1]) > 4 for name in lost if name.startswith("biblio"))
    found = review.update()
    gone = [change.identifier for change in found.changes if change.source == "lilacs"]
    assert gone == [f"biblio-{n}" for n in (1, 2, 3, 4)]


@pytest.mark.slow
def test_a_count_that_drops_on_the_way_does_not_end_the_list(review: ThreeSources) -> None:
    review.update()

    def smaller(asked: ReceivedRequest) -> Answered:
        answer = json.loads(review.europepmc.answer(asked).body)
        return Answered(200, json.dumps({**answer, "hitCount": 7}).encode())

    for number in (2, 3):
        review.europepmc._scripts[len(review.europepmc.asked) + number] = smaller
    found = review.update()
    assert (found.outcome, kinds(found, "europepmc")) == ("complete", {})


@pytest.mark.slow
def test_ids_that_come_twice_hide_none_that_do_not_come(review: ThreeSources) -> None:
    review.update()
    whole = list(review.europepmc.results)

    def repeat() -> None:
        review.europepmc.results[5:10] = whole[:5]

    def heal() -> None:
        review.europepmc.results[:] = whole

    at_request(review.europepmc, 2, repeat)
    at_request(review.europepmc, 4, heal)
    found = review.update()
    assert (found.outcome, kinds(found, "europepmc")) == ("complete", {})
    repeat()
    found = review.update()
    assert "named 7 different records where it counted 12" in (
        told_of(found, "europepmc").failed or ""
    )
    assert (found.outcome, found.changes) == ("partial", ()), (
        "a list that names fewer than it counts proves nothing gone"
    )
    with review.store() as store:
        assert gone_from(store, "europepmc", "words") == {}, "and the view says the same"
    review.europepmc.results[:] = whole[1:]
    assert [kind for kind, _ in kinds(review.update(), "europepmc").values()] == [ChangeKind.GONE]
    with review.store() as store:
        assert len(gone_from(store, "europepmc", "words")) == 1


@pytest.mark.slow
def test_entries_of_lilacs_that_come_twice_are_one_record(review: ThreeSources) -> None:
    review.lilacs.entries += [
        {**entry, "db": ["BDENF", "LILACS"]} for entry in review.lilacs.entries[:7]
    ]
    review.update()
    found = review.update()
    assert (found.outcome, kinds(found, "lilacs")) == ("complete", {})


@pytest.mark.slow
def test_a_source_without_its_key_is_told_and_nothing_is_gone(
    review: ThreeSources, monkeypatch: pytest.MonkeyPatch
) -> None:
    review.update()
    keyed = review.searcher
    monkeypatch.setattr(review, "searcher", lambda: _without_key(keyed()))
    found = review.update()
    assert "BVS_API_KEY is not set" in (told_of(found, "lilacs").cannot or "")
    assert (found.outcome, found.changes) == ("complete", ())


@pytest.mark.slow
def test_a_wrong_key_is_said_in_the_words_of_the_service_with_what_to_do(
    review: ThreeSources,
) -> None:
    reply = Answered(401, b'{"message":"Invalid authentication credentials"}')
    review.lilacs.on(range(1, 9), reply)
    failed = told_of(review.update(), "lilacs").failed or ""
    assert failed.startswith("refused the key (HTTP 401): Invalid authentication credentials; ")
    assert "check BVS_API_KEY" in failed
    assert f"LILACS: {failed}" in review.said


def _without_key(searcher: Searcher) -> Searcher:
    return replace(searcher, services_with_key=frozenset())


@pytest.mark.slow
def test_a_year_of_updates_over_three_sources_ends_with_every_record_once(
    review: ThreeSources,
) -> None:
    for month in range(12):
        day = f"{review.at:%Y-%m-%d}"
        review.europepmc.results.append(indexed(100 + month, day))
        review.lilacs.entries.insert(0, entered(100 + month, day.replace("-", "")))
        review.server.corpus.add(work(2000 + month, day=day.replace("-", "/")))
        found = review.update(days=30)
        assert found.outcome == "complete"
        if month:
            assert sorted(change.identifier for change in found.changes) == sorted(
                [f"MED:{100 + month}", f"biblio-{100 + month}", str(2000 + month)]
            )
    assert len(review.states()) == 27 + 36
    assert review.at - datetime.timedelta(days=360) == datetime.datetime(
        2026, 1, 5, 6, tzinfo=datetime.UTC
    )
