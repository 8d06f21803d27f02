"""Crossref over a local server: every DOI once, by a cursor that may stay the same string."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from reviewkit.model.errors import NotARealAnswer, RemoteError, ReviewkitError
from reviewkit.model.records import Record, SearchRun
from reviewkit.query.compile import CompiledQuery
from tests.helpers.listed import run_listed
from tests.helpers.retrieval import EMAIL, files_below
from tests.servers.crossref_server import CrossrefServer, item
from tests.servers.http_server import Answered, ReceivedRequest

QUERY = CompiledQuery(source="crossref", strategy="s", text="dysbiosis nerves")


def run(
    root: Path,
    server: CrossrefServer,
    query: CompiledQuery = QUERY,
    *,
    fetch: bool = True,
    **settings: str,
) -> tuple[SearchRun, tuple[Record, ...]]:
    values = {"REVIEWKIT_CROSSREF_URL": server.url, "REVIEWKIT_CROSSREF_RATE": "unlimited"}
    return run_listed(root, {**values, **settings}, query, fetch=fetch)


@pytest.mark.parametrize("at_most", [1000, 7])
def test_every_work_comes_once_although_the_cursor_stays(tmp_path: Path, at_most: int) -> None:
    with CrossrefServer(map(item, range(60)), at_most=at_most) as server:
        found, records = run(tmp_path, server)
        asked = len(server.asked)
        assert run_listed(tmp_path, None, QUERY) == (found, records)
        assert len(server.asked) == asked
    assert (found.count, found.received) == (60, 60)
    assert [record.source_id for record in records] == [f"10.1000/c{n}" for n in range(60)]
    assert ["no count of a Boolean search" in warning for warning in found.warnings] == [True]
    assert {asked.get("sort") for asked in server.asked} == {"created"}


def test_who_asks_is_said_to_the_service_and_kept_nowhere(tmp_path: Path) -> None:
    with CrossrefServer([item(1)]) as server:
        run(tmp_path, server, CROSSREF_EMAIL=EMAIL)
    assert server.asked[0].get("mailto") == EMAIL
    assert not any(EMAIL.encode() in content for content in files_below(tmp_path).values())


def test_limits_go_as_filters(tmp_path: Path) -> None:
    query = CompiledQuery(
        source="crossref",
        strategy="s",
        text="dysbiosis",
        parameters=(("filter", "from-pub-date:2020-01-01"),),
    )
    with CrossrefServer([item(1)]) as server:
        run(tmp_path, server, query)
    assert server.asked[0].get("filter") == "from-pub-date:2020-01-01"


def test_the_count_alone_asks_for_no_work(tmp_path: Path) -> None:
    with CrossrefServer(map(item, range(25))) as server:
        found, _ = run(tmp_path, server, fetch=False)
    assert (found.count, found.received, found.identifiers) == (25, None, ())
    assert [asked.get("rows") for asked in server.asked] == ["0"]


def test_an_old_cursor_begins_the_list_anew(tmp_path: Path) -> None:
    class Forgetting(CrossrefServer):
        def take(self, asked: ReceivedRequest) -> Answered:
            if len(self.asked) == 2:
                self.scrolls.clear()
            return super().take(asked)

    with Forgetting(map(item, range(20)), at_most=8) as server:
        first = run(tmp_path, server)
        assert (first[0].count, len(first[1])) == (20, 20)
        assert run_listed(tmp_path, None, QUERY) == first


def test_a_page_that_got_lost_on_the_way_is_missed_and_read_again(tmp_path: Path) -> None:
    class Losing(CrossrefServer):
        """The second page is sent, cut, and not sent again: the cursor has moved on."""

        def take(self, asked: ReceivedRequest) -> Answered:
            answer = super().take(asked)
            if len(self.asked) == 2:
                return Answered(200, answer.body[:100], promised=len(answer.body))
            return answer

    with Losing(map(item, range(20)), at_most=8) as server:
        first = run(tmp_path, server)
        assert (first[0].count, len(first[1])) == (20, 20)
        assert run_listed(tmp_path, None, QUERY) == first


def test_too_many_works_are_not_fetched(tmp_path: Path) -> None:
    values = {"message": {"total-results": 1_234_567, "items": [], "next-cursor": "x"}}
    with CrossrefServer([item(1)]) as server:
        server.on(1, Answered(200, json.dumps(values).encode()))
        with pytest.raises(RemoteError, match="counts 1,234,567 works with any of the words"):
            run(tmp_path, server)


def body(**values: object) -> Answered:
    return Answered(200, json.dumps(values).encode())


NO_ANSWERS: Mapping[str, tuple[Answered, type[ReviewkitError], str]] = {
    "page": (Answered(200, b"<html>maintenance</html>", "text/html"), NotARealAnswer, "web page"),
    "empty body": (Answered(200, b""), NotARealAnswer, "empty body"),
    "cut off": (Answered(200, b'{"status":"ok","mess'), NotARealAnswer, "cut off"),
    "no count": (body(message={"items": []}), NotARealAnswer, "without a count"),
    "no doi": (
        body(message={"total-results": 1, "items": [{}]}),
        NotARealAnswer,
        "without its DOI",
    ),
    "refused": (
        Answered(400, b'{"message":[{"message":"Integer specified as x"}]}'),
        RemoteError,
        "Integer specified as x",
    ),
    "gone": (Answered(404, b"Resource not found.", "text/plain"), RemoteError, "HTTP 404"),
    "bad gateway": (Answered(504, b"<html>504</html>", "text/html"), RemoteError, "HTTP 504"),
    "too many": (Answered(429, b"Too many"), RemoteError, "429"),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", NO_ANSWERS)
def test_what_is_no_answer_is_an_error_and_never_zero(tmp_path: Path, case: str) -> None:
    answer, error, words = NO_ANSWERS[case]
    with CrossrefServer([item(1)]) as server:
        server.on(range(1, 30), answer)
        with pytest.raises(error, match=words) as raised:
            run(tmp_path, server)
        server.clear()
        assert run(tmp_path, server)[0].count == 1
    assert raised.value.exit_code == 4
    assert raised.value.hint


def test_a_list_that_is_right_in_number_by_chance_is_read_again(tmp_path: Path) -> None:
    """One page lacks a record, a later one has one too many."""

    class Lying(CrossrefServer):
        def take(self, asked: ReceivedRequest) -> Answered:
            answer = super().take(asked)
            document = json.loads(answer.body)
            if len(self.asked) == 1:
                del document["message"]["items"][3]
            if len(self.asked) == 3:
                document["message"]["items"].append(dict(item(777)))
            return Answered(200, json.dumps(document).encode())

    with Lying(map(item, range(20)), at_most=5) as server:
        found, records = run(tmp_path, server)
        assert run_listed(tmp_path, None, QUERY) == (found, records)
    assert {record.source_id for record in records} == {f"10.1000/c{n}" for n in range(20)}
