"""Europe PMC over a local server: every record once, and nothing that is no answer taken for "0
hits".
"""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from reviewkit.cache import Cache, Opening, RunKey, RunPages
from reviewkit.http import Patience, Transport
from reviewkit.model.errors import NotARealAnswer, RemoteError, ReviewkitError, UsageError
from reviewkit.model.records import Record, RelationKind, SearchRun
from reviewkit.protocol.parse import parse_protocol
from reviewkit.query.compile import CompiledQuery
from reviewkit.sources import europepmc
from reviewkit.sources.europepmc_records import read_result
from reviewkit.sources.registry import source_query
from reviewkit.sources.services import services_from
from tests.conftest import SHARED
from tests.helpers.command import copy_project, outputs, reviewkit, rows_of
from tests.helpers.retrieval import STARTED, Sleeper
from tests.servers.europepmc_server import EuropePmcServer, result
from tests.servers.http_server import Answered

QUERY = CompiledQuery(source="europepmc", strategy="s", text='TITLE_ABS:"dysbiosis" AND LANG:eng')


def pages_of(root: Path, query: CompiledQuery, transport: Transport | None) -> RunPages:
    key = RunKey(source=query.source, strategy=query.strategy, query=query.written)
    return Cache(root).open_run(
        key, opening=Opening.LATEST, started_at=STARTED, transport=transport
    )


def transport_to(server: EuropePmcServer) -> Transport:
    services = services_from({"REVIEWKIT_EUROPEPMC_URL": server.url})
    return Transport(services, clock=Sleeper().clock(), patience=Patience(read_seconds=5.0))


def run(
    root: Path, server: EuropePmcServer, query: CompiledQuery = QUERY, *, fetch: bool = True
) -> tuple[SearchRun, tuple[Record, ...]]:
    with transport_to(server) as transport, pages_of(root, query, transport) as pages:
        found = europepmc.search(pages, query, fetch=fetch)
        return found, tuple(europepmc.records(found, pages)) if fetch else ()


@pytest.mark.slow
@pytest.mark.parametrize("at_most", [1000, 100, 7])
def test_every_record_comes_once_by_cursor(tmp_path: Path, at_most: int) -> None:
    with EuropePmcServer([result(n) for n in range(130)], at_most=at_most) as server:
        found, records = run(tmp_path, server)
    assert (found.count, found.received, found.warnings) == (130, 130, ())
    assert (
        [record.source_id for record in records]
        == list(found.identifiers)
        == [f"MED:{n}" for n in range(130)]
    )
    assert {asked.get("query") for asked in server.asked} == {QUERY.text}
    assert {asked.get("synonym") for asked in server.asked} == {"false"}
    assert found.translation == QUERY.text


def test_the_same_number_in_two_sources_is_two_records(tmp_path: Path) -> None:
    with EuropePmcServer([result(1), result(1, source="PPR")]) as server:
        _, records = run(tmp_path, server)
    assert [record.key for record in records] == ["europepmc:MED:1", "europepmc:PPR:1"]


def test_a_list_that_names_fewer_than_it_counts_is_refused_and_asked_for_again(
    tmp_path: Path,
) -> None:
    with EuropePmcServer([result(1), result(2), result(1)]) as server:
        with pytest.raises(NotARealAnswer, match="named 2 different records where it counted 3"):
            run(tmp_path, server)
        server.results = [result(1), result(2), result(3)]
        found, records = run(tmp_path, server)
    assert (found.count, len(records)) == (3, 3)


def test_a_long_query_goes_by_post(tmp_path: Path) -> None:
    query = CompiledQuery(
        source="europepmc", strategy="s", text=" OR ".join(['TITLE_ABS:"dysbiosis"'] * 100)
    )
    with EuropePmcServer([result(1)]) as server:
        found, _ = run(tmp_path, server, query)
    assert (found.count, server.asked[0].path, server.asked[0].get("query")) == (
        1,
        "searchPOST",
        query.text,
    )


def test_the_list_alone_asks_for_identifiers(tmp_path: Path) -> None:
    with EuropePmcServer([result(n) for n in range(3)]) as server:
        found, _ = run(tmp_path, server, fetch=False)
    assert (found.count, found.received, len(found.identifiers)) == (3, None, 3)
    assert server.asked[0].get("resultType") == "idlist"


def test_offline_the_same_run_comes_from_the_cache(tmp_path: Path) -> None:
    with EuropePmcServer([result(n) for n in range(9)], at_most=4) as server:
        first = run(tmp_path, server)
        asked = len(server.asked)
        with pages_of(tmp_path, QUERY, None) as pages:
            again = europepmc.search(pages, QUERY)
            assert (again, tuple(europepmc.records(again, pages))) == first
        assert len(server.asked) == asked


def test_a_real_zero_is_a_zero(tmp_path: Path) -> None:
    query = CompiledQuery(source="europepmc", strategy="s", text='KW:"nowhere"')
    with EuropePmcServer([result(1)]) as server:
        assert run(tmp_path, server, query)[0].count == 0


def test_the_empty_result_of_an_unreadable_query_is_no_zero(tmp_path: Path) -> None:
    query = CompiledQuery(source="europepmc", strategy="s", text='(KW:"x"')
    with (
        EuropePmcServer([result(1)]) as server,
        pytest.raises(NotARealAnswer, match="never closed"),
    ):
        run(tmp_path, server, query)


def body(**values: object) -> Answered:
    return Answered(200, json.dumps(values).encode())


NO_ANSWERS: Mapping[str, tuple[Answered, type[ReviewkitError], str]] = {
    "page": (Answered(200, b"<html>maintenance</html>", "text/html"), NotARealAnswer, "web page"),
    "empty body": (Answered(200, b""), NotARealAnswer, "empty body"),
    "cut off": (Answered(200, b'{"hitCount":3,'), NotARealAnswer, "cut off"),
    "truncated": (Answered(200, b'{"hit', promised=900), RemoteError, "truncated"),
    "error": (body(version="6.9", errCode=404, errMsg="No results: bad query"), RemoteError, "bad query"),
    "no count": (body(resultList={"result": []}), NotARealAnswer, "without a count"),
    "no list": (body(hitCount=0), NotARealAnswer, "without a count or a list"),
    "empty list": (body(hitCount=3, resultList={"result": []}), NotARealAnswer, "sent none"),
    "no id": (body(hitCount=1, resultList={"result": [{"title": "x"}]}), NotARealAnswer, "without an identifier"),
    "no way on": (
        body(hitCount=3, resultList={"result": [{"id": "1", "source": "MED"}]}), NotARealAnswer, "stopped its list",
    ),
    "bad gateway": (Answered(502, b"<html>502</html>", "text/html"), RemoteError, "HTTP 502"),
    "too many": (Answered(429, b""), RemoteError, "429"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("case", NO_ANSWERS)
def test_what_is_no_answer_is_an_error_and_never_zero(tmp_path: Path, case: str) -> None:
    answer, error, words = NO_ANSWERS[case]
    with EuropePmcServer([result(1)]) as server:
        server.on(range(1, 30), answer)
        with pytest.raises(error, match=words) as raised:
            run(tmp_path, server)
    assert raised.value.exit_code == 4
    assert raised.value.hint


def test_flapping_is_waited_out(tmp_path: Path) -> None:
    with EuropePmcServer([result(n) for n in range(20)], at_most=8) as server:
        server.on(1, Answered(500, b""))
        server.on(3, Answered(200, b""))
        found, records = run(tmp_path, server)
    assert (found.received, len(records), len(server.asked)) == (20, 20, 5)


def test_the_fields_of_a_record() -> None:
    answer = result(
        7,
        doi="10.1000/x",
        pmid="7",
        pmcid="PMC7",
        abstractText="<h4>Background</h4>About <i>E. coli</i>.",
        pageInfo="1-9",
        meshHeadingList={
            "meshHeading": [
                {"majorTopic_YN": "Y", "descriptorName": "Gastrointestinal Microbiome"},
                {
                    "majorTopic_YN": "N",
                    "descriptorName": "Dysbiosis",
                    "meshQualifierList": {
                        "meshQualifier": [{"qualifierName": "complications", "majorTopic_YN": "Y"}]
                    },
                },
            ]
        },
        keywordList={"keyword": ["gut"]},
        commentCorrectionList={
            "commentCorrection": [{"id": "99", "source": "MED", "type": "Retraction in"}]
        },
        pubTypeList={"pubType": ["Journal Article"]},
        unheard={"of": [{"x": 1}]},
    )
    record, problems = read_result(answer, source="europepmc")
    assert problems == ()
    assert (record.title, record.authors) == ("Invented work on dysbiosis 7.", ("Person, Ann",))
    assert (record.published, record.year, record.journal) == ("2023-03", 2023, "Invented J")
    assert (record.pmid, record.pmcid, record.doi, record.pages) == (
        "7",
        "PMC7",
        "10.1000/x",
        "1-9",
    )
    assert record.headings == ("*Gastrointestinal Microbiome", "Dysbiosis/*complications")
    assert record.abstract == "Background\nAbout E. coli."
    assert [(one.kind, one.target) for one in record.relations] == [
        (RelationKind.RETRACTED_BY, "pmid:99")
    ]
    assert record.other["unheard.of.x"] == ("1",)
    assert record.other["abstractText"] == ("<h4>Background</h4>About <i>E. coli</i>.",)


@pytest.mark.skipif(not SHARED.exists(), reason="the folder of real answers is not at hand")
def test_a_real_core_result() -> None:
    text = json.loads(
        (SHARED / "oa" / "europepmc_core_20981092_trimmed.json").read_text(encoding="utf-8")
    )
    record, problems = read_result(text, source="europepmc")
    assert problems == ()
    assert record.key == "europepmc:MED:20981092"
    assert record.authors[0] == "Abecasis, Gonçalo R"
    assert record.collective_authors == ("1000 Genomes Project Consortium",)
    assert (record.year, record.published, record.doi) == (2010, "2010-10", "10.1038/nature09534")
    assert (record.volume, record.issue, record.pages) == ("467", "7319", "1061-1073")
    assert record.other["isOpenAccess"] == ("N",)
    assert record.other["fullTextUrlList.fullTextUrl.availabilityCode"] == ("F", "F", "S")


def with_europepmc(protocol: Path) -> Path:
    text = protocol.read_text(encoding="utf-8")
    source = '[[sources]]\nid = "europepmc"\nname = "Europe PMC"\nrole = "database"\n\n'
    protocol.write_text(text.replace("[stand_in]", f"{source}[stand_in]", 1), encoding="utf-8")
    return protocol


@pytest.mark.slow
def test_the_command_searches_it_where_the_protocol_names_it(tmp_path: Path) -> None:
    protocol = copy_project(tmp_path)
    titles = "Dysbiosis Amyotrophic Lateral Sclerosis Gastrointestinal Microbiome"
    with EuropePmcServer([result(n, title=f"{titles} {n}") for n in range(3)]) as server:
        settings = {"REVIEWKIT_EUROPEPMC_URL": server.url, "REVIEWKIT_EUROPEPMC_RATE": "unlimited"}
        absent = reviewkit("search", protocol, "--source", "europepmc", settings=settings)
        done = reviewkit(
            "search", with_europepmc(protocol), "--source", "europepmc", settings=settings
        )
    assert absent.returncode == 2
    assert '[[sources]]\nid = "europepmc"\n' in absent.stderr
    assert done.returncode == 0, done.stderr
    assert "Europe PMC: 3 records" in done.stdout
    assert len(rows_of(outputs(tmp_path) / "review.db")["records"]) == 3


def test_a_count_of_thousands_of_digits_is_no_count(tmp_path: Path) -> None:
    huge = json.dumps({"hitCount": "9" * 5000, "resultList": {"result": []}}).encode()
    with EuropePmcServer([result(1)]) as server:
        server.on(range(1, 30), Answered(200, huge))
        with pytest.raises(NotARealAnswer, match="without a count"):
            run(tmp_path, server)


@pytest.mark.parametrize(("stated", "sent"), [("", "false"), ("synonyms = true", "true")])
def test_synonyms_are_a_stated_choice(tmp_path: Path, stated: str, sent: str) -> None:
    text = f"""
format = 1
review = {{ id = "guts", title = "Guts" }}
[[sources]]
id = "europepmc"
name = "Europe PMC"
role = "database"
{stated}
[[strategies]]
id = "words"
label = "words"
origin = "published"
queries = {{ europepmc = 'TITLE_ABS:"dysbiosis"' }}
"""
    protocol = parse_protocol(text, where="p.toml")
    assert protocol.primary
    query = source_query(protocol, protocol.primary, "europepmc")
    assert query
    with EuropePmcServer([result(n) for n in range(3)]) as server:
        found, _ = run(tmp_path, server, query)
        assert {asked.get("synonym") for asked in server.asked} == {sent}
    assert found.query.endswith("& synonym=true") == (sent == "true"), "what was chosen is stored"


def test_synonyms_of_a_service_that_has_none_are_a_clear_mistake() -> None:
    text = """
format = 1
review = { id = "guts", title = "Guts" }
sources = [{ id = "pubmed", name = "PubMed", role = "database", synonyms = false }]
[[strategies]]
id = "words"
label = "words"
origin = "published"
queries = { pubmed = "guts" }
"""
    protocol = parse_protocol(text, where="p.toml")
    assert protocol.primary
    with pytest.raises(UsageError, match="PubMed has no choice of synonyms"):
        source_query(protocol, protocol.primary, "pubmed")
