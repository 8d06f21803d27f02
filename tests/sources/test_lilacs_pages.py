"""LILACS page by page, from answers that are written down: what ends its list, and what is none."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from reviewkit.importers.parsed_file import Problem
from reviewkit.model.errors import CutOff, NotARealAnswer, RemoteError
from reviewkit.model.records import CountUnit, Role, RunStatus
from reviewkit.query.compile import CompiledQuery
from reviewkit.sources.bvs import API, PORTAL, Door, ask_page, portal_page
from reviewkit.sources.lilacs import records, search
from reviewkit.sources.lilacs_count import count_once
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
from tests.servers.bvs_server import document

QUERY = CompiledQuery(
    source="lilacs", strategy="main", text='ti:("gut")', parameters=(("filter", "x"),)
)
RAN = {"status": 0, "params": {"q": "gut", "fq": ["db:LILACS", ""]}}


def page(
    *numbers: int, count: object, start: int | None = None, docs: Sequence[Any] | None = None
) -> Any:
    """A page with these records, of a list of so many entries."""
    listed = [document(number) for number in numbers] if docs is None else docs
    return said(numFound=count, start=start, docs=listed)


def said(header: object = RAN, **response: Any) -> Any:
    return {"diaServerResponse": [{"responseHeader": header, "response": response}]}


def names(*numbers: int) -> tuple[str, ...]:
    return tuple(f"biblio-{number}" for number in numbers)


def listed(*answers: object, **options: Any) -> tuple[tuple[str, ...], ScriptedPages]:
    """What these pages list; all of them are asked for, and no more."""
    pages = ScriptedPages(answers)
    run = search(pages, QUERY, **options)
    assert len(pages.requests) == len(answers)
    assert pages.complete
    return run.identifiers, pages


def test_each_page_begins_where_the_last_one_ended() -> None:
    found, pages = listed(
        page(1, 2, count=5, start=0), page(3, 4, count=5, start=2), page(5, count=5, start=4)
    )
    assert found == names(1, 2, 3, 4, 5)
    assert pages.asked("from", "count") == [("0", "100"), ("2", "100"), ("4", "100")]


def test_where_no_start_is_said_it_is_the_one_that_was_asked_for() -> None:
    found, pages = listed(page(1, 2, count=3), page(3, count=3))
    assert (found, pages.asked("from")) == (names(1, 2, 3), [("0",), ("2",)])


def test_the_portal_counts_from_one() -> None:
    answers = [page(1, 2, count=3, start=0), page(3, count=3, start=2)]
    found, pages = listed(*answers, portal=True)
    assert (found, pages.asked("from")) == (names(1, 2, 3), [("1",), ("3",)])
    assert pages.requests[0].text.startswith("GET bvs_portal/portal/?")


def test_a_list_that_begins_one_late_is_asked_for_one_earlier() -> None:
    """The service counts from one although it should from nought: nothing may be skipped."""
    late = [page(2, count=3, start=1), page(1, 2, count=3, start=0)]
    found, pages = listed(*late, page(3, count=3, start=2), portal=True)
    assert (found, pages.asked("from")) == (names(1, 2, 3), [("1",), ("0",), ("2",)])


def test_a_list_that_cannot_be_made_to_begin_is_refused() -> None:
    pages = ScriptedPages([page(2, count=3, start=1)])
    with pytest.raises(NotARealAnswer, match="begins its list at 1 where 0 was asked for") as error:
        search(pages, QUERY)
    assert (error.value.where, pages.used) == ("BVS", ())
    assert "if it stays" in (error.value.hint or "")


def test_a_list_that_stays_late_is_asked_for_three_times() -> None:
    first, late = page(1, 2, 3, 4, 5, count=9, start=0), page(7, count=9, start=6)
    pages = ScriptedPages([first, late, late, late])
    with pytest.raises(NotARealAnswer, match="begins its list at 6 where 5 was asked for"):
        search(pages, QUERY)
    assert pages.asked("from") == [("0",), ("5",), ("4",), ("3",)]
    # Each page that fits begins the counting anew.
    fits = page(6, count=9, start=5)
    later = page(9, count=9, start=8)
    again = [first, late, late, fits, later, later, page(7, 8, 9, count=9, start=6)]
    run = search(pages := ScriptedPages([*again, *again]), QUERY)
    assert run.identifiers[:6] == names(1, 2, 3, 4, 5, 6)
    assert pages.asked("from")[:7] == [
        ("0",), ("5",), ("4",), ("3",), ("4",), ("2",), ("0",),
    ]  # fmt: skip


def test_pages_that_overlap_bring_each_record_once_and_the_next_begins_later() -> None:
    found, pages = listed(
        page(1, 2, count=5, start=0), page(2, 3, count=5, start=1), page(4, 5, count=5, start=3)
    )
    assert (found, pages.asked("from")) == (names(1, 2, 3, 4, 5), [("0",), ("2",), ("4",)])


def test_the_run_says_what_was_asked_counted_and_received() -> None:
    pages = ScriptedPages([page(1, count=2, start=0), page(2, count=2, start=1)])
    run = search(pages, QUERY)
    assert (run.source, run.role, run.strategy) == ("lilacs", Role.DATABASE, "main")
    assert run.status is RunStatus.COMPLETE
    assert run.query == 'ti:("gut") & filter=x'
    assert (run.count, run.count_unit, run.received) == (2, CountUnit.ENTRIES, 2)
    assert (run.warnings, len(run.pages)) == ((), 2)
    assert (run.searched_at, run.translation) == ("2026-11-01T12:00:01Z", "gut AND db:LILACS")
    assert run.endpoint == "https://service.invalid/"


def test_the_count_alone_is_one_record_of_one_page() -> None:
    pages = ScriptedPages([page(1, count=250, start=0)])
    run = search(pages, QUERY, fetch=False)
    assert (run.count, run.received, run.identifiers) == (250, None, ())
    assert pages.asked("from", "count") == [("0", "1")]


def test_nothing_is_believed_when_it_was_said_twice() -> None:
    found, pages = listed(page(count=0), page(count=0))
    assert (found, pages.asked("from")) == ((), [("0",), ("0",)])
    assert listed(page(count=0), page(1, count=1))[0] == names(1)


def test_a_list_that_ends_early_is_refused() -> None:
    ended = [page(1, 2, count=3, start=0), page(2, count=3, start=1)]
    pages = ScriptedPages(ended)
    with pytest.raises(NotARealAnswer, match="stopped its list after 2 of 3 records"):
        search(pages, QUERY)
    assert not pages.complete


def test_entries_that_come_twice_are_read_again_until_nothing_new_comes() -> None:
    once = [page(1, 2, count=4, start=0), page(2, 3, count=4, start=2)]
    pages = ScriptedPages(once * 4)
    with pytest.raises(NotARealAnswer) as error:
        search(pages, QUERY)
    assert error.value.what == "counted 4 records and listed 3 different ones in 4 readings"
    # Each reading cuts the list elsewhere.
    assert [size for _, size in pages.asked("from", "count")] == [
"100", "100", "87", "87", "74", "74", "61", "61",
    ]  # fmt: skip


def test_a_reading_that_brings_something_new_is_not_in_vain() -> None:
    readings: list[Any] = []
    for number in (3, 3, 3, 4, 4):
        readings += [page(1, 2, count=5, start=0), page(2, number, 2, count=5, start=2)]
    last = [page(1, 2, count=5, start=0), page(3, 4, 5, count=5, start=2)]
    found, pages = listed(*readings[2:], *last, *last)
    assert set(found) == set(names(1, 2, 3, 4, 5))
    assert len(pages.requests) == 12


def test_of_uneven_pages_a_second_reading_must_agree() -> None:
    uneven = [page(1, count=3, start=0), page(2, 3, count=3, start=1)]
    found, pages = listed(*uneven, *uneven)
    assert (found, len(pages.requests)) == (names(1, 2, 3), 4)
    other = [page(1, count=3, start=0), page(2, 4, count=3, start=1)]
    assert listed(*uneven, *other, *other)[0] == names(1, 2, 4)


def test_a_count_that_moves_begins_the_proof_anew_and_is_told() -> None:
    moved = [page(1, 2, count=3, start=0), page(3, 4, count=4, start=2)]
    calm = [page(1, 2, count=4, start=0), page(3, 4, count=4, start=2)]
    pages = ScriptedPages([*moved, *calm])
    run = search(pages, QUERY)
    assert (run.count, run.identifiers) == (4, names(1, 2, 3, 4))
    assert run.warnings == ("the count moved from 3 to 4 while records were fetched",)


def test_a_count_that_moved_in_an_earlier_reading_is_told() -> None:
    moved = [page(1, 2, count=3, start=0), page(3, 4, count=4, start=2)]
    uneven = [page(1, count=4, start=0), page(2, 3, 4, count=4, start=1)]
    run = search(ScriptedPages([*moved, *uneven, *uneven]), QUERY)
    assert run.warnings == ("the count moved from 3 to 4 while records were fetched",)


def stored(door: Door, count: int) -> str:
    """The text of the request for a first page of so many entries through a door."""
    return ask_page(door, QUERY, first=door.first, count=count).text


def test_a_stored_run_goes_through_the_door_and_in_the_size_that_it_came_by() -> None:
    for held, portal, service, size in (
        ({stored(PORTAL, 25)}, False, "bvs_portal", "25"),
        ({stored(API, 6)}, True, "bvs", "6"),
        ({stored(API, 100), stored(PORTAL, 100)}, True, "bvs_portal", "100"),
        ({stored(API, 100), stored(PORTAL, 100)}, False, "bvs", "100"),
        ({stored(API, 100), stored(PORTAL, 25)}, True, "bvs", "100"),
    ):
        pages = ScriptedPages([page(1, count=1)], stored=frozenset(held))
        search(pages, QUERY, portal=portal)
        assert (pages.requests[0].service, pages.asked("count")) == (service, [(size,)])


def test_a_stored_run_has_the_readings_that_it_has() -> None:
    once = [page(1, 2, count=4, start=0), page(2, 3, count=4, start=2)]
    with pytest.raises(NotARealAnswer, match="3 different ones in 1 readings"):
        search(ScriptedPages(once, complete=True), QUERY)
    # Its next reading is in pages of 87, and that one is there.
    held = frozenset({stored(API, 87)})
    calm = [page(1, 2, count=4, start=0), page(3, 4, count=4, start=2)]
    assert search(ScriptedPages([*once, *calm], complete=True, stored=held), QUERY).count == 4


def test_a_stored_zero_was_said_as_often_as_it_was_said() -> None:
    pages = ScriptedPages([page(count=0)], complete=True)
    assert search(pages, QUERY).count == 0


def test_a_record_of_two_collections_is_two_entries_and_one_record() -> None:
    copies = [document(1), document(1, databases=("BDENF", "LILACS")), document(2)]
    run = search(ScriptedPages([page(count=3, docs=copies)]), QUERY)
    assert (run.count, run.received, run.identifiers) == (3, 2, names(1, 2))
    assert run.warnings == (
        "BVS listed 3 entries of 2 records; copies in further collections were put together",
    )


def test_records_of_other_databases_are_left_out_and_named() -> None:
    docs = [
        document(1),
        document(4, databases=("MEDLINE", "BDENF")),
        document(2, databases=("lilacs", "x")),
        document(3, databases=()),
    ]
    pages = ScriptedPages([page(count=4, docs=docs)])
    run = search(pages, QUERY)
    assert (run.identifiers, run.received) == (names(1, 2, 3), 3)
    assert run.warnings == (
        "1 record of other databases left out, because BVS did not keep to LILACS: "
        "biblio-4 (MEDLINE, BDENF)",
    )
    assert tuple(record.source_id for record in records(run, pages)) == names(1, 2, 3)


@pytest.mark.parametrize(("more", "named"), [(20, "biblio-20 (X)"), (21, "and 1 more")])
def test_twenty_that_are_left_out_are_named(more: int, named: str) -> None:
    docs = [document(number, databases=("X",)) for number in range(1, more + 1)]
    run = search(ScriptedPages([page(count=more, docs=docs)]), QUERY)
    (warning,) = run.warnings
    assert warning.endswith(f", {named}")
    assert ("biblio-20 (X)" in warning, "biblio-21 (X)" in warning) == (True, False)


def test_who_waits_sees_how_far_it_is() -> None:
    seen: list[tuple[int, int]] = []
    pages = ScriptedPages([page(1, 2, count=3, start=0), page(3, count=3, start=2)])
    search(pages, QUERY, progress=lambda done, whole: seen.append((done, whole)))
    assert seen == [(2, 3), (3, 3)]


def test_a_page_that_does_not_come_whole_is_asked_for_in_quarters() -> None:
    pages = ScriptedPages([CutOff("cut off", where="x"), page(1, count=1, start=0)])
    assert search(pages, QUERY).count == 1
    assert pages.asked("count") == [("100",), ("25",)]


NAMES = ("biblio-1",)


def test_a_page_with_less_than_is_known_is_asked_for_again() -> None:
    poor = {name: value for name, value in document(1).items() if name != "ti"}
    pages = ScriptedPages([page(count=1, docs=[poor]), page(1, count=1)], earlier=Titled(NAMES))
    (record,) = records(search(pages, QUERY), pages)
    assert record.title


def test_a_count_far_below_the_one_before_is_refused() -> None:
    with pytest.raises(NotARealAnswer, match="where the same search counted 900") as error:
        search(ScriptedPages([page(1, count=1)], earlier=Titled(NAMES, counted=900)), QUERY)
    assert error.value.where == "LILACS"


NO_LIST = flaw_of("answered without a count or a list")
NO_ID = flaw_of("sent a record without an identifier", PASSES, 2)
NO_RESULT = flaw_of("answered without a result", PASSES, 4)
UNSURE = flaw_of("answered 0 without the query that it ran, so it may not have searched")


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"\xef\xbb\xbf \n", flaw_of("answered with an empty body")),
        (b"<html>just a moment", flaw_of("answered with a challenge page for browsers", LASTS)),
        (b'{"b-cdn.net": 1}', flaw_of("answered with a challenge page for browsers", LASTS)),
        (b" <html>", flaw_of("answered with a web page", PASSES, 4)),
        (
            b"<html><TITLE lang='pt'>Erro\n 504</title>",
            flaw_of("answered with a web page (“Erro 504”)", PASSES, 4),
        ),
        (
            b"<title>Manuten\xe7\xe3o</title>",
            flaw_of("answered with a web page (“Manuten\ufffd\ufffdo”)", PASSES, 4),
        ),
        (b'{"a":', flaw_of("answered with JSON that is cut off or broken")),
        (b"[]", NO_RESULT),
        ({"diaServerResponse": []}, NO_RESULT),
        ({"diaServerResponse": [{"response": []}]}, NO_RESULT),
        (
            said({"status": 400}, numFound=1),
            flaw_of("answered with an error (status 400)", PASSES, 4),
        ),
        (said(docs=[]), NO_LIST),
        (said(numFound="x", docs=[]), NO_LIST),
        (said(numFound=1, docs={}), NO_LIST),
        (page(count=1, docs=["x"]), NO_ID),
        (page(count=2, docs=[document(1), {"id": " "}]), NO_ID),
        (
            said({"params": {"q": "*:*"}}, numFound=1, docs=[document(1)]),
            flaw_of("searched for everything: the query did not reach it", PASSES, 2),
        ),
        (page(1, 2, count=1), flaw_of("counted 1 records and sent 2")),
        (
            page(count=1),
            flaw_of("counted 1 records and sent none after 0", PASSES, None, ListBrokeOff),
        ),
        (said({"status": 0}, numFound=0, docs=[]), UNSURE),
        (said({"params": {"q": ""}}, numFound=0, docs=[]), UNSURE),
        (said([], numFound=0, docs=[]), UNSURE),
        (said({"params": []}, numFound=0, docs=[]), UNSURE),
        (page(1, count=1), None),
        (page(1, count="1"), None),
        ({"diaServerResponse": {"response": {"numFound": 1, "docs": [document(1)]}}}, None),
        ({"response": {"numFound": 1, "docs": [document(1)]}}, None),
    ],
)
def test_what_is_no_answer_and_whether_it_may_pass(
    answer: object, why: ExpectedFlaw | None
) -> None:
    assert flaw_in(lambda pages: search(pages, QUERY), answer) == why


def test_a_page_that_is_empty_before_the_end_is_a_list_that_broke_off() -> None:
    first = page(1, count=2, start=0)
    assert flaw_in(lambda pages: search(pages, QUERY), first, page(count=2, start=1)) == flaw_of(
        "counted 2 records and sent none after 1", PASSES, None, ListBrokeOff
    )
    broken = ScriptedPages([first, ListBrokeOff("sent none after 1", where="x")])
    with pytest.raises(NotARealAnswer, match="sent none after 1"):
        search(broken, QUERY)
    assert broken.used == ()


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_is_of_the_key_at_the_api_and_of_programs_at_the_portal(status: int) -> None:
    refused = (status, {"message": "no \n way"})
    assert flaw_in(lambda pages: search(pages, QUERY), refused) == flaw_of(
        f"refused the key (HTTP {status}): no way", LASTS, None, RemoteError
    )
    assert flaw_in(lambda pages: search(pages, QUERY, portal=True), refused) == flaw_of(
        f"refused the request (HTTP {status}): no way", LASTS, None, RemoteError
    )
    assert flaw_in(lambda pages: search(pages, QUERY), (status, "<html>")) == flaw_of(
        f"refused the key (HTTP {status})", LASTS, None, RemoteError
    )


def test_any_other_status_is_left_to_the_transport() -> None:
    with pytest.raises(LeftToTransport):
        search(ScriptedPages([(300, b"no answer")]), QUERY)


def test_a_query_that_cannot_be_read_is_named_where_nothing_comes() -> None:
    broken = CompiledQuery(source="lilacs", strategy="main", text='ti:("gut"')
    for answer, start in (
        (page(count=0), "answered 0 to a query that it cannot read: "),
        (b"[]", "could not read the query: "),
    ):
        found = flaw_in(lambda pages: search(pages, broken), answer)
        assert found is not None
        assert found[0].startswith(start)
        assert found[1:] == (LASTS, None, NotARealAnswer)
    assert search(ScriptedPages([page(1, count=1)]), broken).count == 1


def test_a_line_break_within_a_text_is_read_as_it_was_sent() -> None:
    raw = json.dumps(page(count=1, docs=[document(1, title="Obra#sobre")])).replace("#", "\n")
    pages = ScriptedPages([raw])
    (record,) = records(search(pages, QUERY), pages)
    assert record.title == "Obra sobre"


def test_everything_may_be_asked_for() -> None:
    everything = CompiledQuery(source="lilacs", strategy="main", text=" *:* ")
    answer = said({"params": {"q": "*:*"}}, numFound=1, docs=[document(1)])
    assert search(ScriptedPages([answer]), everything).translation == "*:*"


@pytest.mark.parametrize(
    ("parameters", "translation"),
    [
        ({"q": "gut", "fq": "db:x"}, "gut AND db:x"),
        ({"q": "gut", "fq": ["a", "", "b"]}, "gut AND a AND b"),
        ({"q": "gut"}, "gut"),
    ],
)
def test_the_query_as_it_was_run(parameters: object, translation: str) -> None:
    answer = said({"status": "0", "params": parameters}, numFound=1, docs=[document(1)])
    assert search(ScriptedPages([answer]), QUERY).translation == translation


def test_what_is_asked_for() -> None:
    pages = ScriptedPages([page(1, count=1)])
    search(pages, QUERY)
    assert pages.requests[0].text == (
        'GET bvs/references/v1/search/portal/?q=ti:("gut")&filter=x&from=0&count=100'
        "&sort=id asc&output=json&lang=en"
    )
    assert portal_page(QUERY) == (
        "https://pesquisa.bvsalud.org/portal/?q=ti%3A%28%22gut%22%29&filter=x&lang=en"
    )


def test_problems_of_a_record_are_told() -> None:
    pages = ScriptedPages([page(count=1, docs=[document(1, da="sometime")])])
    run = search(pages, QUERY)
    problems: list[Problem] = []
    (record,) = records(run, pages, on_problem=problems.append)
    assert all(isinstance(problem, Problem) for problem in problems)
    assert len(problems) == 1
    assert (record.source, record.source_id) == ("lilacs", "biblio-1")
    assert list(records(run, pages)) == [record]


@pytest.mark.parametrize(
    ("most", "asked"), [(0, "1"), (1, "1"), (7, "7"), (100, "100"), (101, "100")]
)
def test_the_count_of_a_query_and_its_first_records_are_one_request(most: int, asked: str) -> None:
    docs = [dict(document(1)) | {"id": "mdl-7"}, document(2)]
    pages = ScriptedPages([page(count=2, docs=docs)])
    counted = count_once(pages, 'ti:("gut")', most)
    assert (counted.count, counted.is_whole, counted.warnings) == (2, True, ())
    assert counted.translation == "gut AND db:LILACS"
    assert counted.records is not None
    assert len(counted.records) == 2
    assert {record.source for record in counted.records} == {"lilacs"}
    assert counted.ids == ("7",)
    assert pages.asked("q", "from", "count") == [('ti:("gut")', "0", asked)]
    assert pages.complete
    assert not count_once(ScriptedPages([page(1, count=2)]), "gut", most).is_whole


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (
            page(count=1),
            flaw_of("counted 1 records and sent none after 0", PASSES, None, ListBrokeOff),
        ),
        (
            (401, {"message": "no"}),
            flaw_of("refused the key (HTTP 401): no", LASTS, None, RemoteError),
        ),
        (
            said({"params": {"q": "*:*"}}, numFound=1, docs=[document(1)]),
            flaw_of("searched for everything: the query did not reach it", PASSES, 2),
        ),
    ],
)
def test_what_is_no_answer_to_a_count(answer: object, why: ExpectedFlaw) -> None:
    assert flaw_in(lambda pages: count_once(pages, "gut", 1), answer) == why
