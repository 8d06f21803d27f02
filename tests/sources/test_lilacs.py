"""LILACS over a local BVS: every record once, and nothing that is no answer ever taken for "0
hits".
"""

import json
import random
from collections.abc import Mapping
from pathlib import Path

import pytest

from reviewkit.cache import Cache, Opening, RunKey, RunPages
from reviewkit.http import Patience, Transport
from reviewkit.importers import read_file
from reviewkit.model.errors import NotARealAnswer, RemoteError, ReviewkitError
from reviewkit.model.records import Record, SearchRun
from reviewkit.query.compile import CompiledQuery
from reviewkit.sources import lilacs
from reviewkit.sources.services import services_from
from tests.conftest import SHARED
from tests.helpers.retrieval import STARTED, Sleeper
from tests.servers.bvs_server import CHALLENGE, KEY, PORTUGUESE_ERROR, BvsServer, document
from tests.servers.http_server import Answered, ReceivedRequest

QUERY = CompiledQuery(
    source="lilacs", strategy="s", text='mh:("Disbiose")', parameters=(("filter[db][]", "LILACS"),)
)


def transport_to(server: BvsServer, sleeper: Sleeper | None = None, *, key: str = KEY) -> Transport:
    values = {
        "REVIEWKIT_BVS_URL": server.url,
        "REVIEWKIT_BVS_PORTAL_URL": server.url,
        "BVS_API_KEY": key,
    }
    services = services_from(values)
    return Transport(
        services, clock=(sleeper or Sleeper()).clock(), patience=Patience(read_seconds=5.0)
    )


def pages_of(root: Path, query: CompiledQuery, transport: Transport | None) -> RunPages:
    key = RunKey(source=query.source, strategy=query.strategy, query=query.written)
    return Cache(root).open_run(
        key, opening=Opening.LATEST, started_at=STARTED, transport=transport
    )


def run(
    root: Path,
    server: BvsServer,
    query: CompiledQuery = QUERY,
    *,
    portal: bool = False,
    fetch: bool = True,
) -> tuple[SearchRun, tuple[Record, ...]]:
    with transport_to(server) as transport, pages_of(root, query, transport) as pages:
        found = lilacs.search(pages, query, portal=portal, fetch=fetch)
        return found, tuple(lilacs.records(found, pages))


def numbers(records: tuple[Record, ...]) -> list[str]:
    return [record.source_id for record in records]


@pytest.mark.slow
@pytest.mark.parametrize("from_one", [False, True])
@pytest.mark.parametrize("portal", [False, True])
@pytest.mark.parametrize("at_most", [100, 37])
def test_every_record_comes_once_wherever_the_numbering_begins(
    tmp_path: Path, from_one: bool, portal: bool, at_most: int
) -> None:
    with BvsServer([document(n) for n in range(250)], from_one=from_one, at_most=at_most) as server:
        found, records = run(tmp_path, server, portal=portal)
    assert (found.count, found.received, found.warnings) == (250, 250, ())
    assert numbers(records) == [f"biblio-{n}" for n in range(250)] == list(found.identifiers)


def test_entries_of_several_collections_are_one_record_with_all_its_databases(
    tmp_path: Path,
) -> None:
    entries = [
        *(document(n) for n in range(120)),
        *(document(n, databases=("BDENF", "LILACS"), kw=["microbiota"]) for n in range(0, 120, 2)),
    ]
    with BvsServer(entries) as server:
        found, records = run(tmp_path, server)
    assert (found.count, found.received, len(records)) == (180, 120, 120)
    assert "180 entries of 120 records" in found.warnings[0]
    assert records[0].other["db"] == ("LILACS", "BDENF")
    assert records[0].keywords == ("microbiota",)


def test_the_query_and_its_limits_go_as_compiled_and_the_key_in_the_header_only(
    tmp_path: Path,
) -> None:
    with BvsServer([document(1)]) as server:
        found, _ = run(tmp_path, server)
    (asked,) = server.asked
    assert (asked.get("q"), asked.all("filter[db][]")) == (QUERY.text, ["LILACS"])
    assert asked.headers["apikey"] == KEY
    assert KEY not in str(asked.pairs)
    assert "0" not in asked.all("count")
    assert found.translation == 'mh:("disbiose") AND db:("LILACS")'
    assert found.query == 'mh:("Disbiose") & filter[db][]=LILACS'
    assert not any(
        KEY.encode() in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()
    )


def test_it_keeps_to_one_request_a_second(tmp_path: Path) -> None:
    sleeper = Sleeper(still=True)
    with (
        BvsServer([document(n) for n in range(250)]) as server,
        transport_to(server, sleeper) as transport,
    ):
        with pages_of(tmp_path, QUERY, transport) as pages:
            lilacs.search(pages, QUERY, portal=True)
        assert len(server.asked) == 3
    assert sum(sleeper.slept) >= 2.0


def test_offline_the_same_run_comes_from_the_cache_by_whichever_door_it_came(
    tmp_path: Path,
) -> None:
    with BvsServer([document(n) for n in range(130)]) as server:
        first = run(tmp_path, server, portal=True)
        asked = len(server.asked)
        with pages_of(tmp_path, QUERY, None) as pages:
            again = lilacs.search(pages, QUERY)
            assert (again, tuple(lilacs.records(again, pages))) == first
        assert len(server.asked) == asked


def test_the_count_alone_costs_one_request(tmp_path: Path) -> None:
    with BvsServer([document(n) for n in range(250)]) as server:
        found, _ = run(tmp_path, server, fetch=False)
    assert (found.count, found.received, found.identifiers, len(server.asked)) == (250, None, (), 1)


def test_a_real_zero_is_a_zero(tmp_path: Path) -> None:
    query = CompiledQuery(source="lilacs", strategy="s", text='mh:("nowhere")')
    with BvsServer([document(1)]) as server:
        found, records = run(tmp_path, server, query)
    assert (found.count, found.received, records) == (0, 0, ())


@pytest.mark.parametrize("text", ['mh:("Disbiose"', 'mh:("Disbiose)'])
def test_the_empty_result_of_an_unreadable_query_is_no_zero(tmp_path: Path, text: str) -> None:
    query = CompiledQuery(source="lilacs", strategy="s", text=text)
    with BvsServer([document(1)]) as server, pytest.raises(NotARealAnswer, match="never closed"):
        run(tmp_path, server, query)
    assert len(server.asked) == 1


def result(**changes: object) -> Answered:
    header = {"status": 0, "params": {"q": "x"}}
    values: dict[str, object] = {
        "responseHeader": header,
        "response": {"numFound": 0, "start": 0, "docs": []},
    }
    return Answered(200, json.dumps({"diaServerResponse": [{**values, **changes}]}).encode())


NO_ANSWERS: Mapping[str, tuple[Answered, type[ReviewkitError], str]] = {
    "challenge": (CHALLENGE, NotARealAnswer, "challenge page"),
    "error page": (PORTUGUESE_ERROR, NotARealAnswer, "Erro 504"),
    "empty body": (Answered(200, b""), NotARealAnswer, "empty body"),
    "cut off": (Answered(200, b'{"diaServerResponse":[{"resp'), NotARealAnswer, "cut off"),
    "truncated": (Answered(200, b'{"dia', promised=900), RemoteError, "truncated"),
    "no result": (Answered(200, b'{"diaServerResponse":[]}'), NotARealAnswer, "without a result"),
    "other json": (
        Answered(200, b'{"detail":"Error response from Solr server"}'),
        NotARealAnswer,
        "without a result",
    ),
    "solr failed": (result(responseHeader={"status": 400}), NotARealAnswer, "status 400"),
    "no echo": (result(responseHeader={"status": 0}), NotARealAnswer, "may not have searched"),
    "query lost": (
        result(responseHeader={"params": {"q": "*:*"}}),
        NotARealAnswer,
        "did not reach it",
    ),
    "no list": (result(response={"numFound": 3}), NotARealAnswer, "without a count or a list"),
    "empty list": (result(response={"numFound": 3, "docs": []}), NotARealAnswer, "sent none"),
    "no id": (
        result(response={"numFound": 1, "docs": [{"ti": ["x"]}]}),
        NotARealAnswer,
        "without an identifier",
    ),
    "bad gateway": (Answered(502, b"<html>502</html>", "text/html"), RemoteError, "HTTP 502"),
    "forbidden": (Answered(403, b"<html>403</html>", "text/html"), RemoteError, "HTTP 403"),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", NO_ANSWERS)
@pytest.mark.parametrize("portal", [False, True])
def test_what_is_no_answer_is_an_error_and_never_zero(
    tmp_path: Path, case: str, portal: bool
) -> None:
    answer, error, words = NO_ANSWERS[case]
    with BvsServer([document(1)]) as server:
        server.on(range(1, 30), answer)
        with pytest.raises(error, match=words) as raised:
            run(tmp_path, server, portal=portal)
    assert raised.value.exit_code == 4
    assert raised.value.hint
    stored = list(tmp_path.rglob("journal.jsonl"))
    assert not any('"complete"' in path.read_text(encoding="utf-8") for path in stored)


@pytest.mark.parametrize(
    "reply", [Answered(403, b""), Answered(429, b"", headers={"Retry-After": "1"}), CHALLENGE]
)
def test_the_portal_is_left_alone_after_the_first_no(tmp_path: Path, reply: Answered) -> None:
    with BvsServer([document(1)]) as server:
        server.on(range(1, 30), reply)
        with pytest.raises(RemoteError):
            run(tmp_path, server, portal=True)
        assert len(server.asked) == 1


def test_the_api_is_asked_again_after_a_429(tmp_path: Path) -> None:
    with BvsServer([document(1)]) as server:
        server.on(1, Answered(429, b"", headers={"Retry-After": "1"}))
        found, _ = run(tmp_path, server)
    assert (found.count, len(server.asked)) == (1, 2)


def test_flapping_is_waited_out_and_loses_nothing(tmp_path: Path) -> None:
    with BvsServer([document(n) for n in range(250)]) as server:
        for number in (1, 3, 4, 6):
            server.on(
                number, Answered(502 if number % 2 else 500, b"<html>Erro</html>", "text/html")
            )
        found, records = run(tmp_path, server)
    assert (found.received, len(records), len(server.asked)) == (250, 250, 7)


def test_a_search_that_was_cut_off_goes_on_where_it_was(tmp_path: Path) -> None:
    with BvsServer([document(n) for n in range(350)]) as server:
        server.on(range(3, 40), Answered(502, b""))
        with pytest.raises(RemoteError):
            run(tmp_path, server)
        server.clear()
        asked = len(server.asked)
        found, records = run(tmp_path, server)
        assert [one.get("from") for one in server.asked[asked:]] == ["200", "300"]
    assert (found.received, len(records)) == (350, 350)


def test_a_client_that_names_a_language_is_refused_and_reviewkit_is_not(tmp_path: Path) -> None:
    import requests

    with BvsServer([document(1)]) as server:
        assert requests.get(f"{server.url}portal/?q=x&count=1", timeout=5).status_code == 403
        found, _ = run(tmp_path, server, portal=True)
    assert found.count == 1
    assert server.asked[-1].headers["user-agent"].startswith("reviewkit/")


def test_records_of_another_database_are_left_out_and_named(tmp_path: Path) -> None:
    entries = [document(1), document(2, databases=("MEDLINE",))]
    with BvsServer(entries, keeps_filters=False) as server:
        found, records = run(tmp_path, server)
    assert numbers(records) == ["biblio-1"] == list(found.identifiers)
    assert "1 record of other databases left out" in found.warnings[0]
    assert "biblio-2 (MEDLINE)" in found.warnings[0]


class TwoServers(BvsServer):
    """Two servers take turns by chance; they do not know `sort`, and order the list differently."""

    chance = random.Random(3)

    def answer(self, asked: ReceivedRequest) -> Answered:
        self.entries.sort(key=lambda doc: doc["id"])
        if self.chance.random() < 0.5:
            self.entries.sort(key=lambda doc: doc["id"][::-1])
        return super().answer(asked)


@pytest.mark.slow
def test_two_servers_that_order_ties_differently_give_every_record(tmp_path: Path) -> None:
    with TwoServers([document(n) for n in range(350)]) as server:
        found, records = run(tmp_path, server)
        asked = len(server.asked)
        again = run(tmp_path, server)
        assert len(server.asked) == asked > 4
    assert (found.count, found.received, len(records)) == (350, 350, 350)
    assert again == (found, records)
    assert all(one.get("sort") == "id asc" for one in server.asked)


class ExactTurns(TwoServers):
    """Two servers take exact turns: with four pages, each page always comes from the same one."""

    def answer(self, asked: ReceivedRequest) -> Answered:
        self.entries.sort(key=lambda doc: doc["id"], reverse=bool(len(self.asked) % 2))
        return BvsServer.answer(self, asked)


@pytest.mark.slow
def test_two_servers_in_exact_turns_give_every_record(tmp_path: Path) -> None:
    with ExactTurns([document(n) for n in range(350)]) as server:
        _, records = run(tmp_path, server)
        assert len(server.asked) > 4
    assert len(records) == 350


@pytest.mark.slow
def test_a_list_that_repeats_records_is_refused_and_asked_for_again(tmp_path: Path) -> None:
    with BvsServer([document(n % 263) for n in range(350)]) as server:
        with pytest.raises(NotARealAnswer, match="counted 350 records and listed 263 different"):
            run(tmp_path, server)
        server.entries = [document(n) for n in range(350)]
        _, records = run(tmp_path, server)
    assert len(records) == 350


def test_a_wrong_key_is_said(tmp_path: Path) -> None:
    with (
        BvsServer([document(1)]) as server,
        transport_to(server, key="wrong-key-000") as transport,
        pages_of(tmp_path, QUERY, transport) as pages,
        pytest.raises(RemoteError, match="refused the key") as answer,
    ):
        lilacs.search(pages, QUERY)
    assert "BVS_API_KEY" in answer.value.hint
    assert "wrong-key-000" not in f"{answer.value} {answer.value.hint}"


@pytest.mark.skipif(not SHARED.exists(), reason="the folder of real exports is not at hand")
def test_a_real_export_as_documents_gives_the_records_that_its_file_gives(tmp_path: Path) -> None:
    """The same five records as RIS and as the API's documents: no real answer of the API is
    public.
    """
    from_file = read_file(SHARED / "formats" / "lilacs_bvs_portal.ris", source="lilacs").all()
    docs = [
        {
            "id": record.source_id, "db": ["LILACS"], "ti": [record.title], "au": list(record.authors),
            "ta": [record.journal or record.journal_abbreviation], "la": list(record.other.get("LA", record.languages)),
            "da": "".join((record.published or "").split("-")), "vi": [record.volume], "ip": [record.issue],
            "is": list(record.issns), "mh": list(record.headings), "kw": list(record.keywords), "aid": record.doi,
            "ab": [record.abstract], "ur": list(record.links), "pg": [record.pages],
        }
        for record in from_file
    ]  # fmt: skip
    query = CompiledQuery(
        source="lilacs", strategy="s", text="saude OR salud OR suicide OR revisão OR de"
    )
    with BvsServer(docs) as server:
        _, records = run(tmp_path, server, query)
    assert len(records) == 5
    for mine, theirs in zip(records, from_file, strict=True):
        names = (
            "key",
            "title",
            "authors",
            "year",
            "published",
            "doi",
            "issns",
            "languages",
            "volume",
            "headings",
        )
        assert [getattr(mine, name) for name in names] == [getattr(theirs, name) for name in names]
