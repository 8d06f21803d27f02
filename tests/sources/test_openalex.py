"""OpenAlex over a local server: every work once, the day's budget, and the key nowhere."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from reviewkit.model.errors import (
    NotARealAnswer,
    RateLimited,
    RemoteError,
    ReviewkitError,
    UsageError,
)
from reviewkit.model.records import Record, SearchRun
from reviewkit.query.compile import CompiledQuery
from tests.helpers.listed import run_listed
from tests.helpers.retrieval import KEY, files_below
from tests.servers.http_server import Answered
from tests.servers.openalex_server import OpenAlexServer, work

QUERY = CompiledQuery(source="openalex", strategy="s", text='"dysbiosis" AND "gut"')
LIMITED = CompiledQuery(
    source="openalex",
    strategy="s",
    text='"dysbiosis"',
    parameters=(("filter", "from_publication_date:2020-01-01,language:en|pt"),),
)


def run(
    root: Path,
    server: OpenAlexServer,
    query: CompiledQuery = QUERY,
    *,
    fetch: bool = True,
    **settings: str,
) -> tuple[SearchRun, tuple[Record, ...]]:
    values = {"REVIEWKIT_OPENALEX_URL": server.url, "REVIEWKIT_OPENALEX_RATE": "unlimited"}
    return run_listed(root, {**values, **settings}, query, fetch=fetch)


@pytest.mark.slow
@pytest.mark.parametrize("at_most", [100, 7])
def test_every_work_comes_once_by_cursor(tmp_path: Path, at_most: int) -> None:
    with OpenAlexServer(map(work, range(130)), at_most=at_most) as server:
        found, records = run(tmp_path, server)
    assert (found.count, found.received, found.warnings) == (130, 130, ())
    assert [record.source_id for record in records] == [f"W{n}" for n in range(130)]
    assert {asked.get("filter") for asked in server.asked} == {
        'title_and_abstract.search:"dysbiosis" AND "gut"'
    }
    assert "referenced_works" not in server.asked[0].get("select").split(",")


def test_limits_are_filters_beside_the_query(tmp_path: Path) -> None:
    works = [work(1), work(2, publication_date="2019-05-01"), work(3, language="de")]
    with OpenAlexServer(works) as server:
        found, _ = run(tmp_path, server, LIMITED)
    assert found.identifiers == ("W1",)


def test_the_fields_of_a_work(tmp_path: Path) -> None:
    with OpenAlexServer([work(7)]) as server:
        _, (record,) = run(tmp_path, server)
    assert (record.key, record.doi, record.year) == ("openalex:W7", "10.1000/w7", 2021)
    assert record.authors == ("Person, Ann",)
    assert record.abstract == "About the gut, the nerves."
    assert (record.journal, record.pages, record.languages) == ("Invented Journal", "2-9", ("eng",))


def test_the_count_alone_asks_once_for_one_work(tmp_path: Path) -> None:
    with OpenAlexServer(map(work, range(250))) as server:
        found, _ = run(tmp_path, server, fetch=False)
    assert (found.count, found.received, found.identifiers) == (250, None, ())
    assert [asked.get("per_page") for asked in server.asked] == ["1"]


def test_offline_the_same_run_comes_from_the_cache(tmp_path: Path) -> None:
    with OpenAlexServer(map(work, range(9)), at_most=4) as server:
        first = run(tmp_path, server)
        asked = len(server.asked)
        assert run_listed(tmp_path, None, QUERY) == first
        assert len(server.asked) == asked


def test_a_used_up_budget_ends_at_once_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    with OpenAlexServer(map(work, range(50)), at_most=10) as server:
        server.budget = 3
        with pytest.raises(RateLimited, match="the day's budget is used up") as raised:
            run(tmp_path, server)
        assert raised.value.exit_code == 4
        assert "OPENALEX_API_KEY" in (raised.value.hint or "")
        assert len(server.asked) == 4
        server.budget = None
        found, records = run(tmp_path, server)
        assert (found.count, len(records), len(server.asked)) == (50, 50, 6)


def test_the_key_goes_to_the_service_and_nowhere_else(tmp_path: Path) -> None:
    with OpenAlexServer([work(1)]) as server:
        server.key = KEY
        with pytest.raises(RemoteError, match="API key") as raised:
            run(tmp_path, server, OPENALEX_API_KEY="wrong-key-of-somebody")
        assert "wrong-key" not in f"{raised.value} {raised.value.hint}"
        found, _ = run(tmp_path, server, OPENALEX_API_KEY=KEY)
    assert found.count == 1
    assert server.asked[-1].get("api_key") == KEY
    assert not any(KEY.encode() in content for content in files_below(tmp_path).values())


@pytest.mark.parametrize("text", ['"a, b"', '"a"|"b"'])
def test_a_mark_that_ends_a_filter_is_refused(tmp_path: Path, text: str) -> None:
    query = CompiledQuery(source="openalex", strategy="s", text=text)
    with OpenAlexServer([work(1)]) as server, pytest.raises(UsageError, match="ends a filter"):
        run(tmp_path, server, query)


def test_a_query_that_is_too_long_is_refused_before_it_is_sent(tmp_path: Path) -> None:
    query = CompiledQuery(source="openalex", strategy="s", text=" OR ".join(['"dysbiosis"'] * 300))
    with OpenAlexServer([work(1)]) as server:
        with pytest.raises(UsageError, match="characters"):
            run(tmp_path, server, query)
        assert server.asked == []


def test_a_work_that_comes_twice_is_no_two(tmp_path: Path) -> None:
    with OpenAlexServer([work(1), work(2), work(1)]) as server:
        with pytest.raises(NotARealAnswer, match="named 2 different records where it counted 3"):
            run(tmp_path, server)
        server.works = [work(1), work(2), work(3)]
        assert run(tmp_path, server)[0].count == 3


def test_a_count_that_moves_on_the_way_is_read_again(tmp_path: Path) -> None:
    with OpenAlexServer(map(work, range(25)), at_most=10) as server:
        less = {
            "meta": {"count": 12, "next_cursor": None},
            "results": [dict(work(90)), dict(work(91))],
        }
        server.on(2, Answered(200, json.dumps(less).encode()))
        found, records = run(tmp_path, server)
        assert (found.count, len(records)) == (25, 25)
        assert "openalex:W90" not in {record.key for record in records}
        assert run_listed(tmp_path, None, QUERY) == (found, records)


def body(**values: object) -> Answered:
    return Answered(200, json.dumps(values).encode())


def refusal(status: int, message: str) -> Answered:
    return Answered(status, json.dumps({"error": "Invalid filter", "message": message}).encode())


NO_ANSWERS: Mapping[str, tuple[Answered, type[ReviewkitError], str]] = {
    "page": (Answered(200, b"<html>maintenance</html>", "text/html"), NotARealAnswer, "web page"),
    "empty body": (Answered(200, b""), NotARealAnswer, "empty body"),
    "cut off": (Answered(200, b'{"meta":{"cou'), NotARealAnswer, "cut off"),
    "truncated": (Answered(200, b'{"me', promised=900), RemoteError, "truncated"),
    "no count": (body(results=[]), NotARealAnswer, "without a count"),
    "empty list": (body(meta={"count": 3}, results=[]), NotARealAnswer, "sent none"),
    "no id": (body(meta={"count": 1}, results=[{"x": 1}]), NotARealAnswer, "without an ident"),
    "refused": (refusal(400, "Unknown filter field: x"), RemoteError, "Unknown filter field: x"),
    "too fast": (refusal(403, "slow down"), NotARealAnswer, "slow down"),
    "bad gateway": (Answered(502, b"<html>502</html>", "text/html"), RemoteError, "HTTP 502"),
    "too many": (Answered(429, b""), RateLimited, "429"),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", NO_ANSWERS)
def test_what_is_no_answer_is_an_error_and_never_zero(tmp_path: Path, case: str) -> None:
    answer, error, words = NO_ANSWERS[case]
    with OpenAlexServer([work(1)]) as server:
        server.on(range(1, 30), answer)
        with pytest.raises(error, match=words) as raised:
            run(tmp_path, server)
        server.clear()
        assert run(tmp_path, server)[0].count == 1
    assert raised.value.exit_code == 4
    assert raised.value.hint


def test_a_400_is_tried_again_in_whatever_words_it_comes(tmp_path: Path) -> None:
    with OpenAlexServer(map(work, range(3))) as server:
        server.on(1, refusal(400, "Algo deu errado"))
        assert run(tmp_path, server)[0].count == 3
    assert len(server.asked) == 2


def test_flapping_is_waited_out(tmp_path: Path) -> None:
    with OpenAlexServer(map(work, range(20)), at_most=8) as server:
        server.on(1, Answered(429, b"{}", headers={"Retry-After": "1"}))
        server.on(3, Answered(500, b""))
        server.on(5, Answered(200, b"{"))
        found, records = run(tmp_path, server)
    assert (found.received, len(records), len(server.asked)) == (20, 20, 6)
