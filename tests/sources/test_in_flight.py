"""Several requests in flight: the pace is kept by a service that answers slowly, and what comes of
it is what one request after the other gives.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewkit.cache.journal import read_journal
from reviewkit.http import Patience, Transport, system_clock
from reviewkit.model.errors import RemoteError
from reviewkit.model.records import SearchRun
from reviewkit.query.compile import CompiledQuery
from reviewkit.sources import pubmed
from reviewkit.sources.pubmed_listing import PubmedSettings
from reviewkit.sources.services import services_from
from tests.helpers.living import corpus_of
from tests.helpers.retrieval import KEY, most_in_a_second, open_run
from tests.servers.eutils_server import EutilsServer, Fault

QUERY = CompiledQuery(source="pubmed", strategy="test", text="invented[ti]")
FIVE = PubmedSettings(batch=5)
pytestmark = pytest.mark.slow


@pytest.fixture
def server() -> Iterator[EutilsServer]:
    with EutilsServer(corpus_of(60)) as serving:
        serving.seconds = 0.3
        yield serving


def fetch(server: EutilsServer, folder: Path) -> SearchRun:
    """A search at the pace that goes with a key, by the machine's own clock."""
    services = services_from({"REVIEWKIT_EUTILS_URL": server.url, "NCBI_API_KEY": KEY})
    patience = Patience(read_seconds=5.0, first_backoff=0.1)
    with (
        Transport(services, clock=system_clock(), patience=patience) as transport,
        open_run(folder, QUERY.text, transport) as pages,
    ):
        return pubmed.search(pages, QUERY, settings=FIVE)


def asked(run: SearchRun) -> list[tuple[str, str]]:
    return [(page.request, page.sha256) for page in run.pages]


def test_a_slow_service_is_asked_at_its_pace_and_the_pages_keep_their_order(
    server: EutilsServer, tmp_path: Path
) -> None:
    run = fetch(server, tmp_path / "slow")
    arrived = [seen.at for seen in server.asked("efetch")]
    assert len(arrived) == 12
    assert arrived[-1] - arrived[0] < 11 * 0.2, "one after the other takes 3.3 seconds"
    assert most_in_a_second([seen.at for seen in server.requests]) <= 11

    server.seconds = 0.0
    assert asked(fetch(server, tmp_path / "fast")) == asked(run)


@pytest.mark.parametrize("fault", [Fault.TOO_MANY, Fault.SERVER_ERROR, Fault.TRUNCATED, Fault.HTML])
def test_faults_in_flight_change_nothing(
    server: EutilsServer, tmp_path: Path, fault: Fault
) -> None:
    server.retry_after = "1"
    server.on("efetch", [2, 3, 7], fault)
    disturbed = fetch(server, tmp_path / "disturbed")
    assert len(server.asked("efetch")) == 15
    server.seconds = 0.0
    assert asked(fetch(server, tmp_path / "calm")) == asked(disturbed)


def test_nobody_is_asked_while_the_service_wants_a_rest(
    server: EutilsServer, tmp_path: Path
) -> None:
    server.retry_after = "1"
    server.on("efetch", 3, Fault.TOO_MANY)
    fetch(server, tmp_path)
    at = [seen.at for seen in server.asked("efetch")]
    seconds = at[2] + server.seconds
    assert not [one for one in at if seconds + 0.1 < one < seconds + 1.0]


def test_what_was_in_flight_behind_an_error_is_not_stored(
    server: EutilsServer, tmp_path: Path
) -> None:
    server.on("efetch", 3, Fault.FORBIDDEN)
    with pytest.raises(RemoteError, match="HTTP 403"):
        fetch(server, tmp_path)
    # The third to arrive, whichever was sent third.
    refused = ",".join(server.asked("efetch")[2].ids)
    (journal,) = tmp_path.glob("runs/*/journal.jsonl")
    kept = read_journal(journal)
    assert kept
    stored = [page.request for page in kept.pages]

    pages = [page.request for page in fetch(server, tmp_path).pages]
    assert len(pages) == 15
    (place,) = (number for number, page in enumerate(pages) if f"id={refused}&" in page)
    assert place < len(pages) - 1
    assert stored == pages[: len(stored)]
    assert len(stored) <= place
