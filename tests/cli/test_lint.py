"""`reviewkit lint` and `reviewkit check` on queries that cannot be sent as they stand."""

import json
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from tests.helpers.command import copy_project, reviewkit
from tests.servers.eutils_corpus import Corpus, made_entry
from tests.servers.eutils_server import EutilsServer
from tests.servers.mesh_answers import mesh_entry

LINES = '#1 "Dysbiosis"[Mesh]\n#2 ALS[tiab]\n#3 #1 AND #2\n'


@pytest.mark.slow
def test_a_text_from_standard_input_is_linted_and_repaired() -> None:
    text = "“gut”[tiab] and gu*[tiab]"
    done = reviewkit("lint", "-", stdin=text)
    assert done.returncode == 3
    assert "1:1  warning  curly_quote" in done.stdout
    assert "error  short_truncation" in done.stdout
    fixed = reviewkit("lint", "-", "--fix", stdin=text)
    assert fixed.stdout == '"gut"[tiab] AND gu*[tiab]\n'


def test_a_file_is_linted_and_its_repair_stands_beside(tmp_path: Path) -> None:
    path = tmp_path / "mine.txt"
    path.write_text("“gut”[tiab]", encoding="utf-8")
    done = reviewkit("lint", path, "--fix", "--json")
    assert done.returncode == 0
    (query,) = json.loads(done.stdout)["queries"]
    assert [one["code"] for one in query["problems"]] == ["curly_quote"] * 2
    assert (tmp_path / "mine.fixed.txt").read_text(encoding="utf-8") == '"gut"[tiab]'
    assert path.read_text(encoding="utf-8") == "“gut”[tiab]"
    (tmp_path / "mine.fixed.txt").write_text("my own", encoding="utf-8")
    again = reviewkit("lint", path, "--fix")
    assert (again.returncode, "is there already" in again.stderr) == (2, True)


def test_lines_are_shown_put_together(tmp_path: Path) -> None:
    path = tmp_path / "lines.txt"
    path.write_text(LINES, encoding="utf-8")
    done = reviewkit("lint", path)
    assert done.returncode == 0
    assert 'lines put in: ("Dysbiosis"[Mesh]) AND (ALS[tiab])' in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["lint", "nowhere.txt"], "cannot be read"),
        (["lint", "-"], "there is no query in it"),
        (["lint", "-", "--language", "klingon"], "no query language 'klingon'"),
    ],
)
def test_mistakes_are_said_once(arguments: list[str], said: str) -> None:
    stdin = "a[ti]" if "--language" in arguments else ""
    done = reviewkit(*arguments, stdin=stdin)
    assert done.returncode == 2
    assert said in done.stderr
    assert "next:" in done.stderr


def protocol_with(tmp_path: Path, query: str, more: str = "") -> Path:
    copy_project(tmp_path)
    path = tmp_path / "protocols" / "als_dysbiosis.toml"
    text = path.read_text(encoding="utf-8")
    blocks = 'field = "heading"\nblocks = [["dysbiosis"], ["als"], ["microbiome"]]'
    assert blocks in text
    printed = f"queries = {{ pubmed = {json.dumps(query)} }}\n{more}"
    path.write_text(text.replace(blocks, printed, 1), encoding="utf-8")
    return path


@pytest.mark.slow
@pytest.mark.parametrize(
    ("query", "code", "said"),
    [
        ("#1 AND #2", 3, "names lines that are not there: 1, 2"),
        ("exp Dysbiosis/ and als.tw.", 3, "this is the language of Ovid"),
        ("TS=(dysbiosis AND als)", 3, "this is the language of Web of Science"),
        ("a[ti] OR b[ti] AND c[ti]", 0, "mixed_operators"),
        (LINES, 0, "lines put in"),
    ],
)
def test_check_says_what_is_wrong_with_a_query(
    tmp_path: Path, query: str, code: int, said: str
) -> None:
    path = protocol_with(tmp_path, query)
    done = reviewkit("check", path)
    assert (done.returncode, said in done.stdout) == (code, True), done.stdout
    assert reviewkit("check", path, "--json").returncode == code


def test_lines_are_sent_put_together_only_where_the_protocol_says_so(tmp_path: Path) -> None:
    path = protocol_with(tmp_path, LINES)
    (sent,) = primary_queries(path)
    assert sent.startswith(f"({LINES.strip()})")
    path = protocol_with(tmp_path / "expanded", LINES, "expand = true\n")
    (sent,) = primary_queries(path)
    assert sent.startswith('(("Dysbiosis"[Mesh]) AND (ALS[tiab])) AND ')


def primary_queries(path: Path) -> list[str]:
    queries = json.loads(reviewkit("check", path, "--json").stdout)["queries"]
    return [one["text"] for one in queries if one["primary"] and one["text"]]


def test_headings_and_phrases_are_asked_once_and_kept(tmp_path: Path) -> None:
    entry = mesh_entry("1", "D064806", "Dysbiosis", "Dysbioses", trees=("C1",))
    with EutilsServer(Corpus([made_entry(1, created=None)])) as server:
        server.mesh = [entry]
        settings = {
            "REVIEWKIT_EUTILS_URL": server.url,
            "REVIEWKIT_EUTILS_RATE": "unlimited",
            "XDG_CACHE_HOME": str(tmp_path),
        }
        text = '"Dysbioses"[mh] OR "Disbiosis"[mh] OR "no such phrase"[tiab] OR gut-brain[ti]'
        done = reviewkit("lint", "-", "--ask", stdin=text, settings=settings)
        sent = len(server.requests)
        again = reviewkit("lint", "-", "--ask", stdin=text, settings=settings)
        assert len(server.requests) == sent
    assert again.stdout == done.stdout
    assert done.stdout.count("unknown_heading") == 1
    assert "MeSH has no heading 'Disbiosis'" in done.stdout
    assert "PubMed's index of phrases lacks 'no such phrase'" in done.stdout


def test_what_was_not_asked_is_said_to_be_unknown() -> None:
    done = reviewkit("lint", "-", stdin='"Dysbiosis"[mh] AND "gut flora"[tiab]')
    assert "Whether MeSH and PubMed have 1 heading and 1 phrase is not known" in done.stderr
    assert "phrase" not in done.stdout
    assert "not known" not in reviewkit("lint", "-", stdin="gut[tiab]").stderr


def test_the_shipped_protocol_has_no_problem() -> None:
    done = reviewkit("lint", PROJECT / "protocols" / "als_dysbiosis.toml")
    assert done.returncode == 0
    assert "error" not in done.stdout


TWICE = """
format = 1
[review]
id = "twice"
title = "A made review"
[[sources]]
id = "pubmed"
name = "PubMed"
role = "database"
[[strategies]]
id = "main"
label = "main"
queries = {{ pubmed = 'gut[ti] AND {inside}' }}
{more}
[limits]
published_from = 2010
languages = ["eng"]
"""


@pytest.mark.parametrize(
    ("inside", "more", "twice"),
    [
        ("2010:2020[dp]", "", ["2010/01/01:3000/12/31[dp]"]),
        ("eng[la]", "", ["(eng[la])"]),
        ("2010:2020[dp] AND eng[la]", "", ["2010/01/01:3000/12/31[dp]", "(eng[la])"]),
        ("2010:2020[dp] AND eng[la]", "limits = false", []),
        ("2010:2020[crdt]", "", []),
        ("flora[ti]", "", []),
    ],
)
def test_a_limit_that_is_added_to_a_limited_query_is_named_and_both_are_sent(
    tmp_path: Path, inside: str, more: str, twice: list[str]
) -> None:
    path = tmp_path / "twice.toml"
    path.write_text(TWICE.format(inside=inside, more=more), encoding="utf-8")
    linted = json.loads(reviewkit("lint", path, "--json").stdout)["queries"][0]["problems"]
    found = [one["reason"] for one in linted if one["code"] == "limit_twice"]
    assert [f"[limits] adds {added}: both are sent" in why for why, added in zip(found, twice, strict=True)] == [
        True for _ in twice
    ]  # fmt: skip
    checked = reviewkit("check", path)
    assert checked.stdout.count("warning limit_twice") == len(twice)
    searched = reviewkit("search", "-p", path, "--offline")
    assert searched.stderr.count("both are sent") == len(twice)
    sent = checked.stdout.split("main\n")[1].splitlines()[0]
    assert all(added in sent for added in twice)
