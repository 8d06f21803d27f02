"""The appendix counts each line of a search: asked once, kept, and never made up."""

import json
from pathlib import Path

import pytest

from reviewkit.query.compile import CompiledQuery
from reviewkit.query.dialects.languages import LANGUAGES
from reviewkit.query.search_lines import search_lines
from reviewkit.sources.registry import SOURCES
from tests.helpers.command import copy_project, outputs, reaching, reviewkit
from tests.helpers.listed import pages_of, transport_for
from tests.servers.europepmc_server import EuropePmcServer, result
from tests.servers.eutils_corpus import Corpus, read_entry
from tests.servers.eutils_server import EutilsServer, Fault
from tests.servers.openalex_server import OpenAlexServer, work

TERMS = ["Dysbiosis", "Amyotrophic Lateral Sclerosis", "Gastrointestinal Microbiome"]
WHOLE = "| \\#9 | \\#1 AND \\#2 AND \\#3 AND \\#4 AND \\#7 AND \\#8 |"


def entry(pmid: int, *headings: str) -> str:
    lines = [f"PMID- {pmid}", "TI  - A work.", *(f"MH  - {heading}" for heading in headings)]
    return "\n".join(
        [*lines, "LA  - eng", "DP  - 2023 Feb 3", "CRDT- 2023/03/05 06:00", "SO  - J."]
    )


@pytest.fixture
def corpus() -> Corpus:
    """Three works with all headings, two with one, four with none."""
    texts = [entry(n, *TERMS) for n in range(1, 4)]
    texts += [entry(n, TERMS[0]) for n in range(4, 6)]
    return Corpus(map(read_entry, [*texts, *(entry(n, "Humans") for n in range(6, 10))]))


def shown(query: str, printed: str | None = None) -> list[tuple[str, str]]:
    lines = search_lines(query, LANGUAGES["pubmed"], printed=printed)
    return [(f"{line.number}: {line.text}", line.query) for line in lines]


def test_a_query_without_lines_gets_one_for_each_clause_and_each_group() -> None:
    assert shown('a[ti] AND (b[mh] OR "c d"[tiab]) NOT e[pt]') == [
        ("1: a[ti]", "a[ti]"),
        ("2: b[mh]", "b[mh]"),
        ('3: "c d"[tiab]', '"c d"[tiab]'),
        ("4: #2 OR #3", '(b[mh] OR "c d"[tiab])'),
        ("5: #1 AND #4", 'a[ti] AND (b[mh] OR "c d"[tiab])'),
        ("6: e[pt]", "e[pt]"),
        ("7: #5 NOT #6", 'a[ti] AND (b[mh] OR "c d"[tiab]) NOT e[pt]'),
    ]
    assert shown("one[ti]") == []
    last, _ = shown(" OR ".join(f"w{n}[ti]" for n in range(40)))[-1]
    assert last == "41: #1 OR #2 OR … OR #40"


def test_printed_lines_keep_their_numbers_and_what_was_added_is_a_line_more() -> None:
    printed = "1. a[ti]\n2. b[ti]\n5. #1 OR #2\n6. #5 NOT c[mh]"
    sent = "(((a[ti]) OR (b[ti])) NOT c[mh]) AND 2010:2020[dp]"
    assert shown(sent, printed) == [
        ("1: a[ti]", "a[ti]"),
        ("2: b[ti]", "b[ti]"),
        ("5: #1 OR #2", "(a[ti]) OR (b[ti])"),
        ("6: #5 NOT c[mh]", "((a[ti]) OR (b[ti])) NOT c[mh]"),
        ("7: #6 AND 2010:2020[dp]", sent),
    ]
    # Lines that the query was not put together from are not its lines.
    assert shown("x[ti] AND y[ti]", printed)[0] == ("1: x[ti]", "x[ti]")


@pytest.mark.slow
def test_hits_are_asked_when_the_user_wants_them_once_and_the_whole_search_first(
    tmp_path: Path, corpus: Corpus
) -> None:
    copy_project(tmp_path)
    with EutilsServer(corpus) as server:

        def run(*arguments: str) -> tuple[str, str, int]:
            before = len(server.requests)
            done = reviewkit(*arguments, cwd=tmp_path, settings=reaching(server))
            assert done.returncode == 0, done.stderr
            return done.stdout, done.stderr, len(server.requests) - before

        run("search", "--source", "pubmed")
        text, _, asked = run("appendix")
        assert (asked, text.count("| not asked |")) == (0, 9)
        text, said, asked = run("appendix", "--hits", "--dry-run")
        assert (text, asked) == ("PubMed: at most 9 requests, about 3 s.\n", 0)
        assert "Nothing was asked" in said

        text, said, asked = run("appendix", "--hits", "--most", "2")
        assert asked == 2
        assert "Requests sent: 2." in said
        assert f"{WHOLE} 3 |" in text
        assert text.count("| not asked |") == 7
        text, _, asked = run("appendix", "--hits")
        assert asked == 7
        assert '| \\#1 | "Dysbiosis"\\[mh\\] | 5 |' in text
        assert "| \\#5 | por\\[la\\] | 0 |" in text  # zero is a count
        assert "not asked" not in text
        assert "The hits of the lines were asked: 20" in text

        assert run("appendix", "--hits")[2] == 0
        assert run("appendix") == (text, "", 0)
        assert run("appendix", "--hits", "--again")[2] == 9

    packed = reviewkit("package", "p.zip", "--licence", "CC BY 4.0", cwd=tmp_path)
    assert packed.returncode == 0, packed.stderr
    verified = reviewkit("verify", "p.zip", cwd=tmp_path)
    assert "appendix.md: recomputed" in verified.stdout


@pytest.mark.slow
def test_a_line_asked_in_vain_is_not_a_line_that_was_not_asked(
    tmp_path: Path, corpus: Corpus
) -> None:
    copy_project(tmp_path)
    with EutilsServer(corpus) as server:
        settings = reaching(server)
        reviewkit("search", "--source", "pubmed", cwd=tmp_path, settings=settings)
        server.on("esearch", range(1, 60), Fault.FORBIDDEN)
        done = reviewkit("appendix", "--hits", cwd=tmp_path, settings=settings)
    assert "not all hits came: PubMed" in done.stderr
    assert f"{WHOLE} asked, no answer |" in done.stdout
    assert done.stdout.count("| not asked |") == 8
    later = reviewkit("appendix", cwd=tmp_path).stdout
    assert later.count("| not asked |") == 9


@pytest.mark.slow
def test_each_mistake_is_named(tmp_path: Path, corpus: Corpus) -> None:
    copy_project(tmp_path)
    with EutilsServer(corpus) as server:
        reviewkit("search", "--source", "pubmed", cwd=tmp_path, settings=reaching(server))
    for arguments, wanted in (
        (("--dry-run",), "--dry-run: of --hits only"),
        (("--again", "--most", "3"), "--most and --again: of --hits only"),
        (("--hits", "--most", "0"), "--most"),
    ):
        failed = reviewkit("appendix", *arguments, cwd=tmp_path)
        assert failed.returncode == 2
        assert wanted in failed.stderr
    kept = outputs(tmp_path) / "line-hits.json"
    for content in ("{", "[]", '{"pubmed": [{"query": "x"}]}', json.dumps({"pubmed": 3})):
        kept.write_text(content, encoding="utf-8")
        failed = reviewkit("appendix", cwd=tmp_path)
        assert failed.returncode == 2
        assert "line-hits.json" in failed.stderr
        assert "remove it" in failed.stderr


def test_other_sources_that_count_are_asked_for_the_count_alone(tmp_path: Path) -> None:
    with OpenAlexServer(map(work, range(250))) as server:
        values = {"REVIEWKIT_OPENALEX_URL": server.url, "REVIEWKIT_OPENALEX_RATE": "unlimited"}
        assert counted(tmp_path, "openalex", '"dysbiosis" AND "gut"', values) == 250
        assert [asked.get("per_page") for asked in server.asked] == ["1"]
    with EuropePmcServer([result(n) for n in range(3)]) as listed:
        values = {"REVIEWKIT_EUROPEPMC_URL": listed.url}
        assert counted(tmp_path, "europepmc", 'TITLE_ABS:"dysbiosis"', values) == 3
        assert [asked.get("resultType") for asked in listed.asked] == ["idlist"]


def counted(root: Path, source: str, text: str, settings: dict[str, str]) -> int:
    """The count of a query, asked once and then of the cache."""
    way = SOURCES[source].network
    assert way is not None
    assert way.count_once is not None
    query = CompiledQuery(source=source, strategy="audit", text=text)
    with transport_for(settings) as transport, pages_of(root, query, transport) as pages:
        first = way.count_once(pages, text, 0)
    with pages_of(root, query, None) as pages:
        assert way.count_once(pages, text, 0) == first
    assert first.ids == ()
    return first.count
