"""What is no answer of a service, for each of those whose lists come by the common rule.

Each flaw says what is wrong, whether it may pass, how often it is tried, and the error it ends in.
"""

from typing import Any

import pytest

from reviewkit.http import Flaw, Request, Response
from reviewkit.model.errors import NotARealAnswer, RateLimited, RemoteError, UsageError
from reviewkit.query.compile import CompiledQuery
from reviewkit.sources import clinicaltrials, openalex_works, scopus, wos
from reviewkit.sources.paged_list import TokenExpired
from tests.helpers.paged_services import PAGED_SERVICES, PagedService
from tests.helpers.scripted import (
    LASTS,
    PASSES,
    ExpectedFlaw,
    LeftToTransport,
    ScriptedPages,
    flaw_in,
    flaw_of,
)

SCOPUS, WOS, CROSSREF, OPENALEX, TRIALS = PAGED_SERVICES
each = pytest.mark.parametrize("service", PAGED_SERVICES, ids=lambda service: service.source)
UNCOUNTED = flaw_of("answered without a count or a list")


def flaw(service: PagedService, *answers: object, **options: Any) -> ExpectedFlaw | None:
    before = [{"dataTimestamp": "v1"}] if service.has_version else []
    return flaw_in(lambda pages: service.search(pages, **options), *before, *answers)


def refused(status: int, words: str = "no") -> ExpectedFlaw:
    return flaw_of(f"refused the request (HTTP {status}): {words}", LASTS, None, RemoteError)


def refused_query(words: str) -> ExpectedFlaw:
    return flaw_of(f"refused the request (HTTP 400): {words}", PASSES, 3, RemoteError)


@each
@pytest.mark.parametrize(
    ("said", "why"),
    [
        (b"", flaw_of("answered with an empty body")),
        (b" \n", flaw_of("answered with an empty body")),
        (b" <html>", flaw_of("answered with a web page", PASSES, 4)),
        (b'{"a":', flaw_of("answered with JSON that is cut off or broken")),
        (b'{"a": "\xff"}', flaw_of("answered with bytes that are not UTF-8 (at byte 7)")),
        (b"[]", flaw_of("answered with JSON that is no result")),
        ((400, {"message": "why \n not"}), refused_query("why not")),
        ((400, "why not"), refused_query("why not")),
        ((400, "<html>"), flaw_of("refused the request (HTTP 400)", PASSES, 3, RemoteError)),
    ],
)
def test_what_no_service_means_as_an_answer(
    service: PagedService, said: object, why: ExpectedFlaw
) -> None:
    assert flaw(service, said) == why


@each
def test_a_status_that_says_it_all_is_left_to_the_transport(service: PagedService) -> None:
    answers = service.pages([1], count=1)
    place = 1 if service.has_version else 0
    answers[place] = (300, b"no answer")
    with pytest.raises(LeftToTransport, match="HTTP 300"):
        service.search(ScriptedPages(answers))


@pytest.mark.parametrize("service", [SCOPUS, WOS], ids=["scopus", "wos"])
@pytest.mark.parametrize("status", [401, 403, 404, 413, 414])
def test_a_refusal_of_a_service_with_a_key_is_final(service: PagedService, status: int) -> None:
    assert flaw(service, (status, {"message": "no"})) == refused(status)


NUMBERLESS = flaw_of("sent a record without its number", PASSES, 2)


def scopus_said(count: object = "1", **more: Any) -> Any:
    return {"search-results": {"opensearch:totalResults": count} | more}


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({}, flaw_of("answered without a count")),
        ({"message": "a  fault"}, flaw_of("answered without a count a fault")),
        ({"search-results": []}, flaw_of("answered without a count")),
        (scopus_said("1.5"), flaw_of("answered without a count")),
        (scopus_said(entry=[{"eid": "x"}]), NUMBERLESS),
        (scopus_said(entry=[{"eid": None}]), NUMBERLESS),
        (scopus_said(entry={"eid": "2-s2.0-1x"}), NUMBERLESS),
        (
            scopus_said("5001", entry=[{"eid": "2-s2.0-1"}]),
            flaw_of("counts 5,001 records; this way gives 5,000 at most", LASTS, None, RemoteError),
        ),
        (scopus_said("5000", entry=[{"eid": "2-s2.0-1"}]), None),
        (scopus_said("0", entry=[{"eid": "x"}]), NUMBERLESS),
        # What stands for nothing is no record, and no flaw.
        (scopus_said("0", entry=[{"error": "Result set was empty"}, "x"]), None),
        (scopus_said("0"), None),
    ],
)
def test_scopus(said: object, why: ExpectedFlaw | None) -> None:
    assert flaw(SCOPUS, said) == why


def test_the_count_of_scopus_alone_may_be_any() -> None:
    assert flaw(SCOPUS, scopus_said("5001"), fetch=False) is None


@pytest.mark.parametrize("listed", [{"eid": "2-s2.0-7"}, [{"eid": "2-s2.0-7"}]])
def test_a_single_record_of_scopus_may_be_no_list(listed: object) -> None:
    run = SCOPUS.search(ScriptedPages([scopus_said(entry=listed)]))
    assert run.identifiers == ("2-s2.0-7",)


def wos_said(total: object = 1, hits: object = (), **more: Any) -> Any:
    return {"metadata": {"total": total, "page": 1} | more, "hits": hits}


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({}, UNCOUNTED),
        ({"metadata": [], "hits": []}, UNCOUNTED),
        (wos_said("1"), UNCOUNTED),
        (wos_said(total=True), UNCOUNTED),
        (wos_said(total=-1), UNCOUNTED),
        (wos_said(total=10**9), UNCOUNTED),
        (wos_said(hits={}), UNCOUNTED),
        (wos_said(hits=["x"]), NUMBERLESS),
        (wos_said(hits=[{"uid": 7}]), NUMBERLESS),
        (wos_said(hits=[{"uid": "7"}]), NUMBERLESS),
        (wos_said(total=10**9 - 1, hits=[{"uid": "WOS:1"}]), None),
        (wos_said(total=0), None),
    ],
)
def test_web_of_science(said: object, why: ExpectedFlaw | None) -> None:
    assert flaw(WOS, said) == why


@pytest.mark.parametrize("page", [{}, {"page": None}, {"page": 1}])
def test_web_of_science_begins_with_page_one_also_where_it_says_none(page: Any) -> None:
    first = {"metadata": {"total": 2} | page, "hits": [{"uid": "WOS:1"}]}
    pages = ScriptedPages([first, wos_said(2, [{"uid": "WOS:2"}], page=2)])
    assert WOS.search(pages).identifiers == ("WOS:1", "WOS:2")
    assert pages.asked("page") == [("1",), ("2",)]


@pytest.mark.parametrize(
    ("query", "unknown"),
    [
        ("TS=gut", ""),
        ("ts = gut AND Py=2020", ""),
        ('TI="AB=x"', ""),
        ("TS=x AND LA=English OR ab =x OR LA=German", "AB=, LA="),
        ("WOSAB=x", ""),
    ],
)
def test_web_of_science_refuses_tags_that_it_does_not_know(query: str, unknown: str) -> None:
    asked = CompiledQuery(source="wos", strategy="main", text=query)
    pages = ScriptedPages(WOS.pages([1], count=1))
    if not unknown:
        assert wos.search(pages, asked).count == 1
        return
    with pytest.raises(UsageError, match=f"does not know {unknown}$") as error:
        wos.search(pages, asked)
    assert (error.value.where, pages.requests) == ("Web of Science", [])


def crossref_said(count: object = 1, items: object = (), **more: Any) -> Any:
    return {"message": {"total-results": count, "items": items} | more}


DOI = {"DOI": "10.1000/A"}


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({}, UNCOUNTED),
        ({"message": []}, UNCOUNTED),
        (crossref_said("1"), UNCOUNTED),
        (crossref_said(count=True), UNCOUNTED),
        (crossref_said(items={}), UNCOUNTED),
        (crossref_said(items=["x"]), flaw_of("sent a work without its DOI", PASSES, 2)),
        (
            crossref_said(items=[DOI, {"DOI": None}]),
            flaw_of("sent a work without its DOI", PASSES, 2),
        ),
        (
            crossref_said(20_001, [DOI]),
            flaw_of(
                "counts 20,001 works with any of the words; at most 20,000 are fetched",
                LASTS,
                None,
                RemoteError,
            ),
        ),
        (crossref_said(20_000, [DOI]), None),
    ],
)
def test_crossref(said: object, why: ExpectedFlaw | None) -> None:
    assert flaw(CROSSREF, said) == why


def openalex_said(count: object = 1, results: object = (), **more: Any) -> Any:
    return {"meta": {"count": count} | more, "results": results}


WORK = {"id": "https://openalex.org/W1"}


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({}, UNCOUNTED),
        ({"meta": [], "results": []}, UNCOUNTED),
        (openalex_said("1"), UNCOUNTED),
        (openalex_said(True), UNCOUNTED),
        (openalex_said(-1), UNCOUNTED),
        (openalex_said(10**9), UNCOUNTED),
        (openalex_said(results={}), UNCOUNTED),
        (openalex_said(results=["x"]), flaw_of("sent a work without an identifier", PASSES, 2)),
        (
            openalex_said(results=[WORK, {"id": "https://openalex.org/A1"}]),
            flaw_of("sent a work without an identifier", PASSES, 2),
        ),
        (openalex_said(1234), flaw_of("counted 1,234 works and sent none")),
        (openalex_said(10**9 - 1, [WORK]), None),
        (openalex_said(0), None),
        (
            (403, {"message": "slow down"}),
            flaw_of("refused the request (HTTP 403): slow down", PASSES, 4),
        ),
        ((400, {"message": "no such cursor"}), refused_query("no such cursor")),
    ],
)
def test_openalex(said: object, why: ExpectedFlaw | None) -> None:
    assert flaw(OPENALEX, said) == why


NO_CURSOR = flaw_of("does not know the cursor of the next page any more", LASTS, None, TokenExpired)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ((400, {"message": "Invalid Cursor"}), NO_CURSOR),
        ((400, {"message": "no"}), refused_query("no")),
        (openalex_said(2), None),
    ],
)
def test_openalex_after_its_first_page(said: object, why: ExpectedFlaw | None) -> None:
    assert flaw(OPENALEX, openalex_said(2, [WORK], next_cursor="c1"), said) == why


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ((404, {"message": "Cursor specified but it is invalid"}), NO_CURSOR),
        ((400, {"message": "cursor"}), refused_query("cursor")),
    ],
)
def test_crossref_after_its_first_page(said: object, why: ExpectedFlaw | None) -> None:
    assert flaw(CROSSREF, crossref_said(2, [DOI], **{"next-cursor": "c"}), said) == why


def test_a_404_of_crossref_that_is_not_about_a_cursor_is_left_to_the_transport() -> None:
    first = crossref_said(2, [DOI], **{"next-cursor": "c"})
    for answers in ([(404, "cursor")], [first, (404, "gone")]):
        with pytest.raises(LeftToTransport, match="404"):
            CROSSREF.search(ScriptedPages(answers))


def trials_said(numbers: object = (), **more: Any) -> Any:
    return {"studies": numbers} | more


TRIAL = {"protocolSection": {"identificationModule": {"nctId": "NCT00000001"}}}
NO_COUNT = flaw_of("answered without a count")
NO_NUMBER = flaw_of("sent a trial without its number", PASSES, 2)
NONE_SENT = flaw_of("counted trials and sent none")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({}, flaw_of("answered without a list")),
        (trials_said({}), flaw_of("answered without a list")),
        (trials_said([TRIAL]), NO_COUNT),
        (trials_said([TRIAL], totalCount="1"), NO_COUNT),
        (trials_said([TRIAL], totalCount=True), NO_COUNT),
        (trials_said([TRIAL], totalCount=-1), NO_COUNT),
        (trials_said([TRIAL], totalCount=10**9), NO_COUNT),
        (trials_said(["x"], totalCount=1), NO_NUMBER),
        (trials_said([{"protocolSection": {}}], totalCount=1), NO_NUMBER),
        (trials_said([TRIAL, {"protocolSection": []}], totalCount=2), NO_NUMBER),
        (trials_said([], totalCount=1), NONE_SENT),
        (trials_said([], totalCount=0, nextPageToken="t"), NONE_SENT),
        (trials_said([TRIAL], totalCount=10**9 - 1, nextPageToken="t"), None),
        (trials_said([], totalCount=0), None),
    ],
)
def test_the_register(said: object, why: ExpectedFlaw | None) -> None:
    assert flaw(TRIALS, said) == why


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (
            (400, "Invalid token"),
            flaw_of("does not know the token of the next page any more", LASTS, None, TokenExpired),
        ),
        (trials_said([], nextPageToken="t"), NONE_SENT),
        (trials_said([]), None),
        (trials_said([TRIAL], totalCount="moved"), None),
    ],
)
def test_the_register_after_its_first_page(said: object, why: ExpectedFlaw | None) -> None:
    first = trials_said([TRIAL], totalCount=2, nextPageToken="t")
    assert flaw(TRIALS, first, said) == why


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({}, flaw_of("answered without the version of its data", PASSES, 2)),
        ({"dataTimestamp": 7}, flaw_of("answered without the version of its data", PASSES, 2)),
        (b"", flaw_of("answered with an empty body")),
        ({"dataTimestamp": "v1"}, None),
    ],
)
def test_the_version_of_the_registers_data(said: object, why: ExpectedFlaw | None) -> None:
    assert flaw_in(TRIALS.search, said) == why


@pytest.mark.parametrize("text", ['("gut"', '"gut'])
def test_a_zero_for_a_query_that_cannot_be_read_is_none(text: str) -> None:
    query = CompiledQuery(source="clinicaltrials", strategy="main", text=text)
    zero = trials_said([], totalCount=0)
    found = flaw_in(
        lambda pages: clinicaltrials.search(pages, query), {"dataTimestamp": "v1"}, zero
    )
    assert found is not None
    what, passes, _, error = found
    assert what.startswith("answered 0 to a query that cannot be read: ")
    assert (passes, error) == (LASTS, RemoteError)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("NCT01234567 or NCT01234568", "nothing but NCT numbers"),
        ("x" * 6001, "6,001 characters"),
    ],
)
def test_what_the_register_would_misread_is_not_sent(text: str, words: str) -> None:
    query = CompiledQuery(source="clinicaltrials", strategy="main", text=text)
    pages = ScriptedPages([])
    with pytest.raises(UsageError, match=words) as error:
        clinicaltrials.search(pages, query)
    assert (error.value.where, pages.requests) == ("ClinicalTrials.gov", [])
    assert error.value.hint


def test_a_query_of_just_the_longest_length_is_sent() -> None:
    query = CompiledQuery(source="clinicaltrials", strategy="main", text="x" * 6000)
    run = clinicaltrials.search(ScriptedPages(TRIALS.pages([1], count=1)), query)
    assert run.count == 1


def busy(body: bytes = b"{}", **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = Request(service="s", path="p")
    return Response(request=request, status=429, headers=named, body=body, received_at="")


@pytest.mark.parametrize("said", ["QUOTA_EXCEEDED", " quota_exceeded "])
def test_a_week_of_scopus_that_is_used_up(said: str) -> None:
    found = scopus.used_up(busy(x_els_status=said))
    assert found == Flaw(
        what="the week's requests of this key are used up (HTTP 429)",
        error=RateLimited,
        hint="what was fetched is kept: run it again later",
    )


def test_a_pace_that_was_too_fast_for_scopus_is_no_used_up_week() -> None:
    assert scopus.used_up(busy()) is None
    assert scopus.used_up(busy(x_els_status="THROTTLED")) is None


@pytest.mark.parametrize(
    "response",
    [
        busy(x_ratelimit_remaining="0"),
        busy(x_ratelimit_remaining=" 0.00 "),
        busy(b'{"message": "Daily budget"}'),
        busy(b"insufficient credits"),
    ],
)
def test_a_day_of_openalex_that_is_used_up(response: Response) -> None:
    found = openalex_works.used_up(response)
    assert found is not None
    assert found.what == "the day's budget is used up (HTTP 429)"
    assert (found.transient, found.error) == (LASTS, NotARealAnswer)
    assert "OPENALEX_API_KEY" in found.hint


@pytest.mark.parametrize(
    "response", [busy(x_ratelimit_remaining="10"), busy(b"too fast"), busy(x_limit="0")]
)
def test_a_pace_that_was_too_fast_for_openalex_is_no_used_up_day(response: Response) -> None:
    assert openalex_works.used_up(response) is None
