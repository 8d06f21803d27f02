"""Scopus and Web of Science with the user's own key, over local servers: the key is kept nowhere."""

import json
from pathlib import Path

import pytest

from reviewkit.model.errors import NotARealAnswer, RateLimited, RemoteError, UsageError
from reviewkit.query.compile import CompiledQuery
from tests.helpers.command import reviewkit
from tests.helpers.listed import run_listed
from tests.helpers.retrieval import KEY, files_below
from tests.servers.http_server import Answered, LocalServer
from tests.servers.keyed_servers import ScopusServer, WosServer, scopus_entry, wos_hit

SCOPUS = CompiledQuery(source="scopus", strategy="s", text="TITLE-ABS-KEY(gut AND nerves)")
WOS = CompiledQuery(
    source="wos", strategy="s", text='TS=(gut AND nerves) AND PY=(2020-2022) AND "a=b"'
)
PROTOCOL = """
format = 1
kind = "own"
[review]
id = "guts"
title = "Guts and nerves"
[[sources]]
id = "{source}"
name = "{source}"
role = "database"
[[descriptors]]
id = "gut"
term = "gut"
[[strategies]]
id = "main"
label = "gut"
origin = "reading"
field = "any"
blocks = [["gut"]]
[[criteria]]
id = "theme"
kind = "inclusion"
wording = "on guts"
check = {{ by = "person" }}
"""


def settings(name: str, server: LocalServer, key: str = KEY) -> dict[str, str]:
    name = name.upper()
    return {
        f"REVIEWKIT_{name}_URL": server.url,
        f"REVIEWKIT_{name}_RATE": "unlimited",
        f"{name}_API_KEY": key,
    }


@pytest.mark.parametrize("count", [0, 1, 60])
def test_scopus_gives_every_record_once_and_no_key(tmp_path: Path, count: int) -> None:
    with ScopusServer(KEY, map(scopus_entry, range(count))) as server:
        found, records = run_listed(tmp_path, settings("scopus", server), SCOPUS)
    assert (found.count, found.received, len(records)) == (count, count, count)
    assert {asked.get("view") for asked in server.asked} == {"STANDARD"}
    assert not any(KEY.encode() in content for content in files_below(tmp_path).values())
    assert "first authors only" in found.warnings[-1]
    assert run_listed(tmp_path, None, SCOPUS) == (found, records)


def test_the_fields_of_scopus(tmp_path: Path) -> None:
    with ScopusServer(KEY, [scopus_entry(7), scopus_entry(8)]) as server:
        _, (record, _) = run_listed(tmp_path, settings("scopus", server), SCOPUS)
    assert (record.key, record.title) == ("scopus:2-s2.0-7", "Invented work on gut & nerves 7")
    assert (record.published, record.year, record.doi) == ("2021", 2021, "10.1000/s7")
    assert (record.authors, record.abstract) == (("Person A.",), None)


def test_scopus_refuses_more_than_it_hands_out(tmp_path: Path) -> None:
    results = {"opensearch:totalResults": "5001", "entry": [dict(scopus_entry(1))]}
    reply = Answered(200, json.dumps({"search-results": results}).encode())
    with ScopusServer(KEY) as server:
        server.on(1, reply)
        with pytest.raises(RemoteError, match="counts 5,001 records; this way gives 5,000"):
            run_listed(tmp_path, settings("scopus", server), SCOPUS)
        server.on(1, reply)
        found, _ = run_listed(tmp_path / "count", settings("scopus", server), SCOPUS, fetch=False)
    assert found.count == 5001


def test_a_used_up_week_of_scopus_is_not_asked_again(tmp_path: Path) -> None:
    with ScopusServer(KEY, [scopus_entry(1)]) as server:
        server.on(range(1, 9), Answered(429, b"", headers={"X-ELS-Status": "QUOTA_EXCEEDED"}))
        with pytest.raises(RateLimited, match="the week's requests of this key are used up"):
            run_listed(tmp_path, settings("scopus", server), SCOPUS)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        (Answered(200, b'<?xml version="1.0"?><service-error/>', "text/xml"), NotARealAnswer, "page"),
        (Answered(200, b'{"search-results":{}}'), NotARealAnswer, "without a count"),
        (Answered(403, b'{"message":"The requestor is not authorized"}'), RemoteError, "authorized"),
        (Answered(400, b'{"service-error":{"status":{"statusText":"Error translating query"}}}'),
         RemoteError, "Error translating query"),
        (Answered(429, b""), RateLimited, "429"),
    ],
)  # fmt: skip
def test_what_is_no_answer_of_scopus(
    tmp_path: Path, reply: Answered, error: type[Exception], words: str
) -> None:
    with ScopusServer(KEY, [scopus_entry(1)]) as server:
        server.on(range(1, 9), reply)
        with pytest.raises(error, match=words):
            run_listed(tmp_path, settings("scopus", server), SCOPUS)


def test_web_of_science_gives_every_record_once(tmp_path: Path) -> None:
    with WosServer(KEY, map(wos_hit, range(120))) as server:
        found, records = run_listed(tmp_path, settings("wos", server), WOS)
    assert (found.count, len(records), len(server.asked)) == (120, 120, 3)
    assert records[0].authors == ("Person, Ann", "Other, Bo")
    assert (records[0].year, records[0].doi, records[0].keywords) == (2021, "10.1000/w0", ("gut",))
    assert not any(KEY.encode() in content for content in files_below(tmp_path).values())
    assert run_listed(tmp_path, None, WOS) == (found, records)


def test_a_field_tag_that_the_starter_api_lacks_is_refused(tmp_path: Path) -> None:
    query = CompiledQuery(source="wos", strategy="s", text="AB=(gut) AND LA=(English) AND TS=x")
    with WosServer(KEY) as server:
        with pytest.raises(UsageError, match="does not know AB=, LA="):
            run_listed(tmp_path, settings("wos", server), query)
        assert server.asked == []


def test_a_wrong_key_is_said_without_the_key(tmp_path: Path) -> None:
    with WosServer(KEY) as server, pytest.raises(RemoteError, match="401") as raised:
        run_listed(tmp_path, settings("wos", server, "a-wrong-key-1"), WOS)
    assert "a-wrong-key-1" not in f"{raised.value} {raised.value.hint}"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("embase", "Elsevier opens its API only after a review"),
        ("crossref", "has no Boolean search"),
        ("scopus", "limits and headings have names of their own"),
        ("wos", "has no field for abstracts"),
    ],
)
def test_the_command_says_why_a_source_cannot_be_searched(
    tmp_path: Path, source: str, reason: str
) -> None:
    (tmp_path / "guts.toml").write_text(PROTOCOL.format(source=source), encoding="utf-8")
    done = reviewkit("search", "guts.toml", "--db", "guts.db", cwd=tmp_path)
    assert reason in " ".join((done.stdout + done.stderr).split())


def test_a_source_without_its_key_says_which_and_how_else(tmp_path: Path) -> None:
    text = PROTOCOL.format(source="scopus").replace(
        'blocks = [["gut"]]', 'queries = { scopus = "TITLE-ABS-KEY(gut)" }'
    )
    (tmp_path / "guts.toml").write_text(text, encoding="utf-8")
    done = reviewkit("search", "guts.toml", "--db", "guts.db", cwd=tmp_path)
    printed = " ".join((done.stdout + done.stderr).split())
    assert "SCOPUS_API_KEY is not set" in printed
    assert "reviewkit import FILE --source scopus" in printed
