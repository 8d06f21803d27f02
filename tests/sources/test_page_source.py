"""What all lists are judged by: numbers, even pages, bodies that cannot be read."""

from pathlib import Path

import pytest

from reviewkit.http import Request
from reviewkit.sources.page_source import are_even, broken_json, is_number, may_ask_again
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
