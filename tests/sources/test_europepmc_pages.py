"""Europe PMC page by page, from answers that are written down: what ends its list, what is none."""

from typing import Any

import pytest

from reviewkit.importers.parsed_file import Problem
from reviewkit.model.errors import CutOff, NotARealAnswer, RemoteError
from reviewkit.model.records import CountUnit, Role, RunStatus
from reviewkit.query.compile import CompiledQuery
from reviewkit.query.dialects.europepmc import SYNONYMS
from reviewkit.sources.europepmc import (
    count_once,
    read_core,
    read_dois,
    records,
    search,
    search_page,
)
from reviewkit.sources.page_source import ListBrokeOff
from tests.helpers.scripted import (
    LASTS,
    PASSES,
    ExpectedFlaw,
    LeftToTransport,
    ScriptedPages,
    Titled,
    flaw_in,
    flaw_of,
)
from tests.servers.europepmc_server import result

QUERY = CompiledQuery(source="europepmc", strategy="main", text='"gut"')
RAN = {"queryString": "gut as it was run"}


def page(*numbers: int, count: object, following: str | None = None, **more: Any) -> Any:
    """A page with these records, of a list of so many."""
    results = [result(number) for number in numbers]
    said: dict[str, Any] = {"hitCount": count, "resultList": {"result": results}, "request": RAN}
    if following:
        said["nextCursorMark"] = following
    return said | more


def names(*numbers: int) -> tuple[str, ...]:
    return tuple(f"MED:{number}" for number in numbers)


def listed(*answers: object) -> tuple[tuple[str, ...], ScriptedPages]:
    """What these pages list; all of them are asked for, and no more."""
    pages = ScriptedPages(answers)
    run = search(pages, QUERY)
    assert len(pages.requests) == len(answers)
    assert pages.complete
    return run.identifiers, pages


def test_each_page_goes_on_where_the_last_one_ended() -> None:
    found, pages = listed(
        page(1, 2, count=5, following="a"), page(3, 4, count=5, following="b"), page(5, count=5)
    )
    assert found == names(1, 2, 3, 4, 5)
    assert pages.asked("cursorMark", "pageSize") == [("*", "500"), ("a", "500"), ("b", "500")]


def test_after_as_many_as_were_counted_no_page_is_asked_for() -> None:
    assert listed(page(1, 2, count=2, following="a"))[0] == names(1, 2)
    assert listed(page(1, count=2, following="a"), page(2, count=2, following="b"))[0] == names(
        1, 2
    )


def test_the_run_says_what_was_asked_counted_and_received() -> None:
    pages = ScriptedPages([page(1, count=2, following="a"), page(2, count=2)])
    run = search(pages, QUERY)
    assert (run.source, run.role, run.strategy, run.query) == (
        "europepmc",
        Role.DATABASE,
        "main",
        '"gut"',
    )
    assert (run.count, run.received, run.warnings, len(run.pages)) == (2, 2, (), 2)
    assert (run.searched_at, run.translation) == ("2026-11-01T12:00:01Z", "gut as it was run")
    assert run.endpoint == "https://service.invalid/"
    assert (run.status, run.count_unit) == (RunStatus.COMPLETE, CountUnit.RECORDS)


def test_identifiers_alone_are_asked_for_as_such() -> None:
    pages = ScriptedPages([page(1, count=1)])
    run = search(pages, QUERY, fetch=False)
    assert (run.count, run.received, run.identifiers) == (1, None, names(1))
    assert pages.asked("resultType") == [("idlist",)]


def test_nothing_is_believed_when_it_was_said_twice() -> None:
    found, pages = listed(page(count=0), page(count=0))
    assert found == ()
    assert pages.asked("cursorMark") == [("*",), ("*",)]


def test_what_was_nothing_first_and_something_then_is_something() -> None:
    assert listed(page(count=0), page(1, count=1))[0] == names(1)


def test_a_list_that_ends_early_is_refused() -> None:
    for last in ({}, {"nextCursorMark": "a"}):
        pages = ScriptedPages([page(1, count=3, following="a"), page(2, count=3) | last])
        with pytest.raises(NotARealAnswer, match="stopped its list after 2 of 3 records") as error:
            search(pages, QUERY)
        assert (error.value.where, pages.used) == ("Europe PMC", ())
        assert not pages.complete


def test_a_list_that_names_one_twice_is_read_three_times_and_refused() -> None:
    once = [page(1, 2, count=3, following="a"), page(2, count=3)]
    pages = ScriptedPages(once * 3)
    with pytest.raises(NotARealAnswer) as error:
        search(pages, QUERY)
    assert error.value.what == (
        "named 2 different records where it counted 3: the others did not come"
    )
    assert len(pages.requests) == 6


def test_a_stored_run_has_the_readings_that_it_has() -> None:
    once = [page(1, 2, count=3, following="a"), page(2, count=3)]
    stored = ScriptedPages(once, complete=True)
    with pytest.raises(NotARealAnswer, match="named 2 different records where it counted 3"):
        search(stored, QUERY)
    assert len(stored.requests) == 2
    assert search(ScriptedPages([page(count=0)], complete=True), QUERY).count == 0


def test_a_second_reading_that_brings_the_rest_is_enough() -> None:
    first = [page(1, 2, count=3, following="a"), page(2, count=3)]
    second = [page(2, 3, count=3, following="a"), page(3, count=3)]
    assert set(listed(*first, *second)[0]) == set(names(1, 2, 3))


def test_a_reading_that_is_whole_stands_for_itself() -> None:
    """What an earlier one named beside it is not on the list any more."""
    first = [page(1, 9, count=3, following="a"), page(9, count=3)]
    second = [page(1, 2, count=3, following="a"), page(3, count=3)]
    assert listed(*first, *second)[0] == names(1, 2, 3)


def test_of_uneven_pages_a_second_reading_must_agree() -> None:
    uneven = [page(1, count=3, following="a"), page(2, 3, count=3)]
    assert listed(*uneven, *uneven)[0] == names(1, 2, 3)


def test_an_empty_cursor_or_a_page_without_news_ends_a_list_that_is_all_listed() -> None:
    """As many entries as are counted, one of them twice: it is read again, not beyond its end."""
    once = [page(1, 2, count=3, following="a"), page(2, count=3, following="b")]
    again = [page(1, 2, count=3, following="a"), page(3, count=3, following="b")]
    assert listed(*once, *again)[0] == names(1, 2, 3)


def test_a_count_that_moves_is_told_and_the_largest_of_a_reading_is_wanted() -> None:
    grows = [page(1, 2, count=3, following="a"), page(3, 4, count=4)]
    pages = ScriptedPages(grows)
    run = search(pages, QUERY)
    assert (run.count, run.identifiers) == (4, names(1, 2, 3, 4))
    assert run.warnings == ("the count moved from 3 to 4 while records were fetched",)

    shrinks = [page(1, 2, count=4, following="a"), page(3, count=3)]
    with pytest.raises(NotARealAnswer):
        search(ScriptedPages(shrinks * 3), QUERY)


def test_who_waits_sees_how_far_it_is() -> None:
    seen: list[tuple[int, int]] = []
    pages = ScriptedPages([page(1, 2, count=3, following="a"), page(3, count=3)])
    search(pages, QUERY, progress=lambda done, whole: seen.append((done, whole)))
    assert seen == [(2, 3), (3, 3)]


def test_a_page_that_does_not_come_whole_is_asked_for_in_quarters() -> None:
    pages = ScriptedPages([CutOff("cut off", where="x"), page(1, count=1)])
    assert search(pages, QUERY).count == 1
    assert pages.asked("pageSize") == [("500",), ("125",)]


NAMES = ("MED:1",)


def test_a_page_with_less_than_is_known_is_asked_for_again() -> None:
    poor = dict(result(1)) | {"title": None}
    less = page(count=1, resultList={"result": [poor]})
    pages = ScriptedPages([less, page(1, count=1)], earlier=Titled(NAMES))
    run = search(pages, QUERY)
    (record,) = records(run, pages)
    assert record.title

    names_alone = ScriptedPages([less], earlier=Titled(NAMES))
    assert search(names_alone, QUERY, fetch=False).identifiers == names(1)


def test_a_count_far_below_the_one_before_is_refused() -> None:
    pages = ScriptedPages([page(1, count=1)], earlier=Titled(NAMES, counted=900))
    with pytest.raises(NotARealAnswer, match="counted 1 records where the same") as error:
        search(pages, QUERY)
    assert error.value.where == "Europe PMC"


NO_ID = flaw_of("sent a record without an identifier", PASSES, 2)
NO_LIST = flaw_of("answered without a count or a list")


def failed(what: str, passes: bool) -> ExpectedFlaw:
    return flaw_of(f"answered with an error: {what}", passes, 4, RemoteError)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (b" \n", flaw_of("answered with an empty body")),
        (b" <html>", flaw_of("answered with a web page", PASSES, 4)),
        (b'{"a":', flaw_of("answered with JSON that is cut off or broken")),
        (b"[]", flaw_of("answered with JSON that is no result")),
        ({}, NO_LIST),
        (page(count="1.5"), NO_LIST),
        (page(count=None), NO_LIST),
        (page(count=1, resultList=[]), NO_LIST),
        (page(count=1, resultList={"result": {}}), NO_LIST),
        (page(count=1, resultList={"result": ["x"]}), NO_ID),
        (page(count=1, resultList={"result": [{"id": "1"}]}), NO_ID),
        (page(count=1, resultList={"result": [{"source": "MED"}]}), NO_ID),
        (page(1, 2, count=1), flaw_of("counted 1 records and sent 2")),
        (
            page(count=1),
            flaw_of("counted 1 records and sent none after 0", PASSES, 4, ListBrokeOff),
        ),
        ({"errCode": 404, "errMsg": "bad \n query"}, failed("bad query", LASTS)),
        ({"errCode": 399, "errMsg": "x"}, failed("x", PASSES)),
        ({"errCode": 400, "errMsg": "x"}, failed("x", LASTS)),
        ({"errCode": 499, "errMsg": "x"}, failed("x", LASTS)),
        ({"errCode": 500, "errMsg": "x"}, failed("x", PASSES)),
        ({"errCode": 408}, failed("408", PASSES)),
        ({"errMsg": "x"}, failed("x", PASSES)),
        ({"errCode": 429, "error": "slow"}, failed("slow", PASSES)),
        ({"error": "y" * 241}, failed("y" * 240, PASSES)),
        (page(1, 2, count=2), None),
    ],
)
def test_what_is_no_answer_and_whether_it_may_pass(said: object, why: ExpectedFlaw | None) -> None:
    assert flaw_in(lambda pages: search(pages, QUERY), said) == why


def test_a_page_that_is_empty_before_the_end_is_a_list_that_broke_off() -> None:
    first = page(1, count=2, following="a")
    assert flaw_in(lambda pages: search(pages, QUERY), first, page(count=2)) == flaw_of(
        "counted 2 records and sent none after 1", PASSES, 4, ListBrokeOff
    )
    broken = ScriptedPages([first, ListBrokeOff("sent none after 1", where="x")])
    with pytest.raises(NotARealAnswer, match="sent none after 1") as error:
        search(broken, QUERY)
    assert "the list is asked for anew" in (error.value.hint or "")
    assert broken.used == ()


def test_a_status_that_says_it_all_is_left_to_the_transport() -> None:
    with pytest.raises(LeftToTransport):
        search(ScriptedPages([(300, b"no answer")]), QUERY)


UNREADABLE = CompiledQuery(source="europepmc", strategy="main", text='("gut"')


def test_a_query_that_cannot_be_read_is_named_where_it_brings_nothing_or_an_error() -> None:
    zero = flaw_in(lambda pages: search(pages, UNREADABLE), page(count=0))
    assert zero is not None
    assert zero[0].startswith("answered 0 to a query that cannot be read: ")
    assert zero[1:] == (LASTS, None, NotARealAnswer)
    error = flaw_in(lambda pages: search(pages, UNREADABLE), {"errCode": 500, "errMsg": "x"})
    assert error == failed("x", LASTS)
    assert search(ScriptedPages([page(1, count=1)]), UNREADABLE).count == 1


@pytest.mark.parametrize(
    ("length", "method"), [(1500, "GET europepmc/search?"), (1501, "POST europepmc/searchPOST?")]
)
def test_a_long_query_goes_by_post(length: int, method: str) -> None:
    pages = ScriptedPages([page(1, count=1)])
    search(pages, CompiledQuery(source="europepmc", strategy="main", text="x" * length))
    assert pages.requests[0].text.startswith(f"{method}query=xxx")


@pytest.mark.parametrize(("parameters", "wanted"), [((), "false"), (SYNONYMS, "true")])
def test_what_is_asked_for(parameters: tuple[tuple[str, str], ...], wanted: str) -> None:
    pages = ScriptedPages([page(1, count=1)])
    query = CompiledQuery(source="europepmc", strategy="main", text='"gut"', parameters=parameters)
    search(pages, query)
    assert pages.requests[0].text == (
        f'GET europepmc/search?query="gut"&resultType=core&synonym={wanted}&cursorMark=*'
        "&pageSize=500&format=json"
    )
    assert search_page(query) == "https://europepmc.org/search?query=%22gut%22"


@pytest.mark.parametrize(
    ("request_part", "translation"),
    [
        ({"queryString": "a", "query": "b"}, "a"),
        ({"query": "b"}, "b"),
        ({}, None),
        ("x", None),
    ],
)
def test_the_query_as_it_was_run(request_part: object, translation: str | None) -> None:
    run = search(ScriptedPages([page(1, count=1, request=request_part)]), QUERY)
    assert run.translation == translation


def test_the_count_and_its_first_pmids_are_one_request() -> None:
    preprint = result(2, source="PPR")
    said = page(count=4, resultList={"result": [result(1), preprint, result(3), result(4)]})
    pages = ScriptedPages([said])
    counted = count_once(pages, '"gut"', 2)
    assert (counted.count, counted.ids, counted.translation) == (4, ("1", "3"), RAN["queryString"])
    assert (counted.is_whole, counted.warnings, pages.complete) == (True, (), True)
    assert pages.asked("resultType", "cursorMark", "pageSize") == [("idlist", "*", "500")]
    assert not count_once(ScriptedPages([page(1, count=2)]), '"gut"', 2).is_whole
    broken = flaw_in(lambda pages: count_once(pages, '"gut"', 2), page(count=2))
    assert broken is not None


def test_whole_records_and_their_dois_leave_the_run_open() -> None:
    pages = ScriptedPages([page(9, count=1)])
    assert read_core(pages, QUERY) == {"MED:9"}
    assert not pages.complete
    with_doi = page(count=2, resultList={"result": [result(1, doi="10.1000/A"), result(2)]})
    pages = ScriptedPages([page(9, count=1), with_doi])
    read_core(pages, QUERY)
    assert read_dois(pages, QUERY) == {"MED:1": "10.1000/a", "MED:2": ""}


def test_the_records_are_those_of_the_list_each_once_and_their_problems_are_told() -> None:
    strange = result(3, pubYear="sometime", journalInfo={})
    last = page(count=3, resultList={"result": [result(2), strange]})
    pages = ScriptedPages([page(1, 2, count=3, following="a"), last])
    run = search(pages, QUERY)
    problems: list[Problem] = []
    read = list(records(run, pages, on_problem=problems.append))
    assert tuple(record.source_id for record in read) == names(1, 2, 3)
    assert {record.source for record in read} == {"europepmc"}
    assert list(records(run, pages)) == read
