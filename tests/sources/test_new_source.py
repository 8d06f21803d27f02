"""A new source is one file and one entry in the registry: search, import, update and URL work with
it.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from reviewkit.sources.registry import SOURCES
from tests.helpers.command import reviewkit
from tests.helpers.made_up_source import SOURCE
from tests.servers.http_server import Answered, LocalServer, ReceivedRequest

PROTOCOL = """
format = 1
[review]
id = "guts"
title = "Guts and nerves"
[[sources]]
id = "gutbase"
name = "GutBase"
role = "database"
[[descriptors]]
id = "gut"
term = "gut"
[[strategies]]
id = "main"
label = "gut in titles"
origin = "reading"
field = "title_abstract"
blocks = [["gut"]]
[limits]
languages = ["eng"]
[[criteria]]
id = "theme"
kind = "inclusion"
wording = "on guts"
check = { by = "person" }
[living]
every = "week"
"""
RIS = "TY  - JOUR\nID  - 9\nTI  - A work from a file\nPY  - 2021\nER  - \n"
QUERY = "title_abstract=gut AND lang=eng"


class GutBase(LocalServer):
    """The made-up service: it lists all that it has, whatever it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.items = [{"id": f"g{n}", "title": f"Work {n} on guts", "year": 2020} for n in range(3)]

    def answer(self, asked: ReceivedRequest) -> Answered:
        return Answered(200, json.dumps({"items": self.items}).encode())


@pytest.fixture
def gutbase(monkeypatch: pytest.MonkeyPatch) -> Iterator[GutBase]:
    """The source in the registry, and its service on loopback."""
    monkeypatch.setitem(SOURCES, SOURCE.id, SOURCE)
    with GutBase() as server:
        yield server


class Review:
    """A review of the made-up source in a folder, and the command on it."""

    def __init__(self, folder: Path, server: GutBase) -> None:
        self.folder = folder
        self.settings = {
            "REVIEWKIT_GUTBASE_URL": server.url,
            "REVIEWKIT_GUTBASE_RATE": "unlimited",
        }
        (folder / "guts.toml").write_text(PROTOCOL, encoding="utf-8")

    def run(self, *arguments: str) -> str:
        files = ("--protocol", "guts.toml", "--db", "guts.db")
        ended = reviewkit(*arguments, *files, cwd=self.folder, settings=self.settings)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    def records(self) -> list[str]:
        with closing(sqlite3.connect(self.folder / "guts.db")) as database:
            return [row[0] for row in database.execute("SELECT record FROM records ORDER BY 1")]


@pytest.fixture
def review(tmp_path: Path, gutbase: GutBase) -> Review:
    return Review(tmp_path, gutbase)


@pytest.mark.slow
def test_it_is_searched_and_updated(review: Review, gutbase: GutBase) -> None:
    review.run("search")
    assert review.records() == ["gutbase:g0", "gutbase:g1", "gutbase:g2"]
    assert gutbase.asked[0].get("q") == QUERY

    gutbase.items.append({"id": "g7", "title": "New work on guts", "year": 2026})
    review.run("update", "--window", "60")
    assert review.records() == ["gutbase:g0", "gutbase:g1", "gutbase:g2", "gutbase:g7"]
    assert gutbase.asked[-1].get("q").startswith(f"({QUERY}) AND since=20")


def test_its_query_and_page_are_printed(review: Review, gutbase: GutBase) -> None:
    (page,) = json.loads(review.run("search", "--print-url", "--json"))["pages"]
    assert page["query"] == QUERY
    assert page["url"] == "https://gutbase.example/?q=title_abstract%3Dgut+AND+lang%3Deng"
    assert gutbase.asked == []


def test_its_export_is_imported(review: Review) -> None:
    (review.folder / "export.ris").write_text(RIS, encoding="utf-8")
    review.run("import", "export.ris", "--source", "gutbase")
    (record,) = review.records()
    assert record.startswith("gutbase:")


def test_a_new_protocol_knows_its_name(review: Review) -> None:
    ended = reviewkit(
        *("init", "--title", "Guts", "--topic", "gut", "--source", "GutBase", "--no-lookup"),
        *("--folder", ".", "--id", "written"),
        cwd=review.folder,
    )
    assert ended.returncode == 0, ended.stderr
    written = (review.folder / "written.toml").read_text(encoding="utf-8")
    assert 'id = "gutbase"\nname = "GutBase"' in written
