"""A list that comes page by page: every record once, and whole or not at all."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from reviewkit.cache import Opening, RunPages
from reviewkit.cache.journal import read_journal
from reviewkit.http import Flaw, Judge, Request, Response
from reviewkit.model.errors import NotARealAnswer, SteepFall
from reviewkit.model.records import CountUnit, Record, Role, RunStatus
from reviewkit.query.compile import CompiledQuery
from reviewkit.sources.page_source import PageSource
from reviewkit.sources.paged_list import (
    Listed,
    ListPage,
    PagedList,
    TokenExpired,
    count_alone,
    read_list,
)
from tests.helpers.retrieval import open_run, transport_to
from tests.servers.http_server import Answered, LocalServer, ReceivedRequest

SIZE = 5
QUERY = CompiledQuery(source="lists", strategy="main", text="gut")


class ListServer(LocalServer):
    """A service that lists letters. It gives its readings in turn, the last one again and again.

    A reading is its pages, as "ab cd /4": two pages of two letters, and a count of four. With
    "cd/5" a page has a count of its own; "!" stands for a token that has expired.
    """

    def __init__(self, *readings: str) -> None:
        super().__init__()
        self.readings = [reading.split() for reading in readings]
        self.begun = 0

    def answer(self, asked: ReceivedRequest) -> Answered:
        place = int(asked.get("at", "0"))
        if asked.path.endswith("stamp"):
            return Answered(200, json.dumps({"stamp": self.reading(more=1)[-1]}).encode())

        self.begun += place == 0
        *pages, counted = self.reading()
        letters, _, own_count = pages[place].partition("/")
        if letters == "!":
            return Answered(200, b'{"expired": true}')
        count = own_count or counted.removeprefix("/").partition("@")[0]
        says = {
            "names": [*letters.replace("-", "")],
            "next": str(place + 1) if place + 1 < len(pages) else None,
            "count": None if count == "?" else int(count),
        }
        return Answered(200, json.dumps(says).encode())

    def reading(self, more: int = 0) -> Sequence[str]:
        place = max(self.begun + more, 1) - 1
        return self.readings[min(place, len(self.readings) - 1)]

    @property
    def lists_asked(self) -> list[str]:
        return [asked.get("at", "0") for asked in self.asked if asked.path.endswith("list")]


def request(token: str | None, size: int = SIZE) -> Request:
    at = () if token is None else (("at", token),)
    return Request(service="eutils", path="list", parameters=(("size", str(size)), *at))


def judge(token: str | None) -> Judge:
    def judged(response: Response) -> Flaw | None:
        if b"expired" in response.body:
            return Flaw(what=f"the token {token} has expired", error=TokenExpired)
        return None

    return judged


def read(body: bytes) -> ListPage:
    says = json.loads(body)
    return ListPage(names=tuple(says["names"]), following=says["next"], count=says["count"])


def stamp(pages: PageSource) -> str:
    """The version of the data: a page of the service says it, which is no page of the list."""
    asked = Request(service="eutils", path="stamp")
    return str(json.loads(pages.get(asked).body)["stamp"]).partition("@")[2]


LISTS = PagedList(
    label="Lists", request=request, size=SIZE, judge=judge, read=read, notes=("a note",)
)


def listed(
    server: ListServer, root: Path, service: PagedList = LISTS, earlier: "Earlier | None" = None
) -> tuple[Listed, RunPages]:
    """The list that the server gives, and its pages."""
    with server, open_run(root, "gut", transport_to(server.url), opening=Opening.FRESH) as pages:
        pages.earlier = earlier
        return read_list(pages, service), pages


@dataclass
class Earlier:
    """What is known of the records: how many there were, and what each of them had."""

    counted: int | None = None
    had: Mapping[str, str] = field(default_factory=dict)
    pages: tuple[str, ...] = ()

    @property
    def names(self) -> Collection[str]:
        return self.had.keys()

    def lost(self, record: Record) -> tuple[str, ...]:
        return ("title",) if self.had.get(record.source_id) != record.title else ()

    def count(self, query: str) -> int | None:
        return self.counted if query == "gut" else None


def refused_in(pages: RunPages) -> list[str]:
    """The letters on the pages that were refused, in alphabetical order."""
    journal = read_journal(pages.path / "journal.jsonl")
    assert journal is not None
    return sorted("".join(json.loads(pages.read(ref))["names"]) for ref in journal.refused)


@pytest.mark.parametrize(
    ("readings", "names", "asked", "refused"),
    [
        (["abc /3"], "abc", 1, []),
        (["ab cd e /5"], "abcde", 3, []),
        (["ab cd /4"], "abcd", 2, []),
        # A record that comes twice counts once; the page that says no count leaves it as it was.
        (["ab bc/? cd /4"], "abcd", 3, []),
        # Not whole: read again. Pages of the first reading stay where the second has them too.
        (["ab c /4", "ab cd /4"], "abcd", 4, ["c"]),
        (["ab cde /4", "ab cd /4"], "abcd", 4, ["cde"]),
        (["abc /4", "abc /4", "ab cd /4"], "abcd", 4, ["abc", "abc"]),
        # Three readings of one count leave out different records: together they are whole.
        (["abc /4", "abd /4"], "abcd", 2, []),
        (["abc /4", "abc /4", "bcd /4"], "abcd", 3, []),
        # Pages that hold different numbers prove nothing before a second reading agrees.
        (["a bc /3"], "abc", 4, []),
        (["ab c de /5"], "abcde", 6, []),
        (["a bc /3", "ab d /3"], "abd", 4, ["a", "bc"]),
        (["ab cde /5", "abc de /5"], "abcde", 4, ["ab", "cde"]),
        # "Nothing" is believed when it was said twice.
        (["- /0"], "", 2, []),
        (["- /0", "ab /2"], "ab", 2, [""]),
        # Two pages in a row that bring nothing new lead nowhere.
        (["a a a b /2", "ab /2"], "ab", 4, ["a", "a", "a"]),
        (["a a b /2"], "ab", 3, []),
        # A token that has expired: its reading is refused as a whole.
        (["ab ! /3", "ab c /3"], "abc", 4, ["ab"]),
    ],
)
def test_a_list_is_read_until_it_is_whole(
    readings: list[str], names: str, asked: int, refused: list[str], tmp_path: Path
) -> None:
    server = ListServer(*readings)
    found, pages = listed(server, tmp_path)
    assert "".join(found.names) == names
    assert found.count == len(names)
    assert len(server.lists_asked) == asked
    assert {page.get("size") for page in server.asked} == {"5"}
    assert (found.warnings, found.stamp) == (("a note",), "")
    assert refused_in(pages) == refused
    on_pages = "".join("".join(json.loads(pages.read(ref))["names"]) for ref in found.pages)
    assert set(on_pages) == set(names)
    assert found.searched_at == pages.used[0].retrieved_at


@pytest.mark.parametrize(
    ("readings", "words", "asked"),
    [
        (["ab c /4"], "named 3 different records where it counted 4, 3 times", 6),
        (["abcde /4"], "named 5 different records where it counted 4, 3 times", 3),
        (["ab /?"], "named 2 different records where it counted 0, 3 times", 3),
        (["ab ! /3"], "the token 1 has expired, 3 times", 6),
        # The counts of the readings differ: they are of different lists, and nothing is joined.
        (["abc /4", "abd /5", "abc /4"], "named 3 different records where it counted 4", 3),
        (["abc/4 /4", "abd/5 /5"], "named 3 different records where it counted 5", 3),
        # Together too many.
        (["abc /4", "ade /4"], "named 3 different records where it counted 4", 3),
    ],
)
def test_a_list_that_is_never_whole_is_an_error_and_leaves_no_page(
    readings: list[str], words: str, asked: int, tmp_path: Path
) -> None:
    server = ListServer(*readings)
    with server, open_run(tmp_path, "gut", transport_to(server.url)) as pages:
        with pytest.raises(NotARealAnswer, match=words) as raised:
            read_list(pages, LISTS)
        assert pages.used == ()
    assert len(server.lists_asked) == asked
    assert raised.value.where == "Lists"
    assert "asked for anew" in raised.value.hint


def test_a_count_that_moves_while_the_list_is_read_is_told(tmp_path: Path) -> None:
    found, _ = listed(ListServer("ab/3 cd/4 /4"), tmp_path)
    assert found.warnings == ("the count moved from 3 to 4 while records were fetched", "a note")
    assert (found.count, "".join(found.names)) == (4, "abcd")
    found, _ = listed(ListServer("ab/3 cd/5 ef/6 /6"), tmp_path / "2")
    assert found.warnings[0] == "the count moved from 3 to 6 while records were fetched"
    # It fell: what was counted before is not all there.
    server = ListServer("ab/4 c/3 /3", "ab c /3")
    found, _ = listed(server, tmp_path / "3")
    assert (found.count, found.warnings, len(server.lists_asked)) == (3, ("a note",), 4)


def test_no_page_is_asked_for_after_all_records_came_where_the_service_wants_that(
    tmp_path: Path,
) -> None:
    stops = PagedList(
        label="Lists", request=request, size=SIZE, judge=judge, read=read, stops_when_all_came=True
    )
    server = ListServer("ab cd - /4")
    assert "".join(listed(server, tmp_path, stops)[0].names) == "abcd"
    assert server.lists_asked == ["0", "1"]
    server = ListServer("ab cd - /4")
    assert "".join(listed(server, tmp_path)[0].names) == "abcd"
    assert server.lists_asked == ["0", "1", "2"]


def test_data_that_moves_meanwhile_is_read_again(tmp_path: Path) -> None:
    stamped = PagedList(
        label="Lists", request=request, size=SIZE, judge=judge, read=read, stamp=stamp
    )
    server = ListServer("abc /3@may", "abd /3@june", "abe /3@june")
    found, _ = listed(server, tmp_path, stamped)
    assert ("".join(found.names), found.stamp) == ("abd", "june")
    server = ListServer("abc /3@may")
    found, pages = listed(server, tmp_path, stamped)
    assert (found.stamp, found.run(QUERY, pages).build) == ("may", "may")
    server = ListServer("abc /3@1", "abc /3@2", "abc /3@3", "abc /3@4")
    with pytest.raises(NotARealAnswer, match=r"loaded new data meanwhile \(3 to 4\), 3 times"):
        listed(server, tmp_path, stamped)


def test_a_stored_list_is_read_as_it_came(tmp_path: Path) -> None:
    for number, reading in enumerate((["ab c /4", "ab cd /4"], ["abc /4", "abd /4"], ["- /0"])):
        root, server = tmp_path / str(number), ListServer(*reading)
        with server, open_run(root, "gut", transport_to(server.url)) as pages:
            found = read_list(pages, LISTS)
            pages.finish()
        with open_run(root, "gut", None) as pages:
            assert read_list(pages, LISTS) == found


def test_a_stored_list_that_is_not_whole_says_so_once(tmp_path: Path) -> None:
    server = ListServer("ab /3")
    with server, open_run(tmp_path, "gut", transport_to(server.url)) as pages:
        pages.get(request(None))
        pages.finish()
    with (
        open_run(tmp_path, "gut", None) as pages,
        pytest.raises(
            NotARealAnswer, match="named 2 different records where it counted 3"
        ) as answer,
    ):
        read_list(pages, LISTS)
    assert "times" not in answer.value.what


@pytest.mark.parametrize(
    ("before", "falls"), [(None, False), (3, False), (7, False), (8, True), (4, False)]
)
def test_a_steep_fall_is_refused(before: int | None, falls: bool, tmp_path: Path) -> None:
    server = ListServer("abc /3")
    if not falls:
        assert listed(server, tmp_path, earlier=Earlier(counted=before))[0].count == 3
        return
    with server, open_run(tmp_path, "gut", transport_to(server.url)) as pages:
        pages.earlier = Earlier(counted=before)
        with pytest.raises(SteepFall, match=r"counted 3 records .* counted 8 before") as raised:
            read_list(pages, LISTS)
        assert pages.used == ()
    assert (raised.value.where, "--accept-fall" in raised.value.hint) == ("Lists", True)


def test_progress_never_goes_beyond_the_count(tmp_path: Path) -> None:
    server, seen = ListServer("ab cd/? e /4", "abcd /4"), []
    with server, open_run(tmp_path, "gut", transport_to(server.url)) as pages:
        read_list(pages, LISTS, lambda done, whole: seen.append((done, whole)))
    assert seen == [(2, 4), (4, 4), (4, 4), (4, 4)]
    server, seen = ListServer("ab/? cd /4"), []
    with server, open_run(tmp_path / "2", "gut", transport_to(server.url)) as pages:
        read_list(pages, LISTS, lambda done, whole: seen.append((done, whole)))
    assert seen == [(4, 4)]


def records_on(body: bytes) -> list[Record]:
    """Records whose title tells how much came of them."""
    says = json.loads(body)
    return [
        Record(source="lists", source_id=name.lower(), title="Whole" if name.isupper() else None)
        for name in says["names"]
    ]


def read_lower(body: bytes) -> ListPage:
    page = read(body)
    names = tuple(name.lower() for name in page.names)
    return ListPage(names=names, following=page.following, count=page.count)


def test_a_page_with_less_than_is_known_is_asked_for_again(tmp_path: Path) -> None:
    whole = PagedList(
        label="Lists", request=request, size=SIZE, judge=judge, read=read_lower, records=records_on
    )
    server = ListServer("aB /2", "AB /2")
    found, pages = listed(server, tmp_path, whole, Earlier(had={"a": "Whole", "b": "Whole"}))
    assert (found.names, len(server.lists_asked)) == (("a", "b"), 2)
    assert refused_in(pages) == ["aB"]
    # Twice the same words: the record has lost something.
    server = ListServer("aB /2")
    found, _ = listed(server, tmp_path / "2", whole, Earlier(had={"a": "Whole", "c": "Whole"}))
    assert (found.names, len(server.lists_asked)) == (("a", "b"), 2)
    # A record that is not known has nothing to lose, and neither has one of a stored page.
    server = ListServer("ab /2")
    assert listed(server, tmp_path / "3", whole, Earlier(had={"c": "Whole"}))[0].count == 2
    assert len(server.lists_asked) == 1


def test_the_run_of_a_list_says_what_was_asked_and_what_came(tmp_path: Path) -> None:
    server = ListServer("ab c /3")
    found, pages = listed(server, tmp_path)
    run = found.run(QUERY, pages)
    assert (run.source, run.strategy, run.query, run.role) == (
        "lists",
        "main",
        "gut",
        Role.DATABASE,
    )
    assert run.count_unit is CountUnit.RECORDS
    assert (run.status, run.count, run.received, run.missing) == (RunStatus.COMPLETE, 3, 3, ())
    assert (run.identifiers, run.build, run.endpoint) == (("a", "b", "c"), None, server.url)
    assert (run.warnings, run.pages) == (("a note",), found.pages)
    assert run.searched_at == found.searched_at
    assert found.run(QUERY, pages, fetch=False).received is None


def test_a_count_alone_asks_for_no_record(tmp_path: Path) -> None:
    server = ListServer("ab c /3")
    with server, open_run(tmp_path, "gut", transport_to(server.url)) as pages:
        run = count_alone(
            pages,
            QUERY,
            request(None),
            judge(None),
            lambda body: int(json.loads(body)["count"]),
            where="Lists",
        )
    assert (run.count, run.received, run.identifiers) == (3, None, ())
    assert (run.source, run.strategy, run.query) == ("lists", "main", "gut")
    assert (run.role, run.status, run.endpoint) == (Role.DATABASE, RunStatus.COMPLETE, server.url)
    assert [ref.retrieved_at for ref in run.pages] == [run.searched_at]


def test_a_stored_page_that_is_no_answer_any_more_is_an_error(tmp_path: Path) -> None:
    server = ListServer("! /3")
    with server, open_run(tmp_path, "gut", transport_to(server.url)) as pages:
        pages.get(request(None))
        pages.finish()
    with open_run(tmp_path, "gut", None) as pages, pytest.raises(TokenExpired) as raised:
        count_alone(pages, QUERY, request(None), judge(None), len, where="Lists")
    assert (raised.value.where, raised.value.what) == ("Lists", "the token None has expired")
    with open_run(tmp_path, "gut", None) as pages, pytest.raises(TokenExpired) as raised:
        LISTS.page(pages, None)
    assert raised.value.where == "Lists"
