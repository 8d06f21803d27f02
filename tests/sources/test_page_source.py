"""What all lists are judged by: numbers, even pages, bodies that cannot be read."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from reviewkit.cache import RunPages
from reviewkit.http import Flaw, Request, Response
from reviewkit.model.errors import NotARealAnswer, SteepFall
from reviewkit.model.records import Record
from reviewkit.sources.page_source import (
    are_even,
    ask,
    ask_for_whole,
    broken_json,
    check_fall,
    is_number,
    may_ask_again,
    refused,
)
from tests.helpers.retrieval import open_run, transport_to
from tests.servers.http_server import Answered, LocalServer, ReceivedRequest


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("0", True),
        ("12", True),
        ("9" * 15, True),
        ("9" * 16, False),
        ("", False),
        ("-1", False),
        ("1.5", False),
        ("1,000", False),
        ("٣", False),
        ("²", False),
        ("one", False),
    ],
)
def test_a_number_is_a_whole_one_in_plain_digits(printed: str, number: bool) -> None:
    assert is_number(printed) is number


@pytest.mark.parametrize(
    ("lengths", "even"),
    [
        ([3], True),
        ([3, 3], True),
        ([3, 2], True),
        ([3, 0], True),
        ([3, 4], False),
        ([3, 3, 1], True),
        ([3, 3, 4], False),
        ([3, 2, 3], False),
        ([3, 2, 2], False),
        ([2, 3, 2], False),
    ],
)
def test_pages_are_even_but_for_a_shorter_last_one(lengths: list[int], even: bool) -> None:
    assert are_even(lengths) is even


def test_what_is_wrong_with_a_body() -> None:
    assert broken_json(b'{"a": ') == "answered with JSON that is cut off or broken"
    assert broken_json(b"a" * 1200 + b"\xff") == (
        "answered with bytes that are not UTF-8 (at byte 1,200)"
    )


class Echo(LocalServer):
    """A service that says what it was asked."""

    def answer(self, asked: ReceivedRequest) -> Answered:
        return Answered(200, asked.path.encode())


def test_a_stored_run_has_the_answers_that_it_has(tmp_path: Path) -> None:
    stored = Request(service="eutils", path="a")
    other = Request(service="eutils", path="b")
    with Echo() as server, open_run(tmp_path, "q", transport_to(server.url)) as pages:
        assert may_ask_again(pages, stored)
        pages.get(stored)
        assert may_ask_again(pages, stored)
        pages.finish()
        assert not may_ask_again(pages, stored)
    with open_run(tmp_path, "q", None) as pages:
        assert may_ask_again(pages, stored)
        assert not may_ask_again(pages, other)
        pages.get(stored)
        assert not may_ask_again(pages, stored)


LETTERS = Request(service="eutils", path="letters")


class InTurn(LocalServer):
    """A service that gives its answers in turn, the last one again and again."""

    def __init__(self, *answers: str) -> None:
        super().__init__()
        self.answers = answers

    def answer(self, asked: ReceivedRequest) -> Answered:
        return Answered(200, self.answers[min(len(self.asked), len(self.answers)) - 1].encode())


@dataclass
class Earlier:
    """Every letter is known, with a title; `counted` is what the same search counted before."""

    counted: int | None = None
    pages: set[str] = field(default_factory=set)
    names: str = "abcdefg"

    def lost(self, record: Record) -> tuple[str, ...]:
        return () if record.title else ("title",)

    def count(self, query: str) -> int | None:
        return self.counted if query == "q" else None


@contextmanager
def answers_of(root: Path, *answers: str) -> Iterator[RunPages]:
    with InTurn(*answers) as server, open_run(root, "q", transport_to(server.url)) as pages:
        pages.earlier = Earlier()
        yield pages


def reasons_of_refusal(pages: RunPages) -> list[tuple[int, str]]:
    """How many pages the journal refuses in each line, and why."""
    lines = (pages.path / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    document = [json.loads(line) for line in lines]
    return [(len(line["pages"]), line["why"]) for line in document if line["kind"] == "refused"]


def fine(response: Response) -> Flaw | None:
    return None


def letters_on(body: bytes) -> Sequence[Record]:
    """A record per letter; only those in capitals have their title. Digits are no records."""
    letters = [letter for letter in body.decode() if letter.isalpha()]
    return [
        Record(source="letters", source_id=name.lower(), title="T" if name.isupper() else None)
        for name in letters
    ]


def whole(pages: RunPages) -> bytes:
    return ask_for_whole(pages, LETTERS, fine, letters_on, where="Letters").body


def test_a_stored_page_that_is_no_answer_by_now_is_refused_and_asked_for_again(
    tmp_path: Path,
) -> None:
    heard: list[Response] = []

    def strict(response: Response) -> Flaw | None:
        heard.append(response)
        if response.body == b"old":
            return Flaw(what="answered in the old form", hint="ask again")
        return None

    with answers_of(tmp_path, "old", "new") as pages:
        stored = pages.get(LETTERS)
    with answers_of(tmp_path, "new") as pages:
        with pytest.raises(NotARealAnswer) as answer:
            ask(pages, LETTERS, strict, where="Letters")
        error = answer.value
        assert (error.what, error.where, error.hint) == (
            "answered in the old form",
            "Letters",
            "ask again",
        )
        assert heard == [
            Response(
                request=LETTERS,
                status=200,
                headers={},
                body=b"old",
                received_at=stored.ref.retrieved_at,
            )
        ]
        assert reasons_of_refusal(pages) == [(1, "answered in the old form")]
        assert ask(pages, LETTERS, strict, where="Letters").body == b"new"


def test_what_came_before_in_the_same_words_is_taken(tmp_path: Path) -> None:
    with answers_of(tmp_path, "aB", "Ab", "aB 2") as pages:
        assert whole(pages) == b"aB 2"
        less = "sent records with less than is known of them: "
        assert reasons_of_refusal(pages) == [(1, f"{less}a"), (1, f"{less}b")]


def test_where_nothing_is_known_or_the_page_is_a_known_one_nothing_is_lost(tmp_path: Path) -> None:
    with answers_of(tmp_path, "ab") as pages:
        pages.earlier = None
        assert whole(pages) == b"ab"
    with answers_of(tmp_path, "ab") as pages:
        pages.earlier = Earlier(pages={pages.get(LETTERS).ref.sha256})
        assert whole(pages) == b"ab"
        assert reasons_of_refusal(pages) == []


def test_after_four_answers_that_each_lack_something_else_it_is_an_error(tmp_path: Path) -> None:
    with answers_of(tmp_path, "aBC", "AbC", "ABc", "abcdefg", "ABC") as pages:
        with pytest.raises(NotARealAnswer) as answer:
            whole(pages)
        less = "sent records with less than is known of them: "
        assert [why for _, why in reasons_of_refusal(pages)] == [
            f"{less}a",
            f"{less}b",
            f"{less}c",
            f"{less}a, b, c, d, e",
        ]
        assert (answer.value.what, answer.value.where) == (f"{less}a, b, c, d, e", "Letters")
        assert answer.value.hint.startswith("run again")


def test_a_flaw_is_told_with_where_it_was(tmp_path: Path) -> None:
    def never(response: Response) -> Flaw | None:
        return Flaw(what="answered nothing")

    with answers_of(tmp_path, "old") as pages:
        pages.get(LETTERS)
    with answers_of(tmp_path, "old") as pages, pytest.raises(NotARealAnswer) as answer:
        ask_for_whole(pages, LETTERS, never, letters_on, where="Letters")
    assert answer.value.where == "Letters"


def test_why_pages_are_refused_stands_in_the_journal(tmp_path: Path) -> None:
    with answers_of(tmp_path, "ab") as pages:
        page = pages.get(LETTERS)
        error = refused(pages, [page.ref], "named too few", where="Letters", hint="wait")
        assert (error.what, error.where, error.hint) == ("named too few", "Letters", "wait")
        pages.get(LETTERS)
        pages.earlier = Earlier(counted=1200)
        with pytest.raises(SteepFall):
            check_fall(pages, 2, where="Letters")
        fall = "counted 2 records where the same search counted 1,200 before"
        assert reasons_of_refusal(pages) == [(1, "named too few"), (1, fall)]
