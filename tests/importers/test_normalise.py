"""Printed values made comparable: dates, pages, ISSN; nothing is guessed."""

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.importers.normalise import (
    first_and_last_page,
    is_same_line,
    iso_date,
    issns_of,
    one_line,
    page_range,
)
from reviewkit.model.text import escape, unescape


@pytest.mark.parametrize(
    ("printed", "wanted"),
    [
        ("2024", "2024"),
        ("2024///", "2024"),
        ("2001/09/01/", "2001-09-01"),
        ("2019/06//", "2019-06"),
        ("2021/07//Jul-Sep2021", "2021-07"),
        ("2021/04", "2021-04"),
        ("1990/00", "1990"),
        ("20220622", "2022-06-22"),
        ("202206", "2022-06"),
        ("2024-10-03T12:00:00", "2024-10-03"),
        ("2024 Oct 3", "2024-10-03"),
        ("2024 Oct", "2024-10"),
        ("4 Feb 2014", "2014-02-04"),
        ("May 28, 2024", "2024-05-28"),
        ("3 de outubro de 2024", "2024-10-03"),
        ("15 ene. 2020", "2020-01-15"),
        ("Dez. 2019", "2019-12"),
        ("MAR 2023", "2023-03"),
        ("1979 Mar-Apr", "1979"),
        ("Winter 2020", "2020"),
        ("2023 Nov-2024 Feb", "2023"),
        ("25/12/2020", "2020-12-25"),
        ("12/25/2020", "2020-12-25"),
        ("04/05/2020", "2020"),
        ("2024-02-31", "2024-02"),
        ("2024-13-01", "2024"),
        ("in press", None),
        ("", None),
        ("0000", None),
    ],
)
def test_dates_are_as_precise_as_they_are_certain(printed: str, wanted: str | None) -> None:
    assert iso_date(printed) == wanted


def test_a_date_without_a_year_takes_the_one_beside_it() -> None:
    assert iso_date("SEP 22", year=2010) == "2010-09-22"
    assert iso_date("JUL-AUG", year=2010) == "2010"


@given(st.text(max_size=40))
def test_no_text_makes_a_date_that_is_none(printed: str) -> None:
    date = iso_date(printed)
    assert date is None or re.fullmatch(r"\d{4}(-(0[1-9]|1[0-2])(-\d\d)?)?", date)


@pytest.mark.parametrize(
    ("printed", "wanted"),
    [
        ("117-26", "117-126"),
        ("1279‐1297", "1279-1297"),
        ("15--37", "15-37"),
        ("500 - 510", "500-510"),
        ("pp. 3–9", "3-9"),
        ("S12-5", "S12-S15"),
        ("S12-S15", "S12-S15"),
        ("e12292", "e12292"),
        ("431-456, 791-823", "431-456, 791-823"),
        ("20-11", "20-11"),
        ("xiv-xx", "xiv-xx"),
    ],
)
def test_page_ranges_are_whole(printed: str, wanted: str) -> None:
    assert page_range(printed) == wanted
    assert page_range(wanted) == wanted


def test_the_ends_of_a_range() -> None:
    assert first_and_last_page("117-26") == ("117", "126")
    assert first_and_last_page("e12292") == ("e12292", None)
    assert first_and_last_page("431-456, 791-823") == ("431-456, 791-823", None)


@pytest.mark.parametrize(
    ("printed", "wanted"),
    [
        ("20411723 (ISSN)", ("2041-1723",)),
        ("0905-4383 (Print)\n1600-0781", ("0905-4383", "1600-0781")),
        ('["1932-8494", "1932-8486"]', ("1932-8494", "1932-8486")),
        ("0102-311x", ("0102-311X",)),
        ("978-1-5090-3918-0", ()),
        ("9781509039180", ()),
        ("none", ()),
    ],
)
def test_issns_but_no_isbns(printed: str, wanted: tuple[str, ...]) -> None:
    assert issns_of(printed) == wanted


@given(st.text(max_size=60))
def test_escaped_text_reads_as_it_was(text: str) -> None:
    assert unescape(escape(text)) == text
    assert one_line(escape(one_line(escape(text)))) == one_line(escape(text))


def test_a_link_is_no_entity() -> None:
    assert unescape("?a=1&lang=es&copy=2&amp;x=3") == "?a=1&lang=es&copy=2&x=3"


def test_the_same_line_is_known_by_its_first_word() -> None:
    parts = ("", "a", " ", "\xa0", "&#32;")
    texts = list(map("".join, itertools.product(parts, repeat=3)))
    for one, other in itertools.product(texts, texts):
        assert is_same_line(one, other) == (one_line(one) == one_line(other)), (one, other)


@given(st.from_regex(r"[0-9]{1,4}-[0-9]{1,4}", fullmatch=True))
def test_whole_pages_are_known_at_once(pages: str) -> None:
    assert page_range(pages) == page_range(f"p. {pages}")
