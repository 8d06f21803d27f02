"""Access: what services answer and what follows, over a local server; an error is unknown."""

import dataclasses
import datetime
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from reviewkit.http import Clock, Patience, Transport
from reviewkit.model.errors import UsageError
from reviewkit.sources import open_access as oa
from reviewkit.sources.open_access import read_europepmc, read_pmc, read_unpaywall
from reviewkit.sources.services import services_from
from reviewkit.updates.access import Access
from reviewkit.workflow.updates.access import Asker, ReportAccess, access_lines, find_access
from tests.conftest import SHARED
from tests.helpers.living import LivingReview, make_living, work
from tests.servers.eutils_corpus import Corpus
from tests.servers.eutils_server import EutilsServer
from tests.servers.http_server import Answered, LocalServer, ReceivedRequest

NOW = datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC)


PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40


LOCATION = {
    "version": "publishedVersion",
    "license": None,
    "host_type": "publisher",
    "url_for_pdf": None,
}


@dataclass
class Services(LocalServer):
    """PMC's converter, Unpaywall, Europe PMC and a publisher's site in one, answering what a test
    wrote down.
    """

    pmc: dict[str, dict[str, Any]] = field(default_factory=dict)
    unpaywall: dict[str, dict[str, Any]] = field(default_factory=dict)
    europepmc: dict[str, dict[str, Any]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    files: dict[str, bytes] = field(default_factory=dict)
    cut: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    def answer(self, asked: ReceivedRequest) -> Answered:
        service, _, rest = asked.path.partition("/")
        if service in self.broken:
            return Answered(403, b"<html>no</html>", "text/html")
        if service == "idconv":
            records = [
                {
                    "requested-id": pmid,
                    "pmid": int(pmid),
                    **self.pmc.get(pmid, {"status": "error", "errmsg": "no"}),
                }
                for pmid in asked.get("ids").split(",")
            ]
            return Answered(200, json.dumps({"status": "ok", "records": records}).encode())
        if service == "unpaywall":
            reply = self.unpaywall.get(rest)
            return Answered(200 if reply else 404, json.dumps(reply or {"error": True}).encode())
        if service == "europepmc":
            pmid = asked.get("query").split()[0].removeprefix("EXT_ID:")
            results = [self.europepmc[pmid]] if pmid in self.europepmc else []
            return Answered(200, json.dumps({"resultList": {"result": results}}).encode())
        return self._file(asked, self.files[rest])

    def _file(self, asked: ReceivedRequest, body: bytes) -> Answered:
        version = {"ETag": '"one"'}
        if self.cut:
            self.cut = False
            half = body[: len(body) // 2]
            return Answered(200, half, "application/pdf", version, promised=len(body))
        start = int(asked.headers.get("range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
        if not start:
            return Answered(200, body, "application/pdf")
        headers = {**version, "Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}"}
        return Answered(206, body[start:], "application/pdf", headers)


@pytest.fixture
def services() -> Iterator[Services]:
    with Services() as server:
        yield server


@pytest.fixture
def review(tmp_path: Path) -> Iterator[LivingReview]:
    with EutilsServer(Corpus([work(1000, doi="10.1000/a"), work(1001, doi="10.1000/b")])) as server:
        made = make_living(tmp_path, server)
        made.update()
        made.include("pubmed:1000")
        yield made


def ask(
    review: LivingReview,
    services: Services,
    *,
    email: bool = True,
    offline: bool = False,
    **more: Any,
) -> Mapping[str, ReportAccess]:
    slept: list[float] = []
    clock = Clock(
        now=lambda: NOW, elapsed=lambda: sum(slept), sleep=slept.append, jitter=lambda: 1.0
    )
    urls = {
        f"REVIEWKIT_{name.upper()}_URL": f"{services.url}{name}/"
        for name in ("idconv", "unpaywall", "europepmc")
    }
    rates = {f"REVIEWKIT_{name}_RATE": "unlimited" for name in ("IDCONV", "UNPAYWALL", "EUROPEPMC")}
    answer = services_from({**urls, **rates, "UNPAYWALL_EMAIL": "reviewer+tests@example.org"})
    with Transport(answer, clock=clock, patience=Patience(read_seconds=5.0)) as transport:
        asker = Asker(
            transport=None if offline else transport,
            clock=clock,
            say=lambda line: None,
            email=email,
        )
        return {one.record: one for one in find_access(review.project, asker, **more)}


def one_of(review: LivingReview, services: Services, **more: Any) -> ReportAccess:
    return ask(review, services, **more)["pubmed:1000"]


def closed(services: Services) -> None:
    services.unpaywall["10.1000/a"] = {"is_oa": False, "oa_status": "closed", "oa_locations": []}
    services.europepmc["1000"] = {"isOpenAccess": "N"}


@pytest.mark.slow
def test_only_what_is_sought_is_asked_for(review: LivingReview, services: Services) -> None:
    assert list(ask(review, services)) == ["pubmed:1000"]
    assert list(ask(review, services, everything=True)) == ["pubmed:1000", "pubmed:1001"]


def test_closed_everywhere_is_not_found_free(review: LivingReview, services: Services) -> None:
    closed(services)
    assert one_of(review, services).standing.status is Access.NOT_FOUND_FREE


@pytest.mark.slow
@pytest.mark.parametrize(
    ("service", "name"),
    [("unpaywall", "Unpaywall"), ("europepmc", "Europe PMC"), ("idconv", "PMC")],
)
def test_a_service_that_fails_makes_it_unknown_never_paid(
    review: LivingReview, services: Services, service: str, name: str
) -> None:
    closed(services)
    services.broken.add(service)
    answer = one_of(review, services)
    assert answer.standing.status is Access.UNKNOWN
    assert answer.standing.evidence.startswith(f"{name}: ")
    shown = "\n".join(access_lines([answer]))
    assert not any(id_ in shown for id_ in ("idconv", "europepmc", "unpaywall"))
    services.broken.clear()
    before = len(services.asked)
    assert one_of(review, services).standing.status is Access.NOT_FOUND_FREE
    assert len(services.asked) == before + 1


@pytest.mark.slow
def test_a_doi_that_unpaywall_does_not_know_and_a_missing_address_are_unknown(
    review: LivingReview, services: Services
) -> None:
    assert one_of(review, services).standing.status is Access.UNKNOWN
    services.europepmc["1000"] = {"isOpenAccess": "N"}
    answer = one_of(review, services, email=False, again_after_days=0)
    assert answer.standing.status is Access.UNKNOWN
    assert "UNPAYWALL_EMAIL" in answer.standing.evidence


@pytest.mark.slow
@pytest.mark.parametrize(
    ("location", "status"),
    [
        ({"license": "cc-by"}, Access.FREE_LICENSED),
        ({"license": "public-domain"}, Access.FREE_LICENSED),
        ({"license": "publisher-specific"}, Access.FREE_TO_READ),
        ({"version": "acceptedVersion"}, Access.FREE_TO_READ),
        ({"version": "submittedVersion", "license": "cc-by"}, Access.PREPRINT_ONLY),
    ],
)
def test_what_unpaywall_says(
    review: LivingReview, services: Services, location: dict[str, str], status: Access
) -> None:
    services.unpaywall["10.1000/a"] = {
        "is_oa": True,
        "oa_status": "green",
        "oa_locations": [{**LOCATION, **location}],
    }
    assert one_of(review, services).standing.status is status


def test_embargoes_name_their_day(review: LivingReview, services: Services) -> None:
    services.pmc["1000"] = {"pmcid": "PMC1", "live": "false", "release-date": "2027-05-01"}
    reply = one_of(review, services).standing
    assert (reply.status, reply.until) == (Access.EMBARGOED, "2027-05-01")
    later = {
        "is_oa": False,
        "oa_locations": [],
        "oa_locations_embargoed": [{"oa_date": "2027-01-01"}],
    }
    answer = read_unpaywall(json.dumps(later).encode(), at="", today="2026-11-22")
    assert (answer.status, answer.until) == (Access.EMBARGOED, "2027-01-01")


@pytest.mark.slow
def test_the_answers_of_a_day_are_not_asked_for_again(
    review: LivingReview, services: Services
) -> None:
    closed(services)
    ask(review, services)
    before = len(services.asked)
    ask(review, services)
    assert len(services.asked) == before
    ask(review, services, again_after_days=0)
    with review.store() as store:
        assert len(store.rows("SELECT 1 FROM access_answers")) >= 3


def licensed(services: Services, name: str = "a.pdf", body: bytes = PDF) -> None:
    services.files[name] = body
    project = {**LOCATION, "license": "cc-by", "url_for_pdf": f"{services.url}files/{name}"}
    services.unpaywall["10.1000/a"] = {
        "is_oa": True,
        "oa_status": "gold",
        "oa_locations": [project],
    }


@pytest.mark.slow
def test_licensed_pdfs_are_fetched_once_under_safe_names(
    review: LivingReview, services: Services
) -> None:
    licensed(services)
    answer = one_of(review, services, download=True)
    assert answer.pdf == str(review.project.output / "fulltext" / "pubmed_1000.pdf")
    assert Path(answer.pdf).read_bytes() == PDF
    before = len(services.asked)
    assert one_of(review, services, download=True).pdf == answer.pdf
    assert len(services.asked) == before
    assert any(answer.pdf in line for line in access_lines([answer]) if answer.pdf)
    assert any(f"({oa.NAMES[answer.standing.service]}, " in line for line in access_lines([answer]))


def test_a_download_that_was_cut_off_goes_on(review: LivingReview, services: Services) -> None:
    licensed(services)
    services.cut = True
    answer = one_of(review, services, download=True)
    assert answer.pdf
    assert Path(answer.pdf).read_bytes() == PDF
    assert "range" in services.asked[-1].headers


def test_a_page_that_is_no_pdf_is_not_kept(review: LivingReview, services: Services) -> None:
    licensed(services, body=b"<html>Click here</html>")
    answer = one_of(review, services, download=True)
    assert (answer.pdf, answer.not_downloaded) == (None, "is not a PDF")
    assert list((review.project.output / "fulltext").iterdir()) == []


def test_what_may_only_be_read_is_not_fetched(review: LivingReview, services: Services) -> None:
    licensed(services)
    services.unpaywall["10.1000/a"]["oa_locations"][0]["license"] = None
    answer = one_of(review, services, download=True)
    assert (answer.standing.status, answer.pdf) == (Access.FREE_TO_READ, None)
    assert not any("files" in asked.path for asked in services.asked)


def test_bodies_that_are_no_answers_are_unknown(review: LivingReview, services: Services) -> None:
    services.on(range(1, 10), Answered(200, b"<html>login</html>", "text/html"))
    assert one_of(review, services).standing.status is Access.UNKNOWN
    services.clear()


def test_real_answers() -> None:
    folder = SHARED / "oa"
    if not folder.is_dir():
        pytest.skip("the shared data are not here")

    def read(name: str) -> bytes:
        return (folder / name).read_bytes()

    open_ = read_unpaywall(read("unpaywall_10.1038_nature12373.json"), at="", today="2026-11-22")
    assert (open_.status, open_.licence) == (Access.FREE_LICENSED, "cc-by")
    shut = read_unpaywall(read("unpaywall_closed_10.1037_018882.json"), at="", today="2026-11-22")
    assert shut.status is Access.NOT_FOUND_FREE
    hits = json.dumps(
        {"resultList": {"result": [json.loads(read("europepmc_core_20981092_trimmed.json"))]}}
    )
    assert read_europepmc(hits.encode(), at="").status is Access.FREE_TO_READ
    assert (
        read_pmc(read("pmc_idconv_found.json"), at="", today="")["37953380"].status
        is Access.FREE_TO_READ
    )
    assert (
        read_pmc(read("pmc_idconv_not_in_pmc.json"), at="", today="")["99999999"].status
        is Access.NOT_FOUND_FREE
    )


def answered(review: LivingReview) -> list[tuple[Any, ...]]:
    with review.store() as store:
        return store.rows("SELECT * FROM access_answers ORDER BY answer")


def elsewhere(review: LivingReview, folder: Path) -> LivingReview:
    """The same review with the same cache and a database that has not asked for access."""
    made = make_living(folder, review.server)
    made.update()
    made.include("pubmed:1000")
    made.project = dataclasses.replace(made.project, cache=review.project.cache)
    return made


@pytest.mark.slow
def test_the_cache_gives_the_same_answers_again_and_asks_nobody(
    review: LivingReview, services: Services, tmp_path: Path
) -> None:
    licensed(services)
    services.europepmc["1000"] = {"isOpenAccess": "Y", "license": "cc by"}
    services.pmc["1000"] = {"pmcid": "PMC1", "live": "false", "release-date": "2027-05-01"}
    answer = ask(review, services, everything=True)
    again = elsewhere(review, tmp_path / "again")
    before = len(services.asked)
    assert ask(again, services, everything=True, offline=True) == answer
    assert len(services.asked) == before
    assert answered(again) == answered(review)
    ask(again, services, everything=True, offline=True)
    assert answered(again) == answered(review)


@pytest.mark.slow
def test_what_the_cache_lacks_is_unknown_offline_and_stored_nowhere(
    review: LivingReview, services: Services, tmp_path: Path
) -> None:
    answer = one_of(review, services, offline=True)
    assert (answer.standing.status, answered(review)) == (Access.UNKNOWN, [])
    assert "not in the cache" in answer.standing.evidence
    closed(services)
    services.broken.add("unpaywall")
    one_of(review, services)
    again = elsewhere(review, tmp_path / "again")
    answer = one_of(again, services, offline=True)
    assert answer.standing.status is Access.UNKNOWN, (
        "Europe PMC's word alone, where Unpaywall failed"
    )
    with pytest.raises(UsageError, match="offline"):
        ask(again, services, offline=True, download=True)


@pytest.mark.slow
def test_a_404_that_is_not_unpaywall_s_own_word_is_a_failure(
    review: LivingReview, services: Services
) -> None:
    closed(services)
    for body in (b"<html>404</html>", b'{"message": "no Route matched"}', b"[]", b""):
        services.on(range(2, 4), Answered(404, body))  # the first is the converter of PMC
        result = one_of(review, services, again_after_days=0)
        services.clear()
        (given,) = [answer for answer in result.answers if answer.service == "unpaywall"]
        assert (given.failed, result.standing.status) == (True, Access.UNKNOWN)


@pytest.mark.slow
@pytest.mark.parametrize(
    "body",
    [
        {"is_oa": True, "oa_locations": 5},
        {"is_oa": True, "oa_locations": {"a": 1}},
        {"is_oa": True, "oa_locations": ["x", None]},
        {"is_oa": True, "oa_locations": [], "oa_locations_embargoed": "soon"},
        {"is_oa": "no"},
        {"error": True},
        {},
        [],
        "paid",
    ],
)
def test_whatever_unpaywall_says_it_is_never_taken_for_paid(
    review: LivingReview, services: Services, body: Any
) -> None:
    services.on(range(2, 4), Answered(200, json.dumps(body).encode()))
    assert one_of(review, services).standing.status is Access.UNKNOWN


@pytest.mark.slow
@pytest.mark.parametrize(
    "result",
    [{"isOpenAccess": "N", "pmid": "77"}, {"isOpenAccess": "Y", "pmid": "77", "license": "cc by"}],
)
def test_another_article_s_access_is_not_this_one_s(
    review: LivingReview, services: Services, result: dict[str, str]
) -> None:
    services.europepmc["1000"] = result
    answer = one_of(review, services)
    assert answer.standing.status is Access.UNKNOWN
    assert "another article" in next(a.evidence for a in answer.answers if a.service == "europepmc")


def test_odd_lists_of_places_are_no_places() -> None:
    for urls in (5, "x", {"fullTextUrl": 5}, {"fullTextUrl": [{"availabilityCode": ["OA"]}]}, None):
        body = {"resultList": {"result": [{"isOpenAccess": "N", "fullTextUrlList": urls}, 3]}}
        assert read_europepmc(json.dumps(body).encode(), at="").status is Access.NOT_FOUND_FREE
