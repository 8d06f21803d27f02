"""Every service whose list comes by the common rule: each record once, and where its list ends.

The answers are written down. The way over HTTP is in the files of each service.
"""

import re
from dataclasses import dataclass, replace

import pytest

from reviewkit.importers.parsed_file import Problem
from reviewkit.model.errors import CutOff, NotARealAnswer, RemoteError, UsageError
from reviewkit.model.records import CountUnit, Record
from reviewkit.query.compile import CompiledQuery
from reviewkit.sources import openalex
from reviewkit.sources.crossref import works_by_doi
from reviewkit.sources.openalex_works import work_number
from reviewkit.sources.registry import SOURCES
from tests.helpers.paged_services import PAGED_SERVICES, PagedService
from tests.helpers.scripted import ScriptedPages

each = pytest.mark.parametrize("service", PAGED_SERVICES, ids=lambda service: service.source)
COUNTING = [service for service in PAGED_SERVICES if service.source != "clinicaltrials"]
counting = pytest.mark.parametrize("service", COUNTING, ids=lambda service: service.source)


@each
def test_each_page_goes_on_where_the_last_one_ended(service: PagedService) -> None:
    answers = service.pages([1, 2], [3, 4], [5], count=5)
    pages = ScriptedPages(answers)
    run = service.search(pages)
    assert run.identifiers == service.names(1, 2, 3, 4, 5)
    assert service.lists_asked(pages) == [(token, str(service.most)) for token in service.tokens]
    assert len(pages.requests) == len(answers)
    assert (run.count, run.received, run.count_unit) == (5, 5, CountUnit.RECORDS)
    assert (run.source, run.query, len(run.pages)) == (service.source, '"gut"', len(answers))
    assert pages.complete


REQUESTS = {
    "scopus": (
        'content/search/scopus?query="gut"&view=STANDARD&sort=%2Borig-load-date'
        "&start=2&count=25 [accept: application/json]"
    ),
    "wos": 'documents?q="gut"&db=WOS&limit=50&page=2&sortField=LD%2BA [accept: application/json]',
    "crossref": (
        'works?query.bibliographic="gut"&select=FIELDS&sort=created&order=asc&rows=200&cursor=same'
    ),
    "openalex": (
        'works?filter=title_and_abstract.search:"gut"&select=FIELDS&sort=publication_date:desc'
        "&per_page=100&cursor=c2"
    ),
    "clinicaltrials": (
        'studies?format=json&query.term="gut"&fields=FIELDS&sort=StudyFirstPostDate:asc'
        "&pageSize=100&countTotal=true&pageToken=t2"
    ),
}


@each
def test_what_is_asked_for(service: PagedService) -> None:
    pages = ScriptedPages(service.pages([1, 2], [3], count=3))
    service.search(pages)
    asked = [request.text for request in pages.requests if not request.text.endswith("version")]
    wanted = REQUESTS[service.source].replace("FIELDS", "[^&]+,[^&]+")
    pattern = re.escape(f"GET {service.source}/{wanted}").replace(re.escape("[^&]+"), "[^&]+")
    assert re.fullmatch(pattern, asked[1]), asked[1]


SEARCH_PAGES = {
    "scopus": "https://www.scopus.com/search/form.uri?display=advanced",
    "wos": "https://www.webofscience.com/wos/woscc/advanced-search",
    "crossref": "https://search.crossref.org/?q=%22gut%22",
    "openalex": "https://openalex.org/works?filter=title_and_abstract.search%3A%22gut%22%2Cx%3A1",
    "clinicaltrials": "https://clinicaltrials.gov/search?term=%22gut%22",
}


@each
def test_where_a_person_runs_the_query(service: PagedService) -> None:
    page = SOURCES[service.source].search_page
    assert page is not None
    beside = (("filter", "x:1"), ("other", "y"))
    assert page(replace(service.query, parameters=beside)) == SEARCH_PAGES[service.source]


@each
def test_after_as_many_as_were_counted_no_page_is_asked_for(service: PagedService) -> None:
    for lists in ([[1, 2]], [[1], [2]]):
        answers = service.pages(*lists, count=2)
        pages = ScriptedPages(answers)
        assert service.search(pages).identifiers == service.names(1, 2)
        assert len(pages.requests) == len(answers)


@each
def test_nothing_is_believed_when_it_was_said_twice(service: PagedService) -> None:
    answers = service.pages([], count=0) * 2
    pages = ScriptedPages(answers)
    run = service.search(pages)
    assert (run.count, run.received, run.identifiers) == (0, 0, ())
    assert len(pages.requests) == len(answers)


@each
def test_a_list_that_lacks_one_of_those_counted_is_refused(service: PagedService) -> None:
    # The same record twice is one; what comes after it, if anything, is nothing.
    once = service.pages([1, 2], [2], [], count=3)
    if service.source == "clinicaltrials":
        once = service.pages([1, 2], [2], count=3)
    pages = ScriptedPages(once * 3)
    with pytest.raises(NotARealAnswer, match="2 different records where it counted 3") as error:
        service.search(pages)
    assert error.value.where == SOURCES[service.source].label
    assert not pages.complete


@counting
def test_the_count_alone_is_asked_for_once(service: PagedService) -> None:
    (answer,) = service.pages([1], count=7)
    pages = ScriptedPages([answer])
    run = service.search(pages, fetch=False)
    assert (run.count, run.received, run.identifiers) == (7, None, ())
    # Crossref gives its count with no work; the others with one.
    size = "0" if service.source == "crossref" else "1"
    assert service.lists_asked(pages) == [(service.tokens[0], size)]
    if service.source == "openalex":
        assert pages.asked("select") == [("id",)]
    assert pages.complete
    assert service.search(ScriptedPages(service.pages([], count=0)), fetch=False).count == 0


def test_the_register_lists_its_numbers_alone_in_larger_pages() -> None:
    register = PAGED_SERVICES[-1]
    pages = ScriptedPages(register.pages([1], [2], count=2))
    run = register.search(pages, fetch=False)
    assert (run.count, run.received, run.identifiers) == (2, None, register.names(1, 2))
    assert register.lists_asked(pages) == [("-", "1000"), ("t1", "1000")]
    assert [said for said in pages.asked("fields") if said != ("-",)] == [("NCTId",)] * 2


def test_a_register_that_tells_no_version_is_listed_all_the_same() -> None:
    _, *lists, _ = PAGED_SERVICES[-1].pages([1], [2], count=2)
    pages = ScriptedPages([(404, b""), *lists, (404, b"")])
    run = PAGED_SERVICES[-1].search(pages)
    assert (run.count, run.build) == (2, None)
    assert pages.requests[0].text == "GET clinicaltrials/version"


@each
def test_who_waits_sees_how_far_it_is(service: PagedService) -> None:
    seen: list[tuple[int, int]] = []
    service.search(
        ScriptedPages(service.pages([1, 2], [3, 4], [5], count=5)),
        progress=lambda done, whole: seen.append((done, whole)),
    )
    assert seen == [(2, 5), (4, 5), (5, 5)]


@each
def test_a_page_that_does_not_come_whole_is_asked_for_in_quarters(service: PagedService) -> None:
    answers = service.pages([1, 2], count=2)
    place = 1 if service.has_version else 0
    cut = [*answers[:place], CutOff("cut off", where="x"), *answers]
    pages = ScriptedPages(cut)
    assert service.search(pages).identifiers == service.names(1, 2)
    sizes = [size for _, size in service.lists_asked(pages)]
    assert sizes == [str(service.most), str(service.most // 4)]


@dataclass
class Titled:
    """What is known of the records: each of them has a title, and nothing was counted."""

    names: tuple[str, ...]
    pages: tuple[str, ...] = ()

    def lost(self, record: Record) -> tuple[str, ...]:
        return () if record.title else ("title",)

    def count(self, query: str) -> int | None:
        return None


@each
def test_a_page_with_less_than_is_known_is_asked_for_again(service: PagedService) -> None:
    poor, rich = service.make(1), service.make(1)
    service.untitled(poor)
    both = [service.page([one], 1, 0, False) for one in (poor, rich)]
    pages = ScriptedPages(service.versioned(both), earlier=Titled(service.names(1)))
    run = service.search(pages)
    assert pages.refused[0].startswith("sent records with less than is known of them")
    (record,) = service.network.read(run, pages)
    assert record.title


@each
def test_the_records_are_those_of_the_list_each_once(service: PagedService) -> None:
    pages = ScriptedPages(service.pages([1, 2], [2, 3], count=3))
    run = service.search(pages)
    read = list(service.network.read(run, pages))
    assert tuple(record.source_id for record in read) == service.names(1, 2, 3)
    assert {record.source for record in read} == {service.source}
    assert all(record.title and record.year == 2021 for record in read)


@each
def test_a_value_that_cannot_be_read_is_told(service: PagedService) -> None:
    strange = service.make(1)
    service.misdate(strange)
    pages = ScriptedPages(service.versioned([service.page([strange], 1, 0, False)]))
    problems: list[Problem] = []
    run = service.search(pages)
    (record,) = service.network.read(run, pages, on_problem=problems.append)
    assert problems
    assert record.title


NOTES = {
    "scopus": "this way gives no abstracts and first authors only: an export (RIS) has all",
    "wos": "counted in the Core Collection of this key's plan; no abstracts come this way",
    "crossref": "its count is of every work with any of the words: it is no count of a Boolean "
    "search",
}


@each
def test_a_run_says_what_its_reader_must_know(service: PagedService) -> None:
    run = service.search(ScriptedPages(service.pages([1], count=1)))
    note = NOTES.get(service.source)
    assert run.warnings == ((note,) if note else ())
    assert run.build == ("v1" if service.has_version else None)


def test_works_of_crossref_are_asked_for_by_their_dois() -> None:
    pages = ScriptedPages([{"message": {"total-results": 1, "items": [{"DOI": "10.1000/A"}]}}])
    assert works_by_doi(pages, ["10.1000/a", "10.1000/b"]) == ("10.1000/a",)
    assert pages.asked("filter", "rows", "cursor", "query.bibliographic") == [
        ("doi:10.1000/a,doi:10.1000/b", "200", "*", "-")
    ]
    twice = [{"message": {"total-results": 2, "items": [{"DOI": "10.1000/A"}]}}] * 3
    with pytest.raises(NotARealAnswer) as error:
        works_by_doi(ScriptedPages(twice), ["10.1000/a"])
    assert error.value.where == "Crossref"


@pytest.mark.parametrize(("source", "name"), [("crossref", "filter"), ("openalex", "filter")])
def test_limits_go_beside_the_query_as_filters(source: str, name: str) -> None:
    (service,) = [one for one in PAGED_SERVICES if one.source == source]
    beside = (("filter", "from:2020"), ("other", "x"))
    pages = ScriptedPages(service.pages([1], count=1))
    service.network.search(pages, replace(service.query, parameters=beside))
    ((asked,),) = pages.asked(name)
    assert asked in {"from:2020", 'title_and_abstract.search:"gut",from:2020'}
    assert pages.asked("other") == [("-",)]


@pytest.mark.parametrize("mark", [",", "|"])
def test_openalex_is_sent_no_query_with_a_mark_that_ends_a_filter(mark: str) -> None:
    query = CompiledQuery(source="openalex", strategy="s", text=f'"gut{mark}x"')
    with pytest.raises(UsageError, match=f"the query holds '[{mark}]'") as error:
        openalex.search(ScriptedPages([]), query)
    assert error.value.where == "OpenAlex"


@pytest.mark.parametrize(("more", "is_sent"), [(0, True), (1, False)])
def test_openalex_is_sent_a_query_of_just_the_longest_length(more: int, is_sent: bool) -> None:
    service = PAGED_SERVICES[3]
    text = "x" * (3500 - len("title_and_abstract.search%3A") + more)
    query = replace(service.query, text=text)
    pages = ScriptedPages(service.pages([1], count=1))
    if is_sent:
        assert openalex.search(pages, query).count == 1
        return
    with pytest.raises(UsageError, match="has 3,501 characters as it is sent; 3,500 are") as error:
        openalex.search(pages, query)
    assert (error.value.where, pages.requests) == ("OpenAlex", [])


def test_a_zero_of_openalex_for_a_query_that_cannot_be_read_is_none() -> None:
    service = PAGED_SERVICES[3]
    broken = replace(service.query, text='"gut')
    for fetch in (True, False):
        pages = ScriptedPages(service.pages([], count=0) * 2)
        with pytest.raises(RemoteError, match="answered 0 to a query that cannot be") as error:
            openalex.search(pages, broken, fetch=fetch)
        assert (error.value.where, pages.complete) == ("OpenAlex", False)
    assert openalex.search(ScriptedPages(service.pages([1], count=1)), broken).count == 1


@pytest.mark.parametrize(
    ("identifier", "number"),
    [
        ("https://openalex.org/W12", "W12"),
        ("http://openalex.org/works/W12", "W12"),
        ("works/W12", "W12"),
        ("W12", "W12"),
        ("w12", ""),
        ("xW12", ""),
        ("W12x", ""),
        (f"W{'1' * 16}", ""),
        (None, ""),
    ],
)
def test_the_number_of_a_work_of_openalex(identifier: object, number: str) -> None:
    assert work_number(identifier) == number
